//! Functions written in Rust: one table, a row each.
//!
//! A row says which kinds of arguments a function takes and does its work on plain values;
//! [`lift`] makes patterned arguments work for all of them alike. The stdlib declares each row
//! with a `native` line, which documents it.

mod align;
mod bind;
mod build;
mod chance;
pub(crate) mod control;
mod cut;
mod join;
pub(crate) mod lift;
mod number;
mod rhythm;
mod row;
mod signals;
mod tidal;
mod time;
mod tonal;

use crate::eval::{Call, Eval};
use crate::meaning::Meaning;
use mag_pattern::{Pattern, Value};

/// What an argument of a native is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Exact numbers: times, factors; may be patterned.
    Time,
    /// Numbers; may be patterned.
    Num,
    /// Whole numbers; may be patterned.
    Int,
    /// Any plain values; may be patterned.
    Val,
    /// Words such as names of scales; may be patterned.
    Text,
    /// A pattern.
    Pat,
    /// A function from pattern to pattern.
    Fun,
    /// A list of patterns.
    List,
    /// A list or table of patterns.
    Choice,
    /// A list of lists.
    Pairs,
    /// A list of functions.
    Funs,
}

impl Kind {
    /// In the words of messages.
    pub fn describe(self) -> &'static str {
        match self {
            Kind::Time | Kind::Num => "a number, or a pattern of numbers",
            Kind::Int => "a whole number, or a pattern of them",
            Kind::Val => "a value, or a pattern of values",
            Kind::Text => "a word, or a pattern of words",
            Kind::Pat => "a pattern",
            Kind::Fun => "a function of a pattern",
            Kind::List => "a list of patterns",
            Kind::Choice => "a list or table of patterns",
            Kind::Pairs => "a list of lists such as [[3, \"a\"], [1, \"b\"]]",
            Kind::Funs => "a list of functions",
        }
    }
    /// Whether it is a plain value that may be patterned.
    pub(crate) fn is_plain(self) -> bool {
        matches!(self, Kind::Time | Kind::Num | Kind::Int | Kind::Val | Kind::Text)
    }
}

/// The work of a native on plain arguments.
pub(crate) type Plain = fn(&lift::Args) -> Result<Pattern, String>;
/// The work of a native that calls functions among its arguments, while the program is built.
pub(crate) type Build = fn(&mut Call) -> Eval<Meaning>;

/// How a native runs.
#[derive(Clone, Copy)]
pub(crate) enum Run {
    Plain(Plain),
    Build(Build),
}

/// A function written in Rust.
pub struct Native {
    /// Its name, as declared in the stdlib.
    pub name: &'static str,
    /// What it takes; the pattern that it changes is the last.
    pub takes: &'static [Kind],
    pub(crate) run: Run,
}

impl Native {
    const fn plain(name: &'static str, takes: &'static [Kind], run: Plain) -> Native {
        Native { name, takes, run: Run::Plain(run) }
    }
    const fn build(name: &'static str, takes: &'static [Kind], run: Build) -> Native {
        Native { name, takes, run: Run::Build(run) }
    }
}

/// All tables, one for each topic.
const TABLES: [&[Native]; 14] = [
    align::ROWS,
    bind::ROWS,
    time::ROWS,
    join::ROWS,
    rhythm::ROWS,
    row::ROWS,
    number::ROWS,
    signals::ROWS,
    chance::ROWS,
    cut::ROWS,
    tonal::ROWS,
    tidal::ROWS,
    build::ROWS,
    control::ROWS,
];

/// The native of a name.
pub fn named(name: &str) -> Option<&'static Native> {
    TABLES.iter().flat_map(|rows| rows.iter()).find(|n| n.name == name)
}

/// A scale spelled with spaces, `d3 dorian`: one word, not a sequence of two.
pub(crate) fn spaced_scale(text: &str) -> Option<Pattern> {
    let mut words = text.split_whitespace();
    let tonic = words.next()?;
    let rest: Vec<&str> = words.collect();
    let plain = |w: &&str| w.chars().all(|c| c.is_alphabetic() || c == '-');
    let is_tonic = mag_pattern::note::midi(tonic).is_some();
    if rest.is_empty() || !is_tonic || !rest.iter().all(plain) {
        return None;
    }
    let name = rest.join(" ");
    let known = mag_pattern::harmony::scale_names().any(|s| s.eq_ignore_ascii_case(&name));
    // (a word that is neither scale nor tonic is told as a scale that does not exist)
    let meant = known || rest.iter().all(|w| w.len() > 2 && mag_pattern::note::midi(w).is_none());
    meant.then(|| Pattern::pure(Value::word(&format!("{tonic}:{}", rest.join(":")))))
}
