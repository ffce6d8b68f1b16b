//! Natives that put patterns side by side and on top of each other.

use super::Kind::{Choice, Int, List, Pairs, Pat, Time};
use super::lift::cell_number;
use super::{Native, lift::Args};
use mag_pattern::cat::{fastcat, slowcat, stack, timecat};
use mag_pattern::{Pattern, Time as T, step};

pub(super) const ROWS: &[Native] = &[
    Native::plain("silence", &[], |_| Ok(Pattern::silence())),
    Native::plain("nothing", &[], |_| Ok(Pattern::nothing())),
    Native::plain("stack", &[Choice], |a| Ok(stack(a.list(0)))),
    Native::plain("cat", &[List], |a| Ok(slowcat(a.list(0)))),
    Native::plain("fastcat", &[List], |a| Ok(fastcat(a.list(0)))),
    Native::plain("timecat", &[Pairs], |a| Ok(timecat(weighted(a)?))),
    Native::plain("arrange", &[Pairs], |a| {
        let rows = weighted(a)?;
        let total = rows.iter().fold(T::ZERO, |sum, (n, _)| sum + *n);
        let sections = rows.into_iter().map(|(n, p)| (n, p.fast(n))).collect();
        Ok(timecat(sections).slow(total))
    }),
    Native::plain("seqPLoop", &[Pairs], |a| seq_loop(&a.rows(0))),
    Native::plain("polymeter", &[List], |a| Ok(step::polymeter(a.list(0)))),
    Native::plain("stepcat", &[Pairs], stepcat),
    Native::plain("stepalt", &[Pairs], |a| Ok(step::stepalt(a.rows(0)))),
    Native::plain("zip", &[List], |a| Ok(step::zip(a.list(0)))),
    Native::plain("tour", &[List, Pat], |a| Ok(step::tour(&a.pattern(1), &a.list(0)))),
    Native::plain("gap", &[Time], |a| Ok(Pattern::silence().with_steps(Some(a.time(0)?)))),
    Native::plain("_stepsOf", &[Pat, Pat], |a| Ok(a.pattern(1).with_steps(a.pattern(0).steps))),
    Native::plain("slowcatPrime", &[List], |a| Ok(slowcat_prime(a.list(0)))),
    Native::plain("stackLeft", &[List], |a| Ok(stack_by(a.list(0), T::ZERO))),
    Native::plain("stackRight", &[List], |a| Ok(stack_by(a.list(0), T::ONE))),
    Native::plain("stackCentre", &[List], |a| Ok(stack_by(a.list(0), T::new(1, 2)))),
    Native::plain("pace", &[Time, Pat], |a| Ok(a.pattern(1).pace(a.time(0)?))),
    Native::plain("take", &[Pat, Pat], |a| Ok(stepwise(a, Pattern::take))),
    Native::plain("drop", &[Pat, Pat], |a| Ok(stepwise(a, Pattern::drop))),
    Native::plain("expand", &[Pat, Pat], |a| Ok(stepwise(a, Pattern::expand))),
    Native::plain("contract", &[Pat, Pat], |a| Ok(stepwise(a, Pattern::contract))),
    Native::plain("extend", &[Pat, Pat], |a| Ok(stepwise(a, Pattern::extend))),
    Native::plain("shrink", &[Pat, Pat], |a| Ok(stepwise(a, Pattern::shrink))),
    Native::plain("grow", &[Pat, Pat], |a| Ok(stepwise(a, Pattern::grow))),
    Native::plain("replicate", &[Int, Pat], |a| Ok(a.pattern(1).replicate(a.int(0)?))),
];

/// Rows of a number and a pattern.
fn weighted(a: &Args) -> Result<Vec<(T, Pattern)>, String> {
    a.rows(0)
        .into_iter()
        .map(|row| match row.as_slice() {
            [n, p] => Ok((cell_number(Some(n))?, p.clone())),
            _ => Err("each row is a number and a pattern: [3, \"a b\"]".into()),
        })
        .collect()
}

/// Patterns, or rows of steps and a pattern.
fn stepcat(a: &Args) -> Result<Pattern, String> {
    let mut items = Vec::new();
    for row in a.rows(0) {
        items.push(match row.as_slice() {
            [only] => only.clone(),
            [n, p] => p.clone().with_steps(Some(cell_number(Some(n))?)),
            _ => return Err("each item is a pattern, or a list of steps and a pattern".into()),
        });
    }
    Ok(step::stepcat(items))
}

/// A stepwise change by each number of a pattern in turn, the results joined step by step.
fn stepwise(a: &Args, f: fn(&Pattern, T) -> Pattern) -> Pattern {
    let (amounts, p) = (a.pattern(0), a.pattern(1));
    let by = |v: &mag_pattern::Value| f(&p, T::from_f64(v.number().unwrap_or(0.0)));
    match (amounts.constant(), amounts.slots()) {
        (Some(value), _) => by(value),
        (None, Some(slots)) => step::stepcat(slots.iter().map(|s| by(&s.value)).collect()),
        (None, None) => {
            let p = p.clone();
            amounts.inner_join(move |v| f(&p, T::from_f64(v.number().unwrap_or(0.0))))
        }
    }
}

/// Patterns that each sound from a cycle of a loop to another, and go on unheard between.
fn seq_loop(rows: &[Vec<Pattern>]) -> Result<Pattern, String> {
    let mut parts = Vec::new();
    let mut total = T::ZERO;
    for row in rows {
        let [start, end, p] = row.as_slice() else {
            return Err("each row is a start, an end and a pattern: [0, 2, \"a\"]".into());
        };
        let (start, end) = (cell_number(Some(start))?, cell_number(Some(end))?);
        total = total.max(end);
        parts.push((start, end, p.clone()));
    }
    let sounding = parts.into_iter().map(|(start, end, p)| {
        let gate = |length: T, on: bool| (length, Pattern::pure(on));
        let gates = vec![gate(start, false), gate(end - start, true), gate(total - end, false)];
        p.mask(&timecat(gates).slow(total))
    });
    Ok(stack(sounding.collect()))
}

/// One pattern a cycle, all of them going on all the time.
fn slowcat_prime(items: Vec<Pattern>) -> Pattern {
    Pattern::of(move |span, q, out| {
        span.each_cycle(|cycle, piece| {
            let turn = cycle.rem_euclid(items.len().max(1) as i64) as usize;
            if let (Some(item), true) = (items.get(turn), q.spend(1)) {
                item.query(piece, q, out);
            }
        });
    })
}

/// Layers as long as the longest in steps; `before` is the share of what is left that is silent
/// before them.
fn stack_by(items: Vec<Pattern>, before: T) -> Pattern {
    let steps = |p: &Pattern| p.steps.unwrap_or(T::ONE);
    let longest = items.iter().map(steps).fold(T::ZERO, T::max);
    let padded = items.iter().map(|p| {
        let left = longest - steps(p);
        let gap = |share: T| Pattern::nothing().with_steps(Some(left * share));
        step::stepcat(vec![gap(before), p.clone(), gap(T::ONE - before)])
    });
    stack(padded.collect()).with_steps(Some(longest))
}
