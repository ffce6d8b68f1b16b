//! Prints how fast the melody model is: `cargo run --release -p mag-models --example speed`.

use std::path::Path;
use std::time::Instant;

use mag_models::{MelodyModel, MelodyRequest, Runtime, Trouble};

fn main() -> Result<(), Trouble> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../stdlib/models/melody");
    let began = Instant::now();
    let runtime = Runtime::open(&[])?;
    let loaded = began.elapsed();
    let mut model = MelodyModel::open(&folder, &runtime, "cpu")?;
    let opened = began.elapsed() - loaded;
    println!("{}", runtime.library().display());
    println!("library {:.1} ms, model {:.1} ms", ms(loaded), ms(opened));
    for candidates in [1, 16, 64] {
        let mut times = Vec::new();
        let mut notes = 0;
        for round in 0..30_i64 {
            let request =
                |i: i64| MelodyRequest { seed: 1000 * round + i, ..MelodyRequest::default() };
            let requests: Vec<_> = (0..candidates).map(request).collect();
            let began = Instant::now();
            let phrases = model.generate(&requests)?;
            times.push(began.elapsed());
            notes += phrases.iter().map(|p| p.notes.len()).sum::<usize>();
        }
        times.sort();
        let total: f64 = times.iter().map(|&t| ms(t)).sum();
        println!(
            "4 bars x {candidates}: median {:.1} ms, slowest {:.1} ms, {:.0} notes/s",
            ms(times[times.len() / 2]),
            ms(times[times.len() - 1]),
            1000.0 * notes as f64 / total,
        );
    }
    Ok(())
}

fn ms(time: std::time::Duration) -> f64 {
    1000.0 * time.as_secs_f64()
}
