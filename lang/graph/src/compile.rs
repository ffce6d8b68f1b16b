//! From graph to program: constants folded, equal generators made one, what is not heard left out,
//! registers and memory handed out, limits kept.

use crate::bounds::{Span, dies, source_dies};
use crate::fault::{Fault, Reason};
use crate::fold::simple;
use crate::graph::{Graph, Node, Source};
use crate::program::{Op, Operand, Program};
use crate::ugen::{Keeps, Kind, def};
use crate::{
    BLOCK, MAX_ARGUMENTS, MAX_COST, MAX_DELAY, MAX_INPUTS, MAX_LINES, MAX_OPS, MAX_UNITS,
    UNBOUNDED_DELAY,
};
use std::collections::HashMap;

/// The program of a graph.
///
/// # Errors
/// All that keeps it from being played, each with the node at which it shows.
pub fn compile(graph: &Graph) -> Result<Program, Vec<Fault>> {
    let wrong = malformed(graph);
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let lean = Lean::new(graph);
    let heard = lean.heard();
    let spans = lean.nodes.iter().fold(Vec::new(), |mut spans, node| {
        spans.push(Span::node(node, &spans));
        spans
    });
    let mut plan = Plan::new(graph.arguments);
    let last = lean.last_uses(&heard);
    for (i, node) in lean.nodes.iter().enumerate().filter(|(i, _)| heard[*i]) {
        plan.op(i, node, &spans, &last, lean.from[i]);
    }
    if !plan.faults.is_empty() {
        return Err(plan.faults);
    }
    let dying = lean.nodes.iter().fold(Vec::new(), |mut dying, node| {
        dying.push(dies(node, &dying));
        dying
    });
    plan.program.dies = lean.out.iter().all(|source| source_dies(*source, &dying));
    plan.program.out = lean.out.iter().map(|source| plan.operand(*source)).collect();
    Ok(plan.program)
}

/// Nodes that hear themselves or what is not there.
fn malformed(graph: &Graph) -> Vec<Fault> {
    let fault = |node: Option<usize>, reason| Fault { node: node.map(|n| n as u32), reason };
    let argument = |a: u8| a < graph.arguments && usize::from(a) < MAX_ARGUMENTS;
    let mut faults = Vec::new();
    for (i, node) in graph.nodes.iter().enumerate() {
        for source in node.inputs {
            match source {
                Source::Node(n) if n as usize >= graph.nodes.len() => {
                    faults.push(fault(Some(i), Reason::Malformed));
                }
                Source::Node(n) if n as usize >= i => faults.push(fault(Some(i), Reason::Cycle)),
                Source::Node(n) if graph.nodes[n as usize].kind == Kind::Write => {
                    faults.push(fault(Some(i), Reason::Malformed));
                }
                Source::Argument(a) if !argument(a) => {
                    faults.push(fault(Some(i), Reason::Malformed));
                }
                _ => {}
            }
        }
        let reads = |source: Source| match source {
            Source::Node(n) => graph.nodes.get(n as usize).is_some_and(|n| n.kind == Kind::Read),
            _ => false,
        };
        let form =
            matches!(node.kind, Kind::Feedback | Kind::Pan | Kind::Stereo | Kind::Mono | Kind::Mix);
        if form || node.kind == Kind::Write && !reads(node.inputs[0]) {
            faults.push(fault(Some(i), Reason::Malformed));
        }
    }
    let there = |source: &Source| match source {
        Source::Node(n) => graph.nodes.get(*n as usize).is_some_and(|n| n.kind != Kind::Write),
        Source::Argument(a) => argument(*a),
        _ => true,
    };
    if !matches!(graph.out.len(), 1 | 2) || !graph.out.iter().all(there) {
        faults.push(fault(None, Reason::Malformed));
    }
    faults
}

/// A graph without what can be known beforehand and without twins.
struct Lean {
    nodes: Vec<Node>,
    /// The node of the graph that each was.
    from: Vec<u32>,
    out: Vec<Source>,
}

