//! Wishes that wait for a model: how much each is wanted, which are met next, and which together.

use super::underway::{Batch, UnderWay};
use super::{Key, Seat, Shared, Substitution, lock};
use mag_pattern::{Phrase, PhraseRequest};
use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

/// Wishes that may wait; beyond that the oldest is dropped and asked for again when needed.
const WAITING: usize = 256;
/// A wish that nobody has asked for since is dropped, also when it is being met: what will sound is
/// asked for ten times a second until it is there.
pub(super) const STALE: Duration = Duration::from_millis(1500);
/// Wishes that could not be met are remembered up to this many.
const REFUSED: usize = 4096;
/// A wish that could not be met is tried again after this.
const RETRY: Duration = Duration::from_secs(10);

/// How much a phrase is wanted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Want {
    /// It will sound: it can wait, and is forgotten when nobody asks for it any more.
    Ahead,
    /// It should sound already.
    Now,
    /// Somebody waits for it: it is made whatever happens.
    Firm,
}

/// A wish that is waiting.
pub(super) struct Interest {
    pub want: Want,
    /// When it was last asked for.
    pub asked: Instant,
}

#[derive(Default)]
pub(super) struct State {
    /// Wishes in the order in which they will be met.
    pub queue: VecDeque<PhraseRequest>,
    /// Wishes that are waiting or being met, and how much they are wanted.
    pub pending: HashMap<Key, Interest>,
    /// Batches at work; each model is at work on one of them at a time.
    pub busy: Vec<UnderWay>,
    /// How many batches there have been.
    pub batches: u64,
    /// Wishes that could not be met, and when to try again.
    pub refused: HashMap<Key, Instant>,
    /// What was heard last, for each kind of phrase.
    pub last: HashMap<Key, (Key, Arc<Phrase>)>,
    /// Phrases whose lateness has been said, until they are heard.
    pub late: HashSet<Key>,
    pub noted: Vec<Substitution>,
    pub said: BTreeSet<String>,
    pub closed: bool,
}

impl Shared {
    /// Waits for wishes: the first whose model is free, and what else fits into one batch with it.
    /// That model is then at work until [`Shared::finish`].
    pub(super) fn next_batch(&self, most: usize) -> Option<Batch> {
        let mut state = lock(&self.state);
        loop {
            if state.closed {
                return None;
            }
            state.forget_stale();
            let busy = |seat: Seat| state.busy.iter().any(|batch| batch.seat == seat);
            let free = |w: &PhraseRequest| !busy((w.model, w.device));
            if let Some(at) = state.queue.iter().position(free) {
                let first = state.queue.remove(at);
                first.into_iter().for_each(|first| state.queue.push_front(first));
                break;
            }
            state = self.wished.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        let kind = |w: &PhraseRequest| (w.verb, w.model, w.device, w.flow);
        let first = state.queue.front().map(kind);
        let State { queue, pending, .. } = &mut *state;
        let want = |w: &PhraseRequest| pending.get(&Key::of(w)).map(|interest| interest.want);
        // A batch takes as long as its longest phrase: what should sound already does not wait for
        // what will sound.
        let urgent = queue.front().and_then(want) == Some(Want::Now);
        let mut wishes = Vec::new();
        let mut rest = VecDeque::new();
        for wish in queue.drain(..) {
            let may = !urgent || want(&wish) > Some(Want::Ahead);
            let takes = wishes.len() < most && may && Some(kind(&wish)) == first;
            if takes { wishes.push(wish) } else { rest.push_back(wish) }
        }
        state.queue = rest;
        state.batches += 1;
        let batch = Batch { number: state.batches, wishes };
        if let Some(first) = batch.wishes.first() {
            state.busy.push(UnderWay::new(&batch, (first.model, first.device)));
        }
        Some(batch)
    }

    /// The phrase, if it is there; otherwise it will be made.
    pub(super) fn ask(&self, key: Key, wish: &PhraseRequest, want: Want) -> Option<Arc<Phrase>> {
        if let Some(phrase) = self.peek(key) {
            return Some(phrase);
        }
        let mut state = lock(&self.state);
        match state.refused.get(&key) {
            Some(until) if Instant::now() < *until => return None,
            Some(_) => drop(state.refused.remove(&key)),
            None => {}
        }
        let asked = Instant::now();
        if let Some(interest) = state.pending.get_mut(&key) {
            interest.asked = asked;
            let before = interest.want;
            interest.want = want.max(before);
            if want > before {
                state.hurry(key);
            }
        } else {
            state.pending.insert(key, Interest { want, asked });
            if state.queue.len() >= WAITING
                && let Some(dropped) = state.queue.pop_front()
            {
                state.pending.remove(&Key::of(&dropped));
            }
            match want {
                Want::Now => state.queue.push_front(wish.clone()),
                Want::Ahead | Want::Firm => state.queue.push_back(wish.clone()),
            }
            self.wished.notify_one();
        }
        None
    }
}

impl State {
    /// Drops what nobody has asked for lately: an edit has taken it off, or its time is past.
    pub(super) fn forget_stale(&mut self) {
        self.forget(|i| i.want != Want::Firm && i.asked.elapsed() > STALE);
    }

    /// Drops such wishes, those that wait and those that are being met.
    pub(super) fn forget(&mut self, what: impl Fn(&Interest) -> bool) {
        let before = self.pending.len();
        self.pending.retain(|_, interest| !what(interest));
        if self.pending.len() < before {
            let pending = &self.pending;
            self.queue.retain(|wish| pending.contains_key(&Key::of(wish)));
        }
    }

    /// Drops one wish, if it waits or is being met.
    pub(super) fn forget_one(&mut self, key: Key) {
        if self.pending.remove(&key).is_some() {
            self.queue.retain(|wish| Key::of(wish) != key);
        }
    }

    /// Remembers that a wish cannot be met for now.
    pub(super) fn refuse(&mut self, key: Key) {
        if self.refused.len() >= REFUSED {
            self.refused.clear();
        }
        self.refused.insert(key, Instant::now() + RETRY);
    }

    /// Puts a wish before all others.
    pub(super) fn hurry(&mut self, key: Key) {
        if let Some(at) = self.queue.iter().position(|wish| Key::of(wish) == key) {
            let wish = self.queue.remove(at);
            wish.into_iter().for_each(|wish| self.queue.push_front(wish));
        }
    }
}
