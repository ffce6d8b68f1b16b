//! Between wishes in bars and the melody model's requests in ticks.

use super::worker::Player;
use mag_models::{Chord, MelodyModel, MelodyRequest, Mode, Note, Ticks};
use mag_pattern::{Controls, Phrase, PhraseRequest, Sym, Time, Value};

/// The pitch classes of each mode above its tonic, as bits.
const SCALES: [(Mode, u16); 4] = [
    (Mode::Major, 0b1010_1011_0101),
    (Mode::Minor, 0b0101_1010_1101),
    (Mode::Dorian, 0b0110_1010_1101),
    (Mode::Mixolydian, 0b0110_1011_0101),
];

/// A request, and what of the wish it had to leave out.
pub struct Translation {
    /// The request.
    pub request: MelodyRequest,
    /// What was left out, in the performer's words.
    pub left_out: Vec<String>,
}

/// What the melody model is asked for.
pub fn translate(wish: &PhraseRequest) -> Translation {
    let mut left_out = Vec::new();
    let bar = bar_ticks(wish.meter);
    let mut chords = Vec::new();
    for (at, name) in &wish.chords {
        match Chord::parse(name.as_str()) {
            Ok(chord) => chords.push((ticks(*at, bar), chord)),
            Err(trouble) => left_out.push(trouble.to_string()),
        }
    }
    let default = MelodyRequest::default();
    let (tonic, mode, octave) = match wish.key.map(|key| read_key(key.as_str())) {
        Some(Ok(key)) => key,
        Some(Err(why)) => {
            left_out.push(why);
            let (tonic, mode) = key_of_chords(&chords);
            (tonic, mode, None)
        }
        None => {
            let (tonic, mode) = key_of_chords(&chords);
            (tonic, mode, None)
        }
    };
    let (lowest, highest) = match octave {
        Some(octave) => range(tonic, octave),
        None => (default.lowest, default.highest),
    };
    let request = MelodyRequest {
        bars: wish.bars,
        meter: wish.meter,
        tonic,
        mode,
        chords,
        seed: wish.seed,
        temperature: wish.temperature,
        top_p: wish.top,
        prime: prime(wish, bar),
        close: !wish.flow,
        lowest,
        highest,
    };
    Translation { request, left_out }
}

fn bar_ticks(meter: (u32, u32)) -> i64 {
    (4 * i64::from(mag_models::TICKS_PER_BEAT) * i64::from(meter.0) / i64::from(meter.1.max(1)))
        .max(1)
}

/// The nearest tick.
fn ticks(at: Time, bar: i64) -> Ticks {
    let half = Time::new(1, 2);
    u32::try_from((at * Time::int(bar) + half).floor()).unwrap_or(0)
}

fn prime(wish: &PhraseRequest, bar: i64) -> Vec<Note> {
    let note = |&(onset, length, pitch): &(Time, Time, f64)| {
        let pitch = pitch.is_finite().then(|| pitch.round().clamp(0.0, 127.0) as u8)?;
        let onset = ticks(onset, bar);
        Some(Note { onset, duration: ticks(length, bar).max(1), pitch })
    };
    wish.prime.iter().filter_map(note).collect()
}

/// Tonic, mode and octave of a key such as `d3:dorian`, `d:minor` or `eb`.
fn read_key(key: &str) -> Result<(u8, Mode, Option<i32>), String> {
    let (tonic, mode) = key.split_once(':').unwrap_or((key, "major"));
    let refuse = |why: &str| format!("the key `{key}` is left out: {why}");
    let pitch = mag_pattern::note::midi(tonic)
        .ok_or_else(|| refuse("it should begin with a note, as in d:dorian"))?;
    let octave = tonic.ends_with(|c: char| c.is_ascii_digit());
    let octave = octave.then(|| (pitch as i32).div_euclid(12) - 1);
    let mode = match mode.trim() {
        scale if scale.ends_with("minor") && scale != "minor" => Mode::Minor,
        scale => scale.parse().map_err(|t: mag_models::Trouble| refuse(&t.to_string()))?,
    };
    Ok(((pitch as i32).rem_euclid(12) as u8, mode, octave))
}

