//! Looks back over a row of events: what began some bars ago, and where the past agrees with now.

use std::collections::HashMap;

/// A token and its duration.
pub type Pair = (u8, u8);

/// Events that must agree before the row's own past is followed.
const MATCH: usize = 3;

/// The events so far, kept so that a look back costs the same however long they are.
#[derive(Debug, Clone)]
pub struct LookBack {
    bar: i32,
    lags: &'static [i32],
    nothing: Pair,
    events: Vec<Pair>,
    at: HashMap<i32, usize>,
    runs: Vec<u32>,
    seen: HashMap<[Pair; MATCH], usize>,
    follow: Option<usize>,
    followed: u32,
}

impl LookBack {
    /// Nothing yet, in bars of so many ticks; `nothing` stands for no event.
    pub fn new(bar: i32, lags: &'static [i32], nothing: Pair) -> Self {
        Self {
            bar,
            lags,
            nothing,
            events: Vec::new(),
            at: HashMap::new(),
            runs: vec![0; lags.len()],
            seen: HashMap::new(),
            follow: None,
            followed: 0,
        }
    }

    /// The last event, if there is one.
    pub fn last(&self) -> Option<Pair> {
        self.events.last().copied()
    }

    /// The event that began at a tick.
    pub fn began(&self, tick: i32) -> Option<Pair> {
        self.at.get(&tick).and_then(|&index| self.events.get(index)).copied()
    }

    /// The event that began exactly so many bars before a tick.
    pub fn back(&self, now: i32, lag: i32) -> Option<Pair> {
        self.began(now - lag * self.bar)
    }

    /// For every lag how many events in a row, up to the last, were those so many bars before.
    pub fn runs(&self) -> impl Iterator<Item = u32> {
        self.runs.iter().copied()
    }

    /// Takes the next event in.
    pub fn push(&mut self, onset: i32, event: Pair) {
        for (i, &lag) in self.lags.iter().enumerate() {
            let same = self.back(onset, lag) == Some(event);
            self.runs[i] = if same { self.runs[i] + 1 } else { 0 };
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

    /// Token, duration and run of every lag, for an event that begins at `now`.
    pub fn lagged(&self, now: i32) -> impl Iterator<Item = [i64; 3]> {
        self.lags
            .iter()
            .zip(&self.runs)
            .map(move |(&lag, &run)| columns(self.back(now, lag).unwrap_or(self.nothing), run))
    }

    /// Token, duration and run of the place in the past that is followed.
    pub fn matched(&self) -> [i64; 3] {
        let followed = self.follow.and_then(|at| self.events.get(at).copied());
        columns(followed.unwrap_or(self.nothing), self.followed)
    }
}

fn columns((token, duration): Pair, run: u32) -> [i64; 3] {
    [token.into(), duration.into(), run_class(run)]
}

/// Lengths of runs in classes: 0, 1, 2, 3, 4-5, 6-8, 9-16, more.
pub(crate) fn run_class(run: u32) -> i64 {
    match run {
        0..=3 => run.into(),
        4..=5 => 4,
        6..=8 => 5,
        9..=16 => 6,
        _ => 7,
    }
}
