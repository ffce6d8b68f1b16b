//! MIDI ports: notes as they are due, from a thread of its own. The only file, with
//! `input/midi.rs`, that names `midir`.
//!
//! Channel: `midichan` (1 to 16), else 10 for drums by General MIDI's map, else 1. Velocity: `gain`
//! times `velocity`. `ccn` with `ccv` (0 to 1) is a controller.

use super::Output;
use crate::clock::Frame;
use crate::cue::Cue;
use crate::export::midi::key;
use crate::moments::Moments;
use crate::notice::Notices;
use midir::{MidiOutput, MidiOutputConnection};
use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant};

/// The name by which other programs see us.
const CLIENT: &str = "mag";
/// How long before its time a message is handed to the sender, in seconds.
const LEAD: f64 = 0.020;
/// Messages that may wait.
const WAITING: usize = 4096;
/// Ends of notes come this much before the next note may begin.
const GAP: Duration = Duration::from_millis(1);

/// A message and when it is due; ends before beginnings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Due {
    at: Instant,
    rank: u8,
    bytes: [u8; 3],
}

enum Order {
    Send(Due),
    Hush,
    /// The same, and every channel is told to be silent.
    Panic,
}

/// A port.
pub struct MidiOut {
    orders: SyncSender<Order>,
    moments: Moments,
    lead: Frame,
    notices: Notices,
    lost: bool,
}

impl MidiOut {
    /// The first port whose name contains `name`, in any case.
    ///
    /// # Errors
    /// If there is none, with the names of those that there are.
    pub fn open(
        name: &str,
        moments: Moments,
        rate: u32,
        notices: &Notices,
    ) -> Result<MidiOut, String> {
        let (mut connection, found) = connect(name)?;
        notices.info(format!("MIDI: plays on {found}"));
        let said = notices.clone();
        let mut broken = false;
        let wire = move |bytes: &[u8]| {
            if let Err(error) = connection.send(bytes)
                && !std::mem::replace(&mut broken, true)
            {
                said.warn(format!("MIDI: {found} takes no messages: {error}"));
            }
        };
        MidiOut::to(wire, moments, rate, notices)
    }

    /// Messages go to `wire` when they are due.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub fn to(
        wire: impl FnMut(&[u8]) + Send + 'static,
        moments: Moments,
        rate: u32,
        notices: &Notices,
    ) -> Result<MidiOut, String> {
        let (orders, given) = sync_channel(WAITING);
        std::thread::Builder::new()
            .name("midi out".into())
            .spawn(move || send(&given, wire))
            .map_err(|e| format!("the system gives no thread ({e})"))?;
        let lead = (LEAD * f64::from(rate)) as Frame;
        Ok(MidiOut { orders, moments, lead, notices: notices.clone(), lost: false })
    }

    fn order(&mut self, due: Due) {
        if self.orders.try_send(Order::Send(due)).is_err()
            && !std::mem::replace(&mut self.lost, true)
        {
            self.notices.warn("MIDI: too many messages at once; some are left out");
        }
    }
}

/// The messages of a cue: beginning and end of its note, its controller.
fn messages(cue: &Cue, begin: Instant, end: Instant) -> Vec<Due> {
    let mut messages = Vec::new();
    let asked = cue.number("midichan").map(|c| (c.round().clamp(1.0, 16.0) as u8) - 1);
    if let (Some(number), Some(value)) = (cue.number("ccn"), cue.number("ccv")) {
        let number = number.round().clamp(0.0, 127.0) as u8;
        let value = (value * 127.0).round().clamp(0.0, 127.0) as u8;
        let bytes = [0xb0 | asked.unwrap_or(0), number, value];
        messages.push(Due { at: begin, rank: 1, bytes });
    }
    if let Some((own, key, velocity)) = key(cue, 0) {
        let channel = asked.unwrap_or(own);
        let until = end.checked_sub(GAP).unwrap_or(end).max(begin);
        messages.push(Due { at: begin, rank: 2, bytes: [0x90 | channel, key, velocity] });
        messages.push(Due { at: until, rank: 0, bytes: [0x80 | channel, key, 0] });
    }
    messages
}

impl Output for MidiOut {
    fn lead(&self) -> Frame {
        self.lead
    }

    fn cue(&mut self, cue: &Cue) {
        let begin = self.moments.instant(cue.at);
        let end = self.moments.instant(cue.at + cue.duration.max(1));
        for due in messages(cue, begin, end) {
            self.order(due);
        }
    }

    fn hush(&mut self, _at: Frame) {
        let _ = self.orders.try_send(Order::Hush);
    }

    fn panic(&mut self) {
        let _ = self.orders.try_send(Order::Panic);
    }

    fn tend(&mut self) {
        self.lost = false;
    }
}

