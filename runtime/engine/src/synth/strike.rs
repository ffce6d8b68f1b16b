//! A struck body: a sine whose pitch and level fall away. Kicks, toms and snares are made of it.

use crate::filter::flush;
use crate::math::{fall, floor, sin_turns};

/// How a body is struck.
#[derive(Clone, Copy, Debug)]
pub(super) struct Blow {
    /// Frequency that it settles at, in hertz.
    pub hertz: f32,
    /// How far above that the pitch starts, as a share of it.
    pub drop: f32,
    /// Seconds in which the drop falls by 60 dB.
    pub drop_time: f32,
    /// Seconds in which the level falls by 60 dB.
    pub decay: f32,
    /// Level at the start.
    pub level: f32,
}

/// A body that was struck.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Strike {
    turns: f32,
    step: f32,
    drop: f32,
    drop_fall: f32,
    level: f32,
    fall: f32,
}

impl Strike {
    /// The state right after `blow`, at `rate` frames a second.
    pub fn new(blow: &Blow, rate: f32) -> Self {
        Strike {
            turns: 0.0,
            step: blow.hertz / rate,
            drop: blow.drop,
            drop_fall: fall(blow.drop_time, rate),
            level: blow.level,
            fall: fall(blow.decay, rate),
        }
    }

    /// The next sample; `bend` is a factor of the pitch.
    #[inline]
    pub fn tick(&mut self, bend: f32) -> f32 {
        let y = sin_turns(self.turns) * self.level;
        let step = (self.step * bend * (1.0 + self.drop)).min(0.45);
        self.turns += step;
        self.turns -= floor(self.turns);
        self.drop = flush(self.drop * self.drop_fall);
        self.level = flush(self.level * self.fall);
        y
    }

    /// Its level now.
    pub fn level(&self) -> f32 {
        self.level
    }
}

/// A level that falls by 60 dB in a given time.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Fall {
    level: f32,
    factor: f32,
}

impl Fall {
    /// Starts at `level` and falls by 60 dB in `seconds`.
    pub fn new(level: f32, seconds: f32, rate: f32) -> Self {
        Fall { level, factor: fall(seconds, rate) }
    }

    /// The next level.
    #[inline]
    pub fn tick(&mut self) -> f32 {
        let level = self.level;
        self.level = flush(self.level * self.factor);
        level
    }

    /// The level now.
    pub fn level(&self) -> f32 {
        self.level
    }
}

/// Level below which a struck sound is over: -100 dB.
pub(super) const SILENT: f32 = 1e-5;
