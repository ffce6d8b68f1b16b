//! The recordings that come with mag: each is a small program of mag, or one of the synth's drums,
//! rendered when it is first needed, the same every time.

use crate::clock::Frame;
use crate::device::RATE;
use crate::notice::Notices;
use crate::offline::Offline;
use mag_engine::{Engine, SampleBuffer, find_sound, shot_for};
use mag_lang::{Language, Mode, NoFiles, Source};
use mag_pattern::Nowhere;
use std::convert::Infallible;
use std::path::Path;
use std::sync::Arc;

/// Sound, seconds, program; variants of a sound one after the other.
const PROGRAMS: [(&str, f64, &str); 16] = [
    ("break", 240.0 / 168.0, include_str!("own/break-0.mag")),
    ("break", 2.0, include_str!("own/break-1.mag")),
    ("break", 2.5, include_str!("own/break-2.mag")),
    ("break", 1.5, include_str!("own/break-3.mag")),
    ("stab", 1.0, include_str!("own/stab-0.mag")),
    ("stab", 0.8, include_str!("own/stab-1.mag")),
    ("stab", 1.5, include_str!("own/stab-2.mag")),
    ("stab", 2.5, include_str!("own/stab-3.mag")),
    ("perc", 0.6, include_str!("own/perc-0.mag")),
    ("perc", 0.4, include_str!("own/perc-1.mag")),
    ("perc", 0.5, include_str!("own/perc-2.mag")),
    ("perc", 0.4, include_str!("own/perc-3.mag")),
    ("fx", 2.3, include_str!("own/fx-0.mag")),
    ("fx", 2.5, include_str!("own/fx-1.mag")),
    ("fx", 4.0, include_str!("own/fx-2.mag")),
    ("fx", 1.5, include_str!("own/fx-3.mag")),
];

/// Longest recording of one of the synth's drums, in seconds.
const LONGEST: usize = 4;
/// A drum is over where nothing louder follows.
const SILENT: f32 = 1e-4;
/// What a voice in the middle is made quieter by, once when it is recorded and again when that is
/// played: the headroom, and the law of the panning.
const TWICE: f32 = 0.7 * core::f32::consts::FRAC_1_SQRT_2;
/// Before the name in the place of such a recording.
const MARK: &str = "mag#";

/// Where variant `n` of a sound is kept, if the sound is one of these; `drums` counts the synth's
/// own in.
pub fn place(name: &str, n: f64, drums: bool) -> Option<Arc<Path>> {
    let variants = PROGRAMS.iter().filter(|(sound, ..)| *sound == name).count();
    let n = n.floor().max(0.0);
    let n = match variants {
        0 if drums && find_sound(name).is_some() => n as usize,
        0 => return None,
        variants => n as usize % variants,
    };
    Some(Arc::from(Path::new(&format!("{MARK}{name}:{n}"))))
}

/// The names of these sounds.
pub fn names<'a>() -> impl Iterator<Item = &'a str> {
    let first = |i: &usize| *i == 0 || PROGRAMS[*i].0 != PROGRAMS[*i - 1].0;
    (0..PROGRAMS.len()).filter(first).map(|i| PROGRAMS[i].0)
}

/// How many variants a sound has.
pub fn variants(name: &str) -> usize {
    PROGRAMS.iter().filter(|(sound, ..)| *sound == name).count()
}

/// The recording that is kept there; `None` if the place is not one of these.
pub fn render(place: &Path) -> Option<Result<SampleBuffer, String>> {
    let (name, n) = place.to_str()?.strip_prefix(MARK)?.rsplit_once(':')?;
    let n: usize = n.parse().ok()?;
    let program = PROGRAMS.iter().filter(|(sound, ..)| *sound == name).nth(n);
    Some(match program {
        Some((_, seconds, text)) => perform(text, *seconds),
        None => strike(name, n),
    })
}

fn perform(text: &str, seconds: f64) -> Result<SampleBuffer, String> {
    let language = Language::new();
    let source = Source::new(1, "own.mag", text);
    let evaluated = language.evaluate(&language.empty(), &source, Mode::File, &NoFiles);
    let program = evaluated.map_err(|_| "its program is broken")?.program;
    let notices = Notices::start(Box::new(|_| {}));
    let mut offline = Offline::new(program, Arc::new(Nowhere), notices);
    let mut samples = Vec::new();
    let Ok(()) = offline.play((seconds * f64::from(RATE)) as Frame, |block| {
        samples.extend(block.iter().map(|x| x / TWICE));
        Ok::<(), Infallible>(())
    });
    Ok(SampleBuffer::interleaved(&samples, 2, RATE))
}

fn strike(name: &str, n: usize) -> Result<SampleBuffer, String> {
    let shot = shot_for(name, n as f32, &[]).map_err(|unknown| unknown.to_string())?;
    let (mut engine, mut control) = Engine::new(RATE);
    let second = u64::from(RATE);
    let full = "there is no room";
    control.shot(0, shot.with_duration(second)).map_err(|_| full.to_owned())?;
    let mut samples = vec![0.0; 2 * LONGEST * RATE as usize];
    engine.render(&mut samples);
    let end = samples.iter().rposition(|x| x.abs() > SILENT).map_or(0, |last| last / 2 + 1);
    samples.truncate(2 * end.max(1));
    samples.iter_mut().for_each(|x| *x /= TWICE);
    Ok(SampleBuffer::interleaved(&samples, 2, RATE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_recording_can_be_rendered_and_is_heard() {
        for name in names() {
            for n in 0..variants(name) {
                let place = place(name, n as f64, false);
                let made = place.and_then(|place| render(&place));
                let buffer = made.and_then(Result::ok);
                let seconds = buffer.map_or(0.0, |buffer| buffer.seconds());
                assert!((0.3..4.5).contains(&seconds), "{name}:{n}: {seconds} s");
            }
        }
        assert!(place("bd", 3.0, false).is_none());
        let kick = place("bd", 3.0, true).and_then(|place| render(&place));
        assert!(kick.and_then(Result::ok).is_some_and(|kick| kick.seconds() > 0.2));
        assert!(render(Path::new("drums/bd/0.wav")).is_none());
    }
}
