//! Between wishes in bars and the performance model, which counts in seconds.

use super::drums::{bpm, gain_of};
use super::ticks::quarters;
use super::worker::{Flowed, Memory, Player};
use super::{keys, wishes};
use mag_models::vocab::performance::Conditions;
use mag_models::{Mode, Performance, PerformanceModel, PerformanceRequest, PlayedNote};
use mag_pattern::{Controls, Given, Phrase, PhraseNote, PhraseRequest, Sym, Time, Value};

/// How loud a note with a gain of 1 is taken to be.
const FIRM: f64 = 0.6;

/// Seconds in a bar.
fn bar_seconds(wish: &PhraseRequest) -> f64 {
    quarters(wish.meter) * 60.0 / bpm(wish).unwrap_or(120.0)
}

/// What the performance model is asked for, and what of the wish is left out.
pub fn translate(wish: &PhraseRequest) -> (PerformanceRequest, Vec<String>) {
    let mut left_out = Vec::new();
    let default = PerformanceRequest::default();
    let tones = match wish.key.map(|key| keys::read(key.as_str())) {
        Some(Ok((tonic, mode, _))) => Some(weights(tonic, mode)),
        Some(Err(why)) => {
            left_out.push(why);
            None
        }
        None => None,
    };
    let request = PerformanceRequest {
        seconds: f64::from(wish.bars) * bar_seconds(wish),
        conditions: Conditions {
            density: wish.number("density"),
            register: wish.number("register"),
            dynamics: wish.number("dynamics"),
            tones,
        },
        prime: played(&wish.prime, bar_seconds(wish)),
        seed: wish.seed,
        temperature: wish.temperature.unwrap_or(default.temperature),
        top_p: wish.top.unwrap_or(default.top_p),
        ..default
    };
    (request, left_out)
}

/// How often music in a key has each pitch class: the tonic triad most, the scale, little else.
fn weights(tonic: u8, mode: Mode) -> [f32; 12] {
    let third = if mode.is_minor() { 3 } else { 4 };
    let scale: [u8; 7] = match mode {
        Mode::Minor => [0, 2, 3, 5, 7, 8, 10],
        Mode::Dorian => [0, 2, 3, 5, 7, 9, 10],
        Mode::Mixolydian => [0, 2, 4, 5, 7, 9, 10],
        Mode::Lydian => [0, 2, 4, 6, 7, 9, 11],
        Mode::Phrygian => [0, 1, 3, 5, 7, 8, 10],
        Mode::Major | Mode::Unknown => [0, 2, 4, 5, 7, 9, 11],
    };
    std::array::from_fn(|class| {
        let above = (class as u8 + 12 - tonic % 12) % 12;
        if above == 0 || above == 7 || above == third {
            0.2
        } else if scale.contains(&above) {
            0.09
        } else {
            0.01
        }
    })
}

/// Notes that are continued.
fn played(notes: &[Given], bar: f64) -> Vec<PlayedNote> {
    let note = |note: &Given| {
        Some(PlayedNote {
            onset: note.onset.to_f64().max(0.0) * bar,
            duration: note.length.to_f64() * bar,
            pitch: note.pitch?.round().clamp(0.0, 127.0) as u8,
            velocity: (FIRM * note.gain).clamp(0.05, 1.0),
        })
    };
    notes.iter().filter_map(note).collect()
}

/// Seconds as bars, to the hundredth of a second.
fn bars(seconds: f64, wish: &PhraseRequest) -> Time {
    let hundredths = (100.0 * seconds).round() as i64;
    let tempo = bpm(wish).unwrap_or(120.0).round() as i64;
    let (beats, unit) = (i64::from(wish.meter.0), i64::from(wish.meter.1));
    Time::new(hundredths * tempo * unit, 24_000 * beats.max(1))
}

fn phrase(made: &Performance, wish: &PhraseRequest) -> Phrase {
    let note = |note: &PlayedNote| {
        let mut controls = Controls::one(Sym::new("note"), Value::Num(f64::from(note.pitch)));
        controls.set(Sym::new("gain"), Value::Num(gain_of(note.velocity, 1.0)));
        let length = bars(note.duration.max(0.02), wish);
        PhraseNote::new(bars(note.onset.max(0.0), wish), length, Value::from(controls))
    };
    let notes = made.notes.iter().map(note).collect();
    Phrase { length: wishes::length(wish), notes, stand_in: false }
}

impl Player for PerformanceModel {
    fn play(&mut self, wishes: &[PhraseRequest]) -> Vec<Result<Phrase, String>> {
        wishes::each_verb(wishes, |verb, wishes| match verb {
            "performance" => {
                let requests: Vec<_> = wishes.iter().map(|wish| translate(wish).0).collect();
                let made = self.generate(&requests)?;
                Ok(made.iter().zip(wishes).map(|(made, wish)| phrase(made, wish)).collect())
            }
            other => Err(wishes::cannot("performance", other)),
        })
    }

    fn go_on(&mut self, parts: &[(PhraseRequest, Option<Memory>)]) -> Option<Vec<Flowed>> {
        let made = wishes::go_on(parts, |w| translate(w).0, |some| self.go_on(some), phrase);
        Some(made)
    }

    fn remarks(&self, wish: &PhraseRequest) -> Vec<String> {
        translate(wish).1
    }
}
