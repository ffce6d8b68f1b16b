//! The standard library: `.mag` files in the binary, evaluated once.

use crate::doc::{self, Entry};
use crate::eval::stmt::{named_lambda, with_signature};
use crate::eval::{Evaluator, STDLIB_FILE};
use crate::generator::Verb;
use crate::meaning::{Body, Function, Meaning};
use crate::native::{self, Run};
use crate::problem::Problem;
use crate::scope::{Binding, Scope};
use crate::source::Source;
use crate::syntax::ast::{Ident, StmtKind};
use mag_pattern::arith::Operation;
use mag_pattern::{Loc, Sym};
use std::collections::HashMap;

/// The files in the order in which they build on each other.
pub const FILES: [(&str, &str); 29] = [
    ("arithmetic.mag", include_str!("../../stdlib/arithmetic.mag")),
    ("alignments.mag", include_str!("../../stdlib/alignments.mag")),
    ("bits.mag", include_str!("../../stdlib/bits.mag")),
    ("comparisons.mag", include_str!("../../stdlib/comparisons.mag")),
    ("functions.mag", include_str!("../../stdlib/functions.mag")),
    ("rows.mag", include_str!("../../stdlib/rows.mag")),
    ("controls.mag", include_str!("../../stdlib/controls.mag")),
    ("envelopes.mag", include_str!("../../stdlib/envelopes.mag")),
    ("filters.mag", include_str!("../../stdlib/filters.mag")),
    ("space.mag", include_str!("../../stdlib/space.mag")),
    ("distortion.mag", include_str!("../../stdlib/distortion.mag")),
    ("modulation.mag", include_str!("../../stdlib/modulation.mag")),
    ("dynamics.mag", include_str!("../../stdlib/dynamics.mag")),
    ("spectrum.mag", include_str!("../../stdlib/spectrum.mag")),
    ("synths.mag", include_str!("../../stdlib/synths.mag")),
    ("fm.mag", include_str!("../../stdlib/fm.mag")),
    ("wavetables.mag", include_str!("../../stdlib/wavetables.mag")),
    ("zzfx.mag", include_str!("../../stdlib/zzfx.mag")),
    ("tuning.mag", include_str!("../../stdlib/tuning.mag")),
    ("outputs.mag", include_str!("../../stdlib/outputs.mag")),
    ("time.mag", include_str!("../../stdlib/time.mag")),
    ("signals.mag", include_str!("../../stdlib/signals.mag")),
    ("rhythm.mag", include_str!("../../stdlib/rhythm.mag")),
    ("conditions.mag", include_str!("../../stdlib/conditions.mag")),
    ("layers.mag", include_str!("../../stdlib/layers.mag")),
    ("chance.mag", include_str!("../../stdlib/chance.mag")),
    ("samples.mag", include_str!("../../stdlib/samples.mag")),
    ("harmony.mag", include_str!("../../stdlib/harmony.mag")),
    ("generators.mag", include_str!("../../stdlib/generators.mag")),
];

/// The stdlib's names, its documentation, and its problems (none, as a test holds).
pub(crate) fn load() -> (Scope, Vec<Entry>, Vec<(Source, Problem)>) {
    // A file at a time: what its functions capture is then one shared map and the file's own names.
    let mut known = HashMap::new();
    let mut entries = Vec::new();
    let mut problems = Vec::new();
    for (name, text) in FILES {
        let source = Source::new(STDLIB_FILE, name, text);
        let (ast, found) = crate::syntax::parse(&source);
        problems.extend(found.into_iter().map(|p| (source.clone(), p)));
        let mut scope = Scope::with_stdlib(known.clone());
        for stmt in &ast.stmts {
            let mut eval = Evaluator::new();
            if let Some((name, meaning)) = statement(&mut eval, &stmt.kind, &scope) {
                entries.extend(doc::entry(stmt).map(|entry| signed(entry, &meaning)));
                scope = scope.define(&name.name, Binding { meaning, loc: name.loc });
            }
            problems.extend(eval.problems.into_iter().map(|p| (source.clone(), p)));
        }
        known.extend(scope.into_stdlib());
    }
    entries.retain(|entry| !entry.name.starts_with('_'));
    (Scope::with_stdlib(known), entries, problems)
}

