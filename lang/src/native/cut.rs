//! Natives that cut samples up.

use super::Kind::{Int, Num, Pat, Time, Val};
use super::Native;
use mag_pattern::cat::stack;
use mag_pattern::{Sym, Time as T, Value};

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
    Native::plain("_echo", &[Int, Time, Num, Pat], |a| {
        let (n, by, feedback, p) = (a.count(0, 0)?, a.time(1)?, a.number(2)?, a.pattern(3));
        let echoes = (0..n).map(|i| {
            let level = Value::Num(feedback.powi(i as i32));
            p.late(by * T::int(i)).map(move |v| {
                Value::Map(v.clone().into_controls().with(Sym::new("gain"), level.clone()))
            })
        });
        Ok(stack(echoes.collect()).with_steps(p.steps))
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
