//! A phrase of drums in the making, and a rhythm that is read: sequences of a batch.

use ndarray::ArrayViewD;

use super::request::{
    DrumPhrase, DrumsRequest, Keep, Rhythm, bar_steps, combinations, hits_of, step_of,
};
use crate::heads;
use crate::particles::Particle;
use crate::phrase::Ticks;
use crate::repeats::{Repeats, priced};
use crate::sample::{Rng, Taste, legal_share, pick};
use crate::sequence::Sequence;
use crate::stream::Continued;
use crate::trouble::Trouble;
use crate::vocab::drums::{Drum, Kind, Past, SIXTEENTH, Scene};

/// Bars that a phrase is told to be followed by: drummers stop in the last bar of a take, and a
/// phrase is played again and again.
const AFTER: usize = 4;
/// Bars that drums without an end may repeat before more of it has a price.
const GROOVE: i32 = 12;
/// The most bars that lead in.
const LONGEST_LEAD: u32 = 16;
/// What may sound between the hits of a tapped rhythm: hats, crash and ride.
const CYMBALS: u16 = 1 << Drum::ClosedHat as u16
    | 1 << Drum::OpenHat as u16
    | 1 << Drum::Crash as u16
    | 1 << Drum::Ride as u16;

/// A phrase in the making. Sixteenth 0 is where its prime begins, or its lead-in without one.
#[derive(Clone)]
pub(super) struct Draft {
    scene: Scene,
    past: Past,
    repeats: Repeats<u16>,
    prime: Vec<u16>,
    meter: (u32, u32),
    /// Where the phrase begins; from the end of the prime up to there is played and thrown away.
    start: usize,
    length: usize,
    /// What must sound at each sixteenth of the phrase.
    with: Vec<u16>,
    /// Where something must sound besides cymbals; elsewhere only they may.
    tap: Option<Vec<bool>>,
    /// What is kept of a rhythm at each sixteenth; `None` is made anew.
    keep: Vec<Option<u16>>,
    /// The log of how likely the model finds what it was made to do.
    weight: f64,
    /// Whether nobody knows an end and all is made anew: only then repetition has a price.
    open: bool,
    kit: u16,
    fill_from: usize,
    end: usize,
    made: Vec<u16>,
    taste: Taste,
    rng: Rng,
    nats: f64,
}

impl Draft {
    /// Prepares a request.
    pub fn new(request: &DrumsRequest) -> Result<Self, Trouble> {
        request.check()?;
        let bar = bar_steps(request.meter)?;
        let mut prime = combinations(&request.prime, 0)?;
        prime.resize(prime.len().next_multiple_of(bar), 0);
        let mut length = bar * request.bars as usize;
        if let Some((begin, lasts)) = request.place {
            prime.resize(step_of(begin).min(4096 * bar), 0);
            length = step_of(lasts).clamp(1, 512 * bar);
        }
        let begun = !prime.is_empty() || request.place.is_some() || request.keep.is_some();
        let lead = if begun { 0 } else { bar * request.lead_in.min(LONGEST_LEAD) as usize };
        let start = prime.len() + lead;
        let mut draft = Self {
            scene: Scene::new(request.meter, bar, request.style, request.bpm, None),
            past: Past::default(),
            repeats: Repeats::new(i32::try_from(bar).unwrap_or(16), GROOVE),
            fill_from: 0,
            made: Vec::new(),
            taste: Taste { temperature: request.temperature, top_p: request.top_p },
            rng: Rng::new(request.seed),
            nats: 0.0,
            meter: request.meter,
            start,
            length,
            prime,
            with: Vec::new(),
            tap: None,
            keep: Vec::new(),
            weight: 0.0,
            open: false,
            kit: u16::MAX,
            end: start + length,
        };
        draft.ask(request)?;
        Ok(draft)
    }

