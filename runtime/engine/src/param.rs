//! The parameter table: every control of the synth, its names, unit, range and default.

pub(crate) mod flags;
mod table;

use std::collections::HashMap;
use std::sync::LazyLock;

pub use table::PARAMS;

/// A control that a shot may carry; the discriminant is the row of [`PARAMS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
#[allow(missing_docs)] // each is described by its row
pub enum Param {
    Gain,
    Velocity,
    PostGain,
    Pan,
    Orbit,
    Cut,
    N,
    MidiNote,
    Speed,
    Accelerate,
    Legato,
    Attack,
    Decay,
    Sustain,
    Release,
    Lpf,
    LpResonance,
    LpEnv,
    LpAttack,
    LpDecay,
    LpSustain,
    LpRelease,
    Hpf,
    HpResonance,
    HpEnv,
    HpAttack,
    HpDecay,
    HpSustain,
    HpRelease,
    Bpf,
    BpResonance,
    BpEnv,
    BpAttack,
    BpDecay,
    BpSustain,
    BpRelease,
    FilterType,
    Room,
    Size,
    Delay,
    DelayTime,
    DelayFeedback,
    Crush,
    Coarse,
    Shape,
    Distort,
    Vibrato,
    VibratoDepth,
    Tremolo,
    TremoloDepth,
    PitchEnv,
    PitchAttack,
    PitchDecay,
    Fm,
    FmRatio,
    FmDecay,
    FmSustain,
    PulseWidth,
    Detune,
    Unison,
    Spread,
    Begin,
    End,
    Loop,
    Vowel,
    Djf,
    DistortType,
    DistortVolume,
    Phaser,
    PhaserDepth,
    PhaserCenter,
    PhaserSweep,
    Chorus,
    Leslie,
    LeslieRate,
    LeslieSize,
    Ring,
    RingFrequency,
    Comb,
    Squiz,
    Glide,
    PingPong,
    DuckOrbit,
    DuckAttack,
    DuckDepth,
    Compressor,
    CompressorRatio,
    CompressorKnee,
    CompressorAttack,
    CompressorRelease,
    Wt,
    FmAttack,
    FmRelease,
    FmCurve,
    FmWave,
    Fm2,
    FmRatio2,
    FmAttack2,
    FmDecay2,
    FmSustain2,
    FmRelease2,
    FmCurve2,
    FmWave2,
    Fm3,
    FmRatio3,
    FmAttack3,
    FmDecay3,
    FmSustain3,
    FmRelease3,
    FmCurve3,
    FmWave3,
    Fm20,
    Fm30,
    Fm31,
    Fm11,
    Fm22,
    Fm33,
    PitchSustain,
    PitchRelease,
    PitchCurve,
    PitchAnchor,
    LpRate,
    LpDepth,
    LpDepthHertz,
    LpShape,
    LpSkew,
    LpOffset,
    LpPhase,
    HpRate,
    HpDepth,
    HpDepthHertz,
    HpShape,
    HpSkew,
    HpOffset,
    HpPhase,
    BpRate,
    BpDepth,
    BpDepthHertz,
    BpShape,
    BpSkew,
    BpOffset,
    BpPhase,
    FilterAnchor,
    Drive,
    TremoloPhase,
    TremoloShape,
    TremoloSkew,
    Hold,
    NoiseMix,
    PulseRate,
    PulseSweep,
    Density,
    LoopBegin,
    LoopEnd,
    WtEnv,
    WtAttack,
    WtDecay,
    WtSustain,
    WtRelease,
    WtRate,
    WtDepth,
    WtShape,
    WtSkew,
    WtOffset,
    WtPhaseRandom,
    Warp,
    WarpMode,
    WarpEnv,
    WarpAttack,
    WarpDecay,
    WarpSustain,
    WarpRelease,
    WarpRate,
    WarpDepth,
    WarpShape,
    WarpSkew,
    WarpOffset,
    DuckOnset,
    RoomFade,
    RoomLp,
    RoomDim,
    Dry,
    Krush,
    KrushCutoff,
    Octer,
    OcterSub,
    OcterSubSub,
    FreqShift,
    FreqShiftNote,
    FreqShiftPhase,
    Triode,
    WaveLoss,
    RingSlide,
    Transient,
    TransientSustain,
    ShapeVolume,
    FadeTime,
    FadeInTime,
    Freeze,
    Smear,
    Scram,
    BinShift,
    Stretch,
    HighBrick,
    LowBrick,
    ConformReal,
    ConformImaginary,
    Enhance,
    BandDelay,
    BandPattern,
    DelaySpeed,
    ByteBeatStart,
    ZRandom,
    ZCurve,
    ZSlide,
    ZDeltaSlide,
    ZJump,
    ZJumpTime,
    ZRepeat,
    ZNoise,
    ZModulation,
    ZCrush,
    ZDelay,
    ZTremolo,
    ZShape,
}

