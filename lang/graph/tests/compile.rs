//! Graphs become small programs, whatever they are, and wrong ones are told.
#![allow(clippy::expect_used)]

use mag_graph::{
    Fault, Given, Graph, Kind, MAX_COST, MAX_DELAY, MAX_OPS, MAX_UNITS, Operand, Program, Reason,
    Source, UGENS, compile,
};
use proptest::prelude::*;

const FREQ: Source = Source::Given(Given::Freq);
const fn number(x: f32) -> Source {
    Source::Const(x)
}

fn program(graph: Graph, out: &[Source]) -> Program {
    match compile(&graph.with_out(out)) {
        Ok(program) => program,
        Err(faults) => panic!("{faults:?}"),
    }
}

#[test]
fn constants_fold_and_nothing_is_computed_for_a_number() {
    let mut graph = Graph::new(0);
    let a = graph.add(Kind::Add, &[number(1.0), number(2.0)], 0);
    let b = graph.add(Kind::Mul, &[a, number(4.0)], 0);
    let program = program(graph, &[b]);
    assert!(program.ops.is_empty());
    assert_eq!(program.out, [Operand::Const(12.0)]);
}

#[test]
fn equal_generators_are_one_but_noises_are_two() {
    let mut graph = Graph::new(0);
    let a = graph.add(Kind::Saw, &[FREQ], 0);
    let b = graph.add(Kind::Saw, &[FREQ], 0);
    let c = graph.add(Kind::Noise, &[], 1);
    let d = graph.add(Kind::Noise, &[], 2);
    let ab = graph.add(Kind::Mul, &[a, b], 0);
    let cd = graph.add(Kind::Mul, &[c, d], 0);
    let out = graph.add(Kind::Add, &[ab, cd], 0);
    let kinds: Vec<Kind> = program(graph, &[out]).ops.iter().map(|op| op.kind).collect();
    assert_eq!(kinds, [Kind::Saw, Kind::Noise, Kind::Noise, Kind::Mul, Kind::Mul, Kind::Add]);
}

#[test]
fn what_is_not_heard_is_left_out_and_registers_are_used_again() {
    let mut graph = Graph::new(0);
    graph.add(Kind::Saw, &[FREQ], 0);
    let mut x = graph.add(Kind::Sine, &[FREQ, number(0.0)], 0);
    for i in 0..50 {
        x = graph.add(Kind::Lpf, &[number(100.0 + i as f32), number(0.0), x], 0);
    }
    let program = program(graph, &[x]);
    assert_eq!(program.ops.len(), 51);
    assert!(program.registers <= Program::argument(0) + 2, "{}", program.registers);
}

#[test]
fn feedback_is_heard_through_its_line_and_only_there() {
    let mut graph = Graph::new(0);
    let saw = graph.add(Kind::Saw, &[FREQ], 0);
    let back = graph.add(Kind::Read, &[number(0.3)], 1);
    let less = graph.add(Kind::Mul, &[back, number(0.5)], 0);
    let sum = graph.add(Kind::Add, &[saw, less], 0);
    graph.add(Kind::Write, &[back, sum], 0);
    let made = program(graph.clone(), &[sum]);
    assert_eq!(made.lines, [0.3]);
    assert!(made.ops.iter().any(|op| op.kind == Kind::Write));
    assert_eq!(program(graph, &[saw]).ops.len(), 1);
}

fn faults(graph: Graph, out: &[Source]) -> Vec<Fault> {
    compile(&graph.with_out(out)).expect_err("a fault")
}

#[test]
fn a_cycle_is_told_with_its_node() {
    let mut graph = Graph::new(0);
    graph.add(Kind::Add, &[Source::Node(1), number(1.0)], 0);
    let b = graph.add(Kind::Add, &[Source::Node(0), number(1.0)], 0);
    assert_eq!(faults(graph, &[b]), [Fault { node: Some(0), reason: Reason::Cycle }]);
}

