//! Statements: what a text defines, plays and asks for.

use super::{Eval, Evaluator};
use crate::language::Files;
use crate::meaning::Meaning;
use crate::problem::Problem;
use crate::program::{Action, Mode, Part, Program, Shown};
use crate::scope::{Binding, Scope};
use crate::source::Source;
use crate::syntax::ast::{Ast, Expr, Ident, Stmt, StmtKind};
use mag_pattern::{Loc, Pattern};
use std::collections::HashMap;
use std::sync::Arc;

/// Parameters of one function, at most.
const MAX_PARAMETERS: usize = 32;

/// A text being evaluated into a new program.
pub(crate) struct Reader<'a> {
    /// Where problems gather.
    pub eval: Evaluator,
    /// The program so far.
    pub program: Program,
    /// What the text asks for besides.
    pub actions: Vec<Action>,
    /// Bare expressions.
    pub shown: Vec<Shown>,
    /// Legal but suspicious.
    pub warnings: Vec<Problem>,
    /// Names defined by this text, for the warning about unused ones.
    pub defined: Vec<Ident>,
    /// Parts that `mute` and `solo` name, which may come further down.
    pub named_parts: Vec<(String, Loc)>,
    /// Where each part of this text was written last.
    written: HashMap<String, Loc>,
    pub(super) files: &'a dyn Files,
    pub(super) mode: Mode,
    /// Files within files that are being read, and all that were read.
    pub(super) using: (usize, usize),
}

