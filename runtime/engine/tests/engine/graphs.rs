//! Instruments written live, in the engine: swapped while notes ring, stopped by their notes.

use super::support::{RATE, jump, listen, peak, send};
use mag_engine::{Cause, Engine, Fault, GraphId, Shot, shot_for_graph};
use mag_graph::{Given, Graph, Kind, Program, Source, compile};
use std::sync::Arc;

/// A compiled graph.
pub fn program(graph: &Graph) -> Arc<Program> {
    match compile(graph) {
        Ok(program) => Arc::new(program),
        Err(faults) => panic!("{faults:?}"),
    }
}

/// A sine so many times as high as the note, shaped by its own envelope.
fn shaped(times: f32, release: f32) -> Arc<Program> {
    let mut graph = Graph::new(1);
    let number = Source::Const;
    let freq = graph.add(Kind::Mul, &[Source::Given(Given::Freq), number(times)], 0);
    let sine = graph.add(Kind::Sine, &[freq, number(0.0)], 0);
    let times = [number(0.02), number(0.1), number(0.8), number(release)];
    let env = graph.add(Kind::Adsr, &times, 0);
    let out = graph.add(Kind::Mul, &[sine, env], 0);
    program(&graph.with_out(&[out]))
}

fn shot(program: &Program, duration: u64) -> Shot {
    shot_for_graph(GraphId(3), program, &[1.0], &[("midinote", 57.0)]).with_duration(duration)
}

#[test]
fn a_ringing_note_keeps_the_graph_that_it_began_with() {
    let plain = {
        let (mut engine, mut control) = Engine::new(RATE);
        let low = shaped(1.0, 0.5);
        assert!(control.graph(GraphId(3), low.clone()).is_ok());
        send(&mut control, 0, shot(&low, 24_000));
        listen(&mut engine, 60_000, 480).0
    };
    let (mut engine, mut control) = Engine::new(RATE);
    let (low, high) = (shaped(1.0, 0.5), shaped(2.0, 0.5));
    assert!(control.graph(GraphId(3), low.clone()).is_ok());
    send(&mut control, 0, shot(&low, 24_000));
    let mut heard = listen(&mut engine, 12_000, 480).0;
    // Redefined while it rings: to the sample as if nothing had happened.
    assert!(control.graph(GraphId(3), high.clone()).is_ok());
    heard.extend(listen(&mut engine, 48_000, 480).0);
    assert_eq!(heard, plain);
    // The next note has the new graph.
    let soon = control.frame() + 500;
    send(&mut control, soon, shot(&high, 24_000));
    let next = listen(&mut engine, 24_000, 480).0;
    let crossings = |x: &[f32]| x.windows(2).filter(|w| w[0] <= 0.0 && w[1] > 0.0).count() as f32;
    let ratio = crossings(&next[4800..19_200]) / crossings(&plain[4800..19_200]);
    assert!((ratio - 2.0).abs() < 0.05, "{ratio}");
    // What nobody needs any more has come back to be freed.
    assert!(control.hush(0).is_ok());
    assert_eq!(Arc::strong_count(&low), 1);
}

#[test]
fn a_swap_under_a_crowd_of_notes_does_not_click() {
    let (mut engine, mut control) = Engine::new(RATE);
    let programs = [shaped(1.0, 0.3), shaped(1.5, 0.3), shaped(0.5, 0.3)];
    let mut heard = Vec::new();
    for (i, program) in programs.iter().cycle().take(24).enumerate() {
        assert!(control.graph(GraphId(3), program.clone()).is_ok());
        let at = control.frame() + 300 + 17 * i as u64;
        send(&mut control, at, shot(program, 6000));
        heard.extend(listen(&mut engine, 2400, 240).0);
    }
    // At most four sines of up to 330 Hz and their attacks at a time: nothing may leap.
    let most = 4.0 * 0.3 * 0.7 * core::f32::consts::TAU * 330.0 / RATE as f32;
    assert!(jump(&heard) < most, "{} {most}", jump(&heard));
    assert!(peak(&heard) > 0.1);
    assert_eq!(control.stats().broken, 0);
}

#[test]
fn a_graph_without_an_envelope_ends_with_its_note_and_its_controls_apply() {
    let mut graph = Graph::new(0);
    let saw = graph.add(Kind::Saw, &[Source::Given(Given::Freq)], 0);
    let program = program(&graph.with_out(&[saw]));
    let play = |params: &[(&str, f32)]| {
        let (mut engine, mut control) = Engine::new(RATE);
        assert!(control.graph(GraphId(0), program.clone()).is_ok());
        let shot = shot_for_graph(GraphId(0), &program, &[], params).with_duration(12_000);
        send(&mut control, 0, shot);
        listen(&mut engine, 24_000, 480)
    };
    let (left, right) = play(&[]);
    assert!(peak(&left[6000..12_000]) > 0.05);
    // (what is left is the master's DC filter coming to rest)
    assert!(peak(&left[15_000..]) < 1e-3);
    assert!((peak(&left) - peak(&right)).abs() < 1e-6);
    let (left, right) = play(&[("pan", 1.0), ("lpf", 200.0), ("release", 0.2)]);
    assert!(peak(&left) < 1e-6 && peak(&right[6000..12_000]) > 0.03);
    assert!(peak(&right[15_000..]) > 1e-4, "its release is the shot's");
    assert!(jump(&right) < 0.02, "its low-pass is the shot's");
}

#[test]
fn a_shot_of_a_graph_that_is_not_there_is_silent_and_ends() {
    let (mut engine, mut control) = Engine::new(RATE);
    send(&mut control, 0, shot(&shaped(1.0, 0.1), 1000));
    assert_eq!(peak(&listen(&mut engine, 4800, 480).0), 0.0);
    assert_eq!(control.stats().voices, 0);
}

#[test]
fn delay_memory_is_handed_out_and_taken_back() {
    let mut graph = Graph::new(0);
    let env = graph.add(Kind::Env, &[Source::Const(0.001), Source::Const(0.01)], 0);
    let saw = graph.add(Kind::Saw, &[Source::Given(Given::Freq)], 0);
    let blip = graph.add(Kind::Mul, &[env, saw], 0);
    let out = graph.add(Kind::Delay, &[Source::Const(2.9), blip], 0);
    let program = program(&graph.with_out(&[out]));
    let (mut engine, mut control) = Engine::new(RATE);
    assert!(control.graph(GraphId(3), program.clone()).is_ok());
    for round in 0..3 {
        for i in 0..40 {
            let at = control.frame() + 100 * i;
            send(&mut control, at, shot(&program, 500));
        }
        let heard = listen(&mut engine, 300_000, 480).0;
        assert!(peak(&heard[130_000..160_000]) > 0.05, "round {round}");
        assert_eq!(control.stats().voices, 0, "round {round}");
        // There is memory for 96 seconds: what is refused is counted, and told of.
        assert_eq!(control.stats().starved, 7 * (round + 1), "round {round}");
        let faults: Vec<Fault> = core::iter::from_fn(|| control.fault()).collect();
        assert_eq!(faults.len(), 7);
        let one = |fault: &Fault| (fault.graph, fault.cause);
        assert!(faults.iter().all(|f| one(f) == (Some(GraphId(3)), Cause::Starved)), "{faults:?}");
    }
}
