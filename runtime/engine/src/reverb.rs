//! The room of an orbit: allpass diffusers into sixteen delay lines fed back through a Hadamard
//! matrix, each with the damping that its length needs (J.-M. Jot's design), some slowly moving.

use multiversion::multiversion;

use crate::BLOCK;
use crate::bus::Stereo;
use crate::filter::{OnePole, flush};
use crate::math::{exp2, sin_turns};
use crate::turn::{Columns, LANES, Rows, to_columns, to_rows};

mod diffuser;

use diffuser::Diffuser;

/// Delay lines.
const LINES: usize = LANES;
/// Their lengths in seconds; no two share a common period.
const LENGTHS: [f32; LINES] = [
    0.017_3, 0.019_7, 0.022_3, 0.025_1, 0.028_3, 0.031_7, 0.035_3, 0.039_1, 0.043_3, 0.047_9,
    0.052_7, 0.058_1, 0.064_1, 0.070_7, 0.077_9, 0.085_9,
];
/// Depth, in seconds, of the slow movement of the lines.
const SWAY: f32 = 0.000_25;
/// Seconds before the first reflection.
const AHEAD: f32 = 0.011;
/// log2 of a fall by 60 dB.
const SIXTY: f32 = -9.965_784;

/// A stereo reverb.
pub(crate) struct Reverb {
    rate: f32,
    lines: [Vec<f32>; LINES],
    masks: [usize; LINES],
    at: usize,
    /// Damping filters: gain, pole, state.
    gain: [f32; LINES],
    pole: [f32; LINES],
    state: [f32; LINES],
    sway: f32,
    diffusers: [Diffuser; 2],
    floor: [OnePole; 2],
    /// Low-pass on what enters, and its share; 1 is off.
    lid: [OnePole; 2],
    lid_share: f32,
    /// Cycles a frame above which it dies away in less than half of its time.
    dim: Option<f32>,
    /// Decay time in seconds, as it is and as it shall be.
    decay: f32,
    goal: f32,
    left: u32,
}

/// Seconds of decay for a size: 0.35 s at 0, 4 s at 1, then a second more for each step.
fn decay(size: f32) -> f32 {
    if size <= 1.0 { 0.35 * exp2(3.514 * size) } else { 3.0 + size }
}

/// Pole of the one-pole low-pass, of gain 1 at 0, whose gain is `share` at `at` cycles a frame.
fn pole_for(share: f32, at: f32) -> f32 {
    let square = (share * share).min(0.999_999);
    let (a, b) = (1.0 - square, 1.0 - square * crate::math::cos_turns(at));
    ((b - (b * b - a * a).max(0.0).sqrt()) / a).clamp(0.0, 0.999)
}

impl Reverb {
    /// A silent room.
    pub fn new(rate: f32) -> Self {
        // Each no longer than it must be: what is passed through pushes other sounds out of the cache.
        let room = |seconds: f32| ((seconds + 2.0 * SWAY) * rate) as usize + 2 * BLOCK;
        let lengths = LENGTHS.map(|seconds| room(seconds).next_power_of_two());
        let goal = decay(0.4);
        let mut reverb = Reverb {
            rate,
            // A little longer than is used, so that they do not lie a multiple of a page apart: all
            // would then compete for the same lines of the cache.
            lines: lengths.map(|length| vec![0.0; length + 5 * BLOCK / 4]),
            masks: lengths.map(|length| length - 1),
            at: 0,
            gain: [0.0; LINES],
            pole: [0.0; LINES],
            state: [0.0; LINES],
            sway: 0.0,
            diffusers: [Diffuser::new(rate, AHEAD, 1.0), Diffuser::new(rate, AHEAD, 1.07)],
            floor: [OnePole::default(); 2],
            lid: [OnePole::default(); 2],
            lid_share: 1.0,
            dim: None,
            decay: goal,
            goal,
            left: 0,
        };
        reverb.damp();
        reverb
    }

    /// Sets the size of the room.
    pub fn resize(&mut self, size: f32) {
        self.goal = decay(size);
    }

    /// Lets it die away by 60 dB in so many seconds.
    pub fn set_fade(&mut self, seconds: f32) {
        self.goal = seconds;
    }

    /// Takes away what lies above `hertz` before it enters.
    pub fn set_lid(&mut self, hertz: f32) {
        let at = hertz / self.rate;
        self.lid_share = if at < 0.4 { OnePole::share(at) } else { 1.0 };
    }

    /// Lets what lies above `hertz` die away in less than half of the time.
    pub fn set_dim(&mut self, hertz: f32) {
        self.dim = Some((hertz / self.rate).min(0.49));
        self.damp();
    }

    /// Says that there is something to reflect.
    pub fn wake(&mut self) {
        self.left = (0.3 * self.rate) as u32 / BLOCK as u32;
    }

