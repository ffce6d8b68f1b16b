//! Which events are heard on which frame: pure, driven by whoever has a clock.
//!
//! A program reigns from one frame to the next swap. An event belongs to the program that reigns
//! when it *sounds* (its onset moved by `nudge`), so a swap neither loses nor doubles an event of a
//! part that both programs have, whatever had been asked ahead.

use crate::clock::{Clock, Frame};
use crate::cue::{Cue, sound_of};
use mag_lang::{Part, Program, instruments};
use mag_pattern::{Hap, Loc, Pattern, Query, Span, Sym, Time, World};
use std::cmp::Ordering;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

mod lane;
mod once;
mod probe;
mod voice;
use lane::Lane;
pub use lane::{LANES, Ramp};
use once::Once;
pub use probe::probe;
pub use voice::Trouble;
use voice::Voice;

/// How far the control `nudge` can move an event, in seconds.
pub const NUDGE_LIMIT: f64 = 0.5;
/// Reigns that may have to be taken back.
const TAKEN_BACK: usize = 16;
/// Parts that have left are remembered up to this many.
const REMEMBERED: usize = 1024;

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

/// What a program reigns over.
#[derive(Clone)]
struct Reign {
    program: Arc<Program>,
    /// Its first frame and moment.
    since: (Frame, Time),
    /// With the tempo of the reigning program for all time to come: what an event is like must
    /// not depend on how early it was asked for.
    clock: Clock,
    voices: BTreeMap<Arc<str>, Voice>,
    /// The lane that was given away last.
    lane: u16,
}

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
        let head = Span::new(at - reach, at);
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

impl Reign {
    /// A question to a pattern of this program, about a piece of a cycle.
    fn query<'w>(&self, cycle: i64, world: &'w dyn World) -> Query<'w> {
        let mut query = Query::new(world);
        query.meter = self.program.meter;
        query.take = self.program.seed;
        self.tune(&mut query, cycle);
        query
    }

    /// The tempo of a cycle, the same however it is cut: that of its beginning in this reign.
    fn tune(&self, query: &mut Query, cycle: i64) {
        query.cps = self.clock.cps(Time::int(cycle).max(self.since.1));
    }

    /// The cues of all parts whose onsets lie in `pieces` (of cycles) and whose frames in `reign`.
    fn ask(
        &mut self,
        pieces: &[(i64, Span)],
        reign: (Frame, Frame),
        world: &dyn World,
        cues: &mut Vec<Cue>,
        troubles: &mut Vec<Trouble>,
    ) {
        let Some(&(first, _)) = pieces.first() else { return };
        let mut query = self.query(first, world);
        let mut haps = Vec::new();
        let mut voices = std::mem::take(&mut self.voices);
        let sounding = |v: &&mut Voice| !v.is_idle() && self.program.sounds(&v.name);
        for voice in voices.values_mut().filter(sounding) {
            let (id, name) = (voice.id, voice.name.clone());
            for &(cycle, piece) in pieces {
                self.tune(&mut query, cycle);
                let mut heard = |lane: &Lane, haps: &[Hap]| {
                    let make =
                        |hap: &Hap| cue_of((&self.clock, &self.program), id, &name, lane, hap);
                    cues.extend(haps.iter().filter_map(make).filter(|c| within(c, reign)));
                };
                let asked =
                    voice.query(piece, cycle, &self.clock, &mut query, &mut haps, &mut heard);
                troubles.extend(asked.err());
            }
        }
        self.voices = voices;
    }

    /// Gives every part of the program its voice, from `at` on. A changed part keeps its last good
    /// version, and crosses from the one before if that is wanted and there was anything `before`.
    fn seat_voices(&mut self, at: Time, before: bool) {
        let program = self.program.clone();
        let over = |name: &str| if before { program.xfade_of(name) } else { Time::ZERO };
        let names: Vec<Arc<str>> = self.voices.keys().cloned().collect();
        for name in names.iter().filter(|name| !program.parts.contains_key(&***name)) {
            let lane = self.free_lane();
            let Some(voice) = self.voices.get_mut(name) else { continue };
            voice.settle(at);
            if voice.seated && over(name) > Time::ZERO {
                voice.leave(at, over(name), Lane::at(lane, 1.0, at));
            }
            voice.seated = false;
        }
        self.forget();
        for (name, part) in &program.parts {
            self.seat(name, part, at, over(name));
        }
    }

    fn seat(&mut self, name: &str, part: &Part, at: Time, over: Time) {
        let new = |v: &Voice| !v.seated || (over > Time::ZERO && !v.plays(part));
        let new = self.voices.get(name).is_none_or(new);
        let (free, lane) = (self.free_id(), if new { self.free_lane() } else { 0 });
        let fader = self.program.faders.get(name);
        let voice = self.voices.entry(name.into());
        let make = || Voice::new(free, name.into(), part.loc, Lane::at(lane, 1.0, at));
        let voice = voice.or_insert_with(make);
        voice.settle(at);
        let from = if fader.is_some_and(|f| f.up && f.over > Time::ZERO) { 0.0 } else { 1.0 };
        let coming = !voice.seated;
        if coming {
            // Comes from silence, if it is to fade in or to cross from nothing.
            let from = if over > Time::ZERO { 0.0 } else { from };
            let (up, length) = fader.map_or((true, over), |f| (f.up, f.over));
            voice.lane = Lane::at(lane, if up { from } else { 0.0 }, at);
            voice.lane.move_to(f64::from(u8::from(up)), at, if up { length } else { Time::ZERO });
        } else if !voice.plays(part) && over > Time::ZERO {
            let to = voice.lane.to;
            voice.leave(at, over, Lane::at(lane, 0.0, at));
            voice.lane.move_to(to, at, over);
        }
        voice.seat(part);
        if !coming {
            voice.lane.follow(fader, at);
        }
    }

    /// A number that no part has.
    fn free_id(&self) -> u16 {
        let most = self.voices.values().map(|v| v.id).max();
        most.map_or(0, |id| id.saturating_add(1).min(u16::MAX - 1))
    }

    /// A lane that no version is on.
    fn free_lane(&mut self) -> u16 {
        for _ in 0..LANES {
            self.lane = self.lane % (LANES - 1) + 1;
            let taken = |v: &Voice| !v.is_idle() && v.lanes().any(|lane| lane.number == self.lane);
            if !self.voices.values().any(taken) {
                break;
            }
        }
        self.lane
    }

    /// Forgets parts that have left, once there are many.
    fn forget(&mut self) {
        if self.voices.len() > REMEMBERED {
            self.voices.retain(|_, voice| !voice.is_idle());
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
    lane: &Lane,
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
    let sound = sound_of(&controls).map(|(sound, _)| sound);
    let synth =
        sound.and_then(|s| program.synths.get(s).or_else(|| instruments::named(s)).cloned());
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
        lane: lane.number,
        level: lane.level(onset),
        locs: hap.locs.clone(),
    })
}

/// Where a part's name stands, for troubles that know no better place.
fn place(trouble: Option<Loc>, part: Loc) -> Loc {
    trouble.unwrap_or(part)
}
