//! An orbit: the bus that its voices share, with one delay and one reverb.

use crate::BLOCK;
use crate::delay::Delay;
use crate::param::Param;
use crate::reverb::Reverb;
use crate::shot::Shot;

/// A block of stereo sound.
pub(crate) type Stereo = [[f32; BLOCK]; 2];

/// Adds `x`, scaled, to a stretch of a channel.
fn add(to: &mut [f32], x: &[f32], gain: f32) {
    for (y, x) in to.iter_mut().zip(x) {
        *y += gain * x;
    }
}

/// One orbit.
pub(crate) struct Bus {
    dry: Stereo,
    room: Stereo,
    echo: Stereo,
    used: bool,
    delay: Delay,
    reverb: Reverb,
}

impl Bus {
    /// A silent orbit at `rate` frames a second.
    pub fn new(rate: f32) -> Self {
        Bus {
            dry: [[0.0; BLOCK]; 2],
            room: [[0.0; BLOCK]; 2],
            echo: [[0.0; BLOCK]; 2],
            used: false,
            delay: Delay::new(rate),
            reverb: Reverb::new(rate),
        }
    }

    /// Takes the settings of the delay and reverb that `shot` gives: the last one wins.
    pub fn set(&mut self, shot: &Shot) {
        if shot.given(Param::Size) {
            self.reverb.resize(shot.get(Param::Size));
        }
        if shot.given(Param::DelayTime) {
            self.delay.set_time(shot.get(Param::DelayTime));
        }
        if shot.given(Param::DelayFeedback) {
            self.delay.set_feedback(shot.get(Param::DelayFeedback));
        }
    }

    /// Adds one channel of a voice from frame `offset` of the block on, at `gain`; `send` is
    /// (room, delay).
    pub fn add(&mut self, offset: usize, channel: usize, x: &[f32], gain: f32, send: (f32, f32)) {
        self.used = true;
        add(&mut self.dry[channel][offset..], x, gain);
        if send.0 > 0.0 {
            add(&mut self.room[channel][offset..], x, gain * send.0);
            self.reverb.wake();
        }
        if send.1 > 0.0 {
            add(&mut self.echo[channel][offset..], x, gain * send.1);
            self.delay.wake();
        }
    }

    /// Adds the orbit's block to `out`, and makes room for the next.
    pub fn drain(&mut self, out: &mut Stereo) {
        if self.reverb.awake() {
            self.reverb.add(&self.room, &mut self.dry);
            self.room = [[0.0; BLOCK]; 2];
            self.used = true;
        }
        if self.delay.awake() {
            self.delay.add(&self.echo, &mut self.dry);
            self.echo = [[0.0; BLOCK]; 2];
            self.used = true;
        }
        if self.used {
            for (to, x) in out.iter_mut().zip(&self.dry) {
                add(to, x, 1.0);
            }
            self.dry = [[0.0; BLOCK]; 2];
            self.used = false;
        }
    }

    /// Silences the echoes and the room at once.
    pub fn clear(&mut self) {
        if self.delay.awake() {
            self.delay.clear();
        }
        if self.reverb.awake() {
            self.reverb.clear();
        }
    }
}
