//! The performance model: expressive piano, timing to a hundredth of a second, and dynamics.

mod draft;
mod reading;
mod request;

pub use request::{PerformanceRequest, PlayedNote};

use crate::loaded::{Loaded, model};
use crate::stream::Stream;
use crate::trouble::Trouble;
use crate::vocab::performance::VOCABULARY;
use draft::Draft;
use reading::Reader;

/// What was played.
#[derive(Debug, Clone, PartialEq)]
pub struct Performance {
    /// In order of onset. The last ones may sound beyond the end.
    pub notes: Vec<PlayedNote>,
    /// Its length in seconds.
    pub seconds: f64,
    /// How surprising the model itself finds it, in nats.
    pub nats: f64,
}

/// A performance that goes on; see [`PerformanceModel::go_on`].
#[derive(Clone)]
pub struct PerformanceStream(Stream<Draft>);

/// A performance model that is ready to play.
pub struct PerformanceModel {
    loaded: Loaded,
}

model!(PerformanceModel, VOCABULARY, "performance");

impl PerformanceModel {
    /// Plays every request, all in one batch. The same seed gives the same performance,
    /// whatever else is asked for.
    ///
    /// # Errors
    /// When a request is impossible or the network fails.
    pub fn generate(
        &mut self,
        requests: &[PerformanceRequest],
    ) -> Result<Vec<Performance>, Trouble> {
        let mut drafts = requests.iter().map(Draft::new).collect::<Result<Vec<_>, _>>()?;
        self.loaded.run(&mut drafts)?;
        Ok(drafts.iter().map(Draft::performance).collect())
    }

    /// Plays on for each part, all in one batch: from where its stream stands, or from the beginning
    /// of a new one (after the request's prime, which is not read later). Onsets are counted from
    /// there. A continuation costs only its new notes. Answers where each stream now stands.
    ///
    /// # Errors
    /// When a request is impossible or the network fails.
    pub fn go_on(
        &mut self,
        parts: &[(Option<&PerformanceStream>, &PerformanceRequest)],
    ) -> Result<Vec<(Performance, PerformanceStream)>, Trouble> {
        let parts: Vec<_> = parts.iter().map(|(s, r)| (s.map(|s| &s.0), *r)).collect();
        let made = self.loaded.go_on(&parts)?;
        Ok(made.into_iter().map(|(made, stream)| (made, PerformanceStream(stream))).collect())
    }

    /// How unlikely the model finds performances, all in one batch: nats of keys, velocities,
    /// durations and times to the next note.
    ///
    /// # Errors
    /// When a note cannot be read or the network fails.
    pub fn surprise(&mut self, performances: &[&[PlayedNote]]) -> Result<Vec<[f64; 4]>, Trouble> {
        let mut readers =
            performances.iter().map(|notes| Reader::new(notes)).collect::<Result<Vec<_>, _>>()?;
        self.loaded.run(&mut readers)?;
        Ok(readers.into_iter().map(|reader| reader.nats).collect())
    }
}
