//! Statements: what a text defines, plays and asks for.

use super::{Eval, Evaluator};
use crate::language::Files;
use crate::meaning::Meaning;
use crate::problem::Problem;
use crate::program::{Action, Mode, Part, Program, Shown, Target};
use crate::scope::{Binding, Scope};
use crate::source::Source;
use crate::suggest::nearest;
use crate::syntax::ast::{Ast, Expr, ExprKind, Ident, Op, Stmt, StmtKind};
use mag_pattern::{Loc, Pattern};
use std::sync::Arc;

/// Files that `use` files, at most.
const USE_DEPTH: usize = 8;

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
    files: &'a dyn Files,
    mode: Mode,
    used: usize,
}

impl<'a> Reader<'a> {
    pub fn new(program: Program, mode: Mode, files: &'a dyn Files) -> Reader<'a> {
        Reader {
            eval: Evaluator::new(),
            program,
            actions: Vec::new(),
            shown: Vec::new(),
            warnings: Vec::new(),
            defined: Vec::new(),
            files,
            mode,
            used: 0,
        }
    }

    /// All statements of a text; problems do not stop the later ones.
    pub fn read(&mut self, ast: &Ast, source: &Source) {
        for stmt in &ast.stmts {
            // A failure has been reported, and what follows may have problems of its own.
            let _reported = self.statement(stmt, source);
        }
    }

    fn statement(&mut self, stmt: &Stmt, source: &Source) -> Eval<()> {
        match &stmt.kind {
            StmtKind::Let { name, params, body } => self.define(name, params, body),
            StmtKind::Native { name, .. } => {
                let message = "`native` is for the standard library";
                self.eval.report(Problem::error("native", name.loc, message).help("write `let`"))
            }
            StmtKind::Part { name, body } => {
                let part = self.part(name, body, stmt, source);
                if part.is_err() {
                    // So that a later `solo` or `mute` of it is not reported as well.
                    let text = Arc::from("");
                    let silent = Part { pattern: Pattern::silence(), loc: name.loc, text };
                    self.program.parts.entry(name.name.clone()).or_insert(silent);
                }
                part
            }
            StmtKind::Out { name, target } => {
                let target = self.target(target)?;
                self.program.outs.insert(name.name.clone(), target);
                Ok(())
            }
            StmtKind::Command { name, args } => self.command(name, args, stmt.loc),
            StmtKind::Expr(expr) => self.bare(expr),
        }
    }

    fn define(&mut self, name: &Ident, params: &[Ident], body: &Expr) -> Eval<()> {
        let scope = self.program.scope.clone();
        let meaning = if params.is_empty() {
            self.eval.expr(body, &scope)
        } else {
            self.check_body(params, body, &scope);
            Ok(named_lambda(name, params, body, &scope))
        };
        self.defined.push(name.clone());
        // After a failure the name stands for silence, so that its uses are not reported too.
        let known =
            meaning.as_ref().map_or_else(|_| Meaning::pattern(Pattern::silence()), Clone::clone);
        let binding = Binding { meaning: known, loc: name.loc };
        self.program.scope = scope.define(&name.name, binding);
        meaning.map(|_| ())
    }

    /// Unknown names in a function's body are found when it is defined, not when it is called.
    fn check_body(&mut self, params: &[Ident], body: &Expr, scope: &Scope) {
        let names: Vec<&str> = params.iter().map(|p| p.name.as_str()).collect();
        crate::names::check(&mut self.eval, body, scope, &names);
    }

    fn part(&mut self, name: &Ident, body: &Expr, stmt: &Stmt, source: &Source) -> Eval<()> {
        let scope = self.program.scope.clone();
        let meaning = self.eval.expr(body, &scope)?;
        let pattern = self.eval.pattern_of(meaning, body.loc)?;
        let text = source.slice(stmt.loc).into();
        self.program.parts.insert(name.name.clone(), Part { pattern, loc: name.loc, text });
        Ok(())
    }

    fn bare(&mut self, expr: &Expr) -> Eval<()> {
        let scope = self.program.scope.clone();
        let meaning = self.eval.expr(expr, &scope)?;
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

    fn command(&mut self, name: &Ident, args: &[Expr], loc: Loc) -> Eval<()> {
        match name.name.as_str() {
            "tempo" => {
                let beats = self.one_number(name, args, loc)?;
                if !(1.0..=2000.0).contains(&beats) {
                    let problem =
                        Problem::error("bad-argument", loc, "this tempo cannot be played");
                    return self.eval.report(problem.expected("1 to 2000 beats a minute"));
                }
                self.program.tempo = beats;
            }
            "meter" => self.program.meter = self.meter(args, loc)?,
            "hush" => {
                self.program.parts.clear();
                self.actions.push(Action::Hush);
            }
            "panic" => {
                self.program.parts.clear();
                self.actions.push(Action::Panic);
            }
            "undo" => self.actions.push(Action::Undo),
            "redo" => self.actions.push(Action::Redo),
            "mute" => self.parts_named(args, |p, n| _ = p.muted.insert(n))?,
            "solo" => self.parts_named(args, |p, n| _ = p.soloed.insert(n))?,
            "unmute" if args.is_empty() => self.program.muted.clear(),
            "unmute" => self.parts_named(args, |p, n| _ = p.muted.remove(&n))?,
            "unsolo" if args.is_empty() => self.program.soloed.clear(),
            "unsolo" => self.parts_named(args, |p, n| _ = p.soloed.remove(&n))?,
            "use" => self.use_file(args, loc)?,
            "once" => {
                let pattern = self.one_pattern(name, args, loc)?;
                self.actions.push(Action::Once(pattern));
            }
            "quantum" => {
                let word = self.one_text(name, args, loc)?;
                self.actions.push(Action::Quantum(word));
            }
            "record" => {
                let file = self.one_text(name, args, loc)?;
                self.actions.push(Action::Record((file != "stop").then_some(file)));
            }
            "help" => {
                let topic = args.first().map(text_of).transpose();
                match topic {
                    Ok(topic) => self.actions.push(Action::Help(topic)),
                    Err(loc) => {
                        return self.eval.report(Problem::error(
                            "bad-argument",
                            loc,
                            "help is about a name",
                        ));
                    }
                }
            }
            other => {
                let message = format!("nothing is called `{other}`");
                return self.eval.report(Problem::error("unknown-command", name.loc, message));
            }
        }
        Ok(())
    }

    fn one<'e>(&mut self, name: &Ident, args: &'e [Expr], loc: Loc) -> Eval<&'e Expr> {
        if let [only] = args {
            return Ok(only);
        }
        let usage = crate::syntax::command_named(&name.name).map_or("", |c| c.usage);
        let message = format!("`{}` takes one thing", name.name);
        self.eval
            .report(Problem::error("argument-count", loc, message).help(format!("write `{usage}`")))
    }

