//! How long four voices take: four bars with the soprano given, one after another.
//!
//!     cargo run --release -p mag-models --example chorale

use std::path::Path;
use std::time::Instant;

use mag_models::{ChoraleModel, ChoraleRequest, Note, Runtime, Trouble};

const TUNE: [u8; 16] = [67, 67, 66, 64, 62, 67, 69, 71, 71, 71, 71, 69, 67, 72, 71, 69];

fn main() -> Result<(), Trouble> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../stdlib/models/chorale");
    let mut model = ChoraleModel::open(&folder, &Runtime::open(&[])?, "cpu")?;
    let note = |(i, &pitch): (usize, &u8)| Note { onset: 24 * i as u32, duration: 24, pitch };
    let tune: Vec<Note> = TUNE.iter().enumerate().map(note).collect();
    let mut times = Vec::new();
    for seed in 0..21 {
        let given = [Some(tune.clone()), None, None, None];
        let began = Instant::now();
        let made = model.generate(&[ChoraleRequest { given, seed, ..Default::default() }])?;
        times.push(began.elapsed().as_secs_f64() * 1e3);
        if seed == 0 {
            for notes in &made[0].voices {
                println!("{:?}", notes.iter().map(|n| n.pitch).collect::<Vec<_>>());
            }
        }
    }
    times.sort_by(f64::total_cmp);
    println!("{:.0} ms, median of {}; {:.0} ms the fastest", times[10], times.len(), times[0]);
    Ok(())
}
