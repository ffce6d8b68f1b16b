//! The chorale vocabulary: four voices on a grid of sixteenths, any cell of which may be masked.
//!
//! `training/chorale_features.py` is the same in Python. A network reads windows of [`WINDOW`]
//! steps, one row a step, and answers for every step and voice with a distribution over what is
//! sung, and one over holding or striking a pitch that is that of the step before.

use super::Vocabulary;
use crate::melody::Mode;
use crate::{Chord, Ticks};

/// Soprano, alto, tenor and bass.
pub const VOICES: usize = 4;
/// The lowest pitch that is sung, a MIDI number.
pub const LOWEST: u8 = 36;
/// Pitches that are sung, from [`LOWEST`] up.
pub const PITCHES: usize = 46;
/// The token of silence.
pub const REST: u8 = PITCHES as u8;
/// What may be sung: pitches, silence.
pub const TOKENS: usize = PITCHES + 1;
/// The token of a cell that is to be sung.
pub const MASKED: u8 = TOKENS as u8;
/// The token of a cell before the beginning or after the end.
pub const OUTSIDE: u8 = MASKED + 1;
/// Steps that the network sees at once.
pub const WINDOW: usize = 64;
/// Ticks of a step.
pub const STEP: Ticks = 6;
/// What the voices sing in the data, as MIDI numbers.
pub const RANGES: [(u8, u8); VOICES] = [(57, 81), (52, 76), (47, 69), (36, 66)];
const SEEN: i64 = OUTSIDE as i64 + 1;
const DISTANCES: i64 = 8;
const GAPS: i64 = 35;
const GAP_LEAST: i64 = -5;
const LEAPS: i64 = 26;
const LEAP: i64 = 12;
const PLACES: i64 = 32;
const PAIRS: [(usize, usize); 6] = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)];

/// What a chorale network reads and writes.
pub const VOCABULARY: Vocabulary = Vocabulary {
    name: "chorale",
    columns: &[
        ("token0", SEEN),
        ("token1", SEEN),
        ("token2", SEEN),
        ("token3", SEEN),
        ("strike0", 3),
        ("strike1", 3),
        ("strike2", 3),
        ("strike3", 3),
        ("left0", SEEN),
        ("left1", SEEN),
        ("left2", SEEN),
        ("left3", SEEN),
        ("left_far0", DISTANCES),
        ("left_far1", DISTANCES),
        ("left_far2", DISTANCES),
        ("left_far3", DISTANCES),
        ("right0", SEEN),
        ("right1", SEEN),
        ("right2", SEEN),
        ("right3", SEEN),
        ("right_far0", DISTANCES),
        ("right_far1", DISTANCES),
        ("right_far2", DISTANCES),
        ("right_far3", DISTANCES),
        ("gap01", GAPS),
        ("gap02", GAPS),
        ("gap03", GAPS),
        ("gap12", GAPS),
        ("gap13", GAPS),
        ("gap23", GAPS),
        ("from0", LEAPS),
        ("from1", LEAPS),
        ("from2", LEAPS),
        ("from3", LEAPS),
        ("to0", LEAPS),
        ("to1", LEAPS),
        ("to2", LEAPS),
        ("to3", LEAPS),
        ("place", PLACES),
        ("meter", 4),
        ("resolution", 3),
        ("key", 25),
        ("fermata", 3),
        ("root", 13),
    ],
    reals: 12,
    heads: &[&[VOICES, TOKENS], &[VOICES, 2]],
    window: WINDOW,
    script: "train_chorale.py and export_chorale.py",
};

/// Whether a note begins in a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Strike {
    /// Not said.
    #[default]
    Untold = 0,
    /// A note begins.
    Struck = 1,
    /// The note of the step before goes on.
    Held = 2,
}

/// A chorale on the grid: what is sung, what is struck, and what it is told besides. All rows
/// are of the same length.
#[derive(Debug, Clone, Default)]
pub struct Grid {
    /// Of each step and voice: a pitch above [`LOWEST`], [`REST`] or [`MASKED`].
    pub tokens: Vec<[u8; VOICES]>,
    /// Whether a note begins there.
    pub strikes: Vec<[Strike; VOICES]>,
    /// Steps of a bar, 0 when it is not told.
    pub bar: usize,
    /// Steps before the first bar line.
    pub pickup: usize,
    /// Beats in a bar and the note that is one; read only when the bar is told.
    pub meter: (u32, u32),
    /// 0 is not told; see [`key_id`].
    pub key: i64,
    /// 0 steps is not told; else whether a fermata sounds at each step.
    pub fermatas: Vec<bool>,
    /// The chord asked for at each step; may be empty.
    pub chords: Vec<Option<Chord>>,
}

/// How the network knows a key; modes with a minor third are minor.
pub fn key_id(tonic: u8, mode: Mode) -> i64 {
    if mode == Mode::Unknown {
        return 0;
    }
    1 + i64::from(tonic % 12) + if mode.is_minor() { 12 } else { 0 }
}

