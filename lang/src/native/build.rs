//! Natives that call functions among their arguments, while the program is built.

use super::Kind::{Fun, Funs, Int, List, Pat, Time};
use super::Native;
use super::lift::first_value;
use crate::eval::{Call, Eval};
use crate::meaning::Meaning;
use crate::problem::Problem;
use mag_pattern::cat::{slowcat, stack};
use mag_pattern::{Hap, Pattern, Query, Span, Time as T};

/// Most copies that one function makes.
const COPIES: f64 = 64.0;

pub(super) const ROWS: &[Native] = &[
    Native::build("layer", &[Funs, Pat], |c| {
        let p = c.pattern(1)?;
        let mut layers = Vec::new();
        for f in c.list(0) {
            layers.push(c.apply(f, c.place(0), p.clone())?);
        }
        Ok(Meaning::pattern(stack(layers)))
    }),
    Native::build("_echoWith", &[Int, Time, Fun, Pat], |c| {
        let (n, by, p) = (copies(c, 0)?, c.number(1)?, c.pattern(3)?);
        let mut echoes = Vec::new();
        for i in 0..n {
            let late = p.late(T::from_f64(by) * T::int(i as i64));
            echoes.push(super::bind::numbered(c, 2, late, i)?);
        }
        Ok(Meaning::pattern(stack(echoes).with_steps(p.steps)))
    }),
    Native::build("_applyN", &[Int, Fun, Pat], |c| {
        let (n, mut p) = (copies(c, 0)?, c.pattern(2)?);
        for _ in 0..n {
            p = c.call(1, p)?;
        }
        Ok(Meaning::pattern(p))
    }),
    Native::build("foldEvery", &[Funs, Fun, Pat], |c| {
        let mut p = c.pattern(2)?;
        for n in c.list(0) {
            let n = c.eval.pattern_of(n, c.place(0))?;
            let n = n.constant().and_then(|v| v.number()).unwrap_or(1.0).max(1.0) as i64;
            let changed = c.call(1, p.clone())?;
            p = p.first_of(n, |_| changed.clone());
        }
        Ok(Meaning::pattern(p))
    }),
    Native::build("spread", &[Fun, Funs, Pat], |c| spread(c, slowcat)),
    Native::build("fastspread", &[Fun, Funs, Pat], |c| spread(c, mag_pattern::cat::fastcat)),
    Native::build("_generator", &[Pat], |c| generator(c, Vec::new())),
    Native::build("_verb", &[Pat, List], |c| {
        let (mut given, mut source) = (Vec::new(), None);
        for item in c.list(1) {
            match live(&item) {
                Some(listens) => source = Some(listens),
                None => given.push(c.eval.pattern_of(item, c.place(1))?),
            }
        }
        match (generator(c, given)?, source) {
            (Meaning::Generator(mut made), Some(source)) if made.verb.name == "answer" => {
                made.source = Some(source);
                Ok(Meaning::Generator(made))
            }
            (_, Some(source)) => {
                let message = format!("`{source}` is somebody who plays, and can only be answered");
                let problem = Problem::error("bad-argument", c.loc, message);
                c.eval.report(problem.help(format!("write `answer {source}`")))
            }
            (made, None) => Ok(made),
        }
    }),
    Native::build("_live", &[Pat], |c| {
        let made = generator(c, Vec::new())?;
        Ok(match made {
            Meaning::Generator(mut made) => {
                made.source = Some(mag_pattern::Sym::new(made.verb.name));
                Meaning::Generator(made)
            }
            other => other,
        })
    }),
    Native::build("_latent", &[Pat, List], latent),
    Native::build("soak", &[Int, Fun, Pat], |c| {
        let (n, mut p) = (copies(c, 0)?, c.pattern(2)?);
        let mut rounds = Vec::new();
        for _ in 0..n {
            rounds.push(p.clone());
            p = c.call(1, p)?;
        }
        Ok(Meaning::pattern(slowcat(rounds)))
    }),
    Native::build("snowball", &[Int, Fun, Fun, Pat], |c| {
        let (n, mut p) = (copies(c, 0)?, c.pattern(3)?);
        let mut rounds = vec![p.clone()];
        for _ in 1..n {
            p = c.call(2, p)?;
            let (join, loc) = c.args[1].clone();
            let so_far = rounds.last().cloned().unwrap_or_else(Pattern::silence);
            let args = vec![(Meaning::pattern(p.clone()), loc), (Meaning::pattern(so_far), loc)];
            let joined = c.eval.apply(join, loc, args, c.loc)?;
            rounds.push(c.eval.pattern_of(joined, loc)?);
        }
        Ok(Meaning::pattern(slowcat(rounds)))
    }),
];

