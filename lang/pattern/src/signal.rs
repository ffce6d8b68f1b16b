//! Continuous values: waves that are sampled where an event needs them.

use crate::pattern::Pattern;
use crate::query::Query;
use crate::time::Time;
use crate::value::Value;
use std::f64::consts::TAU;

fn wave(f: impl Fn(f64) -> f64 + Send + Sync + 'static) -> Pattern {
    Pattern::signal(move |t, _: &Query| Value::Num(f(t.cycle_pos().to_f64())))
}

/// Rises from 0 to 1 over a cycle.
pub fn saw() -> Pattern {
    wave(|x| x)
}
/// A sine between 0 and 1 that starts at 0.5.
pub fn sine() -> Pattern {
    wave(|x| ((x * TAU).sin() + 1.0) / 2.0)
}
/// 0 in the first half of the cycle, 1 in the second.
pub fn square() -> Pattern {
    wave(|x| if x < 0.5 { 0.0 } else { 1.0 })
}
/// Rises from 0 to 1 in the first half of the cycle and falls back in the second.
pub fn tri() -> Pattern {
    wave(|x| if x < 0.5 { 2.0 * x } else { 2.0 - 2.0 * x })
}
/// Time itself, in cycles.
pub fn time() -> Pattern {
    Pattern::signal(|t, _| Value::Num(t.to_f64()))
}
/// Rises from 0 to 1 in the first cycle and stays there.
pub fn envelope() -> Pattern {
    Pattern::signal(|t, _| Value::Num(t.max(Time::ZERO).min(Time::ONE).to_f64()))
}
/// Any function of time.
pub fn of(f: impl Fn(Time) -> f64 + Send + Sync + 'static) -> Pattern {
    Pattern::signal(move |t, _| Value::Num(f(t)))
}
