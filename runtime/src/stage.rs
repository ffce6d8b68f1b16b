//! The scheduler with its outputs: cues wait here until each output has to be told. Told the time
//! by its caller, so that playing, rendering and tests run the same path.

use crate::clock::{Clock, Frame};
use crate::cue::Cue;
use crate::output::Output;
use crate::route::{Place, Routes};
use crate::scheduler::{Past, Scheduler, Trouble};
use mag_lang::Program;
use mag_pattern::{Pattern, Time, World};
use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

/// Patterns are asked for at least this much at once, in seconds.
const CHUNK: f64 = 0.05;
/// How long before its onset an event may be heard without being late the first time, in seconds: as
/// much as people are early. What is earlier is heeded from then on.
const FEEL: f64 = 0.05;
/// Cues that come later than this, in seconds, are not played any more: the machine was away.
const STALE: f64 = 0.5;

/// When an edit takes effect.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum When {
    /// As soon as nothing has to be unsaid.
    Now,
    /// With the next beat.
    Beat,
    /// With the next bar (cycle).
    Bar,
    /// With the next bar whose number can be divided by this.
    Bars(u32),
    /// At this moment, or as soon after it as can be.
    At(Time),
}

impl When {
    /// `now`, `beat`, `bar`, or a number of bars.
    pub fn parse(text: &str) -> Option<When> {
        match text {
            "now" => Some(When::Now),
            "beat" => Some(When::Beat),
            "bar" | "cycle" => Some(When::Bar),
            bars => bars.parse().ok().filter(|n| *n > 0).map(When::Bars),
        }
    }
}

impl std::fmt::Display for When {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            When::Now => f.write_str("now"),
            When::Beat => f.write_str("beat"),
            When::Bar => f.write_str("bar"),
            When::Bars(n) => write!(f, "{n}"),
            When::At(t) => write!(f, "{t}"),
        }
    }
}

/// Makes outputs when they are first needed.
pub trait Opener: Send {
    /// The output for a place; `None` if it cannot be had, which the opener has then said.
    fn open(&mut self, place: Place) -> Option<Box<dyn Output>>;
}

/// An output and the cues that it has not been told yet, in the order of their frames.
struct Slot {
    place: Place,
    output: Option<Box<dyn Output>>,
    held: VecDeque<Cue>,
}

impl Slot {
    fn hold(&mut self, cue: Cue) {
        let after = self.held.partition_point(|held| held.at <= cue.at);
        self.held.insert(after, cue);
    }
    fn lead(&self) -> Frame {
        self.output.as_ref().map_or(0, |o| o.lead())
    }
}

/// What happened since the last call of [`Stage::take_report`].
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Parts that failed.
    pub troubles: Vec<Trouble>,
    /// Names that `out` controls asked for and nobody declared.
    pub unknown_outs: Vec<&'static str>,
    /// Cues handed to outputs.
    pub told: u64,
    /// Cues handed over after their own time.
    pub late: u64,
    /// Cues not played because the machine had been away.
    pub stale: u64,
}

/// Scheduler, outputs, and what waits between them.
pub struct Stage {
    scheduler: Scheduler,
    routes: Routes,
    opener: Box<dyn Opener>,
    slots: Vec<Slot>,
    /// Outputs that are told every cue.
    monitors: Vec<Slot>,
    /// All onsets that are heard before this frame are in the slots.
    known: Frame,
    /// How long before its onset an event was heard at most, since the latest swap and between that
    /// and the one before, in frames.
    early: [Frame; 2],
    unknown_outs: BTreeSet<&'static str>,
    report: Report,
}

impl Stage {
    /// A stage on which `program` begins at frame 0.
    pub fn new(rate: u32, program: Arc<Program>, routes: Routes, opener: Box<dyn Opener>) -> Stage {
        Stage::starting_at(Time::ZERO, rate, program, routes, opener)
    }

    /// The same, with cycle `start` on frame 0.
    pub fn starting_at(
        start: Time,
        rate: u32,
        program: Arc<Program>,
        routes: Routes,
        opener: Box<dyn Opener>,
    ) -> Stage {
        let mut stage = Stage {
            scheduler: Scheduler::starting_at(start, rate, program),
            routes,
            opener,
            slots: Vec::new(),
            monitors: Vec::new(),
            known: Frame::MIN,
            early: [0; 2],
            unknown_outs: BTreeSet::new(),
            report: Report::default(),
        };
        stage.slot(stage.routes.main());
        stage
    }

    /// Begins at the moment `start` instead, on frame 0, as if these programs had played up to
    /// there. To be called before anything plays.
    pub fn resume(&mut self, start: Time, past: &Past) {
        if let Some(scheduler) = Scheduler::resuming(start, self.clock().rate(), past) {
            self.scheduler = scheduler;
        }
    }

    /// Adds an output that is told every cue, wherever the cue goes.
    pub fn monitor(&mut self, output: Box<dyn Output>) {
        let held = VecDeque::new();
        self.monitors.push(Slot { place: Place::Synth, output: Some(output), held });
    }

    /// The map between cycles and frames.
    pub fn clock(&self) -> &Clock {
        self.scheduler.clock()
    }

    /// How far ahead of `now` the first swap can be that unsays nothing, in frames.
    pub fn fixed(&self) -> Frame {
        self.outputs().map(|o| o.fixed()).max().unwrap_or(0)
    }

    /// Lets `program` take over; answers the moment at which it does.
    pub fn swap(&mut self, program: Arc<Program>, routes: Routes, when: When, now: Frame) -> Time {
        self.routes = routes;
        self.slot(self.routes.main());
        let at = self.moment(when, now);
        let from = self.scheduler.swap(program, at).from;
        self.known = self.known.min(from);
        self.early = [0, self.early[0]];
        self.withdraw(from);
        at
    }

