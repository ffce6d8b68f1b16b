//! Between wishes in bars and the melody model's requests in ticks.

use super::ticks::{self, bar_ticks, ticks as at_tick};
use super::worker::{Flowed, Memory, Player};
use super::written::written;
use super::{infill, keys, wishes};
use mag_models::{Chord, Melody, MelodyModel, MelodyRequest, MelodyStream, Mode, Note, Ticks};
use mag_pattern::{Phrase, PhraseNote, PhraseRequest, Sym, Value};
use std::sync::Arc;

/// A request, and what of the wish it had to leave out.
pub struct Translation {
    /// The request.
    pub request: MelodyRequest,
    /// What was left out, in the performer's words.
    pub left_out: Vec<String>,
}

/// What the melody model is asked for.
pub fn translate(wish: &PhraseRequest) -> Translation {
    let bar = bar_ticks(wish.meter);
    let (chords, mut left_out) = chords(wish);
    let default = MelodyRequest::default();
    let heard: Vec<Note> =
        wish.given.iter().chain([&wish.prime]).flat_map(|n| ticks::notes(n, bar)).collect();
    let (tonic, mode, octave) = key(wish, &chords, &heard, &mut left_out);
    let (lowest, highest) = match octave {
        Some(octave) => range(tonic, octave),
        None => reach(&heard, (default.lowest, default.highest)),
    };
    let request = MelodyRequest {
        bars: wish.bars,
        meter: wish.meter,
        tonic,
        mode,
        chords,
        seed: wish.seed,
        temperature: wish.temperature.unwrap_or(default.temperature),
        top_p: wish.top.unwrap_or(default.top_p),
        prime: written(single_voice(ticks::notes(&wish.prime, bar))),
        close: !wish.flow,
        lowest,
        highest,
        fill: None,
        place: ticks::place(wish),
    };
    Translation { request, left_out }
}

/// The chords of a wish, and what of them is none.
fn chords(wish: &PhraseRequest) -> (Vec<(Ticks, Chord)>, Vec<String>) {
    let bar = bar_ticks(wish.meter);
    let (mut chords, mut left_out) = (Vec::new(), Vec::new());
    for (at, name) in &wish.chords {
        match Chord::parse(name.as_str()) {
            Ok(chord) => chords.push((at_tick(*at, bar), chord)),
            Err(trouble) => left_out.push(trouble.to_string()),
        }
    }
    (chords, left_out)
}

/// The key that was asked for, or that of the chords, or that of what is heard.
fn key(
    wish: &PhraseRequest,
    chords: &[(Ticks, Chord)],
    heard: &[Note],
    left_out: &mut Vec<String>,
) -> (u8, Mode, Option<i32>) {
    match wish.key.map(|key| keys::read(key.as_str())) {
        Some(Ok(key)) => return key,
        Some(Err(why)) => left_out.push(why),
        None => {}
    }
    let first = keys::candidates(heard, 1).first().copied();
    let (tonic, mode) = match first.filter(|_| chords.is_empty() && !heard.is_empty()) {
        Some(key) => key,
        None => keys::of_chords(chords),
    };
    (tonic, mode, None)
}

/// Two octaves from a fourth below the tonic of that octave.
fn range(tonic: u8, octave: i32) -> (u8, u8) {
    let tonic = 12 * (octave.clamp(0, 8) + 1) + i32::from(tonic);
    let lowest = (tonic - 5).clamp(0, 103);
    (lowest as u8, (lowest + 24) as u8)
}

/// The usual range; around what is heard where that lies elsewhere.
fn reach(heard: &[Note], usual: (u8, u8)) -> (u8, u8) {
    let pitches = || heard.iter().map(|note| note.pitch);
    let (Some(low), Some(high)) = (pitches().min(), pitches().max()) else { return usual };
    if usual.0 <= low && high <= usual.1 {
        return usual;
    }
    (low.saturating_sub(5), (high.saturating_add(5)).min(127).max(low.saturating_add(7).min(127)))
}

/// One note at a time, in order: of notes that begin together the highest, each cut short by the
/// next.
pub fn single_voice(mut notes: Vec<Note>) -> Vec<Note> {
    notes.sort_by_key(|note| (note.onset, std::cmp::Reverse(note.pitch)));
    notes.dedup_by_key(|note| note.onset);
    for i in 1..notes.len() {
        let next = notes[i].onset;
        let before = &mut notes[i - 1];
        before.duration = before.duration.min(next - before.onset).max(1);
    }
    notes
}

/// A melody to be judged: the notes that a wish gives.
pub fn melody(wish: &PhraseRequest) -> Melody {
    let request = translate(wish).request;
    let bar = bar_ticks(wish.meter);
    let notes = wish.given.first().map_or_else(Vec::new, |given| ticks::notes(given, bar));
    Melody {
        notes: single_voice(notes),
        length: wish.bars.saturating_mul(u32::try_from(bar).unwrap_or(96)),
        pickup: 0,
        meter: wish.meter,
        tonic: request.tonic,
        mode: request.mode,
        chords: request.chords,
        close: false,
    }
}

