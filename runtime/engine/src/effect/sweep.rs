//! A filter with its own envelope: the low-pass, high-pass and band-pass of every voice.

use super::swing::Swing;
use crate::BLOCK;
use crate::envelope::{Adsr, Times};
use crate::filter::bank::{Kind, Poles, STEP, STEPS, Setting};
use crate::filter::{Pass, ladder_feedback, quality};
use crate::math::{exp2, log2};
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
    /// Rate, depth, depth in hertz, shape, skew, offset and phase of its slow oscillator.
    swing: [Param; 7],
}

/// The three filters of a voice, in the order in which they come.
pub(crate) const NAMES: [Names; 3] = [
    Names {
        pass: Pass::Low,
        cutoff: Param::Lpf,
        resonance: Param::LpResonance,
        depth: Param::LpEnv,
        envelope: [Param::LpAttack, Param::LpDecay, Param::LpSustain, Param::LpRelease],
        swing: [
            Param::LpRate,
            Param::LpDepth,
            Param::LpDepthHertz,
            Param::LpShape,
            Param::LpSkew,
            Param::LpOffset,
            Param::LpPhase,
        ],
    },
    Names {
        pass: Pass::High,
        cutoff: Param::Hpf,
        resonance: Param::HpResonance,
        depth: Param::HpEnv,
        envelope: [Param::HpAttack, Param::HpDecay, Param::HpSustain, Param::HpRelease],
        swing: [
            Param::HpRate,
            Param::HpDepth,
            Param::HpDepthHertz,
            Param::HpShape,
            Param::HpSkew,
            Param::HpOffset,
            Param::HpPhase,
        ],
    },
    Names {
        pass: Pass::Band,
        cutoff: Param::Bpf,
        resonance: Param::BpResonance,
        depth: Param::BpEnv,
        envelope: [Param::BpAttack, Param::BpDecay, Param::BpSustain, Param::BpRelease],
        swing: [
            Param::BpRate,
            Param::BpDepth,
            Param::BpDepthHertz,
            Param::BpShape,
            Param::BpSkew,
            Param::BpOffset,
            Param::BpPhase,
        ],
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
    /// Its slow oscillator: depth as a share of the cutoff, offset, depth of the envelope.
    swing: Option<(Swing, f32, f32, f32)>,
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
            Kind::Ladder => ladder_feedback(resonance),
            Kind::TwoPole(_) | Kind::FourPole => 1.0 / quality(resonance),
        };
        let envelope = match kind {
            Kind::Off => Adsr::default(),
            _ => Adsr::new(times(names.envelope, shot, rate), shot.duration),
        };
        let octaves = depth(names, shot);
        let anchored = exp2(-octaves * shot.get(Param::FilterAnchor));
        let cutoff = shot.get(names.cutoff) * anchored / rate;
        let setting = Setting { cutoff, octaves, levels: [0.0; STEPS + 1], damping };
        let poles = [Poles::default(); 2];
        let mut sweep = Sweep { kind, setting, poles, envelope, swing: None };
        sweep.set_swing(names, shot, rate);
        sweep
    }

    /// Starts the slow oscillator, if the shot asks for one.
    fn set_swing(&mut self, names: &Names, shot: &Shot, rate: f32) {
        let [hertz, depth, in_hertz, shape, skew, offset, phase] = names.swing.map(|p| shot.get(p));
        if self.kind == Kind::Off || hertz <= 0.0 {
            return;
        }
        let cutoff = shot.get(names.cutoff).max(1.0);
        let depth = if shot.given(names.swing[2]) { in_hertz / cutoff } else { depth };
        let swing = Swing::new(hertz, (shape, skew, phase), rate);
        let envelope = core::mem::replace(&mut self.setting.octaves, 1.0);
        self.swing = Some((swing, depth, offset, envelope));
        self.setting.levels[STEPS] = self.swung(0.0);
    }

    /// Octaves above the cutoff at a level of the envelope, the slow oscillator included.
    fn swung(&self, level: f32) -> f32 {
        let Some((swing, depth, offset, octaves)) = &self.swing else { return 0.0 };
        let factor = 1.0 + depth * (swing.level() + offset);
        octaves * level + log2(factor.max(0.02))
    }

    fn advance_swinging(&mut self, start: usize) {
        self.setting.levels[0] = self.setting.levels[STEPS];
        for step in 0..STEPS {
            let frames = (STEP * (step + 1)).saturating_sub(start).min(STEP);
            if frames > 0 {
                let level = self.envelope.skip(frames);
                if let Some((swing, ..)) = &mut self.swing {
                    swing.pass(frames);
                }
                self.setting.levels[step + 1] = self.swung(level);
            } else {
                self.setting.levels[step + 1] = self.setting.levels[step];
            }
        }
    }

    /// Prepares the setting of the next block, of which the frames from `start` on are in use.
    pub fn advance(&mut self, start: usize) {
        if self.swing.is_some() {
            return self.advance_swinging(start);
        }
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
