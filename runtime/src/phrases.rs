//! Phrases of models, made ahead of need off the sounding path: the world that patterns ask.
//!
//! One store, several ways to ask it. [`PhraseStore::live`] never waits: a phrase that is late is
//! replaced by the last one that was heard, which is said and noted for the journal.
//! [`PhraseStore::ahead`] only lets phrases be made that will be needed; [`PhraseStore::opening`]
//! does too, and waits a moment while nothing sounds yet. [`PhraseStore::patient`] waits: for
//! rendering, where time stands still.

mod again;
mod ahead;
mod cache;
mod chorale;
pub mod chords;
pub mod drums;
mod expression;
mod groove;
mod infill;
mod key;
mod keys;
mod latent;
pub mod library;
mod live;
pub mod melody;
mod performance;
mod queue;
pub(crate) mod remarks;
mod stuck;
pub mod ticks;
mod underway;
mod wishes;
mod worker;
mod written;

pub use again::Again;
pub use ahead::{Lookahead, ask_ahead};
pub(crate) use chorale::voices_of;
pub use key::Key;
pub use live::{Live, Substitution};
pub use worker::{Flowed, Folders, Memory, Opened, Player, Shelf, open};

use crate::heard::Heard;
use crate::notice::Notices;
use crate::priority::{self, Urgency};
use cache::Cache;
use mag_pattern::{Call, Phrase, PhraseRequest, Played, Span, Sym, Time, World};
use queue::{State, Want};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use worker::{Bench, Worker};

/// Phrases that are kept: hours of most pieces, a few megabytes.
const KEPT: usize = 1024;
/// Threads that make phrases, at most; each model is at work on one of them at a time.
const WORKERS: usize = 4;
/// Messages that are remembered so that each is said once.
const SAID: usize = 256;
/// Substitutions that wait to be taken.
const NOTED: usize = 1024;
/// How long rendering waits for one phrase.
const PATIENCE: Duration = Duration::from_secs(120);
/// How long after its beginning a performance may wait for its first phrases.
const OPENING: Duration = Duration::from_millis(350);

/// A model on a device.
type Seat = (Sym, Option<Sym>);

/// What the store and its worker share.
pub(crate) struct Shared {
    state: Mutex<State>,
    phrases: Mutex<Cache<Arc<Phrase>>>,
    /// Something is in the queue, or the store is closed.
    wished: Condvar,
    /// A wish was met or refused.
    met: Condvar,
    notices: Notices,
    /// What is played on instruments that are listened to.
    played: Heard,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    /// Says something once.
    fn say(&self, text: String) {
        let mut state = lock(&self.state);
        if state.said.len() < SAID && state.said.insert(text.clone()) {
            self.notices.warn(text);
        }
    }

    /// A phrase that is there already.
    fn peek(&self, key: Key) -> Option<Arc<Phrase>> {
        lock(&self.phrases).get(key)
    }

    fn keep(&self, key: Key, phrase: Arc<Phrase>) {
        lock(&self.phrases).put(key, phrase);
    }

    /// The phrase was heard.
    fn heard(&self, key: Key, wish: &PhraseRequest, phrase: &Arc<Phrase>) {
        let mut state = lock(&self.state);
        state.late.remove(&key);
        if state.last.len() > KEPT {
            state.last.clear();
        }
        for lane in Key::lanes(wish) {
            state.last.insert(lane, (key, phrase.clone()));
        }
    }

    /// What can be heard for a phrase that is late.
    fn stand_in(&self, wish: &PhraseRequest) -> Option<(Key, Arc<Phrase>)> {
        let state = lock(&self.state);
        Key::lanes(wish).iter().find_map(|lane| state.last.get(lane).cloned())
    }

    /// Says that something else is heard for a phrase, once.
    fn say_late(&self, key: Key, wish: &PhraseRequest, heard: Option<Key>) {
        let mut state = lock(&self.state);
        if state.late.len() >= KEPT {
            state.late.clear();
        }
        if !state.late.insert(key) || state.refused.contains_key(&key) {
            return;
        }
        let then = match heard {
            None if !wish.given.is_empty() => "it is heard as it is until then",
            Some(_) => "the last one repeats",
            None => "it is silent until then",
        };
        self.notices.warn(format!("{}: a phrase is not ready, {then}", wish.verb));
    }

    /// Notes a substitution for the journal.
    fn note(&self, substitution: Substitution) {
        let mut state = lock(&self.state);
        if state.noted.len() < NOTED {
            state.noted.push(substitution);
        }
    }
}

/// All phrases, and the threads that make them.
pub struct PhraseStore {
    shared: Arc<Shared>,
    bench: Arc<Bench>,
}

impl PhraseStore {
    /// A store whose phrases are made by the models of `shelf`, on a thread of its own.
    pub fn new(shelf: Box<dyn Shelf>, notices: Notices) -> PhraseStore {
        let shared = Arc::new(Shared {
            state: Mutex::default(),
            phrases: Mutex::new(Cache::new(KEPT)),
            wished: Condvar::new(),
            met: Condvar::new(),
            notices,
            played: Heard::default(),
        });
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let bench = Arc::new(Bench::new(shelf));
        let store = PhraseStore { shared, bench };
        for n in 0..(cores / 2 + 1).clamp(1, WORKERS) {
            if let (Err(error), 0) = (store.hire(), n) {
                let shared = &store.shared;
                shared.say(format!("models stay silent: the system gives no thread ({error})"));
                lock(&shared.state).closed = true;
            }
        }
        store
    }

