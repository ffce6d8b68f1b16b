//! Pitches as they are spelled: a letter, accidentals, perhaps an octave.

use super::interval::{Interval, MAJOR};
use std::fmt;

const LETTERS: [char; 7] = ['C', 'D', 'E', 'F', 'G', 'A', 'B'];

/// Names of the twelve pitch classes, black keys as flats: letter, accidental.
const FLATS: [(i32, i32); 12] = [
    (0, 0),
    (1, -1),
    (1, 0),
    (2, -1),
    (2, 0),
    (3, 0),
    (4, -1),
    (4, 0),
    (5, -1),
    (5, 0),
    (6, -1),
    (6, 0),
];

/// A spelled pitch. C4 is MIDI 60.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pitch {
    /// 0 for C to 6 for B.
    pub letter: i32,
    /// Sharps, or flats if negative.
    pub accidental: i32,
    /// The octave, if one was named.
    pub octave: Option<i32>,
}

impl Pitch {
    /// A note name: `c`, `C#4`, `ebb-1`, `cs3`, `ef`.
    pub fn parse(name: &str) -> Option<Pitch> {
        let mut chars = name.chars();
        let first = chars.next()?.to_ascii_uppercase();
        let letter = LETTERS.iter().position(|l| *l == first)? as i32;
        let rest = chars.as_str();
        let end = rest.find(|c| !matches!(c, '#' | 's' | 'b' | 'f')).unwrap_or(rest.len());
        if end > 8 {
            return None;
        }
        let sharp = |c| if matches!(c, '#' | 's') { 1 } else { -1 };
        let accidental = rest[..end].chars().map(sharp).sum();
        let octave = match &rest[end..] {
            "" => None,
            digits => Some(read_octave(digits)?),
        };
        Some(Pitch { letter, accidental, octave })
    }

    /// The MIDI number; without an octave of its own it takes `octave`.
    pub fn midi(self, octave: i32) -> i32 {
        let base = 12 * (self.octave.unwrap_or(octave) + 1);
        base + MAJOR[self.letter.rem_euclid(7) as usize] + self.accidental
    }

    /// The MIDI number modulo 12.
    pub fn chroma(self) -> i32 {
        self.midi(0).rem_euclid(12)
    }

    /// Higher by an interval. Without an octave it stays without.
    pub fn raised(self, by: Interval) -> Pitch {
        let letters = self.octave.unwrap_or(0) * 7 + self.letter + by.letters;
        let plain = Pitch {
            letter: letters.rem_euclid(7),
            accidental: 0,
            octave: Some(letters.div_euclid(7)),
        };
        let accidental = self.midi(0) + by.semitones - plain.midi(0);
        Pitch { accidental, octave: self.octave.and(plain.octave), ..plain }
    }

    /// The same, in `octave` unless it names one itself.
    pub fn or_octave(self, octave: i32) -> Pitch {
        Pitch { octave: self.octave.or(Some(octave)), ..self }
    }

    /// The same in another octave.
    pub fn in_octave(self, octave: i32) -> Pitch {
        Pitch { octave: Some(octave), ..self }
    }

    /// A MIDI number, black keys spelled as flats.
    pub fn from_midi(midi: i32) -> Pitch {
        let (letter, accidental) = FLATS[midi.rem_euclid(12) as usize];
        Pitch { letter, accidental, octave: Some(midi.div_euclid(12) - 1) }
    }
}

fn read_octave(text: &str) -> Option<i32> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = (1..=3).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

impl fmt::Display for Pitch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.accidental < 0 { "b" } else { "#" };
        let marks = sign.repeat(self.accidental.unsigned_abs() as usize);
        write!(f, "{}{marks}", LETTERS[self.letter.rem_euclid(7) as usize])?;
        self.octave.map_or(Ok(()), |octave| write!(f, "{octave}"))
    }
}
