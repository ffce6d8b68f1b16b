//! The rows of the table of unit generators. Their prose and examples are in `stdlib/ugens.mag`.

use crate::ugen::{Fill, Input, Keeps, Kind, Rate, Ugen, Unit};
use Fill::{Freq, Value, Wanted};
use Keeps::{Nothing, Period, State};
use Rate::{Frame, Inputs, Moves};
use Unit::{Bits, Decibels, Hertz, Ratio, Resonance, Seconds, Semitones, Signal, Slope, Turns};

/// The families of recorded single cycles that `wave` reads.
pub const WAVES: [&str; 16] = [
    "flute", "clarinet", "oboe", "sax", "violin", "cello", "guitar", "piano", "epiano", "organ",
    "voice", "theremin", "bass", "fm", "chip", "game",
];

const fn input(name: &'static str, unit: Unit, min: f32, max: f32, fill: Fill) -> Input {
    Input { name, unit, min, max, fill }
}

/// Any sound or number.
const fn any(name: &'static str) -> Input {
    input(name, Signal, -1e6, 1e6, Wanted)
}

const FREQ: Input = input("freq", Hertz, 0.0, 20_000.0, Freq);
const RATE: Input = input("rate", Hertz, 0.0, 20_000.0, Value(1.0));
const WIDTH: Input = input("width", Ratio, 0.02, 0.98, Value(0.5));
const CUTOFF: Input = input("cutoff", Hertz, 10.0, 20_000.0, Value(1000.0));
const RES: Input = input("res", Resonance, 0.0, 50.0, Value(0.0));
const IN: Input = any("in");
const X: Input = any("x");
const ATTACK: Input = input("attack", Seconds, 0.0, 60.0, Value(0.01));
const DECAY: Input = input("decay", Seconds, 0.0, 60.0, Value(0.3));
const RING: Input = input("decay", Seconds, -60.0, 60.0, Value(1.0));
const TIME: Input = input("time", Seconds, 0.0, 3.0, Value(0.25));
const SHORT: Input = input("time", Seconds, 0.0, 3.0, Value(0.01));

