//! Which events are heard on which frame: pure, driven by whoever has a clock.
//!
//! A program reigns from one frame to the next swap. An event belongs to the program that reigns
//! when it *sounds* (its onset moved by `nudge`), so a swap neither loses nor doubles an event of a
//! part that both programs have, whatever had been asked ahead.

use crate::clock::{Clock, Frame};
use crate::cue::Cue;
use mag_lang::Program;
use mag_pattern::{Pattern, Span, Time, World};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

mod event;
mod lane;
mod once;
mod probe;
mod reign;
mod voice;
pub use lane::{LANES, Ramp};
use once::Once;
pub use probe::probe;
use reign::Reign;
pub use voice::Trouble;
use voice::Voice;

/// How far the control `nudge` can move an event, in seconds.
pub const NUDGE_LIMIT: f64 = 0.5;
/// Reigns that may have to be taken back.
const TAKEN_BACK: usize = 16;

/// Everything that was told about frames from `from` on no longer holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Withdraw {
    /// The first frame whose cues are taken back.
    pub from: Frame,
}

/// A program that takes over at a moment to come.
struct Heir {
    at: Time,
    program: Arc<Program>,
    /// Up to where the reigning program had been asked when this one was announced.
    asked: Time,
}

/// Programs that have played, each with the moment at which it took over, as they were announced.
pub type Past = [(Time, Arc<Program>)];

/// Turns programs into cues, ahead of time and retractably.
pub struct Scheduler {
    /// The moment at which it all begins.
    start: Time,
    /// With the tempos of the heirs.
    clock: Clock,
    reign: Reign,
    /// The reigns before, with the moments of their ends: an heir may be crowned when it is asked
    /// ahead, and yet give way to one that comes before it.
    before: VecDeque<(Time, Reign)>,
    heirs: VecDeque<Heir>,
    /// Every onset before this has been asked for.
    asked: Time,
    once: Vec<Once>,
    troubles: Vec<Trouble>,
    /// The faders have moved since they were taken.
    faded: bool,
}

impl Scheduler {
    /// A scheduler at the start of cycle 0, where `program` begins.
    pub fn new(rate: u32, program: Arc<Program>) -> Scheduler {
        Scheduler::starting_at(Time::ZERO, rate, program)
    }

    /// The same, with cycle `start` in the place of cycle 0.
    pub fn starting_at(start: Time, rate: u32, program: Arc<Program>) -> Scheduler {
        let mut clock = Clock::starting_at(start, rate, program.tempo, program.meter.0);
        clock.shift(start, program.nudge / 1000.0);
        let reign = Reign {
            program,
            since: (Frame::MIN, start),
            clock: clock.clone(),
            voices: BTreeMap::new(),
            lane: 0,
        };
        let mut scheduler = Scheduler {
            start,
            clock,
            reign,
            before: VecDeque::new(),
            heirs: VecDeque::new(),
            asked: start,
            once: Vec::new(),
            troubles: Vec::new(),
            faded: true,
        };
        scheduler.reign.seat_voices(start, false);
        scheduler
    }

    /// A scheduler on whose frame 0 is the moment `start`, after these programs have played, each from
    /// its moment on: tempos that glide and parts that fade go on where they were. The first of
    /// them began the performance.
    pub fn resuming(start: Time, rate: u32, past: &Past) -> Option<Scheduler> {
        let mut reigned: Vec<&(Time, Arc<Program>)> = Vec::new();
        for next in past {
            // (what was announced for later gave way)
            while reigned.pop_if(|before| before.0 >= next.0 && next.0 > past[0].0).is_some() {}
            reigned.push(next);
        }
        let ((began, first), rest) = reigned.split_first()?;
        let mut scheduler = Scheduler::starting_at(*began, rate, first.clone());
        for (at, program) in rest.iter().filter(|(at, _)| *at <= start) {
            scheduler.reign.clock.retempo(*at, program.tempo, program.meter.0, program.glide);
            scheduler.reign.clock.shift(*at, program.nudge / 1000.0);
            scheduler.reign.program = program.clone();
            scheduler.reign.seat_voices(*at, at > began);
        }
        scheduler.reign.clock.begin_at(start);
        scheduler.reign.since = (Frame::MIN, start);
        scheduler.clock = scheduler.reign.clock.clone();
        (scheduler.start, scheduler.asked) = (start, start);
        Some(scheduler)
    }

    /// The map between cycles and frames, including tempos that are still to come into force.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The program that plays at the moment up to which cues were made.
    pub fn program(&self) -> &Arc<Program> {
        &self.reign.program
    }

    /// What went wrong since the last call, each trouble once.
    pub fn take_troubles(&mut self) -> Vec<Trouble> {
        std::mem::take(&mut self.troubles)
    }

    /// Where the faders of all lanes go, if any has been moved since the last call.
    pub fn take_ramps(&mut self) -> Vec<Ramp> {
        if !std::mem::take(&mut self.faded) {
            return Vec::new();
        }
        let lanes = self.reign.voices.values().flat_map(Voice::lanes);
        lanes.map(|lane| lane.ramp(&self.reign.clock)).collect()
    }

    /// The next [`Scheduler::take_ramps`] tells all: there is somebody new to be told.
    pub fn tell_ramps_again(&mut self) {
        self.faded = true;
    }

