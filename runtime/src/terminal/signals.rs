//! What the system tells a program that is to end, as messages: names signal-hook.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, Instant};

/// What the system told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// Ctrl-C while nobody reads keys.
    Interrupt,
    /// To end.
    Terminate,
    /// The terminal went away: a window closed, a connection broke.
    HangUp,
}

/// Interrupts within [`PATIENCE`] after which it ends whatever happens.
const ENOUGH: usize = 3;
/// How long whoever was told may take to end.
const PATIENCE: Duration = Duration::from_secs(3);

/// The terminal went away while it played.
static HUNG_UP: AtomicBool = AtomicBool::new(false);

/// Whether the terminal went away.
pub fn hung_up() -> bool {
    HUNG_UP.load(Relaxed)
}

/// Delivers signals from a thread of its own; sleeps when told to (`SIGTSTP`). If what hears of them does not end in time, the
/// process does, with the terminal as it was.
///
/// # Errors
/// If the system gives no thread, or does not let itself be heard.
#[cfg(unix)]
pub fn listen(deliver: impl Fn(Signal) -> bool + Send + 'static) -> std::io::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGTSTP};
    let mut signals = signal_hook::iterator::Signals::new([SIGINT, SIGTERM, SIGHUP, SIGTSTP])?;
    let hear = move || {
        let mut interrupts: Vec<Instant> = Vec::new();
        for number in signals.forever() {
            if number == SIGTSTP {
                super::suspend();
                // (a line editor draws its line anew)
                use rustix::process::{Signal, getpid, kill_process};
                let _ = kill_process(getpid(), Signal::WINCH);
                continue;
            }
            let signal = match number {
                SIGINT => Signal::Interrupt,
                SIGHUP => Signal::HangUp,
                _ => Signal::Terminate,
            };
            HUNG_UP.fetch_or(signal == Signal::HangUp, Relaxed);
            deliver(signal);
            interrupts.retain(|at| at.elapsed() < PATIENCE);
            interrupts.extend((signal == Signal::Interrupt).then(Instant::now));
            if signal == Signal::Terminate {
                std::thread::sleep(PATIENCE);
            }
            if signal == Signal::Terminate || interrupts.len() >= ENOUGH {
                super::restore();
                std::process::exit(128 + number);
            }
        }
    };
    std::thread::Builder::new().name("signals".into()).spawn(hear).map(drop)
}

/// There are no such signals on this system.
///
/// # Errors
/// Never.
#[cfg(not(unix))]
pub fn listen(_deliver: impl Fn(Signal) -> bool + Send + 'static) -> std::io::Result<()> {
    Ok(())
}