/// Two octaves from a fourth below the tonic of that octave.
fn range(tonic: u8, octave: i32) -> (u8, u8) {
    let tonic = 12 * (octave.clamp(0, 8) + 1) + i32::from(tonic);
    let lowest = (tonic - 5).clamp(0, 103);
    (lowest as u8, (lowest + 24) as u8)
}

/// The key that holds most of the chords' tones; among equals one on whose tonic the first chord
/// stands, or the last, or to which a dominant seventh leads. C major without chords.
fn key_of_chords(chords: &[(Ticks, Chord)]) -> (u8, Mode) {
    let mut best = (i32::MIN, (0, Mode::Major));
    let (first, last) = (chords.first(), chords.last());
    for tonic in 0..12u8 {
        for (mode, scale) in SCALES {
            let holds = |tone: u8| scale >> ((12 + tone - tonic) % 12) & 1 == 1;
            let tones = chords.iter().flat_map(|(_, c)| (0..12).filter(|&t| c.has(t)));
            let fit: i32 = tones.map(|tone| if holds(tone) { 0 } else { -8 }).sum();
            let third = if mode.is_minor() { 3 } else { 4 };
            let home = |c: Option<&(Ticks, Chord)>| {
                i32::from(c.is_some_and(|(_, c)| c.root == tonic && c.has((tonic + third) % 12)))
            };
            let dominant = chords.iter().any(|(_, c)| {
                c.root == (tonic + 7) % 12 && c.has((tonic + 11) % 12) && c.has((tonic + 5) % 12)
            });
            let score = fit + 3 * home(first) + 2 * home(last) + 2 * i32::from(dominant);
            if score > best.0 {
                best = (score, (tonic, mode));
            }
        }
    }
    best.1
}

/// Notes in ticks as a phrase in bars, each note the control `note` with its MIDI number.
fn phrase(made: &mag_models::Phrase, meter: (u32, u32)) -> Phrase {
    let bar = bar_ticks(meter);
    let name = Sym::new("note");
    let time = |ticks: Ticks| Time::new(i64::from(ticks), bar);
    let note = |note: &Note| {
        let value = Value::from(Controls::one(name, Value::Num(f64::from(note.pitch))));
        (time(note.onset), time(note.duration), value)
    };
    Phrase { length: time(made.length), notes: made.notes.iter().map(note).collect() }
}

impl Player for MelodyModel {
    fn play(&mut self, wishes: &[PhraseRequest]) -> Vec<Result<Phrase, String>> {
        let requests: Vec<_> = wishes.iter().map(|wish| translate(wish).request).collect();
        match self.generate(&requests) {
            Ok(made) => {
                made.iter().zip(wishes).map(|(made, wish)| Ok(phrase(made, wish.meter))).collect()
            }
            // One wish that cannot be met must not cost the others theirs.
            Err(_) if wishes.len() > 1 => {
                wishes.iter().flat_map(|wish| self.play(std::slice::from_ref(wish))).collect()
            }
            Err(trouble) => vec![Err(trouble.to_string())],
        }
    }

