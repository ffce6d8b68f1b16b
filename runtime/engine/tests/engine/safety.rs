//! Ears and boxes: no number but a number, nothing above the ceiling, no click when voices run out.

use mag_engine::{CEILING, Engine, PARAMS, Param, SOUNDS};

use crate::support::{RATE, listen, peak, send, shot};

/// A small generator of numbers, so that the combinations are the same on every run.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    *state >> 33
}

/// The largest change of slope from one sample to the next.
fn bend(x: &[f32]) -> f32 {
    x.windows(3).fold(0.0, |bend, w| bend.max((w[2] - 2.0 * w[1] + w[0]).abs()))
}

fn check(engine: &mut Engine, frames: usize, what: &str) {
    let (left, right) = listen(engine, frames, 999);
    for y in left.iter().chain(&right) {
        assert!(y.is_finite() && y.abs() <= CEILING, "{what}: {y}");
    }
}

#[test]
fn no_parameter_at_its_ends_breaks_any_sound() {
    for def in SOUNDS {
        let (mut engine, mut control) = Engine::new(RATE);
        for (i, param) in PARAMS.iter().enumerate() {
            for (j, value) in [param.min, param.max].into_iter().enumerate() {
                let sent = shot(def.name, &[(param.name, value), ("lpf", 2000.0)]);
                send(&mut control, (120 * i + 60 * j) as u64, sent.with_duration(2000));
            }
        }
        check(&mut engine, 16_000, def.name);
        assert_eq!(control.stats().broken, 0, "{}", def.name);
    }
}

#[test]
fn no_combination_of_extremes_breaks_any_sound() {
    let mut state = 7;
    for def in SOUNDS {
        let (mut engine, mut control) = Engine::new(RATE);
        for i in 0..40 {
            let mut sent = shot(def.name, &[]).with_duration(1000);
            for param in PARAMS {
                match next(&mut state) % 6 {
                    0 => sent.set(param.param, param.min),
                    1 => sent.set(param.param, param.max),
                    2 => sent.set(param.param, f32::NAN),
                    _ => {}
                }
            }
            send(&mut control, i * 150, sent);
        }
        check(&mut engine, 12_000, def.name);
        assert_eq!(control.stats().broken, 0, "{}", def.name);
    }
}

#[test]
fn nothing_exceeds_the_ceiling() {
    let (mut engine, mut control) = Engine::new(RATE);
    for i in 0..100 {
        let name = SOUNDS[i % SOUNDS.len()].name;
        let loud = [("gain", 8.0), ("room", 1.0), ("delay", 1.0), ("delayfeedback", 0.98)];
        send(&mut control, 97 * i as u64, shot(name, &loud));
    }
    let (left, right) = listen(&mut engine, 96_000, 512);
    let loudest = peak(&left).max(peak(&right));
    assert!(loudest <= CEILING && loudest > 0.8, "{loudest}");
}

#[test]
fn eight_parts_at_gain_one_do_not_reach_the_limiter() {
    let (mut engine, mut control) = Engine::new(RATE);
    for bar in 0..2u64 {
        for (i, name) in
            ["bd", "sn", "hh", "bass", "keys", "pad", "pluck", "rim"].iter().enumerate()
        {
            let at = bar * 48_000 + 6000 * ((i as u64 * 3) % 8);
            send(&mut control, at, shot(name, &[]).with_duration(20_000));
        }
    }
    let (left, right) = listen(&mut engine, 96_000, 512);
    let loudest = peak(&left).max(peak(&right));
    assert!((0.2..0.95).contains(&loudest), "{loudest}");
}

