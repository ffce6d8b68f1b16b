//! Networks without ONNX Runtime: simple, musical enough, and the same every time.

use ndarray::{Array2, Array3, ArrayD, IxDyn};

use crate::Trouble;
use crate::net::{Batch, Net, State, Step};
use crate::vocab::chords;
use crate::vocab::drums::{COMBINATIONS, DRUMS};
use crate::vocab::groove::{OFFSETS, VELOCITIES};
use crate::vocab::melody::{DURATIONS, LOWEST, NONE, PITCHES, REST, TOKENS};

/// Moves by small steps in the major scale, in eighths and quarters. What it expects depends
/// on the token before and, through its state, on how many steps it has made.
#[derive(Debug, Default)]
pub struct FakeMelody;

impl Net for FakeMelody {
    fn initial(&self, rows: usize) -> State {
        State(vec![Array3::zeros((1, rows, 1))])
    }

    fn step(&mut self, batch: Batch, mut state: State) -> Result<Step, Trouble> {
        let rows = batch.columns.nrows();
        let mut tokens = Array2::zeros((rows, TOKENS));
        let mut durations = ArrayD::zeros(IxDyn(&[rows, TOKENS, DURATIONS.len()]));
        for row in 0..rows {
            let before = batch.columns[[row, 0]];
            let count = state.0[0][[0, row, 0]];
            for token in 0..TOKENS {
                tokens[[row, token]] = token_weight(token as i64, before, count);
                for (i, ticks) in DURATIONS.iter().enumerate() {
                    durations[[row, token, i]] = match ticks {
                        12 => -0.5,
                        24 => -1.2,
                        6 => -2.5,
                        _ => -12.0,
                    };
                }
            }
            state.0[0][[0, row, 0]] = count + 1.0;
        }
        Ok(Step { heads: vec![tokens.into_dyn(), durations], state })
    }
}

/// Log-probability (up to a constant) of a token after the one before.
fn token_weight(token: i64, before: i64, count: f32) -> f32 {
    if token == i64::from(REST) {
        return -5.0;
    }
    if token >= i64::from(PITCHES) {
        return -20.0;
    }
    let tonic = i64::from(-LOWEST);
    let from = if before < i64::from(NONE) && before != i64::from(REST) { before } else { tonic };
    let leap = (token - from).abs() as f32;
    let outside = !matches!((token - tonic).rem_euclid(12), 0 | 2 | 4 | 5 | 7 | 9 | 11);
    let home = 0.1 * (token - tonic - 4).abs() as f32;
    let swing = if count as i64 % 2 == 0 { 0.3 } else { 0.6 };
    -swing * leap - home - if outside { 6.0 } else { 0.0 } - if leap == 0.0 { 1.0 } else { 0.0 }
}

/// Expects a kick and a snare on the beats and hats on the eighths.
#[derive(Debug, Default)]
pub struct FakeDrums;

impl Net for FakeDrums {
    fn initial(&self, _: usize) -> State {
        State(Vec::new())
    }

    fn step(&mut self, batch: Batch, state: State) -> Result<Step, Trouble> {
        let expected = |position: i64| match position % 16 {
            0 | 8 => 0b101,
            4 | 12 => 0b110,
            eighth if eighth % 2 == 0 => 0b100,
            _ => 0,
        };
        let unlike = |row: usize, combination: usize| {
            let wanted: usize = expected(batch.columns[[row, 0]]);
            -2.0 * (wanted ^ combination).count_ones() as f32
        };
        let rows = batch.columns.nrows();
        let head = Array2::from_shape_fn((rows, COMBINATIONS), |(row, c)| unlike(row, c));
        Ok(Step { heads: vec![head.into_dyn()], state })
    }
}

/// Plays the beats louder than what lies between, and everything a little late.
#[derive(Debug, Default)]
pub struct FakeGroove;

impl Net for FakeGroove {
    fn initial(&self, _: usize) -> State {
        State(Vec::new())
    }

    fn step(&mut self, batch: Batch, state: State) -> Result<Step, Trouble> {
        let rows = batch.columns.nrows();
        let near = |class: usize, middle: usize| -0.5 * (class.abs_diff(middle) as f32).powi(2);
        let velocity = Array3::from_shape_fn((rows, DRUMS, VELOCITIES), |(row, _, class)| {
            near(class, if batch.columns[[row, 0]] % 4 == 0 { 26 } else { 12 })
        });
        let offset = Array3::from_shape_fn((rows, DRUMS, OFFSETS), |(_, _, class)| near(class, 14));
        Ok(Step { heads: vec![velocity.into_dyn(), offset.into_dyn()], state })
    }
}

/// Goes around the circle of fifths in chords of a bar.
#[derive(Debug, Default)]
pub struct FakeChords;

impl Net for FakeChords {
    fn initial(&self, _: usize) -> State {
        State(Vec::new())
    }

    fn step(&mut self, batch: Batch, state: State) -> Result<Step, Trouble> {
        let (tokens, lengths) = (chords::TOKENS, chords::DURATIONS.len());
        let qualities = chords::QUALITIES.len();
        let rows = batch.columns.nrows();
        let token = Array2::from_shape_fn((rows, tokens), |(row, token)| {
            let before = usize::try_from(batch.columns[[row, 0]]).unwrap_or(0) / qualities;
            let fifths = (token / qualities + 12 - (before + 5) % 12) % 12;
            -2.0 * fifths.min(12 - fifths) as f32 - (token % qualities) as f32
        });
        let duration = Array3::from_shape_fn((rows, tokens, lengths), |(_, _, length)| {
            if chords::DURATIONS[length] == 8 { -0.1 } else { -4.0 }
        });
        Ok(Step { heads: vec![token.into_dyn(), duration.into_dyn()], state })
    }
}
