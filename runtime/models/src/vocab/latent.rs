//! The latent vocabularies: two bars of a melody or of drums as one symbol for every sixteenth.
//!
//! `training/latent_data.py` and `latent_model.py` are the same in Python. A melody's symbol says
//! that what sounds goes on ([`HOLD`]), that silence begins ([`REST`]), or which pitch begins: 2 and
//! up are the pitch tokens of the melody vocabulary. A symbol of drums is a combination of nine
//! classes, bit 0 is the kick.
//!
//! A decoder's step reads these columns, and as reals the point, for drums followed by the classes
//! that sounded 1, 2, 3 and 4 sixteenths and a bar ago:
//!
//! | column | what |
//! |---|---|
//! | `symbol_N`, `symbol_bar` | melody only: the symbol so long ago, 63 for none |
//! | `pitch` | melody only: the latest symbol that was a pitch, 63 for none |
//! | `step` | sixteenths since the start of the window |
//! | `place` | sixteenths since the bar line |
//! | `bar` | sixteenths in a bar |

use super::Vocabulary;
use super::drums::{COMBINATIONS, DRUMS, SIXTEENTH, write_bits};
use super::melody::{LOWEST, PITCHES, pitch_of, token_of};
use crate::phrase::{Note, Ticks};

/// Bars of one window.
pub const BARS: usize = 2;
/// What sounds goes on.
pub const HOLD: u16 = 0;
/// Silence begins.
pub const REST: u16 = 1;
/// The symbol of the lowest pitch.
pub const FIRST: u16 = 2;
/// Before the start of a window, or after its end (melody).
pub const BEYOND: u16 = 63;
/// The most sixteenths in a bar, and one.
const PLACES: i64 = 25;

/// Sixteenths that a decoder sees as they were written.
const PAST: usize = 4;

/// Numbers of a point.
const WIDTH: usize = 128;

/// What is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// One voice.
    Melody,
    /// Nine classes of drums.
    Drums,
}

/// What a decoder of melodies reads and writes.
pub const MELODY: Vocabulary = Vocabulary {
    name: "melody-vae",
    columns: &[
        ("symbol_1", 64),
        ("symbol_2", 64),
        ("symbol_3", 64),
        ("symbol_4", 64),
        ("symbol_bar", 64),
        ("pitch", 64),
        ("step", 48),
        ("place", PLACES),
        ("bar", PLACES),
    ],
    reals: WIDTH,
    heads: &[&[63]],
    window: 1,
    script: "train_vae.py and export_vae.py",
};

/// What a decoder of drums reads and writes.
pub const DRUM: Vocabulary = Vocabulary {
    name: "drums-vae",
    columns: &[("step", 40), ("place", PLACES), ("bar", PLACES)],
    reals: WIDTH + (PAST + 1) * DRUMS,
    heads: &[&[COMBINATIONS]],
    window: 1,
    script: "train_vae.py and export_vae.py",
};

impl Kind {
    /// What decoders of a vocabulary write, if it is one of these.
    pub fn of(vocabulary: &Vocabulary) -> Option<Self> {
        [Self::Melody, Self::Drums]
            .into_iter()
            .find(|kind| kind.vocabulary().name == vocabulary.name)
    }

    /// The vocabulary of its decoders.
    pub fn vocabulary(self) -> &'static Vocabulary {
        match self {
            Self::Melody => &MELODY,
            Self::Drums => &DRUM,
        }
    }

    /// The most sixteenths of a window.
    pub fn longest(self) -> usize {
        match self {
            Self::Melody => 48,
            Self::Drums => 40,
        }
    }

    /// Width of a point.
    pub fn width(self) -> usize {
        match self {
            Self::Melody => MELODY.reals,
            Self::Drums => DRUM.reals - (PAST + 1) * DRUMS,
        }
    }

    /// What stands before and after a window.
    fn beyond(self) -> u16 {
        match self {
            Self::Melody => BEYOND,
            Self::Drums => 0,
        }
    }

    /// What an encoder reads of a window: its symbols, filled up, then the sixteenths in a bar.
    pub fn entry(self, symbols: &[u16], bar: usize) -> Vec<i64> {
        let filled = symbols.iter().copied().chain(std::iter::repeat(self.beyond()));
        let row = filled.take(self.longest()).map(i64::from);
        row.chain([i64::try_from(bar).unwrap_or(PLACES - 1)]).collect()
    }

    /// What a decoder reads before the symbol after `written`; both slices are zero before, and
    /// the point stands in `reals` already.
    pub fn row(self, written: &[u16], bar: usize, columns: &mut [i64], reals: &mut [f32]) {
        let now = written.len();
        let ago = |steps: usize| {
            let at = now.checked_sub(steps).and_then(|at| written.get(at));
            at.copied().unwrap_or(self.beyond())
        };
        let places = [now, now % bar.max(1), bar].map(|v| i64::try_from(v).unwrap_or(0));
        let past = (1..=PAST).chain([bar]).map(ago);
        match self {
            Self::Melody => {
                let pitched = written.iter().rev().find(|symbol| (FIRST..BEYOND).contains(symbol));
                let past = past.chain([pitched.copied().unwrap_or(BEYOND)]).map(i64::from);
                columns.iter_mut().zip(past.chain(places)).for_each(|(to, from)| *to = from);
            }
            Self::Drums => {
                columns.iter_mut().zip(places).for_each(|(to, from)| *to = from);
                let bits = reals.get_mut(self.width()..).unwrap_or_default();
                bits.chunks_mut(DRUMS).zip(past).for_each(|(to, from)| write_bits(to, from));
            }
        }
    }
}

