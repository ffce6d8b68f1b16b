//! What is asked of a performance model, and what it gives.

use crate::Trouble;
use crate::vocab::performance::{Conditions, Event, Hundredths, LOWEST, PITCHES};

/// The longest performance of one request, in seconds.
pub const LONGEST: f64 = 1200.0;

/// A note as it is played.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlayedNote {
    /// Seconds from the start.
    pub onset: f64,
    /// Seconds it sounds, with the pedal.
    pub duration: f64,
    /// MIDI number.
    pub pitch: u8,
    /// 0 to 1.
    pub velocity: f64,
}

/// A performance to be made.
#[derive(Debug, Clone, PartialEq)]
pub struct PerformanceRequest {
    /// Its length in seconds.
    pub seconds: f64,
    /// What it should be like.
    pub conditions: Conditions,
    /// Keys that may be struck, MIDI numbers.
    pub lowest: u8,
    /// See `lowest`.
    pub highest: u8,
    /// Notes that it continues, in seconds from their own start.
    pub prime: Vec<PlayedNote>,
    /// The same seed gives the same performance.
    pub seed: i64,
    /// 1 is as the model has it; less is safer and more is wilder. Less is for keys only: time
    /// and loudness are drawn as they are learned.
    pub temperature: f64,
    /// Share of the likeliest keys that is kept; 1 is all.
    pub top_p: f64,
}

impl Default for PerformanceRequest {
    fn default() -> Self {
        Self {
            seconds: 8.0,
            conditions: Conditions::default(),
            lowest: LOWEST,
            highest: LOWEST + PITCHES as u8 - 1,
            prime: Vec::new(),
            seed: 0,
            temperature: 0.9,
            top_p: 0.95,
        }
    }
}

impl PerformanceRequest {
    /// Refuses what cannot be played.
    pub(super) fn check(&self) -> Result<(), Trouble> {
        let refuse = |what: String, fix: &str| Err(Trouble::new(what, fix));
        if !(self.seconds > 0.0 && self.seconds <= LONGEST) {
            let what = format!("a performance of {} seconds is out of range", self.seconds);
            return refuse(what, "up to 1200 seconds are possible");
        }
        if !(0.0..=10.0).contains(&self.temperature) {
            let what = format!("a temperature of {} is out of range", self.temperature);
            return refuse(what, "temperatures from 0.7 to 1.1 are useful, up to 10 are allowed");
        }
        if !(self.top_p > 0.0 && self.top_p <= 1.0) {
            let what = format!("a nucleus of {} is out of range", self.top_p);
            return refuse(what, "the nucleus is a share of probability, above 0 and up to 1");
        }
        let (least, most) = (LOWEST, LOWEST + PITCHES as u8 - 1);
        if self.lowest < least || self.highest > most || self.lowest + 11 > self.highest {
            let what = format!("the range from {} to {} is too small", self.lowest, self.highest);
            return refuse(what, "a piano has the keys 21 to 108; give an octave at least");
        }
        let told = [self.conditions.density, self.conditions.register, self.conditions.dynamics];
        if told.iter().flatten().any(|value| !value.is_finite()) {
            return refuse("a condition is not a number".into(), "leave it out instead");
        }
        if self.conditions.tones.is_some_and(|t| !t.iter().all(|t| (0.0..1e6).contains(t))) {
            return refuse("pitch classes need weights of 0 or more".into(), "as in 1 and 0");
        }
        events(&self.prime).map(|_| ())
    }
}

/// Played notes as the network counts them, rounded as in training; the time to the next of the last
/// one is its length.
pub(super) fn events(notes: &[PlayedNote]) -> Result<Vec<Event>, Trouble> {
    let mut rows = Vec::with_capacity(notes.len());
    for note in notes {
        let sound = note.onset >= 0.0 && note.onset < LONGEST * 4.0 && note.duration.is_finite();
        if !sound {
            return Err(Trouble::new(
                format!("a note at {} seconds cannot be read", note.onset),
                "notes begin between 0 and 4800 seconds",
            ));
        }
        let pitch = usize::from(note.pitch.saturating_sub(LOWEST)).min(PITCHES - 1);
        let velocity = (note.velocity.clamp(0.0, 1.0) * 127.0).round().max(1.0) as u8;
        let duration = ((100.0 * note.duration).round_ties_even() as Hundredths).max(1);
        rows.push((
            (100.0 * note.onset).round_ties_even() as Hundredths,
            pitch,
            velocity,
            duration,
        ));
    }
    rows.sort_unstable();
    let last = rows.last().map_or(0, |row| row.3.min(100));
    let next = rows.iter().skip(1).map(|row| row.0).collect::<Vec<_>>();
    let events = rows.iter().enumerate().map(|(i, &(onset, pitch, velocity, duration))| Event {
        pitch,
        velocity,
        duration,
        shift: next.get(i).map_or(last, |next| next - onset),
    });
    Ok(events.collect())
}
