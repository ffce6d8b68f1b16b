//! Filters of sixteen channels side by side: each sample of a filter waits for the one before it, so
//! that sixteen take hardly longer than one. What a lane gives does not depend on the others.

use multiversion::multiversion;

use super::{Pass, flush, gain, ladder, svf};
use crate::BLOCK;
use crate::math::exp2;
pub(crate) use crate::turn::LANES;
use crate::turn::{Columns, Rows, to_columns, to_rows};

/// One number of each.
pub(crate) type Lanes = [f32; LANES];
/// Frames between two settings of the cutoff; its gain moves in a line between them.
pub(crate) const STEP: usize = 16;
/// Settings in a block.
pub(crate) const STEPS: usize = BLOCK / STEP;
/// State of one channel, whatever its filter.
pub(crate) type Poles = [f32; 4];

/// Damping of the second half of the 24 dB filter.
const FLAT: f32 = 1.3;

/// The filters that there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Kind {
    /// None.
    #[default]
    Off,
    /// State-variable, 12 dB an octave.
    TwoPole(Pass),
    /// Two state-variable low-passes, 24 dB an octave.
    FourPole,
    /// Ladder low-pass.
    Ladder,
}

/// How one channel is to be filtered for a block.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Setting {
    /// Cutoff in cycles a frame, without the envelope.
    pub cutoff: f32,
    /// Octaves that the envelope adds at its top.
    pub octaves: f32,
    /// The envelope before the block and after each step.
    pub levels: [f32; STEPS + 1],
    /// 1/Q of a state-variable filter; feedback, 0..4, of a ladder (4 oscillates).
    pub damping: f32,
}

/// Room for sixteen channels and their filters.
#[derive(Clone, Debug)]
#[repr(C, align(64))]
pub(crate) struct Bank {
    x: Rows,
    frames: Columns,
    cutoff: Lanes,
    octaves: Lanes,
    levels: [Lanes; STEPS + 1],
    damping: Lanes,
    poles: [Lanes; 4],
}

impl Bank {
    /// A bank of silent channels.
    pub fn new() -> Self {
        Bank {
            cutoff: [0.1; LANES],
            octaves: [0.0; LANES],
            levels: [[0.0; LANES]; STEPS + 1],
            damping: [1.0; LANES],
            poles: [[0.0; LANES]; 4],
            x: [[0.0; BLOCK]; LANES],
            frames: [[0.0; LANES]; BLOCK],
        }
    }

    /// Says how `lane` is to be filtered, and from which state on.
    pub fn set(&mut self, lane: usize, setting: &Setting, poles: &Poles) {
        self.cutoff[lane] = setting.cutoff;
        self.octaves[lane] = setting.octaves;
        self.damping[lane] = setting.damping;
        for (to, level) in self.levels.iter_mut().zip(setting.levels) {
            to[lane] = level;
        }
        for (to, pole) in self.poles.iter_mut().zip(poles) {
            to[lane] = *pole;
        }
    }

    /// The state that `lane` came to.
    pub fn poles(&self, lane: usize) -> Poles {
        self.poles.map(|pole| pole[lane])
    }

    /// Gives back the samples of `lane`.
    pub fn store(&self, lane: usize, x: &mut [f32; BLOCK]) {
        *x = self.x[lane];
    }

    /// Filters a block of all lanes, whose samples are `x`.
    pub fn run(&mut self, kind: Kind, x: &[&[f32; BLOCK]; LANES]) {
        to_columns(x, &mut self.frames);
        run(kind, self);
        to_rows(&self.frames, &mut self.x.each_mut());
    }
}

