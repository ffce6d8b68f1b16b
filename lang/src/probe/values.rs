//! Values that no instrument can make anything of: a word where a number belongs, a control as a sound.

use super::Probe;
use crate::meaning::{Body, Meaning};
use crate::problem::Problem;
use crate::program::Part;
use crate::words;
use mag_pattern::{Hap, Loc, Sym, Value};
use std::collections::BTreeSet;

/// Controls that are also the names of common sounds.
const SOUNDS_TOO: [&str; 1] = ["noise"];

/// A control and a word that it was given.
pub(super) type Told = (Sym, Sym);

impl Probe<'_> {
    /// Warns of words that a control of the stdlib cannot be, each once; `told` are those of which
    /// that was said.
    pub(super) fn words(&mut self, part: &Part, haps: &[Hap], told: &mut BTreeSet<Told>) {
        for hap in haps {
            let Some(controls) = hap.value.controls() else { continue };
            for (name, value) in controls.iter() {
                if let Value::Word(word) = value
                    && self.program.scope.in_stdlib(name.as_str())
                    && let Some(wrong) = words::wrong(name.as_str(), word.as_str())
                    && told.insert((name, *word))
                {
                    let warning = self.wrong_word(part, hap, (name, *word), wrong);
                    self.warnings.push(warning);
                }
            }
        }
    }

    fn wrong_word(&self, part: &Part, hap: &Hap, told: Told, wrong: words::Wrong) -> Problem {
        let (name, word) = told;
        let loc = self.place(hap, word.as_str());
        let message = match name.as_str() {
            "note" => format!("`{word}` is no note"),
            name => {
                let typed = loc.and_then(|loc| self.typed(loc, name)).unwrap_or(name);
                format!("`{word}` is no value of `{typed}`")
            }
        };
        let warning = Problem::warning("value-word", loc.unwrap_or(part.loc), message);
        let warning = warning.expected(wrong.expected).found(format!("the word `{word}`"));
        match wrong.help {
            Some(help) => warning.help(help),
            None => warning,
        }
    }

    /// Where in the text an event has a word from.
    fn place(&self, hap: &Hap, word: &str) -> Option<Loc> {
        let own = || hap.locs.as_slice().iter().filter(|loc| loc.file() == self.source.file);
        let text = |loc: &Loc| self.source.text.get(loc.from()..loc.to()).unwrap_or("");
        own()
            .find(|loc| text(loc) == word)
            .or_else(|| own().find(|loc| text(loc).contains(word)))
            .copied()
    }

    /// The spelling by which a control is given the string that `loc` is in: `lpf` of `cutoff`.
    fn typed(&self, loc: Loc, control: &str) -> Option<&str> {
        let before = self.source.text.get(..loc.from())?;
        let quote = before.rfind(['"', '\''])?;
        let call = before.get(..quote)?.trim_end();
        let word = |c: char| !(c.is_alphanumeric() || c == '_' || c == '\'');
        let name = call.rsplit(word).next()?;
        match self.program.scope.get(name)? {
            Meaning::Function(f) => match f.body {
                Body::Control(names) => {
                    let own = names.as_str().split([':', '=']).any(|own| own == control);
                    own.then_some(name)
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// Warns of a sound that has the name of a control: `s "gain"`.
    pub(super) fn controls_as_sounds(&mut self, haps: &[Hap]) {
        let sound = Sym::new("s");
        let word = |hap: &Hap| match hap.value.controls()?.get(sound)? {
            Value::Word(word) => Some((*word, *hap.locs.as_slice().first()?)),
            _ => None,
        };
        let words: BTreeSet<(Sym, Loc)> = haps.iter().filter_map(word).collect();
        for (word, loc) in words {
            let control = matches!(
                self.program.scope.get(word.as_str()),
                Some(Meaning::Function(f)) if matches!(f.body, Body::Control(_))
            );
            if control && loc.file() == self.source.file && !SOUNDS_TOO.contains(&word.as_str()) {
                let problem =
                    Problem::warning("control-as-sound", loc, format!("`{word}` is a control"))
                        .expected("the name of a sound")
                        .help(format!("controls follow a dot: `.{word} 0.5`"));
                if !self.warnings.contains(&problem) {
                    self.warnings.push(problem);
                }
            }
        }
    }
}