    /// Takes in what a request asks of the phrase that lies between `start` and `end`.
    fn ask(&mut self, request: &DrumsRequest) -> Result<(), Trouble> {
        let (bar, length) = (self.scene.bar, self.length);
        self.with = combinations(&request.with, length)?;
        self.with.truncate(length);
        let tap = request.tap.as_ref().map(|hits| combinations(hits, length)).transpose()?;
        self.tap = tap.map(|steps| steps.into_iter().take(length).map(|s| s != 0).collect());
        let keep = request.keep.as_ref().map(|keep| kept(keep, length)).transpose()?;
        self.keep = keep.unwrap_or_default();
        self.open = !request.close && self.tap.is_none() && self.keep.is_empty();
        let bits = |drums: &[Drum]| drums.iter().fold(0, |bits, drum| bits | drum.bit());
        self.kit = if request.kit.is_empty() { u16::MAX } else { bits(&request.kit) };
        // A fill is learned as the end of something.
        let after = if request.fill > 0 { 0 } else { AFTER };
        let known_end = request.close.then_some(self.end + after * bar);
        self.scene = Scene::new(request.meter, bar, request.style, request.bpm, known_end);
        self.fill_from = self.end - (bar * request.fill as usize).min(length);
        Ok(())
    }

    /// The finished phrase.
    pub fn finish(self) -> DrumPhrase {
        self.phrase()
    }

    fn phrase(&self) -> DrumPhrase {
        let length = Ticks::try_from(self.made.len()).unwrap_or(0) * SIXTEENTH;
        DrumPhrase { hits: hits_of(&self.made), length, nats: self.nats }
    }

    /// Which sixteenth of the phrase comes next. What leads in is played as if the phrase had been
    /// played before.
    fn place(&self) -> usize {
        match self.past.len().checked_sub(self.start) {
            Some(place) => place,
            None => {
                let before = (self.start - self.past.len()) % self.length.max(1);
                (self.length - before) % self.length.max(1)
            }
        }
    }

    /// Whether the phrase has begun.
    fn begun(&self) -> bool {
        self.past.len() >= self.start
    }

    fn choose(&mut self, head: Option<&ArrayViewD<'_, f32>>) -> u16 {
        let place = self.place();
        if let Some(Some(kept)) = self.keep.get(place) {
            self.weight -= nats(head, (*kept).into());
            return *kept;
        }
        let with = self.with.get(place).copied().unwrap_or(0);
        let kit = self.kit | with;
        let bar = self.scene.bar;
        // A bar in which nothing sounds until its last sixteenth is not left empty.
        let in_bar = self.made.len() % bar;
        let tail = &self.made[self.made.len() - in_bar..];
        let silent = in_bar + 1 == bar && tail.iter().all(|&c| c == 0);
        let must_sound = silent && self.begun() && self.tap.is_none();
        let tapped = self.tap.as_ref().map(|tap| tap.get(place) == Some(&true));
        // A kit of cymbals alone can only be tapped on them.
        let struck = if kit & !CYMBALS == 0 { kit } else { !CYMBALS };
        let one_of = match tapped {
            Some(true) => struck,
            _ if must_sound => u16::MAX,
            _ => 0,
        };
        let none_of = if tapped == Some(false) { !kit | struck } else { !kit };
        let legal = |c: usize| {
            let c = c as u16;
            c & none_of == 0 && c & with == with && (one_of == 0 || c & one_of != 0)
        };
        let logs = heads::all(head);
        if tapped.is_some() {
            let logs = logs.iter().copied();
            self.weight += legal_share(logs, legal, self.taste.temperature);
        }
        let prices = if self.open { self.repeats.prices(self.now()) } else { Vec::new() };
        let logs = priced(&logs, &prices);
        match pick(logs.iter().copied(), legal, self.taste, &mut self.rng) {
            Some(choice) => {
                if self.begun() {
                    self.nats += nats(head, choice);
                }
                choice as u16
            }
            None => with,
        }
    }
}

fn nats(head: Option<&ArrayViewD<'_, f32>>, combination: usize) -> f64 {
    -f64::from(head.and_then(|head| head.get([combination])).copied().unwrap_or(f32::NAN))
}

impl Sequence for Draft {
    fn ended(&self) -> bool {
        self.past.len() >= self.end
    }

