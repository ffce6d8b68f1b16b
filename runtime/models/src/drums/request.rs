//! What is asked of the drums model, and what it gives.

use crate::groove::GrooveRequest;
use crate::phrase::Ticks;
use crate::trouble::Trouble;
use crate::vocab::drums::{DRUMS, Drum, SIXTEENTH, Style};

/// One stroke.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hit {
    /// Ticks from the start of the phrase.
    pub onset: Ticks,
    /// What is struck.
    pub drum: Drum,
    /// How hard, 0 to 1.
    pub velocity: f64,
    /// How much later than its onset it is played, in beats; negative is early.
    pub offset: f64,
}

impl Hit {
    /// A stroke of medium strength, on time.
    pub fn new(onset: Ticks, drum: Drum) -> Self {
        Self { onset, drum, velocity: FLAT, offset: 0.0 }
    }
}

/// Velocity of what nobody plays.
const FLAT: f64 = 0.7;

/// A finished phrase of drums.
#[derive(Debug, Clone, PartialEq)]
pub struct DrumPhrase {
    /// In order of onset, then of drum.
    pub hits: Vec<Hit>,
    /// Length in ticks, a whole number of bars.
    pub length: Ticks,
    /// How surprising the model itself finds the rhythm, in nats.
    pub nats: f64,
}

/// A phrase to be made.
#[derive(Debug, Clone, PartialEq)]
pub struct DrumsRequest {
    /// Length of the phrase in bars.
    pub bars: u32,
    /// Beats in a bar and the note that is one beat.
    pub meter: (u32, u32),
    /// The style; the default leaves it to the model.
    pub style: Style,
    /// Tempo in quarter notes a minute.
    pub bpm: Option<f64>,
    /// The same seed gives the same phrase.
    pub seed: i64,
    /// 1 is as the model has it; less is safer, more is wilder.
    pub temperature: f64,
    /// Share of the likeliest choices that is kept; 1 is all.
    pub top_p: f64,
    /// A rhythm that the phrase continues, in ticks from its own start. It counts as so many
    /// whole bars.
    pub prime: Vec<Hit>,
    /// How many bars are played before the phrase and thrown away, at most 16: drummers feel their
    /// way into a beat, and a phrase should not begin with that. Not read when there is a prime,
    /// something that is kept, or a place.
    pub lead_in: u32,
    /// How many bars at the end are a fill.
    pub fill: u32,
    /// Whether the model is told how far it is to the end of the playing: that of a phrase with a
    /// fill, some bars after any other.
    pub close: bool,
    /// The only drums that may be used; none for all.
    pub kit: Vec<Drum>,
    /// Hits that the phrase must have; the model plays around them. Moved to sixteenths.
    pub with: Vec<Hit>,
    /// A rhythm that the phrase must have, whatever is struck: something other than a cymbal
    /// sounds where there is a hit, nothing but cymbals elsewhere. Moved to sixteenths.
    pub tap: Option<Vec<Hit>>,
    /// A rhythm of which only some stretches are made anew.
    pub keep: Option<Keep>,
    /// Where the phrase begins, in ticks from the start of the prime, and how long it is; without
    /// it the phrase begins with the bar line after the prime and has `bars`. Moved to sixteenths.
    pub place: Option<(Ticks, Ticks)>,
}

/// A rhythm that is kept, but for some stretches.
#[derive(Debug, Clone, PartialEq)]
pub struct Keep {
    /// The hits, in ticks from the start of the phrase.
    pub hits: Vec<Hit>,
    /// What is made anew: from one tick to another.
    pub open: Vec<(Ticks, Ticks)>,
}

/// Four bars, a little safer than the model has it: at temperature 1 sampled beats wander more
/// than played ones (in rock, snares on 2 and 4 against 1 and 3: data 3.9 to 1, temperature 1
/// 2 to 1, these settings 4 to 1), and half of the bars come back as they were.
impl Default for DrumsRequest {
    fn default() -> Self {
        Self {
            bars: 4,
            meter: (4, 4),
            style: Style::default(),
            bpm: None,
            seed: 0,
            temperature: 0.95,
            top_p: 0.98,
            prime: Vec::new(),
            lead_in: 4,
            fill: 0,
            close: true,
            kit: Vec::new(),
            with: Vec::new(),
            tap: None,
            keep: None,
            place: None,
        }
    }
}

