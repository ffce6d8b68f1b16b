//! Who plays what a session accepts: the real stage, or one in virtual time.

use crate::device::Reading;
use crate::route::Routes;
use crate::scheduler::Past;
use crate::stage::When;
use mag_lang::Program;
use mag_pattern::{Pattern, Time};
use std::path::Path;
use std::sync::Arc;

/// Who plays what a session accepts: the real stage, or one in virtual time.
pub trait Player {
    /// Lets `program` take over; answers when, in cycles. `None` if nothing can play any more.
    fn swap(&mut self, program: Arc<Program>, routes: Routes, when: When) -> Option<Time>;
    /// Plays the first cycle of `pattern` once; answers from when.
    fn once(&mut self, pattern: Pattern, when: When) -> Option<Time>;
    /// Lets what sounds at the moment `at` fade.
    fn hush(&mut self, at: Time);
    /// Cuts what sounds.
    fn panic(&mut self);
    /// The cycle that the performance begins with, if it has not begun, and what had played before.
    fn begin_at(&mut self, first: Time, past: &Past);
    /// The moment that is now, in cycles.
    fn now(&self) -> Time;
    /// Frames a second.
    fn rate(&self) -> u32;
    /// How the sound card is kept up with; `None` where there is none.
    fn load(&self) -> Option<Reading> {
        None
    }
    /// What was measured while it played, as text; or forgets it.
    fn timing(&mut self, _reset: bool) -> String {
        "nothing is measured here".into()
    }
    /// Records what sounds to a WAV file; `None` ends the recording. Answers what to tell.
    ///
    /// # Errors
    /// In the performer's words.
    fn record(&mut self, path: Option<&Path>) -> Result<String, String>;
}