/// Notes in ticks as a phrase in bars.
fn phrase(made: &mag_models::Phrase, meter: (u32, u32)) -> Phrase {
    let bar = bar_ticks(meter);
    let notes = made.notes.iter().map(|note| ticks::note(note, bar)).collect();
    Phrase { length: ticks::bars(made.length, bar), notes, stand_in: false }
}

/// The surprise of each given note: that of the note that begins with it.
fn judged(wish: &PhraseRequest, melody: &Melody, nats: &[f64]) -> Phrase {
    let bar = bar_ticks(wish.meter);
    let given = wish.given.first().map(Vec::as_slice).unwrap_or_default();
    let mut notes = Vec::new();
    for (i, note) in given.iter().enumerate() {
        let onset = at_tick(note.onset, bar);
        let place = melody.notes.iter().position(|n| n.onset == onset);
        if let Some(&nats) = place.and_then(|place| nats.get(place)) {
            let value = Value::Num(nats);
            notes.push(PhraseNote {
                of: Some(i),
                ..PhraseNote::new(note.onset, note.length, value)
            });
        }
    }
    Phrase { length: wishes::length(wish), notes, stand_in: false }
}

/// Keys that a tune is tried in.
const KEYS: usize = 12;

/// A wish with the key in which the model finds what it is given least surprising, if nothing
/// tells the key.
fn keyed(model: &mut MelodyModel, wish: &PhraseRequest) -> PhraseRequest {
    let bar = bar_ticks(wish.meter);
    let given = wish.given.first().filter(|given| !given.is_empty()).unwrap_or(&wish.prime);
    let notes = single_voice(ticks::notes(given, bar));
    if wish.key.is_some() || !wish.chords.is_empty() || notes.is_empty() {
        return wish.clone();
    }
    let keys = keys::candidates(&notes, KEYS);
    let tried = |&(tonic, mode): &(u8, Mode)| Melody {
        notes: notes.clone(),
        meter: wish.meter,
        tonic,
        mode,
        ..Melody::default()
    };
    let tunes: Vec<Melody> = keys.iter().map(tried).collect();
    let judged = model.surprise(&tunes).unwrap_or_default();
    let best = keys.iter().zip(&judged).min_by(|a, b| a.1.total.total_cmp(&b.1.total));
    let key = best.map(|(key, _)| Sym::new(&keys::name(*key)));
    PhraseRequest { key, ..wish.clone() }
}

/// Where a flow of melodies stands, and the key that it found for itself.
struct Flow {
    stream: MelodyStream,
    key: Option<Sym>,
}

impl Player for MelodyModel {
    fn play(&mut self, wishes: &[PhraseRequest]) -> Vec<Result<Phrase, String>> {
        let wishes: Vec<PhraseRequest> = wishes.iter().map(|wish| keyed(self, wish)).collect();
        wishes::each_verb(&wishes, |verb, wishes| match verb {
            "surprise" => {
                let melodies: Vec<Melody> = wishes.iter().map(|wish| melody(wish)).collect();
                let found = self.surprise(&melodies)?;
                let all = wishes.iter().zip(melodies.iter().zip(&found));
                Ok(all.map(|(wish, (melody, found))| judged(wish, melody, &found.notes)).collect())
            }
            "melody" => {
                let requests: Vec<_> = wishes.iter().map(|wish| translate(wish).request).collect();
                let made = self.generate(&requests)?;
                Ok(made.iter().zip(wishes).map(|(made, wish)| phrase(made, wish.meter)).collect())
            }
            "infill" => {
                let fills: Vec<_> = wishes.iter().map(|wish| infill::melody(wish)).collect();
                let made = self.generate(&fills)?;
                let all = wishes.iter().zip(fills.iter().zip(&made));
                Ok(all.map(|(wish, (fill, made))| infill::filled(wish, fill, made)).collect())
            }
            other => Err(wishes::cannot("melody", other)),
        })
    }

    fn go_on(&mut self, parts: &[(PhraseRequest, Option<Memory>)]) -> Option<Vec<Flowed>> {
        let flow = |memory: &Option<Memory>| memory.clone()?.downcast::<Flow>().ok();
        let flows: Vec<Option<Arc<Flow>>> = parts.iter().map(|part| flow(&part.1)).collect();
        let keyed = parts.iter().zip(&flows).map(|((wish, _), flow)| match flow {
            Some(flow) => PhraseRequest { key: wish.key.or(flow.key), ..wish.clone() },
            None => keyed(self, wish),
        });
        let keyed: Vec<PhraseRequest> = keyed.collect();
        let requests: Vec<MelodyRequest> = keyed.iter().map(|w| translate(w).request).collect();
        let all: Vec<_> =
            flows.iter().map(|f| f.as_ref().map(|f| &f.stream)).zip(&requests).collect();
        let made = wishes::together(&all, |some| self.go_on(some));
        let kept = made.into_iter().zip(&keyed).map(|(made, wish)| {
            let (made, stream) = made?;
            let memory: Memory = Arc::new(Flow { stream, key: wish.key });
            Ok((phrase(&made, wish.meter), memory))
        });
        Some(kept.collect())
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
    use mag_pattern::{Given, Time};

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
            prime: vec![Given::pitched(Time::new(1, 6), Time::new(1, 3), 57.0)],
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
                for PhraseNote { onset, length, value, .. } in &phrase.notes {
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
