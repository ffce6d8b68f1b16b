//! Without a usable ONNX Runtime there is a clear message, never a panic. The library is
//! chosen once per process, so each case runs this test again as a process of its own.

use std::process::Command;

use mag_models::Runtime;

const ROLE: &str = "MAG_TEST_WITHOUT_ORT";

#[test]
fn a_library_that_does_not_load_is_a_trouble() {
    if let Ok(word) = std::env::var(ROLE) {
        let said = Runtime::open(&[]).err().map(|t| t.to_string()).unwrap_or_default();
        assert!(said.contains(&word) && said.contains("pip install onnxruntime"), "`{said}`");
        let again = Runtime::open(&[]).err().map(|t| t.to_string()).unwrap_or_default();
        assert_eq!(again, said, "a second attempt says the same");
        return;
    }
    let absent = "/nowhere/libonnxruntime.so";
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    for (path, word) in [(absent, "is not a file"), (manifest, "did not load:")] {
        let program = std::env::current_exe().unwrap_or_else(|error| panic!("{error}"));
        let child = Command::new(program).env(ROLE, word).env("ORT_DYLIB_PATH", path).output();
        let child = child.unwrap_or_else(|error| panic!("{error}"));
        assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stdout));
    }
}
