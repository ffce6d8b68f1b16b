//! What stands beside a row: the pitch or the sound of an event.

use mag_pattern::{Controls, Sym, Value};

/// The name of a row, and how high it lies if it has a height.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Label {
    pub text: String,
    pub height: Option<f64>,
}

/// The row that a value belongs to.
pub(super) fn label(value: &Value) -> Label {
    match value {
        Value::Num(x) => Label { text: number(*x), height: Some(*x) },
        Value::Map(controls) => of_controls(controls),
        Value::Word(word) => {
            Label { text: word.to_string(), height: mag_pattern::note::midi(word.as_str()) }
        }
        other => Label { text: other.to_string(), height: None },
    }
}

/// Pitch if there is one, with the sound in front if it is named; else all controls.
fn of_controls(controls: &Controls) -> Label {
    let get = |name: &str| controls.get(Sym::new(name));
    let sound = get("s").or_else(|| get("sound")).map(ToString::to_string);
    let pitch = get("note").and_then(Value::number);
    let n = get("n").and_then(Value::number);
    match (sound, pitch, n) {
        (Some(sound), Some(pitch), _) => {
            Label { text: format!("{sound} {}", name_of(pitch)), height: Some(pitch) }
        }
        (None, Some(pitch), _) => Label { text: name_of(pitch), height: Some(pitch) },
        (Some(sound), None, Some(n)) => {
            Label { text: format!("{sound}:{}", number(n)), height: None }
        }
        (Some(sound), None, None) => Label { text: sound, height: None },
        (None, None, Some(n)) => Label { text: number(n), height: Some(n) },
        (None, None, None) => of_others(controls),
    }
}

fn of_others(controls: &Controls) -> Label {
    let all: Vec<String> = controls
        .sorted()
        .into_iter()
        .map(|(name, value)| match value {
            Value::Num(x) => format!("{name} {}", number(*x)),
            other => format!("{name} {other}"),
        })
        .collect();
    let height = match controls.sorted().as_slice() {
        [(_, value)] => value.number(),
        _ => None,
    };
    Label { text: all.join(" "), height }
}

/// A number in few characters: at most three places after the point.
pub(super) fn number(x: f64) -> String {
    let text = format!("{x:.3}");
    match text.trim_end_matches('0').trim_end_matches('.') {
        "-0" => "0".into(),
        short => short.into(),
    }
}

/// The name of a MIDI number, `c4` for 60; in between, its number.
fn name_of(pitch: f64) -> String {
    const NAMES: [&str; 12] = ["c", "c#", "d", "eb", "e", "f", "f#", "g", "ab", "a", "bb", "b"];
    if pitch.fract() != 0.0 || !(0.0..=127.0).contains(&pitch) {
        return number(pitch);
    }
    let pitch = pitch as i32;
    let name = usize::try_from(pitch.rem_euclid(12)).ok().and_then(|class| NAMES.get(class));
    format!("{}{}", name.unwrap_or(&"?"), pitch.div_euclid(12) - 1)
}
