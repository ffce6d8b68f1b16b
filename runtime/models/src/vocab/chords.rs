//! The chords vocabulary: a progression as events (token, duration) that fill its time.
//!
//! A token is a root above the tonic with one of fifteen qualities, no chord, or a hold that
//! lengthens the chord before it. Times are in steps of half a quarter note.
//! `training/chords_data.py` and `chords_features.py` are the same in Python.
//!
//! | column | what |
//! |---|---|
//! | `token`, `duration` | the event before; 182 and 16 when there is none |
//! | `position` | steps since the bar line, at most 24 |
//! | `bar` | bars since the first bar line, modulo 16 |
//! | `left` | bars to the end, this one included, in classes; 0 is not given |
//! | `meter`, `style`, `section` | from 1 in the card's order; 0 is another one, or not given |
//! | `mode` | 1 is major, 2 minor, 0 not given |
//! | `section_bar`, `section_left` | bars of the section so far, and left, in classes |
//! | `same_…` | the event at this place of the last section of the same kind |
//! | `token_N` …, `token_match` … | as in the melody vocabulary |

mod spelling;

use std::str::FromStr;

pub use spelling::{symbol, token_of};

use super::Vocabulary;
use super::lookback::{LookBack, Pair};
use crate::Trouble;

/// Chord qualities, by the spelling after the root.
pub const QUALITIES: [&str; 15] = [
    "", "m", "7", "m7", "maj7", "6", "m6", "sus2", "sus4", "7sus4", "5", "dim", "dim7", "m7b5",
    "aug",
];
/// Nothing sounds.
pub const NO_CHORD: u8 = 180;
/// The chord before goes on.
pub const HOLD: u8 = 181;
/// Nothing begins here (in what the network reads only).
pub const NONE: u8 = 182;
/// Number of tokens.
pub const TOKENS: usize = 183;
/// Lengths of events in steps.
pub const DURATIONS: [i32; 16] = [1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 18, 20, 24, 32];
/// The duration of nothing (in what the network reads only).
pub const NO_DURATION: u8 = DURATIONS.len() as u8;

const LAGS: [i32; 5] = [1, 2, 4, 8, 16];
const METERS: [(u32, u32); 6] = [(4, 4), (3, 4), (6, 8), (12, 8), (2, 4), (2, 2)];
const T: i64 = TOKENS as i64;
const D: i64 = NO_DURATION as i64 + 1;

/// What a chords network reads and writes.
pub const VOCABULARY: Vocabulary = Vocabulary {
    name: "chords",
    columns: &[
        ("token", T),
        ("duration", D),
        ("position", 25),
        ("bar", 16),
        ("left", 20),
        ("meter", 7),
        ("mode", 3),
        ("style", 4),
        ("section", 9),
        ("section_bar", 20),
        ("section_left", 20),
        ("same_section", T),
        ("same_duration", D),
        ("token_1", T),
        ("duration_1", D),
        ("run_1", 8),
        ("token_2", T),
        ("duration_2", D),
        ("run_2", 8),
        ("token_4", T),
        ("duration_4", D),
        ("run_4", 8),
        ("token_8", T),
        ("duration_8", D),
        ("run_8", 8),
        ("token_16", T),
        ("duration_16", D),
        ("run_16", 8),
        ("token_match", T),
        ("duration_match", D),
        ("run_match", 8),
    ],
    reals: 1,
    heads: &[&[TOKENS], &[TOKENS, DURATIONS.len()]],
    window: 1,
    script: "train_chords.py and export_chords.py",
};

/// A kind of section of a song; the default is not given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Section(u8);

const SECTIONS: [&str; 8] =
    ["intro", "verse", "prechorus", "chorus", "bridge", "solo", "outro", "transition"];

/// A repertoire in whose manner chords follow each other; the default leaves it to the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Repertoire(u8);

const REPERTOIRES: [&str; 3] = ["billboard", "pop909", "standard"];

/// The number from 1 of a name among others.
fn numbered(name: &str, what: &str, names: &[&str]) -> Result<u8, Trouble> {
    let lower = name.to_ascii_lowercase().replace('-', "");
    let found = names.iter().position(|&known| known == lower);
    found.and_then(|i| u8::try_from(i + 1).ok()).ok_or_else(|| {
        Trouble::new(
            format!("`{name}` is not a {what} that the chords model knows"),
            format!("there are {}", names.join(", ")),
        )
    })
}

impl FromStr for Section {
    type Err = Trouble;

    fn from_str(name: &str) -> Result<Self, Trouble> {
        numbered(name, "section", &SECTIONS).map(Self)
    }
}