/// What makes two nodes one: the kind, the inputs bit by bit, and the salt.
type Key = (Kind, [(u8, u32); MAX_INPUTS], u32);

fn key(node: &Node) -> Key {
    let bits = node.inputs.map(|source| match source {
        Source::Const(x) => (0, x.to_bits()),
        Source::Given(given) => (1, given as u32),
        Source::Argument(i) => (2, u32::from(i)),
        Source::Node(i) => (3, i),
    });
    (node.kind, bits, node.salt)
}

impl Lean {
    fn new(graph: &Graph) -> Lean {
        let mut lean = Lean { nodes: Vec::new(), from: Vec::new(), out: Vec::new() };
        let mut known: HashMap<Key, u32> = HashMap::new();
        let mut became: Vec<Source> = Vec::with_capacity(graph.nodes.len());
        let moved = |source: Source, became: &[Source]| match source {
            Source::Node(n) => became.get(n as usize).copied().unwrap_or(Source::Const(0.0)),
            Source::Const(x) if !x.is_finite() => Source::Const(0.0),
            other => other,
        };
        for (i, node) in graph.nodes.iter().enumerate() {
            let inputs = node.inputs.map(|source| moved(source, &became));
            let node = Node { inputs, ..*node };
            became.push(simple(&node).unwrap_or_else(|| {
                let place = *known.entry(key(&node)).or_insert_with(|| {
                    lean.nodes.push(node);
                    lean.from.push(i as u32);
                    lean.nodes.len() as u32 - 1
                });
                Source::Node(place)
            }));
        }
        lean.out = graph.out.iter().map(|source| moved(*source, &became)).collect();
        lean
    }

    /// Which nodes are heard at the output, be it through a feedback.
    fn heard(&self) -> Vec<bool> {
        let mut heard = vec![false; self.nodes.len()];
        let mut open: Vec<u32> = self.out.iter().filter_map(|source| node_of(*source)).collect();
        while let Some(next) = open.pop() {
            let at = next as usize;
            if std::mem::replace(&mut heard[at], true) {
                continue;
            }
            open.extend(self.nodes[at].inputs.iter().filter_map(|source| node_of(*source)));
            if self.nodes[at].kind == Kind::Read {
                let writes =
                    |node: &Node| node.kind == Kind::Write && node.inputs[0] == Source::Node(next);
                open.extend(
                    (0..self.nodes.len() as u32).filter(|w| writes(&self.nodes[*w as usize])),
                );
            }
        }
        heard
    }

    /// The last node that reads each one; those at the output are read for ever.
    fn last_uses(&self, heard: &[bool]) -> Vec<usize> {
        let mut last = vec![0; self.nodes.len()];
        for (i, node) in self.nodes.iter().enumerate().filter(|(i, _)| heard[*i]) {
            for n in node.inputs.iter().filter_map(|source| node_of(*source)) {
                last[n as usize] = i;
            }
        }
        for n in self.out.iter().filter_map(|source| node_of(*source)) {
            last[n as usize] = usize::MAX;
        }
        last
    }
}

fn node_of(source: Source) -> Option<u32> {
    match source {
        Source::Node(n) => Some(n),
        _ => None,
    }
}

/// A program in the making.
struct Plan {
    program: Program,
    /// The register of each node that is in one.
    registers: HashMap<u32, u16>,
    free: Vec<u16>,
    /// The line of each node that has one.
    lines: HashMap<u32, u16>,
    faults: Vec<Fault>,
}

impl Plan {
    fn new(arguments: u8) -> Plan {
        let program =
            Program { registers: Program::argument(arguments), arguments, ..Program::default() };
        let (registers, lines) = (HashMap::new(), HashMap::new());
        Plan { program, registers, free: Vec::new(), lines, faults: Vec::new() }
    }

