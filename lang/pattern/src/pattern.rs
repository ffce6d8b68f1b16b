//! Patterns: pure functions from a span of time to events.

use crate::hap::{Hap, Locs};
use crate::pointwise::{Located, Mapped, Signal};
use crate::query::Query;
use crate::seq::{Seq, Slot};
use crate::span::Span;
use crate::time::Time;
use crate::value::Value;
use std::sync::Arc;

/// A change of values: `None` drops the event.
pub type ValueMap = Arc<dyn Fn(&Value) -> Option<Value> + Send + Sync>;
/// A change of values that may fail, and says why.
type TryMap = Arc<dyn Fn(Value) -> Result<Option<Value>, String> + Send + Sync>;

/// One node of the tree that a pattern is made of.
pub trait Node: Send + Sync {
    /// Appends the events of `span` to `out`. Looks at nothing but its arguments.
    fn query(&self, span: Span, q: &mut Query, out: &mut Vec<Hap>);

    /// The slots of one cycle, if every cycle is the same and made of plain values. They may reach
    /// into the next cycle.
    fn tiles(&self) -> Option<&[Slot]> {
        None
    }
    /// [`Node::tiles`], if none of them reaches into the next cycle.
    fn slots(&self) -> Option<&[Slot]> {
        None
    }
    /// The value at a moment, if this is a continuous value; adds its places to `locs`. A join
    /// with events then needs no event of its own for it.
    fn sample(&self, _t: Time, _q: &mut Query, _locs: &mut Locs) -> Option<Value> {
        None
    }
    /// The patterns that sound at once, if this is no more than that.
    fn layers(&self) -> Option<&[Pattern]> {
        None
    }
    /// Adds places to all its values in place, where they are known in advance.
    fn locate_now(&mut self, _locs: &Locs) -> bool {
        false
    }
    /// About how much there is to write when [`Node::over`] reaches every value.
    fn size(&self) -> u32 {
        1
    }
    /// The same node over what `f` makes of the patterns in it: the way by which a change of each
    /// value gets to the values that are known in advance.
    fn over(&self, _f: &dyn Fn(&Pattern) -> Pattern) -> Option<Pattern> {
        None
    }
}

impl<F: Fn(Span, &mut Query, &mut Vec<Hap>) + Send + Sync> Node for F {
    fn query(&self, span: Span, q: &mut Query, out: &mut Vec<Hap>) {
        self(span, q, out);
    }
}

/// A pattern: cheap to copy, never changed once made.
///
/// The tree behind it is queried depth first; each node appends to one shared list of events and
/// then changes what it appended in place, so a query allocates nothing that grows with the tree.
#[derive(Clone)]
pub struct Pattern {
    node: Arc<dyn Node>,
    /// Number of steps of a cycle, for the functions that count in steps.
    pub steps: Option<Time>,
    /// How many patterns deep the tree is, as counted by whoever builds it.
    pub depth: u16,
    /// About how much there is to rewrite when the tree is rewritten; see [`Node::size`].
    size: u32,
}

/// Trees larger than this are not rewritten but their events changed when asked for.
const REWRITE_LIMIT: u32 = 4096;

impl std::fmt::Debug for Pattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Pattern(steps {:?})", self.steps)
    }
}

impl Pattern {
    /// A pattern of a node, with no count of steps.
    pub fn new(node: impl Node + 'static) -> Pattern {
        let size = node.size();
        Pattern { node: Arc::new(node), steps: None, depth: 0, size }
    }
    /// About how much there is to rewrite when the tree is rewritten.
    pub(crate) fn size(&self) -> u32 {
        self.size
    }
    /// No events, and a word about why.
    pub fn failing(message: impl Into<String>) -> Pattern {
        let message = message.into();
        Pattern::of(move |_, q, _| q.fail(&Locs::none(), || message.clone()))
    }
    /// What becomes of a pattern whose times cannot be counted exactly.
    pub(crate) fn overflow() -> Pattern {
        Pattern::of(|_, q, _| q.overflow())
    }
    /// A pattern of a query function.
    pub fn of(query: impl Fn(Span, &mut Query, &mut Vec<Hap>) + Send + Sync + 'static) -> Pattern {
        Pattern::new(query)
    }
    /// No events.
    pub fn silence() -> Pattern {
        Pattern::new(Seq::new(Vec::new())).with_steps(Some(Time::ONE))
    }
    /// No events and no steps.
    pub fn nothing() -> Pattern {
        Pattern::new(Seq::new(Vec::new())).with_steps(Some(Time::ZERO))
    }
    /// One value, once a cycle.
    pub fn pure(value: impl Into<Value>) -> Pattern {
        Pattern::pure_at(value.into(), Locs::none())
    }
    /// One value, once a cycle, with the place it was written in.
    pub fn pure_at(value: Value, locs: Locs) -> Pattern {
        let slot = Slot { begin: Time::ZERO, end: Time::ONE, value, locs };
        Pattern::new(Seq::new(vec![slot])).with_steps(Some(Time::ONE))
    }
    /// A continuous value: `f` of the time at which it is sampled.
    pub fn signal(f: impl Fn(Time, &Query) -> Value + Send + Sync + 'static) -> Pattern {
        Pattern::new(Signal(f))
    }

