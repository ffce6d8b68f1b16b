//! Musical statistics of sampled phrases, to hold beside `training/melody_statistics.py`:
//! `cargo run --release -p mag-models --example statistics -- TEMPERATURE TOP_P`.

use std::path::Path;

use mag_models::{Chord, MelodyModel, MelodyRequest, Mode, Note, Phrase, Runtime, Trouble};

const PHRASES: i64 = 200;
const MAJOR: [u8; 7] = [0, 2, 4, 5, 7, 9, 11];

fn main() -> Result<(), Trouble> {
    let mut numbers = std::env::args().skip(1).filter_map(|word| word.parse::<f64>().ok());
    let temperature = numbers.next().unwrap_or(1.0);
    let top_p = numbers.next().unwrap_or(1.0);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../stdlib/models/melody");
    let mut model = MelodyModel::open(&folder, &Runtime::open(&[])?, "cpu")?;
    for (meter, bars) in [((4, 4), 4), ((4, 4), 16), ((3, 4), 8), ((6, 8), 8)] {
        for chords in ["", "C F G7 C", "Dm7 G7 Dm7 Am7", "Am F C E7"] {
            let bar = 96 * meter.0 / meter.1;
            let names: Vec<Chord> =
                chords.split_whitespace().map(Chord::parse).collect::<Result<_, _>>()?;
            let row: Vec<_> = (0..bars)
                .filter_map(|b| Some((b * bar, *names.get(b as usize % names.len().max(1))?)))
                .collect();
            let request = |seed| MelodyRequest {
                bars,
                meter,
                mode: Mode::Major,
                chords: row.clone(),
                seed,
                temperature,
                top_p,
                ..MelodyRequest::default()
            };
            let requests: Vec<_> = (0..PHRASES).map(request).collect();
            let phrases = model.generate(&requests)?;
            println!("{}/{} {bars} bars over `{chords}`", meter.0, meter.1);
            report(&phrases, bar, &row);
        }
    }
    Ok(())
}

fn report(phrases: &[Phrase], bar: u32, chords: &[(u32, Chord)]) {
    let all = || phrases.iter().flat_map(|p| &p.notes);
    let share = |good: usize, of: usize| 100.0 * good as f64 / of.max(1) as f64;
    let bars = phrases.iter().map(|p| p.length / bar).sum::<u32>() as usize;
    let strong = |n: &&Note| n.onset.is_multiple_of(bar);
    let over = |n: &&Note| {
        let chord = chords.iter().rev().find(|(at, _)| *at <= n.onset);
        chord.is_some_and(|(_, chord)| chord.has(n.pitch % 12))
    };
    let last = phrases.iter().filter_map(|p| p.notes.last());
    println!(
        "  notes/bar {:.1}  nats/sixteenth {:.2}  in scale {:.0} %  downbeat onsets {:.0} %",
        all().count() as f64 / bars as f64,
        phrases.iter().map(|p| p.nats).sum::<f64>() / (bars as f64 * f64::from(bar) / 6.0),
        share(all().filter(|n| MAJOR.contains(&(n.pitch % 12))).count(), all().count()),
        share(all().filter(strong).count(), bars),
    );
    if !chords.is_empty() {
        println!(
            "  chord tones: downbeats {:.0} %, all {:.0} %",
            share(all().filter(strong).filter(over).count(), all().filter(strong).count()),
            share(all().filter(over).count(), all().count()),
        );
    }
    println!(
        "  ends on tonic {:.0} %, last note {:.1} beats",
        share(last.clone().filter(|n| n.pitch % 12 == 0).count(), phrases.len()),
        last.map(|n| f64::from(n.duration) / 24.0).sum::<f64>() / phrases.len() as f64,
    );
    let repeats = [1, 2, 4, 8].map(|lag| {
        let (same, of) = phrases
            .iter()
            .map(|p| repeated(p, bar, lag))
            .fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
        format!("{lag}: {:.0} %", share(same, of))
    });
    let dull = phrases.iter().filter(|p| p.notes.len() < 2 * (p.length / bar) as usize).count();
    println!(
        "  bars equal to the one n before: {}  under two notes a bar: {:.0} %",
        repeats.join("  "),
        share(dull, phrases.len())
    );
}

/// How many bars equal the one `lag` before, of how many.
fn repeated(phrase: &Phrase, bar: u32, lag: u32) -> (usize, usize) {
    let content = |number: u32| -> Vec<(u32, u32, u8)> {
        let inside = phrase.notes.iter().filter(|n| n.onset / bar == number);
        inside.map(|n| (n.onset % bar, n.duration, n.pitch)).collect()
    };
    let bars = phrase.length / bar;
    let same = (lag..bars).filter(|&b| content(b) == content(b - lag)).count();
    (same, bars.saturating_sub(lag) as usize)
}
