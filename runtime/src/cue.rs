//! An event on its way to the outputs: what is to be heard, and on which frame.

use crate::clock::Frame;
use mag_lang::Synth;
use mag_pattern::{Controls, Locs, Sym, Time, Value};
use std::sync::Arc;

/// One event with everything that an output needs to know of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Cue {
    /// Number of its part, the same for as long as the performance lasts.
    pub part: u16,
    /// Name of its part.
    pub name: Arc<str>,
    /// When it is heard.
    pub at: Frame,
    /// The same unrounded: for outputs that can be told between frames.
    pub position: f64,
    /// How long it is held, in frames: its whole length times `legato` (or `clip`).
    pub duration: Frame,
    /// When it begins, in cycles.
    pub onset: Time,
    /// Its whole length, in cycles.
    pub length: Time,
    /// Its whole length in seconds, whatever `legato` says (SuperDirt's `delta`).
    pub delta: f64,
    /// Cycles a second when it begins.
    pub cps: f64,
    /// The version of its part that it belongs to: where its fader is.
    pub lane: u16,
    /// Where that fader stands when it begins: an amplitude, 0 to 1.
    pub level: f64,
    /// What it is to sound like.
    pub controls: Controls,
    /// The instrument that its program defines under the name of its sound.
    pub synth: Option<Arc<Synth>>,
    /// The places in the source that made it.
    pub locs: Locs,
}

impl Cue {
    /// A control by name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.controls.get(Sym::new(name))
    }

    /// A control as a number.
    pub fn number(&self, name: &str) -> Option<f64> {
        self.get(name)?.number()
    }

    /// A control as a word.
    pub fn word(&self, name: &str) -> Option<&'static str> {
        match self.get(name)? {
            Value::Word(word) => Some(word.as_str()),
            _ => None,
        }
    }

    /// The sound (`s`, or `sound`) and its variant: `sn:3` is `("sn", 3)`, and so is `sn` with
    /// `n 3`.
    pub fn sound(&self) -> Option<(&'static str, f64)> {
        sound_of(&self.controls)
    }

    /// The pitch as a MIDI number, as [`pitch_of`] has it.
    pub fn pitch(&self) -> Option<f64> {
        pitch_of(&self.controls)
    }
}

/// The pitch as a MIDI number: `freq` in hertz, `note` (a number or a name), `degree`, or `midinote`.
pub fn pitch_of(controls: &Controls) -> Option<f64> {
    let number = |name: &str| controls.number(Sym::new(name));
    if let Some(hertz) = number("freq").filter(|f| *f > 0.0) {
        return Some(69.0 + 12.0 * (hertz / 440.0).log2());
    }
    let note = number("note").or_else(|| degree(controls)).map(|note| tuned(controls, note));
    note.or_else(|| number("midinote")).filter(|n| n.is_finite())
}

/// The note of a degree of the major scale on middle C, as SuperCollider's events count: 0 is the
/// tonic, and a tenth more is a sharp.
fn degree(controls: &Controls) -> Option<f64> {
    const MAJOR: [f64; 7] = [0.0, 2.0, 4.0, 5.0, 7.0, 9.0, 11.0];
    let number = |name: &str| controls.number(Sym::new(name));
    let degree = number("degree")? + number("mtranspose").unwrap_or(0.0);
    let whole = degree.round();
    let octave = (whole / 7.0).floor();
    let step = MAJOR.get((whole - 7.0 * octave) as usize).copied().unwrap_or(0.0);
    Some(60.0 + 12.0 * octave + step + 10.0 * (degree - whole))
}

/// A note in the tuning and octave of SuperDirt's controls, around middle C.
fn tuned(controls: &Controls, note: f64) -> f64 {
    let number = |name: &str| controls.number(Sym::new(name));
    let above_zero = |name: &str| number(name).filter(|x| *x > 0.0);
    let steps = above_zero("stepsPerOctave").unwrap_or(12.0);
    let octave = above_zero("octaveR").map_or(12.0, |r| 12.0 * r.log2());
    let higher = number("octave").map_or(0.0, |octave| octave - 5.0);
    let more = ["ctranspose", "gtranspose", "root"].map(|name| number(name).unwrap_or(0.0));
    let above = note - 60.0 + more.iter().sum::<f64>();
    let harmonic = above_zero("harmonic").unwrap_or(1.0);
    60.0 + octave * (above / steps + higher) + 12.0 * harmonic.log2()
}

