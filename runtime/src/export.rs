//! What a performance can be written to: sound, notes, or a list of events.

pub mod events;
pub mod loudness;
pub mod midi;
pub mod recording;
pub mod wav;
