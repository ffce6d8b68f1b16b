//! A second of playing into the void: how punctual this machine is.

use crate::device::BUFFER;
use crate::notice::Notices;
use crate::performer::{Performer, Setup};
use crate::priority::Grant;
use crate::route::{Defaults, Place, Routes};
use crate::session::Player;
use crate::stage::When;
use crate::timing::{Timing, short};
use mag_lang::{Language, Mode, NoFiles, Source};
use mag_pattern::Nowhere;
use std::net::{Ipv4Addr, UdpSocket};
use std::sync::Arc;
use std::time::Duration;

/// 500 events a second that only a socket of our own hears.
const PROGRAM: &str = "tempo 120\nhats: s \"hh*1000\"";
/// How long it plays.
const LENGTH: Duration = Duration::from_millis(1200);

/// Plays, and answers what was measured.
///
/// # Errors
/// If nothing can be played.
pub(super) fn measure() -> Result<Arc<Timing>, String> {
    let ear = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).map_err(|e| e.to_string())?;
    let main = Place::Dirt(ear.local_addr().map_err(|e| e.to_string())?);
    let language = Language::new();
    let source = Source::new(1, "doctor", PROGRAM);
    let evaluated = language.evaluate(&language.empty(), &source, Mode::File, &NoFiles);
    let program = evaluated.map_err(|_| "the program is refused")?.program;
    let routes = Routes::of(&program, &Defaults { main, ..Defaults::default() })
        .map_err(|wrong| wrong.join("; "))?;
    let setup = Setup { silent: false, buffer: BUFFER, samples: Vec::new() };
    let quiet = Notices::start(Box::new(|_| {}));
    let mut performer = Performer::new(setup, Arc::new(Nowhere), quiet, Box::new(|_| None));
    let timing = performer.timing();
    performer.swap(program, routes, When::Now).ok_or("the system gives no thread")?;
    std::thread::sleep(LENGTH);
    Ok(timing)
}

/// What the figures mean, in two lines: whether real time was given, and how late events were.
pub(super) fn verdict(timing: &Timing) -> [(&'static str, bool, String); 2] {
    let given = match timing.grant() {
        Some(grant @ Grant::RealTime(_)) => (true, format!("the scheduler has {grant}")),
        Some(grant) => (
            false,
            format!(
                "refused ({grant}); it plays all the same. On Linux: `@audio - rtprio 95` and \
                 `@audio - nice -15` in /etc/security/limits.d/audio.conf, yourself in that group"
            ),
        ),
        None => (false, "the scheduler did not start".into()),
    };
    let wake = timing.wake.read();
    let late = timing.late();
    let text = format!(
        "woke {} late (99 %: {}, most {}); {late} of {} events late",
        short(wake.quantile(0.5)),
        short(wake.quantile(0.99)),
        short(wake.largest()),
        timing.lanes().iter().map(|lane| lane.lead.read().count()).sum::<u64>() + late,
    );
    [("real time", given.0, given.1), ("timing", late == 0, text)]
}
