//! What instruments written live cost: the plain subtractive voice as a graph beside the built-in
//! one, in turns in the same run, and each generator beside what its row declares.

mod common;

use std::sync::Arc;

use common::{RATE, cpu_seconds, note};
use mag_engine::{Control, Engine, GraphId, Param, Shot, shot_for_graph};
use mag_graph::{Fill, Given, Graph, Kind, Program, Source, UGENS, Unit, compile};

const VOICES: usize = 64;
const ROUNDS: usize = 5;

/// Seconds of sound that are timed.
const SECONDS: usize = 4;

/// Seconds of a core for a second of `VOICES` voices.
fn cost(make: &dyn Fn(&mut Control, usize) -> Option<Shot>) -> f64 {
    let (mut engine, mut control) = Engine::new(RATE);
    for i in 0..VOICES {
        let Some(mut shot) = make(&mut control, i) else { return f64::NAN };
        shot.set(Param::MidiNote, note(i));
        if control.shot(0, shot.with_duration(u64::from(RATE) * 60)).is_err() {
            return f64::NAN;
        }
    }
    let mut out = [0.0; 512];
    (0..40).for_each(|_| engine.render(&mut out));
    let start = cpu_seconds().unwrap_or_default();
    (0..SECONDS * RATE as usize / 256).for_each(|_| engine.render(&mut out));
    (cpu_seconds().unwrap_or_default() - start) / SECONDS as f64
}

fn played(program: Option<Arc<Program>>) -> impl Fn(&mut Control, usize) -> Option<Shot> {
    move |control: &mut Control, i: usize| {
        let program = program.clone()?;
        if i == 0 {
            control.graph(GraphId(0), program.clone()).ok()?;
        }
        Some(shot_for_graph(GraphId(0), &program, &[], &[]))
    }
}

const FREQ: Source = Source::Given(Given::Freq);
const fn number(x: f32) -> Source {
    Source::Const(x)
}

/// Saw and pulse, a resonant low-pass with an envelope that moves all the time, an envelope.
fn patch() -> Option<Arc<Program>> {
    let mut graph = Graph::new(0);
    let saw = graph.add(Kind::Saw, &[FREQ], 0);
    let pulse = graph.add(Kind::Pulse, &[FREQ, number(0.4)], 0);
    let both = graph.add(Kind::Add, &[saw, pulse], 0);
    let open = graph.add(Kind::Adsr, &[number(0.01), number(0.5), number(0.3), number(0.1)], 0);
    let more = graph.add(Kind::Mul, &[open, number(2700.0)], 0);
    let cutoff = graph.add(Kind::Add, &[more, number(900.0)], 0);
    let dull = graph.add(Kind::Lpf, &[cutoff, number(0.3), both], 0);
    let env = graph.add(Kind::Adsr, &[number(0.01), number(0.3), number(0.7), number(0.1)], 0);
    let out = graph.add(Kind::Mul, &[dull, env], 0);
    compile(&graph.with_out(&[out])).ok().map(Arc::new)
}

/// A generator with what its inputs have when nothing is given, and a saw for what must be.
fn alone(kind: Kind) -> Option<Arc<Program>> {
    let mut graph = Graph::new(0);
    let saw = graph.add(Kind::Saw, &[FREQ], 0);
    let ugen = mag_graph::def(kind)?;
    let inputs: Vec<Source> = ugen
        .inputs
        .iter()
        .map(|input| match input.fill {
            Fill::Value(x) => number(x),
            Fill::Freq => FREQ,
            Fill::Wanted if input.unit == Unit::Wave => number(0.0),
            Fill::Wanted => saw,
        })
        .collect();
    let out = graph.add(kind, &inputs, 1);
    compile(&graph.with_out(&[out])).ok().map(Arc::new)
}

/// The least of some rounds.
fn least(mut measure: impl FnMut() -> f64) -> f64 {
    (0..ROUNDS).map(|_| measure()).fold(f64::INFINITY, f64::min)
}

fn main() {
    let (mut built_in, mut graph) = (f64::INFINITY, f64::INFINITY);
    for _ in 0..ROUNDS {
        let own = |_: &mut Control, i: usize| common::subtractive(i, &[]);
        built_in = built_in.min(cost(&own));
        graph = graph.min(cost(&played(patch())));
    }
    let voices = |seconds: f64| VOICES as f64 / seconds;
    println!("saw + pulse, low-pass, envelope    voices per core");
    println!("  built in {:>27.0}", voices(built_in));
    println!("  as a graph {:>25.0}   {:.2} times the work", voices(graph), graph / built_in);
    // `-- compare` stops here.
    if std::env::args().any(|arg| arg == "compare") {
        return;
    }
    let nothing = {
        let graph = Graph::new(0).with_out(&[FREQ]);
        compile(&graph).ok().map(Arc::new)
    };
    let rest = least(|| cost(&played(nothing.clone())));
    let saw = least(|| cost(&played(alone(Kind::Saw)))) - rest;
    let unit = saw / 9.0;
    println!("\ngenerator   work in multiplications: measured (a saw is 9), declared");
    for ugen in UGENS {
        let Some(program) = alone(ugen.kind) else { continue };
        let heard = program.ops.iter().any(|op| op.kind == Kind::Saw) && ugen.kind != Kind::Saw;
        let spent = least(|| cost(&played(Some(program.clone())))) - rest;
        let spent = if heard { spent - saw } else { spent };
        println!("  {:<10} {:>6.1} {:>5}", ugen.name, spent / unit, ugen.cost);
    }
}