    /// The same with another count of steps.
    pub fn with_steps(mut self, steps: Option<Time>) -> Pattern {
        self.steps = steps;
        self
    }
    /// The value, if this is one value once a cycle.
    pub fn constant(&self) -> Option<&Value> {
        match self.node.slots()? {
            [slot] if slot.begin.is_zero() && slot.end == Time::ONE => Some(&slot.value),
            _ => None,
        }
    }
    /// The slots of one cycle, if every cycle is the same and made of plain values, each within
    /// the cycle.
    pub fn slots(&self) -> Option<&[Slot]> {
        self.node.slots()
    }
    /// Like [`Pattern::slots`], but they may reach into the next cycle.
    pub(crate) fn tiles(&self) -> Option<&[Slot]> {
        self.node.tiles()
    }
    /// Whether this is a continuous value, to be had by [`Pattern::sample`].
    pub(crate) fn is_signal(&self) -> bool {
        self.sample(Time::ZERO, &mut Query::default(), &mut Locs::none()).is_some()
    }
    /// See [`Node::sample`].
    pub(crate) fn sample(&self, t: Time, q: &mut Query, locs: &mut Locs) -> Option<Value> {
        if !t.is_countable() {
            q.overflow();
            return None;
        }
        if !q.enter() {
            return None;
        }
        let value = self.node.sample(t, q, locs);
        q.leave();
        value
    }
    /// The patterns that sound at once, if this is no more than that, and little enough to rewrite.
    pub(crate) fn layers(&self) -> Option<&[Pattern]> {
        self.node.layers().filter(|_| self.size <= REWRITE_LIMIT)
    }
    /// See [`Node::over`].
    fn over(&self, f: &dyn Fn(&Pattern) -> Pattern) -> Option<Pattern> {
        // A tree that shares branches would be written out in full, each branch many times over.
        if self.size > REWRITE_LIMIT {
            return None;
        }
        self.node.over(f).map(|p| p.with_steps(self.steps))
    }

    /// The same with places added to every event.
    pub fn located(mut self, locs: &Locs) -> Pattern {
        if locs.as_slice().is_empty() {
            return self;
        }
        if Arc::get_mut(&mut self.node).is_some_and(|node| node.locate_now(locs)) {
            return self;
        }
        if let Some(tiles) = self.tiles() {
            let mut seq = Seq::new(tiles.to_vec());
            seq.locate_now(locs);
            return Pattern::new(seq).with_steps(self.steps);
        }
        if let Some(marked) = self.over(&|inner| inner.clone().located(locs)) {
            return marked;
        }
        let steps = self.steps;
        Pattern::new(Located { inner: self, locs: locs.clone() }).with_steps(steps)
    }

    /// Appends the events of `span` to `out`.
    #[inline]
    pub fn query(&self, span: Span, q: &mut Query, out: &mut Vec<Hap>) {
        if !(span.begin.is_countable() && span.end.is_countable()) {
            return q.overflow();
        }
        if q.enter() {
            self.node.query(span, q, out);
            q.leave();
        }
    }
    /// The events of `[begin, end)`, with default limits and no world: for tests and tools.
    pub fn events(&self, begin: impl Into<Time>, end: impl Into<Time>) -> Vec<Hap> {
        let mut out = Vec::new();
        self.query(Span::new(begin.into(), end.into()), &mut Query::default(), &mut out);
        out
    }

