//! The parameter table: every control of the synth, its names, unit, range and default.

/// A control that a shot may carry; the discriminant is the row of [`PARAMS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Param {
    /// Loudness, as a linear factor.
    Gain,
    /// How hard the note is struck: loudness, and brightness where a sound has it.
    Velocity,
    /// Loudness after the effects, as a linear factor.
    PostGain,
    /// Place between left (0) and right (1), at equal power.
    Pan,
    /// Which bus of delay and reverb the sound goes to.
    Orbit,
    /// Sounds of the same cut group on an orbit stop each other; 0 is none.
    Cut,
    /// Variant of a drum sound.
    N,
    /// Pitch as a MIDI number, fractions allowed; 60 is middle C.
    MidiNote,
    /// Pitch as a factor; its sign is ignored by synthesised sounds.
    Speed,
    /// Change of pitch over the length of the note: 1 arrives at twice the pitch.
    Accelerate,
    /// Where it is given, percussion too stops at the end of its duration.
    Legato,
    /// Time from silence to full level.
    Attack,
    /// Time from full level to the sustain level.
    Decay,
    /// Level held until the note ends.
    Sustain,
    /// Time from the end of the note to silence.
    Release,
    /// Cutoff of the low-pass filter.
    Lpf,
    /// Resonance of the low-pass filter: 0 to 1 as in SuperDirt, above 1 decibels as in superdough.
    LpResonance,
    /// How far the envelope opens the low-pass filter.
    LpEnv,
    /// Attack of the low-pass filter's envelope.
    LpAttack,
    /// Decay of the low-pass filter's envelope.
    LpDecay,
    /// Sustain level of the low-pass filter's envelope.
    LpSustain,
    /// Release of the low-pass filter's envelope.
    LpRelease,
    /// Cutoff of the high-pass filter.
    Hpf,
    /// Resonance of the high-pass filter: 0 to 1 as in SuperDirt, above 1 decibels as in superdough.
    HpResonance,
    /// How far the envelope opens the high-pass filter.
    HpEnv,
    /// Attack of the high-pass filter's envelope.
    HpAttack,
    /// Decay of the high-pass filter's envelope.
    HpDecay,
    /// Sustain level of the high-pass filter's envelope.
    HpSustain,
    /// Release of the high-pass filter's envelope.
    HpRelease,
    /// Cutoff of the band-pass filter.
    Bpf,
    /// Resonance of the band-pass filter: 0 to 1 as in SuperDirt, above 1 decibels as in superdough.
    BpResonance,
    /// How far the envelope opens the band-pass filter.
    BpEnv,
    /// Attack of the band-pass filter's envelope.
    BpAttack,
    /// Decay of the band-pass filter's envelope.
    BpDecay,
    /// Sustain level of the band-pass filter's envelope.
    BpSustain,
    /// Release of the band-pass filter's envelope.
    BpRelease,
    /// Kind of low-pass: 0 state-variable 12 dB, 1 ladder, 2 state-variable 24 dB.
    FilterType,
    /// How much goes to the orbit's reverb.
    Room,
    /// Size of the orbit's reverb: 0 is a closet, 1 a hall, more is a cathedral.
    Size,
    /// How much goes to the orbit's delay.
    Delay,
    /// Time between the echoes of the orbit's delay.
    DelayTime,
    /// How much of each echo returns.
    DelayFeedback,
    /// Resolution in bits: fewer is harsher.
    Crush,
    /// Holds every n-th sample: a lower sample rate.
    Coarse,
    /// Soft overdrive, from none to full.
    Shape,
    /// Distortion with an exponential drive; keeps the level.
    Distort,
    /// Rate of vibrato.
    Vibrato,
    /// Depth of vibrato.
    VibratoDepth,
    /// Rate of tremolo.
    Tremolo,
    /// Depth of tremolo.
    TremoloDepth,
    /// Where the pitch starts above the note, before it falls to it.
    PitchEnv,
    /// Time in which the pitch envelope rises.
    PitchAttack,
    /// Time in which the pitch envelope falls.
    PitchDecay,
    /// Index of frequency modulation.
    Fm,
    /// Modulator frequency over note frequency: whole numbers sound harmonic.
    FmRatio,
    /// Time in which the modulation falls to its sustain; 0 keeps it.
    FmDecay,
    /// Share of the modulation that stays after its decay.
    FmSustain,
    /// Width of the pulse.
    PulseWidth,
    /// Spread of pitch between the oscillators of a unison.
    Detune,
    /// Number of oscillators in unison.
    Unison,
    /// Stereo width of the unison.
    Spread,
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

