//! Rendering neither allocates nor frees: everything at once under an allocator that would abort.
//! Ten minutes of it: `cargo test -p mag-engine --test no_alloc -- --ignored --nocapture`.

use assert_no_alloc::{AllocDisabler, assert_no_alloc};
use mag_engine::{
    Control, Engine, Formula, GraphId, PARAMS, Param, SOUNDS, SampleBuffer, SampleId, shot_for,
    shot_for_graph, shot_for_sample,
};
use mag_graph::{Given, Graph, Kind, Program, Source, compile};
use std::sync::Arc;

#[global_allocator]
static GUARD: AllocDisabler = AllocDisabler;

/// Sends one shot of each kind of thing that an engine does, all over the place.
fn disturb(control: &mut Control, step: usize) -> bool {
    let name = SOUNDS[step % SOUNDS.len()].name;
    let params = [
        ("orbit", (step % 5) as f32),
        ("room", 0.2),
        ("size", (step % 7) as f32 * 0.2),
        ("delay", 0.3),
        ("delaytime", 0.1 + (step % 3) as f32 * 0.1),
        ("crush", 6.0),
        ("lpf", 1000.0),
        ("vib", 5.0),
    ];
    let at = control.frame() + (step * 37 % 3000) as u64;
    let sent = shot_for(name, (step % 4) as f32, &params)
        .is_ok_and(|s| control.shot(at, s.with_part(step as u16 % 8).with_duration(9000)).is_ok());
    let id = SampleId(step as u16 % 5);
    let sent = match step % 7 {
        0 => {
            let buffer = SampleBuffer::interleaved(&[0.1; 20_000], 1 + step % 2, 44_100);
            sent && control.load(id, buffer).is_ok()
        }
        1 => sent && (step % 49 > 1 || control.unload(id).is_ok()),
        _ => {
            let shot = shot_for_sample(id, &[("speed", -0.7), ("loop", (step % 2) as f32)]);
            sent && control.shot(at, shot.with_duration(4000)).is_ok()
        }
    };
    match step % 97 {
        13 => sent && control.withdraw(at, 3).is_ok(),
        31 => sent && control.hush_part(at, 2).is_ok(),
        47 => sent && control.hush(at).is_ok(),
        71 => {
            control.panic();
            sent
        }
        _ => sent,
    }
}

/// An instrument with an echo, a filter and as many strings as `step` says.
fn instrument(step: usize) -> Option<Arc<Program>> {
    let mut graph = Graph::new(1);
    let mut out = graph.add(Kind::Saw, &[Source::Given(Given::Freq)], 0);
    let env = graph.add(Kind::Adsr, &[Source::Const(0.01); 4], 0);
    let cutoff = graph.add(Kind::Mul, &[Source::Argument(0), env], 0);
    out = graph.add(Kind::Lpf, &[cutoff, Source::Const(0.3), out], 0);
    out = graph.add(Kind::Mul, &[out, env], 0);
    for i in 0..step % 4 {
        let hertz = Source::Const(110.0 * (i + 1) as f32);
        out = graph.add(Kind::String, &[hertz, Source::Const(0.5), Source::Const(0.2), out], 0);
    }
    let back = graph.add(Kind::Read, &[Source::Const(0.1)], 1);
    let less = graph.add(Kind::Mul, &[back, Source::Const(0.4)], 0);
    out = graph.add(Kind::Add, &[out, less], 0);
    graph.add(Kind::Write, &[back, out], 0);
    let right = graph.add(Kind::Allpass, &[Source::Const(0.01), Source::Const(0.1), out], 0);
    compile(&graph.with_out(&[out, right])).ok().map(Arc::new)
}

#[test]
fn instruments_swapped_at_every_buffer_without_allocation() {
    let (mut engine, mut control) = Engine::new(48_000);
    let mut out = vec![0.0; 2 * 480];
    for step in 0..400 {
        let Some(program) = instrument(step) else { panic!("no instrument") };
        let id = GraphId((step % 3) as u16);
        assert!(control.graph(id, program.clone()).is_ok());
        if step % 5 == 0 {
            assert!(control.forget_graph(GraphId((step % 7) as u16)).is_ok());
        }
        for i in 0..2 {
            let note = [("midinote", 40.0 + (step % 30) as f32)];
            let shot = shot_for_graph(id, &program, &[900.0], &note).with_duration(2000);
            let at = control.frame() + 100 * i;
            assert!(control.shot(at, shot).is_ok());
        }
        if step % 97 == 96 {
            control.panic();
        }
        assert_no_alloc(|| engine.render(&mut out));
        assert!(out.iter().all(|y| y.is_finite()));
    }
    let stats = control.stats();
    assert!(stats.voices > 0 && stats.broken == 0 && stats.dropped == 0, "{stats:?}");
}

