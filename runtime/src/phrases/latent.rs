//! Between wishes in bars and the latent spaces: given music, changed.

use super::drums::{drum_of, hits};
use super::ticks::{self, bar_ticks, bars};
use super::worker::Player;
use super::{keys, wishes};
use mag_models::latent::{ChangedHit, ChangedNote, Origin};
use mag_models::vocab::latent::Kind;
use mag_models::{Change, DrumChange, Hit, LatentModel, MelodyChange, Note};
use mag_pattern::{Controls, Given, Phrase, PhraseNote, PhraseRequest, Sym, Time, Value};

/// Velocity of a hit whose gain is 1; see the drums player.
const FIRM: f64 = 0.8;

/// What is to become of what is given.
fn change(wish: &PhraseRequest) -> Change {
    match wish.verb.as_str() {
        "between" => Change::Between,
        "toward" => Change::Toward,
        "more" => {
            let along = wish.setting("along").map(Value::to_string);
            Change::More(along.unwrap_or_else(|| "density".to_string()))
        }
        _ => Change::Vary,
    }
}

/// How much, at each sixteenth.
fn amounts(wish: &PhraseRequest) -> Vec<f64> {
    match wish.setting("by") {
        Some(Value::List(numbers)) => numbers.iter().map(|x| x.number().unwrap_or(0.0)).collect(),
        Some(value) => vec![value.number().unwrap_or(0.0)],
        None => vec![0.0],
    }
}

fn given(wish: &PhraseRequest, which: usize) -> &[Given] {
    wish.given.get(which).map(Vec::as_slice).unwrap_or_default()
}

/// The tonic that the notes fit best.
fn tonic_of(notes: &[Note]) -> u8 {
    keys::candidates(notes, 1).first().map_or(0, |key| key.0)
}

/// A change of a melody, and for each of its notes, of p and q, which of those given it is.
struct Melodies {
    change: MelodyChange,
    places: [Vec<usize>; 2],
    left_out: Option<String>,
}

/// What of a wish for melodies is left out.
pub(super) fn left_out(wish: &PhraseRequest) -> Option<String> {
    Melodies::of(wish).left_out
}

impl Melodies {
    fn of(wish: &PhraseRequest) -> Melodies {
        let bar = bar_ticks(wish.meter);
        let read = |which: usize| -> (Vec<usize>, Vec<Note>) {
            let notes = given(wish, which).iter().enumerate();
            notes.filter_map(|(i, note)| Some((i, ticks::pitched(note, bar)?))).unzip()
        };
        let ((places, notes), (other_places, other)) = (read(0), read(1));
        let heard: Vec<Note> = notes.iter().chain(&other).copied().collect();
        let (tonic, left_out) = match wish.key.map(|key| keys::read(key.as_str())) {
            Some(Ok((tonic, ..))) => (tonic, None),
            Some(Err(why)) => (tonic_of(&heard), Some(why)),
            None => (tonic_of(&heard), None),
        };
        let change = MelodyChange {
            notes,
            bars: wish.bars,
            other,
            other_bars: wish.bars,
            meter: wish.meter,
            tonic,
            change: change(wish),
            amounts: amounts(wish),
            temperature: wish.temperature.unwrap_or(0.0),
            seed: wish.seed,
        };
        Melodies { change, places: [places, other_places], left_out }
    }

    fn phrase(&self, made: &[ChangedNote], wish: &PhraseRequest) -> Phrase {
        let notes = made.iter().map(|changed| self.note(changed, wish)).collect();
        Phrase { length: wishes::length(wish), notes, stand_in: false }
    }

    /// A note that was kept has all that it had; a new one sounds like the note nearest to it.
    fn note(&self, changed: &ChangedNote, wish: &PhraseRequest) -> PhraseNote {
        let bar = bar_ticks(wish.meter);
        let plain = ticks::note(&changed.note, bar);
        let origin = changed.from.and_then(|(origin, at)| {
            let which = usize::from(origin == Origin::Other);
            Some((which, *self.places.get(which)?.get(at)?))
        });
        let Some((which, at)) = origin else {
            let of = nearest(wish, plain.onset, &self.change.amounts);
            return PhraseNote { of, ..plain };
        };
        let Some(source) = given(wish, which).get(at) else { return plain };
        let length = match ticks::pitched(source, bar) {
            Some(read) if read.duration == changed.note.duration => source.length,
            _ => plain.length,
        };
        let exact = bars(ticks::ticks(source.onset, bar), bar) == plain.onset;
        let onset = if exact { source.onset } else { plain.onset };
        let pitch = Value::Num(source.pitch.unwrap_or_default());
        let value = Value::from(Controls::one(Sym::new("note"), pitch));
        PhraseNote { of: Some(index(wish, which, at)), ..PhraseNote::new(onset, length, value) }
    }
}

