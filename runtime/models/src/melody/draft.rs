//! A phrase in the making: one sequence of a batch.

use ndarray::ArrayViewD;

use super::Expectation;
use super::legal::{self, Frame};
use super::request::{Fill, MelodyRequest, bar_ticks, scene};
use crate::particles::Particle;
use crate::phrase::{Note, Phrase, Ticks};
use crate::repeats::{Repeats, priced};
use crate::sample::{Rng, Taste, pick};
use crate::sequence::Sequence;
use crate::stream::Continued;
use crate::trouble::Trouble;
use crate::vocab::melody::{Event, PITCHES, Past, Scene, decode, encode, reference, snap};

/// Events of a repetition after which a phrase with an end goes through with it.
const REPEATING: u32 = 4;
/// How much cooler it is then. Where each of thirty notes may go astray, few repetitions come to
/// their end; with this, closed phrases have as many as the tunes that were learned from
/// (`training/README.md`).
const COOLER: f64 = 0.75;
/// Bars that a melody without an end may repeat before more of it has a price: a phrase.
const PHRASE: i32 = 8;

/// What is given and what is open in a phrase with gaps.
#[derive(Clone)]
struct Plan {
    /// What is given, in order.
    given: std::vec::IntoIter<Event>,
    /// From where to where it is open, and what holds there.
    gaps: Vec<(i32, i32, Frame)>,
}

/// What a past is told by: tonic, range and meter. Under other terms it has to be told again.
#[derive(Clone, Copy, PartialEq)]
struct Terms {
    tonic: u8,
    range: (u8, u8),
    meter: (u32, u32),
}

impl Terms {
    fn of(request: &MelodyRequest) -> Self {
        let range = (request.lowest, request.highest);
        Self { tonic: request.tonic % 12, range, meter: request.meter }
    }
}

/// A phrase in the making. Tick 0 is where its prime begins, or the phrase when it has none.
#[derive(Clone)]
pub(super) struct Draft {
    scene: Scene,
    past: Past,
    repeats: Repeats<u8>,
    prime: std::vec::IntoIter<Event>,
    events: Vec<Event>,
    now: i32,
    frame: Frame,
    /// What the pitches and the bars of the past are told by.
    terms: Terms,
    taste: Taste,
    rng: Rng,
    nats: f64,
    plan: Option<Plan>,
    /// Whether the phrase ends where it was asked to.
    closes: bool,
    /// The log of how likely the model finds what it was made to do.
    weight: f64,
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
        let (start, end) = match request.place {
            Some((begin, length)) => {
                let begin = i32::try_from(begin).unwrap_or(0).clamp(0, 4096 * bar);
                let length = i32::try_from(length).unwrap_or(bar).clamp(bar / 4, 512 * bar);
                (snap(begin), snap(begin) + snap(length))
            }
            None => {
                let start = (sounded + bar - 1) / bar * bar;
                (start, start + bar * request.bars.cast_signed())
            }
        };
        let known_end = request.close.then_some(end);
        let scene =
            scene(request.meter, request.mode, request.tonic, known_end, &request.chords, start);
        let reference = placed(request);
        let primed = !request.prime.is_empty() && request.place.is_none();
        let last = scene.chord_at(end - 1).copied();
        let frame = Frame::new(request, reference, (start, end), last, primed);
        let plan = request.fill.as_ref().map(|fill| plan(fill, &frame, (start, end)));
        Ok(Self {
            past: Past::new(bar),
            repeats: Repeats::new(bar, PHRASE),
            prime: encode(&request.prime, reference, 0, start).into_iter(),
            events: Vec::new(),
            now: 0,
            frame,
            terms: Terms::of(request),
            taste: Taste { temperature: request.temperature, top_p: request.top_p },
            rng: Rng::new(request.seed),
            nats: 0.0,
            plan,
            closes: request.close,
            weight: 0.0,
            scene,
        })
    }

    /// The phrase that was made.
    fn phrase(&self) -> Phrase {
        let Frame { start, end, reference, .. } = self.frame;
        let notes = decode(&self.events, reference, start);
        Phrase { notes, length: (end - start).unsigned_abs(), nats: self.nats }
    }

    /// The finished phrase.
    pub fn finish(self) -> Phrase {
        self.phrase()
    }

    /// What is given at this moment, if it is not open.
    fn given(&mut self, expectation: &Expectation<'_>) -> Option<Event> {
        let plan = self.plan.as_mut()?;
        if plan.gaps.iter().any(|gap| (gap.0..gap.1).contains(&self.now)) {
            return None;
        }
        let event = plan.given.next().filter(|event| event.onset == self.now)?;
        self.weight -= expectation.nats(event.token, event.duration);
        Some(event)
    }

    fn choose(&mut self, expectation: &Expectation<'_>) -> Event {
        let gap = self
            .plan
            .as_ref()
            .and_then(|plan| plan.gaps.iter().find(|gap| (gap.0..gap.1).contains(&self.now)));
        let frame = gap.map_or(&self.frame, |gap| &gap.2);
        let moment = legal::Moment::new(frame, &self.events, self.now);
        let tokens = expectation.tokens();
        let mut taste = self.taste;
        if self.closes && self.past.repeated() >= REPEATING {
            taste.temperature *= COOLER;
        }
        let of_durations = taste;
        if moment.is_last() {
            // A close is a place for the expected.
            taste.temperature *= 0.5;
        }
        let open = !self.closes && self.plan.is_none();
        let prices = if open { self.repeats.prices(self.now) } else { Vec::new() };
        let tokens = priced(&tokens, &prices);
        let token = pick(tokens.iter().copied(), |t| moment.token(t), taste, &mut self.rng);
        let token = token.map_or_else(|| moment.resort(), |t| t as u8);
        let durations = expectation.durations(token);
        let allowed = |d: usize| moment.duration(token, d as u8);
        let duration = pick(durations.iter().copied(), allowed, of_durations, &mut self.rng);
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
        } else if let Some(event) = self.given(&expectation) {
            event
        } else {
            let event = self.choose(&expectation);
            self.events.push(event);
            event
        };
        self.past.push(event.onset, event.token, event.duration);
        let pitch = (event.token < PITCHES).then_some(event.token);
        self.repeats.push(event.onset, pitch, event.ticks().max(1));
        self.now += event.ticks().max(1);
    }
}

