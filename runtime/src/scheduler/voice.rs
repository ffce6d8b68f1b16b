//! A part while it plays: its pattern, what to fall back to when that fails, and the versions
//! before it that are still fading out.

use super::event::{is_empty, place};
use super::lane::Lane;
use crate::clock::Clock;
use mag_lang::Part;
use mag_pattern::{Hap, Loc, Pattern, Query, Span, Time};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// The most events of one part that are played in a second.
const EVENTS_A_SECOND: f64 = 50_000.0;
/// Versions of one part that fade out at the same time.
const LEAVING: usize = 4;
/// Parts of a cycle in which it is looked for where a pattern fails.
const CELLS: i64 = 192;

/// A part that failed while it played.
#[derive(Clone, Debug, PartialEq)]
pub struct Trouble {
    /// The part.
    pub part: Arc<str>,
    /// The cycle in which it failed.
    pub cycle: i64,
    /// What went wrong.
    pub message: String,
    /// Where in the source.
    pub loc: Loc,
    /// Whether an earlier version of the part plays in its place; if not, it is silent.
    pub replaced: bool,
}

/// A version of a part on its way out.
#[derive(Clone)]
struct Leaving {
    pattern: Pattern,
    lane: Lane,
}

/// One part and how it fares.
#[derive(Clone)]
pub(super) struct Voice {
    pub id: u16,
    pub name: Arc<str>,
    /// Whether the reigning program has it.
    pub seated: bool,
    loc: Loc,
    pattern: Pattern,
    /// See [`Part::meaning`].
    meaning: Option<u64>,
    good: Option<Pattern>,
    /// Has been asked at least once and not failed yet.
    sound: bool,
    failed: bool,
    pub lane: Lane,
    leaving: Vec<Leaving>,
}

impl Voice {
    /// A part that plays nothing yet.
    pub fn new(id: u16, name: Arc<str>, loc: Loc, lane: Lane) -> Voice {
        let (pattern, meaning, leaving) = (Pattern::silence(), None, Vec::new());
        let (seated, good, sound, failed) = (false, None, false, false);
        Voice { id, name, seated, loc, pattern, meaning, good, sound, failed, lane, leaving }
    }

    /// Whether this is what it plays already.
    pub fn plays(&self, part: &Part) -> bool {
        self.seated && self.meaning == Some(part.meaning)
    }

    /// From now on it plays `part`; the version before is kept if it was good. The same version
    /// again goes on as it was, and if it failed it stays out.
    pub fn seat(&mut self, part: &Part) {
        self.loc = part.loc;
        if self.plays(part) {
            if !self.failed {
                // (the places of its events in the new text)
                self.pattern = part.pattern.clone();
            }
            return;
        }
        let before = std::mem::replace(&mut self.pattern, part.pattern.clone());
        if self.sound && !self.failed {
            self.good = Some(before);
        }
        self.meaning = Some(part.meaning);
        (self.seated, self.sound, self.failed) = (true, false, false);
    }

    /// The version that plays leaves within `over` cycles from `now` on; `lane` is for the next.
    pub fn leave(&mut self, now: Time, over: Time, lane: Lane) {
        let mut gone = std::mem::replace(&mut self.lane, lane);
        let heard = if self.failed { self.good.clone() } else { Some(self.pattern.clone()) };
        gone.move_to(0.0, now, over);
        if let (true, Some(pattern)) = (self.seated, heard) {
            self.leaving.push(Leaving { pattern, lane: gone });
        }
        if self.leaving.len() > LEAVING {
            self.leaving.remove(0);
        }
    }

    /// Forgets versions that have faded out.
    pub fn settle(&mut self, now: Time) {
        self.leaving.retain(|leaving| !leaving.lane.gone(now));
    }

    /// The lanes of all its versions.
    pub fn lanes(&self) -> impl Iterator<Item = &Lane> {
        std::iter::once(&self.lane).chain(self.leaving.iter().map(|leaving| &leaving.lane))
    }

    /// Whether there is anything to ask it for.
    pub fn is_idle(&self) -> bool {
        !self.seated && self.leaving.is_empty()
    }

