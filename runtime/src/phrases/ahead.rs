//! Asks the parts of a program for the cycles to come, so that their phrases are made in time.

use mag_lang::Program;
use mag_pattern::{Query, Span, Time, World};
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// How many cycles are asked ahead, the current one included.
const CYCLES: i64 = 6;

/// Lets the phrases of these cycles be made.
pub fn ask_ahead(program: &Program, cycles: Range<i64>, world: &dyn World) {
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
    pub fn follow(&mut self, program: &Arc<Program>, now: Time, world: &dyn World) {
        let cycle = now.floor();
        let until = cycle.saturating_add(CYCLES);
        let from = match &self.asked {
            Some((before, until)) if Arc::ptr_eq(before, program) => cycle.max(*until),
            _ => cycle,
        };
        if from < until {
            ask_ahead(program, from..until, world);
            self.asked = Some((program.clone(), until));
        }
    }
}
