//! What help says of each modifier of generators: what it does, what stays from phrase to phrase, an
//! example that plays.

/// A page of help.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// The modifier.
    pub name: &'static str,
    /// What it does, and what without it.
    pub text: &'static str,
    /// How it is written.
    pub example: &'static str,
}

const fn page(name: &'static str, text: &'static str, example: &'static str) -> Page {
    Page { name, text, example }
}

/// The pages, in the order of [`super::MODIFIERS`].
pub const PAGES: &[Page] = &[
    page(
        "bars",
        "How long a phrase is, 1 to 64 bars; 4 without it. Phrases follow one another from cycle 0 \
         on, and what is done to a pattern reads it in windows of so many bars. `answer midi` waits \
         for the end of what is played; with `.bars` it listens and answers in turns.",
        "melody .bars 2 .over \"<Dm7 G7>\"",
    ),
    page(
        "temp",
        "How bold the draws are: 1 is as the model learned it, below 1 keeps to the likely, above 1 \
         strays. 0.1 to 3 are of use, 0 to 5 allowed. It may be a pattern: a phrase takes the value \
         at its beginning.",
        "melody .over \"<C Am F G>\" .temp \"<0.7!3 1.2>\"",
    ),
    page(
        "top",
        "What is drawn from: the likeliest choices that have this share of the probability together \
         (the nucleus). Less leaves out odd notes and keeps the rest as various; 1 leaves out \
         nothing.",
        "melody .over \"<C Am F G>\" .top 0.9",
    ),
    page(
        "seed",
        "Which of all phrases it is: the same number with the same settings gives the same notes, on \
         every machine. One cycle of the pattern is one phrase, or one turn of the form, so \
         \"<1 1 2 1>\" says the first tune twice, then another, then the first.",
        "melody .bars 2 .over \"<Dm7 G7>\" .seed \"<1 1 2 1>\"",
    ),
    page(
        "over",
        "The chords beneath, each where it stands in the pattern; C, Dm7, F^7, Bm7b5, Eb7, Ao7, \
         G7sus, C/E and their like. With a form, a table gives each section chords of its own: \
         `{A: \"<C G>\", B: \"<F G>\"}`. Other models may make them: `.over (chords …)`. A new plan \
         is heard with the next phrase.",
        "melody .bars 4 .over \"<Dm7 G7 C^7 A7>\"",
    ),
    page(
        "inKey",
        "The key: a tonic and one of major, minor, dorian, mixolydian, lydian and phrygian. An octave \
         says where a melody lies, as in \"d4:dorian\". Without it the chords tell the key, or the \
         notes that are given.",
        "melody .inKey \"d:dorian\" .seed 2",
    ),
    page(
        "prime",
        "Notes that a phrase goes on from, as if they had just been played: their motifs, register \
         and rhythm. They are read from as many bars as a phrase has, and are not heard themselves.",
        "melody .bars 4 .prime (note \"c4 e4 g4 e4\") .over \"<C F G C>\"",
    ),
    page(
        "flow",
        "Each phrase goes on from where the one before it ended, and nothing repeats. What is kept \
         from phrase to phrase is all that the model remembers of them: motifs, register, density. \
         Chords, key and temperature are asked for anew each time. After eight phrases it takes up \
         its opening again, so that it does not wander off. Without it each phrase begins afresh. \
         It takes the place of `.form` and `.vary`.",
        "melody .bars 4 .over \"<C Am F G>\" .flow",
    ),
    page(
        "form",
        "Sections, a phrase each, round and round. One of the same name comes back with the same \
         notes (`.vary` changes some of them); one of another name takes up the motifs of the first \
         and goes elsewhere. `.over` and `.seed` may differ by section and by turn.",
        "melody .bars 4 .form \"A A B A\" .over {A: \"<C Am F G>\", B: \"<F G Em Am>\"}",
    ),
    page(
        "vary",
        "How much of a section is made anew when it comes back, 0 to 1: 0.2 changes an ending, 1 \
         keeps nothing. Without a form, how much of each phrase differs from the first.",
        "melody .bars 4 .form \"A A B A\" .vary 0.25",
    ),
    page(
        "style",
        "Whose music. Drums: rock, funk, hiphop, jazz, latin, punk, soul, neworleans, country, \
         afrocuban, gospel, reggae, pop, afrobeat. Chords: billboard, pop909, standard. A phrase \
         takes the style at its beginning.",
        "drums .style \"<funk!3 latin>\"",
    ),
    page(
        "fill",
        "How many of the last bars of a phrase are a fill, 0 to 8; 0 without it.",
        "drums .bars 4 .fill 1",
    ),
    page(
        "kit",
        "The drums that may be played: bd sd hh oh lt mt ht cr rd. Without it all nine.",
        "drums .kit \"bd sd hh\"",
    ),
    page(
        "around",
        "Hits that are in the beat as they are written; the model plays the rest around them.",
        "drums .around (s \"bd(3,8)\") .style \"latin\"",
    ),
    page(
        "section",
        "What kind of section the chords are of: intro, verse, prechorus, chorus, bridge, solo, \
         outro, transition. With a form the letters say it: A is a verse, B a chorus, C a bridge.",
        "chords .section \"chorus\" .inKey \"g:major\"",
    ),
    page(
        "amount",
        "How much of the model's timing and loudness, 0 to 2: 0 leaves a pattern on the grid and even, \
         1 is all of it, 2 exaggerates.",
        "s \"bd [~ bd] sd hh*2\" .groove .amount \"<0 0.5 1>\"",
    ),
    page(
        "voice",
        "Which voice the given melody is: soprano (without it), alto, tenor or bass. The other three \
         are added.",
        "note \"c3 g3 a3 e3\" .harmonize .voice \"bass\"",
    ),
    page(
        "voices",
        "The voices that are heard, of soprano, alto, tenor and bass; all four are made in any case.",
        "chorale .voices \"soprano bass\"",
    ),
    page(
        "cadence",
        "A phrase of the choir ends every so many bars, 0 to 16: 2 without it, 0 leaves it to the \
         model. A melody that is harmonized has ends of its own unless this is said.",
        "chorale .bars 4 .cadence 4",
    ),
    page(
        "density",
        "How many notes a second a pianist plays, 0.5 to 30, on average. Without it the model chooses.",
        "performance .density \"<4 12>\"",
    ),
    page(
        "register",
        "How high a pianist plays: the mean pitch, a note name or a MIDI number, 36 to 96.",
        "performance .register 48 .inKey \"c:minor\"",
    ),
    page(
        "dynamics",
        "How loud it is on average, 0 to 1.",
        "note \"[c4,e4,g4] a4 g4\" .perform .dynamics 0.4",
    ),
    page(
        "rubato",
        "How much the tempo bends within a phrase, 0 to 2: 0 keeps the beat, 1 is as pianists do \
         alone. Its first and last moment stay in time.",
        "note \"[c4,e4,g4] a4 g4\" .perform .rubato 0.8",
    ),
    page(
        "by",
        "How much a latent space changes what it is given, followed sixteenth by sixteenth; the last \
         argument of `between`, `vary`, `more`, `less`, `toward` and `away` says the same.",
        "between (note \"c4 e4 g4 e4\") (note \"a4*2 g4 e4\") 0 .by \"<0 0.5 1>\"",
    ),
    page(
        "along",
        "What there is to be more of; the first argument of `more` and `less` says the same. Melodies: \
         density, syncopation, leaps, height, rests. Drums: density, syncopation, kick, snare, hats, \
         toms.",
        "note \"c4 e4 g4 e4\" .more \"density\" 1 .along \"<density rests>\"",
    ),
    page(
        "model",
        "Which model plays: one of those that `mag models` lists, or a folder of one's own. Without \
         it, that of the verb's name.",
        "melody .model 'melody' .seed 3",
    ),
    page(
        "device",
        "Where the model runs: cpu (without it), cuda, tensorrt, coreml, directml, webgpu. What is \
         not there is said, and the CPU plays. `mag devices` lists them.",
        "melody .device 'cpu' .seed 3",
    ),
];

#[cfg(test)]
mod tests {
    use super::super::{MODIFIERS, VERBS};
    use super::*;
    use crate::{Language, Source};

    #[test]
    fn every_modifier_has_a_page_whose_example_plays() {
        let named: Vec<&str> = MODIFIERS.iter().map(|(name, _)| *name).collect();
        assert_eq!(PAGES.iter().map(|page| page.name).collect::<Vec<_>>(), named);
        let language = Language::new();
        for page in PAGES {
            let source = Source::new(1, "example", page.example);
            let made = language.expression(&language.empty(), &source);
            assert!(made.is_ok(), "{}: {:?}", page.example, made.err());
            assert!(page.example.contains(&format!(".{}", page.name)), "{}", page.example);
            assert!(VERBS.iter().any(|verb| verb.takes(page.name)), "{}", page.name);
        }
    }
}
