//! One sequence in a batch: a phrase in the making, or a melody that is being read.

use super::legal::{self, Frame};
use super::request::{Melody, MelodyRequest, Surprise, bar_ticks, scene};
use super::{Expectation, Sequence};
use crate::phrase::Phrase;
use crate::sample::{Rng, Taste, pick};
use crate::trouble::Trouble;
use crate::vocab::melody::{
    Event, HOLD, Past, REST, Row, Scene, decode, encode, reference, ticks_of,
};

/// A phrase in the making. Tick 0 is where its prime begins, or the phrase when it has none.
pub(super) struct Line {
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

impl Line {
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

    fn choose(&mut self, expectation: &Expectation) -> Event {
        let moment = legal::Moment::new(&self.frame, &self.events, self.now);
        let tokens = expectation.tokens.iter().copied();
        let token = pick(tokens, |t| moment.token(t), self.taste, &mut self.rng);
        let token = token.map_or_else(|| moment.resort(), |t| t as u8);
        let durations = expectation.durations.row(usize::from(token));
        let allowed = |d: usize| moment.duration(token, d as u8);
        let duration = pick(durations.iter().copied(), allowed, self.taste, &mut self.rng);
        let duration = duration.map_or_else(|| moment.longest(), |d| d as u8);
        self.nats += nats_of(expectation, token, duration);
        Event { onset: self.now, token, duration }
    }
}

impl Sequence for Line {
    fn ended(&self) -> bool {
        self.now >= self.frame.end
    }

    fn row(&self) -> Row {
        self.scene.row(&self.past, self.now)
    }

    fn take(&mut self, expectation: &Expectation) {
        let event = if let Some(event) = self.prime.next() {
            event
        } else {
            let event = self.choose(expectation);
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

/// How surprising an event is.
fn nats_of(expectation: &Expectation, token: u8, duration: u8) -> f64 {
    let token_p = expectation.tokens.get(usize::from(token)).copied().unwrap_or(f32::NAN);
    let at = [usize::from(token), usize::from(duration)];
    let duration_p = expectation.durations.get(at).copied().unwrap_or(f32::NAN);
    -f64::from(token_p) - f64::from(duration_p)
}

/// A melody that the network reads, to say how surprising it is.
pub(super) struct Reading {
    scene: Scene,
    past: Past,
    events: Vec<Event>,
    next: usize,
    nats: Vec<f64>,
    sixteenths: f64,
    notes: usize,
}

impl Reading {
    /// Prepares a melody.
    pub fn new(melody: &Melody) -> Result<Self, Trouble> {
        let bar = bar_ticks(melody.meter)?;
        let ticks = |length: u32| {
            i32::try_from(length).ok().filter(|&t| t < 1 << 24).ok_or_else(|| {
                Trouble::new("a melody of over 100,000 bars cannot be judged", "cut it")
            })
        };
        let start = -ticks(melody.pickup)?;
        let sounded = melody.notes.iter().map(|n| n.onset.saturating_add(n.duration)).max();
        let end = start + ticks(melody.length.max(sounded.unwrap_or(0)))?;
        let known_end = melody.close.then_some(end);
        let scene =
            scene(melody.meter, melody.mode, melody.tonic, known_end, &melody.chords, start);
        Ok(Self {
            scene,
            past: Past::new(bar),
            events: encode(&melody.notes, reference(melody.tonic), start, end),
            next: 0,
            nats: Vec::new(),
            sixteenths: f64::from(end - start) / 6.0,
            notes: melody.notes.len(),
        })
    }

    /// Nats by note.
    pub fn finish(self) -> Surprise {
        let total = self.nats.iter().sum();
        let mut notes = Vec::with_capacity(self.notes);
        let mut waiting = 0.0;
        for (event, nats) in self.events.iter().zip(&self.nats) {
            match (event.token, notes.last_mut()) {
                (HOLD, Some(last)) => *last += nats,
                (REST | HOLD, _) => waiting += nats,
                _ => {
                    notes.push(waiting + nats);
                    waiting = 0.0;
                }
            }
        }
        if let Some(last) = notes.last_mut() {
            *last += waiting;
        }
        Surprise { notes, total, sixteenths: self.sixteenths }
    }
}

impl Sequence for Reading {
    fn ended(&self) -> bool {
        self.next >= self.events.len()
    }

    fn row(&self) -> Row {
        let now = self.events.get(self.next).map_or(0, |event| event.onset);
        self.scene.row(&self.past, now)
    }

    fn take(&mut self, expectation: &Expectation) {
        if let Some(event) = self.events.get(self.next) {
            self.nats.push(nats_of(expectation, event.token, event.duration));
            self.past.push(event.onset, event.token, event.duration);
        }
        self.next += 1;
    }
}

/// The ticks of the longest duration that fits.
pub(super) fn fits(duration: u8, room: i32) -> bool {
    let ticks = ticks_of(duration);
    0 < ticks && ticks <= room
}