/// The most bars of one phrase, and of a prime.
const LONGEST: u32 = 512;

impl DrumsRequest {
    /// Refuses what cannot be made, naming what was expected.
    pub(super) fn check(&self) -> Result<(), Trouble> {
        if !(1..=LONGEST).contains(&self.bars) {
            return Err(Trouble::new(
                format!("a phrase has 1 to {LONGEST} bars, {} were asked for", self.bars),
                "make several phrases, each primed with the one before",
            ));
        }
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
        Ok(())
    }

    /// The same conditions, for the model that plays the phrase.
    pub(super) fn to_groove(&self, phrase: &DrumPhrase) -> GrooveRequest {
        GrooveRequest {
            hits: phrase.hits.clone(),
            prime: self.prime.clone(),
            meter: self.meter,
            style: self.style,
            bpm: self.bpm,
            seed: self.seed,
            temperature: self.temperature,
        }
    }
}

/// A rhythm to be judged.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Rhythm {
    /// The hits, in ticks from the start; moved to sixteenths.
    pub hits: Vec<Hit>,
    /// Length in ticks, at least to the last hit.
    pub length: Ticks,
    /// Beats in a bar and the note that is one beat.
    pub meter: (u32, u32),
    /// The style, if the model is told.
    pub style: Style,
    /// Tempo in quarter notes a minute, if the model is told.
    pub bpm: Option<f64>,
    /// Whether the model is told where the rhythm ends.
    pub close: bool,
}

/// Sixteenths in a bar.
pub(crate) fn bar_steps(meter: (u32, u32)) -> Result<usize, Trouble> {
    let steps = meter.0.saturating_mul(16) / meter.1.max(1);
    if !(1..=32).contains(&meter.0) || ![1, 2, 4, 8, 16].contains(&meter.1) || steps > 64 {
        return Err(Trouble::new(
            format!("{}/{} is not a meter for drums", meter.0, meter.1),
            "meters look like 4/4, 3/4, 6/8 or 5/4; the lower number is 1, 2, 4, 8 or 16",
        ));
    }
    Ok(steps as usize)
}

/// The nearest sixteenth to a moment.
pub(crate) fn step_of(onset: Ticks) -> usize {
    (onset.saturating_add(SIXTEENTH / 2) / SIXTEENTH) as usize
}

/// The drums at each sixteenth, for at least so many of them.
///
/// # Errors
/// When a hit lies too far from the start.
pub(crate) fn combinations(hits: &[Hit], least: usize) -> Result<Vec<u16>, Trouble> {
    let end = hits.iter().map(|hit| step_of(hit.onset) + 1).max().unwrap_or(0);
    if end.max(least) > LONGEST as usize * 64 {
        let what = format!("hits after {} sixteenths are too far from the start", LONGEST * 64);
        return Err(Trouble::new(what, "cut the rhythm"));
    }
    let mut steps = vec![0; end.max(least)];
    for hit in hits {
        if let Some(step) = steps.get_mut(step_of(hit.onset)) {
            *step |= hit.drum.bit();
        }
    }
    Ok(steps)
}

/// Hits of medium strength for the drums at each sixteenth.
pub(super) fn hits_of(steps: &[u16]) -> Vec<Hit> {
    let at = |(step, &combination): (usize, &u16)| {
        let onset = Ticks::try_from(step).unwrap_or(0) * SIXTEENTH;
        let struck = (0..DRUMS).filter(move |drum| combination >> drum & 1 == 1);
        struck.map(move |drum| Hit::new(onset, Drum::ALL[drum]))
    };
    steps.iter().enumerate().flat_map(at).collect()
}