    /// Every value through `f`.
    pub fn map(&self, f: impl Fn(&Value) -> Value + Send + Sync + 'static) -> Pattern {
        self.filter_map(move |v| Some(f(v)))
    }
    /// Every value through `f`; where it gives `None` the event is dropped.
    pub fn filter_map(
        &self,
        f: impl Fn(&Value) -> Option<Value> + Send + Sync + 'static,
    ) -> Pattern {
        self.mapped(Arc::new(f))
    }
    /// [`Pattern::filter_map`] with a shared function.
    pub fn mapped(&self, f: ValueMap) -> Pattern {
        if let Some(tiles) = self.tiles() {
            let mapped = |slot: &Slot| Some(Slot { value: f(&slot.value)?, ..slot.clone() });
            let slots = tiles.iter().filter_map(mapped).collect();
            return Pattern::new(Seq::new(slots)).with_steps(self.steps);
        }
        if let Some(done) = self.over(&|inner| inner.mapped(f.clone())) {
            return done;
        }
        let change = move |_: &mut Query, value: Value, _: &Locs| f(&value);
        Pattern::new(Mapped { inner: self.clone(), change }).with_steps(self.steps)
    }
    /// Every value through `f`; `None` drops the event, `Err` drops it and says why.
    pub fn try_map(
        &self,
        f: impl Fn(Value) -> Result<Option<Value>, String> + Send + Sync + 'static,
    ) -> Pattern {
        self.try_mapped(Arc::new(f))
    }
    fn try_mapped(&self, f: TryMap) -> Pattern {
        if let Some(tiles) = self.tiles() {
            let mapped = |slot: &Slot| match f(slot.value.clone()) {
                Ok(value) => value.map(|value| Ok(Slot { value, ..slot.clone() })),
                Err(message) => Some(Err(message)),
            };
            // A value that cannot be mapped is told about when it is asked for.
            if let Ok(slots) = tiles.iter().filter_map(mapped).collect() {
                return Pattern::new(Seq::new(slots)).with_steps(self.steps);
            }
        } else if let Some(done) = self.over(&|inner| inner.try_mapped(f.clone())) {
            return done;
        }
        let change = move |q: &mut Query, value: Value, locs: &Locs| {
            f(value).unwrap_or_else(|message| {
                q.fail(locs, || message);
                None
            })
        };
        Pattern::new(Mapped { inner: self.clone(), change }).with_steps(self.steps)
    }
    /// Every event through `f`, in place; where it answers false the event is dropped.
    pub fn each(
        &self,
        f: impl Fn(&mut Query, &mut Hap) -> bool + Send + Sync + 'static,
    ) -> Pattern {
        let inner = self.clone();
        Pattern::of(move |span, q, out| {
            let start = out.len();
            inner.query(span, q, out);
            q.pay(out.len() - start);
            retain_from(out, start, |hap| f(q, hap));
        })
        .with_steps(self.steps)
    }
    /// Only the events for which `f` holds.
    pub fn filter(&self, f: impl Fn(&Hap) -> bool + Send + Sync + 'static) -> Pattern {
        self.each(move |_, hap| f(hap))
    }
    /// Only events, no sampled continuous values.
    pub fn discrete(&self) -> Pattern {
        if self.tiles().is_some() {
            return self.clone();
        }
        self.filter(|hap| hap.whole.is_some())
    }
    /// Only whole events that begin in the query.
    pub fn onsets(&self) -> Pattern {
        self.filter(Hap::has_onset)
    }
    /// Asks each cycle on its own.
    pub fn split_cycles(&self) -> Pattern {
        let inner = self.clone();
        Pattern::of(move |span, q, out| {
            span.each_cycle(|_, piece| {
                if q.spend(1) {
                    inner.query(piece, q, out);
                }
            });
        })
        .with_steps(self.steps)
    }
    /// Queries at `ask(t)`, and moves what comes back by `answer(t)`.
    pub fn warp(
        &self,
        ask: impl Fn(Time) -> Time + Send + Sync + 'static,
        answer: impl Fn(Time) -> Time + Send + Sync + 'static,
    ) -> Pattern {
        let inner = self.clone();
        Pattern::of(move |span, q, out| {
            let start = out.len();
            inner.query(span.map(&ask), q, out);
            q.moved(&mut out[start..], &answer);
        })
        .with_steps(self.steps)
    }
}

/// Keeps those events from `start` on for which `keep` answers true; `keep` may change them.
pub(crate) fn retain_from(
    out: &mut Vec<Hap>,
    start: usize,
    mut keep: impl FnMut(&mut Hap) -> bool,
) {
    let mut kept = start;
    for i in start..out.len() {
        if keep(&mut out[i]) {
            if kept != i {
                out.swap(kept, i);
            }
            kept += 1;
        }
    }
    out.truncate(kept);
}
