//! Explains in plain words what is wrong with a model's folder, a stranger's for instance.

mod card_text;
pub(crate) mod file;
mod graph;
mod trial;
mod wire;

use std::fmt;
use std::path::Path;
use std::time::Duration;

use crate::card::Card;
use crate::onnx::Runtime;
use crate::trouble::Trouble;
use crate::vocab::Vocabulary;

/// How long a network may take for its first steps.
const PATIENCE: Duration = Duration::from_secs(20);

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gravity {
    /// The model can be used, but this should be looked at.
    Doubtful,
    /// The model is not used.
    Refused,
}

/// One thing that is wrong with a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How grave it is.
    pub gravity: Gravity,
    /// What is wrong, and the likely fix.
    pub trouble: Trouble,
}

impl Finding {
    fn refused(what: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { gravity: Gravity::Refused, trouble: Trouble::new(what, fix) }
    }

    fn doubtful(what: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { gravity: Gravity::Doubtful, trouble: Trouble::new(what, fix) }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self.gravity {
            Gravity::Refused => "refused",
            Gravity::Doubtful => "doubtful",
        };
        write!(out, "{word}: {}", self.trouble)
    }
}

/// Examines a model's folder: its card, its licence, its file and, when ONNX Runtime is at
/// hand, the network itself, which is loaded and makes a few steps. Nothing found means that
/// the model can be played.
///
/// ```
/// use mag_models::check::check;
/// let findings = check(std::path::Path::new("no/such/folder"), None);
/// assert!(findings[0].to_string().contains("no/such/folder"));
/// ```
pub fn check(folder: &Path, runtime: Option<&Runtime>) -> Vec<Finding> {
    check_within(folder, runtime, PATIENCE)
}

/// As [`check()`], for a network that is given so much time for its first steps.
pub fn check_within(folder: &Path, runtime: Option<&Runtime>, patience: Duration) -> Vec<Finding> {
    if !folder.is_dir() {
        let what = format!("there is no folder {}", folder.display());
        return vec![Finding::refused(what, "a model is a folder with model.onnx and model.toml")];
    }
    let mut findings = card_text::examine(folder);
    if findings.iter().any(|finding| finding.gravity == Gravity::Refused) {
        return findings;
    }
    let card = match Card::read(folder) {
        Ok(card) => card,
        Err(trouble) => {
            findings.push(Finding { gravity: Gravity::Refused, trouble });
            return findings;
        }
    };
    findings.extend(origins(&card));
    let spoken = Vocabulary::of(&card);
    let mut file = file::examine(&card.network_path(folder));
    if let Some(encoder) = &card.encoder {
        file.extend(file::examine(&folder.join(&encoder.file)));
    }
    let sound = spoken.is_ok() && !file.iter().any(|f| f.gravity == Gravity::Refused);
    findings.extend(file);
    match spoken {
        Err(trouble) => findings.push(Finding { gravity: Gravity::Refused, trouble }),
        Ok(vocabulary) => {
            if let Some(runtime) = runtime.filter(|_| sound) {
                findings.extend(trial::examine(folder, &card, vocabulary, runtime, patience));
            }
        }
    }
    findings
}

/// What the card says of licences, held against each other.
fn origins(card: &Card) -> Vec<Finding> {
    let mut findings = Vec::new();
    if card.data.is_empty() {
        findings.push(Finding::doubtful(
            "the card does not say what the model was trained on",
            "add a [[data]] table for every source, with source, licence and train",
        ));
    }
    let own = card.licence.to_ascii_uppercase();
    for source in &card.data {
        let (name, licence) = (&source.source, source.licence.to_ascii_uppercase());
        let has = |word: &str| licence.split(['-', ' ']).any(|part| part == word);
        if has("NC") || has("ND") {
            findings.push(Finding::doubtful(
                format!("its data `{name}` is under {}, which forbids some uses", source.licence),
                "do not give the model away before this is settled",
            ));
        } else if (has("SA") || has("GPL")) && !own.contains(&licence) {
            findings.push(Finding::doubtful(
                format!(
                    "its data `{name}` is under {}, the model under {}",
                    source.licence, card.licence
                ),
                "share-alike data asks for the same licence on what is made from it",
            ));
        } else if licence.starts_with("CC-BY") && card.credit.trim().is_empty() {
            findings.push(Finding::doubtful(
                format!("its data `{name}` asks for credit, and the card gives none"),
                "name the authors under `credit`",
            ));
        }
    }
    findings
}
