//! The instruments of the standard library: definitions in mag, read once, that play like any sound.

use crate::doc::Entry;
use crate::eval::STDLIB_FILE;
use crate::eval::stmt::Reader;
use crate::language::NoFiles;
use crate::problem::Problem;
use crate::program::{Mode, Program};
use crate::scope::Scope;
use crate::source::Source;
use crate::synth::Synth;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// The definitions, with their prose.
pub(crate) const FILE: (&str, &str) =
    ("instruments.mag", include_str!("../../stdlib/instruments.mag"));

/// What `stdlib/instruments.mag` holds.
#[derive(Default)]
struct Instruments {
    synths: BTreeMap<String, Arc<Synth>>,
    entries: Vec<Entry>,
    problems: Vec<(Source, Problem)>,
}

static ALL: OnceLock<Instruments> = OnceLock::new();

/// Reads them, once; their arguments are controls of the standard library's `scope`.
pub(crate) fn load(scope: &Scope) {
    let _already = ALL.get_or_init(|| read(scope));
}

fn all() -> &'static Instruments {
    ALL.get_or_init(|| read(&crate::stdlib::load().0))
}

fn read(scope: &Scope) -> Instruments {
    let source = Source::new(STDLIB_FILE, FILE.0, FILE.1);
    let (ast, mut problems) = crate::syntax::parse(&source);
    let mut reader = Reader::new(Program::empty(scope.clone()), Mode::Block, &NoFiles);
    reader.read(&ast, &source);
    problems.append(&mut reader.eval.problems);
    problems.append(&mut reader.warnings);
    Instruments {
        synths: reader.program.synths,
        entries: crate::doc::entries(&ast),
        problems: problems.into_iter().map(|problem| (source.clone(), problem)).collect(),
    }
}

/// The instrument of this name.
pub fn named(name: &str) -> Option<&'static Arc<Synth>> {
    all().synths.get(name)
}

/// The same while they may still be being read: then there is none.
pub(crate) fn known(name: &str) -> Option<&'static Arc<Synth>> {
    ALL.get()?.synths.get(name)
}

/// Whether an instrument is one of these, and not the performer's.
pub fn is_own(synth: &Synth) -> bool {
    synth.loc.file() == STDLIB_FILE
}

/// Their names.
pub fn names<'a>() -> impl Iterator<Item = &'a str> {
    all().synths.keys().map(String::as_str)
}

/// Their documentation.
pub fn entries() -> &'static [Entry] {
    &all().entries
}

/// What is wrong with them: nothing, as a test holds.
pub(crate) fn problems() -> &'static [(Source, Problem)] {
    &all().problems
}

/// Its arguments, one a line, each with its default.
pub fn settings(name: &str) -> Vec<String> {
    let arguments = named(name).map(|synth| synth.arguments.as_slice()).unwrap_or_default();
    arguments.iter().map(|a| format!("`.{}`, {} if left out", a.name, a.default)).collect()
}