#[test]
fn what_is_too_large_is_told_where_it_becomes_so() {
    let mut graph = Graph::new(0);
    let mut x = FREQ;
    for i in 0..=MAX_OPS {
        x = graph.add(Kind::Add, &[x, number(i as f32 + 1.0)], 0);
    }
    let found = faults(graph, &[x]);
    assert_eq!(found, [Fault { node: Some(MAX_OPS as u32), reason: Reason::TooManyOps }]);

    let mut graph = Graph::new(0);
    let mut x = FREQ;
    for i in 0..=MAX_UNITS {
        x = graph.add(Kind::Lag, &[number(i as f32), x], 0);
    }
    assert_eq!(faults(graph, &[x])[0].reason, Reason::TooManyUnits);

    let mut graph = Graph::new(1);
    let mut x = FREQ;
    for _ in 0..4 {
        x = graph.add(Kind::Delay, &[Source::Argument(0), x], 0);
    }
    assert_eq!(faults(graph, &[x]), [Fault { node: Some(3), reason: Reason::TooMuchDelay(4.0) }]);

    let mut graph = Graph::new(0);
    let mut x = FREQ;
    let each = mag_graph::def(Kind::Wave).map_or(1, |ugen| u32::from(ugen.cost));
    for i in 0..=MAX_COST / each {
        let y = graph.add(Kind::Wave, &[number(0.0), number(50.0 + i as f32), number(0.3)], 0);
        x = graph.add(Kind::Add, &[x, y], 0);
    }
    assert!(matches!(faults(graph, &[x])[0].reason, Reason::TooCostly(_)));
}

#[test]
fn a_delay_takes_the_memory_that_its_time_can_ask_for() {
    let mut graph = Graph::new(0);
    let lfo = graph.add(Kind::Sine, &[number(0.3), number(0.0)], 0);
    let deep = graph.add(Kind::Mul, &[lfo, number(0.004)], 0);
    let time = graph.add(Kind::Add, &[deep, number(0.01)], 0);
    let saw = graph.add(Kind::Saw, &[FREQ], 0);
    let chorus = graph.add(Kind::Delay, &[time, saw], 0);
    let lines = program(graph, &[chorus]).lines;
    assert!((lines[0] - 0.014).abs() < 1e-5, "{lines:?}");
}

#[test]
fn an_instrument_dies_if_its_envelope_reaches_the_output() {
    let mut graph = Graph::new(0);
    let saw = graph.add(Kind::Saw, &[FREQ], 0);
    let env = graph.add(Kind::Adsr, &[number(0.1); 4], 0);
    let shaped = graph.add(Kind::Mul, &[saw, env], 0);
    let cutoff = graph.add(Kind::Mul, &[env, number(800.0)], 0);
    let filtered = graph.add(Kind::Lpf, &[cutoff, number(0.0), saw], 0);
    assert!(program(graph.clone(), &[shaped]).dies);
    assert!(!program(graph, &[filtered]).dies);
}

fn source(nodes: u32) -> impl Strategy<Value = Source> {
    prop_oneof![
        prop_oneof![Just(0.0f32), Just(1.0), -1e9f32..1e9, Just(f32::NAN), -2.0f32..2.0]
            .prop_map(Source::Const),
        (0..Given::ALL.len()).prop_map(|i| Source::Given(Given::ALL[i].0)),
        (0u8..4).prop_map(Source::Argument),
        (0..nodes + 2).prop_map(Source::Node),
        (0..nodes.max(1)).prop_map(Source::Node),
    ]
}

/// Any graph at all, sensible or not.
fn graph() -> impl Strategy<Value = Graph> {
    let kind = prop_oneof![
        (0..UGENS.len()).prop_map(|i| UGENS[i].kind),
        Just(Kind::Read),
        Just(Kind::Write),
        Just(Kind::PanLeft)
    ];
    let node = (kind, proptest::array::uniform4(source(24)), 0u32..3);
    (proptest::collection::vec(node, 0..24), proptest::collection::vec(source(24), 0..4)).prop_map(
        |(nodes, out)| {
            let mut graph = Graph::new(4);
            for (kind, inputs, salt) in nodes {
                graph.add(kind, &inputs, salt);
            }
            graph.with_out(&out)
        },
    )
}

proptest! {
    #[test]
    fn any_graph_is_refused_or_becomes_a_program_within_its_bounds(graph in graph()) {
        if let Ok(program) = compile(&graph) {
            prop_assert!(program.ops.len() <= MAX_OPS && program.cost <= MAX_COST);
            prop_assert!(program.delay() <= MAX_DELAY);
            let mut written: Vec<u16> = (0..Program::argument(program.arguments)).collect();
            for op in &program.ops {
                for input in op.inputs {
                    if let Operand::Register(r) = input {
                        prop_assert!(written.contains(&r) && r != op.out, "{op:?}");
                    }
                }
                prop_assert!(op.out >= Program::argument(program.arguments));
                prop_assert!(op.out < program.registers);
                written.push(op.out);
            }
        }
    }
}
