//! Recordings: played as they are, in tune at any speed, in parts, backwards, in loops.

use mag_engine::{Control, Engine, SampleBuffer, SampleId, shot_for_sample};

use crate::support::{RATE, jump, listen, peak, send};

const ID: SampleId = SampleId(3);
/// What the DC blocker may leave after the end of a sound.
const REST: f32 = 0.01;

fn sine(hertz: f64, rate: u32, frames: usize) -> Vec<f32> {
    let turn = core::f64::consts::TAU * hertz / f64::from(rate);
    (0..frames).map(|i| (turn * i as f64).sin() as f32).collect()
}

fn with(buffer: SampleBuffer) -> (Engine, Control) {
    let (engine, mut control) = Engine::new(RATE);
    assert!(control.load(ID, buffer).is_ok());
    (engine, control)
}

/// Both channels of `buffer` played from frame 0 on with `params`, hard left.
fn play(buffer: SampleBuffer, params: &[(&str, f32)], frames: usize) -> (Vec<f32>, Vec<f32>) {
    let (mut engine, mut control) = with(buffer);
    let shot = shot_for_sample(ID, params).with_duration(frames as u64 / 2);
    send(&mut control, 0, shot);
    listen(&mut engine, frames, 512)
}

/// What the master's DC blocker, 4 Hz, makes of `x`.
fn blocked(x: &[f32]) -> Vec<f64> {
    let share = 1.0 - (-core::f64::consts::TAU * 4.0 / f64::from(RATE)).exp();
    let mut low = 0.0;
    let block = |x: &f32| {
        low += share * (f64::from(*x) - low);
        f64::from(*x) - low
    };
    x.iter().map(block).collect()
}

/// Distance in decibels between `heard` and the best multiple of `wanted`, from frame 100 on.
fn error(heard: &[f32], wanted: &[f32]) -> f64 {
    let pairs = || heard.iter().map(|y| f64::from(*y)).zip(blocked(wanted)).skip(100);
    let (mut cross, mut power, mut own) = (0.0, 0.0, 0.0);
    for (h, w) in pairs() {
        (cross, power, own) = (cross + h * w, power + w * w, own + h * h);
    }
    let rest: f64 = pairs().map(|(h, w)| (h - cross / power * w).powi(2)).sum();
    10.0 * (rest / own).max(1e-20).log10()
}

#[test]
fn at_its_own_speed_a_recording_is_left_alone() {
    let wave = sine(440.0, RATE, 9600);
    let (left, right) = play(SampleBuffer::interleaved(&wave, 1, RATE), &[("pan", 0.0)], 9600);
    assert!(error(&left[..9000], &wave[..9000]) < -60.0);
    assert!(peak(&right) < 1e-6 && peak(&left) > 0.5);
}

#[test]
fn stereo_stays_stereo() {
    let (a, b) = (sine(440.0, RATE, 4800), sine(660.0, RATE, 4800));
    let both: Vec<f32> = a.iter().zip(&b).flat_map(|(a, b)| [*a, *b]).collect();
    let (left, right) = play(SampleBuffer::interleaved(&both, 2, RATE), &[], 4800);
    assert!(error(&left[..4500], &a[..4500]) < -60.0 && error(&right[..4500], &b[..4500]) < -60.0);
}

#[test]
fn other_rates_speeds_and_notes_are_in_tune() {
    for (rate, params, hertz) in [
        (44_100, [("speed", 1.0), ("midinote", 60.0)], 440.0),
        (96_000, [("speed", 1.0), ("midinote", 60.0)], 440.0),
        (48_000, [("speed", 1.5), ("midinote", 60.0)], 660.0),
        (48_000, [("speed", 1.0), ("midinote", 72.0)], 880.0),
        (22_050, [("speed", 0.5), ("midinote", 72.0)], 440.0),
    ] {
        let buffer = SampleBuffer::interleaved(&sine(440.0, rate, 96_000), 1, rate);
        let (left, _) = play(buffer, &params, 12_000);
        // The interpolator's own noise; a pitch half a cent off would be far above it.
        let off = error(&left[..12_000], &sine(hertz, RATE, 12_000));
        assert!(off < -50.0, "{rate} {params:?}: {off:.1} dB");
    }
}

