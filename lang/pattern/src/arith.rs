//! Operations on two values, and on two maps of controls name by name.

use crate::align::{Align, Combine, Joined};
use crate::controls::Controls;
use crate::value::Value;
use std::sync::Arc;

/// What an operation makes of two plain values.
type Op = fn(&Value, &Value) -> Joined;

/// An operation with its name in mag.
pub struct Operation {
    /// `add`, `set`, …; alignments are suffixes.
    pub name: &'static str,
    op: Op,
    /// Whether maps are joined control by control; else the operation sees them whole.
    by_control: bool,
}

/// All operations. `x .add y` joins the value of `x` (left) with that of `y` (right).
pub const OPERATIONS: [Operation; 24] = [
    Operation { name: "set", op: |_, b| Ok(Some(b.clone())), by_control: true },
    Operation { name: "keep", op: |a, _| Ok(Some(a.clone())), by_control: true },
    Operation { name: "keepif", op: |a, b| Ok(b.truthy().then(|| a.clone())), by_control: false },
    Operation { name: "add", op: add, by_control: true },
    Operation { name: "sub", op: |a, b| numbers(a, b, |x, y| x - y), by_control: true },
    Operation { name: "mul", op: |a, b| numbers(a, b, |x, y| x * y), by_control: true },
    Operation { name: "div", op: |a, b| numbers(a, b, |x, y| x / y), by_control: true },
    Operation { name: "mod", op: |a, b| numbers(a, b, f64::rem_euclid), by_control: true },
    Operation { name: "pow", op: |a, b| numbers(a, b, f64::powf), by_control: true },
    Operation { name: "band", op: |a, b| bits(a, b, |x, y| x & y), by_control: true },
    Operation { name: "bor", op: |a, b| bits(a, b, |x, y| x | y), by_control: true },
    Operation { name: "bxor", op: |a, b| bits(a, b, |x, y| x ^ y), by_control: true },
    Operation { name: "blshift", op: |a, b| bits(a, b, shift_left), by_control: true },
    Operation { name: "brshift", op: |a, b| bits(a, b, shift_right), by_control: true },
    Operation { name: "lt", op: |a, b| compare(a, b, |x, y| x < y), by_control: true },
    Operation { name: "gt", op: |a, b| compare(a, b, |x, y| x > y), by_control: true },
    Operation { name: "lte", op: |a, b| compare(a, b, |x, y| x <= y), by_control: true },
    Operation { name: "gte", op: |a, b| compare(a, b, |x, y| x >= y), by_control: true },
    Operation { name: "eq", op: |a, b| truth(same(a, b)), by_control: true },
    Operation { name: "eqt", op: |a, b| truth(a == b), by_control: true },
    Operation { name: "ne", op: |a, b| truth(!same(a, b)), by_control: true },
    Operation { name: "net", op: |a, b| truth(a != b), by_control: true },
    Operation { name: "and", op: |a, b| Ok(Some(pick(a.truthy(), b, a))), by_control: true },
    Operation { name: "or", op: |a, b| Ok(Some(pick(a.truthy(), a, b))), by_control: true },
];

impl Operation {
    /// The operation of a name.
    pub fn named(name: &str) -> Option<&'static Operation> {
        OPERATIONS.iter().find(|o| o.name == name)
    }
    /// The operation and alignment of a name such as `addMix`.
    pub fn aligned(name: &str) -> Option<(&'static Operation, Align)> {
        OPERATIONS.iter().find_map(|operation| {
            let suffix = name.strip_prefix(operation.name)?;
            let align = Align::ALL.iter().find(|(_, s)| *s == suffix)?;
            Some((operation, align.0))
        })
    }
    /// As a function of two values of any kind.
    pub fn combine(&self) -> Combine {
        let op = self.op;
        if !self.by_control {
            return Arc::new(move |a, b| op(&a, b));
        }
        let name = self.name;
        Arc::new(move |a, b| match (&a, b) {
            (Value::Map(_), Value::Map(theirs)) => by_control(a, theirs, op),
            (Value::Map(_), plain) | (plain, Value::Map(_)) => match name {
                "keep" => Ok(Some(a)),
                _ => Err(format!(
                    "controls on one side of `{name}`, the plain value `{plain}` on the other: say \
                     which control it is, as in `.{name} (n {plain})`"
                )),
            },
            _ => op(&a, b),
        })
    }
}

/// Joins two maps, control by control.
fn by_control(a: Value, theirs: &Controls, op: Op) -> Joined {
    let mut failure = None;
    let both = |x: &Value, y: &Value| match op(x, y) {
        Ok(Some(value)) => value,
        Ok(None) => x.clone(),
        Err(message) => {
            failure = Some(message);
            x.clone()
        }
    };
    let joined = a.into_controls().union(theirs, both);
    failure.map_or(Ok(Some(Value::Map(joined))), Err)
}

fn pick(first: bool, a: &Value, b: &Value) -> Value {
    if first { a.clone() } else { b.clone() }
}

fn truth(b: bool) -> Joined {
    Ok(Some(Value::Bool(b)))
}

/// Equal, with numerals and note names counting as their numbers.
fn same(a: &Value, b: &Value) -> bool {
    a == b || a.number().is_some_and(|x| b.number() == Some(x))
}

fn as_number(v: &Value) -> Result<f64, String> {
    v.number().ok_or_else(|| match v {
        Value::Word(w) => format!("expected a number or a note name, found the word `{w}`"),
        other => format!("expected a number, found {}", other.kind()),
    })
}

fn numbers(a: &Value, b: &Value, f: impl Fn(f64, f64) -> f64) -> Joined {
    Ok(Some(Value::Num(f(as_number(a)?, as_number(b)?))))
}

/// Words do not grow longer than this.
const WORD_LIMIT: usize = 200;

/// Numbers add up; two words that are no numbers join to one.
fn add(a: &Value, b: &Value) -> Joined {
    match (a, b) {
        (Value::Word(x), Value::Word(y)) if a.number().is_none() && b.number().is_none() => {
            let joined = format!("{x}{y}");
            if joined.len() > WORD_LIMIT {
                return Err(format!("a word of {} letters is too long", joined.len()));
            }
            Ok(Some(Value::word(&joined)))
        }
        _ => numbers(a, b, |x, y| x + y),
    }
}

fn compare(a: &Value, b: &Value, f: impl Fn(f64, f64) -> bool) -> Joined {
    truth(f(as_number(a)?, as_number(b)?))
}

fn bits(a: &Value, b: &Value, f: impl Fn(i32, i32) -> i32) -> Joined {
    numbers(a, b, |x, y| f64::from(f(x as i32, y as i32)))
}

fn shift_left(x: i32, y: i32) -> i32 {
    x.wrapping_shl(y as u32)
}
fn shift_right(x: i32, y: i32) -> i32 {
    x.wrapping_shr(y as u32)
}
