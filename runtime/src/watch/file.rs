//! One followed file: when what was read of it can be believed. Pure; told what was read and when.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long a text must stand still after its writer has closed it: another write may follow.
const CLOSED: Duration = Duration::from_millis(1);
/// How long a text must stand still while its writer may still be at it. Linux tells when a writer
/// is done, so there is no hurry to believe one who is not: its disk may be slow.
const OPEN: Duration = Duration::from_millis(if cfg!(target_os = "linux") { 400 } else { 40 });
/// How long an empty file is taken for one between truncation and writing.
const EMPTY: Duration = Duration::from_millis(60);
/// How long a missing file is taken for one between deletion and being created again.
const MISSING: Duration = Duration::from_millis(500);

/// What looking at the file gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// Its text.
    Text(Arc<str>),
    /// It does not exist.
    Missing,
    /// It exists but is no text: why.
    Unreadable(String),
}

/// What became of a followed file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It has another text now.
    Text {
        /// Which file.
        path: PathBuf,
        /// All of it.
        text: Arc<str>,
    },
    /// It is gone, and has not come back for a while.
    Gone {
        /// Which file.
        path: PathBuf,
    },
    /// It cannot be read.
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
}

/// A file that is followed, and what is known of it.
pub(super) struct Followed {
    pub path: PathBuf,
    /// What was delivered last, or known before.
    known: Option<Reading>,
    /// What was read last, and since when it has been so.
    seen: Option<(Reading, Instant)>,
    /// Whether its last writer has closed it.
    closed: bool,
    /// When to look again.
    pub due: Option<Instant>,
}

impl Followed {
    /// A file whose text is already `known`, or is to be delivered once it is read.
    pub fn new(path: PathBuf, known: Option<Arc<str>>, now: Instant) -> Followed {
        let known = known.map(Reading::Text);
        Followed { path, known, seen: None, closed: false, due: Some(now) }
    }

    /// The text is known from elsewhere and need not be delivered.
    pub fn know(&mut self, text: Arc<str>) {
        self.known = Some(Reading::Text(text));
    }

    /// Something happened to the file; `closed`: whoever wrote it has closed it or moved it there.
    pub fn touch(&mut self, closed: bool, now: Instant) {
        self.closed = closed;
        let wait = if closed { CLOSED } else { Duration::ZERO };
        self.due = Some(now + wait);
        if closed {
            self.seen = None;
        }
    }

    /// Takes what was just read; answers what to deliver, and sets when to look again.
    pub fn look(&mut self, reading: Reading, now: Instant) -> Option<Change> {
        let since = match &self.seen {
            Some((seen, since)) if *seen == reading => *since,
            _ => now,
        };
        let patience = match &reading {
            Reading::Text(text) if text.is_empty() => EMPTY,
            Reading::Text(_) if self.closed => Duration::ZERO,
            Reading::Text(_) => OPEN,
            Reading::Missing | Reading::Unreadable(_) => MISSING,
        };
        if self.known.as_ref() == Some(&reading) {
            // Back to what it was: nothing to tell, but a writer may be under way.
            self.due = None;
            self.seen = Some((reading, since));
            return None;
        }
        if now < since + patience {
            self.due = Some(since + patience);
            self.seen = Some((reading, since));
            return None;
        }
        self.due = None;
        self.seen = None;
        self.known = Some(reading.clone());
        let path = self.path.clone();
        Some(match reading {
            Reading::Text(text) => Change::Text { path, text },
            Reading::Missing => Change::Gone { path },
            Reading::Unreadable(reason) => Change::Unreadable { path, reason },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Reading {
        Reading::Text(text.into())
    }

    fn followed(start: Instant) -> Followed {
        Followed::new("a.mag".into(), Some("old".into()), start)
    }

    #[test]
    fn a_closed_file_is_believed_at_once() {
        let start = Instant::now();
        let mut file = followed(start);
        file.touch(true, start);
        assert_eq!(file.due, Some(start + CLOSED));
        let change = file.look(text("new"), start + CLOSED);
        assert_eq!(change, Some(Change::Text { path: "a.mag".into(), text: "new".into() }));
        assert_eq!(file.due, None);
    }

    #[test]
    fn a_file_being_written_is_believed_when_it_stands_still() {
        let start = Instant::now();
        let ms = |n| start + Duration::from_millis(n);
        let mut file = followed(start);
        for (at, so_far) in [(0, "n"), (30, "ne"), (60, "new")] {
            file.touch(false, ms(at));
            assert_eq!(file.look(text(so_far), ms(at)), None);
        }
        let still = ms(60) + OPEN;
        assert_eq!(file.look(text("new"), still - Duration::from_millis(1)), None);
        assert!(file.look(text("new"), still).is_some());
    }

    #[test]
    fn an_empty_file_is_believed_only_after_a_while() {
        let start = Instant::now();
        let ms = |n| start + Duration::from_millis(n);
        let mut file = followed(start);
        file.touch(true, start);
        assert_eq!(file.look(text(""), ms(2)), None);
        assert!(file.look(text("new"), ms(40)).is_some());
        file.touch(true, ms(50));
        assert_eq!(file.look(text(""), ms(52)), None);
        assert_eq!(file.due, Some(ms(52) + EMPTY));
        assert!(file.look(text(""), ms(112)).is_some(), "it really is empty");
    }

    #[test]
    fn a_deleted_file_that_comes_back_the_same_is_no_change() {
        let start = Instant::now();
        let ms = |n| start + Duration::from_millis(n);
        let mut file = followed(start);
        file.touch(false, start);
        assert_eq!(file.look(Reading::Missing, ms(0)), None);
        assert_eq!(file.look(text("old"), ms(200)), None);
        assert_eq!(file.due, None);
        file.touch(false, ms(300));
        assert_eq!(file.look(Reading::Missing, ms(300)), None);
        assert_eq!(
            file.look(Reading::Missing, ms(800)),
            Some(Change::Gone { path: "a.mag".into() })
        );
    }
}
