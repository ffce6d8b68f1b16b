//! Which events are heard on which frame: pure, driven by whoever has a clock.
//!
//! A program reigns from one frame to the next swap. An event belongs to the program that reigns
//! when it *sounds* (its onset moved by `nudge`), so a swap neither loses nor doubles an event of a
//! part that both programs have, whatever had been asked ahead.

use crate::clock::{Clock, Frame};
use crate::cue::{Cue, sound_of};
use mag_lang::Program;
use mag_pattern::{Hap, Loc, Pattern, Query, Span, Sym, Time, World};
use std::cmp::Ordering;
use std::collections::{BTreeMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

mod probe;
mod voice;
pub use probe::probe;
pub use voice::Trouble;
use voice::Voice;

/// How far `nudge` can move an event, in seconds.
pub const NUDGE_LIMIT: f64 = 0.5;

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

/// One cycle of a pattern that plays once.
struct Once {
    pattern: Pattern,
    at: Time,
    asked: Time,
}

/// Turns programs into cues, ahead of time and retractably.
pub struct Scheduler {
    /// With the tempos of the heirs.
    clock: Clock,
    /// With the tempo of the reigning program for all time to come: what an event is like must
    /// not depend on how early it was asked for.
    reigning: Clock,
    program: Arc<Program>,
    /// Where the reign of `program` began.
    since: Frame,
    heirs: VecDeque<Heir>,
    /// Every onset before this has been asked for.
    asked: Time,
    voices: BTreeMap<Arc<str>, Voice>,
    once: Vec<Once>,
    troubles: Vec<Trouble>,
}

impl Scheduler {
    /// A scheduler at the start of cycle 0, where `program` begins.
    pub fn new(rate: u32, program: Arc<Program>) -> Scheduler {
        let clock = Clock::new(rate, program.tempo, program.meter.0);
        let mut scheduler = Scheduler {
            reigning: clock.clone(),
            clock,
            program,
            since: Frame::MIN,
            heirs: VecDeque::new(),
            asked: Time::ZERO,
            voices: BTreeMap::new(),
            once: Vec::new(),
            troubles: Vec::new(),
        };
        scheduler.seat_voices();
        scheduler
    }

    /// The map between cycles and frames, including tempos that are still to come into force.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The program that plays at the moment up to which cues were made.
    pub fn program(&self) -> &Arc<Program> {
        &self.program
    }

    /// What went wrong since the last call, each trouble once.
    pub fn take_troubles(&mut self) -> Vec<Trouble> {
        std::mem::take(&mut self.troubles)
    }

    /// The number of a part, if it has ever played.
    pub fn part(&self, name: &str) -> Option<u16> {
        self.voices.get(name).map(|v| v.id)
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
        self.ask_once(goal, world, &mut cues);
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
        let asked = self.asked.max(at);
        self.asked = self.asked.min(at);
        let from = self.clock.frame(at);
        self.clock.retempo(at, program.tempo, program.meter.0);
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
            self.ask(Span::new(self.asked, to), (self.since, Frame::MAX), world, cues);
            self.asked = to;
        }
    }

    /// Lets the next program reign. Events near the border are asked of both, since a `nudge` may
    /// carry them across it; each keeps those that sound in its own reign.
    fn crown(&mut self, heir: Heir, world: &dyn World, cues: &mut Vec<Cue>) {
        let border = self.clock.frame(heir.at);
        let reach = self.reach(heir.at);
        let tail = Span::new(heir.asked, heir.at + reach);
        self.ask(tail, (self.since, border), world, cues);
        self.reigning.retempo(heir.at, heir.program.tempo, heir.program.meter.0);
        self.program = heir.program;
        self.since = border;
        self.seat_voices();
        let head = Span::new(heir.at - reach, heir.at);
        self.ask(head, (border, Frame::MAX), world, cues);
    }

    /// [`NUDGE_LIMIT`] in cycles, on a grid that keeps fractions small.
    fn reach(&self, at: Time) -> Time {
        let cycles = NUDGE_LIMIT * self.clock.cps(at);
        Time::new((cycles * 16.0).ceil().clamp(1.0, 1e6) as i64, 16)
    }

    /// The cues whose onset lies in `span` and whose frame lies in `reign`.
    fn ask(&mut self, span: Span, reign: (Frame, Frame), world: &dyn World, cues: &mut Vec<Cue>) {
        if is_empty(span) {
            return;
        }
        let mut query = Query::new(world);
        query.meter = self.program.meter;
        query.cps = self.reigning.cps(span.begin);
        let mut haps = Vec::new();
        let mut pieces = Vec::new();
        span.each_cycle(|cycle, piece| pieces.push((cycle, piece)));
        let voices = &mut self.voices;
        for voice in voices.values_mut().filter(|v| v.seated && self.program.sounds(&v.name)) {
            for &(cycle, piece) in &pieces {
                haps.clear();
                if let Err(trouble) =
                    voice.query(piece, cycle, &self.reigning, &mut query, &mut haps)
                {
                    self.troubles.push(trouble);
                }
                let make =
                    |hap: &Hap| cue_of((&self.reigning, &self.program), voice.id, &voice.name, hap);
                cues.extend(haps.iter().filter_map(make).filter(|c| within(c, reign)));
            }
        }
    }

    /// The events up to `goal` of what plays once. What fails is silent.
    fn ask_once(&mut self, goal: Time, world: &dyn World, cues: &mut Vec<Cue>) {
        let name: Arc<str> = "once".into();
        for once in &mut self.once {
            let span = Span::new(once.asked, goal.min(once.at + Time::ONE));
            if is_empty(span) {
                continue;
            }
            once.asked = span.end;
            let mut query = Query::new(world);
            let mut haps = Vec::new();
            let ask = span.map(|t| t - once.at);
            let asked = catch_unwind(AssertUnwindSafe(|| {
                once.pattern.query(ask, &mut query, &mut haps);
            }));
            if asked.is_ok() && query.trouble().is_none() {
                haps.iter_mut().for_each(|hap| hap.map_time(|t| t + once.at));
                cues.extend(
                    haps.iter().filter_map(|h| {
                        cue_of((&self.reigning, &self.program), u16::MAX, &name, h)
                    }),
                );
            }
        }
        // Kept for a while, since a swap may ask for it again.
        self.once.retain(|once| once.at + Time::int(2) > goal);
    }

    /// Gives every part of the program its voice; a changed part keeps its last good version.
    fn seat_voices(&mut self) {
        for voice in self.voices.values_mut() {
            voice.seated = false;
        }
        for (name, part) in &self.program.parts {
            let free = self.voices.len() as u16;
            let voice = self
                .voices
                .entry(name.as_str().into())
                .or_insert_with(|| Voice::new(free, name.as_str().into(), part.loc));
            voice.seat(&part.pattern, part.loc);
        }
    }
}

