//! Envelopes, delays, steps and ends, to the frame.

use super::*;

#[test]
fn an_adsr_turns_on_its_exact_frames() {
    let times = [number(0.01), number(0.02), number(0.5), number(0.05)];
    let x = hear(Kind::Adsr, &times, 30_000);
    // 480 frames of attack: a straight line.
    for i in [0usize, 100, 240, 479] {
        assert!((x[i] - (i as f32 + 1.0) / 480.0).abs() < 1e-5, "{i}: {}", x[i]);
    }
    assert!(x[479] >= 0.999_99 && x[480] < 1.0, "{} {}", x[479], x[480]);
    // 960 frames of decay by an exponential that ends there.
    let rest = (-5.0f32).exp();
    for n in [1.0f32, 300.0, 959.0] {
        let base = 0.5 - 0.5 * rest / (1.0 - rest);
        let should = base + (1.0 - base) * (-5.0 * n / 960.0).exp();
        let is = x[479 + n as usize];
        assert!((is - should).abs() < 1e-3, "{n}: {is} {should}");
    }
    assert!((x[1439] - 0.5).abs() < 1e-6 && x[20_000] == 0.5);
    // Released with its note, silent 2400 frames later.
    assert!(x[23_999] == 0.5 && x[24_000] < 0.5);
    assert!(x[26_398] > 1e-6 && x[26_399].abs() < 1e-6 && x[26_400] == 0.0);
}

#[test]
fn a_percussive_envelope_does_not_wait_for_the_note_to_end() {
    let mut graph = Graph::new(0);
    let env = graph.add(Kind::Env, &[number(0.001), number(0.1)], 0);
    let saw = graph.add(Kind::Saw, &[FREQ], 0);
    let out = graph.add(Kind::Mul, &[saw, env], 0);
    let long = Note { duration: 480_000, ..NOTE };
    let (x, over) = listen(&graph.with_out(&[out]), long, 480_000);
    assert!(over && (4_848..12_000).contains(&x.len()), "{over} {}", x.len());
}

#[test]
fn lines_are_straight_or_exponential_and_end_where_they_say() {
    let x = hear(Kind::Line, &[number(1.0), number(-1.0), number(0.1)], 6000);
    assert!((x[2400] - 0.0).abs() < 1e-4 && x[4800] == -1.0 && x[5999] == -1.0);
    let x = hear(Kind::XLine, &[number(1.0), number(0.01), number(0.1)], 6000);
    assert!((x[2400] - 0.1).abs() < 1e-4 && (x[5999] - 0.01).abs() < 1e-7, "{}", x[2400]);
}

/// A graph with one click at its start: a falling edge turned into a single frame.
fn click(graph: &mut Graph) -> Source {
    let time = Source::Given(Given::Time);
    graph.add(Kind::Lt, &[time, number(0.5 / RATE)], 0)
}

#[test]
fn a_delay_comes_back_on_its_frame() {
    for (seconds, frame) in [(0.0, 0), (0.000_5, 24), (0.01, 480), (0.1, 4800)] {
        let mut graph = Graph::new(0);
        let x = click(&mut graph);
        let out = graph.add(Kind::Delay, &[number(seconds), x], 0);
        let (x, _) = listen(&graph.with_out(&[out]), NOTE, 9600);
        let peak = x.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).map(|(i, _)| i);
        assert_eq!(peak, Some(frame), "{seconds}");
        assert!((x.iter().sum::<f32>() - 1.0).abs() < 1e-3);
    }
}

#[test]
fn a_feedback_repeats_at_its_time_by_its_factor() {
    let mut graph = Graph::new(0);
    let x = click(&mut graph);
    let back = graph.add(Kind::Read, &[number(0.05)], 1);
    let less = graph.add(Kind::Mul, &[back, number(0.5)], 0);
    let out = graph.add(Kind::Add, &[x, less], 0);
    graph.add(Kind::Write, &[back, out], 0);
    let (x, _) = listen(&graph.with_out(&[out]), NOTE, 12_000);
    for (frame, should) in [(0, 1.0), (2400, 0.5), (4800, 0.25), (7200, 0.125), (1000, 0.0)] {
        assert!((x[frame] - should).abs() < 1e-4, "{frame}: {}", x[frame]);
    }
}

#[test]
fn a_comb_and_an_allpass_fall_by_60_db_in_their_decay() {
    for kind in [Kind::Comb, Kind::Allpass] {
        let mut graph = Graph::new(0);
        let x = click(&mut graph);
        let out = graph.add(kind, &[number(0.01), number(0.5), x], 0);
        let (x, _) = listen(&graph.with_out(&[out]), NOTE, 26_000);
        let fall = 20.0 * (x[480 * 41] / x[480]).abs().log10();
        assert!((fall + 60.0 * 40.0 * 0.01 / 0.5).abs() < 0.5, "{kind:?}: {fall} dB");
    }
}

