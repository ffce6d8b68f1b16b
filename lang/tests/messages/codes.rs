//! Every kind of problem that the sources name has a snapshot.
#![allow(clippy::expect_used)]

use super::{Folder, cases, problems, syntax_cases};
use mag_lang::{Language, Mode, Source};
use std::collections::BTreeSet;
use std::path::Path;

/// Kinds that no text of a test can show: a source of 16 MB, and a command that is listed but not
/// known.
const UNSHOWN: [&str; 2] = ["file-size", "unknown-command"];

/// Adds the kinds of problems that the sources under a folder name.
fn named(folder: &Path, codes: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            named(&path, codes);
        } else if path.extension().is_some_and(|e| e == "rs") {
            let text = std::fs::read_to_string(&path).expect("a source");
            for call in ["error(", "warning(", "problem(", "fault("] {
                for (at, _) in text.match_indices(call) {
                    let rest = text[at + call.len()..].trim_start();
                    let Some(literal) = rest.strip_prefix('"') else { continue };
                    let Some((code, _)) = literal.split_once('"') else { continue };
                    if code.chars().all(|c| c.is_ascii_lowercase() || c == '-') {
                        codes.insert(code.to_string());
                    }
                }
            }
        }
    }
}

#[test]
fn every_kind_of_problem_has_a_snapshot() {
    let mut wanted = BTreeSet::new();
    named(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut wanted);
    assert!(wanted.len() > 40, "the sources name few kinds: {wanted:?}");
    let language = Language::new();
    let mut shown: BTreeSet<String> = BTreeSet::new();
    let all = cases::CASES.iter().chain(syntax_cases::CASES).map(|(_, text)| (*text).to_string());
    for text in all.chain(cases::too_much().into_iter().map(|(_, text)| text)) {
        shown.extend(problems(&language, &text).iter().map(|p| p.code.to_string()));
    }
    let source = Source::new(0, "set.mag", "kick: s \"bd\"");
    let found = language.expression(&language.empty(), &source).expect_err("a problem");
    shown.extend(found.iter().map(|p| p.code.to_string()));
    let block = Source::new(0, "prompt", "mute hats");
    let found = language.evaluate(&language.empty(), &block, Mode::Block, &Folder);
    shown.extend(found.expect_err("a problem").iter().map(|p| p.code.to_string()));
    shown.extend(UNSHOWN.map(String::from));
    let missing: Vec<&String> = wanted.difference(&shown).collect();
    assert!(missing.is_empty(), "no snapshot shows {missing:?}");
}
