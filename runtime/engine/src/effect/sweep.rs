//! A filter with its own envelope: the low-pass, high-pass and band-pass of every voice.

use crate::envelope::{Adsr, Times};
use crate::filter::{Ladder, Pass, Setting, Svf, gain, quality};
use crate::math::exp2;
use crate::param::Param;
use crate::shot::Shot;
use crate::synth::Frames;

/// Frames between two settings of the cutoff; it moves in a line between them.
const STEP: usize = 16;
/// Damping of the second half of the 24 dB filter.
const FLAT: f32 = 1.3;

/// The parameters of one filter.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Names {
    pass: Pass,
    cutoff: Param,
    resonance: Param,
    depth: Param,
    envelope: [Param; 4],
}

/// The three filters of a voice, in the order in which they come.
pub(crate) const NAMES: [Names; 3] = [
    Names {
        pass: Pass::Low,
        cutoff: Param::Lpf,
        resonance: Param::LpResonance,
        depth: Param::LpEnv,
        envelope: [Param::LpAttack, Param::LpDecay, Param::LpSustain, Param::LpRelease],
    },
    Names {
        pass: Pass::High,
        cutoff: Param::Hpf,
        resonance: Param::HpResonance,
        depth: Param::HpEnv,
        envelope: [Param::HpAttack, Param::HpDecay, Param::HpSustain, Param::HpRelease],
    },
    Names {
        pass: Pass::Band,
        cutoff: Param::Bpf,
        resonance: Param::BpResonance,
        depth: Param::BpEnv,
        envelope: [Param::BpAttack, Param::BpDecay, Param::BpSustain, Param::BpRelease],
    },
];

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Kind {
    #[default]
    Off,
    TwoPole(Pass),
    FourPole,
    Ladder,
}

/// A filter in use; off if the shot has no cutoff for it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sweep {
    kind: Kind,
    /// Cutoff in cycles a frame, without the envelope.
    cutoff: f32,
    /// Octaves that the envelope adds at its top.
    octaves: f32,
    damping: f32,
    feedback: f32,
    envelope: Adsr,
    /// Warped gain at the end of the last step.
    gain: f32,
    /// One set for each channel.
    poles: [Poles; 2],
}

/// The state of one channel.
#[derive(Clone, Copy, Debug, Default)]
struct Poles {
    first: Svf,
    second: Svf,
    ladder: Ladder,
}

impl Sweep {
    /// The filter that `shot` asks for under these names.
    pub fn new(names: &Names, shot: &Shot, rate: f32) -> Self {
        if !shot.given(names.cutoff) {
            return Sweep::default();
        }
        let resonance = shot.get(names.resonance);
        let kind = match (names.pass, shot.get(Param::FilterType) as u32) {
            (Pass::Low, 1) => Kind::Ladder,
            (Pass::Low, 2) => Kind::FourPole,
            (pass, _) => Kind::TwoPole(pass),
        };
        let cutoff = shot.get(names.cutoff) / rate;
        Sweep {
            kind,
            cutoff,
            octaves: depth(names, shot),
            damping: 1.0 / quality(resonance),
            feedback: if resonance <= 1.0 { 3.9 * resonance } else { (resonance * 0.1).min(3.9) },
            envelope: Adsr::new(times(names.envelope, shot, rate), shot.duration),
            gain: gain(cutoff),
            ..Sweep::default()
        }
    }

    /// Filters the frames in place.
    pub fn run(&mut self, frames: &mut Frames) {
        if self.kind == Kind::Off {
            return;
        }
        let mut start = 0;
        while start < frames.len {
            let len = STEP.min(frames.len - start);
            let from = self.gain;
            if self.octaves != 0.0 {
                let mut envelope = [0.0; STEP];
                self.envelope.fill(&mut envelope[..len]);
                self.gain = gain(self.cutoff * exp2(self.octaves * envelope[len - 1]));
            }
            self.filter((from, self.gain), frames, start, len);
            start += len;
        }
    }

    /// Filters `len` frames from `start` on, both channels side by side.
    fn filter(&mut self, line: (f32, f32), frames: &mut Frames, start: usize, len: usize) {
        let damping = if self.kind == Kind::Ladder { self.feedback } else { self.damping };
        let setting = Setting { line, damping };
        let left = &mut frames.left[start..start + len];
        if frames.stereo {
            let right = &mut frames.right[start..start + len];
            filter(self.kind, setting, self.poles.each_mut(), [left, right]);
        } else {
            let [poles, _] = &mut self.poles;
            filter(self.kind, setting, [poles], [left]);
        }
    }
}

/// Filters channels side by side.
fn filter<const N: usize>(
    kind: Kind,
    setting: Setting,
    mut poles: [&mut Poles; N],
    mut x: [&mut [f32]; N],
) {
    let settings = [setting; N];
    match kind {
        Kind::Off => {}
        Kind::TwoPole(pass) => {
            Svf::run_side_by_side(poles.map(|p| &mut p.first), pass, settings, x);
        }
        Kind::FourPole => {
            let first = poles.each_mut().map(|p| &mut p.first);
            Svf::run_side_by_side(first, Pass::Low, settings, x.each_mut().map(|x| &mut **x));
            let flat = [Setting { damping: FLAT, ..setting }; N];
            Svf::run_side_by_side(poles.map(|p| &mut p.second), Pass::Low, flat, x);
        }
        Kind::Ladder => Ladder::run_side_by_side(poles.map(|p| &mut p.ladder), settings, x),
    }
}
/// Depth of the envelope: one octave where only its shape is given, as in superdough.
fn depth(names: &Names, shot: &Shot) -> f32 {
    let shaped = names.envelope.iter().any(|&p| shot.asked(p));
    if shaped && !shot.given(names.depth) { 1.0 } else { shot.get(names.depth) }
}

/// Envelope times in frames from four parameters in seconds.
pub(crate) fn times(
    [attack, decay, sustain, release]: [Param; 4],
    shot: &Shot,
    rate: f32,
) -> Times {
    let frames = |p| (shot.get(p) * rate) as u32;
    Times {
        attack: frames(attack),
        decay: frames(decay),
        sustain: shot.get(sustain),
        release: frames(release),
    }
}
