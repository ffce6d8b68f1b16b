//! Runs many sequences through a network at once, step by step, until each has ended.

use ndarray::{Array2, ArrayViewD, Axis};

use crate::Trouble;
use crate::net::{Batch, Net, Step};
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

/// Steps all sequences until each has ended; those that have leave the batch.
pub(crate) fn run<S: Sequence>(
    net: &mut dyn Net,
    vocabulary: &Vocabulary,
    sequences: &mut [S],
) -> Result<(), Trouble> {
    let mut state = net.initial(sequences.len());
    let mut active: Vec<usize> = (0..sequences.len()).collect();
    loop {
        let going: Vec<usize> =
            (0..active.len()).filter(|&i| !sequences[active[i]].ended()).collect();
        if going.is_empty() {
            return Ok(());
        }
        if going.len() < active.len() {
            state = state.select(&going);
            active = going.into_iter().map(|i| active[i]).collect();
        }
        let step = net.step(batch(vocabulary, sequences, &active), state)?;
        answers(vocabulary, &step, active.len())?;
        for (row, &index) in active.iter().enumerate() {
            let heads: Vec<_> =
                step.heads.iter().map(|head| head.index_axis(Axis(0), row)).collect();
            sequences[index].take(&heads);
        }
        state = step.state;
    }
}

fn batch<S: Sequence>(vocabulary: &Vocabulary, sequences: &[S], active: &[usize]) -> Batch {
    let (width, reals) = (vocabulary.columns.len(), vocabulary.reals);
    let mut batch = Batch {
        columns: Array2::zeros((active.len(), width)),
        reals: Array2::zeros((active.len(), reals)),
    };
    for (at, &index) in active.iter().enumerate() {
        let (mut columns, mut reals) = (batch.columns.row_mut(at), batch.reals.row_mut(at));
        if let (Some(columns), Some(reals)) = (columns.as_slice_mut(), reals.as_slice_mut()) {
            sequences[index].row(columns, reals);
        }
    }
    batch
}

/// Refuses a step whose heads have other shapes than the vocabulary's.
fn answers(vocabulary: &Vocabulary, step: &Step, rows: usize) -> Result<(), Trouble> {
    let fits = step.heads.len() == vocabulary.heads.len()
        && step
            .heads
            .iter()
            .zip(vocabulary.heads)
            .all(|(head, wanted)| head.shape().split_first() == Some((&rows, *wanted)));
    if fits {
        return Ok(());
    }
    let found: Vec<_> = step.heads.iter().map(|head| head.shape().to_vec()).collect();
    let name = vocabulary.name;
    let wanted = vocabulary.heads;
    Err(Trouble::new(
        format!("a {name} network answers with heads {wanted:?} for each row, found {found:?}"),
        "see its card",
    ))
}
