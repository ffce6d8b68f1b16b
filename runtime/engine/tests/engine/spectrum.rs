//! Spectral effects held to theory: what they let through, where they move partials, and that they
//! are as late as any other effect, which is not at all.

use mag_engine::{Engine, SampleBuffer, SampleId, Shot, shot_for_sample};

use crate::support::{RATE, listen, peak, play, send, shot};
use crate::tone::power;

/// Hertz of a bin of 2048 frames.
const BIN: f64 = RATE as f64 / 2048.0;

fn note(sound: &str, params: &[(&str, f32)]) -> Shot {
    let base = [("midinote", 69.0), ("sustain", 1.0), ("attack", 0.001), ("gain", 0.5)];
    shot(sound, &[&base, params].concat()).with_duration(96_000)
}

fn decibels(ratio: f64) -> f64 {
    10.0 * ratio.log10()
}

fn energy(x: &[f32]) -> f64 {
    x.iter().map(|y| f64::from(y * y)).sum()
}

/// The frequency at which a stretch is loudest, within 60 Hz of `near`.
fn loudest(x: &[f32], near: f64) -> f64 {
    let places = (-240..=240).map(|i| near + f64::from(i) * 0.25);
    places.max_by(|a, b| power(x, *a).total_cmp(&power(x, *b))).unwrap_or(0.0)
}

#[test]
fn windows_that_change_nothing_give_back_what_went_in_on_its_frame() {
    // A cut of less than a bin.
    let nothing = ("hbrick", 0.0005);
    for (sound, at) in [("saw", 777), ("bd", 64), ("pluck", 0), ("supersaw", 130)] {
        let with = play(note(sound, &[nothing]), at, 30_000);
        let without = play(note(sound, &[]), at, 30_000);
        let error: Vec<f32> = with.iter().zip(&without).map(|(a, b)| a - b).collect();
        let level = decibels(energy(&error) / energy(&without));
        assert!(level < -80.0, "{sound}: {level:.1} dB");
        assert!(peak(&with[..at as usize]) == 0.0, "{sound} begins before its time");
    }
}

#[test]
fn binshift_moves_a_sine_to_where_it_is_said_to() {
    for amount in [0.1f32, 0.3, 0.62, 1.0] {
        let y = play(note("sine", &[("binshift", amount)]), 0, 40_000);
        let goal = 440.0 * (0.01 + 3.99 * f64::from(amount)) + 10.0 * f64::from(amount) * BIN;
        let y = &y[6000..38_000];
        assert!((loudest(y, goal) - goal).abs() < 1.0, "{amount}: {}", loudest(y, goal));
        assert!(decibels(power(y, goal) / power(y, 440.0)) > 40.0, "{amount}");
        let before = play(note("sine", &[]), 0, 40_000);
        let change = decibels(power(y, goal) / power(&before[6000..38_000], 440.0));
        assert!(change.abs() < 2.0, "{amount}: {change:.1} dB");
    }
}

#[test]
fn brick_walls_stand() {
    let change = |params: &[(&str, f32)], hertz: f64| {
        let part = |params: &[(&str, f32)]| {
            power(&play(note("saw", params), 0, 40_000)[6000..38_000], hertz)
        };
        decibels(part(params) / part(&[]))
    };
    // 0.6 · 0.2 of 24 kHz is 2880 Hz; 1 − 0.9 of it is 2400 Hz.
    assert!(change(&[("hbrick", 0.2)], 2200.0) < -60.0);
    assert!(change(&[("hbrick", 0.2)], 3520.0).abs() < 0.1);
    assert!(change(&[("lbrick", 0.9)], 3080.0) < -60.0);
    assert!(change(&[("lbrick", 0.9)], 1760.0).abs() < 0.1);
}

#[test]
fn a_frozen_sound_keeps_its_spectrum_while_its_note_lasts() {
    let frozen = play(note("pluck", &[("freeze", 1.0), ("release", 0.02)]), 0, 110_000);
    let plain = play(note("pluck", &[]), 0, 110_000);
    let at = |x: &[f32], from: usize, k: f64| power(&x[from..from + 16_000], 440.0 * k);
    for k in 1..6 {
        let k = f64::from(k);
        let kept = decibels(at(&frozen, 70_000, k) / at(&frozen, 8000, k));
        let fell = decibels(at(&plain, 70_000, k) / at(&plain, 8000, k));
        assert!(kept.abs() < 1.5, "partial {k}: {kept:.1} dB");
        assert!(fell < -6.0, "partial {k}: {fell:.1} dB");
    }
    assert!(peak(&frozen[100_000..]) < 1e-4, "it ends with its note");
}

