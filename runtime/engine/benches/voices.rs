//! Voices per core at 48 kHz: how many seconds of one voice fit into a second of one core.

mod common;

use std::time::Instant;

use common::{RATE, cpu_seconds, note, subtractive};
use mag_engine::{Engine, Param, SampleBuffer, SampleId, Shot, shot_for, shot_for_sample};

const VOICES: usize = 200;

/// Renders `VOICES` long notes at once for some seconds; voices that one core could sustain.
fn sustained(
    seconds: usize,
    make: impl Fn(usize) -> Option<Shot>,
    buffer: Option<SampleBuffer>,
) -> Option<f64> {
    let (mut engine, mut control) = Engine::new(RATE);
    if let Some(buffer) = buffer {
        control.load(SampleId(0), buffer).ok()?;
    }
    for i in 0..VOICES {
        let mut shot = make(i)?.with_duration((RATE as usize * seconds * 2) as u64);
        shot.set(Param::Pan, i as f32 / VOICES as f32);
        control.shot(0, shot).ok()?;
    }
    let mut out = vec![0.0; 512];
    let start = cpu_seconds();
    let clock = Instant::now();
    for _ in 0..RATE as usize * seconds / 256 {
        engine.render(&mut out);
    }
    let spent = match (start, cpu_seconds()) {
        (Some(start), Some(end)) => end - start,
        _ => clock.elapsed().as_secs_f64(),
    };
    (control.stats().voices as usize == VOICES).then_some((VOICES * seconds) as f64 / spent)
}

fn measure(title: &str, sound: &str, params: &[(&str, f32)]) {
    let make = |i| {
        let mut shot = shot_for(sound, 0.0, params).ok()?;
        shot.set(Param::MidiNote, note(i));
        Some(shot)
    };
    say(title, make);
}

fn say(title: &str, make: impl Fn(usize) -> Option<Shot>) {
    match sustained(4, make, None) {
        Some(voices) => println!("{title:<34} {voices:>7.0} voices per core"),
        None => println!("{title:<34} some voices ended or were refused"),
    }
}

fn peers_subtractive(seconds: usize) {
    let make = |i| subtractive(i, &[("room", 0.3)]);
    println!("{:.0}", sustained(seconds, make, None).unwrap_or(0.0));
}

/// Two seconds of a recording at 44.1 kHz, looped, at many speeds.
fn peers_sample(seconds: usize) {
    let wave: Vec<f32> = (0..88_200).map(|i| (i as f32 * 0.05).sin()).collect();
    let make = |i| {
        let params = [("loop", 1.0), ("attack", 0.01), ("sustain", 0.7), ("room", 0.3)];
        let mut shot = shot_for_sample(SampleId(0), &params);
        shot.set(Param::MidiNote, 48.0 + (note(i) - 36.0) * 0.6);
        Some(shot)
    };
    let wave = SampleBuffer::interleaved(&wave, 1, 44_100);
    println!("{:.0}", sustained(seconds, make, Some(wave)).unwrap_or(0.0));
}

fn main() {
    // `-- subtractive` and `-- sample` are for comparisons with other programs: one number each,
    // of four seconds of sound or as many as follow.
    let mut args = std::env::args().skip(1).filter(|a| !a.starts_with('-'));
    let kind = args.next();
    let seconds = args.next().and_then(|n| n.parse().ok()).unwrap_or(4);
    match kind.as_deref() {
        Some("subtractive") => return peers_subtractive(seconds),
        Some("sample") => return peers_sample(seconds),
        _ => {}
    }
    let start = Instant::now();
    let (engine, _) = Engine::new(RATE);
    println!("an engine is built in {:.1} ms", start.elapsed().as_secs_f64() * 1e3);
    drop(engine);
    let plain = [("lpf", 900.0), ("resonance", 0.4), ("lpenv", 2.0), ("lpdecay", 0.5)];
    measure("saw, low-pass and envelope, pan", "saw", &plain);
    let room = [&plain[..], &[("room", 0.3)]].concat();
    measure("the same into a reverb", "saw", &room);
    say("saw + pulse, the same", |i| subtractive(i, &[("room", 0.3)]));
    for sound in ["pulse", "bass", "lead", "supersaw", "pad", "keys", "organ", "pluck", "piano"] {
        measure(sound, sound, &[]);
    }
}
