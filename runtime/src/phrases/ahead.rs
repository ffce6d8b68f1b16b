//! Asks the parts of a program for the cycles to come, so that their phrases are made in time.

use super::PhraseStore;
use mag_lang::Program;
use mag_pattern::{Query, Span, Time, World};
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

/// How many cycles are asked ahead.
const CYCLES: i64 = 6;
/// How often the time is looked at.
const PERIOD: Duration = Duration::from_millis(40);

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

/// Follows a performance, some cycles ahead of it, until it is dropped.
pub struct Lookahead {
    _stop: SyncSender<()>,
}

impl Lookahead {
    /// Starts to follow: `now` tells what plays and at which moment it is.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub fn start(
        store: &PhraseStore,
        now: impl Fn() -> (Arc<Program>, Time) + Send + 'static,
    ) -> std::io::Result<Lookahead> {
        let (stop, stopped) = sync_channel(1);
        let world = store.ahead();
        let follow = move || {
            let mut asked: Option<(Arc<Program>, i64)> = None;
            while stopped.recv_timeout(PERIOD) == Err(RecvTimeoutError::Timeout) {
                let (program, moment) = now();
                let from = match &asked {
                    Some((before, until)) if Arc::ptr_eq(before, &program) => *until,
                    _ => moment.floor(),
                };
                let until = moment.floor().saturating_add(CYCLES);
                ask_ahead(&program, from.max(moment.floor())..until, &world);
                asked = Some((program, until.max(from)));
            }
        };
        std::thread::Builder::new().name("lookahead".into()).spawn(follow)?;
        Ok(Lookahead { _stop: stop })
    }
}
