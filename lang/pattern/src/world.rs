//! The one door through which a pattern may ask for something from outside: phrases of a model.

use crate::loc::Loc;
use crate::sym::Sym;
use crate::time::Time;
use crate::value::Value;
use std::sync::Arc;

/// A wish for one phrase of a generator. Equal wishes mean the same phrase.
#[derive(Clone, Debug, PartialEq)]
pub struct PhraseRequest {
    /// The model: `melody`.
    pub model: Sym,
    /// Number of the phrase since cycle 0; only counts when `flow` is set.
    pub index: i64,
    /// Length in bars (cycles).
    pub bars: u32,
    /// Beats of a bar and the note value of a beat: `(3, 4)`.
    pub meter: (u32, u32),
    /// Key, as in `d3:dorian`, if one was asked for.
    pub key: Option<Sym>,
    /// Chord symbols and where in the phrase they start, in bars.
    pub chords: Vec<(Time, Sym)>,
    /// Seed of all chance.
    pub seed: i64,
    /// Sampling temperature; 1 is the model as trained.
    pub temperature: f64,
    /// Nucleus: the share of probability that is kept, 0 to 1.
    pub top: f64,
    /// Notes to continue: onset and length in bars, MIDI pitch.
    pub prime: Vec<(Time, Time, f64)>,
    /// Each phrase continues the one before.
    pub flow: bool,
    /// Execution provider asked for: `cpu`, `cuda`, …
    pub device: Option<Sym>,
}

/// What a model answered: notes in bars from the start of the phrase.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Phrase {
    /// Length in bars.
    pub length: Time,
    /// Onset, length, value.
    pub notes: Vec<(Time, Time, Value)>,
}

/// What patterns can ask of the world they are queried in.
pub trait World: Send + Sync {
    /// The phrase that was wished for, if it is there; if not it is being made, and the caller
    /// stays silent. Never waits.
    fn phrase(&self, request: &PhraseRequest) -> Option<Arc<Phrase>>;
}

/// A world without models.
pub struct Nowhere;

impl World for Nowhere {
    fn phrase(&self, _: &PhraseRequest) -> Option<Arc<Phrase>> {
        None
    }
}

/// Why a query gave less than it should have.
#[derive(Clone, Debug, PartialEq)]
pub struct Trouble {
    /// What went wrong, in a performer's words.
    pub message: String,
    /// The source that caused it, if known.
    pub loc: Option<Loc>,
}

impl Default for Time {
    fn default() -> Time {
        Time::ZERO
    }
}
