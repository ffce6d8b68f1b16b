//! A program while it reigns: the voices of its parts, and what they play.

use super::event::cue_of;
use super::lane::{LANES, Lane};
use super::voice::{Trouble, Voice};
use crate::clock::{Clock, Frame};
use crate::cue::Cue;
use mag_lang::{Part, Program};
use mag_pattern::{Hap, Query, Span, Time, World};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Parts that have left are remembered up to this many.
const REMEMBERED: usize = 1024;

/// What a program reigns over.
#[derive(Clone)]
pub(super) struct Reign {
    pub program: Arc<Program>,
    /// Its first frame and moment.
    pub since: (Frame, Time),
    /// With the tempo of the reigning program for all time to come: what an event is like must
    /// not depend on how early it was asked for.
    pub clock: Clock,
    pub voices: BTreeMap<Arc<str>, Voice>,
    /// The lane that was given away last.
    pub lane: u16,
}

impl Reign {
    /// A question to a pattern of this program, about a piece of a cycle.
    pub fn query<'w>(&self, cycle: i64, world: &'w dyn World) -> Query<'w> {
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
    pub fn ask(
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
    pub fn seat_voices(&mut self, at: Time, before: bool) {
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

fn within(cue: &Cue, (from, until): (Frame, Frame)) -> bool {
    cue.at >= from && cue.at < until
}
