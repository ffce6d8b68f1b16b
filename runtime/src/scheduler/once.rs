//! One cycle of a pattern that plays once.

use super::event::{cue_of, is_empty};
use super::lane::Lane;
use super::reign::Reign;
use crate::cue::Cue;
use mag_pattern::{Pattern, Span, Time, World};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// A pattern whose first cycle plays from a moment on.
pub(super) struct Once {
    pub pattern: Pattern,
    pub at: Time,
    /// Up to where it has been asked.
    pub asked: Time,
}

impl Once {
    /// Its events up to `goal`. What fails is silent.
    pub fn ask(&mut self, goal: Time, reign: &Reign, world: &dyn World, cues: &mut Vec<Cue>) {
        let end = goal.min(self.at + Time::ONE);
        while !is_empty(Span::new(self.asked, end)) {
            let until = world.asking(Span::new(self.asked, end));
            let until = if until > self.asked { until.min(end) } else { end };
            self.piece(Span::new(self.asked, until), reign, world, cues);
            self.asked = until;
        }
    }

    /// Its events in a span in which one answer to each wish holds.
    fn piece(&self, span: Span, reign: &Reign, world: &dyn World, cues: &mut Vec<Cue>) {
        let mut query = reign.query(self.at.floor(), world);
        let mut haps = Vec::new();
        let ask = span.map(|t| t - self.at);
        let asked = catch_unwind(AssertUnwindSafe(|| {
            self.pattern.query(ask, &mut query, &mut haps);
        }));
        if asked.is_ok() && query.trouble().is_none() {
            haps.iter_mut().for_each(|hap| hap.map_time(|t| t + self.at));
            let (name, lane): (Arc<str>, _) = ("once".into(), Lane::at(0, 1.0, self.at));
            let cue = |hap| cue_of((&reign.clock, &reign.program), u16::MAX, &name, &lane, hap);
            cues.extend(haps.iter().filter_map(cue));
        }
    }
}