impl<'a> Reader<'a> {
    pub fn new(mut program: Program, mode: Mode, files: &'a dyn Files) -> Reader<'a> {
        program.scope = std::mem::take(&mut program.scope).with_parts(&program.parts);
        Reader {
            eval: Evaluator::new(),
            program,
            actions: Vec::new(),
            shown: Vec::new(),
            warnings: Vec::new(),
            defined: Vec::new(),
            named_parts: Vec::new(),
            written: HashMap::new(),
            files,
            mode,
            using: (0, 0),
        }
    }

    /// All statements of a text; problems do not stop the later ones.
    pub fn read(&mut self, ast: &Ast, source: &Source) {
        self.declare(ast);
        self.eval.coming.extend(ast.stmts.iter().filter_map(|stmt| match &stmt.kind {
            StmtKind::Part { name, .. } => Some(name.name.clone()),
            _ => None,
        }));
        for stmt in &ast.stmts {
            // A failure has been reported, and what follows may have problems of its own.
            let _reported = self.statement(stmt, source);
        }
    }

    fn statement(&mut self, stmt: &Stmt, source: &Source) -> Eval<()> {
        match &stmt.kind {
            StmtKind::Let { name, params, body } => {
                crate::names::twice(&mut self.eval, body);
                self.define(name, params, body, source.slice(stmt.loc))
            }
            StmtKind::Native { name, .. } => {
                let message = "`native` is for the standard library";
                self.eval.report(Problem::error("native", name.loc, message).help("write `let`"))
            }
            StmtKind::Part { name, body } => {
                crate::names::twice(&mut self.eval, body);
                self.once(name);
                self.eval.coming.remove(&name.name);
                let part = self.part(name, body, stmt, source);
                if part.is_err() {
                    if self.program.scope.get(&name.name).is_none() {
                        // So that what is made of it is not reported as well.
                        self.eval.broken.insert(name.name.clone());
                    }
                    // So that a later `solo` or `mute` of it is not reported as well.
                    let text = Arc::from("");
                    let silent =
                        Part { pattern: Pattern::silence(), loc: name.loc, text, meaning: 0 };
                    self.program.parts.entry(name.name.clone()).or_insert(silent);
                }
                part
            }
            StmtKind::Synth { name, params, body } => self.synth(name, params, body),
            StmtKind::Out { name, target } => {
                let target = self.target(target)?;
                self.program.outs.insert(name.name.clone(), target);
                Ok(())
            }
            StmtKind::Command { name, args } => self.command(name, args, stmt.loc),
            StmtKind::Expr(expr) => self.bare(expr),
        }
    }

    fn define(&mut self, name: &Ident, params: &[Ident], body: &Expr, text: &str) -> Eval<()> {
        self.defined.push(name.clone());
        self.eval.defining = Some(name.name.clone());
        let (meaning, meant) = self.watched(text, |reader| reader.meaning(name, params, body));
        self.eval.defining = None;
        Arc::make_mut(&mut self.program.lets).insert(name.name.clone(), meant);
        match meaning {
            Ok(meaning) => {
                let binding = Binding { meaning, loc: name.loc };
                let scope = std::mem::take(&mut self.program.scope);
                self.program.scope = scope.define(&name.name, binding);
                self.eval.broken.remove(&name.name);
                Ok(())
            }
            Err(fault) => {
                // So that its uses are not reported as well.
                self.eval.broken.insert(name.name.clone());
                Err(fault)
            }
        }
    }

    fn meaning(&mut self, name: &Ident, params: &[Ident], body: &Expr) -> Eval {
        let scope = &self.program.scope;
        if params.is_empty() {
            return self.eval.expr(body, scope);
        }
        if let Some(extra) = params.get(MAX_PARAMETERS) {
            let problem = Problem::error("too-large", extra.loc, "too many parameters");
            return self.eval.report(problem.expected(format!("up to {MAX_PARAMETERS}")));
        }
        crate::names::parameters_twice(&mut self.eval, params);
        // Unknown names are found when a function is defined, not when it is called.
        let names: Vec<&str> = params.iter().map(|p| p.name.as_str()).collect();
        let before = self.eval.problems.len();
        crate::names::check(&mut self.eval, body, scope, &names);
        if self.eval.problems.len() > before {
            return Err(super::Fault);
        }
        self.eval.sized(named_lambda(name, params, body, scope), name.loc)
    }

    /// Warns of a part that this text has written before: only the last one plays.
    fn once(&mut self, name: &Ident) {
        if let Some(first) = self.written.insert(name.name.clone(), name.loc) {
            let message = format!("`{}` is here twice: only this one plays", name.name);
            let problem = Problem::warning("duplicate-part", name.loc, message);
            self.warnings.push(problem.note(first, "this one does not").help("rename one of them"));
        }
    }

    fn part(&mut self, name: &Ident, body: &Expr, stmt: &Stmt, source: &Source) -> Eval<()> {
        let text = source.slice(stmt.loc);
        let (made, meaning) =
            self.watched(text, |reader| reader.eval.expr(body, &reader.program.scope));
        let pattern = self.eval.pattern_of(made?, body.loc)?;
        let binding = Binding { meaning: Meaning::Pattern(pattern.clone(), None), loc: name.loc };
        let part = Part { pattern, loc: name.loc, text: text.into(), meaning };
        self.program.parts.insert(name.name.clone(), part);
        let scope = std::mem::take(&mut self.program.scope);
        self.program.scope = scope.with_part(&name.name, binding);
        Ok(())
    }

    /// What `read` makes of a text, and what the text means: its words, what the performer's names
    /// among them stand for, and the parts that it is made of.
    fn watched(&mut self, text: &str, read: impl FnOnce(&mut Self) -> Eval) -> (Eval, u64) {
        let before = std::mem::take(&mut self.eval.used);
        let made = read(self);
        let scope = &self.program.scope;
        let mut parts: Vec<&str> =
            self.eval.used.iter().map(String::as_str).filter(|n| scope.is_part(n)).collect();
        parts.sort_unstable();
        let parts = parts.iter().filter_map(|name| self.program.parts.get(*name));
        let meant = self.program.meaning_of(text, parts.map(|part| part.meaning));
        self.eval.used.extend(before);
        (made, meant)
    }

    fn bare(&mut self, expr: &Expr) -> Eval<()> {
        crate::names::twice(&mut self.eval, expr);
        let meaning = self.eval.expr(expr, &self.program.scope)?;
        if self.mode == Mode::File {
            let problem =
                Problem::warning("ignored", expr.loc, "a file does not show bare expressions");
            self.warnings.push(problem.help("to play it, give it a name: `drums: …`"));
            return Ok(());
        }
        self.shown.push(match meaning {
            Meaning::Pattern(p, _) => Shown::Pattern(p),
            Meaning::Generator(g) => Shown::Pattern(g.into_pattern()),
            Meaning::Text(text) => Shown::Text(text.to_string()),
            Meaning::Function(f) => {
                let signature = super::expr::signature(&f).unwrap_or_else(|| f.name.to_string());
                Shown::Text(format!("a function: {signature}"))
            }
            other => Shown::Text(other.kind()),
        });
        Ok(())
    }
}

/// A function with its signature: `wobble depth`.
pub(crate) fn named_lambda(name: &Ident, params: &[Ident], body: &Expr, scope: &Scope) -> Meaning {
    let meaning = super::expr::lambda(&name.name, params, body, scope);
    with_signature(meaning, &name.name, params)
}

/// Notes how a function is called.
pub(crate) fn with_signature(meaning: Meaning, name: &str, params: &[Ident]) -> Meaning {
    match meaning {
        Meaning::Function(mut f) => {
            let words: Vec<&str> =
                std::iter::once(name).chain(params.iter().map(|p| p.name.as_str())).collect();
            f.name = name.into();
            f.signature = words.join(" ").into();
            Meaning::Function(f)
        }
        other => other,
    }
}
