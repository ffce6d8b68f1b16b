//! The melody vocabulary: a tune as events (token, duration) that fill its time without gaps.
//!
//! A token is a pitch relative to the tonic, a rest, or a hold that lengthens the note before
//! it when its length is not in the table. `training/melody_data.py` is the same in Python.

mod columns;
mod lookback;

pub use columns::{COLUMNS, REALS, Row, Scene};
pub use lookback::Past;

use super::Vocabulary;
use crate::phrase::{Note, TICKS_PER_BEAT};

/// Tokens below this are pitches, upwards from [`LOWEST`] semitones off the reference tonic.
pub const PITCHES: u8 = 61;
/// Semitones from the reference tonic to the pitch of token 0.
pub const LOWEST: i32 = -24;
/// Silence.
pub const REST: u8 = 61;
/// The note before goes on.
pub const HOLD: u8 = 62;
/// Nothing begins here (in what the network reads only).
pub const NONE: u8 = 63;
/// Number of tokens.
pub const TOKENS: usize = 64;
/// The lowest MIDI pitch that serves as reference tonic when a tune is read.
pub const REFERENCE: i32 = 60;

/// Lengths of events in ticks.
pub const DURATIONS: [u32; 35] = [
    1, 2, 3, 4, 5, 6, 8, 9, 10, 12, 14, 15, 16, 18, 20, 21, 24, 27, 28, 30, 32, 33, 36, 40, 42, 48,
    54, 60, 66, 72, 84, 96, 108, 120, 144,
];
/// The duration of nothing (in what the network reads only).
pub const NO_DURATION: u8 = DURATIONS.len() as u8;

/// What a melody network reads and writes.
pub const VOCABULARY: Vocabulary = Vocabulary {
    name: "melody",
    columns: &COLUMNS,
    reals: REALS,
    heads: &[&[TOKENS], &[TOKENS, DURATIONS.len()]],
    window: 1,
    script: "train_melody.py and export_melody.py",
};

/// Places within half a beat where events may begin: 32nds and sixteenth triplets.
const GRID: [i32; 7] = [0, 3, 4, 6, 8, 9, 12];

/// One step of the network: something begins at `onset` (ticks from the first bar line).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Event {
    /// Ticks from the first bar line; negative in a pickup.
    pub onset: i32,
    /// A pitch, [`REST`] or [`HOLD`].
    pub token: u8,
    /// Index into [`DURATIONS`].
    pub duration: u8,
}

impl Event {
    /// How long the event lasts, in ticks.
    pub fn ticks(&self) -> i32 {
        ticks_of(self.duration)
    }
}

/// The length of a duration, 0 for none.
pub fn ticks_of(duration: u8) -> i32 {
    DURATIONS.get(usize::from(duration)).map_or(0, |&ticks| ticks.cast_signed())
}

/// The nearest tick that is a 32nd or a sixteenth triplet.
pub fn snap(ticks: i32) -> i32 {
    let half = TICKS_PER_BEAT.cast_signed() / 2;
    let within = ticks.rem_euclid(half);
    let nearest = GRID.into_iter().min_by_key(|place| (within - place).abs()).unwrap_or(0);
    ticks - within + nearest
}

/// Whether events may begin at this tick.
pub fn on_grid(ticks: i32) -> bool {
    snap(ticks) == ticks
}

/// The reference tonic by which tunes with this tonic (pitch class) are read.
pub fn reference(tonic: u8) -> i32 {
    REFERENCE + i32::from(tonic % 12)
}

/// The token of a MIDI pitch; pitches outside of the table move by octaves into it.
pub fn token_of(pitch: u8, reference: i32) -> u8 {
    let steps = i32::from(pitch) - reference - LOWEST;
    let top = i32::from(PITCHES) - 1;
    let folded = match steps {
        below if below < 0 => below.rem_euclid(12),
        above if above > top => above - 12 * ((above - top + 11) / 12),
        inside => inside,
    };
    u8::try_from(folded).unwrap_or(0)
}