/// Drum machines that are called by a number.
const NUMBERED: [(f64, &str); 7] = [
    (505.0, "505"),
    (606.0, "606"),
    (626.0, "626"),
    (707.0, "707"),
    (727.0, "727"),
    (808.0, "808"),
    (909.0, "909"),
];

/// The drum machine that controls ask for (`bank`); those that are called by a number may be told as one.
pub fn kit_of(controls: &Controls) -> Option<&'static str> {
    match controls.get(Sym::new("bank"))? {
        Value::Word(word) => Some(word.as_str()),
        // (names are kept for ever, so a pattern of any numbers must not make them)
        Value::Num(number) => {
            NUMBERED.iter().find(|(own, _)| *own == *number).map(|(_, name)| *name)
        }
        _ => None,
    }
}

/// The sound and its variant that controls ask for, as [`Cue::sound`] has them.
pub fn sound_of(controls: &Controls) -> Option<(&'static str, f64)> {
    let get = |name: &str| controls.get(Sym::new(name));
    let n = get("n").and_then(Value::number).unwrap_or(0.0);
    match get("s").or_else(|| get("sound"))? {
        Value::Word(word) => Some(split_variant(word.as_str(), n)),
        Value::List(items) => match items.first()? {
            Value::Word(word) => {
                Some((word.as_str(), items.get(1).and_then(Value::number).unwrap_or(n)))
            }
            _ => None,
        },
        _ => None,
    }
}

/// `sn:3` as `("sn", 3)`; without a colon, `n` stands.
fn split_variant(word: &'static str, n: f64) -> (&'static str, f64) {
    match word.split_once(':') {
        Some((name, variant)) => (name, variant.parse().unwrap_or(n)),
        None => (word, n),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kits_are_told_by_word_or_number() {
        let kit = |value| kit_of(&Controls::one(Sym::new("bank"), value));
        assert_eq!(kit(Value::word("tr909")), Some("tr909"));
        assert_eq!(kit(Value::Num(808.0)), Some("808"));
        assert_eq!(kit(Value::Num(808.5)), None);
        assert_eq!(kit_of(&Controls::new()), None);
    }

    fn pitch(controls: &[(&str, f64)]) -> Option<f64> {
        let with =
            |all: Controls, (name, x): &(&str, f64)| all.with(Sym::new(name), Value::Num(*x));
        pitch_of(&controls.iter().fold(Controls::new(), with))
    }

    #[test]
    fn degrees_are_counted_as_by_supercollider() {
        // As SuperCollider's help on events works pitch out: degree, note, octave, harmonic.
        let cases: &[(&[(&str, f64)], f64)] = &[
            (&[("degree", 0.0)], 60.0),
            (&[("degree", 2.0)], 64.0),
            (&[("degree", 7.0)], 72.0),
            (&[("degree", -1.0)], 59.0),
            (&[("degree", 2.0), ("mtranspose", 2.0)], 67.0),
            (&[("degree", 0.1)], 61.0),
            (&[("degree", 0.0), ("root", 2.0), ("octave", 4.0)], 50.0),
            (&[("degree", 4.0), ("gtranspose", -3.0)], 64.0),
            (&[("degree", 0.0), ("harmonic", 2.0)], 72.0),
            (&[("note", 67.0), ("degree", 0.0)], 67.0),
            (&[("midinote", 50.0), ("degree", 0.0)], 60.0),
        ];
        for (controls, wanted) in cases {
            let found = pitch(controls);
            assert!(found.is_some_and(|p| (p - wanted).abs() < 1e-9), "{controls:?}: {found:?}");
        }
        assert_eq!(pitch(&[("mtranspose", 2.0)]), None);
    }
}
