//! What is asked of a melody model, and how it is told.

use std::str::FromStr;

use crate::vocab::melody::Scene;
use crate::{Chord, Note, Ticks, Trouble};

/// A mode of the scale; `Unknown` leaves it to the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Mode {
    /// Not given.
    #[default]
    Unknown,
    /// Major, ionian.
    Major,
    /// Minor, aeolian.
    Minor,
    /// Minor with a major sixth.
    Dorian,
    /// Major with a minor seventh.
    Mixolydian,
    /// Major with an augmented fourth.
    Lydian,
    /// Minor with a minor second.
    Phrygian,
}

impl Mode {
    /// The number by which the network knows the mode.
    pub(crate) fn id(self) -> u8 {
        self as u8
    }

    /// Whether the third above the tonic is minor.
    pub fn is_minor(self) -> bool {
        matches!(self, Self::Minor | Self::Dorian | Self::Phrygian)
    }
}

impl FromStr for Mode {
    type Err = Trouble;

    fn from_str(name: &str) -> Result<Self, Trouble> {
        match name.to_ascii_lowercase().as_str() {
            "major" | "maj" | "ionian" | "ion" => Ok(Self::Major),
            "minor" | "min" | "aeolian" | "aeo" => Ok(Self::Minor),
            "dorian" | "dor" => Ok(Self::Dorian),
            "mixolydian" | "mixo" | "mix" => Ok(Self::Mixolydian),
            "lydian" | "lyd" => Ok(Self::Lydian),
            "phrygian" | "phr" => Ok(Self::Phrygian),
            _ => Err(Trouble::new(
                format!("`{name}` is not a mode that the melody model knows"),
                "modes are major, minor, dorian, mixolydian, lydian and phrygian",
            )),
        }
    }
}

/// A phrase to be made.
#[derive(Debug, Clone, PartialEq)]
pub struct MelodyRequest {
    /// Length of the phrase in bars.
    pub bars: u32,
    /// Beats in a bar and the note that is one beat, as in 6/8.
    pub meter: (u32, u32),
    /// Pitch class of the tonic, 0 is C.
    pub tonic: u8,
    /// Mode of the scale.
    pub mode: Mode,
    /// Chords by their moment from the start of the phrase; each lasts until the next.
    pub chords: Vec<(Ticks, Chord)>,
    /// The same seed gives the same phrase.
    pub seed: i64,
    /// 1 is as the model has it; less is safer, more is wilder.
    pub temperature: f64,
    /// Share of the likeliest choices that is kept; 1 is all.
    pub top_p: f64,
    /// A melody that the phrase continues, in ticks from its own start.
    pub prime: Vec<Note>,
    /// Whether the phrase should close with its last bar.
    pub close: bool,
    /// Lowest MIDI pitch allowed.
    pub lowest: u8,
    /// Highest MIDI pitch allowed.
    pub highest: u8,
    /// A phrase that is there already, but for some gaps: only they are filled.
    pub fill: Option<Fill>,
    /// Where the phrase begins, in ticks from the start of the prime, and how long it is; without
    /// it the phrase begins with the bar line after the prime and has `bars`.
    pub place: Option<(Ticks, Ticks)>,
}

/// A phrase with gaps.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Fill {
    /// What is kept, in ticks from the start of the phrase; one voice.
    pub kept: Vec<Note>,
    /// What is filled: from one tick to another, in order, clear of each other and of the notes
    /// that are kept.
    pub gaps: Vec<(Ticks, Ticks)>,
}

impl Default for MelodyRequest {
    fn default() -> Self {
        Self {
            bars: 4,
            meter: (4, 4),
            tonic: 0,
            mode: Mode::Major,
            chords: Vec::new(),
            seed: 0,
            temperature: 1.0,
            top_p: 1.0,
            prime: Vec::new(),
            close: true,
            lowest: 57,
            highest: 84,
            fill: None,
            place: None,
        }
    }
}

/// The most bars of one phrase.
const LONGEST: u32 = 512;

impl MelodyRequest {
    /// Refuses what cannot be made, naming what was expected.
    pub(crate) fn check(&self) -> Result<(), Trouble> {
        bar_ticks(self.meter)?;
        if !(1..=LONGEST).contains(&self.bars) {
            return Err(Trouble::new(
                format!("a phrase has 1 to {LONGEST} bars, {} were asked for", self.bars),
                "make several phrases, each primed with the one before",
            ));
        }
        if self.highest < self.lowest.saturating_add(7) || self.highest > 127 {
            return Err(Trouble::new(
                format!("the range {} to {} is too small for a melody", self.lowest, self.highest),
                "let highest be at least 7 semitones above lowest, at most 127",
            ));
        }
        if !(0.0..=10.0).contains(&self.temperature) {
            return Err(Trouble::new(
                format!("a temperature of {} is out of range", self.temperature),
                "temperatures from 0.5 to 1.3 are useful, 0 to 10 are allowed",
            ));
        }
        if !(self.top_p > 0.0 && self.top_p <= 1.0) {
            return Err(Trouble::new(
                format!("a nucleus of {} is out of range", self.top_p),
                "it is a share: above 0, at most 1",
            ));
        }
        Ok(())
    }
}

/// A melody to be judged.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Melody {
    /// The notes, in ticks from the start of the melody.
    pub notes: Vec<Note>,
    /// Length in ticks, at least to the end of the last note.
    pub length: Ticks,
    /// Ticks before the first bar line.
    pub pickup: Ticks,
    /// Beats in a bar and the note that is one beat.
    pub meter: (u32, u32),
    /// Pitch class of the tonic, 0 is C.
    pub tonic: u8,
    /// Mode of the scale.
    pub mode: Mode,
    /// Chords by their moment from the start of the melody; each lasts until the next.
    pub chords: Vec<(Ticks, Chord)>,
    /// Whether the model is told where the melody ends.
    pub close: bool,
}

/// How surprising a melody is to the model.
#[derive(Debug, Clone, PartialEq)]
pub struct Surprise {
    /// Nats of each note: its pitch, its length, and the rest before it. A rest at the very
    /// end counts with the last note.
    pub notes: Vec<f64>,
    /// All nats of the melody.
    pub total: f64,
    /// Length of the melody in sixteenths.
    pub sixteenths: f64,
}

/// Ticks in a bar.
pub(crate) fn bar_ticks(meter: (u32, u32)) -> Result<i32, Trouble> {
    let refuse = || {
        Trouble::new(
            format!("{}/{} is not a meter", meter.0, meter.1),
            "meters look like 4/4, 3/4, 6/8 or 2/2; the lower number is 1, 2, 4, 8 or 16",
        )
    };
    if !(1..=32).contains(&meter.0) || ![1, 2, 4, 8, 16].contains(&meter.1) {
        return Err(refuse());
    }
    i32::try_from(96 * meter.0 / meter.1).map_err(|_| refuse())
}

/// The scene for conditions whose chords lie `shift` ticks after their own zero.
pub(crate) fn scene(
    meter: (u32, u32),
    mode: Mode,
    tonic: u8,
    end: Option<i32>,
    chords: &[(Ticks, Chord)],
    shift: i32,
) -> Scene {
    let relative = |&(at, chord): &(Ticks, Chord)| {
        (shift.saturating_add_unsigned(at), chord.transposed(12 - tonic % 12))
    };
    Scene::new(meter, mode.id(), end, chords.iter().map(relative).collect())
}
