//! Arithmetic that is done before a note sounds: only what gives the same bits everywhere.

use crate::graph::{Node, Source};
use crate::ugen::Kind;

/// What a generator of numbers makes of two numbers; `None` for what is left to the engine.
#[must_use]
pub fn fold(kind: Kind, a: f32, b: f32) -> Option<f32> {
    let truth = |holds: bool| if holds { 1.0 } else { 0.0 };
    let y = match kind {
        Kind::Add => a + b,
        Kind::Sub => a - b,
        Kind::Mul => a * b,
        Kind::Div if b == 0.0 => 0.0,
        Kind::Div => a / b,
        Kind::Min => a.min(b),
        Kind::Max => a.max(b),
        Kind::Lt => truth(a < b),
        Kind::Le => truth(a <= b),
        Kind::Eq => truth(a == b),
        Kind::Abs => a.abs(),
        Kind::Floor => a.floor(),
        Kind::Clip => a.clamp(-1.0, 1.0),
        _ => return None,
    };
    Some(bounded(y))
}

/// Keeps a number finite: no signal goes beyond a million.
fn bounded(y: f32) -> f32 {
    if y.is_nan() { 0.0 } else { y.clamp(-1e6, 1e6) }
}

/// What a node comes to if it is no work at all.
pub(crate) fn simple(node: &Node) -> Option<Source> {
    let [a, b, ..] = node.inputs;
    if let (Source::Const(a), Source::Const(b)) = (a, b)
        && let Some(y) = fold(node.kind, a, b)
    {
        return Some(Source::Const(y));
    }
    let is = |source: Source, x: f32| source == Source::Const(x);
    match node.kind {
        Kind::Mul if is(a, 0.0) || is(b, 0.0) => Some(Source::Const(0.0)),
        Kind::Mul if is(a, 1.0) => Some(b),
        Kind::Mul | Kind::Div if is(b, 1.0) => Some(a),
        Kind::Add if is(a, 0.0) => Some(b),
        Kind::Add | Kind::Sub if is(b, 0.0) => Some(a),
        _ => None,
    }
}
