//! Comb, ring modulation, squiz: what puts new partials into a sound.

use super::line::{LENGTH, Line, Lines};
use crate::filter::flush;
use crate::math::{hertz, sin_turns};
use crate::param::Param;
use crate::shot::Shot;
use crate::synth::Frames;

/// The three of one voice; each is off unless the shot gives it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Partials {
    comb: Comb,
    ring: Ring,
    squiz: Squiz,
}

impl Partials {
    /// What `shot` asks for.
    pub fn new(shot: &Shot, rate: f32) -> Self {
        let delay = (rate / hertz(shot.get(Param::MidiNote))).min((LENGTH - 2) as f32);
        Partials {
            comb: Comb { feedback: 0.97 * shot.get(Param::Comb), delay, at: 0 },
            ring: Ring {
                amount: shot.get(Param::Ring),
                turn: shot.get(Param::RingFrequency) / rate,
                slide: shot.get(Param::RingSlide) / rate / shot.duration.max(1) as f32,
                turns: 0.0,
            },
            squiz: Squiz { factor: shot.get(Param::Squiz), channels: Default::default() },
        }
    }

    /// Whether any is on.
    pub fn on(&self) -> bool {
        let (comb, squiz) = self.needs();
        comb || squiz || self.ring.amount != 0.0
    }

    /// Which lines it needs: (comb, squiz).
    pub fn needs(&self) -> (bool, bool) {
        (self.comb.feedback > 0.0, self.squiz.factor > 1.0)
    }

    /// Changes the frames in place.
    pub fn run(&mut self, lines: &mut Lines<'_>, frames: &mut Frames) {
        let (comb, squiz) = self.needs();
        if squiz {
            for (channel, x) in frames.channels().enumerate() {
                self.squiz.run(channel, &mut lines.squiz, x);
            }
        }
        self.ring.run(frames);
        if comb {
            self.comb.run(&mut lines.comb, frames);
        }
    }
}

/// A comb tuned to the note.
#[derive(Clone, Copy, Debug, Default)]
struct Comb {
    feedback: f32,
    delay: f32,
    at: usize,
}

impl Comb {
    fn run(&mut self, line: &mut Line<'_>, frames: &mut Frames) {
        let mut at = self.at;
        for (channel, x) in frames.channels().enumerate() {
            at = self.at;
            for y in x {
                // The frame of now is written after it is read, hence one less.
                let back = line.read(channel, at.wrapping_sub(1), self.delay - 1.0);
                let out = flush((1.0 - 0.5 * self.feedback) * *y + self.feedback * back);
                line.write(channel, at, out);
                *y = out;
                at = at.wrapping_add(1);
            }
        }
        self.at = at;
    }
}

/// Multiplication by a sine.
#[derive(Clone, Copy, Debug, Default)]
struct Ring {
    amount: f32,
    turn: f32,
    /// What `turn` gains with each frame.
    slide: f32,
    turns: f32,
}

impl Ring {
    fn run(&mut self, frames: &mut Frames) {
        if self.amount == 0.0 {
            return;
        }
        let (mut turns, mut turn) = (self.turns, self.turn);
        for x in frames.channels() {
            (turns, turn) = (self.turns, self.turn);
            for y in x {
                *y *= 1.0 + self.amount * (sin_turns(turns) - 1.0);
                turns += turn;
                turn = (turn + self.slide).clamp(-0.5, 0.5);
            }
        }
        (self.turns, self.turn) = (turns.fract(), turn);
    }
}

/// Each stretch between two upward zero crossings is played faster, again and again, until the
/// next one begins.
#[derive(Clone, Copy, Debug, Default)]
struct Squiz {
    factor: f32,
    channels: [Stretch; 2],
}

/// The stretch in the making (frames from `start` on) and the one that plays.
#[derive(Clone, Copy, Debug, Default)]
struct Stretch {
    now: usize,
    start: usize,
    playing: (usize, usize),
    place: f32,
    last: f32,
}

impl Squiz {
    fn run(&mut self, channel: usize, line: &mut Line<'_>, x: &mut [f32]) {
        let s = &mut self.channels[channel];
        for y in x {
            line.write(channel, s.now, *y);
            let length = s.now.wrapping_sub(s.start);
            let full = length >= LENGTH / 2 - 2;
            if (s.last <= 0.0 && *y > 0.0 && length > 0) || full {
                s.playing = (s.start, length);
                s.start = s.now;
                s.place = 0.0;
            }
            s.last = *y;
            let (start, length) = s.playing;
            if length > 1 {
                let whole = s.place as usize;
                let at = start.wrapping_add(whole + 1);
                *y = line.read(channel, at, 1.0 - (s.place - whole as f32));
                s.place += self.factor;
                while s.place >= length as f32 - 1.0 {
                    s.place -= (length as f32 - 1.0).max(1.0);
                }
            }
            s.now = s.now.wrapping_add(1);
        }
    }
}
