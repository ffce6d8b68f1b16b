//! The drums of a kit and the styles of drumming, by their names and numbers.

use std::fmt;
use std::str::FromStr;

use crate::Trouble;

/// A class of drums.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Drum {
    /// Bass drum.
    Kick,
    /// Snare, side stick, clap.
    Snare,
    /// Hi-hat, closed or with the foot.
    ClosedHat,
    /// Hi-hat, open.
    OpenHat,
    /// Floor tom.
    LowTom,
    /// Middle tom.
    MidTom,
    /// High tom.
    HighTom,
    /// Crash, splash and China cymbals.
    Crash,
    /// Ride cymbal and its bell.
    Ride,
}

/// Names of each drum: of its samples, in words, and others.
const NAMES: [&[&str]; 9] = [
    &["bd", "kick", "k"],
    &["sd", "snare", "sn", "cp", "clap", "rim", "rs"],
    &["hh", "closed hat", "ch", "hat", "hc"],
    &["oh", "open hat", "ho"],
    &["lt", "low tom"],
    &["mt", "mid tom"],
    &["ht", "high tom"],
    &["cr", "crash", "cc"],
    &["rd", "ride"],
];

/// General MIDI numbers of each drum; the first one is sent.
const NUMBERS: [&[u8]; 9] = [
    &[36, 35],
    &[38, 37, 39, 40],
    &[42, 44, 22],
    &[46, 26],
    &[41, 43, 45, 58],
    &[47, 48],
    &[50],
    &[49, 52, 55, 57],
    &[51, 53, 59],
];

impl Drum {
    /// All drums, in the order of their bits: the kick is bit 0.
    pub const ALL: [Self; 9] = [
        Self::Kick,
        Self::Snare,
        Self::ClosedHat,
        Self::OpenHat,
        Self::LowTom,
        Self::MidTom,
        Self::HighTom,
        Self::Crash,
        Self::Ride,
    ];

    /// The name of its samples: `bd`, `sd`, `hh`, `oh`, `lt`, `mt`, `ht`, `cr`, `rd`.
    pub fn sample(self) -> &'static str {
        NAMES[self as usize][0]
    }

    /// Its General MIDI number.
    pub fn midi(self) -> u8 {
        NUMBERS[self as usize][0]
    }

    /// The drum of a General MIDI number; hand percussion has none.
    pub fn of_midi(number: u8) -> Option<Self> {
        let found = NUMBERS.iter().position(|numbers| numbers.contains(&number));
        found.and_then(|i| Self::ALL.get(i)).copied()
    }

    /// The drum as a combination of one.
    pub(crate) fn bit(self) -> u16 {
        1 << self as u16
    }
}

impl fmt::Display for Drum {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(NAMES[*self as usize][1])
    }
}

impl FromStr for Drum {
    type Err = Trouble;

    /// Reads a sample name (`bd`), another usual one (`kick`), or a General MIDI number.
    fn from_str(name: &str) -> Result<Self, Trouble> {
        let lower = name.to_ascii_lowercase();
        let named = NAMES.iter().position(|names| names.contains(&lower.as_str()));
        let known = named.and_then(|i| Self::ALL.get(i)).copied();
        let by_number = || lower.parse().ok().and_then(Self::of_midi);
        known.or_else(by_number).ok_or_else(|| {
            Trouble::new(
                format!("`{name}` is not a drum that the drums model knows"),
                "drums are bd, sd, hh, oh, lt, mt, ht, cr and rd",
            )
        })
    }
}

/// A style of drumming; the default leaves it to the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Style(u8);

const STYLES: [&str; 14] = [
    "rock",
    "funk",
    "hiphop",
    "jazz",
    "latin",
    "punk",
    "soul",
    "neworleans",
    "country",
    "afrocuban",
    "gospel",
    "reggae",
    "pop",
    "afrobeat",
];

impl Style {
    /// The names of all styles.
    pub fn names() -> &'static [&'static str] {
        &STYLES
    }

    /// The number by which networks know the style; 0 is not given.
    pub(crate) fn id(self) -> i64 {
        self.0.into()
    }

    /// The style of a network's number.
    pub fn of_id(id: u8) -> Self {
        Self(if usize::from(id) <= STYLES.len() { id } else { 0 })
    }
}

impl FromStr for Style {
    type Err = Trouble;

    fn from_str(name: &str) -> Result<Self, Trouble> {
        let lower = name.to_ascii_lowercase().replace(['-', ' '], "");
        let found = STYLES.iter().position(|&style| style == lower);
        found.and_then(|i| u8::try_from(i + 1).ok()).map(Self).ok_or_else(|| {
            Trouble::new(
                format!("`{name}` is not a style that the drums model knows"),
                format!("styles are {}", STYLES.join(", ")),
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers_lead_to_the_same_drum() {
        for drum in Drum::ALL {
            assert_eq!(drum.sample().parse(), Ok(drum));
            assert_eq!(drum.to_string().parse(), Ok(drum));
            assert_eq!(Drum::of_midi(drum.midi()), Some(drum));
        }
        assert_eq!("KICK".parse(), Ok(Drum::Kick));
        assert_eq!("44".parse(), Ok(Drum::ClosedHat));
        assert!("cowbell".parse::<Drum>().is_err_and(|t| t.to_string().contains("cowbell")));
        assert!("polka".parse::<Style>().is_err_and(|t| t.to_string().contains("rock")));
    }
}
