//! The expression model: written notes in, the same notes with a pianist's dynamics and time out.

mod player;

use crate::loaded::{Loaded, model};
use crate::trouble::Trouble;
use crate::vocab::expression::VOCABULARY;
use player::Player;

/// A note as it is written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WrittenNote {
    /// Beats from the start.
    pub onset: f64,
    /// Beats it is written to last.
    pub duration: f64,
    /// MIDI number.
    pub pitch: u8,
}

/// How a note is played.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Expression {
    /// How hard, 0 to 1.
    pub velocity: f64,
    /// How much later than written, in beats; negative is early.
    pub offset: f64,
    /// The share of its written length that it sounds.
    pub length: f64,
}

/// Notes to be played expressively.
#[derive(Debug, Clone, PartialEq)]
pub struct ExpressionRequest {
    /// What is written, in any order.
    pub notes: Vec<WrittenNote>,
    /// Tempo in beats a minute.
    pub bpm: f64,
    /// How loud it should be in the mean, 0 to 1; left to the model without it.
    pub dynamics: Option<f64>,
    /// How much the tempo bends: 0 keeps the beat, 1 is as pianists do alone. However much it
    /// bends, the first and the last chord are on time, and none is more than half a beat off.
    pub rubato: f64,
    /// The same seed plays the same way.
    pub seed: i64,
    /// 0 plays the middle of what is usual at each note, 1 as variously as pianists do.
    pub temperature: f64,
}

impl Default for ExpressionRequest {
    fn default() -> Self {
        Self {
            notes: Vec::new(),
            bpm: 120.0,
            dynamics: None,
            rubato: 0.5,
            seed: 0,
            temperature: 0.7,
        }
    }
}

/// An expression model that is ready to play.
pub struct ExpressionModel {
    loaded: Loaded,
}

model!(ExpressionModel, VOCABULARY, "expression");

impl ExpressionModel {
    /// Plays every request, all in one batch: how each of its notes is played, in their order.
    /// The same seed plays the same way, whatever else is asked for.
    ///
    /// # Errors
    /// When a request is impossible or the network fails.
    pub fn play(
        &mut self,
        requests: &[ExpressionRequest],
    ) -> Result<Vec<Vec<Expression>>, Trouble> {
        let mut players = requests.iter().map(Player::new).collect::<Result<Vec<_>, _>>()?;
        self.loaded.run(&mut players)?;
        Ok(players.into_iter().map(Player::finish).collect())
    }
}