fn known(token: u8) -> bool {
    token < MASKED
}

/// Steps between a cell and a known one as a class.
fn far(steps: usize) -> i64 {
    match steps {
        0 | 1 => 0,
        2..=4 => steps as i64 - 1,
        5..=8 => 4,
        9..=16 => 5,
        _ => 6,
    }
}

/// `a - b` as a class, where both are pitches.
fn difference(a: u8, b: u8, least: i64, unknown: i64) -> i64 {
    if a >= REST || b >= REST {
        return unknown;
    }
    (i64::from(a) - i64::from(b) - least).clamp(0, unknown - 1)
}

impl Grid {
    /// Number of steps.
    pub fn len(&self) -> usize {
        self.tokens.len()
    }

    /// Whether there are no steps.
    pub fn is_empty(&self) -> bool {
        self.tokens.is_empty()
    }

    /// What is sung at a step, [`OUTSIDE`] beyond the ends.
    fn cell(&self, step: isize, voice: usize) -> u8 {
        let row = usize::try_from(step).ok().and_then(|step| self.tokens.get(step));
        row.map_or(OUTSIDE, |row| row[voice])
    }

    /// Writes what the network reads of the window that begins at a step: [`WINDOW`] rows, one
    /// after another. Both slices are zero before.
    pub fn window(&self, begin: isize, columns: &mut [i64], reals: &mut [f32]) {
        let (width, tones) = (VOCABULARY.columns.len(), VOCABULARY.reals);
        for (i, row) in columns.chunks_mut(width).take(WINDOW).enumerate() {
            self.row(begin + i as isize, row);
        }
        for voice in 0..VOICES {
            self.neighbours(begin, voice, columns);
        }
        for (i, row) in reals.chunks_mut(tones).take(WINDOW).enumerate() {
            if let Some(chord) = self.chord(begin + i as isize) {
                for (tone, real) in row.iter_mut().enumerate() {
                    *real = f32::from(chord.has(tone as u8));
                }
            }
        }
    }

    fn chord(&self, step: isize) -> Option<Chord> {
        self.chords.get(usize::try_from(step).ok()?).copied().flatten()
    }

    /// Everything of a row but its neighbours.
    fn row(&self, step: isize, row: &mut [i64]) {
        let inside = usize::try_from(step).ok().filter(|&at| at < self.len());
        for voice in 0..VOICES {
            row[voice] = self.cell(step, voice).into();
            row[VOICES + voice] = inside.map_or(0, |at| self.strikes[at][voice] as i64);
        }
        for (k, &(high, low)) in PAIRS.iter().enumerate() {
            row[6 * VOICES + k] =
                difference(self.cell(step, high), self.cell(step, low), GAP_LEAST, GAPS - 1);
        }
        let at = step.clamp(0, self.len().max(1) as isize - 1) as usize;
        let told = &mut row[6 * VOICES + PAIRS.len() + 2 * VOICES..];
        told[0] = self.place(at);
        told[1] = match (self.bar, self.meter) {
            (0, _) => 0,
            (_, (4, 4)) => 1,
            (_, (3, 4)) => 2,
            _ => 3,
        };
        told[3] = self.key;
        told[4] = inside.and_then(|at| self.fermatas.get(at)).map_or(0, |&f| 1 + i64::from(f));
        told[5] = self.chord(step).map_or(0, |chord| 1 + i64::from(chord.root));
    }

    /// Place in the bar, or in the beat where the bar is not told.
    fn place(&self, step: usize) -> i64 {
        if self.bar == 0 {
            return (step % 4) as i64;
        }
        let place = (step as i64 - self.pickup as i64).rem_euclid(self.bar as i64);
        4 + place.min(PLACES - 5)
    }

    /// The nearest known cells of a voice before and after each step of a window.
    fn neighbours(&self, begin: isize, voice: usize, columns: &mut [i64]) {
        let width = VOCABULARY.columns.len();
        let leaps = 6 * VOICES + PAIRS.len();
        for (side, offset) in [(2, 0), (4, VOICES)] {
            let mut near: Option<(usize, u8)> = None;
            for n in 0..WINDOW {
                let i = if side == 2 { n } else { WINDOW - 1 - n };
                let token = self.cell(begin + i as isize, voice);
                let Some(row) = columns.get_mut(i * width..(i + 1) * width) else { return };
                let found = near.map_or(OUTSIDE, |(_, token)| token);
                row[side * VOICES + voice] = found.into();
                row[(side + 1) * VOICES + voice] =
                    near.map_or(DISTANCES - 1, |(at, _)| far(i.abs_diff(at)));
                row[leaps + offset + voice] = difference(token, found, -LEAP, LEAPS - 1);
                if known(token) {
                    near = Some((i, token));
                }
            }
        }
    }
}
