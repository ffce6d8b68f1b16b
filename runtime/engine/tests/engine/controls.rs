//! SuperDirt's and superdough's rarer controls, each held to what it is said to do.

use mag_engine::{Engine, SampleBuffer, SampleId, Shot, shot_for_sample};

use crate::support::{RATE, jump, listen, peak, play, send, shot};
use crate::tone::power;

/// A long note at A4.
fn tone(sound: &str, params: &[(&str, f32)]) -> Shot {
    let base = [("midinote", 69.0), ("sustain", 1.0), ("attack", 0.001), ("gain", 0.5)];
    shot(sound, &[&base, params].concat()).with_duration(96_000)
}

fn decibels(y: &[f32], hertz: f64, other: f64) -> f64 {
    10.0 * (power(y, hertz) / power(y, other)).log10()
}

/// A Bessel function of the first kind, by its integral.
fn bessel(order: f64, x: f64) -> f64 {
    let steps = 2000;
    let sum: f64 = (0..steps)
        .map(|i| {
            let t = core::f64::consts::PI * (f64::from(i) + 0.5) / f64::from(steps);
            (order * t - x * t.sin()).cos()
        })
        .sum();
    sum / f64::from(steps)
}

#[test]
fn modulation_gives_the_sidebands_of_theory() {
    let y = play(tone("sine", &[("fmi", 1.5), ("fmh", 3.0)]), 0, 24_000);
    let y = &y[2000..22_000];
    for (partial, order) in [(4.0, 1.0), (7.0, 2.0), (10.0, 3.0)] {
        let expected = 20.0 * (bessel(order, 1.5) / bessel(0.0, 1.5)).abs().log10();
        let found = decibels(y, 440.0 * partial, 440.0);
        assert!((found - expected).abs() < 0.3, "partial {partial}: {found} dB, not {expected}");
    }
}

#[test]
fn four_operators_in_a_stack_and_side_by_side() {
    // Side by side: both modulators give their own sidebands, and neither the other's.
    let apart = [("fmi", 0.5), ("fmh", 5.0), ("fmi20", 0.5), ("fmh2", 9.0)];
    let y = play(tone("sine", &apart), 0, 24_000);
    let y = &y[2000..22_000];
    let lone = 20.0 * (bessel(1.0, 0.5) / bessel(0.0, 0.5)).log10();
    for partial in [6.0, 10.0] {
        let found = decibels(y, 440.0 * partial, 440.0);
        assert!((found - lone).abs() < 0.3, "partial {partial}: {found} dB");
    }
    // In a stack, the second gives the first sidebands, which then move the note: 1 + 5.25 ± 1.5.
    let stacked = [("fmi", 0.2), ("fmh", 5.25), ("fmi2", 1.0), ("fmh2", 1.5)];
    let y = play(tone("sine", &stacked), 0, 24_000);
    let y = &y[2000..22_000];
    let side = 20.0 * (bessel(1.0, 1.0) / bessel(0.0, 1.0)).log10();
    assert!((decibels(y, 440.0 * 7.75, 440.0 * 6.25) - side).abs() < 0.5);
    // A third operator is heard through the second.
    let three = [stacked.as_slice(), &[("fmi3", 2.0), ("fmh3", 0.3)]].concat();
    let z = play(tone("sine", &three), 0, 24_000);
    assert!(decibels(&z[2000..22_000], 440.0 * 8.05, 440.0 * 7.9) > 30.0);
    // Feedback makes a saw-like row of partials, in tune.
    let y = play(tone("sine", &[("fmi", 1.0), ("fmi11", 1.0)]), 0, 24_000);
    assert!(decibels(&y[2000..22_000], 440.0 * 5.0, 440.0 * 5.5) > 40.0);
}

#[test]
fn envelopes_of_the_modulators_rise_and_fall() {
    let bright = |y: &[f32], from: usize| decibels(&y[from..from + 4800], 880.0, 440.0);
    let y = play(tone("sine", &[("fmi", 1.0), ("fmattack", 0.5)]), 0, 48_000);
    assert!(bright(&y, 1200) + 12.0 < bright(&y, 30_000));
    let y = play(tone("sine", &[("fmi", 1.0), ("fmdecay", 0.3), ("fmenv", 1.0)]), 0, 48_000);
    assert!(bright(&y, 1200) > bright(&y, 24_000) + 30.0);
    for wave in [1.0, 2.0, 3.0] {
        let y = play(tone("sine", &[("fmi", 1.0), ("fmwave", wave)]), 0, 24_000);
        assert!(decibels(&y[2000..22_000], 880.0, 660.0) > 40.0, "wave {wave}");
    }
}

