//! Scale degrees: numbers to notes of a scale, notes to the nearest in a scale, steps within it.

use super::interval::Interval;
use super::mark::{mark, scale_of};
use super::notes::{Note, OCTAVE, Otherwise, change, note_value, take_first, with_note};
use super::scale::{Scale, whole_steps};
use crate::controls::Controls;
use crate::pattern::Pattern;
use crate::sym::Sym;
use crate::value::Value;

/// Numbers, or the control `n`, as steps of a scale: step 0 is the tonic, and parts of a step
/// count up. Steps may have accidentals (`1#`, `-2b`). Note names move to the nearest note of
/// the scale. The result is note names; with the control `anchor`, MIDI numbers where step 0 is
/// the step nearest to the anchor. Plain numbers in a scale without tonic become semitones above
/// it, as in Tidal. The control `degree` counts as SuperCollider does, a tenth more being a sharp,
/// with `mtranspose` taken in.
///
/// Errors: no scale of that name.
pub fn scale(name: &str, p: &Pattern) -> Result<Pattern, String> {
    let scale = Scale::parse(name)?;
    Ok(change(p, Otherwise::Drop, move |value, locs| {
        let placed = place(&scale, value)?;
        mark(locs, &scale);
        Ok(placed)
    }))
}

fn place(scale: &Scale, value: &Value) -> Result<Value, String> {
    match value {
        Value::Map(controls) => place_controls(scale, controls),
        plain => match (Note::of(plain), scale.tonic) {
            (Some(Note::Number(step)), None) => {
                Ok(Value::Num(f64::from(scale.interval(whole_steps(step)?).semitones)))
            }
            _ => place_plain(scale, plain).map(Note::value),
        },
    }
}

fn place_controls(scale: &Scale, controls: &Controls) -> Result<Value, String> {
    let mut controls = controls.clone();
    if let Some((step, sharps)) = take_degree(&mut controls) {
        let note = scale.note(whole_steps(step)?).raised(Interval::from_semitones(sharps));
        controls.set(Sym::new("note"), Note::Named(note).value());
        return Ok(Value::Map(controls));
    }
    let what = take_first(&mut controls, &["note", "n", "value"]).ok_or_else(|| {
        format!("`scale` needs `n`, `note` or `degree`; the event has {controls}")
    })?;
    let anchor = controls.get(Sym::new("anchor"));
    let note = match (anchor, step_of(&what)) {
        (Some(anchor), Some((step, sharps))) if Note::of(&what).is_none_or(is_number) => {
            let anchor = Note::of(anchor)
                .ok_or_else(|| format!("`anchor` must be a note, not `{anchor}`"))?;
            let midi = anchored(scale, whole_steps(step)?, anchor.midi());
            Note::Number(midi + f64::from(sharps))
        }
        _ => place_plain(scale, &what)?,
    };
    controls.set(Sym::new("note"), note.value());
    Ok(Value::Map(controls))
}

/// SuperCollider's `degree`, moved by `mtranspose`, where there is no `note`: the step, and the sharps
/// that its tenths are.
fn take_degree(controls: &mut Controls) -> Option<(f64, i32)> {
    if controls.get(Sym::new("note")).is_some() {
        return None;
    }
    let degree = controls.number(Sym::new("degree"))?;
    controls.remove(Sym::new("degree"));
    let more = controls.number(Sym::new("mtranspose")).unwrap_or(0.0);
    controls.remove(Sym::new("mtranspose"));
    let (step, place) = ((degree + more).round(), degree + more);
    Some((step, (10.0 * (place - step)).round() as i32))
}

fn is_number(note: Note) -> bool {
    matches!(note, Note::Number(_))
}

/// A note name goes to the nearest note, a step to the note on it.
fn place_plain(scale: &Scale, value: &Value) -> Result<Note, String> {
    if let Some(named @ Note::Named(_)) = Note::of(value) {
        return Ok(Note::Named(scale.nearest(named.midi())));
    }
    let (step, sharps) = step_of(value).ok_or_else(|| {
        format!("`{value}` is not a scale step: write a number, perhaps with # or b, or a note")
    })?;
    let note = scale.note(whole_steps(step)?);
    Ok(Note::Named(note.raised(Interval::from_semitones(sharps))))
}

/// A step and its accidentals: `2`, `-1b`, `4##`.
fn step_of(value: &Value) -> Option<(f64, i32)> {
    let word = match value {
        Value::Num(x) => return Some((*x, 0)),
        Value::Word(word) => word.as_str(),
        _ => return None,
    };
    let end = word.find(['#', 's', 'b', 'f'])?;
    let (step, marks) = word.split_at(end);
    let step: i32 = step.parse().ok()?;
    let mut sharps = 0;
    for mark in marks.chars() {
        sharps += match mark {
            '#' | 's' => 1,
            'b' | 'f' => -1,
            _ => return None,
        };
    }
    Some((f64::from(step), sharps))
}

/// The MIDI number of a step counted from the step nearest to the anchor.
fn anchored(scale: &Scale, step: i32, anchor: f64) -> f64 {
    let above = (anchor - f64::from(scale.root().midi(OCTAVE))).rem_euclid(12.0);
    let mut nearest = (f64::INFINITY, 0);
    for (i, interval) in scale.steps.iter().enumerate() {
        let far = (f64::from(interval.semitones) - above).abs();
        if far < nearest.0 {
            nearest = (far, i as i32);
        }
    }
    anchor - above + f64::from(scale.interval(step + nearest.1).semitones)
}

/// Moves notes by steps of the scale that they were put into by [`scale`].
///
/// Notes that have left the scale keep their distance to the step below. Events without a scale
/// stay as they are, and the query has trouble.
pub fn scale_transpose(steps: f64, p: &Pattern) -> Pattern {
    change(p, Otherwise::Keep, move |value, locs| {
        let scale = scale_of(locs)
            .ok_or_else(|| "`scaleTranspose` needs notes that `scale` made".to_string())?;
        let steps = whole_steps(steps.abs())? * if steps < 0.0 { -1 } else { 1 };
        let note = note_value(value)
            .and_then(Note::of)
            .ok_or_else(|| format!("`scaleTranspose` needs notes, not {value}"))?;
        Ok(with_note(value, stepped(&scale, note, steps).value()))
    })
}

fn stepped(scale: &Scale, note: Note, steps: i32) -> Note {
    let (at, left) = scale.step_at(note.midi());
    let target = scale.note(at + steps);
    match note {
        Note::Number(_) => Note::Number(f64::from(target.midi(OCTAVE)) + left),
        Note::Named(_) => Note::Named(target.raised(Interval::from_semitones(left as i32))),
    }
}
