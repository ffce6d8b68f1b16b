//! How a phrase begins: notes of each bar, by the length of the phrase, over 200 seeds:
//! `cargo run --release -p mag-models --example openings -- drums`
//! (or melody, chords, performance; drums: how many bars lead in).

use std::path::Path;

use mag_models::{
    ChordsModel, ChordsRequest, Drum, DrumsModel, DrumsRequest, MelodyModel, MelodyRequest,
    PerformanceModel, PerformanceRequest, Runtime, Trouble,
};

const SEEDS: i64 = 200;

/// Onsets of one phrase, in bars, by kind.
type Onsets = Vec<(f64, usize)>;

fn main() -> Result<(), Trouble> {
    let said: Vec<String> = std::env::args().skip(1).collect();
    let model = said.first().map_or("drums", String::as_str);
    let lead = said.get(1).and_then(|bars| bars.parse().ok());
    let runtime = Runtime::open(&[])?;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../stdlib/models").join(model);
    let kinds: &[&str] = if model == "drums" { &["kicks", "snares", "hats"] } else { &["notes"] };
    for bars in [1, 2, 4, 8] {
        let phrases = match model {
            "drums" => drums(&folder, &runtime, bars, lead)?,
            "melody" => melody(&folder, &runtime, bars)?,
            "chords" => chords(&folder, &runtime, bars)?,
            _ => performance(&folder, &runtime, bars)?,
        };
        for (kind, name) in kinds.iter().enumerate() {
            let in_bar = |bar: u32| {
                let inside = |o: &&(f64, usize)| o.1 == kind && o.0 as u32 == bar;
                let count = phrases.iter().flatten().filter(inside).count();
                format!("{:.1}", count as f64 / phrases.len() as f64)
            };
            let row: Vec<String> = (0..bars).map(in_bar).collect();
            println!("{bars} bars, {name} by bar: {}", row.join(" "));
        }
        let sparse = |p: &&Onsets| p.iter().filter(|o| o.0 < 1.0).count() < 4;
        println!(
            "{bars} bars: first bars with less than four notes {:.0} %",
            100.0 * phrases.iter().filter(sparse).count() as f64 / phrases.len() as f64
        );
    }
    Ok(())
}

fn drums(
    folder: &Path,
    runtime: &Runtime,
    bars: u32,
    lead: Option<u32>,
) -> Result<Vec<Onsets>, Trouble> {
    let usual = DrumsRequest::default();
    let lead_in = lead.unwrap_or(usual.lead_in);
    let request = |seed| DrumsRequest { seed, bars, lead_in, ..usual.clone() };
    let requests: Vec<_> = (0..SEEDS).map(request).collect();
    let phrases = DrumsModel::open(folder, runtime, "cpu")?.generate(&requests)?;
    let kind = |drum| match drum {
        Drum::Kick => 0,
        Drum::Snare => 1,
        Drum::ClosedHat => 2,
        _ => 3,
    };
    let onsets = phrases.iter().map(|phrase| {
        phrase.hits.iter().map(|hit| (f64::from(hit.onset) / 96.0, kind(hit.drum))).collect()
    });
    Ok(onsets.collect())
}

fn melody(folder: &Path, runtime: &Runtime, bars: u32) -> Result<Vec<Onsets>, Trouble> {
    let request = |seed| MelodyRequest { seed, bars, ..MelodyRequest::default() };
    let requests: Vec<_> = (0..SEEDS).map(request).collect();
    let phrases = MelodyModel::open(folder, runtime, "cpu")?.generate(&requests)?;
    let onsets = phrases.iter().map(|p| p.notes.iter().map(|n| (f64::from(n.onset) / 96.0, 0)));
    Ok(onsets.map(Iterator::collect).collect())
}

fn chords(folder: &Path, runtime: &Runtime, bars: u32) -> Result<Vec<Onsets>, Trouble> {
    let request = |seed| ChordsRequest { seed, bars, ..ChordsRequest::default() };
    let requests: Vec<_> = (0..SEEDS).map(request).collect();
    let phrases = ChordsModel::open(folder, runtime, "cpu")?.generate(&requests)?;
    let onsets = phrases.iter().map(|p| p.chords.iter().map(|c| (f64::from(c.0) / 96.0, 0)));
    Ok(onsets.map(Iterator::collect).collect())
}

/// A bar is two seconds.
fn performance(folder: &Path, runtime: &Runtime, bars: u32) -> Result<Vec<Onsets>, Trouble> {
    let seconds = 2.0 * f64::from(bars);
    let request = |seed| PerformanceRequest { seed, seconds, ..PerformanceRequest::default() };
    let requests: Vec<_> = (0..SEEDS / 4).map(request).collect();
    let phrases = PerformanceModel::open(folder, runtime, "cpu")?.generate(&requests)?;
    let onsets = phrases.iter().map(|p| p.notes.iter().map(|n| (n.onset / 2.0, 0)));
    Ok(onsets.map(Iterator::collect).collect())
}
