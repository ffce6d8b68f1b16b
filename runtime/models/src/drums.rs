//! The drums model: requests in, phrases of hits out, any mix of them in one batch.

mod draft;
pub(crate) mod request;

use std::path::Path;

pub use crate::vocab::drums::{Drum, Style};
pub use request::{DrumPhrase, DrumsRequest, Hit, Keep, Rhythm};

use draft::{Draft, Reading};

use crate::card::Card;
use crate::groove::{GrooveModel, GrooveRequest};
use crate::loaded::Loaded;
use crate::net::Net;
use crate::onnx::Runtime;
use crate::particles::Swarm;
use crate::trouble::Trouble;
use crate::vocab::drums::VOCABULARY;

/// Candidates of a phrase under constraints that reach ahead.
const CANDIDATES: usize = 16;

/// A drums model that is ready to make phrases.
pub struct DrumsModel {
    loaded: Loaded,
    groove: Option<GrooveModel>,
}

impl DrumsModel {
    /// Opens a model's folder on a device (`cpu` if in doubt); see [`Runtime::network`]. Its
    /// phrases are flat and on the grid until [`DrumsModel::played_by`] gives it a groove.
    ///
    /// # Errors
    /// When the folder holds no drums model that this version can run.
    pub fn open(folder: &Path, runtime: &Runtime, device: &str) -> Result<Self, Trouble> {
        Ok(Self { loaded: Loaded::open(folder, runtime, device, &VOCABULARY)?, groove: None })
    }

    /// A drums model around any network, for tests.
    pub fn with_net(net: Box<dyn Net>) -> Self {
        Self { loaded: Loaded::with_net(net, &VOCABULARY), groove: None }
    }

    /// The same model, whose phrases have the velocity and timing of a groove model.
    #[must_use]
    pub fn played_by(self, groove: GrooveModel) -> Self {
        Self { groove: Some(groove), ..self }
    }

    /// The model's card, unless it was made with [`DrumsModel::with_net`].
    pub fn card(&self) -> Option<&Card> {
        self.loaded.card.as_ref()
    }

    /// What the performer should know about how the model runs: a device that was not usable.
    pub fn notice(&self) -> Option<&str> {
        self.loaded.notice.as_deref()
    }

    /// Makes a phrase for every request, all in one batch. A phrase depends on its own request
    /// only: the same seed gives the same phrase, whatever else is asked for.
    ///
    /// # Errors
    /// When a request is impossible or a network fails.
    pub fn generate(&mut self, requests: &[DrumsRequest]) -> Result<Vec<DrumPhrase>, Trouble> {
        let mut phrases = self.rhythms(requests)?;
        if let Some(groove) = &mut self.groove {
            let asked: Vec<GrooveRequest> =
                requests.iter().zip(&phrases).map(|(r, p)| r.to_groove(p)).collect();
            for (phrase, hits) in phrases.iter_mut().zip(groove.play(&asked)?) {
                phrase.hits = hits;
            }
        }
        Ok(phrases)
    }

    /// The phrases as they are written. Those under constraints that reach ahead are drawn among
    /// several candidates.
    fn rhythms(&mut self, requests: &[DrumsRequest]) -> Result<Vec<DrumPhrase>, Trouble> {
        let bound = |request: &DrumsRequest| request.tap.is_some() || request.keep.is_some();
        let mut free = Vec::new();
        let mut swarms = Vec::new();
        for request in requests {
            let draft = Draft::new(request)?;
            if bound(request) {
                let bar = request::bar_steps(request.meter)?;
                let beat = i32::try_from(bar.div_ceil(4)).unwrap_or(4);
                swarms.push(Swarm::new(draft, CANDIDATES, request.seed, beat));
            } else {
                free.push(draft);
            }
        }
        self.loaded.run(&mut free)?;
        self.loaded.run_swarms(&mut swarms)?;
        let mut free = free.into_iter();
        let mut swarms = swarms.into_iter();
        let next = |request: &DrumsRequest| {
            if bound(request) { swarms.next().and_then(Swarm::finish) } else { free.next() }
        };
        let drafts: Vec<Draft> = requests.iter().filter_map(next).collect();
        Ok(drafts.into_iter().map(Draft::finish).collect())
    }

    /// How surprising the model finds each rhythm, in nats by sixteenth.
    ///
    /// # Errors
    /// When a rhythm's conditions are impossible or the network fails.
    pub fn surprise(&mut self, rhythms: &[Rhythm]) -> Result<Vec<Vec<f64>>, Trouble> {
        let mut readings = rhythms.iter().map(Reading::new).collect::<Result<Vec<_>, _>>()?;
        self.loaded.run(&mut readings)?;
        Ok(readings.into_iter().map(Reading::finish).collect())
    }
}
