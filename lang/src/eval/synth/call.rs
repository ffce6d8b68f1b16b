//! Generators and functions given their inputs.

use super::at;
use super::build::Builder;
use super::value::{Body, Env, Function, Signal, Value};
use crate::eval::{Eval, Fault, STDLIB_FILE};
use crate::problem::Problem;
use crate::syntax::ast::{Ident, Link};
use crate::synth::Synth;
use mag_graph::{Fill, Given, Input, Kind, Source, Ugen, Unit};
use mag_pattern::Loc;

/// Generators of two signals whose second input, what a chain pipes in, comes first.
const TURNED: [Kind; 11] = [
    Kind::Add,
    Kind::Sub,
    Kind::Mul,
    Kind::Div,
    Kind::Mod,
    Kind::Min,
    Kind::Max,
    Kind::Pow,
    Kind::Lt,
    Kind::Le,
    Kind::Eq,
];

impl Builder<'_> {
    /// Pipes a value through links. Goes on after a failure to find the problems in later ones.
    pub fn links(
        &mut self,
        start: Eval<Value>,
        loc: Loc,
        links: &[Link],
        env: &Env,
    ) -> Eval<Value> {
        let (mut now, mut place) = (start, loc);
        for link in links {
            let callee = self.name(&link.name.name, link.name.loc, env);
            let args = self.all(&link.args, env);
            now = match (now, callee, args) {
                (Ok(base), Ok(callee), Ok(mut args)) => {
                    args.push((base, place));
                    self.apply(callee, link.name.loc, args, link.loc)
                }
                _ => Err(Fault),
            };
            place = place.join(link.loc);
        }
        now
    }

    /// Gives arguments to a function.
    pub fn apply(
        &mut self,
        callee: Value,
        callee_loc: Loc,
        args: Vec<(Value, Loc)>,
        loc: Loc,
    ) -> Eval<Value> {
        let Value::Function(mut f) = callee else {
            return self.no_generator(&callee, callee_loc);
        };
        f.given.extend(args);
        self.eval.spend(at(loc, self.site), 1 + f.given.len())?;
        match f.body.clone() {
            Body::Ugen(ugen) => self.generator(ugen, &f.given, loc),
            Body::Synth(synth) => self.inline(&synth, &f.given, loc),
            Body::Lambda { params, body, env } => {
                if f.given.len() < params.len() {
                    return Ok(Value::Function(f));
                }
                let extra = f.given.split_off(params.len());
                let outer_site = self.site;
                if body.loc.file() == STDLIB_FILE && self.site.is_none() {
                    self.site = Some(loc);
                }
                let mut inner = env;
                for (param, (value, at)) in params.iter().zip(f.given) {
                    let value = self.settled(value, at)?;
                    inner = super::build::bound(inner, &param.name, value);
                }
                let result = self.expr(&body, &inner);
                self.site = outer_site;
                self.rest(result?, &f.name, extra, loc)
            }
            Body::Chain { links, env } => {
                let mut given = f.given.into_iter();
                let (base, base_loc) = given.next().ok_or(Fault)?;
                let result = self.links(Ok(base), base_loc, &links, &env)?;
                self.rest(result, &f.name, given.collect(), loc)
            }
            Body::Section { op, right } => {
                let mut given = f.given.into_iter();
                let (left, left_loc) = given.next().ok_or(Fault)?;
                let left = self.signal(left, left_loc)?;
                let result = Value::Signal(self.operator(op, left, right, loc));
                self.rest(result, &f.name, given.collect(), loc)
            }
        }
    }

    /// That what was given inputs takes none; an argument may have the name of what does.
    fn no_generator(&mut self, callee: &Value, loc: Loc) -> Eval<Value> {
        let hidden = match callee {
            Value::Signal(Signal::Mono(Source::Argument(i))) => self.params.get(usize::from(*i)),
            _ => None,
        };
        let takes_inputs = |name: &str| {
            mag_graph::named(name).is_some()
                || crate::synth::made(name).is_some()
                || self.program.synths.contains_key(name)
        };
        if let Some(Ident { name, loc: defined }) = hidden.filter(|p| takes_inputs(&p.name)) {
            let message = format!("`{name}` is an argument here, no generator");
            let problem = Problem::error("not-a-function", loc, message)
                .note(*defined, "the argument has the generator's name")
                .help("give the argument another name");
            return self.report(problem);
        }
        let problem = Problem::error("not-a-function", loc, "this takes no inputs");
        self.report(problem.expected("a generator").found(callee.kind()))
    }

    /// What is left of the arguments goes to what came of the first ones.
    fn rest(
        &mut self,
        value: Value,
        name: &str,
        extra: Vec<(Value, Loc)>,
        loc: Loc,
    ) -> Eval<Value> {
        match (extra.first(), &value) {
            (None, _) => Ok(value),
            (Some(_), Value::Function(_)) => self.apply(value, loc, extra, loc),
            (Some((_, at)), _) => {
                let message = format!("`{name}` has one input too many");
                self.report(Problem::error("argument-count", *at, message))
            }
        }
    }

    /// A generator that needs nothing more becomes its signal, so that a name stands for one.
    fn settled(&mut self, value: Value, loc: Loc) -> Eval<Value> {
        match value {
            Value::Function(f) if needs(&f).is_none() => {
                Ok(Value::Signal(self.signal(Value::Function(f), loc)?))
            }
            other => Ok(other),
        }
    }

    /// The signal that a value stands for.
    pub fn signal(&mut self, value: Value, loc: Loc) -> Eval<Signal> {
        let problem = Problem::error("not-a-signal", loc, "a signal is needed here");
        let problem = problem.expected("a signal").found(value.kind());
        match value {
            Value::Signal(signal) => Ok(signal),
            Value::Function(f) => match needs(&f) {
                None => {
                    let name = f.name.clone();
                    let value = self.apply(Value::Function(f), loc, Vec::new(), loc)?;
                    match value {
                        Value::Signal(signal) => Ok(signal),
                        _ => self.report(problem.help(format!("`{name}` needs more inputs"))),
                    }
                }
                Some(missing) => {
                    let help = format!("it is called like this: `{missing}`");
                    self.report(problem.help(help))
                }
            },
            Value::List(_) => self.report(problem.help("`mix [a, b]` adds the signals of a list")),
            Value::Word(word) if word.starts_with('"') => {
                let help = "make it an argument, `synth … x=1 = …`, and set that: `.x \"<1 2>\"`";
                let message = "a pattern where a signal is wanted";
                let problem = Problem::error("pattern-in-synth", loc, message);
                self.report(problem.found("a pattern in quotes").help(help))
            }
            Value::Word(_) => self.report(problem),
        }
    }

    /// A generator of the table with its inputs: those that are given, what a chain piped in as
    /// the last, and defaults.
    fn generator(&mut self, ugen: &'static Ugen, args: &[(Value, Loc)], loc: Loc) -> Eval<Value> {
        let inputs = ugen.inputs;
        if let Some((_, extra)) = args.get(inputs.len()) {
            let message = format!(
                "`{}` takes up to {} inputs, found {}",
                ugen.name,
                inputs.len(),
                args.len()
            );
            let message = match inputs.len() {
                0 => format!("`{}` takes no inputs", ugen.name),
                1 => format!("`{}` takes one input, found {}", ugen.name, args.len()),
                _ => message,
            };
            let problem = Problem::error("argument-count", *extra, message);
            return self
                .report(problem.help(format!("it is called like this: `{}`", called(ugen))));
        }
        let piped = inputs.last().is_some_and(|last| last.fill == Fill::Wanted);
        let own = if piped { inputs.len() - 1 } else { inputs.len() };
        let given = if piped { args.len().saturating_sub(1) } else { args.len() };
        let mut all: Vec<Eval<(Value, Loc)>> = Vec::with_capacity(inputs.len());
        for (i, input) in inputs.iter().enumerate() {
            let arg = if i < own { args.get(i).filter(|_| i < given) } else { args.last() };
            all.push(match arg {
                Some(arg) => Ok(arg.clone()),
                None => self.filled(ugen, input, loc),
            });
        }
        let all = all.into_iter().collect::<Eval<Vec<(Value, Loc)>>>()?;
        if let Some(value) = self.form(ugen.kind, &all, loc)? {
            return Ok(value);
        }
        let mut signals = Vec::with_capacity(all.len());
        for ((value, at), input) in all.into_iter().zip(inputs) {
            let signal = self.signal(value, at);
            signals.push(signal.map(|signal| self.ranged(ugen, input, signal, at)));
        }
        let mut signals = signals.into_iter().collect::<Eval<Vec<Signal>>>()?;
        if TURNED.contains(&ugen.kind) {
            signals.reverse();
        }
        Ok(Value::Signal(self.spread(ugen.kind, &signals, loc, ugen.random)))
    }

    /// What an input has when nothing is given.
    fn filled(&mut self, ugen: &Ugen, input: &Input, loc: Loc) -> Eval<(Value, Loc)> {
        let source = match input.fill {
            Fill::Value(x) => Source::Const(x),
            Fill::Freq => Source::Given(Given::Freq),
            Fill::Wanted => {
                let message = format!("`{}` needs its input `{}`", ugen.name, input.name);
                let problem = Problem::error("synth-input", loc, message);
                return self
                    .report(problem.help(format!("it is called like this: `{}`", called(ugen))));
            }
        };
        Ok((Value::Signal(Signal::Mono(source)), loc))
    }

    /// Warns of a number that cannot be meant.
    fn ranged(&mut self, ugen: &Ugen, input: &Input, signal: Signal, loc: Loc) -> Signal {
        let wide = matches!(input.unit, Unit::Signal | Unit::Wave | Unit::Turns);
        let beyond = signal.number().filter(|x| !wide && !(input.min..=input.max).contains(x));
        if let Some(x) = beyond.filter(|_| loc.file() != STDLIB_FILE) {
            let message = format!("`{}` of `{}` cannot be {x}", input.name, ugen.name);
            let problem = Problem::warning("out-of-range", loc, message);
            let (min, max, unit) = (input.min, input.max, input.unit.word());
            self.warnings.push(problem.expected(format!("{min} to {max} ({unit})")));
        }
        signal
    }

    /// The generators of another instrument, with signals for its arguments.
    fn inline(&mut self, synth: &Synth, args: &[(Value, Loc)], loc: Loc) -> Eval<Value> {
        if let Some((_, extra)) = args.get(synth.arguments.len()) {
            let message = format!("`{}` has an input too many", synth.name);
            let problem = Problem::error("argument-count", *extra, message);
            return self.report(problem.help(format!("it is `synth {}`", synth.signature())));
        }
        self.eval.spend(at(loc, self.site), synth.graph.nodes.len())?;
        let given: Vec<Eval<Signal>> =
            args.iter().map(|(value, at)| self.signal(value.clone(), *at)).collect();
        let mut signals = given.into_iter().collect::<Eval<Vec<Signal>>>()?;
        for argument in synth.arguments.iter().skip(signals.len()) {
            signals.push(Signal::Mono(Source::Const(argument.default)));
        }
        let left = self.copied(synth, &signals.iter().map(|s| s.left()).collect::<Vec<_>>(), loc);
        let stereo = signals.iter().any(|signal| signal.is_stereo());
        let right = match stereo {
            true => self.copied(synth, &signals.iter().map(|s| s.right()).collect::<Vec<_>>(), loc),
            false => left,
        };
        Ok(Value::Signal(match (stereo, left == right && !left.is_stereo()) {
            (false, true) => left,
            _ => Signal::Stereo(left.left(), right.right()),
        }))
    }

    fn copied(&mut self, synth: &Synth, arguments: &[Source], loc: Loc) -> Signal {
        let mut became = Vec::with_capacity(synth.graph.nodes.len());
        let moved = |source: Source, became: &[Source]| match source {
            Source::Node(n) => became.get(n as usize).copied().unwrap_or(Source::Const(0.0)),
            Source::Argument(i) => {
                arguments.get(usize::from(i)).copied().unwrap_or(Source::Const(0.0))
            }
            other => other,
        };
        // What is drawn at random twice is not the same.
        let shift = self.fresh();
        let mut most = 0;
        for node in &synth.graph.nodes {
            let inputs = node.inputs.map(|source| moved(source, &became));
            let salt = if node.salt == 0 { 0 } else { node.salt + shift };
            most = most.max(node.salt);
            became.push(self.add(node.kind, &inputs, salt, loc));
        }
        (0..most).for_each(|_| _ = self.fresh());
        let out = |i: usize| synth.graph.out.get(i).map(|source| moved(*source, &became));
        match (out(0), out(1)) {
            (Some(left), Some(right)) => Signal::Stereo(left, right),
            (left, _) => Signal::Mono(left.unwrap_or(Source::Const(0.0))),
        }
    }
}

/// How a generator is called: `lpf cutoff res in`.
pub(super) fn called(ugen: &Ugen) -> String {
    ugen.inputs.iter().fold(ugen.name.to_string(), |text, input| text + " " + input.name)
}

/// How a function is called that still needs inputs; nothing if it has all that it needs.
fn needs(f: &Function) -> Option<String> {
    match &f.body {
        Body::Ugen(ugen) => {
            let wanted = ugen.inputs.iter().any(|input| input.fill == Fill::Wanted);
            wanted.then(|| called(ugen))
        }
        Body::Synth(_) => None,
        Body::Lambda { params, .. } if f.given.len() >= params.len() => None,
        Body::Lambda { params, .. } => {
            Some(params.iter().fold(f.name.clone(), |text, param| text + " " + &param.name))
        }
        Body::Chain { .. } | Body::Section { .. } => Some("x .f".into()),
    }
}
