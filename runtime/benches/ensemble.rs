//! Twenty parts, six of them models that make new phrases all the time, for a minute with every core
//! loaded: how many events come later than their time tags, and how often a phrase was not ready. One
//! JSON line for each run.
//!
//!     cargo bench -p mag --bench ensemble [-- --quick]

mod osc;

use osc::{Burning, Ear, Mag, quantile};
use std::fmt::Write;
use std::path::Path;
use std::time::{Duration, Instant};

/// Parts that models play. Each phrase is a new one.
const MODELS: [&str; 6] = [
    "lead: melody .bars 2 .flow .over \"<Dm7 G7 C^7 A7>\" .s \"superpiano\"",
    "beat: drums .bars 2 .flow .style \"funk\"",
    "pads: chords .bars 4 .flow .voicing .s \"superpwm\"",
    "choir: chorale .bars 2 .seed (irand 100000) .s \"supergong\"",
    "hands: performance .bars 2 .flow .s \"superpiano\"",
    "touch: s \"bd [~ bd] sd hh*2\" .groove .bars 2 .seed (irand 100000)",
];
/// Parts without models, fourteen of them.
const PLAIN: usize = 14;
/// Their `n` begins with this, so that they can be told from models.
const MARK: usize = 100;

fn main() -> std::io::Result<()> {
    osc::burn_if_told();
    let quick = std::env::args().any(|arg| arg == "--quick");
    let seconds = if quick { 10 } else { 60 };
    let folder = std::env::temp_dir().join(format!("mag-ensemble-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let file = folder.join("ensemble.mag");
    let result = perform(&file, "20 parts, 6 of them models", seconds);
    let load = Burning::all_cores()?;
    let loaded = perform(&file, "20 parts, 6 of them models, every core loaded", seconds);
    drop(load);
    std::fs::remove_dir_all(&folder)?;
    result.and(loaded)
}

fn program() -> String {
    let mut text = String::from("tempo 120\n");
    for n in 0..PLAIN {
        let _ =
            writeln!(text, "p{n}: s \"hh*{}\" .n {} .gain (rand .range 0.4 0.9)", 4 + n, MARK + n);
    }
    MODELS.iter().for_each(|part| {
        let _ = writeln!(text, "{part}");
    });
    text
}

fn perform(file: &Path, what: &str, seconds: u64) -> std::io::Result<()> {
    std::fs::write(file, program())?;
    let ear = Ear::open()?;
    let playing = Mag::play(file, &ear, "now")?;
    let first = ear.packet()?;
    let end = Instant::now() + Duration::from_secs(seconds);
    let mut leads = vec![1000.0 * first.ahead()];
    let mut models = 0u64;
    while Instant::now() < end {
        let heard = ear.packet()?;
        leads.push(1000.0 * heard.ahead());
        models += u64::from(heard.n < MARK as f32);
    }
    let late = leads.iter().filter(|lead| **lead < 0.0).count();
    let unready = osc::said(file)?.matches("is not ready").count();
    println!(
        "{{\"what\":\"{what}\",\"seconds\":{seconds},\"events\":{},\"of_models\":{models},\
         \"later_than_their_tag\":{late},\"phrases_not_ready\":{unready},\
         \"lead_ms_least\":{:.2},\"lead_ms_p0_1\":{:.2},\"lead_ms_median\":{:.2},\"memory_mb\":{:.1}}}",
        leads.len(),
        quantile(&mut leads, 0.0),
        quantile(&mut leads, 0.001),
        quantile(&mut leads, 0.5),
        playing.resident()? as f64 / 1024.0,
    );
    Ok(())
}
