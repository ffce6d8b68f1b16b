//! Batches at work, and when they are ended half-way: between two steps of a network the worker asks
//! whether anybody still wants what it makes.

use super::{Key, Seat, Shared, State, Want, lock};
use mag_pattern::{Phrase, PhraseRequest};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long a batch may take in a performance. It is far more than models need that come with the
/// program; who brings a slow one must not lose the others' worker to it.
pub(super) const DEADLINE: Duration = Duration::from_secs(20);

/// How often it is asked whether a batch is still wanted.
const LOOK: Duration = Duration::from_millis(4);

/// Why a batch was ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// Nobody wants any of it: an edit has taken it off, or its time is past.
    Unwanted,
    /// Something that should sound already waits for the same model.
    Hurried,
    /// It took too long.
    Late,
}

/// Wishes that are being met together.
pub(super) struct Batch {
    pub number: u64,
    pub wishes: Vec<PhraseRequest>,
}

/// What is known of a batch at work.
pub(super) struct UnderWay {
    pub number: u64,
    pub seat: Seat,
    pub since: Instant,
    /// It was said that its model does not answer.
    pub said: bool,
    keys: Vec<Key>,
    /// When it was last asked whether the batch is wanted.
    looked: Instant,
    end: Option<End>,
}

impl UnderWay {
    pub fn new(batch: &Batch, seat: Seat) -> UnderWay {
        let keys = batch.wishes.iter().map(Key::of).collect();
        let now = Instant::now();
        UnderWay {
            number: batch.number,
            seat,
            since: now,
            said: false,
            keys,
            looked: now,
            end: None,
        }
    }
}

impl State {
    /// Why a batch should be ended, if it should.
    fn end_of(&self, batch: &UnderWay) -> Option<End> {
        let wanted = |key: &Key| self.pending.get(key).map(|interest| interest.want);
        let most = batch.keys.iter().filter_map(wanted).max();
        match (batch.end, most) {
            (Some(end), _) => Some(end),
            (None, None) => Some(End::Unwanted),
            (None, _) if self.closed => Some(End::Unwanted),
            (None, Some(Want::Firm)) => None,
            (None, Some(_)) if batch.since.elapsed() > DEADLINE => Some(End::Late),
            (None, Some(Want::Ahead)) => {
                let hurried = |wish: &PhraseRequest| {
                    let now =
                        self.pending.get(&Key::of(wish)).is_some_and(|i| i.want > Want::Ahead);
                    now && (wish.model, wish.device) == batch.seat
                };
                self.queue.iter().any(hurried).then_some(End::Hurried)
            }
            (None, Some(Want::Now)) => None,
        }
    }
}

impl Shared {
    /// Whether the work on a batch should end here. Once it has been told to, it is ended.
    pub fn should_end(&self, number: Option<u64>) -> bool {
        let Some(number) = number else { return false };
        let mut state = lock(&self.state);
        let Some(at) = state.busy.iter().position(|batch| batch.number == number) else {
            return false;
        };
        if state.busy[at].end.is_none() && state.busy[at].looked.elapsed() >= LOOK {
            state.forget_stale();
            state.busy[at].end = state.end_of(&state.busy[at]);
            state.busy[at].looked = Instant::now();
        }
        state.busy[at].end.is_some()
    }

    /// Whether the work on a batch was ended half-way.
    pub fn is_ended(&self, number: Option<u64>) -> bool {
        let state = lock(&self.state);
        number.is_some_and(|n| state.busy.iter().any(|b| b.number == n && b.end.is_some()))
    }

    /// A batch is done with: what was made is there for all; what was ended half-way goes back if it
    /// is still wanted, or is refused for a while.
    pub(super) fn finish(&self, batch: Batch, made: Vec<Option<Arc<Phrase>>>) {
        let mut made = made.into_iter();
        let all: Vec<_> = batch.wishes.into_iter().map(|w| (Key::of(&w), w, made.next())).collect();
        for (key, _, made) in &all {
            if let Some(Some(phrase)) = made {
                self.keep(*key, phrase.clone());
            }
        }
        let mut state = lock(&self.state);
        let at = state.busy.iter().position(|busy| busy.number == batch.number);
        let work = at.map(|at| state.busy.swap_remove(at));
        let end = work.as_ref().and_then(|work| work.end);
        let mut late = None;
        for (key, wish, made) in all {
            match (made.flatten(), end) {
                // It may have been given up and asked for again while it was being made.
                (Some(_), _) => state.forget_one(key),
                (None, Some(End::Hurried)) if state.pending.contains_key(&key) => {
                    state.queue.push_back(wish);
                }
                (None, Some(End::Hurried | End::Unwanted)) => {}
                (None, end) => {
                    state.pending.remove(&key);
                    state.refuse(key);
                    late = late.or(end.map(|_| wish.model));
                }
            }
        }
        drop(state);
        if let Some(work) = work.filter(|work| work.said) {
            self.notices.info(format!("{}: the model answers again", work.seat.0));
        }
        if let Some(model) = late {
            let seconds = DEADLINE.as_secs();
            self.say(format!("{model}: a phrase took more than {seconds} s and is left out"));
        }
        self.wished.notify_all();
        self.met.notify_all();
    }
}
