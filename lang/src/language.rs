//! The language as the runtime sees it: text in, [`Evaluation`] out.

use crate::doc::Entry;
use crate::eval::stmt::Reader;
use crate::meaning::Meaning;
use crate::probe::Probe;
use crate::problem::Problem;
use crate::program::{Evaluation, Mode, Program};
use crate::scope::Scope;
use crate::source::Source;
use crate::suggest::nearest;
use crate::syntax::ast::StmtKind;
use mag_pattern::{Loc, Pattern};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The only door to files, for `use`.
pub trait Files {
    /// The text of a file, or why it cannot be had.
    fn read(&self, path: &str) -> Result<String, String>;

    /// Where the folder of recordings that a text calls `path` is, or why it cannot be had.
    fn folder(&self, path: &str) -> Result<String, String> {
        Err(format!("there is no folder `{path}` here"))
    }

    /// Where the SoundFont that a text calls `path` is, or why it cannot be had.
    fn soundfont(&self, path: &str) -> Result<String, String> {
        Err(format!("there is no file `{path}` here"))
    }
}

/// No files.
pub struct NoFiles;

impl Files for NoFiles {
    fn read(&self, _: &str) -> Result<String, String> {
        Err("there are no files here".into())
    }
}

/// mag with its standard library.
pub struct Language {
    stdlib: Scope,
    entries: Vec<Entry>,
}

impl Default for Language {
    fn default() -> Self {
        Language::new()
    }
}

impl Language {
    /// Reads the standard library.
    pub fn new() -> Language {
        let (stdlib, entries, _) = crate::stdlib::load();
        crate::instruments::load(&stdlib);
        Language { stdlib, entries }
    }
    /// Knows these models as well, each by the name of its folder; the second word is what its card
    /// calls its vocabulary. A name that means something already, or that is no name, is left out.
    #[must_use]
    pub fn with_models<'m>(mut self, models: impl IntoIterator<Item = (&'m str, &'m str)>) -> Self {
        for (name, vocabulary) in models {
            if let Some(verb) = crate::generator::verb(vocabulary) {
                crate::stdlib::add_model(&mut self.stdlib, &mut self.entries, name, verb);
            }
        }
        self
    }
    /// What is wrong with the standard library itself: nothing, as a test holds.
    pub fn stdlib_problems() -> Vec<(Source, Problem)> {
        let mut problems = crate::stdlib::load().2;
        problems.extend_from_slice(crate::instruments::problems());
        problems
    }
    /// A program in which nothing plays.
    pub fn empty(&self) -> Arc<Program> {
        Arc::new(Program::empty(self.stdlib.clone()))
    }
    /// The documentation of every public name.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// What a text makes of a program: the text as a whole is accepted, or nothing of it.
    ///
    /// # Errors
    /// All problems of the text, in the order of their places.
    pub fn evaluate(
        &self,
        base: &Arc<Program>,
        source: &Source,
        mode: Mode,
        files: &dyn Files,
    ) -> Result<Evaluation, Vec<Problem>> {
        let (ast, mut problems) = crate::syntax::parse(source);
        let start = match mode {
            Mode::File => of_hand(base),
            Mode::Block => started(base),
        };
        let mut reader = Reader::new(start, mode, files);
        reader.read(&ast, source);
        // An instrument that is what it was stays the same, so that nobody loads it anew.
        for (name, synth) in &mut reader.program.synths {
            if let Some(before) = base.synths.get(name).filter(|before| *before == synth) {
                *synth = before.clone();
            }
        }
        match mode {
            Mode::File => hold(&mut reader.program, base),
            // (what a file said is what its own next version is compared with)
            Mode::Block => reader.program.said = base.said.clone(),
        }
        let program = &reader.program;
        let changed: Vec<&String> = program
            .parts
            .iter()
            .filter(|(name, part)| {
                base.parts.get(*name).is_none_or(|old| old.meaning != part.meaning)
            })
            .map(|(name, _)| name)
            .collect();
        problems.append(&mut reader.eval.problems);
        let mut warnings = std::mem::take(&mut reader.warnings);
        // What could be read is tried even if there are problems elsewhere: all are told at once.
        let mut probe = Probe::new(program, source);
        changed.into_iter().for_each(|name| probe.part(name));
        problems.append(&mut probe.problems);
        if !problems.iter().any(Problem::is_error) {
            warnings.append(&mut probe.warnings);
            if mode == Mode::File {
                warnings.extend(unused(&reader));
                warnings.extend(unknown_parts(&reader));
            }
        }
        if problems.iter().any(Problem::is_error) {
            problems.extend(warnings);
            problems.sort_by_key(|p| (p.loc.file(), p.loc.from()));
            return Err(problems);
        }
        warnings.extend(problems);
        warnings.sort_by_key(|p| (p.loc.file(), p.loc.from()));
        let changed = differs(base, &reader.program);
        let renamed = base.lets != reader.program.lets;
        let (program, shown, actions) = (Arc::new(reader.program), reader.shown, reader.actions);
        Ok(Evaluation { program, shown, actions, warnings, changed, renamed })
    }

    /// The pattern of a bare expression; a bare string is mini-notation.
    ///
    /// # Errors
    /// All problems of the expression.
    pub fn expression(&self, base: &Program, source: &Source) -> Result<Pattern, Vec<Problem>> {
        let (ast, mut problems) = crate::syntax::parse(source);
        let mut eval = crate::eval::Evaluator::new();
        let mut result = None;
        match ast.stmts.as_slice() {
            [stmt] => match &stmt.kind {
                StmtKind::Expr(expr) => {
                    let meaning = eval.expr(expr, &base.scope);
                    result = meaning.and_then(|m: Meaning| eval.pattern_of(m, expr.loc)).ok();
                }
                _ => problems.push(not_an_expression(stmt.loc)),
            },
            [] if problems.is_empty() => {
                problems.push(not_an_expression(Loc::new(source.file, 0, source.text.len())));
            }
            [] => {}
            [_, second, ..] => problems.push(not_an_expression(second.loc)),
        }
        problems.append(&mut eval.problems);
        match result {
            Some(pattern) if !problems.iter().any(Problem::is_error) => Ok(pattern),
            _ => Err(problems),
        }
    }
}

