//! A network with its card, opened from a folder: what every kind of model stands on.

use std::path::Path;

use ndarray::ArrayD;

use crate::card::Card;
use crate::net::{Batch, Net, State};
use crate::onnx::Runtime;
use crate::particles::{self, Particle, Swarm};
use crate::sequence::{self, Sequence};
use crate::trouble::Trouble;
use crate::vocab::Vocabulary;

/// A network that speaks one vocabulary.
pub(crate) struct Loaded {
    net: Box<dyn Net>,
    vocabulary: &'static Vocabulary,
    /// The card, unless the network did not come from a folder.
    pub card: Option<Card>,
    /// What the performer should know about how the model runs.
    pub notice: Option<String>,
}

impl Loaded {
    /// Opens a folder whose card is of this vocabulary, on a device.
    pub fn open(
        folder: &Path,
        runtime: &Runtime,
        device: &str,
        vocabulary: &'static Vocabulary,
    ) -> Result<Self, Trouble> {
        let card = Card::read(folder)?;
        vocabulary.fits(&card)?;
        let (net, notice) = runtime.network(folder, &card, device)?;
        Ok(Self { net: runtime.guard(net), vocabulary, card: Some(card), notice })
    }

    /// Any network.
    pub fn with_net(net: Box<dyn Net>, vocabulary: &'static Vocabulary) -> Self {
        Self { net, vocabulary, card: None, notice: None }
    }

    /// Steps all sequences until each has ended.
    pub fn run<S: Sequence>(&mut self, sequences: &mut [S]) -> Result<(), Trouble> {
        sequence::run(self.net.as_mut(), self.vocabulary, sequences)
    }

    /// Steps all candidates of all phrases until each has ended.
    pub fn run_swarms<P: Particle>(&mut self, swarms: &mut [Swarm<P>]) -> Result<(), Trouble> {
        particles::run(self.net.as_mut(), self.vocabulary, swarms)
    }
}

impl Loaded {
    /// What a network without states answers to a batch, one array per head.
    pub fn ask(&mut self, batch: Batch) -> Result<Vec<ArrayD<f32>>, Trouble> {
        let rows = batch.columns.nrows();
        let state = self.net.initial(rows);
        let step = self.net.step(batch, state)?;
        let heads: Vec<_> = step.heads.iter().map(|head| head.view()).collect();
        sequence::answers(self.vocabulary, &heads, rows)?;
        Ok(step.heads)
    }

    /// Steps all sequences from where they stand; see [`sequence::run_from`].
    pub fn run_from<S: Sequence>(
        &mut self,
        sequences: &mut [S],
        states: &mut [Option<State>],
    ) -> Result<(), Trouble> {
        sequence::run_from(self.net.as_mut(), self.vocabulary, sequences, states)
    }
}

/// How a kind of model is opened, and what is known of it: the same for all that stand on one network.
macro_rules! model {
    ($model:ident, $vocabulary:expr, $name:literal $(, $field:ident: $value:expr)*) => {
        impl $model {
            #[doc = concat!("Opens the folder of a ", $name, " model on a device (`cpu` if in doubt); see")]
            /// [`Runtime::network`](crate::Runtime::network).
            ///
            /// # Errors
            /// When the folder holds no such model that this version can run.
            pub fn open(
                folder: &std::path::Path,
                runtime: &crate::Runtime,
                device: &str,
            ) -> Result<Self, Trouble> {
                let loaded = Loaded::open(folder, runtime, device, &$vocabulary)?;
                Ok(Self { loaded $(, $field: $value)* })
            }

            /// A model around any network, for tests.
            pub fn with_net(net: Box<dyn crate::Net>) -> Self {
                Self { loaded: Loaded::with_net(net, &$vocabulary) $(, $field: $value)* }
            }

            /// The model's card, unless it was made with `with_net`.
            pub fn card(&self) -> Option<&crate::Card> {
                self.loaded.card.as_ref()
            }

            /// What the performer should know about how the model runs: a device that was not usable.
            pub fn notice(&self) -> Option<&str> {
                self.loaded.notice.as_deref()
            }
        }
    };
}

pub(crate) use model;

/// Opens a model of any vocabulary on a device, to see whether it runs there; tells what the
/// performer should know about how it runs.
///
/// # Errors
/// When this version cannot run it.
pub fn try_out(folder: &Path, runtime: &Runtime, device: &str) -> Result<Option<String>, Trouble> {
    let card = Card::read(folder)?;
    let vocabulary = Vocabulary::of(&card)?;
    Ok(Loaded::open(folder, runtime, device, vocabulary)?.notice)
}
