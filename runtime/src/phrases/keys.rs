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

/// Keys that may be those of a tune: they hold all of what sounds, but for a twentieth more than
/// the best of them leaves out. Those on which it rests come first; at most so many.
pub fn candidates(notes: &[Note], most: usize) -> Vec<(u8, Mode)> {
    let mut weight = [0.0; 12];
    for note in notes {
        weight[usize::from(note.pitch % 12)] += f64::from(note.duration);
    }
    let all: f64 = weight.iter().sum();
    let mut keys: Vec<(f64, f64, (u8, Mode))> = Vec::new();
    for tonic in 0..12u8 {
        for (mode, scale) in SCALES {
            let of = |steps: u8| weight[usize::from((tonic + steps) % 12)];
            let outside: f64 = (0..12).filter(|s| scale >> s & 1 == 0).map(of).sum();
            let third = if mode.is_minor() { 3 } else { 4 };
            keys.push((outside, of(0) + of(third) + of(7), (tonic, mode)));
        }
    }
    let least = keys.iter().map(|key| key.0).fold(f64::INFINITY, f64::min);
    keys.retain(|key| key.0 <= least + 0.05 * all);
    keys.sort_by(|a, b| b.1.total_cmp(&a.1));
    keys.into_iter().take(most).map(|key| key.2).collect()
}

/// A key as it is written.
pub fn name((tonic, mode): (u8, Mode)) -> String {
    let notes = ["c", "c#", "d", "eb", "e", "f", "f#", "g", "ab", "a", "bb", "b"];
    let tonic = notes.get(usize::from(tonic % 12)).copied().unwrap_or("c");
    format!("{tonic}:{}", format!("{mode:?}").to_lowercase())
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
    fn notes_leave_few_keys() {
        // Scarborough Fair in D dorian: B natural, C, no sharps.
        let fair = [62, 62, 69, 69, 64, 65, 64, 62, 69, 72, 74, 72, 69, 71, 67, 69, 65, 62];
        let found = candidates(&tune(&fair), 12);
        assert!(found.contains(&(2, Mode::Dorian)) && found.contains(&(0, Mode::Major)));
        assert!(found.iter().all(|key| [0, 2, 7, 9].contains(&key.0)), "{found:?}");
        assert_eq!(candidates(&[], 3).len(), 3);
        assert_eq!(name((2, Mode::Dorian)), "d:dorian");
        assert_eq!(read("d:dorian"), Ok((2, Mode::Dorian, None)));
    }
}
