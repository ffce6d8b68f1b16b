//! A stretch of time.

use crate::query::QUERY_LIMIT;
use crate::time::Time;

/// The time `[begin, end)`; a single point when both are equal.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Span {
    /// First moment.
    pub begin: Time,
    /// Moment after the last.
    pub end: Time,
}

impl Span {
    /// `[begin, end)`.
    pub fn new(begin: Time, end: Time) -> Span {
        Span { begin, end }
    }
    /// The whole of cycle `n`.
    pub fn cycle(n: i64) -> Span {
        Span::new(Time::int(n), Time::int(n) + Time::ONE)
    }
    /// Length in cycles.
    pub fn duration(self) -> Time {
        self.end - self.begin
    }
    /// Middle.
    pub fn midpoint(self) -> Time {
        self.begin + self.duration() * Time::new(1, 2)
    }
    /// Both ends through `f`.
    #[inline]
    pub fn map(self, f: impl Fn(Time) -> Time) -> Span {
        Span::new(f(self.begin), f(self.end))
    }

    /// What two spans share; `None` if they only touch, unless one is a point inside the other.
    #[inline]
    pub fn sect(self, other: Span) -> Option<Span> {
        let shared = Span::new(self.begin.max(other.begin), self.end.min(other.end));
        if shared.begin < shared.end {
            return Some(shared);
        }
        if shared.begin > shared.end || !shared.begin.is_defined() || !shared.end.is_defined() {
            return None;
        }
        let at_end_of = |s: Span| shared.begin == s.end && s.begin < s.end;
        (!at_end_of(self) && !at_end_of(other)).then_some(shared)
    }

    /// Calls `f` with the number and the piece of every cycle that the span touches.
    #[inline]
    pub fn each_cycle(self, mut f: impl FnMut(i64, Span)) {
        let mut begin = self.begin;
        if !(begin <= self.end) {
            return;
        }
        // As many cycles as a query may visit, and one more to find that it may not.
        for _ in 0..=QUERY_LIMIT {
            let cycle = begin.floor();
            let next = Time::int(cycle) + Time::ONE;
            if !(next < self.end) {
                f(cycle, Span::new(begin, self.end));
                return;
            }
            f(cycle, Span::new(begin, next));
            begin = next;
        }
    }
}
