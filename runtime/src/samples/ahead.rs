//! Lets the recordings of the coming cycles be decoded before they are heard.

use super::{Impulse, Note, Samples};
use crate::cue::{kit_of, sound_of};
use mag_lang::Program;
use mag_pattern::{Query, Span, Time, World};
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// How many cycles are asked ahead, the current one included.
const CYCLES: i64 = 3;

impl Samples {
    /// Lets the recordings of these cycles be decoded.
    pub fn ask_ahead(&self, program: &Program, cycles: Range<i64>, world: &dyn World) {
        let mut query = Query::new(world);
        query.cps = program.cps();
        query.meter = program.meter;
        let mut haps = Vec::new();
        for cycle in cycles {
            for (_, part) in program.parts.iter().filter(|(name, _)| program.sounds(name)) {
                haps.clear();
                query.restart();
                // What fails here fails when it is played, and is said there.
                let _ = catch_unwind(AssertUnwindSafe(|| {
                    part.pattern.query(Span::cycle(cycle), &mut query, &mut haps);
                }));
                for hap in &haps {
                    let controls = hap.value.clone().into_controls();
                    Impulse::of(&controls).iter().for_each(|room| self.ask_room(room));
                    let Some((name, n)) = sound_of(&controls) else { continue };
                    let kit = kit_of(&controls).map(|kit| format!("{kit}_{name}"));
                    let name = kit.as_deref().unwrap_or(name);
                    self.ask(name, n);
                    self.ask_note(name, n, Note::of(&controls));
                }
            }
        }
    }
}

/// Stays some cycles ahead of a performance, and asks for each only once.
#[derive(Default)]
pub struct Lookahead {
    asked: Option<(Arc<Program>, i64)>,
}

impl Lookahead {
    /// `program` plays, and it is `now`.
    pub fn follow(&mut self, program: &Arc<Program>, now: Time, samples: &Samples, w: &dyn World) {
        let cycle = now.floor();
        let until = cycle.saturating_add(CYCLES);
        let from = match &self.asked {
            Some((before, until)) if Arc::ptr_eq(before, program) => cycle.max(*until),
            _ => cycle,
        };
        if from < until {
            samples.ask_ahead(program, from..until, w);
            self.asked = Some((program.clone(), until));
        }
    }
}
