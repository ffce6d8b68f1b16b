//! What tests of the shipped models share.

use std::path::{Path, PathBuf};

use mag_models::Runtime;

/// ONNX Runtime, or nothing where there is none and none is required.
pub fn runtime() -> Option<Runtime> {
    match Runtime::open(&[]) {
        Ok(runtime) => Some(runtime),
        Err(trouble) if std::env::var_os("MAG_REQUIRE_ORT").is_some() => panic!("{trouble}"),
        Err(trouble) => {
            eprintln!("skipped: {trouble}");
            None
        }
    }
}

/// The folder of a shipped model.
pub fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../stdlib/models").join(name)
}
