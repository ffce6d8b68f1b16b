//! One step of a network for a batch of sequences, whatever runs it.

use std::sync::Arc;

use ndarray::{Array2, Array3, ArrayD, ArrayViewD, Axis, concatenate};

use crate::Trouble;

/// What a step reads: a row for every sequence of the batch.
#[derive(Debug, Clone)]
pub struct Batch {
    /// Small integers, rows x columns of the card.
    pub columns: Array2<i64>,
    /// Real numbers, rows x `real_width` of the card.
    pub reals: Array2<f32>,
}

impl Batch {
    /// Only these rows, in this order.
    pub fn select(&self, rows: &[usize]) -> Self {
        Self {
            columns: self.columns.select(Axis(0), rows),
            reals: self.reals.select(Axis(0), rows),
        }
    }
}

/// What the sequences remember: one array per state of the card, layers x rows x width.
#[derive(Debug, Clone)]
pub struct State(pub Vec<Array3<f32>>);

impl State {
    /// The rows of several states, one after another.
    ///
    /// # Errors
    /// When they are not the states of one network.
    pub fn together(states: &[&Self]) -> Result<Self, Trouble> {
        let Some(first) = states.first() else { return Ok(Self(Vec::new())) };
        let joined = (0..first.0.len()).map(|part| {
            let views: Vec<_> =
                states.iter().filter_map(|s| s.0.get(part)).map(|part| part.view()).collect();
            concatenate(Axis(1), &views).map_err(|error| {
                Trouble::new(format!("states do not fit together: {error}"), "begin anew")
            })
        });
        joined.collect::<Result<Vec<_>, _>>().map(Self)
    }

    /// The state of only these rows, in this order.
    pub fn select(&self, rows: &[usize]) -> Self {
        Self(self.0.iter().map(|part| part.select(Axis(1), rows)).collect())
    }

    /// Puts the rows of another state in the places of these rows.
    pub fn put(&mut self, rows: &[usize], from: &Self) {
        for (to, from) in self.0.iter_mut().zip(&from.0) {
            for (at, &row) in rows.iter().enumerate() {
                if row < to.len_of(Axis(1)) && at < from.len_of(Axis(1)) {
                    to.index_axis_mut(Axis(1), row).assign(&from.index_axis(Axis(1), at));
                }
            }
        }
    }
}

/// What a step gives: log-probabilities, one array per head of the card (rows first), and
/// the state to continue from.
#[derive(Debug, Clone)]
pub struct Step {
    /// One array per head, rows x the head's shape.
    pub heads: Vec<ArrayD<f32>>,
    /// The state after the step.
    pub state: State,
}

impl Step {
    /// Only these rows, in this order.
    pub fn select(&self, rows: &[usize]) -> Self {
        Self {
            heads: self.heads.iter().map(|head| head.select(Axis(0), rows)).collect(),
            state: self.state.select(rows),
        }
    }
}

/// A network that is run step by step.
pub trait Net: Send {
    /// The state before the first step, for so many sequences.
    fn initial(&self, rows: usize) -> State;

    /// One step for every sequence of the batch.
    ///
    /// # Errors
    /// When the network cannot be run or answers in another shape than its card says.
    fn step(&mut self, batch: Batch, state: State) -> Result<Step, Trouble>;

    /// The same step, whose heads (rows first) are only shown and need not be copied; answers the
    /// state after it.
    ///
    /// # Errors
    /// Those of `step` and of `look`.
    fn show(&mut self, batch: Batch, state: State, look: &mut Look<'_>) -> Result<State, Trouble> {
        let step = self.step(batch, state)?;
        let heads: Vec<ArrayViewD<'_, f32>> = step.heads.iter().map(|head| head.view()).collect();
        look(&heads)?;
        Ok(step.state)
    }
}

/// Sees the heads of a step.
pub type Look<'a> = dyn FnMut(&[ArrayViewD<'_, f32>]) -> Result<(), Trouble> + 'a;

/// Asked before each step whether the work is still wanted.
#[derive(Clone)]
pub struct Watch(Arc<dyn Fn() -> bool + Send + Sync>);

impl Watch {
    /// Work ends as soon as `stop` answers true. It is called often, and should be quick.
    pub fn new(stop: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        Self(Arc::new(stop))
    }

    fn go_on(&self) -> Result<(), Trouble> {
        if (self.0)() {
            return Err(Trouble::new("the work was ended half-way", "ask for it again"));
        }
        Ok(())
    }
}

/// A network whose work can be ended between two steps.
pub struct Watched {
    net: Box<dyn Net>,
    watch: Watch,
}

impl Watched {
    /// The same network under watch.
    pub fn new(net: Box<dyn Net>, watch: Watch) -> Self {
        Self { net, watch }
    }
}

impl Net for Watched {
    fn initial(&self, rows: usize) -> State {
        self.net.initial(rows)
    }

    fn step(&mut self, batch: Batch, state: State) -> Result<Step, Trouble> {
        self.watch.go_on()?;
        self.net.step(batch, state)
    }

    fn show(&mut self, batch: Batch, state: State, look: &mut Look<'_>) -> Result<State, Trouble> {
        self.watch.go_on()?;
        self.net.show(batch, state, look)
    }
}

/// What an encoder finds in windows: where their points lie, and how surely.
#[derive(Debug, Clone)]
pub struct Reading {
    /// The middle of each window's points, rows x width.
    pub mean: Array2<f32>,
    /// Their deviation in each dimension, rows x width.
    pub deviation: Array2<f32>,
}

/// A network that reads whole windows.
pub trait Encode: Send {
    /// The points of windows, one a row; see [`crate::card::EncoderCard`].
    ///
    /// # Errors
    /// When the network cannot be run or answers in another shape than its card says.
    fn encode(&mut self, windows: Array2<i64>) -> Result<Reading, Trouble>;
}
