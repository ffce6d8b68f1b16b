//! The drums vocabulary: at each sixteenth, which of nine classes of drums sound together.
//!
//! `training/drums_data.py` and `drums_features.py` are the same in Python.
//!
//! | column | what |
//! |---|---|
//! | `position` | sixteenths since the bar line, at most 31 |
//! | `bar` | bars since the start, modulo 16 |
//! | `left` | bars to the end, this one included, in classes; 0 is not given |
//! | `meter`, `style`, `tempo` | from 1 in the card's order; 0 is another one, or not given |
//! | `kind` | 1 is a beat, 2 a fill, 0 not given |
//! | `run_N` | how many of the latest sixteenths equal the ones N bars before, in classes |
//!
//! The real inputs are zeros and ones: the classes that sounded 1, 2, 3, 4, 6 and 8 sixteenths
//! ago, then 1, 2, 4 and 8 bars ago, then which of these bars exist.

mod kit;

pub use kit::{Drum, Style};

use super::Vocabulary;
use crate::phrase::{TICKS_PER_BEAT, Ticks};

/// Classes of drums.
pub const DRUMS: usize = 9;
/// Combinations of classes; bit 0 is the kick.
pub const COMBINATIONS: usize = 1 << DRUMS;
/// Ticks in a sixteenth.
pub const SIXTEENTH: Ticks = TICKS_PER_BEAT / 4;

const NEAR: [usize; 6] = [1, 2, 3, 4, 6, 8];
const LAGS: [usize; 4] = [1, 2, 4, 8];
const EXIST_AT: usize = DRUMS * (NEAR.len() + LAGS.len());
const RUN_LIMITS: [u32; 7] = [1, 2, 4, 8, 16, 32, 64];
const METERS: [(u32, u32); 5] = [(4, 4), (3, 4), (6, 8), (5, 4), (5, 8)];
const TEMPI: [f64; 7] = [70.0, 85.0, 100.0, 115.0, 130.0, 150.0, 180.0];

/// What a drums network reads and writes.
pub const VOCABULARY: Vocabulary = Vocabulary {
    name: "drums",
    columns: &[
        ("position", 32),
        ("bar", 16),
        ("left", 20),
        ("meter", 6),
        ("style", 15),
        ("kind", 3),
        ("tempo", 9),
        ("run_1", 8),
        ("run_2", 8),
        ("run_4", 8),
        ("run_8", 8),
    ],
    reals: EXIST_AT + LAGS.len(),
    heads: &[&[COMBINATIONS]],
    window: 1,
    script: "train_drums.py and export_drums.py",
};

/// What is played: an even beat, or a fill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Kind {
    /// Not given.
    #[default]
    Unknown,
    /// A beat.
    Beat,
    /// A fill.
    Fill,
}

/// The number by which networks know a meter; 0 is one that they do not know.
pub(crate) fn meter_id(meter: (u32, u32)) -> i64 {
    METERS.iter().position(|&m| m == meter).map_or(0, |i| i as i64 + 1)
}

/// The number by which networks know a tempo; 0 is not given.
pub(crate) fn tempo_id(bpm: Option<f64>) -> i64 {
    bpm.map_or(0, |bpm| 1 + TEMPI.iter().filter(|&&limit| bpm >= limit).count() as i64)
}

/// The conditions that hold for a whole sequence.
#[derive(Debug, Clone)]
pub struct Scene {
    /// Sixteenths in a bar.
    pub bar: usize,
    meter: i64,
    style: i64,
    tempo: i64,
    end: Option<usize>,
}

impl Scene {
    /// Conditions of a sequence in bars of so many sixteenths; `end` is the sixteenth at which
    /// it ends, when the network is to know it.
    pub fn new(
        meter: (u32, u32),
        bar: usize,
        style: Style,
        bpm: Option<f64>,
        end: Option<usize>,
    ) -> Self {
        let (meter, tempo) = (meter_id(meter), tempo_id(bpm));
        Self { bar: bar.max(1), meter, style: style.id(), tempo, end }
    }
}

/// The combinations so far.
#[derive(Debug, Clone, Default)]
pub struct Past {
    steps: Vec<u16>,
    runs: [u32; LAGS.len()],
}

impl Past {
    /// How many sixteenths there were.
    pub fn len(&self) -> usize {
        self.steps.len()
    }

    /// Whether nothing was played yet, not even silence.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// The combination so many sixteenths ago; 1 is the latest.
    pub fn back(&self, steps: usize) -> Option<u16> {
        self.steps.len().checked_sub(steps).and_then(|at| self.steps.get(at)).copied()
    }

    /// Takes the next combination in.
    pub fn push(&mut self, scene: &Scene, combination: u16) {
        for (i, lag) in LAGS.into_iter().enumerate() {
            let same = self.back(lag * scene.bar) == Some(combination);
            self.runs[i] = if same { self.runs[i] + 1 } else { 0 };
        }
        self.steps.push(combination);
    }

    /// What the network reads before the next sixteenth; both slices are zero before.
    pub fn row(&self, scene: &Scene, kind: Kind, columns: &mut [i64], reals: &mut [f32]) {
        let (now, bar) = (self.steps.len(), scene.bar);
        let place = [
            (now % bar).min(31) as i64,
            (now / bar % 16) as i64,
            scene.end.map_or(0, |end| left_class(end.saturating_sub(now), bar)),
            scene.meter,
            scene.style,
            kind as i64,
            scene.tempo,
        ];
        let runs = self.runs.iter().map(|run| RUN_LIMITS.iter().filter(|&l| run >= l).count());
        let row = place.into_iter().chain(runs.map(|class| class as i64));
        columns.iter_mut().zip(row).for_each(|(to, from)| *to = from);
        let distances = NEAR.into_iter().chain(LAGS.map(|lag| lag * bar));
        for (bits, distance) in reals.chunks_mut(DRUMS).zip(distances) {
            write_bits(bits, self.back(distance).unwrap_or(0));
        }
        for (exists, lag) in reals.iter_mut().skip(EXIST_AT).zip(LAGS) {
            *exists = f32::from(u8::from(now >= lag * bar));
        }
    }
}

/// Writes a combination as zeros and ones.
pub(crate) fn write_bits(to: &mut [f32], combination: u16) {
    for (i, bit) in to.iter_mut().enumerate() {
        *bit = f32::from(combination >> i & 1);
    }
}

/// Bars left, the current one included: 1 to 16, then 17-24, 25-32, more.
fn left_class(steps: usize, bar: usize) -> i64 {
    match steps.max(1).div_ceil(bar) {
        bars @ ..=16 => bars as i64,
        17..=24 => 17,
        25..=32 => 18,
        _ => 19,
    }
}