/// A small generator of numbers, so that a run can be told again.
fn next(state: &mut u64) -> usize {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*state >> 33) as usize
}

/// Sends a shot, of any sound, a recording or an instrument, with six controls anywhere in their
/// ranges.
fn anything(control: &mut Control, state: &mut u64, program: &Arc<Program>) -> bool {
    let at = control.frame() + (next(state) % 3000) as u64;
    let made = match next(state) % 9 {
        0 => Ok(shot_for_sample(SampleId((next(state) % 5) as u16), &[])),
        1 => Ok(shot_for_graph(GraphId(1), program, &[600.0], &[])),
        2 => shot_for(if next(state).is_multiple_of(2) { "user" } else { "bytebeat" }, 0.0, &[]),
        _ => shot_for(SOUNDS[next(state) % SOUNDS.len()].name, (next(state) % 4) as f32, &[]),
    };
    let Ok(mut shot) = made else { return false };
    for _ in 0..6 {
        let def = &PARAMS[next(state) % PARAMS.len()];
        let share = (next(state) % 1001) as f32 / 1000.0;
        shot.set(def.param, def.min + share * (def.max - def.min));
    }
    shot.set(Param::Gain, 0.2);
    // A wave, a formula, a room, or what is none of them.
    shot.sample = shot.sample.or(Some(SampleId(5 + (next(state) % 3) as u16)));
    if next(state).is_multiple_of(3) {
        shot.room = Some(SampleId(7 + (next(state) % 2) as u16));
    }
    let part = (next(state) % 8) as u16;
    let shot = shot.with_part(part).with_duration((next(state) % 20_000) as u64);
    control.shot(at, shot).is_ok()
}

/// Loads a wave, a formula and two rooms, which are other ones each time.
fn make(control: &mut Control, step: usize) -> bool {
    let noise: Vec<f32> = (0..500 + 900 * (step % 60)).map(|i| (i as f32 * 1.7).sin()).collect();
    let room = SampleBuffer::interleaved(&noise, 1 + step % 2, 44_100);
    let room = room.impulse(48_000, 1.0, 0.1);
    let wave = SampleBuffer::wave(&[(1.0, 0.0), (0.3, 0.2), (step as f32, 0.5)]);
    let formula = Formula::parse(&format!("t*({step}&t>>10)")).map(SampleBuffer::of_formula);
    control.load(SampleId(5), wave).is_ok()
        && formula.is_ok_and(|formula| control.load(SampleId(6), formula).is_ok())
        && control.load(SampleId(7 + (step % 2) as u16), room).is_ok()
}

/// Every synth, every effect, recordings, instruments, random shots, swaps and cuts.
fn everything_at_once(seconds: usize) {
    let (mut engine, mut control) = Engine::new(48_000);
    let (mut out, mut state, mut peak) = (vec![0.0; 2 * 480], 11, 0.0f32);
    let mut played = None;
    for step in 0..100 * seconds {
        assert!(disturb(&mut control, step));
        assert!(step % 30 > 0 || make(&mut control, step / 30));
        if step % 50 == 0 {
            played = instrument(step / 50);
            assert!(played.iter().all(|p| control.graph(GraphId(1), p.clone()).is_ok()));
        }
        let Some(program) = &played else { panic!("no instrument") };
        assert!(anything(&mut control, &mut state, program));
        assert_no_alloc(|| {
            engine.render(&mut out);
            engine.guard((step % 90) as f32 / 100.0);
        });
        assert!(out.iter().all(|y| y.is_finite()), "second {}", step / 100);
        peak = out.iter().fold(peak, |peak, y| peak.max(y.abs()));
    }
    let stats = control.stats();
    println!("{seconds} s without an allocation, peak {peak}, {stats:?}");
    assert!(stats.voices > 0 && stats.broken == 0 && stats.dropped == 0, "{stats:?}");
}

#[test]
fn half_a_minute_of_everything_without_allocation() {
    everything_at_once(30);
}

#[test]
#[ignore = "takes minutes"]
fn ten_minutes_of_everything_without_allocation() {
    everything_at_once(600);
}
