//! ZzFX: the small sounds of games, after the description of Frank Force's generator (MIT): a wave
//! with a curve, whose pitch slides, jumps and starts over, with noise, crushing, an echo and an
//! envelope of its own.

use super::{Ends, Frames, Life, Moment, Onset, Synth, SynthDef};
use crate::noise::Noise;
use crate::param::Param;

/// Frames of the shortest attack, which keeps it from clicking.
const RISE: f64 = 9.0;
/// Hertz of one step of a slide.
const SLIDE: f64 = 500.0;
/// Longest echo in seconds, and how many voices of a kind may have one at a time.
const LONGEST: f32 = 1.0;
const ECHOES: usize = 16;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Shape {
    #[default]
    Sine,
    Triangle,
    Saw,
    Tan,
    Noise,
}

const SHAPES: [Shape; 5] = [Shape::Sine, Shape::Triangle, Shape::Saw, Shape::Tan, Shape::Noise];

const BASE: SynthDef = SynthDef {
    name: "z_sine",
    aliases: &[],
    doc: "ZzFX: a sine.",
    params: &[
        Param::ZRandom,
        Param::ZCurve,
        Param::ZSlide,
        Param::ZDeltaSlide,
        Param::ZJump,
        Param::ZJumpTime,
        Param::ZRepeat,
        Param::ZNoise,
        Param::ZModulation,
        Param::ZCrush,
        Param::ZDelay,
        Param::ZTremolo,
    ],
    defaults: &[
        (Param::MidiNote, 36.0),
        (Param::Attack, 0.0),
        (Param::Decay, 0.0),
        (Param::Sustain, 0.8),
        (Param::Release, 0.1),
    ],
    level: 0.35,
    ends: Ends::Within,
    choke: 0,
    make: |voices, rate| Bank::make(voices, rate, Some(Shape::Sine)),
};

/// The sounds of ZzFX.
pub(super) const DEFS: [SynthDef; 7] = [
    BASE,
    SynthDef {
        name: "z_triangle",
        doc: "ZzFX: a triangle.",
        make: |voices, rate| Bank::make(voices, rate, Some(Shape::Triangle)),
        ..BASE
    },
    SynthDef {
        name: "z_sawtooth",
        aliases: &["z_saw"],
        doc: "ZzFX: a saw.",
        make: |voices, rate| Bank::make(voices, rate, Some(Shape::Saw)),
        ..BASE
    },
    SynthDef {
        name: "z_square",
        doc: "ZzFX: a square.",
        defaults: &[
            (Param::MidiNote, 36.0),
            (Param::Attack, 0.0),
            (Param::Decay, 0.0),
            (Param::Sustain, 0.8),
            (Param::Release, 0.1),
            (Param::ZCurve, 0.0),
        ],
        ..BASE
    },
    SynthDef {
        name: "z_tan",
        doc: "ZzFX: a tangent, cut at its top.",
        make: |voices, rate| Bank::make(voices, rate, Some(Shape::Tan)),
        ..BASE
    },
    SynthDef {
        name: "z_noise",
        doc: "ZzFX: the sine of a cube, which hisses.",
        make: |voices, rate| Bank::make(voices, rate, Some(Shape::Noise)),
        ..BASE
    },
    SynthDef {
        name: "zzfx",
        doc: "ZzFX: all that its numbers say, the shape too.",
        make: |voices, rate| Bank::make(voices, rate, None),
        ..BASE
    },
];

/// Where the envelope bends, in frames, and the level that it holds.
#[derive(Clone, Copy, Debug, Default)]
struct Envelope {
    attack: f64,
    decay: f64,
    hold: f64,
    release: f64,
    sustain: f64,
}

