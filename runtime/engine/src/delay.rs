//! The echo of an orbit: a stereo delay whose time changes by crossfade, so it never squeals.

use crate::BLOCK;
use crate::bus::Stereo;
use crate::filter::{OnePole, flush};

/// Longest time, in seconds.
const LONGEST: f32 = 4.0;
/// Seconds in which a new time fades in.
const FADE: f32 = 0.03;
/// Blocks of silence after which it sleeps, beyond the length of the line.
const PATIENCE: u32 = 32;

/// A delay with feedback; each repeat is a little darker.
pub(crate) struct Delay {
    lines: [Vec<f32>; 2],
    mask: usize,
    at: usize,
    rate: f32,
    /// Frames of delay, before and after the running crossfade.
    times: (usize, usize),
    /// Where the crossfade stands, 0 to 1.
    fade: f32,
    next: usize,
    feedback: f32,
    goal: f32,
    dark: [OnePole; 2],
    floor: [OnePole; 2],
    /// Blocks until it sleeps.
    left: u32,
}

impl Delay {
    /// A silent delay.
    pub fn new(rate: f32) -> Self {
        let length = ((LONGEST * rate) as usize + BLOCK).next_power_of_two();
        let time = (0.25 * rate) as usize;
        Delay {
            lines: [vec![0.0; length], vec![0.0; length]],
            mask: length - 1,
            at: 0,
            rate,
            times: (time, time),
            fade: 1.0,
            next: time,
            feedback: 0.5,
            goal: 0.5,
            dark: [OnePole::default(); 2],
            floor: [OnePole::default(); 2],
            left: 0,
        }
    }

    /// Sets the time between echoes, in seconds.
    pub fn set_time(&mut self, seconds: f32) {
        self.next = ((seconds * self.rate) as usize).clamp(1, self.mask - BLOCK);
    }

    /// Sets the share that returns.
    pub fn set_feedback(&mut self, share: f32) {
        self.goal = share;
    }

    /// Says that there is something to echo.
    pub fn wake(&mut self) {
        self.left = (self.mask / BLOCK) as u32 + PATIENCE;
    }

    /// Whether anything may still be heard.
    pub fn awake(&self) -> bool {
        self.left > 0
    }

    /// Forgets all echoes.
    pub fn clear(&mut self) {
        self.lines.iter_mut().for_each(|line| line.fill(0.0));
        self.left = 0;
    }

    /// Adds the echoes of `input` to `out`.
    pub fn add(&mut self, input: &Stereo, out: &mut Stereo) {
        if self.fade >= 1.0 && self.next != self.times.1 {
            self.times = (self.times.1, self.next);
            self.fade = 0.0;
        }
        self.feedback += 0.1 * (self.goal - self.feedback);
        let mut peak = 0.0f32;
        for channel in 0..2 {
            peak = peak.max(self.channel(channel, &input[channel], &mut out[channel]));
        }
        self.fade = (self.fade + BLOCK as f32 / (FADE * self.rate)).min(1.0);
        self.at = self.at.wrapping_add(BLOCK);
        self.left = if peak > 1e-6 { self.left.max(self.rest()) } else { self.left - 1 };
    }

    /// Blocks for which something heard now may come back.
    fn rest(&self) -> u32 {
        (self.times.1 / BLOCK) as u32 + PATIENCE
    }

    /// One channel of a block; its loudest sample.
    fn channel(&mut self, channel: usize, input: &[f32; BLOCK], out: &mut [f32; BLOCK]) -> f32 {
        let dark = OnePole::share(5200.0 / self.rate);
        let floor = OnePole::share(90.0 / self.rate);
        let step = 1.0 / (FADE * self.rate);
        let line = &mut self.lines[channel];
        let mut peak = 0.0f32;
        for (i, (x, y)) in input.iter().zip(out).enumerate() {
            let at = self.at.wrapping_add(i);
            let old = line[at.wrapping_sub(self.times.0) & self.mask];
            let new = line[at.wrapping_sub(self.times.1) & self.mask];
            let share = (self.fade + step * i as f32).min(1.0);
            let echo = old + share * (new - old);
            let dull = self.dark[channel].low(dark, echo);
            let back = self.floor[channel].high(floor, dull) * self.feedback;
            line[at & self.mask] = flush(x + back);
            *y += echo;
            peak = peak.max(echo.abs()).max(x.abs());
        }
        peak
    }
}