    fn row(&self, columns: &mut [i64], reals: &mut [f32]) {
        let kind = if self.past.len() < self.fill_from { Kind::Beat } else { Kind::Fill };
        self.past.row(&self.scene, kind, columns, reals);
    }

    fn take(&mut self, heads: &[ArrayViewD<'_, f32>]) {
        let combination = match self.prime.get(self.past.len()) {
            Some(&given) => given,
            None => {
                let chosen = self.choose(heads.first());
                if self.begun() {
                    self.made.push(chosen);
                }
                chosen
            }
        };
        self.repeats.push(self.now(), Some(combination), 1);
        self.past.push(&self.scene, combination);
    }
}

impl Continued for Draft {
    type Request = DrumsRequest;
    type Made = DrumPhrase;

    fn begin(request: &DrumsRequest) -> Result<Self, Trouble> {
        Self::new(request)
    }

    fn proceed(&mut self, request: &DrumsRequest) -> Result<bool, Trouble> {
        if request.meter != self.meter {
            let begun = DrumsRequest { prime: Vec::new(), place: None, ..request.clone() };
            *self = Self::new(&begun)?;
            return Ok(false);
        }
        request.check()?;
        self.start = self.past.len();
        self.length = self.scene.bar * request.bars as usize;
        self.end = self.start + self.length;
        self.taste = Taste { temperature: request.temperature, top_p: request.top_p };
        self.rng = Rng::new(request.seed);
        self.made.clear();
        (self.nats, self.weight) = (0.0, 0.0);
        self.ask(request)?;
        Ok(true)
    }

    fn take_made(&mut self) -> DrumPhrase {
        self.phrase()
    }
}

impl Particle for Draft {
    fn now(&self) -> i32 {
        i32::try_from(self.past.len()).unwrap_or(i32::MAX)
    }

    fn weigh(&mut self) -> f64 {
        std::mem::take(&mut self.weight)
    }

    fn reseed(&mut self, salt: u64) {
        self.rng = self.rng.salted(salt);
    }
}

/// What is kept at each sixteenth.
fn kept(keep: &Keep, length: usize) -> Result<Vec<Option<u16>>, Trouble> {
    let steps = combinations(&keep.hits, length)?;
    let open = |step: usize| {
        let tick = Ticks::try_from(step).unwrap_or(Ticks::MAX).saturating_mul(SIXTEENTH);
        keep.open.iter().any(|&(from, to)| from <= tick && tick < to)
    };
    let kept = |(step, &combination): (usize, &u16)| (!open(step)).then_some(combination);
    Ok(steps.iter().take(length).enumerate().map(kept).collect())
}

/// A rhythm that the network reads.
pub(super) struct Reading {
    scene: Scene,
    past: Past,
    steps: Vec<u16>,
    nats: Vec<f64>,
}

impl Reading {
    /// Prepares a rhythm.
    pub fn new(rhythm: &Rhythm) -> Result<Self, Trouble> {
        let bar = bar_steps(rhythm.meter)?;
        let steps = combinations(&rhythm.hits, rhythm.length.div_ceil(SIXTEENTH) as usize)?;
        let end = rhythm.close.then_some(steps.len());
        let scene = Scene::new(rhythm.meter, bar, rhythm.style, rhythm.bpm, end);
        Ok(Self { scene, past: Past::default(), steps, nats: Vec::new() })
    }

    /// Nats by sixteenth.
    pub fn finish(self) -> Vec<f64> {
        self.nats
    }
}

impl Sequence for Reading {
    fn ended(&self) -> bool {
        self.past.len() >= self.steps.len()
    }

    fn row(&self, columns: &mut [i64], reals: &mut [f32]) {
        self.past.row(&self.scene, Kind::Unknown, columns, reals);
    }

    fn take(&mut self, heads: &[ArrayViewD<'_, f32>]) {
        let combination = self.steps.get(self.past.len()).copied().unwrap_or(0);
        self.nats.push(nats(heads.first(), combination.into()));
        self.past.push(&self.scene, combination);
    }
}