#[test]
fn a_string_is_in_tune_whatever_its_damping() {
    for damp in [0.0, 0.4, 1.0] {
        let mut graph = Graph::new(0);
        let x = click(&mut graph);
        let out = graph.add(Kind::String, &[FREQ, number(4.0), number(damp), x], 0);
        let (x, _) = listen(&graph.with_out(&[out]), NOTE, 24_000);
        // The strongest line near the note, 220 Hz.
        let cents = |c: f32| 220.0 * (c / 1200.0).exp2();
        let best = (-40i32..=40).max_by(|a, b| {
            level(&x[2000..], cents(*a as f32)).total_cmp(&level(&x[2000..], cents(*b as f32)))
        });
        assert!(best.is_some_and(|c| c.abs() <= 3), "{damp}: {best:?} cents");
    }
}

#[test]
fn steps_and_what_is_held_change_with_their_clock() {
    for (kind, inputs) in [
        (Kind::LfNoise, vec![number(100.0)]),
        (Kind::Hold, vec![number(100.0), Source::Given(Given::Time)]),
    ] {
        let x = hear(kind, &inputs, 4800);
        let changes = x.windows(2).filter(|w| w[0] != w[1]).count();
        assert!((9..=10).contains(&changes), "{kind:?}: {changes}");
    }
}

#[test]
fn a_slew_and_a_lag_take_their_time() {
    let mut graph = Graph::new(0);
    let late = graph.add(Kind::Le, &[number(0.01), Source::Given(Given::Time)], 0);
    let slew = graph.add(Kind::Slew, &[number(10.0), number(10.0), late], 0);
    let lag = graph.add(Kind::Lag, &[number(0.1), late], 0);
    let (x, _) = listen(&graph.clone().with_out(&[slew]), NOTE, 9600);
    assert!((x[480 + 2400] - 0.5).abs() < 1e-3 && (x[480 + 4900] - 1.0).abs() < 1e-4);
    let (x, _) = listen(&graph.with_out(&[lag]), NOTE, 9600);
    assert!((x[480 + 4800] - 0.999).abs() < 1e-3, "{}", x[480 + 4800]);
}

#[test]
fn arithmetic_is_arithmetic() {
    let cases: [(Kind, f32, f32, f32); 12] = [
        (Kind::Mod, 7.5, 2.0, 1.5),
        (Kind::Mod, -0.25, 1.0, 0.75),
        (Kind::Pow, 1.2, 3.0, 1.728),
        (Kind::Pow, -2.0, 0.5, -core::f32::consts::SQRT_2),
        (Kind::MidiRatio, -12.0, 0.0, 0.5),
        (Kind::DbAmp, -6.0206, 0.0, 0.5),
        (Kind::Sqrt, 2.25, 0.0, 1.5),
        (Kind::Crush, 3.0, 0.3, 0.25),
        (Kind::Fold, 1.25, 0.0, 0.75),
        (Kind::PanLeft, 0.5, 0.0, 1.0),
        (Kind::PanRight, 1.0, 0.0, core::f32::consts::SQRT_2),
        (Kind::Div, 1.0, -8.0, -0.125),
    ];
    for (kind, a, b, should) in cases {
        // Still numbers go one way, moving ones another.
        for still in [true, false] {
            let mut graph = Graph::new(2);
            let zero = graph.add(Kind::Mul, &[Source::Given(Given::Time), number(1e-9)], 0);
            let mut input = |i| {
                let argument = Source::Argument(i);
                if still { argument } else { graph.add(Kind::Add, &[argument, zero], 0) }
            };
            let inputs = [input(0), input(1)];
            let out = graph.add(kind, &inputs, 0);
            let note = Note { arguments: [a, b], ..NOTE };
            let (x, _) = listen(&graph.with_out(&[out]), note, 64);
            assert!((x[1] - should).abs() < 1e-4, "{kind:?} {a} {b}: {} not {should}", x[1]);
        }
    }
    let x = hear(Kind::MidiHz, &[number(-36.376_316)], 64);
    assert!((x[0] - 1.0).abs() < 1e-3, "{}", x[0]);
}

#[test]
fn what_rings_for_ever_is_led_out_and_stays_within_bounds() {
    let mut graph = Graph::new(0);
    let env = graph.add(Kind::Adsr, &[number(0.01); 4], 0);
    let noise = graph.add(Kind::Noise, &[], 1);
    let burst = graph.add(Kind::Mul, &[env, noise], 0);
    let back = graph.add(Kind::Read, &[number(0.01)], 1);
    let more = graph.add(Kind::Mul, &[back, number(5.0)], 0);
    let out = graph.add(Kind::Add, &[burst, more], 0);
    graph.add(Kind::Write, &[back, out], 0);
    let (x, over) = listen(&graph.with_out(&[out]), Note { duration: 1000, ..NOTE }, 30 * 48_000);
    assert!(over && x.len() < 25 * 48_000, "{over} {}", x.len());
    assert!(x.iter().all(|y| y.abs() <= 4.0) && x[48_000..].iter().any(|y| y.abs() > 0.5));
    let jump = x[20 * 48_000..].windows(2).fold(0.0f32, |j, w| j.max((w[1] - w[0]).abs()));
    assert!(x[x.len() - 100..].iter().all(|y| y.abs() < 0.1), "faded, not cut: {jump}");
}
