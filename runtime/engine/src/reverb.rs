//! The room of an orbit: allpass diffusers into sixteen delay lines fed back through a Hadamard
//! matrix, each with the damping that its length needs (J.-M. Jot's design), some slowly moving.

use crate::BLOCK;
use crate::bus::Stereo;
use crate::filter::OnePole;
use crate::math::{exp2, sin_turns};

mod diffuser;

use diffuser::Diffuser;

/// Delay lines.
const LINES: usize = 16;
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
    mask: usize,
    at: usize,
    /// Damping filters: gain, pole, state.
    gain: [f32; LINES],
    pole: [f32; LINES],
    state: [f32; LINES],
    sway: f32,
    diffusers: [Diffuser; 2],
    floor: [OnePole; 2],
    /// Decay time in seconds, as it is and as it shall be.
    decay: f32,
    goal: f32,
    left: u32,
}

/// Seconds of decay for a size: 0.35 s at 0, 4 s at 1, then a second more for each step.
fn decay(size: f32) -> f32 {
    if size <= 1.0 { 0.35 * exp2(3.514 * size) } else { 3.0 + size }
}

impl Reverb {
    /// A silent room.
    pub fn new(rate: f32) -> Self {
        let longest = LENGTHS[LINES - 1] + 2.0 * SWAY;
        let length = ((longest * rate) as usize + 2 * BLOCK).next_power_of_two();
        let goal = decay(0.4);
        let mut reverb = Reverb {
            rate,
            lines: core::array::from_fn(|_| vec![0.0; length]),
            mask: length - 1,
            at: 0,
            gain: [0.0; LINES],
            pole: [0.0; LINES],
            state: [0.0; LINES],
            sway: 0.0,
            diffusers: [Diffuser::new(rate, AHEAD, 1.0), Diffuser::new(rate, AHEAD, 1.07)],
            floor: [OnePole::default(); 2],
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
            *pole = (1.0 - share) / (1.0 + share);
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
        for (channel, x) in fed.iter_mut().enumerate() {
            x.iter_mut().for_each(|y| *y = self.floor[channel].high(floor, *y));
            self.floor[channel].settle();
            self.diffusers[channel].run(x);
        }
        let mut wave = [[0.0; BLOCK]; LINES];
        for (i, x) in wave.iter_mut().enumerate() {
            self.read(i, x);
        }
        let peak = mix_out(&wave, out, 0.42 / (0.6 + self.decay).sqrt());
        hadamard(&mut wave);
        for (i, x) in wave.iter().enumerate() {
            self.write(i, x, &fed[i % 2]);
        }
        self.at = self.at.wrapping_add(BLOCK);
        self.sway = (self.sway + BLOCK as f32 / self.rate) % 1000.0;
        if peak < 1e-6 {
            self.left -= 1;
        } else {
            self.wake();
        }
    }

    /// Writes the damped end of line `i` to `x`.
    fn read(&mut self, i: usize, x: &mut [f32; BLOCK]) {
        let length = LENGTHS[i] * self.rate;
        let speed = 0.31 + 0.083 * i as f32;
        let place = |time: f32| {
            length + SWAY * self.rate * sin_turns((time * speed + 0.37 * i as f32).fract())
        };
        let from = place(self.sway);
        let step = (place(self.sway + BLOCK as f32 / self.rate) - from) / BLOCK as f32;
        let line = &self.lines[i];
        let (gain, pole) = (self.gain[i], self.pole[i]);
        let mut state = self.state[i];
        for (n, y) in x.iter_mut().enumerate() {
            let delay = from + step * n as f32;
            let whole = delay as usize;
            let share = delay - whole as f32;
            let at = self.at.wrapping_add(n).wrapping_sub(whole);
            let a = line[at & self.mask];
            let b = line[at.wrapping_sub(1) & self.mask];
            state = gain * (a + share * (b - a)) + pole * state;
            *y = state;
        }
        self.state[i] = crate::filter::flush(state);
    }

    /// Writes the feedback and the input to the start of line `i`.
    fn write(&mut self, i: usize, x: &[f32; BLOCK], input: &[f32; BLOCK]) {
        let sign = if i % 4 < 2 { 1.0 } else { -1.0 };
        let line = &mut self.lines[i];
        for (n, (x, input)) in x.iter().zip(input).enumerate() {
            line[self.at.wrapping_add(n) & self.mask] = crate::filter::flush(x + sign * input);
        }
    }
}

/// Adds the lines to both channels, even ones left, odd ones right; the loudest sample.
fn mix_out(wave: &[[f32; BLOCK]; LINES], out: &mut Stereo, gain: f32) -> f32 {
    let mut sum = [[0.0; BLOCK]; 2];
    for (i, x) in wave.iter().enumerate() {
        let sign = if (i / 2) % 3 == 1 { -gain } else { gain };
        for (y, x) in sum[i % 2].iter_mut().zip(x) {
            *y += sign * x;
        }
    }
    let mut peak = 0.0f32;
    for (y, x) in out.iter_mut().flatten().zip(sum.iter().flatten()) {
        *y += x;
        peak = peak.max(x.abs());
    }
    peak
}

/// Multiplies the lines by the orthogonal Hadamard matrix of size 16.
fn hadamard(wave: &mut [[f32; BLOCK]; LINES]) {
    let mut span = 1;
    while span < LINES {
        for pair in wave.chunks_exact_mut(2 * span) {
            let (upper, lower) = pair.split_at_mut(span);
            for (a, b) in upper.iter_mut().flatten().zip(lower.iter_mut().flatten()) {
                (*a, *b) = (*a + *b, *a - *b);
            }
        }
        span *= 2;
    }
    wave.iter_mut().flatten().for_each(|y| *y *= 0.25);
}

#[cfg(test)]
mod tests;
