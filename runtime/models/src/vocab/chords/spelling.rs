//! Chord tokens to lead-sheet symbols in a key, and back.

use super::{NO_CHORD, QUALITIES};
use crate::{Chord, Trouble};

const LETTERS: [(char, i32); 7] =
    [('C', 0), ('D', 2), ('E', 4), ('F', 5), ('G', 7), ('A', 9), ('B', 11)];
/// The letter of the tonic, as an index into [`LETTERS`], by its pitch class.
const TONICS: [[usize; 12]; 2] =
    [[0, 1, 1, 2, 2, 3, 3, 4, 5, 5, 6, 6], [0, 0, 1, 2, 2, 3, 3, 4, 4, 5, 6, 6]];
/// How many letters above the tonic's each semitone above it is written.
const DEGREES: [usize; 12] = [0, 1, 1, 2, 2, 3, 3, 4, 5, 5, 6, 6];

/// The lead-sheet symbol of a chord token in a key: F#m7, not Gbm7, in D major. `None` when
/// the token is no chord.
pub fn symbol(token: u8, tonic: u8, minor: bool) -> Option<String> {
    if token >= NO_CHORD {
        return None;
    }
    let (step, quality) =
        (usize::from(token) / QUALITIES.len(), usize::from(token) % QUALITIES.len());
    let tonic = usize::from(tonic % 12);
    let pitch = i32::try_from((tonic + step) % 12).ok()?;
    let letter = TONICS[usize::from(minor)][tonic] + DEGREES[step];
    let accidental = |letter: usize| (pitch - LETTERS[letter % 7].1 + 5).rem_euclid(12) - 5;
    // Double signs are written as the plain note that they are.
    let plain = (0..7).find(|&l| accidental(l) == 0).or((0..7).find(|&l| accidental(l) == -1));
    let letter = if accidental(letter).abs() < 2 { letter } else { plain? };
    let sign = match accidental(letter) {
        1 => "#",
        -1 => "b",
        _ => "",
    };
    Some(format!("{}{sign}{}", LETTERS[letter % 7].0, QUALITIES[quality]))
}

/// The token nearest to a chord in a key: its root with the quality that differs in the fewest
/// tones. A bass counts as a tone: `C/Bb` is nearest to C7.
///
/// # Errors
/// Never for the qualities listed here; they are themselves read as chords.
pub fn token_of(chord: &Chord, tonic: u8) -> Result<u8, Trouble> {
    let mut nearest = (u32::MAX, 0);
    for (number, quality) in (0u8..).zip(QUALITIES) {
        let known = Chord::parse(&format!("C{quality}"))?.transposed(chord.root);
        let differ = (known.tones ^ chord.tones).count_ones();
        if differ < nearest.0 {
            nearest = (differ, number);
        }
    }
    let step = (chord.root % 12 + 12 - tonic % 12) % 12;
    Ok(step * QUALITIES.len() as u8 + nearest.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_are_spelled_in_their_key() {
        let spelled = |name: &str, tonic, minor| {
            let chord = Chord::parse(name).unwrap_or_else(|t| panic!("{t}"));
            token_of(&chord, tonic).ok().and_then(|token| symbol(token, tonic, minor))
        };
        assert_eq!(spelled("Gbm", 2, false).as_deref(), Some("F#m"), "in D major");
        assert_eq!(spelled("G#", 3, false).as_deref(), Some("Ab"), "in Eb major");
        assert_eq!(spelled("D#", 0, true).as_deref(), Some("Eb"), "in C minor");
        assert_eq!(spelled("B", 6, false).as_deref(), Some("B"), "in F# major");
        assert_eq!(spelled("A", 1, false).as_deref(), Some("A"), "Bbb in Db major");
        assert_eq!(symbol(NO_CHORD, 0, false), None);
    }

    /// `SIMPLER` in `training/chords_data.py`.
    #[test]
    fn rarer_qualities_are_read_as_in_training() {
        let pairs = [
            ("add9", ""),
            ("maj9", "maj7"),
            ("maj13", "maj7"),
            ("9", "7"),
            ("13", "7"),
            ("7#9", "7"),
            ("7b9", "7"),
            ("m9", "m7"),
            ("m11", "m7"),
            ("m13", "m7"),
            ("madd9", "m"),
            ("mmaj7", "m"),
            ("9sus4", "7sus4"),
            ("11", "7sus4"),
            ("aug7", "aug"),
        ];
        for (rare, simpler) in pairs {
            let token = |quality: &str| {
                let chord = Chord::parse(&format!("Eb{quality}")).unwrap_or_else(|t| panic!("{t}"));
                token_of(&chord, 3).unwrap_or_else(|t| panic!("{t}"))
            };
            assert_eq!(token(rare), token(simpler), "{rare}");
        }
    }

    #[test]
    fn every_token_survives_the_way_there_and_back() {
        for tonic in 0..12 {
            for token in 0..NO_CHORD {
                let name = symbol(token, tonic, tonic % 2 == 0).unwrap_or_default();
                let chord = Chord::parse(&name).unwrap_or_else(|t| panic!("{t}"));
                let back = token_of(&chord, tonic).unwrap_or_else(|t| panic!("{t}"));
                assert_eq!(back, token, "{name} above {tonic}");
            }
        }
    }
}
