//! A part while it plays: its pattern, and what to fall back to when that fails.

use super::place;
use crate::clock::Clock;
use mag_pattern::{Hap, Loc, Pattern, Query, Span};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// The most events of one part that are played in a second.
const EVENTS_A_SECOND: f64 = 50_000.0;

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

/// One part and how it fares.
pub(super) struct Voice {
    pub id: u16,
    pub name: Arc<str>,
    /// Whether the reigning program has it.
    pub seated: bool,
    loc: Loc,
    pattern: Pattern,
    good: Option<Pattern>,
    /// Has been asked at least once and not failed yet.
    sound: bool,
    failed: bool,
}

impl Voice {
    /// A part that plays nothing yet.
    pub fn new(id: u16, name: Arc<str>, loc: Loc) -> Voice {
        let pattern = Pattern::silence();
        Voice { id, name, seated: false, loc, pattern, good: None, sound: false, failed: false }
    }

    /// From now on it plays `pattern`; the version before is kept if it was good.
    pub fn seat(&mut self, pattern: &Pattern, loc: Loc) {
        let before = std::mem::replace(&mut self.pattern, pattern.clone());
        if self.sound && !self.failed {
            self.good = Some(before);
        }
        (self.seated, self.loc, self.sound, self.failed) = (true, loc, false, false);
    }

    /// Appends the events of `piece`, which lies in `cycle`; after a failure those of the last
    /// good version, if there is one. A version that fails stays out until the next edit.
    pub fn query(
        &mut self,
        piece: Span,
        cycle: i64,
        clock: &Clock,
        query: &mut Query,
        haps: &mut Vec<Hap>,
    ) -> Result<(), Trouble> {
        let seconds = clock.seconds(piece.end) - clock.seconds(piece.begin);
        let limit = 1000 + (seconds * EVENTS_A_SECOND) as usize;
        let mut trouble = None;
        if !self.failed {
            match attempt(&self.pattern, piece, limit, query, haps) {
                Ok(()) => self.sound = true,
                Err((message, loc)) => {
                    self.failed = true;
                    trouble = Some((message, place(loc, self.loc)));
                }
            }
        }
        if self.failed
            && let Some(good) = &self.good
            && attempt(good, piece, limit, query, haps).is_err()
        {
            self.good = None;
        }
        let replaced = self.good.is_some();
        let told =
            |(message, loc)| Trouble { part: self.name.clone(), cycle, message, loc, replaced };
        trouble.map(told).map_or(Ok(()), Err)
    }
}

/// The events of `piece`, or none and what went wrong; a panic counts as going wrong.
fn attempt(
    pattern: &Pattern,
    piece: Span,
    limit: usize,
    query: &mut Query,
    haps: &mut Vec<Hap>,
) -> Result<(), (String, Option<Loc>)> {
    query.restart();
    haps.clear();
    let asked = catch_unwind(AssertUnwindSafe(|| pattern.query(piece, query, haps)));
    let failure = match (asked, query.trouble()) {
        (Err(_), _) => Some(("this pattern cannot be played: it failed inside mag".into(), None)),
        (Ok(()), Some(trouble)) => Some((trouble.message.clone(), trouble.loc)),
        (Ok(()), None) if haps.len() > limit => {
            Some((format!("more than {EVENTS_A_SECOND} events a second"), None))
        }
        (Ok(()), None) => None,
    };
    match failure {
        Some(failure) => {
            haps.clear();
            Err(failure)
        }
        None => Ok(()),
    }
}
