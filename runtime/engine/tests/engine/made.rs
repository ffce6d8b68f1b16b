//! Sounds that are made: waves of partials, byte beats, ZzFX, each against what its numbers say.

use mag_engine::{Engine, Formula, SampleBuffer, SampleId, Shot};

use crate::support::{RATE, listen, peak, play, send, shot};
use crate::tone::power;

/// What a shot of a sound makes of a recording that is none.
fn of(sound: &str, buffer: SampleBuffer, params: &[(&str, f32)]) -> Vec<f32> {
    let (mut engine, mut control) = Engine::new(RATE);
    assert!(control.load(SampleId(3), buffer).is_ok());
    let base = [("sustain", 1.0), ("attack", 0.001)];
    let mut note = shot(sound, &[&base, params].concat()).with_duration(48_000);
    note.sample = Some(SampleId(3));
    send(&mut control, 0, note);
    listen(&mut engine, 40_000, 512).0[4000..36_000].to_vec()
}

fn decibels(ratio: f64) -> f64 {
    10.0 * ratio.log10()
}

#[test]
fn a_wave_has_the_partials_that_it_is_given() {
    let partials = [(1.0, 0.0), (0.0, 0.0), (0.5, 0.25), (0.25, 0.6)];
    let y = of("user", SampleBuffer::wave(&partials), &[("midinote", 57.0)]);
    let first = power(&y, 220.0);
    for (k, wanted) in [(3.0, 0.5f64), (4.0, 0.25)] {
        let level = decibels(power(&y, 220.0 * k) / first);
        assert!((level - 20.0 * wanted.log10()).abs() < 0.2, "{k}: {level:.2} dB");
    }
    assert!(decibels(power(&y, 440.0) / first) < -70.0);
    assert!(decibels(power(&y, 1100.0) / first) < -70.0);
}

#[test]
fn partials_above_half_the_rate_are_left_out() {
    let all = vec![(1.0, 0.0); 512];
    let y = of("user", SampleBuffer::wave(&all), &[("midinote", 90.0)]);
    let note = 440.0 * 2f64.powf(21.0 / 12.0);
    let loudest = power(&y, note);
    for i in 1..40 {
        // Between the partials.
        let hertz = note * (0.5 + f64::from(i) * 0.25);
        if (hertz / note).fract() == 0.0 || hertz > 20_000.0 {
            continue;
        }
        assert!(decibels(power(&y, hertz) / loudest) < -55.0, "{hertz}");
    }
}

#[test]
fn a_byte_beat_of_the_time_is_a_saw_at_its_note() {
    let formula = |text: &str| match Formula::parse(text) {
        Ok(formula) => SampleBuffer::of_formula(formula),
        Err(wrong) => panic!("{text}: {wrong:?}"),
    };
    let y = of("bytebeat", formula("t"), &[("midinote", 57.0)]);
    for k in 2..6 {
        let level = decibels(power(&y, 220.0 * f64::from(k)) / power(&y, 220.0));
        assert!((level + 20.0 * f64::from(k).log10()).abs() < 0.5, "{k}: {level:.2} dB");
    }
    // The highest bit alone is a square.
    let y = of("bytebeat", formula("t & 128"), &[("midinote", 57.0)]);
    assert!(decibels(power(&y, 440.0) / power(&y, 220.0)) < -40.0, "no even partials");
    let at = |start: f32| {
        of("bytebeat", formula("t>>12 & 255"), &[("midinote", 57.0), ("byteBeatStartTime", start)])
    };
    assert!(at(0.0) != at(4096.0), "the time starts where it is told to");
}

/// A note of ZzFX at A3.
fn small(sound: &str, params: &[(&str, f32)]) -> Shot {
    shot(sound, &[&[("midinote", 57.0)], params].concat()).with_duration(24_000)
}

/// Hertz by the upward crossings of a stretch.
fn hertz(x: &[f32]) -> f64 {
    let up: Vec<usize> = (1..x.len()).filter(|i| x[i - 1] <= 0.0 && x[*i] > 0.0).collect();
    match (up.first(), up.last()) {
        (Some(first), Some(last)) if last > first => {
            f64::from(RATE) * (up.len() - 1) as f64 / (last - first) as f64
        }
        _ => 0.0,
    }
}

#[test]
fn zzfx_slides_jumps_and_starts_over() {
    let plain = play(small("z_sine", &[]), 0, 40_000);
    assert!((hertz(&plain[2000..20_000]) - 220.0).abs() < 1.0);
    // 500 Hz a second for each step, here after a quarter of one.
    let slid = play(small("z_sine", &[("slide", 1.0)]), 0, 40_000);
    let middle = hertz(&slid[11_000..13_000]);
    assert!((middle - 220.0 - 125.0).abs() < 3.0, "{middle}");
    let jumped = play(small("z_sine", &[("pitchJump", 330.0), ("pitchJumpTime", 0.2)]), 0, 40_000);
    assert!((hertz(&jumped[2000..9000]) - 220.0).abs() < 2.0);
    assert!((hertz(&jumped[10_500..20_000]) - 550.0).abs() < 2.0);
    // With a repeat of 0.1 s the slide never gets beyond 50 Hz.
    let again =
        play(small("z_sine", &[("slide", 1.0), ("lfo", 0.1), ("ztremolo", 0.0)]), 0, 40_000);
    assert!(hertz(&again[14_600..19_000]) < 275.0);
}

#[test]
fn zzfx_has_its_envelope_its_curve_and_its_echo() {
    let params = [("attack", 0.1), ("decay", 0.1), ("sustain", 0.5), ("release", 0.1)];
    let y = play(small("z_sine", &params), 0, 40_000);
    let at = |from: usize| peak(&y[from..from + 300]);
    let full = at(4700);
    for (from, share) in [(2300, 0.5), (7100, 0.75), (15_000, 0.5), (26_300, 0.25)] {
        assert!((at(from) / full - share).abs() < 0.06, "{from}: {}", at(from) / full);
    }
    assert!(peak(&y[29_200..]) < 1e-3 * full, "it is over after its release");
    let square = play(small("z_square", &[]), 0, 12_000);
    let level = peak(&square);
    let on_edge =
        square[1000..11_000].iter().filter(|y| (y.abs() / level - 1.0).abs() < 0.3).count();
    assert!(on_edge > 9900, "{on_edge}");
    let click = [("decay", 0.01), ("sustain", 0.0), ("zdelay", 0.2)];
    let echo = play(small("z_noise", &click).with_duration(480), 0, 40_000);
    // Half of it, faded by what is left of the sound: (489 + 4800) / 9600.
    let share = peak(&echo[9600..10_200]) / peak(&echo[..600]);
    assert!((share - 0.275).abs() < 0.05, "{share}");
    // What is left is the blocker of DC.
    assert!(
        peak(&echo[3000..9500]) < 0.02 * peak(&echo[..600]),
        "nothing between the sound and its echo"
    );
}
