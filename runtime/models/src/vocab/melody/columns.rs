//! What the network reads before each event: position, conditions, looks back.
//!
//! | column | what |
//! |---|---|
//! | `token`, `duration` | the event before; 63 and 35 when there is none |
//! | `position`, `beat` | ticks since the bar line (at most 192), and modulo a quarter |
//! | `bar` | bars since the first bar line, modulo 16 |
//! | `left` | bars to the end, this one included, in classes; 0 is not given |
//! | `meter`, `mode` | from 1 in the card's order; 0 is another one, or not given |
//! | `root`, `bass` | of the chord in force, semitones above the tonic, plus 1; 0 is none |
//! | `next_root` | the same of the chord in force at the next bar line |
//! | `token_N`, `duration_N` | of the event that began exactly N bars ago; 63 and 35 for none |
//! | `run_N` | how many of the latest events equal the ones N bars before them, in classes |
//! | `moved_N` | `token_N`, moved as the last event is from the one N bars before it |
//! | `rhythm_run_N` | as `run_N`, durations only |
//! | `token_match` … | the event that followed the latest place with the same three events as |
//! | | now, and so on while it proves right; `run_match` is for how many events it has |

use super::lookback::{self, Past};
use crate::Chord;

/// Name and number of values of each column, in order; a card must list the same.
pub const COLUMNS: [(&str, i64); 33] = [
    ("token", 64),
    ("duration", 36),
    ("position", 193),
    ("beat", 24),
    ("bar", 16),
    ("left", 20),
    ("meter", 12),
    ("mode", 7),
    ("root", 13),
    ("bass", 13),
    ("next_root", 13),
    ("token_1", 64),
    ("duration_1", 36),
    ("run_1", 8),
    ("token_2", 64),
    ("duration_2", 36),
    ("run_2", 8),
    ("token_4", 64),
    ("duration_4", 36),
    ("run_4", 8),
    ("token_8", 64),
    ("duration_8", 36),
    ("run_8", 8),
    ("token_16", 64),
    ("duration_16", 36),
    ("run_16", 8),
    ("moved_1", 64),
    ("rhythm_run_1", 8),
    ("moved_2", 64),
    ("rhythm_run_2", 8),
    ("token_match", 64),
    ("duration_match", 36),
    ("run_match", 8),
];

/// Real inputs: the tones of the current and of the next bar's chord, relative to the tonic.
pub const REALS: usize = 24;

const PLACE: usize = COLUMNS.len() - lookback::WIDTH;
const METERS: [(u32, u32); 11] =
    [(2, 4), (3, 4), (4, 4), (2, 2), (3, 8), (6, 8), (9, 8), (12, 8), (3, 2), (6, 4), (9, 4)];

/// What the network reads for one event.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// One number per column.
    pub columns: [i64; COLUMNS.len()],
    /// Zeros and ones.
    pub reals: [f32; REALS],
}

impl Row {
    /// Copies the row to where the network reads it.
    pub fn write(&self, columns: &mut [i64], reals: &mut [f32]) {
        columns.iter_mut().zip(self.columns).for_each(|(to, from)| *to = from);
        reals.iter_mut().zip(self.reals).for_each(|(to, from)| *to = from);
    }
}

/// The conditions that hold for a whole sequence.
#[derive(Debug, Clone)]
pub struct Scene {
    /// Ticks in a bar.
    pub bar: i32,
    meter: i64,
    mode: i64,
    end: Option<i32>,
    chords: Vec<(i32, Chord)>,
}

impl Scene {
    /// Conditions of a sequence: meter, mode (0 when not given), the tick at which it ends when
    /// the network is to know it, and chords by tick with pitch classes relative to the tonic.
    pub fn new(
        meter: (u32, u32),
        mode: u8,
        end: Option<i32>,
        mut chords: Vec<(i32, Chord)>,
    ) -> Self {
        chords.sort_by_key(|chord| chord.0);
        let bar = 96 * i64::from(meter.0) / i64::from(meter.1.max(1));
        Self {
            bar: i32::try_from(bar).unwrap_or(i32::MAX).max(1),
            meter: METERS.iter().position(|&m| m == meter).map_or(0, |i| i as i64 + 1),
            mode: i64::from(mode),
            end,
            chords,
        }
    }

    /// The chord in force at a tick.
    pub fn chord_at(&self, tick: i32) -> Option<&Chord> {
        let after = self.chords.partition_point(|chord| chord.0 <= tick);
        self.chords[..after].last().map(|chord| &chord.1)
    }

    /// What the network reads for the event that begins at `now` after `past`.
    pub fn row(&self, past: &Past, now: i32) -> Row {
        let (token, duration) = past.last();
        let (bar, position) = (now.div_euclid(self.bar), now.rem_euclid(self.bar));
        let chord = self.chord_at(now);
        let next = self.chord_at((bar + 1).saturating_mul(self.bar));
        let place: [i64; PLACE] = [
            token.into(),
            duration.into(),
            position.min(192).into(),
            now.rem_euclid(24).into(),
            bar.rem_euclid(16).into(),
            self.end.map_or(0, |end| left_class(end - now, self.bar)),
            self.meter,
            self.mode,
            chord.map_or(0, |c| i64::from(c.root) + 1),
            chord.map_or(0, |c| i64::from(c.bass) + 1),
            next.map_or(0, |c| i64::from(c.root) + 1),
        ];
        let mut columns = [0; COLUMNS.len()];
        columns[..PLACE].copy_from_slice(&place);
        columns[PLACE..].copy_from_slice(&past.columns(now));
        let mut reals = [0.0; REALS];
        for (half, chord) in reals.chunks_exact_mut(12).zip([chord, next]) {
            for (tone, real) in (0..).zip(half) {
                *real = f32::from(u8::from(chord.is_some_and(|c| c.has(tone))));
            }
        }
        Row { columns, reals }
    }
}

/// Bars left, the current one included: 1 to 16, then 17-24, 25-32, more.
fn left_class(ticks: i32, bar: i32) -> i64 {
    let bars = ticks.max(1).saturating_add(bar - 1) / bar;
    match bars {
        ..=16 => i64::from(bars),
        17..=24 => 17,
        25..=32 => 18,
        _ => 19,
    }
}
