//! Transposition by semitones or by intervals.

use super::interval::Interval;
use super::notes::{Note, OCTAVE, Otherwise, change, note_value, with_note};
use crate::pattern::Pattern;
use crate::value::Value;

/// How far to transpose.
#[derive(Clone, Copy)]
enum Amount {
    Semitones(f64),
    Interval(Interval),
}

impl Amount {
    fn of(value: &Value) -> Result<Amount, String> {
        match value {
            Value::Num(x) if x.is_finite() => Ok(Amount::Semitones(*x)),
            Value::Word(word) => match word.as_str().parse::<f64>() {
                Ok(x) if x.is_finite() => Ok(Amount::Semitones(x)),
                _ => Interval::parse(word.as_str()).map(Amount::Interval),
            },
            other => Interval::parse(&other.to_string()).map(Amount::Interval),
        }
    }
    fn semitones(self) -> f64 {
        match self {
            Amount::Semitones(x) => x,
            Amount::Interval(interval) => f64::from(interval.semitones),
        }
    }
    /// As an interval; `None` between the semitones.
    fn interval(self) -> Option<Interval> {
        match self {
            Amount::Semitones(x) if x.fract() != 0.0 || x.abs() > 4096.0 => None,
            Amount::Semitones(x) => Some(Interval::from_semitones(x as i32)),
            Amount::Interval(interval) => Some(interval),
        }
    }
}

/// Notes moved by semitones (a number) or an interval (`3M`, `-2m`). Note names stay names, and
/// are spelled by the interval; between the semitones they become MIDI numbers. What is not a
/// note stays as it is, and the query has trouble.
///
/// Errors: `by` is neither a number nor an interval.
pub fn transpose(by: &Value, p: &Pattern) -> Result<Pattern, String> {
    let amount = Amount::of(by)?;
    Ok(change(p, Otherwise::Keep, move |value, _| {
        let note = note_value(value)
            .and_then(Note::of)
            .ok_or_else(|| format!("`transpose` needs notes, not {value}"))?;
        let moved = match (note, amount.interval()) {
            (Note::Named(pitch), Some(interval)) => Note::Named(pitch.raised(interval)),
            (Note::Named(pitch), None) => {
                Note::Number(f64::from(pitch.midi(OCTAVE)) + amount.semitones())
            }
            (Note::Number(x), _) => Note::Number(x + amount.semitones()),
        };
        Ok(with_note(value, moved.value()))
    }))
}
