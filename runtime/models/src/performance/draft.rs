//! A performance that is being played: one sequence of a batch.

use ndarray::ArrayViewD;

use super::Performance;
use super::request::{PerformanceRequest, PlayedNote, events};
use crate::Trouble;
use crate::heads;
use crate::sample::{Rng, Taste, exp, pick};
use crate::sequence::Sequence;
use crate::stream::Continued;
use crate::vocab::performance::{
    CHORD, Conditions, DURATIONS, Event, Hundredths, LOWEST, Past, SHIFTS, VELOCITIES, coarse,
    duration_start, shift_start,
};

/// Keys that two hands can strike at once.
const HANDS: i64 = 10;

/// A performance in the making; it can go on.
#[derive(Clone)]
pub(super) struct Draft {
    past: Past,
    conditions: Conditions,
    range: (usize, usize),
    /// What is read before anything is played, the last note first.
    prime: Vec<Event>,
    /// When what was given ends and playing begins.
    start: Hundredths,
    /// From when on, and how far, it is to be played.
    from: Hundredths,
    end: Hundredths,
    /// How boldly keys are chosen, and everything else.
    taste: Taste,
    hands: Taste,
    rng: Rng,
    /// Notes that were played since `from`, in seconds from the start.
    played: Vec<PlayedNote>,
    /// How surprising these were.
    nats: f64,
}

impl Draft {
    pub fn new(request: &PerformanceRequest) -> Result<Self, Trouble> {
        request.check()?;
        let mut prime = events(&request.prime)?;
        prime.reverse();
        Ok(Self {
            past: Past::default(),
            conditions: request.conditions,
            range: range(request),
            start: prime.iter().map(|event| event.shift).sum(),
            from: 0,
            end: hundredths(request.seconds),
            prime,
            taste: Taste { temperature: request.temperature, top_p: request.top_p },
            hands: hands(request),
            rng: Rng::new(request.seed),
            played: Vec::new(),
            nats: 0.0,
        })
    }

    /// The performance that was asked for last.
    pub fn performance(&self) -> Performance {
        let from = self.from as f64 / 100.0;
        let moved = |note: &PlayedNote| PlayedNote { onset: note.onset - from, ..*note };
        let seconds = (self.end - self.from) as f64 / 100.0;
        Performance { notes: self.played.iter().map(moved).collect(), seconds, nats: self.nats }
    }

    /// Draws the next note.
    fn draw(&mut self, answers: &[ArrayViewD<'_, f32>]) -> Option<Event> {
        let [keys, velocities, durations, shifts, spreads] = answers else { return None };
        let keys = heads::all(Some(keys));
        let (low, high) = self.range;
        let legal = |pitch: usize| pitch >= low && pitch <= high && !self.past.struck(pitch);
        let pitch = pick(keys.iter().copied(), legal, self.taste, &mut self.rng)
            .or_else(|| (low..=high).find(|&pitch| !self.past.struck(pitch)))
            .unwrap_or(low);
        let row = |head| heads::row(Some(head), pitch);
        let (velocities, shifts) = (row(velocities), row(shifts));
        let velocity = pick(velocities.iter().copied(), |_| true, self.hands, &mut self.rng);
        let velocity = velocity.unwrap_or(VELOCITIES / 2);
        // More keys than fingers wait for the next chord.
        let full = self.past.together() && self.past.chord + 1 >= HANDS;
        let begins = |class: usize| !full || shift_start(class) > CHORD;
        let shift = pick(shifts.iter().copied(), begins, self.hands, &mut self.rng);
        let shift = shift.unwrap_or(SHIFTS / 4);
        let lengths = joined(&row(durations), &heads::row(Some(spreads), coarse(shift)));
        let duration = pick(lengths.iter().copied(), |_| true, self.hands, &mut self.rng);
        let duration = duration.unwrap_or(DURATIONS / 2);
        self.nats -= heads::log(&keys, pitch)
            + heads::log(&velocities, velocity)
            + heads::log(&shifts, shift)
            + heads::log(&lengths, duration);
        let velocity = (velocity as f64 + self.rng.unit()) * 128.0 / VELOCITIES as f64;
        Some(Event {
            pitch,
            velocity: velocity.clamp(1.0, 127.0) as u8,
            duration: self.within(duration_start(duration), duration_start(duration + 1)),
            shift: self.within(shift_start(shift), shift_start(shift + 1)),
        })
    }

    /// Any hundredth of a class.
    fn within(&mut self, first: Hundredths, next: Hundredths) -> Hundredths {
        first + (self.rng.unit() * (next - first) as f64) as Hundredths
    }
}

fn hundredths(seconds: f64) -> Hundredths {
    (100.0 * seconds).round() as Hundredths
}

/// The first and the last key.
fn range(request: &PerformanceRequest) -> (usize, usize) {
    ((request.lowest - LOWEST).into(), (request.highest - LOWEST).into())
}

/// How boldly all but the keys is chosen. The likeliest time to the next note is short: hands that
/// only did what is likely would play ever faster.
fn hands(request: &PerformanceRequest) -> Taste {
    Taste { temperature: request.temperature.max(1.0), top_p: 1.0 }
}

impl Continued for Draft {
    type Request = PerformanceRequest;
    type Made = Performance;

    fn begin(request: &PerformanceRequest) -> Result<Self, Trouble> {
        Self::new(request)
    }

    fn proceed(&mut self, request: &PerformanceRequest) -> Result<bool, Trouble> {
        request.check()?;
        self.from = self.end;
        self.end += hundredths(request.seconds);
        self.conditions = request.conditions;
        self.range = range(request);
        self.taste = Taste { temperature: request.temperature, top_p: request.top_p };
        self.hands = hands(request);
        self.rng = Rng::new(request.seed);
        self.played.clear();
        self.nats = 0.0;
        Ok(true)
    }

    fn take_made(&mut self) -> Performance {
        self.performance()
    }
}

/// The distribution of a duration: the factor of the key and that of the time to the next note.
pub(super) fn joined(own: &[f32], spread: &[f32]) -> Vec<f32> {
    let mut sums: Vec<f32> = own.iter().zip(spread).map(|(a, b)| a + b).collect();
    let peak = sums.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let total = peak + sums.iter().map(|sum| exp(sum - peak)).sum::<f32>().ln();
    sums.iter_mut().for_each(|sum| *sum -= total);
    sums
}

impl Sequence for Draft {
    fn ended(&self) -> bool {
        self.prime.is_empty() && self.past.now - self.start >= self.end
    }

    fn row(&self, columns: &mut [i64], reals: &mut [f32]) {
        self.past.row(&self.conditions, columns, reals);
    }

    fn take(&mut self, heads: &[ArrayViewD<'_, f32>]) {
        if let Some(given) = self.prime.pop() {
            self.past.push(given);
            return;
        }
        let Some(event) = self.draw(heads) else {
            self.end = self.past.now - self.start;
            return;
        };
        self.played.push(PlayedNote {
            onset: (self.past.now - self.start) as f64 / 100.0,
            duration: event.duration as f64 / 100.0,
            pitch: event.pitch as u8 + LOWEST,
            velocity: f64::from(event.velocity) / 127.0,
        });
        self.past.push(event);
    }
}
