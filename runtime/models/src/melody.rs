//! The melody model: requests in, phrases out, any mix of them in one batch.

mod draft;
mod legal;
mod reading;
mod request;

use std::borrow::Cow;

use ndarray::ArrayViewD;

pub(crate) use request::bar_ticks;
pub use request::{Fill, Melody, MelodyRequest, Mode, Surprise};

use draft::Draft;
use reading::Reading;

use crate::heads;
use crate::loaded::{Loaded, model};
use crate::particles::Swarm;
use crate::phrase::Phrase;
use crate::stream::Stream;
use crate::trouble::Trouble;
use crate::vocab::melody::VOCABULARY;

/// Candidates of a phrase whose gaps are filled.
const CANDIDATES: usize = 16;

/// A melody model that is ready to make phrases.
pub struct MelodyModel {
    loaded: Loaded,
}

/// A melody that goes on; see [`MelodyModel::go_on`].
#[derive(Clone)]
pub struct MelodyStream(Stream<Draft>);

/// Log-probabilities of one step for one sequence: of tokens, and of durations by token.
pub(crate) struct Expectation<'a> {
    heads: &'a [ArrayViewD<'a, f32>],
}

impl Expectation<'_> {
    /// The log-probability of every token.
    fn tokens(&self) -> Cow<'_, [f32]> {
        heads::all(self.heads.first())
    }

    /// The log-probability of every duration of a token.
    fn durations(&self, token: u8) -> Cow<'_, [f32]> {
        heads::row(self.heads.get(1), token.into())
    }

    /// How surprising a token with its duration is, in nats.
    fn nats(&self, token: u8, duration: u8) -> f64 {
        -heads::log(&self.tokens(), token.into())
            - heads::log(&self.durations(token), duration.into())
    }
}

model!(MelodyModel, VOCABULARY, "melody");

impl MelodyModel {
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

    /// Makes a phrase for each part, all in one batch: the next one of its stream, or the first of a
    /// new one (after the request's prime, which is not read later). A continuation costs only its
    /// new notes, unless it is in another key, range or meter: then the last phrase is read again.
    /// Answers where each stream now stands.
    ///
    /// # Errors
    /// When a request is impossible or the network fails.
    pub fn go_on(
        &mut self,
        parts: &[(Option<&MelodyStream>, &MelodyRequest)],
    ) -> Result<Vec<(Phrase, MelodyStream)>, Trouble> {
        let parts: Vec<_> = parts.iter().map(|(s, r)| (s.map(|s| &s.0), *r)).collect();
        let made = self.loaded.go_on(&parts)?;
        Ok(made.into_iter().map(|(made, stream)| (made, MelodyStream(stream))).collect())
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
