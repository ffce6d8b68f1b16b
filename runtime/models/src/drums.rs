//! The drums model: requests in, phrases of hits out, any mix of them in one batch.

mod draft;
pub(crate) mod request;

use std::path::Path;

pub use crate::vocab::drums::{Drum, Style};
pub use request::{DrumPhrase, DrumsRequest, Hit, Rhythm};

use draft::{Draft, Reading};

use crate::card::Card;
use crate::groove::{GrooveModel, GrooveRequest};
use crate::loaded::Loaded;
use crate::net::Net;
use crate::onnx::Runtime;
use crate::trouble::Trouble;
use crate::vocab::drums::VOCABULARY;

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
        let mut drafts = requests.iter().map(Draft::new).collect::<Result<Vec<_>, _>>()?;
        self.loaded.run(&mut drafts)?;
        let mut phrases: Vec<DrumPhrase> = drafts.into_iter().map(Draft::finish).collect();
        if let Some(groove) = &mut self.groove {
            let asked: Vec<GrooveRequest> =
                requests.iter().zip(&phrases).map(|(r, p)| r.to_groove(p)).collect();
            for (phrase, hits) in phrases.iter_mut().zip(groove.play(&asked)?) {
                phrase.hits = hits;
            }
        }
        Ok(phrases)
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
