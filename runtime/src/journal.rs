//! What was performed, on disk before it sounds: one JSON object a line, only ever appended to.
//!
//! ```text
//! {"is":"start","format":1,"unix_ms":1790000000000}
//! {"is":"text","unix_ms":…,"mode":"file","when":"beat","name":"first.mag","text":"…","files":{}}
//! {"is":"landed","at":"37/4"}
//! ```
//!
//! Each `text` was synced to disk before its change sounded; the `landed` after it says in which
//! moment (in cycles) the change took effect. A last line that a power cut left unfinished is left
//! out when the journal is read.

use crate::stage::When;
use mag_lang::Mode;
use mag_pattern::Time;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The format that this version writes.
const FORMAT: u32 = 1;

/// One line of a journal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
enum Line {
    Start {
        format: u32,
        unix_ms: u64,
    },
    Text {
        unix_ms: u64,
        mode: Whole,
        when: String,
        name: String,
        text: String,
        #[serde(default)]
        files: BTreeMap<String, String>,
    },
    Landed {
        at: String,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Whole {
    File,
    Block,
}

/// A text that was accepted, as the journal keeps it.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Whole program or block.
    pub mode: Mode,
    /// When it was to take effect.
    pub when: When,
    /// Name of the text, as in reports.
    pub name: String,
    /// All of it.
    pub text: String,
    /// The files that it used, as they were.
    pub files: BTreeMap<String, String>,
    /// When it took effect; `None` if the journal ends before it is said.
    pub landed: Option<Time>,
}

/// A journal that is being written.
#[derive(Debug)]
pub struct Journal {
    file: File,
    path: PathBuf,
}

impl Journal {
    /// Starts a new journal in `folder`, named after the time (UTC), readable by its owner only.
    ///
    /// # Errors
    /// If it cannot be written there.
    pub fn create(folder: &Path) -> std::io::Result<Journal> {
        std::fs::create_dir_all(folder)?;
        let name = stamp(since_1970());
        let mut options = OpenOptions::new();
        options.append(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let paths = (0..100).map(|n| match n {
            0 => folder.join(format!("{name}.jsonl")),
            n => folder.join(format!("{name}-{n}.jsonl")),
        });
        let mut last = std::io::Error::other("too many journals at once");
        for path in paths {
            match options.open(&path) {
                Ok(file) => {
                    let mut journal = Journal { file, path };
                    journal.write(&Line::Start { format: FORMAT, unix_ms: unix_ms() })?;
                    return Ok(journal);
                }
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => last = error,
                Err(error) => return Err(error),
            }
        }
        Err(last)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a text that was accepted, and waits until it is safe on the disk.
    ///
    /// # Errors
    /// If the disk does not take it.
    pub fn text(&mut self, entry: &Entry) -> std::io::Result<()> {
        let mode = match entry.mode {
            Mode::File => Whole::File,
            Mode::Block => Whole::Block,
        };
        let (when, name) = (entry.when.to_string(), entry.name.clone());
        let (text, files) = (entry.text.clone(), entry.files.clone());
        self.write(&Line::Text { unix_ms: unix_ms(), mode, when, name, text, files })?;
        self.file.sync_data()
    }

    /// Writes when the last text took effect.
    ///
    /// # Errors
    /// If the disk does not take it.
    pub fn landed(&mut self, at: Time) -> std::io::Result<()> {
        self.write(&Line::Landed { at: at.to_string() })
    }

    fn write(&mut self, line: &Line) -> std::io::Result<()> {
        let mut text = serde_json::to_string(line)?;
        text.push('\n');
        self.file.write_all(text.as_bytes())
    }
}

/// Reads a journal; lines that cannot be read (a power cut leaves half of one) are left out, and
/// their number is the second answer.
///
/// # Errors
/// If the file cannot be opened, or is no journal.
pub fn read(path: &Path) -> Result<(Vec<Entry>, usize), String> {
    let name = path.display();
    let file = File::open(path).map_err(|e| format!("cannot read {name}: {e}"))?;
    let mut entries: Vec<Entry> = Vec::new();
    let (mut lost, mut started) = (0, false);
    for line in BufReader::new(file).split(b'\n') {
        let line = line.map_err(|e| format!("cannot read {name}: {e}"))?;
        match serde_json::from_slice(&line) {
            Ok(Line::Start { format: FORMAT, .. }) => started = true,
            Ok(Line::Start { format, .. }) => {
                return Err(format!("{name} has format {format}; this mag reads {FORMAT}"));
            }
            Ok(Line::Text { mode, when, name, text, files, .. }) => {
                let mode = if mode == Whole::File { Mode::File } else { Mode::Block };
                let when = When::parse(&when).unwrap_or(When::Beat);
                entries.push(Entry { mode, when, name, text, files, landed: None });
            }
            Ok(Line::Landed { at }) => {
                if let Some(last) = entries.last_mut() {
                    last.landed = parse_time(&at);
                }
            }
            Err(_) if line.is_empty() => {}
            Err(_) => lost += 1,
        }
    }
    if started {
        Ok((entries, lost))
    } else {
        Err(format!("{name} is no journal of mag: expected a first line {{\"is\":\"start\",…}}"))
    }
}

/// Where journals are kept: `mag/journal` in `XDG_STATE_HOME`, or in `~/.local/state`.
pub fn folder() -> Option<PathBuf> {
    let home = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|p| p.is_absolute());
    let state = home("XDG_STATE_HOME").or_else(|| home("HOME").map(|h| h.join(".local/state")))?;
    Some(state.join("mag/journal"))
}

fn parse_time(text: &str) -> Option<Time> {
    let (num, den) = text.split_once('/').unwrap_or((text, "1"));
    Some(Time::new(num.parse().ok()?, den.parse().ok()?)).filter(|t| t.is_defined())
}

fn since_1970() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

fn unix_ms() -> u64 {
    since_1970().as_millis() as u64
}

/// `2026-11-01-213045`: date and time of day in UTC, from the time since 1970. The days are
/// counted as in Howard Hinnant's "chrono-compatible low-level date algorithms".
fn stamp(since: Duration) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        // 2000-02-29 23:59:59 and 2026-11-01 21:30:45, by `date -u +%s`.
        assert_eq!(stamp(Duration::from_secs(951_868_799)), "2000-02-29-235959");
        assert_eq!(stamp(Duration::from_secs(1_793_568_645)), "2026-11-01-213045");
        assert_eq!(stamp(Duration::ZERO), "1970-01-01-000000");
    }

    fn entry(text: &str) -> Entry {
        let files = BTreeMap::from([("drums.mag".to_owned(), "-- äöü\n".to_owned())]);
        let (name, text) = ("first.mag".to_owned(), text.to_owned());
        Entry { mode: Mode::File, when: When::Beat, name, text, files, landed: None }
    }

    #[test]
    fn what_is_written_is_read_and_half_a_line_is_not() -> std::io::Result<()> {
        let folder = std::env::temp_dir().join(format!("mag-journal-{}", std::process::id()));
        let mut journal = Journal::create(&folder)?;
        let first = entry("kick: s \"bd*4\"\n");
        journal.text(&first)?;
        journal.landed(Time::new(37, 4))?;
        journal.text(&entry("hush"))?;
        journal.file.write_all(b"{\"is\":\"text\",\"unix_ms\":17")?;
        let read = read(journal.path());
        std::fs::remove_dir_all(&folder)?;
        let landed = Entry { landed: Some(Time::new(37, 4)), ..first };
        assert_eq!(read, Ok((vec![landed, entry("hush")], 1)));
        Ok(())
    }

    #[test]
    fn what_is_no_journal_is_refused() {
        let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
        assert!(read(&own).is_err_and(|e| e.contains("no journal")));
    }
}
