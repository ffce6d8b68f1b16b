//! Natives that cut samples up.

use super::Kind::{Int, Num, Pat, Time, Val};
use super::Native;

pub(super) const ROWS: &[Native] = &[
    Native::plain("chop", &[Int, Pat], |a| Ok(a.pattern(1).chop(a.count(0, 1)?))),
    Native::plain("striate", &[Int, Pat], |a| Ok(a.pattern(1).striate(a.count(0, 1)?))),
    Native::plain("striateBy", &[Int, Num, Pat], |a| {
        Ok(a.pattern(2).striate_share(a.count(0, 1)?, a.number(1)?))
    }),
    Native::plain("slice", &[Val, Pat, Pat], |a| {
        Ok(a.pattern(2).slice(&a.value(0), &a.pattern(1)))
    }),
    Native::plain("splice", &[Val, Pat, Pat], |a| {
        Ok(a.pattern(2).splice(&a.value(0), &a.pattern(1)))
    }),
    Native::plain("fit", &[Pat], |a| Ok(a.pattern(0).fit())),
    Native::plain("loopAt", &[Time, Pat], |a| {
        let cycles = a.time(0)?;
        if cycles.is_zero() {
            return Err("a loop of no length".into());
        }
        Ok(a.pattern(1).loop_at(cycles))
    }),
];
