//! What smears a sound before it enters the room: a short wait, then four allpass filters.

use multiversion::multiversion;

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
        let (at, mask) = (self.at, self.mask);
        // What is read was written at least that long ago: so much can be done at once.
        for (i, x) in x.chunks_mut(self.ahead.min(BLOCK)).enumerate() {
            let to = at.wrapping_add(i * self.ahead.min(BLOCK));
            let mut old = [0.0; BLOCK];
            copy_out(&self.wait, to.wrapping_sub(self.ahead) & mask, &mut old[..x.len()]);
            copy_in(&mut self.wait, to & mask, x);
            x.copy_from_slice(&old[..x.len()]);
        }
        for (line, length) in &mut self.filters {
            // What a filter reads was written a length ago: that much can be done at once.
            let most = (*length).min(BLOCK);
            for (i, x) in x.chunks_mut(most).enumerate() {
                let to = at.wrapping_add(i * most);
                let from = to.wrapping_sub(*length);
                let mut old = [0.0; BLOCK];
                copy_out(line, from & mask, &mut old[..x.len()]);
                pass(&mut old, x);
                copy_in(line, to & mask, &old[..x.len()]);
            }
        }
        self.at = at.wrapping_add(BLOCK);
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.wait.fill(0.0);
        self.filters.iter_mut().for_each(|(line, _)| line.fill(0.0));
    }
}

/// One allpass: what it held a length ago becomes what it holds now, `x` its output.
#[multiversion(targets("x86_64+avx2"))]
fn pass(held: &mut [f32; BLOCK], x: &mut [f32]) {
    for (y, held) in x.iter_mut().zip(held) {
        let (old, new) = (*held, flush(*y + GAIN * *held));
        *y = old - GAIN * new;
        *held = new;
    }
}

/// Reads a ring from place `at` on.
fn copy_out(ring: &[f32], at: usize, out: &mut [f32]) {
    let whole = out.len().min(ring.len() - at);
    let (now, later) = out.split_at_mut(whole);
    now.copy_from_slice(&ring[at..at + whole]);
    later.copy_from_slice(&ring[..later.len()]);
}

/// Writes a ring from place `at` on.
fn copy_in(ring: &mut [f32], at: usize, x: &[f32]) {
    let whole = x.len().min(ring.len() - at);
    let (now, later) = x.split_at(whole);
    ring[at..at + whole].copy_from_slice(now);
    ring[..later.len()].copy_from_slice(later);
}
