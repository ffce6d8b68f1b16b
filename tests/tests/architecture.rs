//! The shape that `ARCHITECTURE.md` promises: arrows between crates, libraries named in one place,
//! files that a reader can hold in their head.
#![allow(clippy::expect_used)]

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn manifest(folder: &str) -> toml::Table {
    let path = root().join(folder).join("Cargo.toml");
    let text = fs::read_to_string(&path).expect("a manifest");
    text.parse().expect("valid TOML")
}

/// The project's own crates that a crate depends on.
fn arrows(folder: &str) -> Vec<String> {
    let manifest = manifest(folder);
    let table = manifest.get("dependencies").and_then(toml::Value::as_table);
    let mut names: Vec<String> = table
        .into_iter()
        .flat_map(|t| t.keys())
        .filter(|name| name.starts_with("mag"))
        .cloned()
        .collect();
    names.sort();
    names
}

#[test]
fn crates_point_one_way() {
    let allowed: [(&str, &[&str]); 6] = [
        ("lang/pattern", &[]),
        ("lang/graph", &[]),
        ("runtime/engine", &["mag-graph"]),
        ("lang", &["mag-graph", "mag-pattern"]),
        ("runtime/models", &["mag-pattern"]),
        ("runtime", &["mag-engine", "mag-graph", "mag-lang", "mag-models", "mag-pattern"]),
    ];
    for (folder, may) in allowed {
        for arrow in arrows(folder) {
            assert!(may.contains(&arrow.as_str()), "{folder} must not depend on {arrow}");
        }
    }
}

/// All Rust files below a folder.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

fn all_sources() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for folder in [
        "lang/src",
        "lang/graph/src",
        "lang/pattern/src",
        "runtime/src",
        "runtime/engine/src",
        "runtime/models/src",
    ] {
        sources(&root().join(folder), &mut found);
    }
    found
}

/// Whether a line names a library's path, as a word of its own.
fn names(line: &str, library: &str) -> bool {
    let path = format!("{library}::");
    line.match_indices(&path)
        .any(|(at, _)| !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':'))
}

#[test]
fn each_library_is_named_in_one_place() {
    let places: [(&str, &[&str]); 7] = [
        ("chumsky", &["lang/src/syntax"]),
        ("ariadne", &["lang/src/report"]),
        ("ort", &["runtime/models/src/onnx"]),
        ("rodio", &["runtime/src/device"]),
        ("nannou_osc", &["runtime/src/output/osc", "runtime/src/input/osc"]),
        ("rustyline", &["runtime/src/repl"]),
        ("notify", &["runtime/src/watch"]),
    ];
    let root = root();
    for path in all_sources() {
        let text = fs::read_to_string(&path).expect("a source");
        let name = path.strip_prefix(&root).expect("below the root").to_string_lossy().to_string();
        for (library, homes) in places {
            let used = text
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"))
                .any(|line| names(line, library));
            let home = homes.iter().any(|home| name.starts_with(home));
            assert!(!used || home, "{name} uses {library}, which belongs into {homes:?}");
        }
    }
}

#[test]
fn every_file_says_what_it_is_and_stays_small() {
    for path in all_sources() {
        let text = fs::read_to_string(&path).expect("a source");
        let name = path.display();
        assert!(text.starts_with("//! "), "{name} opens with one sentence on what it is");
        assert!(text.lines().count() <= 800, "{name} has grown into more than one idea");
    }
}
