//! Generators against theory, one voice at a time, without the voice's own envelope and mix.

use std::sync::Arc;

use mag_graph::{Fill, Given, Graph, Kind, Source, UGENS, Ugen, compile};

use super::{Bank, GraphId, Played};
use crate::BLOCK;
use crate::noise::Noise;
use crate::param::Param;
use crate::sample::Store;
use crate::shot::Shot;
use crate::synth::{Ends, Frames, GRAPH, Life, Moment, Onset, Synth};
use crate::wavetable::Tables;

mod company;
mod spectra;
mod times;

const RATE: f32 = 48_000.0;
const FREQ: Source = Source::Given(Given::Freq);

const fn number(x: f32) -> Source {
    Source::Const(x)
}

/// A note to be played.
#[derive(Clone, Copy)]
struct Note {
    midi: f32,
    duration: u64,
    arguments: [f32; 2],
    bend: (f32, f32),
}

const NOTE: Note = Note { midi: 57.0, duration: 24_000, arguments: [0.0; 2], bend: (1.0, 1.0) };

/// Up to `frames` frames of a graph's left channel, and whether it ended before.
fn listen(graph: &Graph, note: Note, frames: usize) -> (Vec<f32>, bool) {
    let program = match compile(graph) {
        Ok(program) => Arc::new(program),
        Err(faults) => panic!("{faults:?}"),
    };
    static TABLES: std::sync::OnceLock<Tables> = std::sync::OnceLock::new();
    let tables = TABLES.get_or_init(Tables::new);
    let (back, _returned) = rtrb::RingBuffer::new(1);
    let samples = Store::new(back);
    let mut bank = Bank::new(1, RATE);
    let mut shot = Shot::new(GRAPH, note.duration);
    shot.set(Param::MidiNote, note.midi);
    let mut arguments = [0.0; mag_graph::MAX_ARGUMENTS];
    arguments[..2].copy_from_slice(&note.arguments);
    let ends = if program.dies { Ends::Itself } else { Ends::Gate };
    shot.graph = Some(Played { id: GraphId(0), arguments, ends });
    bank.replace(GraphId(0), Some(program));
    bank.start(0, &Onset { shot: &shot, rate: RATE, begin: 0, seed: 7, samples: &samples });
    let moment = Moment { tables, samples: &samples, rate: RATE, bend: note.bend };
    let mut heard = Vec::new();
    while heard.len() < frames {
        let mut out = Frames::new();
        let life = bank.render(0, &moment, &mut out);
        heard.extend_from_slice(&out.left);
        if life == Life::Over {
            return (heard, true);
        }
    }
    heard.truncate(frames);
    (heard, false)
}

/// The same of one generator.
fn hear(kind: Kind, inputs: &[Source], frames: usize) -> Vec<f32> {
    let mut graph = Graph::new(0);
    let out = graph.add(kind, inputs, 1);
    listen(&graph.with_out(&[out]), NOTE, frames).0
}

/// A graph of one generator with a sine before it: what a filter makes of a tone.
fn through(kind: Kind, settings: &[Source], hertz: f32, frames: usize) -> Vec<f32> {
    let mut graph = Graph::new(0);
    let sine = graph.add(Kind::Sine, &[number(hertz), number(0.0)], 0);
    let quiet = graph.add(Kind::Mul, &[sine, number(0.01)], 0);
    let inputs = [settings, &[quiet]].concat();
    let out = graph.add(kind, &inputs, 0);
    listen(&graph.with_out(&[out]), NOTE, frames).0
}

/// Amplitude at a frequency in hertz, under a Hann window.
fn level(x: &[f32], hertz: f32) -> f64 {
    let (mut re, mut im, mut norm) = (0.0, 0.0, 0.0);
    for (i, &y) in x.iter().enumerate() {
        let t = core::f64::consts::TAU * i as f64 / x.len() as f64;
        let w = 0.35875 - 0.48829 * t.cos() + 0.14128 * (2.0 * t).cos() - 0.01168 * (3.0 * t).cos();
        let p = core::f64::consts::TAU * f64::from(hertz / RATE) * i as f64;
        re += w * f64::from(y) * p.cos();
        im += w * f64::from(y) * p.sin();
        norm += w;
    }
    2.0 * re.hypot(im) / norm
}