    /// Whether anything may still be heard.
    pub fn awake(&self) -> bool {
        self.left > 0
    }

    /// Forgets all reflections.
    pub fn clear(&mut self) {
        self.lines.iter_mut().for_each(|line| line.fill(0.0));
        self.diffusers.iter_mut().for_each(Diffuser::clear);
        self.state = [0.0; LINES];
        self.left = 0;
    }

    /// Sets the damping of each line for the present decay: highs fall faster than lows.
    fn damp(&mut self) {
        let high = (0.45 * self.decay).min(1.6);
        let lines = self.gain.iter_mut().zip(&mut self.pole).zip(LENGTHS);
        for ((gain, pole), length) in lines {
            let low = exp2(SIXTY * length / self.decay);
            let share = exp2(SIXTY * length * (1.0 / high - 1.0 / self.decay));
            *pole = match self.dim {
                Some(at) => pole_for(low, at),
                None => (1.0 - share) / (1.0 + share),
            };
            *gain = low * (1.0 - *pole);
        }
    }

    /// Adds the reflections of `input` to `out`.
    pub fn add(&mut self, input: &Stereo, out: &mut Stereo) {
        if (self.goal - self.decay).abs() > 1e-4 {
            self.decay += 0.05 * (self.goal - self.decay);
            self.damp();
        }
        let mut fed = *input;
        let floor = OnePole::share(110.0 / self.rate);
        // Both at once: each frame waits for the one before it, but not for the other channel.
        let [left, right] = &mut fed;
        let [l, r] = &mut self.floor;
        for (left, right) in left.iter_mut().zip(right) {
            (*left, *right) = (l.high(floor, *left), r.high(floor, *right));
        }
        for (channel, x) in fed.iter_mut().enumerate() {
            if self.lid_share < 1.0 {
                let share = self.lid_share;
                x.iter_mut().for_each(|y| *y = self.lid[channel].low(share, *y));
                self.lid[channel].settle();
            }
            self.floor[channel].settle();
            self.diffusers[channel].run(x);
        }
        let peak = circulate(self, &fed, out);
        self.at = self.at.wrapping_add(BLOCK);
        self.sway = (self.sway + BLOCK as f32 / self.rate) % 1000.0;
        if peak < 1e-6 {
            self.left -= 1;
        } else {
            self.wake();
        }
    }

    /// How far behind the ends of all lines lie at a time, in frames.
    #[inline(always)]
    #[allow(clippy::inline_always)] // compiled for the instruction set of its kernel
    fn places(&self, time: f32) -> [f32; LINES] {
        let mut places = [0.0; LINES];
        for (i, place) in places.iter_mut().enumerate() {
            let n = i as f32;
            let turns = (time * (0.31 + 0.083 * n) + 0.37 * n).fract();
            *place = LENGTHS[i] * self.rate + SWAY * self.rate * sin_turns(turns);
        }
        places
    }

    /// Writes the end of line `i` to `x`: so far behind at the start of the block and at its end.
    #[inline(always)]
    #[allow(clippy::inline_always)] // compiled for the instruction set of its kernel
    fn read(&self, i: usize, (from, to): (f32, f32), x: &mut [f32; BLOCK]) {
        let step = (to - from) / BLOCK as f32;
        let line = &self.lines[i];
        // The delay changes by far less than a frame in a block: one stretch of the line is enough.
        let least = (from.min(from + step * BLOCK as f32)) as usize;
        let mask = self.masks[i];
        let first = self.at.wrapping_sub(least + 2) & mask;
        let mut joined = [0.0; BLOCK + 2];
        let near = match line[first..=mask].first_chunk() {
            Some(near) => near,
            None => {
                let whole = mask + 1 - first;
                joined[..whole].copy_from_slice(&line[first..=mask]);
                let rest = joined.len() - whole;
                joined[whole..].copy_from_slice(&line[..rest]);
                &joined
            }
        };
        for n in 0..BLOCK {
            let share = from + step * n as f32 - least as f32;
            let (a, b, c) = (near[n + 2], near[n + 1], near[n]);
            let early = a + share * (b - a);
            let late = b + (share - 1.0) * (c - b);
            x[n] = if share < 1.0 { early } else { late };
        }
    }

    /// Damps the ends of all lines, frame by frame.
    #[inline(always)]
    #[allow(clippy::inline_always)] // compiled for the instruction set of its kernel
    fn dampen(&mut self, frames: &mut Columns) {
        let (gain, pole, mut state) = (self.gain, self.pole, self.state);
        for frame in frames {
            for i in 0..LINES {
                state[i] = gain[i] * frame[i] + pole[i] * state[i];
            }
            *frame = state;
        }
        self.state = state.map(flush);
    }
}

