//! Patterns of patterns: the joins, each with its own rule for time.

use crate::hap::Hap;
use crate::pattern::Pattern;
use crate::query::Query;
use crate::span::Span;
use crate::time::Time;
use crate::value::Value;
use std::sync::{Arc, Mutex};

/// Makes a pattern from a value.
pub type Maker = Arc<dyn Fn(&Value) -> Pattern + Send + Sync>;

/// A pure function from values to patterns that remembers its last few answers: patterned
/// arguments mostly alternate between a handful of values.
pub(crate) struct Memo {
    make: Maker,
    recent: Mutex<Vec<(Value, Pattern)>>,
}

const MEMO_SIZE: usize = 16;
/// The work of making a pattern, in events.
const MAKING: usize = 100;

impl Memo {
    pub(crate) fn new(make: Maker) -> Memo {
        Memo { make, recent: Mutex::new(Vec::new()) }
    }
    /// The pattern for a value. Making one anew is work that the query pays for.
    pub(crate) fn get(&self, value: &Value, q: &mut Query) -> Pattern {
        if let Ok(recent) = self.recent.try_lock()
            && let Some((_, known)) = recent.iter().find(|(v, _)| v == value)
        {
            return known.clone();
        }
        let made = (self.make)(value);
        if !q.spend(MAKING + made.tiles().map_or(0, <[_]>::len)) {
            return Pattern::silence();
        }
        if let Ok(mut again) = self.recent.try_lock() {
            if again.len() >= MEMO_SIZE {
                again.remove(0);
            }
            again.push((value.clone(), made.clone()));
        }
        made
    }
}

/// What an inner event becomes inside its outer one; `None` drops it.
type Fit = fn(outer: &Hap, inner: &mut Hap) -> bool;

impl Pattern {
    /// Wholes come from the inner patterns.
    pub fn inner_join(&self, make: impl Fn(&Value) -> Pattern + Send + Sync + 'static) -> Pattern {
        if let (Some(value), Some([slot])) = (self.constant(), self.slots()) {
            return make(value).located(&slot.locs);
        }
        self.join_parts(Arc::new(make), |_, _| true)
    }
    /// Wholes come from the outer pattern.
    pub fn outer_join(&self, make: impl Fn(&Value) -> Pattern + Send + Sync + 'static) -> Pattern {
        self.join_parts(Arc::new(make), |outer, inner| {
            inner.whole = outer.whole;
            true
        })
    }
    /// Wholes are what the outer and the inner whole share.
    pub fn mix_join(&self, make: impl Fn(&Value) -> Pattern + Send + Sync + 'static) -> Pattern {
        self.join_parts(Arc::new(make), |outer, inner| {
            let shared = outer.whole.zip(inner.whole).map(|(a, b)| a.sect(b));
            inner.whole = shared.flatten();
            shared != Some(None)
        })
    }

    fn join_parts(&self, make: Maker, fit: Fit) -> Pattern {
        let memo = Memo::new(make);
        let outer = self.clone();
        Pattern::of(move |span, q, out| {
            each_outer(&outer, span, q, |q, hap| {
                let start = out.len();
                memo.get(&hap.value, q).query(hap.part, q, out);
                settle(out, start, hap, fit);
            });
        })
    }

    /// Each inner cycle is squeezed into its outer event.
    pub fn squeeze_join(
        &self,
        make: impl Fn(&Value) -> Pattern + Send + Sync + 'static,
    ) -> Pattern {
        let memo = Memo::new(Arc::new(make));
        let outer = self.discrete();
        Pattern::of(move |span, q, out| {
            each_outer(&outer, span, q, |q, hap| {
                let Some(whole) = hap.whole else { return };
                let length = whole.duration();
                if !(length > Time::ZERO) {
                    return;
                }
                // The inner cycle of the same number, focused on the outer event.
                let base = whole.begin.sam();
                let start = out.len();
                let asked = hap.part.map(|t| (t - whole.begin) / length + base);
                memo.get(&hap.value, q).query(asked, q, out);
                q.moved(&mut out[start..], |t| (t - base) * length + whole.begin);
                settle(out, start, hap, within);
            });
        })
    }
    /// The inner cycle starts anew with each outer event.
    pub fn reset_join(&self, make: impl Fn(&Value) -> Pattern + Send + Sync + 'static) -> Pattern {
        self.trigger_join(Arc::new(make), |begin| begin.cycle_pos())
    }
    /// The inner pattern starts anew, from its cycle 0, with each outer event.
    pub fn restart_join(
        &self,
        make: impl Fn(&Value) -> Pattern + Send + Sync + 'static,
    ) -> Pattern {
        self.trigger_join(Arc::new(make), |begin| begin)
    }
    fn trigger_join(&self, make: Maker, delay: fn(Time) -> Time) -> Pattern {
        let memo = Memo::new(make);
        let outer = self.discrete();
        Pattern::of(move |span, q, out| {
            each_outer(&outer, span, q, |q, hap| {
                let Some(whole) = hap.whole else { return };
                let late = delay(whole.begin);
                let start = out.len();
                memo.get(&hap.value, q).query(hap.part.map(|t| t - late), q, out);
                q.moved(&mut out[start..], |t| t + late);
                settle(out, start, hap, within);
            });
        })
    }
    /// Inner patterns sped up so that their steps match those of the outer one.
    pub fn poly_join(&self, make: impl Fn(&Value) -> Pattern + Send + Sync + 'static) -> Pattern {
        let steps = self.steps;
        self.outer_join(move |v| {
            let inner = make(v);
            match (steps, inner.steps) {
                (Some(ours), Some(theirs)) if !theirs.is_zero() => inner.fast(ours / theirs),
                _ => inner,
            }
        })
    }
}

/// Runs `f` for each event of the outer pattern, while there is fuel.
fn each_outer(outer: &Pattern, span: Span, q: &mut Query, mut f: impl FnMut(&mut Query, &Hap)) {
    let mut haps = q.take();
    outer.query(span, q, &mut haps);
    for hap in &haps {
        if !q.spend(1) {
            break;
        }
        f(q, hap);
    }
    q.give(haps);
}

/// Applies `fit` to what an outer event brought in, and adds that event's places.
fn settle(out: &mut Vec<Hap>, start: usize, outer: &Hap, fit: Fit) {
    crate::pattern::retain_from(out, start, |inner| {
        inner.locs.join(&outer.locs);
        fit(outer, inner)
    });
}

/// Whole and part cut to the outer event.
fn within(outer: &Hap, inner: &mut Hap) -> bool {
    let Some(part) = inner.part.sect(outer.part) else { return false };
    inner.part = part;
    match (inner.whole, outer.whole) {
        (Some(ours), Some(theirs)) => {
            inner.whole = ours.sect(theirs);
            inner.whole.is_some()
        }
        _ => {
            inner.whole = None;
            true
        }
    }
}