/// The MIDI pitch of a pitch token, or `None` for rests, holds and pitches out of MIDI's range.
pub fn pitch_of(token: u8, reference: i32) -> Option<u8> {
    let pitch = u8::try_from(i32::from(token) + LOWEST + reference).ok()?;
    (token < PITCHES && pitch < 128).then_some(pitch)
}

/// Notes, in ticks from `start` on, as events that fill the time from `start` to `end` (ticks
/// from the first bar line). A note that overlaps the next one is cut short.
pub fn encode(notes: &[Note], reference: i32, start: i32, end: i32) -> Vec<Event> {
    let mut events = Vec::new();
    let mut now = start;
    for (i, note) in notes.iter().enumerate() {
        let onset = snap(start.saturating_add_unsigned(note.onset)).max(now);
        let until = snap(start.saturating_add_unsigned(note.onset.saturating_add(note.duration)));
        let next = notes.get(i + 1).map(|n| snap(start.saturating_add_unsigned(n.onset)));
        let until = until.min(next.unwrap_or(end)).min(end);
        if until <= onset {
            continue;
        }
        fill(&mut events, now, onset, REST, REST);
        fill(&mut events, onset, until, token_of(note.pitch, reference), HOLD);
        now = until;
    }
    fill(&mut events, now, end, REST, REST);
    events
}

/// Events from `from` to `to`: the first with `token`, any further ones with `following`.
fn fill(events: &mut Vec<Event>, from: i32, to: i32, token: u8, following: u8) {
    let mut now = from;
    while now < to {
        let fits = DURATIONS.iter().rposition(|&d| d.cast_signed() <= to - now).unwrap_or(0);
        let duration = u8::try_from(fits).unwrap_or(0);
        let token = if now == from { token } else { following };
        events.push(Event { onset: now, token, duration });
        now += ticks_of(duration);
    }
}

/// The notes of events, in ticks from `start` on.
pub fn decode(events: &[Event], reference: i32, start: i32) -> Vec<Note> {
    let mut notes: Vec<Note> = Vec::new();
    for event in events {
        let ticks = event.ticks().unsigned_abs();
        if event.token == HOLD {
            if let Some(note) = notes.last_mut() {
                note.duration += ticks;
            }
        } else if let Some(pitch) = pitch_of(event.token, reference) {
            let onset = u32::try_from(event.onset - start).unwrap_or(0);
            notes.push(Note { onset, duration: ticks, pitch });
        }
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(onset: u32, duration: u32, pitch: u8) -> Note {
        Note { onset, duration, pitch }
    }

    #[test]
    fn notes_on_the_grid_survive_the_way_there_and_back() {
        let notes =
            [note(0, 12, 62), note(12, 8, 64), note(20, 8, 66), note(28, 8, 67), note(60, 200, 74)];
        let events = encode(&notes, 62, -12, 248);
        assert_eq!(decode(&events, 62, -12), notes);
        assert_eq!(events.first().map(|e| e.onset), Some(-12));
        for pair in events.windows(2) {
            assert_eq!(pair[0].onset + pair[0].ticks(), pair[1].onset, "no gap and no overlap");
        }
        assert_eq!(events.last().map(|e| e.onset + e.ticks()), Some(248));
    }

    #[test]
    fn played_timing_moves_to_the_nearest_place() {
        let moved = encode(&[note(1, 10, 60), note(13, 12, 62)], 60, 0, 48);
        assert_eq!(decode(&moved, 60, 0), [note(0, 12, 60), note(12, 12, 62)]);
    }

    #[test]
    fn overlaps_are_cut_and_what_has_no_length_is_dropped() {
        let events = encode(&[note(0, 48, 60), note(12, 0, 61), note(24, 24, 62)], 60, 0, 48);
        assert_eq!(decode(&events, 60, 0), [note(0, 12, 60), note(24, 24, 62)]);
    }

    #[test]
    fn pitches_out_of_the_table_move_by_octaves() {
        assert_eq!(pitch_of(token_of(127, 60), 60), Some(91));
        assert_eq!(pitch_of(token_of(20, 60), 60), Some(44));
        assert_eq!(pitch_of(REST, 60), None);
    }
}
