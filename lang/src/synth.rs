//! Instruments written live, as the rest of the world sees them, and the manual of generators.

use crate::doc::{Entry, entries};
use crate::eval::STDLIB_FILE;
use crate::source::Source;
use crate::syntax::ast::{Ast, Expr, Ident, StmtKind};
use mag_graph::{Fill, Given, Graph, Keeps, Program, Ugen};
use mag_pattern::{Loc, Sym};
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

pub use mag_graph::WAVES;

/// An instrument that a text defines: `synth wub cutoff=800 = …`.
#[derive(Clone, Debug)]
pub struct Synth {
    /// What `sound` calls it.
    pub name: Arc<str>,
    /// What patterns can set.
    pub arguments: Vec<Argument>,
    /// Ready to be run.
    pub program: Arc<Program>,
    /// Where its name was written.
    pub loc: Loc,
    /// As it was written, for instruments that are made of it.
    pub(crate) graph: Graph,
}

/// One argument of an instrument.
#[derive(Clone, Debug, PartialEq)]
pub struct Argument {
    /// Its name.
    pub name: String,
    /// The control that sets it.
    pub control: Sym,
    /// What it has when no pattern sets it.
    pub default: f32,
}

impl PartialEq for Synth {
    fn eq(&self, other: &Synth) -> bool {
        self.arguments == other.arguments && self.program == other.program
    }
}

impl Synth {
    /// How it is called: `wub cutoff=800 res=0.3`.
    pub fn signature(&self) -> String {
        let argument = |a: &Argument| format!(" {}={}", a.name, a.default);
        self.arguments.iter().fold(self.name.to_string(), |text, a| text + &argument(a))
    }
}

/// The prose of the generators, in the standard library.
pub(crate) const FILE: (&str, &str) = ("ugens.mag", include_str!("../../stdlib/ugens.mag"));

/// What `stdlib/ugens.mag` holds.
struct Manual {
    ast: Ast,
    entries: Vec<Entry>,
}

fn manual() -> &'static Manual {
    static MANUAL: OnceLock<Manual> = OnceLock::new();
    MANUAL.get_or_init(|| {
        let source = Source::new(STDLIB_FILE, FILE.0, FILE.1);
        let (ast, _) = crate::syntax::parse(&source);
        let entries = entries(&ast);
        Manual { ast, entries }
    })
}

/// The documentation of everything that a `synth` can be made of.
pub fn entries_of_generators() -> &'static [Entry] {
    &manual().entries
}

/// A function of signals.
pub(crate) type Made = (Arc<[Ident]>, Arc<Expr>);

/// The generator of this name that is made of others.
pub(crate) fn made(name: &str) -> Option<&'static Made> {
    static ALL: OnceLock<HashMap<String, Made>> = OnceLock::new();
    let all = ALL.get_or_init(|| {
        let each = manual().ast.stmts.iter().filter_map(|stmt| match &stmt.kind {
            StmtKind::Let { name, params, body } => {
                let params: Arc<[Ident]> = params.clone().into();
                Some((name.name.clone(), (params, Arc::new(body.clone()))))
            }
            _ => None,
        });
        each.collect()
    });
    all.get(name)
}

/// All names that have a meaning inside of a `synth`.
pub fn generator_names() -> impl Iterator<Item = &'static str> {
    manual().entries.iter().map(|entry| entry.name.as_str())
}

/// What the table says of a generator's numbers, line by line: inputs, rate, memory, work. Empty
/// for a name that the table does not have.
pub fn numbers(name: &str) -> Vec<String> {
    if let Some((_, _, what)) = Given::ALL.iter().find(|(_, known, _)| *known == name) {
        return vec![format!("given by every note: {what}")];
    }
    let Some(ugen) = mag_graph::named(name) else { return Vec::new() };
    let mut lines: Vec<String> = ugen.inputs.iter().map(input).collect();
    lines.push(format!("output: {}; {}; work: {}", ugen.rate.word(), keeps(ugen), ugen.cost));
    lines
}

fn input(input: &mag_graph::Input) -> String {
    let mag_graph::Input { name, unit, min, max, fill } = input;
    let fill = match fill {
        Fill::Value(x) => format!(", {x} if left out"),
        Fill::Freq => ", the note's if left out".into(),
        Fill::Wanted => String::new(),
    };
    use mag_graph::Unit::{Function, List, Signal, Wave};
    let range = match unit {
        Signal | Function | List | Wave => String::new(),
        _ if *max >= 1e6 => String::new(),
        _ => format!(", {min} to {max}"),
    };
    format!("{name}: {}{range}{fill}", unit.word())
}

fn keeps(ugen: &Ugen) -> &'static str {
    match ugen.keeps {
        Keeps::Nothing => "remembers nothing",
        Keeps::State => "remembers a little",
        Keeps::Line(_) => "remembers as long as its time",
        Keeps::Period(_) => "remembers a period",
    }
}
