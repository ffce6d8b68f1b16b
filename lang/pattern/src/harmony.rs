//! Harmony: scales, intervals, chords and their voicings, arpeggios.
//!
//! Meanings follow Strudel's tonal functions; `toScale`, `rolled`, the named arpeggios and chord
//! words such as `c'maj7'ii` follow Tidal. Arguments are plain values: whoever has a pattern of
//! them lifts these functions.

mod arp;
mod chord;
mod degree;
mod dictionary;
mod interval;
mod mark;
mod nearest;
mod notes;
mod pitch;
mod scale;
mod tidal;
mod transpose;
mod voicing;

pub use arp::{ARP_MODES, arp, arp_with, rolled, rolled_by};
pub use chord::{Chord, root_notes};
pub use degree::{scale, scale_transpose};
pub use dictionary::{DICTIONARIES, chord_symbols};
pub use interval::Interval;
pub use pitch::Pitch;
pub use scale::{Scale, scale_names};
pub use tidal::{chord_names, tidal_chord, to_scale, to_scale_in};
pub use transpose::transpose;
pub use voicing::voicing;