/// Adds a model of the performer's own, as if the stdlib declared it.
pub(crate) fn add_model(scope: &mut Scope, entries: &mut Vec<Entry>, name: &str, verb: &Verb) {
    let is_name = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_alphanumeric());
    if !is_name || scope.get(name).is_some() {
        return;
    }
    let params: Vec<String> = (0..verb.patterns)
        .map(|i| ["p", "q", "r"].get(i).map_or_else(|| format!("p{i}"), |p| p.to_string()))
        .collect();
    let (spaced, listed) = (params.join(" "), params.join(", "));
    let own = verb.name;
    let text = match verb.patterns {
        0 => format!(
            "-- A model of your own, played like `{own}`.\n-- see: {own}\n-- tags: generators\n\
             let {name} = _generator \"{own}\" .model '{name}'\n"
        ),
        _ => format!(
            "-- A model of your own, played like `{own}`.\n-- see: {own}\n-- tags: generators\n\
             let {name} {spaced} = _verb \"{own}\" [{listed}] .model '{name}'\n"
        ),
    };
    let source = Source::new(STDLIB_FILE, "models", &text);
    let (ast, _) = crate::syntax::parse(&source);
    for stmt in &ast.stmts {
        let mut eval = Evaluator::new();
        if let Some((ident, meaning)) = statement(&mut eval, &stmt.kind, scope) {
            entries.extend(doc::entry(stmt).map(|entry| signed(entry, &meaning)));
            scope.add_to_stdlib(&ident.name, Binding { meaning, loc: ident.loc });
        }
    }
}

/// The entry with the arguments of what it names: `let addMix = _mix add` takes two.
fn signed(mut entry: Entry, meaning: &Meaning) -> Entry {
    if let (Meaning::Function(f), true) = (meaning, entry.params.is_empty()) {
        let words = f.signature.split(' ').skip(1).filter(|word| !word.is_empty());
        entry.params = words.map(String::from).collect();
        let all = std::iter::once(&entry.name).chain(&entry.params);
        entry.signature = all.cloned().collect::<Vec<_>>().join(" ");
    }
    entry
}

fn statement<'s>(
    eval: &mut Evaluator,
    stmt: &'s StmtKind,
    scope: &Scope,
) -> Option<(&'s Ident, Meaning)> {
    match stmt {
        StmtKind::Let { name, params, body } if params.is_empty() => {
            let meaning = eval.expr(body, scope).ok()?;
            Some((name, with_signature_of_alias(meaning, &name.name)))
        }
        StmtKind::Let { name, params, body } => {
            let known: Vec<&str> = params.iter().map(|p| p.name.as_str()).collect();
            crate::names::check(eval, body, scope, &known);
            Some((name, named_lambda(name, params, body, scope)))
        }
        StmtKind::Native { name, params } => {
            let meaning = native_meaning(eval, name, params)?;
            Some((name, with_signature(meaning, &name.name, params)))
        }
        _ => None,
    }
}

/// `let seq = fastcat`: the same function under another name.
fn with_signature_of_alias(meaning: Meaning, name: &str) -> Meaning {
    match meaning {
        Meaning::Function(mut f) => {
            let params = f.signature.split_once(' ').map_or("", |(_, rest)| rest).to_string();
            f.signature = format!("{name} {params}").trim_end().into();
            if !f.name.starts_with('(') || f.given.is_empty() {
                f.name = name.into();
            }
            Meaning::Function(f)
        }
        other => other,
    }
}

/// What a `native` line declares: a row of the tables, an operation with its alignment, or, with
/// no such row, a control.
fn native_meaning(eval: &mut Evaluator, name: &Ident, params: &[Ident]) -> Option<Meaning> {
    let function = |body: Body, arity: usize| Function {
        name: name.name.as_str().into(),
        signature: "".into(),
        arity,
        given: Vec::new(),
        body,
    };
    if let Some(native) = native::named(&name.name) {
        if native.takes.is_empty() {
            return constant(native, name.loc, eval);
        }
        return Some(Meaning::Function(function(Body::Native(native), native.takes.len())));
    }
    if let Some((operation, align)) = Operation::aligned(&name.name) {
        return Some(Meaning::Function(function(Body::Operation(operation, align), 2)));
    }
    match params {
        [value] if value.name == "value" => {
            let control = Body::Control(Sym::new(&name.name));
            Some(Meaning::Function(function(control, 1)))
        }
        _ => {
            let message = format!("no native `{}`", name.name);
            eval.problems.push(Problem::error("native", name.loc, message));
            None
        }
    }
}

fn constant(native: &'static native::Native, loc: Loc, eval: &mut Evaluator) -> Option<Meaning> {
    match native.run {
        Run::Plain(run) => match native::lift::run(native, run, Vec::new(), &native.name.into()) {
            Ok(pattern) => Some(Meaning::pattern(pattern)),
            Err(failure) => {
                eval.problems.push(Problem::error("native", loc, failure.message));
                None
            }
        },
        Run::Build(_) => None,
    }
}