#[test]
fn a_negative_speed_reads_backwards() {
    let wave: Vec<f32> = sine(300.0, RATE, 4800)
        .iter()
        .enumerate()
        .map(|(i, y)| y * (1.0 - i as f32 / 4800.0))
        .collect();
    let reversed: Vec<f32> = wave.iter().rev().copied().collect();
    let buffer = SampleBuffer::interleaved(&wave, 1, RATE);
    let (left, _) = play(buffer, &[("speed", -1.0)], 6000);
    assert!(error(&left[..4700], &reversed[..4700]) < -60.0);
    assert!(peak(&left[4800..]) < REST);
}

#[test]
fn a_part_begins_and_ends_where_it_is_told_without_a_click() {
    let wave = sine(100.3, RATE, 48_000);
    let buffer = SampleBuffer::interleaved(&wave, 1, RATE);
    let (left, _) = play(buffer, &[("begin", 0.2512), ("end", 0.5), ("pan", 0.0)], 24_000);
    let (from, to) = (12_058, 24_000);
    // The fade at the start is felt in the DC blocker for a while.
    assert!(error(&left[..11_800], &wave[from..from + 11_800]) < -35.0);
    assert!(peak(&left[to - from..]) < 3.0 * REST);
    assert!(jump(&left) < 0.05, "{}", jump(&left));
}

#[test]
fn a_loop_lasts_as_long_as_its_note() {
    let buffer = SampleBuffer::interleaved(&sine(480.0, RATE, 1000), 1, RATE);
    let (left, _) = play(buffer.clone(), &[("loop", 1.0)], 20_000);
    assert!(error(&left[..9900], &sine(480.0, RATE, 9900)) < -60.0);
    assert!(peak(&left[10_400..]) < REST);
    let (once, _) = play(buffer, &[], 20_000);
    assert!(peak(&once[1100..]) < REST);
}

#[test]
fn a_replaced_recording_sounds_to_its_end_and_the_next_shot_has_the_new_one() {
    let (low, high) = (sine(200.0, RATE, 30_000), sine(2000.0, RATE, 30_000));
    let (mut engine, mut control) = with(SampleBuffer::interleaved(&low, 1, RATE));
    send(&mut control, 0, shot_for_sample(ID, &[]));
    let mut left = listen(&mut engine, 9600, 512).0;
    assert!(control.load(ID, SampleBuffer::interleaved(&high, 1, RATE)).is_ok());
    left.extend(listen(&mut engine, 21_000, 512).0);
    assert!(error(&left[..29_000], &low[..29_000]) < -60.0);
    send(&mut control, 40_000, shot_for_sample(ID, &[]));
    let (next, _) = listen(&mut engine, 30_000, 512);
    let at = 40_000 - 30_600;
    assert!(error(&next[at..at + 9000], &high[..9000]) < -60.0);
}

#[test]
fn what_is_missing_or_odd_is_silent() {
    let (mut engine, mut control) = with(SampleBuffer::interleaved(&[f32::NAN; 64], 1, 0));
    for (id, params) in [
        (SampleId(99), [("speed", 1.0), ("begin", 0.0)]),
        (ID, [("speed", 1.0), ("begin", 0.0)]),
        (ID, [("speed", 0.0), ("begin", 0.0)]),
        (ID, [("speed", 64.0), ("begin", 1.0)]),
        (ID, [("speed", -64.0), ("begin", 0.9)]),
    ] {
        send(&mut control, 0, shot_for_sample(id, &params));
    }
    assert!(control.load(SampleId(u16::MAX), SampleBuffer::interleaved(&[], 2, 1)).is_ok());
    assert!(control.unload(SampleId(5)).is_ok());
    assert_eq!(peak(&listen(&mut engine, 9600, 512).0), 0.0);
    assert!(control.stats().broken == 0 && control.stats().dropped == 1);
}
