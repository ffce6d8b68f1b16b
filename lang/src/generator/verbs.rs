//! What models do in the language: the table of verbs, and the table of their modifiers.

/// Something that a model does.
#[derive(Debug)]
pub struct Verb {
    /// Its name in programs, and in the wishes that models get. A model whose card names a
    /// vocabulary of this name does it.
    pub name: &'static str,
    /// The model that does it unless another is asked for: for notes with a pitch, or for all.
    pub model: &'static str,
    /// The model for patterns without pitches, if that is another.
    pub unpitched: &'static str,
    /// How many patterns it is done to; 0 makes it a source.
    pub patterns: usize,
    /// The modifiers that it takes, besides those that all take.
    pub modifiers: &'static [&'static str],
    /// What is heard while a phrase is not there yet.
    pub late: Late,
}

/// What is heard while a phrase is not there yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Late {
    /// The phrase before it.
    Last,
    /// The first pattern as it is written.
    Given,
    /// Nothing.
    Silence,
}

/// All verbs. To add one: a row here, its names in `stdlib/generators.mag`, and a model that
/// plays it (see `runtime/src/phrases/`).
pub const VERBS: &[Verb] = &[
    Verb {
        name: "melody",
        model: "melody",
        unpitched: "",
        patterns: 0,
        modifiers: &["over", "inKey", "prime", "flow", "form", "vary", "temp", "top"],
        late: Late::Last,
    },
    Verb {
        name: "drums",
        model: "drums",
        unpitched: "",
        patterns: 0,
        modifiers: &[
            "style", "fill", "kit", "around", "amount", "prime", "flow", "form", "vary", "temp",
            "top",
        ],
        late: Late::Last,
    },
    Verb {
        name: "chords",
        model: "chords",
        unpitched: "",
        patterns: 0,
        modifiers: &["inKey", "style", "section", "prime", "flow", "form", "temp", "top"],
        late: Late::Last,
    },
    Verb {
        name: "chorale",
        model: "chorale",
        unpitched: "",
        patterns: 0,
        modifiers: &["over", "inKey", "voices", "cadence", "prime", "flow", "form", "temp", "top"],
        late: Late::Last,
    },
    Verb {
        name: "harmonize",
        model: "chorale",
        unpitched: "",
        patterns: 1,
        modifiers: &["over", "inKey", "voice", "voices", "cadence", "temp", "top"],
        late: Late::Given,
    },
    Verb {
        name: "performance",
        model: "performance",
        unpitched: "",
        patterns: 0,
        modifiers: &[
            "density", "register", "dynamics", "inKey", "prime", "flow", "form", "temp", "top",
        ],
        late: Late::Last,
    },
    Verb {
        name: "perform",
        model: "expression",
        unpitched: "",
        patterns: 1,
        modifiers: &["amount", "rubato", "dynamics", "temp"],
        late: Late::Given,
    },
    Verb {
        name: "groove",
        model: "groove",
        unpitched: "",
        patterns: 1,
        modifiers: &["amount", "style", "temp"],
        late: Late::Given,
    },
    Verb {
        name: "tap",
        model: "drums",
        unpitched: "",
        patterns: 1,
        modifiers: &["style", "fill", "kit", "amount", "temp", "top"],
        late: Late::Given,
    },
    Verb {
        name: "surprise",
        model: "melody",
        unpitched: "drums",
        patterns: 1,
        modifiers: &["over", "inKey", "style"],
        late: Late::Silence,
    },
    Verb {
        name: "infill",
        model: "melody",
        unpitched: "",
        patterns: 1,
        modifiers: &["over", "inKey", "temp", "top"],
        late: Late::Given,
    },
    Verb {
        name: "answer",
        model: "melody",
        unpitched: "drums",
        patterns: 1,
        modifiers: &["over", "inKey", "style", "temp", "top"],
        late: Late::Silence,
    },
    // No model plays it: somebody does.
    Verb {
        name: "midi",
        model: "",
        unpitched: "",
        patterns: 0,
        modifiers: &[],
        late: Late::Silence,
    },
    latent("between", 2, &["by", "inKey", "temp"]),
    latent("toward", 2, &["by", "inKey", "temp"]),
    latent("vary", 1, &["by", "inKey", "temp"]),
    latent("more", 1, &["by", "along", "inKey", "temp"]),
];

