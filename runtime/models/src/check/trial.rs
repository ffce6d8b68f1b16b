//! Loads a network and lets it make a few steps, as it would have to when it is played.

use std::path::Path;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use ndarray::{Array2, ArrayD, Axis, Slice};

use super::Finding;
use crate::card::Card;
use crate::net::{Batch, Encode, Net, Step};
use crate::onnx::Runtime;
use crate::sample::Rng;
use crate::trouble::Trouble;
use crate::vocab::Vocabulary;
use crate::vocab::latent::Kind;

/// Steps that take longer than this, at their fastest, are too slow to play with.
const SLOW: Duration = Duration::from_millis(100);

/// Findings about the network of a card that fits its vocabulary. One that does not answer in time
/// is left behind, running, and refused.
pub(super) fn examine(
    folder: &Path,
    card: &Card,
    vocabulary: &'static Vocabulary,
    runtime: &Runtime,
    patience: Duration,
) -> Vec<Finding> {
    let (folder, card, runtime) = (folder.to_path_buf(), card.clone(), runtime.clone());
    let (answer, answers) = mpsc::sync_channel(1);
    let work = move || {
        let found = attempt(&folder, &card, vocabulary, &runtime);
        answer.send(found.unwrap_or_else(|trouble| refused(trouble.what, trouble.fix))).ok();
    };
    if let Err(error) = std::thread::Builder::new().name("trial".to_string()).spawn(work) {
        return refused(format!("the network could not be tried: {error}"), "try again");
    }
    answers.recv_timeout(patience).unwrap_or_else(|why| match why {
        mpsc::RecvTimeoutError::Timeout => refused(
            format!("the network did not make a few steps within {patience:?}"),
            "make it smaller; a step of a model for playing takes about a millisecond",
        ),
        mpsc::RecvTimeoutError::Disconnected => {
            refused("the network brought its trial down", "export it again")
        }
    })
}

fn refused(what: impl Into<String>, fix: impl Into<String>) -> Vec<Finding> {
    vec![Finding::refused(what, fix)]
}

fn attempt(
    folder: &Path,
    card: &Card,
    vocabulary: &Vocabulary,
    runtime: &Runtime,
) -> Result<Vec<Finding>, Trouble> {
    let (mut net, _) = runtime.network(folder, card, "cpu")?;
    let mut findings = steps(&mut net, vocabulary)?;
    if card.network.alone {
        findings.extend(alone(&mut net, vocabulary)?);
    }
    if let Some(kind) = Kind::of(vocabulary) {
        let (mut encoder, _) = runtime.encoder(folder, card, "cpu")?;
        findings.extend(windows(&mut encoder, kind)?);
    }
    Ok(findings)
}

/// Reads an empty window and one that is as full as can be.
fn windows(encoder: &mut dyn Encode, kind: Kind) -> Result<Vec<Finding>, Trouble> {
    let mut findings = Vec::new();
    let longest = kind.longest();
    let full = kind.vocabulary().heads.first().and_then(|head| head.first()).copied();
    let full = u16::try_from(full.unwrap_or(1) - 1).unwrap_or(0);
    let rows = [kind.entry(&[], 4), kind.entry(&vec![full; longest], longest / 2)].concat();
    let given = Array2::from_shape_vec((2, longest + 1), rows)
        .map_err(|error| Trouble::new(error.to_string(), ""))?;
    let read = encoder.encode(given.clone())?;
    if read.mean.iter().any(|v| !v.is_finite())
        || read.deviation.iter().any(|v| v.is_nan() || *v <= 0.0)
    {
        findings.push(Finding::refused(
            "the encoder's means are not all numbers, or its deviations not all above 0",
            "train it with a smaller rate, and end the deviations with softplus or exp",
        ));
    }
    let again = encoder.encode(given.clone())?;
    let alone = encoder.encode(given.select(Axis(0), &[1]))?;
    if again.mean != read.mean || alone.mean.row(0) != read.mean.row(1) {
        findings.push(Finding::refused(
            "the encoder finds another point for the same window, alone or each time",
            "give the mean itself, and draw nothing inside of the network",
        ));
    }
    Ok(findings)
}

