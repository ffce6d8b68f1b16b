//! Chords by their lead-sheet names: `C`, `Dm7`, `F#m7b5/C`, `Bb^7`, `A-7`, `Go7`, `E7sus`.

use crate::Trouble;

/// A chord as pitch classes (0 is C).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Chord {
    /// Pitch class of the root.
    pub root: u8,
    /// Pitch classes as bits: bit 0 is C. Holds root and bass.
    pub tones: u16,
    /// Pitch class of the lowest tone.
    pub bass: u8,
}

/// Qualities: the spelling after the root, longest first where one begins another, and the
/// semitones above the root.
const QUALITIES: &[(&[&str], &[u8])] = &[
    (&["maj13", "M13", "^13"], &[0, 4, 7, 11, 2, 9]),
    (&["maj9", "M9", "^9"], &[0, 4, 7, 11, 2]),
    (&["maj7#11", "M7#11", "^7#11"], &[0, 4, 7, 11, 6]),
    (&["maj7#5", "M7#5", "^7#5", "+M7", "+^7"], &[0, 4, 8, 11]),
    (&["maj7", "Maj7", "ma7", "M7", "^7", "^", "Δ7", "Δ"], &[0, 4, 7, 11]),
    (&["mmaj7", "mM7", "m^7", "-^7", "-M7", "m^", "-^"], &[0, 3, 7, 11]),
    (&["m7b5", "min7b5", "-7b5", "h7", "ø7", "ø", "h"], &[0, 3, 6, 10]),
    (&["dim7", "o7", "°7"], &[0, 3, 6, 9]),
    (&["dim", "o", "°"], &[0, 3, 6]),
    (&["m6", "min6", "-6"], &[0, 3, 7, 9]),
    (&["m69", "-69"], &[0, 3, 7, 9, 2]),
    (&["m9", "min9", "-9"], &[0, 3, 7, 10, 2]),
    (&["m11", "min11", "-11"], &[0, 3, 7, 10, 2, 5]),
    (&["m13", "min13", "-13"], &[0, 3, 7, 10, 2, 9]),
    (&["m7", "min7", "mi7", "-7"], &[0, 3, 7, 10]),
    (&["madd9", "-add9"], &[0, 3, 7, 2]),
    (&["minor", "min", "mi", "m", "-"], &[0, 3, 7]),
    (&["aug7", "+7", "7#5", "7+"], &[0, 4, 8, 10]),
    (&["aug", "+"], &[0, 4, 8]),
    (&["9sus4", "9sus"], &[0, 5, 7, 10, 2]),
    (&["7sus4", "7sus", "11"], &[0, 5, 7, 10]),
    (&["sus2", "2"], &[0, 2, 7]),
    (&["sus4", "sus", "4"], &[0, 5, 7]),
    (&["7b9"], &[0, 4, 7, 10, 1]),
    (&["7#9", "7alt"], &[0, 4, 7, 10, 3]),
    (&["7b5"], &[0, 4, 6, 10]),
    (&["7#11", "9#11"], &[0, 4, 7, 10, 6]),
    (&["7b13"], &[0, 4, 7, 10, 8]),
    (&["13"], &[0, 4, 7, 10, 2, 9]),
    (&["9"], &[0, 4, 7, 10, 2]),
    (&["69", "6/9"], &[0, 4, 7, 9, 2]),
    (&["add9", "add2"], &[0, 4, 7, 2]),
    (&["7", "dom7"], &[0, 4, 7, 10]),
    (&["6"], &[0, 4, 7, 9]),
    (&["5"], &[0, 7]),
    (&["", "M", "maj", "major"], &[0, 4, 7]),
];

