//! Filters: state-variable, ladder, one pole, and what smooths.

use mag_graph::Kind;
use multiversion::multiversion;

use super::call::Call;
use super::register::{Register, Signal};
use super::unit::{Unit, state};
use crate::BLOCK;
use crate::filter::{self, OnePole, Pass, quality};
use crate::math::fall;

/// The warped gains of a cutoff in hertz, one for each frame.
#[multiversion(targets("x86_64+avx2"))]
fn gains(cutoff: &[f32], each: f32, out: &mut [f32]) {
    for (g, hertz) in out.iter_mut().zip(cutoff) {
        *g = filter::gain(hertz * each);
    }
}

/// `lpf cutoff res in` and its kin.
pub(super) fn svf(kind: Kind, call: &mut Call, unit: &mut Unit, out: &mut Register) {
    state!(unit, Unit::Poles(poles), Unit::Poles([0.0; 4]));
    let [a, b, ..] = poles;
    let [cutoff, res, x, _] = call.inputs;
    let pass = match kind {
        Kind::Lpf => Pass::Low,
        Kind::Hpf => Pass::High,
        _ => Pass::Band,
    };
    let y = out.moving(call.len);
    let mut room = [0.0; BLOCK];
    let x = x.frames(call.len, &mut room);
    let each = 1.0 / call.rate;
    if let (Some(cutoff), Some(res)) = (cutoff.still(), res.still()) {
        let setting = (filter::gain(cutoff * each), damping(res));
        y.iter_mut().zip(x).for_each(|(y, x)| *y = filter::svf(pass, setting, (a, b), *x));
    } else {
        let (mut hertz, mut g) = ([0.0; BLOCK], [0.0; BLOCK]);
        gains(cutoff.frames(call.len, &mut hertz), each, &mut g);
        let still = res.still().map(damping);
        for (i, ((y, x), g)) in y.iter_mut().zip(x).zip(g).enumerate() {
            let damping = still.unwrap_or_else(|| damping(res.at(i)));
            *y = filter::svf(pass, (g, damping), (a, b), *x);
        }
    }
    (*a, *b) = (filter::flush(*a), filter::flush(*b));
    if kind == Kind::Notch {
        y.iter_mut().zip(x).for_each(|(y, x)| *y = x - *y);
    }
}

/// `ladder cutoff res in`, which sings by itself near `res 1`.
pub(super) fn ladder(call: &mut Call, unit: &mut Unit, out: &mut Register) {
    state!(unit, Unit::Poles(poles), Unit::Poles([0.0; 4]));
    let [cutoff, res, x, _] = call.inputs;
    let (mut hertz, mut g) = ([0.0; BLOCK], [0.0; BLOCK]);
    let each = 1.0 / call.rate;
    match cutoff {
        Signal::Still(cutoff) => g.fill(filter::gain(cutoff * each)),
        moving => gains(moving.frames(call.len, &mut hertz), each, &mut g),
    }
    for (i, (y, g)) in out.moving(call.len).iter_mut().zip(g).enumerate() {
        let feedback = filter::ladder_feedback(res.at(i).max(0.0));
        *y = filter::ladder((g, feedback), poles.each_mut(), x.at(i));
    }
    poles.iter_mut().for_each(|pole| *pole = filter::flush(*pole));
}

/// Damping of a state-variable filter for a resonance value.
pub(super) fn damping(res: f32) -> f32 {
    1.0 / quality(res.max(0.0))
}

/// Share of the way that a one-pole filter goes in a frame; `each` is the time of one.
pub(super) fn pole_share(hertz: f32, each: f32) -> f32 {
    OnePole::share(hertz * each)
}

/// Share of the way that a lag goes in a frame.
pub(super) fn lag_share(seconds: f32, rate: f32) -> f32 {
    1.0 - fall(seconds.max(0.0), rate)
}

/// Share of the last output that a filter of direct current keeps.
pub(super) fn direct_pole(rate: f32) -> f32 {
    1.0 - core::f32::consts::TAU * 10.0 / rate
}

/// `onepole cutoff in`.
pub(super) fn one_pole(call: &mut Call, unit: &mut Unit, out: &mut Register) {
    state!(unit, Unit::Last(last), Unit::Last(0.0));
    let [cutoff, x, ..] = call.inputs;
    let share = |hertz: f32| pole_share(hertz, 1.0 / call.rate);
    let still = cutoff.still().map(share);
    for (i, y) in out.moving(call.len).iter_mut().enumerate() {
        *last += still.unwrap_or_else(|| share(cutoff.at(i))) * (x.at(i) - *last);
        *y = *last;
    }
    *last = filter::flush(*last);
}

/// `lag time in`: after `time` it is within a thousandth of where it goes.
pub(super) fn lag(call: &mut Call, unit: &mut Unit, out: &mut Register) {
    let [time, x, ..] = call.inputs;
    state!(unit, Unit::Last(last), Unit::Last(x.first()));
    if x.still() == Some(*last) {
        return out.set(*last);
    }
    let rate = call.rate;
    let share = |seconds: f32| lag_share(seconds, rate);
    let still = time.still().map(share);
    for (i, y) in out.moving(call.len).iter_mut().enumerate() {
        let x = x.at(i);
        *last += still.unwrap_or_else(|| share(time.at(i))) * (x - *last);
        *y = *last;
    }
    *last = filter::flush(*last);
}

/// `slew up down in`: it rises and falls no faster than so much a second.
pub(super) fn slew(call: &mut Call, unit: &mut Unit, out: &mut Register) {
    let [up, down, x, _] = call.inputs;
    state!(unit, Unit::Last(last), Unit::Last(x.first()));
    let each = 1.0 / call.rate;
    let step = |speed: f32| speed.max(0.0) * each;
    let still = up.still().zip(down.still()).map(|(up, down)| (step(up), step(down)));
    for (i, y) in out.moving(call.len).iter_mut().enumerate() {
        let (up, down) = still.unwrap_or_else(|| (step(up.at(i)), step(down.at(i))));
        *last += (x.at(i) - *last).clamp(-down, up);
        *y = *last;
    }
}

/// `dcblock in`: takes away what stands still.
pub(super) fn dc_block(call: &mut Call, unit: &mut Unit, out: &mut Register) {
    state!(unit, Unit::Pair(before, last), Unit::Pair(0.0, 0.0));
    let [x, ..] = call.inputs;
    let pole = direct_pole(call.rate);
    for (i, y) in out.moving(call.len).iter_mut().enumerate() {
        let x = x.at(i);
        *last = x - *before + pole * *last;
        *before = x;
        *y = *last;
    }
    *last = filter::flush(*last);
}