/// All parameters, in the order of [`Param`].
pub const PARAMS: &[ParamDef] = &[
    row(Param::Gain, "gain", &[], Unit::Ratio, (0.0, 8.0, 1.0), "Loudness, as a linear factor."),
    row(
        Param::Velocity,
        "velocity",
        &["vel"],
        Unit::Ratio,
        (0.0, 1.0, 1.0),
        "How hard the note is struck: loudness, and brightness where a sound has it.",
    ),
    row(
        Param::PostGain,
        "postgain",
        &[],
        Unit::Ratio,
        (0.0, 8.0, 1.0),
        "Loudness after the effects, as a linear factor.",
    ),
    row(
        Param::Pan,
        "pan",
        &[],
        Unit::Ratio,
        (0.0, 1.0, 0.5),
        "Place between left (0) and right (1), at equal power.",
    ),
    row(
        Param::Orbit,
        "orbit",
        &["o"],
        Unit::Count,
        (0.0, 15.0, 0.0),
        "Which bus of delay and reverb the sound goes to.",
    ),
    row(
        Param::Cut,
        "cut",
        &[],
        Unit::Count,
        (0.0, 127.0, 0.0),
        "Sounds of the same cut group on an orbit stop each other; 0 is none.",
    ),
    row(Param::N, "n", &[], Unit::Count, (0.0, 127.0, 0.0), "Variant of a drum sound."),
    row(
        Param::MidiNote,
        "midinote",
        &[],
        Unit::Note,
        (-24.0, 160.0, 60.0),
        "Pitch as a MIDI number, fractions allowed; 60 is middle C.",
    ),
    row(
        Param::Speed,
        "speed",
        &[],
        Unit::Ratio,
        (-64.0, 64.0, 1.0),
        "Pitch as a factor; its sign is ignored by synthesised sounds.",
    ),
    row(
        Param::Accelerate,
        "accelerate",
        &[],
        Unit::Ratio,
        (-16.0, 16.0, 0.0),
        "Change of pitch over the length of the note: 1 arrives at twice the pitch.",
    ),
    row(
        Param::Legato,
        "legato",
        &["clip"],
        Unit::Ratio,
        (0.0, 64.0, 1.0),
        "Where it is given, percussion too stops at the end of its duration.",
    ),
    row(
        Param::Attack,
        "attack",
        &["att"],
        Unit::Seconds,
        (0.0, 60.0, 0.003),
        "Time from silence to full level.",
    ),
    row(
        Param::Decay,
        "decay",
        &["dec"],
        Unit::Seconds,
        (0.0, 60.0, 0.05),
        "Time from full level to the sustain level.",
    ),
    row(
        Param::Sustain,
        "sustain",
        &["sus"],
        Unit::Ratio,
        (0.0, 1.0, 1.0),
        "Level held until the note ends.",
    ),
    row(
        Param::Release,
        "release",
        &["rel"],
        Unit::Seconds,
        (0.0, 60.0, 0.03),
        "Time from the end of the note to silence.",
    ),
    row(
        Param::Lpf,
        "lpf",
        &["cutoff", "ctf", "lp"],
        Unit::Hertz,
        (20.0, 20000.0, 20000.0),
        "Cutoff of the low-pass filter.",
    ),
    row(
        Param::LpResonance,
        "resonance",
        &["lpq"],
        Unit::Resonance,
        (0.0, 50.0, 0.0),
        "Resonance of the low-pass filter: 0 to 1 as in SuperDirt, above 1 decibels as in superdough.",
    ),
    row(
        Param::LpEnv,
        "lpenv",
        &["lpe"],
        Unit::Octaves,
        (-10.0, 10.0, 0.0),
        "How far the envelope opens the low-pass filter.",
    ),
    row(
        Param::LpAttack,
        "lpattack",
        &["lpa"],
        Unit::Seconds,
        (0.0, 60.0, 0.005),
        "Attack of the low-pass filter's envelope.",
    ),
    row(
        Param::LpDecay,
        "lpdecay",
        &["lpd"],
        Unit::Seconds,
        (0.0, 60.0, 0.14),
        "Decay of the low-pass filter's envelope.",
    ),
    row(
        Param::LpSustain,
        "lpsustain",
        &["lps"],
        Unit::Ratio,
        (0.0, 1.0, 0.0),
        "Sustain level of the low-pass filter's envelope.",
    ),
    row(
        Param::LpRelease,
        "lprelease",
        &["lpr"],
        Unit::Seconds,
        (0.0, 60.0, 0.1),
        "Release of the low-pass filter's envelope.",
    ),
    row(
        Param::Hpf,
        "hpf",
        &["hcutoff", "hp"],
        Unit::Hertz,
        (20.0, 20000.0, 20.0),
        "Cutoff of the high-pass filter.",
    ),
    row(
        Param::HpResonance,
        "hresonance",
        &["hpq"],
        Unit::Resonance,
        (0.0, 50.0, 0.0),
        "Resonance of the high-pass filter: 0 to 1 as in SuperDirt, above 1 decibels as in superdough.",
    ),
    row(
        Param::HpEnv,
        "hpenv",
        &["hpe"],
        Unit::Octaves,
        (-10.0, 10.0, 0.0),
        "How far the envelope opens the high-pass filter.",
    ),
    row(
        Param::HpAttack,
        "hpattack",
        &["hpa"],
        Unit::Seconds,
        (0.0, 60.0, 0.005),
        "Attack of the high-pass filter's envelope.",
    ),
    row(
        Param::HpDecay,
        "hpdecay",
        &["hpd"],
        Unit::Seconds,
        (0.0, 60.0, 0.14),
        "Decay of the high-pass filter's envelope.",
    ),
    row(
        Param::HpSustain,
        "hpsustain",
        &["hps"],
        Unit::Ratio,
        (0.0, 1.0, 0.0),
        "Sustain level of the high-pass filter's envelope.",
    ),
    row(
        Param::HpRelease,
        "hprelease",
        &["hpr"],
        Unit::Seconds,
        (0.0, 60.0, 0.1),
        "Release of the high-pass filter's envelope.",
    ),
    row(
        Param::Bpf,
        "bpf",
        &["bandf", "bp"],
        Unit::Hertz,
        (20.0, 20000.0, 1000.0),
        "Cutoff of the band-pass filter.",
    ),
    row(
        Param::BpResonance,
        "bandq",
        &["bpq", "bresonance"],
        Unit::Resonance,
        (0.0, 50.0, 0.15),
        "Resonance of the band-pass filter: 0 to 1 as in SuperDirt, above 1 decibels as in superdough.",
    ),
    row(
        Param::BpEnv,
        "bpenv",
        &["bpe"],
        Unit::Octaves,
        (-10.0, 10.0, 0.0),
        "How far the envelope opens the band-pass filter.",
    ),
    row(
        Param::BpAttack,
        "bpattack",
        &["bpa"],
        Unit::Seconds,
        (0.0, 60.0, 0.005),
        "Attack of the band-pass filter's envelope.",
    ),
    row(
        Param::BpDecay,
        "bpdecay",
        &["bpd"],
        Unit::Seconds,
        (0.0, 60.0, 0.14),
        "Decay of the band-pass filter's envelope.",
    ),
    row(
        Param::BpSustain,
        "bpsustain",
        &["bps"],
        Unit::Ratio,
        (0.0, 1.0, 0.0),
        "Sustain level of the band-pass filter's envelope.",
    ),
    row(
        Param::BpRelease,
        "bprelease",
        &["bpr"],
        Unit::Seconds,
        (0.0, 60.0, 0.1),
        "Release of the band-pass filter's envelope.",
    ),
    row(
        Param::FilterType,
        "ftype",
        &[],
        Unit::Count,
        (0.0, 2.0, 0.0),
        "Kind of low-pass: 0 state-variable 12 dB, 1 ladder, 2 state-variable 24 dB.",
    ),
    row(
        Param::Room,
        "room",
        &[],
        Unit::Ratio,
        (0.0, 1.0, 0.0),
        "How much goes to the orbit's reverb.",
    ),
    row(
        Param::Size,
        "size",
        &["roomsize", "sz", "rsize"],
        Unit::Ratio,
        (0.0, 10.0, 0.4),
        "Size of the orbit's reverb: 0 is a closet, 1 a hall, more is a cathedral.",
    ),
    row(
        Param::Delay,
        "delay",
        &[],
        Unit::Ratio,
        (0.0, 1.0, 0.0),
        "How much goes to the orbit's delay.",
    ),
    row(
        Param::DelayTime,
        "delaytime",
        &["delayt", "dt"],
        Unit::Seconds,
        (0.001, 4.0, 0.25),
        "Time between the echoes of the orbit's delay.",
    ),
    row(
        Param::DelayFeedback,
        "delayfeedback",
        &["delayfb", "dfb"],
        Unit::Ratio,
        (0.0, 0.98, 0.5),
        "How much of each echo returns.",
    ),
    row(
        Param::Crush,
        "crush",
        &[],
        Unit::Bits,
        (1.0, 16.0, 16.0),
        "Resolution in bits: fewer is harsher.",
    ),
    row(
        Param::Coarse,
        "coarse",
        &[],
        Unit::Count,
        (1.0, 512.0, 1.0),
        "Holds every n-th sample: a lower sample rate.",
    ),
    row(
        Param::Shape,
        "shape",
        &[],
        Unit::Ratio,
        (0.0, 0.99, 0.0),
        "Soft overdrive, from none to full.",
    ),
    row(
        Param::Distort,
        "distort",
        &["dist"],
        Unit::Ratio,
        (0.0, 10.0, 0.0),
        "Distortion with an exponential drive; keeps the level.",
    ),
    row(
        Param::Vibrato,
        "vib",
        &["vibrato", "v"],
        Unit::Hertz,
        (0.0, 100.0, 0.0),
        "Rate of vibrato.",
    ),
    row(
        Param::VibratoDepth,
        "vibmod",
        &["vmod"],
        Unit::Semitones,
        (0.0, 24.0, 0.5),
        "Depth of vibrato.",
    ),
    row(
        Param::Tremolo,
        "tremolo",
        &["tremolorate", "tremr", "trem"],
        Unit::Hertz,
        (0.0, 200.0, 0.0),
        "Rate of tremolo.",
    ),
    row(
        Param::TremoloDepth,
        "tremolodepth",
        &["tremdp"],
        Unit::Ratio,
        (0.0, 1.0, 0.8),
        "Depth of tremolo.",
    ),
    row(
        Param::PitchEnv,
        "penv",
        &[],
        Unit::Semitones,
        (-96.0, 96.0, 0.0),
        "Where the pitch starts above the note, before it falls to it.",
    ),
    row(
        Param::PitchAttack,
        "pattack",
        &["patt"],
        Unit::Seconds,
        (0.0, 10.0, 0.0),
        "Time in which the pitch envelope rises.",
    ),
    row(
        Param::PitchDecay,
        "pdecay",
        &["pdec"],
        Unit::Seconds,
        (0.0, 10.0, 0.15),
        "Time in which the pitch envelope falls.",
    ),
    row(Param::Fm, "fm", &["fmi"], Unit::Ratio, (0.0, 64.0, 0.0), "Index of frequency modulation."),
    row(
        Param::FmRatio,
        "fmh",
        &[],
        Unit::Ratio,
        (0.0, 64.0, 1.0),
        "Modulator frequency over note frequency: whole numbers sound harmonic.",
    ),
    row(
        Param::FmDecay,
        "fmdecay",
        &["fmd"],
        Unit::Seconds,
        (0.0, 60.0, 0.0),
        "Time in which the modulation falls to its sustain; 0 keeps it.",
    ),
    row(
        Param::FmSustain,
        "fmsustain",
        &["fms"],
        Unit::Ratio,
        (0.0, 1.0, 0.0),
        "Share of the modulation that stays after its decay.",
    ),
    row(Param::PulseWidth, "pw", &[], Unit::Ratio, (0.02, 0.98, 0.5), "Width of the pulse."),
    row(
        Param::Detune,
        "detune",
        &["det"],
        Unit::Semitones,
        (0.0, 12.0, 0.18),
        "Spread of pitch between the oscillators of a unison.",
    ),
    row(
        Param::Unison,
        "unison",
        &[],
        Unit::Count,
        (1.0, 7.0, 1.0),
        "Number of oscillators in unison.",
    ),
    row(Param::Spread, "spread", &[], Unit::Ratio, (0.0, 1.0, 0.6), "Stereo width of the unison."),
];

/// Number of parameters.
pub const COUNT: usize = PARAMS.len();

/// A row; `span` is (min, max, default).
const fn row(
    param: Param,
    name: &'static str,
    aliases: &'static [&'static str],
    unit: Unit,
    span: (f32, f32, f32),
    doc: &'static str,
) -> ParamDef {
    let (min, max, default) = span;
    ParamDef { param, name, aliases, unit, min, max, default, doc }
}

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
    PARAMS.iter().find(|def| def.name == name || def.aliases.contains(&name))
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
