//! Natives for scales, chords and voicings.

use super::Kind::{Num, Pat, Text, Val};
use super::Native;
use mag_pattern::{Hap, Pattern, Value, harmony};

pub(super) const ROWS: &[Native] = &[
    Native::plain("scale", &[Text, Pat], |a| harmony::scale(&a.word(0), &a.pattern(1))),
    Native::plain("scaleTranspose", &[Num, Pat], |a| {
        Ok(harmony::scale_transpose(a.number(0)?, &a.pattern(1)))
    }),
    Native::plain("transpose", &[Val, Pat], |a| harmony::transpose(&a.value(0), &a.pattern(1))),
    Native::plain("rootNotes", &[Num, Pat], |a| {
        Ok(harmony::root_notes(a.number(0)?, &a.pattern(1)))
    }),
    Native::plain("voicing", &[Pat], |a| Ok(harmony::voicing(&a.pattern(0)))),
    Native::plain("arp", &[Pat, Pat], |a| Ok(harmony::arp(&a.pattern(0), &a.pattern(1)))),
    Native::plain("rolledBy", &[super::Kind::Time, Pat], |a| {
        Ok(harmony::rolled_by(a.time(0)?, &a.pattern(1)))
    }),
    Native::plain("toScale", &[Val, Pat], |a| Ok(harmony::to_scale(steps(a, 0)?, &a.pattern(1)))),
    Native::plain("toScaleIn", &[Num, Val, Pat], |a| {
        Ok(harmony::to_scale_in(a.number(0)?, steps(a, 1)?, &a.pattern(2)))
    }),
];

/// The steps of a scale: a list of semitones.
fn steps(a: &super::lift::Args, i: usize) -> Result<Vec<f64>, String> {
    let number = |v: &Value| v.number().ok_or_else(|| format!("`{v}` is no number of semitones"));
    match a.value(i) {
        Value::List(items) => items.iter().map(number).collect(),
        single => Ok(vec![number(&single)?]),
    }
}

/// Chord words such as `c'maj7'ii` as their notes; everything else stays.
pub(crate) fn chords(p: &Pattern) -> Pattern {
    let is_chord = |v: &Value| matches!(v, Value::Word(w) if w.as_str().contains('\''));
    if p.slots().is_some_and(|slots| !slots.iter().any(|s| is_chord(&s.value))) {
        return p.clone();
    }
    let inner = p.clone();
    Pattern::of(move |span, q, out| {
        let start = out.len();
        inner.query(span, q, out);
        if !out.iter().skip(start).any(|hap| is_chord(&hap.value)) {
            return;
        }
        for hap in out.split_off(start) {
            match &hap.value {
                Value::Word(word) if is_chord(&hap.value) => match chord_notes(word.as_str()) {
                    Ok(notes) => out.extend(
                        notes.into_iter().map(|n| Hap { value: Value::Num(n), ..hap.clone() }),
                    ),
                    Err(message) => q.fail(&hap.locs, || message),
                },
                _ => out.push(hap),
            }
        }
    })
    .with_steps(p.steps)
}

/// MIDI numbers of a chord word. Tidal counts from its c5, which is mag's c5 less a default octave:
/// a root without an octave lies in octave 3, as every note name does.
fn chord_notes(word: &str) -> Result<Vec<f64>, String> {
    let root = word.split('\'').next().unwrap_or_default();
    let base = match (root.parse::<f64>(), root.ends_with(|c: char| c.is_ascii_digit())) {
        (Ok(_), _) => 0.0,
        (_, true) => 72.0,
        (_, false) => 48.0,
    };
    match harmony::tidal_chord(word) {
        Some(notes) => Ok(notes?.into_iter().map(|n| n + base).collect()),
        None => Err(format!("`{word}` is no chord; chords are written `c'maj7` or `e3'min'ii`")),
    }
}
