//! An orbit: the bus that its voices share, with one delay and one reverb.

use multiversion::multiversion;

use crate::BLOCK;
use crate::compressor::{Compressor, Duck};
use crate::convolver::Convolver;
use crate::delay::Delay;
use crate::math::size;
use crate::param::Param;
use crate::reverb::Reverb;
use crate::sample::{Cell, Store};
use crate::shot::Shot;
use crate::synth::Frames;

/// A block of stereo sound.
pub(crate) type Stereo = [[f32; BLOCK]; 2];

/// Adds both channels of a voice, or its only one twice, at a level and at gains for left and right;
/// its loudest sample. If that is no finite number nothing is added.
#[multiversion(targets("x86_64+avx2"))]
fn mix(frames: &Frames, level: f32, pan: (f32, f32), to: &mut Stereo) -> f32 {
    let [left, right] = to;
    let other = if frames.stereo { &frames.right } else { &frames.left };
    let mut peak = size(&frames.left);
    if frames.stereo {
        peak = f32::from_bits(peak.to_bits().max(size(other).to_bits()));
    }
    peak *= level;
    if peak.is_finite() {
        for (to, x, pan) in [(left, &frames.left, pan.0), (right, other, pan.1)] {
            let gain = pan * level;
            for (y, x) in to.iter_mut().zip(x) {
                *y += gain * x;
            }
        }
    }
    peak
}

/// Adds `x` by `share`.
#[multiversion(targets("x86_64+avx2"))]
fn add(x: &Stereo, share: f32, to: &mut Stereo) {
    for (y, x) in to.iter_mut().flatten().zip(x.iter().flatten()) {
        *y += share * x;
    }
}

/// How much of a voice stays beside, goes to the room, to the delay.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Shares {
    pub dry: f32,
    pub room: f32,
    pub echo: f32,
}

/// One orbit; what voices are mixed into stands first, aligned for the kernels.
#[repr(C, align(64))]
pub(crate) struct Bus {
    /// Voices in a row whose shares are the same, and these: most of an orbit's are, and are then
    /// mixed once instead of three times.
    gathered: Stereo,
    dry: Stereo,
    room: Stereo,
    echo: Stereo,
    shares: Shares,
    used: bool,
    delay: Delay,
    reverb: Reverb,
    convolver: Convolver,
    /// The recorded room that was sent to last, and whether it has the place of the reverb now.
    pub impulse: Option<Cell>,
    recorded: bool,
    /// Whether something was sent to either in this block, and whether the room must stay awake.
    sent: bool,
    kept: bool,
    compressor: Compressor,
    /// What other orbits' sounds push down.
    duck: Duck,
    rate: f32,
    /// Whether the reverb, the recorded room and the delay ran in the last block.
    reverb_ran: bool,
    room_ran: bool,
    delay_ran: bool,
}

impl Bus {
    /// A silent orbit at `rate` frames a second.
    pub fn new(rate: f32) -> Self {
        Bus {
            gathered: [[0.0; BLOCK]; 2],
            shares: Shares::default(),
            dry: [[0.0; BLOCK]; 2],
            room: [[0.0; BLOCK]; 2],
            echo: [[0.0; BLOCK]; 2],
            used: false,
            delay: Delay::new(rate),
            reverb: Reverb::new(rate),
            convolver: Convolver::new(rate),
            impulse: None,
            recorded: false,
            sent: false,
            kept: false,
            compressor: Compressor::default(),
            duck: Duck::new(rate),
            rate,
            reverb_ran: false,
            room_ran: false,
            delay_ran: false,
        }
    }

    /// Takes the settings of the delay and reverb that `shot` gives: the last one wins. `room` is
    /// the recorded room that it names.
    pub fn set(&mut self, shot: &Shot, room: Option<Cell>) {
        if shot.get(Param::Room) > 0.0 {
            self.recorded = room.is_some();
            self.impulse = room.or(self.impulse);
        }
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
        if shot.given(Param::DelaySpeed) {
            self.delay.set_speed(shot.get(Param::DelaySpeed));
        }
        if shot.given(Param::DelayFeedback) {
            self.delay.set_feedback(shot.get(Param::DelayFeedback));
        }
    }

