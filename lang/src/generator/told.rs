//! What modifiers are told, tried before a model is asked: a word where a number belongs.

use super::{notes, verbs};
use mag_pattern::{Loc, Pattern, Query, Span, Time, Value};

/// Cycles of a modifier that are tried: seeds and temperatures go round in few.
const TRIED: i64 = 16;
/// Work of that.
const WORK: usize = 4000;

/// Why a modifier is refused.
#[derive(Debug)]
pub(crate) struct Refusal {
    /// In a performer's words.
    pub message: String,
    /// The value that is wrong, if it is known where that stands.
    pub loc: Option<Loc>,
}

impl From<String> for Refusal {
    fn from(message: String) -> Refusal {
        Refusal { message, loc: None }
    }
}

impl From<&str> for Refusal {
    fn from(message: &str) -> Refusal {
        message.to_owned().into()
    }
}

/// The range of a modifier that takes numbers, if it does.
fn range(name: &str) -> Option<(f64, f64)> {
    let settings = verbs::NUMBERS.iter().chain(verbs::CURVES);
    let mut all = verbs::OWN_NUMBERS.iter().chain(settings);
    all.find(|row| row.0 == name).map(|(_, least, most)| (*least, *most))
}

/// Refuses a word where a modifier takes a number, and a number that it does not take.
pub(super) fn numbers(verb: &str, name: &str, p: &Pattern) -> Result<(), Refusal> {
    let Some((least, most)) = range(name) else { return Ok(()) };
    // (how much is told the verbs of latent spaces themselves: `more "density" 0.7`)
    let called = if name == "by" { format!("`{verb}`") } else { format!("`.{name}`") };
    if let Some(x) = p.constant().and_then(number_of)
        && !(least..=most).contains(&x)
    {
        let message = match (least.is_finite(), name) {
            (_, "bars") => return Ok(()),
            (true, _) => format!("{called} takes a number from {least} to {most}"),
            (false, _) => format!("{called} takes a number, found something like 0/0"),
        };
        return Err(message.into());
    }
    let mut query = Query::of_work(WORK);
    let span = Span::new(Time::ZERO, Time::int(TRIED));
    let haps = notes::haps(p, span, &mut query);
    let wrong =
        haps.into_iter().find(|hap| number_of(&hap.value).is_none() && !note(name, &hap.value));
    wrong.map_or(Ok(()), |hap| {
        let found = match &hap.value {
            Value::Word(word) => format!("the word `{word}`"),
            other => other.kind().to_owned(),
        };
        let loc = hap.locs.as_slice().first().copied();
        let takes = match (verb, name) {
            ("more", "by") => "takes what, then a number",
            _ => "takes a number",
        };
        Err(Refusal { message: format!("{called} {takes}, found {found}"), loc })
    })
}

/// A number that was written as one: the names of notes are none.
fn number_of(value: &Value) -> Option<f64> {
    match value {
        Value::Word(word) => word.as_str().parse().ok().filter(|x: &f64| x.is_finite()),
        other => other.number(),
    }
}

/// Whether a note is named where a pitch is asked for.
fn note(modifier: &str, value: &Value) -> bool {
    modifier == "register" && value.number().is_some()
}
