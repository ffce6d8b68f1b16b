//! Phrases that go on: what was made is remembered with the network's state, so that a continuation
//! costs only its new notes.

use crate::Trouble;
use crate::loaded::Loaded;
use crate::net::State;
use crate::sequence::Sequence;

/// A sequence that can be taken up again where it ended.
pub(crate) trait Continued: Sequence + Clone {
    /// What each of its phrases is asked for with.
    type Request;
    /// A phrase.
    type Made;

    /// One whose first phrase is this, after the request's prime.
    fn begin(request: &Self::Request) -> Result<Self, Trouble>;

    /// Prepares the phrase after those that were made. It answers false when it had to begin anew,
    /// because what was made is told otherwise under the new conditions (in another key, say).
    fn proceed(&mut self, request: &Self::Request) -> Result<bool, Trouble>;

    /// The phrase that was made last.
    fn take_made(&mut self) -> Self::Made;
}

/// A sequence, and what the network remembers of it.
#[derive(Debug, Clone)]
pub(crate) struct Stream<S> {
    sequence: S,
    state: Option<State>,
}

/// A phrase, and where its stream then stands.
type Made<S> = (<S as Continued>::Made, Stream<S>);

impl Loaded {
    /// A phrase for each request, all in one batch: the next of its stream, or the first of a new
    /// one. Answers the streams as they stand afterwards; those that were given stay as they are.
    pub fn go_on<S: Continued>(
        &mut self,
        parts: &[(Option<&Stream<S>>, &S::Request)],
    ) -> Result<Vec<Made<S>>, Trouble> {
        let mut sequences = Vec::with_capacity(parts.len());
        let mut states = Vec::with_capacity(parts.len());
        for (before, request) in parts {
            let Some(before) = before else {
                sequences.push(S::begin(request)?);
                states.push(None);
                continue;
            };
            let mut sequence = before.sequence.clone();
            let goes_on = sequence.proceed(request)?;
            sequences.push(sequence);
            states.push(before.state.clone().filter(|_| goes_on));
        }
        self.run_from(&mut sequences, &mut states)?;
        let made = sequences.into_iter().zip(states).map(|(mut sequence, state)| {
            let made = sequence.take_made();
            (made, Stream { sequence, state })
        });
        Ok(made.collect())
    }
}
