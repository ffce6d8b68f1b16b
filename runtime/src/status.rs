//! The status line: where the music is, which parts are heard, how the machine keeps up.

use crate::phrases::Ahead;
use crate::terminal::{self, Row};
use crate::timing::Timing;
use arc_swap::ArcSwap;
use mag_lang::Program;
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

mod line;
pub use line::{Glance, Lamp, Looks, State};

/// How often it is drawn.
const OFTEN: Duration = Duration::from_millis(100);
/// How long a lamp is lit after its event began, in seconds.
const GLOW: f64 = 0.13;

/// Everything that the status line shows, from whoever knows it.
#[derive(Clone)]
pub struct Board {
    program: Arc<ArcSwap<Program>>,
    timing: Arc<Timing>,
    phrases: Ahead,
}

impl Board {
    /// A board of a performance in which `program` plays.
    pub fn new(program: Arc<Program>, timing: Arc<Timing>, phrases: Ahead) -> Board {
        Board { program: Arc::new(ArcSwap::new(program)), timing, phrases }
    }

    /// From now on this is what plays.
    pub fn follow(&self, program: &Arc<Program>) {
        if !Arc::ptr_eq(&self.program.load(), program) {
            self.program.store(program.clone());
        }
    }

    /// How everything stands at this moment.
    pub fn glance(&self) -> Glance {
        let program = self.program.load_full();
        let now = self.timing.now();
        let glow = now.as_ref().map(|now| {
            let frames = (GLOW * f64::from(now.rate)) as i64;
            (now.frame - frames, now.frame + frames / 8)
        });
        let lamp = |name: &String| {
            let lit = glow.is_some_and(|(from, to)| self.timing.activity.heard(name, from, to));
            let state = match () {
                () if program.muted.contains(name) => State::Muted,
                () if program.soloed.contains(name) => State::Soloed,
                () if !program.soloed.is_empty() => State::Shadowed,
                () => State::Plays,
            };
            Lamp { name: name.clone(), state, lit }
        };
        let load = self.timing.load.recent();
        Glance {
            at: now.map(|now| (now.cycle, now.beat)),
            tempo: now.map_or(program.tempo, |now| now.tempo),
            target: program.tempo,
            parts: program.parts.keys().map(lamp).collect(),
            load: (load.buffers > 0).then_some(load.recent),
            late: self.timing.late(),
            missed: self.timing.missed(),
            waiting: self.phrases.waiting(),
        }
    }

    /// The status in one line of plain text.
    pub fn text(&self) -> String {
        let looks = Looks { color: false, plain: terminal::is_plain() };
        line::line(&self.glance(), usize::MAX, looks).trim().to_owned()
    }
}

/// The line at the bottom of the terminal, drawn by a thread of its own; gone when dropped.
#[derive(Debug)]
pub struct Status {
    stop: SyncSender<()>,
    thread: Option<JoinHandle<()>>,
}

impl Status {
    /// Shows `board` at the bottom of the terminal; none if the terminal cannot do that. `edited`:
    /// a line editor works above it.
    pub fn show(board: Board, edited: bool) -> Option<Status> {
        let mut row = Row::new(edited)?;
        let looks = Looks { color: terminal::color(), plain: terminal::is_plain() };
        let (stop, stopped) = sync_channel(1);
        let draw = move || {
            loop {
                if terminal::signals::hung_up() {
                    return;
                }
                row.draw(|width| line::line(&board.glance(), width, looks));
                match stopped.recv_timeout(OFTEN) {
                    Err(RecvTimeoutError::Timeout) => {}
                    _ => return,
                }
            }
        };
        let thread = std::thread::Builder::new().name("status".into()).spawn(draw).ok()?;
        Some(Status { stop, thread: Some(thread) })
    }
}

impl Drop for Status {
    fn drop(&mut self) {
        let _ = self.stop.try_send(());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
