//! Loads a network and lets it make a few steps, as it would have to when it is played.

use std::path::Path;

use ndarray::{Array2, ArrayD, Axis, Slice};

use super::{Finding, Gravity};
use crate::card::Card;
use crate::net::{Batch, Net, Step};
use crate::onnx::Runtime;
use crate::trouble::Trouble;
use crate::vocab::Vocabulary;

/// Findings about the network of a card that fits its vocabulary.
pub(super) fn examine(
    folder: &Path,
    card: &Card,
    vocabulary: &Vocabulary,
    runtime: &Runtime,
) -> Vec<Finding> {
    let refused = |trouble| vec![Finding { gravity: Gravity::Refused, trouble }];
    let mut net = match runtime.network(folder, card, "cpu") {
        Ok((net, _)) => net,
        Err(trouble) => return refused(trouble),
    };
    match steps(&mut net, vocabulary) {
        Ok(findings) => findings,
        Err(trouble) => refused(trouble),
    }
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
