//! What only Tidal has: scales from lists of numbers, and chords written `c'maj7'ii`.

use super::nearest::unknown;
use super::notes::{Otherwise, change, take_first};
use super::pitch::Pitch;
use crate::pattern::Pattern;
use crate::sym::Sym;
use crate::value::Value;

/// Names, and semitones above the root; one chord a line.
const CHORDS: &str = include_str!("tidal_chords.tsv");

/// Note 0 of Tidal is c5.
const ZERO_OCTAVE: i32 = 5;

/// Most notes a chord is stretched to.
const MOST: usize = 128;

/// Numbers (or the control `n`, which becomes `note`) as indices into `steps`, which repeat
/// every octave of 12: `toScale [0,2,4,5,7,9,11]`.
pub fn to_scale(steps: Vec<f64>, p: &Pattern) -> Pattern {
    to_scale_in(12.0, steps, p)
}

/// [`to_scale`] with an octave of another size. Without steps there is nothing to play.
pub fn to_scale_in(octave: f64, steps: Vec<f64>, p: &Pattern) -> Pattern {
    change(p, Otherwise::Drop, move |value, _| {
        let mut controls = value.controls().cloned();
        let index = match &mut controls {
            Some(controls) => take_first(controls, &["note", "n", "value"]),
            None => Some(value.clone()),
        };
        let index = index
            .and_then(|index| index.number())
            .filter(|x| x.is_finite())
            .ok_or_else(|| format!("`toScale` needs numbers, not {value}"))?
            .floor();
        let count = steps.len() as f64;
        let step = steps
            .get(index.rem_euclid(count.max(1.0)) as usize)
            .ok_or("the list of `toScale` is empty: write its steps, as in [0,2,4,5,7,9,11]")?;
        let note = Value::Num(step + octave * (index / count).floor());
        Ok(match controls {
            Some(controls) => Value::Map(controls.with(Sym::new("note"), note)),
            None => note,
        })
    })
}

fn chords() -> impl Iterator<Item = (&'static str, &'static str)> {
    CHORDS.lines().filter(|l| !l.starts_with("# ")).filter_map(|l| l.split_once('\t'))
}

/// Names of chords for words such as `c'maj7`.
pub fn chord_names() -> impl Iterator<Item = &'static str> {
    chords().flat_map(|(names, _)| names.split(' '))
}

fn chord_named(name: &str) -> Option<Vec<f64>> {
    let (_, notes) = chords().find(|(names, _)| names.split(' ').any(|n| n == name))?;
    Some(notes.split(' ').filter_map(|note| note.parse().ok()).collect())
}

/// A change to the notes of a chord.
enum Modifier {
    /// So many notes, going on in the octaves above.
    Range(usize),
    /// The lowest note an octave up.
    Invert,
    /// The first and third an octave down.
    Open,
    /// The note at that place from the top an octave down.
    Drop(usize),
}

/// The notes of a chord word, in semitones from c5 (Tidal's note 0): root (a note name, by
/// default in octave 5, or a number), name (by default `major`), and modifiers, `'` between them:
/// `c'maj7'ii`, `e4'min'5`, `0'dom7'o`, `a'm9'd1`. A number sets how many notes, each `i` inverts,
/// `o` opens, `d2` drops the second from the top.
///
/// `None` if it is no such word; an error if it names no chord or modifier.
pub fn tidal_chord(text: &str) -> Option<Result<Vec<f64>, String>> {
    let mut fields = text.split('\'');
    let root = root(fields.next()?)?;
    let fields: Vec<&str> = fields.collect();
    if fields.is_empty() || fields.iter().any(|field| field.is_empty()) {
        return None;
    }
    Some(build(root, &fields))
}

fn root(text: &str) -> Option<f64> {
    if let Some(pitch) = Pitch::parse(text) {
        return Some(f64::from(pitch.midi(ZERO_OCTAVE) - 12 * (ZERO_OCTAVE + 1)));
    }
    text.parse().ok().filter(|x: &f64| x.is_finite())
}

fn build(root: f64, fields: &[&str]) -> Result<Vec<f64>, String> {
    let named = fields.first().and_then(|name| chord_named(name));
    let rest = if named.is_some() { &fields[1..] } else { fields };
    let mut notes = named.unwrap_or_else(|| vec![0.0, 4.0, 7.0]);
    for (place, field) in rest.iter().enumerate() {
        let steps = modifiers(field).ok_or_else(|| {
            if place == 0 && rest.len() == fields.len() {
                return unknown("chord", field, chord_names());
            }
            format!("`{field}` does not change a chord: write 5 (notes), i, ii, o, or d1")
        })?;
        for step in steps {
            notes = apply(&step, notes);
        }
    }
    Ok(notes.into_iter().map(|note| note + root).collect())
}

fn modifiers(field: &str) -> Option<Vec<Modifier>> {
    let mut all = Vec::new();
    let mut rest = field;
    while let Some(first) = rest.chars().next() {
        let letter = !first.is_ascii_digit();
        let tail = if letter { &rest[first.len_utf8()..] } else { rest };
        let digits = tail.find(|c: char| !c.is_ascii_digit()).unwrap_or(tail.len());
        let number: Option<usize> = tail[..digits].parse().ok();
        match (first, number) {
            ('o', None) => all.push(Modifier::Open),
            ('i', times) => {
                all.extend((0..times.unwrap_or(1).min(MOST)).map(|_| Modifier::Invert));
            }
            ('d', Some(place)) => all.push(Modifier::Drop(place)),
            (_, Some(count)) if !letter => all.push(Modifier::Range(count.min(MOST))),
            _ => return None,
        }
        rest = &tail[digits..];
    }
    Some(all)
}

fn apply(modifier: &Modifier, mut notes: Vec<f64>) -> Vec<f64> {
    match *modifier {
        Modifier::Range(count) => {
            let octave = |i: usize| 12.0 * (i / notes.len().max(1)) as f64;
            let note = |i| notes.get(i % notes.len().max(1)).map(|note| note + octave(i));
            (0..count).filter_map(note).collect()
        }
        Modifier::Invert => {
            if !notes.is_empty() {
                let lowest = notes.remove(0);
                notes.push(lowest + 12.0);
            }
            notes
        }
        Modifier::Open => match notes.as_slice() {
            [first, second, third, rest @ ..] => {
                let opened = [first - 12.0, third - 12.0, *second];
                opened.into_iter().chain(rest.iter().copied()).collect()
            }
            _ => notes,
        },
        Modifier::Drop(place) => {
            if (1..=notes.len()).contains(&place) {
                let dropped = notes.remove(notes.len() - place);
                notes.insert(0, dropped - 12.0);
            }
            notes
        }
    }
}
