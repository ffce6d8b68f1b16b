//! From an event of a pattern to the cue of an output.

use super::NUDGE_LIMIT;
use super::lane::Lane;
use crate::clock::{Clock, Frame};
use crate::cue::{Cue, sound_of};
use mag_lang::{Program, instruments};
use mag_pattern::{Hap, Loc, Span, Sym};
use std::cmp::Ordering;
use std::sync::Arc;

/// Whether nothing can begin in a span: also when one of its ends is undefined.
pub(super) fn is_empty(span: Span) -> bool {
    span.begin.partial_cmp(&span.end) != Some(Ordering::Less)
}

/// The cue of an event that begins here; `None` for fragments and continuous values.
pub(super) fn cue_of(
    (clock, program): (&Clock, &Program),
    part: u16,
    name: &Arc<str>,
    lane: &Lane,
    hap: &Hap,
) -> Option<Cue> {
    let whole = hap.whole.filter(|_| hap.has_onset())?;
    let (onset, length) = (whole.begin, whole.duration());
    if !onset.is_defined() || !length.is_defined() {
        return None;
    }
    let controls = hap.value.clone().into_controls();
    let number = |name: &str| controls.number(Sym::new(name)).filter(|x| x.is_finite());
    let rate = f64::from(clock.rate());
    let nudge = number("nudge").unwrap_or(0.0).clamp(-NUDGE_LIMIT, NUDGE_LIMIT);
    let start = clock.position(onset);
    let held = number("legato").or_else(|| number("clip")).unwrap_or(1.0).clamp(0.0, 1000.0);
    let frames = clock.position(whole.end) - start;
    // Seconds, whatever the event's length.
    let seconds = number("duration").map(|seconds| seconds.clamp(0.0, 3600.0) * rate);
    let position = start + nudge * rate;
    let sound = sound_of(&controls).map(|(sound, _)| sound);
    let synth =
        sound.and_then(|s| program.synths.get(s).or_else(|| instruments::named(s)).cloned());
    Some(Cue {
        part,
        name: name.clone(),
        at: position.round() as Frame,
        position,
        duration: seconds.unwrap_or(frames * held).round().max(1.0) as Frame,
        onset,
        length,
        delta: frames / rate,
        cps: clock.cps(onset),
        controls,
        synth,
        lane: lane.number,
        level: lane.level(onset),
        locs: hap.locs.clone(),
    })
}

/// Where a part's name stands, for troubles that know no better place.
pub(super) fn place(trouble: Option<Loc>, part: Loc) -> Loc {
    trouble.unwrap_or(part)
}