impl FromStr for Repertoire {
    type Err = Trouble;

    fn from_str(name: &str) -> Result<Self, Trouble> {
        numbered(name, "repertoire", &REPERTOIRES).map(Self)
    }
}

impl Section {
    /// The section of a network's number.
    pub fn of_id(id: u8) -> Self {
        Self(if usize::from(id) <= SECTIONS.len() { id } else { 0 })
    }
}

impl Repertoire {
    /// The repertoire of a network's number.
    pub fn of_id(id: u8) -> Self {
        Self(if usize::from(id) <= REPERTOIRES.len() { id } else { 0 })
    }
}

/// The conditions that hold for a whole progression.
#[derive(Debug, Clone)]
pub struct Scene {
    /// Steps in a bar.
    pub bar: i32,
    /// Beats in a bar and the note that is one beat.
    pub meter: (u32, u32),
    /// 1 is major, 2 minor, 0 not given.
    pub mode: u8,
    /// The repertoire.
    pub style: Repertoire,
    /// First and last step.
    pub span: (i32, i32),
    /// Whether the network is told the last step.
    pub with_end: bool,
    /// Where sections begin, in order.
    pub sections: Vec<(i32, Section)>,
}

impl Scene {
    /// The section in force at a step: which, its first step, its end.
    fn section_at(&self, step: i32) -> Option<(Section, i32, i32)> {
        if self.sections.is_empty() {
            return None;
        }
        let after = self.sections.partition_point(|section| section.0 <= step);
        let Some(&(begin, section)) = self.sections[..after].last() else {
            return Some((Section(0), self.span.0, self.span.1));
        };
        let end = self.sections.get(after).map_or(self.span.1, |next| next.0);
        Some((section, begin, end))
    }
}

/// The events so far.
#[derive(Debug, Clone)]
pub struct Past {
    events: LookBack,
    /// Where sections with an event in them began.
    begins: Vec<(Section, i32)>,
}

impl Past {
    /// Nothing yet, in bars of so many steps.
    pub fn new(bar: i32) -> Self {
        let events = LookBack::new(bar, &LAGS, (NONE, NO_DURATION));
        Self { events, begins: Vec::new() }
    }

    /// The last event's token and duration.
    pub fn last(&self) -> Pair {
        self.events.last().unwrap_or((NONE, NO_DURATION))
    }

    /// Takes the next event in.
    pub fn push(&mut self, scene: &Scene, onset: i32, event: Pair) {
        if let Some((section, begin, _)) = scene.section_at(onset)
            && self.begins.last() != Some(&(section, begin))
        {
            self.begins.push((section, begin));
        }
        self.events.push(onset, event);
    }

    /// What the network reads for an event that begins at `now`.
    pub fn row(&self, scene: &Scene, now: i32, columns: &mut [i64], reals: &mut [f32]) {
        let (token, duration) = self.last();
        let mut section = [0; 3];
        let mut same = (NONE, NO_DURATION);
        if let Some((kind, begin, end)) = scene.section_at(now) {
            let (so_far, left) = (now - begin + 1, end - now);
            section = [kind.0.into(), bars(so_far, scene.bar), bars(left, scene.bar)];
            let earlier = |&&(other, at): &&(Section, i32)| other == kind && at != begin;
            let before = self.begins.iter().rev().find(earlier).filter(|_| kind.0 > 0);
            same = before.and_then(|b| self.events.began(b.1 + now - begin)).unwrap_or(same);
        }
        let place = [
            token.into(),
            duration.into(),
            i64::from(now.rem_euclid(scene.bar).min(24)),
            i64::from(now.div_euclid(scene.bar).rem_euclid(16)),
            if scene.with_end { bars(scene.span.1 - now, scene.bar) } else { 0 },
            METERS.iter().position(|&m| m == scene.meter).map_or(0, |i| i as i64 + 1),
            scene.mode.into(),
            scene.style.0.into(),
        ];
        let values = place
            .into_iter()
            .chain(section)
            .chain([same.0.into(), same.1.into()])
            .chain(self.events.lagged(now).flatten())
            .chain(self.events.matched());
        columns.iter_mut().zip(values).for_each(|(to, from)| *to = from);
        reals.fill(1.0);
    }
}

/// Bars, a part of one included: 1 to 16, then 17-24, 25-32, more.
fn bars(steps: i32, bar: i32) -> i64 {
    match (steps.max(1) + bar - 1) / bar {
        bars @ ..=16 => bars.into(),
        17..=24 => 17,
        25..=32 => 18,
        _ => 19,
    }
}
