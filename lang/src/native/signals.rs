//! Natives that are continuous values.

use super::Kind::{Num, Pat};
use super::Native;
use mag_pattern::{Pattern, Value, signal};

pub(super) const ROWS: &[Native] = &[
    Native::plain("true", &[], |_| Ok(Pattern::pure(true))),
    Native::plain("false", &[], |_| Ok(Pattern::pure(false))),
    Native::plain("saw", &[], |_| Ok(signal::saw())),
    Native::plain("sine", &[], |_| Ok(signal::sine())),
    Native::plain("square", &[], |_| Ok(signal::square())),
    Native::plain("tri", &[], |_| Ok(signal::tri())),
    Native::plain("time", &[], |_| Ok(signal::time())),
    Native::plain("envL", &[], |_| Ok(signal::envelope())),
    Native::plain("steady", &[Num], |a| {
        let x = a.number(0)?;
        Ok(signal::of(move |_| x))
    }),
    Native::plain("smooth", &[Pat], |a| Ok(smooth(a.pattern(0)))),
];

/// Lines between the values of events: at each moment the value on the way to the next.
fn smooth(p: Pattern) -> Pattern {
    let inner = p;
    Pattern::of(move |span, q, out| {
        let mid = span.midpoint();
        let point = mag_pattern::Span::new(mid, mid);
        let mut now = Vec::new();
        inner.query(point, q, &mut now);
        for hap in now {
            let (Some(whole), Some(from)) = (hap.whole, hap.value.number()) else { continue };
            let mut next = Vec::new();
            inner.query(mag_pattern::Span::new(whole.end, whole.end), q, &mut next);
            let to = next.first().and_then(|h| h.value.number()).unwrap_or(from);
            let share = ((mid - whole.begin) / whole.duration()).to_f64().clamp(0.0, 1.0);
            let value = Value::Num(from + (to - from) * share);
            out.push(mag_pattern::Hap { whole: None, part: span, value, locs: hap.locs.clone() });
        }
    })
}