impl Continued for Draft {
    type Request = MelodyRequest;
    type Made = Phrase;

    fn begin(request: &MelodyRequest) -> Result<Self, Trouble> {
        Self::new(request)
    }

    fn proceed(&mut self, request: &MelodyRequest) -> Result<bool, Trouble> {
        if self.terms != Terms::of(request) {
            let prime = self.phrase().notes;
            *self = Self::new(&MelodyRequest { prime, place: None, ..request.clone() })?;
            return Ok(false);
        }
        request.check()?;
        let bar = bar_ticks(request.meter)?;
        let (start, end) = (self.now, self.now + bar * request.bars.cast_signed());
        let known_end = request.close.then_some(end);
        let MelodyRequest { meter, mode, tonic, ref chords, .. } = *request;
        self.scene = scene(meter, mode, tonic, known_end, chords, start);
        let last = self.scene.chord_at(end - 1).copied();
        self.frame = Frame::new(request, self.frame.reference, (start, end), last, true);
        self.taste = Taste { temperature: request.temperature, top_p: request.top_p };
        self.rng = Rng::new(request.seed);
        self.events.clear();
        self.closes = request.close;
        self.nats = 0.0;
        self.plan = None;
        Ok(true)
    }

    fn take_made(&mut self) -> Phrase {
        self.phrase()
    }
}

impl Particle for Draft {
    fn now(&self) -> i32 {
        self.now
    }

    fn weigh(&mut self) -> f64 {
        std::mem::take(&mut self.weight)
    }

    fn reseed(&mut self, salt: u64) {
        self.rng = self.rng.salted(salt);
    }
}

/// What is given between the gaps, as events, and what holds in each gap: it ends where something
/// is given again.
fn plan(fill: &Fill, frame: &Frame, (start, end): (i32, i32)) -> Plan {
    let tick = |t: Ticks| snap(start.saturating_add_unsigned(t)).min(end);
    let mut gaps: Vec<(i32, i32)> = Vec::new();
    for &(from, to) in &fill.gaps {
        let from = gaps.last().map_or(start, |gap| gap.1).max(tick(from));
        if from < tick(to) {
            gaps.push((from, tick(to)));
        }
    }
    let mut given = Vec::new();
    let mut now = start;
    for &(from, to) in gaps.iter().chain([&(end, end)]) {
        let within = |note: &&Note| (now..from).contains(&tick(note.onset));
        let shifted =
            |note: &Note| Note { onset: (tick(note.onset) - now).unsigned_abs(), ..*note };
        let notes: Vec<Note> = fill.kept.iter().filter(within).map(shifted).collect();
        given.extend(encode(&notes, frame.reference, now, from));
        now = to;
    }
    let framed = |(from, to)| (from, to, if to == end { frame.clone() } else { frame.until(to) });
    Plan { given: given.into_iter(), gaps: gaps.into_iter().map(framed).collect() }
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
