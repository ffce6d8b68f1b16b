//! Two patterns as one: an operation on values, and an alignment for their structure.

use crate::hap::{Hap, Locs};
use crate::pattern::{Node, Pattern, retain_from};
use crate::query::Query;
use crate::span::Span;
use crate::time::Time;
use crate::value::Value;
use std::sync::Arc;

/// Joins a value of the left with one of the right pattern; `None` drops the event, `Err` says why
/// the two cannot be joined. The left is given away, so that controls can be set in place.
pub type Combine = Arc<dyn Fn(Value, &Value) -> Joined + Send + Sync>;

/// What two values make.
pub type Joined = Result<Option<Value>, String>;

/// Where the structure of the result comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// From the left pattern.
    In,
    /// From the right pattern.
    Out,
    /// From both: events are what two events share.
    Mix,
    /// A cycle of the right is squeezed into each event of the left.
    Squeeze,
    /// A cycle of the left is squeezed into each event of the right.
    SqueezeOut,
    /// Each event of the right starts the left's cycle anew.
    Reset,
    /// Each event of the right starts the left from its cycle 0.
    Restart,
    /// From the left; the right goes at the left's pace in steps.
    Poly,
}

impl Align {
    /// All alignments with their suffix in mag (`add`, `addOut`, …).
    pub const ALL: [(Align, &'static str); 8] = [
        (Align::In, ""),
        (Align::Out, "Out"),
        (Align::Mix, "Mix"),
        (Align::Squeeze, "Squeeze"),
        (Align::SqueezeOut, "SqueezeOut"),
        (Align::Reset, "Reset"),
        (Align::Restart, "Restart"),
        (Align::Poly, "Poly"),
    ];
}

/// `left` and `right` joined by `op` under an alignment.
pub fn combine(align: Align, left: &Pattern, right: &Pattern, op: Combine) -> Pattern {
    match align {
        Align::In => combine_in(left, right, op),
        Align::Out => {
            let flipped: Combine = Arc::new(move |a, b| op(b.clone(), &a));
            combine_in(right, left, flipped)
        }
        Align::Mix => combine_mix(left, right, op),
        Align::Squeeze => {
            let right = right.clone();
            left.squeeze_join(move |a| applied(&right, a, &op, false))
        }
        Align::SqueezeOut => {
            let left = left.clone();
            right.squeeze_join(move |b| applied(&left, b, &op, true))
        }
        Align::Reset => {
            let left = left.clone();
            right.reset_join(move |b| applied(&left, b, &op, true))
        }
        Align::Restart => {
            let left = left.clone();
            right.restart_join(move |b| applied(&left, b, &op, true))
        }
        Align::Poly => combine_poly(left, right, op),
    }
}

/// `pattern` with a fixed value on one side of `op`.
fn applied(pattern: &Pattern, fixed: &Value, op: &Combine, fixed_is_right: bool) -> Pattern {
    let (fixed, op) = (fixed.clone(), op.clone());
    pattern.try_map(move |v| if fixed_is_right { op(v, &fixed) } else { op(fixed.clone(), &v) })
}

fn combine_in(left: &Pattern, right: &Pattern, op: Combine) -> Pattern {
    if let (Some([slot]), Some(_)) = (right.slots(), right.constant()) {
        let marked = left.clone().located(&slot.locs);
        return applied(&marked, &slot.value, &op, true).with_steps(left.steps);
    }
    let (ours, theirs) = (left.clone(), right.clone());
    if right.is_signal() {
        let sampled = Sampled { events: ours, signal: theirs, op };
        return Pattern::new(sampled).with_steps(left.steps);
    }
    let joined = Pattern::of(move |span, q, out| {
        let mut haps = q.take();
        let mut found = q.take();
        ours.query(span, q, &mut haps);
        for hap in haps.drain(..) {
            theirs.query(hap.whole_or_part(), q, &mut found);
            found.retain(|other| hap.part.sect(other.part).is_some());
            // The last one takes the event as it is; the others take copies.
            let last = found.pop();
            for other in found.drain(..) {
                push_joined(q, out, &op, hap.clone(), &other);
            }
            if let Some(other) = last {
                push_joined(q, out, &op, hap, &other);
            }
        }
        q.give(found);
        q.give(haps);
    });
    joined.with_steps(left.steps)
}

/// Appends the event that two events make, cut to what they share, or notes why they make none.
fn push_joined(q: &mut Query, out: &mut Vec<Hap>, op: &Combine, mut a: Hap, b: &Hap) {
    let Some(part) = a.part.sect(b.part) else { return };
    a.locs.join(&b.locs);
    match op(a.value, &b.value) {
        Ok(Some(value)) => out.push(Hap { whole: a.whole, part, value, locs: a.locs }),
        Ok(None) => {}
        Err(message) => q.fail(&a.locs, || message),
    }
}

/// Each event of the left, in place, with the value of a signal at its start.
struct Sampled {
    events: Pattern,
    signal: Pattern,
    op: Combine,
}

impl Sampled {
    fn joined(&self, value: Value, t: Time, q: &mut Query, locs: &mut Locs) -> Option<Value> {
        let mut places = Locs::none();
        let other = self.signal.sample(t, q, &mut places)?;
        locs.join(&places);
        (self.op)(value, &other).unwrap_or_else(|message| {
            q.fail(locs, || message);
            None
        })
    }
}

impl Node for Sampled {
    fn query(&self, span: Span, q: &mut Query, out: &mut Vec<Hap>) {
        let start = out.len();
        self.events.query(span, q, out);
        retain_from(out, start, |hap| {
            let begin = hap.whole_or_part().begin;
            hap.change(|value, locs| self.joined(value, begin, q, locs))
        });
    }
    fn sample(&self, t: Time, q: &mut Query, locs: &mut Locs) -> Option<Value> {
        let value = self.events.sample(t, q, locs)?;
        self.joined(value, t, q, locs)
    }
}

fn combine_mix(left: &Pattern, right: &Pattern, op: Combine) -> Pattern {
    let steps = crate::cat::common_steps([left.steps, right.steps]);
    let (left, right) = (left.clone(), right.clone());
    let joined = Pattern::of(move |span, q, out| {
        let (mut ours, mut theirs) = (q.take(), q.take());
        left.query(span, q, &mut ours);
        right.query(span, q, &mut theirs);
        for a in &ours {
            if !q.spend(theirs.len()) {
                break;
            }
            for b in &theirs {
                let whole = match (a.whole, b.whole) {
                    (Some(x), Some(y)) => match x.sect(y) {
                        Some(shared) => Some(shared),
                        None => continue,
                    },
                    _ => None,
                };
                push_joined(q, out, &op, Hap { whole, ..a.clone() }, b);
            }
        }
        q.give(theirs);
        q.give(ours);
    });
    joined.with_steps(steps)
}

/// The right at the left's pace in steps.
fn combine_poly(left: &Pattern, right: &Pattern, op: Combine) -> Pattern {
    let paced = match (left.steps, right.steps) {
        (Some(ours), Some(theirs)) if !theirs.is_zero() => right.fast(ours / theirs),
        _ => right.clone(),
    };
    combine_in(left, &paced, op)
}

impl Pattern {
    /// The values at the true events of `gate`, in `gate`'s rhythm.
    pub fn structure(&self, gate: &Pattern) -> Pattern {
        let op: Combine = Arc::new(|a, b| Ok(b.truthy().then_some(a)));
        combine(Align::Out, self, gate, op).with_steps(gate.steps)
    }
    /// The events, cut to where `gate` is true.
    pub fn mask(&self, gate: &Pattern) -> Pattern {
        let op: Combine = Arc::new(|a, b| Ok(b.truthy().then_some(a)));
        combine(Align::In, self, gate, op)
    }
    /// The value at `n` even steps of a cycle, in the manner of sample and hold.
    pub fn segment(&self, n: Time) -> Pattern {
        let steps = Pattern::pure(true).fast(n);
        self.structure(&steps).with_steps(Some(n))
    }
    /// Drops events for which `keep` fails, looking at the event itself.
    pub fn keep_where(&self, keep: impl Fn(&Hap) -> bool + Send + Sync + 'static) -> Pattern {
        let inner = self.clone();
        Pattern::of(move |span, q, out| {
            let start = out.len();
            inner.query(span, q, out);
            retain_from(out, start, |hap| keep(hap));
        })
        .with_steps(self.steps)
    }
}
