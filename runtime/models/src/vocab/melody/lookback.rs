//! The look back of a melody: also at the pitch to which a sequence has moved.

use super::{NO_DURATION, NONE, PITCHES};
use crate::vocab::lookback::{LookBack, Pair, run_class};

/// Distances that are looked back, in bars.
pub const LAGS: [i32; 5] = [1, 2, 4, 8, 16];
/// How many of them, from the first, are also followed at another pitch (sequences).
pub const MOVED: usize = 2;
/// Columns that a look back fills.
pub const WIDTH: usize = 3 * LAGS.len() + 2 * MOVED + 3;

/// The events so far.
#[derive(Debug, Clone)]
pub struct Past {
    events: LookBack,
    rhythm_runs: [u32; MOVED],
    last_onset: i32,
}

impl Past {
    /// Nothing yet, in bars of so many ticks.
    pub fn new(bar: i32) -> Self {
        let events = LookBack::new(bar, &LAGS, (NONE, NO_DURATION));
        Self { events, rhythm_runs: [0; MOVED], last_onset: 0 }
    }

    /// The last event's token and duration.
    pub fn last(&self) -> Pair {
        self.events.last().unwrap_or((NONE, NO_DURATION))
    }

    /// How many events in a row were those of 2, 4 or 8 bars before.
    pub fn repeated(&self) -> u32 {
        let runs = LAGS.into_iter().zip(self.events.runs());
        runs.filter(|(lag, _)| (2..=8).contains(lag)).map(|(_, run)| run).max().unwrap_or(0)
    }

    /// Takes the next event in.
    pub fn push(&mut self, onset: i32, token: u8, duration: u8) {
        for (run, lag) in self.rhythm_runs.iter_mut().zip(LAGS) {
            let past = self.events.back(onset, lag);
            *run = if past.is_some_and(|p| p.1 == duration) { *run + 1 } else { 0 };
        }
        self.events.push(onset, (token, duration));
        self.last_onset = onset;
    }

    /// The columns for an event that begins at `now`, in the order of the card.
    pub fn columns(&self, now: i32) -> [i64; WIDTH] {
        let moved = LAGS.into_iter().zip(self.rhythm_runs).flat_map(|(lag, run)| {
            [i64::from(self.moved(now, lag).unwrap_or(NONE)), run_class(run)]
        });
        let values = self.events.lagged(now).flatten().chain(moved).chain(self.events.matched());
        let mut row = [0; WIDTH];
        row.iter_mut().zip(values).for_each(|(to, from)| *to = from);
        row
    }

    /// The token `lag` bars ago, moved as far as the last event lies from the one before it.
    fn moved(&self, now: i32, lag: i32) -> Option<u8> {
        let pitch = |pair: Pair| (pair.0 < PITCHES).then_some(i32::from(pair.0));
        let token = pitch(self.events.back(now, lag)?)?;
        let last = pitch(self.last())?;
        let before = pitch(self.events.back(self.last_onset, lag)?)?;
        u8::try_from(token + last - before).ok().filter(|&target| target < PITCHES)
    }
}
