//! In which order the cells of a window are sung, and which of them at once.
//!
//! Beats come first, in random order, few at a time and far from one another, so that what is
//! sung together hardly depends on each other; then beats are thought over; then eighths and
//! sixteenths, which mostly follow from the beats around them; last what is struck again.

use std::collections::VecDeque;

use crate::sample::Rng;
use crate::vocab::chorale::VOICES;

/// A cell: step and voice.
pub(super) type Cell = (usize, usize);

/// What is decided by one look at a window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Pass {
    /// These cells are sung, whatever they held before.
    Sing(Vec<Cell>),
    /// Repeated pitches of a voice are struck or held.
    Strike(usize),
}

/// Steps between cells that are sung at once: on beats, on eighths, between.
const BEATS_APART: usize = 12;
const EIGHTHS_APART: usize = 4;
/// The most cells that are sung at once.
const TOGETHER: usize = 6;

/// The passes over the open cells of a stretch of steps.
pub(super) fn passes(
    open: &[[bool; VOICES]],
    stretch: std::ops::Range<usize>,
    rounds: u32,
    rng: &mut Rng,
) -> VecDeque<Pass> {
    let cells = |wanted: &dyn Fn(usize) -> bool| -> Vec<Cell> {
        let steps = stretch.clone().filter(|&step| wanted(step));
        steps
            .flat_map(|step| (0..VOICES).map(move |voice| (step, voice)))
            .filter(|&(step, voice)| open.get(step).is_some_and(|row| row[voice]))
            .collect()
    };
    let mut plan = VecDeque::new();
    let beats = cells(&|step| step.is_multiple_of(4));
    plan.extend(apart(shuffled(beats.clone(), rng), BEATS_APART, TOGETHER));
    for _ in 0..rounds {
        plan.extend(apart(shuffled(beats.clone(), rng), BEATS_APART / 2, 2 * TOGETHER));
    }
    let eighths = cells(&|step| step % 4 == 2);
    plan.extend(apart(shuffled(eighths, rng), EIGHTHS_APART, usize::MAX));
    let between = cells(&|step| step % 2 == 1);
    plan.extend(apart(shuffled(between, rng), 1, usize::MAX));
    let sung = |voice: &usize| stretch.clone().any(|step| open[step][*voice]);
    plan.extend((0..VOICES).filter(sung).map(Pass::Strike));
    plan
}

/// Puts cells into passes, in their order: no two of one pass are nearer than `steps`.
fn apart(cells: Vec<Cell>, steps: usize, most: usize) -> Vec<Pass> {
    let mut passes: Vec<Vec<Cell>> = Vec::new();
    for cell in cells {
        let fits = |pass: &&mut Vec<Cell>| {
            pass.len() < most && pass.iter().all(|other| other.0.abs_diff(cell.0) >= steps)
        };
        match passes.iter_mut().find(fits) {
            Some(pass) => pass.push(cell),
            None => passes.push(vec![cell]),
        }
    }
    passes.into_iter().map(Pass::Sing).collect()
}

fn shuffled(mut cells: Vec<Cell>, rng: &mut Rng) -> Vec<Cell> {
    for i in (1..cells.len()).rev() {
        cells.swap(i, (rng.unit() * (i + 1) as f64) as usize);
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_open_cell_is_sung_once_and_beats_come_first() {
        let mut open = vec![[false, true, true, true]; 64];
        open[17] = [true; VOICES];
        let plan = passes(&open, 0..64, 0, &mut Rng::new(1));
        let sung: Vec<Cell> = plan
            .iter()
            .flat_map(|pass| match pass {
                Pass::Sing(cells) => cells.clone(),
                Pass::Strike(_) => Vec::new(),
            })
            .collect();
        let mut sorted = sung.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!((sung.len(), sorted.len()), (64 * 3 + 1, 64 * 3 + 1));
        assert!(sung[..48].iter().all(|cell| cell.0 % 4 == 0));
        assert!(sung[48..96].iter().all(|cell| cell.0 % 4 == 2));
        assert!(plan.len() < 30, "{} looks", plan.len());
    }

    #[test]
    fn what_is_sung_at_once_is_far_apart() {
        let plan = passes(&[[true; VOICES]; 64], 0..64, 1, &mut Rng::new(2));
        for pass in &plan {
            let Pass::Sing(cells) = pass else { continue };
            for (i, a) in cells.iter().enumerate() {
                assert!(cells[..i].iter().all(|b| a.0 != b.0), "{cells:?}");
            }
        }
    }
}
