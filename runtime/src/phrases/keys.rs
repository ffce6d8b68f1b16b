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

/// How well each semitone above the tonic fits a major and a minor key (Krumhansl and Kessler 1982).
const PROFILES: [[f64; 12]; 2] = [
    [6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88],
    [6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17],
];
/// By how much a tune that ends, or begins, on the tonic speaks for it.
const RESTS: (f64, f64) = (0.15, 0.05);

/// The key whose profile agrees most with what sounds (Krumhansl and Schmuckler), a little more if
/// the tune rests on its tonic. The sixth tells dorian from minor, the seventh mixolydian from
/// major. C major without notes.
pub fn of_notes(notes: &[Note]) -> (u8, Mode) {
    let mut weight = [0.0; 12];
    for note in notes {
        weight[usize::from(note.pitch % 12)] += f64::from(note.duration);
    }
    let class = |note: Option<&Note>| note.map(|n| n.pitch % 12);
    let (first, last) = (class(notes.first()), class(notes.last()));
    let mut best = (f64::NEG_INFINITY, 0, 0);
    for tonic in 0..12u8 {
        for (mode, profile) in PROFILES.iter().enumerate() {
            let on = |note: Option<u8>| if note == Some(tonic) { 1.0 } else { 0.0 };
            let heard: [f64; 12] = std::array::from_fn(|s| weight[(s + usize::from(tonic)) % 12]);
            let score = correlation(&heard, profile) + RESTS.0 * on(last) + RESTS.1 * on(first);
            if score > best.0 {
                best = (score, tonic, mode);
            }
        }
    }
    let (_, tonic, mode) = best;
    let of = |steps: usize| weight[(usize::from(tonic) + steps) % 12];
    let mode = match mode {
        0 if of(10) > of(11) => Mode::Mixolydian,
        0 => Mode::Major,
        _ if of(9) > of(8) => Mode::Dorian,
        _ => Mode::Minor,
    };
    (tonic, mode)
}

/// Pearson's correlation; 0 where there is nothing to compare.
fn correlation(a: &[f64; 12], b: &[f64; 12]) -> f64 {
    let mean = |x: &[f64; 12]| x.iter().sum::<f64>() / 12.0;
    let (ma, mb) = (mean(a), mean(b));
    let sum =
        |f: &dyn Fn(f64, f64) -> f64| a.iter().zip(b).map(|(x, y)| f(x - ma, y - mb)).sum::<f64>();
    let spread = (sum(&|x, _| x * x) * sum(&|_, y| y * y)).sqrt();
    if spread > 0.0 { sum(&|x, y| x * y) / spread } else { 0.0 }
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
