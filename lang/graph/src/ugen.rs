//! What a unit generator is: the row that compiler, engine, help, manual and tests read.

use crate::table::UGENS;

/// What a generator does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)] // the rows of the table say what each is
pub enum Kind {
    Sine,
    Saw,
    Pulse,
    Tri,
    Supersaw,
    Wave,
    LfSaw,
    LfTri,
    LfPulse,
    LfNoise,
    Noise,
    Pink,
    Brown,
    Dust,
    Hold,
    Lpf,
    Hpf,
    Bpf,
    Notch,
    Ladder,
    OnePole,
    Comb,
    Allpass,
    String,
    Delay,
    Feedback,
    Env,
    Adsr,
    Line,
    XLine,
    Tanh,
    Fold,
    Clip,
    Crush,
    Lag,
    Slew,
    DcBlock,
    Add,
    Sub,
    Mul,
    Div,
    Mod,
    Min,
    Max,
    Pow,
    Lt,
    Le,
    Eq,
    Abs,
    Floor,
    Sqrt,
    MidiHz,
    MidiRatio,
    DbAmp,
    Pan,
    Stereo,
    Mono,
    Mix,
    /// Gain of the left channel at a place from 0 to 1, 1 in the middle; of no name, made by `pan`.
    PanLeft,
    /// Gain of the right channel.
    PanRight,
    /// What was written to a feedback line some time ago; made by `feedback`.
    Read,
    /// Writes to the line of a [`Kind::Read`]: its inputs are that node and the signal.
    Write,
}

/// What the numbers of an input count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Cycles a second.
    Hertz,
    /// Seconds.
    Seconds,
    /// A plain factor or share.
    Ratio,
    /// 0 to 1, or decibels above 1.
    Resonance,
    /// Full turns of a cycle.
    Turns,
    /// Equal-tempered semitones, or MIDI note numbers.
    Semitones,
    /// Decibels.
    Decibels,
    /// Bits of resolution.
    Bits,
    /// Change in a second.
    Slope,
    /// Sound, around ±1.
    Signal,
    /// The name of a single-cycle wave.
    Wave,
    /// A function from signal to signal.
    Function,
    /// A list of signals.
    List,
}

impl Unit {
    /// The unit in a word, for help.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Unit::Hertz => "hertz",
            Unit::Seconds => "seconds",
            Unit::Ratio => "factor",
            Unit::Resonance => "0 to 1, or dB above 1",
            Unit::Turns => "turns",
            Unit::Semitones => "semitones",
            Unit::Decibels => "decibels",
            Unit::Bits => "bits",
            Unit::Slope => "per second",
            Unit::Signal => "signal",
            Unit::Wave => "name of a wave",
            Unit::Function => "function",
            Unit::List => "list",
        }
    }
}

/// What an input has when nothing is given for it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fill {
    /// A number.
    Value(f32),
    /// The frequency of the note.
    Freq,
    /// Nothing: it must be given.
    Wanted,
}

/// An input of a generator.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Input {
    /// Its name.
    pub name: &'static str,
    /// What its numbers count.
    pub unit: Unit,
    /// Smallest useful value.
    pub min: f32,
    /// Largest useful value.
    pub max: f32,
    /// What it has when nothing is given.
    pub fill: Fill,
}

/// How often the output of a generator changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rate {
    /// With every frame.
    Frame,
    /// As often as its inputs.
    Inputs,
    /// With every frame while it moves, not at all while it rests.
    Moves,
}

impl Rate {
    /// The rate in a few words, for help.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Rate::Frame => "each frame",
            Rate::Inputs => "as its inputs",
            Rate::Moves => "each frame while it moves",
        }
    }
}

/// What a generator remembers from one block to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeps {
    /// Nothing.
    Nothing,
    /// One unit of state.
    State,
    /// One unit of state and a delay line as long as input number so much says.
    Line(u8),
    /// The same, as long as one period of the frequency at that input.
    Period(u8),
}

/// One row of the table of unit generators.
#[derive(Clone, Copy, Debug)]
pub struct Ugen {
    /// What it does.
    pub kind: Kind,
    /// The name performers type.
    pub name: &'static str,
    /// Its inputs, in the order in which they are given; what a chain pipes in is the last.
    pub inputs: &'static [Input],
    /// How often its output changes.
    pub rate: Rate,
    /// What it remembers.
    pub keeps: Keeps,
    /// Work, in multiplications a frame.
    pub cost: u16,
    /// Whether two of them with equal inputs differ.
    pub random: bool,
}

/// The row called `name`.
#[must_use]
pub fn named(name: &str) -> Option<&'static Ugen> {
    UGENS.iter().find(|ugen| ugen.name == name)
}

/// The row of a kind; none for what has no name.
#[must_use]
pub fn def(kind: Kind) -> Option<&'static Ugen> {
    UGENS.iter().find(|ugen| ugen.kind == kind)
}

/// What every note gives its graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Given {
    /// Frequency of the note in hertz, with all bends.
    Freq,
    /// MIDI number of the note.
    Note,
    /// 1 while the note is held, then 0.
    Gate,
    /// Seconds for which it is held.
    Sustain,
    /// How hard it is struck, 0 to 1.
    Velocity,
    /// Its `gain`; the voice applies it besides.
    Gain,
    /// Its `n`.
    N,
    /// Seconds since it began.
    Time,
}

impl Given {
    /// All, in the order of their registers, each with its name and what it is.
    pub const ALL: [(Given, &'static str, &'static str); 8] = [
        (Given::Freq, "freq", "the frequency of the note, with all its bends, in hertz"),
        (Given::Note, "note", "the MIDI number of the note"),
        (Given::Gate, "gate", "1 while the note is held, then 0"),
        (Given::Sustain, "sustain", "how many seconds the note is held"),
        (Given::Velocity, "velocity", "how hard the note is struck, 0 to 1"),
        (Given::Gain, "gain", "the gain of the note; its loudness follows it anyway"),
        (Given::N, "n", "the `n` of the note"),
        (Given::Time, "time", "seconds since the note began"),
    ];

    /// The one called `name`.
    #[must_use]
    pub fn named(name: &str) -> Option<Given> {
        Given::ALL.iter().find(|(_, known, _)| *known == name).map(|(given, ..)| *given)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_is_used_twice_and_every_default_lies_in_its_range() {
        let mut names: Vec<&str> = UGENS.iter().map(|u| u.name).collect();
        names.extend(Given::ALL.iter().map(|(_, name, _)| *name));
        let total = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), total);
        for ugen in UGENS {
            assert!(ugen.inputs.len() <= crate::MAX_INPUTS, "{}", ugen.name);
            for input in ugen.inputs {
                assert!(input.min < input.max, "{} {}", ugen.name, input.name);
                if let Fill::Value(x) = input.fill {
                    assert!((input.min..=input.max).contains(&x), "{} {}", ugen.name, input.name);
                }
            }
        }
    }

    #[test]
    fn given_values_stand_in_the_order_of_the_enum() {
        for (i, (given, ..)) in Given::ALL.iter().enumerate() {
            assert_eq!(*given as usize, i);
        }
    }
}
