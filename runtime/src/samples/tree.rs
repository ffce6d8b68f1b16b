//! Which sounds the sample folders hold: a folder is a sound, and its files in order are its
//! variants.

use super::font::{self, Font, Fonts, Preset, is_font};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Files that are taken for recordings.
const ENDINGS: [&str; 7] = ["wav", "aif", "aiff", "flac", "ogg", "oga", "mp3"];
/// Files that one folder of sounds may have in all; the rest is left out.
const FILES: usize = 50_000;

/// The sounds of all folders.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    sounds: BTreeMap<String, Vec<Arc<Path>>>,
    /// The instruments of SoundFonts.
    instruments: BTreeMap<String, Vec<(Arc<Font>, Preset)>>,
    /// The folders that programs named.
    pub named: Vec<String>,
}

impl Tree {
    /// Reads the performer's own folders, in which links are followed, and those that a program
    /// `named`, in which they are not. Of two sounds with one name the later folder's counts.
    /// Answers also what could not be read.
    pub fn read(own: &[PathBuf], named: &[String], fonts: &mut Fonts) -> (Tree, Vec<String>) {
        let mut tree = Tree { named: named.to_vec(), ..Tree::default() };
        let own = own.iter().map(|folder| (folder.as_path(), true));
        let folders = own.chain(named.iter().map(|folder| (Path::new(folder), false)));
        let wrong = folders.filter_map(|(folder, links)| {
            if is_font(folder) {
                let error = tree.add_font(folder, fonts).err()?;
                return Some(format!("cannot play the SoundFont {}: {error}", folder.display()));
            }
            let error = tree.add(folder, links).err()?;
            Some(format!("cannot read the samples in {}: {error}", folder.display()))
        });
        let wrong = wrong.collect();
        (tree, wrong)
    }

    fn add(&mut self, root: &Path, links: bool) -> std::io::Result<()> {
        let mut left = FILES;
        for path in entries(root, links)? {
            if path.is_dir() {
                // A folder that may not be read is one without sounds.
                let mut files = entries(&path, links).unwrap_or_default();
                files.retain(|file| is_recording(file));
                files.truncate(left);
                left -= files.len();
                if let (Some(name), false) = (path.file_name(), files.is_empty()) {
                    let files = files.into_iter().map(Arc::from).collect();
                    self.sounds.insert(name.to_string_lossy().into_owned(), files);
                }
            } else if let (true, Some(name)) = (is_recording(&path), path.file_stem()) {
                self.sounds.insert(name.to_string_lossy().into_owned(), vec![path.into()]);
            }
        }
        Ok(())
    }

    /// Of two SoundFonts with an instrument of one name the later one's counts.
    fn add_font(&mut self, path: &Path, fonts: &mut Fonts) -> Result<(), String> {
        let font = fonts.get(path)?;
        let mut fresh: BTreeMap<String, Vec<(Arc<Font>, Preset)>> = BTreeMap::new();
        for (name, preset) in font.sounds() {
            fresh.entry(name).or_default().push((font.clone(), preset));
        }
        self.instruments.extend(fresh);
        Ok(())
    }

    /// Variant `n` of an instrument of a SoundFont, unless a recording has its name.
    pub fn instrument(&self, name: &str, n: f64) -> Option<&(Arc<Font>, Preset)> {
        if self.sounds.contains_key(name) {
            return None;
        }
        let variants = self.instruments.get(name)?;
        let turn = (n.floor() as i64).rem_euclid(variants.len().max(1) as i64);
        variants.get(turn as usize)
    }

    /// The font that was read from a file.
    pub fn font(&self, path: &Path) -> Option<&Arc<Font>> {
        let all = self.instruments.values().flatten();
        all.map(|(font, _)| font).find(|font| font.path() == path)
    }

    /// All recordings of a sound; empty if there is no such sound.
    pub fn all(&self, name: &str) -> Vec<Arc<Path>> {
        if let Some(files) = self.sounds.get(name) {
            return files.clone();
        }
        let variants = self.instruments.get(name).map(Vec::as_slice).unwrap_or_default();
        let keys = |(font, preset): &(Arc<Font>, Preset)| {
            let ranges = font.ranges(*preset);
            ranges.iter().map(|range| font::key(font, range)).collect::<Vec<_>>()
        };
        variants.iter().flat_map(keys).collect()
    }

    /// Variant `n` of a sound, counted round and round.
    pub fn file(&self, name: &str, n: f64) -> Option<&Arc<Path>> {
        let files = self.sounds.get(name)?;
        let turn = (n.floor() as i64).rem_euclid(files.len().max(1) as i64);
        files.get(turn as usize)
    }

    /// The names of the sounds.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.sounds.keys().chain(self.instruments.keys()).map(String::as_str)
    }
}

/// What lies in a folder, sorted; without what is hidden, and without links unless they count.
fn entries(folder: &Path, links: bool) -> std::io::Result<Vec<PathBuf>> {
    let counts = |entry: &std::fs::DirEntry| {
        let link = entry.file_type().map_or(true, |kind| kind.is_symlink());
        (links || !link) && !entry.file_name().to_string_lossy().starts_with('.')
    };
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder)?.flatten().filter(counts).map(|entry| entry.path()).collect();
    paths.sort();
    Ok(paths)
}

fn is_recording(path: &Path) -> bool {
    let ending = path.extension().map(|e| e.to_string_lossy().to_lowercase());
    ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str())) && path.is_file()
}

/// The performer's own library, if there is one: `mag/samples` in the user's data folder.
pub fn library() -> Option<PathBuf> {
    let data = std::env::var_os("XDG_DATA_HOME").filter(|path| !path.is_empty());
    let home = || std::env::var_os("HOME").map(|home| Path::new(&home).join(".local/share"));
    let folder = data.map(PathBuf::from).or_else(home)?.join("mag/samples");
    folder.is_dir().then_some(folder)
}
