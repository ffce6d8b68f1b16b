//! A folder for one test, gone with it, however the test ends.

use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// Tells apart folders of the same name in one process.
static MADE: AtomicUsize = AtomicUsize::new(0);

/// A folder of its own in the system's folder for temporary files; removed when dropped.
pub struct Scratch(PathBuf);

impl Scratch {
    /// An empty folder that has `name` in its own.
    pub fn new(name: &str) -> std::io::Result<Scratch> {
        let (process, made) = (std::process::id(), MADE.fetch_add(1, Relaxed));
        let folder = std::env::temp_dir().join(format!("mag-{name}-{process}-{made}"));
        // (what a process of the same number left)
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder)?;
        Ok(Scratch(folder))
    }
}

impl Deref for Scratch {
    type Target = Path;

    fn deref(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
