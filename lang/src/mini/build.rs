//! Makes a pattern from the tree of a mini-notation text.

use super::flat;
use super::tree::{Change, Layers, Sequence, Step, Term};
use mag_pattern::align::{Align, Combine, combine};
use mag_pattern::cat::{common_steps, fastcat, slowcat, stack, timecat};
use mag_pattern::chance::rand_at;
use mag_pattern::{Locs, Pattern, Time, Value};
use std::sync::Arc;

/// The longest range that `..` writes out.
const RANGE_LIMIT: f64 = 4096.0;
/// Values that `:` joins to one.
const TAIL_LIMIT: usize = 64;
/// Tells the chances of mini-notation from those of the functions.
const CHANCE_SEED: i64 = 0x6d696e69;

/// The pattern of a parsed text; silence for an empty one.
pub fn build(layers: &Layers) -> Pattern {
    match layers {
        Layers::Stack(all) if all.is_empty() => Pattern::silence(),
        _ => group(layers).0,
    }
}

/// A pattern, and whether its steps were marked with `^`.
type Marked = (Pattern, bool);

fn group(layers: &Layers) -> Marked {
    match layers {
        Layers::Stack(all) => {
            if let Some(written) = flat::rows(all) {
                let steps = common_steps(all.iter().map(|row| Some(total(row))));
                return (written.with_steps(steps), false);
            }
            if let [only] = all.as_slice() {
                return changing(only);
            }
            let built: Vec<Marked> = all.iter().map(sequence).collect();
            let counts = built.iter().any(|(_, counts)| *counts);
            (stack(built.into_iter().map(|(p, _)| p).collect()), counts)
        }
        Layers::Choice(all, number) => {
            let choices: Vec<Pattern> = all.iter().map(|s| sequence(s).0).collect();
            (choose(choices, CHANCE_SEED + number), false)
        }
        Layers::Feet(all) => (fastcat(all.iter().map(|s| sequence(s).0).collect()), false),
    }
}

/// One of the patterns, drawn anew each cycle.
fn choose(choices: Vec<Pattern>, seed: i64) -> Pattern {
    Pattern::of(move |span, q, out| {
        span.each_cycle(|cycle, piece| {
            let stream = seed.wrapping_add(q.take_stream());
            let draw = rand_at(Time::int(cycle), stream) * choices.len() as f64;
            if let (Some(choice), true) = (choices.get(draw as usize), q.spend(1)) {
                choice.query(piece, q, out);
            }
        });
    })
}

pub(super) fn share(step: &Step) -> Time {
    if step.weight.is_zero() { Time::ONE } else { step.weight }
}

pub(super) fn total(sequence: &Sequence) -> Time {
    sequence.steps.iter().fold(Time::ZERO, |sum, step| sum + share(step))
}

fn sequence(sequence: &Sequence) -> Marked {
    if let Some(written) = flat::rows(std::slice::from_ref(sequence)) {
        return (written.with_steps(Some(total(sequence))), false);
    }
    changing(sequence)
}

/// A sequence with something in it that changes from cycle to cycle.
fn changing(sequence: &Sequence) -> Marked {
    let built: Vec<Marked> = sequence.steps.iter().map(marked_step).collect();
    let (steps, counts) = counted(sequence, &built);
    (in_a_row(sequence, built).with_steps(steps), counts)
}

/// The steps of a sequence within one cycle.
fn in_a_row(sequence: &Sequence, built: Vec<Marked>) -> Pattern {
    let patterns = built.into_iter().map(|(p, _)| p);
    if is_even(sequence) {
        fastcat(patterns.collect())
    } else {
        timecat(sequence.steps.iter().map(share).zip(patterns).collect())
    }
}

fn is_even(sequence: &Sequence) -> bool {
    sequence.steps.iter().all(|s| share(s) == Time::ONE)
}

/// The number of steps of a sequence, and whether it counts for the whole.
fn counted(sequence: &Sequence, built: &[Marked]) -> (Option<Time>, bool) {
    let counting: Vec<_> =
        built.iter().filter(|(_, counts)| *counts).map(|(p, _)| p.steps).collect();
    let counts = sequence.counts || !counting.is_empty();
    let all = total(sequence);
    let steps =
        if counting.is_empty() { Some(all) } else { common_steps(counting).map(|s| s * all) };
    (steps, counts)
}

fn step(step: &Step) -> Pattern {
    marked_step(step).0
}

fn marked_step(step: &Step) -> Marked {
    if let (false, Some(written)) = (step.ops.is_empty(), flat::step(step)) {
        return (written.with_steps(Some(Time::ONE)), false);
    }
    let (mut pattern, counts) = term(&step.term);
    for change in &step.ops {
        pattern = changed(pattern, change);
    }
    (pattern, counts)
}

fn term(term: &Term) -> Marked {
    match term {
        Term::Rest => (Pattern::silence(), false),
        Term::Atom(value, loc) => (Pattern::pure_at(value.clone(), Locs::one(*loc)), false),
        Term::Group(layers) => group(layers),
        Term::Slow(all) => {
            let built: Vec<Marked> = all.iter().map(slow).collect();
            let counts = built.iter().any(|(_, counts)| *counts);
            let steps = counts.then(|| common_steps(built.iter().map(|(p, _)| p.steps)));
            let turns = stack(built.into_iter().map(|(p, _)| p).collect());
            (turns.with_steps(steps.unwrap_or(Some(Time::ONE))), counts)
        }
        Term::Polymeter(all, pace) => (polymeter(all, pace.as_deref()), false),
    }
}