impl Envelope {
    fn at(&self, age: f64) -> f64 {
        let Envelope { attack, decay, hold, release, sustain } = *self;
        let fallen = age - attack;
        if fallen < 0.0 {
            age / attack
        } else if fallen < decay {
            1.0 - fallen / decay * (1.0 - sustain)
        } else if fallen < decay + hold {
            sustain
        } else {
            let left = attack + decay + hold + release - age;
            if left > 0.0 { left / release * sustain } else { 0.0 }
        }
    }

    fn length(&self) -> f64 {
        self.attack + self.decay + self.hold + self.release
    }
}

/// One voice. Frequencies are in cycles a frame, times in frames.
#[derive(Clone, Copy, Debug, Default)]
struct Voice {
    shape: Shape,
    envelope: Envelope,
    curve: f64,
    /// As they are, and as they begin anew.
    frequency: (f64, f64),
    slide: (f64, f64),
    delta: f64,
    jump: (f64, f64),
    /// Frames since the last jump could be; none while it waits for the next repeat.
    waiting: Option<f64>,
    repeat: u64,
    noise: f64,
    modulation: f64,
    crush: u64,
    tremolo: f64,
    delay: usize,
    echo: Option<usize>,
    age: u64,
    turns: f64,
    held: f64,
    hiss: Option<Noise>,
}

impl Voice {
    fn new(onset: &Onset, shape: Option<Shape>) -> Self {
        let rate = f64::from(onset.rate);
        let get = |p: Param| f64::from(onset.shot.get(p));
        let mut hiss = Noise::new(onset.seed);
        let frames = |p: Param| get(p) * rate;
        let attack = frames(Param::Attack) + RISE;
        let hold = match onset.shot.asked(Param::Hold) {
            true => frames(Param::Hold),
            false => onset.shot.duration as f64 - frames(Param::Attack) - frames(Param::Decay),
        };
        let any = 1.0 + get(Param::ZRandom) * f64::from(hiss.white());
        let frequency = f64::from(onset.hertz()) / rate * any;
        let slide = get(Param::ZSlide) * SLIDE / rate / rate;
        let given = SHAPES.get(get(Param::ZShape) as usize).copied().unwrap_or_default();
        Voice {
            shape: shape.unwrap_or(given),
            envelope: Envelope {
                attack,
                decay: frames(Param::Decay),
                hold: hold.max(0.0),
                release: frames(Param::Release).max(1.0),
                sustain: get(Param::Sustain),
            },
            curve: get(Param::ZCurve),
            frequency: (frequency, frequency),
            slide: (slide, slide),
            delta: get(Param::ZDeltaSlide) * SLIDE / rate / rate / rate,
            jump: (get(Param::ZJump) / rate, frames(Param::ZJumpTime)),
            waiting: Some(1.0),
            repeat: frames(Param::ZRepeat) as u64,
            noise: get(Param::ZNoise),
            modulation: get(Param::ZModulation) / rate,
            crush: (get(Param::ZCrush) * 100.0) as u64,
            tremolo: get(Param::ZTremolo),
            delay: frames(Param::ZDelay) as usize,
            echo: None,
            age: 0,
            turns: 0.0,
            held: 0.0,
            hiss: Some(hiss),
        }
    }

    /// The wave where it now is, with its curve.
    fn wave(&self) -> f64 {
        use core::f64::consts::TAU;
        let turn = self.turns;
        let y = match self.shape {
            Shape::Sine => (turn * TAU).sin(),
            Shape::Triangle => 1.0 - 4.0 * (turn.round() - turn).abs(),
            Shape::Saw => 1.0 - (2.0 * turn).rem_euclid(2.0),
            Shape::Tan => (turn * TAU).tan().clamp(-1.0, 1.0),
            Shape::Noise => (turn.fract() * TAU).powi(3).sin(),
        };
        let sign = if y > 0.0 { 1.0 } else { -1.0 };
        sign * y.abs().powf(self.curve)
    }

