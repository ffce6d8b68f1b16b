//! Stems: what each part adds to the mix, limiter and compressors included.

use mag_engine::{Engine, Shot};

use crate::support::{RATE, listen, peak, send, shot};

/// Three parts that share rooms, echoes, ducks and a compressor, loud enough for the limiter.
fn shots() -> Vec<(u64, Shot)> {
    let part = |part: u16, shot: Shot| shot.with_part(part);
    let mut shots = Vec::new();
    for beat in 0..4 {
        let at = beat * 9000;
        shots.push((at, part(1, shot("bd", &[("gain", 3.0), ("duckorbit", 1.0)]))));
        let squeezed = [("gain", 2.0), ("room", 0.6), ("compressor", -24.0), ("orbit", 1.0)];
        shots.push((at + 2000, part(2, shot("supersaw", &squeezed))));
        let echoed = [("delay", 0.7), ("delaytime", 0.07), ("room", 0.4), ("orbit", 1.0)];
        shots.push((at + 4000, part(3, shot("sn", &[&echoed[..], &[("gain", 2.0)]].concat()))));
    }
    shots
}

fn render(only: Option<u16>) -> (Vec<f32>, Vec<f32>) {
    let (engine, mut control) = Engine::new(RATE);
    let mut engine = match only {
        Some(part) => engine.solo(part),
        None => engine,
    };
    shots().into_iter().for_each(|(at, shot)| send(&mut control, at, shot));
    listen(&mut engine, 60_000, 512)
}

#[test]
fn stems_add_up_to_the_mix() {
    let (left, right) = render(None);
    assert!(peak(&left) > 0.93, "the limiter works");
    let stems = [1, 2, 3].map(|part| render(Some(part)));
    for (mix, side) in [(&left, 0), (&right, 1)] {
        let mut furthest = 0.0f32;
        for (i, y) in mix.iter().enumerate() {
            let sum: f32 = stems.iter().map(|s| if side == 0 { s.0[i] } else { s.1[i] }).sum();
            furthest = furthest.max((y - sum).abs());
        }
        assert!(furthest < 2e-4, "{furthest}");
    }
    // Each is something, and not the whole.
    assert!(stems.iter().all(|s| peak(&s.0) > 0.05 && s.0 != left));
}
