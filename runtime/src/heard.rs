//! What is played on instruments that are listened to: every note in cycles, and the phrases that
//! are answered. Pure but for its lock: whoever has a clock says when things happened.

use mag_models::Drum;
use mag_pattern::{Call, Given, Played, Span, Sym, Time};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A phrase ends when all keys have been up for so many seconds, or for a beat.
const SILENCE: f64 = 0.6;
/// An answer is as long as what it answers, but not shorter or longer than this, in seconds.
const ANSWER: (f64, f64) = (1.0, 8.0);
/// An answer begins at least so many seconds after it was called for: a model has to make it, and
/// the outputs have to be told.
const AFTER: f64 = 0.35;
/// Notes and calls that are kept for each source.
const NOTES: usize = 16_384;
const CALLS: usize = 256;
/// A key that has been down for so many cycles is taken to be stuck.
const STUCK: i64 = 16;
/// The velocity of MIDI that leaves a gain as it is.
const FIRM: f64 = 100.0;
/// The channel of drums, from 0.
const DRUMS: u8 = 9;

/// What happened to a key.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Touch {
    /// MIDI number.
    pub pitch: u8,
    /// 1 to 127; 0 is up.
    pub velocity: u8,
    /// Channel, from 0; 9 is drums.
    pub channel: u8,
    /// How long it is held, in seconds, if that is known at once.
    pub seconds: Option<f64>,
}

/// A note from key to key.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Note {
    /// When it began, in cycles.
    pub onset: Time,
    /// When it ended; `None` while it is held.
    pub end: Option<Time>,
    /// MIDI number.
    pub pitch: u8,
    /// 1 to 127.
    pub velocity: u8,
    /// Channel, from 0.
    pub channel: u8,
}

#[derive(Default)]
struct Source {
    notes: VecDeque<Note>,
    /// How many notes of the phrase that is being played there are, at the end of `notes`.
    playing: usize,
    calls: VecDeque<Arc<Call>>,
}

#[derive(Default)]
struct State {
    sources: BTreeMap<Sym, Source>,
    wanted: BTreeSet<Sym>,
    /// Up to when all is known.
    known: Option<Time>,
    /// Everything is known: a performance that was recorded.
    whole: bool,
}

/// Everything that was heard. Cheap to clone; all clones share it.
#[derive(Clone, Default)]
pub struct Heard(Arc<Mutex<State>>);

/// Cycles, rounded to a grid that is finer than anybody plays.
fn cycles(x: f64) -> Time {
    Time::new((x * 3072.0).round() as i64, 3072)
}

/// The next multiple of a beat.
fn beat_at(t: Time, beats: i64) -> Time {
    Time::new((t * Time::int(beats)).ceil(), beats)
}

impl Heard {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The sources that patterns have asked for.
    pub fn wanted(&self) -> BTreeSet<Sym> {
        self.state().wanted.clone()
    }

    /// Somebody touched a key in a cycle.
    pub fn touch(&self, source: Sym, at: f64, cps: f64, touch: Touch) {
        let at = cycles(at);
        let mut state = self.state();
        let source = state.sources.entry(source).or_default();
        let key = |note: &&mut Note| note.end.is_none() && note.pitch == touch.pitch;
        if let Some(held) = source.notes.iter_mut().rev().find(key) {
            held.end = Some(at.max(held.onset + Time::new(1, 64)));
        }
        if touch.velocity == 0 {
            return;
        }
        let lasts = touch.seconds.filter(|s| s.is_finite()).map(|s| s.clamp(0.01, 60.0));
        let end = lasts.map(|s| at + cycles(s * cps).max(Time::new(1, 64)));
        let Touch { pitch, velocity, channel, .. } = touch;
        source.notes.push_back(Note { onset: at, end, pitch, velocity, channel });
        source.playing += 1;
        if source.notes.len() > NOTES {
            source.notes.pop_front();
            source.playing = source.playing.min(source.notes.len());
        }
    }

