//! What is played on instruments that are listened to: every note in cycles, and the phrases that
//! are answered. Pure but for its lock: whoever has a clock says when things happened.
//!
//! When somebody's note arrives depends on hands and machines. So that a performance can be played
//! again as it was, each thing that is heard counts from a moment on that nobody has asked for yet
//! ([`Fact::from`]): whoever asks for an earlier moment again, because an edit has taken back what
//! was to come, gets the same answer as before. The journal keeps the facts with their moments.

mod source;

use mag_pattern::{Call, Played, Span, Sym, Time};
use source::Source;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Moments at which something new was heard that are remembered: hours of playing.
const BORDERS: usize = 65_536;
/// The grid that all notes lie on, in parts of a cycle: finer than anybody plays.
pub const TICKS: i64 = 3072;

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

/// Something that was heard, for the journal.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    /// The source.
    pub on: Sym,
    /// The moment of the music from which on it counts, in cycles.
    pub from: Time,
    /// What it was.
    pub what: What,
}

/// What can be heard. Notes are numbered by source, from 0; times are in [`TICKS`].
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// A key went down.
    Down {
        /// The number of the note.
        n: u64,
        /// When.
        onset: i64,
        /// MIDI number.
        pitch: u8,
        /// 1 to 127.
        velocity: u8,
        /// Channel, from 0.
        channel: u8,
    },
    /// A note ended.
    Up {
        /// The number of the note.
        n: u64,
        /// When.
        end: i64,
    },
    /// A phrase ended, and is answered.
    Call {
        /// The bar line at or before its first note.
        bar: i64,
        /// The numbers of its first note and its last.
        notes: (u64, u64),
        /// When the answer is heard, in cycles.
        answer: Span,
    },
}

#[derive(Default)]
struct State {
    sources: BTreeMap<Sym, Source>,
    wanted: BTreeSet<Sym>,
    /// Up to when all is known.
    known: Option<Time>,
    /// Everything is known: a performance that was recorded.
    whole: bool,
    /// Moments before this have been asked for.
    asked: Time,
    /// The moments from which on something new was heard, in order.
    borders: VecDeque<Time>,
    /// What the journal has not been told.
    news: Vec<Fact>,
}

/// Everything that was heard. Cheap to clone; all clones share it.
#[derive(Clone, Default)]
pub struct Heard(Arc<Mutex<State>>);

/// Cycles, rounded to the grid.
fn ticks(cycles: f64) -> i64 {
    (cycles * TICKS as f64).round() as i64
}

/// A moment of the grid in cycles.
fn time(ticks: i64) -> Time {
    Time::new(ticks, TICKS)
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
        let mut state = self.state();
        let news = state.sources.entry(source).or_default().touch(ticks(at), cps, touch);
        state.learn(source, news);
    }

    /// It is `now`, and everything before has been told. Answers the phrases that ended.
    pub fn tend(&self, now: Time, cps: f64, meter: (u32, u32)) -> Vec<(Sym, Arc<Call>)> {
        let mut state = self.state();
        state.known = Some(now);
        let beats = i64::from(meter.0.max(1));
        let mut ended = Vec::new();
        for name in state.sources.keys().copied().collect::<Vec<_>>() {
            let asked = state.asked;
            let Some(source) = state.sources.get_mut(&name) else { continue };
            let mut news = source.let_go(now);
            news.extend(source.ended((now, asked), cps, beats));
            let called = matches!(news.last(), Some(What::Call { .. }));
            state.learn(name, news);
            let call = state.sources.get(&name).and_then(Source::last_call);
            ended.extend(call.filter(|_| called).map(|call| (name, call)));
        }
        ended
    }

    /// What was heard since the last call, for the journal.
    pub fn take_news(&self) -> Vec<Fact> {
        std::mem::take(&mut self.state().news)
    }

    /// From now on this is what was heard, all of it: a performance that was recorded.
    pub fn again(&self, facts: &[Fact]) {
        let mut state = self.state();
        *state = State { whole: true, ..State::default() };
        for Fact { on, from, what } in facts {
            state.border(*from);
            state.sources.entry(*on).or_default().learn(what, *from);
        }
    }

    /// Told before the patterns of a performance are asked for `span`; answers up to where, within
    /// it, nothing new was heard.
    pub fn asking(&self, span: Span) -> Time {
        let mut state = self.state();
        let after = state.borders.partition_point(|at| *at <= span.begin);
        let until = state.borders.get(after).map_or(span.end, |border| border.min(span.end));
        state.asked = state.asked.max(until);
        until
    }

    /// See [`mag_pattern::World::played`]; as it was known at the moment `by` of the music, or as
    /// it is known now.
    pub fn played(&self, source: Sym, span: Span, longest: Time, by: Option<Time>) -> Played {
        let mut state = self.state();
        state.wanted.insert(source);
        let known = || state.whole || state.known.is_some_and(|known| span.end <= known);
        // (what was asked about on the night must not depend on when it was)
        let complete = by.map_or_else(known, |by| span.end <= by);
        let source = state.sources.get(&source);
        let notes = source.map_or_else(Vec::new, |source| source.played(span, longest, by));
        Played { notes, complete }
    }

    /// See [`mag_pattern::World::calls`]; as it was known at the moment `by` of the music, or as
    /// it is known now.
    pub fn calls(&self, source: Sym, span: Span, by: Option<Time>) -> Vec<Arc<Call>> {
        let mut state = self.state();
        state.wanted.insert(source);
        let source = state.sources.get(&source);
        source.map_or_else(Vec::new, |source| source.calls(span, by))
    }
}

impl State {
    /// Takes in what was heard just now: it counts from where nobody has asked yet.
    fn learn(&mut self, on: Sym, news: Vec<What>) {
        if news.is_empty() {
            return;
        }
        let from = self.asked;
        self.border(from);
        let source = self.sources.entry(on).or_default();
        for what in news {
            source.learn(&what, from);
            self.news.push(Fact { on, from, what });
        }
        source.forget();
    }

    fn border(&mut self, at: Time) {
        if self.borders.back().is_none_or(|last| *last < at) {
            self.borders.push_back(at);
        }
        if self.borders.len() > BORDERS && !self.whole {
            self.borders.pop_front();
        }
    }
}

#[cfg(test)]
mod tests;
