//! Oscillators: band-limited as those of the built-in sounds, with whose tables they are made.

use mag_graph::Kind;
use multiversion::multiversion;

use super::call::Call;
use super::register::{Register, Signal};
use super::unit::{SAWS, Unit, state};
use crate::BLOCK;
use crate::blep::{Blep, Ringing};
use crate::math::ratio;
use crate::noise::Noise;
use crate::synth::place;
use crate::wavetable::{Cycle, Phase, increment, level, read};

/// One turn.
const TURN: f32 = 4_294_967_296.0;

/// Writes the phases of an oscillator at `freq` hertz and moves it on; backwards if it is negative.
fn phases(freq: Signal, rate: f32, phase: &mut Phase, out: &mut [Phase]) {
    let each = 1.0 / rate;
    match freq {
        Signal::Still(hertz) => {
            let (first, step) = (*phase, whole_step(hertz * each));
            for (i, to) in out.iter_mut().enumerate() {
                *to = first.wrapping_add(step.wrapping_mul(i as u32));
            }
            *phase = first.wrapping_add(step.wrapping_mul(out.len() as u32));
        }
        Signal::Moving(hertz) => {
            let mut steps = [0; BLOCK];
            whole_steps(hertz, each, &mut steps);
            for (to, step) in out.iter_mut().zip(steps) {
                *to = *phase;
                *phase = phase.wrapping_add(step);
            }
        }
    }
}

/// How far a phase moves in a frame of `turns`, at most by half a turn.
#[inline(always)]
#[allow(clippy::inline_always)] // compiled for the instruction set of its kernel
fn whole_step(turns: f32) -> Phase {
    (turns.clamp(-0.5, 0.5) * TURN) as i32 as u32
}

#[multiversion(targets("x86_64+avx2"))]
fn whole_steps(hertz: &[f32], each: f32, out: &mut [Phase; BLOCK]) {
    for (step, hertz) in out.iter_mut().zip(hertz) {
        *step = whole_step(hertz * each);
    }
}

/// The step of an oscillator whose frequency stands still and can be made of jumps.
fn step(freq: Signal, rate: f32) -> Option<Phase> {
    freq.still().filter(|hertz| *hertz >= 0.0).map(|hertz| increment(hertz / rate))
}

/// Cycles a frame, at the highest.
fn top(freq: Signal, rate: f32) -> f32 {
    (freq.size() / rate).min(0.5)
}

/// `sine freq phase`: the phase, in turns, is what phase modulation moves.
pub(super) fn sine(call: &mut Call, unit: &mut Unit, out: &mut Register) {
    state!(unit, Unit::Phase(phase), Unit::Phase(0));
    let [freq, moved, ..] = call.inputs;
    let mut at = [0; BLOCK];
    phases(freq, call.rate, phase, &mut at[..call.len]);
    let cycle = &call.tables.sine;
    let out = out.moving(call.len);
    match moved {
        Signal::Still(turns) => {
            let turn = (turns - crate::math::floor(turns)) * TURN;
            let turn = turn as u32;
            look_up(cycle, &at, turn, out);
        }
        Signal::Moving(turns) => {
            for ((y, phase), turns) in out.iter_mut().zip(at).zip(turns) {
                let turn = (turns - crate::math::floor(*turns)) * TURN;
                *y = read(cycle, phase.wrapping_add(turn as u32));
            }
        }
    }
}

#[multiversion(targets("x86_64+avx2"))]
fn look_up(cycle: &Cycle, phases: &[Phase], turn: Phase, out: &mut [f32]) {
    for (y, phase) in out.iter_mut().zip(phases) {
        *y = read(cycle, phase.wrapping_add(turn));
    }
}

/// The difference of two waves that lie `width` apart.
fn look_up_pulse(cycle: &Cycle, phases: &[Phase], width: Signal, out: &mut [f32]) {
    for (i, (y, phase)) in out.iter_mut().zip(phases).enumerate() {
        let width = (width.at(i).clamp(0.0, 1.0) * TURN) as u32;
        *y = read(cycle, phase.wrapping_sub(width)) - read(cycle, *phase);
    }
}

/// Adds saws that move on by `step`, each with a gain, to what is there.
#[multiversion(targets("x86_64+avx2"))]
fn jumps(blep: &Blep, saws: &[(Phase, Phase, f32)], out: &mut [f32]) {
    let mut wave = Ringing::new();
    for (phase, step, gain) in saws {
        blep.add_saw(*phase, *step, *gain, &mut wave);
    }
    out.iter_mut().zip(wave.block()).for_each(|(y, x)| *y = *x);
}

/// `saw freq`.
pub(super) fn saw(call: &mut Call, unit: &mut Unit, out: &mut Register) {
    state!(unit, Unit::Phase(phase), Unit::Phase(1 << 31));
    let [freq, ..] = call.inputs;
    let out = out.moving(call.len);
    if let Some(step) = step(freq, call.rate) {
        jumps(&call.tables.blep, &[(*phase, step, 1.0)], out);
        *phase = phase.wrapping_add(step.wrapping_mul(call.len as u32));
        return;
    }
    let mut at = [0; BLOCK];
    phases(freq, call.rate, phase, &mut at[..call.len]);
    look_up(call.tables.saw.at(top(freq, call.rate)), &at, 0, out);
}

