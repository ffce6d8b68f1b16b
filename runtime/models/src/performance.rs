//! The performance model: expressive piano, timing to a hundredth of a second, and dynamics.

mod draft;
mod reading;
mod request;

use std::path::Path;

pub use request::{PerformanceRequest, PlayedNote};

use crate::card::Card;
use crate::loaded::Loaded;
use crate::net::{Net, State};
use crate::onnx::Runtime;
use crate::trouble::Trouble;
use crate::vocab::performance::{Conditions, VOCABULARY};
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

/// A performance that goes on: what was played is remembered, so that more of it costs only its
/// new notes.
pub struct PerformanceStream {
    draft: Draft,
    state: Option<State>,
    at: f64,
}

impl PerformanceStream {
    /// A performance that has not begun; the length of the request is not read.
    ///
    /// # Errors
    /// When the request is impossible.
    pub fn new(request: &PerformanceRequest) -> Result<Self, Trouble> {
        Ok(Self { draft: Draft::new(request)?, state: None, at: 0.0 })
    }

    /// Changes what the performance should be like from here on.
    pub fn steer(&mut self, conditions: Conditions) {
        self.draft.steer(conditions);
    }
}

/// A performance model that is ready to play.
pub struct PerformanceModel {
    loaded: Loaded,
}

impl PerformanceModel {
    /// Opens a model's folder on a device (`cpu` if in doubt); see [`Runtime::network`].
    ///
    /// # Errors
    /// When the folder holds no performance model that this version can run.
    pub fn open(folder: &Path, runtime: &Runtime, device: &str) -> Result<Self, Trouble> {
        Ok(Self { loaded: Loaded::open(folder, runtime, device, &VOCABULARY)? })
    }

    /// A performance model around any network, for tests.
    pub fn with_net(net: Box<dyn Net>) -> Self {
        Self { loaded: Loaded::with_net(net, &VOCABULARY) }
    }

    /// The model's card, unless it was made with [`PerformanceModel::with_net`].
    pub fn card(&self) -> Option<&Card> {
        self.loaded.card.as_ref()
    }

    /// What the performer should know about how the model runs: a device that was not usable.
    pub fn notice(&self) -> Option<&str> {
        self.loaded.notice.as_deref()
    }

    /// Plays every request, all in one batch. The same seed gives the same performance,
    /// whatever else is asked for.
    ///
    /// # Errors
    /// When a request is impossible or the network fails.
    pub fn generate(
        &mut self,
        requests: &[PerformanceRequest],
    ) -> Result<Vec<Performance>, Trouble> {
        let mut streams =
            requests.iter().map(PerformanceStream::new).collect::<Result<Vec<_>, _>>()?;
        let mut borrowed: Vec<_> = streams.iter_mut().zip(requests).collect();
        let mut asked: Vec<_> = borrowed.iter_mut().map(|(s, r)| (&mut **s, r.seconds)).collect();
        self.go_on(&mut asked)
    }

    /// Plays so many more seconds of each stream, all in one batch; onsets are counted from where
    /// the stream stood. In parts or at once, a stream plays the same.
    ///
    /// # Errors
    /// When the network fails.
    pub fn go_on(
        &mut self,
        streams: &mut [(&mut PerformanceStream, f64)],
    ) -> Result<Vec<Performance>, Trouble> {
        let mut states: Vec<Option<State>> =
            streams.iter_mut().map(|(stream, _)| stream.state.take()).collect();
        let mut drafts: Vec<&mut Draft> = Vec::with_capacity(streams.len());
        for (stream, seconds) in streams.iter_mut() {
            stream.draft.extend(*seconds);
            drafts.push(&mut stream.draft);
        }
        self.loaded.run_from(&mut drafts, &mut states)?;
        let mut made = Vec::with_capacity(streams.len());
        for ((stream, seconds), state) in streams.iter_mut().zip(states) {
            stream.state = state;
            let (mut notes, nats) = stream.draft.drain();
            notes.iter_mut().for_each(|note| note.onset -= stream.at);
            stream.at += *seconds;
            made.push(Performance { notes, seconds: *seconds, nats });
        }
        Ok(made)
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
