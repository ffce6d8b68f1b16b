//! Journals by date: where they are, and which belong to one evening.

use super::{Line, parse_time};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A set that begins before this hour of the day (UTC) belongs to the evening before.
const NIGHT: u64 = 6;

/// Where journals are kept: `mag/journal` in `XDG_STATE_HOME`, or in `~/.local/state`.
pub fn folder() -> Option<PathBuf> {
    let home = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|p| p.is_absolute());
    let state = home("XDG_STATE_HOME").or_else(|| home("HOME").map(|h| h.join(".local/state")))?;
    Some(state.join("mag/journal"))
}

/// A journal, as far as a list shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// Where it is.
    pub path: PathBuf,
    /// The evening that it belongs to: `2026-11-01`.
    pub evening: String,
    /// When it began and when its last line was written, in time since 1970.
    pub begun: Duration,
    /// The same for its last line.
    pub ended: Duration,
    /// Texts in it.
    pub texts: usize,
    /// How far it came, in cycles.
    pub cycles: f64,
    /// Its size in bytes.
    pub bytes: u64,
}

/// The journals in a folder, oldest first; files that are none are left out.
pub fn found(folder: &Path) -> Vec<Found> {
    let paths = paths(folder);
    paths.into_iter().filter_map(look).collect()
}

/// The journals in a folder by name, the one that was begun last first.
pub fn newest_first(folder: &Path) -> Vec<PathBuf> {
    let mut paths = paths(folder);
    paths.reverse();
    paths
}

/// All journals by name, which is by date.
fn paths(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder);
    let mut found: Vec<PathBuf> =
        entries.map(|all| all.flatten().map(|e| e.path()).collect()).unwrap_or_default();
    found.retain(|path| path.extension().is_some_and(|e| e == "jsonl"));
    // (`…-1.jsonl` comes after `….jsonl`)
    found.sort_by_key(|path| path.with_extension(""));
    found
}

/// What a list shows of a journal.
fn look(path: PathBuf) -> Option<Found> {
    let file = File::open(&path).ok()?;
    let bytes = file.metadata().ok()?.len();
    let (mut begun, mut ended, mut texts, mut cycles) = (None, 0, 0, 0.0f64);
    for line in BufReader::new(file).split(b'\n') {
        let Ok(line) = serde_json::from_slice::<Line>(&line.ok()?) else { continue };
        let mut reach = |at: &str| {
            cycles = parse_time(at).map_or(cycles, |at| cycles.max(at.to_f64()));
        };
        match line {
            Line::Start { unix_ms, .. } => {
                begun.get_or_insert(unix_ms);
                ended = unix_ms;
            }
            Line::Text { unix_ms, .. } | Line::Edit { unix_ms, .. } => {
                (texts, ended) = (texts + 1, unix_ms);
            }
            Line::Here { unix_ms, at } | Line::Again { unix_ms, at } => {
                ended = unix_ms;
                reach(&at);
            }
            Line::Landed { at } | Line::Phrase { at, .. } => reach(&at),
            Line::Heard { from, .. } | Line::Call { from, .. } => reach(&from),
        }
    }
    let begun = Duration::from_millis(begun?);
    let evening = stamp(begun.saturating_sub(Duration::from_secs(NIGHT * 3600)));
    let evening = evening.get(..10).unwrap_or_default().to_owned();
    let ended = Duration::from_millis(ended);
    Some(Found { path, evening, begun, ended, texts, cycles, bytes })
}

/// `2026-11-01-213045`: date and time of day in UTC, from the time since 1970. The days are
/// counted as in Howard Hinnant's "chrono-compatible low-level date algorithms".
pub fn stamp(since: Duration) -> String {
    let seconds = since.as_secs();
    let (days, time) = ((seconds / 86_400) as i64, seconds % 86_400);
    let z = days + 719_468;
    let (era, day_of_era) = (z.div_euclid(146_097), z.rem_euclid(146_097));
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (hour, minute, second) = (time / 3600, time / 60 % 60, time % 60);
    format!("{year:04}-{month:02}-{day:02}-{hour:02}{minute:02}{second:02}")
}
