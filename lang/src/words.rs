//! Words as values of controls: which controls take which, and what a wrong one may have been.

use crate::suggest::nearest;
use mag_pattern::harmony::Chord;

/// The spellings of each value of a control, in the order of their numbers.
pub type Choice = &'static [&'static [&'static str]];

/// Words that a control takes, each in the order in which the synth numbers them; spellings of one
/// value together.
const CHOICES: [(&[&str], &[&[&str]]); 8] = [
    (
        &["vowel"],
        &[
            &["a"],
            &["e"],
            &["i"],
            &["o"],
            &["u"],
            &["ae"],
            &["aa"],
            &["oe"],
            &["ue"],
            &["y"],
            &["uh"],
            &["un"],
            &["en"],
            &["an"],
            &["on"],
        ],
    ),
    (&["ftype"], &[&["12db"], &["ladder"], &["24db"]]),
    (
        &["distorttype", "disttype"],
        &[
            &["scurve"],
            &["soft"],
            &["hard"],
            &["cubic"],
            &["diode"],
            &["asym"],
            &["fold"],
            &["sinefold"],
            &["chebyshev"],
        ],
    ),
    (
        &["tremoloshape", "lpshape", "hpshape", "bpshape", "wtshape", "warpshape"],
        &[
            &["tri", "triangle"],
            &["sine", "sin"],
            &["ramp"],
            &["saw", "sawtooth"],
            &["square", "sqr"],
        ],
    ),
    (&["fmenv", "fmenv2", "fmenv3"], &[&["exp"], &["lin"]]),
    (
        &["fmwave", "fmwave2", "fmwave3"],
        &[&["sine", "sin"], &["triangle", "tri"], &["saw", "sawtooth"], &["square", "sqr"]],
    ),
    (&["pcurve"], &[&["lin"], &["exp"]]),
    (
        &["warpmode"],
        &[
            &["none"],
            &["asym"],
            &["bendp"],
            &["bendm"],
            &["bendmp"],
            &["sync"],
            &["quant"],
            &["fold"],
            &["pwm"],
            &["flip"],
        ],
    ),
];

/// Controls of the stdlib that take any word.
const FREE: [&str; 24] = [
    "s",
    "bank",
    "unit",
    "source",
    "chord",
    "dictionary",
    "mode",
    "anchor",
    "ir",
    "byteBeatExpression",
    "label",
    "activeLabel",
    "color",
    "out",
    "osc",
    "oschost",
    "oscport",
    "midiport",
    "midicmd",
    "midimap",
    "sysexid",
    "sysexdata",
    "uid",
    "val",
];

/// What is wrong with a word as the value of a control.
#[derive(Debug, PartialEq)]
pub(crate) struct Wrong {
    /// What the control takes.
    pub expected: String,
    /// What may have been meant.
    pub help: Option<String>,
}

/// The words that a control chooses from, if it takes words of its own.
pub fn choice(control: &str) -> Option<Choice> {
    CHOICES.iter().find(|(controls, _)| controls.contains(&control)).map(|(_, words)| *words)
}

/// What is wrong with `word` as the value of a control of the stdlib, if anything is.
pub(crate) fn wrong(control: &str, word: &str) -> Option<Wrong> {
    let value = mag_pattern::Value::word(word);
    if FREE.contains(&control) || value.number().is_some() {
        return None;
    }
    if let Some(words) = choice(control) {
        let known = || words.iter().flat_map(|same| same.iter().copied());
        let first: Vec<&str> = words.iter().filter_map(|same| same.first().copied()).collect();
        let near = nearest(word, known(), 1).first().map(|near| format!("did you mean `{near}`?"));
        let wrong = Wrong { expected: format!("one of {}", first.join(" ")), help: near };
        return known().all(|known| known != word).then_some(wrong);
    }
    let (expected, help) = match control {
        "note" => ("a note such as c, eb4 or f#5, or a number", note_meant(word)),
        "n" if word.contains('\'') => {
            ("a number", Some(format!("chords are notes: `note \"{word}\"`")))
        }
        _ => ("a number", None),
    };
    Some(Wrong { expected: expected.into(), help })
}

/// What a word may have been meant to be that is no note.
fn note_meant(word: &str) -> Option<String> {
    if let Some(octave) = word.strip_prefix(['h', 'H']) {
        let octave = octave.trim_start_matches(|c: char| c.is_alphabetic());
        return Some(format!("the note that German calls H is `b{octave}` here"));
    }
    let chord = Chord::parse(word).is_some();
    chord.then(|| format!("for a chord write `chord \"{word}\" .voicing`"))
}
