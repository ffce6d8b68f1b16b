//! Completion of files: programs for `use`, recordings, SoundFonts, a place to record to.

use std::path::Path;

/// Files of a folder that are looked at.
const MOST: usize = 4096;

/// What a command wants to be named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// A program, as `use` takes it.
    Program,
    /// A folder of recordings.
    Recordings,
    /// A SoundFont.
    Font,
    /// A new file.
    Take,
}

impl Wanted {
    /// What the command at the beginning of this line wants, if it is one of those.
    pub fn by(line: &str) -> Option<Wanted> {
        let line = line.rsplit('\n').next().unwrap_or(line).trim_start();
        let words: Vec<&str> = line.split_whitespace().collect();
        // (`at bar use 'drums.mag'` is one line, too)
        match words.last().copied()? {
            "use" => Some(Wanted::Program),
            "samples" => Some(Wanted::Recordings),
            "soundfont" => Some(Wanted::Font),
            "record" => Some(Wanted::Take),
            _ => None,
        }
    }

    fn fits(self, name: &str) -> bool {
        let ending = match self {
            Wanted::Program => "mag",
            Wanted::Recordings => return false,
            Wanted::Font => "sf2",
            Wanted::Take => "wav",
        };
        Path::new(name).extension().is_some_and(|e| e.eq_ignore_ascii_case(ending))
    }
}

/// Where the name at the end of `before` begins, and what it may become: files, and folders with a
/// `/` behind. Programs name files below their own `folder`, recordings also those of the library.
pub(super) fn complete(before: &str, wanted: Wanted, folder: &Path) -> (usize, Vec<String>) {
    let quote = before.rfind(['"', '\'']).map_or(0, |at| at + 1);
    let typed = before.get(quote..).unwrap_or("");
    let (within, name) = typed.rsplit_once('/').map_or(("", typed), |(a, b)| (a, b));
    let start = before.len() - name.len();
    let mut roots = vec![if wanted == Wanted::Take { Path::new(".") } else { folder }];
    let library = crate::samples::tree::library();
    if wanted == Wanted::Recordings || wanted == Wanted::Font {
        roots.extend(library.as_deref());
    }
    // (a program reaches nothing outside of its folder)
    let outside = typed.starts_with('/') || within.split('/').any(|part| part == "..");
    if outside && wanted != Wanted::Take {
        return (start, Vec::new());
    }
    let within = if typed.starts_with('/') { format!("/{within}") } else { within.to_owned() };
    let mut found: Vec<String> = Vec::new();
    for root in roots {
        let listed = std::fs::read_dir(root.join(&within)).into_iter().flatten().flatten();
        for entry in listed.take(MOST) {
            let Ok(file) = entry.file_name().into_string() else { continue };
            let hidden = file.starts_with('.') && !name.starts_with('.');
            if hidden || !file.starts_with(name) {
                continue;
            }
            if entry.path().is_dir() {
                found.push(format!("{file}/"));
            } else if wanted.fits(&file) {
                found.push(file);
            }
        }
    }
    found.sort();
    found.dedup();
    (start, found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_command_is_offered_its_own_kind_of_file() -> std::io::Result<()> {
        let folder = std::env::temp_dir().join(format!("mag-offered-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("breaks/old"))?;
        for file in ["drums.mag", "dub.mag", "piano.SF2", "notes.txt", ".hidden.mag"] {
            std::fs::write(folder.join(file), "")?;
        }
        std::fs::write(folder.join("breaks/amen.mag"), "")?;
        let after = |line: &str| {
            let wanted = line.rfind(['\'', '"']).and_then(|at| Wanted::by(line.get(..at)?));
            wanted.map(|wanted| complete(line, wanted, &folder))
        };
        let offered = |line: &str| after(line).map(|(_, names)| names).unwrap_or_default();
        assert_eq!(offered("use '"), ["breaks/", "drums.mag", "dub.mag"]);
        assert_eq!(after("at bar use 'dr"), Some((12, vec!["drums.mag".to_owned()])));
        assert_eq!(after("use 'breaks/a"), Some((12, vec!["amen.mag".to_owned()])));
        assert_eq!(offered("kick: s \"bd\"\nuse \"du"), ["dub.mag"]);
        assert_eq!(offered("samples 'breaks/"), ["old/"]);
        assert_eq!(offered("soundfont 'p"), ["piano.SF2"]);
        assert_eq!(offered("use '../"), Vec::<String>::new(), "nothing outside");
        assert_eq!(offered("use '/et"), Vec::<String>::new());
        assert_eq!(after("s 'dr"), None);
        let root = folder.to_string_lossy().into_owned();
        assert_eq!(offered(&format!("record '{root}/br")), ["breaks/"], "a take goes anywhere");
        std::fs::remove_dir_all(&folder)
    }
}