/// Where a note is among the events of all patterns.
fn index(wish: &PhraseRequest, which: usize, at: usize) -> usize {
    at + if which == 0 { 0 } else { given(wish, 0).len() }
}

/// The given note nearest in time, of the music that is nearer.
fn nearest(wish: &PhraseRequest, at: Time, amounts: &[f64]) -> Option<usize> {
    let far = amounts.iter().sum::<f64>() / amounts.len().max(1) as f64 > 0.5;
    let which = usize::from(far && !given(wish, 1).is_empty());
    let distance = |note: &Given| (note.onset.to_f64() - at.to_f64()).abs();
    let found = given(wish, which).iter().enumerate();
    let found = found.min_by(|a, b| distance(a.1).total_cmp(&distance(b.1)));
    found.map(|(at, _)| index(wish, which, at))
}

fn rhythm(wish: &PhraseRequest) -> DrumChange {
    let bar = bar_ticks(wish.meter);
    DrumChange {
        hits: hits(given(wish, 0), bar),
        bars: wish.bars,
        other: hits(given(wish, 1), bar),
        other_bars: wish.bars,
        meter: wish.meter,
        change: change(wish),
        amounts: amounts(wish),
        temperature: wish.temperature.unwrap_or(0.0),
        seed: wish.seed,
    }
}

/// A hit that was kept has all that it had, its gain on the way to the other's; a new one sounds
/// like the same drum elsewhere.
fn hit(changed: &ChangedHit, wish: &PhraseRequest) -> PhraseNote {
    let bar = bar_ticks(wish.meter);
    let Hit { onset, drum, velocity, .. } = changed.hit;
    let of = |which: usize, at: usize| (index(wish, which, at), given(wish, which).get(at));
    let same = |which: usize| {
        let place = given(wish, which).iter().position(|note| drum_of(note.sound) == drum);
        place.map(|at| of(which, at))
    };
    let kept = changed.from.map(|(origin, at)| of(usize::from(origin == Origin::Other), at));
    let (place, source) = match kept.or_else(|| same(0)).or_else(|| same(1)) {
        Some((place, source)) => (Some(place), source),
        None => (None, None),
    };
    let mut controls = Controls::default();
    let kept = changed.from.is_some();
    let loud = |source: &&Given| (source.gain * FIRM).clamp(0.0, 1.0);
    let unchanged = |source: &&Given| kept && (loud(source) - velocity).abs() < 1e-9;
    if source.filter(unchanged).is_none() {
        controls.set(Sym::new("gain"), Value::Num(velocity / FIRM));
    }
    if source.is_none() {
        controls.set(Sym::new("s"), Value::word(drum.sample()));
    }
    let exact = source.filter(|source| kept && ticks::ticks(source.onset, bar) == onset);
    let onset = exact.map_or_else(|| bars(onset, bar), |source| source.onset);
    let length = source.map_or_else(|| bars(6, bar), |source| source.length);
    PhraseNote { of: place, ..PhraseNote::new(onset, length, Value::from(controls)) }
}

impl Player for LatentModel {
    fn play(&mut self, wishes: &[PhraseRequest]) -> Vec<Result<Phrase, String>> {
        wishes::each_verb(wishes, |verb, wishes| {
            if !matches!(verb, "between" | "toward" | "vary" | "more") {
                return Err(wishes::cannot("latent", verb));
            }
            match self.kind() {
                Kind::Melody => {
                    let all: Vec<Melodies> = wishes.iter().map(|wish| Melodies::of(wish)).collect();
                    let changes: Vec<_> = all.iter().map(|one| one.change.clone()).collect();
                    let made = self.change_melodies(&changes)?;
                    let made = all.iter().zip(made).zip(wishes);
                    Ok(made.map(|((read, made), wish)| read.phrase(&made, wish)).collect())
                }
                Kind::Drums => {
                    let changes: Vec<_> = wishes.iter().map(|wish| rhythm(wish)).collect();
                    let made = self.change_drums(&changes)?;
                    let phrase = |(made, wish): (Vec<ChangedHit>, &&PhraseRequest)| {
                        let notes = made.iter().map(|changed| hit(changed, wish)).collect();
                        Phrase { length: wishes::length(wish), notes, stand_in: false }
                    };
                    Ok(made.into_iter().zip(wishes).map(phrase).collect())
                }
            }
        })
    }

    fn remarks(&self, wish: &PhraseRequest) -> Vec<String> {
        match self.kind() {
            Kind::Melody => left_out(wish).into_iter().collect(),
            Kind::Drums => Vec::new(),
        }
    }
}
