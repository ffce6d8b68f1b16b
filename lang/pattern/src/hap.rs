//! An event: a value with the time it fills and the source text that made it.

use crate::loc::Loc;
use crate::span::Span;
use crate::sym::Sym;
use crate::time::Time;
use crate::value::Value;
use smallvec::SmallVec;

/// An event names so many places at most: more would light up nothing that can still be read.
const PLACES: usize = 32;

/// What made an event: places in the source, and the scale that its note was taken from.
#[derive(Default, PartialEq)]
pub struct Locs {
    places: SmallVec<[Loc; 4]>,
    /// The scale, as in `D:dorian`, so that later functions can move along it.
    pub scale: Option<Sym>,
}

impl Clone for Locs {
    #[inline]
    fn clone(&self) -> Locs {
        Locs { places: SmallVec::from_slice(&self.places), scale: self.scale }
    }
}

impl Locs {
    /// No place.
    pub fn none() -> Locs {
        Locs::default()
    }
    /// One place.
    pub fn one(loc: Loc) -> Locs {
        let mut places = SmallVec::new();
        places.push(loc);
        Locs { places, scale: None }
    }
    /// All places, in the order they were met.
    pub fn as_slice(&self) -> &[Loc] {
        &self.places
    }
    /// Adds the places of another; its scale, if it has one, takes over.
    #[inline]
    pub fn join(&mut self, other: &Locs) {
        for loc in &other.places {
            if self.places.len() < PLACES && !self.places.contains(loc) {
                self.places.push(*loc);
            }
        }
        self.scale = other.scale.or(self.scale);
    }
}

impl std::fmt::Debug for Locs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.places.fmt(f)
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
    /// Its value through `f`, which is given the old one; false if there is no new one.
    #[inline]
    pub(crate) fn change(&mut self, f: impl FnOnce(Value, &mut Locs) -> Option<Value>) -> bool {
        let value = std::mem::replace(&mut self.value, Value::Bool(false));
        match f(value, &mut self.locs) {
            Some(value) => {
                self.value = value;
                true
            }
            None => false,
        }
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
