//! The other thread's end of an engine: it sends shots, and may take them back.

use core::sync::atomic::Ordering::Relaxed;
use std::sync::Arc;

use mag_graph::Program;
use rtrb::{Consumer, Producer};

use crate::fader::Ramp;
use crate::graph::GraphId;
use crate::sample::{SampleBuffer, SampleId};
use crate::shot::Shot;
use crate::stats::{Fault, Shared, Stats};

/// What goes through the ring.
#[derive(Debug)]
#[allow(clippy::large_enum_variant)] // a ring has no use for a box: its cells are all one size
pub(crate) enum Message {
    Shot { at: u64, shot: Shot },
    Withdraw { from: u64, part: Option<u16> },
    Hush { at: u64, part: Option<u16> },
    Fade { lane: u16, ramp: Ramp },
    Load { id: SampleId, buffer: Option<SampleBuffer> },
    Graph { id: GraphId, program: Option<Arc<Program>> },
}

/// Number of a shot, in the order in which they were sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ShotId(pub u64);

/// The ring is full: the engine has not rendered for a while. Try again later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;

impl core::fmt::Display for Full {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("the synth's inbox is full: it has not rendered for a while")
    }
}

impl core::error::Error for Full {}

/// Sends shots to an [`crate::Engine`] on another thread. Nothing here waits.
#[derive(Debug)]
pub struct Control {
    ring: Producer<Message>,
    /// Recordings that the engine no longer needs.
    returned: Consumer<SampleBuffer>,
    /// Programs that it no longer needs.
    done: Consumer<Arc<Program>>,
    faults: Consumer<Fault>,
    shared: Arc<Shared>,
    sent: u64,
}

impl Control {
    pub(crate) fn new(
        ring: Producer<Message>,
        returned: Consumer<SampleBuffer>,
        done: Consumer<Arc<Program>>,
        faults: Consumer<Fault>,
        shared: Arc<Shared>,
    ) -> Self {
        Control { ring, returned, done, faults, shared, sent: 0 }
    }

    /// Hands the recording `buffer` to the engine under the number `id`, in place of what had it;
    /// voices that play the old one go on. Shots sent after this find it. A number of
    /// [`crate::SAMPLES`] or more is not taken: it counts as dropped.
    ///
    /// # Errors
    /// [`Full`] if the ring is full.
    pub fn load(&mut self, id: SampleId, buffer: SampleBuffer) -> Result<(), Full> {
        self.send(Message::Load { id, buffer: Some(buffer) })
    }

    /// Takes the recording `id` from the engine; its memory is freed by a later call of this
    /// control.
    ///
    /// # Errors
    /// [`Full`] if the ring is full.
    pub fn unload(&mut self, id: SampleId) -> Result<(), Full> {
        self.send(Message::Load { id, buffer: None })
    }

    /// Hands the program of an instrument to the engine under the number `id`, in place of what
    /// had it; voices that play the old one go on with it. Shots sent after this find it. A number
    /// of [`crate::GRAPHS`] or more is not taken.
    ///
    /// # Errors
    /// [`Full`] if the ring is full.
    pub fn graph(&mut self, id: GraphId, program: Arc<Program>) -> Result<(), Full> {
        self.send(Message::Graph { id, program: Some(program) })
    }

    /// Takes the program `id` from the engine; its memory is freed by a later call of this
    /// control.
    ///
    /// # Errors
    /// [`Full`] if the ring is full.
    pub fn forget_graph(&mut self, id: GraphId) -> Result<(), Full> {
        self.send(Message::Graph { id, program: None })
    }

    /// Starts `shot` at absolute frame `at`, exactly. A frame that is already rendered means now.
    ///
    /// # Errors
    /// [`Full`] if the ring is full.
    pub fn shot(&mut self, at: u64, shot: Shot) -> Result<ShotId, Full> {
        self.send(Message::Shot { at, shot })?;
        self.sent += 1;
        Ok(ShotId(self.sent))
    }

    /// Takes back the shots of `part` that were to start at frame `from` or later.
    ///
    /// # Errors
    /// [`Full`] if the ring is full; nothing is taken back then.
    pub fn withdraw(&mut self, from: u64, part: u16) -> Result<(), Full> {
        self.send(Message::Withdraw { from, part: Some(part) })
    }

    /// Takes back the shots of all parts that were to start at frame `from` or later.
    ///
    /// # Errors
    /// [`Full`] if the ring is full; nothing is taken back then.
    pub fn withdraw_all(&mut self, from: u64) -> Result<(), Full> {
        self.send(Message::Withdraw { from, part: None })
    }

    /// Fades all voices that sound at frame `at`, within some milliseconds. Shots that start
    /// later still sound, as do echoes: withdraw the former first.
    ///
    /// # Errors
    /// [`Full`] if the ring is full.
    pub fn hush(&mut self, at: u64) -> Result<(), Full> {
        self.send(Message::Hush { at, part: None })
    }

    /// Fades the voices of `part` that sound at frame `at`.
    ///
    /// # Errors
    /// [`Full`] if the ring is full.
    pub fn hush_part(&mut self, at: u64, part: u16) -> Result<(), Full> {
        self.send(Message::Hush { at, part: Some(part) })
    }

    /// Moves the fader of a lane, for what sounds and what is to come: along `ramp` from its
    /// beginning on, and until then as before.
    ///
    /// # Errors
    /// [`Full`] if the ring is full.
    pub fn fade(&mut self, lane: u16, ramp: Ramp) -> Result<(), Full> {
        self.send(Message::Fade { lane, ramp })
    }

    /// Silence at once: forgets what was queued, fades all voices, empties echoes and rooms.
    /// Works even when the ring is full.
    pub fn panic(&mut self) {
        self.shared.panic.store(true, Relaxed);
    }

    /// How the engine does; the peak starts anew each time.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.shared.read()
    }

    /// The next voice that is not heard, because it broke or found no memory. All are counted in
    /// [`Stats::broken`] and [`Stats::starved`]; a few dozen wait here to be told of.
    pub fn fault(&mut self) -> Option<Fault> {
        self.faults.pop().ok()
    }

    /// Frames that the engine has handed out so far.
    #[must_use]
    pub fn frame(&self) -> u64 {
        self.shared.frame.load(Relaxed)
    }

    fn send(&mut self, message: Message) -> Result<(), Full> {
        while self.returned.pop().is_ok() {}
        while self.done.pop().is_ok() {}
        self.ring.push(message).map_err(|_| Full)
    }
}
