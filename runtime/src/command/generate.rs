//! `mag generate`: phrases from a model as notes, for scripts and measurements.

mod verbs;

use crate::notice::{Notices, print};
use crate::phrases::{library, melody};
use clap::Args;
use mag_lang::source::{Source, Sources};
use mag_lang::{Verb, report};
use mag_models::{Card, MelodyModel, MelodyRequest, Phrase, TICKS_PER_BEAT};
use mag_pattern::{PhraseRequest, Query, Span, World};
use serde_json::{Value as Json, json};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

/// The most phrases of one batch.
const BATCH: usize = 64;

/// What `mag generate` is asked.
#[derive(Debug, Args)]
pub struct Generate {
    /// The model, as in `mag models`
    pub model: String,
    /// Length of a phrase in bars
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=64))]
    pub bars: u32,
    /// How many phrases, with seeds from --seed upwards
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub count: u32,
    /// Seed of the first phrase
    #[arg(long, default_value_t = 0, allow_negative_numbers = true)]
    pub seed: i64,
    /// Temperature: 1 is the model as trained
    #[arg(long, default_value_t = 1.0)]
    pub temp: f64,
    /// Nucleus: the share of probability that is kept
    #[arg(long, default_value_t = 1.0)]
    pub top: f64,
    /// Meter, such as 4/4, 3/4 or 6/8
    #[arg(long, default_value = "4/4", value_parser = meter)]
    pub meter: (u32, u32),
    /// Key, such as d:dorian; without it the chords tell
    #[arg(long)]
    pub key: Option<String>,
    /// Chords in mini-notation, such as `<Dm7 G7>`
    #[arg(long)]
    pub over: Option<String>,
    /// A pattern of notes to continue, such as 'note "c4 d4 e4"'
    #[arg(long)]
    pub prime: Option<String>,
    /// Answer in JSON, one line for each phrase: its notes as beat, beats, pitch
    #[arg(long)]
    pub json: bool,
}

impl Generate {
    /// Answers on standard output.
    ///
    /// # Errors
    /// In the user's words.
    pub fn run(self) -> Result<ExitCode, String> {
        let verb = self.verb()?;
        if verb.name != "melody" {
            return verbs::run(&self, verb);
        }
        let notices = Notices::to_terminal();
        let wish = self.wish(verb)?;
        let translation = melody::translate(&wish);
        translation.left_out.iter().for_each(|text| notices.warn(text));
        let mut model = open(&self.model, "cpu")?;
        model.notice().into_iter().for_each(|text| notices.warn(text));
        let seeds: Vec<i64> = (self.seed..).take(self.count as usize).collect();
        for seeds in seeds.chunks(BATCH) {
            let request = |&seed: &i64| MelodyRequest { seed, ..translation.request.clone() };
            let requests: Vec<MelodyRequest> = seeds.iter().map(request).collect();
            let phrases = model.generate(&requests).map_err(|trouble| trouble.to_string())?;
            for (request, phrase) in requests.iter().zip(&phrases) {
                print(&if self.json { json_of(request, phrase).to_string() } else { line(phrase) });
            }
        }
        notices.flush();
        Ok(ExitCode::SUCCESS)
    }

    /// What the model does: the source of the name of its card's vocabulary.
    fn verb(&self) -> Result<&'static Verb, String> {
        let card = Card::read(&folder_of(&self.model)?).map_err(|trouble| trouble.to_string())?;
        mag_lang::verb(&card.vocabulary).filter(|verb| verb.patterns == 0).ok_or_else(|| {
            let name = &self.model;
            format!("`{name}` makes nothing by itself; in a program it is done to a pattern")
        })
    }

    /// What the language asks a model for when these things are said in it.
    fn wish(&self, verb: &Verb) -> Result<PhraseRequest, String> {
        let (name, bars) = (verb.name, self.bars);
        let mut text = format!("{name} .bars {bars} .temp {} .top {}", self.temp, self.top);
        for (name, value) in [("over", &self.over), ("inKey", &self.key)] {
            match value {
                Some(value) if value.contains('"') => text.push_str(&format!(" .{name} ({value})")),
                Some(value) => text.push_str(&format!(" .{name} \"{value}\"")),
                None => {}
            }
        }
        if let Some(prime) = &self.prime {
            text.push_str(&format!(" .prime ({prime})"));
        }
        let language = crate::phrases::library::language();
        let source = Source::new(1, "generate", &text);
        let pattern = language.expression(&language.empty(), &source).map_err(|problems| {
            report::render(&problems, &Sources::from(source.clone()), super::color())
        })?;
        let listener = Listener::default();
        let mut query = Query::new(&listener);
        query.meter = self.meter;
        pattern.query(Span::cycle(0), &mut query, &mut Vec::new());
        let trouble = query.trouble().map(|trouble| trouble.message.clone());
        let heard = listener.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        heard.ok_or_else(|| trouble.unwrap_or_else(|| "this asks for no phrase".into()))
    }
}

/// The folder of the model of this name.
pub(super) fn folder_of(name: &str) -> Result<PathBuf, String> {
    library::find(name, &library::folders())
        .ok_or_else(|| format!("there is no model `{name}`; `mag models` lists those there are"))
}

/// The model of this name, ready to play.
pub(super) fn open(name: &str, device: &str) -> Result<MelodyModel, String> {
    let folder = folder_of(name)?;
    let runtime = library::runtime().map_err(|trouble| trouble.to_string())?;
    MelodyModel::open(&folder, &runtime, device).map_err(|trouble| trouble.to_string())
}

/// Notes what it is asked for.
#[derive(Default)]
struct Listener(Mutex<Option<PhraseRequest>>);

impl World for Listener {
    fn phrase(&self, wish: &PhraseRequest) -> Option<Arc<mag_pattern::Phrase>> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(wish.clone());
        None
    }
}

fn json_of(request: &MelodyRequest, phrase: &Phrase) -> Json {
    let beats = |ticks: u32| f64::from(ticks) / f64::from(TICKS_PER_BEAT);
    let notes: Vec<Json> = phrase
        .notes
        .iter()
        .map(|note| json!([beats(note.onset), beats(note.duration), note.pitch]))
        .collect();
    json!({
        "seed": request.seed,
        "bars": request.bars,
        "meter": format!("{}/{}", request.meter.0, request.meter.1),
        "tonic": request.tonic,
        "mode": format!("{:?}", request.mode).to_lowercase(),
        "length": beats(phrase.length),
        "nats": phrase.nats,
        "notes": notes,
    })
}

/// A phrase for people: pitch and length of each note, in beats.
fn line(phrase: &Phrase) -> String {
    let beats = |ticks: u32| f64::from(ticks) / f64::from(TICKS_PER_BEAT);
    let notes = phrase.notes.iter().map(|n| format!("{}:{:.3}", n.pitch, beats(n.duration)));
    let notes: Vec<String> =
        notes.map(|n| n.trim_end_matches('0').trim_end_matches('.').into()).collect();
    notes.join(" ")
}

/// A meter as it is written: `6/8`.
pub(super) fn meter(text: &str) -> Result<(u32, u32), String> {
    let refuse = || format!("expected a meter such as 4/4, 3/4 or 6/8, found `{text}`");
    let (beats, unit) = text.split_once('/').ok_or_else(refuse)?;
    let number = |part: &str| part.trim().parse::<u32>().map_err(|_| refuse());
    match (number(beats)?, number(unit)?) {
        (beats @ 1..=32, unit @ (1 | 2 | 4 | 8 | 16)) => Ok((beats, unit)),
        _ => Err(refuse()),
    }
}
