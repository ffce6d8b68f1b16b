//! Files that a program names, as in `use "drums.mag"`: read below the program's own folder only.

use crate::samples::font::is_font;
use mag_lang::Files;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Component, Path, PathBuf};

/// The longest file that is read, in bytes.
const LONGEST: u64 = 4 << 20;

/// Files that a program may read, and what it has read of them.
pub trait Library: Files {
    /// The texts that were read, and the places of the folders of recordings, by the names under
    /// which the program asked for them.
    fn texts(&self) -> BTreeMap<String, String>;
}

/// The files in a folder, and which of them were read.
#[derive(Debug)]
pub struct Folder {
    root: PathBuf,
    read: RefCell<BTreeMap<String, String>>,
    /// The folders of recordings that were asked for, and where they are.
    folders: RefCell<BTreeMap<String, String>>,
}

impl Folder {
    /// The files below `root`.
    pub fn new(root: impl Into<PathBuf>) -> Folder {
        Folder { root: root.into(), read: RefCell::default(), folders: RefCell::default() }
    }

    /// The files in the folder that the program `path` lies in.
    pub fn around(path: &Path) -> Folder {
        let parent = path.parent().filter(|p| !p.as_os_str().is_empty());
        Folder::new(parent.unwrap_or(Path::new(".")))
    }

    /// The files that were read.
    pub fn paths(&self) -> Vec<PathBuf> {
        self.read.borrow().keys().map(|name| self.root.join(name)).collect()
    }
}

impl Files for Folder {
    fn read(&self, path: &str) -> Result<String, String> {
        let inside = |part: Component| matches!(part, Component::Normal(_) | Component::CurDir);
        if !Path::new(path).components().all(inside) {
            return Err("it lies outside the folder of the program".into());
        }
        let full = self.root.join(path);
        let cannot = |e: std::io::Error| match e.kind() {
            std::io::ErrorKind::NotFound => "there is no such file".into(),
            _ => e.to_string(),
        };
        // A link may lead out of the folder, and a pipe would never end.
        let place = full.canonicalize().map_err(cannot)?;
        if !self.root.canonicalize().is_ok_and(|root| place.starts_with(root)) {
            return Err("it leads out of the folder of the program".into());
        }
        let too_long = || format!("it is not a file of text of at most {LONGEST} bytes");
        if !place.is_file() {
            return Err(too_long());
        }
        let mut text = String::new();
        let file = std::fs::File::open(&place).map_err(cannot)?;
        file.take(LONGEST + 1).read_to_string(&mut text).map_err(cannot)?;
        if text.len() as u64 > LONGEST {
            return Err(too_long());
        }
        self.read.borrow_mut().insert(path.to_owned(), text.clone());
        Ok(text)
    }

    fn folder(&self, path: &str) -> Result<String, String> {
        let library = crate::samples::tree::library();
        let full = below(&self.root.join(path), &self.root, library.as_deref())?;
        let full = full.to_string_lossy().into_owned();
        self.folders.borrow_mut().insert(path.to_owned(), full.clone());
        Ok(full)
    }

    fn soundfont(&self, path: &str) -> Result<String, String> {
        let library = crate::samples::tree::library();
        // Beside the program, or else in the library.
        let beside = self.root.join(path);
        let place = match &library {
            Some(library) if !beside.exists() => library.join(path),
            _ => beside,
        };
        let full = inside(&place, &self.root, library.as_deref())?;
        if !is_font(&full) {
            return Err("expected a file whose name ends in .sf2".into());
        }
        let full = full.to_string_lossy().into_owned();
        self.folders.borrow_mut().insert(path.to_owned(), full.clone());
        Ok(full)
    }
}

/// A folder's true place, if that is below the program's folder or the performer's library.
fn below(path: &Path, root: &Path, library: Option<&Path>) -> Result<PathBuf, String> {
    let full = inside(path, root, library)?;
    if full.is_dir() { Ok(full) } else { Err("it is not a folder".into()) }
}

/// A true place, if it is below the program's folder or the performer's library.
fn inside(path: &Path, root: &Path, library: Option<&Path>) -> Result<PathBuf, String> {
    let full = path.canonicalize().map_err(|e| e.to_string())?;
    let inside = |root: &Path| root.canonicalize().is_ok_and(|root| full.starts_with(root));
    if !inside(root) && !library.is_some_and(inside) {
        return Err("it lies outside the folder of the program and your own library; \
                    `--samples FOLDER` on the command line may be anywhere"
            .into());
    }
    Ok(full)
}

impl Library for Folder {
    fn texts(&self) -> BTreeMap<String, String> {
        let mut texts = self.read.borrow().clone();
        texts.extend(self.folders.borrow().clone());
        texts
    }
}

/// Files as they were when a performance was journalled.
#[derive(Clone, Debug, Default)]
pub struct Kept(pub BTreeMap<String, String>);

impl Files for Kept {
    fn read(&self, path: &str) -> Result<String, String> {
        self.0.get(path).cloned().ok_or_else(|| format!("the journal does not have `{path}`"))
    }

    fn folder(&self, path: &str) -> Result<String, String> {
        self.read(path)
    }

    fn soundfont(&self, path: &str) -> Result<String, String> {
        self.read(path)
    }
}

impl Library for Kept {
    fn texts(&self) -> BTreeMap<String, String> {
        self.0.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_below_the_folder_are_read() {
        let folder = Folder::new(env!("CARGO_MANIFEST_DIR"));
        assert!(folder.read("Cargo.toml").is_ok());
        assert!(folder.read("./src/files.rs").is_ok());
        for outside in ["../Cargo.toml", "/etc/passwd", "src/../../Cargo.toml"] {
            assert!(folder.read(outside).is_err(), "{outside}");
        }
        assert!(folder.read("src").is_err(), "a folder is no text");
        assert_eq!(folder.paths().len(), 2);
    }
}
