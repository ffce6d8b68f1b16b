//! Notes and phrases, as models give them to the rest of the instrument.

/// A length or a moment in ticks; [`TICKS_PER_BEAT`] make a quarter note.
pub type Ticks = u32;

/// Ticks in a quarter note: sixteenths are 6, eighth triplets 8, 32nds 3.
pub const TICKS_PER_BEAT: Ticks = 24;

/// One note of a phrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Note {
    /// Ticks from the start of the phrase.
    pub onset: Ticks,
    /// How long it sounds, in ticks.
    pub duration: Ticks,
    /// MIDI number, 60 is middle C.
    pub pitch: u8,
}

/// A finished phrase.
#[derive(Debug, Clone, PartialEq)]
pub struct Phrase {
    /// In order of onset; they never overlap.
    pub notes: Vec<Note>,
    /// Length in ticks, a whole number of bars.
    pub length: Ticks,
    /// How surprising the model itself finds the phrase, in nats.
    pub nats: f64,
}
