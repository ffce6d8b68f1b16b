//! Instruments as graphs of unit generators: the table of generators, and the pure step from a
//! graph to the flat program that an engine runs; beside them the formulas of byte beats. No text of
//! the language, no sound.
//!
//! ```
//! use mag_graph::{Given, Graph, Kind, Source, compile};
//!
//! let mut graph = Graph::new(0);
//! let saw = graph.add(Kind::Saw, &[Source::Given(Given::Freq)], 0);
//! let dull = graph.add(Kind::Lpf, &[Source::Const(800.0), Source::Const(0.3), saw], 0);
//! let program = compile(&graph.with_out(&[dull]))?;
//! assert_eq!(program.ops.len(), 2);
//! # Ok::<(), Vec<mag_graph::Fault>>(())
//! ```

mod bounds;
mod compile;
mod fault;
mod fold;
mod formula;
mod graph;
mod program;
mod table;
mod ugen;

pub use compile::compile;
pub use fault::{Fault, Reason};
pub use fold::fold;
pub use formula::{Formula, FormulaError};
pub use graph::{Graph, Node, Source};
pub use program::{Op, Operand, Program};
pub use table::{UGENS, WAVES};
pub use ugen::{Fill, Given, Input, Keeps, Kind, Rate, Ugen, Unit, def, named};

/// Inputs of a generator, at most.
pub const MAX_INPUTS: usize = 4;
/// Arguments that an instrument may declare.
pub const MAX_ARGUMENTS: usize = 16;
/// Generators in a graph as it is written, other instruments in it counted out.
pub const MAX_NODES: usize = 2000;
/// Generators that are left to be run.
pub const MAX_OPS: usize = 192;
/// Generators with a memory.
pub const MAX_UNITS: usize = 96;
/// Delay lines.
pub const MAX_LINES: usize = 32;
/// Seconds that all delay lines of a voice remember together.
pub const MAX_DELAY: f32 = 3.0;
/// Seconds that a delay line remembers whose time is not bounded by what it is made of.
pub const UNBOUNDED_DELAY: f32 = 1.0;
/// Work of a voice, in multiplications a frame, as `cargo bench -p mag-engine --bench graphs`
/// measures it, where a saw is nine: a plain subtractive voice takes about seventy.
pub const MAX_COST: u32 = 4000;
/// Frames that are computed together; feedback takes at least so long.
pub const BLOCK: usize = 64;