    /// Ducks as `shot`, which starts at frame `at`, wants it.
    pub fn duck_by(&mut self, at: u64, shot: &Shot) {
        let way = (shot.get(Param::DuckOnset), shot.get(Param::DuckAttack));
        self.duck.set(at, shot.get(Param::DuckDepth), way, self.rate);
    }

    /// Adds a voice at a level and at gains for left and right; its loudest sample. What is not a
    /// finite number adds nothing.
    pub fn add(&mut self, frames: &Frames, level: f32, pan: (f32, f32), shares: Shares) -> f32 {
        if self.shares != shares {
            self.share_out();
            self.shares = shares;
        }
        self.used = true;
        mix(frames, level, pan, &mut self.gathered)
    }

    /// Passes on what was gathered.
    fn share_out(&mut self) {
        if !self.used {
            return;
        }
        let Shares { dry, room, echo } = self.shares;
        add(&self.gathered, dry, &mut self.dry);
        if room > 0.0 {
            add(&self.gathered, room, &mut self.room);
            self.sent = true;
        }
        if echo > 0.0 {
            add(&self.gathered, echo, &mut self.echo);
            self.delay.wake();
        }
        self.gathered = [[0.0; BLOCK]; 2];
    }

    /// Stays awake as long as `other` does, so that both move alike.
    pub fn follow(&mut self, other: &Bus) {
        if other.reverb_ran {
            self.reverb.wake();
        }
        self.kept |= other.room_ran;
        if other.delay_ran {
            self.delay.wake();
        }
    }

    /// Adds the orbit's block, which starts at frame `block`, to `out`, and makes room for the next;
    /// the gains of its compressor, if it has one.
    pub fn drain(&mut self, block: u64, samples: &Store, out: &mut Stereo) -> Option<[f32; BLOCK]> {
        self.drain_by(block, samples, out, None)
    }

    /// The same with the gains of another compressor.
    pub fn drain_by(
        &mut self,
        block: u64,
        samples: &Store,
        out: &mut Stereo,
        gains: Option<&[f32; BLOCK]>,
    ) -> Option<[f32; BLOCK]> {
        self.share_out();
        self.reflect(samples);
        self.delay_ran = self.delay.awake();
        let mut own = None;
        if self.delay.awake() {
            self.delay.add(&self.echo, &mut self.dry);
            self.echo = [[0.0; BLOCK]; 2];
            self.used = true;
        }
        match gains {
            Some(gains) => self.dry.iter_mut().for_each(|x| {
                x.iter_mut().zip(gains).for_each(|(y, gain)| *y *= gain);
            }),
            None if self.used => own = self.compressor.run(&mut self.dry),
            None => {}
        }
        self.duck.run(block, &mut self.dry);
        if self.used {
            for (to, x) in out.iter_mut().zip(&self.dry) {
                to.iter_mut().zip(x).for_each(|(y, x)| *y += x);
            }
            self.dry = [[0.0; BLOCK]; 2];
            self.used = false;
        }
        own
    }

    /// Adds the reverb and the recorded room. One of them has what was sent; the other rings out.
    fn reflect(&mut self, samples: &Store) {
        let impulse = self.impulse.and_then(|cell| samples.get(cell)?.room());
        let sent = core::mem::take(&mut self.sent);
        let recorded = self.recorded && impulse.is_some();
        if let Some(impulse) = impulse.filter(|_| (sent && recorded) || self.kept) {
            self.convolver.wake(impulse);
        }
        if sent && !recorded {
            self.reverb.wake();
        }
        self.kept = false;
        self.reverb_ran = self.reverb.awake();
        self.room_ran = impulse.is_some() && self.convolver.awake();
        let silence = [[0.0; BLOCK]; 2];
        let inputs = if recorded { (&silence, &self.room) } else { (&self.room, &silence) };
        if self.reverb_ran {
            self.reverb.add(inputs.0, &mut self.dry);
        }
        if let Some(impulse) = impulse.filter(|_| self.room_ran) {
            self.convolver.add(impulse, inputs.1, &mut self.dry);
        }
        if self.reverb_ran || self.room_ran {
            self.room = silence;
            self.used = true;
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
        if self.convolver.awake() {
            self.convolver.clear();
        }
    }
}
