//! Samples of a model as lines of JSON, for `training/musical_statistics.py`:
//! `cargo run --release -p mag-models --example samples -- melody 1000 16 4/4 major "C F G C"`
//! (kind, how many, bars, meter, mode, chords; drums, chords and chorales need the first four;
//! performances have two seconds for each bar; drums may have a style in place of the mode).

use std::path::{Path, PathBuf};

use mag_models::{
    ChoraleModel, ChoraleRequest, Chord, ChordsModel, ChordsRequest, DrumsModel, DrumsRequest,
    GrooveModel, MelodyModel, MelodyRequest, PerformanceModel, PerformanceRequest, Runtime,
    Trouble,
};
use serde_json::{Value, json};

/// Phrases of one batch.
const BATCH: usize = 50;

/// What was asked for.
struct Asked {
    count: i64,
    bars: u32,
    meter: (u32, u32),
    mode: String,
    chords: String,
}

fn main() -> Result<(), Trouble> {
    let said: Vec<String> = std::env::args().skip(1).collect();
    let word = |at: usize| said.get(at).cloned().unwrap_or_default();
    let (top, bottom) = match word(3).split_once('/') {
        Some((top, bottom)) => (top.parse().unwrap_or(4), bottom.parse().unwrap_or(4)),
        None => (4, 4),
    };
    let asked = Asked {
        count: word(1).parse().unwrap_or(1000),
        bars: word(2).parse().unwrap_or(16),
        meter: (top, bottom),
        mode: if word(4).is_empty() { "major".into() } else { word(4) },
        chords: word(5),
    };
    let runtime = Runtime::open(&[])?;
    match word(0).as_str() {
        "drums" => drums(&asked, &runtime),
        "chords" => chords(&asked, &runtime),
        "chorale" => chorale(&asked, &runtime),
        "performance" => performance(&asked, &runtime),
        _ => melody(&asked, &runtime),
    }
}

fn folder(model: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../stdlib/models").join(model)
}

/// Makes the requests of all seeds, some at a time, and prints an answer for each.
fn print<R, P>(
    requests: Vec<R>,
    mut generate: impl FnMut(&[R]) -> Result<Vec<P>, Trouble>,
    line: impl Fn(&P) -> Value,
) -> Result<(), Trouble> {
    for some in requests.chunks(BATCH) {
        generate(some)?.iter().for_each(|made| println!("{}", line(made)));
    }
    Ok(())
}

fn melody(asked: &Asked, runtime: &Runtime) -> Result<(), Trouble> {
    let mut model = MelodyModel::open(&folder("melody"), runtime, "cpu")?;
    let bar = 96 * asked.meter.0 / asked.meter.1;
    let names: Vec<Chord> =
        asked.chords.split_whitespace().map(Chord::parse).collect::<Result<_, _>>()?;
    let chord = |at: u32| Some((at * bar, *names.get(at as usize % names.len().max(1))?));
    let base = MelodyRequest {
        bars: asked.bars,
        meter: asked.meter,
        mode: asked.mode.parse()?,
        chords: (0..asked.bars).filter_map(chord).collect(),
        ..MelodyRequest::default()
    };
    let requests = (0..asked.count).map(|seed| MelodyRequest { seed, ..base.clone() }).collect();
    print(
        requests,
        |some| model.generate(some),
        |phrase| {
            let notes: Vec<_> = phrase
                .notes
                .iter()
                .map(|n| json!([n.onset, n.onset + n.duration, n.pitch]))
                .collect();
            json!({ "bar": bar, "length": phrase.length, "notes": notes })
        },
    )
}

fn drums(asked: &Asked, runtime: &Runtime) -> Result<(), Trouble> {
    let groove = GrooveModel::open(&folder("groove"), runtime, "cpu")?;
    let mut model = DrumsModel::open(&folder("drums"), runtime, "cpu")?.played_by(groove);
    let base = DrumsRequest {
        bars: asked.bars,
        meter: asked.meter,
        style: asked.mode.parse().unwrap_or_default(),
        close: false,
        ..DrumsRequest::default()
    };
    let requests = (0..asked.count).map(|seed| DrumsRequest { seed, ..base.clone() }).collect();
    print(
        requests,
        |some| model.generate(some),
        |phrase| {
            let hits: Vec<_> = phrase
                .hits
                .iter()
                .map(|h| json!([h.onset / 6, h.drum as u8, h.velocity, h.offset]))
                .collect();
            json!({ "length": phrase.length / 6, "hits": hits })
        },
    )
}

fn chords(asked: &Asked, runtime: &Runtime) -> Result<(), Trouble> {
    let mut model = ChordsModel::open(&folder("chords"), runtime, "cpu")?;
    let base = ChordsRequest {
        bars: asked.bars,
        meter: asked.meter,
        mode: asked.mode.parse()?,
        ..ChordsRequest::default()
    };
    let requests = (0..asked.count).map(|seed| ChordsRequest { seed, ..base.clone() }).collect();
    print(
        requests,
        |some| model.generate(some),
        |made| {
            let chords: Vec<_> =
                made.chords.iter().map(|(at, name)| json!([f64::from(*at) / 24.0, name])).collect();
            json!({ "length": f64::from(made.length) / 24.0, "chords": chords })
        },
    )
}

/// Four voices in sixteenths, in no key in particular.
fn chorale(asked: &Asked, runtime: &Runtime) -> Result<(), Trouble> {
    let mut model = ChoraleModel::open(&folder("chorale"), runtime, "cpu")?;
    let base = ChoraleRequest { bars: asked.bars, meter: asked.meter, ..ChoraleRequest::default() };
    let requests = (0..asked.count).map(|seed| ChoraleRequest { seed, ..base.clone() }).collect();
    print(
        requests,
        |some| model.generate(some),
        |made| {
            let voices: Vec<Vec<_>> = made
                .voices
                .iter()
                .map(|voice| {
                    let note = |n: &mag_models::Note| {
                        json!([n.onset / 6, (n.onset + n.duration) / 6, n.pitch])
                    };
                    voice.iter().map(note).collect()
                })
                .collect();
            json!({ "length": made.length / 6, "voices": voices })
        },
    )
}

/// Seconds, seconds, key and velocity of each note.
fn performance(asked: &Asked, runtime: &Runtime) -> Result<(), Trouble> {
    let mut model = PerformanceModel::open(&folder("performance"), runtime, "cpu")?;
    let base = PerformanceRequest { seconds: 2.0 * f64::from(asked.bars), ..Default::default() };
    let requests =
        (0..asked.count).map(|seed| PerformanceRequest { seed, ..base.clone() }).collect();
    print(
        requests,
        |some| model.generate(some),
        |made| {
            let rounded = |x: f64| (1e4 * x).round() / 1e4;
            let note = |n: &mag_models::PlayedNote| {
                json!([rounded(n.onset), rounded(n.duration), n.pitch, rounded(n.velocity)])
            };
            json!({ "seconds": made.seconds, "notes": made.notes.iter().map(note).collect::<Vec<_>>() })
        },
    )
}
