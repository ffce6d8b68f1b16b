//! Warps of a cycle: its phase is bent before the wave is read.

use crate::math::{exp2, log2};
use crate::wavetable::Phase;

/// How a cycle is warped, in superdough's order and words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Mode {
    None,
    /// The middle of the cycle comes sooner.
    #[default]
    Asym,
    /// The cycle starts slowly.
    BendPlus,
    /// The cycle starts fast.
    BendMinus,
    /// Both ends are slow.
    BendBoth,
    /// The cycle starts anew, up to eight times a turn.
    Sync,
    /// The phase goes in steps.
    Quant,
    /// The cycle is read forwards and backwards in turn.
    Fold,
    /// The cycle is over sooner and waits.
    Pwm,
    /// The end of the cycle is read backwards.
    Flip,
}

impl Mode {
    /// The mode of this number.
    pub fn of(number: f32) -> Self {
        match number as u32 {
            0 => Mode::None,
            1 => Mode::Asym,
            2 => Mode::BendPlus,
            3 => Mode::BendMinus,
            4 => Mode::BendBoth,
            5 => Mode::Sync,
            6 => Mode::Quant,
            7 => Mode::Fold,
            8 => Mode::Pwm,
            _ => Mode::Flip,
        }
    }

    /// How many times as fast the phase may go at `amount`.
    pub fn top(self, amount: f32) -> f32 {
        match self {
            Mode::None => 1.0,
            Mode::Asym => 0.5 / (0.5 - 0.48 * amount),
            Mode::BendPlus | Mode::BendMinus | Mode::BendBoth => 1.0 + 3.0 * amount,
            Mode::Sync | Mode::Fold => 1.0 + 7.0 * amount,
            Mode::Quant | Mode::Flip => 1.0,
            Mode::Pwm => 1.0 / (1.0 - 0.9 * amount),
        }
    }

    /// A place in the cycle, 0 to 1, warped by `amount`, 0 to 1.
    fn bend(self, p: f32, amount: f32) -> f32 {
        let power = |x: f32| if x > 1e-6 { exp2((1.0 + 3.0 * amount) * log2(x)) } else { 0.0 };
        match self {
            Mode::None => p,
            Mode::Asym => {
                let middle = 0.5 - 0.48 * amount;
                if p < middle {
                    0.5 * p / middle
                } else {
                    0.5 + 0.5 * (p - middle) / (1.0 - middle)
                }
            }
            Mode::BendPlus => power(p),
            Mode::BendMinus => 1.0 - power(1.0 - p),
            Mode::BendBoth if p < 0.5 => 0.5 * power(2.0 * p),
            Mode::BendBoth => 1.0 - 0.5 * power(2.0 - 2.0 * p),
            Mode::Sync => (p * (1.0 + 7.0 * amount)).fract(),
            Mode::Quant => {
                let steps = exp2(8.0 - 7.0 * amount).round();
                if amount > 0.0 { (p * steps).floor() / steps } else { p }
            }
            Mode::Fold => {
                let far = p * (1.0 + 7.0 * amount);
                let turn = 0.5 * far - (0.5 * far).floor();
                if turn < 0.5 { 2.0 * turn } else { 2.0 - 2.0 * turn }
            }
            Mode::Pwm => (p / (1.0 - 0.9 * amount)).min(1.0),
            Mode::Flip if p < 1.0 - 0.5 * amount => p,
            Mode::Flip => 2.0 - amount - p,
        }
    }

    /// Warps phases in place; the amount moves in a line.
    pub fn run(self, (from, to): (f32, f32), phases: &mut [Phase]) {
        let slope = (to - from) / phases.len().max(1) as f32;
        for (i, phase) in phases.iter_mut().enumerate() {
            let p = (*phase >> 8) as f32 * (1.0 / 16_777_216.0);
            let bent = self.bend(p, from + slope * i as f32).clamp(0.0, 1.0);
            *phase = (f64::from(bent) * 4_294_967_296.0) as u64 as u32;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_warp_stays_in_the_cycle_and_is_nothing_at_zero() {
        for number in 0..10 {
            let mode = Mode::of(number as f32);
            for i in 0..1000 {
                let p = i as f32 * 1e-3;
                assert!((mode.bend(p, 0.0) - p).abs() < 5e-3, "{mode:?} at {p}");
                for amount in [0.3, 1.0] {
                    let bent = mode.bend(p, amount);
                    assert!((-1e-5..=1.00001).contains(&bent), "{mode:?} {amount} at {p}: {bent}");
                }
            }
        }
    }
}
