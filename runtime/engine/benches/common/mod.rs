//! The voice that the benchmarks share with `benches/peers/synth`, and the time that a thread has had
//! of a core.
#![allow(dead_code)] // each benchmark uses a part of it

use mag_engine::{Param, Shot, shot_for};

/// Frames a second.
pub const RATE: u32 = 48_000;

/// Saw and pulse, a resonant low-pass with an envelope, an envelope.
const VOICE: [(&str, f32); 11] = [
    ("unison", 1.0),
    ("ftype", 0.0),
    ("lpf", 900.0),
    ("resonance", 0.3),
    ("lpenv", 2.0),
    ("lpattack", 0.01),
    ("lpdecay", 0.5),
    ("lpsustain", 0.3),
    ("attack", 0.01),
    ("decay", 0.3),
    ("sustain", 0.7),
];

/// The pitch of the `i`-th voice.
pub fn note(i: usize) -> f32 {
    36.0 + (i % 48) as f32 * 0.77
}

/// The `i`-th voice of the built-in synth, with `more` than the parameters that all have.
pub fn subtractive(i: usize, more: &[(&str, f32)]) -> Option<Shot> {
    let mut shot = shot_for("lead", 0.0, &[&VOICE[..], more].concat()).ok()?;
    shot.set(Param::MidiNote, note(i));
    Some(shot)
}

/// Seconds that this thread has had of a core, where the system tells.
#[cfg(unix)]
pub fn cpu_seconds() -> Option<f64> {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Some(now.tv_sec as f64 + now.tv_nsec as f64 * 1e-9)
}

/// The same where it does not.
#[cfg(not(unix))]
pub fn cpu_seconds() -> Option<f64> {
    None
}
