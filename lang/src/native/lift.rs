//! The one place where arguments become patterned.

use super::{Native, Plain};
use mag_pattern::align::{Align, Combine, combine};
use mag_pattern::{Loc, Locs, Pattern, Query, Span, Time, Value};
use std::cell::Cell;
use std::sync::Arc;

/// An argument on its way to a native.
#[derive(Clone, Debug)]
pub(crate) enum Arg {
    /// A plain value, perhaps patterned, and where it was written.
    Value(Pattern, Loc),
    /// A pattern.
    Pattern(Pattern),
    /// A list of patterns.
    List(Vec<Pattern>),
    /// A table of patterns.
    Table(Vec<(String, Pattern)>),
    /// A list of lists.
    Rows(Vec<Vec<Pattern>>),
}

/// The arguments as a native sees them: plain values at their places.
#[derive(Clone)]
pub(crate) struct Args {
    args: Arc<Vec<Arg>>,
    values: Vec<Value>,
    /// For each argument, which of `values` it is.
    places: Arc<Vec<Option<usize>>>,
    /// The plain argument that was read last: the one that a refusal is about.
    read: Cell<usize>,
}

/// Why a native refused its arguments.
pub(crate) struct Failure {
    pub message: String,
    pub loc: Option<Loc>,
}

/// Runs a native. Where a plain argument is patterned, the native runs anew for each of its
/// values: arguments are joined in the rhythm of the first, and wholes come from the result.
/// `name` is what the performer called.
pub(crate) fn run(
    native: &'static Native,
    run: Plain,
    args: Vec<Arg>,
    name: &Arc<str>,
) -> Result<Pattern, Failure> {
    let mut patterned: Vec<Pattern> = Vec::new();
    let mut places = Vec::new();
    for (arg, kind) in args.iter().zip(native.takes) {
        places.push(match (arg, kind.is_plain()) {
            (Arg::Value(p, _), true) => {
                patterned.push(p.clone());
                Some(patterned.len() - 1)
            }
            _ => None,
        });
    }
    let (args, places) = (Arc::new(args), Arc::new(places));
    let constants: Option<Vec<Value>> = patterned.iter().map(|p| p.constant().cloned()).collect();
    if let Some(values) = constants {
        let args = Args { args, values, places, read: Cell::new(0) };
        let made = run(&args);
        let locs = patterned.iter().flat_map(|p| p.slots().unwrap_or_default());
        let mut all = Locs::none();
        locs.for_each(|slot| all.join(&slot.locs));
        return made.map(|p| p.located(&all)).map_err(|message| args.failure(name, &message));
    }
    let joined = together(&patterned);
    let (name, shared) = (name.clone(), args.clone());
    let make = move |values: &Value| {
        let values = match values {
            Value::List(items) => items.to_vec(),
            single => vec![single.clone()],
        };
        let (args, places) = (shared.clone(), places.clone());
        let args = Args { args, values, places, read: Cell::new(0) };
        run(&args).unwrap_or_else(|message| failing(args.failure(&name, &message)))
    };
    let steps = kept_steps(&args, &joined, &make);
    Ok(joined.inner_join(make).with_steps(steps))
}

/// The steps of the pattern that is changed, if they stay as they are for the first values.
fn kept_steps(args: &[Arg], joined: &Pattern, make: &impl Fn(&Value) -> Pattern) -> Option<Time> {
    let Some(Arg::Pattern(p)) = args.last() else { return None };
    let steps = p.steps?;
    (make(&first_value(joined)?).steps == Some(steps)).then_some(steps)
}

/// Work of a glance at the first value of a pattern.
const GLANCE: usize = 1000;

/// The value that a pattern begins with, unless that is hard to find out.
pub(crate) fn first_value(p: &Pattern) -> Option<Value> {
    let mut haps = Vec::new();
    p.query(Span::cycle(0), &mut Query::of_work(GLANCE), &mut haps);
    haps.into_iter().next().map(|hap| hap.value)
}

/// A pattern that gives nothing but the reason.
fn failing(failure: Failure) -> Pattern {
    let Failure { message, loc } = failure;
    let locs = loc.map_or_else(Locs::none, crate::eval::written);
    Pattern::of(move |_, q, _| q.fail(&locs, || message.clone()))
}

