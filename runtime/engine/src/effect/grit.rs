//! Coarse, crush, shape, distort: fewer samples, fewer bits, more drive.

use crate::math::{exp, exp2};
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
    /// Drive of `distort`; 0 is off.
    distort: f32,
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
            distort: exp(shot.get(Param::Distort)) - 1.0,
            ..Grit::default()
        }
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
                drive(x, self.shape);
            }
            if self.distort > 0.0 {
                drive(x, self.distort);
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

/// The soft clipper that SuperDirt and superdough share: it keeps ±1 in place.
fn drive(x: &mut [f32], k: f32) {
    for y in x {
        *y = (1.0 + k) * *y / (1.0 + k * y.abs());
    }
}
