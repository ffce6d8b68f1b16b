//! Coarse, crush, shape, distort: fewer samples, fewer bits, more drive.

use crate::math::{exp, exp2, floor, saturate, sin_turns};
use crate::param::Param;
use crate::shot::Shot;
use crate::synth::Frames;

/// The distortions of one voice; each is off unless the shot gives it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Grit {
    /// Frames that each sample is held; 0 is off.
    hold: u32,
    count: [u32; 2],
    held: [f32; 2],
    /// Steps between 0 and 1; 0 is off.
    steps: f32,
    /// Drive of `shape`; 0 is off.
    shape: f32,
    /// Loudness after `shape`.
    shaped: f32,
    /// Drive of `distort`; 0 is off.
    distort: f32,
    /// Its curve, a number of superdough's list, and its loudness.
    kind: u32,
    volume: f32,
}

impl Grit {
    /// What `shot` asks for.
    pub fn new(shot: &Shot) -> Self {
        let coarse = shot.get(Param::Coarse);
        let shape = shot.get(Param::Shape);
        Grit {
            hold: if coarse >= 2.0 { coarse as u32 } else { 0 },
            steps: if shot.given(Param::Crush) { exp2(shot.get(Param::Crush) - 1.0) } else { 0.0 },
            shape: 2.0 * shape / (1.0 - shape),
            shaped: shot.get(Param::ShapeVolume),
            distort: exp(shot.get(Param::Distort)) - 1.0,
            kind: shot.get(Param::DistortType) as u32,
            volume: shot.get(Param::DistortVolume),
            ..Grit::default()
        }
    }

    /// Whether any is on.
    pub fn on(&self) -> bool {
        self.hold > 0 || self.steps > 0.0 || self.shape > 0.0 || self.distort > 0.0
    }

    /// Distorts the frames in place.
    pub fn run(&mut self, frames: &mut Frames) {
        for (channel, x) in frames.channels().enumerate() {
            if self.hold > 0 {
                self.coarse(channel, x);
            }
            if self.steps > 0.0 {
                let (steps, size) = (self.steps, 1.0 / self.steps);
                x.iter_mut().for_each(|y| *y = (*y * steps).round() * size);
            }
            if self.shape > 0.0 {
                drive(x, self.shape, self.shaped);
            }
            if self.distort > 0.0 {
                let (kind, k, volume) = (self.kind, self.distort, self.volume);
                x.iter_mut().for_each(|y| *y = volume * bent(kind, k, *y));
            }
        }
    }

    fn coarse(&mut self, channel: usize, x: &mut [f32]) {
        for y in x {
            if self.count[channel] == 0 {
                self.held[channel] = *y;
                self.count[channel] = self.hold;
            }
            self.count[channel] -= 1;
            *y = self.held[channel];
        }
    }
}

/// Drives a stretch of sound through the soft clipper.
fn drive(x: &mut [f32], k: f32, volume: f32) {
    x.iter_mut().for_each(|y| *y = volume * soft(k, *y));
}

/// The soft clipper that SuperDirt and superdough share: it keeps ±1 in place.
fn soft(k: f32, x: f32) -> f32 {
    (1.0 + k) * x / (1.0 + k * x.abs())
}

/// One of superdough's curves: s-curve, soft, hard, cubic, diode, asymmetric, fold, sine fold,
/// Chebyshev. All stay within ±1 or close to it.
fn bent(kind: u32, k: f32, x: f32) -> f32 {
    let driven = (1.0 + k) * x;
    match kind {
        0 => soft(k, x),
        1 => saturate(driven),
        2 => driven.clamp(-1.0, 1.0),
        3 => {
            let y = driven.clamp(-1.0, 1.0);
            1.5 * y - 0.5 * y * y * y
        }
        // A diode lets one half of the wave pass more freely than the other.
        4 if x < 0.0 => 0.4 * saturate(0.6 * driven),
        4 => saturate(driven),
        5 => {
            let shift = 0.3 * k.min(2.0);
            let rest = saturate(shift);
            (saturate(driven + shift) - rest) / (1.0 + rest)
        }
        6 => fold(driven),
        7 => sin_turns((0.25 * driven).clamp(-1e4, 1e4)),
        _ => {
            let y = driven.clamp(-1.0, 1.0);
            let square = y * y;
            // The fifth polynomial, mixed in as the drive grows.
            let fifth = y * (5.0 + square * (16.0 * square - 20.0));
            y + (fifth - y) * (k / (1.0 + k))
        }
    }
}

/// Turns round at ±1 instead of passing them: a triangle of period 4.
#[inline(always)]
#[allow(clippy::inline_always)] // compiled for the instruction set of its kernel
pub(crate) fn fold(x: f32) -> f32 {
    let turn = 0.25 * (x - 1.0);
    (4.0 * (turn - floor(turn)) - 2.0).abs() - 1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_curve_is_quiet_at_rest_and_bounded_when_driven() {
        for kind in 0..9 {
            for k in [0.0, 0.5, 3.0, 22_000.0] {
                assert!(bent(kind, k, 0.0).abs() < 1e-4, "{kind} {k}");
                for i in -100..=100 {
                    let y = bent(kind, k, i as f32 * 0.01);
                    assert!(y.abs() < 1.35, "{kind} {k} {i}: {y}");
                }
            }
            // Without drive, small sounds keep their shape.
            let slope = bent(kind, 1e-3, 0.01) / 0.01;
            assert!((0.7..1.7).contains(&slope), "{kind}: {slope}");
        }
    }

    #[test]
    fn a_fold_goes_down_where_it_would_pass_one() {
        for (x, y) in [(0.5, 0.5), (1.0, 1.0), (1.5, 0.5), (2.5, -0.5), (-1.5, -0.5)] {
            assert!((bent(6, 0.0, x) - y).abs() < 1e-6, "{x}");
        }
    }
}
