//! Whether a card is there, is TOML, and says all that it must: every gap at once.

use std::path::Path;

use super::Finding;

/// Cards above this size (bytes) are refused.
const LARGEST: u64 = 1 << 20;

/// What a card must say at its top level, and what for.
const NEEDED: [(&str, &str); 9] = [
    ("name", "its name in programs, as in name = \"melody\""),
    ("version", "its own version, as in version = \"1.0.0\""),
    ("summary", "one sentence for the list of models"),
    ("vocabulary", "which kind of model it is, as in vocabulary = \"melody\""),
    ("licence", "the licence of the weights, as in licence = \"CC0-1.0\""),
    ("file", "the network's file, as in file = \"model.onnx\""),
    ("network", "a table [network] with the names and shapes of inputs and outputs"),
    ("inputs", "a table [inputs] with the columns that the network reads"),
    ("training", "a table [training] with the command and seed that made the model"),
];

/// Findings about the text of the card in a folder.
pub(super) fn examine(folder: &Path) -> Vec<Finding> {
    let path = folder.join("model.toml");
    let shown = path.display();
    let fix = "compare with the card of the melody model in stdlib/models/melody";
    let size = match std::fs::metadata(&path) {
        Err(_) => {
            let what = format!("there is no card {shown}");
            return vec![Finding::refused(
                what,
                "write a model.toml; training/README.md tells how",
            )];
        }
        Ok(found) => found.len(),
    };
    if size > LARGEST {
        let what = format!("the card {shown} has {size} bytes; cards have a few thousand");
        return vec![Finding::refused(what, fix)];
    }
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) => {
            return vec![Finding::refused(
                format!("the card {shown} cannot be read: {error}"),
                fix,
            )];
        }
    };
    // A card that is not TOML at all is explained, with its line, where it is read.
    let Ok(card) = text.parse::<toml::Table>() else { return Vec::new() };
    let mut findings = Vec::new();
    for (key, purpose) in NEEDED {
        let empty = |value: &toml::Value| value.as_str().is_some_and(|s| s.trim().is_empty());
        if card.get(key).is_none_or(empty) {
            let what = format!("the card does not say `{key}`");
            findings.push(Finding::refused(what, format!("add {purpose}")));
        }
    }
    findings
}
