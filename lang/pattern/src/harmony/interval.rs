//! Intervals as musicians spell them: `3M`, `-2m`, `5P`, `4A`.

use std::ops::{Add, Neg, Sub};

/// Semitones of the unison, second, … seventh of the major scale.
pub(crate) const MAJOR: [i32; 7] = [0, 2, 4, 5, 7, 9, 11];

/// The usual spelling of 0 to 11 semitones.
const SPELLINGS: [&str; 12] =
    ["1P", "2m", "2M", "3m", "3M", "4P", "5d", "5P", "6m", "6M", "7m", "7M"];

/// Widest interval number that is understood.
const WIDEST: i32 = 700;

/// An interval: how many letters and how many semitones up (or, if negative, down).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Interval {
    /// Letters up: 2 for any third.
    pub letters: i32,
    /// Semitones up: 4 for a major third.
    pub semitones: i32,
}

impl Interval {
    /// An interval from its number and quality, in either order: `3M`, `M3`, `-2m`, `5d`, `4AA`.
    pub fn parse(text: &str) -> Result<Interval, String> {
        Interval::read(text).ok_or_else(|| {
            format!(
                "`{text}` is not an interval: write a number of semitones, or a degree and its \
                 quality, as in 3M, 3m, 5P, 4A, 5d, -2M"
            )
        })
    }

    fn read(text: &str) -> Option<Interval> {
        let (number, quality) = match text.find(|c: char| c.is_ascii_alphabetic())? {
            0 => text.split_at(text.find(|c: char| !c.is_ascii_alphabetic())?),
            at => text.split_at(at),
        };
        let (number, quality) = match number.parse::<i32>() {
            Ok(_) => (number, quality),
            Err(_) => (quality, number),
        };
        let number: i32 = number.parse().ok().filter(|n: &i32| *n != 0 && n.abs() <= WIDEST)?;
        let letters = number.abs() - 1;
        let change = alteration(letters % 7, quality)?;
        let semitones = MAJOR[(letters % 7) as usize] + 12 * (letters / 7) + change;
        let up = Interval { letters, semitones };
        Some(if number < 0 { -up } else { up })
    }

    /// So many semitones, spelled in the usual way (6 is a diminished fifth).
    pub fn from_semitones(semitones: i32) -> Interval {
        let size = semitones.abs();
        let simple = Interval::read(SPELLINGS[(size % 12) as usize]).unwrap_or_default();
        let up = simple + Interval::octaves(size / 12);
        if semitones < 0 { -up } else { up }
    }

    /// So many octaves.
    pub fn octaves(n: i32) -> Interval {
        Interval { letters: 7 * n, semitones: 12 * n }
    }
}

/// Semitones that a quality adds to the major or perfect interval of the same number.
fn alteration(letter: i32, quality: &str) -> Option<i32> {
    let perfect = matches!(letter, 0 | 3 | 4);
    let count = quality.len() as i32;
    match quality {
        "P" if perfect => Some(0),
        "M" if !perfect => Some(0),
        "m" if !perfect => Some(-1),
        _ if count > 4 || quality.is_empty() => None,
        _ if quality.bytes().all(|b| b == b'A') => Some(count),
        _ if quality.bytes().all(|b| b == b'd') => Some(-count - i32::from(!perfect)),
        _ => None,
    }
}

impl Add for Interval {
    type Output = Interval;
    fn add(self, other: Interval) -> Interval {
        Interval {
            letters: self.letters + other.letters,
            semitones: self.semitones + other.semitones,
        }
    }
}
impl Neg for Interval {
    type Output = Interval;
    fn neg(self) -> Interval {
        Interval { letters: -self.letters, semitones: -self.semitones }
    }
}
impl Sub for Interval {
    type Output = Interval;
    fn sub(self, other: Interval) -> Interval {
        self + -other
    }
}