/// Steps with the smallest and the largest value of every column.
fn steps(net: &mut dyn Net, vocabulary: &Vocabulary) -> Result<Vec<Finding>, Trouble> {
    let mut findings = Vec::new();
    let largest: Vec<i64> = vocabulary.columns.iter().map(|column| column.1 - 1).collect();
    // Two sequences, or two windows: one of the smallest values, one of the largest.
    let (window, rows) = (vocabulary.window, 2 * vocabulary.window);
    let mut columns = Array2::zeros((rows, largest.len()));
    for (mut at, value) in columns.axis_iter_mut(Axis(1)).zip(largest) {
        at.iter_mut().skip(window).for_each(|at| *at = value);
    }
    let batch = Batch { columns, reals: Array2::zeros((rows, vocabulary.reals)) };
    let first = net.step(batch.clone(), net.initial(rows))?;
    findings.extend(slow(net, &batch)?);
    let next = net.step(batch.clone(), first.state.clone())?;
    for (step, when) in [(&first, "first"), (&next, "second")] {
        findings.extend(improbable(step, vocabulary, when));
    }
    let again = net.step(batch.clone(), net.initial(rows))?;
    if again.heads != first.heads {
        findings.push(Finding::refused(
            "the network answers the same question differently each time",
            "export it without chance in it (dropout, random numbers)",
        ));
    }
    let same: Vec<usize> = (0..rows).map(|row| window + row % window).collect();
    let alone = net.step(batch.select(&same), net.initial(rows))?;
    let second = Slice::from(window..);
    let other = |(one, two): (&ArrayD<f32>, &ArrayD<f32>)| {
        one.slice_axis(Axis(0), second) != two.slice_axis(Axis(0), second)
    };
    if first.heads.iter().zip(&alone.heads).any(other) {
        findings.push(Finding::doubtful(
            "its answer to one sequence depends on the others in the batch",
            "a seed will not give the same phrase in every company; avoid dynamic int8",
        ));
    }
    Ok(findings)
}

/// Holds the claim that a row (or window) alone is answered to the bit as among others, with values of many kinds.
fn alone(net: &mut dyn Net, vocabulary: &Vocabulary) -> Result<Option<Finding>, Trouble> {
    let (rows, middle) = (3 * vocabulary.window, vocabulary.window..2 * vocabulary.window);
    let middle: Vec<usize> = middle.collect();
    for seed in 0..24 {
        let mut rng = Rng::new(seed);
        let mut columns = Array2::zeros((rows, vocabulary.columns.len()));
        for (mut at, column) in columns.axis_iter_mut(Axis(1)).zip(vocabulary.columns) {
            at.map_inplace(|at| *at = (rng.unit() * column.1 as f64) as i64);
        }
        let mut any = || rng.unit() as f32;
        let reals = Array2::from_shape_simple_fn((rows, vocabulary.reals), &mut any);
        let mut state = net.initial(rows);
        state.0.iter_mut().for_each(|part| part.map_inplace(|at| *at = any() - 0.5));
        let batch = Batch { columns, reals };
        let one = net.step(batch.select(&middle), state.select(&middle))?;
        if net.step(batch, state)?.select(&middle).heads != one.heads {
            return Ok(Some(Finding::refused(
                "the card says `alone`, but a row alone is answered otherwise than among others",
                "remove `alone` from the card: single rows are then run in pairs",
            )));
        }
    }
    Ok(None)
}

/// Steps that take too long, by the fastest of four.
fn slow(net: &mut dyn Net, batch: &Batch) -> Result<Option<Finding>, Trouble> {
    let mut fastest = Duration::MAX;
    for _ in 0..4 {
        let began = Instant::now();
        net.step(batch.clone(), net.initial(batch.columns.nrows()))?;
        fastest = fastest.min(began.elapsed());
    }
    let what = format!("a step takes {fastest:?}; four bars have up to 64 of them");
    let fix = "make it smaller, or it will answer late";
    Ok((fastest > SLOW).then(|| Finding::doubtful(what, fix)))
}

/// Heads that are not log-probabilities.
fn improbable(step: &Step, vocabulary: &Vocabulary, when: &str) -> Vec<Finding> {
    let fix = "heads are log-probabilities: end the network with log_softmax";
    let mut findings = Vec::new();
    for (number, (head, shape)) in step.heads.iter().zip(vocabulary.heads).enumerate() {
        let last = Axis(shape.len());
        let sums = head.mapv(f32::exp).sum_axis(last);
        if let Some(sum) = sums.iter().find(|sum| (*sum - 1.0).abs() > 0.01 || sum.is_nan()) {
            findings.push(Finding::refused(
                format!("the probabilities of head {number} add up to {sum} at its {when} step"),
                fix,
            ));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fake::FakeDrums;
    use crate::net::State;
    use crate::vocab::drums::VOCABULARY;

    /// A hair louder where it is alone.
    struct Shy;

    impl Net for Shy {
        fn initial(&self, rows: usize) -> State {
            FakeDrums.initial(rows)
        }

        fn step(&mut self, batch: Batch, state: State) -> Result<Step, Trouble> {
            let lonely = if batch.columns.nrows() == 1 { 1.0 + 1e-6 } else { 1.0 };
            let mut step = FakeDrums.step(batch, state)?;
            step.heads.iter_mut().for_each(|head| head.map_inplace(|log| *log *= lonely));
            Ok(step)
        }
    }

    #[test]
    fn a_row_that_is_answered_otherwise_alone_is_found() -> Result<(), Trouble> {
        assert!(alone(&mut FakeDrums, &VOCABULARY)?.is_none());
        assert!(alone(&mut Shy, &VOCABULARY)?.is_some_and(|f| f.trouble.what.contains("`alone`")));
        Ok(())
    }
}
