//! Voicing: the notes of a chord symbol, placed near an anchor.

use super::chord::{Chord, chord_of};
use super::dictionary::{DICTIONARIES, Dictionary};
use super::nearest::unknown;
use super::notes::Note;
use super::pitch::Pitch;
use crate::controls::Controls;
use crate::hap::Hap;
use crate::pattern::Pattern;
use crate::sym::Sym;
use crate::value::Value;

/// The anchor, if none is given: C5.
const ANCHOR: i32 = 72;
/// The octave of an anchor that names none.
const ANCHOR_OCTAVE: i32 = 4;
/// The controls that say how to voice, which the notes no longer carry.
const SETTINGS: [&str; 8] =
    ["chord", "dictionary", "dict", "anchor", "mode", "offset", "n", "octaves"];

/// How a voicing is placed by its anchor.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// Top note at or below the anchor.
    Below,
    /// Below, without the anchor itself.
    Duck,
    /// Bottom note at or above what the anchor allows.
    Above,
    /// The first voicing of the dictionary, its bottom note by the anchor.
    Root,
}

impl Mode {
    fn named(name: &str) -> Result<Mode, String> {
        Ok(match name {
            "below" => Mode::Below,
            "duck" => Mode::Duck,
            "above" => Mode::Above,
            "root" => Mode::Root,
            _ => {
                let names = ["below", "duck", "above", "root"];
                let message = unknown("voicing mode", name, names.into_iter());
                return Err(format!("{message} (there are {})", names.join(", ")));
            }
        })
    }
    /// The note that is compared with the anchor.
    fn target(self, voicing: &[i32]) -> i32 {
        let note = match self {
            Mode::Below | Mode::Duck => voicing.last(),
            Mode::Above | Mode::Root => voicing.first(),
        };
        note.copied().unwrap_or_default()
    }
}

/// One chord with all that says how to voice it.
struct Request {
    chord: Chord,
    dictionary: Dictionary,
    mode: Mode,
    /// MIDI number, and what it is off the semitones.
    anchor: (i32, f64),
    offset: i32,
    step: Option<i32>,
    octaves: i32,
}

/// Chord symbols (plain, or in the control `chord`) as chords of notes.
///
/// Controls: `dictionary`; `anchor`, the note the chord is placed by (default c5); `mode`:
/// `below` (default), `duck`, `above`, `root`; `offset`, so many voicings higher; `n`, a single
/// note of the voicing counted like a scale step, with `octaves` between its repeats. All other
/// controls are kept.
pub fn voicing(p: &Pattern) -> Pattern {
    let inner = p.clone();
    Pattern::of(move |span, q, out| {
        let mut chords = q.take();
        inner.query(span, q, &mut chords);
        for hap in &chords {
            match notes(&hap.value) {
                Ok(voiced) if q.spend(voiced.len()) => {
                    out.extend(voiced.into_iter().map(|value| Hap { value, ..hap.clone() }));
                }
                Ok(_) => break,
                Err(message) => q.fail(&hap.locs, || message),
            }
        }
        q.give(chords);
    })
    .with_steps(p.steps)
}

/// The notes of one event, each with the controls that are kept.
fn notes(value: &Value) -> Result<Vec<Value>, String> {
    let chord = chord_of(value).unwrap_or(value);
    let mut kept = value.controls().cloned().unwrap_or_default();
    let request = Request::read(chord, &kept)?;
    for name in SETTINGS {
        kept.remove(Sym::new(name));
    }
    let with_kept = |note: Value| Value::Map(kept.clone().with(Sym::new("note"), note));
    Ok(request.notes()?.into_iter().map(with_kept).collect())
}

fn word(value: &Value) -> String {
    match value {
        Value::Word(word) => word.as_str().to_string(),
        other => other.to_string(),
    }
}

impl Request {
    fn read(chord: &Value, controls: &Controls) -> Result<Request, String> {
        let get = |name: &str| controls.get(Sym::new(name));
        let whole = |name: &str, or: i32| match get(name).map(|v| (v, v.number())) {
            None => Ok(or),
            Some((_, Some(x))) if x.abs() <= 1000.0 => Ok(x.ceil() as i32),
            Some((v, _)) => Err(format!("`{name}` must be a whole number up to 1000, not `{v}`")),
        };
        let dictionary = get("dictionary").or(get("dict")).map_or(DICTIONARIES[0].into(), word);
        Ok(Request {
            chord: Chord::parse(&word(chord))
                .ok_or_else(|| format!("`voicing` needs chords such as Am7, not `{chord}`"))?,
            dictionary: Dictionary::named(&dictionary)?,
            mode: get("mode").map_or(Ok(Mode::Below), |mode| Mode::named(&word(mode)))?,
            anchor: get("anchor").map_or(Ok((ANCHOR, 0.0)), anchor)?,
            offset: whole("offset", 0)?,
            step: get("n").map(|_| whole("n", 0)).transpose()?,
            octaves: whole("octaves", 1)?,
        })
    }

    /// The notes: all of the voicing by name, or the one on a step by number.
    fn notes(&self) -> Result<Vec<Value>, String> {
        let midi = self.place(&self.dictionary.voicings(&self.chord.symbol)?);
        if let (Some(step), false) = (self.step, midi.is_empty()) {
            let count = midi.len() as i32;
            let octaves = 12 * self.octaves * step.div_euclid(count);
            let note = midi[step.rem_euclid(count) as usize] + octaves;
            return Ok(vec![Value::Num(f64::from(note) + self.anchor.1)]);
        }
        let named = |n: i32| match self.anchor.1 {
            0.0 => Value::word(&Pitch::from_midi(n).to_string()),
            off => Value::Num(f64::from(n) + off),
        };
        Ok(midi.into_iter().map(named).collect())
    }

    /// MIDI numbers of the voicing nearest to the anchor, moved on by the offset.
    fn place(&self, voicings: &[Vec<i32>]) -> Vec<i32> {
        let count = voicings.len() as i32;
        let anchor = self.anchor.0;
        let below_anchor = |voicing: &Vec<i32>| {
            (anchor - self.mode.target(voicing) - self.chord.root.chroma()).rem_euclid(12)
        };
        let nearest = match self.mode {
            Mode::Root => 0,
            _ => (0..voicings.len()).min_by_key(|i| below_anchor(&voicings[*i])).unwrap_or(0),
        };
        let index = (nearest as i32 + self.offset).rem_euclid(count.max(1));
        let Some(voicing) = voicings.get(index as usize) else { return Vec::new() };
        let octaves = -(-self.offset).div_euclid(count);
        let top = anchor - below_anchor(voicing) + 12 * octaves;
        let placed = voicing.iter().map(|note| top - self.mode.target(voicing) + note);
        placed.filter(|note| self.mode != Mode::Duck || *note != anchor).collect()
    }
}

/// A note name or number as a MIDI number and a rest below one semitone.
fn anchor(value: &Value) -> Result<(i32, f64), String> {
    let plain = super::notes::note_value(value).unwrap_or(value);
    let midi = match Note::of(plain) {
        Some(Note::Named(pitch)) => f64::from(pitch.midi(ANCHOR_OCTAVE)),
        Some(Note::Number(x)) if x.abs() <= 1000.0 => x,
        _ => return Err(format!("`anchor` must be a note, not `{value}`")),
    };
    Ok((midi.floor() as i32, midi - midi.floor()))
}
