//! Natives that only Tidal has.

use super::Kind::{Int, Num, Pat, Time, Val};
use super::Native;
use mag_pattern::{Pattern, Span, Sym, Time as T, Value};

pub(super) const ROWS: &[Native] = &[
    Native::plain("rot", &[Int, Pat], |a| Ok(rot(a.int(0)?, a.pattern(1)))),
    Native::plain("trunc", &[Time, Pat], |a| Ok(trunc(a.time(0)?, a.pattern(1)))),
    Native::plain("revv", &[Pat], |a| Ok(revv(a.pattern(0)))),
    Native::plain("_having", &[Val, Pat], |a| {
        let test = a.value(0);
        Ok(a.pattern(1).filter(move |hap| has(&hap.value, &test)))
    }),
    Native::plain("_lacking", &[Val, Pat], |a| {
        let test = a.value(0);
        Ok(a.pattern(1).filter(move |hap| !has(&hap.value, &test)))
    }),
    Native::plain("chew", &[Num, Pat, Pat], |a| {
        let n = a.time(0)?;
        if n <= T::ZERO || !n.is_defined() {
            return Err(format!("expected a number above 0, found {n}"));
        }
        Ok(chew(n, &a.pattern(1), &a.pattern(2)))
    }),
];

/// Whether a value has all the controls of another, with the same values.
fn has(value: &Value, test: &Value) -> bool {
    let Some(wanted) = test.controls() else { return value == test };
    let same = |name: Sym, want: &Value| {
        let found = value.controls().and_then(|map| map.get(name));
        found.is_some_and(|v| v == want || (v.number().is_some() && v.number() == want.number()))
    };
    wanted.iter().all(|(name, want)| same(name, want))
}

/// Time turned around at 0.
fn revv(p: Pattern) -> Pattern {
    let mirror = |s: Span| Span::new(-s.end, -s.begin);
    Pattern::of(move |span, q, out| {
        let start = out.len();
        p.query(mirror(span), q, out);
        for hap in out.iter_mut().skip(start) {
            hap.whole = hap.whole.map(mirror);
            hap.part = mirror(hap.part);
        }
    })
}

/// Pieces of `1/n` by index, squeezed into the events of the indices, at the speed of the squeeze.
fn chew(n: T, indices: &Pattern, p: &Pattern) -> Pattern {
    let (indices, p, speed) = (indices.discrete(), p.clone(), Sym::new("speed"));
    Pattern::of(move |span, q, out| {
        let mut haps = Vec::new();
        indices.query(span, q, &mut haps);
        for hap in haps {
            let (Some(whole), Some(i), true) = (hap.whole, hap.value.number(), q.spend(1)) else {
                continue;
            };
            let from = (T::from_f64(i) / n).cycle_pos();
            let factor = (T::ONE / n / whole.duration()).to_f64();
            let faster = p.zoom(from, from + T::ONE / n).map(move |v| {
                let mut sound = v.clone().into_controls();
                sound.set(speed, Value::Num(sound.number(speed).unwrap_or(1.0) * factor));
                Value::Map(sound)
            });
            faster.focus(whole.begin, whole.end).query(hap.part, q, out);
        }
    })
}

/// The values of each cycle moved `by` events to the left, their times as they are.
fn rot(by: i64, p: Pattern) -> Pattern {
    Pattern::of(move |span, q, out| {
        span.each_cycle(|cycle, piece| {
            let mut all = Vec::new();
            p.query(Span::cycle(cycle), q, &mut all);
            all.retain(|h| h.whole.is_some());
            all.sort_by(|a, b| {
                a.part.begin.partial_cmp(&b.part.begin).unwrap_or(std::cmp::Ordering::Equal)
            });
            let n = all.len() as i64;
            for (i, hap) in all.iter().enumerate() {
                let from = &all[(i as i64 + by).rem_euclid(n) as usize];
                if let (Some(part), true) = (hap.part.sect(piece), q.spend(1)) {
                    let (value, locs) = (from.value.clone(), from.locs.clone());
                    out.push(mag_pattern::Hap { whole: hap.whole, part, value, locs });
                }
            }
        });
    })
}

/// Only the first `share` of each cycle; events that reach past it are cut.
fn trunc(share: T, p: Pattern) -> Pattern {
    Pattern::of(move |span, q, out| {
        span.each_cycle(|cycle, piece| {
            let end = T::int(cycle) + share;
            let start = out.len();
            p.query(piece, q, out);
            let limit = Span::new(T::int(cycle), end);
            let kept: Vec<_> = out
                .drain(start..)
                .filter_map(|mut hap| {
                    hap.part = hap.part.sect(limit)?;
                    hap.whole = hap.whole.map(|w| Span::new(w.begin, w.end.min(end)));
                    Some(hap)
                })
                .collect();
            out.extend(kept);
        });
    })
}
