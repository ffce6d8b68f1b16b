//! Natives that move patterns in time.

use super::Kind::{Int, Pat, Time};
use super::Native;
use mag_pattern::cat::compress;
use mag_pattern::{Pattern, Time as T};

pub(super) const ROWS: &[Native] = &[
    Native::plain("fast", &[Time, Pat], |a| Ok(a.pattern(1).fast(a.time(0)?))),
    Native::plain("slow", &[Time, Pat], |a| Ok(a.pattern(1).slow(a.time(0)?))),
    Native::plain("early", &[Time, Pat], |a| Ok(a.pattern(1).early(a.time(0)?))),
    Native::plain("late", &[Time, Pat], |a| Ok(a.pattern(1).late(a.time(0)?))),
    Native::plain("rev", &[Pat], |a| Ok(a.pattern(0).rev())),
    Native::plain("ply", &[Time, Pat], |a| Ok(a.pattern(1).ply(a.time(0)?))),
    Native::plain("segment", &[Time, Pat], |a| Ok(a.pattern(1).segment(a.time(0)?))),
    Native::plain("hurry", &[Time, Pat], |a| Ok(a.pattern(1).hurry(a.time(0)?))),
    Native::plain("compress", &[Time, Time, Pat], |a| {
        Ok(compress(a.time(0)?, a.time(1)?, &a.pattern(2)))
    }),
    Native::plain("focus", &[Time, Time, Pat], |a| Ok(a.pattern(2).focus(a.time(0)?, a.time(1)?))),
    Native::plain("fastGap", &[Time, Pat], |a| Ok(a.pattern(1).fast_gap(a.time(0)?))),
    Native::plain("zoom", &[Time, Time, Pat], |a| Ok(a.pattern(2).zoom(a.time(0)?, a.time(1)?))),
    Native::plain("ribbon", &[Time, Time, Pat], |a| {
        Ok(a.pattern(2).ribbon(a.time(0)?, a.time(1)?))
    }),
    Native::plain("repeatCycles", &[Int, Pat], |a| Ok(a.pattern(1).repeat_cycles(a.int(0)?))),
    Native::plain("iter", &[Int, Pat], |a| Ok(a.pattern(1).iter(a.int(0)?, 1))),
    Native::plain("iterBack", &[Int, Pat], |a| Ok(a.pattern(1).iter(a.int(0)?, -1))),
    Native::plain("linger", &[Time, Pat], |a| Ok(linger(a.time(0)?, &a.pattern(1)))),
    Native::plain("pressBy", &[Time, Pat], |a| {
        let from = a.time(0)?;
        Ok(a.pattern(1).squeeze_join(move |v| compress(from, T::ONE, &Pattern::pure(v.clone()))))
    }),
];

/// Repeats the first `share` of each cycle to fill it; the last if negative.
fn linger(share: T, p: &Pattern) -> Pattern {
    if share.is_zero() {
        return Pattern::silence();
    }
    if share < T::ZERO {
        p.zoom(share + T::ONE, T::ONE).slow(-share)
    } else {
        p.zoom(T::ZERO, share).slow(share)
    }
}
