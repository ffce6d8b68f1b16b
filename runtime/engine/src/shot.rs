//! A shot: one sound to start at one frame, as plain numbers without heap.

use mag_graph::{MAX_ARGUMENTS, Program};

use crate::graph::{GraphId, Played};
use crate::param::flags::Flags;
use crate::param::{self, PARAMS, Param};
use crate::sample::SampleId;
use crate::synth::{self, Ends, SoundId, SynthDef};

/// Everything that a voice needs to know, ready to be copied across the ring.
#[derive(Clone, Copy, Debug)]
pub struct Shot {
    /// Which sound plays.
    pub sound: SoundId,
    /// Which part of the performance it belongs to: what [`crate::Control::withdraw`] names.
    pub part: u16,
    /// Whose fader it is under: see [`crate::Control::fade`].
    pub lane: u16,
    /// Which bus of delay and reverb it goes to.
    pub orbit: u8,
    /// The recording that the sampler plays.
    pub sample: Option<SampleId>,
    /// The room that its orbit's reverb is, if not its own.
    pub room: Option<SampleId>,
    /// The graph that an instrument written live runs.
    pub(crate) graph: Option<Played>,
    /// Frames from its start until it is released.
    pub duration: u64,
    values: [f32; param::COUNT],
    given: Flags,
    asked: Flags,
}

impl Shot {
    /// A shot of `sound` with its own defaults, on orbit 0, released after `duration` frames.
    #[must_use]
    pub fn new(sound: SoundId, duration: u64) -> Self {
        let mut values = [0.0; param::COUNT];
        for (value, def) in values.iter_mut().zip(PARAMS) {
            *value = def.default;
        }
        let (given, asked) = Default::default();
        let (part, lane, orbit) = Default::default();
        let mut shot = Shot {
            sound,
            part,
            lane,
            orbit,
            sample: None,
            room: None,
            graph: None,
            duration,
            values,
            given,
            asked,
        };
        for &(param, value) in synth::def(sound).defaults {
            shot.values[param as usize] = value;
            shot.given.raise(param);
        }
        shot
    }

    /// Sets a parameter; it is brought into its range, and left alone if `value` is not a number.
    pub fn set(&mut self, param: Param, value: f32) {
        if let Some(value) = PARAMS[param as usize].admit(value) {
            self.values[param as usize] = value;
            self.given.raise(param);
            self.asked.raise(param);
            if param == Param::Orbit {
                self.orbit = value as u8;
            }
        }
    }

    /// Sets parameters by name; unknown names are left alone.
    fn set_all(&mut self, params: &[(&str, f32)]) {
        for &(name, value) in params {
            if let Some(def) = param::find(name) {
                self.set(def.param, value);
            }
        }
    }

    /// The same shot for part `part`.
    #[must_use]
    pub fn with_part(mut self, part: u16) -> Self {
        self.part = part;
        self
    }

    /// The same shot under the fader of `lane`.
    #[must_use]
    pub fn with_lane(mut self, lane: u16) -> Self {
        self.lane = lane;
        self
    }

    /// The same shot, released after `frames`.
    #[must_use]
    pub fn with_duration(mut self, frames: u64) -> Self {
        self.duration = frames;
        self
    }

    /// Value of a parameter: the shot's, else the sound's, else the table's.
    #[must_use]
    #[inline]
    pub fn get(&self, param: Param) -> f32 {
        self.values[param as usize]
    }

    /// Whether the shot or the sound's own defaults say something about `param`.
    #[must_use]
    #[inline]
    pub fn given(&self, param: Param) -> bool {
        self.given.has(param)
    }

    /// Whether the shot itself says something about `param`.
    #[must_use]
    #[inline]
    pub fn asked(&self, param: Param) -> bool {
        self.asked.has(param)
    }
}

/// No sound has this name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownSound {
    /// The name that was asked for.
    pub name: String,
    /// Sounds with a similar name, best first, at most three.
    pub near: Vec<&'static str>,
}

impl core::fmt::Display for UnknownSound {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "there is no sound `{}`", self.name)?;
        match self.near.as_slice() {
            [] => Ok(()),
            [one] => write!(f, "; did you mean `{one}`?"),
            many => write!(f, "; did you mean one of `{}`?", many.join("`, `")),
        }
    }
}

impl core::error::Error for UnknownSound {}