    /// The number of a part, if it has ever played.
    pub fn part(&self, name: &str) -> Option<u16> {
        self.reign.voices.get(name).map(|v| v.id)
    }

    /// The cues of all onsets up to at least `to` that were not given before, in the order of
    /// frame, part and onset. A cue with a `nudge` may lie before cues that were given earlier.
    pub fn advance(&mut self, to: Frame, world: &dyn World) -> Vec<Cue> {
        let mut cues = Vec::new();
        let goal = self.clock.cycle_at(to);
        while let Some(heir) = self.heirs.pop_front_if(|heir| heir.at <= goal) {
            self.ask_until(heir.at, world, &mut cues);
            self.crown(heir, world, &mut cues);
        }
        self.ask_until(goal, world, &mut cues);
        let reign = &self.reign;
        for once in &mut self.once {
            once.ask(goal, reign, world, &mut cues);
        }
        // Kept for a while, since a swap may ask for it again.
        self.once.retain(|once| once.at + Time::int(2) > goal);
        let second = Frame::from(self.clock.rate());
        while self.before.pop_front_if(|(at, _)| self.clock.frame(*at) < to - 4 * second).is_some()
        {
        }
        cues.sort_by(|a, b| {
            let key = |c: &Cue| (c.at, c.part);
            key(a).cmp(&key(b)).then(a.onset.partial_cmp(&b.onset).unwrap_or(a.at.cmp(&b.at)))
        });
        cues
    }

    /// From `at` on, `program` plays. What had been announced for `at` or later is forgotten, and
    /// what was given for frames from there on is to be taken back: it will be given again as far
    /// as it still holds.
    pub fn swap(&mut self, program: Arc<Program>, at: Time) -> Withdraw {
        self.heirs.retain(|heir| heir.at < at);
        let mut asked = self.asked.max(at);
        self.asked = self.asked.min(at);
        while let Some((crowned, reign)) = self.before.pop_back_if(|(crowned, _)| *crowned >= at) {
            // It was asked so far when its heir was crowned, and has nothing more to say here.
            asked = asked.max(crowned + self.reach(crowned));
            self.reign = reign;
            self.faded = true;
        }
        let from = self.clock.frame(at);
        self.clock.retempo(at, program.tempo, program.meter.0, program.glide);
        self.clock.shift(at, program.nudge / 1000.0);
        self.heirs.push_back(Heir { at, program, asked });
        for once in &mut self.once {
            once.asked = once.asked.min(at.max(once.at));
        }
        Withdraw { from }
    }

    /// Plays the first cycle of `pattern` once, from `at` on.
    pub fn once(&mut self, pattern: Pattern, at: Time) {
        self.once.push(Once { pattern, at, asked: at });
    }

    /// Asks for all onsets from where it left off up to `to`.
    fn ask_until(&mut self, to: Time, world: &dyn World, cues: &mut Vec<Cue>) {
        if self.asked < to {
            let reign = (self.reign.since.0, Frame::MAX);
            self.ask(Span::new(self.asked, to), reign, world, cues);
            self.asked = to;
        }
    }

    /// Lets the next program reign. Events near the border are asked of both, since the control
    /// `nudge` may carry them across it; each keeps those that sound in its own reign.
    fn crown(&mut self, heir: Heir, world: &dyn World, cues: &mut Vec<Cue>) {
        let border = self.clock.frame(heir.at);
        let reach = self.reach(heir.at);
        let tail = Span::new(heir.asked, heir.at + reach);
        self.ask(tail, (self.reign.since.0, border), world, cues);
        self.before.push_back((heir.at, self.reign.clone()));
        if self.before.len() > TAKEN_BACK {
            self.before.pop_front();
        }
        let Heir { at, program, .. } = heir;
        let reign = &mut self.reign;
        reign.clock.retempo(at, program.tempo, program.meter.0, program.glide);
        reign.clock.shift(at, program.nudge / 1000.0);
        (reign.program, reign.since) = (program, (border, at));
        // (what comes with the beginning has nothing to cross from)
        reign.seat_voices(at, at > self.start);
        self.faded = true;
        let head = Span::new((at - reach).max(self.start), at);
        self.ask(head, (border, Frame::MAX), world, cues);
    }

    /// [`NUDGE_LIMIT`] in cycles, on a grid that keeps fractions small.
    fn reach(&self, at: Time) -> Time {
        let cycles = NUDGE_LIMIT * self.clock.cps(at);
        Time::new((cycles * 16.0).ceil().clamp(1.0, 1e6) as i64, 16)
    }

    /// The cues whose onset lies in `span` and whose frame lies in `reign`.
    fn ask(&mut self, span: Span, reign: (Frame, Frame), world: &dyn World, cues: &mut Vec<Cue>) {
        let mut pieces = Vec::new();
        let mut begin = span.begin;
        while begin < span.end {
            let until = world.asking(Span::new(begin, span.end));
            let until = if until > begin { until.min(span.end) } else { span.end };
            pieces.clear();
            Span::new(begin, until).each_cycle(|cycle, piece| pieces.push((cycle, piece)));
            self.reign.ask(&pieces, reign, world, cues, &mut self.troubles);
            begin = until;
        }
    }
}
