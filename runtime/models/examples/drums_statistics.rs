//! Statistics of sampled drums, to hold beside those of `training/drums_statistics.py`:
//! `cargo run --release -p mag-models --example drums_statistics -- 0.9 0.95`
//! (temperature, nucleus).

use std::path::Path;

use mag_models::{Drum, DrumPhrase, DrumsModel, DrumsRequest, GrooveModel, Runtime, Trouble};

const BARS: u32 = 32;

fn main() -> Result<(), Trouble> {
    let said: Vec<f64> = std::env::args().skip(1).filter_map(|word| word.parse().ok()).collect();
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../stdlib/models");
    let runtime = Runtime::open(&[])?;
    let groove = GrooveModel::open(&models.join("groove"), &runtime, "cpu")?;
    let mut model = DrumsModel::open(&models.join("drums"), &runtime, "cpu")?.played_by(groove);
    let request = |seed| DrumsRequest {
        seed,
        bars: BARS,
        close: false,
        temperature: said.first().copied().unwrap_or(0.9),
        top_p: said.get(1).copied().unwrap_or(0.95),
        ..DrumsRequest::default()
    };
    let requests: Vec<DrumsRequest> = (0..64).map(request).collect();
    let phrases = model.generate(&requests)?;
    let bars = phrases.len() as f64 * f64::from(BARS);
    let hits = || phrases.iter().flat_map(|phrase| &phrase.hits);
    let counts = Drum::ALL.map(|drum| {
        format!("{drum} {:.2}", hits().filter(|hit| hit.drum == drum).count() as f64 / bars)
    });
    println!("hits per bar: {}", counts.join(", "));
    let shares = [1, 2, 4].map(|lag| format!("{lag}: {:.0}%", 100.0 * repeated(&phrases, lag)));
    println!("bars equal to the one before: {}", shares.join(", "));
    print_marks("velocity", hits().map(|hit| hit.velocity).collect());
    print_marks("offset", hits().map(|hit| hit.offset).collect());
    Ok(())
}

/// The share of bars that have the same hits as the one so many bars before.
fn repeated(phrases: &[DrumPhrase], lag: u32) -> f64 {
    let bar = |phrase: &DrumPhrase, number: u32| -> Vec<(u32, Drum)> {
        let inside = phrase.hits.iter().filter(|hit| hit.onset / 96 == number);
        inside.map(|hit| (hit.onset % 96, hit.drum)).collect()
    };
    let same = |phrase: &DrumPhrase| {
        (lag..BARS).filter(|&number| bar(phrase, number) == bar(phrase, number - lag)).count()
    };
    let count = phrases.len() as f64 * f64::from(BARS - lag);
    phrases.iter().map(same).sum::<usize>() as f64 / count
}

fn print_marks(name: &str, mut values: Vec<f64>) {
    values.sort_by(f64::total_cmp);
    let mark = |percent: usize| {
        format!("{:.3}", values.get(values.len() * percent / 100).copied().unwrap_or(f64::NAN))
    };
    println!("{name}, 10 25 50 75 90 %: {}", [10, 25, 50, 75, 90].map(mark).join(" "));
}
