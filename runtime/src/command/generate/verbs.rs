//! `mag generate` for everything that is not a melody: phrases as a program would get them.

use super::{BATCH, Generate, folder_of};
use crate::notice::{Notices, print};
use crate::phrases::{self, library};
use mag_lang::Verb;
use mag_pattern::{Phrase, PhraseRequest, Sym, Value};
use serde_json::{Value as Json, json};
use std::process::ExitCode;

/// Phrases of a source other than `melody`.
pub(super) fn run(asked: &Generate, verb: &Verb) -> Result<ExitCode, String> {
    let notices = Notices::to_terminal();
    let mut wish = asked.wish(verb)?;
    wish.model = Sym::new(&asked.model);
    let runtime = library::runtime().map_err(|trouble| trouble.to_string())?;
    let groove = library::find("groove", &library::folders());
    let (mut player, notice) =
        phrases::open(&folder_of(&asked.model)?, groove.as_deref(), &runtime, "cpu")
            .map_err(|trouble| trouble.to_string())?;
    notice.iter().chain(&player.remarks(&wish)).for_each(|text| notices.warn(text));
    let seeds: Vec<i64> = (asked.seed..).take(asked.count as usize).collect();
    for seeds in seeds.chunks(BATCH.min(16)) {
        let wishes: Vec<PhraseRequest> =
            seeds.iter().map(|&seed| PhraseRequest { seed, ..wish.clone() }).collect();
        for (wish, made) in wishes.iter().zip(player.play(&wishes)) {
            let phrase = made?;
            print(&if asked.json {
                json_of(wish, &phrase).to_string()
            } else {
                line(wish, &phrase)
            });
        }
    }
    notices.flush();
    Ok(ExitCode::SUCCESS)
}

/// Quarter notes of so many bars.
fn beats(bars: f64, wish: &PhraseRequest) -> f64 {
    bars * 4.0 * f64::from(wish.meter.0) / f64::from(wish.meter.1.max(1))
}

fn json_of(wish: &PhraseRequest, phrase: &Phrase) -> Json {
    let notes: Vec<Json> = phrase
        .notes
        .iter()
        .map(|note| {
            let at = beats(note.onset.to_f64() + note.shift, wish);
            json!([at, beats(note.length.to_f64(), wish), controls(&note.value)])
        })
        .collect();
    json!({
        "seed": wish.seed,
        "bars": wish.bars,
        "meter": format!("{}/{}", wish.meter.0, wish.meter.1),
        "length": beats(phrase.length.to_f64(), wish),
        "notes": notes,
    })
}

fn controls(value: &Value) -> Json {
    let plain = |value: &Value| {
        value.number().map_or_else(|| json!(value.to_string()), |number| json!(number))
    };
    match value.controls() {
        Some(controls) => {
            let rows = controls.iter().map(|(name, value)| (name.to_string(), plain(value)));
            Json::Object(rows.collect())
        }
        None => plain(value),
    }
}

/// A phrase for people: each note with its beat.
fn line(wish: &PhraseRequest, phrase: &Phrase) -> String {
    let shown = phrase.notes.iter().map(|note| {
        let at = beats(note.onset.to_f64() + note.shift, wish);
        format!("{at:.2}:{}", note.value)
    });
    shown.collect::<Vec<_>>().join(" ")
}
