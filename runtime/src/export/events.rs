//! Events as JSON, one a line: for tools that want to see what is played.
//!
//! ```text
//! {"part":"kick","frame":0,"seconds":0.0,"cycle":"0","length":"1/4","duration":0.48,
//!  "controls":{"gain":0.9,"s":"bd"}}
//! ```
//!
//! `frame` and `seconds` say when it is heard, counted from the start of cycle 0; `cycle` and
//! `length` are exact; `duration` is how long it is held, in seconds (`legato` included).
//! While a part fades, `level` says where its fader stands: an amplitude.

use crate::cue::Cue;
use mag_pattern::Value;
use serde_json::{Map, Value as Json, json};
use std::io::Write;

/// Writes one line for each cue; `rate` frames are a second.
///
/// # Errors
/// If the file takes no more.
pub fn write(cues: &[Cue], rate: u32, out: &mut impl Write) -> std::io::Result<()> {
    for cue in cues {
        writeln!(out, "{}", event(cue, f64::from(rate)))?;
    }
    out.flush()
}

fn event(cue: &Cue, rate: f64) -> Json {
    let controls: Map<String, Json> =
        cue.controls.iter().map(|(name, value)| (name.to_string(), value_of(value))).collect();
    let mut event = json!({
        "part": &*cue.name,
        "frame": cue.at,
        "seconds": cue.at as f64 / rate,
        "cycle": cue.onset.to_string(),
        "length": cue.length.to_string(),
        "duration": cue.duration as f64 / rate,
        "controls": controls,
    });
    if let (true, Some(event)) = (cue.level != 1.0, event.as_object_mut()) {
        event.insert("level".into(), json!(cue.level));
    }
    event
}

fn value_of(value: &Value) -> Json {
    match value {
        Value::Num(x) => json!(x),
        Value::Bool(b) => json!(b),
        Value::Word(word) => json!(word.as_str()),
        Value::List(items) => items.iter().map(value_of).collect(),
        Value::Map(controls) => {
            Json::Object(controls.iter().map(|(k, v)| (k.to_string(), value_of(v))).collect())
        }
    }
}
