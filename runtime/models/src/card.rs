//! The model card, `model.toml`: what a model is, reads, writes, and where it comes from.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::Trouble;

/// Everything that is known of a model without running it.
#[derive(Debug, Clone, Deserialize)]
pub struct Card {
    /// Its name in programs.
    pub name: String,
    /// Its own version.
    pub version: String,
    /// One sentence for a list of models.
    pub summary: String,
    /// Which vocabulary reads and writes its tokens.
    pub vocabulary: String,
    /// Licence of the weights.
    pub licence: String,
    /// Credit that the data's licences ask for.
    #[serde(default)]
    pub credit: String,
    /// The network's file beside the card.
    pub file: String,
    /// Names and shapes of the network's inputs and outputs.
    pub network: Network,
    /// What the network reads before each step.
    pub inputs: Inputs,
    /// The other half of an autoencoder.
    #[serde(default)]
    pub encoder: Option<EncoderCard>,
    /// Where the points of an autoencoder must go to have more of something, by its name.
    #[serde(default)]
    pub directions: BTreeMap<String, Vec<f32>>,
    /// How it was trained.
    pub training: Training,
    /// Figures on held-out data, by name.
    #[serde(default)]
    pub test: BTreeMap<String, f64>,
    /// What it was trained on.
    #[serde(default)]
    pub data: Vec<Source>,
}

/// Names and shapes of a network's inputs and outputs.
#[derive(Debug, Clone, Deserialize)]
pub struct Network {
    /// Input of integers, rows x columns.
    pub columns: String,
    /// Input of real numbers, rows x `real_width`.
    pub reals: String,
    /// Width of the real input.
    pub real_width: usize,
    /// Outputs with log-probabilities.
    pub heads: Vec<Head>,
    /// What is carried from step to step.
    pub states: Vec<StateCard>,
    /// Whether one row by itself is answered to the bit as among others.
    #[serde(default)]
    pub alone: bool,
}

/// The network that reads windows: integers (rows x (`steps` + 1), the last one the length of a
/// bar) to the mean and the deviation of a point (rows x `width` each).
#[derive(Debug, Clone, Deserialize)]
pub struct EncoderCard {
    /// Its file beside the card.
    pub file: String,
    /// Input of integers.
    pub columns: String,
    /// The most steps of a window.
    pub steps: usize,
    /// Output with the means.
    pub mean: String,
    /// Output with the deviations.
    pub deviation: String,
    /// Width of a point.
    pub width: usize,
}

/// An output with log-probabilities, rows x `shape`.
#[derive(Debug, Clone, Deserialize)]
pub struct Head {
    /// Name in the graph.
    pub name: String,
    /// Shape of one row.
    pub shape: Vec<usize>,
}

/// A state that a step reads and writes, layers x rows x width.
#[derive(Debug, Clone, Deserialize)]
pub struct StateCard {
    /// Name of the input.
    pub input: String,
    /// Name of the output that becomes the input of the next step.
    pub output: String,
    /// Layers.
    pub layers: usize,
    /// Width of one layer.
    pub width: usize,
}

/// What the network reads before each step.
#[derive(Debug, Clone, Deserialize)]
pub struct Inputs {
    /// The integer columns, in order.
    pub columns: Vec<Column>,
}

/// One integer column.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Column {
    /// What it holds.
    pub name: String,
    /// Values are 0 up to, not including, this.
    pub size: i64,
}

/// How a model was trained.
#[derive(Debug, Clone, Deserialize)]
pub struct Training {
    /// The command that made it.
    pub command: String,
    /// The seed of that command.
    pub seed: i64,
}

/// A source of training data.
#[derive(Debug, Clone, Deserialize)]
pub struct Source {
    /// Its name.
    pub source: String,
    /// Its licence.
    pub licence: String,
    /// Records that were trained on.
    pub train: u32,
}

impl Card {
    /// Reads `model.toml` in a folder.
    ///
    /// # Errors
    /// When there is no card, it is not TOML, or something is missing or impossible in it.
    pub fn read(folder: &Path) -> Result<Self, Trouble> {
        let path = folder.join("model.toml");
        let text = std::fs::read_to_string(&path).map_err(|error| {
            Trouble::new(
                format!("the model card {} cannot be read: {error}", path.display()),
                "a model is a folder with model.onnx and model.toml",
            )
        })?;
        Self::parse(&text).map_err(|mut trouble| {
            trouble.what = format!("{}: {}", path.display(), trouble.what);
            trouble
        })
    }

    /// Reads a card from its text.
    ///
    /// # Errors
    /// When it is not TOML, or something is missing or impossible in it.
    pub fn parse(text: &str) -> Result<Self, Trouble> {
        let card: Self = toml::from_str(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start.min(text.len()));
            let line = text.as_bytes()[..at].iter().filter(|&&b| b == b'\n').count() + 1;
            Trouble::new(
                format!("line {line}: {}", error.message()),
                "compare with the card of the melody model in stdlib/models/melody",
            )
        })?;
        card.checked()
    }

    /// Where the network's file is, in the folder of the card.
    pub fn network_path(&self, folder: &Path) -> PathBuf {
        folder.join(&self.file)
    }

    fn checked(self) -> Result<Self, Trouble> {
        let refuse = |what: String, fix: &str| Err(Trouble::new(what, fix));
        for file in [Some(&self.file), self.encoder.as_ref().map(|e| &e.file)].into_iter().flatten()
        {
            if Path::new(file).components().count() != 1 || file.starts_with('.') {
                let what = format!("`file` should name a file beside the card, found `{file}`");
                return refuse(what, "write file = \"model.onnx\"");
            }
        }
        if self.network.heads.is_empty() || self.inputs.columns.is_empty() {
            let what = "a network needs at least one head and one input column".to_string();
            return refuse(what, "list them under [network] and [inputs]");
        }
        let numbers = self.network.states.iter().flat_map(|s| [s.layers, s.width]);
        let shapes = self.network.heads.iter().flat_map(|h| h.shape.iter().copied());
        let encoder = self.encoder.iter().flat_map(|e| [e.steps, e.width]);
        let numbers = numbers.chain(encoder);
        let mut sizes = numbers.chain(shapes).chain([self.network.real_width.max(1)]);
        if let Some(size) = sizes.find(|&size| size == 0 || size > 1 << 20) {
            let what = format!("a size of {size} is out of range (expected 1 to 1048576)");
            return refuse(what, "sizes are those of the exported graph");
        }
        Ok(self)
    }
}