/// A shot of the sound called `sound`, variant `n`, with named parameters.
///
/// Names that the synth does not know are ignored (other targets use them), as are values that
/// are not finite. The duration is one frame until [`Shot::with_duration`] says otherwise.
///
/// # Errors
/// [`UnknownSound`] if no sound has this name.
///
/// ```
/// let shot = mag_engine::shot_for("bd", 1.0, &[("gain", 0.8), ("cutoff", 900.0)]);
/// assert!(shot.is_ok());
/// let wrong = mag_engine::shot_for("snar", 0.0, &[]).map(|_| ()).map_err(|e| e.near);
/// assert!(wrong.is_err_and(|near| near.contains(&"snare")));
/// ```
pub fn shot_for(sound: &str, n: f32, params: &[(&str, f32)]) -> Result<Shot, UnknownSound> {
    let id = synth::find(sound)
        .ok_or_else(|| UnknownSound { name: sound.to_owned(), near: near(sound) })?;
    let mut shot = Shot::new(id, 1);
    shot.set(Param::N, n);
    shot.set_all(params);
    Ok(shot)
}

/// A shot of the recording `id`, which [`crate::Control::load`] handed to the engine, with named
/// parameters as in [`shot_for`]. It is silent while the engine has no such recording.
///
/// ```
/// use mag_engine::{Engine, SampleBuffer, SampleId, shot_for_sample};
///
/// let (mut engine, mut control) = Engine::new(48_000);
/// control.load(SampleId(7), SampleBuffer::interleaved(&[0.5; 1000], 1, 48_000))?;
/// control.shot(0, shot_for_sample(SampleId(7), &[("speed", -1.0), ("begin", 0.5)]))?;
/// let mut out = [0.0; 800];
/// engine.render(&mut out);
/// assert!(out[400] > 0.1);
/// # Ok::<(), mag_engine::Full>(())
/// ```
#[must_use]
pub fn shot_for_sample(id: SampleId, params: &[(&str, f32)]) -> Shot {
    let mut shot = Shot::new(synth::SAMPLER, 1);
    shot.sample = Some(id);
    shot.set_all(params);
    shot
}

/// A shot of the graph `id`, which [`crate::Control::graph`] handed to the engine and whose
/// program is `program`, with values for its arguments in their order, and named parameters as in
/// [`shot_for`]. It is silent while the engine has no such graph.
#[must_use]
pub fn shot_for_graph(
    id: GraphId,
    program: &Program,
    arguments: &[f32],
    params: &[(&str, f32)],
) -> Shot {
    let mut shot = Shot::new(synth::GRAPH, 1);
    let mut all = [0.0; MAX_ARGUMENTS];
    for (to, from) in all.iter_mut().zip(arguments) {
        *to = if from.is_finite() { *from } else { 0.0 };
    }
    let ends = if program.dies { Ends::Itself } else { Ends::Gate };
    shot.graph = Some(Played { id, arguments: all, ends });
    shot.set_all(params);
    shot
}

/// Up to three names of sounds within a few edits of `name`.
fn near(name: &str) -> Vec<&'static str> {
    let names =
        |def: &'static SynthDef| core::iter::once(def.name).chain(def.aliases.iter().copied());
    let limit = 1 + name.chars().count() / 4;
    let mut found: Vec<_> = synth::SOUNDS
        .iter()
        .flat_map(names)
        .map(|candidate| (edits(name, candidate), candidate))
        .filter(|&(distance, _)| distance <= limit)
        .collect();
    found.sort_by_key(|&(distance, _)| distance);
    found.into_iter().map(|(_, candidate)| candidate).take(3).collect()
}

/// Levenshtein distance, in characters.
fn edits(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut corner = i;
        let mut left = i + 1;
        for (j, y) in b.iter().enumerate() {
            let above = row.get(j + 1).copied().unwrap_or(usize::MAX - 1);
            let best = (corner + usize::from(x != *y)).min(above + 1).min(left + 1);
            corner = above;
            if let Some(cell) = row.get_mut(j) {
                *cell = left;
            }
            left = best;
        }
        if let Some(last) = row.last_mut() {
            *last = left;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_clamped_and_odd_ones_ignored() {
        let shot = shot_for(
            "sine",
            0.0,
            &[("pan", 7.0), ("gain", f32::NAN), ("nonsense", 3.0), ("orbit", 3.0)],
        );
        let shot = shot.ok().filter(|s| s.get(Param::Pan) == 1.0);
        assert!(shot.is_some_and(|s| s.get(Param::Gain) == 1.0 && s.orbit == 3));
    }

    #[test]
    fn counts_edits() {
        for (a, b, n) in [("", "abc", 3), ("kitten", "sitting", 3), ("bd", "bd", 0), ("é", "e", 1)]
        {
            assert_eq!(edits(a, b), n, "{a} {b}");
        }
    }
}
