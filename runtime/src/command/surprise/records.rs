//! Lines of records to be judged: `.jsonl`, or the same in gzip.

use flate2::read::MultiGzDecoder;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

/// The longest line that is read, in bytes.
const LONGEST: usize = 64 << 20;

/// Whether a file holds lines of records, by its name.
pub(super) fn are_in(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().to_ascii_lowercase());
    name.is_some_and(|name| name.ends_with(".jsonl") || name.ends_with(".jsonl.gz"))
}

/// What `read` makes of each line that is not empty, with its number from 1.
///
/// # Errors
/// When the file, or a line of it, cannot be read; the line is named.
pub(super) fn read<T>(
    path: &Path,
    mut read: impl FnMut(&str, usize) -> Result<T, String>,
) -> Result<Vec<T>, String> {
    let file = File::open(path).map_err(|e| format!("cannot be read: {e}"))?;
    let lines: Box<dyn BufRead> = match path.extension().is_some_and(|end| end == "gz") {
        true => Box::new(BufReader::new(MultiGzDecoder::new(file))),
        false => Box::new(BufReader::new(file)),
    };
    let mut all = Vec::new();
    for (number, line) in (1..).zip(lines.lines()) {
        let line = line.map_err(|e| format!("line {number} cannot be read: {e}"))?;
        if line.len() > LONGEST {
            return Err(format!("line {number} is longer than {LONGEST} bytes"));
        }
        if !line.trim().is_empty() {
            all.push(read(&line, number).map_err(|why| format!("line {number}: {why}"))?);
        }
    }
    Ok(all)
}

/// A record of a line. What is wrong with it is told by its column: the line is known.
pub(super) fn parse<T: serde::de::DeserializeOwned>(line: &str) -> Result<T, String> {
    serde_json::from_str(line)
        .map_err(|why| why.to_string().replace(" at line 1 column ", " at column "))
}

/// What a record is called: its id, or else its file and line.
pub(super) fn name(id: &serde_json::Value, path: &Path, number: usize) -> String {
    match id {
        serde_json::Value::String(name) => name.clone(),
        serde_json::Value::Null => format!("{}:{number}", path.display()),
        other => other.to_string(),
    }
}

/// Which model the first record of a file is for.
pub(super) fn model_for(path: &Path) -> Option<&'static str> {
    let first = std::cell::Cell::new(None);
    // The first line is enough: what comes back is an error that nobody sees.
    let _ = read(path, |line, _| {
        first.set(serde_json::from_str::<serde_json::Value>(line).ok().map(|record| kind(&record)));
        Err::<(), String>(String::new())
    });
    first.get()
}

fn kind(record: &serde_json::Value) -> &'static str {
    let has = |name: &str| record.get(name).is_some();
    let width = record.pointer("/notes/0").and_then(|note| note.as_array()).map(Vec::len);
    match width {
        Some(4) => "performance",
        Some(_) => "melody",
        None if has("hits") => "drums",
        None if has("steps") || has("S") => "chorale",
        None if has("chords") => "chords",
        None => "melody",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_tell_their_model() {
        let of = |text: &str| kind(&serde_json::from_str(text).unwrap_or_default());
        assert_eq!(of(r#"{"notes":[[0,1,60]],"chords":[[0,"C"]]}"#), "melody");
        assert_eq!(of(r#"{"chords":[[0,4,"C"]]}"#), "chords");
        assert_eq!(of(r#"{"hits":[[0,36,0.5,0]]}"#), "drums");
        assert_eq!(of(r#"{"S":[],"A":[]}"#), "chorale");
        assert_eq!(of(r#"{"notes":[[0,1,60,90]],"pedal":[]}"#), "performance");
    }
}
