//! The note that a value is or carries, and changing it event by event.

use super::pitch::Pitch;
use crate::controls::Controls;
use crate::hap::Locs;
use crate::pattern::Pattern;
use crate::seq::{Seq, Slot};
use crate::sym::Sym;
use crate::value::Value;
use std::sync::Arc;

/// The octave of a note name without one.
pub(crate) const OCTAVE: i32 = 3;

/// A note by number or by name.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Note {
    /// A MIDI number.
    Number(f64),
    /// A spelled pitch.
    Named(Pitch),
}

impl Note {
    /// The note that a plain value is.
    pub(crate) fn of(value: &Value) -> Option<Note> {
        match value {
            Value::Num(x) => Some(Note::Number(*x)),
            Value::Word(w) => Pitch::parse(w.as_str()).map(Note::Named),
            _ => None,
        }
    }
    /// The MIDI number.
    pub(crate) fn midi(self) -> f64 {
        match self {
            Note::Number(x) => x,
            Note::Named(pitch) => f64::from(pitch.midi(OCTAVE)),
        }
    }
    /// As a plain value.
    pub(crate) fn value(self) -> Value {
        match self {
            Note::Number(x) => Value::Num(x),
            Note::Named(pitch) => Value::word(&pitch.to_string()),
        }
    }
}

/// The plain value that says which note: the control `note`, or the value itself.
pub(crate) fn note_value(value: &Value) -> Option<&Value> {
    match value {
        Value::Map(controls) => controls.get(Sym::new("note")),
        plain => Some(plain),
    }
}

/// `value` with its note replaced.
pub(crate) fn with_note(value: &Value, note: Value) -> Value {
    match value {
        Value::Map(controls) => Value::Map(controls.clone().with(Sym::new("note"), note)),
        _ => note,
    }
}

/// Takes the first of the named controls that is there, and removes all of them.
pub(crate) fn take_first(controls: &mut Controls, names: &[&str]) -> Option<Value> {
    let taken: Vec<_> = names.iter().map(|name| controls.remove(Sym::new(name))).collect();
    taken.into_iter().flatten().next()
}

/// What becomes of an event that a change fails on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Otherwise {
    /// It is left out.
    Drop,
    /// It stays as it was.
    Keep,
}

/// Changes value and causes of every event. A failure is noted as trouble of the query.
pub(crate) fn change(
    pattern: &Pattern,
    otherwise: Otherwise,
    f: impl Fn(&Value, &mut Locs) -> Result<Value, String> + Send + Sync + 'static,
) -> Pattern {
    if let Some(done) = change_slots(pattern, &f) {
        return done;
    }
    let f = Arc::new(f);
    pattern.each(move |q, hap| match f(&hap.value, &mut hap.locs) {
        Ok(value) => {
            hap.value = value;
            true
        }
        Err(message) => {
            q.fail(&hap.locs, || message);
            otherwise == Otherwise::Keep
        }
    })
}

/// The change done in advance, if the pattern is made of plain slots and no change fails.
fn change_slots(
    pattern: &Pattern,
    f: &impl Fn(&Value, &mut Locs) -> Result<Value, String>,
) -> Option<Pattern> {
    let changed = pattern.slots()?.iter().map(|slot| {
        let mut locs = slot.locs.clone();
        let value = f(&slot.value, &mut locs).ok()?;
        Some(Slot { value, locs, begin: slot.begin, end: slot.end })
    });
    let slots = changed.collect::<Option<Vec<Slot>>>()?;
    Some(Pattern::new(Seq::new(slots)).with_steps(pattern.steps))
}
