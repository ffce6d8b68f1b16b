//! Names inside of strings: sounds, chords, keys, styles that nobody knows, found by trying the parts.

use crate::cue::{kit_of, pitch_of, sound_of};
use crate::notice::Notices;
use crate::output::synth::is_built_in;
use crate::phrases::{library, remarks};
use crate::samples::{Bank, Samples, tree};
use mag_engine::SOUNDS;
use mag_lang::suggest::nearest;
use mag_lang::{Part, Problem, Program, Source, Target, instruments};
use mag_models::Card;
use mag_pattern::query::QUERY_LIMIT;
use mag_pattern::{Hap, Loc, Phrase, PhraseRequest, Query, Span, Sym, World};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// Cycles of each part that are tried.
const TRIED: i64 = 16;
/// The work of trying all parts, in queries at their limit.
const BUDGET: usize = 4 * QUERY_LIMIT;
/// Wishes of one part that are looked at.
const WISHES: usize = 256;

/// Warnings about the names in the parts of a program that this text wrote.
pub(super) fn warnings(program: &Program, source: &Source) -> Vec<Problem> {
    let mut names = Names::new(program, source);
    let mut left = BUDGET;
    for (name, part) in program.parts.iter().filter(|(_, part)| !part.text.is_empty()) {
        names.part(name, part, &mut left);
    }
    names.found
}

/// What is known, and what was found not to be.
struct Names<'p> {
    program: &'p Program,
    source: &'p Source,
    bank: Bank,
    folders: Vec<PathBuf>,
    cards: BTreeMap<Sym, Option<Card>>,
    found: Vec<Problem>,
}

/// A world without phrases that keeps what was wished for.
#[derive(Default)]
struct Wishes(Mutex<Vec<PhraseRequest>>);

impl World for Wishes {
    fn phrase(&self, wish: &PhraseRequest) -> Option<Arc<Phrase>> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() < WISHES && !all.contains(wish) {
            all.push(wish.clone());
        }
        None
    }
}

