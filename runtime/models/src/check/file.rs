//! What can be said of a network's file without running it.

use std::path::Path;

use super::{Finding, graph};

/// Network files above this size (bytes) are refused.
pub(crate) const LARGEST: u64 = 256 << 20;
/// Files above this size are too slow to load while playing.
const LARGE: u64 = 64 << 20;
const EXPORT: &str = "export it again with its training script, or restore the file";

/// Pieces of a network's file that are refused: their bytes, and what they are.
const UNWANTED: [(&[u8], &str, &str); 3] = [
    (
        b"\x0a\x08location\x12",
        "its weights lie in other files, which a model may not read",
        "export it with its weights inside of model.onnx",
    ),
    (b"\x22\x04Loop", "it contains a loop, which might never end", "export one step without loops"),
    (b"\x22\x04Scan", "it contains a scan, which might never end", "export one step without scans"),
];

/// Findings about a network's file.
pub(super) fn examine(path: &Path) -> Vec<Finding> {
    let shown = path.display();
    let size = match std::fs::metadata(path) {
        Err(error) => {
            return vec![Finding::refused(format!("there is no file {shown}: {error}"), EXPORT)];
        }
        Ok(found) if !found.is_file() => {
            return vec![Finding::refused(format!("{shown} is not a file"), EXPORT)];
        }
        Ok(found) => found.len(),
    };
    if let Err(what) = fits(size) {
        let fix = "export a smaller network, or 16-bit weights";
        return vec![Finding::refused(format!("{shown}: {what}"), fix)];
    }
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) => return vec![Finding::refused(format!("{shown}: {error}"), EXPORT)],
    };
    let mut findings: Vec<Finding> = unwanted(&bytes)
        .into_iter()
        .map(|(what, fix)| Finding::refused(format!("{shown}: {what}"), fix))
        .collect();
    // The first field of the file is the version of its format, a small number.
    if !matches!(bytes.as_slice(), [0x08, 1..=127, ..]) {
        findings.push(Finding::refused(format!("{shown} is not an ONNX file"), EXPORT));
    }
    if size > LARGE {
        findings.push(Finding::doubtful(
            format!("{shown} has {} MB; models for playing have less than 60", size >> 20),
            "train a smaller network, or export 16-bit weights",
        ));
    }
    findings
}

/// Refuses files of a size that no model here has.
pub(crate) fn fits(size: u64) -> Result<(), String> {
    match size {
        0 => Err("the file is empty".to_string()),
        size if size > LARGEST => {
            Err(format!("{size} bytes, more than the {LARGEST} that are allowed"))
        }
        _ => Ok(()),
    }
}

/// What a network's file contains that is refused, with the fix: by its graph, and by pieces that
/// stand anywhere in it.
pub(crate) fn unwanted(bytes: &[u8]) -> Vec<(String, &'static str)> {
    let mut all = graph::unwanted(bytes);
    let found = |piece: &[u8]| bytes.windows(piece.len()).any(|window| window == piece);
    for (piece, what, fix) in UNWANTED {
        if all.iter().all(|(said, _)| said != what) && found(piece) {
            all.push((what.to_string(), fix));
        }
    }
    all
}
