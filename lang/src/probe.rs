//! Parts tried before they play, so that what fails at once is known while the old ones still do.

mod made;
mod values;

use crate::problem::Problem;
use crate::program::{Part, Program};
use crate::source::Source;
use mag_pattern::query::{self, QUERY_LIMIT};
use mag_pattern::{
    Call, Hap, Pattern, Phrase, PhraseRequest, Played, Query, Span, Sym, Time, Trouble, World,
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
        let (mut sounds, mut signal, mut haps) = (false, false, Vec::new());
        let mut words = BTreeSet::new();
        for cycle in 0..SILENT {
            haps.clear();
            let spent = match self.cycle(&part.pattern, cycle, &world, &mut haps) {
                Ok(spent) => spent,
                Err(Some(trouble)) => return self.fails(name, part, &trouble),
                Err(None) => return self.too_much(part),
            };
            self.controls_as_sounds(&haps);
            self.made(&haps);
            self.words(part, &haps, &mut words);
            sounds |= haps.iter().any(Hap::has_onset);
            signal |= haps.iter().any(|hap| hap.whole.is_none());
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
            let warning = Problem::warning("silent-part", part.loc, message);
            self.warnings.push(match signal {
                true => warning.help("a signal has no events of its own: `.segment 8` makes some"),
                false => warning,
            });
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
}

/// A world without phrases, in which nobody plays; it notes whether it was asked for anything.
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
