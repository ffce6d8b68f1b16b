//! The world of a performance that is played again: waits for each phrase, and puts others in the
//! place of those that were late on the night.

use super::{Key, Patient, Substitution, lock};
use crate::heard::{Fact, Heard};
use mag_pattern::{Call, Phrase, PhraseRequest, Played, Span, Sym, Time, World};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

/// See [`super::PhraseStore::again`].
pub struct Again {
    patient: Patient,
    played: Heard,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// For each phrase that was late: from each moment on, what was heard.
    late: HashMap<Key, Vec<(Time, Option<Key>)>>,
    /// The moments of all changes, in order.
    borders: Vec<Time>,
    /// The moment that is asked about.
    at: Time,
    /// All phrases that were heard.
    heard: HashMap<Key, Arc<Phrase>>,
}

impl Again {
    pub(super) fn new(patient: Patient, played: Heard) -> Again {
        Again { patient, played, state: Mutex::default() }
    }

    /// From now on these are what was heard for phrases that were late, and on instruments.
    pub fn follow(&self, substitutions: &[Substitution], facts: &[Fact]) {
        self.played.again(facts);
        let mut state = lock(&self.state);
        state.late.clear();
        state.borders = substitutions.iter().map(|s| s.at).collect();
        state.borders.sort_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
        for Substitution { at, wanted, heard } in substitutions {
            let changes = state.late.entry(*wanted).or_default();
            let after = changes.partition_point(|(from, _)| from <= at);
            changes.insert(after, (*at, *heard));
        }
    }
}

impl World for Again {
    fn phrase(&self, wish: &PhraseRequest) -> Option<Arc<Phrase>> {
        let key = Key::of(wish);
        let state = lock(&self.state);
        let changes = state.late.get(&key);
        let heard = changes.and_then(|c| c.iter().rev().find(|(from, _)| *from <= state.at));
        match heard.map(|(_, heard)| *heard) {
            None => {}
            Some(Some(heard)) if heard == key => {}
            Some(None) => return None,
            Some(Some(heard)) => {
                let phrase = state.heard.get(&heard)?;
                return Some(Arc::new(Phrase { stand_in: true, ..(**phrase).clone() }));
            }
        }
        drop(state);
        let phrase = self.patient.phrase(wish)?;
        lock(&self.state).heard.insert(key, phrase.clone());
        Some(phrase)
    }

    fn played(&self, source: Sym, span: Span, longest: Time) -> Played {
        let by = lock(&self.state).at;
        self.played.played(source, span, longest, Some(by))
    }

    fn calls(&self, source: Sym, span: Span) -> Vec<Arc<Call>> {
        let by = lock(&self.state).at;
        self.played.calls(source, span, Some(by))
    }

    fn asking(&self, span: Span) -> Time {
        let mut state = lock(&self.state);
        state.at = span.begin;
        let after = state.borders.partition_point(|at| *at <= span.begin);
        let until = state.borders.get(after).map_or(span.end, |border| border.min(span.end));
        self.played.asking(Span::new(span.begin, until))
    }
}
