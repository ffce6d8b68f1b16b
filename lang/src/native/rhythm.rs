//! Natives that make and apply rhythms.

use super::Kind::{Int, Pat, Time, Val};
use super::Native;
use mag_pattern::cat::fastcat;
use mag_pattern::euclid::{STEP_LIMIT, binary, rotated};
use mag_pattern::{Hap, Locs, Pattern, Span, Time as T, Value};

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
    Native::plain("bjork", &[Val, Pat], |a| {
        let list = match a.value(0) {
            Value::List(items) => items.to_vec(),
            single => vec![single],
        };
        let part = |i: usize| list.get(i).and_then(Value::number).map(|x| x as i64);
        let hits = part(0).ok_or("expected hits and steps, such as [3, 8] or \"3:8\"")?;
        let steps = part(1).unwrap_or(8).clamp(0, STEP_LIMIT);
        Ok(a.pattern(1).euclid(hits, steps, part(2).unwrap_or(0)))
    }),
    Native::plain("morph", &[Val, Val, Time], |a| {
        let (from, to, by) = (hits(&a.value(0)), hits(&a.value(1)), a.time(2)?);
        let length = T::new(1, (items(&a.value(0)).len() as i64).max(1));
        let slots = from.into_iter().zip(to).map(move |(from, to)| {
            let begin = from + (to - from) * by;
            Span::new(begin, begin + length)
        });
        Ok(each_cycle_of(slots.collect()))
    }),
    Native::plain("necklace", &[Time, Val, Pat], |a| {
        let n = a.time(0)?;
        let distances: Vec<T> = lengths(&a.value(1), n)?;
        let mut all = vec![T::ZERO];
        while let Some(last) = all.last().copied().filter(|t| *t < T::ONE && all.len() < 4096) {
            all.push(last + distances[(all.len() - 1) % distances.len()]);
        }
        let ends = all.iter().skip(1).map(|end| end.min(T::ONE));
        let slots = all.iter().zip(ends).map(|(begin, end)| Span::new(*begin, end)).collect();
        Ok(a.pattern(2).structure(&each_cycle_of(slots)))
    }),
    Native::plain("_spaced", &[Val], |a| {
        let lengths = lengths(&a.value(0), T::ONE)?;
        let total = lengths.iter().fold(T::ZERO, |sum, l| sum + *l);
        let gates = lengths.into_iter().map(|l| (l, Pattern::pure(true))).collect();
        Ok(mag_pattern::cat::timecat(gates).slow(total))
    }),
    Native::plain("beat", &[Time, Time, Pat], |a| Ok(a.pattern(2).beat(a.time(0)?, a.time(1)?))),
    Native::plain("binaryN", &[Int, Int], |a| Ok(binary(a.int(0)?, a.int(1)?))),
    Native::plain("binary", &[Int], |a| {
        let n = a.int(0)?;
        Ok(binary(n, i64::from(i64::BITS - n.leading_zeros()).max(1)))
    }),
    Native::plain("binaryL", &[Int], |a| {
        let n = a.int(0)?;
        Ok(bits(n, i64::from(i64::BITS - n.leading_zeros()).max(1)))
    }),
    Native::plain("binaryNL", &[Int, Int], |a| Ok(bits(a.int(0)?, a.int(1)?.clamp(1, 64)))),
    Native::plain("inv", &[Pat], |a| Ok(a.pattern(0).map(|v| Value::Bool(!v.truthy())))),
    Native::plain("run", &[Int], |a| Ok(count(a.count(0, 0)?))),
    Native::plain("scan", &[Int], |a| {
        let n = a.count(0, 1)?;
        if n <= 64 {
            return Ok(mag_pattern::cat::slowcat((1..=n).map(count).collect()));
        }
        // Too many to make in advance.
        Ok(Pattern::of(move |span, q, out| {
            span.each_cycle(|cycle, piece| {
                let length = cycle.rem_euclid(n) + 1;
                if q.spend(length as usize) {
                    count(length).query(piece, q, out);
                }
            });
        }))
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

fn items(list: &Value) -> Vec<Value> {
    match list {
        Value::List(items) => items.to_vec(),
        single => vec![single.clone()],
    }
}

/// Where in the cycle the true items of a list are.
fn hits(list: &Value) -> Vec<T> {
    let items = items(list);
    let n = items.len() as i64;
    let on = items.iter().zip(0..).filter(|(v, _)| v.truthy());
    on.map(|(_, i)| T::new(i, n)).collect()
}

/// The positive numbers of a list, in units of `1/n`.
fn lengths(list: &Value, n: T) -> Result<Vec<T>, String> {
    let all: Vec<T> =
        items(list).iter().filter_map(|v| Some(T::from_f64(v.number()?) / n)).collect();
    if all.is_empty() || !all.iter().all(|l| *l > T::ZERO) {
        return Err(format!("expected a list of lengths above 0, found {list}"));
    }
    Ok(all)
}

/// A gate at the same places of every cycle.
fn each_cycle_of(slots: Vec<Span>) -> Pattern {
    Pattern::of(move |span, q, out| {
        span.each_cycle(|cycle, piece| {
            for slot in &slots {
                let whole = slot.map(|t| t.add_int(cycle));
                let seen = piece.sect(Span::cycle(cycle)).and_then(|p| whole.sect(p));
                if let (Some(part), true) = (seen, q.spend(1)) {
                    let (value, locs) = (Value::Bool(true), Locs::none());
                    out.push(Hap { whole: Some(whole), part, value, locs });
                }
            }
        });
    })
}

/// The bits of a number as one list, highest first.
fn bits(n: i64, count: i64) -> Pattern {
    let bit = |i: i64| Value::Num(((n >> i.min(63)) & 1) as f64);
    Pattern::pure(Value::list((0..count).rev().map(bit).collect()))
}
