//! Natives that draw by chance.

use super::Kind::{Choice, Int, List, Num, Pairs, Pat};
use super::Native;
use super::lift::cell_number;
use mag_pattern::chance::{berlin, perlin, permutation, rand, rand_at};
use mag_pattern::{Pattern, Time, Value};

/// Each function draws from a stream of its own, so that two in one chain do not agree by accident.
const DEGRADE: i64 = 101;
const SOME_CYCLES: i64 = 103;
const SHUFFLE: i64 = 105;
const CHOOSE: i64 = 107;
const CAT: i64 = 109;
const LISTED: i64 = 1000;

pub(super) const ROWS: &[Native] = &[
    Native::plain("rand", &[], |_| Ok(rand(0))),
    Native::plain("perlin", &[], |_| Ok(perlin(1))),
    Native::plain("randSeed", &[Int], |a| Ok(rand(a.int(0)?))),
    Native::plain("irand", &[Num], |a| {
        let n = a.number(0)?;
        Ok(rand(0).map(move |v| Value::Num((v.number().unwrap_or(0.0) * n).floor())))
    }),
    Native::plain("brandBy", &[Num], |a| {
        let share = a.number(0)?;
        Ok(rand(0).map(move |v| Value::Bool(v.number().unwrap_or(0.0) < share)))
    }),
    Native::plain("_degradeBy", &[Int, Num, Pat], |a| {
        Ok(a.pattern(2).degrade_by(a.number(1)?, DEGRADE + a.int(0)?))
    }),
    Native::plain("_undegradeBy", &[Int, Num, Pat], |a| {
        Ok(a.pattern(2).undegrade_by(1.0 - a.number(1)?, DEGRADE + a.int(0)?))
    }),
    Native::plain("_someCyclesBy", &[Num, Pat, Pat], |a| {
        let share = a.number(0)?;
        let drawn = move |cycle, take: i64| {
            rand_at(Time::int(cycle), SOME_CYCLES.wrapping_add(take)) < share
        };
        Ok(a.pattern(2).draw_cycle(a.pattern(1), drawn))
    }),
    Native::plain("shuffle", &[Int, Pat], |a| {
        Ok(a.pattern(1).reorder(a.count(0, 1)?, SHUFFLE, false))
    }),
    Native::plain("scramble", &[Int, Pat], |a| {
        Ok(a.pattern(1).reorder(a.count(0, 1)?, SHUFFLE, true))
    }),
    Native::plain("randrun", &[Int], |a| {
        let n = a.count(0, 0)? as usize;
        Ok(each_cycle(n + 1, move |cycle, seed| {
            let order = permutation(n, cycle, SHUFFLE.wrapping_add(seed));
            mag_pattern::cat::fastcat(order.iter().map(|i| Pattern::pure(*i as f64)).collect())
        }))
    }),
    Native::plain("berlin", &[], |_| Ok(berlin(1))),
    Native::plain("randL", &[Int], |a| {
        let n = a.count(0, 0)?;
        Ok(Pattern::signal(move |t, q| {
            let stream = LISTED.wrapping_add(q.take_stream());
            let draw = |i| Value::Num(rand_at(t, stream.wrapping_add(i)));
            Value::list((0..n).map(draw).collect())
        }))
    }),
    Native::plain("seed", &[Int, Pat], |a| Ok(a.pattern(1).seeded(a.int(0)?))),
    Native::plain("chooseWith", &[Pat, Choice], |a| {
        Ok(a.pattern(0).outer_join(chooser(a.list(1))))
    }),
    Native::plain("chooseInWith", &[Pat, Choice], |a| {
        Ok(a.pattern(0).inner_join(chooser(a.list(1))))
    }),
    Native::plain("wchoose", &[Pairs], |a| {
        let rows = weights(a)?;
        Ok(rand(CHOOSE).outer_join(move |v| heavier(&rows, v.number().unwrap_or(0.0))))
    }),
    Native::plain("randcat", &[List], |a| {
        let items = a.list(0);
        Ok(each_cycle(1, move |cycle, seed| {
            let i =
                (rand_at(Time::int(cycle), CAT.wrapping_add(seed)) * items.len() as f64) as usize;
            items.get(i).cloned().unwrap_or_else(Pattern::silence)
        }))
    }),
    Native::plain("wrandcat", &[Pairs], |a| {
        let rows = weights(a)?;
        Ok(each_cycle(1 + rows.len() / 8, move |cycle, seed| {
            heavier(&rows, rand_at(Time::int(cycle), CAT.wrapping_add(seed)))
        }))
    }),
];

/// From a number in `[0, 1)` to its share of the choices.
fn chooser(choices: Vec<Pattern>) -> impl Fn(&Value) -> Pattern + Send + Sync + 'static {
    move |v| {
        let i = (v.number().unwrap_or(0.0) * choices.len() as f64) as usize;
        let last = choices.len().saturating_sub(1);
        choices.get(i.min(last)).cloned().unwrap_or_else(Pattern::silence)
    }
}

/// A pattern that is chosen anew each cycle, which is so much `work`.
fn each_cycle(
    work: usize,
    choose: impl Fn(i64, i64) -> Pattern + Send + Sync + 'static,
) -> Pattern {
    Pattern::of(move |span, q, out| {
        span.each_cycle(|cycle, piece| {
            if q.spend(work) {
                choose(cycle, q.stream()).query(piece, q, out);
            }
        });
    })
}

/// Rows of a pattern and its weight.
fn weights(a: &super::lift::Args) -> Result<Vec<(Pattern, f64)>, String> {
    a.rows(0)
        .into_iter()
        .map(|row| match row.as_slice() {
            [p, w] => Ok((p.clone(), cell_number(Some(w))?.to_f64())),
            _ => Err("each row is a pattern and its weight: [\"bd\", 3]".into()),
        })
        .collect()
}

fn heavier(rows: &[(Pattern, f64)], draw: f64) -> Pattern {
    let total: f64 = rows.iter().map(|(_, w)| w.max(0.0)).sum();
    let mut left = draw * total;
    for (p, w) in rows {
        left -= w.max(0.0);
        if left < 0.0 {
            return p.clone();
        }
    }
    Pattern::silence()
}
