//! Where cues go: what every output can do, and which one a cue is for.

use crate::clock::Frame;
use crate::cue::Cue;
use crate::scheduler::Ramp;

pub mod midi;
pub mod osc;
pub mod silence;
pub mod synth;
pub mod tape;

/// Something that makes cues heard or seen. Owned by whoever runs the stage, never shared.
pub trait Output: Send {
    /// How long before its time a cue is handed over, in frames.
    fn lead(&self) -> Frame;

    /// How long before its time a cue can no longer be taken back; at most [`Output::lead`].
    fn fixed(&self) -> Frame {
        self.lead()
    }

    /// Takes a cue. Trouble is said once and never stops the music.
    fn cue(&mut self, cue: &Cue);

    /// Takes back every cue from frame `from` on that can still be taken back.
    fn withdraw(&mut self, _from: Frame) {}

    /// Takes note of where the fader of a lane goes; see [`Cue::lane`] and [`Cue::level`].
    fn ramp(&mut self, _ramp: &Ramp) {}

    /// Lets what sounds at a frame fade from there on.
    fn hush(&mut self, _at: Frame) {}

    /// Cuts what sounds at once.
    fn panic(&mut self) {}

    /// Called a few times a second, for what an output has to look after by itself.
    fn tend(&mut self) {}
}