    fn withdraw(&mut self, from: Frame) {
        for slot in self.slots.iter_mut().chain(&mut self.monitors) {
            slot.held.retain(|cue| cue.at < from);
            if let Some(output) = &mut slot.output {
                output.withdraw(from);
            }
        }
    }

    /// Plays the first cycle of `pattern` once; answers from when.
    pub fn once(&mut self, pattern: Pattern, when: When, now: Frame) -> Time {
        let at = self.moment(when, now);
        self.scheduler.once(pattern, at);
        self.known = self.known.min(self.clock().frame(at));
        at
    }

    /// Lets what sounds at the moment `at` fade, on every output.
    pub fn hush(&mut self, at: Time) {
        let at = self.clock().frame(at);
        self.outputs_mut().for_each(|o| o.hush(at));
    }

    /// Cuts what sounds, on every output, at once.
    pub fn panic(&mut self) {
        self.outputs_mut().for_each(|o| o.panic());
    }

    /// Lets the outputs look after themselves; to be called a few times a second.
    pub fn tend(&mut self) {
        self.outputs_mut().for_each(|o| o.tend());
    }

    /// Makes the cues that are due to be known at `now`, and tells the outputs those that are due
    /// to be told.
    pub fn tick(&mut self, now: Frame, world: &dyn World) {
        let lead = self.reach();
        if self.known <= now + lead {
            let chunk = (CHUNK * f64::from(self.clock().rate())) as Frame;
            self.known = now + lead + chunk;
            let cues = self.scheduler.advance(self.known, world);
            // (an output knows where a fader is before it hears of what is on it)
            for ramp in self.scheduler.take_ramps() {
                self.outputs_mut().for_each(|o| o.ramp(&ramp));
            }
            for cue in cues {
                let early = self.clock().frame(cue.onset) - cue.at;
                self.early[0] = self.early[0].max(early);
                self.place(cue);
            }
            self.report.troubles.extend(self.scheduler.take_troubles());
        }
        self.tell(now);
    }

    /// Frames from `now` until there is something to do.
    pub fn idle(&self, now: Frame) -> Frame {
        let lead = self.reach();
        let due = |slot: &Slot| slot.held.front().map(|cue| cue.at - slot.lead() - now);
        let slots = self.slots.iter().chain(&self.monitors);
        let next = slots.filter_map(due).min().unwrap_or(Frame::MAX);
        next.min(self.known.saturating_sub(now + lead)).max(0)
    }

    /// How long before its onset an event has to be known, in frames: outputs are told before it is
    /// heard, and it may be heard before its onset.
    fn reach(&self) -> Frame {
        let lead = self.outputs().map(|o| o.lead()).max().unwrap_or(0);
        let feel = (FEEL * f64::from(self.clock().rate())) as Frame;
        lead + feel.max(self.early[0]).max(self.early[1])
    }

    /// What happened since the last call.
    pub fn take_report(&mut self) -> Report {
        std::mem::take(&mut self.report)
    }

    /// The first moment at which an edit made at `now` can take effect, and that `when` allows.
    fn moment(&self, when: When, now: Frame) -> Time {
        let clock = self.scheduler.clock();
        let soonest = clock.cycle_at((now + self.fixed()).max(0));
        let beats = i64::from(clock.beats(soonest));
        match when {
            When::Now => soonest,
            When::Beat => {
                let within = Clock::next_multiple(soonest.cycle_pos(), Time::new(1, beats));
                soonest.sam() + within
            }
            When::Bar => Clock::next_multiple(soonest, Time::ONE),
            When::Bars(n) => Clock::next_multiple(soonest, Time::int(i64::from(n))),
            When::At(t) => t.max(soonest),
        }
    }

    fn place(&mut self, cue: Cue) {
        let (places, unknown) = self.routes.places(&cue);
        if let Some(name) = unknown
            && self.unknown_outs.insert(name)
        {
            self.report.unknown_outs.push(name);
        }
        for monitor in &mut self.monitors {
            monitor.hold(cue.clone());
        }
        for place in places.into_iter().flatten() {
            let slot = self.slot(place);
            if let Some(slot) = self.slots.get_mut(slot) {
                slot.hold(cue.clone());
            }
        }
    }

    fn tell(&mut self, now: Frame) {
        let stale = now - (STALE * f64::from(self.clock().rate())) as Frame;
        for slot in self.slots.iter_mut().chain(&mut self.monitors) {
            let until = now + slot.lead();
            while let Some(cue) = slot.held.pop_front_if(|cue| cue.at <= until) {
                self.report.late += u64::from(cue.at < now);
                if cue.at < stale {
                    self.report.stale += 1;
                } else if let Some(output) = &mut slot.output {
                    self.report.told += 1;
                    output.cue(&cue);
                }
            }
        }
    }

    /// The number of the slot for a place; its output is opened the first time.
    fn slot(&mut self, place: Place) -> usize {
        if let Some(i) = self.slots.iter().position(|slot| slot.place == place) {
            return i;
        }
        let output = self.opener.open(place);
        self.slots.push(Slot { place, output, held: VecDeque::new() });
        self.scheduler.tell_ramps_again();
        self.slots.len() - 1
    }

    fn outputs(&self) -> impl Iterator<Item = &dyn Output> {
        let slots = self.slots.iter().chain(&self.monitors);
        slots.filter_map(|slot| slot.output.as_deref().map(|o| o as &dyn Output))
    }

    fn outputs_mut(&mut self) -> impl Iterator<Item = &mut Box<dyn Output>> {
        self.slots.iter_mut().chain(&mut self.monitors).filter_map(|slot| slot.output.as_mut())
    }
}
