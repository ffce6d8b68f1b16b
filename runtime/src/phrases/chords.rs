//! Between wishes in bars and the chords model: progressions as the control `chord`.

use super::ticks::{bar_ticks, bars, ticks};
use super::worker::{Flowed, Memory, Player};
use super::{keys, wishes};
use mag_models::{
    Chord, ChordsModel, ChordsRequest, Mode, Progression, Repertoire, Section, Trouble,
};
use mag_pattern::{Controls, Phrase, PhraseNote, PhraseRequest, Sym, Time, Value};

/// What the chords model is asked for, and what of the wish is left out.
pub fn translate(wish: &PhraseRequest) -> (ChordsRequest, Vec<String>) {
    let mut left_out = Vec::new();
    let bar = bar_ticks(wish.meter);
    let default = ChordsRequest::default();
    let mut prime = Vec::new();
    for (at, name) in &wish.chords {
        match Chord::parse(name.as_str()) {
            Ok(chord) => prime.push((ticks(*at, bar), chord)),
            Err(trouble) => left_out.push(trouble.to_string()),
        }
    }
    let (tonic, mode) = match wish.key.map(|key| keys::read(key.as_str())) {
        Some(Ok((tonic, mode, _))) => (tonic, mode),
        Some(Err(why)) => {
            left_out.push(why);
            (0, Mode::Major)
        }
        None => keys::of_chords(&prime),
    };
    let named = |name: &str| match wish.setting(name) {
        Some(Value::Word(word)) => Some(*word),
        _ => None,
    };
    let section = named("section").map(|word| word.as_str().parse::<Section>());
    let style = named("style").map(|word| word.as_str().parse::<Repertoire>());
    let mut read = |trouble: Trouble| left_out.push(trouble.to_string());
    let request = ChordsRequest {
        bars: wish.bars,
        meter: wish.meter,
        tonic,
        mode,
        style: style.map_or_else(Default::default, |style| {
            style.unwrap_or_else(|trouble| {
                read(trouble);
                Repertoire::default()
            })
        }),
        sections: match section {
            Some(Ok(section)) => vec![(section, wish.bars)],
            Some(Err(trouble)) => {
                read(trouble);
                Vec::new()
            }
            None => Vec::new(),
        },
        seed: wish.seed,
        temperature: wish.temperature.unwrap_or(default.temperature),
        top_p: wish.top.unwrap_or(default.top_p),
        prime,
        close: !wish.flow,
        slowest: default.slowest,
    };
    (request, left_out)
}

/// Chords that last until the next, each the control `chord`.
fn phrase(made: &Progression, wish: &PhraseRequest) -> Phrase {
    let bar = bar_ticks(wish.meter);
    let length = wishes::length(wish);
    let ends = made.chords.iter().skip(1).map(|(at, _)| bars(*at, bar)).chain([length]);
    let notes = made.chords.iter().zip(ends).map(|((at, name), end)| {
        let begin = bars(*at, bar);
        let value = Value::from(Controls::one(Sym::new("chord"), Value::word(name)));
        PhraseNote::new(begin, (end - begin).max(Time::new(1, 64)), value)
    });
    Phrase { length, notes: notes.collect(), stand_in: false }
}

/// The chords of a phrase, to be continued.
pub fn symbols(phrase: &Phrase) -> Vec<(Time, Sym)> {
    let name = |note: &PhraseNote| match note.value.controls()?.get(Sym::new("chord"))? {
        Value::Word(word) => Some((note.onset, *word)),
        _ => None,
    };
    phrase.notes.iter().filter_map(name).collect()
}

impl Player for ChordsModel {
    fn play(&mut self, wishes: &[PhraseRequest]) -> Vec<Result<Phrase, String>> {
        wishes::each_verb(wishes, |verb, wishes| match verb {
            "chords" => {
                let requests: Vec<_> = wishes.iter().map(|wish| translate(wish).0).collect();
                let made = self.generate(&requests)?;
                Ok(made.iter().zip(wishes).map(|(made, wish)| phrase(made, wish)).collect())
            }
            other => Err(wishes::cannot("chords", other)),
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
