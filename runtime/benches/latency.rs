//! From process start to the first event, and from a saved edit to the first changed event, as a
//! receiver of OSC sees them, on a quiet machine and with every core loaded; and the memory that it
//! takes. One JSON line each. Drives the binary, journal and all.
//!
//!     cargo bench -p mag --bench latency [-- --quick]

mod osc;

use osc::{Burning, Ear, Mag, quantile};
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

fn main() -> std::io::Result<()> {
    osc::burn_if_told();
    let quick = std::env::args().any(|arg| arg == "--quick");
    let folder = std::env::temp_dir().join(format!("mag-latency-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let result = measure(&folder, if quick { 5 } else { 1 });
    std::fs::remove_dir_all(&folder)?;
    result
}

fn measure(folder: &Path, less: usize) -> std::io::Result<()> {
    let file = folder.join("bench.mag");
    starts(&file, "process start to first event", 20 / less, "")?;
    let model = "lead: melody .over \"C\" .seed 1 .s \"superpiano\"\n";
    starts(&file, "process start to first event, a model first", 10 / less, model)?;
    for loaded in [false, true] {
        let _load = loaded.then(Burning::all_cores).transpose()?;
        for (quantum, edits) in [("now", 200), ("beat", 20)] {
            edit(&file, quantum, edits / less, loaded)?;
        }
    }
    Ok(())
}

/// Starts with a program whose first text is `text` (nothing: one without models).
fn starts(file: &Path, what: &str, times: usize, text: &str) -> std::io::Result<()> {
    let mut samples = Samples::default();
    for _ in 0..times {
        let ear = Ear::open()?;
        match text {
            "" => write(file, 0)?,
            text => std::fs::write(file, text)?,
        }
        let from = Instant::now();
        let _playing = Mag::play(file, &ear, "now")?;
        let heard = ear.packet()?;
        samples.add(from, (heard.came, heard.ahead()));
    }
    samples.print(what);
    Ok(())
}

/// Edits at one quantum; then the memory of the process.
fn edit(file: &Path, quantum: &str, edits: usize, loaded: bool) -> std::io::Result<()> {
    let ear = Ear::open()?;
    write(file, 0)?;
    let playing = Mag::play(file, &ear, quantum)?;
    ear.until(0)?;
    let print_memory = |when: &str| -> std::io::Result<()> {
        let megabytes = playing.resident()? as f64 / 1024.0;
        let what = "resident memory without a model";
        println!("{{\"what\":\"{what}, {when}\",\"megabytes\":{megabytes:.1}}}");
        Ok(())
    };
    let memory = !loaded && quantum == "now";
    if memory {
        print_memory("at the start")?;
    }
    let mut samples = Samples::default();
    for n in 1..=edits {
        // Odd moments, so that no rhythm of the machine is met again and again.
        std::thread::sleep(Duration::from_millis(53 + (n as u64 * 37) % 41));
        ear.drain();
        write(file, n)?;
        let from = Instant::now();
        let heard = ear.until(n)?;
        samples.add(from, (heard.came, heard.ahead()));
    }
    let load = if loaded { ", every core loaded" } else { "" };
    samples.print(&format!("save to first changed event, quantum {quantum}{load}"));
    if memory {
        print_memory(&format!("{edits} programs of 1,000 events later, which can be undone"))?;
    }
    Ok(())
}

/// A program of 500 events a second that says which edit it is.
fn write(file: &Path, n: usize) -> std::io::Result<()> {
    let mut out = std::fs::File::create(file)?;
    write!(out, "tempo 120\nhats: s \"hh*1000\" .n {n}\nkick: s \"bd*4\" .n {n}\n")
}

/// Latencies in milliseconds: to the packet, and to its time tag.
#[derive(Default)]
struct Samples {
    wire: Vec<f64>,
    heard: Vec<f64>,
}

impl Samples {
    fn add(&mut self, from: Instant, (at, ahead): (Instant, f64)) {
        let wire = at.duration_since(from).as_secs_f64() * 1000.0;
        self.wire.push(wire);
        self.heard.push(wire + ahead * 1000.0);
    }

    fn print(&mut self, what: &str) {
        let figures = |samples: &mut Vec<f64>| [0.5, 0.99].map(|share| quantile(samples, share));
        let ([wire, wire_99], [heard, heard_99]) =
            (figures(&mut self.wire), figures(&mut self.heard));
        println!(
            "{{\"what\":\"{what}\",\"wire_ms_median\":{wire:.2},\"wire_ms_p99\":{wire_99:.2},\
             \"time_tag_ms_median\":{heard:.2},\"time_tag_ms_p99\":{heard_99:.2}}}"
        );
    }
}
