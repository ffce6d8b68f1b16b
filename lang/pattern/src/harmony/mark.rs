//! The scale that made an event, carried among the event's causes.
//!
//! `scaleTranspose` has to know the scale of a note, and a note is a plain word or a control. The
//! scale is one of the causes of the event, so it travels where the others do: as a place of
//! length 0 in a file that no program has.

use super::pitch::Pitch;
use super::scale::Scale;
use crate::hap::Locs;
use crate::loc::Loc;

/// The file number of such places, which no source is given (the last number but one: the last
/// is the standard library's).
pub const SCALE_FILE: u16 = u16::MAX - 1;
/// Added to accidentals, which are -8 to 8, so that they are not negative.
const FLATS: i32 = 8;
const ACCIDENTALS: i32 = 17;
const LETTERS: i32 = 7;

/// Marks an event as made by a scale, instead of any scale before.
pub(crate) fn mark(locs: &mut Locs, scale: &Scale) {
    let root = scale.root();
    let tonic = root.letter * ACCIDENTALS + root.accidental + FLATS;
    let code = scale.number * (LETTERS * ACCIDENTALS) as usize + tonic.max(0) as usize;
    let mut marked = Locs::none();
    for loc in locs.as_slice().iter().filter(|loc| loc.file() != SCALE_FILE) {
        marked.join(&Locs::one(*loc));
    }
    marked.join(&Locs::one(Loc::new(SCALE_FILE, code, code)));
    *locs = marked;
}

/// The scale that made an event; its tonic is without octave.
pub(crate) fn scale_of(locs: &Locs) -> Option<Scale> {
    let loc = locs.as_slice().iter().rev().find(|loc| loc.file() == SCALE_FILE)?;
    let code = loc.from() as i32;
    let tonic = code % (LETTERS * ACCIDENTALS);
    let (letter, accidental) = (tonic / ACCIDENTALS, tonic % ACCIDENTALS - FLATS);
    let pitch = Pitch { letter, accidental, octave: None };
    Scale::numbered((code / (LETTERS * ACCIDENTALS)) as usize, Some(pitch))
}
