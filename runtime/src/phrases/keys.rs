//! Keys: as they are written, and as chords and notes tell them.

use mag_models::{Chord, Mode, Note, Ticks, Trouble};

/// The pitch classes of each mode above its tonic, as bits.
const SCALES: [(Mode, u16); 4] = [
    (Mode::Major, 0b1010_1011_0101),
    (Mode::Minor, 0b0101_1010_1101),
    (Mode::Dorian, 0b0110_1010_1101),
    (Mode::Mixolydian, 0b0110_1011_0101),
];

/// Tonic, mode and octave of a key such as `d3:dorian`, `d:minor` or `eb`.
pub fn read(key: &str) -> Result<(u8, Mode, Option<i32>), String> {
    let (tonic, mode) = key.split_once(':').unwrap_or((key, "major"));
    let refuse = |why: &str| format!("the key `{key}` is left out: {why}");
    let pitch = mag_pattern::note::midi(tonic)
        .ok_or_else(|| refuse("it should begin with a note, as in d:dorian"))?;
    let octave = tonic.ends_with(|c: char| c.is_ascii_digit());
    let octave = octave.then(|| (pitch as i32).div_euclid(12) - 1);
    let mode = match mode.trim() {
        scale if scale.ends_with("minor") && scale != "minor" => Mode::Minor,
        scale => scale.parse().map_err(|t: Trouble| refuse(&t.to_string()))?,
    };
    Ok(((pitch as i32).rem_euclid(12) as u8, mode, octave))
}

/// The key that holds most of the chords' tones; among equals one on whose tonic the first chord
/// stands, or the last, or to which a dominant seventh leads. C major without chords.
pub fn of_chords(chords: &[(Ticks, Chord)]) -> (u8, Mode) {
    let (first, last) = (chords.first(), chords.last());
    best(|tonic, mode, scale| {
        let holds = |tone: u8| scale >> ((12 + tone - tonic) % 12) & 1 == 1;
        let tones = chords.iter().flat_map(|(_, c)| (0..12).filter(|&t| c.has(t)));
        let fit: i64 = tones.map(|tone| if holds(tone) { 0 } else { -8 }).sum();
        let third = if mode.is_minor() { 3 } else { 4 };
        let home = |c: Option<&(Ticks, Chord)>| {
            i64::from(c.is_some_and(|(_, c)| c.root == tonic && c.has((tonic + third) % 12)))
        };
        let dominant = chords.iter().any(|(_, c)| {
            c.root == (tonic + 7) % 12 && c.has((tonic + 11) % 12) && c.has((tonic + 5) % 12)
        });
        fit + 3 * home(first) + 2 * home(last) + 2 * i64::from(dominant)
    })
}

/// The key that holds most of what sounds; among equals one in which the tune rests on the tonic
/// (its last note above all, then its first) and which has its fifth.
pub fn of_notes(notes: &[Note]) -> (u8, Mode) {
    let mut weight = [0i64; 12];
    for note in notes {
        weight[usize::from(note.pitch % 12)] += i64::from(note.duration);
    }
    let class = |note: Option<&Note>| note.map(|n| n.pitch % 12);
    let (first, last) = (class(notes.first()), class(notes.last()));
    let all = weight.iter().sum::<i64>().max(1);
    best(|tonic, mode, scale| {
        let of = |steps: u8| weight[usize::from((tonic + steps) % 12)];
        let outside: i64 = (0..12).filter(|s| scale >> s & 1 == 0).map(of).sum();
        let third = if mode.is_minor() { 3 } else { 4 };
        let rests = 3 * i64::from(last == Some(tonic)) + 2 * i64::from(first == Some(tonic));
        let triad = 2 * of(0) + of(third) + of(7);
        // In hundredths of what sounds.
        (100 * triad - 400 * outside) / all + 15 * rests
    })
}

fn best(score: impl Fn(u8, Mode, u16) -> i64) -> (u8, Mode) {
    let mut best = (i64::MIN, (0, Mode::Major));
    for tonic in 0..12u8 {
        for (mode, scale) in SCALES {
            let found = score(tonic, mode, scale);
            if found > best.0 {
                best = (found, (tonic, mode));
            }
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tune(pitches: &[u8]) -> Vec<Note> {
        let note = |(i, &pitch): (usize, &u8)| Note { onset: 12 * i as u32, duration: 12, pitch };
        pitches.iter().enumerate().map(note).collect()
    }

    #[test]
    fn notes_tell_the_key() {
        // Ode to Joy in D; God Rest Ye Merry in E minor; Scarborough Fair in D dorian.
        let ode = [66, 66, 67, 69, 69, 67, 66, 64, 62, 62, 64, 66, 64, 62, 62];
        assert_eq!(of_notes(&tune(&ode)), (2, Mode::Major));
        let rest = [64, 64, 71, 71, 69, 67, 66, 64, 62, 64, 66, 67, 69, 71, 66, 64];
        assert_eq!(of_notes(&tune(&rest)).0, 4);
        let fair = [62, 62, 69, 69, 64, 65, 64, 62, 69, 72, 74, 72, 69, 71, 67, 69, 65, 62];
        assert_eq!(of_notes(&tune(&fair)), (2, Mode::Dorian));
        assert_eq!(of_notes(&[]), (0, Mode::Major));
    }
}
