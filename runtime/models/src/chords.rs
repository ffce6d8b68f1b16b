//! The chords model: requests in, progressions out, any mix of them in one batch.

mod draft;
mod request;
mod song;

pub use crate::vocab::chords::{Repertoire, Section};
pub use request::{ChordsRequest, Progression};
pub use song::{Judgement, Song, Sounded};

use draft::Draft;
use song::Reading;

use crate::loaded::{Loaded, model};
use crate::stream::Stream;
use crate::trouble::Trouble;
use crate::vocab::chords::VOCABULARY;

/// A progression that goes on; see [`ChordsModel::go_on`].
#[derive(Clone)]
pub struct ChordsStream(Stream<Draft>);

/// A chords model that is ready to make progressions.
pub struct ChordsModel {
    loaded: Loaded,
}

model!(ChordsModel, VOCABULARY, "chords");

impl ChordsModel {
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

    /// Makes a progression for each part, all in one batch: the next one of its stream, or the first
    /// of a new one (after the request's prime, which is not read later). A continuation costs only
    /// its new chords, unless it is in another key or meter: then the last progression is read
    /// again. Answers where each stream now stands.
    ///
    /// # Errors
    /// When a request is impossible or the network fails.
    pub fn go_on(
        &mut self,
        parts: &[(Option<&ChordsStream>, &ChordsRequest)],
    ) -> Result<Vec<(Progression, ChordsStream)>, Trouble> {
        let parts: Vec<_> = parts.iter().map(|(s, r)| (s.map(|s| &s.0), *r)).collect();
        let made = self.loaded.go_on(&parts)?;
        Ok(made.into_iter().map(|(made, stream)| (made, ChordsStream(stream))).collect())
    }

    /// How surprising the model finds each song.
    ///
    /// # Errors
    /// When a song's meter is impossible, or the network fails.
    pub fn surprise(&mut self, songs: &[Song]) -> Result<Vec<Judgement>, Trouble> {
        let mut read = songs.iter().map(Reading::new).collect::<Result<Vec<_>, _>>()?;
        self.loaded.run(&mut read)?;
        Ok(read.into_iter().map(Reading::finish).collect())
    }
}
