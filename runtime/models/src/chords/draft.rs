//! A progression in the making: one sequence of a batch.

use ndarray::ArrayViewD;

use super::request::{ChordsRequest, Progression, STEP};
use crate::chord::Chord;
use crate::heads;
use crate::melody::Mode;
use crate::phrase::Ticks;
use crate::repeats::{Repeats, priced};
use crate::sample::{Rng, Taste, pick};
use crate::sequence::Sequence;
use crate::stream::Continued;
use crate::trouble::Trouble;
use crate::vocab::chords::{
    DURATIONS, HOLD, NO_CHORD, Past, QUALITIES, Scene, Section, symbol, token_of,
};

/// Bars that chords without an end may repeat before more of it has a price, unless their sections do.
const PERIOD: i32 = 12;

/// A progression in the making; it can go on. Step 0 is where its prime begins, or itself without one.
#[derive(Clone)]
pub(super) struct Draft {
    scene: Scene,
    past: Past,
    repeats: Repeats<u8>,
    /// Events of the prime: token and duration.
    prime: std::vec::IntoIter<(u8, u8)>,
    made: Vec<(i32, u8)>,
    start: i32,
    /// The most steps that a chord may last.
    slowest: i32,
    now: i32,
    tonic: u8,
    minor: bool,
    taste: Taste,
    rng: Rng,
    nats: f64,
}

impl Draft {
    /// Prepares a request.
    pub fn new(request: &ChordsRequest) -> Result<Self, Trouble> {
        let bar = request.checked()?;
        let start = bar * request.prime_bars(bar)?;
        let end = start + bar * request.bars()?;
        let minor = request.mode.is_minor();
        let scene = scene(request, bar, (start, end), Vec::new());
        Ok(Self {
            past: Past::new(bar),
            repeats: Repeats::new(bar, PERIOD),
            prime: primed(request, start)?.into_iter(),
            made: Vec::new(),
            start,
            slowest: bar * i32::try_from(request.slowest.clamp(1, 512)).unwrap_or(1),
            now: 0,
            tonic: request.tonic % 12,
            minor,
            taste: Taste { temperature: request.temperature, top_p: request.top_p },
            rng: Rng::new(request.seed),
            nats: 0.0,
            scene,
        })
    }

    /// The finished progression.
    pub fn finish(self) -> Progression {
        self.progression()
    }

    fn progression(&self) -> Progression {
        let ticks = |step: i32| Ticks::try_from(step - self.start).unwrap_or(0) * STEP;
        let chord = |&(step, token): &(i32, u8)| {
            Some((ticks(step), symbol(token, self.tonic, self.minor)?))
        };
        let chords = self.made.iter().filter_map(chord).collect();
        Progression { chords, length: ticks(self.scene.span.1), nats: self.nats }
    }

    fn choose(&mut self, answers: &[ArrayViewD<'_, f32>]) -> (u8, u8) {
        let left = self.scene.span.1 - self.now;
        // How much longer the chord that sounds may last.
        let more = self.made.last().map_or(0, |chord| chord.0 + self.slowest - self.now);
        let (before, _) = self.past.last();
        // A chord does not follow itself: it would be the same chord, lasting longer.
        let sounding = self.made.last().map(|chord| chord.1);
        let legal = |token: usize| match u8::try_from(token) {
            Ok(HOLD) => more > 0 && before != HOLD,
            Ok(token) => token < NO_CHORD && Some(token) != sounding,
            Err(_) => false,
        };
        let tokens = heads::all(answers.first());
        let open = !self.scene.with_end && self.scene.sections.is_empty();
        let prices = if open { self.repeats.prices(self.now) } else { Vec::new() };
        let priced = priced(&tokens, &prices);
        let token = pick(priced.iter().copied(), legal, self.taste, &mut self.rng);
        let token = token.and_then(|t| u8::try_from(t).ok()).unwrap_or_else(|| self.resort());
        let durations = heads::row(answers.get(1), token.into());
        let room = left.min(if token == HOLD { more } else { self.slowest });
        let fits = |d: usize| DURATIONS.get(d).is_some_and(|&steps| steps <= room);
        let duration = pick(durations.iter().copied(), fits, self.taste, &mut self.rng);
        let duration =
            duration.unwrap_or_else(|| DURATIONS.iter().rposition(|&d| d <= room).unwrap_or(0));
        self.nats -= heads::log(&tokens, token.into()) + heads::log(&durations, duration);
        (token, u8::try_from(duration).unwrap_or(0))
    }

    /// A chord for the case that the network allows none: the tonic's, or after it the fourth's.
    fn resort(&self) -> u8 {
        let quality = u8::from(self.minor);
        let fourth = 5 * QUALITIES.len() as u8 + quality;
        if self.made.last().is_some_and(|chord| chord.1 == quality) { fourth } else { quality }
    }
}

impl Sequence for Draft {
    fn ended(&self) -> bool {
        self.now >= self.scene.span.1
    }

