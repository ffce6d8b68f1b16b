//! Between wishes in bars and the groove model: given hits, played as a drummer would.

use super::drums::{bpm, gain_of, hits, style};
use super::ticks::{bar_ticks, quarters};
use super::wishes;
use super::worker::Player;
use mag_models::{GrooveModel, GrooveRequest, Hit};
use mag_pattern::{Controls, Phrase, PhraseNote, PhraseRequest, Sym, Value};

/// What the groove model is asked for, and what of the wish is left out.
pub(super) fn translate(wish: &PhraseRequest) -> (GrooveRequest, Vec<String>) {
    let given = wish.given.first().map(Vec::as_slice).unwrap_or_default();
    let mut left_out = Vec::new();
    let request = GrooveRequest {
        hits: hits(given, bar_ticks(wish.meter)),
        prime: Vec::new(),
        meter: wish.meter,
        style: style(wish, &mut left_out),
        bpm: bpm(wish),
        seed: wish.seed,
        temperature: wish.temperature.unwrap_or(GrooveRequest::default().temperature),
    };
    (request, left_out)
}

/// Each given note with its gain multiplied and moved by as much as it was asked for.
fn phrase(played: &[Hit], wish: &PhraseRequest) -> Phrase {
    let given = wish.given.first().map(Vec::as_slice).unwrap_or_default();
    let amount = wish.number("amount").unwrap_or(1.0);
    let notes = given.iter().zip(played).enumerate().map(|(i, (note, hit))| {
        let gain = Value::Num(note.gain * gain_of(hit.velocity, amount));
        let value = Value::from(Controls::one(Sym::new("gain"), gain));
        PhraseNote {
            of: Some(i),
            shift: hit.offset * amount / quarters(wish.meter),
            ..PhraseNote::new(note.onset, note.length, value)
        }
    });
    Phrase { length: wishes::length(wish), notes: notes.collect(), stand_in: false }
}

impl Player for GrooveModel {
    fn play(&mut self, wishes: &[PhraseRequest]) -> Vec<Result<Phrase, String>> {
        wishes::each_verb(wishes, |verb, wishes| match verb {
            "groove" => {
                let requests: Vec<_> = wishes.iter().map(|wish| translate(wish).0).collect();
                let played = GrooveModel::play(self, &requests)?;
                Ok(played.iter().zip(wishes).map(|(hits, wish)| phrase(hits, wish)).collect())
            }
            other => Err(wishes::cannot("groove", other)),
        })
    }

    fn remarks(&self, wish: &PhraseRequest) -> Vec<String> {
        translate(wish).1
    }
}
