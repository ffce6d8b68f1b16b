//! What smears a sound before it enters the room: a short wait, then four allpass filters.

use crate::BLOCK;
use crate::filter::flush;

/// Lengths of the allpass filters, in seconds.
const LENGTHS: [f32; 4] = [0.004_77, 0.003_59, 0.012_73, 0.009_31];
/// Their gain.
const GAIN: f32 = 0.62;

/// A wait and four Schroeder allpass filters in a row.
pub(super) struct Diffuser {
    wait: Vec<f32>,
    ahead: usize,
    filters: [(Vec<f32>, usize); 4],
    mask: usize,
    at: usize,
}

impl Diffuser {
    /// Waits `ahead` seconds; `stretch` scales the lengths of the filters.
    pub fn new(rate: f32, ahead: f32, stretch: f32) -> Self {
        let length = ((0.02 * rate) as usize + BLOCK).next_power_of_two();
        let frames = |seconds: f32| ((seconds * rate) as usize).clamp(1, length - 1);
        Diffuser {
            wait: vec![0.0; length],
            ahead: frames(ahead),
            filters: LENGTHS.map(|seconds| (vec![0.0; length], frames(seconds * stretch))),
            mask: length - 1,
            at: 0,
        }
    }

    /// Diffuses `x` in place.
    pub fn run(&mut self, x: &mut [f32; BLOCK]) {
        let mask = self.mask;
        for (i, y) in x.iter_mut().enumerate() {
            let at = self.at.wrapping_add(i);
            self.wait[at & mask] = *y;
            *y = self.wait[at.wrapping_sub(self.ahead) & mask];
        }
        for (line, length) in &mut self.filters {
            for (i, y) in x.iter_mut().enumerate() {
                let at = self.at.wrapping_add(i);
                let old = line[at.wrapping_sub(*length) & mask];
                let new = flush(*y + GAIN * old);
                line[at & mask] = new;
                *y = old - GAIN * new;
            }
        }
        self.at = self.at.wrapping_add(BLOCK);
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.wait.fill(0.0);
        self.filters.iter_mut().for_each(|(line, _)| line.fill(0.0));
    }
}
