//! Asks a program for its coming cycles before it is let on stage.

use super::Trouble;
use super::lane::Lane;
use super::voice::Voice;
use crate::clock::Clock;
use mag_lang::Program;
use mag_pattern::{Hap, Query, Span, Time, World};

/// Cycles that are asked for.
pub const CYCLES: i64 = 4;

/// Events after which a part is known well enough: an edit is not to wait for more of the same.
const ENOUGH: usize = 256;

/// What would go wrong if `program` played from cycle `from` on, for a few cycles: at most one
/// trouble for each part, sounding or not.
pub fn probe(program: &Program, rate: u32, from: Time, world: &dyn World) -> Vec<Trouble> {
    let clock = Clock::new(rate, program.tempo, program.meter.0);
    let mut query = Query::new(world);
    query.cps = program.cps();
    query.meter = program.meter;
    query.take = program.seed;
    let mut haps = Vec::new();
    let mut troubles = Vec::new();
    for (name, part) in &program.parts {
        let lane = Lane::at(0, 1.0, from);
        let mut voice = Voice::new(0, name.as_str().into(), part.loc, lane);
        voice.seat(part);
        let first = from.floor().max(0);
        for cycle in first..first + CYCLES {
            let (piece, mut count) = (Span::cycle(cycle), 0);
            let mut heard = |_: &Lane, haps: &[Hap]| count += haps.len();
            let asked = voice.query(piece, cycle, &clock, &mut query, &mut haps, &mut heard);
            let failed = asked.is_err();
            troubles.extend(asked.err());
            if failed || count >= ENOUGH {
                break;
            }
        }
    }
    troubles
}
