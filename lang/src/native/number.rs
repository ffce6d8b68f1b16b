//! Natives on numbers.

use super::Kind::{Num, Pat};
use super::Native;
use mag_pattern::{Pattern, Value};

pub(super) const ROWS: &[Native] = &[
    Native::plain("round", &[Pat], |a| Ok(each(a.pattern(0), |x| (x + 0.5).floor()))),
    Native::plain("floor", &[Pat], |a| Ok(each(a.pattern(0), f64::floor))),
    Native::plain("ceil", &[Pat], |a| Ok(each(a.pattern(0), f64::ceil))),
    Native::plain("abs", &[Pat], |a| Ok(each(a.pattern(0), f64::abs))),
    Native::plain("sqrt", &[Pat], |a| Ok(each(a.pattern(0), f64::sqrt))),
    Native::plain("exp", &[Pat], |a| Ok(each(a.pattern(0), f64::exp))),
    Native::plain("log", &[Pat], |a| Ok(each(a.pattern(0), f64::ln))),
    Native::plain("sin", &[Pat], |a| Ok(each(a.pattern(0), f64::sin))),
    Native::plain("log2", &[Pat], |a| Ok(each(a.pattern(0), f64::log2))),
    Native::plain("clamp", &[Num, Num, Pat], |a| {
        let (lo, hi) = (a.number(0)?, a.number(1)?);
        Ok(each(a.pattern(2), move |x| x.min(hi).max(lo)))
    }),
    Native::plain("quantise", &[Num, Pat], |a| {
        let n = a.number(0)?;
        // Halves go to the even neighbour, as in Haskell's `round`.
        Ok(each(a.pattern(1), move |x| (x * n).round_ties_even() / n))
    }),
    Native::plain("ratio", &[Pat], |a| Ok(a.pattern(0).map(ratio))),
    Native::plain("number", &[Pat], |a| Ok(each(a.pattern(0), |x| x))),
];

/// Every number through `f`; a word that is no number is reported.
fn each(p: Pattern, f: impl Fn(f64) -> f64 + Send + Sync + 'static) -> Pattern {
    p.try_map(move |v| match v.number() {
        Some(x) => Ok(Some(Value::Num(f(x)))),
        None => Err(format!("expected a number, found {} `{v}`", v.kind())),
    })
}

/// `3:2` is 1.5.
fn ratio(v: &Value) -> Value {
    match v {
        Value::List(items) => {
            let mut numbers = items.iter().filter_map(Value::number);
            let first = numbers.next().unwrap_or(0.0);
            Value::Num(numbers.fold(first, |a, b| a / b))
        }
        other => other.clone(),
    }
}