impl Chord {
    /// Reads a lead-sheet name.
    ///
    /// # Errors
    /// When the root is not a note name or the quality is unknown.
    ///
    /// ```
    /// use mag_models::Chord;
    /// let chord = Chord::parse("Dm7/A")?;
    /// assert_eq!((chord.root, chord.bass), (2, 9));
    /// assert!(chord.has(0) && chord.has(5) && !chord.has(6));
    /// # Ok::<(), mag_models::Trouble>(())
    /// ```
    pub fn parse(name: &str) -> Result<Self, Trouble> {
        let unknown = |what: &str| {
            Trouble::new(
                format!("`{name}` is not a chord: {what}"),
                "chords look like C, Dm7, F^7, Bm7b5, Eb7, Ao7, G7sus or C/E",
            )
        };
        let (root, rest) = note_name(name.trim())
            .ok_or_else(|| unknown("it should begin with a note name from A to G"))?;
        let (quality, bass) = match rest.rsplit_once('/') {
            Some((quality, under)) if !under.starts_with('9') => match note_name(under) {
                Some((bass, "")) => (quality, bass),
                _ => return Err(unknown("a note name should follow the `/`")),
            },
            _ => (rest, root),
        };
        let (_, steps) = QUALITIES
            .iter()
            .find(|(names, _)| names.contains(&quality))
            .ok_or_else(|| unknown(&format!("the quality `{quality}` is not known")))?;
        let tones = steps.iter().fold(1 << bass, |bits, step| bits | 1 << ((root + step) % 12));
        Ok(Self { root, tones, bass })
    }

    /// The chord so many semitones higher.
    pub fn transposed(&self, semitones: u8) -> Self {
        let by = u32::from(semitones % 12);
        let turned = u32::from(self.tones) << by;
        Self {
            root: (self.root + semitones % 12) % 12,
            tones: u16::try_from((turned | turned >> 12) & 0xfff).unwrap_or(self.tones),
            bass: (self.bass + semitones % 12) % 12,
        }
    }

    /// Whether a pitch class belongs to the chord.
    pub fn has(&self, pitch_class: u8) -> bool {
        self.tones >> (pitch_class % 12) & 1 == 1
    }
}

/// A note name at the start of a text, in either case: its pitch class and what follows it.
fn note_name(text: &str) -> Option<(u8, &str)> {
    let letter = text.chars().next()?;
    let natural = match letter.to_ascii_uppercase() {
        'C' => 0,
        'D' => 2,
        'E' => 4,
        'F' => 5,
        'G' => 7,
        'A' => 9,
        'B' => 11,
        _ => return None,
    };
    let mut pitch: i32 = natural;
    let mut rest = &text[1..];
    while let Some(sign) = rest.chars().next() {
        pitch += match sign {
            '#' | '♯' => 1,
            'b' | '♭' => -1,
            _ => break,
        };
        rest = &rest[sign.len_utf8()..];
    }
    Some((u8::try_from(pitch.rem_euclid(12)).unwrap_or(0), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pitches(name: &str) -> Vec<u8> {
        let chord = Chord::parse(name).unwrap_or_else(|trouble| panic!("{trouble}"));
        (0..12).filter(|&p| chord.has(p)).collect()
    }

    #[test]
    fn spellings_of_the_same_chord_agree() {
        for names in [
            vec!["Cmaj7", "C^7", "CM7", "C^"],
            vec!["Dm7", "D-7", "Dmin7"],
            vec!["Bm7b5", "Bø", "Bh7", "B-7b5"],
            vec!["Go7", "Gdim7", "G°7"],
            vec!["F#", "Gb"],
            vec!["A7sus", "A7sus4"],
        ] {
            for name in &names {
                assert_eq!(pitches(name), pitches(names[0]), "{name}");
            }
        }
    }

    #[test]
    fn tones_are_those_of_theory() {
        assert_eq!(pitches("C"), [0, 4, 7]);
        assert_eq!(pitches("Bb7"), [2, 5, 8, 10]);
        assert_eq!(pitches("Em7b5"), [2, 4, 7, 10]);
        assert_eq!(pitches("C/E"), [0, 4, 7]);
        assert_eq!(pitches("C/D"), [0, 2, 4, 7]);
        assert_eq!(pitches("C6/9"), [0, 2, 4, 7, 9]);
        assert_eq!(Chord::parse("Am/G").map(|c| (c.root, c.bass)), Ok((9, 7)));
    }

    #[test]
    fn nonsense_is_refused_with_a_reason() {
        for name in ["", "H7", "Cfoo", "C/", "C/x", "7", "é"] {
            assert!(Chord::parse(name).is_err(), "{name}");
        }
        let trouble = Chord::parse("Cfoo").err().map(|t| t.to_string()).unwrap_or_default();
        assert!(trouble.contains("`Cfoo`") && trouble.contains("`foo`"), "{trouble}");
    }
}
