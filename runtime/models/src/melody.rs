//! The melody model: requests in, phrases out, any mix of them in one batch.

mod draft;
mod legal;
mod reading;
mod request;

use std::path::Path;

use ndarray::{Array2, ArrayD, Axis, Ix2, Ix3};

pub use request::{Melody, MelodyRequest, Mode, Surprise};

use draft::Draft;
use reading::Reading;

use crate::card::Card;
use crate::net::{Batch, Net, Step};
use crate::onnx::Runtime;
use crate::phrase::Phrase;
use crate::trouble::Trouble;
use crate::vocab::melody::{COLUMNS, DURATIONS, REALS, Row, TOKENS};

/// A melody model that is ready to make phrases.
pub struct MelodyModel {
    net: Box<dyn Net>,
    card: Option<Card>,
    notice: Option<String>,
}

/// Log-probabilities of one step for one sequence.
pub(crate) struct Expectation {
    tokens: Vec<f32>,
    durations: Array2<f32>,
}

impl Expectation {
    /// How surprising a token with its duration is, in nats.
    fn nats(&self, token: u8, duration: u8) -> f64 {
        let (token, duration) = (usize::from(token), usize::from(duration));
        let token_p = self.tokens.get(token).copied().unwrap_or(f32::NAN);
        let duration_p = self.durations.get([token, duration]).copied().unwrap_or(f32::NAN);
        -f64::from(token_p) - f64::from(duration_p)
    }
}

impl MelodyModel {
    /// Opens a model's folder on a device (`cpu` if in doubt); see [`Runtime::network`].
    ///
    /// # Errors
    /// When the folder holds no melody model that this version can run.
    pub fn open(folder: &Path, runtime: &Runtime, device: &str) -> Result<Self, Trouble> {
        let card = Card::read(folder)?;
        speaks_melody(&card)?;
        let (net, notice) = runtime.network(folder, &card, device)?;
        Ok(Self { net: Box::new(net), card: Some(card), notice })
    }

    /// A melody model around any network, for tests.
    pub fn with_net(net: Box<dyn Net>) -> Self {
        Self { net, card: None, notice: None }
    }

    /// The model's card, unless it was made with [`MelodyModel::with_net`].
    pub fn card(&self) -> Option<&Card> {
        self.card.as_ref()
    }

    /// What the performer should know about how the model runs: a device that was not usable.
    pub fn notice(&self) -> Option<&str> {
        self.notice.as_deref()
    }

    /// Makes a phrase for every request, all in one batch. A phrase depends on its own request
    /// only: the same seed gives the same phrase, whatever else is asked for.
    ///
    /// # Errors
    /// When a request is impossible or the network fails.
    pub fn generate(&mut self, requests: &[MelodyRequest]) -> Result<Vec<Phrase>, Trouble> {
        let mut drafts = requests.iter().map(Draft::new).collect::<Result<Vec<_>, _>>()?;
        self.run(&mut drafts)?;
        Ok(drafts.into_iter().map(Draft::finish).collect())
    }

    /// How surprising the model finds each melody, note by note.
    ///
    /// # Errors
    /// When a melody's conditions are impossible or the network fails.
    pub fn surprise(&mut self, melodies: &[Melody]) -> Result<Vec<Surprise>, Trouble> {
        let mut readings = melodies.iter().map(Reading::new).collect::<Result<Vec<_>, _>>()?;
        self.run(&mut readings)?;
        Ok(readings.into_iter().map(Reading::finish).collect())
    }

    /// Steps all sequences until each has ended; those that have leave the batch.
    fn run<S: Sequence>(&mut self, sequences: &mut [S]) -> Result<(), Trouble> {
        let mut state = self.net.initial(sequences.len());
        let mut active: Vec<usize> = (0..sequences.len()).collect();
        loop {
            let going: Vec<usize> =
                (0..active.len()).filter(|&i| !sequences[active[i]].ended()).collect();
            if going.is_empty() {
                return Ok(());
            }
            if going.len() < active.len() {
                state = state.select(&going);
                active = going.into_iter().map(|i| active[i]).collect();
            }
            let step = self.net.step(batch(sequences, &active), state)?;
            for (&index, expectation) in active.iter().zip(expectations(&step)?) {
                sequences[index].take(&expectation);
            }
            state = step.state;
        }
    }
}

/// Something that the network reads or writes event by event.
trait Sequence {
    /// Whether no further step is needed.
    fn ended(&self) -> bool;
    /// What the network reads for the next event.
    fn row(&self) -> Row;
    /// Takes what the network expects of the next event, and goes past that event.
    fn take(&mut self, expectation: &Expectation);
}

fn batch<S: Sequence>(sequences: &[S], active: &[usize]) -> Batch {
    let mut columns = Array2::zeros((active.len(), COLUMNS.len()));
    let mut reals = Array2::zeros((active.len(), REALS));
    for (at, &index) in active.iter().enumerate() {
        let row = sequences[index].row();
        columns.row_mut(at).iter_mut().zip(row.columns).for_each(|(to, from)| *to = from);
        reals.row_mut(at).iter_mut().zip(row.reals).for_each(|(to, from)| *to = from);
    }
    Batch { columns, reals }
}

/// The step's two heads, row by row.
fn expectations(step: &Step) -> Result<Vec<Expectation>, Trouble> {
    let refuse =
        || Trouble::new("a melody network has heads for token and duration", "see its card");
    let [tokens, durations]: &[ArrayD<f32>; 2] =
        step.heads.as_slice().try_into().map_err(|_| refuse())?;
    let tokens = tokens.view().into_dimensionality::<Ix2>().map_err(|_| refuse())?;
    let durations = durations.view().into_dimensionality::<Ix3>().map_err(|_| refuse())?;
    let row = |i: usize| Expectation {
        tokens: tokens.row(i).to_vec(),
        durations: durations.index_axis(Axis(0), i).to_owned(),
    };
    Ok((0..tokens.nrows().min(durations.dim().0)).map(row).collect())
}

/// Holds a card against the melody vocabulary.
fn speaks_melody(card: &Card) -> Result<(), Trouble> {
    let refuse = |what: String| {
        let fix = "a melody model is made by training/train_melody.py and export_melody.py";
        Err(Trouble::new(format!("the model `{}`: {what}", card.name), fix))
    };
    if card.vocabulary != "melody" {
        return refuse(format!("expected the vocabulary `melody`, found `{}`", card.vocabulary));
    }
    let listed = &card.inputs.columns;
    for (i, (name, size)) in COLUMNS.into_iter().enumerate() {
        match listed.get(i) {
            Some(column) if column.name == name && column.size == size => {}
            Some(column) => {
                let (n, s) = (&column.name, column.size);
                return refuse(format!(
                    "input column {i} should be `{name}` ({size}), found `{n}` ({s})"
                ));
            }
            None => return refuse(format!("the input column `{name}` is missing")),
        }
    }
    let shapes: Vec<&[usize]> = card.network.heads.iter().map(|h| h.shape.as_slice()).collect();
    if listed.len() != COLUMNS.len()
        || card.network.real_width != REALS
        || shapes != [[TOKENS].as_slice(), [TOKENS, DURATIONS.len()].as_slice()]
    {
        return refuse("its inputs or heads are not those of the melody vocabulary".to_string());
    }
    Ok(())
}
