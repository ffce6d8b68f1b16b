//! Where models are: folders with a `model.toml`, in the checkout, beside the program, or the user's.

use mag_lang::Language;
use mag_models::{Card, Runtime, Trouble};
use std::collections::BTreeMap;
use std::env;
use std::path::{Path, PathBuf};

/// A model that was found.
#[derive(Debug)]
pub struct Found {
    /// Its folder.
    pub folder: PathBuf,
    /// Its card, or what is wrong with it.
    pub card: Result<Card, Trouble>,
}

/// The folders that are searched, the first that has a model wins: `$MAG_MODELS` (several, as in
/// `PATH`), `stdlib/models` of the working folder or one above it or above the program,
/// `../share/mag/models` beside the program, the user's data folder, and `stdlib/models` of the
/// checkout that the program was built from.
pub fn folders() -> Vec<PathBuf> {
    let mut folders = Vec::new();
    if let Some(named) = env::var_os("MAG_MODELS") {
        folders.extend(env::split_paths(&named).filter(|path| !path.as_os_str().is_empty()));
    }
    let here = env::current_dir().ok();
    let program = env::current_exe().ok();
    let program = program.as_deref().and_then(Path::parent);
    for start in [here.as_deref(), program].into_iter().flatten() {
        folders.extend(start.ancestors().map(|above| above.join("stdlib/models")));
    }
    folders.extend(program.map(|beside| beside.join("../share/mag/models")));
    let home = env::var_os("HOME").map(PathBuf::from);
    let data = env::var_os("XDG_DATA_HOME").map(PathBuf::from);
    let data = data.or_else(|| home.map(|home| home.join(".local/share")));
    folders.extend(data.map(|data| data.join("mag/models")));
    folders.push(checkout().join("stdlib/models"));
    folders
}

/// ONNX Runtime, looked for in `.mag/lib` of the checkout that the program was built from, besides
/// where it is looked for anyway.
///
/// # Errors
/// If there is none that can be used, with what to install.
pub fn runtime() -> Result<Runtime, Trouble> {
    Runtime::open(&[checkout().join(".mag/lib")])
}

fn checkout() -> &'static Path {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().unwrap_or(own)
}

/// All models of these folders by name.
pub fn models(folders: &[PathBuf]) -> BTreeMap<String, Found> {
    models_besides(folders, |_| false)
}

/// The models whose names `known` does not know; the cards of the others are not read.
fn models_besides(folders: &[PathBuf], known: impl Fn(&str) -> bool) -> BTreeMap<String, Found> {
    let mut found = BTreeMap::new();
    for folder in folders {
        let listed = std::fs::read_dir(folder).into_iter().flatten().flatten();
        for folder in listed.map(|entry| entry.path()).filter(|path| is_model(path)) {
            let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if known(&name) {
                continue;
            }
            found.entry(name).or_insert_with(|| Found { card: Card::read(&folder), folder });
        }
    }
    found
}

/// The language with the names of the user's own models.
pub fn language() -> Language {
    let own = models_besides(&folders(), |name| mag_lang::VERBS.iter().any(|v| v.name == name));
    let known = own.iter().filter_map(|(name, found)| {
        let card = found.card.as_ref().ok()?;
        Some((name.as_str(), card.vocabulary.as_str()))
    });
    Language::new().with_models(known)
}

/// The folder of a model.
pub fn find(name: &str, folders: &[PathBuf]) -> Option<PathBuf> {
    // A name is one folder's name, not a path to somewhere else.
    let plain = Path::new(name).components().count() == 1 && !name.starts_with('.');
    folders.iter().map(|folder| folder.join(name)).find(|path| plain && is_model(path))
}

fn is_model(folder: &Path) -> bool {
    folder.join("model.toml").is_file()
}