/// Several patterns as one of lists, in the rhythm of the first.
fn together(patterns: &[Pattern]) -> Pattern {
    let append: Combine = Arc::new(|list, item| match list {
        Value::List(mut items) => {
            Arc::make_mut(&mut items).push(item.clone());
            Ok(Some(Value::List(items)))
        }
        other => Ok(Some(Value::list(vec![other, item.clone()]))),
    });
    let mut patterns = patterns.iter();
    let Some(first) = patterns.next() else { return Pattern::silence() };
    let start = first.map(|v| Value::list(vec![v.clone()]));
    patterns.fold(start, |all, next| combine(Align::In, &all, next, append.clone()))
}

impl Args {
    /// Why the native refused, and where the argument was written that it read last.
    fn failure(&self, name: &str, message: &str) -> Failure {
        let place = |arg: &Arg| match arg {
            Arg::Value(_, loc) => Some(*loc),
            _ => None,
        };
        let loc = self.args.get(self.read.get()).and_then(place);
        Failure { message: format!("`{name}`: {message}"), loc }
    }
    /// Plain argument `i`.
    pub fn value(&self, i: usize) -> Value {
        self.read.set(i);
        let place = self.places.get(i).copied().flatten();
        place.and_then(|at| self.values.get(at)).cloned().unwrap_or(Value::Num(0.0))
    }
    /// Argument `i` as a number.
    pub fn number(&self, i: usize) -> Result<f64, String> {
        let value = self.value(i);
        match (value.number(), &value) {
            (Some(x), _) if x.is_nan() => Err("this is something like 0/0, no number".into()),
            (Some(x), _) => Ok(x),
            (None, Value::Word(w)) => Err(format!("expected a number, found the word `{w}`")),
            (None, other) => Err(format!("expected a number, found {}", other.kind())),
        }
    }
    /// Argument `i` as an exact time.
    pub fn time(&self, i: usize) -> Result<Time, String> {
        let x = self.number(i)?;
        let time = Time::from_f64(x);
        match time.is_defined() {
            true if time.is_zero() && x != 0.0 => Err(format!("{x:e} is too small")),
            true => Ok(time),
            false => Err(format!("{x:e} is too large")),
        }
    }
    /// Argument `i` as a whole number, rounded down.
    pub fn int(&self, i: usize) -> Result<i64, String> {
        let x = self.number(i)?.floor();
        if x.abs() < 1e9 { Ok(x as i64) } else { Err(format!("{x:e} is too large")) }
    }
    /// Argument `i` as a number of pieces or copies: at least `least`, at most 4096.
    pub fn count(&self, i: usize, least: i64) -> Result<i64, String> {
        let n = self.int(i)?;
        if (least..=4096).contains(&n) {
            return Ok(n);
        }
        Err(format!("expected a whole number from {least} to 4096, found {n}"))
    }
    /// Argument `i` as a word.
    pub fn word(&self, i: usize) -> String {
        self.value(i).to_string()
    }
    /// Pattern argument `i`.
    pub fn pattern(&self, i: usize) -> Pattern {
        match self.args.get(i) {
            Some(Arg::Pattern(p) | Arg::Value(p, _)) => p.clone(),
            _ => Pattern::silence(),
        }
    }
    /// List argument `i`; of a table its patterns.
    pub fn list(&self, i: usize) -> Vec<Pattern> {
        match self.args.get(i) {
            Some(Arg::List(items)) => items.clone(),
            Some(Arg::Table(rows)) => rows.iter().map(|(_, p)| p.clone()).collect(),
            _ => Vec::new(),
        }
    }
    /// Argument `i` as a list or table: patterns with their names, if any.
    pub fn named(&self, i: usize) -> Vec<(Option<String>, Pattern)> {
        match self.args.get(i) {
            Some(Arg::Table(rows)) => {
                rows.iter().map(|(name, p)| (Some(name.clone()), p.clone())).collect()
            }
            _ => self.list(i).into_iter().map(|p| (None, p)).collect(),
        }
    }
    /// Argument `i` as rows of cells.
    pub fn rows(&self, i: usize) -> Vec<Vec<Pattern>> {
        match self.args.get(i) {
            Some(Arg::Rows(rows)) => rows.clone(),
            _ => Vec::new(),
        }
    }
}

/// The number in a cell of a row.
pub(crate) fn cell_number(cell: Option<&Pattern>) -> Result<Time, String> {
    let value = cell.and_then(Pattern::constant).and_then(Value::number);
    let time = value.map(Time::from_f64).ok_or("each row starts with plain numbers")?;
    if time.is_defined() { Ok(time) } else { Err("a number of a row is too large".into()) }
}