/// What the numbers of a parameter count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A plain factor or share.
    Ratio,
    /// Cycles a second.
    Hertz,
    /// Seconds.
    Seconds,
    /// Equal-tempered semitones.
    Semitones,
    /// Octaves.
    Octaves,
    /// MIDI note number.
    Note,
    /// Bits of resolution.
    Bits,
    /// A whole number.
    Count,
    /// Decibels.
    Decibels,
    /// 0 to 1, or decibels above 1.
    Resonance,
}

/// One row of the parameter table.
#[derive(Clone, Copy, Debug)]
pub struct ParamDef {
    /// The parameter that this row describes.
    pub param: Param,
    /// Its name, as SuperDirt or superdough spell it.
    pub name: &'static str,
    /// Other names for it.
    pub aliases: &'static [&'static str],
    /// What its numbers count.
    pub unit: Unit,
    /// Smallest value; lower ones are raised to it.
    pub min: f32,
    /// Largest value; higher ones are lowered to it.
    pub max: f32,
    /// Value where neither the sound nor the shot says otherwise.
    pub default: f32,
    /// One sentence for help.
    pub doc: &'static str,
}

/// Number of parameters.
pub const COUNT: usize = PARAMS.len();

impl ParamDef {
    /// `value` brought into the range; `None` if it is not a finite number.
    #[must_use]
    pub fn admit(&self, value: f32) -> Option<f32> {
        value.is_finite().then(|| value.clamp(self.min, self.max))
    }
}

/// The row of the parameter called `name`, by its name or an alias.
#[must_use]
pub fn find(name: &str) -> Option<&'static ParamDef> {
    static NAMES: LazyLock<HashMap<&str, &ParamDef>> = LazyLock::new(|| {
        let names = |def: &'static ParamDef| {
            core::iter::once(def.name).chain(def.aliases.iter().copied()).map(move |n| (n, def))
        };
        PARAMS.iter().flat_map(names).collect()
    });
    NAMES.get(name).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stand_in_the_order_of_the_enum() {
        for (i, def) in PARAMS.iter().enumerate() {
            assert_eq!(def.param as usize, i, "{}", def.name);
        }
    }

    #[test]
    fn no_name_is_used_twice() {
        let mut names: Vec<_> = PARAMS
            .iter()
            .flat_map(|d| std::iter::once(d.name).chain(d.aliases.iter().copied()))
            .collect();
        let total = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), total);
    }

    #[test]
    fn defaults_lie_in_their_ranges_and_odd_values_are_refused() {
        for def in PARAMS {
            assert_eq!(def.admit(def.default), Some(def.default), "{}", def.name);
            assert_eq!(def.admit(f32::NAN), None);
            assert_eq!(def.admit(f32::INFINITY), None);
            assert_eq!(def.admit(f32::MAX), Some(def.max));
        }
    }

    #[test]
    fn superdirt_and_superdough_names_mean_the_same() {
        for (a, b) in
            [("cutoff", "lpf"), ("lpq", "resonance"), ("att", "attack"), ("clip", "legato")]
        {
            assert_eq!(find(a).map(|d| d.param), find(b).map(|d| d.param));
            assert!(find(a).is_some());
        }
    }
}
