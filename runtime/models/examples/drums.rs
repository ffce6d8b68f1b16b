//! Prints bars of drums as a grid: `cargo run -p mag-models --example drums -- rock 4 1 7`
//! (style, bars, how many of them are a fill, seed).

use std::path::Path;

use mag_models::{Drum, DrumsModel, DrumsRequest, Runtime, Trouble};

fn main() -> Result<(), Trouble> {
    let said: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize, usual: i64| said.get(at).and_then(|s| s.parse().ok()).unwrap_or(usual);
    let request = DrumsRequest {
        style: said.first().and_then(|style| style.parse().ok()).unwrap_or_default(),
        bars: u32::try_from(number(1, 4)).unwrap_or(4),
        fill: u32::try_from(number(2, 0)).unwrap_or(0),
        seed: number(3, 0),
        ..DrumsRequest::default()
    };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../stdlib/models/drums");
    let mut model = DrumsModel::open(&folder, &Runtime::open(&[])?, "cpu")?;
    for phrase in model.generate(&[request])? {
        for drum in Drum::ALL {
            let struck: Vec<u32> =
                phrase.hits.iter().filter(|h| h.drum == drum).map(|h| h.onset / 6).collect();
            let cell = |step: u32| match (struck.contains(&step), step % 16) {
                (true, _) => 'x',
                (false, 0) => '|',
                (false, _) => '.',
            };
            let row: String = (0..phrase.length / 6).map(cell).collect();
            println!("{} {row}", drum.sample());
        }
        println!("{:.2} nats per sixteenth", phrase.nats / f64::from(phrase.length / 6));
    }
    Ok(())
}
