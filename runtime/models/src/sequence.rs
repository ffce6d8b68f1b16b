//! Runs many sequences through a network at once, step by step, until each has ended.

use ndarray::{Array2, ArrayViewD, Axis};

use crate::Trouble;
use crate::net::{Batch, Net, State};
use crate::vocab::Vocabulary;

/// Something that a network reads or writes step by step.
pub(crate) trait Sequence {
    /// Whether no further step is needed.
    fn ended(&self) -> bool;
    /// Writes what the network reads before the next step; both slices are zero before.
    fn row(&self, columns: &mut [i64], reals: &mut [f32]);
    /// Takes what the network answers, one array per head, and goes past that step.
    fn take(&mut self, heads: &[ArrayViewD<'_, f32>]);
}

/// One step of these sequences; answers the state after it, one row for each of them.
pub(crate) fn step<S: Sequence>(
    net: &mut dyn Net,
    vocabulary: &Vocabulary,
    sequences: &mut [&mut S],
    state: State,
) -> Result<State, Trouble> {
    let rows = |at: usize, columns: &mut [i64], reals: &mut [f32]| {
        if let Some(sequence) = sequences.get(at) {
            sequence.row(columns, reals);
        }
    };
    let batch = batch(vocabulary, sequences.len(), rows);
    net.show(batch, state, &mut |heads| {
        answers(vocabulary, heads, sequences.len())?;
        for (row, sequence) in sequences.iter_mut().enumerate() {
            let own: Vec<_> = heads.iter().map(|head| head.index_axis(Axis(0), row)).collect();
            sequence.take(&own);
        }
        Ok(())
    })
}

impl<S: Sequence> Sequence for &mut S {
    fn ended(&self) -> bool {
        (**self).ended()
    }

    fn row(&self, columns: &mut [i64], reals: &mut [f32]) {
        (**self).row(columns, reals);
    }

    fn take(&mut self, heads: &[ArrayViewD<'_, f32>]) {
        (**self).take(heads);
    }
}

/// Steps all sequences until each has ended; those that have leave the batch.
pub(crate) fn run<S: Sequence>(
    net: &mut dyn Net,
    vocabulary: &Vocabulary,
    sequences: &mut [S],
) -> Result<(), Trouble> {
    let mut states = vec![None; sequences.len()];
    run_from(net, vocabulary, sequences, &mut states)
}

/// The same from the states where the sequences stand (`None`: at the beginning), which are
/// replaced by those where they end.
pub(crate) fn run_from<S: Sequence>(
    net: &mut dyn Net,
    vocabulary: &Vocabulary,
    sequences: &mut [S],
    states: &mut [Option<State>],
) -> Result<(), Trouble> {
    let fresh = net.initial(1);
    let rows: Vec<&State> = states.iter().map(|state| state.as_ref().unwrap_or(&fresh)).collect();
    let mut state = State::together(&rows)?;
    let mut active: Vec<usize> = (0..sequences.len()).collect();
    loop {
        let (going, over): (Vec<usize>, Vec<usize>) =
            (0..active.len()).partition(|&i| !sequences[active[i]].ended());
        for i in over {
            states[active[i]] = Some(state.select(&[i]));
        }
        if going.is_empty() {
            return Ok(());
        }
        if going.len() < active.len() {
            state = state.select(&going);
            active = going.into_iter().map(|i| active[i]).collect();
        }
        let mut going = active.iter().peekable();
        let mut rows: Vec<&mut S> = sequences
            .iter_mut()
            .enumerate()
            .filter_map(|(i, sequence)| going.next_if(|&&next| next == i).map(|_| sequence))
            .collect();
        state = step(net, vocabulary, &mut rows, state)?;
    }
}

/// What the network reads for so many rows.
fn batch(
    vocabulary: &Vocabulary,
    rows: usize,
    write: impl Fn(usize, &mut [i64], &mut [f32]),
) -> Batch {
    let (width, reals) = (vocabulary.columns.len(), vocabulary.reals);
    let mut batch =
        Batch { columns: Array2::zeros((rows, width)), reals: Array2::zeros((rows, reals)) };
    for at in 0..rows {
        let (mut columns, mut reals) = (batch.columns.row_mut(at), batch.reals.row_mut(at));
        if let (Some(columns), Some(reals)) = (columns.as_slice_mut(), reals.as_slice_mut()) {
            write(at, columns, reals);
        }
    }
    batch
}

/// Refuses a step whose heads have other shapes than the vocabulary's.
pub(crate) fn answers(
    vocabulary: &Vocabulary,
    heads: &[ArrayViewD<'_, f32>],
    rows: usize,
) -> Result<(), Trouble> {
    let fits = heads.len() == vocabulary.heads.len()
        && heads
            .iter()
            .zip(vocabulary.heads)
            .all(|(head, wanted)| head.shape().split_first() == Some((&rows, *wanted)));
    if fits {
        return Ok(());
    }
    let found: Vec<_> = heads.iter().map(|head| head.shape().to_vec()).collect();
    let name = vocabulary.name;
    let wanted = vocabulary.heads;
    Err(Trouble::new(
        format!("a {name} network answers with heads {wanted:?} for each row, found {found:?}"),
        "see its card",
    ))
}