    fn row(&self, columns: &mut [i64], reals: &mut [f32]) {
        self.past.row(&self.scene, self.now, columns, reals);
    }

    fn take(&mut self, heads: &[ArrayViewD<'_, f32>]) {
        let event = if let Some(event) = self.prime.next() {
            event
        } else {
            let event = self.choose(heads);
            if event.0 != HOLD {
                self.made.push((self.now, event.0));
            }
            event
        };
        self.past.push(&self.scene, self.now, event);
        let length = DURATIONS.get(usize::from(event.1)).copied().unwrap_or(1);
        self.repeats.push(self.now, (event.0 != HOLD).then_some(event.0), length);
        self.now += length;
    }
}

impl Continued for Draft {
    type Request = ChordsRequest;
    type Made = Progression;

    fn begin(request: &ChordsRequest) -> Result<Self, Trouble> {
        Self::new(request)
    }

    fn proceed(&mut self, request: &ChordsRequest) -> Result<bool, Trouble> {
        let bar = request.checked()?;
        if request.tonic % 12 != self.tonic || request.meter != self.scene.meter {
            let read = |(at, name): (Ticks, String)| Some((at, Chord::parse(&name).ok()?));
            let prime = self.progression().chords.into_iter().filter_map(read).collect();
            *self = Self::new(&ChordsRequest { prime, ..request.clone() })?;
            return Ok(false);
        }
        let (start, end) = (self.now, self.now + bar * request.bars()?);
        self.scene = scene(request, bar, (start, end), std::mem::take(&mut self.scene.sections));
        self.slowest = bar * i32::try_from(request.slowest.clamp(1, 512)).unwrap_or(1);
        self.start = start;
        self.minor = request.mode.is_minor();
        self.taste = Taste { temperature: request.temperature, top_p: request.top_p };
        self.rng = Rng::new(request.seed);
        self.made.clear();
        self.nats = 0.0;
        Ok(true)
    }

    fn take_made(&mut self) -> Progression {
        self.progression()
    }
}

/// The conditions of a phrase from one step to another, after such sections.
fn scene(
    request: &ChordsRequest,
    bar: i32,
    (start, end): (i32, i32),
    mut sections: Vec<(i32, Section)>,
) -> Scene {
    let mut begin = start;
    for &(section, bars) in request.sections.iter().filter(|section| section.1 > 0) {
        sections.push((begin, section));
        begin += bar * i32::try_from(bars).unwrap_or(0);
    }
    let minor = u8::from(request.mode.is_minor());
    Scene {
        bar,
        meter: request.meter,
        mode: if request.mode == Mode::Unknown { 0 } else { 1 + minor },
        style: request.style,
        span: (0, end),
        with_end: request.close,
        sections,
    }
}

/// The log of how likely an event is: its token, and its duration.
pub(super) fn log_of(answers: &[ArrayViewD<'_, f32>], (token, duration): (u8, u8)) -> f64 {
    let durations = heads::row(answers.get(1), token.into());
    heads::log(&heads::all(answers.first()), token.into()) + heads::log(&durations, duration.into())
}

/// The events of a request's prime, which fill the steps up to `end`.
fn primed(request: &ChordsRequest, end: i32) -> Result<Vec<(u8, u8)>, Trouble> {
    let mut chords = Vec::new();
    for (at, chord) in &request.prime {
        chords.push(((at / STEP).cast_signed(), token_of(chord, request.tonic)?));
    }
    chords.sort_by_key(|chord| chord.0);
    let first = chords.first().map_or(end, |chord| chord.0);
    let mut events = fill(NO_CHORD, first);
    for (i, &(begin, token)) in chords.iter().enumerate() {
        let until = chords.get(i + 1).map_or(end, |next| next.0);
        events.extend(fill(token, until - begin));
    }
    Ok(events)
}

/// Events that hold a token for so many steps.
pub(super) fn fill(token: u8, steps: i32) -> Vec<(u8, u8)> {
    let (mut events, mut left) = (Vec::new(), steps);
    while left > 0 {
        let fits = DURATIONS.iter().rposition(|&d| d <= left).unwrap_or(0);
        let token = if events.is_empty() { token } else { HOLD };
        events.push((token, u8::try_from(fits).unwrap_or(0)));
        left -= DURATIONS[fits];
    }
    events
}