/// Whom a meaning stands for, if it is somebody who plays. `osc` is a control everywhere else.
fn live(meaning: &Meaning) -> Option<mag_pattern::Sym> {
    match meaning {
        Meaning::Generator(made) if made.verb.name == "midi" => made.source,
        Meaning::Function(f) if f.given.is_empty() => match f.body {
            crate::meaning::Body::Control(name) if name.as_str() == "osc" => Some(name),
            _ => None,
        },
        _ => None,
    }
}

/// What a model does, and to which patterns.
fn generator(c: &mut Call, given: Vec<mag_pattern::Pattern>) -> Eval {
    let name = c.pattern(0)?.constant().map(ToString::to_string).unwrap_or_default();
    match crate::generator::verb(&name) {
        Some(verb) => {
            Ok(Meaning::Generator(Box::new(crate::generator::Generator::new(verb, given))))
        }
        None => {
            let message = format!("`{name}` is nothing that a model does");
            c.eval.report(Problem::error("bad-argument", c.place(0), message))
        }
    }
}

/// A verb of the latent spaces, done to all patterns of a list but the last, by the last one. What
/// stands before a dot comes last, so `p .between q x` says `q x p`: it is told from `between p q x`
/// by where the amount is.
fn latent(c: &mut Call) -> Eval {
    let mut given = Vec::new();
    for item in c.list(1) {
        given.push(c.eval.pattern_of(item, c.place(1))?);
    }
    let number = |p: &Pattern| p.constant().is_some_and(|v| v.number().is_some());
    let written = given.last().is_some_and(|last| {
        let first = given.first();
        let music = |p: &Pattern| first_value(p).is_some_and(|v| v.controls().is_some());
        number(last)
            || (is_amount(last) && !first.is_some_and(is_amount))
            || (!is_amount(last) && !music(last) && first.is_some_and(music))
    });
    if !written {
        given.rotate_right(1);
    }
    let amount = given.pop().unwrap_or_else(Pattern::silence);
    let place = c.place(1);
    match generator(c, given)? {
        Meaning::Generator(mut generator) => {
            let amount = Meaning::Pattern(amount, None);
            match generator.modify("by", Some(&amount)) {
                Ok(()) => Ok(Meaning::Generator(generator)),
                Err(why) => {
                    let loc = why.loc.unwrap_or(place);
                    c.eval.report(Problem::error("generator-modifier", loc, why.message))
                }
            }
        }
        other => Ok(other),
    }
}

/// Whether a pattern has small plain numbers and nothing else in its first cycle.
fn is_amount(p: &Pattern) -> bool {
    let mut found = Vec::new();
    p.query(Span::cycle(0), &mut Query::of_work(1000), &mut found);
    let small = |hap: &Hap| hap.value.number().is_some_and(|x| (-4.0..=4.0).contains(&x));
    !found.is_empty() && found.iter().all(|hap| hap.value.controls().is_none() && small(hap))
}

/// A number of copies, within reason.
pub(super) fn copies(c: &mut Call, i: usize) -> Eval<usize> {
    let n = c.number(i)?.floor();
    if (0.0..=COPIES).contains(&n) {
        return Ok(n as usize);
    }
    let message = format!("`{}` makes up to {COPIES} copies", c.name);
    let problem = Problem::error("bad-argument", c.place(i), message);
    c.eval
        .report(problem.expected(format!("a whole number from 0 to {COPIES}")).found(n.to_string()))
}

fn spread(c: &mut Call, join: fn(Vec<Pattern>) -> Pattern) -> Eval {
    let p = c.pattern(2)?;
    let (f, loc) = c.args[0].clone();
    let mut all = Vec::new();
    for value in c.list(1) {
        let place = c.place(1);
        let args = vec![(value, place), (Meaning::pattern(p.clone()), loc)];
        let made = c.eval.apply(f.clone(), loc, args, c.loc)?;
        all.push(c.eval.pattern_of(made, loc)?);
    }
    Ok(Meaning::pattern(join(all)))
}