fn not_an_expression(loc: Loc) -> Problem {
    Problem::error("not-an-expression", loc, "one expression is needed here")
        .help("such as \"bd*4\" or s \"bd sn\" .fast 2")
}

fn unused(reader: &Reader) -> Vec<Problem> {
    let unused = |name: &&crate::syntax::ast::Ident| !reader.eval.used.contains(&name.name);
    reader
        .defined
        .iter()
        .filter(unused)
        .map(|name| {
            let message = format!("`{}` is never used", name.name);
            Problem::warning("unused-let", name.loc, message)
        })
        .collect()
}

/// Parts that a file mutes or solos but does not have.
fn unknown_parts(reader: &Reader) -> Vec<Problem> {
    let parts = &reader.program.parts;
    let missing = |(name, _): &&(String, Loc)| !parts.contains_key(name);
    let warn = |(name, loc): &(String, Loc)| {
        let near = nearest(name, parts.keys().map(String::as_str), 3);
        Problem::warning("unknown-part", *loc, format!("no part here is called `{name}`"))
            .did_you_mean(&near)
    };
    reader.named_parts.iter().filter(missing).map(warn).collect()
}

/// What a block is evaluated on: the program as it is, with its fades and glides under way.
fn started(base: &Program) -> Program {
    let mut program = base.clone();
    // (one that was faded in is a part like the others from now on)
    program.faders.retain(|_, fader| !fader.up);
    program
}

/// What a file is evaluated on: nothing, but what was done by hand and not by the file before.
fn of_hand(base: &Program) -> Program {
    let said = &base.said;
    let without = |all: &BTreeSet<String>, own: &BTreeMap<String, bool>| {
        all.iter().filter(|name| own.get(*name) != Some(&true)).cloned().collect()
    };
    let mut faders = base.faders.clone();
    faders.retain(|name, fader| !fader.up && said.faded.get(name) != Some(fader));
    Program {
        muted: without(&base.muted, &said.muted),
        soloed: without(&base.soloed, &said.soloed),
        faders,
        ..Program::empty(base.scope.bare())
    }
}

/// Lets stand what was set by hand, where the file says the same as it said before.
fn hold(program: &mut Program, base: &Program) {
    let (said, before) = (program.said.clone(), &base.said);
    if said.tempo == before.tempo {
        (program.tempo, program.glide) = (base.tempo, base.glide);
    }
    if said.seed == before.seed {
        program.seed = base.seed;
    }
    if said.nudge == before.nudge {
        program.nudge = base.nudge;
    }
    if said.muted == before.muted {
        program.muted = base.muted.clone();
    }
    if said.soloed == before.soloed {
        program.soloed = base.soloed.clone();
    }
    if said.faded == before.faded {
        program.faders = base.faders.clone();
        program.faders.retain(|_, fader| !fader.up);
    }
    if (said.xfade, &said.xfades) == (before.xfade, &before.xfades) {
        (program.xfade, program.xfades) = (base.xfade, base.xfades.clone());
    }
}

/// Whether two programs sound differently.
fn differs(old: &Program, new: &Program) -> bool {
    let same_parts = old.parts.len() == new.parts.len()
        && old
            .parts
            .iter()
            .zip(&new.parts)
            .all(|((a, x), (b, y))| a == b && x.meaning == y.meaning);
    let settings = |p: &Program| {
        (p.tempo.to_bits(), p.meter, p.seed, p.nudge.to_bits(), p.xfade, p.xfades.clone())
    };
    !same_parts
        || settings(old) != settings(new)
        || old.muted != new.muted
        || old.soloed != new.soloed
        || old.outs != new.outs
        || old.samples != new.samples
        || old.synths != new.synths
        || old.faders != new.faders
        || old.preload != new.preload
}
