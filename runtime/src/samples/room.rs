//! Recorded rooms: a recording of a room's response to a click, in place of an orbit's reverb.

use mag_pattern::{Controls, Sym, Value};
use std::path::Path;
use std::sync::Arc;

/// Before the numbers in the place of a room.
const MARK: &str = "ir#";

/// A room that controls ask for: which recording, and how it is read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Impulse {
    /// The sound whose recording it is.
    pub name: &'static str,
    /// Its variant.
    pub n: f64,
    speed: f32,
    begin: f32,
}

impl Impulse {
    /// The room of `ir`, `i`, `irspeed` and `irbegin`, if there is one and anything is sent to it.
    pub fn of(controls: &Controls) -> Option<Impulse> {
        let number = |name: &str| controls.number(Sym::new(name));
        let Value::Word(name) = controls.get(Sym::new("ir"))? else { return None };
        number("room").filter(|room| *room > 0.0)?;
        let (name, n) = name.as_str().split_once(':').unwrap_or((name.as_str(), "0"));
        Some(Impulse {
            name,
            n: number("i").or(n.parse().ok()).unwrap_or(0.0),
            speed: number("irspeed").filter(|x| *x != 0.0 && x.is_finite()).unwrap_or(1.0) as f32,
            begin: number("irbegin").unwrap_or(0.0).clamp(0.0, 1.0) as f32,
        })
    }

    /// Where it is kept, if its recording is in `file`.
    pub fn place(&self, file: &Path) -> Arc<Path> {
        let Impulse { speed, begin, .. } = self;
        Arc::from(Path::new(&format!("{MARK}{speed}#{begin}#{}", file.display())))
    }
}

/// Speed, beginning and recording of the room that is kept at a place; `None` if it is no room's.
pub(super) fn unlocked(place: &Path) -> Option<(f32, f32, &Path)> {
    let mut parts = place.to_str()?.strip_prefix(MARK)?.splitn(3, '#');
    let (speed, begin) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    Some((speed, begin, Path::new(parts.next()?)))
}
