//! Envelopes and lines.

use mag_graph::Kind;

use super::call::Call;
use super::register::Register;
use super::unit::{Unit, state};
use crate::envelope::{Adsr, Times};
use crate::math::{exp2, log2};

/// `adsr attack decay sustain release`, and `env attack decay`, which no note holds.
pub(super) fn adsr(kind: Kind, call: &mut Call, unit: &mut Unit, out: &mut Register) {
    let [attack, decay, sustain, release] = call.inputs.map(|input| input.first());
    let (attack, decay) = (call.frames(attack), call.frames(decay));
    state!(unit, Unit::Adsr(envelope), {
        let held = kind == Kind::Adsr;
        let times = Times {
            attack,
            decay,
            sustain: if held { sustain.clamp(0.0, 1.0) } else { 0.0 },
            release: if held { call.frames(release) } else { 0 },
        };
        Unit::Adsr(Adsr::new(times, if held { call.duration } else { u64::MAX }))
    });
    match envelope.hold(call.len) {
        Some(level) => out.set(level),
        None => envelope.fill(out.moving(call.len)),
    }
}

/// `line from to time`, straight; `xline from to time`, by equal factors.
pub(super) fn line(kind: Kind, call: &mut Call, out: &mut Register) {
    let [from, to, time, _] = call.inputs.map(|input| input.first());
    let frames = (time.max(0.0) * call.rate).max(1.0);
    if call.age as f32 >= frames {
        return out.set(if kind == Kind::XLine { to.max(1e-4) } else { to });
    }
    let (now, each) = (call.age as f32 / frames, 1.0 / frames);
    let place = |i: usize| (now + each * i as f32).min(1.0);
    let frames = out.moving(call.len).iter_mut().enumerate();
    if kind == Kind::Line {
        return frames.for_each(|(i, y)| *y = from + (to - from) * place(i));
    }
    let (from, to) = (from.max(1e-4), to.max(1e-4));
    let octaves = log2(to / from);
    frames.for_each(|(i, y)| *y = from * exp2(octaves * place(i)));
}
