//! Renders a short beat, or one sound, to a WAV file, to be listened to and looked at.
//!
//! `cargo run --example demo -- beat.wav` or `… -- out.wav SOUND [NAME VALUE]…`

use std::error::Error;

use mag_engine::{Control, Engine, shot_for};

const RATE: u32 = 48_000;
/// Frames of a sixteenth at 124 beats a minute.
const SIXTEENTH: f64 = RATE as f64 * 60.0 / 124.0 / 4.0;

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let (mut engine, mut control) = Engine::new(RATE);
    let path = args.first().map_or("demo.wav", String::as_str);
    let seconds = match args.get(1) {
        None => beat(&mut control)?,
        Some(sound) => single(&mut control, sound, args.get(2..).unwrap_or(&[]))?,
    };
    let mut samples = vec![0.0; (seconds * f64::from(RATE)) as usize * 2];
    engine.render(&mut samples);
    let format = hound::SampleFormat::Float;
    let spec = hound::WavSpec {
        channels: 2,
        sample_rate: RATE,
        bits_per_sample: 32,
        sample_format: format,
    };
    let mut writer = hound::WavWriter::create(path, spec)?;
    for sample in samples {
        writer.write_sample(sample)?;
    }
    writer.finalize()?;
    println!("{path}: {seconds:.1} s, {:?}", control.stats());
    Ok(())
}

/// One note of half a second, with parameters from the command line; seconds to render.
fn single(control: &mut Control, sound: &str, args: &[String]) -> Result<f64, Box<dyn Error>> {
    let mut params = Vec::new();
    for pair in args.chunks_exact(2) {
        params.push((pair[0].as_str(), pair[1].parse()?));
    }
    let n = params.iter().find(|p| p.0 == "n").map_or(0.0, |p| p.1);
    let shot = shot_for(sound, n, &params)?.with_duration(u64::from(RATE) / 2);
    control.shot(u64::from(RATE) / 20, shot)?;
    Ok(3.0)
}

/// Plays `sound` at each sixteenth of four bars where `steps` (repeated) has a mark.
fn line(
    control: &mut Control,
    sound: &str,
    steps: &str,
    notes: &[f32],
    params: &[(&str, f32)],
) -> Result<(), Box<dyn Error>> {
    let mut note = notes.iter().cycle();
    for (step, mark) in steps.chars().cycle().take(64).enumerate().filter(|s| s.1 != '.') {
        let length = mark.to_digit(10).map_or(1.0, f64::from) * SIXTEENTH;
        let mut all = params.to_vec();
        if let Some(&note) = note.next() {
            all.push(("midinote", note));
        }
        let shot = shot_for(sound, 0.0, &all)?.with_duration(length as u64);
        control.shot((step as f64 * SIXTEENTH) as u64, shot)?;
    }
    Ok(())
}

fn beat(control: &mut Control) -> Result<f64, Box<dyn Error>> {
    line(control, "bd", "x...x...x...x...", &[], &[])?;
    line(control, "sn", "....x.......x..x", &[], &[("room", 0.2)])?;
    line(control, "hh", "x.x.x.x.x.x.x.xx", &[], &[("gain", 0.8), ("pan", 0.6)])?;
    line(control, "oh", "..x...x...x...x.", &[], &[("gain", 0.6), ("pan", 0.4)])?;
    line(control, "cp", "............x...", &[], &[("room", 0.4)])?;
    line(control, "bass", "2.12.12.2.12.12.", &[38.0, 38.0, 50.0, 41.0], &[])?;
    let chord: [&[f32]; 4] =
        [&[62.0, 60.0, 62.0, 57.0], &[65.0, 64.0, 65.0, 60.0], &[69.0, 67.0, 69.0, 64.0], &[72.0]];
    for notes in chord {
        line(control, "keys", "..6.......4.....", notes, &[("room", 0.3), ("gain", 0.7)])?;
    }
    for notes in &chord[..3] {
        line(control, "pad", "9...............", notes, &[("room", 0.5), ("gain", 0.6)])?;
    }
    let tune = [74.0, 77.0, 81.0, 79.0, 77.0, 72.0, 74.0];
    line(control, "pluck", "x..x..x...x..x..", &tune, &[("delay", 0.4), ("delaytime", 0.363)])?;
    Ok(10.0)
}