    /// One more thread that makes phrases.
    fn hire(&self) -> std::io::Result<()> {
        let worker = Worker::new(self.shared.clone(), self.bench.clone());
        let work = || {
            priority::ask(Urgency::Background);
            worker.run();
        };
        std::thread::Builder::new().name("phrases".into()).spawn(work).map(drop)
    }

    /// A store of the models that are installed; see [`library::folders`].
    pub fn installed(notices: Notices) -> PhraseStore {
        PhraseStore::new(Box::new(Folders(library::folders())), notices)
    }

    /// What is played on instruments that patterns listen to.
    pub fn heard(&self) -> Heard {
        self.shared.played.clone()
    }

    /// The world for playing: never waits.
    pub fn live(&self) -> Live {
        Live::new(self.shared.clone())
    }

    /// The world for looking ahead: lets phrases be made, and never says that one is late.
    pub fn ahead(&self) -> Ahead {
        Ahead(self.shared.clone())
    }

    /// The world for looking ahead when a performance begins: from now on it waits for phrases,
    /// for a third of a second in all, then never again.
    pub fn opening(&self) -> Patient {
        Patient { shared: self.shared.clone(), until: Some(Instant::now() + OPENING) }
    }

    /// The world for rendering: waits for each phrase.
    pub fn patient(&self) -> Patient {
        Patient { shared: self.shared.clone(), until: None }
    }

    /// The world for playing a performance again.
    pub fn again(&self) -> Again {
        Again::new(self.patient(), self.heard())
    }

    /// Waits until everything that was wished for is there, or the time is over; answers whether
    /// it is.
    pub fn settle(&self, most: Duration) -> bool {
        let until = Instant::now() + most;
        let mut state = lock(&self.shared.state);
        while !state.pending.is_empty() && !state.closed {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            let waited = self.shared.met.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }

    /// What was heard in place of late phrases since the last call, for the journal.
    pub fn take_substitutions(&self) -> Vec<Substitution> {
        std::mem::take(&mut lock(&self.shared.state).noted)
    }

    /// How many phrases are waiting or being made, and how many are kept.
    pub fn counts(&self) -> (usize, usize) {
        let waiting = lock(&self.shared.state).pending.len();
        (waiting, lock(&self.shared.phrases).len())
    }
}

impl Drop for PhraseStore {
    fn drop(&mut self) {
        lock(&self.shared.state).closed = true;
        self.shared.wished.notify_all();
        self.shared.met.notify_all();
    }
}

/// See [`PhraseStore::ahead`].
#[derive(Clone)]
pub struct Ahead(Arc<Shared>);

impl Ahead {
    /// How many phrases are waiting or being made.
    pub fn waiting(&self) -> usize {
        lock(&self.0.state).pending.len()
    }

    /// Gives up what was only looked ahead for, and not since then.
    pub fn forget_before(&self, then: Instant) {
        lock(&self.0.state).forget(|i| i.want == Want::Ahead && i.asked < then);
    }
}

impl World for Ahead {
    fn phrase(&self, wish: &PhraseRequest) -> Option<Arc<Phrase>> {
        self.0.ask(Key::of(wish), wish, Want::Ahead)
    }

    fn played(&self, source: Sym, span: Span, longest: Time) -> Played {
        self.0.played.played(source, span, longest, None)
    }

    fn calls(&self, source: Sym, span: Span) -> Vec<Arc<Call>> {
        self.0.played.calls(source, span, None)
    }

    fn expect(&self, like: &PhraseRequest) {
        self.0.ask(Key::of(like), like, Want::Ahead);
    }
}

/// See [`PhraseStore::patient`] and [`PhraseStore::opening`].
#[derive(Clone)]
pub struct Patient {
    shared: Arc<Shared>,
    /// When patience ends for good; without it each phrase has its own time.
    until: Option<Instant>,
}

impl World for Patient {
    fn phrase(&self, wish: &PhraseRequest) -> Option<Arc<Phrase>> {
        let shared = &self.shared;
        let key = Key::of(wish);
        let until = self.until.unwrap_or_else(|| Instant::now() + PATIENCE);
        loop {
            if let Some(phrase) = shared.ask(key, wish, Want::Firm) {
                return Some(phrase);
            }
            let state = lock(&shared.state);
            let left = until.saturating_duration_since(Instant::now());
            if state.closed || !state.pending.contains_key(&key) {
                // Met between the two looks, or refused.
                drop(state);
                return shared.peek(key);
            }
            if left.is_zero() {
                let mut state = state;
                match (self.until, state.pending.get_mut(&key)) {
                    // The music begins: from now on it is a phrase like any other.
                    (Some(_), Some(interest)) => interest.want = Want::Now,
                    _ => state.forget_one(key),
                }
                drop(state);
                if self.until.is_none() {
                    shared.say(format!("{}: a phrase took too long and is left out", wish.model));
                }
                return None;
            }
            drop(shared.met.wait_timeout(state, left));
        }
    }

    fn played(&self, source: Sym, span: Span, longest: Time) -> Played {
        self.shared.played.played(source, span, longest, None)
    }

    fn calls(&self, source: Sym, span: Span) -> Vec<Arc<Call>> {
        self.shared.played.calls(source, span, None)
    }
}

#[cfg(test)]
mod tests;
