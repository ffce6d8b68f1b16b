//! Voicing dictionaries: which notes a pianist takes for a chord symbol.

use super::chord::canonical;
use super::nearest::unknown;

/// Name and table: a chord symbol a line, then its voicings in semitones above the root.
/// Measured: what Strudel answers, see `scripts/measure-voicings.mjs`.
const TABLES: [(&str, &str); 6] = [
    ("ireal", include_str!("voicings/ireal.tsv")),
    ("ireal-ext", include_str!("voicings/ireal-ext.tsv")),
    ("lefthand", include_str!("voicings/lefthand.tsv")),
    ("triads", include_str!("voicings/triads.tsv")),
    ("guidetones", include_str!("voicings/guidetones.tsv")),
    ("legacy", include_str!("voicings/legacy.tsv")),
];

/// Names of the dictionaries; the first is the default.
pub const DICTIONARIES: [&str; 6] =
    [TABLES[0].0, TABLES[1].0, TABLES[2].0, TABLES[3].0, TABLES[4].0, TABLES[5].0];

/// A voicing dictionary.
#[derive(Clone, Copy)]
pub(crate) struct Dictionary {
    name: &'static str,
    table: &'static str,
}

impl Dictionary {
    /// The dictionary of that name.
    pub(crate) fn named(name: &str) -> Result<Dictionary, String> {
        match TABLES.iter().find(|(known, _)| *known == name) {
            Some((name, table)) => Ok(Dictionary { name, table }),
            None => {
                let message = unknown("voicing dictionary", name, DICTIONARIES.into_iter());
                Err(format!("{message} (there are {})", DICTIONARIES.join(", ")))
            }
        }
    }

    fn lines(self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.table.lines().filter(|line| !line.starts_with("# ")).filter_map(|l| l.split_once('\t'))
    }

    /// The voicings of a chord symbol, from low to high, each with at least one note.
    pub(crate) fn voicings(self, symbol: &str) -> Result<Vec<Vec<i32>>, String> {
        let alike = canonical(symbol);
        let exact = self.lines().find(|(known, _)| *known == symbol);
        let (_, listed) = exact
            .or_else(|| self.lines().find(|(known, _)| canonical(known) == alike))
            .ok_or_else(|| self.no_symbol(symbol))?;
        let notes = |voicing: &str| voicing.split(' ').filter_map(|n| n.parse().ok()).collect();
        let all: Vec<Vec<i32>> = listed.split(", ").map(notes).collect();
        Ok(all.into_iter().filter(|voicing| !voicing.is_empty()).collect())
    }

    fn no_symbol(self, symbol: &str) -> String {
        let message = unknown("chord", symbol, self.lines().map(|(known, _)| known));
        format!("{message} in the voicing dictionary `{}`", self.name)
    }
}

/// The chord symbols of the default dictionary: `^7`, `-7`, `7b9`, …
pub fn chord_symbols() -> impl Iterator<Item = &'static str> {
    Dictionary { name: TABLES[0].0, table: TABLES[0].1 }.lines().map(|(symbol, _)| symbol)
}