#[test]
fn smear_comb_and_scramble_do_what_they_say() {
    let of = |params: &[(&str, f32)]| play(note("sine", params), 0, 40_000)[6000..38_000].to_vec();
    // 64^0.5 is 8 bins to either side; what is new repeats with the windows, every 4 bins.
    let (smeared, plain) = (of(&[("smear", 0.5)]), of(&[]));
    let near = |x: &[f32], bins: f64| power(x, 440.0 + bins * BIN) / power(&plain, 440.0);
    assert!(near(&smeared, 4.0) > 100.0 * near(&plain, 4.0));
    assert!(near(&smeared, 28.0) < 0.01 * near(&smeared, 4.0));
    // 128 teeth of eight bins each, of which the first half passes.
    let y = play(note("white", &[("comb", 0.5)]), 0, 90_000);
    let mean = |tooth: f64| {
        (40..80).map(|i| power(&y[6000..88_000], (8.0 * f64::from(i) + tooth) * BIN)).sum::<f64>()
    };
    assert!(decibels(mean(2.0) / mean(6.0)) > 30.0);
    let scrambled = of(&[("scram", 0.9)]);
    assert!(power(&scrambled, 440.0) < 0.5 * power(&plain, 440.0));
    assert_eq!(scrambled, of(&[("scram", 0.9)]), "the same each time");
}

#[test]
fn enhance_adds_partials_and_the_conformal_map_stays_in_bounds() {
    // Partials are a ratio of 1 + 4 · 0.25 apart: octaves.
    let y = play(note("sine", &[("enhance", 0.25), ("gain", 1.0)]), 0, 40_000);
    let plain = play(note("sine", &[("gain", 1.0)]), 0, 40_000);
    let octave = |x: &[f32]| {
        (-6..6).map(|i| power(&x[6000..38_000], 880.0 + 4.0 * f64::from(i))).sum::<f64>()
    };
    assert!(octave(&y) > 100.0 * octave(&plain));
    for (real, imaginary) in [(0.0, 0.0), (0.5, 0.5), (1.0, 1.0)] {
        let y = play(note("saw", &[("real", real), ("imag", imaginary)]), 0, 40_000);
        let plain = play(note("saw", &[]), 0, 40_000);
        assert!(peak(&y) < 0.75, "{real} {imaginary}");
        let level = decibels(energy(&y) / energy(&plain));
        assert!((-20.0..6.0).contains(&level), "{real} {imaginary}: {level:.1} dB");
    }
}

#[test]
fn bands_are_late_by_the_bits_of_their_numbers() {
    // Band 16 is 17 kHz, band 8 is 40 · 425^(7/15) Hz.
    let eighth = 40.0 * 425f64.powf(7.0 / 15.0);
    let y = play(shot("hh", &[("tsdelay", 1.0), ("xsdelay", 16.0)]), 0, 30_000);
    let late = |hertz: f64, from: usize| power(&y[from..from + 4800], hertz);
    assert!(late(eighth, 0) > late(eighth, 9600), "not late at all");
    assert!(late(17_000.0, 9600) > 4.0 * late(17_000.0, 2000), "0.2 s late");
}

#[test]
fn a_stretched_recording_lasts_longer_at_its_pitch() {
    let wave: Vec<f32> = (0..24_000)
        .map(|i| 0.5 * (i as f32 * 440.0 / 48_000.0 * core::f32::consts::TAU).sin())
        .collect();
    for (stretch, end) in [(2.0, 48_000), (0.5, 12_000)] {
        let (mut engine, mut control) = Engine::new(RATE);
        assert!(control.load(SampleId(0), SampleBuffer::interleaved(&wave, 1, RATE)).is_ok());
        let shot = shot_for_sample(SampleId(0), &[("stretch", stretch)]);
        send(&mut control, 0, shot.with_duration(60_000));
        let (y, _) = listen(&mut engine, 60_000, 512);
        assert!((loudest(&y[3000..end - 2000], 440.0) - 440.0).abs() < 1.5, "{stretch}");
        assert!(
            peak(&y[end - 3000..end - 2000]) > 0.1 && peak(&y[end + 2500..]) < 1e-3,
            "{stretch}"
        );
    }
}

#[test]
fn more_of_them_than_may_sound_take_the_place_of_the_oldest() {
    let (mut engine, mut control) = Engine::new(RATE);
    for i in 0..50 {
        send(&mut control, 480 * i, note("saw", &[("smear", 0.3), ("gain", 0.05)]));
    }
    let (y, _) = listen(&mut engine, 30_000, 256);
    let stats = control.stats();
    assert_eq!((stats.voices, stats.stolen), (32, 18), "{stats:?}");
    assert!(peak(&y) > 0.01 && y.iter().all(|y| y.is_finite()));
}
