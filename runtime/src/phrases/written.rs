//! What somebody played, as it would be written down. A melody model has learned from written tunes;
//! hands are a little early or late and let go of a key before the next, and read to the letter that
//! is a music of 32nds and tiny rests, which the model would go on with.

use mag_models::vocab::melody::on_grid;
use mag_models::{Note, TICKS_PER_BEAT, Ticks};

const SIXTEENTH: Ticks = TICKS_PER_BEAT / 4;
const EIGHTH: Ticks = TICKS_PER_BEAT / 2;
const TRIPLET: Ticks = TICKS_PER_BEAT / 3;

/// Notes of one voice, in order, on a grid of sixteenths, or of triplets in beats where these are
/// nearer; a key that is let go of shortly before the next is held until then. Notes that are on a
/// grid already, as those of patterns and models are, stay as they are.
pub fn written(notes: Vec<Note>) -> Vec<Note> {
    let begins = |note: &Note| i32::try_from(note.onset).is_ok_and(on_grid);
    // Nobody writes five sixths of a quarter: that is a quarter with a short breath.
    let ends =
        |note: &Note| end(note).is_multiple_of(SIXTEENTH / 2) || end(note).is_multiple_of(TRIPLET);
    if notes.iter().all(|note| begins(note) && ends(note)) {
        return notes;
    }
    let onsets = places(&notes);
    let mut written: Vec<Note> = Vec::with_capacity(notes.len());
    for (i, (note, &onset)) in notes.iter().zip(&onsets).enumerate() {
        let next = onsets.get(i + 1).copied();
        // Two that were struck as one: the later, which is held, is the tune.
        if next.is_some_and(|next| next <= onset) {
            continue;
        }
        written.push(Note { onset, duration: held(onset, end(note), next), ..*note });
    }
    written
}

fn end(note: &Note) -> Ticks {
    note.onset.saturating_add(note.duration)
}

/// How long a note lasts that was let go of at `end`, before one that begins at `next`.
fn held(onset: Ticks, end: Ticks, next: Option<Ticks>) -> Ticks {
    let rounded = |ticks: Ticks| ticks.saturating_add(SIXTEENTH / 2) / SIXTEENTH * SIXTEENTH;
    let own = rounded(end.saturating_sub(onset)).max(SIXTEENTH);
    let Some(room) = next.map(|next| next - onset) else { return own };
    let breath = (room / 2).clamp(SIXTEENTH, EIGHTH);
    if end + breath > onset + room { room } else { own.min(room) }
}

/// Where each note is written: beat by beat on the grid that is nearer to what was played in it.
fn places(notes: &[Note]) -> Vec<Ticks> {
    let beat = |note: &Note| note.onset.saturating_add(SIXTEENTH / 2) / TICKS_PER_BEAT;
    let nearest = |onset: Ticks, grid: Ticks| onset.saturating_add(grid / 2) / grid * grid;
    let mut places = Vec::with_capacity(notes.len());
    for together in notes.chunk_by(|a, b| beat(a) == beat(b)) {
        let error = |grid: Ticks| -> u32 {
            together.iter().map(|note| nearest(note.onset, grid).abs_diff(note.onset)).sum()
        };
        // Triplets are rare: they must be clearly meant.
        let triplets = error(TRIPLET) + 2 < error(SIXTEENTH);
        let grid = if triplets { TRIPLET } else { SIXTEENTH };
        places.extend(together.iter().map(|note| nearest(note.onset, grid)));
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notes(of: &[(Ticks, Ticks, u8)]) -> Vec<Note> {
        of.iter().map(|&(onset, duration, pitch)| Note { onset, duration, pitch }).collect()
    }

    #[test]
    fn quarters_that_are_played_are_quarters() {
        let played = notes(&[(1, 20, 60), (23, 17, 62), (50, 21, 64), (71, 25, 65)]);
        let expected = notes(&[(0, 24, 60), (24, 24, 62), (48, 24, 64), (72, 24, 65)]);
        assert_eq!(written(played), expected);
    }

    #[test]
    fn a_machine_with_a_breath_after_each_note_plays_quarters() {
        let played: Vec<_> = (0..4).map(|i| (24 * i, 20, 60)).collect();
        let expected = notes(&[(0, 24, 60), (24, 24, 60), (48, 24, 60), (72, 18, 60)]);
        assert_eq!(written(notes(&played)), expected);
    }

    #[test]
    fn short_notes_and_rests_are_kept() {
        let played = notes(&[(0, 10, 60), (25, 11, 62), (37, 9, 64), (97, 16, 65)]);
        let expected = notes(&[(0, 12, 60), (24, 12, 62), (36, 12, 64), (96, 18, 65)]);
        assert_eq!(written(played), expected);
    }

    #[test]
    fn triplets_are_triplets() {
        let played = notes(&[(0, 7, 60), (9, 6, 62), (16, 7, 64), (25, 23, 65)]);
        let expected = notes(&[(0, 8, 60), (8, 8, 62), (16, 8, 64), (24, 24, 65)]);
        assert_eq!(written(played), expected);
    }

    #[test]
    fn keys_that_are_struck_as_one_are_one() {
        let played = notes(&[(0, 1, 60), (1, 22, 64), (24, 20, 65)]);
        let expected = notes(&[(0, 24, 64), (24, 18, 65)]);
        assert_eq!(written(played), expected);
    }

    #[test]
    fn what_is_written_stays() {
        let given = notes(&[(0, 3, 60), (3, 9, 62), (12, 4, 63), (16, 8, 64), (48, 18, 65)]);
        assert_eq!(written(given.clone()), given);
    }
}
