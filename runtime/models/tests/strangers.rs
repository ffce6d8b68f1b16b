//! Models that are broken, huge or malicious (made by `training/strangers.py`): each is refused for
//! what is wrong with it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use mag_models::check::check_within;
use mag_models::{Finding, Gravity, Runtime, check};

/// A folder with the strangers' card and one of their files; removed at the end.
struct Stranger(PathBuf);

impl Stranger {
    fn new(name: &str) -> Self {
        let made = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/strangers");
        let folder =
            std::env::temp_dir().join(format!("mag-stranger-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap_or_else(|error| panic!("{error}"));
        for (from, to) in
            [(format!("{name}.onnx"), "model.onnx"), ("model.toml".into(), "model.toml")]
        {
            let copied = std::fs::copy(made.join(from), folder.join(to));
            copied.unwrap_or_else(|error| panic!("{name}: {error}"));
        }
        Self(folder)
    }
}

impl Drop for Stranger {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).unwrap_or_default();
    }
}

fn said(findings: &[Finding]) -> String {
    findings.iter().map(|finding| format!("{finding}\n")).collect()
}

fn refused(name: &str, runtime: Option<&Runtime>, word: &str) {
    let stranger = Stranger::new(name);
    let found = check_within(&stranger.0, runtime, Duration::from_secs(20));
    let mut grave = found.iter().filter(|finding| finding.gravity == Gravity::Refused);
    assert!(grave.any(|finding| finding.to_string().contains(word)), "{name}: {}", said(&found));
}

#[test]
fn what_a_file_asks_for_is_seen_before_it_runs() {
    for (name, word) in [
        ("looping", "loop"),
        ("branching", "graph within the graph"),
        ("outside", "other files"),
        ("claiming", "1125899906842624 numbers"),
        ("growing", "asks for 1099511627776 numbers at once"),
        ("functions", "functions of its own"),
        ("chance", "RandomNormalLike"),
    ] {
        refused(name, None, word);
    }
}

#[test]
fn what_a_network_answers_is_seen_by_trying_it() {
    let Ok(runtime) = Runtime::open(&[]) else { return };
    assert_eq!(said(&check(&Stranger::new("good").0, Some(&runtime))), "");
    for (name, word) in [
        ("not-a-number", "add up to NaN"),
        ("not-probabilities", "add up to 20"),
        ("wrong-type", "should be"),
        ("wrong-shape", "should be"),
    ] {
        refused(name, Some(&runtime), word);
    }
}

#[test]
fn a_network_that_takes_too_long_is_left_behind() {
    let Ok(runtime) = Runtime::open(&[]) else { return };
    let stranger = Stranger::new("slow");
    let found = check_within(&stranger.0, Some(&runtime), Duration::from_millis(150));
    assert!(said(&found).contains("refused: the network did not make"), "{}", said(&found));
}

#[test]
fn a_file_cut_anywhere_is_refused_and_breaks_nothing() {
    let stranger = Stranger::new("good");
    let path = stranger.0.join("model.onnx");
    let whole = std::fs::read(&path).unwrap_or_default();
    for part in 1..16 {
        let cut = whole.get(..part * whole.len() / 16).unwrap_or_default();
        std::fs::write(&path, cut).unwrap_or_else(|error| panic!("{error}"));
        assert!(said(&check(&stranger.0, None)).contains("ends in the middle"), "{part}");
    }
}
