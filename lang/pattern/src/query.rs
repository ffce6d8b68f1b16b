//! A question to a pattern: limits, tempo, the world, and room to work in.

use crate::hap::{Hap, Locs};
use crate::time::Time;
use crate::world::{Nowhere, Trouble, World};

/// Most work one query may do: events made, cycles visited and patterns asked.
pub const QUERY_LIMIT: usize = 200_000;
/// Said when a query would do more work than it may.
const EXHAUSTED: &str = "more than 200000 events in a cycle";
/// Said when a time does not fit into a fraction of two 64-bit numbers.
pub(crate) const OVERFLOW: &str = "time overflow: this is too far, too slow or too fine to count";
/// How deeply patterns may be nested.
pub const DEPTH_LIMIT: usize = 400;

/// Whether a message of trouble is that there was too much work.
pub fn is_exhausted(message: &str) -> bool {
    message == EXHAUSTED
}

/// What accompanies one query through the tree of patterns.
pub struct Query<'w> {
    /// Where phrases come from.
    pub world: &'w dyn World,
    /// Cycles per second at the time of the query.
    pub cps: f64,
    /// Meter: beats of a bar, note value of a beat.
    pub meter: (u32, u32),
    /// Which random numbers are drawn; 0 unless a pattern asks for others.
    pub seed: i64,
    /// Whether a phrase that was asked for was not there: what depends on it is not final.
    pub late: bool,
    /// Whether a pattern asked what somebody plays: its answer depends on when it was asked.
    pub played: bool,
    /// Another take of a whole set: moves every random number in it; 0 unless the set asks for one.
    pub take: i64,
    fuel: usize,
    depth: usize,
    trouble: Option<Trouble>,
    scratch: Vec<Vec<Hap>>,
}

impl Default for Query<'_> {
    fn default() -> Self {
        Query::new(&Nowhere)
    }
}

impl<'w> Query<'w> {
    /// A query with full limits, at 0.5 cycles a second, in 4/4.
    pub fn new(world: &'w dyn World) -> Query<'w> {
        let scratch = Vec::new();
        Query {
            world,
            cps: 0.5,
            meter: (4, 4),
            seed: 0,
            late: false,
            played: false,
            take: 0,
            fuel: QUERY_LIMIT,
            depth: 0,
            trouble: None,
            scratch,
        }
    }
    /// A query that may do no more than this much work: for a glance at a pattern.
    pub fn of_work(work: usize) -> Query<'static> {
        Query { fuel: work, ..Query::new(&Nowhere) }
    }
    /// What is added to the stream of each function that draws by chance: from the seed and the take.
    pub fn stream(&self) -> i64 {
        self.seed.wrapping_mul(7919).wrapping_add(self.take_stream())
    }
    /// The part of [`Query::stream`] that no `seed` in a pattern replaces.
    pub fn take_stream(&self) -> i64 {
        self.take.wrapping_mul(1_000_003)
    }
    /// Full limits again, and no trouble: for the next query with the same buffers.
    pub fn restart(&mut self) {
        self.fuel = QUERY_LIMIT;
        self.depth = 0;
        self.late = false;
        self.played = false;
        self.trouble = None;
    }
    /// What went wrong first, if anything.
    pub fn trouble(&self) -> Option<&Trouble> {
        self.trouble.as_ref()
    }
    /// Notes what went wrong; the first note stands.
    #[cold]
    pub fn fail(&mut self, locs: &Locs, message: impl FnOnce() -> String) {
        if self.trouble.is_none() {
            let loc = locs.as_slice().first().copied();
            self.trouble = Some(Trouble { message: message(), loc });
        }
    }
    /// Pays for work; false once the limit is reached (the caller then stops).
    #[inline]
    pub fn spend(&mut self, work: usize) -> bool {
        if self.fuel < work {
            self.exhaust();
            return false;
        }
        self.fuel -= work;
        true
    }
    #[cold]
    fn exhaust(&mut self) {
        self.fuel = 0;
        self.fail(&Locs::none(), || EXHAUSTED.into());
    }
    /// Work that may still be done.
    pub fn left(&self) -> usize {
        self.fuel
    }
    /// Notes that a time is past what can be counted exactly.
    #[cold]
    pub(crate) fn overflow(&mut self) {
        self.fail(&Locs::none(), || OVERFLOW.into());
    }
    /// Goes one level deeper; false when too deep or out of work. Every success is paired with
    /// [`Query::leave`].
    #[inline]
    pub(crate) fn enter(&mut self) -> bool {
        if self.depth >= DEPTH_LIMIT {
            self.fail(&Locs::none(), || "patterns nested too deeply".into());
            return false;
        }
        // Paid for here, so that a tree that visits a branch over and over ends as well.
        if self.fuel == 0 {
            self.exhaust();
            return false;
        }
        self.fuel -= 1;
        self.depth += 1;
        true
    }
    /// Pays for going through events that are there already: far less than making them.
    #[inline]
    pub(crate) fn pay(&mut self, events: usize) {
        self.fuel = self.fuel.saturating_sub(events / 2);
    }
    /// Every time of events through `f`; notes when one leaves the range of exact time.
    #[inline]
    pub(crate) fn moved(&mut self, haps: &mut [Hap], f: impl Fn(Time) -> Time) {
        self.pay(haps.len());
        let mut exact = true;
        for hap in haps {
            hap.map_time(&f);
            exact &= hap.part.begin.is_defined() & hap.part.end.is_defined();
        }
        if !exact {
            self.overflow();
        }
    }
    /// Comes back from [`Query::enter`].
    #[inline]
    pub(crate) fn leave(&mut self) {
        self.depth -= 1;
    }
    /// An empty buffer; give it back with [`Query::give`] so that the next query need not allocate.
    #[inline]
    pub(crate) fn take(&mut self) -> Vec<Hap> {
        self.scratch.pop().unwrap_or_default()
    }
    /// Returns a buffer.
    #[inline]
    pub(crate) fn give(&mut self, mut buffer: Vec<Hap>) {
        buffer.clear();
        self.scratch.push(buffer);
    }
}