    fn operand(&self, source: Source) -> Operand {
        match source {
            Source::Const(x) => Operand::Const(x),
            Source::Given(given) => Operand::Register(Program::given(given)),
            Source::Argument(i) => Operand::Register(Program::argument(i)),
            Source::Node(n) => {
                self.registers.get(&n).map_or(Operand::Const(0.0), |r| Operand::Register(*r))
            }
        }
    }

    fn op(&mut self, i: usize, node: &Node, spans: &[Span], last: &[usize], from: u32) {
        let inputs = node.inputs.map(|source| self.operand(source));
        let (mut unit, mut line) = (0, 0);
        match keeps(node.kind) {
            Keeps::Nothing if node.kind == Kind::Write => {
                let read = node_of(node.inputs[0]).unwrap_or_default();
                line = self.lines.get(&read).copied().unwrap_or_default();
            }
            Keeps::Nothing => {}
            Keeps::State => unit = self.unit(from),
            Keeps::Line(of) => {
                unit = self.unit(from);
                let span = Span::of(node.inputs[usize::from(of)], spans);
                let bounded = span.high < Span::ALL.high;
                let seconds = if bounded { span.high.max(0.0) } else { UNBOUNDED_DELAY };
                line = self.line(i, seconds, from);
            }
            Keeps::Period(of) => {
                unit = self.unit(from);
                let lowest = Span::of(node.inputs[usize::from(of)], spans).low.max(20.0);
                line = self.line(i, 1.0 / lowest, from);
            }
        }
        // Before the inputs are let go: an operation never writes what it reads.
        let out = self.free.pop().unwrap_or_else(|| {
            self.program.registers += 1;
            self.program.registers - 1
        });
        for n in node.inputs.iter().filter_map(|source| node_of(*source)) {
            if last[n as usize] == i
                && let Some(register) = self.registers.remove(&n)
            {
                self.free.push(register);
            }
        }
        // Nobody reads what only writes to a line.
        if last[i] > i {
            self.registers.insert(i as u32, out);
        } else {
            self.free.push(out);
        }
        self.program.ops.push(Op { kind: node.kind, inputs, out, unit, line, salt: node.salt });
        self.program.cost += u32::from(cost(node.kind));
        let ops = self.program.ops.len();
        self.limit(ops == MAX_OPS + 1, from, Reason::TooManyOps);
        let (now, before) = (self.program.cost, self.program.cost - u32::from(cost(node.kind)));
        self.limit(now > MAX_COST && before <= MAX_COST, from, Reason::TooCostly(now));
    }

    fn unit(&mut self, from: u32) -> u16 {
        self.program.units += 1;
        self.limit(usize::from(self.program.units) == MAX_UNITS + 1, from, Reason::TooManyUnits);
        self.program.units - 1
    }

    fn line(&mut self, i: usize, seconds: f32, from: u32) -> u16 {
        let before = self.program.delay();
        self.program.lines.push(seconds);
        self.lines.insert(i as u32, self.program.lines.len() as u16 - 1);
        let (now, lines) = (self.program.delay(), self.program.lines.len());
        self.limit(now > MAX_DELAY && before <= MAX_DELAY, from, Reason::TooMuchDelay(now));
        self.limit(lines == MAX_LINES + 1, from, Reason::TooManyLines);
        lines as u16 - 1
    }

    fn limit(&mut self, beyond: bool, node: u32, reason: Reason) {
        if beyond {
            self.faults.push(Fault { node: Some(node), reason });
        }
    }
}

fn keeps(kind: Kind) -> Keeps {
    match kind {
        Kind::Read => Keeps::Line(0),
        kind => def(kind).map_or(Keeps::Nothing, |ugen| ugen.keeps),
    }
}

/// Work of a generator in multiplications a frame.
fn cost(kind: Kind) -> u16 {
    let own = match kind {
        Kind::Read => 5,
        Kind::Write => 3,
        kind => def(kind).map_or(1, |ugen| ugen.cost),
    };
    // What it takes to call it, spread over a block.
    own + (BLOCK / 64) as u16
}
