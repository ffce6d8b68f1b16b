//! What was performed, on disk before it sounds: one JSON object a line, only ever appended to.
//!
//! ```text
//! {"is":"start","format":2,"unix_ms":1790000000000,"seed":0}
//! {"is":"text","unix_ms":…,"mode":"file","when":"beat","name":"first.mag","text":"…","files":{}}
//! {"is":"landed","at":"37/4"}
//! {"is":"edit","unix_ms":…,"mode":"file","when":"beat","name":"first.mag","keep":[120,310],
//!  "new":"…","sum":"…","files":{"drums.mag":null}}
//! {"is":"phrase","at":"39/4","wanted":"…","heard":"…"}
//! {"is":"heard","on":"midi","from":"41","down":[[12,125952,60,96,0]],"up":[[12,126720]]}
//! {"is":"call","on":"midi","from":"43","bar":40,"notes":[5,12],"answer":["44","46"]}
//! {"is":"here","unix_ms":…,"at":"52"}
//! {"is":"again","unix_ms":…,"at":"53"}
//! ```
//!
//! Each `text` was synced to disk before its change sounded; the `landed` after it says in which
//! moment (in cycles) the change took effect. An `edit` is a text that has so many bytes in common
//! with the beginning and the end of the one before it of the same name, and a checksum (64-bit
//! FNV-1a, in hexadecimal); a used file that is `null` is as it was. Now and then the whole text is
//! written. A `phrase` tells what was heard from a moment on for a phrase that was late: itself once
//! it had arrived. `here` tells now and then how far the performance has come. After `again` it
//! goes on, resumed: in another process, from that cycle on.
//!
//! A last line that a power cut left unfinished is left out when the journal is read, and cut off
//! before anything is appended. Format 1 (without `edit`, `phrase`, `heard`, `call`, `here`
//! and `again`) is read too.

mod delta;
mod evening;
mod played;
mod read;
mod write;

pub use evening::{Found, folder, found, newest_first, stamp};
pub use read::{Recorded, Take, read};
pub use write::{Journal, News};

use crate::stage::When;
use mag_lang::Mode;
use mag_pattern::Time;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The format that this version writes.
const FORMAT: u32 = 2;

/// One line of a journal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
enum Line {
    Start {
        format: u32,
        unix_ms: u64,
        #[serde(default)]
        seed: i64,
    },
    Text {
        unix_ms: u64,
        mode: Whole,
        when: String,
        name: String,
        text: String,
        #[serde(default)]
        files: BTreeMap<String, Option<String>>,
    },
    Edit {
        unix_ms: u64,
        mode: Whole,
        when: String,
        name: String,
        keep: (usize, usize),
        new: String,
        sum: String,
        #[serde(default)]
        files: BTreeMap<String, Option<String>>,
    },
    Landed {
        at: String,
    },
    Phrase {
        at: String,
        wanted: String,
        #[serde(default)]
        heard: Option<String>,
    },
    Heard {
        on: String,
        from: String,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        down: Vec<(u64, i64, u8, u8, u8)>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        up: Vec<(u64, i64)>,
    },
    Call {
        on: String,
        from: String,
        bar: i64,
        notes: (u64, u64),
        answer: (String, String),
    },
    Here {
        unix_ms: u64,
        at: String,
    },
    Again {
        unix_ms: u64,
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
    /// When it took effect; `None` if it changed nothing, or the journal ends before it is said.
    pub landed: Option<Time>,
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

#[cfg(test)]
mod tests;