    /// Hands the events of `piece`, which lies in `cycle`, to `heard`, with the lane that they are
    /// on; after a failure those of the last good version, if there is one. A version that fails
    /// stays out until the part is edited.
    pub fn query(
        &mut self,
        piece: Span,
        cycle: i64,
        clock: &Clock,
        query: &mut Query,
        haps: &mut Vec<Hap>,
        heard: &mut dyn FnMut(&Lane, &[Hap]),
    ) -> Result<(), Trouble> {
        let seconds = clock.seconds(piece.end) - clock.seconds(piece.begin);
        let limit = 1000 + (seconds * EVENTS_A_SECOND) as usize;
        let leaving = &mut self.leaving;
        leaving.retain(|leaving| {
            let asked = Span::new(piece.begin, piece.end.min(leaving.lane.end()));
            if is_empty(asked) {
                return true;
            }
            let there = attempt(&leaving.pattern, asked, limit, query, haps).is_ok();
            if there {
                heard(&leaving.lane, haps);
            }
            there
        });
        // (however the question is cut, nothing is heard of what has faded out)
        let end = if self.lane.to == 0.0 { self.lane.end().min(piece.end) } else { piece.end };
        let piece = Span::new(piece.begin, end.max(piece.begin));
        if !self.seated || self.lane.gone(piece.begin) || is_empty(piece) {
            return Ok(());
        }
        self.current(piece, cycle, limit, query, haps, heard)
    }

    fn current(
        &mut self,
        piece: Span,
        cycle: i64,
        limit: usize,
        query: &mut Query,
        haps: &mut Vec<Hap>,
        heard: &mut dyn FnMut(&Lane, &[Hap]),
    ) -> Result<(), Trouble> {
        let (mut trouble, mut rest) = (None, piece);
        if !self.failed {
            match attempt(&self.pattern, piece, limit, query, haps) {
                Ok(()) => {
                    self.sound = true;
                    heard(&self.lane, haps);
                    return Ok(());
                }
                Err(failure) => {
                    rest = self.up_to_failure(piece, &failure, limit, query, haps, heard);
                    self.failed = true;
                    trouble = Some((failure.message, place(failure.loc, self.loc)));
                }
            }
        }
        if let Some(good) = &self.good {
            match attempt(good, rest, limit, query, haps) {
                Ok(()) => heard(&self.lane, haps),
                Err(_) => self.good = None,
            }
        }
        let replaced = self.good.is_some();
        let told =
            |(message, loc)| Trouble { part: self.name.clone(), cycle, message, loc, replaced };
        trouble.map(told).map_or(Ok(()), Err)
    }

    /// Plays what comes before the failure, cell by cell, so that it does not depend on how the
    /// question was cut where the last good version takes over; answers the rest.
    fn up_to_failure(
        &self,
        piece: Span,
        failure: &Failure,
        limit: usize,
        query: &mut Query,
        haps: &mut Vec<Hap>,
        heard: &mut dyn FnMut(&Lane, &[Hap]),
    ) -> Span {
        let mut begin = piece.begin;
        // What took too long to find out is not found out again and again.
        while !failure.costly && begin < piece.end {
            let cell = Time::new(1, CELLS);
            let end = Clock::next_multiple(begin, cell);
            let end = if end > begin { end } else { begin + cell }.min(piece.end);
            if attempt(&self.pattern, Span::new(begin, end), limit, query, haps).is_err() {
                break;
            }
            heard(&self.lane, haps);
            begin = end;
        }
        Span::new(begin, piece.end)
    }
}

/// Why there are no events.
struct Failure {
    message: String,
    loc: Option<Loc>,
    /// It took long to fail.
    costly: bool,
}

/// The events of `piece`, or none and what went wrong; a panic counts as going wrong.
fn attempt(
    pattern: &Pattern,
    piece: Span,
    limit: usize,
    query: &mut Query,
    haps: &mut Vec<Hap>,
) -> Result<(), Failure> {
    query.restart();
    haps.clear();
    let asked = catch_unwind(AssertUnwindSafe(|| pattern.query(piece, query, haps)));
    let fail = |message: String, loc, costly| Some(Failure { message, loc, costly });
    let failure = match (asked, query.trouble()) {
        (Err(_), _) => {
            fail("this pattern cannot be played: it failed inside mag".into(), None, true)
        }
        (Ok(()), Some(trouble)) => {
            let costly = mag_pattern::query::is_exhausted(&trouble.message);
            fail(trouble.message.clone(), trouble.loc, costly)
        }
        (Ok(()), None) if haps.len() > limit => {
            fail(format!("more than {EVENTS_A_SECOND} events a second"), None, true)
        }
        (Ok(()), None) => None,
    };
    failure.map_or(Ok(()), |failure| {
        haps.clear();
        Err(failure)
    })
}