#[test]
fn stealing_makes_no_click() {
    let (mut engine, mut control) = Engine::new(RATE);
    let note = |i: u64| {
        let pitch = 45.0 + (i % 25) as f32;
        let params = [("midinote", pitch), ("gain", 0.04), ("sustain", 1.0), ("attack", 0.02)];
        shot("sine", &params).with_duration(480_000)
    };
    for i in 0..256 {
        send(&mut control, i * 40, note(i));
    }
    let (before, _) = listen(&mut engine, 48_000, 512);
    assert_eq!(control.stats().stolen, 0);
    for i in 0..200 {
        send(&mut control, 49_000 + i * 131, note(i + 7));
    }
    let (after, _) = listen(&mut engine, 48_000, 512);
    assert_eq!(control.stats().stolen, 200);
    // A voice peaks at 0.0079 a channel; one cut off could bend the sum by that much at once.
    let (calm, busy) = (bend(&before[24_000..]), bend(&after));
    assert!(calm < 8e-4 && busy < 8e-4, "bends of {busy} where {calm} was normal");
}

#[test]
fn a_guard_lets_go_of_voices_when_the_load_is_high_and_takes_them_again_later() {
    let (mut engine, mut control) = Engine::new(RATE);
    let note = || shot("sine", &[("gain", 0.02)]).with_duration(960_000);
    for _ in 0..200 {
        send(&mut control, 0, note());
    }
    listen(&mut engine, 4800, 512);
    engine.guard(0.7);
    listen(&mut engine, 4800, 512);
    assert_eq!(control.stats().voices, 200);
    engine.guard(1.4);
    listen(&mut engine, 4800, 512);
    assert_eq!(control.stats().voices, 100, "half of 1.4 is 0.7");
    for i in 0..50 {
        send(&mut control, 15_000 + 300 * i, note());
    }
    listen(&mut engine, 24_000, 512);
    assert_eq!(control.stats().voices, 100, "no more than that for now");
    (0..300).for_each(|_| engine.guard(0.3));
    for _ in 0..120 {
        send(&mut control, 40_000, note());
    }
    listen(&mut engine, 9600, 512);
    assert_eq!(control.stats().voices, 220);
    engine.shed(20);
    listen(&mut engine, 4800, 512);
    assert_eq!(control.stats().voices, 200);
}

#[test]
fn a_guard_turns_a_sudden_crowd_away_before_it_costs_too_much() {
    let (mut engine, mut control) = Engine::new(RATE);
    let note = || shot("sine", &[("gain", 0.02)]).with_duration(960_000);
    (0..100).for_each(|_| send(&mut control, 0, note()));
    listen(&mut engine, 4800, 512);
    engine.guard(0.5);
    (0..150).for_each(|_| send(&mut control, 5000, note()));
    listen(&mut engine, 4800, 512);
    let stats = control.stats();
    assert_eq!(stats.voices, 170, "100 voices at a half: 170 at 85 %");
    assert_eq!((stats.stolen, stats.shed), (80, 0));
    engine.guard(1.7);
    listen(&mut engine, 4800, 512);
    let stats = control.stats();
    assert_eq!((stats.voices, stats.shed), (70, 100));
}

#[test]
fn a_thousand_shots_on_one_frame_are_survived() {
    let (mut engine, mut control) = Engine::new(RATE);
    for i in 0..1000 {
        let name = SOUNDS[i % SOUNDS.len()].name;
        send(&mut control, 500, shot(name, &[("gain", 0.1)]));
    }
    check(&mut engine, 9600, "a thousand shots");
    let stats = control.stats();
    assert!(stats.stolen >= 1000 - 288 && stats.broken == 0 && stats.dropped == 0);
}

#[test]
fn other_sample_rates_work() {
    for rate in [8000, 22_050, 44_100, 96_000, 192_000] {
        let (mut engine, mut control) = Engine::new(rate);
        for (i, def) in SOUNDS.iter().enumerate() {
            let mut sent = shot(def.name, &[("room", 0.5), ("delay", 0.5)]);
            sent.set(Param::Gain, 0.5);
            send(&mut control, 50 * i as u64, sent);
        }
        check(&mut engine, rate as usize / 4, "other rates");
        let stats = control.stats();
        assert!(stats.broken == 0 && stats.peak > 0.05, "{rate}: {stats:?}");
    }
}
