//! Which parts are heard just now: what lights the lamps of the status line.

use crate::clock::Frame;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};

/// Parts that have a lamp; more are played but stay dark.
const PARTS: usize = 256;
/// Events that are remembered of each part.
const LAST: usize = 4;

/// The last events of each part, by when they are heard. Written by the scheduler, read by whoever
/// draws.
pub struct Activity {
    parts: Vec<Part>,
    names: Mutex<BTreeMap<Arc<str>, u16>>,
}

struct Part {
    at: [AtomicI64; LAST],
    next: AtomicUsize,
}

impl Default for Part {
    fn default() -> Part {
        let at = [const { AtomicI64::new(Frame::MIN) }; LAST];
        Part { at, next: AtomicUsize::new(0) }
    }
}

impl Default for Activity {
    fn default() -> Activity {
        let parts = (0..PARTS).map(|_| Part::default()).collect();
        Activity { parts, names: Mutex::default() }
    }
}

impl Activity {
    /// An event of a part is heard at a frame.
    pub fn note(&self, name: &Arc<str>, part: u16, at: Frame) {
        let Some(cell) = self.parts.get(usize::from(part)) else { return };
        let next = cell.next.fetch_add(1, Relaxed);
        // The name is told with the first event: what follows touches atomics only.
        if next == 0 {
            self.names.lock().unwrap_or_else(PoisonError::into_inner).insert(name.clone(), part);
        }
        if let Some(slot) = cell.at.get(next % LAST) {
            slot.store(at, Relaxed);
        }
    }

    /// Whether an event of the part begins in these frames.
    pub fn heard(&self, name: &str, from: Frame, until: Frame) -> bool {
        let part = {
            let names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
            names.get(name).copied()
        };
        let cell = part.and_then(|part| self.parts.get(usize::from(part)));
        cell.is_some_and(|cell| cell.at.iter().any(|at| (from..until).contains(&at.load(Relaxed))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_lit_while_its_event_is_new() {
        let activity = Activity::default();
        let kick: Arc<str> = "kick".into();
        (0..6).for_each(|n| activity.note(&kick, 3, n * 1000));
        assert!(activity.heard("kick", 4900, 5100));
        assert!(!activity.heard("kick", 5100, 9000));
        assert!(!activity.heard("snare", 0, 9000));
        activity.note(&"far".into(), u16::MAX, 5000);
        assert!(!activity.heard("far", 0, 9000));
    }
}
