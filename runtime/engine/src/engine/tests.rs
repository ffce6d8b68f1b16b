//! A synth that breaks: what it costs the others.

use super::*;
use crate::shot::shot_for;
use crate::synth::{Frames, Life, Moment, Onset};

/// Makes what is no number from its tenth block on.
struct Faulty(u32);

impl Synth for Faulty {
    fn start(&mut self, _: usize, _: &Onset) -> bool {
        self.0 = 0;
        true
    }

    fn render(&mut self, _: usize, _: &Moment, out: &mut Frames) -> Life {
        self.0 += 1;
        let y = if self.0 < 10 { 0.0 } else { f32::NAN };
        out.mono().fill(y);
        Life::Sounding
    }
}

/// Two seconds of a saw into a room, beside a faulty sine in part 7 or without it.
fn heard(faulty: bool) -> (Vec<f32>, Control) {
    let (mut engine, mut control) = Engine::new(48_000);
    let sine = synth::find("sine").map_or(usize::MAX, SoundId::index);
    if let Some(place) = engine.synths.get_mut(sine) {
        *place = Box::new(Faulty(0));
    }
    let params = [("room", 0.5), ("delay", 0.5), ("lpf", 2000.0)];
    for (name, part) in [("saw", 3), ("sine", 7)] {
        if (faulty || name == "saw")
            && let Ok(shot) = shot_for(name, 0.0, &params)
        {
            assert!(control.shot(100, shot.with_part(part).with_duration(48_000)).is_ok());
        }
    }
    let mut out = vec![0.0; 2 * 96_000];
    engine.render(&mut out);
    (out, control)
}

#[test]
fn a_voice_that_breaks_is_muted_and_named_and_the_others_play_on() {
    let (wanted, _) = heard(false);
    assert!(wanted.iter().any(|y| y.abs() > 0.05));
    let (beside, mut control) = heard(true);
    assert!(beside == wanted, "it leaves no trace, not even in room and delay");
    let sound = synth::find("sine").unwrap_or_default();
    assert_eq!(control.fault(), Some(Fault { part: 7, sound, graph: None, cause: Cause::Broken }));
    assert_eq!(control.fault(), None, "it is told of once");
    assert_eq!(control.stats().broken, 1);
}
