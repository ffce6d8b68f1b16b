//! The room against convolution as it is defined.

use super::*;
use crate::noise::Noise;
use crate::sample::SampleBuffer;

const RATE: u32 = 48_000;

fn noise(seed: u32, frames: usize) -> Vec<f32> {
    let mut noise = Noise::new(seed);
    (0..frames).map(|_| noise.white()).collect()
}

/// What the left side of the room makes of `x`, and what is to come of it by definition.
fn both(response: &[f32], channels: usize, x: &[f32]) -> (Vec<f32>, Vec<f32>) {
    let buffer = SampleBuffer::interleaved(response, channels, RATE);
    let impulse = Impulse::new(&buffer, RATE, 1.0, 0.0);
    let mut room = Convolver::new(RATE as f32);
    let mut heard = Vec::new();
    for block in x.chunks_exact(BLOCK) {
        let (mut input, mut out) = ([[0.0; BLOCK]; 2], [[0.0; BLOCK]; 2]);
        input[0].copy_from_slice(block);
        room.wake(&impulse);
        room.add(&impulse, &input, &mut out);
        heard.extend_from_slice(&out[0]);
        assert!(channels > 1 || out[1] == [0.0; BLOCK], "sides stay apart");
    }
    let left: Vec<f64> = response.chunks(channels).map(|frame| f64::from(frame[0])).collect();
    let power = response.iter().map(|y| f64::from(*y).powi(2)).sum::<f64>() / channels as f64;
    let wanted = (0..heard.len()).map(|n| {
        let sum: f64 =
            left.iter().take(n + 1).enumerate().map(|(k, h)| h * f64::from(x[n - k])).sum();
        (sum / power.sqrt()) as f32
    });
    (heard.clone(), wanted.collect())
}

#[test]
fn it_is_the_convolution_frame_by_frame() {
    // Shorter than a partition; within the short ones; at their border; well into the long ones.
    for (frames, channels) in [(1, 1), (40, 1), (1000, 2), (1024, 1), (1025, 1), (5000, 2)] {
        let (heard, wanted) = both(&noise(1, frames * channels), channels, &noise(2, 100 * BLOCK));
        let error = heard.iter().zip(&wanted).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(error < 2e-5, "{frames}: {error}");
    }
}

#[test]
fn it_sleeps_after_the_response_and_wakes_with_nothing_stale() {
    let buffer = SampleBuffer::interleaved(&noise(3, 4000), 1, RATE);
    let impulse = Impulse::new(&buffer, RATE, 1.0, 0.0);
    let mut room = Convolver::new(RATE as f32);
    let loud = [[0.5; BLOCK]; 2];
    for _ in 0..100 {
        room.wake(&impulse);
        room.add(&impulse, &loud, &mut [[0.0; BLOCK]; 2]);
    }
    let mut last = [[0.0; BLOCK]; 2];
    let mut blocks = 0;
    while room.awake() {
        last = [[0.0; BLOCK]; 2];
        room.add(&impulse, &[[0.0; BLOCK]; 2], &mut last);
        blocks += 1;
    }
    assert!(blocks >= 4000 / BLOCK && last[0].iter().all(|y| y.abs() < 1e-5), "{blocks}");
    // A longer response finds nothing of before.
    let long = SampleBuffer::interleaved(&noise(4, 60_000), 1, RATE);
    let long = Impulse::new(&long, RATE, 1.0, 0.0);
    room.wake(&long);
    for _ in 0..900 {
        let mut out = [[0.0; BLOCK]; 2];
        room.add(&long, &[[0.0; BLOCK]; 2], &mut out);
        assert!(out[0].iter().all(|y| y.abs() < 1e-6));
    }
}

#[test]
fn speed_and_begin_change_the_response() {
    let mut x = vec![0.0; 4800];
    (x[0], x[2400]) = (1.0, 0.5);
    let buffer = SampleBuffer::interleaved(&x, 1, RATE);
    let first = |speed: f32, begin: f32| {
        let impulse = Impulse::new(&buffer, RATE, speed, begin);
        let mut room = Convolver::new(RATE as f32);
        room.wake(&impulse);
        let mut heard = Vec::new();
        let mut input = [[0.0; BLOCK]; 2];
        input[0][0] = 1.0;
        for _ in 0..120 {
            let mut out = [[0.0; BLOCK]; 2];
            room.add(&impulse, &input, &mut out);
            heard.extend_from_slice(&out[0]);
            input = [[0.0; BLOCK]; 2];
        }
        let loud = heard.iter().enumerate().filter(|(_, y)| y.abs() > 0.1);
        loud.map(|(i, _)| i).collect::<Vec<usize>>()
    };
    assert_eq!(first(1.0, 0.0), [0, 2400]);
    assert_eq!(first(2.0, 0.0), [0, 1200]);
    assert_eq!(first(1.0, 0.25), [1200]);
    assert_eq!(first(-1.0, 0.0), [2399, 4799]);
}
