//! Between wishes in bars and the expression model: given notes, played as a pianist would.

use super::drums::{bpm, gain_of};
use super::ticks::quarters;
use super::wishes;
use super::worker::Player;
use mag_models::{Expression, ExpressionModel, ExpressionRequest, WrittenNote};
use mag_pattern::{Controls, Phrase, PhraseNote, PhraseRequest, Sym, Time, Value};

/// The given notes that have a pitch, by their number.
fn pitched(wish: &PhraseRequest) -> Vec<(usize, WrittenNote)> {
    let beats = quarters(wish.meter);
    let given = wish.given.first().map_or(&[][..], Vec::as_slice);
    let note = |(i, note): (usize, &mag_pattern::Given)| {
        let written = WrittenNote {
            onset: note.onset.to_f64() * beats,
            duration: note.length.to_f64() * beats,
            pitch: note.pitch.filter(|p| p.is_finite())?.round().clamp(0.0, 127.0) as u8,
        };
        Some((i, written))
    };
    given.iter().enumerate().filter_map(note).collect()
}

fn translate(wish: &PhraseRequest) -> ExpressionRequest {
    let default = ExpressionRequest::default();
    ExpressionRequest {
        notes: pitched(wish).into_iter().map(|(_, note)| note).collect(),
        bpm: bpm(wish).unwrap_or(default.bpm),
        dynamics: wish.number("dynamics"),
        rubato: wish.number("rubato").unwrap_or(default.rubato),
        seed: wish.seed,
        temperature: wish.temperature.unwrap_or(default.temperature),
    }
}

/// Each given note with its gain multiplied, moved, and shortened or lengthened, by as much as it
/// was asked for. What has no pitch stays as it is.
fn phrase(played: &[Expression], wish: &PhraseRequest) -> Phrase {
    let given = wish.given.first().map_or(&[][..], Vec::as_slice);
    let amount = wish.number("amount").unwrap_or(1.0);
    let mut touched = vec![None; given.len()];
    for ((i, _), expression) in pitched(wish).into_iter().zip(played) {
        touched[i] = Some(*expression);
    }
    let notes = given.iter().zip(touched).enumerate().map(|(i, (note, touch))| {
        let empty = PhraseNote {
            of: Some(i),
            ..PhraseNote::new(note.onset, note.length, Value::from(Controls::new()))
        };
        let Some(touch) = touch else { return empty };
        let gain = Value::Num(note.gain * gain_of(touch.velocity, amount));
        let share = touch.length.powf(amount).clamp(0.1, 2.0);
        // In hundredths, so that lengths stay simple numbers.
        let length = note.length * Time::new((100.0 * share).round() as i64, 100);
        PhraseNote {
            length,
            value: Value::from(Controls::one(Sym::new("gain"), gain)),
            shift: touch.offset * amount / quarters(wish.meter),
            ..empty
        }
    });
    Phrase { length: wishes::length(wish), notes: notes.collect(), stand_in: false }
}

impl Player for ExpressionModel {
    fn play(&mut self, wishes: &[PhraseRequest]) -> Vec<Result<Phrase, String>> {
        wishes::each_verb(wishes, |verb, wishes| match verb {
            "perform" => {
                let requests: Vec<_> = wishes.iter().map(|wish| translate(wish)).collect();
                let played = ExpressionModel::play(self, &requests)?;
                Ok(played.iter().zip(wishes).map(|(notes, wish)| phrase(notes, wish)).collect())
            }
            other => Err(wishes::cannot("expression", other)),
        })
    }
}
