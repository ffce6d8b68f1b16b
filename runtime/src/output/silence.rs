//! The place of the built-in synth while the sound card is left alone: cues are taken, nothing sounds.

use super::Output;
use crate::clock::Frame;
use crate::cue::Cue;

/// Takes cues when the synth would.
pub struct Silence {
    lead: Frame,
    fixed: Frame,
}

impl Silence {
    /// In place of a synth that makes `rate` frames a second.
    pub fn new(rate: u32) -> Silence {
        let frames = |seconds: f64| (seconds * f64::from(rate)) as Frame;
        Silence { lead: frames(super::synth::LEAD), fixed: frames(super::synth::FIXED) }
    }
}

impl Output for Silence {
    fn lead(&self) -> Frame {
        self.lead
    }
    fn fixed(&self) -> Frame {
        self.fixed
    }
    fn cue(&mut self, _cue: &Cue) {}
}
