//! Natives that make and apply rhythms.

use super::Kind::{Int, Pat, Time};
use super::Native;
use mag_pattern::cat::fastcat;
use mag_pattern::euclid::{STEP_LIMIT, binary, gate, rotated};
use mag_pattern::{Pattern, Value};

pub(super) const ROWS: &[Native] = &[
    Native::plain("euclidRot", &[Int, Int, Int, Pat], |a| {
        Ok(a.pattern(3).euclid(a.int(0)?, steps(a, 1)?, a.int(2)?))
    }),
    Native::plain("euclidLegatoRot", &[Int, Int, Int, Pat], |a| {
        Ok(a.pattern(3).euclid_legato(a.int(0)?, steps(a, 1)?, a.int(2)?))
    }),
    Native::plain("euclidish", &[Int, Int, Time, Pat], |a| {
        Ok(a.pattern(3).euclidish(a.int(0)?, steps(a, 1)?, a.time(2)?))
    }),
    Native::plain("_euclidGate", &[Int, Int, Int], |a| {
        let rhythm = rotated(a.int(0)?, steps(a, 1)?, a.int(2)?);
        let all = rhythm.iter().map(|on| Pattern::pure(Value::Bool(*on)));
        Ok(fastcat(all.collect()))
    }),
    Native::plain("euclidInv", &[Int, Int, Pat], |a| {
        let rhythm: Vec<bool> = rotated(a.int(0)?, steps(a, 1)?, 0).iter().map(|on| !on).collect();
        Ok(a.pattern(2).structure(&gate(&rhythm)))
    }),
    Native::plain("beat", &[Time, Time, Pat], |a| Ok(a.pattern(2).beat(a.time(0)?, a.time(1)?))),
    Native::plain("binaryN", &[Int, Int], |a| Ok(binary(a.int(0)?, a.int(1)?))),
    Native::plain("inv", &[Pat], |a| Ok(a.pattern(0).map(|v| Value::Bool(!v.truthy())))),
    Native::plain("run", &[Int], |a| Ok(count(a.count(0, 0)?))),
    Native::plain("scan", &[Int], |a| {
        let n = a.count(0, 1)?;
        Ok(mag_pattern::cat::slowcat((1..=n).map(count).collect()))
    }),
    Native::plain("_chunkGate", &[Int, Int], |a| {
        let (n, sign) = (a.int(0)?, a.int(1)?);
        let size = n.clamp(-1024, 1024).abs().max(1);
        let first = (0..size).map(|i| Pattern::pure(Value::Bool(i == 0)));
        Ok(fastcat(first.collect()).iter(size, if n < 0 { -sign } else { sign }))
    }),
];

fn steps(a: &super::lift::Args, i: usize) -> Result<i64, String> {
    let n = a.int(i)?;
    if (0..=STEP_LIMIT).contains(&n) {
        return Ok(n);
    }
    Err(format!("expected up to {STEP_LIMIT} steps, found {n}"))
}

fn count(n: i64) -> Pattern {
    fastcat((0..n).map(|i| Pattern::pure(i as f64)).collect())
}
