//! Natives that call functions among their arguments, while the program is built.

use super::Kind::{Fun, Funs, Int, Num, Pat, Time};
use super::Native;
use crate::eval::{Call, Eval};
use crate::meaning::Meaning;
use crate::problem::Problem;
use mag_pattern::cat::{compress, slowcat, stack};
use mag_pattern::{Pattern, Span, Sym, Time as T, Value};

/// Most copies that one function makes.
const COPIES: f64 = 64.0;

pub(super) const ROWS: &[Native] = &[
    Native::build("layer", &[Funs, Pat], |c| {
        let p = c.pattern(1)?;
        let mut layers = Vec::new();
        for f in c.list(0) {
            layers.push(c.apply(f, c.place(0), p.clone())?);
        }
        Ok(Meaning::pattern(stack(layers)))
    }),
    Native::build("echoWith", &[Int, Time, Fun, Pat], |c| {
        let (n, by, p) = (copies(c, 0)?, c.number(1)?, c.pattern(3)?);
        let mut echoes = Vec::new();
        for i in 0..n {
            let late = p.late(T::from_f64(by) * T::int(i as i64));
            echoes.push(c.call(2, late)?);
        }
        Ok(Meaning::pattern(stack(echoes).with_steps(p.steps)))
    }),
    Native::build("echo", &[Int, Time, Num, Pat], |c| {
        let (n, by, feedback, p) = (copies(c, 0)?, c.number(1)?, c.number(2)?, c.pattern(3)?);
        let gain = Sym::new("gain");
        let echo = |i: usize| {
            let level = feedback.powi(i as i32);
            let late = p.late(T::from_f64(by) * T::int(i as i64));
            late.map(move |v| Value::Map(v.clone().into_controls().with(gain, Value::Num(level))))
        };
        Ok(Meaning::pattern(stack((0..n).map(echo).collect()).with_steps(p.steps)))
    }),
    Native::build("_chunkInto", &[Int, Int, Fun, Pat], |c| {
        let (n, sign, p) = (copies(c, 0)? as i64, c.number(1)? as i64, c.pattern(3)?);
        let mut pieces = Vec::new();
        for i in 0..n {
            let (from, to) = (T::new(i, n), T::new(i + 1, n));
            let changed = c.call(2, p.zoom(from, to))?;
            pieces.push((Span::new(from, to), compress(from, to, &changed)));
        }
        Ok(Meaning::pattern(one_piece_a_cycle(p, pieces, sign)))
    }),
    Native::build("plyWith", &[Int, Fun, Pat], |c| {
        let (n, p) = (copies(c, 0)?, c.pattern(2)?);
        let mut now = p.clone();
        let mut turns = Vec::new();
        for i in 0..n as i64 {
            let share = n as i64;
            turns.push(nth_piece(&now, i, share));
            now = c.call(1, now)?;
        }
        let steps = p.steps.map(|s| s * T::int(n as i64));
        Ok(Meaning::pattern(stack(turns).with_steps(steps)))
    }),
    Native::build("applyN", &[Int, Fun, Pat], |c| {
        let (n, mut p) = (copies(c, 0)?, c.pattern(2)?);
        for _ in 0..n {
            p = c.call(1, p)?;
        }
        Ok(Meaning::pattern(p))
    }),
    Native::build("foldEvery", &[Funs, Fun, Pat], |c| {
        let mut p = c.pattern(2)?;
        for n in c.list(0) {
            let n = c.eval.pattern_of(n, c.place(0))?;
            let n = n.constant().and_then(|v| v.number()).unwrap_or(1.0).max(1.0) as i64;
            let changed = c.call(1, p.clone())?;
            p = p.first_of(n, |_| changed.clone());
        }
        Ok(Meaning::pattern(p))
    }),
    Native::build("spread", &[Fun, Funs, Pat], |c| spread(c, slowcat)),
    Native::build("fastspread", &[Fun, Funs, Pat], |c| spread(c, mag_pattern::cat::fastcat)),
    Native::build("_generator", &[Pat], |c| {
        let name = c.pattern(0)?.constant().map(ToString::to_string).unwrap_or_default();
        Ok(Meaning::Generator(Box::new(crate::generator::Generator::new(&name))))
    }),
    Native::build("euclidFull", &[Int, Int, Pat, Pat], |c| {
        let (hits, steps) = (c.pattern(0)?, c.pattern(1)?);
        let (on, off) = (c.pattern(2)?, c.pattern(3)?);
        Ok(Meaning::pattern(euclid_full(hits, steps, on, off)))
    }),
];

