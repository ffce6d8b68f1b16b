//! The performer's own configuration: `mag/config.toml` in the user's folder for such files.

use crate::permit::Target;
use crate::stage::When;
use serde::Deserialize;
use std::io::Read;
use std::path::{Path, PathBuf};

/// The longest configuration that is read, in bytes.
const LONGEST: u64 = 64 << 10;

/// What a performer decides once and for all programs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Config {
    /// Other machines to which programs may send.
    pub send: Vec<Target>,
    /// When edits take effect.
    pub quantum: Option<When>,
}

/// As it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Written {
    send: Vec<String>,
    quantum: Option<String>,
}

/// Where it lies: below `XDG_CONFIG_HOME`, or `.config` of the user's home.
pub fn path() -> Option<PathBuf> {
    let home = std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".config"));
    let base = std::env::var_os("XDG_CONFIG_HOME").map(PathBuf::from).filter(|p| p.is_absolute());
    base.or(home).map(|base| base.join("mag/config.toml"))
}

/// The configuration in a file; a file that does not exist says nothing.
///
/// # Errors
/// In the performer's words, with the line, if it cannot be understood.
pub fn read(path: &Path) -> Result<Config, String> {
    let wrong = |why: String| format!("the configuration {}: {why}", path.display());
    let mut text = String::new();
    match std::fs::File::open(path) {
        Ok(file) => {
            file.take(LONGEST).read_to_string(&mut text).map_err(|e| wrong(e.to_string()))?
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Config::default()),
        Err(error) => return Err(wrong(error.to_string())),
    };
    let written: Written = toml::from_str(&text).map_err(|e| wrong(e.to_string()))?;
    let send: Result<Vec<Target>, String> = written.send.iter().map(|text| text.parse()).collect();
    let quantum = written.quantum.map(|word| {
        let known = When::parse(&word);
        known.ok_or_else(|| {
            wrong(format!("`{word}` is no quantum: expected now, beat, bar or a number of bars"))
        })
    });
    Ok(Config { send: send.map_err(wrong)?, quantum: quantum.transpose()? })
}
