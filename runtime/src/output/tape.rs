//! Keeps every cue that would be heard: for tests, and for counting.

use super::Output;
use crate::clock::Frame;
use crate::cue::Cue;
use std::sync::{Arc, Mutex, MutexGuard};

/// The cues on a tape, in the order in which they were told.
#[derive(Clone, Debug, Default)]
pub struct Tape(Arc<Mutex<Vec<Cue>>>);

/// The output that records on a [`Tape`].
pub struct Recorder {
    tape: Tape,
    lead: Frame,
    fixed: Frame,
}

impl Tape {
    /// An output that is told `lead` frames ahead and can take back up to `fixed` frames ahead.
    pub fn recorder(&self, lead: Frame, fixed: Frame) -> Recorder {
        Recorder { tape: self.clone(), lead, fixed }
    }

    /// What is on it, withdrawn cues taken off.
    pub fn cues(&self) -> Vec<Cue> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Cue>> {
        self.0.lock().unwrap_or_else(|e| e.into_inner())
    }
}

impl Output for Recorder {
    fn lead(&self) -> Frame {
        self.lead
    }
    fn fixed(&self) -> Frame {
        self.fixed
    }
    fn cue(&mut self, cue: &Cue) {
        self.tape.lock().push(cue.clone());
    }
    fn withdraw(&mut self, from: Frame) {
        self.tape.lock().retain(|cue| cue.at < from);
    }
}
