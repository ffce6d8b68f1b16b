//! A graph of unit generators as it was written.

use crate::ugen::{Given, Kind};
use crate::{MAX_INPUTS, MAX_NODES};

/// Where an input comes from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Source {
    /// A number.
    Const(f32),
    /// What every note gives.
    Given(Given),
    /// An argument that the instrument declares.
    Argument(u8),
    /// The output of the node of this number.
    Node(u32),
}

/// One generator with its inputs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Node {
    /// What it does.
    pub kind: Kind,
    /// Where its inputs come from; those that it does not have are 0.
    pub inputs: [Source; MAX_INPUTS],
    /// Tells nodes apart that are alike but must not be one: two noises, two feedbacks.
    pub salt: u32,
}

/// Generators that feed each other; each comes after those that it hears, so that only
/// [`Kind::Read`] hears what comes later.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Graph {
    /// How many arguments it has.
    pub arguments: u8,
    /// The generators.
    pub nodes: Vec<Node>,
    /// One channel, or left and right.
    pub out: Vec<Source>,
}

impl Graph {
    /// A graph without generators.
    #[must_use]
    pub fn new(arguments: u8) -> Graph {
        Graph { arguments, ..Graph::default() }
    }

    /// Adds a generator; its output. A graph that is full adds nothing more: see
    /// [`Graph::full`].
    pub fn add(&mut self, kind: Kind, inputs: &[Source], salt: u32) -> Source {
        if self.full() {
            return Source::Const(0.0);
        }
        let mut all = [Source::Const(0.0); MAX_INPUTS];
        all.iter_mut().zip(inputs).for_each(|(to, from)| *to = *from);
        self.nodes.push(Node { kind, inputs: all, salt });
        Source::Node(self.nodes.len() as u32 - 1)
    }

    /// Whether it holds as many generators as it may.
    #[must_use]
    pub fn full(&self) -> bool {
        self.nodes.len() >= MAX_NODES
    }

    /// The same with these channels as its output: one, or left and right.
    #[must_use]
    pub fn with_out(mut self, out: &[Source]) -> Graph {
        self.out = out.to_vec();
        self
    }
}
