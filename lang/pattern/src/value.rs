//! What an event carries: a number, a word, a truth, a list, or a map of controls.

use crate::controls::Controls;
use crate::sym::Sym;
use std::sync::Arc;

/// The value of an event; sixteen bytes.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A number.
    Num(f64),
    /// A truth.
    Bool(bool),
    /// A word: a sound, a note name, a chord.
    Word(Sym),
    /// Several values in one: `bd:3` is `[bd, 3]`.
    List(Arc<Vec<Value>>),
    /// Named controls: what an instrument is told.
    Map(Controls),
}

impl Value {
    /// A word.
    pub fn word(text: &str) -> Value {
        Value::Word(Sym::new(text))
    }
    /// A list.
    pub fn list(items: Vec<Value>) -> Value {
        Value::List(Arc::new(items))
    }

    /// As a number: numbers, truths as 1 and 0, numerals, note names as MIDI numbers (`c3` = 48).
    pub fn number(&self) -> Option<f64> {
        match self {
            Value::Num(x) => Some(*x),
            Value::Bool(b) => Some(f64::from(u8::from(*b))),
            Value::Word(w) => w
                .as_str()
                .parse()
                .ok()
                .filter(|x: &f64| x.is_finite())
                .or_else(|| crate::note::midi(w.as_str())),
            Value::List(items) => items.first()?.number(),
            Value::Map(_) => None,
        }
    }

    /// Whether it counts as true: not 0, not `false`, `f` or `~`, not empty.
    pub fn truthy(&self) -> bool {
        match self {
            Value::Num(x) => *x != 0.0 && !x.is_nan(),
            Value::Bool(b) => *b,
            Value::Word(w) => !matches!(w.as_str(), "" | "f" | "false"),
            Value::List(_) | Value::Map(_) => true,
        }
    }

    /// The controls, if it is a map.
    pub fn controls(&self) -> Option<&Controls> {
        match self {
            Value::Map(m) => Some(m),
            _ => None,
        }
    }

    /// The controls; a plain value becomes the control `value`.
    pub fn into_controls(self) -> Controls {
        match self {
            Value::Map(m) => m,
            other => Controls::one(Sym::new("value"), other),
        }
    }

    /// The kind in the words of error messages: "a number", "a word", …
    pub fn kind(&self) -> &'static str {
        match self {
            Value::Num(_) => "a number",
            Value::Bool(_) => "a truth value",
            Value::Word(_) => "a word",
            Value::List(_) => "a list",
            Value::Map(_) => "controls",
        }
    }
}

impl From<f64> for Value {
    fn from(x: f64) -> Value {
        Value::Num(x)
    }
}
impl From<bool> for Value {
    fn from(b: bool) -> Value {
        Value::Bool(b)
    }
}
impl From<Sym> for Value {
    fn from(w: Sym) -> Value {
        Value::Word(w)
    }
}
impl From<Controls> for Value {
    fn from(m: Controls) -> Value {
        Value::Map(m)
    }
}

/// As it would be typed: `3`, `bd`, `bd:3`, `{s: bd, n: 3}`.
impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Value::Num(x) => write!(f, "{x}"),
            Value::Bool(b) => write!(f, "{b}"),
            Value::Word(w) => write!(f, "{w}"),
            Value::List(items) => {
                for (i, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", if i == 0 { "" } else { ":" })?;
                }
                Ok(())
            }
            Value::Map(m) => write!(f, "{m}"),
        }
    }
}
