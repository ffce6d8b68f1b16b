//! Oscillators and filters by their spectra.

use super::*;
use crate::wavetable::{Complex, Fourier};

/// Loudest line that is no harmonic of `hertz`, in dB under the first; of 8192 frames.
fn aliases(x: &[f32], hertz: f32) -> f64 {
    let window = |i: usize| {
        let c = |n: f32| crate::math::cos_turns(n * i as f32 / 8192.0);
        0.35875 - 0.48829 * c(1.0) + 0.14128 * c(2.0) - 0.01168 * c(3.0)
    };
    let mut bins: Vec<Complex> = x.iter().enumerate().map(|(i, y)| (window(i) * y, 0.0)).collect();
    Fourier::new(8192).transform(&mut bins, false);
    let size = |bin: usize| f64::from(bins[bin].0).hypot(f64::from(bins[bin].1));
    let bin = RATE / 8192.0;
    let far = |at: &usize| {
        let at = *at as f32 * bin;
        (at / hertz - (at / hertz).round()).abs() * hertz > 6.0 * bin
    };
    let worst = (20..3700).filter(far).map(size).fold(0.0, f64::max);
    let first = (hertz / bin).round() as usize;
    20.0 * (worst / size(first).max(size(first + 1)).max(size(first - 1))).log10()
}

#[test]
fn oscillators_have_the_harmonics_of_their_shapes() {
    use core::f64::consts::{FRAC_2_PI, PI};
    const A: Source = number(440.0);
    let hertz = 440.0;
    type Shape<'a> = (Kind, &'a [Source], fn(f64) -> f64);
    let shapes: [Shape; 5] = [
        (Kind::Sine, &[A, number(0.0)], |k| if k == 1.0 { 1.0 } else { 0.0 }),
        (Kind::Saw, &[A], |k| FRAC_2_PI / k),
        (Kind::Pulse, &[A, number(0.5)], |k| 2.0 * FRAC_2_PI / k * (PI * k * 0.5).sin().abs()),
        (Kind::Pulse, &[A, number(0.2)], |k| 2.0 * FRAC_2_PI / k * (PI * k * 0.2).sin().abs()),
        (Kind::Tri, &[A], |k| if k % 2.0 == 1.0 { 8.0 / (PI * k).powi(2) } else { 0.0 }),
    ];
    for (kind, inputs, theory) in shapes {
        let x = hear(kind, inputs, 8192);
        for k in 1..=20u8 {
            let (is, should) = (level(&x, hertz * f32::from(k)), theory(f64::from(k)));
            assert!((is - should).abs() < 0.002 + 0.03 * should, "{kind:?} {k}: {is} {should}");
        }
        let worst = aliases(&x, hertz);
        assert!(worst < -65.0, "{kind:?}: aliases at {worst:.1} dB");
    }
}

#[test]
fn high_notes_and_bent_ones_do_not_alias_either() {
    for kind in [Kind::Saw, Kind::Pulse, Kind::Tri, Kind::Wave] {
        let (first, rest) =
            if kind == Kind::Wave { (number(3.0), FREQ) } else { (FREQ, number(0.4)) };
        let mut graph = Graph::new(0);
        let third = if kind == Kind::Wave { number(0.9) } else { number(0.0) };
        let out = graph.add(kind, &[first, rest, third], 0);
        let graph = graph.with_out(&[out]);
        let midi = 69.0 + 12.0 * (5003.0f32 / 440.0).log2();
        let (x, _) = listen(&graph, Note { midi, ..NOTE }, 8192);
        let worst = aliases(&x, 5003.0);
        assert!(worst < -60.0, "{kind:?}: {worst:.1} dB");
        // The frequency as a signal: the wave comes from tables then.
        let bent = Note { midi, bend: (1.0, 1.000_001), ..NOTE };
        let worst = aliases(&listen(&graph, bent, 8192).0, 5003.0);
        assert!(worst < -60.0, "{kind:?} with a moving frequency: {worst:.1} dB");
    }
}

