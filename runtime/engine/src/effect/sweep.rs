//! A filter with its own envelope: the low-pass, high-pass and band-pass of every voice.

use crate::BLOCK;
use crate::envelope::{Adsr, Times};
use crate::filter::bank::{Kind, Poles, STEP, STEPS, Setting};
use crate::filter::{Pass, quality};
use crate::param::Param;
use crate::shot::Shot;

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

/// A filter in use; off if the shot has no cutoff for it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sweep {
    /// Which filter it is.
    pub kind: Kind,
    /// How it runs in this block.
    pub setting: Setting,
    /// The state of each channel.
    pub poles: [Poles; 2],
    envelope: Adsr,
}

impl Sweep {
    /// The filter that `shot` asks for under these names.
    pub fn new(names: &Names, shot: &Shot, rate: f32) -> Self {
        let resonance = shot.get(names.resonance);
        let kind = match (names.pass, shot.get(Param::FilterType) as u32) {
            _ if !shot.given(names.cutoff) => Kind::Off,
            (Pass::Low, 1) => Kind::Ladder,
            (Pass::Low, 2) => Kind::FourPole,
            (pass, _) => Kind::TwoPole(pass),
        };
        let damping = match kind {
            Kind::Off => 1.0,
            Kind::Ladder if resonance <= 1.0 => 3.9 * resonance,
            Kind::Ladder => (resonance * 0.1).min(3.9),
            Kind::TwoPole(_) | Kind::FourPole => 1.0 / quality(resonance),
        };
        let envelope = match kind {
            Kind::Off => Adsr::default(),
            _ => Adsr::new(times(names.envelope, shot, rate), shot.duration),
        };
        let cutoff = shot.get(names.cutoff) / rate;
        let setting =
            Setting { cutoff, octaves: depth(names, shot), levels: [0.0; STEPS + 1], damping };
        Sweep { kind, setting, poles: [Poles::default(); 2], envelope }
    }

    /// Prepares the setting of the next block, of which the frames from `start` on are in use.
    pub fn advance(&mut self, start: usize) {
        if self.setting.octaves == 0.0 {
            return;
        }
        if let Some(level) = self.envelope.hold(BLOCK - start.min(BLOCK)) {
            let levels = &mut self.setting.levels;
            levels[0] = levels[STEPS];
            levels[1..].fill(level);
            return;
        }
        let mut level = self.setting.levels[STEPS];
        self.setting.levels[0] = level;
        for (step, to) in self.setting.levels.iter_mut().skip(1).enumerate() {
            let frames = (STEP * (step + 1)).saturating_sub(start).min(STEP);
            if frames > 0 {
                level = self.envelope.skip(frames);
            }
            *to = level;
        }
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