/// A step a cycle.
fn slow(row: &Sequence) -> Marked {
    let built: Vec<Marked> = row.steps.iter().map(marked_step).collect();
    let (steps, counts) = counted(row, &built);
    if !is_even(row) {
        return (in_a_row(row, built).with_steps(steps).slow(total(row)), counts);
    }
    (slowcat(built.into_iter().map(|(p, _)| p).collect()).with_steps(steps), counts)
}

fn polymeter(all: &[Sequence], pace: Option<&Step>) -> Pattern {
    let first = all.first().map_or(Time::ONE, total);
    let layers = all.iter().map(|row| {
        let (pattern, _) = sequence(row);
        let own = total(row);
        match pace {
            Some(pace) => with_number(pace, move |n| pattern.fast(n / own)),
            None => pattern.fast(first / own),
        }
    });
    stack(layers.collect()).with_steps(Some(Time::ONE))
}

/// The number of an operand that is just that, and its place.
pub(super) fn plain_number(operand: &Step) -> Option<(Time, Locs)> {
    match &operand.term {
        Term::Atom(Value::Num(x), loc) if operand.ops.is_empty() => {
            Some((Time::from_f64(*x), Locs::one(*loc)))
        }
        _ => None,
    }
}

/// Joins in a number, as an exact time.
fn with_number(operand: &Step, f: impl Fn(Time) -> Pattern + Send + Sync + 'static) -> Pattern {
    if let Some((number, locs)) = plain_number(operand) {
        return f(number).located(&locs);
    }
    step(operand).inner_join(move |v| match v.number() {
        Some(x) => f(Time::from_f64(x)),
        None => Pattern::failing(format!("a number is needed here, found {} `{v}`", v.kind())),
    })
}

fn with_count(operand: &Step, f: impl Fn(i64) -> Pattern + Send + Sync + 'static) -> Pattern {
    with_number(operand, move |t| f(t.floor()))
}

fn changed(pattern: Pattern, change: &Change) -> Pattern {
    let steps = pattern.steps;
    match change {
        Change::Fast(by) => with_number(by, move |n| pattern.fast(n)).with_steps(steps),
        Change::Slow(by) => with_number(by, move |n| pattern.slow(n)).with_steps(steps),
        Change::Replicate(n) => replicate(&pattern, *n),
        Change::Euclid(hits, of, by) => euclid(pattern, hits, of, by.as_deref()),
        Change::Degrade(share, number) => pattern.degrade_by(*share, CHANCE_SEED + number),
        Change::Tail(item) => {
            let op: Combine = Arc::new(|a, b| Ok(Some(appended(&a, b))));
            combine(Align::In, &pattern, &step(item), op)
        }
        Change::Range(last) => range(&pattern, step(last)),
    }
}

fn replicate(pattern: &Pattern, n: i64) -> Pattern {
    if n == 1 {
        return pattern.clone();
    }
    pattern.repeat_cycles(n).fast(Time::int(n))
}

fn euclid(pattern: Pattern, hits: &Step, of: &Step, by: Option<&Step>) -> Pattern {
    let plain = (plain_number(hits), plain_number(of), by.map(plain_number));
    if let (Some((hits, a)), Some((steps, b)), None | Some(Some(_))) = &plain {
        let (rotation, c) = plain.2.clone().flatten().unwrap_or((Time::ZERO, Locs::none()));
        let made = pattern.euclid(hits.floor(), steps.floor(), rotation.floor());
        return made.located(a).located(b).located(&c);
    }
    let (of, by) = (of.clone(), by.cloned());
    with_count(hits, move |hits| {
        let (pattern, by) = (pattern.clone(), by.clone());
        with_count(&of, move |steps| match &by {
            Some(by) => {
                let pattern = pattern.clone();
                with_count(by, move |rotation| pattern.euclid(hits, steps, rotation))
            }
            None => pattern.euclid(hits, steps, 0),
        })
    })
}

/// `a:b`, and `a:b:c` as one list of three.
fn appended(a: &Value, b: &Value) -> Value {
    match a {
        Value::List(items) if items.len() >= TAIL_LIMIT => a.clone(),
        Value::List(items) => Value::list(items.iter().chain([b]).cloned().collect()),
        _ => Value::list(vec![a.clone(), b.clone()]),
    }
}

fn range(first: &Pattern, last: Pattern) -> Pattern {
    first.squeeze_join(move |a| {
        let from = a.number();
        last.mix_join(move |b| match (from, b.number()) {
            (Some(from), Some(to)) => count(from, to),
            _ => Pattern::failing("`..` needs a number on both sides"),
        })
    })
}

/// The numbers from one to another, in steps of 1, up or down.
fn count(from: f64, to: f64) -> Pattern {
    let length = (to - from).abs();
    if length >= RANGE_LIMIT || length.is_nan() {
        return Pattern::failing(format!("a range of more than {RANGE_LIMIT} numbers"));
    }
    let n = (length + 1.0).floor() as usize;
    let sign = if from < to { 1.0 } else { -1.0 };
    fastcat((0..n).map(|i| Pattern::pure(from + sign * i as f64)).collect())
}
