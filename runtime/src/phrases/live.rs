//! The world of a performance: never waits, and keeps to what it has once said about a moment.
//!
//! Which phrases are ready in time depends on the machine. So that a performance can be played
//! again as it was, an answer depends on the moment alone that it is about: whoever asks for a
//! moment again, because an edit has taken back what was to come, gets the same answer; a phrase
//! that has arrived since is heard from the next moment on that nobody has asked for yet. Each
//! change is noted for the journal, with its moment.

use super::{KEPT, Key, Shared, Want, lock};
use mag_pattern::{Call, Phrase, PhraseRequest, Played, Span, Sym, Time, World};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

/// From a moment on something else is heard for a phrase, or the phrase itself again. The one
/// thing about a performance that depends on the machine, so the journal keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Substitution {
    /// From when on, in cycles.
    pub at: Time,
    /// What was wished for.
    pub wanted: Key,
    /// What is heard: the phrase itself if it has arrived, nothing if nothing could stand in.
    pub heard: Option<Key>,
}

/// What is heard for one phrase that has been late.
struct Story {
    /// From each moment on: the phrase that stands in, if any; outer `None` is the phrase itself.
    changes: Vec<(Time, Option<StandIn>)>,
    /// Moments before this have been answered for.
    until: Time,
}

/// A phrase in the place of another; `None` is silence.
type StandIn = Option<(Key, Arc<Phrase>)>;

impl Story {
    /// What was said about a moment.
    fn at(&self, t: Time) -> Option<&Option<StandIn>> {
        self.changes.iter().rev().find(|(from, _)| *from <= t).map(|(_, heard)| heard)
    }
}

/// What is being asked for, and what has been said.
#[derive(Default)]
struct Hearing {
    asked: Option<Span>,
    stories: HashMap<Key, Story>,
}

/// See [`super::PhraseStore::live`].
#[derive(Clone)]
pub struct Live {
    shared: Arc<Shared>,
    hearing: Arc<Mutex<Hearing>>,
}

impl Live {
    pub(super) fn new(shared: Arc<Shared>) -> Live {
        Live { shared, hearing: Arc::default() }
    }

    /// The phrase is not there: something else is heard from `at` on.
    fn late(&self, key: Key, wish: &PhraseRequest, at: Time) -> StandIn {
        let stand_in = self.shared.stand_in(wish);
        let heard = stand_in.as_ref().map(|(key, _)| *key);
        self.shared.note(Substitution { at, wanted: key, heard });
        self.shared.say_late(key, wish, heard);
        stand_in
    }
}

impl World for Live {
    fn phrase(&self, wish: &PhraseRequest) -> Option<Arc<Phrase>> {
        let key = Key::of(wish);
        let ready = self.shared.ask(key, wish, Want::Now);
        let mut hearing = lock(&self.hearing);
        let span = hearing.asked.unwrap_or(Span::new(Time::ZERO, Time::ZERO));
        let at = span.begin;
        let Some(story) = hearing.stories.get_mut(&key) else {
            if let Some(phrase) = ready {
                self.shared.heard(key, wish, &phrase);
                return Some(phrase);
            }
            let heard = self.late(key, wish, at);
            let story = Story { changes: vec![(at, Some(heard.clone()))], until: span.end };
            if hearing.stories.len() >= KEPT {
                hearing.stories.clear();
            }
            hearing.stories.insert(key, story);
            return heard.map(standing_in);
        };
        let new = at >= story.until;
        story.until = story.until.max(span.end);
        match (story.at(at).cloned(), ready) {
            (Some(Some(_)), Some(phrase)) if new => {
                story.changes.push((at, None));
                self.shared.note(Substitution { at, wanted: key, heard: Some(key) });
                self.shared.heard(key, wish, &phrase);
                Some(phrase)
            }
            (Some(Some(heard)), _) => heard.map(standing_in),
            (_, Some(phrase)) => {
                self.shared.heard(key, wish, &phrase);
                Some(phrase)
            }
            // It was there and is forgotten.
            (_, None) => {
                let heard = self.late(key, wish, at);
                let after = story.changes.partition_point(|(from, _)| *from <= at);
                story.changes.insert(after, (at, Some(heard.clone())));
                heard.map(standing_in)
            }
        }
    }

    fn played(&self, source: Sym, span: Span, longest: Time) -> Played {
        let by = lock(&self.hearing).asked.map(|asked| asked.begin);
        self.shared.played.played(source, span, longest, by)
    }

    fn calls(&self, source: Sym, span: Span) -> Vec<Arc<Call>> {
        let by = lock(&self.hearing).asked.map(|asked| asked.begin);
        self.shared.played.calls(source, span, by)
    }

    fn asking(&self, span: Span) -> Time {
        let mut hearing = lock(&self.hearing);
        // (a phrase that arrived within what was asked before is not heard earlier when it is
        // asked again)
        let changes = hearing.stories.values().flat_map(|story| &story.changes);
        let within = changes.map(|(at, _)| *at).filter(|at| span.begin < *at && *at < span.end);
        let until = within.fold(span.end, Time::min);
        let until = self.shared.played.asking(Span::new(span.begin, until));
        hearing.asked = Some(Span::new(span.begin, until));
        until
    }
}

fn standing_in((_, phrase): (Key, Arc<Phrase>)) -> Arc<Phrase> {
    Arc::new(Phrase { stand_in: true, ..(*phrase).clone() })
}
