//! The last note of each part, from which the next one may glide.

use crate::param::Param;
use crate::shot::Shot;

/// Parts that are told apart; beyond that, numbers share a place.
const PARTS: usize = 256;

/// A note, when it began, and the one before it.
#[derive(Clone, Copy, Debug, Default)]
struct Last {
    at: u64,
    note: Option<f32>,
    before: Option<f32>,
}

/// What each part played last.
pub(crate) struct Notes([Last; PARTS]);

impl Notes {
    /// Nothing was played.
    pub fn new() -> Self {
        Notes([Last::default(); PARTS])
    }

    /// The note before `shot`, which starts at frame `at`; the notes of a chord share it.
    pub fn previous(&mut self, shot: &Shot, at: u64) -> Option<f32> {
        let last = &mut self.0[usize::from(shot.part) % PARTS];
        if last.note.is_none() || last.at != at {
            last.before = last.note;
            last.at = at;
        }
        last.note = Some(shot.get(Param::MidiNote));
        last.before
    }
}