    fn one_number(&mut self, name: &Ident, args: &[Expr], loc: Loc) -> Eval<f64> {
        let arg = self.one(name, args, loc)?;
        let pattern = self.expr_pattern(arg)?;
        match pattern.constant().and_then(|v| v.number()) {
            Some(x) => Ok(x),
            None => {
                let message = format!("`{}` takes a number", name.name);
                self.eval
                    .report(Problem::error("bad-argument", arg.loc, message).expected("a number"))
            }
        }
    }

    fn one_pattern(&mut self, name: &Ident, args: &[Expr], loc: Loc) -> Eval<Pattern> {
        let arg = self.one(name, args, loc)?;
        self.expr_pattern(arg)
    }

    fn expr_pattern(&mut self, expr: &Expr) -> Eval<Pattern> {
        let scope = self.program.scope.clone();
        let meaning = self.eval.expr(expr, &scope)?;
        self.eval.pattern_of(meaning, expr.loc)
    }

    fn one_text(&mut self, name: &Ident, args: &[Expr], loc: Loc) -> Eval<String> {
        let arg = self.one(name, args, loc)?;
        match text_of(arg) {
            Ok(text) => Ok(text),
            Err(at) => {
                let message = format!("`{}` takes a name or a text", name.name);
                self.eval.report(Problem::error("bad-argument", at, message))
            }
        }
    }

    /// `3/4`, `6/8`, or a lone number of beats.
    fn meter(&mut self, args: &[Expr], loc: Loc) -> Eval<(u32, u32)> {
        let whole = |e: &Expr| match e.kind {
            ExprKind::Num(x) if x.fract() == 0.0 && (1.0..=64.0).contains(&x) => Some(x as u32),
            _ => None,
        };
        let meter = match args {
            [one] => match &one.kind {
                ExprKind::Binary { op: Op::Div, left, right, .. } => whole(left).zip(whole(right)),
                _ => whole(one).map(|beats| (beats, 4)),
            },
            _ => None,
        };
        match meter.filter(|(_, unit)| unit.is_power_of_two()) {
            Some(meter) => Ok(meter),
            None => {
                let problem = Problem::error("bad-argument", loc, "this is no meter");
                self.eval.report(problem.expected("beats over note value, such as `meter 3/4`"))
            }
        }
    }

