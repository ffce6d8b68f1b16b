//! One instrument that is listened to: its notes, and what of them is a phrase.

use super::{TICKS, Touch, What, ticks, time};
use mag_models::Drum;
use mag_pattern::{Call, Given, Span, Sym, Time};
use std::collections::VecDeque;
use std::sync::Arc;

/// A phrase ends when all keys have been up for so many seconds, or for a beat.
const SILENCE: f64 = 0.6;
/// An answer is as long as what it answers, but not shorter or longer than this, in seconds.
const ANSWER: (f64, f64) = (1.0, 8.0);
/// An answer begins at least so many seconds after it was called for: a model has to make it, and
/// the outputs have to be told. Nor does it begin where patterns have been asked for already.
const AFTER: f64 = 0.35;
/// Notes and calls that are kept: more than the longest turns hold.
const NOTES: usize = 65_536;
const CALLS: usize = 256;
/// Notes of one phrase, the last ones.
const PHRASE: u64 = 16_384;
/// A key that has been down for so many cycles is taken to be stuck.
const STUCK: i64 = 16;
/// The shortest note, in ticks.
const SHORTEST: i64 = TICKS / 64;
/// The velocity of MIDI that leaves a gain as it is.
const FIRM: f64 = 100.0;
/// The channel of drums, from 0.
const DRUMS: u8 = 9;

/// A note from key to key.
#[derive(Clone, Copy, Debug)]
struct Note {
    n: u64,
    onset: Time,
    /// From which moment of the music on it counts.
    from: Time,
    /// Its end, and from which moment on that counts; `None` while it is held.
    end: Option<(Time, Time)>,
    pitch: u8,
    velocity: u8,
    channel: u8,
}

/// See the module.
#[derive(Default)]
pub(super) struct Source {
    /// In the order of their onsets.
    notes: VecDeque<Note>,
    /// The number of the next note.
    next: u64,
    /// The first note of the phrase that is being played.
    phrase: u64,
    /// With the moments from which on they count.
    calls: VecDeque<(Time, Arc<Call>)>,
}

/// The next multiple of a beat.
fn beat_at(t: Time, beats: i64) -> Time {
    Time::new((t * Time::int(beats)).ceil(), beats)
}

impl Source {
    /// What a touch comes to.
    pub fn touch(&self, at: i64, cps: f64, touch: Touch) -> Vec<What> {
        let mut news = Vec::new();
        let key = |note: &&Note| note.end.is_none() && note.pitch == touch.pitch;
        if let Some(held) = self.notes.iter().rev().find(key) {
            let end = at.max(ticks(held.onset.to_f64()) + SHORTEST);
            news.push(What::Up { n: held.n, end });
        }
        let Touch { pitch, velocity, channel, seconds } = touch;
        if velocity == 0 {
            return news;
        }
        let n = self.next;
        news.push(What::Down { n, onset: at, pitch, velocity, channel });
        let lasts = seconds.filter(|s| s.is_finite()).map(|s| s.clamp(0.01, 60.0));
        let end = lasts.map(|s| at + ticks(s * cps).max(SHORTEST));
        news.extend(end.map(|end| What::Up { n, end }));
        news
    }

    /// Keys that have been down for too long.
    pub fn let_go(&self, now: Time) -> Vec<What> {
        let stuck = |note: &&Note| note.end.is_none() && note.onset + Time::int(STUCK) < now;
        let end = ticks(now.to_f64());
        self.notes.iter().filter(stuck).map(|note| What::Up { n: note.n, end }).collect()
    }

    /// Takes in what counts from a moment on.
    pub fn learn(&mut self, what: &What, from: Time) {
        match *what {
            What::Down { n, onset, pitch, velocity, channel } => {
                let onset = time(onset);
                let note = Note { n, onset, from, end: None, pitch, velocity, channel };
                let after = self.notes.partition_point(|other| other.onset <= onset);
                self.notes.insert(after, note);
                self.next = self.next.max(n + 1);
            }
            What::Up { n, end } => {
                if let Some(note) = self.notes.iter_mut().rev().find(|note| note.n == n) {
                    note.end = Some((time(end), from));
                }
            }
            What::Call { bar, notes, answer } => {
                self.phrase = notes.1 + 1;
                let call = Arc::new(self.call(bar, notes, answer));
                self.calls.push_back((from, call));
            }
        }
    }

