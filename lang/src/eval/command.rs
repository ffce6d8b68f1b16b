//! Commands and settings: `tempo 124`, `mute hats`, `use 'drums.mag'`.

mod fades;

use super::Eval;
use super::stmt::Reader;
use crate::problem::Problem;
use crate::program::{Action, Mode, Program, Target};
use crate::source::Source;
use crate::suggest::nearest;
use crate::syntax::ast::{Expr, ExprKind, Ident, Op};
use mag_pattern::{Loc, Pattern, Time};

/// Files within files that `use` reads.
const USE_DEPTH: usize = 8;
/// Files that one text uses in all.
const USE_FILES: usize = 64;
/// Files that are used are numbered from here on.
const FIRST_FILE: u16 = 50_000;

impl Reader<'_> {
    pub(super) fn command(&mut self, name: &Ident, args: &[Expr], loc: Loc) -> Eval<()> {
        match name.name.as_str() {
            "tempo" => {
                let (args, over) = self.over(args)?;
                let range = (1.0, 2000.0, "1 to 2000 beats a minute");
                let beats = self.one_within(name, args, loc, range)?;
                (self.program.tempo, self.program.glide) = (beats, over.unwrap_or(Time::ZERO));
                self.program.said.tempo = Some((beats, self.program.glide));
            }
            "seed" => {
                let range = (-1e9, 1e9, "a whole number");
                self.program.seed = self.one_within(name, args, loc, range)?.round() as i64;
                self.program.said.seed = Some(self.program.seed);
            }
            "nudge" => self.nudge(name, args, loc)?,
            "xfade" => self.xfade(name, args, loc)?,
            "fade" => self.fade(args, loc)?,
            "meter" => self.program.meter = self.meter(args, loc)?,
            "hush" | "panic" => {
                self.alone(name, args)?;
                self.clear();
                let hush = name.name == "hush";
                self.actions.push(if hush { Action::Hush } else { Action::Panic });
            }
            "undo" | "redo" | "tap" | "load" => {
                self.alone(name, args)?;
                self.actions.push(match name.name.as_str() {
                    "undo" => Action::Undo,
                    "redo" => Action::Redo,
                    "tap" => Action::Tap,
                    _ => Action::Load,
                });
            }
            "mute" | "solo" if args.is_empty() => {
                let message = format!("`{}` takes names of parts", name.name);
                let problem = Problem::error("argument-count", loc, message);
                return self.eval.report(problem.help(format!("write `{} kick`", name.name)));
            }
            "mute" => self.parts_named(args, |p, n| {
                p.said.muted.insert(n.clone(), true);
                p.muted.insert(n);
            })?,
            "solo" => self.parts_named(args, |p, n| {
                p.said.soloed.insert(n.clone(), true);
                p.soloed.insert(n);
            })?,
            "unmute" if args.is_empty() => {
                self.program.muted.clear();
                self.program.said.muted.insert(String::new(), false);
            }
            "unmute" => self.parts_named(args, |p, n| {
                p.muted.remove(&n);
                p.said.muted.insert(n, false);
            })?,
            "unsolo" if args.is_empty() => {
                self.program.soloed.clear();
                self.program.said.soloed.insert(String::new(), false);
            }
            "unsolo" => self.parts_named(args, |p, n| {
                p.soloed.remove(&n);
                p.said.soloed.insert(n, false);
            })?,
            "use" => self.use_file(args, loc)?,
            "once" => {
                let pattern = self.one_pattern(name, args, loc)?;
                self.actions.push(Action::Once(pattern));
            }
            "quantum" => {
                let word = self.quantum(name, args, loc)?;
                self.actions.push(Action::Quantum(word));
            }
            "at" => {
                let word = self.quantum(name, args, loc)?;
                self.actions.push(Action::At(word));
            }
            "record" => {
                let file = self.one_text(name, args, loc)?;
                if self.mode == Mode::File {
                    let problem = Problem::error("writes", loc, "a file cannot record");
                    return self.eval.report(problem.help(format!(
                        "type `record '{file}'` at the prompt, or `mag send \"record '{file}'\"`"
                    )));
                }
                self.actions.push(Action::Record((file != "stop").then_some(file)));
            }
            "timing" => {
                let reset = match args {
                    [] => false,
                    [only] if text_of(only).is_ok_and(|word| word == "reset") => true,
                    _ => {
                        let problem =
                            Problem::error("bad-argument", loc, "this is nothing of `timing`");
                        return self.eval.report(problem.help("write `timing` or `timing reset`"));
                    }
                };
                self.actions.push(Action::Timing { reset });
            }
            "samples" => self.samples(name, args, loc)?,
            "soundfont" => self.soundfont(name, args, loc)?,
            "preload" => {
                let names = self.one_text(name, args, loc)?;
                self.program.preload.extend(names.split_whitespace().map(str::to_owned));
            }
            "help" => {
                let topic = match args {
                    [] | [_] => args.first().map(text_of).transpose(),
                    [_, more, ..] => Err(more.loc),
                };
                match topic {
                    Ok(topic) => self.actions.push(Action::Help(topic)),
                    Err(loc) => {
                        return self.eval.report(Problem::error(
                            "bad-argument",
                            loc,
                            "help is about one name",
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

    /// A command that stands alone: `hush kick` would hush more than was meant.
    fn alone(&mut self, name: &Ident, args: &[Expr]) -> Eval<()> {
        let Some(first) = args.first() else { return Ok(()) };
        let message = format!("`{}` stands alone", name.name);
        let problem = Problem::error("argument-count", first.loc, message);
        let part = text_of(first).ok().filter(|part| self.program.parts.contains_key(part));
        self.eval.report(match (name.name.as_str(), part) {
            ("hush" | "panic", Some(part)) => {
                problem.help(format!("`mute {part}` silences that part alone"))
            }
            _ => problem.help(format!("write `{}`", name.name)),
        })
    }

    /// No parts, and nothing that hung on them.
    fn clear(&mut self) {
        self.program.parts.clear();
        self.program.faders.clear();
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
        let meaning = self.eval.expr(expr, &self.program.scope)?;
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
                self.named_parts.push((name.clone(), arg.loc));
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

    fn samples(&mut self, name: &Ident, args: &[Expr], loc: Loc) -> Eval<()> {
        let path = self.one_text(name, args, loc)?;
        match self.files.folder(&path) {
            Ok(folder) => {
                // (named again, it comes last and wins)
                self.program.samples.retain(|before| *before != folder);
                self.program.samples.push(folder);
                Ok(())
            }
            Err(why) => {
                let message = format!("cannot play the samples in `{path}`: {why}");
                self.eval.report(Problem::error("use-file", loc, message))
            }
        }
    }

    fn soundfont(&mut self, name: &Ident, args: &[Expr], loc: Loc) -> Eval<()> {
        let path = self.one_text(name, args, loc)?;
        match self.files.soundfont(&path) {
            Ok(file) => {
                self.program.samples.retain(|before| *before != file);
                self.program.samples.push(file);
                Ok(())
            }
            Err(why) => {
                let message = format!("cannot play the SoundFont `{path}`: {why}");
                self.eval.report(Problem::error("use-file", loc, message))
            }
        }
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
        if self.using.0 >= USE_DEPTH || self.using.1 >= USE_FILES {
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
        self.using = (self.using.0 + 1, self.using.1 + 1);
        let file = FIRST_FILE + self.using.1 as u16;
        let source = Source::new(file, &path, &text);
        let (ast, mut problems) = crate::syntax::parse(&source);
        let before = self.eval.problems.len();
        self.read(&ast, &source);
        self.using.0 -= 1;
        problems.extend(self.eval.problems.drain(before..));
        let mut result = Ok(());
        for problem in problems.into_iter().filter(Problem::is_error) {
            let mut outer = Problem { loc, ..problem.clone() };
            // (one of a file that this one uses says already where it is)
            if !problem.code.starts_with("use-") {
                let at = source.position(problem.loc.from());
                let message = format!("{path}:{}:{}: {}", at.line, at.column, problem.message);
                outer = Problem::error("use-file", loc, message);
                outer.help = problem.help;
            }
            result = self.eval.report(outer);
        }
        result
    }

    pub(super) fn target(&mut self, expr: &Expr) -> Eval<Target> {
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