    fn remarks(&self, wish: &PhraseRequest) -> Vec<String> {
        translate(wish).left_out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phrases::tests::wish;
    use mag_models::fake::FakeMelody;

    fn chords(names: &[&str]) -> Vec<(Time, Sym)> {
        (0..).zip(names).map(|(bar, name)| (Time::int(bar), Sym::new(name))).collect()
    }

    fn key(names: &[&str]) -> (u8, Mode) {
        let wish = PhraseRequest { chords: chords(names), ..wish(1) };
        let request = translate(&wish).request;
        (request.tonic, request.mode)
    }

    #[test]
    fn bars_become_ticks() {
        let wish = PhraseRequest {
            meter: (6, 8),
            chords: vec![(Time::ZERO, Sym::new("Am")), (Time::new(3, 2), Sym::new("E7"))],
            prime: vec![(Time::new(1, 6), Time::new(1, 3), 57.0)],
            ..wish(3)
        };
        let request = translate(&wish).request;
        // A bar of 6/8 is three quarters: 72 ticks; an eighth is 12.
        assert_eq!(request.chords.iter().map(|c| c.0).collect::<Vec<_>>(), [0, 108]);
        assert_eq!(request.prime, [Note { onset: 12, duration: 24, pitch: 57 }]);
    }

    #[test]
    fn keys_are_read() {
        let of = |name: &str| {
            let wish = PhraseRequest { key: Some(Sym::new(name)), ..wish(1) };
            let Translation { request, left_out } = translate(&wish);
            assert!(left_out.is_empty(), "{left_out:?}");
            (request.tonic, request.mode, request.lowest)
        };
        let usual = MelodyRequest::default().lowest;
        assert_eq!(of("d:dorian"), (2, Mode::Dorian, usual));
        assert_eq!(of("eb"), (3, Mode::Major, usual));
        assert_eq!(of("f#3:minor"), (6, Mode::Minor, 54 - 5));
        assert_eq!(of("a:harmonic minor"), (9, Mode::Minor, usual));
    }

    #[test]
    fn chords_tell_the_key() {
        assert_eq!(key(&["Dm7", "G7", "C^7"]), (0, Mode::Major));
        assert_eq!(key(&["Dm7", "G7", "Dm7", "Am7"]), (2, Mode::Dorian));
        assert_eq!(key(&["Am", "F", "C", "G"]), (9, Mode::Minor));
        assert_eq!(key(&["G", "F", "C", "G"]), (7, Mode::Mixolydian));
        assert_eq!(key(&["Eb", "Ab", "Bb7", "Eb"]), (3, Mode::Major));
        assert_eq!(key(&[]), (0, Mode::Major));
    }

    #[test]
    fn what_cannot_be_read_is_left_out_and_said() {
        let wish = PhraseRequest {
            key: Some(Sym::new("d:klingon")),
            chords: chords(&["Dm7", "Xyz"]),
            ..wish(1)
        };
        let Translation { request, left_out } = translate(&wish);
        assert_eq!(request.chords.len(), 1);
        assert_eq!(left_out.len(), 2, "{left_out:?}");
        assert!(left_out.iter().any(|text| text.contains("`Xyz` is not a chord")));
        assert!(left_out.iter().any(|text| text.contains("klingon")));
    }

    #[test]
    fn phrases_come_back_in_bars() {
        let mut model = MelodyModel::with_net(Box::new(FakeMelody));
        for meter in [(4, 4), (3, 4), (6, 8)] {
            let wishes = [1, 2].map(|seed| PhraseRequest { meter, ..wish(seed) });
            for made in model.play(&wishes) {
                let phrase = made.unwrap_or_default();
                assert_eq!(phrase.length, Time::int(4));
                assert!(!phrase.notes.is_empty());
                for (onset, length, value) in &phrase.notes {
                    assert!(*onset >= Time::ZERO && *onset + *length <= phrase.length);
                    let pitch = value.controls().and_then(|c| c.number(Sym::new("note")));
                    assert!(pitch.is_some_and(|p| (57.0..=84.0).contains(&p)), "{value}");
                }
            }
        }
    }

    #[test]
    fn one_impossible_wish_does_not_cost_the_others() {
        let mut model = MelodyModel::with_net(Box::new(FakeMelody));
        let impossible = PhraseRequest { meter: (5, 7), ..wish(1) };
        let made = model.play(&[wish(1), impossible, wish(2)]);
        let fine: Vec<bool> = made.iter().map(Result::is_ok).collect();
        assert_eq!(fine, [true, false, true]);
    }
}
