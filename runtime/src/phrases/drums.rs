//! Between wishes in bars and the hits of the drums and groove models.

use super::ticks::{bar_ticks, bars, quarters, ticks};
use super::worker::{Flowed, Memory, Player};
use super::{infill, wishes};
use mag_models::{Drum, DrumPhrase, DrumsModel, DrumsRequest, Hit, Rhythm, Style};
use mag_pattern::{Controls, Given, Phrase, PhraseNote, PhraseRequest, Sym, Value};

/// The velocity that leaves a gain as it is: a firm stroke. Accents are louder, ghost notes softer.
const FIRM: f64 = 0.8;
/// The most by which a velocity raises a gain.
const ACCENT: f64 = 1.25;

/// The drum that a sound is played as: by its name, or by what its name contains (`808bd`,
/// `linnhats`); anything else as a closed hat, which keeps time.
pub fn drum_of(sound: Option<Sym>) -> Drum {
    let Some(name) = sound.map(|s| s.as_str().to_ascii_lowercase()) else { return Drum::ClosedHat };
    if let Ok(drum) = name.parse() {
        return drum;
    }
    let parts: [(&[&str], Drum); 9] = [
        (&["bd", "kick", "bass"], Drum::Kick),
        (&["sd", "sn", "cp", "clap", "rim"], Drum::Snare),
        (&["oh", "open"], Drum::OpenHat),
        (&["lt", "floor"], Drum::LowTom),
        (&["mt", "tom"], Drum::MidTom),
        (&["ht"], Drum::HighTom),
        (&["cr", "crash"], Drum::Crash),
        (&["rd", "ride"], Drum::Ride),
        (&["hh", "hat"], Drum::ClosedHat),
    ];
    let holds = |(words, _): &&(&[&str], Drum)| words.iter().any(|word| name.contains(word));
    parts.iter().find(holds).map_or(Drum::ClosedHat, |(_, drum)| *drum)
}

/// Notes as hits, in ticks.
pub fn hits(given: &[Given], bar: i64) -> Vec<Hit> {
    let hit = |note: &Given| Hit {
        velocity: (note.gain * FIRM).clamp(0.0, 1.0),
        ..Hit::new(ticks(note.onset, bar), drum_of(note.sound))
    };
    given.iter().map(hit).collect()
}

/// By how much a velocity changes a gain; `amount` 0 leaves it, 1 is all of it.
pub fn gain_of(velocity: f64, amount: f64) -> f64 {
    let full = (velocity / FIRM).clamp(0.05, ACCENT);
    (1.0 + (full - 1.0) * amount).max(0.02)
}

/// A style by name, or why there is none.
pub fn style(wish: &PhraseRequest, left_out: &mut Vec<String>) -> Style {
    let Some(Value::Word(name)) = wish.setting("style") else { return Style::default() };
    name.as_str().parse().unwrap_or_else(|trouble: mag_models::Trouble| {
        left_out.push(trouble.to_string());
        Style::default()
    })
}

/// Quarter notes a minute.
pub fn bpm(wish: &PhraseRequest) -> Option<f64> {
    wish.tempo.map(f64::from)
}

/// What the drums model is asked for, and what of the wish is left out.
pub fn translate(wish: &PhraseRequest) -> (DrumsRequest, Vec<String>) {
    let bar = bar_ticks(wish.meter);
    let default = DrumsRequest::default();
    let mut left_out = Vec::new();
    let mut kit = Vec::new();
    if let Some(Value::List(names)) = wish.setting("kit") {
        for name in names.iter() {
            match name.to_string().parse() {
                Ok(drum) => kit.push(drum),
                Err(trouble) => left_out.push(mag_models::Trouble::to_string(&trouble)),
            }
        }
    }
    let given = wish.given.first().map(Vec::as_slice).unwrap_or_default();
    let tap = wish.verb.as_str() == "tap";
    let request = DrumsRequest {
        bars: wish.bars,
        meter: wish.meter,
        style: style(wish, &mut left_out),
        bpm: bpm(wish),
        seed: wish.seed,
        temperature: wish.temperature.unwrap_or(default.temperature),
        top_p: wish.top.unwrap_or(default.top_p),
        prime: hits(&wish.prime, bar),
        lead_in: default.lead_in,
        fill: wish.number("fill").unwrap_or(0.0) as u32,
        close: !wish.flow,
        kit,
        with: if tap { Vec::new() } else { hits(given, bar) },
        tap: tap.then(|| hits(given, bar)),
        keep: None,
        place: super::ticks::place(wish),
    };
    (request, left_out)
}

