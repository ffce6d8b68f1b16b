//! The chords model: requests in, progressions out, any mix of them in one batch.

mod draft;
mod request;

use std::path::Path;

pub use crate::vocab::chords::{Repertoire, Section};
pub use request::{ChordsRequest, Progression};

use draft::Draft;

use crate::card::Card;
use crate::loaded::Loaded;
use crate::net::Net;
use crate::onnx::Runtime;
use crate::phrase::Ticks;
use crate::trouble::Trouble;
use crate::vocab::chords::VOCABULARY;

/// A chords model that is ready to make progressions.
pub struct ChordsModel {
    loaded: Loaded,
}

impl ChordsModel {
    /// Opens a model's folder on a device (`cpu` if in doubt); see [`Runtime::network`].
    ///
    /// # Errors
    /// When the folder holds no chords model that this version can run.
    pub fn open(folder: &Path, runtime: &Runtime, device: &str) -> Result<Self, Trouble> {
        Ok(Self { loaded: Loaded::open(folder, runtime, device, &VOCABULARY)? })
    }

    /// A chords model around any network, for tests.
    pub fn with_net(net: Box<dyn Net>) -> Self {
        Self { loaded: Loaded::with_net(net, &VOCABULARY) }
    }

    /// The model's card, unless it was made with [`ChordsModel::with_net`].
    pub fn card(&self) -> Option<&Card> {
        self.loaded.card.as_ref()
    }

    /// What the performer should know about how the model runs: a device that was not usable.
    pub fn notice(&self) -> Option<&str> {
        self.loaded.notice.as_deref()
    }

    /// Makes a progression for every request, all in one batch. It depends on its own request
    /// only: the same seed gives the same progression, whatever else is asked for.
    ///
    /// # Errors
    /// When a request is impossible or the network fails.
    pub fn generate(&mut self, requests: &[ChordsRequest]) -> Result<Vec<Progression>, Trouble> {
        let mut drafts = requests.iter().map(Draft::new).collect::<Result<Vec<_>, _>>()?;
        self.loaded.run(&mut drafts)?;
        Ok(drafts.into_iter().map(Draft::finish).collect())
    }

    /// How surprising the model finds each progression, given as the prime of a request: its nats
    /// (which chord, and how long), and its length in ticks, a whole number of bars.
    ///
    /// # Errors
    /// When a request is impossible or the network fails.
    pub fn surprise(&mut self, primes: &[ChordsRequest]) -> Result<Vec<(f64, Ticks)>, Trouble> {
        let mut read = primes.iter().map(Draft::reading).collect::<Result<Vec<_>, _>>()?;
        self.loaded.run(&mut read)?;
        Ok(read.into_iter().map(Draft::judged).collect())
    }
}