    /// It is `now`, and everything before has been told. Answers the phrases that ended.
    pub fn tend(&self, now: Time, cps: f64, meter: (u32, u32)) -> Vec<(Sym, Arc<Call>)> {
        let mut state = self.state();
        state.known = Some(now);
        let beats = i64::from(meter.0.max(1));
        let mut ended = Vec::new();
        for (name, source) in &mut state.sources {
            for note in source.notes.iter_mut().filter(|note| note.end.is_none()) {
                if note.onset + Time::int(STUCK) < now {
                    note.end = Some(now);
                }
            }
            if let Some(call) = source.ended(now, cps, beats) {
                source.playing = 0;
                source.calls.push_back(call.clone());
                source.calls.truncate(CALLS.max(1));
                if source.calls.len() >= CALLS {
                    source.calls.pop_front();
                }
                ended.push((*name, call));
            }
        }
        ended
    }

    /// Everything that was recorded, at once; nothing is decided any more.
    pub fn recorded(&self, source: Sym, notes: Vec<Note>, calls: Vec<Call>) {
        let mut state = self.state();
        state.whole = true;
        let source = state.sources.entry(source).or_default();
        source.notes.extend(notes);
        source.calls.extend(calls.into_iter().map(Arc::new));
    }

    /// The notes of a source that have ended, from number `from` on, for the record.
    pub fn finished(&self, source: Sym, after: Option<Time>) -> Vec<Note> {
        let state = self.state();
        let notes = state.sources.get(&source).map(|source| &source.notes);
        let new = |note: &&Note| note.end.is_some() && note.end > after;
        notes.into_iter().flatten().filter(new).copied().collect()
    }

    /// See [`mag_pattern::World::played`].
    pub fn played(&self, source: Sym, span: Span, longest: Time) -> Played {
        let mut state = self.state();
        state.wanted.insert(source);
        let complete = state.whole || state.known.is_some_and(|known| span.end <= known);
        let notes = state.sources.get(&source).map(|source| &source.notes);
        let within = |note: &&Note| span.begin <= note.onset && note.onset < span.end;
        let given = |note: &Note| {
            let length = note.end.map_or(longest, |end| (end - note.onset).min(longest));
            given(note, note.onset, length)
        };
        let notes = notes.into_iter().flatten().filter(within).map(given).collect();
        Played { notes, complete }
    }

    /// See [`mag_pattern::World::calls`].
    pub fn calls(&self, source: Sym, span: Span) -> Vec<Arc<Call>> {
        let mut state = self.state();
        state.wanted.insert(source);
        let calls = state.sources.get(&source).map(|source| &source.calls);
        let touches = |call: &&Arc<Call>| call.answer.sect(span).is_some();
        calls.into_iter().flatten().filter(touches).cloned().collect()
    }
}

impl Source {
    /// The phrase that is being played, if it has ended.
    fn ended(&self, now: Time, cps: f64, beats: i64) -> Option<Arc<Call>> {
        let notes: Vec<&Note> =
            self.notes.iter().skip(self.notes.len() - self.playing.min(self.notes.len())).collect();
        let first = notes.first()?.onset;
        let mut last = first;
        for note in &notes {
            last = last.max(note.end?);
        }
        let wait = cycles(SILENCE * cps).max(Time::new(1, beats));
        if now < last + wait {
            return None;
        }
        let from = Time::int(first.floor());
        let beat = Time::new(1, beats);
        // A beat that was hardly touched does not count.
        let played = last - first - Time::new(1, 8 * beats);
        let seconds = |s: f64| beat_at(cycles(s * cps), beats);
        let length = beat_at(played, beats).max(seconds(ANSWER.0)).max(beat);
        let length = length.min(seconds(ANSWER.1).max(beat));
        let begin = beat_at(now + cycles(AFTER * cps), beats);
        let notes = notes.iter().filter_map(|note| {
            let length = note.end? - note.onset;
            Some(given(note, note.onset - from, length))
        });
        let answer = Span::new(begin, begin + length);
        Some(Arc::new(Call { from, notes: notes.collect(), answer }))
    }
}