impl<'p> Names<'p> {
    fn new(program: &'p Program, source: &'p Source) -> Names<'p> {
        let notices = Notices::start(Box::new(|_| {}));
        let own = tree::library().into_iter().collect();
        let (samples, bank) = Samples::offline(own, &notices);
        samples.follow(program);
        let (folders, cards) = (library::folders(), BTreeMap::new());
        Names { program, source, bank, folders, cards, found: Vec::new() }
    }

    fn part(&mut self, name: &str, part: &Part, left: &mut usize) {
        let world = Wishes::default();
        let (mut looked, mut silent) = (BTreeSet::new(), None);
        for cycle in 0..TRIED {
            let mut query = Query::new(&world);
            (query.cps, query.meter) = (self.program.cps(), self.program.meter);
            let mut haps = Vec::new();
            part.pattern.query(Span::cycle(cycle), &mut query, &mut haps);
            for hap in haps.iter().filter(|hap| hap.has_onset()) {
                self.sound(part, hap, &mut looked);
                let heard = hap.value.controls();
                let heard = heard.is_some_and(|c| sound_of(c).is_some() || pitch_of(c).is_some());
                silent = Some(silent.unwrap_or(true) && !heard);
            }
            *left = left.saturating_sub(QUERY_LIMIT - query.left());
            if *left == 0 {
                break;
            }
        }
        if silent == Some(true) {
            let message = format!("`{name}` makes no sound");
            let warning = Problem::warning("no-sound", part.loc, message);
            self.found.push(warning.help("its events have neither `s` nor `note`"));
        }
        let wishes = world.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        wishes.iter().for_each(|wish| self.wish(part, wish));
    }

    /// Warns of a sound that neither the synth nor the folders of recordings have, once.
    fn sound(&mut self, part: &Part, hap: &Hap, looked: &mut BTreeSet<String>) {
        // (other programs have sounds of their own)
        let here = self.program.outs.values().all(|out| matches!(out, Target::Synth));
        let Some(controls) = hap.value.controls().filter(|_| here) else { return };
        let Some((plain, _)) = sound_of(controls) else { return };
        let of_kit = kit_of(controls).map(|kit| format!("{kit}_{plain}"));
        let sound = of_kit.as_deref().unwrap_or(plain);
        if !looked.insert(sound.to_owned()) {
            return;
        }
        let all = || {
            let built_in = SOUNDS.iter().flat_map(|s| std::iter::once(&s.name).chain(s.aliases));
            let own = self.program.synths.keys().map(String::as_str);
            built_in.copied().chain(own).chain(instruments::names())
        };
        let recorded = self.bank.names();
        let known = all().any(|known| known == plain)
            || recorded.iter().any(|known| known == sound)
            || is_built_in(sound);
        if known {
            return;
        }
        let loc = self.written(hap, plain).unwrap_or(part.loc);
        let warning =
            Problem::warning("unknown-sound", loc, format!("there is no sound `{sound}` here"));
        let near = nearest(sound, all().chain(recorded.iter().map(String::as_str)), 3);
        self.found.push(match near.is_empty() {
            true => warning.help("`help sounds` lists those of the synth"),
            false => warning.did_you_mean(&near),
        });
    }

    /// The place in the text that gave an event this word.
    fn written(&self, hap: &Hap, word: &str) -> Option<Loc> {
        let own = || hap.locs.as_slice().iter().filter(|loc| loc.file() == self.source.file);
        let text = |loc: &Loc| self.source.text.get(loc.from()..loc.to()).unwrap_or("");
        own().find(|l| text(l) == word).or_else(|| own().find(|l| text(l).contains(word))).copied()
    }

    /// Warns of what a model would leave out of a wish.
    fn wish(&mut self, part: &Part, wish: &PhraseRequest) {
        let folder = library::find(wish.model.as_str(), &self.folders);
        let card = self.cards.entry(wish.model).or_insert_with(|| Card::read(&folder?).ok());
        let remarks = match card {
            Some(card) => remarks::remarks(card, wish),
            None => vec![format!(
                "there is no model `{}` (`mag models` lists those that are there)",
                wish.model
            )],
        };
        for remark in remarks {
            let (message, help) = match remark.strip_suffix(')').and_then(|r| r.split_once(" (")) {
                Some((message, help)) => (message, Some(help)),
                None => (remark.as_str(), None),
            };
            let loc = self.quoted(part, message).unwrap_or(part.loc);
            let mut problem = Problem::warning("left-out", loc, message);
            if let Some(help) = help {
                problem = problem.help(help);
            }
            if !self.found.contains(&problem) {
                self.found.push(problem);
            }
        }
    }

    /// Where the first of the words that a message puts into backticks stands in the text: in the
    /// part, or else anywhere.
    fn quoted(&self, part: &Part, message: &str) -> Option<Loc> {
        let text = &self.source.text;
        let start = part.loc.from();
        let own = start..(start + part.text.len()).min(text.len());
        let words: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
        let in_range = |range: std::ops::Range<usize>| {
            let within = text.get(range.clone())?;
            let at = words.iter().find_map(|word| Some((whole_word(within, word)?, word.len())))?;
            Some(self.source.loc(range.start + at.0, range.start + at.0 + at.1))
        };
        in_range(own).or_else(|| in_range(0..text.len()))
    }
}

/// Where a word stands in a text with something else than a word on both sides.
fn whole_word(text: &str, word: &str) -> Option<usize> {
    let ends =
        |c: Option<char>| c.is_none_or(|c| c.is_whitespace() || "\"'<>[](){},*/!@?~.|".contains(c));
    let stands = |at: &usize| {
        let (before, after) = (text.get(..*at), text.get(at + word.len()..));
        ends(before.and_then(|t| t.chars().next_back()))
            && ends(after.and_then(|t| t.chars().next()))
    };
    (!word.is_empty()).then(|| text.match_indices(word).map(|(at, _)| at).find(stands))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_whole() {
        assert_eq!(whole_word("over \"<Dm7 Dm>\"", "Dm"), Some(11));
        assert_eq!(whole_word("inKey \"d:minro\"", "minro"), None);
        assert_eq!(whole_word("é \"x\"", "x"), Some(4));
        assert_eq!(whole_word("", ""), None);
    }
}
