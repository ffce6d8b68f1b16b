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

/// The pitch as a MIDI number: `note` (a number or a name), `midinote`, or `freq` in hertz.
pub fn pitch_of(controls: &Controls) -> Option<f64> {
    let number = |name: &str| controls.number(Sym::new(name));
    if let Some(hertz) = number("freq").filter(|f| *f > 0.0) {
        return Some(69.0 + 12.0 * (hertz / 440.0).log2());
    }
    let note = number("note").map(|note| tuned(controls, note));
    note.or_else(|| number("midinote")).filter(|n| n.is_finite())
}

/// A note in the tuning and octave of SuperDirt's controls, around middle C.
fn tuned(controls: &Controls, note: f64) -> f64 {
    let number = |name: &str| controls.number(Sym::new(name));
    let above_zero = |name: &str| number(name).filter(|x| *x > 0.0);
    let steps = above_zero("stepsPerOctave").unwrap_or(12.0);
    let octave = above_zero("octaveR").map_or(12.0, |r| 12.0 * r.log2());
    let higher = number("octave").map_or(0.0, |octave| octave - 5.0);
    let above = note - 60.0 + number("ctranspose").unwrap_or(0.0);
    let harmonic = above_zero("harmonic").unwrap_or(1.0);
    60.0 + octave * (above / steps + higher) + 12.0 * harmonic.log2()
}

/// The drum machine that controls ask for (`bank`).
pub fn kit_of(controls: &Controls) -> Option<&'static str> {
    match controls.get(Sym::new("bank"))? {
        Value::Word(word) => Some(word.as_str()),
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