/// All unit generators.
#[rustfmt::skip] // a table is read by its columns
pub const UGENS: &[Ugen] = &[
    row("sine", Kind::Sine, &[FREQ, input("phase", Turns, -1e6, 1e6, Value(0.0))], Frame, State, 22),
    row("saw", Kind::Saw, &[FREQ], Frame, State, 9),
    row("pulse", Kind::Pulse, &[FREQ, WIDTH], Frame, State, 14),
    row("tri", Kind::Tri, &[FREQ], Frame, State, 23),
    random("supersaw", Kind::Supersaw, &[FREQ, input("detune", Semitones, 0.0, 12.0, Value(0.3))], State, 40),
    row("wave", Kind::Wave, &[input("name", Unit::Wave, 0.0, 15.0, Wanted), FREQ, input("morph", Ratio, 0.0, 1.0, Value(0.3))], Frame, State, 160),
    row("lfsaw", Kind::LfSaw, &[RATE], Frame, State, 10),
    row("lftri", Kind::LfTri, &[RATE], Frame, State, 12),
    row("lfpulse", Kind::LfPulse, &[RATE, WIDTH], Frame, State, 11),
    random("lfnoise", Kind::LfNoise, &[input("rate", Hertz, 0.0, 20_000.0, Value(8.0))], State, 6),
    random("noise", Kind::Noise, &[], State, 30),
    random("pink", Kind::Pink, &[], State, 36),
    random("brown", Kind::Brown, &[], State, 30),
    random("dust", Kind::Dust, &[input("density", Hertz, 0.0, 20_000.0, Value(20.0))], State, 35),
    row("hold", Kind::Hold, &[input("rate", Hertz, 0.0, 20_000.0, Value(8.0)), IN], Frame, State, 15),
    row("lpf", Kind::Lpf, &[CUTOFF, RES, IN], Frame, State, 19),
    row("hpf", Kind::Hpf, &[CUTOFF, RES, IN], Frame, State, 19),
    row("bpf", Kind::Bpf, &[CUTOFF, RES, IN], Frame, State, 18),
    row("notch", Kind::Notch, &[CUTOFF, RES, IN], Frame, State, 19),
    row("ladder", Kind::Ladder, &[CUTOFF, RES, IN], Frame, State, 47),
    row("onepole", Kind::OnePole, &[CUTOFF, IN], Frame, State, 13),
    row("comb", Kind::Comb, &[SHORT, RING, IN], Frame, Keeps::Line(0), 40),
    row("allpass", Kind::Allpass, &[SHORT, RING, IN], Frame, Keeps::Line(0), 36),
    row("string", Kind::String, &[FREQ, input("decay", Seconds, 0.0, 60.0, Value(2.0)), input("damp", Ratio, 0.0, 1.0, Value(0.3)), IN], Frame, Period(0), 66),
    row("delay", Kind::Delay, &[TIME, IN], Frame, Keeps::Line(0), 30),
    row("feedback", Kind::Feedback, &[TIME, input("loop", Unit::Function, 0.0, 1.0, Wanted), IN], Frame, Keeps::Line(0), 40),
    row("env", Kind::Env, &[ATTACK, DECAY], Moves, State, 3),
    row("adsr", Kind::Adsr, &[ATTACK, input("decay", Seconds, 0.0, 60.0, Value(0.1)), input("sustain", Ratio, 0.0, 1.0, Value(0.7)), input("release", Seconds, 0.0, 60.0, Value(0.2))], Moves, State, 3),
    row("line", Kind::Line, &[input("from", Ratio, -1e6, 1e6, Value(0.0)), input("to", Ratio, -1e6, 1e6, Value(1.0)), input("time", Seconds, 0.0, 600.0, Value(1.0))], Moves, Nothing, 2),
    row("xline", Kind::XLine, &[input("from", Ratio, 1e-4, 1e6, Value(1.0)), input("to", Ratio, 1e-4, 1e6, Value(0.01)), input("time", Seconds, 0.0, 600.0, Value(1.0))], Moves, Nothing, 3),
    row("tanh", Kind::Tanh, &[IN], Inputs, Nothing, 5),
    row("fold", Kind::Fold, &[IN], Inputs, Nothing, 24),
    row("clip", Kind::Clip, &[IN], Inputs, Nothing, 4),
    row("crush", Kind::Crush, &[input("bits", Bits, 1.0, 16.0, Value(8.0)), IN], Inputs, Nothing, 38),
    row("lag", Kind::Lag, &[input("time", Seconds, 0.0, 60.0, Value(0.1)), IN], Frame, State, 11),
    row("slew", Kind::Slew, &[input("up", Slope, 0.0, 1e6, Value(10.0)), input("down", Slope, 0.0, 1e6, Value(10.0)), IN], Frame, State, 20),
    row("dcblock", Kind::DcBlock, &[IN], Frame, State, 10),
    row("add", Kind::Add, &[X, IN], Inputs, Nothing, 5),
    row("sub", Kind::Sub, &[X, IN], Inputs, Nothing, 4),
    row("mul", Kind::Mul, &[X, IN], Inputs, Nothing, 5),
    row("div", Kind::Div, &[X, IN], Inputs, Nothing, 6),
    row("mod", Kind::Mod, &[X, IN], Inputs, Nothing, 25),
    row("min", Kind::Min, &[X, IN], Inputs, Nothing, 5),
    row("max", Kind::Max, &[X, IN], Inputs, Nothing, 5),
    row("pow", Kind::Pow, &[X, IN], Inputs, Nothing, 38),
    row("lt", Kind::Lt, &[X, IN], Inputs, Nothing, 4),
    row("le", Kind::Le, &[X, IN], Inputs, Nothing, 5),
    row("eq", Kind::Eq, &[X, IN], Inputs, Nothing, 5),
    row("abs", Kind::Abs, &[IN], Inputs, Nothing, 4),
    row("floor", Kind::Floor, &[IN], Inputs, Nothing, 20),
    row("sqrt", Kind::Sqrt, &[IN], Inputs, Nothing, 5),
    row("midihz", Kind::MidiHz, &[input("note", Semitones, -200.0, 200.0, Wanted)], Inputs, Nothing, 27),
    row("midiratio", Kind::MidiRatio, &[input("semitones", Semitones, -200.0, 200.0, Wanted)], Inputs, Nothing, 16),
    row("dbamp", Kind::DbAmp, &[input("db", Decibels, -200.0, 100.0, Wanted)], Inputs, Nothing, 14),
    row("pan", Kind::Pan, &[input("place", Ratio, 0.0, 1.0, Value(0.5)), IN], Inputs, Nothing, 6),
    row("stereo", Kind::Stereo, &[any("left"), any("right")], Inputs, Nothing, 0),
    row("mono", Kind::Mono, &[IN], Inputs, Nothing, 2),
    row("mix", Kind::Mix, &[input("signals", Unit::List, 0.0, 1.0, Wanted)], Inputs, Nothing, 1),
];

const fn row(
    name: &'static str,
    kind: Kind,
    inputs: &'static [Input],
    rate: Rate,
    keeps: Keeps,
    cost: u16,
) -> Ugen {
    Ugen { kind, name, inputs, rate, keeps, cost, random: false }
}

const fn random(
    name: &'static str,
    kind: Kind,
    inputs: &'static [Input],
    keeps: Keeps,
    cost: u16,
) -> Ugen {
    Ugen { kind, name, inputs, rate: Rate::Frame, keeps, cost, random: true }
}
