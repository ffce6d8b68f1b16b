//! Natives that only Tidal has.

use super::Kind::{Int, Pat, Time};
use super::Native;
use mag_pattern::Pattern;

pub(super) const ROWS: &[Native] = &[
    Native::plain("rot", &[Int, Pat], |a| Ok(rot(a.int(0)?, a.pattern(1)))),
    Native::plain("trunc", &[Time, Pat], |a| Ok(trunc(a.time(0)?, a.pattern(1)))),
];

/// The values of each cycle moved `by` events to the left, their times as they are.
fn rot(by: i64, p: Pattern) -> Pattern {
    Pattern::of(move |span, q, out| {
        span.each_cycle(|cycle, piece| {
            let mut all = Vec::new();
            p.query(mag_pattern::Span::cycle(cycle), q, &mut all);
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
fn trunc(share: mag_pattern::Time, p: Pattern) -> Pattern {
    Pattern::of(move |span, q, out| {
        span.each_cycle(|cycle, piece| {
            let end = mag_pattern::Time::int(cycle) + share;
            let start = out.len();
            p.query(piece, q, out);
            let limit = mag_pattern::Span::new(mag_pattern::Time::int(cycle), end);
            let kept: Vec<_> = out
                .drain(start..)
                .filter_map(|mut hap| {
                    hap.part = hap.part.sect(limit)?;
                    hap.whole = hap.whole.map(|w| mag_pattern::Span::new(w.begin, w.end.min(end)));
                    Some(hap)
                })
                .collect();
            out.extend(kept);
        });
    })
}
