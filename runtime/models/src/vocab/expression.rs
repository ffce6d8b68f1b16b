//! The expression vocabulary: given what is written, how each note is played.
//!
//! `training/expression_features.py` is the same in Python. One note a step, chord by chord and
//! in a chord from the highest to the lowest. The heads are distributions over classes of
//! velocity, of lateness, of local tempo, and of how much of its written length a note sounds.

use super::Vocabulary;
use super::performance::{LOWEST, PITCHES};

/// Chords before and after that the network sees.
const AROUND: usize = 4;
const WINDOW: usize = 5 * (2 * AROUND + 1);
const GAPS: [f64; 11] = [0.06, 0.1, 0.15, 0.2, 0.27, 0.36, 0.5, 0.7, 1.0, 1.5, 2.5];
const DYNAMICS: [f64; 7] = [0.32, 0.38, 0.43, 0.48, 0.54, 0.6, 0.68];
const FADE: f32 = 0.85;
/// Classes of velocity, of equal width from 0 to 1.
pub const VELOCITIES: usize = 32;
/// Classes of lateness; the middle one is on time.
pub const OFFSETS: usize = 25;
/// Width of such a class in seconds.
pub const OFFSET_STEP: f64 = 0.008;
/// Classes of local tempo; the middle one is that of the passage.
pub const TEMPI: usize = 25;
/// Width of such a class: the natural logarithm of how much slower.
pub const TEMPO_STEP: f64 = 0.025;
/// Classes of length.
pub const LENGTHS: usize = 16;
/// Width of such a class: the logarithm to base 2 of the share that sounds.
pub const LENGTH_STEP: f64 = 0.1;
/// The lower end of the first one.
pub const LENGTH_LEAST: f64 = -1.1;
/// Notes that are written within this time, in seconds, are one chord.
const TOGETHER: f64 = 0.035;

/// What an expression network reads and writes.
pub const VOCABULARY: Vocabulary = Vocabulary {
    name: "expression",
    columns: &[
        ("key", PITCHES as i64),
        ("above", 25),
        ("below", 25),
        ("size", 8),
        ("index", 8),
        ("top", 2),
        ("bottom", 2),
        ("before", 13),
        ("after", 13),
        ("written", 13),
        ("dynamics", 9),
        ("told", 2),
    ],
    reals: WINDOW + 7,
    heads: &[&[VELOCITIES], &[OFFSETS], &[TEMPI], &[LENGTHS]],
    window: 1,
    script: "train_expression.py and export_expression.py",
};

/// A note as it is written, in seconds at the tempo of the passage.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Written {
    /// Seconds from the start.
    pub onset: f64,
    /// Seconds it is written to last; 0 is not told.
    pub duration: f64,
    /// MIDI number.
    pub pitch: u8,
}

/// How a note is played.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Touch {
    /// 0 to 1.
    pub velocity: f64,
    /// Seconds; negative is early.
    pub offset: f64,
    /// Natural logarithm of how much slower than the passage.
    pub tempo: f64,
    /// Logarithm to base 2 of the share of its length that it sounds.
    pub length: f64,
}

/// A score that is played note by note, and how the notes so far were played.
#[derive(Debug, Clone)]
pub struct Score {
    /// The notes in the order in which they are played, by their number in what was given.
    order: Vec<usize>,
    notes: Vec<Written>,
    /// The chord of each note in order, and where each chord begins in the order.
    group: Vec<usize>,
    begins: Vec<usize>,
    dynamics: i64,
    at: usize,
    last: [f32; 3],
    mean: [f32; 3],
    /// Whether the network is told how the past was played.
    told: bool,
}

fn gap_class(seconds: f64) -> i64 {
    if seconds <= 0.0 {
        return 0;
    }
    // An edge that is met but for rounding is met.
    1 + GAPS.iter().filter(|&&edge| seconds + 1e-6 >= edge).count() as i64
}

fn key(pitch: u8) -> i64 {
    i64::from(pitch.saturating_sub(LOWEST)).min(PITCHES as i64 - 1)
}

