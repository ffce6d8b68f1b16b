//! What names mean inside of a `synth`, and what was meant by those that mean nothing there.

use super::build::{Builder, function, number};
use super::value::{Body, Env, Signal, Value, look_up};
use crate::eval::Eval;
use crate::meaning::{self, Meaning};
use crate::problem::Problem;
use crate::suggest::nearest;
use mag_graph::{Given, Source};
use mag_pattern::Loc;

/// What other systems call mag's generators.
const FOREIGN: [(&str, &str); 25] = [
    ("SinOsc", "sine"),
    ("osc", "sine"),
    ("Saw", "saw"),
    ("VarSaw", "saw"),
    ("LFSaw", "lfsaw"),
    ("Pulse", "pulse"),
    ("LFTri", "tri"),
    ("triangle", "tri"),
    ("WhiteNoise", "noise"),
    ("white", "noise"),
    ("PinkNoise", "pink"),
    ("BrownNoise", "brown"),
    ("RLPF", "lpf"),
    ("RHPF", "hpf"),
    ("BPF", "bpf"),
    ("MoogFF", "ladder"),
    ("moog", "ladder"),
    ("CombC", "comb"),
    ("DelayC", "delay"),
    ("EnvGen", "adsr"),
    ("XLine", "xline"),
    ("Pan2", "pan"),
    ("midicps", "midihz"),
    ("LeakDC", "dcblock"),
    ("Latch", "hold"),
];

impl Builder<'_> {
    /// What a name stands for: what is bound around it, what every note gives, a generator, another
    /// instrument, or a number or function of the performer's own.
    pub fn name(&mut self, name: &str, loc: Loc, env: &Env) -> Eval<Value> {
        if let Some(value) = look_up(env, name) {
            self.used.insert(name.into());
            return Ok(value.clone());
        }
        if let Some(given) = Given::named(name) {
            return Ok(Value::Signal(Signal::Mono(Source::Given(given))));
        }
        if let Some(ugen) = mag_graph::named(name) {
            return Ok(function(name, Body::Ugen(ugen)));
        }
        if let Some((params, body)) = crate::synth::made(name) {
            let (params, body) = (params.clone(), body.clone());
            return Ok(function(name, Body::Lambda { params, body, env: None }));
        }
        if name == self.defining.name {
            let message = format!("`{name}` cannot be made of itself");
            let problem = Problem::error("recursion", loc, message);
            return self
                .report(problem.help("to feed a sound back, write `x .feedback 0.25 (* 0.5)`"));
        }
        if let Some(synth) = self.program.synths.get(name) {
            return Ok(function(name, Body::Synth(synth.clone())));
        }
        if self.program.scope.own(name).is_none()
            && let Some(synth) = crate::instruments::known(name)
        {
            return Ok(function(name, Body::Synth(synth.clone())));
        }
        self.own(name, loc)
    }

    /// A name that the performer gave to something.
    fn own(&mut self, name: &str, loc: Loc) -> Eval<Value> {
        self.eval.used.insert(name.to_string());
        if self.eval.broken.contains(name) {
            return Err(crate::eval::Fault);
        }
        let own = self.program.scope.own(name).map(|binding| &binding.meaning);
        match own {
            Some(Meaning::Pattern(pattern, _)) => {
                if let Some(x) = pattern.constant().and_then(|value| value.number()) {
                    return Ok(number(x as f32));
                }
            }
            Some(Meaning::Text(text)) => return Ok(Value::Word(text.to_string())),
            Some(Meaning::Function(meaning::Function {
                body: meaning::Body::Lambda { params, body, .. },
                given,
                ..
            })) if given.is_empty() => {
                let (params, body) = (params.clone(), body.clone());
                return Ok(function(name, Body::Lambda { params, body, env: None }));
            }
            _ => {}
        }
        self.unknown(name, loc)
    }

    fn unknown(&mut self, name: &str, loc: Loc) -> Eval<Value> {
        let meaning = self.program.scope.get(name);
        if let Some(meaning) = meaning {
            let what = match meaning {
                Meaning::Function(f) if matches!(f.body, meaning::Body::Control(_)) => {
                    "is a control of patterns"
                }
                Meaning::Function(_) => "is a function of patterns",
                _ => "is a pattern",
            };
            let message = format!("`{name}` {what}, not a generator");
            let problem = Problem::error("pattern-in-synth", loc, message);
            let argument = "to set a value by a pattern, make it an argument: `synth … x=1 = …`";
            return self.report(match self.near(name).first() {
                Some(near) => problem.help(format!("did you mean `{near}`? {argument}")),
                None => problem.help(argument),
            });
        }
        let problem =
            Problem::error("unknown-generator", loc, format!("no generator is called `{name}`"));
        if let Some((_, own)) = FOREIGN.iter().find(|(foreign, _)| *foreign == name) {
            return self.report(problem.help(format!("it is called `{own}` here")));
        }
        let near = self.near(name);
        let near: Vec<&str> = near.iter().map(String::as_str).collect();
        self.report(match near.is_empty() {
            true => problem.help("`help ugens` lists them"),
            false => problem.did_you_mean(&near),
        })
    }

    /// The names that may have been meant.
    fn near(&self, name: &str) -> Vec<String> {
        let generators: Vec<&str> = crate::synth::generator_names().collect();
        let own = self.program.synths.keys().map(String::as_str);
        let params = self.params.iter().map(|param| param.name.as_str());
        let known = generators.into_iter().chain(own).chain(params);
        nearest(name, known, 3).into_iter().map(String::from).collect()
    }
}