/// A verb of the latent spaces.
const fn latent(name: &'static str, patterns: usize, modifiers: &'static [&'static str]) -> Verb {
    let (model, unpitched, late) = ("melody-vae", "drums-vae", Late::Given);
    Verb { name, model, unpitched, patterns, modifiers, late }
}

/// The modifiers that every verb takes.
const COMMON: [&str; 4] = ["bars", "seed", "model", "device"];

/// A modifier of generators: what follows the dot, and what it takes.
pub const MODIFIERS: &[(&str, &str)] = &[
    ("bars", "a whole number of bars"),
    ("temp", "a temperature, 0.1 to 3"),
    ("top", "a share of probability, 0 to 1"),
    ("seed", "a number, one cycle of the pattern for each phrase"),
    ("over", "chords such as \"<Dm7 G7>\", or a table of them by section"),
    ("inKey", "a key such as \"d:dorian\""),
    ("prime", "a pattern of notes to continue"),
    ("flow", "nothing"),
    ("form", "sections such as \"A A B A\", a phrase each"),
    ("vary", "a share of a phrase, 0 to 1"),
    ("style", "a style such as \"funk\""),
    ("fill", "a number of bars, 0 to 8"),
    ("kit", "sounds such as \"bd sd hh\""),
    ("around", "a pattern of hits to play around"),
    ("section", "a section such as \"verse\" or \"chorus\""),
    ("amount", "an amount, 0 to 2"),
    ("voice", "a voice: soprano, alto, tenor or bass"),
    ("voices", "voices such as \"soprano bass\""),
    ("cadence", "a number of bars, 0 to 16"),
    ("density", "notes a second, 0.5 to 30"),
    ("register", "a pitch as a MIDI number, 36 to 96"),
    ("dynamics", "a loudness, 0 to 1"),
    ("rubato", "an amount, 0 to 2"),
    ("by", "an amount, followed through the phrase"),
    ("along", "something to have more of, such as \"density\""),
    ("model", "the name of a model, such as 'melody'"),
    ("device", "an execution provider such as 'cuda'"),
];

/// Modifiers of all models, or of all that draw, that take numbers, and their ranges.
pub(super) const OWN_NUMBERS: &[(&str, f64, f64)] = &[
    ("bars", 1.0, 64.0),
    ("temp", 0.0, 5.0),
    ("top", 0.0, 1.0),
    ("seed", f64::NEG_INFINITY, f64::INFINITY),
];
/// Modifiers that take a number at the start of each phrase, and its range.
pub(super) const NUMBERS: &[(&str, f64, f64)] = &[
    ("amount", 0.0, 2.0),
    ("fill", 0.0, 8.0),
    ("vary", 0.0, 1.0),
    ("cadence", 0.0, 16.0),
    ("density", 0.5, 30.0),
    ("register", 36.0, 96.0),
    ("dynamics", 0.0, 1.0),
    ("rubato", 0.0, 2.0),
];
/// Modifiers that take a word at the start of each phrase.
pub(super) const WORDS: &[&str] = &["style", "section", "voice", "along"];
/// Modifiers that take a number at each sixteenth of a phrase, and its range.
pub(super) const CURVES: &[(&str, f64, f64)] = &[("by", -4.0, 4.0)];
/// Modifiers that take all the words of a cycle.
pub(super) const LISTS: &[&str] = &["kit", "voices"];

/// The verb of a name.
pub fn verb(name: &str) -> Option<&'static Verb> {
    VERBS.iter().find(|verb| verb.name == name)
}

/// Whether a name after a dot is a modifier of generators.
pub(crate) fn is_modifier(name: &str) -> bool {
    MODIFIERS.iter().any(|(m, _)| *m == name)
}

impl Verb {
    /// Whether it takes a modifier.
    pub fn takes(&self, modifier: &str) -> bool {
        self.all_modifiers().any(|own| own == modifier)
    }

    /// Whether what it does depends on the tempo: on strokes of drums, and on a pianist's hands.
    pub fn hears_tempo(&self) -> bool {
        self.takes("style") || self.takes("dynamics")
    }

    /// All modifiers that it takes.
    pub fn all_modifiers(&self) -> impl Iterator<Item = &'static str> {
        let common = COMMON.into_iter().filter(|_| !self.model.is_empty());
        common.chain(self.modifiers.iter().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_modifier_is_described_and_used() {
        for verb in VERBS {
            for name in verb.all_modifiers() {
                assert!(is_modifier(name), "{}: {name}", verb.name);
            }
        }
        for (name, _) in MODIFIERS {
            assert!(VERBS.iter().any(|verb| verb.takes(name)), "{name}");
        }
        let numbers = NUMBERS.iter().chain(CURVES).map(|row| row.0);
        let settings = numbers.chain(WORDS.iter().chain(LISTS).copied());
        settings.for_each(|name| assert!(is_modifier(name), "{name}"));
    }
}
