//! What is said of models that are incomplete, wrong, or malicious.

use std::path::{Path, PathBuf};

use mag_models::{Finding, Gravity, Runtime, check, try_out};

fn stdlib(model: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../stdlib/models").join(model)
}

/// A copy of the drums model that a test may spoil; removed at the end.
struct Copy(PathBuf);

impl Copy {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("mag-check-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap_or_else(|error| panic!("{error}"));
        for file in ["model.onnx", "model.toml"] {
            let copied = std::fs::copy(stdlib("drums").join(file), folder.join(file));
            copied.unwrap_or_else(|error| panic!("{error}"));
        }
        Self(folder)
    }

    fn card(&self, from: &str, to: &str) -> String {
        let text = std::fs::read_to_string(stdlib("drums").join("model.toml")).unwrap_or_default();
        assert!(text.contains(from), "the card has no {from}");
        self.write("model.toml", text.replacen(from, to, 1).as_bytes())
    }

    /// Writes a file and tells what is found then, one finding a line.
    fn write(&self, file: &str, bytes: &[u8]) -> String {
        std::fs::write(self.0.join(file), bytes).unwrap_or_else(|error| panic!("{error}"));
        said(&check(&self.0, None))
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).unwrap_or_default();
    }
}

fn said(findings: &[Finding]) -> String {
    findings.iter().map(|finding| format!("{finding}\n")).collect()
}

#[test]
fn our_own_models_are_sound() {
    let runtime = Runtime::open(&[]).ok();
    assert!(runtime.is_some() || std::env::var_os("MAG_REQUIRE_ORT").is_none());
    let folders = std::fs::read_dir(stdlib("")).unwrap_or_else(|error| panic!("{error}"));
    for folder in folders.flatten().filter(|entry| entry.path().join("model.toml").exists()) {
        assert_eq!(said(&check(&folder.path(), runtime.as_ref())), "", "{:?}", folder.path());
        let Some(runtime) = &runtime else { continue };
        assert_eq!(try_out(&folder.path(), runtime, "cpu"), Ok(None));
        let replaced = try_out(&folder.path(), runtime, "abacus");
        assert!(replaced.is_ok_and(|notice| notice.is_some_and(|n| n.contains("abacus"))));
    }
}

#[test]
fn every_gap_in_a_card_is_named_at_once() {
    let copy = Copy::new("gaps");
    let found = copy.write("model.toml", b"name = \"x\"\nlicence = \" \"\n");
    for key in ["version", "summary", "vocabulary", "licence", "file", "network", "training"] {
        assert!(found.contains(&format!("`{key}`")), "{key} in {found}");
    }
    assert!(!found.contains("`name`"), "{found}");
    assert!(copy.write("model.toml", b"name = ").contains("line 1"));
    assert!(copy.write("model.toml", &[0xff; 10]).contains("cannot be read"));
    assert!(copy.write("model.toml", &vec![b' '; 2 << 20]).contains("bytes"));
    std::fs::remove_file(copy.0.join("model.toml")).unwrap_or_default();
    assert!(said(&check(&copy.0, None)).contains("no card"));
    assert!(said(&check(&copy.0.join("none"), None)).contains("no folder"));
}

#[test]
fn cards_that_do_not_fit_their_vocabulary_are_refused() {
    let copy = Copy::new("cards");
    let drums = "vocabulary = \"drums\"";
    assert!(copy.card(drums, "vocabulary = \"polka\"").contains("vocabularies are melody"));
    assert!(copy.card(drums, "vocabulary = \"melody\"").contains("`token`"));
    assert!(copy.card("\"position\", size = 32", "\"position\", size = 33").contains("(33)"));
    assert!(copy.card("shape = [512]", "shape = [511]").contains("511"));
    assert!(copy.card("real_width = 94", "real_width = 95").contains("95"));
    assert!(copy.card("file = \"model.onnx\"", "file = \"/etc/passwd\"").contains("/etc/passwd"));
}

#[test]
fn licences_are_held_against_each_other() {
    let copy = Copy::new("licences");
    let data = "licence = \"CC-BY-4.0\"";
    for (licence, word) in [("CC-BY-NC-4.0", "forbids"), ("CC-BY-SA-4.0", "share-alike")] {
        let found = copy.card(data, &format!("licence = \"{licence}\""));
        assert!(found.starts_with("doubtful") && found.contains(word), "{found}");
    }
    assert!(copy.card("credit = \"", "credit = \"\" # ").contains("asks for credit"));
}

#[test]
fn files_that_are_no_networks_or_reach_out_are_refused() {
    let copy = Copy::new("files");
    assert!(copy.write("model.onnx", b"").contains("empty"));
    assert!(copy.write("model.onnx", b"not a network").contains("not an ONNX file"));
    let original = std::fs::read(stdlib("drums").join("model.onnx")).unwrap_or_default();
    for (bytes, word) in
        [(&b"\x0a\x08location\x12\x0b/etc/passwd"[..], "other files"), (b"\x22\x04Loop", "loop")]
    {
        let mut spoilt = original.clone();
        spoilt.extend_from_slice(bytes);
        assert!(copy.write("model.onnx", &spoilt).contains(word), "{word}");
    }
    std::fs::remove_file(copy.0.join("model.onnx")).unwrap_or_default();
    assert!(said(&check(&copy.0, None)).contains("no file"));
}

#[test]
fn networks_that_are_not_those_of_their_card_are_refused() {
    let Ok(runtime) = Runtime::open(&[]) else { return };
    let copy = Copy::new("networks");
    let original = std::fs::read(stdlib("drums").join("model.onnx")).unwrap_or_default();
    let cut = original.get(..original.len() / 2).unwrap_or_default();
    let melody = std::fs::read(stdlib("melody").join("model.onnx")).unwrap_or_default();
    for bytes in [cut, &melody] {
        copy.write("model.onnx", bytes);
        let found = check(&copy.0, Some(&runtime));
        assert!(found.iter().any(|f| f.gravity == Gravity::Refused), "{}", said(&found));
    }
}
