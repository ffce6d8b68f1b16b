//! What an expression means while it is evaluated.

use crate::generator::Generator;
use crate::native::Native;
use crate::scope::Scope;
use crate::syntax::ast::{Expr, Ident, Link, Op};
use mag_pattern::align::Align;
use mag_pattern::arith::Operation;
use mag_pattern::{Loc, Pattern, Sym};
use std::sync::Arc;

/// The meaning of an expression.
#[derive(Clone, Debug)]
pub enum Meaning {
    /// A pattern; with the mini-notation text it was written as, if it was.
    Pattern(Pattern, Option<Arc<str>>),
    /// Something that still wants arguments.
    Function(Function),
    /// `[a, b]`
    List(Vec<Meaning>),
    /// `{a: x}`
    Table(Vec<(String, Meaning)>),
    /// `'text'`
    Text(Arc<str>),
    /// A model that can still be told what to do.
    Generator(Box<Generator>),
}

/// A function with the arguments it has already.
#[derive(Clone, Debug)]
pub struct Function {
    /// What it is called in messages.
    pub name: Arc<str>,
    /// How it is called: `every n f p`; empty for a function without a name.
    pub signature: Arc<str>,
    /// How many arguments it takes in all.
    pub arity: usize,
    /// Arguments so far, with their places.
    pub given: Vec<(Meaning, Loc)>,
    /// What it does.
    pub body: Body,
}

/// What a function does once it has its arguments.
#[derive(Clone)]
pub enum Body {
    /// Written in Rust.
    Native(&'static Native),
    /// An operation on two patterns, `x .add y`.
    Operation(&'static Operation, Align),
    /// A control: makes a pattern of controls.
    Control(Sym),
    /// Written in mag.
    Lambda { params: Arc<[Ident]>, body: Arc<Expr>, scope: Scope },
    /// A chain without a base.
    Chain { links: Arc<[Link]>, scope: Scope },
    /// An operator with its right side.
    Section { op: Op, right: Arc<Meaning> },
}

impl std::fmt::Debug for Body {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Body::Native(_) => "native",
            Body::Operation(..) => "operation",
            Body::Control(_) => "control",
            Body::Lambda { .. } => "lambda",
            Body::Chain { .. } => "chain",
            Body::Section { .. } => "section",
        })
    }
}

impl Meaning {
    /// A pattern that was not written as mini-notation.
    pub fn pattern(pattern: Pattern) -> Meaning {
        Meaning::Pattern(pattern, None)
    }
    /// The kind in the words of messages.
    pub fn kind(&self) -> String {
        match self {
            Meaning::Pattern(p, _) => match p.constant() {
                Some(value) => value.kind().to_string(),
                None => "a pattern".into(),
            },
            Meaning::Function(f) => format!("the function `{}`", f.name),
            Meaning::List(_) => "a list".into(),
            Meaning::Table(_) => "a table".into(),
            Meaning::Text(_) => "a plain text".into(),
            Meaning::Generator(g) => format!("the generator `{}`", g.model),
        }
    }
    /// How many patterns deep it is.
    pub fn depth(&self) -> u16 {
        match self {
            Meaning::Pattern(p, _) => p.depth,
            Meaning::Function(f) => f.given.iter().map(|(m, _)| m.depth()).max().unwrap_or(0),
            Meaning::List(all) => all.iter().map(Meaning::depth).max().unwrap_or(0),
            Meaning::Table(all) => all.iter().map(|(_, m)| m.depth()).max().unwrap_or(0),
            Meaning::Text(_) => 0,
            Meaning::Generator(g) => g.depth(),
        }
    }
}