impl Score {
    /// Notes to be played; `dynamics` is the mean velocity that is asked for, 0 to 1.
    pub fn new(notes: Vec<Written>, dynamics: Option<f64>, told: bool) -> Self {
        let mut order: Vec<usize> = (0..notes.len()).collect();
        order.sort_by(|&a, &b| notes[a].onset.total_cmp(&notes[b].onset).then(a.cmp(&b)));
        let (mut group, mut begins, mut began) = (Vec::new(), Vec::new(), f64::NEG_INFINITY);
        for (at, &note) in order.iter().enumerate() {
            if notes[note].onset - began > TOGETHER {
                began = notes[note].onset;
                begins.push(at);
            }
            group.push(begins.len().saturating_sub(1));
        }
        begins.push(order.len());
        for pair in begins.windows(2) {
            order[pair[0]..pair[1]].sort_by_key(|&n| (std::cmp::Reverse(notes[n].pitch), n));
        }
        let dynamics =
            dynamics.map_or(0, |v| 1 + DYNAMICS.iter().filter(|&&edge| v >= edge).count() as i64);
        Self { order, notes, group, begins, dynamics, at: 0, last: [0.0; 3], mean: [0.0; 3], told }
    }

    /// Whether every note was played.
    pub fn ended(&self) -> bool {
        self.at >= self.order.len()
    }

    /// The next note, by its number in what was given.
    pub fn now(&self) -> usize {
        self.order.get(self.at).copied().unwrap_or(0)
    }

    /// The chord of the next note, counted from 0.
    pub fn chord(&self) -> usize {
        self.group.get(self.at).copied().unwrap_or(0)
    }

    /// When each chord is written to begin, in seconds.
    pub fn chords(&self) -> Vec<f64> {
        (0..self.begins.len() - 1).map(|chord| self.onset(chord)).collect()
    }

    fn onset(&self, chord: usize) -> f64 {
        let notes = self.order[self.begins[chord]..self.begins[chord + 1]].iter();
        notes.map(|&n| self.notes[n].onset).fold(f64::INFINITY, f64::min)
    }

    fn pitch(&self, at: usize) -> i64 {
        key(self.notes[self.order[at]].pitch)
    }

    /// Goes past the next note.
    pub fn push(&mut self, touch: Touch) {
        let scaled = [
            touch.velocity as f32,
            (touch.offset / (4.0 * OFFSET_STEP)).clamp(-3.0, 3.0) as f32,
            (touch.tempo / (4.0 * TEMPO_STEP)).clamp(-3.0, 3.0) as f32,
        ];
        for (i, value) in scaled.into_iter().enumerate() {
            let faded = FADE * self.mean[i] + (1.0 - FADE) * value;
            self.mean[i] = if self.at == 0 { value } else { faded };
            self.last[i] = value;
        }
        self.at += 1;
    }

    /// What the network reads at the next note; both slices are zero before.
    pub fn row(&self, columns: &mut [i64], reals: &mut [f32]) {
        if self.ended() {
            return;
        }
        let chord = self.chord();
        let (begin, end) = (self.begins[chord], self.begins[chord + 1]);
        let (index, size, own) = (self.at - begin, end - begin, self.pitch(self.at));
        let here = self.onset(chord);
        let away = |place: usize| -> Option<(usize, f64)> {
            let other = (chord + place).checked_sub(AROUND)?;
            (other + 1 < self.begins.len()).then(|| (other, self.onset(other) - here))
        };
        let above = if index > 0 { self.pitch(self.at - 1) - own } else { 0 };
        let below = if index + 1 < size { own - self.pitch(self.at + 1) } else { 0 };
        let row = [
            own,
            above.min(24),
            below.min(24),
            size.min(8) as i64 - 1,
            index.min(7) as i64,
            i64::from(index == 0),
            i64::from(index + 1 == size),
            gap_class(-away(AROUND - 1).map_or(0.0, |a| a.1)),
            gap_class(away(AROUND + 1).map_or(0.0, |a| a.1)),
            gap_class(self.notes[self.now()].duration),
            self.dynamics,
            i64::from(self.told),
        ];
        columns.iter_mut().zip(row).for_each(|(to, from)| *to = from);
        let (window, past) = reals.split_at_mut(WINDOW.min(reals.len()));
        for (place, part) in window.chunks_mut(5).enumerate() {
            let Some((other, seconds)) = away(place) else { continue };
            let (first, next) = (self.begins[other], self.begins[other + 1]);
            let values = [
                1.0,
                seconds.clamp(-4.0, 4.0) as f32 / 2.0,
                (self.pitch(first) - own) as f32 / 24.0,
                (self.pitch(next - 1) - own) as f32 / 24.0,
                (next - first).min(8) as f32 / 8.0,
            ];
            part.copy_from_slice(&values);
        }
        if self.told {
            let told = [1.0].into_iter().chain(self.last).chain(self.mean);
            past.iter_mut().zip(told).for_each(|(to, from)| *to = from);
        }
    }
}
