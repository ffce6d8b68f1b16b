//! Sounds that are made from what a cue says: byte beats from a formula, waves from partials. Each is
//! made when it is first played, which takes less than a millisecond, and then kept as recordings are.

use crate::cue::Cue;
use crate::samples::{Bank, Take};
use mag_engine::{Control, Formula, SampleBuffer, Shot, shot_for};
use mag_pattern::Value;

/// Formulas of a byte beat that has none, picked by `n`.
const FORMULAS: [&str; 8] = [
    "t",
    "t & t>>8",
    "t * (42 & t>>10)",
    "t * ((t>>9 | t>>13) & 15)",
    "(t*5 & t>>7) | (t*3 & t>>10)",
    "t>>6 & 1 ? t*2 : t*3 & 127",
    "128 + 127 * sin(t*PI/128) * cos(t*PI/4096)",
    "(t ^ t>>4) & (t*3 ^ t>>9)",
];
/// Most partials that are made.
const PARTIALS: usize = 512;

/// What is wrong with a cue, after a key under which that is said once.
type Wrong = (String, String);

/// The shots of a cue whose sound is made; `None` if it is not.
pub(super) fn shots(
    cue: &Cue,
    (sound, n): (&str, f64),
    params: &[(&str, f32)],
    (bank, control): (&mut Bank, &mut Control),
) -> Result<Option<Vec<Shot>>, Wrong> {
    let (name, take) = if sound == "bytebeat" {
        (sound, byte_beat(cue, n, bank, control)?)
    } else if let Some(partials) = partials(cue, sound) {
        let key = format!("wave#{partials:?}");
        ("user", bank.made(&key, cue.at, control, || SampleBuffer::wave(&partials)))
    } else {
        return Ok(None);
    };
    let Take::Ready(id, _) = take else { return Ok(Some(Vec::new())) };
    let mut shot =
        shot_for(name, n as f32, params).map_err(|e| (name.to_owned(), e.to_string()))?;
    shot.sample = Some(id);
    Ok(Some(vec![shot]))
}

fn byte_beat(cue: &Cue, n: f64, bank: &mut Bank, control: &mut Control) -> Result<Take, Wrong> {
    let own = cue.word("byteBeatExpression");
    let text =
        own.unwrap_or(FORMULAS[n.rem_euclid(FORMULAS.len() as f64) as usize % FORMULAS.len()]);
    let formula = Formula::parse(text).map_err(|e| {
        let (before, after): (String, String) =
            (text.chars().take(e.at).collect(), text.chars().skip(e.at).collect());
        let message = format!(
            "part `{}`: the formula of its byte beat is wrong at character {}, here: `{before}` ▸ `{after}`: {}",
            cue.name,
            e.at + 1,
            e.message
        );
        (text.to_owned(), message)
    })?;
    Ok(bank.made(&format!("formula#{text}"), cue.at, control, || SampleBuffer::of_formula(formula)))
}

/// Level and phase of the partials of a wave that a cue describes by them; `None` if it does not.
fn partials(cue: &Cue, sound: &str) -> Option<Vec<(f32, f32)>> {
    let stock: fn(usize) -> f64 = match sound {
        "user" => |_| 1.0,
        "saw" | "sawtooth" => |k| 1.0 / k as f64,
        "square" | "sqr" => |k| if k % 2 == 1 { 1.0 / k as f64 } else { 0.0 },
        "triangle" | "tri" => |k| match k % 4 {
            1 => 1.0 / (k * k) as f64,
            3 => -1.0 / (k * k) as f64,
            _ => 0.0,
        },
        "sine" | "sin" => |k| if k == 1 { 1.0 } else { 0.0 },
        _ => return None,
    };
    let (given, phases) = (cue.get("partials"), cue.get("phases"));
    if given.is_none() && phases.is_none() && sound != "user" {
        return None;
    }
    let listed = given.map(numbers).filter(|list| list.len() > 1);
    let count = match (&listed, given.and_then(Value::number)) {
        (Some(list), _) => list.len(),
        (None, Some(count)) => count.clamp(0.0, PARTIALS as f64) as usize,
        (None, None) => PARTIALS,
    };
    let phases = phases.map(numbers).unwrap_or_default();
    let level = |i: usize| match &listed {
        // On a sine a list adds the partials that it does not have.
        Some(list) if sound.starts_with("si") => list.get(i).copied().unwrap_or(0.0),
        Some(list) => stock(i + 1) * list.get(i).copied().unwrap_or(0.0),
        None => stock(i + 1),
    };
    let all = (0..count.min(PARTIALS))
        .map(|i| (level(i) as f32, phases.get(i).copied().unwrap_or(0.0).rem_euclid(1.0) as f32));
    Some(all.collect())
}

/// The numbers of a list, or the only one.
fn numbers(value: &Value) -> Vec<f64> {
    let number = |value: &Value| value.number().filter(|x| x.is_finite()).unwrap_or(0.0);
    match value {
        Value::List(items) => items.iter().map(number).collect(),
        value => vec![number(value)],
    }
}