    fn parts_named(&mut self, args: &[Expr], f: impl Fn(&mut Program, String)) -> Eval<()> {
        let mut result = Ok(());
        for arg in args {
            let name = text_of(arg).unwrap_or_default();
            // In a file the part may come further down; the session knows them all by then.
            let known = self.program.parts.contains_key(&name) || self.mode == Mode::File;
            if known && !name.is_empty() {
                f(&mut self.program, name);
                continue;
            }
            let parts: Vec<&str> = self.program.parts.keys().map(String::as_str).collect();
            let near = nearest(&name, parts.iter().copied(), 3);
            let problem =
                Problem::error("unknown-part", arg.loc, format!("no part is called `{name}`"));
            let problem = if near.is_empty() && !parts.is_empty() {
                problem.help(format!("these play: {}", parts.join(", ")))
            } else {
                problem.did_you_mean(&near)
            };
            result = self.eval.report(problem);
        }
        result
    }

    fn use_file(&mut self, args: &[Expr], loc: Loc) -> Eval<()> {
        let path = match args {
            [arg] => text_of(arg).unwrap_or_default(),
            _ => String::new(),
        };
        if path.is_empty() {
            let problem = Problem::error("bad-argument", loc, "`use` takes a file's name");
            return self.eval.report(problem.help("write `use 'drums.mag'`"));
        }
        if self.used >= USE_DEPTH {
            let problem = Problem::error("use-depth", loc, "files use each other too deeply");
            return self.eval.report(problem.help("does a file use itself?"));
        }
        let text = match self.files.read(&path) {
            Ok(text) => text,
            Err(why) => {
                let message = format!("cannot read `{path}`: {why}");
                return self.eval.report(Problem::error("use-file", loc, message));
            }
        };
        self.used += 1;
        let file = loc.file().wrapping_add(1000).wrapping_add(self.used as u16);
        let source = Source::new(file, &path, &text);
        let (ast, mut problems) = crate::syntax::parse(&source);
        let before = self.eval.problems.len();
        self.read(&ast, &source);
        problems.extend(self.eval.problems.drain(before..));
        let mut result = Ok(());
        for problem in problems.into_iter().filter(Problem::is_error) {
            let at = source.position(problem.loc.from());
            let message = format!("{path}:{}:{}: {}", at.line, at.column, problem.message);
            let mut outer = Problem::error("use-file", loc, message);
            outer.help = problem.help;
            result = self.eval.report(outer);
        }
        result
    }

    fn target(&mut self, expr: &Expr) -> Eval<Target> {
        let (kind, address) = match &expr.kind {
            ExprKind::Name(name) => (name.as_str(), String::new()),
            ExprKind::Apply { f, args } => match (&f.kind, args.as_slice()) {
                (ExprKind::Name(name), [arg]) => (name.as_str(), text_of(arg).unwrap_or_default()),
                _ => ("", String::new()),
            },
            _ => ("", String::new()),
        };
        match (kind, address.as_str()) {
            ("synth", "") => Ok(Target::Synth),
            ("osc", a) if is_address(a) => Ok(Target::Osc(address)),
            ("superdirt", "") => Ok(Target::SuperDirt("127.0.0.1:57120".into())),
            ("superdirt", a) if is_address(a) => Ok(Target::SuperDirt(address)),
            ("midi", a) if !a.is_empty() => Ok(Target::Midi(address)),
            _ => {
                let problem = Problem::error("bad-target", expr.loc, "this is no output");
                self.eval.report(problem.expected(
                    "`synth`, `osc '127.0.0.1:9000'`, `superdirt '127.0.0.1:57120'` or `midi 'port'`",
                ))
            }
        }
    }
}

/// `host:port`.
fn is_address(text: &str) -> bool {
    text.rsplit_once(':')
        .is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok())
}

/// A name or text that is meant as such; else its place.
fn text_of(expr: &Expr) -> Result<String, Loc> {
    match &expr.kind {
        ExprKind::Name(text) | ExprKind::Text(text) | ExprKind::Mini(text) => Ok(text.clone()),
        _ => Err(expr.loc),
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
