//! What an expression means inside of a `synth`.

use crate::syntax::ast::{Expr, Ident, Link, Op};
use crate::synth::Synth;
use mag_graph::{Source, Ugen};
use mag_pattern::Loc;
use std::sync::Arc;

/// A signal of one channel or two.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Signal {
    Mono(Source),
    Stereo(Source, Source),
}

impl Signal {
    /// Its left channel, or the only one.
    pub fn left(self) -> Source {
        match self {
            Signal::Mono(x) | Signal::Stereo(x, _) => x,
        }
    }

    /// Its right channel, or the only one.
    pub fn right(self) -> Source {
        match self {
            Signal::Mono(x) | Signal::Stereo(_, x) => x,
        }
    }

    pub fn is_stereo(self) -> bool {
        matches!(self, Signal::Stereo(..))
    }

    /// The number that it is, if it is one.
    pub fn number(self) -> Option<f32> {
        match self {
            Signal::Mono(Source::Const(x)) => Some(x),
            _ => None,
        }
    }
}

/// The meaning of an expression.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Signal(Signal),
    /// The name of something.
    Word(String),
    List(Vec<(Value, Loc)>),
    Function(Function),
}

/// Something that still wants signals, with those that it has already.
#[derive(Clone, Debug)]
pub(super) struct Function {
    pub name: String,
    pub given: Vec<(Value, Loc)>,
    pub body: Body,
}

/// What a function does.
#[derive(Clone, Debug)]
pub(super) enum Body {
    Ugen(&'static Ugen),
    Synth(Arc<Synth>),
    Lambda { params: Arc<[Ident]>, body: Arc<Expr>, env: Env },
    Chain { links: Arc<[Link]>, env: Env },
    Section { op: Op, right: Signal },
}

/// Names bound around an expression, the innermost first.
pub(super) type Env = Option<Arc<Local>>;

/// A bound name.
#[derive(Debug)]
pub(super) struct Local {
    pub name: String,
    pub value: Value,
    pub outer: Env,
}

/// What a name is bound to.
pub(super) fn look_up<'e>(env: &'e Env, name: &str) -> Option<&'e Value> {
    let locals = std::iter::successors(env.as_deref(), |local| local.outer.as_deref());
    locals.filter(|local| local.name == name).map(|local| &local.value).next()
}

impl Value {
    /// The kind in the words of messages.
    pub fn kind(&self) -> String {
        match self {
            Value::Signal(signal) if signal.number().is_some() => "a number".into(),
            Value::Signal(_) => "a signal".into(),
            Value::Word(_) => "a text".into(),
            Value::List(_) => "a list".into(),
            Value::Function(f) if f.name.starts_with('(') => "a function".into(),
            Value::Function(f) => format!("`{}` without its inputs", f.name),
        }
    }
}
