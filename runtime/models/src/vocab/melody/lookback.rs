//! Looks back: what happened 1, 2, 4, 8 and 16 bars ago, and where the tune's own past agrees.

use std::collections::HashMap;

use super::{NO_DURATION, NONE, PITCHES};

/// Distances that are looked back, in bars.
pub const LAGS: [i32; 5] = [1, 2, 4, 8, 16];
/// How many of them, from the first, are also followed at another pitch (sequences).
pub const MOVED: usize = 2;
/// Events that must agree before the tune's own past is followed.
const MATCH: usize = 3;
/// Columns that a look back fills.
pub const WIDTH: usize = 3 * LAGS.len() + 2 * MOVED + 3;

/// A token and its duration.
type Pair = (u8, u8);

/// The events so far, kept so that a look back costs the same however long they are.
#[derive(Debug, Clone)]
pub struct Past {
    bar: i32,
    events: Vec<Pair>,
    at: HashMap<i32, usize>,
    runs: [u32; LAGS.len()],
    rhythm_runs: [u32; MOVED],
    seen: HashMap<[Pair; MATCH], usize>,
    follow: Option<usize>,
    followed: u32,
    last_onset: i32,
}

impl Past {
    /// Nothing yet, in bars of so many ticks.
    pub fn new(bar: i32) -> Self {
        Self {
            bar,
            events: Vec::new(),
            at: HashMap::new(),
            runs: [0; LAGS.len()],
            rhythm_runs: [0; MOVED],
            seen: HashMap::new(),
            follow: None,
            followed: 0,
            last_onset: 0,
        }
    }

    /// The last event's token and duration.
    pub fn last(&self) -> Pair {
        self.events.last().copied().unwrap_or((NONE, NO_DURATION))
    }

    /// Takes the next event in.
    pub fn push(&mut self, onset: i32, token: u8, duration: u8) {
        let event = (token, duration);
        for (i, lag) in LAGS.into_iter().enumerate() {
            let past = self.back(onset, lag);
            self.runs[i] = if past == Some(event) { self.runs[i] + 1 } else { 0 };
            if let Some(run) = self.rhythm_runs.get_mut(i) {
                *run = if past.is_some_and(|p| p.1 == duration) { *run + 1 } else { 0 };
            }
        }
        match self.follow {
            Some(at) if self.events.get(at) == Some(&event) => {
                self.follow = Some(at + 1);
                self.followed += 1;
            }
            _ => (self.follow, self.followed) = (None, 0),
        }
        self.at.insert(onset, self.events.len());
        self.events.push(event);
        self.last_onset = onset;
        self.seek();
    }

    /// Starts to follow the latest place where the last events already stood.
    fn seek(&mut self) {
        let Some(&context) = self.events.last_chunk::<MATCH>() else { return };
        let earlier = self.seen.insert(context, self.events.len());
        if self.follow.is_none() && earlier.is_some() {
            (self.follow, self.followed) = (earlier, MATCH as u32);
        }
    }

    fn back(&self, now: i32, lag: i32) -> Option<Pair> {
        let past = self.at.get(&(now - lag * self.bar))?;
        self.events.get(*past).copied()
    }

    /// The columns for an event that begins at `now`, in the order of the card.
    pub fn columns(&self, now: i32) -> [i64; WIDTH] {
        let mut row = [0; WIDTH];
        let mut fields = row.iter_mut();
        let mut put = |value: u32| {
            if let Some(field) = fields.next() {
                *field = i64::from(value);
            }
        };
        for (lag, run) in LAGS.into_iter().zip(self.runs) {
            let (token, duration) = self.back(now, lag).unwrap_or((NONE, NO_DURATION));
            put(token.into());
            put(duration.into());
            put(run_class(run));
        }
        for (lag, run) in LAGS.into_iter().zip(self.rhythm_runs) {
            put(self.moved(now, lag).unwrap_or(NONE).into());
            put(run_class(run));
        }
        let followed = self.follow.and_then(|at| self.events.get(at).copied());
        let (token, duration) = followed.unwrap_or((NONE, NO_DURATION));
        put(token.into());
        put(duration.into());
        put(run_class(self.followed));
        row
    }

    /// The token `lag` bars ago, moved as far as the last event lies from the one before it.
    fn moved(&self, now: i32, lag: i32) -> Option<u8> {
        let pitch = |pair: Pair| (pair.0 < PITCHES).then_some(i32::from(pair.0));
        let token = pitch(self.back(now, lag)?)?;
        let last = pitch(self.last())?;
        let before = pitch(self.back(self.last_onset, lag)?)?;
        u8::try_from(token + last - before).ok().filter(|&target| target < PITCHES)
    }
}

/// Lengths of runs in classes: 0, 1, 2, 3, 4-5, 6-8, 9-16, more.
fn run_class(run: u32) -> u32 {
    match run {
        0..=3 => run,
        4..=5 => 4,
        6..=8 => 5,
        9..=16 => 6,
        _ => 7,
    }
}