/// Sixteenth to which a moment moves.
pub fn step_of(ticks: Ticks) -> usize {
    (ticks.saturating_add(SIXTEENTH / 2) / SIXTEENTH) as usize
}

/// The symbols of notes in ticks from the first bar line, in order, for so many sixteenths. Of
/// two notes that move to the same place the first stands.
pub fn symbols(notes: &[Note], reference: i32, steps: usize) -> Vec<u16> {
    let mut symbols = vec![HOLD; steps];
    if let Some(first) = symbols.first_mut() {
        *first = REST;
    }
    let mut until = 0;
    for note in notes {
        let at = step_of(note.onset);
        let Some(current) = symbols.get(at).copied() else { break };
        silence(&mut symbols, until, at);
        if current < FIRST
            && let Some(place) = symbols.get_mut(at)
        {
            *place = FIRST + u16::from(token_of(note.pitch, reference));
        }
        until = step_of(note.onset.saturating_add(note.duration)).max(at + 1);
    }
    let end = symbols.len();
    silence(&mut symbols, until, end);
    symbols
}

/// Silence begins where the last note ends, unless the next one begins there.
fn silence(symbols: &mut [u16], until: usize, next: usize) {
    if 0 < until
        && until < next
        && let Some(place) = symbols.get_mut(until)
    {
        *place = REST;
    }
}

/// The MIDI pitch that a symbol begins, if it begins one.
pub fn pitch(symbol: u16, reference: i32) -> Option<u8> {
    let token = u8::try_from(symbol.checked_sub(FIRST)?).ok()?;
    pitch_of(token, reference).filter(|_| token < PITCHES)
}

/// The notes of symbols, in ticks, and the sixteenth where each begins.
pub fn notes(symbols: &[u16], reference: i32) -> Vec<(usize, Note)> {
    let mut notes: Vec<(usize, Note)> = Vec::new();
    let mut sounding = false;
    for (step, &symbol) in symbols.iter().enumerate() {
        match (symbol, notes.last_mut()) {
            (HOLD, Some((_, note))) if sounding => note.duration += SIXTEENTH,
            (HOLD | REST, _) => sounding = false,
            _ => {
                sounding = pitch(symbol, reference).is_some_and(|pitch| {
                    let onset = Ticks::try_from(step).unwrap_or(0) * SIXTEENTH;
                    notes.push((step, Note { onset, duration: SIXTEENTH, pitch }));
                    true
                });
            }
        }
    }
    notes
}

/// Octaves by which the middle of these pitches must move to lie where tunes lie, in semitones.
pub fn octaves(notes: &[Note], reference: i32) -> i32 {
    let usual = reference + LOWEST + 29;
    let sum: i32 = notes.iter().map(|note| i32::from(note.pitch)).sum();
    let count = i32::try_from(notes.len()).unwrap_or(1).max(1);
    let off = usual - sum.div_euclid(count);
    // A tune may lie an octave off before it is moved: registers are part of what is written.
    if off.abs() <= 12 { 0 } else { (off + off.signum() * 6) / 12 * 12 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(onset: u32, duration: u32, pitch: u8) -> Note {
        Note { onset, duration, pitch }
    }

    #[test]
    fn notes_on_sixteenths_survive_the_way_there_and_back() {
        let tune = [note(12, 12, 62), note(24, 6, 64), note(36, 60, 67), note(96, 6, 62)];
        let written = symbols(&tune, 62, 32);
        let back: Vec<Note> = notes(&written, 62).into_iter().map(|(_, note)| note).collect();
        assert_eq!(back, tune);
        assert_eq!(written.first(), Some(&REST), "it begins with a rest");
    }

    #[test]
    fn what_lies_between_moves_and_what_collides_is_left_out() {
        let written = symbols(&[note(0, 8, 60), note(8, 8, 62), note(16, 8, 64)], 60, 16);
        let back: Vec<_> =
            notes(&written, 60).into_iter().map(|(_, n)| (n.onset, n.pitch)).collect();
        assert_eq!(back, [(0, 60), (6, 62), (18, 64)], "a triplet goes to the nearest sixteenths");
        let crowded = symbols(&[note(0, 3, 60), note(2, 3, 62)], 60, 4);
        assert_eq!(notes(&crowded, 60).len(), 1);
    }

    #[test]
    fn a_bass_line_moves_up_by_whole_octaves() {
        let bass = [note(0, 6, 36), note(6, 6, 43)];
        assert_eq!(octaves(&bass, 60), 24);
        assert_eq!(octaves(&[note(0, 6, 60), note(6, 6, 72)], 60), 0);
    }
}
