//! Parts tried before they play, so that what fails at once is known while the old ones still do.

mod made;

use crate::meaning::{Body, Meaning};
use crate::problem::Problem;
use crate::program::{Part, Program};
use crate::source::Source;
use mag_pattern::query::{self, QUERY_LIMIT};
use mag_pattern::{
    Call, Hap, Loc, Pattern, Phrase, PhraseRequest, Played, Query, Span, Sym, Time, Trouble, Value,
    World,
};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// Cycles of each part that are tried.
const PROBED: i64 = 4;
/// Events after which a part is known well enough: the rest of its cycles is taken as tried. What
/// stands between an edit and its being heard should be short.
const ENOUGH: usize = 256;
/// A part that is silent this long gets a warning.
const SILENT: i64 = 16;
/// The work of trying all parts of a text, in queries at their limit.
const BUDGET: usize = 4 * QUERY_LIMIT;
/// Controls that are also the names of common sounds.
const SOUNDS_TOO: [&str; 1] = ["noise"];

/// The trial of the parts of one text.
pub(crate) struct Probe<'p> {
    program: &'p Program,
    source: &'p Source,
    left: usize,
    /// What failed.
    pub problems: Vec<Problem>,
    /// What is suspicious.
    pub warnings: Vec<Problem>,
}

impl<'p> Probe<'p> {
    /// For the parts of `program` that this text wrote.
    pub fn new(program: &'p Program, source: &'p Source) -> Probe<'p> {
        Probe { program, source, left: BUDGET, problems: Vec::new(), warnings: Vec::new() }
    }

    /// Tries one part.
    pub fn part(&mut self, name: &str) {
        // (a part without a text stands for one that could not be read)
        let part = self.program.parts.get(name).filter(|part| !part.text.is_empty());
        let Some(part) = part else { return };
        let world = Listening::default();
        let (mut sounds, mut haps) = (false, Vec::new());
        for cycle in 0..SILENT {
            haps.clear();
            let spent = match self.cycle(&part.pattern, cycle, &world, &mut haps) {
                Ok(spent) => spent,
                Err(Some(trouble)) => return self.fails(name, part, &trouble),
                Err(None) => return self.too_much(part),
            };
            self.controls_as_sounds(&haps);
            self.made(&haps);
            sounds |= haps.iter().any(Hap::has_onset);
            if sounds && (cycle + 1 >= PROBED || haps.len() >= ENOUGH) {
                let rest = (PROBED - cycle - 1).max(0) as usize;
                if self.left.checked_sub(rest * spent).is_none() {
                    self.too_much(part);
                }
                self.left = self.left.saturating_sub(rest * spent);
                return;
            }
        }
        if !world.asked.load(Relaxed) {
            let message = format!("`{name}` is silent for {SILENT} cycles");
            self.warnings.push(Problem::warning("silent-part", part.loc, message));
        }
    }

    /// Finds what cannot be made of the sounds that the text describes.
    fn made(&mut self, haps: &[Hap]) {
        for problem in made::problems(self.source, haps) {
            let told = if problem.is_error() { &mut self.problems } else { &mut self.warnings };
            if !told.contains(&problem) {
                told.push(problem);
            }
        }
    }

    /// One cycle of a pattern; answers what it cost, `Err` if it got into trouble, or the budget is used up.
    fn cycle(
        &mut self,
        pattern: &Pattern,
        cycle: i64,
        world: &Listening,
        haps: &mut Vec<Hap>,
    ) -> Result<usize, Option<Trouble>> {
        let mut query = Query::new(world);
        query.cps = self.program.cps();
        query.meter = self.program.meter;
        pattern.query(Span::cycle(cycle), &mut query, haps);
        if let Some(trouble) = query.trouble() {
            return Err(Some(trouble.clone()));
        }
        let spent = QUERY_LIMIT - query.left();
        self.left = self.left.checked_sub(spent).ok_or(None)?;
        Ok(spent)
    }

    fn fails(&mut self, name: &str, part: &Part, trouble: &Trouble) {
        let message = trouble.message.as_str();
        let problem = match trouble.loc.filter(|loc| loc.file() == self.source.file) {
            Some(here) => Problem::error("part-fails", here, message),
            None => Problem::error("part-fails", part.loc, format!("`{name}`: {message}")),
        };
        self.problems.push(match query::is_exhausted(message) {
            true => problem.help("make the numbers smaller that multiply events"),
            false => problem,
        });
    }

    fn too_much(&mut self, part: &Part) {
        // Told once: the parts that follow would all be too much.
        if !self.problems.iter().any(|p| p.code == "too-many-events") {
            let message = "all parts together make too many events";
            let problem = Problem::error("too-many-events", part.loc, message);
            self.problems.push(problem.help("fewer, or slower, parts can be played in time"));
        }
    }

    /// Warns of a sound that has the name of a control: `s "gain"`.
    fn controls_as_sounds(&mut self, haps: &[Hap]) {
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

/// A world without phrases that notes whether one was asked for.
#[derive(Default)]
struct Listening {
    asked: AtomicBool,
}

impl World for Listening {
    fn phrase(&self, _: &PhraseRequest) -> Option<Arc<Phrase>> {
        self.asked.store(true, Relaxed);
        None
    }

    fn played(&self, _: Sym, _: Span, _: Time) -> Played {
        self.asked.store(true, Relaxed);
        Played { notes: Vec::new(), complete: true }
    }

    fn calls(&self, _: Sym, _: Span) -> Vec<Arc<Call>> {
        self.asked.store(true, Relaxed);
        Vec::new()
    }
}
