//! `mag replay`: a journalled performance again, aloud or in virtual time.

use super::{PROBLEMS, Sound, name_of};
use crate::journal::{self, Entry, Found, Recorded};
use crate::notice::{Notices, print};
use mag_pattern::Time;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

mod aloud;
mod render;

/// Cycles that are played after the last edit, if nothing else is known.
const AFTER: i64 = 8;

/// The arguments of `mag replay`.
#[derive(Debug, clap::Args)]
pub struct Replay {
    /// The journal, or the beginning of its name, such as 2026-11-01; without one the last is
    /// played
    journal: Option<PathBuf>,
    /// List the journals by evening
    #[arg(long, conflicts_with_all = ["output", "edits"])]
    list: bool,
    /// List the edits, with the cycles in which they took effect
    #[arg(long, conflicts_with = "output")]
    edits: bool,
    /// Render to a WAV file instead: stereo, 48 kHz, 32-bit float
    #[arg(short, long, value_name = "OUT.wav")]
    output: Option<PathBuf>,
    /// Also write the events, as JSON, one a line
    #[arg(long, value_name = "OUT.jsonl", requires = "output")]
    events: Option<PathBuf>,
    /// Stop at this cycle (default: where the performance ended, or 8 cycles after the last edit)
    #[arg(long, value_name = "N")]
    cycles: Option<i64>,
    #[command(flatten)]
    sound: Sound,
}

impl Replay {
    /// Replays.
    ///
    /// # Errors
    /// If a file cannot be read or written.
    pub fn run(self) -> Result<ExitCode, String> {
        if self.list {
            return list();
        }
        let path = self.path()?;
        let recorded = journal::read(&path)?;
        let notices = Notices::to_terminal();
        if recorded.lost > 0 {
            let lost = recorded.lost;
            notices.warn(format!("{lost} unfinished or damaged lines of the journal are left out"));
        }
        let refused = match &self.output {
            Some(output) => self.render(&recorded, output, &notices)?,
            None if self.edits => {
                recorded.entries().for_each(|entry| print(&described(entry)));
                0
            }
            None => {
                notices.info(format!("{}: q or Ctrl-C ends it", name_of(&path)));
                self.aloud(&recorded, &notices)?
            }
        };
        notices.flush();
        Ok(if refused == 0 { ExitCode::SUCCESS } else { ExitCode::from(PROBLEMS) })
    }

    /// The journal that was asked for, or the last one with anything in it.
    fn path(&self) -> Result<PathBuf, String> {
        if let Some(path) = self.journal.as_ref().filter(|path| path.is_file()) {
            return Ok(path.clone());
        }
        let folder = folder()?;
        let wanted = self.journal.as_ref().map(|path| path.to_string_lossy().into_owned());
        let fits = |path: &PathBuf| match &wanted {
            Some(start) => name_of(path).starts_with(start.as_str()),
            None => journal::read(path).is_ok_and(|r| r.entries().next().is_some()),
        };
        let found = journal::newest_first(&folder).into_iter().find(fits);
        found.ok_or_else(|| match wanted {
            Some(start) => format!("no journal `{start}`: `mag replay --list` shows what there is"),
            None => format!("no journals in {}", folder.display()),
        })
    }

    /// Where it ends, in cycles.
    fn end(&self, recorded: &Recorded) -> Time {
        let last = recorded.takes.last();
        let edit =
            last.and_then(|take| take.entries.iter().filter_map(|e| e.landed).reduce(Time::max));
        let from = last.map_or(Time::ZERO, |take| take.from);
        let after = edit.unwrap_or(from) + Time::int(AFTER);
        let until = last.map_or(after, |take| take.until);
        // (where a clean end is known it is that, else what was probably heard)
        let end = if until > edit.unwrap_or(from) { until } else { after };
        self.cycles.map_or(end, Time::int)
    }
}

/// The moment at which the next of `entries` that took effect is due.
fn due(entries: &[Entry]) -> Option<Time> {
    entries.iter().filter_map(|e| e.landed).reduce(Time::min)
}

fn folder() -> Result<PathBuf, String> {
    journal::folder().ok_or_else(|| "there is no folder for journals: HOME is not set".into())
}

/// One line for an edit.
fn described(entry: &Entry) -> String {
    let at = entry.landed.map_or("-".to_owned(), |t| format!("{:.2}", t.to_f64()));
    let first = entry.text.lines().find(|l| !l.trim().is_empty()).unwrap_or("");
    format!("{at:>10}  {:<12} {first}", entry.name)
}

/// All journals by evening, newest last.
fn list() -> Result<ExitCode, String> {
    let folder = folder()?;
    let found = journal::found(&folder);
    if found.is_empty() {
        print(&format!("no journals in {}", folder.display()));
    }
    let mut evening = "";
    for journal in &found {
        if journal.evening != evening {
            evening = &journal.evening;
            print(evening);
        }
        print(&row(journal));
    }
    Ok(ExitCode::SUCCESS)
}

fn row(found: &Found) -> String {
    let clock = |since: Duration| {
        let stamp = journal::stamp(since);
        format!("{}:{}", stamp.get(11..13).unwrap_or(""), stamp.get(13..15).unwrap_or(""))
    };
    let Found { begun, ended, texts, cycles, bytes, path, .. } = found;
    let name = name_of(&Path::new(path).with_extension(""));
    let (from, to, kb) = (clock(*begun), clock(*ended), bytes.div_ceil(1024));
    format!("  {from} to {to} UTC  {texts:>5} edits {cycles:>6.0} cycles {kb:>5} kB  {name}")
}
