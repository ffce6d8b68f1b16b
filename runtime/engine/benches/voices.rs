//! Voices per core at 48 kHz: how many seconds of one voice fit into a second of one core.

use std::time::Instant;

use mag_engine::{Engine, shot_for};

const RATE: u32 = 48_000;
const SECONDS: usize = 4;
const VOICES: usize = 200;

/// Renders `VOICES` long notes at once and prints what one core could sustain.
fn measure(title: &str, sound: &str, params: &[(&str, f32)]) {
    let (mut engine, mut control) = Engine::new(RATE);
    for i in 0..VOICES {
        let mut shot = match shot_for(sound, 0.0, params) {
            Ok(shot) => shot.with_duration((RATE as usize * SECONDS * 2) as u64),
            Err(unknown) => return println!("{unknown}"),
        };
        shot.set(mag_engine::Param::MidiNote, 36.0 + (i % 48) as f32 * 0.77);
        if control.shot(0, shot).is_err() {
            return println!("the ring is too small for {VOICES} voices");
        }
    }
    let mut out = vec![0.0; 512];
    let start = cpu_seconds();
    let clock = Instant::now();
    for _ in 0..RATE as usize * SECONDS / 256 {
        engine.render(&mut out);
    }
    let spent = match (start, cpu_seconds()) {
        (Some(start), Some(end)) => end - start,
        _ => clock.elapsed().as_secs_f64(),
    };
    let left = control.stats().voices;
    println!(
        "{title:<34} {:>7.0} voices per core ({left} left)",
        (VOICES * SECONDS) as f64 / spent
    );
}

/// Prints how much of their time blocks of 256 frames take with 256 voices, by the clock on the
/// wall: what else the machine does counts.
fn live() {
    let (mut engine, mut control) = Engine::new(RATE);
    let params = [("lpf", 900.0), ("resonance", 0.4), ("lpenv", 2.0), ("room", 0.3)];
    for i in 0..256 {
        let Ok(mut shot) = shot_for("saw", 0.0, &params) else { return };
        shot.set(mag_engine::Param::MidiNote, 30.0 + i as f32 * 0.2);
        if control.shot(64 * i, shot.with_duration(u64::from(RATE) * 60)).is_err() {
            return println!("the ring is too small for 256 voices");
        }
    }
    let mut out = [0.0; 512];
    let mut spent: Vec<f64> = (0..2000)
        .map(|_| {
            let clock = Instant::now();
            engine.render(&mut out);
            clock.elapsed().as_secs_f64()
        })
        .collect();
    spent.sort_by(f64::total_cmp);
    let share = |x: Option<&f64>| 100.0 * x.copied().unwrap_or(0.0) * f64::from(RATE) / 256.0;
    let (median, late) = (share(spent.get(1000)), share(spent.get(1980)));
    println!("256 voices, blocks of 256: {median:.0} % of the time, 99 of 100 below {late:.0} %");
}

/// Seconds that this thread has had of a core, where the system tells.
fn cpu_seconds() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds: f64 = text.split(' ').next()?.parse().ok()?;
    Some(nanoseconds * 1e-9)
}

fn main() {
    let start = Instant::now();
    let (engine, _) = Engine::new(RATE);
    println!("an engine is built in {:.1} ms", start.elapsed().as_secs_f64() * 1e3);
    drop(engine);
    let subtractive = [("lpf", 900.0), ("resonance", 0.4), ("lpenv", 2.0), ("lpdecay", 0.5)];
    measure("saw, low-pass and envelope, pan", "saw", &subtractive);
    let room = [&subtractive[..], &[("room", 0.3)]].concat();
    measure("the same into a reverb", "saw", &room);
    let peers = [&subtractive[..], &[("room", 0.3), ("unison", 1.0), ("ftype", 0.0)]].concat();
    measure("saw + pulse, the same", "lead", &peers);
    live();
    for sound in ["pulse", "bass", "lead", "supersaw", "pad", "keys", "organ", "pluck", "piano"] {
        measure(sound, sound, &[]);
    }
}