    /// Forgets what is long past.
    pub fn forget(&mut self) {
        self.notes.drain(..self.notes.len().saturating_sub(NOTES));
        self.calls.drain(..self.calls.len().saturating_sub(CALLS));
    }

    fn call(&self, bar: i64, (first, last): (u64, u64), answer: Span) -> Call {
        let from = Time::int(bar);
        let notes = self.notes.iter().filter(|note| (first..=last).contains(&note.n));
        let notes = notes.filter_map(|note| {
            let length = note.end?.0 - note.onset;
            Some(given(note, note.onset - from, length))
        });
        Call { from, notes: notes.collect(), answer }
    }

    /// The call that came last.
    pub fn last_call(&self) -> Option<Arc<Call>> {
        self.calls.back().map(|(_, call)| call.clone())
    }

    /// The phrase that is being played, if it has ended; moments before `asked` have been asked for.
    pub fn ended(&self, (now, asked): (Time, Time), cps: f64, beats: i64) -> Option<What> {
        let first = self.phrase.max(self.next.saturating_sub(PHRASE));
        let notes: Vec<&Note> = self.notes.iter().filter(|note| note.n >= first).collect();
        let begun = notes.first()?.onset;
        let mut last = begun;
        for note in &notes {
            last = last.max(note.end?.0);
        }
        let cycles = |seconds: f64| time(ticks(seconds * cps));
        let wait = cycles(SILENCE).max(Time::new(1, beats));
        if now < last + wait {
            return None;
        }
        let beat = Time::new(1, beats);
        // A beat that was hardly touched does not count.
        let played = last - begun - Time::new(1, 8 * beats);
        let seconds = |s: f64| beat_at(cycles(s), beats);
        let length = beat_at(played, beats).max(seconds(ANSWER.0)).max(beat);
        let length = length.min(seconds(ANSWER.1).max(beat));
        let begin = beat_at((now + cycles(AFTER)).max(asked), beats);
        let answer = Span::new(begin, begin + length);
        Some(What::Call { bar: begun.floor(), notes: (first, self.next - 1), answer })
    }

    /// The notes that begin in a span, as they were known at the moment `by`; none lasts longer
    /// than `longest`.
    pub fn played(&self, span: Span, longest: Time, by: Option<Time>) -> Vec<Given> {
        let known = |from: Time| by.is_none_or(|by| from <= by);
        let first = self.notes.partition_point(|note| note.onset < span.begin);
        let notes = self.notes.range(first..).take_while(|note| note.onset < span.end);
        let given = |note: &Note| {
            let end = note.end.filter(|(_, from)| known(*from));
            let length = end.map_or(longest, |(end, _)| (end - note.onset).min(longest));
            given(note, note.onset, length)
        };
        notes.filter(|note| known(note.from)).map(given).collect()
    }

    /// The calls whose answers touch a span, as they were known at the moment `by`.
    pub fn calls(&self, span: Span, by: Option<Time>) -> Vec<Arc<Call>> {
        let known = |from: Time| by.is_none_or(|by| from <= by);
        let touches = |call: &Call| call.answer.sect(span).is_some();
        let calls = self.calls.iter().filter(|(from, call)| known(*from) && touches(call));
        calls.map(|(_, call)| call.clone()).collect()
    }
}

/// A note as patterns have it.
fn given(note: &Note, onset: Time, length: Time) -> Given {
    let gain = (f64::from(note.velocity) / FIRM).min(1.25);
    let drum = (note.channel == DRUMS).then(|| Drum::of_midi(note.pitch)).flatten();
    let pitch = drum.is_none().then_some(f64::from(note.pitch));
    Given { onset, length, pitch, sound: drum.map(|drum| Sym::new(drum.sample())), gain }
}
