//! Sounds that are made from what a part says of them: the formula of a byte beat, the partials of a
//! wave. What stands in the text and cannot be made is told before it is to be heard.

use crate::problem::Problem;
use crate::source::Source;
use mag_graph::Formula;
use mag_pattern::{Hap, Loc, Sym, Value};

/// What is wrong with the formulas, partials and phases that events have from `source`, each once.
pub(super) fn problems(source: &Source, haps: &[Hap]) -> Vec<Problem> {
    let mut problems: Vec<Problem> = Vec::new();
    for hap in haps {
        let Some(controls) = hap.value.controls() else { continue };
        let formula = match controls.get(Sym::new("byteBeatExpression")) {
            Some(Value::Word(text)) => formula(source, hap, text.as_str()),
            _ => None,
        };
        let lists = ["partials", "phases"]
            .into_iter()
            .filter_map(|name| list(source, hap, name, controls.get(Sym::new(name))?));
        for problem in formula.into_iter().chain(lists) {
            if !problems.contains(&problem) {
                problems.push(problem);
            }
        }
    }
    problems
}

/// Where an event has `text` from, if that is written in `source`.
fn place(source: &Source, hap: &Hap, text: &str) -> Option<usize> {
    let own = hap.locs.as_slice().iter().filter(|loc| loc.file() == source.file);
    let mut places = own.filter_map(|loc: &Loc| {
        Some(loc.from() + source.text.get(loc.from()..loc.to())?.find(text)?)
    });
    places.next()
}

fn formula(source: &Source, hap: &Hap, text: &str) -> Option<Problem> {
    let wrong = Formula::parse(text).err()?;
    let from = place(source, hap, text)?;
    let (at, next) = match text.char_indices().nth(wrong.at) {
        Some((at, c)) => (from + at, from + at + c.len_utf8()),
        // (the quote that ends it)
        None => (from + text.len(), (from + text.len() + 1).min(source.text.len())),
    };
    let problem = Problem::error("wrong-formula", source.loc(at, next), "this is no formula");
    Some(problem.help(match wrong.message.split_once(';') {
        Some((first, _)) => format!("{first}; `help byteBeatExpression` tells what there is"),
        None => wrong.message,
    }))
}

/// What is wrong with a list of numbers; a word alone is told as for any control.
fn list(source: &Source, hap: &Hap, name: &str, value: &Value) -> Option<Problem> {
    let number = |value: &Value| value.number().is_some_and(f64::is_finite);
    match value {
        Value::List(items) => {
            let wrong = items.iter().find(|item| !number(item))?.to_string();
            let at = place(source, hap, &wrong)?;
            let loc = source.loc(at, at + wrong.len());
            let message = format!("`{wrong}` is no number: `{name}` are a list of them");
            Some(Problem::error("wrong-partials", loc, message).help("as in `\"1:0:0.5\"`"))
        }
        Value::Num(count) if name == "partials" && *count < 1.0 => {
            let loc = *hap.locs.as_slice().iter().find(|loc| {
                let text = source.text.get(loc.from()..loc.to()).unwrap_or("");
                loc.file() == source.file && text.parse() == Ok(*count)
            })?;
            let message = format!("a wave of {count} partials is silent");
            Some(Problem::warning("wrong-partials", loc, message).help("they are counted from 1"))
        }
        _ => None,
    }
}