/// Sends what is due until nobody orders any more; then lets go of every key.
fn send(orders: &Receiver<Order>, mut wire: impl FnMut(&[u8])) {
    let mut waiting: BinaryHeap<Reverse<Due>> = BinaryHeap::new();
    let mut down: BTreeSet<(u8, u8)> = BTreeSet::new();
    loop {
        let now = Instant::now();
        while let Some(Reverse(due)) = waiting.peek().copied().filter(|due| due.0.at <= now) {
            waiting.pop();
            let [status, key, _] = due.bytes;
            match status & 0xf0 {
                0x90 => drop(down.insert((status & 0x0f, key))),
                0x80 => drop(down.remove(&(status & 0x0f, key))),
                _ => {}
            }
            wire(&due.bytes);
        }
        let rest = waiting.peek().map_or(Duration::from_secs(3600), |due| {
            due.0.at.saturating_duration_since(Instant::now())
        });
        match orders.recv_timeout(rest) {
            Ok(Order::Send(due)) if waiting.len() < WAITING => waiting.push(Reverse(due)),
            Ok(Order::Send(_)) | Err(RecvTimeoutError::Timeout) => {}
            Ok(Order::Hush) => {
                // Ends are still to come; beginnings are not.
                waiting.clear();
                release(&mut down, &mut wire);
            }
            Ok(Order::Panic) => {
                waiting.clear();
                release(&mut down, &mut wire);
                // All sound off, all notes off: what hangs on the instrument's own account, too.
                for channel in 0..16 {
                    wire(&[0xb0 | channel, 120, 0]);
                    wire(&[0xb0 | channel, 123, 0]);
                }
            }
            Err(RecvTimeoutError::Disconnected) => return release(&mut down, &mut wire),
        }
    }
}

fn release(down: &mut BTreeSet<(u8, u8)>, wire: &mut impl FnMut(&[u8])) {
    for (channel, key) in std::mem::take(down) {
        wire(&[0x80 | channel, key, 0]);
    }
}

fn connect(name: &str) -> Result<(MidiOutputConnection, String), String> {
    let output = MidiOutput::new(CLIENT).map_err(|e| format!("there is no MIDI here: {e}"))?;
    let ports = output.ports();
    let named: Vec<_> = ports
        .iter()
        .filter_map(|port| output.port_name(port).ok().map(|found| (port, found)))
        .collect();
    let wanted = name.to_lowercase();
    match named.iter().find(|(_, found)| found.to_lowercase().contains(&wanted)) {
        Some((port, found)) => {
            let found = found.clone();
            let connection = output.connect(port, "out").map_err(|e| e.to_string())?;
            Ok((connection, found))
        }
        None => {
            let all: Vec<&str> = named.iter().map(|(_, found)| found.as_str()).collect();
            let all = if all.is_empty() { "none at all".into() } else { all.join(", ") };
            Err(format!("there is no MIDI output `{name}`; there is {all}"))
        }
    }
}

/// The names of all MIDI outputs.
///
/// # Errors
/// If the system has no MIDI.
pub fn names() -> Result<Vec<String>, String> {
    let output = MidiOutput::new(CLIENT).map_err(|e| e.to_string())?;
    Ok(output.ports().iter().filter_map(|port| output.port_name(port).ok()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use mag_pattern::{Controls, Locs, Sym, Time, Value};
    use std::sync::mpsc::channel;

    fn cue(controls: &[(&str, f64)]) -> Cue {
        let set = |all: Controls, (name, x): &(&str, f64)| all.with(Sym::new(name), Value::Num(*x));
        Cue {
            part: 0,
            name: "test".into(),
            at: 0,
            duration: 4800,
            onset: Time::ZERO,
            length: Time::ONE,
            delta: 0.1,
            cps: 0.5,
            lane: 0,
            level: 1.0,
            controls: controls.iter().fold(Controls::new(), set),
            locs: Locs::none(),
            position: 0.0,
            synth: None,
        }
    }

    #[test]
    fn notes_have_key_channel_and_velocity() {
        let now = Instant::now();
        let bytes = |controls: &[(&str, f64)]| -> Vec<[u8; 3]> {
            messages(&cue(controls), now, now).into_iter().map(|due| due.bytes).collect()
        };
        assert_eq!(bytes(&[("note", 60.0)]), [[0x90, 60, 102], [0x80, 60, 0]]);
        let third = bytes(&[("note", 61.0), ("midichan", 3.0), ("velocity", 1.0)]);
        assert_eq!(third, [[0x92, 61, 127], [0x82, 61, 0]]);
        assert_eq!(bytes(&[("ccn", 74.0), ("ccv", 0.5)]), [[0xb0, 74, 64]]);
    }

    #[test]
    fn messages_go_out_when_they_are_due_and_no_key_stays_down() {
        let (tell, told) = channel();
        let wire = move |bytes: &[u8]| drop(tell.send((Instant::now(), bytes.to_vec())));
        let moments = Moments::starting_in(Duration::from_millis(30), 48_000);
        let notices = Notices::start(Box::new(|_| {}));
        let mut out = MidiOut::to(wire, moments, 48_000, &notices).expect("a thread");
        out.cue(&cue(&[("note", 60.0)]));
        let (at, bytes) = told.recv_timeout(Duration::from_secs(5)).expect("a message");
        assert_eq!(bytes, [0x90, 60, 102]);
        assert!(at >= moments.instant(0), "never early");
        drop(out);
        let (_, bytes) = told.recv_timeout(Duration::from_secs(5)).expect("a message");
        assert_eq!(bytes, [0x80, 60, 0]);
    }
}
