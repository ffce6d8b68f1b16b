//! A phrase in the making: one sequence of a batch.

use ndarray::ArrayViewD;

use super::Expectation;
use super::legal::{self, Frame};
use super::request::{MelodyRequest, bar_ticks, scene};
use crate::phrase::Phrase;
use crate::sample::{Rng, Taste, pick};
use crate::sequence::Sequence;
use crate::trouble::Trouble;
use crate::vocab::melody::{Event, Past, Scene, decode, encode, reference};

/// A phrase in the making. Tick 0 is where its prime begins, or the phrase when it has none.
pub(super) struct Draft {
    scene: Scene,
    past: Past,
    prime: std::vec::IntoIter<Event>,
    events: Vec<Event>,
    now: i32,
    frame: Frame,
    taste: Taste,
    rng: Rng,
    nats: f64,
}

impl Draft {
    /// Prepares a request.
    pub fn new(request: &MelodyRequest) -> Result<Self, Trouble> {
        request.check()?;
        let bar = bar_ticks(request.meter)?;
        let sounded = request.prime.iter().map(|n| n.onset.saturating_add(n.duration)).max();
        let sounded = i32::try_from(sounded.unwrap_or(0)).unwrap_or(i32::MAX);
        if sounded > 4096 * bar {
            let fix = "prime with its last bars only";
            return Err(Trouble::new("the prime is longer than 4096 bars", fix));
        }
        let start = (sounded + bar - 1) / bar * bar;
        let end = start + bar * request.bars.cast_signed();
        let known_end = request.close.then_some(end);
        let scene =
            scene(request.meter, request.mode, request.tonic, known_end, &request.chords, start);
        let reference = placed(request);
        Ok(Self {
            past: Past::new(bar),
            prime: encode(&request.prime, reference, 0, start).into_iter(),
            events: Vec::new(),
            now: 0,
            frame: Frame::new(request, reference, (start, end), scene.chord_at(end - 1).copied()),
            taste: Taste { temperature: request.temperature, top_p: request.top_p },
            rng: Rng::new(request.seed),
            nats: 0.0,
            scene,
        })
    }

    /// The finished phrase.
    pub fn finish(self) -> Phrase {
        let Frame { start, end, reference, .. } = self.frame;
        let notes = decode(&self.events, reference, start);
        Phrase { notes, length: (end - start).unsigned_abs(), nats: self.nats }
    }

    fn choose(&mut self, expectation: &Expectation<'_>) -> Event {
        let moment = legal::Moment::new(&self.frame, &self.events, self.now);
        let tokens = expectation.tokens();
        let mut taste = self.taste;
        if moment.is_last() {
            // A close is a place for the expected.
            taste.temperature *= 0.5;
        }
        let token = pick(tokens, |t| moment.token(t), taste, &mut self.rng);
        let token = token.map_or_else(|| moment.resort(), |t| t as u8);
        let durations = expectation.durations(token);
        let allowed = |d: usize| moment.duration(token, d as u8);
        let duration = pick(durations, allowed, self.taste, &mut self.rng);
        let duration = duration.map_or_else(|| moment.longest(), |d| d as u8);
        self.nats += expectation.nats(token, duration);
        Event { onset: self.now, token, duration }
    }
}

impl Sequence for Draft {
    fn ended(&self) -> bool {
        self.now >= self.frame.end
    }

    fn row(&self, columns: &mut [i64], reals: &mut [f32]) {
        self.scene.row(&self.past, self.now).write(columns, reals);
    }

    fn take(&mut self, heads: &[ArrayViewD<'_, f32>]) {
        let expectation = Expectation { heads };
        let event = if let Some(event) = self.prime.next() {
            event
        } else {
            let event = self.choose(&expectation);
            self.events.push(event);
            event
        };
        self.past.push(event.onset, event.token, event.duration);
        self.now += event.ticks().max(1);
    }
}

/// The reference tonic that puts the usual range of tunes in the middle of the one asked for,
/// or in that of the prime.
fn placed(request: &MelodyRequest) -> i32 {
    let usual = 5;
    let asked = (i32::from(request.lowest) + i32::from(request.highest)) / 2;
    let sum: i32 = request.prime.iter().map(|n| i32::from(n.pitch)).sum();
    let centre = i32::try_from(request.prime.len()).ok().and_then(|n| sum.checked_div(n));
    let centre = centre.unwrap_or(asked);
    let tonic = reference(request.tonic);
    (-5..=5)
        .map(|octave| tonic + 12 * octave)
        .min_by_key(|place| (place + usual - centre).abs())
        .unwrap_or(tonic)
}
