//! 256 voices in real time: an engine is asked for 256 frames every 5.33 ms, as a sound card would,
//! and told of its load; prints what was missed.
//!
//! `cargo bench -p mag-engine --bench live [-- SECONDS]`

mod common;

use std::time::{Duration, Instant};

use common::{RATE, cpu_seconds, subtractive};
use mag_engine::{Engine, Param};

const FRAMES: usize = 256;
const VOICES: usize = 256;

fn main() {
    let seconds = std::env::args().filter_map(|a| a.parse().ok()).next().unwrap_or(20);
    let (mut engine, mut control) = Engine::new(RATE);
    for i in 0..VOICES {
        let Some(mut shot) = subtractive(i, &[("room", 0.3), ("gain", 0.02)]) else { return };
        shot.set(Param::Pan, i as f32 / VOICES as f32);
        let length = u64::from(RATE) * (seconds + 10);
        if control.shot(64 * i as u64, shot.with_duration(length)).is_err() {
            return println!("the ring is too small for {VOICES} voices");
        }
    }
    let period = Duration::from_secs_f64(FRAMES as f64 / f64::from(RATE));
    let mut out = [0.0; 2 * FRAMES];
    (0..100).for_each(|_| engine.render(&mut out));
    let buffers = (seconds as f64 / period.as_secs_f64()) as u32;
    let (mut took, mut asleep, start) = (Vec::new(), 0, Instant::now());
    for n in 0..buffers {
        let due = start + n * period;
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        // What the machine's other work takes away before the callback runs is not the engine's.
        asleep += u32::from(due.elapsed() > period);
        let (clock, busy) = (Instant::now(), cpu_seconds());
        engine.render(&mut out);
        let wall = clock.elapsed().as_secs_f64();
        let busy = busy.zip(cpu_seconds()).map_or(wall, |(from, to)| to - from);
        took.push((wall, busy));
        engine.guard((busy / period.as_secs_f64()) as f32);
    }
    let stats = control.stats();
    println!(
        "{} voices of {VOICES}, buffers of {FRAMES} frames, {seconds} s in real time",
        stats.voices
    );
    println!(
        "{} voices let go, {asleep} buffers of {buffers} asked for too late by the system",
        stats.shed
    );
    for (what, pick) in [("by the wall clock", 0), ("of the core's time", 1)] {
        let all = took.iter().map(|t| if pick == 0 { t.0 } else { t.1 });
        report(what, all.collect(), period.as_secs_f64());
    }
}

/// Prints how long buffers took, and how many took longer than they last.
fn report(what: &str, mut took: Vec<f64>, period: f64) {
    took.sort_by(f64::total_cmp);
    let at = |share: f64| took.get((share * took.len() as f64) as usize).copied().unwrap_or(0.0);
    let missed = took.iter().filter(|t| **t > period).count();
    let worst = took.last().copied().unwrap_or(0.0);
    let milli = |t: f64| format!("{:.2} ms ({:.0} %)", 1e3 * t, 100.0 * t / period);
    println!(
        "{what}: {missed} deadlines of {:.2} ms missed; median {}, 99 of 100 within {}, worst {}",
        1e3 * period,
        milli(at(0.5)),
        milli(at(0.99)),
        milli(worst)
    );
}
