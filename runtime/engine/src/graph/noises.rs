//! Chance: noises, grains, steps, and what is held between them.

use super::call::Call;
use super::register::Register;
use super::unit::{Unit, state};
use crate::noise::{Noise, Pink};
use crate::wavetable::increment;

/// White noise.
pub(super) fn white(call: &mut Call, unit: &mut Unit, out: &mut Register) {
    state!(unit, Unit::Noise(noise), Unit::Noise(Noise::new(call.seed())));
    out.moving(call.len).iter_mut().for_each(|y| *y = noise.white());
}

/// Noise that falls by 3 dB an octave.
pub(super) fn pink(call: &mut Call, unit: &mut Unit, out: &mut Register) {
    state!(unit, Unit::Pink(noise, filter), Unit::Pink(Noise::new(call.seed()), Pink::default()));
    out.moving(call.len).iter_mut().for_each(|y| *y = filter.next(noise.white()));
}

/// Noise that falls by 6 dB an octave: a walk with a pull towards 0.
pub(super) fn brown(call: &mut Call, unit: &mut Unit, out: &mut Register) {
    state!(unit, Unit::Walk(noise, level), Unit::Walk(Noise::new(call.seed()), 0.0));
    for y in out.moving(call.len) {
        *level = 0.995 * *level + 0.0865 * noise.white();
        *y = *level;
    }
}

/// Clicks of random height, 0 to 1, so many a second on average.
pub(super) fn dust(call: &mut Call, unit: &mut Unit, out: &mut Register) {
    state!(unit, Unit::Noise(noise), Unit::Noise(Noise::new(call.seed())));
    let [density, ..] = call.inputs;
    let each = 1.0 / call.rate;
    for (i, y) in out.moving(call.len).iter_mut().enumerate() {
        let chance = density.at(i).max(0.0) * each;
        let drawn = noise.unit();
        *y = if drawn < chance { drawn / chance } else { 0.0 };
    }
}

/// A new random number so many times a second.
pub(super) fn steps(call: &mut Call, unit: &mut Unit, out: &mut Register) {
    state!(unit, Unit::Steps(noise, phase, level), {
        let mut noise = Noise::new(call.seed());
        let first = noise.white();
        Unit::Steps(noise, 0, first)
    });
    let [rate, ..] = call.inputs;
    let each = 1.0 / call.rate;
    for (i, y) in out.moving(call.len).iter_mut().enumerate() {
        *y = *level;
        let (next, turned) = phase.overflowing_add(increment(rate.at(i) * each));
        *phase = next;
        if turned {
            *level = noise.white();
        }
    }
}

/// The second input, looked at so many times a second.
pub(super) fn hold(call: &mut Call, unit: &mut Unit, out: &mut Register) {
    let [rate, x, ..] = call.inputs;
    state!(unit, Unit::Held(phase, level), Unit::Held(0, x.first()));
    let each = 1.0 / call.rate;
    for (i, y) in out.moving(call.len).iter_mut().enumerate() {
        *y = *level;
        let (next, turned) = phase.overflowing_add(increment(rate.at(i) * each));
        *phase = next;
        if turned {
            *level = x.at(i);
        }
    }
}
