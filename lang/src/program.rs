//! What an evaluation yields: an immutable program, and what else the performer asked for.

use crate::problem::Problem;
use crate::scope::Scope;
use crate::synth::Synth;
use mag_pattern::{Loc, Pattern};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Everything that plays. Never changed once made: an edit makes a new one.
#[derive(Clone, Debug)]
pub struct Program {
    /// The performer's own names on top of the stdlib's.
    pub scope: Scope,
    /// The parts by name.
    pub parts: BTreeMap<String, Part>,
    /// Beats a minute.
    pub tempo: f64,
    /// Beats of a bar, and the note value of a beat. One cycle is one bar.
    pub meter: (u32, u32),
    /// Parts that are silent.
    pub muted: BTreeSet<String>,
    /// If not empty, only these parts sound.
    pub soloed: BTreeSet<String>,
    /// Named outputs.
    pub outs: BTreeMap<String, Target>,
    /// Folders of recordings, as [`crate::Files::folder`] gave them.
    pub samples: Vec<String>,
    /// Instruments that the text defines.
    pub synths: BTreeMap<String, Arc<Synth>>,
}

/// One voice of the performance: it plays until it is replaced, hushed or gone.
#[derive(Clone, Debug)]
pub struct Part {
    /// What it plays.
    pub pattern: Pattern,
    /// Where its name was written.
    pub loc: Loc,
    /// Its text, so that an unchanged part can be told from a changed one.
    pub text: Arc<str>,
}

/// Where events can go.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    /// `osc "host:port"`: the event's controls to a free address.
    Osc(String),
    /// `superdirt "host:port"`: `/dirt/play` messages.
    SuperDirt(String),
    /// `midi "name of port"`.
    Midi(String),
    /// `synth`: the built-in synth.
    Synth,
}

impl Program {
    /// Nothing plays, at 120 beats a minute in 4/4.
    pub fn empty(scope: Scope) -> Program {
        Program {
            scope,
            parts: BTreeMap::new(),
            tempo: 120.0,
            meter: (4, 4),
            muted: BTreeSet::new(),
            soloed: BTreeSet::new(),
            outs: BTreeMap::new(),
            samples: Vec::new(),
            synths: BTreeMap::new(),
        }
    }
    /// Cycles (bars) a second.
    pub fn cps(&self) -> f64 {
        self.tempo / 60.0 / f64::from(self.meter.0.max(1))
    }
    /// Whether a part of this name sounds: not muted, and soloed if any is.
    pub fn sounds(&self, name: &str) -> bool {
        !self.muted.contains(name) && (self.soloed.is_empty() || self.soloed.contains(name))
    }
}

/// How the evaluated text relates to what plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The text is the whole program: parts that it does not name are gone.
    File,
    /// The text is one block typed at the prompt: it adds and replaces.
    Block,
}

/// A bare expression, for the prompt to show.
#[derive(Clone, Debug)]
pub enum Shown {
    /// A pattern, to be drawn.
    Pattern(Pattern),
    /// Anything else, as text.
    Text(String),
}

/// What a command asks of the performance, beyond what plays.
#[derive(Clone, Debug)]
pub enum Action {
    /// All parts fall silent and are taken off.
    Hush,
    /// Everything that sounds is cut at once.
    Panic,
    /// Back to the program before.
    Undo,
    /// Forward again.
    Redo,
    /// Plays one cycle of a pattern once.
    Once(Pattern),
    /// When edits take effect from now on: `now`, `beat`, `bar`.
    Quantum(String),
    /// Records the sound to a file; `None` stops.
    Record(Option<String>),
    /// Tells how the sound card is kept up with.
    Load,
    /// Shows how punctual events are, or forgets what was measured.
    Timing {
        /// Whether to begin anew.
        reset: bool,
    },
    /// Shows the documentation of a name, or an overview.
    Help(Option<String>),
}

/// A text that was accepted.
#[derive(Clone, Debug)]
pub struct Evaluation {
    /// What plays from the next quantum on.
    pub program: Arc<Program>,
    /// Bare expressions, in order.
    pub shown: Vec<Shown>,
    /// Commands, in order.
    pub actions: Vec<Action>,
    /// Legal but suspicious.
    pub warnings: Vec<Problem>,
    /// Whether the program differs from the one before in anything but scope.
    pub changed: bool,
}
