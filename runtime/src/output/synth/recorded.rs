//! Which recordings a cue starts, and how each is played.

use super::params;
use crate::cue::Cue;
use crate::samples::{Bank, Note, Take};
use mag_engine::{Control, SampleId, Shot, shot_for_sample};

/// Controls that only make sense for a recording: with one of them a drum of the synth is recorded
/// first.
const CUTS: [&str; 7] = ["begin", "end", "loop", "loopBegin", "loopEnd", "unit", "stretch"];

/// Whether a cue treats its sound as a recording: cuts it, or plays it backwards.
fn cuts(cue: &Cue) -> bool {
    CUTS.iter().any(|name| cue.get(name).is_some()) || cue.number("speed").is_some_and(|s| s < 0.0)
}

/// The shots of a note of a SoundFont's instrument; `None` if no SoundFont has it.
pub(super) fn instrument(
    cue: &Cue,
    sound: (&str, f64),
    bank: &mut Bank,
    control: &mut Control,
) -> Option<Vec<Shot>> {
    let zones = bank.zones(sound, Note::of(&cue.controls), cue.at, control)?;
    let asked = params::params(cue, None);
    let number = |name: &str| asked.iter().rev().find(|(n, _)| *n == name).map(|(_, x)| *x);
    let shots = zones.into_iter().map(|(id, zone)| {
        // What the note asks for wins; loudness and place are added to the instrument's own.
        let mut all = zone.clone();
        all.extend(asked.iter().filter(|(name, _)| !matches!(*name, "gain" | "pan")));
        for (name, x) in zone {
            match (name, number(name)) {
                ("gain", Some(gain)) => all.push(("gain", gain * x)),
                ("pan", Some(pan)) => all.push(("pan", (pan + x - 0.5).clamp(0.0, 1.0))),
                _ => {}
            }
        }
        shot_for_sample(id, &all)
    });
    Some(shots.collect())
}

/// The recording that a cue plays: the performer's own, or one that comes with mag.
pub(super) fn take(
    cue: &Cue,
    (sound, n): (&str, f64),
    bank: &mut Bank,
    control: &mut Control,
) -> Take {
    match bank.take(sound, n, cue.at, control) {
        Take::Unknown => bank.take_own(sound, n, cuts(cue), cue.at, control),
        taken => taken,
    }
}

/// The shot of a recording that lasts `seconds`.
pub(super) fn shot(cue: &Cue, pitch: Option<f64>, id: SampleId, seconds: f64) -> Shot {
    let mut params = params::params(cue, pitch);
    if cue.word("unit") == Some("c") {
        params.push(("speed", (cue.number("speed").unwrap_or(1.0) * seconds) as f32));
    }
    shot_for_sample(id, &params)
}
