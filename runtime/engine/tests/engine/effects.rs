//! Effects, each held to what it is said to do.

use mag_engine::{Engine, Shot};

use crate::support::{RATE, jump, listen, peak, play, send, shot};
use crate::tone::power;

/// A long note at A4.
fn tone(sound: &str, params: &[(&str, f32)]) -> Shot {
    let base = [("midinote", 69.0), ("sustain", 1.0), ("attack", 0.001), ("gain", 0.5)];
    shot(sound, &[&base, params].concat()).with_duration(96_000)
}

/// Decibels between the powers at two frequencies.
fn decibels(y: &[f32], hertz: f64, other: f64) -> f64 {
    10.0 * (power(y, hertz) / power(y, other)).log10()
}

#[test]
fn ring_modulation_leaves_sums_and_differences() {
    let y = play(tone("sine", &[("ring", 1.0), ("ringf", 300.0)]), 0, 24_000);
    let y = &y[2000..22_000];
    assert!(decibels(y, 140.0, 740.0).abs() < 0.5);
    assert!(decibels(y, 740.0, 440.0) > 50.0);
}

#[test]
fn squiz_raises_the_pitch() {
    let y = play(tone("sine", &[("squiz", 2.0)]), 0, 24_000);
    assert!(decibels(&y[4000..20_000], 880.0, 440.0) > 12.0);
}

#[test]
fn the_dj_filter_takes_highs_to_the_left_and_lows_to_the_right() {
    let part = |knob: f32, hertz: f64| {
        power(&play(tone("saw", &[("djf", knob)]), 0, 24_000)[4000..20_000], hertz)
    };
    let change = |knob, hertz| 10.0 * (part(knob, hertz) / part(0.5, hertz)).log10();
    // At 0.25 the cutoff lies at 625 Hz; 12 dB an octave below it and above.
    assert!((change(0.25, 5280.0) + 37.0).abs() < 2.0, "{}", change(0.25, 5280.0));
    assert!(change(0.25, 440.0).abs() < 2.0);
    assert!(change(0.9, 440.0) < -30.0, "{}", change(0.9, 440.0));
}

#[test]
fn vowels_have_their_formants() {
    let at = |vowel: f32, hertz: f64| {
        let note = tone("saw", &[("vowel", vowel), ("midinote", 45.0)]);
        power(&play(note, 0, 30_000)[6000..28_000], hertz)
    };
    // Partials of 110 Hz near the first resonances of a (650) and i (290); the skirt of the one, a
    // quality of 8 an octave away, is 21 dB down, of which the saw's own slope takes back 6.
    assert!(at(0.0, 660.0) > 15.0 * at(0.0, 330.0), "a");
    assert!(at(2.0, 330.0) > 15.0 * at(2.0, 660.0), "i");
}

#[test]
fn chorus_and_leslie_spread_and_phasers_cut() {
    for effect in ["chorus", "leslie"] {
        let (mut engine, mut control) = Engine::new(RATE);
        send(&mut control, 0, tone("saw", &[(effect, 1.0)]));
        let (l, r) = listen(&mut engine, 48_000, 512);
        let side: Vec<f32> = l.iter().zip(&r).map(|(l, r)| l - r).collect();
        assert!(peak(&side[4000..]) > 0.1 * peak(&l[4000..]), "{effect}");
        assert!(peak(&l) < 1.0 && jump(&l) < 1.0);
    }
    let part = |depth: f32| {
        let params = [("phaser", 0.01), ("phaserdepth", depth), ("phasersweep", 0.0)];
        let y = play(tone("saw", &params), 0, 24_000);
        // Six first-order allpasses turn by 180° three times in all, at 1 kHz by 540°: a notch.
        power(&y[4000..20_000], 880.0)
    };
    assert!(part(0.0) > 0.0 && (part(1.0) / part(0.0)) < 0.7);
}

#[test]
fn a_glide_comes_from_the_note_before() {
    let (mut engine, mut control) = Engine::new(RATE);
    send(&mut control, 0, tone("sine", &[("midinote", 57.0)]).with_duration(9600));
    let next = tone("sine", &[("midinote", 81.0), ("glide", 1.0)]).with_duration(96_000);
    send(&mut control, 24_000, next);
    let (y, _) = listen(&mut engine, 96_000, 512);
    // Half way, two octaves are one: around 440 Hz, on the way to 880.
    let middle = &y[24_000 + 23_000..24_000 + 25_000];
    assert!(decibels(middle, 440.0, 880.0) > 20.0 && decibels(middle, 440.0, 220.0) > 20.0);
    assert!(decibels(&y[76_000..92_000], 880.0, 440.0) > 40.0);
}

#[test]
fn a_kick_ducks_another_orbit() {
    let (mut engine, mut control) = Engine::new(RATE);
    send(&mut control, 0, tone("sine", &[("orbit", 1.0)]));
    let kick = [("duckorbit", 1.0), ("duckattack", 0.2), ("gain", 0.0)];
    send(&mut control, 24_000, shot("bd", &kick));
    let (y, _) = listen(&mut engine, 48_000, 512);
    let before = peak(&y[20_000..24_000]);
    assert!(peak(&y[24_180..24_400]) < 0.02 * before);
    // Half of the way back, squared, is a quarter.
    let half = peak(&y[24_000 + 4800..24_000 + 5000]) / before;
    assert!((0.2..0.35).contains(&half), "{half}");
    assert!((peak(&y[36_000..48_000]) / before - 1.0).abs() < 0.01);
    assert!(jump(&y) < 0.05);
}

#[test]
fn a_compressor_follows_its_ratio() {
    let level = |gain: f32, params: &[(&str, f32)]| {
        let y = play(tone("sine", &[&[("gain", gain), ("pan", 0.0)], params].concat()), 0, 48_000);
        20.0 * peak(&y[30_000..]).log10()
    };
    let squeeze = [("compressor", -50.0), ("compressorRatio", 4.0), ("compressorKnee", 0.0)];
    let (plain, louder) = (level(0.1, &squeeze), level(1.0, &squeeze));
    assert!((louder - plain - 5.0).abs() < 0.7, "20 dB in, {} dB out", louder - plain);
    let below = [("compressor", 0.0), ("compressorRatio", 4.0), ("compressorKnee", 0.0)];
    assert!((level(0.5, &below) - level(0.5, &[])).abs() < 0.05);
}

#[test]
fn ping_pong_echoes_change_sides() {
    let (mut engine, mut control) = Engine::new(RATE);
    let params = [("delay", 1.0), ("delaytime", 0.1), ("pingpong", 1.0), ("pan", 0.0)];
    send(&mut control, 24_000, shot("rim", &params));
    let (l, r) = listen(&mut engine, 48_000, 512);
    let loud =
        |x: &[f32], echo: usize| peak(&x[24_000 + echo * 4800 - 50..24_000 + echo * 4800 + 1500]);
    assert!(loud(&l, 1) > 10.0 * loud(&r, 1), "the first on the left");
    assert!(loud(&r, 2) > 5.0 * loud(&l, 2), "the second on the right");
    assert!(loud(&l, 3) > 5.0 * loud(&r, 3), "the third on the left");
}
