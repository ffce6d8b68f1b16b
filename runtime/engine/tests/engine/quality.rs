//! Quality against theory, through the whole engine: aliases, DC, denormals.

use mag_engine::{Engine, SOUNDS};

use crate::support::{RATE, listen, peak, play, send, shot};

/// Frames of a spectrum.
const FRAMES: usize = 8192;

/// `x` under a Blackman-Harris window, whose side lobes lie 92 dB down.
fn windowed(x: &[f32]) -> Vec<f64> {
    let turn = core::f64::consts::TAU / x.len() as f64;
    let window = |t: f64| {
        0.35875 - 0.48829 * t.cos() + 0.14128 * (2.0 * t).cos() - 0.01168 * (3.0 * t).cos()
    };
    x.iter().enumerate().map(|(i, &y)| window(turn * i as f64) * f64::from(y)).collect()
}

/// Level in dB at `bin` cycles in all of `x` (Goertzel's algorithm).
fn level(x: &[f64], bin: f64) -> f64 {
    let coefficient = 2.0 * (core::f64::consts::TAU * bin / x.len() as f64).cos();
    let (mut a, mut b) = (0.0, 0.0);
    for y in x {
        (a, b) = (y + coefficient * a - b, a);
    }
    10.0 * (a * a + b * b - coefficient * a * b).max(1e-30).log10()
}

/// The strongest alias of `sound` at `hertz`, in dB below its strongest partial; what lies within
/// `spread` of a multiple of the note belongs to it.
fn worst_alias(sound: &str, hertz: f64, spread: f64, params: &[(&str, f32)]) -> f64 {
    let note = (69.0 + 12.0 * (hertz / 440.0).log2()) as f32;
    let base = [("midinote", note), ("attack", 0.0), ("sustain", 1.0), ("gain", 0.5), ("pan", 0.0)];
    let y = play(shot(sound, &[&base, params].concat()).with_duration(48_000), 0, 14_000);
    let (x, width) = (windowed(&y[4000..4000 + FRAMES]), f64::from(RATE) / FRAMES as f64);
    let (mut partial, mut alias) = (f64::MIN, f64::MIN);
    for bin in 8..FRAMES / 2 - 4 {
        let at = bin as f64 * width;
        let own = (at / hertz).round().max(1.0) * hertz;
        let near = (at - own).abs() < 6.0 * width + spread * own && own < 0.5 * f64::from(RATE);
        let heard = level(&x, bin as f64);
        if near { partial = partial.max(heard) } else { alias = alias.max(heard) }
    }
    alias - partial
}

#[test]
fn aliases_at_5_khz_lie_below_minus_70_db() {
    for (sound, params, spread) in [
        ("saw", &[][..], 0.0),
        ("square", &[], 0.0),
        ("pulse", &[("pw", 0.23)], 0.0),
        ("triangle", &[], 0.0),
        // Seven saws within a third of a semitone: 2 %.
        ("supersaw", &[("detune", 0.3)], 0.02),
    ] {
        for hertz in [5003.0, 3217.0] {
            let worst = worst_alias(sound, hertz, spread, params);
            println!("{sound} at {hertz} Hz: {worst:.1} dB");
            assert!(worst < -70.0, "{sound} at {hertz} Hz: {worst:.1} dB");
        }
    }
}

#[test]
fn a_narrow_pulse_leaves_no_dc() {
    let params = [("pw", 0.05), ("sustain", 1.0), ("midinote", 45.0)];
    let y = play(shot("pulse", &params).with_duration(96_000), 0, 96_000);
    let tail = &y[72_000..];
    let mean = tail.iter().sum::<f32>() / tail.len() as f32;
    assert!(mean.abs() < 1e-3 && peak(tail) > 0.02, "{mean}");
}

#[test]
fn no_tail_ends_in_denormals() {
    let (mut engine, mut control) = Engine::new(RATE);
    for (i, def) in SOUNDS.iter().enumerate() {
        let params = [("room", 0.6), ("size", 0.2), ("delay", 0.5), ("lpf", 900.0), ("hpf", 60.0)];
        send(&mut control, 200 * i as u64, shot(def.name, &params).with_duration(4000));
    }
    let (left, right) = listen(&mut engine, 48_000 * 14, 4096);
    for (i, y) in left.iter().chain(&right).enumerate() {
        assert!(*y == 0.0 || y.abs() >= f32::MIN_POSITIVE, "frame {i}: {y:e}");
    }
    assert!(left[48_000 * 13..].iter().all(|y| y.abs() < 1e-5), "it falls silent");
}