#[test]
fn a_pitch_envelope_holds_and_is_anchored() {
    // An octave up, held: anchored at its foot the note sounds an octave above, at its top in tune.
    let held = [("penv", 12.0), ("pdecay", 0.01), ("psustain", 1.0)];
    let y = play(tone("sine", &[&held[..], &[("panchor", 0.0)]].concat()), 0, 24_000);
    assert!(decibels(&y[4000..20_000], 880.0, 440.0) > 40.0);
    let y = play(tone("sine", &held), 0, 24_000);
    assert!(decibels(&y[4000..20_000], 440.0, 880.0) > 40.0);
}

#[test]
fn filters_swing_as_far_and_as_fast_as_they_are_told() {
    let swing = [("cutoff", 800.0), ("lprate", 2.0), ("lpdepth", 1.8), ("lpshape", 4.0)];
    let y = play(tone("white", &swing), 0, 48_000);
    // A square of 2 Hz: up at 800 · 1.9 for a quarter of a second, then down at 800 · 0.1.
    let level = |from: usize| {
        let part = &y[from..from + 9600];
        (part.iter().map(|y| f64::from(y * y)).sum::<f64>() / 9600.0).sqrt()
    };
    let ratio = level(1500) / level(13_500);
    // Noise below a cutoff: the power goes with the cutoff, 19 to 1.
    assert!((ratio - 19f64.sqrt()).abs() < 1.2, "{ratio}");
    assert!((level(25_500) / level(1500) - 1.0).abs() < 0.15);
    for (cut, rate, depth) in [("hcutoff", "hprate", "hpdepth"), ("bandf", "bprate", "bpdepth")] {
        let still = play(tone("saw", &[(cut, 800.0)]), 0, 9600);
        let moved = play(tone("saw", &[(cut, 800.0), (rate, 5.0), (depth, 1.0)]), 0, 9600);
        assert!(still.iter().zip(&moved).any(|(a, b)| (a - b).abs() > 0.01), "{rate}");
    }
}

#[test]
fn an_anchor_moves_the_filter_envelope_down() {
    // Anchored at the top, a held envelope of two octaves ends at the cutoff itself.
    let params = [("cutoff", 1000.0), ("lpenv", 2.0), ("lpsustain", 1.0)];
    let plain = play(tone("saw", &[("cutoff", 1000.0)]), 0, 24_000);
    let y = play(tone("saw", &[&params[..], &[("fanchor", 1.0)]].concat()), 0, 24_000);
    let change = 10.0 * (power(&y[12_000..], 3520.0) / power(&plain[12_000..], 3520.0)).log10();
    assert!(change.abs() < 0.5, "{change}");
}

#[test]
fn a_tremolo_takes_its_shape_and_phase() {
    let square = [("tremolo", 4.0), ("tremolodepth", 1.0), ("tremoloshape", 4.0)];
    let y = play(tone("sine", &square), 0, 24_000);
    // What is left is the blocker of direct current coming to rest.
    assert!(peak(&y[1000..5800]) > 0.05 && peak(&y[6100..11_900]) < 2e-3);
    let late = [&square[..], &[("tremolophase", 0.5)]].concat();
    let y = play(tone("sine", &late), 0, 24_000);
    assert!(peak(&y[1000..5800]) < 2e-3 && peak(&y[6100..11_900]) > 0.05);
}

#[test]
fn a_hold_ends_the_note_on_its_frame() {
    let y = play(tone("sine", &[("attack", 0.1), ("hold", 0.2), ("release", 0.05)]), 0, 48_000);
    let end = (0.35 * RATE as f32) as usize;
    assert!(peak(&y[13_000..14_400]) > 0.05);
    // The limiter looks ahead; beyond it nothing is left.
    assert!(peak(&y[end + 100..]) < 1e-6);
}

