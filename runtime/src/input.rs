//! Instruments that are listened to: MIDI ports and an OSC address, opened when a program first
//! asks for them, and whatever else is given a [`Port`].

mod midi;
mod osc;

pub(crate) use midi::names as midi_names;
pub use osc::Counts;

use crate::heard::{Heard, Touch};
use crate::notice::Notices;
use mag_pattern::{Sym, Time};
use std::net::SocketAddr;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant};

/// Touches that may wait to be heard; what comes on top of them is lost, and counted.
const WAITING: usize = 4096;
/// MIDI ports are looked for again after this.
const AGAIN: Duration = Duration::from_secs(5);

/// A touch, on what, and when.
type Told = (Instant, Sym, Touch);

/// A place to play into.
#[derive(Clone)]
pub struct Port {
    source: Sym,
    sender: SyncSender<Told>,
}

impl Port {
    /// A key was touched. Never waits; answers whether it was heard.
    pub fn touch(&self, at: Instant, touch: Touch) -> bool {
        self.sender.try_send((at, self.source, touch)).is_ok()
    }

    /// A MIDI message, if it is about a note: three bytes. Never waits.
    pub fn midi(&self, at: Instant, bytes: &[u8]) -> bool {
        midi::touch(bytes).is_some_and(|touch| self.touch(at, touch))
    }
}

/// All that is listened to.
pub struct Inputs {
    heard: Heard,
    sender: SyncSender<Told>,
    told: Receiver<Told>,
    notices: Notices,
    /// Where OSC is listened to.
    address: SocketAddr,
    midi: midi::Ports,
    osc: Option<osc::Listener>,
    looked: Option<Instant>,
}

impl Inputs {
    /// Nothing is listened to yet.
    pub fn new(heard: Heard, address: SocketAddr, notices: Notices) -> Inputs {
        let (sender, told) = sync_channel(WAITING);
        let midi = midi::Ports::default();
        Inputs { heard, sender, told, notices, address, midi, osc: None, looked: None }
    }

    /// A port of one's own on a source: it needs no device.
    pub fn port(&self, source: &str) -> Port {
        Port { source: Sym::new(source), sender: self.sender.clone() }
    }

    /// Opens what programs have asked for, and hears what was played: it is `now`, in cycles, at
    /// so many cycles a second. Answers the phrases that ended.
    pub fn tend(
        &mut self,
        now: Time,
        cps: f64,
        meter: (u32, u32),
    ) -> Vec<(Sym, std::sync::Arc<mag_pattern::Call>)> {
        self.open();
        let instant = Instant::now();
        while let Ok((at, source, touch)) = self.told.try_recv() {
            let ago = instant.saturating_duration_since(at).as_secs_f64();
            let ahead = at.saturating_duration_since(instant).as_secs_f64();
            self.heard.touch(source, now.to_f64() + (ahead - ago) * cps, cps, touch);
        }
        self.heard.tend(now, cps, meter)
    }

    fn open(&mut self) {
        let wanted = self.heard.wanted();
        let wants = |name: &str| wanted.iter().any(|source| source.as_str() == name);
        if wants("osc") && self.osc.is_none() {
            self.osc = Some(osc::Listener::open(self.address, self.port("osc"), &self.notices));
        }
        if wants("midi") && self.looked.is_none_or(|at| at.elapsed() > AGAIN) {
            let first = self.looked.replace(Instant::now()).is_none();
            let port = self.port("midi");
            self.midi.look(&port, &self.notices, first);
        }
    }
}
