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
    /// Written in mag. `nesting` is that of its scope.
    Lambda { params: Arc<[Ident]>, body: Arc<Expr>, scope: Scope, nesting: u16 },
    /// A chain without a base.
    Chain { links: Arc<[Link]>, scope: Scope, nesting: u16 },
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
            Meaning::Function(f) if f.signature.is_empty() => "a function".into(),
            Meaning::Function(f) => format!("the function `{}`", f.name),
            Meaning::List(_) => "a list".into(),
            Meaning::Table(_) => "a table".into(),
            Meaning::Text(_) => "a plain text".into(),
            Meaning::Generator(g) => format!("the generator `{}`", g.verb.name),
        }
    }
    /// How deeply functions and lists are built on each other. It is limited, so that what is
    /// dropped can be dropped in bounded stack.
    pub(crate) fn nesting(&self) -> u16 {
        let deepest = match self {
            Meaning::Function(f) => {
                let kept = match &f.body {
                    Body::Lambda { nesting, .. } | Body::Chain { nesting, .. } => *nesting,
                    Body::Section { right, .. } => right.nesting(),
                    Body::Native(_) | Body::Operation(..) | Body::Control(_) => 0,
                };
                f.given.iter().map(|(m, _)| m.nesting()).chain([kept]).max()
            }
            Meaning::List(all) => all.iter().map(Meaning::nesting).max(),
            Meaning::Table(all) => all.iter().map(|(_, m)| m.nesting()).max(),
            Meaning::Pattern(..) | Meaning::Text(_) | Meaning::Generator(_) => return 0,
        };
        deepest.unwrap_or(0).saturating_add(1)
    }
    /// How much there is to copy when it is copied.
    pub(crate) fn weight(&self) -> usize {
        match self {
            Meaning::Function(f) => 1 + f.given.iter().map(|(m, _)| m.weight()).sum::<usize>(),
            Meaning::List(all) => 1 + all.iter().map(Meaning::weight).sum::<usize>(),
            Meaning::Table(all) => 1 + all.iter().map(|(_, m)| m.weight()).sum::<usize>(),
            Meaning::Pattern(..) | Meaning::Text(_) | Meaning::Generator(_) => 1,
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