#[test]
fn noise_is_mixed_in_and_the_pulse_width_swings() {
    let y = play(tone("sine", &[("noise", 1.0)]), 0, 24_000);
    assert!(decibels(&y[2000..22_000], 440.0, 450.0) < 20.0);
    let even = play(tone("pulse", &[]), 0, 48_000);
    let swept = play(tone("pulse", &[("pwrate", 0.5), ("pwsweep", 0.8)]), 0, 48_000);
    // A pulse of half width has no even partials.
    let octave = |y: &[f32], from| decibels(&y[from..from + 9600], 880.0, 440.0);
    assert!(octave(&even, 24_000) < -40.0 && octave(&swept, 19_200) > -15.0);
    assert!(jump(&swept) < 1.2 * jump(&even));
}

#[test]
fn a_loop_within_a_recording_goes_round() {
    // Silence, then a square, then silence: only the middle is repeated.
    let data: Vec<f32> = (0..9000)
        .map(|i| if (3000..6000).contains(&i) { [0.25, -0.25][i / 50 % 2] } else { 0.0 })
        .collect();
    let (mut engine, mut control) = Engine::new(RATE);
    assert!(control.load(SampleId(1), SampleBuffer::interleaved(&data, 1, RATE)).is_ok());
    let params = [("loop", 1.0), ("loopBegin", 1.0 / 3.0), ("loopEnd", 2.0 / 3.0)];
    send(&mut control, 0, shot_for_sample(SampleId(1), &params).with_duration(30_000));
    let (y, _) = listen(&mut engine, 40_000, 512);
    assert!(peak(&y[..2990]) < 1e-3);
    let quietest = y[3500..29_500].chunks(200).map(peak).fold(f32::MAX, f32::min);
    assert!(quietest > 0.1, "{quietest}");
    assert!(peak(&y[31_000..]) < 1e-3);
}

#[test]
fn all_partials_are_shifted_alike_and_octaves_are_added() {
    let y = play(tone("square", &[("fshift", 100.0)]), 0, 24_000);
    let y = &y[4000..22_000];
    let (still, wrong) = (decibels(y, 540.0, 440.0), decibels(y, 540.0, 340.0));
    assert!(still > 40.0 && wrong > 40.0, "{still} {wrong}");
    assert!((decibels(y, 540.0, 1420.0) - 20.0 * 3f64.log10()).abs() < 0.5);
    let y = play(tone("sine", &[("octersub", 1.0)]), 0, 24_000);
    assert!(decibels(&y[4000..22_000], 220.0, 330.0) > 20.0);
    let y = play(tone("sine", &[("octersubsub", 1.0)]), 0, 24_000);
    assert!(decibels(&y[4000..22_000], 110.0, 165.0) > 20.0);
    let y = play(tone("sine", &[("octer", 1.0)]), 0, 24_000);
    assert!(decibels(&y[4000..22_000], 880.0, 440.0) > -10.0);
}

#[test]
fn strokes_are_sharpened_and_waves_are_lost() {
    let hit = |amount: f32| {
        let y = play(shot("sn", &[("transient", amount), ("gain", 0.2)]), 0, 24_000);
        peak(&y[..600]) / peak(&y[3000..6000])
    };
    assert!(hit(0.8) > 1.5 * hit(0.0) && hit(-0.8) < 0.8 * hit(0.0));
    let y = play(tone("sine", &[("waveloss", 50.0)]), 0, 48_000);
    let silent = y[2000..46_000].windows(80).filter(|w| jump(w) < 1e-3).count();
    assert!((0.1..0.7).contains(&(silent as f32 / 44_000.0)), "{silent}");
}

#[test]
fn valves_and_krush_add_partials_and_keep_the_bass() {
    for effect in ["triode", "krush"] {
        let y = play(tone("sine", &[(effect, 4.0)]), 0, 24_000);
        assert!(decibels(&y[4000..22_000], 1320.0, 440.0) > -30.0, "{effect}");
    }
    let low = [("krush", 4.0), ("midinote", 30.0)];
    let (y, plain) =
        (play(tone("sine", &low), 0, 24_000), play(tone("sine", &low[1..]), 0, 24_000));
    assert!(power(&y[4000..22_000], 46.25) > 0.8 * power(&plain[4000..22_000], 46.25));
}

