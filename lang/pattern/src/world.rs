//! The one door through which a pattern may ask for something from outside: phrases of a model.

use crate::loc::Loc;
use crate::span::Span;
use crate::sym::Sym;
use crate::time::Time;
use crate::value::Value;
use std::sync::Arc;

/// A note of a pattern, as far as models read it.
#[derive(Clone, Debug, PartialEq)]
pub struct Given {
    /// When it begins, in bars from the start of the phrase.
    pub onset: Time,
    /// How long it lasts, in bars.
    pub length: Time,
    /// MIDI pitch, if it has one.
    pub pitch: Option<f64>,
    /// Sound, without its variant: `bd` of `bd:3`.
    pub sound: Option<Sym>,
    /// How loud it is asked to be; 1 unless the pattern says otherwise.
    pub gain: f64,
}

impl Given {
    /// A note with a pitch.
    pub fn pitched(onset: Time, length: Time, pitch: f64) -> Given {
        Given { onset, length, pitch: Some(pitch), sound: None, gain: 1.0 }
    }
}

/// What becomes of the phrase that another wish gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It is continued.
    Prime,
    /// It is what the verb works on, as if it were the notes of its first pattern.
    Given,
}

/// A wish for one phrase of a generator. Equal wishes mean the same phrase.
#[derive(Clone, Debug, PartialEq)]
pub struct PhraseRequest {
    /// What is to be done: `melody`, `groove`, …
    pub verb: Sym,
    /// The model that does it: the name of a folder.
    pub model: Sym,
    /// Number of the phrase since cycle 0; only counts when `flow` is set.
    pub index: i64,
    /// Length in bars (cycles).
    pub bars: u32,
    /// Beats of a bar and the note value of a beat: `(3, 4)`.
    pub meter: (u32, u32),
    /// Tempo in quarter notes a minute, down to the next multiple of five, for verbs that hear it.
    pub tempo: Option<u32>,
    /// Key, as in `d3:dorian`, if one was asked for.
    pub key: Option<Sym>,
    /// Chord symbols and where in the phrase they start, in bars.
    pub chords: Vec<(Time, Sym)>,
    /// Seed of all chance.
    pub seed: i64,
    /// Sampling temperature; 1 is the model as trained. `None` leaves it to the model.
    pub temperature: Option<f64>,
    /// Nucleus: the share of probability that is kept, 0 to 1. `None` leaves it to the model.
    pub top: Option<f64>,
    /// Notes to continue.
    pub prime: Vec<Given>,
    /// The notes of each pattern that the verb is done to, in the time of the phrase.
    pub given: Vec<Vec<Given>>,
    /// A phrase that has to be there first, and what it is for.
    pub from: Option<(Role, Box<PhraseRequest>)>,
    /// Each phrase continues the one before.
    pub flow: bool,
    /// What else was asked for, by name, in the order of the names: `amount`, `style`, …
    pub settings: Vec<(Sym, Value)>,
    /// Execution provider asked for: `cpu`, `cuda`, …
    pub device: Option<Sym>,
}

impl PhraseRequest {
    /// Four bars in 4/4 of a verb and a model, with everything else as it comes.
    pub fn new(verb: &str, model: &str) -> PhraseRequest {
        PhraseRequest {
            verb: Sym::new(verb),
            model: Sym::new(model),
            index: 0,
            bars: 4,
            meter: (4, 4),
            tempo: None,
            key: None,
            chords: Vec::new(),
            seed: 0,
            temperature: None,
            top: None,
            prime: Vec::new(),
            given: Vec::new(),
            from: None,
            flow: false,
            settings: Vec::new(),
            device: None,
        }
    }

    /// A setting by name.
    pub fn setting(&self, name: &str) -> Option<&Value> {
        let name = Sym::new(name);
        self.settings.iter().find(|(n, _)| *n == name).map(|(_, value)| value)
    }

    /// A setting as a number.
    pub fn number(&self, name: &str) -> Option<f64> {
        self.setting(name)?.number()
    }
}

/// A note of a phrase.
#[derive(Clone, Debug, PartialEq)]
pub struct PhraseNote {
    /// When it begins, in bars from the start of the phrase.
    pub onset: Time,
    /// How long it lasts, in bars.
    pub length: Time,
    /// Its controls; or a plain value.
    pub value: Value,
    /// The note of the first given pattern that it is, or that it is like: it has that event's
    /// other controls and places in the source.
    pub of: Option<usize>,
    /// By how much it is played later than it is written, in bars; negative is early.
    pub shift: f64,
}

impl PhraseNote {
    /// A note as it is written.
    pub fn new(onset: Time, length: Time, value: Value) -> PhraseNote {
        PhraseNote { onset, length, value, of: None, shift: 0.0 }
    }
}

/// What a model answered.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Phrase {
    /// Length in bars.
    pub length: Time,
    /// The notes, in the order of their onsets.
    pub notes: Vec<PhraseNote>,
    /// Whether this is not what was wished for but what is heard until that is there.
    pub stand_in: bool,
}

/// Notes that somebody played on an instrument that is listened to.
#[derive(Clone, Debug, PartialEq)]
pub struct Played {
    /// The notes, their onsets in cycles.
    pub notes: Vec<Given>,
    /// Whether no more of them can come: the end of the span is past.
    pub complete: bool,
}

/// A phrase that somebody played, and when it is answered.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// The bar line at or before its first note, in cycles.
    pub from: Time,
    /// Its notes, in bars from there.
    pub notes: Vec<Given>,
    /// When the answer is heard, in cycles.
    pub answer: Span,
}

/// What patterns can ask of the world they are queried in.
pub trait World: Send + Sync {
    /// The phrase that was wished for, if it is there; if not it is being made, and the caller
    /// stays silent or plays what it was given. Never waits.
    fn phrase(&self, request: &PhraseRequest) -> Option<Arc<Phrase>>;

    /// What was played on a source (`midi`, `osc`) and began in a span; none lasts longer than
    /// `longest`.
    fn played(&self, _source: Sym, _span: Span, _longest: Time) -> Played {
        Played { notes: Vec::new(), complete: true }
    }

    /// The calls on a source whose answers touch a span.
    fn calls(&self, _source: Sym, _span: Span) -> Vec<Arc<Call>> {
        Vec::new()
    }

    /// Told of a wish like those that may soon come, when nobody can know yet which: its model should
    /// be ready then.
    fn expect(&self, _like: &PhraseRequest) {}

    /// Told before the patterns of a performance are asked for the events of `span`; answers up to
    /// where, within it, one answer to each wish holds. The caller then asks only that far.
    fn asking(&self, span: Span) -> Time {
        span.end
    }
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