/// A number of copies, within reason.
fn copies(c: &mut Call, i: usize) -> Eval<usize> {
    let n = c.number(i)?.floor();
    if (0.0..=COPIES).contains(&n) {
        return Ok(n as usize);
    }
    let message = format!("`{}` makes up to {COPIES} copies", c.name);
    let problem = Problem::error("bad-argument", c.place(i), message);
    c.eval
        .report(problem.expected(format!("a whole number from 0 to {COPIES}")).found(n.to_string()))
}

/// The pattern with one piece of each cycle replaced, the next one (or the one before) each cycle.
fn one_piece_a_cycle(p: Pattern, pieces: Vec<(Span, Pattern)>, sign: i64) -> Pattern {
    let n = pieces.len().max(1) as i64;
    Pattern::of(move |span, q, out| {
        span.each_cycle(|cycle, asked| {
            // Backwards starts with the last piece.
            let turn = if sign < 0 { -1 - cycle } else { cycle };
            let Some((place, piece)) = pieces.get(turn.rem_euclid(n) as usize) else {
                return;
            };
            let place = place.map(|t| t.add_int(cycle));
            let whole = Span::cycle(cycle);
            for rest in [Span::new(whole.begin, place.begin), Span::new(place.end, whole.end)] {
                if let (Some(rest), true) = (rest.sect(asked), rest.begin < rest.end) {
                    p.query(rest, q, out);
                }
            }
            if let Some(seen) = place.sect(asked) {
                piece.query(seen, q, out);
            }
        });
    })
}

/// Piece `i` of `n` of every event.
fn nth_piece(p: &Pattern, i: i64, n: i64) -> Pattern {
    p.discrete().each(move |_, hap| {
        let whole = hap.whole_or_part();
        let length = whole.duration() * T::new(1, n);
        let begin = whole.begin + length * T::int(i);
        let piece = mag_pattern::Span::new(begin, begin + length);
        hap.whole = Some(piece);
        hap.part.sect(piece).map(|part| hap.part = part).is_some()
    })
}

fn spread(c: &mut Call, join: fn(Vec<Pattern>) -> Pattern) -> Eval {
    let p = c.pattern(2)?;
    let (f, loc) = c.args[0].clone();
    let mut all = Vec::new();
    for value in c.list(1) {
        let place = c.place(1);
        let args = vec![(value, place), (Meaning::pattern(p.clone()), loc)];
        let made = c.eval.apply(f.clone(), loc, args, c.loc)?;
        all.push(c.eval.pattern_of(made, loc)?);
    }
    Ok(Meaning::pattern(join(all)))
}

fn euclid_full(hits: Pattern, steps: Pattern, on: Pattern, off: Pattern) -> Pattern {
    hits.inner_join(move |h| {
        let hits = h.number().unwrap_or(0.0) as i64;
        let (on, off) = (on.clone(), off.clone());
        steps.inner_join(move |s| {
            let steps = s.number().unwrap_or(0.0) as i64;
            let rests: Vec<bool> =
                mag_pattern::euclid::bjorklund(hits, steps).iter().map(|x| !x).collect();
            let filled = off.structure(&mag_pattern::euclid::gate(&rests));
            stack(vec![on.euclid(hits, steps, 0), filled])
        })
    })
}
