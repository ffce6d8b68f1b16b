//! Asks the parts of a program for the cycles to come, so that their phrases are made in time.

use super::Ahead;
use mag_lang::Program;
use mag_pattern::{Query, Span, Time, World};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

/// How many cycles are asked ahead, the current one included.
const CYCLES: i64 = 6;

/// Lets the phrases of these cycles be made; answers which cycles have to be asked again: they wait
/// for phrases of which others are made (`groove drums`), or for somebody who plays, whose call is to
/// be answered at once.
pub fn ask_ahead(
    program: &Program,
    cycles: impl IntoIterator<Item = i64>,
    world: &dyn World,
) -> Vec<i64> {
    let mut late = Vec::new();
    let mut query = Query::new(world);
    query.cps = program.cps();
    query.meter = program.meter;
    let mut haps = Vec::new();
    for cycle in cycles {
        let mut waits = false;
        for (_, part) in program.parts.iter().filter(|(name, _)| program.sounds(name)) {
            haps.clear();
            query.restart();
            // What fails here fails when it is played, and is said there.
            let _ = catch_unwind(AssertUnwindSafe(|| {
                part.pattern.query(Span::cycle(cycle), &mut query, &mut haps);
            }));
            waits |= query.late || query.played;
        }
        if waits {
            late.push(cycle);
        }
    }
    late
}

/// Stays some cycles ahead of a performance, and asks for each until its phrases are there.
#[derive(Default)]
pub struct Lookahead {
    asked: Option<(Arc<Program>, i64)>,
    /// Cycles that were asked for and wait.
    late: Vec<i64>,
}

impl Lookahead {
    /// `program` plays, and it is `now`. When it is a new one, what only the one before had asked
    /// ahead is given up, also what is being made.
    pub fn follow(&mut self, program: &Arc<Program>, now: Time, world: &Ahead) {
        let began = Instant::now();
        let mut edited = false;
        let cycle = now.floor();
        let until = cycle.saturating_add(CYCLES);
        let from = match &self.asked {
            Some((before, until)) if Arc::ptr_eq(before, program) => cycle.max(*until),
            _ => {
                edited = true;
                self.late.clear();
                cycle
            }
        };
        let again = self.late.drain(..).filter(|late| *late >= cycle);
        let wanted: Vec<i64> = again.chain(from..until).collect();
        if !wanted.is_empty() {
            self.late = ask_ahead(program, wanted, world);
            self.asked = Some((program.clone(), until.max(from)));
        }
        if edited {
            world.forget_before(began);
        }
    }
}
