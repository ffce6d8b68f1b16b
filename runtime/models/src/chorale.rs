//! The chorale model: some of four voices in, all four out.

mod draft;
mod plan;
mod price;
mod reading;
mod request;

use ndarray::{Array2, ArrayD, ArrayViewD, Axis, Slice};

pub use reading::ChoraleSurprise;
pub use request::{Chorale, ChoraleRequest, Voice};

use crate::loaded::{Loaded, model};
use crate::net::Batch;
use crate::trouble::Trouble;
use crate::vocab::chorale::{VOCABULARY, WINDOW};
use draft::{Draft, sizes};
use reading::questions;

/// Windows that are looked at together when a chorale is read.
const TOGETHER: usize = 16;

/// A chorale model that is ready to sing.
pub struct ChoraleModel {
    loaded: Loaded,
}

model!(ChoraleModel, VOCABULARY, "chorale");

impl ChoraleModel {
    /// Sings every request, all in one batch. The same seed gives the same voices, whatever else
    /// is asked for; given notes come back as they were.
    ///
    /// # Errors
    /// When a request is impossible or the network fails.
    pub fn generate(&mut self, requests: &[ChoraleRequest]) -> Result<Vec<Chorale>, Trouble> {
        let mut drafts = requests.iter().map(Draft::new).collect::<Result<Vec<_>, _>>()?;
        loop {
            let mut going: Vec<&mut Draft> = drafts.iter_mut().filter(|d| !d.ended()).collect();
            if going.is_empty() {
                break;
            }
            let mut batch = windows(going.len());
            for (i, draft) in going.iter().enumerate() {
                let (columns, reals) = part(&mut batch, i);
                draft.rows(columns, reals);
            }
            let heads = self.loaded.ask(batch)?;
            for (i, draft) in going.iter_mut().enumerate() {
                draft.take(&of_window(&heads, i));
            }
        }
        Ok(drafts.into_iter().zip(requests).map(|(draft, r)| draft.finish(r)).collect())
    }

    /// How unlikely the model finds a chorale, in order of time, then from the soprano down.
    ///
    /// # Errors
    /// When the chorale has an impossible meter or the network fails.
    pub fn surprise(
        &mut self,
        chorale: &Chorale,
        meter: (u32, u32),
    ) -> Result<ChoraleSurprise, Trouble> {
        let all = questions(chorale, meter)?;
        let (mut sung, mut struck) = (0.0, 0.0);
        for asked in all.chunks(TOGETHER) {
            let heads = self.look(asked.iter().map(|q| &q.window))?;
            for (i, question) in asked.iter().enumerate() {
                sung += question.sung(&of_window(&heads, i)[0]);
            }
            let again: Vec<_> =
                asked.iter().filter_map(|q| q.follow_up().map(|grid| (q, grid))).collect();
            if again.is_empty() {
                continue;
            }
            let heads = self.look(again.iter().map(|(_, grid)| grid))?;
            for (i, (question, _)) in again.iter().enumerate() {
                struck += question.struck(&of_window(&heads, i)[1]);
            }
        }
        Ok(ChoraleSurprise {
            total: sung + struck,
            sung,
            sixteenths: f64::from(chorale.length) / 6.0,
            notes: chorale.voices.iter().map(Vec::len).sum(),
        })
    }

    fn look<'a>(
        &mut self,
        grids: impl ExactSizeIterator<Item = &'a crate::vocab::chorale::Grid>,
    ) -> Result<Vec<ArrayD<f32>>, Trouble> {
        let mut batch = windows(grids.len());
        for (i, grid) in grids.enumerate() {
            let (columns, reals) = part(&mut batch, i);
            grid.window(0, columns, reals);
        }
        self.loaded.ask(batch)
    }
}

/// A batch of so many empty windows.
fn windows(count: usize) -> Batch {
    let rows = count * WINDOW;
    Batch {
        columns: Array2::zeros((rows, VOCABULARY.columns.len())),
        reals: Array2::zeros((rows, VOCABULARY.reals)),
    }
}

/// The rows of one window.
fn part(batch: &mut Batch, number: usize) -> (&mut [i64], &mut [f32]) {
    let (columns, reals) = sizes();
    let slice = |whole: usize| number * whole..(number + 1) * whole;
    let empty = (&mut [][..], &mut [][..]);
    match (batch.columns.as_slice_mut(), batch.reals.as_slice_mut()) {
        (Some(c), Some(r)) => (&mut c[slice(columns)], &mut r[slice(reals)]),
        _ => empty,
    }
}

/// The heads of one window, steps first.
fn of_window(heads: &[ArrayD<f32>], number: usize) -> Vec<ArrayViewD<'_, f32>> {
    let rows = Slice::from(number * WINDOW..(number + 1) * WINDOW);
    heads.iter().map(|head| head.slice_axis(Axis(0), rows)).collect()
}
