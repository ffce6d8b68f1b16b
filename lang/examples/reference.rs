//! Writes the reference into a folder, `docs/reference` if none is named.

use mag_lang::{Language, reference};
use std::path::PathBuf;

fn main() -> std::io::Result<()> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| "docs/reference".into());
    let folder = PathBuf::from(folder);
    std::fs::create_dir_all(&folder)?;
    for (name, text) in reference::pages(&Language::new()) {
        std::fs::write(folder.join(name), text)?;
    }
    Ok(())
}
