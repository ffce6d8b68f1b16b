//! What an evaluation yields: an immutable program, and what else the performer asked for.

use crate::problem::Problem;
use crate::scope::Scope;
use crate::synth::Synth;
use mag_pattern::{Loc, Pattern, Time};
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};
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
    /// Cycles over which the tempo is reached; 0 is a jump.
    pub glide: Time,
    /// Beats of a bar, and the note value of a beat. One cycle is one bar.
    pub meter: (u32, u32),
    /// Parts that are silent.
    pub muted: BTreeSet<String>,
    /// If not empty, only these parts sound.
    pub soloed: BTreeSet<String>,
    /// Named outputs.
    pub outs: BTreeMap<String, Target>,
    /// Folders of recordings and SoundFonts, as [`crate::Files::folder`] gave them.
    pub samples: Vec<String>,
    /// Instruments that the text defines.
    pub synths: BTreeMap<String, Arc<Synth>>,
    /// Sounds whose recordings are decoded before they are played.
    pub preload: Vec<String>,
    /// Another take: moves all chance.
    pub seed: i64,
    /// Milliseconds by which everything is heard later; less than 0 is earlier.
    pub nudge: f64,
    /// Cycles over which the versions of a part cross; 0 is a cut.
    pub xfade: Time,
    /// The same for single parts.
    pub xfades: BTreeMap<String, Time>,
    /// Parts that were faded in or out.
    pub faders: BTreeMap<String, Fader>,
    /// What the file said last, so that what is done by hand stands until that changes.
    pub(crate) said: Said,
    /// What the text of each of the performer's names comes to.
    pub(crate) lets: Arc<BTreeMap<String, u64>>,
}

/// Where the fader of a part goes, and how slowly.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fader {
    /// Up to full level, or down to silence.
    pub up: bool,
    /// In so many cycles.
    pub over: Time,
}

/// What a file says that can be done by hand too.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Said {
    pub tempo: Option<(f64, Time)>,
    pub seed: Option<i64>,
    pub nudge: Option<f64>,
    pub xfade: Option<Time>,
    pub xfades: BTreeMap<String, Time>,
    /// Parts that it mutes (true) or unmutes; all of them are called "".
    pub muted: BTreeMap<String, bool>,
    pub soloed: BTreeMap<String, bool>,
    pub faded: BTreeMap<String, Fader>,
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
    /// The same for equal text whose names stand for equal text: tells whether an edit changed it.
    pub meaning: u64,
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
            glide: Time::ZERO,
            meter: (4, 4),
            muted: BTreeSet::new(),
            soloed: BTreeSet::new(),
            outs: BTreeMap::new(),
            samples: Vec::new(),
            synths: BTreeMap::new(),
            seed: 0,
            nudge: 0.0,
            xfade: Time::ZERO,
            xfades: BTreeMap::new(),
            faders: BTreeMap::new(),
            said: Said::default(),
            lets: Arc::default(),
            preload: Vec::new(),
        }
    }
    /// Cycles (bars) a second.
    pub fn cps(&self) -> f64 {
        self.tempo / 60.0 / f64::from(self.meter.0.max(1))
    }
    /// Cycles over which the versions of a part cross.
    pub fn xfade_of(&self, part: &str) -> Time {
        self.xfades.get(part).copied().unwrap_or(self.xfade)
    }
    /// What a text means: its words, what the performer's names among them stand for, and what the
    /// parts mean that it is made of.
    pub(crate) fn meaning_of(&self, text: &str, parts: impl Iterator<Item = u64>) -> u64 {
        let mut hash = DefaultHasher::new();
        text.hash(&mut hash);
        let words = text.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '\''));
        words.filter_map(|word| self.lets.get(word)).for_each(|meant| meant.hash(&mut hash));
        parts.for_each(|meant| meant.hash(&mut hash));
        hash.finish()
    }
    /// Another take of the same.
    #[must_use]
    pub fn with_seed(&self, seed: i64) -> Program {
        Program { seed, ..self.clone() }
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
    /// When this edit takes effect.
    At(String),
    /// A tap on the beat.
    Tap,
    /// Something to tell the performer.
    Say(String),
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
    /// Whether the program sounds different from the one before.
    pub changed: bool,
    /// Whether names mean something else than before: what is evaluated later may hang on it.
    pub renamed: bool,
}
