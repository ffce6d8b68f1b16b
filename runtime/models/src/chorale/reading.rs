//! A chorale that is read: what each cell costs, one after another in time.

use ndarray::{ArrayViewD, Axis};

use super::request::{Chorale, ChoraleRequest, Voice};
use crate::Trouble;
use crate::vocab::chorale::{Grid, MASKED, REST, Strike, VOICES, WINDOW};

/// Steps of the past that are seen; the rest of the window is hidden future.
const PAST: usize = WINDOW - 4;

/// How unlikely a model finds a chorale.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ChoraleSurprise {
    /// Nats of all that is sung and struck.
    pub total: f64,
    /// Of these, nats of what is sung; per step this is the published framewise figure.
    pub sung: f64,
    /// Sixteenths, the grid's steps.
    pub sixteenths: f64,
    /// Notes of all voices.
    pub notes: usize,
}

/// One question to the network: a cell, with the steps around it.
pub(super) struct Question {
    pub window: Grid,
    step: usize,
    voice: usize,
    token: u8,
    /// Whether a repeated pitch is struck again; `None` where there is no choice.
    struck: Option<bool>,
}

/// Every cell of a chorale, step by step and from the soprano down. Neither what is later nor
/// the voices below are seen, nor key, nor phrase ends; the meter is.
pub(super) fn questions(chorale: &Chorale, meter: (u32, u32)) -> Result<Vec<Question>, Trouble> {
    let beats = f64::from(meter.0) * 96.0 / f64::from(meter.1.max(1));
    let bars = (f64::from(chorale.length) / beats).ceil().max(1.0) as u32;
    let request = ChoraleRequest {
        bars,
        meter,
        given: chorale.voices.clone().map(Some),
        ..ChoraleRequest::default()
    };
    let grid = request.task()?.grid;
    let steps = (chorale.length as usize).div_ceil(6).min(grid.len());
    let mut all = Vec::with_capacity(steps * VOICES);
    for step in 0..steps {
        for voice in Voice::ALL.map(|v| v as usize) {
            all.push(question(&grid, step, voice));
        }
    }
    Ok(all)
}

fn question(grid: &Grid, step: usize, voice: usize) -> Question {
    // The window begins on a beat, so that places in the beat stay what they are.
    let begin = (step + 1).saturating_sub(PAST).next_multiple_of(4).min(step);
    let end = (begin + WINDOW).min(grid.len());
    let (mut tokens, mut strikes) =
        (grid.tokens[begin..end].to_vec(), grid.strikes[begin..end].to_vec());
    let at = step - begin;
    for (i, (row, struck)) in tokens.iter_mut().zip(&mut strikes).enumerate() {
        for v in 0..VOICES {
            if i > at || (i == at && v >= voice) {
                row[v] = MASKED;
                struck[v] = Strike::Untold;
            }
        }
    }
    let token = grid.tokens[step][voice];
    let repeated = step > 0 && token != REST && grid.tokens[step - 1][voice] == token;
    let window = Grid {
        tokens,
        strikes,
        bar: grid.bar,
        pickup: (grid.bar - begin % grid.bar) % grid.bar,
        meter: grid.meter,
        ..Grid::default()
    };
    let struck = repeated.then(|| grid.strikes[step][voice] == Strike::Struck);
    Question { window, step: at, voice, token, struck }
}

impl Question {
    /// The same window with the answer in it, when it is also asked whether it is struck.
    pub fn follow_up(&self) -> Option<Grid> {
        self.struck?;
        let mut grid = self.window.clone();
        grid.tokens[self.step][self.voice] = self.token;
        Some(grid)
    }

    /// Nats of what is sung there.
    pub fn sung(&self, tokens: &ArrayViewD<'_, f32>) -> f64 {
        let row = tokens.index_axis(Axis(0), self.step);
        let row = row.index_axis(Axis(0), self.voice);
        -f64::from(row.iter().nth(self.token.into()).copied().unwrap_or(f32::NEG_INFINITY))
    }

    /// Nats of its being struck or held.
    pub fn struck(&self, strikes: &ArrayViewD<'_, f32>) -> f64 {
        let Some(struck) = self.struck else { return 0.0 };
        let row = strikes.index_axis(Axis(0), self.step);
        let row = row.index_axis(Axis(0), self.voice);
        -f64::from(row.iter().nth(struck.into()).copied().unwrap_or(f32::NEG_INFINITY))
    }
}