/// Reads all lines, adds them to `out`, and writes them back mixed with the input; the loudest
/// sample that was added.
fn circulate(reverb: &mut Reverb, fed: &Stereo, out: &mut Stereo) -> f32 {
    let mut room = Room { wave: [[0.0; BLOCK]; LINES], frames: [[0.0; LINES]; BLOCK] };
    read(reverb, &mut room.wave);
    to_columns(&room.wave.each_ref(), &mut room.frames);
    dampen(reverb, &mut room.frames);
    to_rows(&room.frames, &mut room.wave.each_mut());
    pass_on(reverb, &room.wave, fed, out)
}

/// The ends of all lines, both ways, aligned for the kernels.
#[repr(C, align(64))]
struct Room {
    wave: Rows,
    frames: Columns,
}

#[multiversion(targets("x86_64+avx2"))]
fn read(reverb: &Reverb, wave: &mut Rows) {
    let from = reverb.places(reverb.sway);
    let to = reverb.places(reverb.sway + BLOCK as f32 / reverb.rate);
    for (i, x) in wave.iter_mut().enumerate() {
        reverb.read(i, (from[i], to[i]), x);
    }
}

#[multiversion(targets("x86_64+avx2"))]
fn dampen(reverb: &mut Reverb, frames: &mut Columns) {
    reverb.dampen(frames);
}

/// Adds the lines to `out`, mixes them, and writes them back with the input.
#[multiversion(targets("x86_64+avx2"))]
fn pass_on(reverb: &mut Reverb, wave: &Rows, fed: &Stereo, out: &mut Stereo) -> f32 {
    let peak = mix_out(wave, out, 0.42 / (0.6 + reverb.decay).sqrt());
    let here = reverb.at / PIECE;
    let input = fed.each_ref().map(pieces);
    for at in 0..BLOCK / PIECE {
        let mut piece = [Piece::default(); LINES];
        for (piece, x) in piece.iter_mut().zip(wave) {
            *piece = pieces(x)[at];
        }
        hadamard(&mut piece);
        let lines = reverb.lines.iter_mut().zip(&reverb.masks);
        for (i, (x, (line, mask))) in piece.iter().zip(lines).enumerate() {
            let sign = if i % 4 < 2 { 1.0 } else { -1.0 };
            let input = &input[i % 2][at];
            // Blocks never cross the end of a line, whose length is a power of two.
            let place = here.wrapping_add(at) & (mask / PIECE);
            let Some(room) = line.as_chunks_mut().0.get_mut(place) else { continue };
            let mut y = Piece::default();
            for n in 0..PIECE {
                y[n] = flush(x[n] + sign * input[n]);
            }
            *room = y;
        }
    }
    peak
}

/// Adds the lines to both channels, even ones left, odd ones right; the loudest sample.
#[inline(always)]
#[allow(clippy::inline_always)] // compiled for the instruction set of its kernel
fn mix_out(wave: &Rows, out: &mut Stereo, gain: f32) -> f32 {
    let mut peaks = Piece::default();
    for at in 0..BLOCK / PIECE {
        for (side, out) in out.iter_mut().enumerate() {
            let mut sum = Piece::default();
            for (i, x) in wave.iter().enumerate().skip(side).step_by(2) {
                let sign = if (i / 2) % 3 == 1 { -gain } else { gain };
                let x = &pieces(x)[at];
                for n in 0..PIECE {
                    sum[n] += sign * x[n];
                }
            }
            let Some(out) = out.as_chunks_mut::<PIECE>().0.get_mut(at) else { continue };
            for n in 0..PIECE {
                out[n] += sum[n];
                let size = sum[n].abs();
                peaks[n] = if size > peaks[n] { size } else { peaks[n] };
            }
        }
    }
    peaks.into_iter().fold(0.0, f32::max)
}

/// Frames of all lines that are mixed at once.
const PIECE: usize = 8;
type Piece = [f32; PIECE];

/// A block in pieces.
#[inline(always)]
#[allow(clippy::inline_always)] // compiled for the instruction set of its kernel
fn pieces(x: &[f32; BLOCK]) -> &[Piece; BLOCK / PIECE] {
    x.as_chunks().0.first_chunk().unwrap_or(&[[0.0; PIECE]; BLOCK / PIECE])
}

/// Multiplies the lines by the orthogonal Hadamard matrix of size 16.
#[inline(always)]
#[allow(clippy::inline_always)] // compiled for the instruction set of its kernel
fn hadamard(piece: &mut [Piece; LINES]) {
    for span in [1, 2, 4, 8] {
        for i in (0..LINES).filter(|i| i & span == 0) {
            let (a, b) = (piece[i], piece[i + span]);
            for n in 0..PIECE {
                piece[i][n] = a[n] + b[n];
                piece[i + span][n] = a[n] - b[n];
            }
        }
    }
    piece.iter_mut().flatten().for_each(|y| *y *= 0.25);
}

#[cfg(test)]
mod tests;
