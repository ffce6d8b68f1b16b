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
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The name by which other programs see us.
const CLIENT: &str = "mag";
/// How long before its time a message is handed to the sender, in seconds.
const LEAD: f64 = 0.020;
/// Silence that is asked for within this is meant for now.
const SOON: Duration = Duration::from_millis(100);
/// Cuts that may wait to be seen.
const CUTS: usize = 64;
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
    /// When the note that it belongs to begins.
    begin: Instant,
}

enum Order {
    Send(Due),
    /// There is a [`Cut`] to look at.
    Look,
}

/// Silence that was asked for.
#[derive(Clone, Copy, Debug)]
struct Cut {
    /// When keys are let go.
    at: Instant,
    /// Notes that begin before this are not heard any more, whether they wait already or come yet.
    before: Instant,
    /// Every channel is told to be silent, too.
    panic: bool,
}

/// Where a cut lies until the sender sees it: it must not wait behind notes.
type Cuts = Arc<Mutex<Vec<Cut>>>;

/// A port.
pub struct MidiOut {
    orders: SyncSender<Order>,
    cuts: Cuts,
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
        let cuts = Cuts::default();
        let seen = cuts.clone();
        std::thread::Builder::new()
            .name("midi out".into())
            .spawn(move || send(&given, &seen, wire))
            .map_err(|e| format!("the system gives no thread ({e})"))?;
        let lead = (LEAD * f64::from(rate)) as Frame;
        Ok(MidiOut { orders, cuts, moments, lead, notices: notices.clone(), lost: false })
    }

    fn cut(&self, cut: Cut) {
        let mut cuts = self.cuts.lock().unwrap_or_else(PoisonError::into_inner);
        if cuts.len() < CUTS {
            cuts.push(cut);
        }
        drop(cuts);
        // (where the channel is full the sender is awake)
        let _ = self.orders.try_send(Order::Look);
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
        messages.push(Due { at: begin, rank: 1, bytes, begin });
    }
    if let Some((own, key, velocity)) = key(cue, 0) {
        let channel = asked.unwrap_or(own);
        let until = end.checked_sub(GAP).unwrap_or(end).max(begin);
        let due = |at, rank, bytes| Due { at, rank, bytes, begin };
        messages.push(due(begin, 2, [0x90 | channel, key, velocity]));
        messages.push(due(until, 0, [0x80 | channel, key, 0]));
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

    fn hush(&mut self, at: Frame) {
        let (now, before) = (Instant::now(), self.moments.instant(at));
        // What is asked for at once is done at once: what was to begin until `at` never does.
        let soon = before.saturating_duration_since(now) <= SOON;
        self.cut(Cut { at: if soon { now } else { before }, before, panic: false });
    }

    fn panic(&mut self) {
        let (at, lead) = (Instant::now(), Duration::from_secs_f64(LEAD));
        self.cut(Cut { at, before: at + lead, panic: true });
    }

    fn tend(&mut self) {
        self.lost = false;
    }
}

/// Sends what is due until nobody orders any more; then lets go of every key.
fn send(orders: &Receiver<Order>, cuts: &Cuts, mut wire: impl FnMut(&[u8])) {
    let mut waiting: BinaryHeap<Reverse<Due>> = BinaryHeap::new();
    let mut down: BTreeSet<(u8, u8)> = BTreeSet::new();
    let mut coming: Vec<Cut> = Vec::new();
    let mut before: Option<Instant> = None;
    loop {
        coming.append(&mut cuts.lock().unwrap_or_else(PoisonError::into_inner));
        let now = Instant::now();
        for cut in coming.extract_if(.., |cut| cut.at <= now) {
            before = before.max(Some(cut.before));
            waiting.retain(|due| due.0.begin >= cut.before);
            release(&mut down, &mut wire);
            if cut.panic {
                silence(&mut wire);
            }
        }
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
        let due = waiting.peek().map(|due| due.0.at);
        let next = due.into_iter().chain(coming.iter().map(|cut| cut.at)).min();
        let rest = next
            .map_or(Duration::from_secs(3600), |at| at.saturating_duration_since(Instant::now()));
        match orders.recv_timeout(rest) {
            Ok(Order::Send(due)) if before.is_some_and(|before| due.begin < before) => {}
            Ok(Order::Send(due)) if waiting.len() < WAITING => waiting.push(Reverse(due)),
            Ok(Order::Send(_) | Order::Look) | Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return release(&mut down, &mut wire),
        }
    }
}

/// All sound off, all notes off: what hangs on the instrument's own account, too.
fn silence(wire: &mut impl FnMut(&[u8])) {
    for channel in 0..16 {
        wire(&[0xb0 | channel, 120, 0]);
        wire(&[0xb0 | channel, 123, 0]);
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

    #[test]
    fn silence_is_at_once_also_for_what_waits_and_what_comes_yet() {
        for panic in [false, true] {
            let (tell, told) = channel();
            let wire = move |bytes: &[u8]| drop(tell.send(bytes.to_vec()));
            let moments = Moments::starting_in(Duration::ZERO, 48_000);
            let notices = Notices::start(Box::new(|_| {}));
            let mut out = MidiOut::to(wire, moments, 48_000, &notices).expect("a thread");
            let long = |note: f64, at| Cue { at, duration: 480_000, ..cue(&[("note", note)]) };
            out.cue(&long(60.0, 0));
            assert_eq!(told.recv_timeout(Duration::from_secs(5)).expect("it"), [0x90, 60, 102]);
            // One waits for its time, one is told after the hush, one belongs to what comes then.
            let now = moments.now();
            out.cue(&long(61.0, now + 48_000));
            let (at, before) = (Instant::now(), moments.instant(now + 96_000));
            out.cut(Cut { at, before, panic });
            out.cue(&long(62.0, now + 72_000));
            out.cue(&long(63.0, now + 100_000));
            let next = || told.recv_timeout(Duration::from_secs(5)).expect("a message");
            assert_eq!(next(), [0x80, 60, 0], "ten seconds early");
            if panic {
                assert_eq!(next(), [0xb0, 120, 0]);
                (0..31).for_each(|_| assert_eq!(next()[0] & 0xf0, 0xb0));
            }
            assert_eq!(next(), [0x90, 63, 102], "what comes after is heard");
            assert!(told.try_recv().is_err(), "and ends at its own time");
        }
    }

    #[test]
    fn silence_from_the_next_bar_on_waits_for_it() {
        let (tell, told) = channel();
        let wire = move |bytes: &[u8]| drop(tell.send((Instant::now(), bytes.to_vec())));
        let moments = Moments::starting_in(Duration::ZERO, 48_000);
        let notices = Notices::start(Box::new(|_| {}));
        let mut out = MidiOut::to(wire, moments, 48_000, &notices).expect("a thread");
        let bar = moments.now() + 72_000;
        out.cue(&Cue { at: bar - 48_000, duration: 480_000, ..cue(&[("note", 60.0)]) });
        out.cue(&Cue { at: bar, duration: 480_000, ..cue(&[("note", 60.0)]) });
        out.hush(bar);
        let all: Vec<(Instant, Vec<u8>)> =
            (0..3).map(|_| told.recv_timeout(Duration::from_secs(5)).expect("it")).collect();
        let bytes: Vec<&[u8]> = all.iter().map(|(_, bytes)| bytes.as_slice()).collect();
        assert_eq!(bytes, [[0x90, 60, 102], [0x80, 60, 0], [0x90, 60, 102]]);
        assert!(all[1].0 >= moments.instant(bar), "not before the bar");
        assert!(told.try_recv().is_err(), "the end of the first does not end the second");
    }
}