/// Hits as notes `s "bd"` with `gain` and a shift, an eighth of a quarter long at least.
fn phrase(made: &DrumPhrase, wish: &PhraseRequest) -> Phrase {
    let bar = bar_ticks(wish.meter);
    let amount = wish.number("amount").unwrap_or(1.0);
    let note = |hit: &Hit| {
        let controls = Controls::one(Sym::new("s"), Value::word(hit.drum.sample()))
            .with(Sym::new("gain"), Value::Num(gain_of(hit.velocity, amount)));
        PhraseNote {
            shift: hit.offset * amount / quarters(wish.meter),
            ..PhraseNote::new(bars(hit.onset, bar), bars(6, bar), Value::from(controls))
        }
    };
    let notes = made.hits.iter().map(note).collect();
    Phrase { length: wishes::length(wish), notes, stand_in: false }
}

/// A rhythm to be judged: the hits that a wish gives.
pub fn rhythm(wish: &PhraseRequest) -> Rhythm {
    let bar = bar_ticks(wish.meter);
    let given = wish.given.first().map(Vec::as_slice).unwrap_or_default();
    Rhythm {
        hits: hits(given, bar),
        length: wish.bars.saturating_mul(u32::try_from(bar).unwrap_or(96)),
        meter: wish.meter,
        style: style(wish, &mut Vec::new()),
        bpm: bpm(wish),
        close: false,
    }
}

/// The surprise of each given hit: that of its sixteenth.
fn judged(wish: &PhraseRequest, nats: &[f64]) -> Phrase {
    let bar = bar_ticks(wish.meter);
    let given = wish.given.first().map(Vec::as_slice).unwrap_or_default();
    let mut notes = Vec::new();
    for (i, note) in given.iter().enumerate() {
        let step = (ticks(note.onset, bar) + 3) / 6;
        if let Some(&nats) = nats.get(step as usize) {
            let value = Value::Num(nats);
            notes.push(PhraseNote {
                of: Some(i),
                ..PhraseNote::new(note.onset, note.length, value)
            });
        }
    }
    Phrase { length: wishes::length(wish), notes, stand_in: false }
}

impl Player for DrumsModel {
    fn play(&mut self, wishes: &[PhraseRequest]) -> Vec<Result<Phrase, String>> {
        wishes::each_verb(wishes, |verb, wishes| match verb {
            "drums" | "tap" => {
                let requests: Vec<_> = wishes.iter().map(|wish| translate(wish).0).collect();
                let made = self.generate(&requests)?;
                Ok(made.iter().zip(wishes).map(|(made, wish)| phrase(made, wish)).collect())
            }
            "infill" => {
                let fills: Vec<_> = wishes.iter().map(|wish| infill::drums(wish)).collect();
                let made = self.generate(&fills)?;
                Ok(made.iter().zip(wishes).map(|(made, wish)| phrase(made, wish)).collect())
            }
            "surprise" => {
                let rhythms: Vec<Rhythm> = wishes.iter().map(|wish| rhythm(wish)).collect();
                let found = self.surprise(&rhythms)?;
                Ok(wishes.iter().zip(&found).map(|(wish, nats)| judged(wish, nats)).collect())
            }
            other => Err(wishes::cannot("drums", other)),
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
