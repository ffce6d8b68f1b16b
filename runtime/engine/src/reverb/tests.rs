//! The room measured: how long it rings, how dense it is, whether it has a tone of its own.

use super::*;

const RATE: f32 = 48_000.0;

/// The left channel of what a room of `size` makes of a click.
fn response(size: f32, seconds: f32) -> Vec<f32> {
    let mut reverb = Reverb::new(RATE);
    reverb.goal = decay(size);
    reverb.decay = decay(size);
    reverb.damp();
    let mut out = Vec::new();
    let mut input = [[0.0; BLOCK]; 2];
    input[0][0] = 1.0;
    input[1][0] = 0.7;
    for _ in 0..(seconds * RATE) as usize / BLOCK {
        let mut block = [[0.0; BLOCK]; 2];
        reverb.wake();
        reverb.add(&input, &mut block);
        out.extend_from_slice(&block[0]);
        input = [[0.0; BLOCK]; 2];
    }
    out
}

/// Energy of `x` within a Hann window between two times, at 12 frequencies about `hertz`.
fn band(x: &[f32], from: f32, to: f32, hertz: f32) -> f64 {
    let x = &x[(from * RATE) as usize..(to * RATE) as usize];
    let at = |k: usize| {
        let step = core::f64::consts::TAU * f64::from(hertz * (0.9 + 0.017 * k as f32) / RATE);
        let (mut re, mut im) = (0.0, 0.0);
        for (i, &y) in x.iter().enumerate() {
            let t = core::f64::consts::TAU * i as f64 / x.len() as f64;
            let y = f64::from(y) * (1.0 - t.cos());
            re += y * (step * i as f64).cos();
            im += y * (step * i as f64).sin();
        }
        re * re + im * im
    };
    (0..12).map(at).sum()
}

#[test]
fn the_lows_ring_for_the_time_that_the_size_says() {
    for size in [0.2, 0.5, 0.8] {
        let time = decay(size);
        let x = response(size, 1.2 * time);
        let (a, b) = (0.15 * time, 0.65 * time);
        let fall = band(&x, a, a + 0.3 * time, 400.0) / band(&x, b, b + 0.3 * time, 400.0);
        let measured = 60.0 * (b - a) / (10.0 * fall.log10() as f32);
        println!("size {size}: {measured:.2} s asked {time:.2} s");
        assert!((0.8..1.25).contains(&(measured / time)), "size {size}: {measured} s for {time} s");
    }
}

#[test]
fn highs_fall_faster_than_lows() {
    let x = response(0.8, 2.0);
    let fall = |hertz| band(&x, 0.2, 0.5, hertz) / band(&x, 1.2, 1.5, hertz);
    assert!(fall(9000.0) > 10.0 * fall(400.0));
}

/// Share of samples beyond one standard deviation over that of Gaussian noise: 1 is as dense as
/// noise (Abel and Huang's echo density).
fn density(x: &[f32]) -> f32 {
    let deviation = (x.iter().map(|y| y * y).sum::<f32>() / x.len() as f32).sqrt();
    let beyond = x.iter().filter(|y| y.abs() > deviation).count();
    beyond as f32 / x.len() as f32 / 0.3173
}

#[test]
fn echoes_are_dense_within_a_tenth_of_a_second() {
    let x = response(0.7, 0.5);
    let at = |seconds: f32| density(&x[(seconds * RATE) as usize..][..1000]);
    for time in [0.1, 0.15, 0.2, 0.3, 0.4] {
        println!("echo density at {time} s: {:.2} of noise", at(time));
        assert!(at(time) > 0.85, "{} at {time} s", at(time));
    }
}

#[test]
fn the_tail_has_no_tone_of_its_own() {
    let x = response(0.9, 1.6);
    let tail = &x[(0.5 * RATE) as usize..][..32_768];
    let fall = exp2(-SIXTY / (decay(0.9) * RATE));
    let mut gain = 1.0f32;
    let level: Vec<f32> = tail
        .iter()
        .map(|y| {
            gain *= fall;
            y * gain
        })
        .collect();
    // Power at 2,000 frequencies between 200 and 1,800 Hz; noise has an exponential distribution,
    // of which 2,000 draws exceed 13 times their mean once in two hundred runs.
    let power: Vec<f64> = (0..2000).map(|k| single(&level, 200.0 + 0.8 * k as f64)).collect();
    let mut ratio = 0.0f64;
    for around in power.windows(301) {
        let mean = around.iter().sum::<f64>() / 301.0;
        ratio = ratio.max(around[150] / mean);
    }
    println!("strongest line of the tail: {ratio:.1} times its surroundings");
    assert!(ratio < 13.0, "a line {ratio:.1} times as strong as its surroundings");
}

/// Power at one frequency under a Hann window.
fn single(x: &[f32], hertz: f64) -> f64 {
    let step = core::f64::consts::TAU * hertz / f64::from(RATE);
    let turn = core::f64::consts::TAU / x.len() as f64;
    let coefficient = 2.0 * step.cos();
    let (mut a, mut b) = (0.0, 0.0);
    for (i, &y) in x.iter().enumerate() {
        let w = f64::from(y) * (1.0 - (turn * i as f64).cos());
        (a, b) = (w + coefficient * a - b, a);
    }
    a * a + b * b - coefficient * a * b
}

#[test]
fn both_sides_differ_and_the_mixer_keeps_the_energy() {
    let mut wave = [Piece::default(); LINES];
    for (i, x) in wave.iter_mut().enumerate() {
        x[0] = (i as f32).sin();
    }
    let before: f32 = wave.iter().map(|x| x[0] * x[0]).sum();
    hadamard(&mut wave);
    let after: f32 = wave.iter().map(|x| x[0] * x[0]).sum();
    assert!((after / before - 1.0).abs() < 1e-5);
}
