//! What the sounds are: in tune, of sane loudness, silent in the end.

use mag_engine::{Engine, SOUNDS};

use crate::support::{RATE, listen, peak, play, send, shot};

/// Sounds with a pitch.
const TONAL: &[&str] = &[
    "bass", "keys", "pluck", "pad", "lead", "piano", "organ", "bell", "saw", "square", "triangle",
    "sine", "pulse", "supersaw", "wt_flute", "wt_piano", "wt_fm", "wt_cello",
];

/// Power at `hertz` under a Hann window.
pub fn power(x: &[f32], hertz: f64) -> f64 {
    let step = core::f64::consts::TAU * hertz / f64::from(RATE);
    let turn = core::f64::consts::TAU / x.len() as f64;
    let (mut re, mut im) = (0.0, 0.0);
    for (i, &y) in x.iter().enumerate() {
        let t = i as f64;
        let w = f64::from(y) * (1.0 - (turn * t).cos());
        re += w * (step * t).cos();
        im += w * (step * t).sin();
    }
    re * re + im * im
}

/// Where, within 60 cents of `hertz`, the power is highest: cents above it.
fn cents(x: &[f32], hertz: f64) -> f64 {
    let at = |cents: f64| power(x, hertz * (cents / 1200.0).exp2());
    let mut best = 0.0;
    for step in [20.0, 4.0, 0.8, 0.16] {
        let near = (-5..=5).map(|i| best + step * f64::from(i));
        let louder = |a: &f64, b: &f64| at(*a).total_cmp(&at(*b));
        best = near.max_by(louder).unwrap_or(best);
    }
    best
}

#[test]
fn tonal_sounds_are_in_tune() {
    for sound in TONAL {
        for note in [33.0f32, 45.0, 60.0, 71.0, 84.0, 96.0] {
            let params =
                [("midinote", note), ("detune", 0.0), ("lpf", 18_000.0), ("attack", 0.001)];
            let y = play(shot(sound, &params).with_duration(48_000), 0, 20_000);
            let hertz = 440.0 * ((f64::from(note) - 69.0) / 12.0).exp2();
            let off = cents(&y[1000..17_000], hertz);
            assert!(off.abs() < 3.0, "{sound} at note {note} is off by {off:.2} cents");
        }
    }
}

#[test]
fn speed_and_notes_transpose() {
    let y = play(shot("sine", &[("midinote", 69.0), ("speed", 1.5)]), 0, 12_000);
    assert!(cents(&y[1000..9000], 660.0).abs() < 1.0);
    let low = play(shot("mt", &[]), 0, 20_000);
    let high = play(shot("mt", &[("midinote", 72.0)]), 0, 20_000);
    assert!(power(&low, 116.0) > 10.0 * power(&low, 232.0));
    assert!(power(&high, 232.0) > 10.0 * power(&high, 116.0));
}

#[test]
fn every_sound_falls_silent_and_frees_its_voice() {
    for def in SOUNDS {
        let (mut engine, mut control) = Engine::new(RATE);
        send(&mut control, 0, shot(def.name, &[]).with_duration(9600));
        let (y, _) = listen(&mut engine, 48_000 * 12, 4096);
        assert!(peak(&y[..9600]) > 0.02, "{} is heard", def.name);
        assert!(peak(&y[48_000 * 10..]) < 1e-4, "{} ends", def.name);
        assert_eq!(control.stats().voices, 0, "{} frees its voice", def.name);
    }
}

#[test]
fn variants_differ() {
    for sound in ["bd", "sn", "cp", "hh", "oh", "lt", "rim", "sh"] {
        let first = play(shot(sound, &[("n", 0.0)]), 0, 4800);
        let second = play(shot(sound, &[("n", 1.0)]), 0, 4800);
        assert!(first != second, "{sound}");
    }
}

#[test]
fn legato_cuts_percussion_that_otherwise_rings() {
    let long = play(shot("cr", &[]).with_duration(4800), 0, 24_000);
    let cut = play(shot("cr", &[("legato", 1.0)]).with_duration(4800), 0, 24_000);
    assert!(peak(&long[12_000..]) > 0.01);
    assert!(peak(&cut[12_000..]) < 1e-3);
}

#[test]
fn pan_keeps_the_power() {
    for pan in [0.0f32, 0.25, 0.5, 0.75, 1.0] {
        let (mut engine, mut control) = Engine::new(RATE);
        send(&mut control, 0, shot("sine", &[("pan", pan), ("sustain", 1.0)]));
        let (l, r) = listen(&mut engine, 9600, 512);
        let sum = peak(&l).hypot(peak(&r));
        assert!((sum - 0.21).abs() < 0.01, "{pan}: {sum}");
        assert!((peak(&l) > peak(&r)) == (pan < 0.5) || pan == 0.5);
    }
}

#[test]
fn a_low_pass_takes_the_highs_and_its_envelope_gives_them_back() {
    let highs = |params: &[(&str, f32)]| {
        let y = play(shot("saw", &[&[("midinote", 45.0)], params].concat()), 0, 12_000);
        power(&y[1000..9000], 110.0 * 20.0) / power(&y[1000..9000], 110.0)
    };
    let open = highs(&[]);
    let closed = highs(&[("lpf", 300.0)]);
    let swept = highs(&[("lpf", 300.0), ("lpenv", 4.0), ("lpsustain", 1.0)]);
    // Two poles: -12 dB an octave over log2(2200 / 300) octaves is a power of 10^-3.46.
    let share = closed / open;
    assert!((0.3..3.0).contains(&(share / 10f64.powf(-3.46))), "{share:e}");
    assert!(swept > 100.0 * closed && swept < 3.0 * open);
}

#[test]
fn crush_leaves_few_levels_and_coarse_holds_samples() {
    let y = play(shot("sine", &[("crush", 3.0), ("attack", 0.0), ("sustain", 1.0)]), 0, 4800);
    // A cycle of 183 frames passes 16 of the 9 levels' borders.
    let share = |y: &[f32]| {
        y.windows(2).filter(|w| (w[1] - w[0]).abs() > 1e-3).count() as f32 / y.len() as f32
    };
    assert!((0.06..0.1).contains(&share(&y[100..])), "{}", share(&y[100..]));
    let y = play(shot("sine", &[("coarse", 8.0), ("sustain", 1.0)]), 0, 9600);
    assert!((0.1..=0.1251).contains(&share(&y[4800..])), "{}", share(&y[4800..]));
}

#[test]
fn echoes_come_after_their_time_and_rooms_ring() {
    let params = [("delay", 0.8), ("delaytime", 0.2), ("delayfeedback", 0.5)];
    let y = play(shot("rim", &params), 0, 48_000);
    let level = |at: f64| peak(&y[(at * 48_000.0) as usize..][..1500]);
    assert!(level(0.15) < 1e-3, "silence before the echo");
    assert!(level(0.2) > 0.02 && level(0.4) > 0.01);
    assert!(level(0.4) < 0.8 * level(0.2));
    let dry = play(shot("rim", &[]), 0, 48_000);
    let wet = play(shot("rim", &[("room", 0.8), ("size", 0.7)]), 0, 48_000);
    assert!(peak(&dry[24_000..]) < 1e-5 && peak(&wet[24_000..]) > 1e-3);
}