/// `pulse freq width`.
pub(super) fn pulse(call: &mut Call, unit: &mut Unit, out: &mut Register) {
    state!(unit, Unit::Phase(phase), Unit::Phase(0));
    let [freq, width, ..] = call.inputs;
    let out = out.moving(call.len);
    if let (Some(step), Some(width)) = (step(freq, call.rate), width.still()) {
        let back = (width.clamp(0.0, 1.0) * TURN) as u32;
        let saws = [(phase.wrapping_sub(back), step, 1.0), (*phase, step, -1.0)];
        jumps(&call.tables.blep, &saws, out);
        *phase = phase.wrapping_add(step.wrapping_mul(call.len as u32));
        return;
    }
    let mut at = [0; BLOCK];
    phases(freq, call.rate, phase, &mut at[..call.len]);
    look_up_pulse(call.tables.saw.at(top(freq, call.rate)), &at, width, out);
}

/// `tri freq`.
pub(super) fn tri(call: &mut Call, unit: &mut Unit, out: &mut Register) {
    state!(unit, Unit::Phase(phase), Unit::Phase(0));
    let [freq, ..] = call.inputs;
    let mut at = [0; BLOCK];
    phases(freq, call.rate, phase, &mut at[..call.len]);
    look_up(call.tables.triangle.at(top(freq, call.rate)), &at, 0, out.moving(call.len));
}

/// `supersaw freq detune`: seven saws that start anywhere.
pub(super) fn supersaw(call: &mut Call, unit: &mut Unit, out: &mut Register) {
    state!(unit, Unit::Saws(saws), {
        let mut noise = Noise::new(call.seed());
        Unit::Saws(core::array::from_fn(|_| noise.bits()))
    });
    let [freq, detune, ..] = call.inputs;
    let detune = detune.first().clamp(0.0, 12.0);
    let gain = 1.0 / (SAWS as f32).sqrt();
    let ratios: [f32; SAWS] = core::array::from_fn(|i| ratio(0.5 * detune * place(i, SAWS)));
    let out = out.moving(call.len);
    if let Some(hertz) = freq.still().filter(|hertz| *hertz >= 0.0) {
        let steps = ratios.map(|ratio| increment(hertz * ratio / call.rate));
        let all: [_; SAWS] = core::array::from_fn(|i| (saws[i], steps[i], gain));
        jumps(&call.tables.blep, &all, out);
        for (phase, step) in saws.iter_mut().zip(steps) {
            *phase = phase.wrapping_add(step.wrapping_mul(call.len as u32));
        }
        return;
    }
    out.fill(0.0);
    let (mut at, mut one, mut hertz) = ([0; BLOCK], [0.0; BLOCK], [0.0; BLOCK]);
    for (phase, ratio) in saws.iter_mut().zip(ratios) {
        (0..call.len).for_each(|i| hertz[i] = freq.at(i) * ratio);
        let freq = Signal::Moving(&hertz[..call.len]);
        phases(freq, call.rate, phase, &mut at[..call.len]);
        look_up(call.tables.saw.at(top(freq, call.rate)), &at, 0, &mut one[..call.len]);
        out.iter_mut().zip(one).for_each(|(y, x)| *y += gain * x);
    }
}

/// Frames over which a moving place in a wavetable goes in a line.
const PIECE: usize = 16;

/// `wave name freq morph`.
pub(super) fn wave(call: &mut Call, unit: &mut Unit, out: &mut Register) {
    state!(unit, Unit::Wave(phase, before), Unit::Wave(0, None));
    let [name, freq, morph, _] = call.inputs;
    let family = name.first().clamp(0.0, 15.0) as usize;
    let families = &call.tables.families;
    let now = level(top(freq, call.rate));
    let mut at = [0; BLOCK];
    phases(freq, call.rate, phase, &mut at[..call.len]);
    let piece = if morph.still().is_some() { BLOCK } else { PIECE };
    let out = out.moving(call.len);
    let read = |level: usize, to: &mut [f32]| {
        for (n, (y, at)) in to.chunks_mut(piece).zip(at.chunks(piece)).enumerate() {
            let (from, next) = (n * piece, (n + 1) * piece);
            let place = (morph.at(from), morph.at(next.min(call.len - 1)));
            families.read((family, place, level), &at[..y.len()], y);
        }
    };
    read(now, out);
    // Where it has to become duller or brighter it fades over.
    if let Some(before) = before.filter(|before| *before != now) {
        let mut old = [0.0; BLOCK];
        read(before, &mut old[..call.len]);
        let share = 1.0 / call.len as f32;
        for (i, (y, old)) in out.iter_mut().zip(old).enumerate() {
            *y = old + (i as f32 * share) * (*y - old);
        }
    }
    *before = Some(now);
}

/// Plain shapes from -1 to 1, for slow movements: not band-limited.
pub(super) fn lfo(kind: Kind, call: &mut Call, unit: &mut Unit, out: &mut Register) {
    state!(unit, Unit::Phase(phase), Unit::Phase(0));
    let [rate, width, ..] = call.inputs;
    let mut at = [0; BLOCK];
    phases(rate, call.rate, phase, &mut at[..call.len]);
    for (i, (y, phase)) in out.moving(call.len).iter_mut().zip(at).enumerate() {
        let turn = phase as f32 / TURN;
        *y = match kind {
            Kind::LfSaw => 2.0 * turn - 1.0,
            Kind::LfTri => 1.0 - (4.0 * turn - 2.0).abs(),
            _ if turn < width.at(i) => 1.0,
            _ => -1.0,
        };
    }
}
