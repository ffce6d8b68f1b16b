//! Chord symbols of lead sheets: `C`, `F#m7b5`, `Bb^7/D`.

use super::notes::{Otherwise, change};
use super::pitch::Pitch;
use crate::controls::Controls;
use crate::pattern::Pattern;
use crate::sym::Sym;
use crate::value::Value;

/// Spellings that mean the same, in the order in which they are replaced.
const SPELLINGS: [(&str, &str); 25] = [
    ("♭", "b"),
    ("♯", "#"),
    ("Δ", "^"),
    ("ø", "h"),
    ("°", "o"),
    ("−", "-"),
    ("dominant", ""),
    ("dom", ""),
    ("Major", "^"),
    ("major", "^"),
    ("Maj", "^"),
    ("maj", "^"),
    ("Ma", "^"),
    ("ma", "^"),
    ("minor", "-"),
    ("min", "-"),
    ("mi", "-"),
    ("dim", "o"),
    ("aug", "+"),
    ("sus4", "sus"),
    ("sus2", "2"),
    ("add2", "add9"),
    ("M", "^"),
    ("j", "^"),
    ("m", "-"),
];

/// Symbols that are other symbols altogether, once spelled alike.
const SYNONYMS: [(&str, &str); 17] = [
    ("", "^"),
    ("alt", "7alt"),
    ("+7", "7#5"),
    ("7+", "7#5"),
    ("+^7", "^7#5"),
    ("^7+", "^7#5"),
    ("+9", "9#5"),
    ("9+", "9#5"),
    ("+5", "+"),
    ("#5", "+"),
    ("4", "sus"),
    ("h", "h7"),
    ("-7b5", "h7"),
    ("-9b5", "h9"),
    ("-b5", "o"),
    ("11sus", "9sus"),
    ("7susb9", "7b9sus"),
];

/// A chord symbol, taken apart.
#[derive(Clone, Debug, PartialEq)]
pub struct Chord {
    /// The root.
    pub root: Pitch,
    /// What follows the root, as written: `m7b5`.
    pub symbol: String,
    /// The note after the slash.
    pub bass: Option<Pitch>,
}

impl Chord {
    /// Takes a symbol apart; `None` if it does not begin with the name of a note.
    pub fn parse(text: &str) -> Option<Chord> {
        let text = text.trim();
        let (above, bass) = match text.rsplit_once('/') {
            Some((above, below)) => match Pitch::parse(below).filter(|p| p.octave.is_none()) {
                Some(bass) => (above, Some(bass)),
                None => (text, None),
            },
            None => (text, None),
        };
        let marks = above.get(1..)?.find(|c| !matches!(c, '#' | 'b'));
        let end = marks.map_or(above.len(), |at| at + 1);
        let root = Pitch::parse(&above[..end])?;
        Some(Chord { root, symbol: above[end..].to_string(), bass })
    }
}

/// One spelling for all spellings of a symbol: `maj7`, `M7` and `Δ7` are `^7`, `m` and `min` are
/// `-`, `ø` and `m7b5` are `h7`.
pub(crate) fn canonical(symbol: &str) -> String {
    let mut text: String =
        symbol.chars().filter(|c| !matches!(c, '(' | ')' | ' ' | ',' | '/')).collect();
    if text.ends_with('Δ') {
        text.push('7');
    }
    for (written, meant) in SPELLINGS {
        text = text.replace(written, meant);
    }
    match SYNONYMS.iter().find(|(written, _)| *written == text) {
        Some((_, meant)) => (*meant).to_string(),
        None => text,
    }
}

/// The roots of chord symbols (plain, or in the control `chord`) as notes of an octave.
/// Other controls are left out.
pub fn root_notes(octave: f64, p: &Pattern) -> Pattern {
    change(p, Otherwise::Drop, move |value, _| {
        let chord = chord_of(value).unwrap_or(value);
        let text = match chord {
            Value::Word(word) => word.as_str(),
            _ => "",
        };
        let root = root_of(text)
            .ok_or_else(|| format!("`rootNotes` needs chords such as Am7, not `{chord}`"))?;
        let note = Value::word(&format!("{root}{octave}"));
        Ok(match value {
            Value::Map(_) => Value::Map(Controls::one(Sym::new("note"), note)),
            _ => note,
        })
    })
}

/// The control `chord`.
pub(crate) fn chord_of(value: &Value) -> Option<&Value> {
    value.controls()?.get(Sym::new("chord"))
}

/// The letter and at most one accidental that a symbol begins with.
fn root_of(text: &str) -> Option<&str> {
    let letter = text.chars().next().filter(|c| matches!(c.to_ascii_uppercase(), 'A'..='G'))?;
    let marked = text[letter.len_utf8()..].starts_with(['#', 'b']);
    text.get(..if marked { 2 } else { 1 })
}