#[test]
fn a_room_fades_and_darkens_as_it_is_told() {
    let level = |params: &[(&str, f32)], from: usize, hertz: Option<f64>| {
        let all =
            [&[("room", 1.0), ("dry", 0.0), ("decay", 0.02), ("sustain", 0.0)], params].concat();
        let y = play(shot("white", &all), 0, 96_000);
        let part = &y[from..from + 24_000];
        match hertz {
            Some(hertz) => (0..12).map(|k| power(part, hertz + 7.0 * f64::from(k))).sum::<f64>(),
            None => part.iter().map(|y| f64::from(y * y)).sum(),
        }
    };
    // Half a second apart, at 60 dB in one second: 30 dB.
    let at = |from| level(&[("roomfade", 1.0)], from, Some(500.0));
    let fall = 10.0 * (at(9600) / at(33_600)).log10();
    assert!((fall - 30.0).abs() < 5.0, "{fall} dB");
    let high = |params: &[(&str, f32)]| level(params, 4800, Some(6000.0));
    let long = ("roomfade", 4.0);
    assert!(high(&[long, ("roomlp", 500.0)]) < 0.05 * high(&[long]));
    assert!(high(&[long, ("roomdim", 800.0)]) < 0.05 * high(&[long]));
}

#[test]
fn a_wavetable_moves_and_warps() {
    let still = play(tone("wt_fm", &[("wt", 0.2)]), 0, 24_000);
    let rms = |a: &[f32], b: &[f32]| {
        (a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f32>() / a.len() as f32).sqrt()
    };
    for moving in [
        &[("wt", 0.2), ("wtenv", 0.8), ("wtdecay", 0.4)][..],
        &[("wt", 0.2), ("wtrate", 3.0), ("wtdepth", 0.5)],
        &[("wt", 0.2), ("warp", 0.6)],
        &[("wt", 0.2), ("warpenv", 0.6), ("warpdecay", 0.4)],
        &[("wt", 0.2), ("warprate", 3.0), ("warpdepth", 0.5), ("warpmode", 2.0)],
        &[("wt", 0.2), ("wtphaserand", 1.0)],
    ] {
        let y = play(tone("wt_fm", moving), 0, 24_000);
        assert!(rms(&y[1000..], &still[1000..]) > 0.01 * peak(&still), "{moving:?}");
        assert!(peak(&y) < 1.0);
    }
    // Morphing is smooth: the place goes through all waves without a step.
    let slow = [("wt", 0.0), ("wtenv", 1.0), ("wtattack", 0.4), ("wtdecay", 1.0)];
    let y = play(tone("wt_flute", &[&slow[..], &[("midinote", 45.0)]].concat()), 0, 24_000);
    assert!(jump(&y) < 0.15 * peak(&y), "{} of {}", jump(&y), peak(&y));
}

#[test]
fn kits_are_in_tune_with_what_they_are_told() {
    // A kick of either kit settles at its pitch; a note an octave up is an octave up.
    for kick in ["tr808_bd", "tr909_bd"] {
        let settled = |note: f32| {
            let y = play(shot(kick, &[("midinote", note), ("n", 1.0)]), 0, 48_000);
            let part = &y[8000..32_000];
            let loudest = |a: &f64, b: &f64| power(part, *a).total_cmp(&power(part, *b));
            (30..140).map(f64::from).max_by(loudest).unwrap_or(0.0)
        };
        let (low, high) = (settled(60.0), settled(72.0));
        assert!((42.0..60.0).contains(&low) && (high / low - 2.0).abs() < 0.1, "{low} {high}");
    }
}

#[test]
fn a_duck_takes_its_time() {
    let (mut engine, mut control) = Engine::new(RATE);
    send(&mut control, 0, tone("sine", &[("orbit", 1.0)]));
    let slow = [("duckorbit", 1.0), ("duckonset", 0.1), ("duckattack", 0.5), ("gain", 0.0)];
    send(&mut control, 24_000, shot("bd", &slow));
    let (y, _) = listen(&mut engine, 48_000, 512);
    let before = peak(&y[20_000..24_000]);
    // Half way down, squared.
    let half = peak(&y[26_300..26_500]) / before;
    assert!((0.2..0.33).contains(&half), "{half}");
}
