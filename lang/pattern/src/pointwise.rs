//! Nodes that work on each moment by itself: signals, and changes of values and places.
//!
//! They can be sampled: asked for the value at a moment, without an event to carry it.

use crate::hap::{Hap, Locs};
use crate::pattern::{Node, Pattern, retain_from};
use crate::query::Query;
use crate::span::Span;
use crate::time::Time;
use crate::value::Value;

/// A continuous value: a function of time.
pub(crate) struct Signal<F>(pub F);

impl<F: Fn(Time, &Query) -> Value + Send + Sync> Node for Signal<F> {
    fn query(&self, span: Span, q: &mut Query, out: &mut Vec<Hap>) {
        if span.begin <= span.end {
            let value = (self.0)(span.begin, q);
            out.push(Hap { whole: None, part: span, value, locs: Locs::none() });
        }
    }
    fn sample(&self, t: Time, q: &mut Query, _locs: &mut Locs) -> Option<Value> {
        Some((self.0)(t, q))
    }
}

/// Every value through a function; where it gives `None` the event is dropped.
pub(crate) struct Mapped<F> {
    pub inner: Pattern,
    pub change: F,
}

impl<F: Fn(&mut Query, Value, &Locs) -> Option<Value> + Send + Sync> Node for Mapped<F> {
    fn query(&self, span: Span, q: &mut Query, out: &mut Vec<Hap>) {
        let start = out.len();
        self.inner.query(span, q, out);
        retain_from(out, start, |hap| hap.change(|value, locs| (self.change)(q, value, locs)));
    }
    fn sample(&self, t: Time, q: &mut Query, locs: &mut Locs) -> Option<Value> {
        let value = self.inner.sample(t, q, locs)?;
        (self.change)(q, value, locs)
    }
}

/// Places added to every event.
pub(crate) struct Located {
    pub inner: Pattern,
    pub locs: Locs,
}

impl Node for Located {
    fn query(&self, span: Span, q: &mut Query, out: &mut Vec<Hap>) {
        let start = out.len();
        self.inner.query(span, q, out);
        out[start..].iter_mut().for_each(|hap| hap.locs.join(&self.locs));
    }
    fn sample(&self, t: Time, q: &mut Query, locs: &mut Locs) -> Option<Value> {
        let value = self.inner.sample(t, q, locs)?;
        locs.join(&self.locs);
        Some(value)
    }
}
