//! The rows of the parameter table: one line each, in the order of [`Param`].

use super::Param::*;
use super::Unit::*;
use super::{Param, ParamDef, Unit};

/// All parameters, in the order of [`Param`].
#[rustfmt::skip] // a table is read by its columns
pub const PARAMS: &[ParamDef] = &[
    row(Gain, "gain", &[], Ratio, (0.0, 8.0, 1.0), "Loudness, as a linear factor."),
    row(Velocity, "velocity", &["vel"], Ratio, (0.0, 1.0, 1.0), "How hard the note is struck: loudness, and brightness where a sound has it."),
    row(PostGain, "postgain", &[], Ratio, (0.0, 8.0, 1.0), "Loudness after the effects, as a linear factor."),
    row(Pan, "pan", &[], Ratio, (0.0, 1.0, 0.5), "Place between left (0) and right (1), at equal power."),
    row(Orbit, "orbit", &["o"], Count, (0.0, 15.0, 0.0), "Which bus of delay and reverb the sound goes to."),
    row(Cut, "cut", &[], Count, (0.0, 127.0, 0.0), "A sound stops earlier ones of its cut group on the same orbit; 0 is none."),
    row(N, "n", &[], Count, (0.0, 127.0, 0.0), "Variant of a drum sound."),
    row(MidiNote, "midinote", &[], Note, (-24.0, 160.0, 60.0), "Pitch as a MIDI number, fractions allowed; 60 is middle C."),
    row(Speed, "speed", &[], Ratio, (-64.0, 64.0, 1.0), "Pitch as a factor; its sign is ignored by synthesised sounds."),
    row(Accelerate, "accelerate", &[], Ratio, (-16.0, 16.0, 0.0), "Change of pitch over the length of the note: 1 arrives at twice the pitch."),
    row(Legato, "legato", &["clip"], Ratio, (0.0, 64.0, 1.0), "Where it is given, percussion too stops at the end of its duration."),
    row(Attack, "attack", &["att"], Seconds, (0.0, 60.0, 0.003), "Time from silence to full level."),
    row(Decay, "decay", &["dec"], Seconds, (0.0, 60.0, 0.05), "Time from full level to the sustain level."),
    row(Sustain, "sustain", &["sus"], Ratio, (0.0, 1.0, 1.0), "Level held until the note ends."),
    row(Release, "release", &["rel"], Seconds, (0.0, 60.0, 0.03), "Time from the end of the note to silence."),
    row(Lpf, "lpf", &["cutoff", "ctf", "lp"], Hertz, (20.0, 20000.0, 20000.0), "Cutoff of the low-pass filter."),
    row(LpResonance, "resonance", &["lpq"], Resonance, (0.0, 50.0, 0.0), "Resonance of the low-pass filter: 0 to 1 as in SuperDirt, above 1 decibels as in superdough."),
    row(LpEnv, "lpenv", &["lpe"], Octaves, (-10.0, 10.0, 0.0), "How far the envelope opens the low-pass filter."),
    row(LpAttack, "lpattack", &["lpa"], Seconds, (0.0, 60.0, 0.005), "Attack of the low-pass filter's envelope."),
    row(LpDecay, "lpdecay", &["lpd"], Seconds, (0.0, 60.0, 0.14), "Decay of the low-pass filter's envelope."),
    row(LpSustain, "lpsustain", &["lps"], Ratio, (0.0, 1.0, 0.0), "Sustain level of the low-pass filter's envelope."),
    row(LpRelease, "lprelease", &["lpr"], Seconds, (0.0, 60.0, 0.1), "Release of the low-pass filter's envelope."),
    row(Hpf, "hpf", &["hcutoff", "hp"], Hertz, (20.0, 20000.0, 20.0), "Cutoff of the high-pass filter."),
    row(HpResonance, "hresonance", &["hpq"], Resonance, (0.0, 50.0, 0.0), "Resonance of the high-pass filter: 0 to 1 as in SuperDirt, above 1 decibels as in superdough."),
    row(HpEnv, "hpenv", &["hpe"], Octaves, (-10.0, 10.0, 0.0), "How far the envelope opens the high-pass filter."),
    row(HpAttack, "hpattack", &["hpa"], Seconds, (0.0, 60.0, 0.005), "Attack of the high-pass filter's envelope."),
    row(HpDecay, "hpdecay", &["hpd"], Seconds, (0.0, 60.0, 0.14), "Decay of the high-pass filter's envelope."),
    row(HpSustain, "hpsustain", &["hps"], Ratio, (0.0, 1.0, 0.0), "Sustain level of the high-pass filter's envelope."),
    row(HpRelease, "hprelease", &["hpr"], Seconds, (0.0, 60.0, 0.1), "Release of the high-pass filter's envelope."),
    row(Bpf, "bpf", &["bandf", "bp"], Hertz, (20.0, 20000.0, 1000.0), "Cutoff of the band-pass filter."),
    row(BpResonance, "bandq", &["bpq", "bresonance"], Resonance, (0.0, 50.0, 0.15), "Resonance of the band-pass filter: 0 to 1 as in SuperDirt, above 1 decibels as in superdough."),
    row(BpEnv, "bpenv", &["bpe"], Octaves, (-10.0, 10.0, 0.0), "How far the envelope opens the band-pass filter."),
    row(BpAttack, "bpattack", &["bpa"], Seconds, (0.0, 60.0, 0.005), "Attack of the band-pass filter's envelope."),
    row(BpDecay, "bpdecay", &["bpd"], Seconds, (0.0, 60.0, 0.14), "Decay of the band-pass filter's envelope."),
    row(BpSustain, "bpsustain", &["bps"], Ratio, (0.0, 1.0, 0.0), "Sustain level of the band-pass filter's envelope."),
    row(BpRelease, "bprelease", &["bpr"], Seconds, (0.0, 60.0, 0.1), "Release of the band-pass filter's envelope."),
    row(FilterType, "ftype", &[], Count, (0.0, 2.0, 0.0), "Kind of low-pass: 0 state-variable 12 dB, 1 ladder, 2 state-variable 24 dB."),
    row(Room, "room", &[], Ratio, (0.0, 1.0, 0.0), "How much goes to the orbit's reverb."),
    row(Size, "size", &["roomsize", "sz", "rsize"], Ratio, (0.0, 10.0, 0.4), "Size of the orbit's reverb: 0 is a closet, 1 a hall, more is a cathedral."),
    row(Delay, "delay", &[], Ratio, (0.0, 1.0, 0.0), "How much goes to the orbit's delay."),
    row(DelayTime, "delaytime", &["delayt", "dt"], Seconds, (0.001, 4.0, 0.25), "Time between the echoes of the orbit's delay."),
    row(DelayFeedback, "delayfeedback", &["delayfb", "dfb"], Ratio, (0.0, 0.98, 0.5), "How much of each echo returns."),
    row(Crush, "crush", &[], Bits, (1.0, 16.0, 16.0), "Resolution in bits: fewer is harsher."),
    row(Coarse, "coarse", &[], Count, (1.0, 512.0, 1.0), "Holds every n-th sample: a lower sample rate."),
    row(Shape, "shape", &[], Ratio, (0.0, 0.99, 0.0), "Soft overdrive, from none to full."),
    row(Distort, "distort", &["dist"], Ratio, (0.0, 10.0, 0.0), "Distortion with an exponential drive; keeps the level."),
    row(Vibrato, "vib", &["vibrato", "v"], Hertz, (0.0, 100.0, 0.0), "Rate of vibrato."),
    row(VibratoDepth, "vibmod", &["vmod"], Semitones, (0.0, 24.0, 0.5), "Depth of vibrato."),
    row(Tremolo, "tremolo", &["tremolorate", "tremr", "trem"], Hertz, (0.0, 200.0, 0.0), "Rate of tremolo."),
    row(TremoloDepth, "tremolodepth", &["tremdp"], Ratio, (0.0, 1.0, 0.8), "Depth of tremolo."),
    row(PitchEnv, "penv", &[], Semitones, (-96.0, 96.0, 0.0), "Where the pitch starts above the note, before it falls to it."),
    row(PitchAttack, "pattack", &["patt"], Seconds, (0.0, 10.0, 0.0), "Time in which the pitch envelope rises."),
    row(PitchDecay, "pdecay", &["pdec"], Seconds, (0.0, 10.0, 0.15), "Time in which the pitch envelope falls."),
    row(Fm, "fm", &["fmi"], Ratio, (0.0, 64.0, 0.0), "Index of frequency modulation."),
    row(FmRatio, "fmh", &[], Ratio, (0.0, 64.0, 1.0), "Modulator frequency over note frequency: whole numbers sound harmonic."),
    row(FmDecay, "fmdecay", &["fmd"], Seconds, (0.0, 60.0, 0.0), "Time in which the modulation falls to its sustain; 0 keeps it."),
    row(FmSustain, "fmsustain", &["fms"], Ratio, (0.0, 1.0, 0.0), "Share of the modulation that stays after its decay."),
    row(PulseWidth, "pw", &[], Ratio, (0.02, 0.98, 0.5), "Width of the pulse."),
    row(Detune, "detune", &["det"], Semitones, (0.0, 12.0, 0.18), "Spread of pitch between the oscillators of a unison."),
    row(Unison, "unison", &[], Count, (1.0, 7.0, 1.0), "Number of oscillators in unison."),
    row(Spread, "spread", &[], Ratio, (0.0, 1.0, 0.6), "Stereo width of the unison."),
    row(Begin, "begin", &[], Ratio, (0.0, 1.0, 0.0), "Where in a recording to start, from 0 to 1."),
    row(End, "end", &[], Ratio, (0.0, 1.0, 1.0), "Where in a recording to end, from 0 to 1."),
    row(Loop, "loop", &[], Count, (0.0, 1.0, 0.0), "1 repeats the part between `begin` and `end` of a recording until the note ends."),
];

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
