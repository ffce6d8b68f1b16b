//! The drums model: requests in, phrases of hits out, any mix of them in one batch.

mod draft;
pub(crate) mod request;

pub use crate::vocab::drums::{Drum, Style};
pub use request::{DrumPhrase, DrumsRequest, Hit, Keep, Rhythm};

use draft::{Draft, Reading};

use crate::groove::{GrooveModel, GrooveRequest};
use crate::loaded::{Loaded, model};
use crate::particles::Swarm;
use crate::stream::Stream;
use crate::trouble::Trouble;
use crate::vocab::drums::VOCABULARY;

/// Candidates of a phrase under constraints that reach ahead.
const CANDIDATES: usize = 16;

/// Drums that go on; see [`DrumsModel::go_on`].
#[derive(Clone)]
pub struct DrumsStream {
    written: Stream<Draft>,
    /// The last bars as they were played, from their own start.
    played: Vec<Hit>,
}

/// Bars that a groove model hears of what was played before.
const HEARD: u32 = 2;

/// A drums model that is ready to make phrases. They are flat and on the grid until
/// [`DrumsModel::played_by`] gives it a groove.
pub struct DrumsModel {
    loaded: Loaded,
    groove: Option<GrooveModel>,
}

model!(DrumsModel, VOCABULARY, "drums", groove: None);

impl DrumsModel {
    /// The same model, whose phrases have the velocity and timing of a groove model.
    #[must_use]
    pub fn played_by(self, groove: GrooveModel) -> Self {
        Self { groove: Some(groove), ..self }
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

    /// Makes a phrase for each part, all in one batch: the next one of its stream, or the first of a
    /// new one (after the request's prime, which is not read later; what is tapped or kept is not
    /// bound). A continuation costs only its new sixteenths, and two bars that the groove model
    /// hears again; in another meter it begins anew. Answers where each stream now stands.
    ///
    /// # Errors
    /// When a request is impossible or a network fails.
    pub fn go_on(
        &mut self,
        parts: &[(Option<&DrumsStream>, &DrumsRequest)],
    ) -> Result<Vec<(DrumPhrase, DrumsStream)>, Trouble> {
        let written: Vec<_> = parts.iter().map(|(s, r)| (s.map(|s| &s.written), *r)).collect();
        let mut made = self.loaded.go_on(&written)?;
        if let Some(groove) = &mut self.groove {
            let ask = |((before, request), (phrase, _)): (&(Option<&DrumsStream>, &_), &(_, _))| {
                let asked = DrumsRequest::to_groove(request, phrase);
                match before {
                    Some(before) => GrooveRequest { prime: before.played.clone(), ..asked },
                    None => asked,
                }
            };
            let asked: Vec<GrooveRequest> = parts.iter().zip(&made).map(ask).collect();
            for ((phrase, _), hits) in made.iter_mut().zip(groove.play(&asked)?) {
                phrase.hits = hits;
            }
        }
        let heard = |(phrase, (_, request)): (&DrumPhrase, &(_, &DrumsRequest))| {
            let from = phrase.length.saturating_sub(HEARD * phrase.length / request.bars.max(1));
            let late = phrase.hits.iter().filter(|hit| hit.onset >= from);
            late.map(|hit| Hit { onset: hit.onset - from, ..*hit }).collect()
        };
        let streams = made.into_iter().zip(parts).map(|((phrase, written), part)| {
            let played = heard((&phrase, part));
            (phrase, DrumsStream { written, played })
        });
        Ok(streams.collect())
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
