//! What a cue asks of the synth, in the synth's own terms: words become numbers, times in cycles
//! become seconds, and the controls that change others are worked in.

use crate::cue::Cue;
use mag_lang::words::choice;
use mag_pattern::Value;

/// Slow oscillators whose rate may be given in turns a cycle, and where their phase is told:
/// (rate in cycles, rate in hertz, phase).
const SWINGS: [(&str, &str, Option<&str>); 6] = [
    ("lpsync", "lprate", Some("lpphase")),
    ("hpsync", "hprate", Some("hpphase")),
    ("bpsync", "bprate", Some("bpphase")),
    ("tremolosync", "tremolo", Some("tremolophase")),
    ("wtsync", "wtrate", None),
    ("warpsync", "warprate", None),
];

/// Parameters of the synth, by name.
type Params<'a> = Vec<(&'a str, f32)>;

/// What `cue` asks of the synth, apart from the sound itself; `pitch` is its MIDI number.
pub(super) fn params(cue: &Cue, pitch: Option<f64>) -> Params<'_> {
    let mut params: Params = Vec::with_capacity(cue.controls.len() + 4);
    for (name, value) in cue.controls.iter() {
        match name.as_str() {
            "n" | "s" | "sound" | "note" | "midinote" | "freq" => {}
            name => params.extend(param(name, value).map(|x| (name, x))),
        }
    }
    params.extend(pitch.map(|p| ("midinote", p as f32)));
    small(cue, &mut params);
    loudness(cue, &mut params);
    echoes(cue, &mut params);
    for swing in &SWINGS {
        swung(cue, swing, &mut params);
    }
    params
}

/// A control's value as the engine counts it.
pub(super) fn param(name: &str, value: &Value) -> Option<f32> {
    if let (Value::Word(word), Some(words)) = (value, choice(name)) {
        return words.iter().position(|w| w.contains(&word.as_str())).map(|i| i as f32);
    }
    value.number().map(|x| x as f32)
}

/// The numbers of ZzFX, in the order of its designer: what the synth calls them.
const ZZFX: [&str; 20] = [
    "gain",
    "zrand",
    "freq",
    "attack",
    "hold",
    "release",
    "zshape",
    "curve",
    "slide",
    "deltaSlide",
    "pitchJump",
    "pitchJumpTime",
    "lfo",
    "znoise",
    "zmod",
    "zcrush",
    "zdelay",
    "sustain",
    "decay",
    "ztremolo",
];

/// ZzFX has a tremolo and a noise of its own under the common names, and a list of all its numbers;
/// elsewhere `slide` is another name for `accelerate`.
fn small(cue: &Cue, params: &mut Params) {
    let sound = cue.sound().map_or("", |(sound, _)| sound);
    if !sound.starts_with("z_") && sound != "zzfx" {
        let slide = cue.number("slide").filter(|_| cue.get("accelerate").is_none());
        return params.extend(slide.map(|slide| ("accelerate", slide as f32)));
    }
    for (name, _) in params.iter_mut() {
        match *name {
            "tremolo" => *name = "ztremolo",
            "noise" => *name = "znoise",
            _ => {}
        }
    }
    if let Some(Value::List(numbers)) = cue.get("zzfx") {
        for (name, value) in ZZFX.iter().zip(numbers.iter()) {
            match (*name, value.number()) {
                ("freq", Some(hertz)) if hertz > 0.0 => {
                    params.push(("midinote", (69.0 + 12.0 * (hertz / 440.0).log2()) as f32));
                }
                ("freq", _) | (_, None) => {}
                (name, Some(x)) => params.push((name, x as f32)),
            }
        }
    }
}

/// `amp` is a factor beside `gain`; `overgain` and `overshape` add to theirs.
fn loudness(cue: &Cue, params: &mut Params) {
    let (amp, over) = (cue.number("amp"), cue.number("overgain"));
    if amp.is_some() || over.is_some() {
        let gain = cue.number("gain").unwrap_or(1.0) + over.unwrap_or(0.0);
        // SuperDirt's `amp` is 0.4 where nothing is said.
        params.push(("gain", (gain * amp.map_or(1.0, |amp| amp / 0.4)) as f32));
    }
    if let Some(over) = cue.number("overshape") {
        params.push(("shape", (cue.number("shape").unwrap_or(0.0) + over) as f32));
    }
}

/// The time of the delay, where it is told in cycles.
fn echoes(cue: &Cue, params: &mut Params) {
    let locked = cue.number("lock").is_some_and(|lock| lock > 0.0);
    let cycles = cue.number("delaysync").or_else(|| {
        // superdough's default under `lock` is three sixteenths.
        locked.then(|| cue.number("delaytime").unwrap_or(3.0 / 16.0))
    });
    if let Some(cycles) = cycles.filter(|_| cue.cps > 0.0) {
        params.push(("delaytime", (cycles / cue.cps) as f32));
    }
}

/// The rate and the phase of a slow oscillator: it goes on from event to event as if it had run
/// since cycle 0.
fn swung(
    cue: &Cue,
    (sync, rate, phase): &(&str, &'static str, Option<&'static str>),
    to: &mut Params,
) {
    let turns = match (cue.number(sync), cue.number(rate)) {
        (Some(turns), _) => turns,
        (None, Some(hertz)) if cue.cps > 0.0 => hertz / cue.cps,
        _ => return,
    };
    if cue.number(sync).is_some() {
        to.push((rate, (turns * cue.cps) as f32));
    }
    if let Some(phase) = phase
        && cue.number(phase).is_none()
        && *rate != "tremolo"
    {
        to.push((phase, (cue.onset.to_f64() * turns).rem_euclid(1.0) as f32));
    }
}
