//! What can be said of signals before they sound: between which numbers they lie, and whether they
//! fall silent after the note.

use crate::fold::fold;
use crate::graph::{Node, Source};
use crate::ugen::{Given, Kind};

/// The numbers between which a signal lies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Span {
    pub low: f32,
    pub high: f32,
}

impl Span {
    pub const ALL: Span = Span { low: -1e6, high: 1e6 };

    pub fn new(low: f32, high: f32) -> Span {
        if low <= high { Span { low: low.max(-1e6), high: high.min(1e6) } } else { Span::ALL }
    }

    /// The span of a source, where those of the nodes before are known.
    pub fn of(source: Source, nodes: &[Span]) -> Span {
        match source {
            Source::Const(x) => Span::new(x, x),
            Source::Given(Given::Freq) => Span::new(1.0, 24_000.0),
            Source::Given(Given::Gate | Given::Velocity) => Span::new(0.0, 1.0),
            Source::Given(Given::Note) => Span::new(-24.0, 160.0),
            Source::Given(Given::Gain) => Span::new(0.0, 8.0),
            Source::Given(_) => Span::new(0.0, 1e6),
            Source::Argument(_) => Span::ALL,
            Source::Node(i) => nodes.get(i as usize).copied().unwrap_or(Span::ALL),
        }
    }

    /// The span of a node's output.
    pub fn node(node: &Node, nodes: &[Span]) -> Span {
        let [a, b, c, _] = node.inputs.map(|source| Span::of(source, nodes));
        match node.kind {
            Kind::Env | Kind::Adsr => Span::new(0.0, 1.0),
            Kind::Sine | Kind::LfSaw | Kind::LfTri | Kind::LfPulse | Kind::LfNoise => {
                Span::new(-1.0, 1.0)
            }
            Kind::Noise | Kind::Tanh | Kind::Fold | Kind::Clip => Span::new(-1.0, 1.0),
            Kind::PanLeft | Kind::PanRight => Span::new(0.0, 1.5),
            Kind::Lt | Kind::Le | Kind::Eq => Span::new(0.0, 1.0),
            Kind::Line | Kind::XLine => Span::new(a.low.min(b.low), a.high.max(b.high)),
            Kind::Hold | Kind::Lag | Kind::OnePole => Span::new(b.low.min(0.0), b.high.max(0.0)),
            Kind::Slew => Span::new(c.low.min(0.0), c.high.max(0.0)),
            Kind::Add => Span::new(a.low + b.low, a.high + b.high),
            Kind::Sub => Span::new(a.low - b.high, a.high - b.low),
            Kind::Mul | Kind::Min | Kind::Max => corners(node.kind, a, b),
            Kind::Div if b.low > 0.0 || b.high < 0.0 => corners(node.kind, a, b),
            Kind::Abs if a.low >= 0.0 => a,
            Kind::Abs => Span::new(0.0, a.high.max(-a.low)),
            _ => Span::ALL,
        }
    }
}

/// The span of an operation whose extremes lie where those of its inputs do.
fn corners(kind: Kind, a: Span, b: Span) -> Span {
    let at = |a, b| fold(kind, a, b).unwrap_or(0.0);
    let all = [at(a.low, b.low), at(a.low, b.high), at(a.high, b.low), at(a.high, b.high)];
    Span::new(all.iter().copied().fold(1e6, f32::min), all.iter().copied().fold(-1e6, f32::max))
}

/// Whether a source is silent some time after the note has ended.
pub(crate) fn source_dies(source: Source, nodes: &[bool]) -> bool {
    match source {
        Source::Const(x) => x == 0.0,
        Source::Given(given) => given == Given::Gate,
        Source::Argument(_) => false,
        Source::Node(i) => nodes.get(i as usize).copied().unwrap_or(false),
    }
}

/// The same of a node. A line that is read dies if what is written to it does, which is not known
/// yet: as it only repeats, it is taken to die.
pub(crate) fn dies(node: &Node, nodes: &[bool]) -> bool {
    let [a, b, c, d] = node.inputs.map(|source| source_dies(source, nodes));
    match node.kind {
        Kind::Env | Kind::Adsr | Kind::Read => true,
        Kind::XLine | Kind::Line => node.inputs[1] == Source::Const(0.0),
        Kind::Mul | Kind::Min => a || b,
        Kind::Add | Kind::Sub | Kind::Max => a && b,
        Kind::Div | Kind::Mod | Kind::Pow => a,
        Kind::Tanh | Kind::Fold | Kind::Clip | Kind::Abs | Kind::Floor | Kind::Sqrt => a,
        Kind::Crush | Kind::OnePole | Kind::Lag | Kind::Delay | Kind::Hold => b,
        Kind::Lpf | Kind::Hpf | Kind::Bpf | Kind::Notch | Kind::Ladder | Kind::Slew => c,
        Kind::Comb | Kind::Allpass => c,
        Kind::String => d,
        Kind::DcBlock => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_follow_arithmetic() {
        let sine = Node { kind: Kind::Sine, inputs: [Source::Const(3.0); 4], salt: 0 };
        let mut spans = vec![Span::node(&sine, &[])];
        let node = |kind, a, b| Node {
            kind,
            inputs: [a, b, Source::Const(0.0), Source::Const(0.0)],
            salt: 0,
        };
        let scaled = node(Kind::Mul, Source::Node(0), Source::Const(-0.004));
        spans.push(Span::node(&scaled, &spans));
        let moved = node(Kind::Add, Source::Node(1), Source::Const(0.01));
        spans.push(Span::node(&moved, &spans));
        let is = spans[2];
        assert!((is.low - 0.006).abs() < 1e-6 && (is.high - 0.014).abs() < 1e-6, "{is:?}");
    }
}