/// What an input of a generator may be given at the worst.
fn extremes(i: usize) -> Source {
    let lfo = [FREQ, Source::Given(Given::Time), Source::Given(Given::Gate)];
    let numbers = [0.0, 1.0, -1.0, 1e6, -1e6, 1e-20, 0.5, 20_000.0, -0.0, 1e30];
    if i < numbers.len() { number(numbers[i]) } else { lfo[i - numbers.len()] }
}
const EXTREMES: usize = 13;

/// Whether a generator runs by itself, and is not what several are made of.
fn runs(ugen: &Ugen) -> bool {
    !matches!(ugen.kind, Kind::Feedback | Kind::Pan | Kind::Stereo | Kind::Mono | Kind::Mix)
}

#[test]
fn every_generator_stays_finite_whatever_it_is_given() {
    for ugen in UGENS.iter().filter(|ugen| runs(ugen)) {
        let mut noise = Noise::new(3);
        for _ in 0..40 {
            let mut graph = Graph::new(0);
            // Now and then a signal that leaps between the extremes.
            let wild = graph.add(Kind::LfNoise, &[number(5000.0)], 9);
            let wild = graph.add(Kind::Mul, &[wild, number(1e6)], 0);
            let inputs: Vec<Source> = ugen
                .inputs
                .iter()
                .map(|_| match noise.bits() as usize % (EXTREMES + 3) {
                    i if i < EXTREMES => extremes(i),
                    _ => wild,
                })
                .collect();
            let out = graph.add(ugen.kind, &inputs, 1);
            let graph = graph.with_out(&[out]);
            if compile(&graph).is_err() {
                // A delay of a million seconds.
                continue;
            }
            let (heard, _) = listen(&graph, NOTE, 4 * BLOCK);
            let sound = heard.iter().all(|y| y.is_finite() && y.abs() <= 4.0);
            assert!(sound, "{} of {inputs:?}", ugen.name);
        }
    }
}

#[test]
fn every_generator_makes_something_of_ordinary_inputs() {
    let silent = [Kind::Sub, Kind::Mod, Kind::Lt, Kind::Eq];
    for ugen in UGENS.iter().filter(|u| runs(u) && !silent.contains(&u.kind)) {
        let mut graph = Graph::new(0);
        let sine = graph.add(Kind::Sine, &[FREQ, number(0.0)], 0);
        let inputs: Vec<Source> = ugen
            .inputs
            .iter()
            .map(|input| match input.fill {
                Fill::Value(x) => number(x),
                Fill::Freq => FREQ,
                Fill::Wanted if input.unit == mag_graph::Unit::Wave => number(0.0),
                Fill::Wanted => sine,
            })
            .collect();
        let out = graph.add(ugen.kind, &inputs, 1);
        // (out of step with the clocks)
        let note = Note { midi: 57.3, ..NOTE };
        let (heard, _) = listen(&graph.with_out(&[out]), note, 24_000);
        assert!(heard.iter().any(|y| y.abs() > 1e-3), "{}", ugen.name);
    }
}

/// A random graph whose nodes hear earlier ones.
fn any_graph(noise: &mut Noise) -> Graph {
    let mut graph = Graph::new(2);
    let mut reads = Vec::new();
    for i in 0..4 + noise.bits() % 30 {
        let ugen = &UGENS[noise.bits() as usize % UGENS.len()];
        let mut source = || match noise.bits() % 8 {
            _ if i == 0 => FREQ,
            0 => extremes(noise.bits() as usize % EXTREMES),
            1 => Source::Argument((noise.bits() % 2) as u8),
            2 => FREQ,
            _ => Source::Node(noise.bits() % i),
        };
        let inputs = [source(), source(), source(), source()];
        if runs(ugen) {
            graph.add(ugen.kind, &inputs, i + 1);
        } else {
            reads.push(graph.add(Kind::Read, &inputs, i + 1));
        }
    }
    let last = Source::Node(graph.nodes.len() as u32 - 1);
    for read in reads {
        graph.add(Kind::Write, &[read, last], 0);
    }
    graph.with_out(&[last])
}

#[test]
fn any_graph_stays_finite_and_bounded() {
    let mut noise = Noise::new(11);
    let mut played = 0;
    for _ in 0..250 {
        let graph = any_graph(&mut noise);
        let note = Note { arguments: [noise.white() * 100.0, noise.unit()], ..NOTE };
        if compile(&graph).is_ok() {
            played += 1;
            let (heard, _) = listen(&graph, note, 8 * BLOCK);
            assert!(heard.iter().all(|y| y.is_finite() && y.abs() <= 4.0), "{graph:?}");
        }
    }
    assert!(played > 150, "{played} of 250 could be played");
}
