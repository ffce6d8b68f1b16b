//! Controls: named values for instruments, and the functions that make them.

use super::Kind::{Num, Pat, Val};
use super::Native;
use mag_pattern::{Controls, Pattern, Sym, Value};

/// Controls that read `a:b:c` as several controls at once.
const COMPOUND: [(&str, &[&str]); 14] = [
    ("s", &["s", "n", "gain"]),
    ("note", &["note", "n"]),
    ("cutoff", &["cutoff", "resonance", "lpenv"]),
    ("hcutoff", &["hcutoff", "hresonance", "hpenv"]),
    ("bandf", &["bandf", "bandq", "bpenv"]),
    ("delay", &["delay", "delaytime", "delayfeedback"]),
    ("room", &["room", "size"]),
    ("shape", &["shape", "shapevol"]),
    ("distort", &["distort", "distortvol"]),
    ("vib", &["vib", "vibmod"]),
    ("fmi", &["fmi", "fmh"]),
    ("mode", &["mode", "anchor"]),
    ("phaserrate", &["phaserrate", "phaserdepth"]),
    ("adsr", &["attack", "decay", "sustain", "release"]),
];

pub(super) const ROWS: &[Native] = &[
    Native::plain("_pan", &[Num, Pat], |a| {
        let (by, pan) = (a.number(0)?, Sym::new("pan"));
        Ok(a.pattern(1).map(move |v| {
            let mut map = v.clone().into_controls();
            let now = map.number(pan).unwrap_or(0.5);
            map.set(pan, Value::Num(now + by));
            Value::Map(map)
        }))
    }),
    Native::plain("ctrl", &[Val, Pat], |a| Ok(controls(Sym::new(&a.word(0)), &a.pattern(1)))),
];

/// Each value as the control `name`; `bd:3` as `s` sets `s` and `n`. Maps stay what they are, with
/// a plain `value` in them becoming the control.
pub fn controls(name: Sym, values: &Pattern) -> Pattern {
    let names = COMPOUND.iter().find(|(n, _)| *n == name.as_str());
    let names: Vec<Sym> =
        names.map_or_else(|| vec![name], |(_, all)| all.iter().map(|n| Sym::new(n)).collect());
    values.map(move |v| Value::Map(control(name, &names, v)))
}

fn control(name: Sym, names: &[Sym], value: &Value) -> Controls {
    match value {
        Value::List(items) if names.len() > 1 => {
            names.iter().copied().zip(items.iter().cloned()).collect()
        }
        Value::Map(map) => {
            let mut map = map.clone();
            if let Some(plain) = map.remove(Sym::new("value")) {
                map.set(name, plain);
            }
            map
        }
        plain => Controls::one(names.first().copied().unwrap_or(name), plain.clone()),
    }
}
