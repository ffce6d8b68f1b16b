//! Ring modulation and squiz: what puts new partials into a sound.

use super::line::{LENGTH, Line};
use crate::math::sin_turns;
use crate::param::Param;
use crate::shot::Shot;
use crate::synth::Frames;

/// The two of one voice; each is off unless the shot gives it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Partials {
    ring: Ring,
    squiz: Squiz,
}

impl Partials {
    /// What `shot` asks for.
    pub fn new(shot: &Shot, rate: f32) -> Self {
        Partials {
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
        self.needs() || self.ring.amount != 0.0
    }

    /// Whether it needs its line.
    pub fn needs(&self) -> bool {
        self.squiz.factor > 1.0
    }

    /// Changes the frames in place.
    pub fn run(&mut self, line: &mut Line<'_>, frames: &mut Frames) {
        if self.needs() {
            for (channel, x) in frames.channels().enumerate() {
                self.squiz.run(channel, line, x);
            }
        }
        self.ring.run(frames);
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