/// Whether nothing can begin in a span: also when one of its ends is undefined.
fn is_empty(span: Span) -> bool {
    span.begin.partial_cmp(&span.end) != Some(Ordering::Less)
}

fn within(cue: &Cue, (from, until): (Frame, Frame)) -> bool {
    cue.at >= from && cue.at < until
}

/// The cue of an event that begins here; `None` for fragments and continuous values.
fn cue_of(
    (clock, program): (&Clock, &Program),
    part: u16,
    name: &Arc<str>,
    hap: &Hap,
) -> Option<Cue> {
    let whole = hap.whole.filter(|_| hap.has_onset())?;
    let (onset, length) = (whole.begin, whole.duration());
    if !onset.is_defined() || !length.is_defined() {
        return None;
    }
    let controls = hap.value.clone().into_controls();
    let number = |name: &str| controls.number(Sym::new(name)).filter(|x| x.is_finite());
    let rate = f64::from(clock.rate());
    let nudge = number("nudge").unwrap_or(0.0).clamp(-NUDGE_LIMIT, NUDGE_LIMIT);
    let start = clock.position(onset);
    let held = number("legato").or_else(|| number("clip")).unwrap_or(1.0).clamp(0.0, 1000.0);
    let frames = clock.position(whole.end) - start;
    // Seconds, whatever the event's length.
    let seconds = number("duration").map(|seconds| seconds.clamp(0.0, 3600.0) * rate);
    let position = start + nudge * rate;
    let synth = match program.synths.is_empty() {
        true => None,
        false => sound_of(&controls).and_then(|(sound, _)| program.synths.get(sound).cloned()),
    };
    Some(Cue {
        part,
        name: name.clone(),
        at: position.round() as Frame,
        position,
        duration: seconds.unwrap_or(frames * held).round().max(1.0) as Frame,
        onset,
        length,
        delta: frames / rate,
        cps: clock.cps(onset),
        controls,
        synth,
        locs: hap.locs.clone(),
    })
}

/// Where a part's name stands, for troubles that know no better place.
fn place(trouble: Option<Loc>, part: Loc) -> Loc {
    trouble.unwrap_or(part)
}