#[multiversion(targets("x86_64+avx2"))]
fn run(kind: Kind, bank: &mut Bank) {
    let mut gains = [[0.0; LANES]; STEPS + 1];
    // Envelopes hold most of the time: what follows from their level is then worked out once.
    let still = bank.levels.iter().all(|levels| *levels == bank.levels[0]);
    let different = if still { 1 } else { gains.len() };
    for (gains, levels) in gains.iter_mut().zip(&bank.levels).take(different) {
        for lane in 0..LANES {
            gains[lane] = gain(bank.cutoff[lane] * exp2(bank.octaves[lane] * levels[lane]));
        }
    }
    if still {
        filter::<true>(kind, &gains[..1], bank);
    } else {
        filter::<false>(kind, &lines(&gains), bank);
    }
    for pole in bank.poles.iter_mut().flatten() {
        *pole = flush(*pole);
    }
}

/// Filters the block at the gains of its frames; `STILL` says that there is one for all of them.
#[inline(always)]
#[allow(clippy::inline_always)] // compiled for the instruction set of its kernel
fn filter<const STILL: bool>(kind: Kind, gains: &[Lanes], bank: &mut Bank) {
    let Bank { damping, poles: [a, b, c, d], frames: x, .. } = bank;
    match kind {
        Kind::Off => {}
        // One loop for each, as what they put out differs.
        Kind::TwoPole(Pass::Low) => two_pole::<STILL>(Pass::Low, gains, damping, [a, b], x),
        Kind::TwoPole(Pass::Band) => two_pole::<STILL>(Pass::Band, gains, damping, [a, b], x),
        Kind::TwoPole(Pass::High) => two_pole::<STILL>(Pass::High, gains, damping, [a, b], x),
        Kind::FourPole => {
            two_pole::<STILL>(Pass::Low, gains, damping, [a, b], x);
            two_pole::<STILL>(Pass::Low, gains, &[FLAT; LANES], [c, d], x);
        }
        Kind::Ladder => ladders::<STILL>(gains, damping, [a, b, c, d], x),
    }
}

/// The gain of every frame, in a line between the settings.
#[inline(always)]
#[allow(clippy::inline_always)] // compiled for the instruction set of its kernel
fn lines(settings: &[Lanes; STEPS + 1]) -> [Lanes; BLOCK] {
    let mut gains = [[0.0; LANES]; BLOCK];
    for (ends, gains) in settings.windows(2).zip(gains.chunks_exact_mut(STEP)) {
        for (i, g) in gains.iter_mut().enumerate() {
            let share = (i + 1) as f32 * (1.0 / STEP as f32);
            for lane in 0..LANES {
                g[lane] = ends[0][lane] + share * (ends[1][lane] - ends[0][lane]);
            }
        }
    }
    gains
}

/// State-variable filters, frame by frame, at the gains of the frames; `STILL` says that
/// there is one gain for all of them.
#[inline(always)]
#[allow(clippy::inline_always)] // compiled for the instruction set of its kernel
pub(crate) fn two_pole<const STILL: bool>(
    pass: Pass,
    gains: &[Lanes],
    damping: &Lanes,
    [a, b]: [&mut Lanes; 2],
    x: &mut [Lanes; BLOCK],
) {
    for (n, x) in x.iter_mut().enumerate() {
        let g = &gains[if STILL { 0 } else { n }];
        for lane in 0..LANES {
            let setting = (g[lane], damping[lane]);
            x[lane] = svf(pass, setting, (&mut a[lane], &mut b[lane]), x[lane]);
        }
    }
}

/// Ladders, in the same way.
#[inline(always)]
#[allow(clippy::inline_always)] // compiled for the instruction set of its kernel
pub(crate) fn ladders<const STILL: bool>(
    gains: &[Lanes],
    feedback: &Lanes,
    [a, b, c, d]: [&mut Lanes; 4],
    x: &mut [Lanes; BLOCK],
) {
    for (n, x) in x.iter_mut().enumerate() {
        let g = &gains[if STILL { 0 } else { n }];
        for lane in 0..LANES {
            let state = [&mut a[lane], &mut b[lane], &mut c[lane], &mut d[lane]];
            x[lane] = ladder((g[lane], feedback[lane]), state, x[lane]);
        }
    }
}