#[test]
fn phase_modulation_has_the_sidebands_of_bessel() {
    let mut graph = Graph::new(0);
    let modulator = graph.add(Kind::Sine, &[number(200.0), number(0.0)], 0);
    // An index of 1 is 1/2π turns.
    let turns = graph.add(Kind::Mul, &[modulator, number(1.0 / core::f32::consts::TAU)], 0);
    let out = graph.add(Kind::Sine, &[number(2000.0), turns], 0);
    let (x, _) = listen(&graph.with_out(&[out]), NOTE, 9600);
    // Bessel functions of orders 0 to 3 at 1.
    for (k, should) in [0.765_197_7, 0.440_050_6, 0.114_903_5, 0.019_563_4].iter().enumerate() {
        for side in [-1.0, 1.0] {
            let is = level(&x, 2000.0 + side * 200.0 * k as f32);
            assert!((is - should).abs() < 0.003, "{k}: {is} {should}");
        }
    }
}

/// |H| of the analogue two-pole prototype at the bilinear image of a frequency.
fn theory(kind: Kind, cutoff: f64, q: f64, hertz: f64) -> f64 {
    let warp = |f: f64| (core::f64::consts::PI * f / f64::from(RATE)).tan();
    let w = warp(hertz) / warp(cutoff);
    let below = (1.0 - w * w).hypot(w / q);
    match kind {
        Kind::Lpf => 1.0 / below,
        Kind::Hpf => w * w / below,
        Kind::Bpf => w / q / below,
        _ => (1.0 - w * w).abs() / below,
    }
}

#[test]
fn filters_have_the_response_of_their_prototypes() {
    for kind in [Kind::Lpf, Kind::Hpf, Kind::Bpf, Kind::Notch] {
        for (cutoff, res) in [(500.0f32, 0.0f32), (2000.0, 0.4), (6000.0, 12.0)] {
            let q = f64::from(crate::filter::quality(res));
            for hertz in [150.0f32, 500.0, 1900.0, 4000.0, 9000.0] {
                let x = through(kind, &[number(cutoff), number(res)], hertz, 14_400);
                let is = 100.0 * level(&x[4800..], hertz);
                let should = theory(kind, f64::from(cutoff), q, f64::from(hertz));
                let near = (is - should).abs() < 0.005 + 0.02 * should;
                assert!(near, "{kind:?} {cutoff} {res} at {hertz}: {is:.4} {should:.4}");
            }
        }
    }
}

#[test]
fn one_poles_ladders_and_dc_blocks_do_what_their_names_say() {
    let at = |kind, settings: &[Source], hertz| {
        100.0 * level(&through(kind, settings, hertz, 14_400)[4800..], hertz)
    };
    let one = at(Kind::OnePole, &[number(1000.0)], 1000.0);
    assert!((one - 0.707).abs() < 0.03, "{one}");
    let octave = at(Kind::Ladder, &[number(500.0), number(0.0)], 4000.0)
        / at(Kind::Ladder, &[number(500.0), number(0.0)], 8000.0);
    let fall = 20.0 * octave.log10();
    assert!((22.0..30.0).contains(&fall), "{fall} dB an octave");
    let mut graph = Graph::new(0);
    let sine = graph.add(Kind::Sine, &[number(1000.0), number(0.0)], 0);
    let moved = graph.add(Kind::Add, &[sine, number(0.7)], 0);
    let out = graph.add(Kind::DcBlock, &[moved], 0);
    let (x, _) = listen(&graph.with_out(&[out]), NOTE, 48_000);
    let rest = x[33_600..].iter().sum::<f32>() / 14_400.0;
    assert!(rest.abs() < 1e-3, "{rest}");
    assert!((level(&x[33_600..], 1000.0) - 1.0).abs() < 0.01);
}

#[test]
fn noises_have_their_slopes_and_dust_its_density() {
    // Mean power of two bands an octave apart, in dB.
    let slope = |kind: Kind| {
        let x = hear(kind, &[], 96_000);
        let power = |from: f32| {
            let bands = (0..60).map(|i| from * (1.0 + i as f32 / 60.0));
            bands.map(|hertz| level(&x, hertz).powi(2)).sum::<f64>() / 60.0
        };
        10.0 * (power(4000.0) / power(500.0)).log10() / 3.0
    };
    for (kind, should) in [(Kind::Noise, 0.0), (Kind::Pink, -3.0), (Kind::Brown, -6.0)] {
        let is = slope(kind);
        assert!((is - should).abs() < 1.0, "{kind:?}: {is:.2} dB an octave");
    }
    let clicks = hear(Kind::Dust, &[number(500.0)], 96_000).iter().filter(|y| **y > 0.0).count();
    assert!((900..1100).contains(&clicks), "{clicks} in 2 s");
}
