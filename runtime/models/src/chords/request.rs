//! What is asked of the chords model, and what it gives.

use crate::melody::Mode;
use crate::phrase::Ticks;
use crate::trouble::Trouble;
use crate::vocab::chords::{Repertoire, Section};
use crate::{Chord, TICKS_PER_BEAT};

/// Ticks in a step of the chords vocabulary: an eighth note.
pub(super) const STEP: Ticks = TICKS_PER_BEAT / 2;

/// A finished progression.
#[derive(Debug, Clone, PartialEq)]
pub struct Progression {
    /// Lead-sheet symbols by their moment in ticks; each lasts until the next.
    pub chords: Vec<(Ticks, String)>,
    /// Length in ticks, a whole number of bars.
    pub length: Ticks,
    /// How surprising the model itself finds the progression, in nats.
    pub nats: f64,
}

/// A progression to be made.
#[derive(Debug, Clone, PartialEq)]
pub struct ChordsRequest {
    /// Length in bars; ignored when there are `sections`.
    pub bars: u32,
    /// Beats in a bar and the note that is one beat.
    pub meter: (u32, u32),
    /// Pitch class of the tonic, 0 is C.
    pub tonic: u8,
    /// Mode; only whether it is minor counts.
    pub mode: Mode,
    /// In whose manner; the default leaves it to the model.
    pub style: Repertoire,
    /// The sections of a song with their lengths in bars. Sections of one kind resemble each
    /// other.
    pub sections: Vec<(Section, u32)>,
    /// The same seed gives the same progression.
    pub seed: i64,
    /// 1 is as the model has it; less is safer, more is wilder.
    pub temperature: f64,
    /// Share of the likeliest choices that is kept; 1 is all.
    pub top_p: f64,
    /// Chords that the progression continues, by their moment from the start of the prime. The
    /// last one lasts to the end of its bar.
    pub prime: Vec<(Ticks, Chord)>,
    /// Whether the model is told where the progression ends.
    pub close: bool,
    /// The most bars that a chord may last, at least 1.
    pub slowest: u32,
}

impl Default for ChordsRequest {
    fn default() -> Self {
        Self {
            bars: 8,
            meter: (4, 4),
            tonic: 0,
            mode: Mode::Major,
            style: Repertoire::default(),
            sections: Vec::new(),
            seed: 0,
            temperature: 1.0,
            top_p: 0.98,
            prime: Vec::new(),
            close: true,
            slowest: 2,
        }
    }
}

/// The most bars of a progression, and of a prime.
const LONGEST: i32 = 512;

impl ChordsRequest {
    /// Steps in a bar; refuses what cannot be made, naming what was expected.
    pub(super) fn checked(&self) -> Result<i32, Trouble> {
        if !(0.0..=10.0).contains(&self.temperature) {
            return Err(Trouble::new(
                format!("a temperature of {} is out of range", self.temperature),
                "temperatures from 0.5 to 1.3 are useful, 0 to 10 are allowed",
            ));
        }
        if !(self.top_p > 0.0 && self.top_p <= 1.0) {
            return Err(Trouble::new(
                format!("a nucleus of {} is out of range", self.top_p),
                "it is a share: above 0, at most 1",
            ));
        }
        let ticks = crate::melody::bar_ticks(self.meter)?;
        let step = STEP.cast_signed();
        if ticks % step != 0 {
            let (top, bottom) = self.meter;
            return Err(Trouble::new(
                format!("bars of {top}/{bottom} are no whole number of eighths"),
                "chords can be made in meters like 4/4, 3/4, 6/8 and 12/8",
            ));
        }
        Ok(ticks / step)
    }

    /// Length in bars, of all sections together when there are any.
    pub(super) fn bars(&self) -> Result<i32, Trouble> {
        let sections: u64 = self.sections.iter().map(|section| u64::from(section.1)).sum();
        let bars = if self.sections.is_empty() { self.bars.into() } else { sections };
        i32::try_from(bars).ok().filter(|bars| (1..=LONGEST).contains(bars)).ok_or_else(|| {
            Trouble::new(
                format!("a progression has 1 to {LONGEST} bars, {bars} were asked for"),
                "make several, each primed with the one before",
            )
        })
    }

    /// Length of the prime in bars, a part of one included.
    pub(super) fn prime_bars(&self, bar: i32) -> Result<i32, Trouble> {
        let Some(last) = self.prime.iter().map(|chord| chord.0 / STEP).max() else { return Ok(0) };
        let bars = i64::from(last) / i64::from(bar) + 1;
        i32::try_from(bars).ok().filter(|&bars| bars <= LONGEST).ok_or_else(|| {
            let fix = "prime with its last bars only";
            Trouble::new(format!("the prime is longer than {LONGEST} bars"), fix)
        })
    }
}
