//! An orbit: the bus that its voices share, with one delay and one reverb.

use multiversion::multiversion;

use crate::BLOCK;
use crate::compressor::{Compressor, Duck};
use crate::delay::Delay;
use crate::param::Param;
use crate::reverb::Reverb;
use crate::shot::Shot;
use crate::synth::Frames;

/// A block of stereo sound.
pub(crate) type Stereo = [[f32; BLOCK]; 2];

/// Adds both channels of a voice, or its only one twice.
#[multiversion(targets("x86_64+avx2"))]
fn mix(frames: &Frames, pan: (f32, f32), send: f32, to: &mut Stereo) {
    let [left, right] = to;
    let other = if frames.stereo { &frames.right } else { &frames.left };
    for (to, x, gain) in [(left, &frames.left, pan.0), (right, other, pan.1)] {
        let gain = gain * send;
        for (y, x) in to.iter_mut().zip(x) {
            *y += gain * x;
        }
    }
}

/// The same to two places at once, by `dry` and by `send`.
#[multiversion(targets("x86_64+avx2"))]
fn mix_both(
    frames: &Frames,
    pan: (f32, f32),
    (dry, send): (f32, f32),
    (to, sent): (&mut Stereo, &mut Stereo),
) {
    let ([left, right], [sent_left, sent_right]) = (to, sent);
    let other = if frames.stereo { &frames.right } else { &frames.left };
    for (to, sent, x, gain) in
        [(left, sent_left, &frames.left, pan.0), (right, sent_right, other, pan.1)]
    {
        let (dry, send) = (gain * dry, gain * send);
        for ((y, sent), x) in to.iter_mut().zip(sent).zip(x) {
            *y += dry * x;
            *sent += send * x;
        }
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
    compressor: Compressor,
    /// What other orbits' sounds push down.
    pub duck: Duck,
    rate: f32,
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
            compressor: Compressor::default(),
            duck: Duck::new(rate),
            rate,
        }
    }

    /// Takes the settings of the delay and reverb that `shot` gives: the last one wins.
    pub fn set(&mut self, shot: &Shot) {
        self.compressor.set(shot, self.rate);
        if shot.given(Param::PingPong) {
            self.delay.set_crossing(shot.get(Param::PingPong));
        }
        if shot.given(Param::Size) {
            self.reverb.resize(shot.get(Param::Size));
        }
        if shot.given(Param::RoomFade) {
            self.reverb.set_fade(shot.get(Param::RoomFade));
        }
        if shot.given(Param::RoomLp) {
            self.reverb.set_lid(shot.get(Param::RoomLp));
        }
        if shot.given(Param::RoomDim) {
            self.reverb.set_dim(shot.get(Param::RoomDim));
        }
        if shot.given(Param::DelayTime) {
            self.delay.set_time(shot.get(Param::DelayTime));
        }
        if shot.given(Param::DelayFeedback) {
            self.delay.set_feedback(shot.get(Param::DelayFeedback));
        }
    }

    /// Adds a voice at gains for left and right; `send` is (room, delay), `dry` what stays beside.
    pub fn add(&mut self, frames: &Frames, pan: (f32, f32), dry: f32, send: (f32, f32)) {
        self.used = true;
        if send.0 > 0.0 {
            mix_both(frames, pan, (dry, send.0), (&mut self.dry, &mut self.room));
            self.reverb.wake();
        } else {
            mix(frames, pan, dry, &mut self.dry);
        }
        if send.1 > 0.0 {
            mix(frames, pan, send.1, &mut self.echo);
            self.delay.wake();
        }
    }

    /// Adds the orbit's block, which starts at frame `block`, to `out`, and makes room for the next.
    pub fn drain(&mut self, block: u64, out: &mut Stereo) {
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
            self.compressor.run(&mut self.dry);
        }
        self.duck.run(block, &mut self.dry);
        if self.used {
            for (to, x) in out.iter_mut().zip(&self.dry) {
                to.iter_mut().zip(x).for_each(|(y, x)| *y += x);
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
