//! Controls: named values for instruments, and the functions that make them.

use super::Kind::{Num, Pat, Val};
use super::Native;
use crate::meaning::{Body, Function, Meaning};
use mag_pattern::align::{Align, Combine, combine};
use mag_pattern::{Controls, Pattern, Sym, Value};
use std::sync::Arc;

pub(super) const ROWS: &[Native] = &[
    Native::plain("_pan", &[Num, Pat], |a| {
        let (by, pan) = (a.number(0)?, Sym::new("pan"));
        Ok(a.pattern(1).map(move |v| {
            let mut map = v.clone().into_controls();
            let now = map.number(pan).unwrap_or(0.5);
            map.set(pan, Value::Num(now + by));
            Value::Map(map)
        }))
    }),
    Native::plain("ctrl", &[Val, Pat], |a| Ok(controls(Sym::new(&a.word(0)), &a.pattern(1)))),
    Native::build("control", &[Val], |c| {
        let names = c.pattern(0)?.constant().map(ToString::to_string).unwrap_or_default();
        Ok(Meaning::Function(Function {
            name: names.as_str().into(),
            signature: "control value".into(),
            arity: 1,
            given: Vec::new(),
            body: Body::Control(Sym::new(&names)),
        }))
    }),
];

/// What a control sets, read from its names: `s:n`, `decay:sustain=0`.
struct Fields {
    names: Vec<Sym>,
    /// Values of names that a value leaves out; a name stands for that control's value.
    defaults: Vec<(Sym, Value)>,
}

impl Fields {
    fn read(names: &str) -> Fields {
        let mut fields = Fields { names: Vec::new(), defaults: Vec::new() };
        for part in names.split(':') {
            let (name, default) = part.split_once('=').unwrap_or((part, ""));
            fields.names.push(Sym::new(name));
            if !default.is_empty() {
                let value = default.parse().map_or_else(|_| Value::word(default), Value::Num);
                fields.defaults.push((Sym::new(name), value));
            }
        }
        fields
    }
    fn complete(&self, mut set: Controls) -> Controls {
        for (name, value) in &self.defaults {
            if set.get(*name).is_none() {
                let other = match value {
                    Value::Word(other) => set.get(*other).cloned(),
                    _ => None,
                };
                set.set(*name, other.unwrap_or_else(|| value.clone()));
            }
        }
        set
    }
}

/// Each value as a control. `names` are one name, or several with colons between them: a list such
/// as `bd:3` sets as many as it has values, `s` and `n`. Maps stay what they are, with a plain
/// `value` in them becoming the control.
pub fn controls(names: Sym, values: &Pattern) -> Pattern {
    let fields = Fields::read(names.as_str());
    spelled_out(names, values).map(move |v| Value::Map(control(&fields, v)))
}

/// `pattern` with `values` as a control, as in `x .gain v`: [`controls`] and `set` in one, without
/// a map of one entry on the way.
pub fn set(names: Sym, pattern: &Pattern, values: &Pattern) -> Pattern {
    let fields = Fields::read(names.as_str());
    let op: Combine = Arc::new(move |sound, value| {
        let mut sound = sound.into_controls();
        match (fields.names.as_slice(), value) {
            ([name, ..], Value::Num(_) | Value::Word(_)) if fields.defaults.is_empty() => {
                sound.set(*name, value.clone());
            }
            _ => sound = sound.union(&control(&fields, value), |_, theirs| theirs.clone()),
        }
        Ok(Some(Value::Map(sound)))
    });
    combine(Align::In, pattern, &spelled_out(names, values), op)
}

/// Chords as their notes, where notes are wanted.
fn spelled_out(names: Sym, values: &Pattern) -> Pattern {
    if names.as_str().starts_with("note") { super::tonal::chords(values) } else { values.clone() }
}

fn control(fields: &Fields, value: &Value) -> Controls {
    let Some(name) = fields.names.first().copied() else { return Controls::new() };
    match value {
        Value::List(items) if fields.names.len() > 1 => {
            fields.complete(fields.names.iter().copied().zip(items.iter().cloned()).collect())
        }
        Value::Map(map) => {
            let mut map = map.clone();
            if let Some(plain) = map.remove(Sym::new("value")) {
                map.set(name, plain);
            }
            map
        }
        plain => fields.complete(Controls::one(name, plain.clone())),
    }
}
