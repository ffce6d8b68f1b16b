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
    } else if let Some(wave) = Wave::of(cue, sound) {
        let make = || Ok::<_, Wrong>(SampleBuffer::wave(&wave.partials()));
        ("user", bank.made(&wave.key(), cue.at, control, make)?)
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
    let wrong = |e: mag_engine::FormulaError| {
        let (before, after): (String, String) =
            (text.chars().take(e.at).collect(), text.chars().skip(e.at).collect());
        let message = format!(
            "part `{}`: the formula of its byte beat is wrong at character {}, here: `{before}` ▸ `{after}`: {}",
            cue.name,
            e.at + 1,
            e.message
        );
        (text.to_owned(), message)
    };
    let make = || Formula::parse(text).map(SampleBuffer::of_formula).map_err(wrong);
    bank.made(&format!("formula#{text}"), cue.at, control, make)
}

/// A wave that a cue describes by its partials.
struct Wave<'a> {
    sound: &'a str,
    /// The levels of the partials of a sound that has none, from 1.
    stock: fn(usize) -> f64,
    given: Option<&'a Value>,
    phases: Option<&'a Value>,
}

impl<'a> Wave<'a> {
    /// `None` if it describes none.
    fn of(cue: &'a Cue, sound: &'a str) -> Option<Wave<'a>> {
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
        let described = given.is_some() || phases.is_some() || sound == "user";
        described.then_some(Wave { sound, stock, given, phases })
    }

    /// What tells it from other waves.
    fn key(&self) -> String {
        format!("wave#{}#{:?}#{:?}", self.sound, self.given, self.phases)
    }

    /// Level and phase of each partial.
    fn partials(&self) -> Vec<(f32, f32)> {
        let listed = self.given.map(numbers).filter(|list| list.len() > 1);
        let count = match (&listed, self.given.and_then(Value::number)) {
            (Some(list), _) => list.len(),
            (None, Some(count)) => count.clamp(0.0, PARTIALS as f64) as usize,
            (None, None) => PARTIALS,
        };
        let phases = self.phases.map(numbers).unwrap_or_default();
        let level = |i: usize| match &listed {
            // On a sine a list adds the partials that it does not have.
            Some(list) if self.sound.starts_with("si") => list.get(i).copied().unwrap_or(0.0),
            Some(list) => (self.stock)(i + 1) * list.get(i).copied().unwrap_or(0.0),
            None => (self.stock)(i + 1),
        };
        let phase = |i: usize| phases.get(i).copied().unwrap_or(0.0).rem_euclid(1.0);
        (0..count.min(PARTIALS)).map(|i| (level(i) as f32, phase(i) as f32)).collect()
    }
}

/// The numbers of a list, or the only one.
fn numbers(value: &Value) -> Vec<f64> {
    let number = |value: &Value| value.number().filter(|x| x.is_finite()).unwrap_or(0.0);
    match value {
        Value::List(items) => items.iter().map(number).collect(),
        value => vec![number(value)],
    }
}