    /// The next frame, with what `line` remembers of it.
    fn next(&mut self, bend: f64, line: Option<&mut Vec<f32>>) -> f32 {
        use core::f64::consts::TAU;
        let age = self.age as f64;
        if self.crush == 0 || (self.age + 1).is_multiple_of(self.crush) {
            let mut y = self.wave() * self.envelope.at(age);
            if self.repeat > 0 {
                y *= 1.0 - self.tremolo + self.tremolo * (TAU * age / self.repeat as f64).sin();
            }
            if let Some(line) = &line {
                let place = (self.age as usize).checked_sub(self.delay);
                let back = place.and_then(|i| line.get(i % line.len())).copied().unwrap_or(0.0);
                let left = self.envelope.length() + self.delay as f64 - age;
                let fade = (left / self.delay.max(1) as f64).clamp(0.0, 1.0);
                y = 0.5 * y + 0.5 * fade * f64::from(back);
            }
            self.held = y;
        }
        if let Some(line) = line {
            let length = line.len();
            if let Some(place) = line.get_mut(self.age as usize % length) {
                *place = self.held as f32;
            }
        }
        self.advance(bend);
        self.held as f32
    }

    /// Moves the pitch on by a frame.
    fn advance(&mut self, bend: f64) {
        self.slide.0 += self.delta;
        self.frequency.0 += self.slide.0;
        let swing = (core::f64::consts::TAU * self.modulation * self.age as f64).cos();
        let random = self.hiss.as_mut().map_or(0.0, |hiss| f64::from(hiss.white()));
        let step = self.frequency.0 * swing * bend;
        self.turns += (step * (1.0 - self.noise * random)).clamp(-8.0, 8.0);
        self.age += 1;
        if let Some(waited) = &mut self.waiting {
            *waited += 1.0;
            if *waited > self.jump.1 {
                self.frequency.0 += self.jump.0;
                self.frequency.1 += self.jump.0;
                self.waiting = None;
            }
        }
        if self.repeat > 0 && self.age.is_multiple_of(self.repeat) {
            (self.frequency.0, self.slide.0) = (self.frequency.1, self.slide.1);
            self.waiting.get_or_insert(1.0);
        }
    }

    fn over(&self) -> bool {
        self.age as f64 >= self.envelope.length() + self.delay as f64
    }
}

/// All voices of one of the sounds, and the echoes that some have.
struct Bank {
    shape: Option<Shape>,
    voices: Vec<Voice>,
    echoes: Vec<Vec<f32>>,
    free: Vec<usize>,
}

impl Bank {
    fn make(voices: usize, rate: f32, shape: Option<Shape>) -> Box<dyn Synth> {
        let length = (LONGEST * rate) as usize + 1;
        Box::new(Bank {
            shape,
            voices: vec![Voice::default(); voices],
            echoes: (0..ECHOES).map(|_| vec![0.0; length]).collect(),
            free: (0..ECHOES).collect(),
        })
    }
}

impl Synth for Bank {
    fn start(&mut self, slot: usize, onset: &Onset) -> bool {
        self.stop(slot);
        let Some(voice) = self.voices.get_mut(slot) else { return true };
        *voice = Voice::new(onset, self.shape);
        if voice.delay > 0 {
            // Where all echoes are in use it is dry.
            voice.echo = self.free.pop();
        }
        true
    }

    fn render(&mut self, slot: usize, moment: &Moment, out: &mut Frames) -> Life {
        let Some(voice) = self.voices.get_mut(slot) else { return Life::Over };
        let bend = f64::from(moment.bend());
        let echo = voice.echo;
        for y in out.mono() {
            let line = echo.and_then(|echo| self.echoes.get_mut(echo));
            *y = voice.next(bend, line);
        }
        if voice.over() { Life::Over } else { Life::Sounding }
    }

    fn stop(&mut self, slot: usize) {
        let echo = self.voices.get_mut(slot).and_then(|voice| voice.echo.take());
        self.free.extend(echo);
    }
}
