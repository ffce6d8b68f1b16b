//! An event: a value with the time it fills and the source text that made it.

use crate::loc::Loc;
use crate::span::Span;
use crate::time::Time;
use crate::value::Value;
use smallvec::SmallVec;

/// An event names so many places at most: more would light up nothing that can still be read.
const PLACES: usize = 32;

/// The places in the source that caused an event.
#[derive(Default, PartialEq)]
pub struct Locs(SmallVec<[Loc; 4]>);

impl Clone for Locs {
    #[inline]
    fn clone(&self) -> Locs {
        Locs(SmallVec::from_slice(&self.0))
    }
}

impl Locs {
    /// No place.
    pub fn none() -> Locs {
        Locs::default()
    }
    /// One place.
    pub fn one(loc: Loc) -> Locs {
        let mut locs = SmallVec::new();
        locs.push(loc);
        Locs(locs)
    }
    /// All places, in the order they were met.
    pub fn as_slice(&self) -> &[Loc] {
        &self.0
    }
    /// Adds the places of another.
    #[inline]
    pub fn join(&mut self, other: &Locs) {
        for loc in &other.0 {
            if self.0.len() < PLACES && !self.0.contains(loc) {
                self.0.push(*loc);
            }
        }
    }
}

impl std::fmt::Debug for Locs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// An event, or the fragment of one that lies in the queried span ("hap").
#[derive(Clone, Debug, PartialEq)]
pub struct Hap {
    /// The time of the whole event; `None` for a continuous value that was sampled.
    pub whole: Option<Span>,
    /// The fragment that the query saw, within the whole.
    pub part: Span,
    /// What it carries.
    pub value: Value,
    /// What made it.
    pub locs: Locs,
}

impl Hap {
    /// The whole, or for a continuous value the part.
    #[inline]
    pub fn whole_or_part(&self) -> Span {
        self.whole.unwrap_or(self.part)
    }
    /// Whether the fragment holds the start of the event. Only onsets are heard.
    #[inline]
    pub fn has_onset(&self) -> bool {
        self.whole.is_some_and(|w| w.begin == self.part.begin)
    }
    /// Whole and part through `f`.
    #[inline]
    pub fn map_time(&mut self, f: impl Fn(Time) -> Time) {
        match self.whole {
            Some(w) if w == self.part => {
                let moved = w.map(f);
                self.whole = Some(moved);
                self.part = moved;
            }
            whole => {
                self.whole = whole.map(|w| w.map(&f));
                self.part = self.part.map(&f);
            }
        }
    }
}
