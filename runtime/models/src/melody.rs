//! The melody model: requests in, phrases out, any mix of them in one batch.

mod draft;
mod legal;
mod reading;
mod request;

use std::path::Path;

use ndarray::ArrayViewD;

pub(crate) use request::bar_ticks;
pub use request::{Fill, Melody, MelodyRequest, Mode, Surprise};

use draft::Draft;
use reading::Reading;

use crate::card::Card;
use crate::loaded::Loaded;
use crate::net::Net;
use crate::onnx::Runtime;
use crate::particles::Swarm;
use crate::phrase::Phrase;
use crate::trouble::Trouble;
use crate::vocab::melody::VOCABULARY;

/// Candidates of a phrase whose gaps are filled.
const CANDIDATES: usize = 16;

/// A melody model that is ready to make phrases.
pub struct MelodyModel {
    loaded: Loaded,
}

/// Log-probabilities of one step for one sequence: of tokens, and of durations by token.
pub(crate) struct Expectation<'a> {
    heads: &'a [ArrayViewD<'a, f32>],
}

impl Expectation<'_> {
    /// The log-probability of every token.
    fn tokens(&self) -> impl Iterator<Item = f32> {
        self.heads.first().into_iter().flat_map(|head| head.iter().copied())
    }

    /// The log-probability of every duration of a token.
    fn durations(&self, token: u8) -> impl Iterator<Item = f32> {
        let head = self.heads.get(1).into_iter();
        head.flat_map(move |head| head.outer_iter().nth(token.into()))
            .flat_map(|row| row.iter().copied().collect::<Vec<_>>())
    }

    /// How surprising a token with its duration is, in nats.
    fn nats(&self, token: u8, duration: u8) -> f64 {
        let (row, column) = (usize::from(token), usize::from(duration));
        let value = |head: usize, at: &[usize]| {
            self.heads.get(head).and_then(|head| head.get(at)).copied().unwrap_or(f32::NAN)
        };
        -f64::from(value(0, &[row])) - f64::from(value(1, &[row, column]))
    }
}

impl MelodyModel {
    /// Opens a model's folder on a device (`cpu` if in doubt); see [`Runtime::network`].
    ///
    /// # Errors
    /// When the folder holds no melody model that this version can run.
    pub fn open(folder: &Path, runtime: &Runtime, device: &str) -> Result<Self, Trouble> {
        Ok(Self { loaded: Loaded::open(folder, runtime, device, &VOCABULARY)? })
    }

    /// A melody model around any network, for tests.
    pub fn with_net(net: Box<dyn Net>) -> Self {
        Self { loaded: Loaded::with_net(net, &VOCABULARY) }
    }

    /// The model's card, unless it was made with [`MelodyModel::with_net`].
    pub fn card(&self) -> Option<&Card> {
        self.loaded.card.as_ref()
    }

    /// What the performer should know about how the model runs: a device that was not usable.
    pub fn notice(&self) -> Option<&str> {
        self.loaded.notice.as_deref()
    }

    /// Makes a phrase for every request, all in one batch. A phrase depends on its own request
    /// only: the same seed gives the same phrase, whatever else is asked for. Where gaps are
    /// filled, only what fills them is answered, drawn among several candidates.
    ///
    /// # Errors
    /// When a request is impossible or the network fails.
    pub fn generate(&mut self, requests: &[MelodyRequest]) -> Result<Vec<Phrase>, Trouble> {
        let mut free = Vec::new();
        let mut swarms = Vec::new();
        for request in requests {
            let draft = Draft::new(request)?;
            if request.fill.is_some() {
                let beat = request::bar_ticks(request.meter)? / 4;
                swarms.push(Swarm::new(draft, CANDIDATES, request.seed, beat.max(12)));
            } else {
                free.push(draft);
            }
        }
        self.loaded.run(&mut free)?;
        self.loaded.run_swarms(&mut swarms)?;
        let (mut free, mut swarms) = (free.into_iter(), swarms.into_iter());
        let next = |request: &MelodyRequest| match request.fill {
            Some(_) => swarms.next().and_then(Swarm::finish),
            None => free.next(),
        };
        let drafts: Vec<Draft> = requests.iter().filter_map(next).collect();
        Ok(drafts.into_iter().map(Draft::finish).collect())
    }

    /// How surprising the model finds each melody, note by note.
    ///
    /// # Errors
    /// When a melody's conditions are impossible or the network fails.
    pub fn surprise(&mut self, melodies: &[Melody]) -> Result<Vec<Surprise>, Trouble> {
        let mut readings = melodies.iter().map(Reading::new).collect::<Result<Vec<_>, _>>()?;
        self.loaded.run(&mut readings)?;
        Ok(readings.into_iter().map(Reading::finish).collect())
    }
}