/// A note as patterns have it.
fn given(note: &Note, onset: Time, length: Time) -> Given {
    let gain = (f64::from(note.velocity) / FIRM).min(1.25);
    let drum = (note.channel == DRUMS).then(|| Drum::of_midi(note.pitch)).flatten();
    let pitch = drum.is_none().then_some(f64::from(note.pitch));
    Given { onset, length, pitch, sound: drum.map(|drum| Sym::new(drum.sample())), gain }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(pitch: u8, velocity: u8) -> Touch {
        Touch { pitch, velocity, channel: 0, seconds: None }
    }

    /// At 120 beats a minute in 4/4 a bar is two seconds.
    const CPS: f64 = 0.5;

    fn midi() -> Sym {
        Sym::new("midi")
    }

    /// Quarters from cycle 1 on, each held for most of its beat.
    fn quarters(heard: &Heard, count: u32) {
        for i in 0..count {
            let at = 1.0 + f64::from(i) / 4.0;
            heard.touch(midi(), at, CPS, key(60 + i as u8, 100));
            heard.touch(midi(), at + 0.2, CPS, key(60 + i as u8, 0));
        }
    }

    #[test]
    fn a_phrase_is_answered_when_the_keys_have_been_up() {
        let heard = Heard::default();
        quarters(&heard, 8);
        // The last key went up at 2.95; 0.6 s are 0.3 of a bar.
        assert_eq!(heard.tend(Time::new(32, 10), CPS, (4, 4)), []);
        let ended = heard.tend(Time::new(326, 100), CPS, (4, 4));
        let (_, call) = ended.first().expect("a call");
        assert_eq!(call.from, Time::ONE);
        assert_eq!(call.notes.len(), 8);
        // 3.26 and 0.35 s: the next beat is at 3.5. Two bars were played.
        assert_eq!(call.answer, Span::new(Time::new(7, 2), Time::new(11, 2)));
        assert_eq!(heard.tend(Time::int(4), CPS, (4, 4)), [], "each is answered once");
        let asked = heard.calls(midi(), Span::cycle(4));
        assert_eq!(asked.len(), 1);
        assert_eq!(heard.wanted().into_iter().collect::<Vec<_>>(), [midi()]);
    }

    #[test]
    fn answers_are_one_to_eight_seconds_long() {
        let length = |count| {
            let heard = Heard::default();
            quarters(&heard, count);
            let ended = heard.tend(Time::int(40), CPS, (4, 4));
            ended.first().expect("a call").1.answer.duration()
        };
        assert_eq!(length(1), Time::new(1, 2), "one second");
        assert_eq!(length(6), Time::new(6, 4));
        assert_eq!(length(64), Time::int(4), "eight seconds");
    }

    #[test]
    fn a_held_key_is_waited_for_but_not_for_ever() {
        let heard = Heard::default();
        heard.touch(midi(), 1.0, CPS, key(60, 90));
        assert_eq!(heard.tend(Time::int(4), CPS, (4, 4)), []);
        assert_eq!(heard.tend(Time::int(18), CPS, (4, 4)), [], "let go");
        assert_eq!(heard.tend(Time::int(19), CPS, (4, 4)).len(), 1);
    }

    #[test]
    fn what_was_played_is_complete_when_it_is_past() {
        let heard = Heard::default();
        quarters(&heard, 4);
        heard.touch(midi(), 2.0, CPS, Touch { channel: 9, ..key(36, 127) });
        let span = Span::new(Time::int(1), Time::int(3));
        let _ = heard.tend(Time::new(5, 2), CPS, (4, 4));
        let played = heard.played(midi(), span, Time::ONE);
        assert!(!played.complete);
        assert_eq!(played.notes.len(), 5);
        let drum = &played.notes[4];
        assert_eq!((drum.sound.map(Sym::as_str), drum.pitch), (Some("bd"), None));
        assert_eq!((drum.length, drum.gain), (Time::ONE, 1.25), "it is still held");
        let _ = heard.tend(Time::int(3), CPS, (4, 4));
        assert!(heard.played(midi(), span, Time::ONE).complete);
    }
}
