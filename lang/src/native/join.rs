//! Natives that choose between patterns.

use super::Kind::{Choice, Funs, Int, Num, Pat, Time, Val};
use super::Native;
use super::lift::Args;
use crate::meaning::Meaning;
use mag_pattern::{Pattern, Value};
use std::sync::Arc;

pub(super) const ROWS: &[Native] = &[
    Native::plain("_firstOf", &[Int, Pat, Pat], |a| {
        let (n, other) = (a.count(0, 1)?, a.pattern(1));
        Ok(a.pattern(2).first_of(n, |_| other.clone()).with_steps(None))
    }),
    Native::plain("_lastOf", &[Int, Pat, Pat], |a| {
        let (n, other) = (a.count(0, 1)?, a.pattern(1));
        Ok(a.pattern(2).last_of(n, |_| other.clone()).with_steps(None))
    }),
    Native::plain("_whenmod", &[Int, Int, Pat, Pat], |a| {
        let (of, from) = (a.count(0, 1)?, a.int(1)?);
        Ok(a.pattern(3).choose_cycle(a.pattern(2), move |c| c.rem_euclid(of) >= from))
    }),
    Native::plain("_when", &[Val, Pat, Pat], |a| {
        Ok(a.pattern(if a.value(0).truthy() { 1 } else { 2 }).with_steps(None))
    }),
    Native::plain("_inSpan", &[Time, Time, Pat], |a| {
        let (from, to) = (a.time(0)?, a.time(1)?);
        Ok(a.pattern(2).keep_where(move |h| {
            let at = h.whole_or_part().begin.cycle_pos();
            from <= at && at <= to
        }))
    }),
    Native::plain("_outSpan", &[Time, Time, Pat], |a| {
        let (from, to) = (a.time(0)?, a.time(1)?);
        Ok(a.pattern(2).keep_where(move |h| {
            let at = h.whole_or_part().begin.cycle_pos();
            !(from <= at && at <= to)
        }))
    }),
    Native::plain("struct", &[Pat, Pat], |a| Ok(a.pattern(1).structure(&a.pattern(0)))),
    Native::plain("mask", &[Pat, Pat], |a| Ok(a.pattern(1).mask(&a.pattern(0)))),
    Native::plain("reset", &[Pat, Pat], |a| Ok(trigger(a, false))),
    Native::plain("restart", &[Pat, Pat], |a| Ok(trigger(a, true))),
    Native::plain("pick", &[Choice, Pat], |a| Ok(a.pattern(1).inner_join(picker(a, clamp)))),
    Native::plain("pickmod", &[Choice, Pat], |a| Ok(a.pattern(1).inner_join(picker(a, wrap)))),
    Native::plain("pickOut", &[Choice, Pat], |a| Ok(a.pattern(1).outer_join(picker(a, clamp)))),
    Native::plain("pickmodOut", &[Choice, Pat], |a| Ok(a.pattern(1).outer_join(picker(a, wrap)))),
    Native::plain("pickReset", &[Choice, Pat], |a| Ok(a.pattern(1).reset_join(picker(a, clamp)))),
    Native::plain("pickmodReset", &[Choice, Pat], |a| Ok(a.pattern(1).reset_join(picker(a, wrap)))),
    Native::plain("pickRestart", &[Choice, Pat], |a| {
        Ok(a.pattern(1).restart_join(picker(a, clamp)))
    }),
    Native::plain("pickmodRestart", &[Choice, Pat], |a| {
        Ok(a.pattern(1).restart_join(picker(a, wrap)))
    }),
    Native::plain("inhabit", &[Choice, Pat], |a| Ok(a.pattern(1).squeeze_join(picker(a, clamp)))),
    Native::plain("inhabitmod", &[Choice, Pat], |a| Ok(a.pattern(1).squeeze_join(picker(a, wrap)))),
    Native::plain("squeeze", &[Choice, Pat], |a| Ok(a.pattern(1).squeeze_join(picker(a, wrap)))),
    Native::build("pickF", &[Val, Funs, Pat], |c| pick_function(c, clamp)),
    Native::build("pickmodF", &[Val, Funs, Pat], |c| pick_function(c, wrap)),
    Native::plain("bite", &[Num, Pat, Pat], |a| {
        let (n, p) = (a.time(0)?, a.pattern(2));
        if n <= mag_pattern::Time::ZERO {
            return Err(format!("expected a number above 0, found {n}"));
        }
        Ok(a.pattern(1).squeeze_join(move |i| {
            let i = mag_pattern::Time::from_f64(i.number().unwrap_or(0.0));
            let from = (i / n).cycle_pos();
            p.zoom(from, from + mag_pattern::Time::ONE / n)
        }))
    }),
];

fn trigger(a: &Args, from_zero: bool) -> Pattern {
    let p = a.pattern(1);
    let make = move |v: &Value| if v.truthy() { p.clone() } else { Pattern::silence() };
    if from_zero { a.pattern(0).restart_join(make) } else { a.pattern(0).reset_join(make) }
}

type Index = fn(i64, i64) -> i64;

/// An index past the end is the last.
fn clamp(i: i64, len: i64) -> i64 {
    i.clamp(0, len - 1)
}
/// An index past the end starts over.
fn wrap(i: i64, len: i64) -> i64 {
    i.rem_euclid(len)
}

/// From a value to the pattern of that index or name.
fn picker(a: &Args, index: Index) -> impl Fn(&Value) -> Pattern + Send + Sync + 'static {
    let choices = Arc::new(a.named(0));
    move |value| {
        let by_name = match value {
            Value::Word(w) => choices.iter().find(|(n, _)| n.as_deref() == Some(w.as_str())),
            _ => None,
        };
        let by_index = || {
            let i = (value.number()? + 0.5).floor() as i64;
            let named = choices.iter().any(|(n, _)| n.is_some());
            (!named && !choices.is_empty())
                .then(|| choices.get(index(i, choices.len() as i64) as usize))
                .flatten()
        };
        by_name.or_else(by_index).map_or_else(Pattern::silence, |(_, p)| p.clone())
    }
}

/// Each function done to the pattern, and one of the results at a time.
fn pick_function(c: &mut crate::eval::Call, index: Index) -> crate::eval::Eval {
    let (indices, p) = (c.pattern(0)?, c.pattern(2)?);
    let mut changed = Vec::new();
    for f in c.list(1) {
        changed.push(c.apply(f, c.place(1), p.clone())?);
    }
    let picked = indices.inner_join(move |v| {
        let i = (v.number().unwrap_or(0.0) + 0.5).floor() as i64;
        let at = index(i, changed.len().max(1) as i64) as usize;
        changed.get(at).cloned().unwrap_or_else(Pattern::silence)
    });
    Ok(Meaning::pattern(picked))
}
