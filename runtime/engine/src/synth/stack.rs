//! Layers of band-limited oscillators, detuned and spread: the machine behind the synth sounds.

use multiversion::multiversion;

use super::fm::Fm;
use super::{Frames, Life, Moment, Onset, Synth, Tone, bank};
use crate::BLOCK;
use crate::blep::{Blep, Ringing};
use crate::effect::swing::Swing;
use crate::math::{cos_turns, ratio, sin_turns};
use crate::noise::Noise;
use crate::param::Param;
use crate::wavetable::{Cycle, Phase, Tables, increment, read};

/// Wave of a layer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Shape {
    #[default]
    Sine,
    Triangle,
    Saw,
    /// Width from the shot.
    Pulse,
    /// Width one half, whatever the shot says.
    Square,
}

/// One kind of oscillator in a recipe.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layer {
    /// Its wave.
    pub shape: Shape,
    /// Semitones above the note.
    pub above: f32,
    /// Its share of the sum.
    pub level: f32,
    /// Whether the shot's `unison` multiplies it.
    pub unison: bool,
}

/// A recipe: the layers of a sound, and whether their phases start at random.
#[derive(Clone, Copy, Debug)]
pub(super) struct Recipe {
    pub layers: &'static [Layer],
    pub random: bool,
}

/// Parameters that every stack reads.
pub(super) const READS: &[Param] = &[
    Param::Detune,
    Param::Unison,
    Param::Spread,
    Param::PulseWidth,
    Param::PulseRate,
    Param::PulseSweep,
    Param::Fm,
    Param::FmRatio,
    Param::Fm2,
    Param::Fm3,
];

/// Most oscillators in a voice.
const MOST: usize = 9;

/// A bank of stacks of one recipe.
pub(super) fn stack(voices: usize, recipe: Recipe) -> Box<dyn Synth> {
    bank(voices, || Stack::new(recipe))
}

#[derive(Clone, Copy, Debug, Default)]
struct Oscillator {
    shape: Shape,
    phase: Phase,
    ratio: f32,
    left: f32,
    right: f32,
}

struct Stack {
    recipe: Recipe,
    oscillators: [Oscillator; MOST],
    count: usize,
    stereo: bool,
    /// Whether all its waves are made of saws.
    jumping: bool,
    /// Cycles a frame.
    frequency: f32,
    width: f32,
    /// Swing of the width, and how far.
    sweep: (Swing, f32),
    modulators: Fm,
}

impl Stack {
    fn new(recipe: Recipe) -> Self {
        Stack {
            recipe,
            oscillators: [Oscillator::default(); MOST],
            count: 0,
            stereo: false,
            jumping: false,
            frequency: 0.0,
            width: 0.5,
            sweep: Default::default(),
            modulators: Fm::default(),
        }
    }

    fn add(&mut self, layer: &Layer, onset: &Onset, noise: &mut Noise) {
        let copies = if layer.unison { copies(onset) } else { 1 };
        let detune = onset.shot.get(Param::Detune);
        let spread = onset.shot.get(Param::Spread);
        let level = layer.level / (copies.max(1) as f32).sqrt();
        for i in 0..copies {
            let place = place(i, copies);
            let Some(oscillator) = self.oscillators.get_mut(self.count) else { return };
            let turn = 0.125 * (1.0 + place * spread);
            let phase = if self.recipe.random { noise.bits() } else { rest(layer.shape) };
            *oscillator = Oscillator {
                shape: layer.shape,
                phase,
                ratio: ratio(layer.above + 0.5 * detune * place),
                left: level * cos_turns(turn) * core::f32::consts::SQRT_2,
                right: level * sin_turns(turn) * core::f32::consts::SQRT_2,
            };
            self.stereo |= copies > 1 && spread > 0.0;
            self.count += 1;
        }
    }
}

impl Stack {
    /// The width of the pulse, as a phase, and what it gains with each of `len` frames.
    fn width(&mut self, len: usize) -> (Phase, Phase) {
        let (swing, far) = &mut self.sweep;
        let whole = |width: f32| (width.clamp(0.02, 0.98) * 4_294_967_296.0) as u32;
        if *far <= 0.0 {
            return (whole(self.width), 0);
        }
        let at = |swing: &Swing| whole(self.width + *far * (swing.level() - 0.5));
        let from = at(swing);
        swing.pass(len);
        let gained = i64::from(at(swing)) - i64::from(from);
        (from, (gained / len.max(1) as i64) as u32)
    }
}

/// Oscillators in unison: those asked for; two if only a detune was.
pub(super) fn copies(onset: &Onset) -> usize {
    let copies = onset.shot.get(Param::Unison) as usize;
    let detuned = onset.shot.asked(Param::Detune) && !onset.shot.asked(Param::Unison);
    if detuned { copies.max(2) } else { copies }
}

/// Where oscillator `i` of `copies` lies, -1 to 1: closer together in the middle, and unevenly, so
/// that their beats have no common period.
pub(crate) fn place(i: usize, copies: usize) -> f32 {
    if copies < 2 {
        return 0.0;
    }
    let even = 2.0 * i as f32 / (copies - 1) as f32 - 1.0;
    let uneven = if even > 0.0 { 0.06 * even * (1.0 - even) } else { 0.0 };
    even * (0.6 + 0.4 * even.abs()) + uneven
}

/// The phase at which a wave passes zero.
fn rest(shape: Shape) -> Phase {
    if shape == Shape::Saw { 1 << 31 } else { 0 }
}

impl Tone for Stack {
    fn start(&mut self, onset: &Onset) {
        let mut noise = Noise::new(onset.seed);
        self.frequency = onset.hertz() / onset.rate;
        self.width = onset.shot.get(Param::PulseWidth);
        let (rate, sweep) = (onset.shot.get(Param::PulseRate), onset.shot.get(Param::PulseSweep));
        self.sweep = (Swing::new(rate, (1.0, 0.5, 0.0), onset.rate), sweep);
        self.modulators = Fm::new(onset);
        self.count = 0;
        self.stereo = false;
        for layer in self.recipe.layers {
            self.add(layer, onset, &mut noise);
        }
        self.jumping = self.oscillators[..self.count].iter().all(Oscillator::jumps);
    }

    fn render(&mut self, moment: &Moment, out: &mut Frames) -> Life {
        let (from, to) = moment.bend;
        let steady = from == to && !self.modulators.on();
        if steady && self.jumping {
            self.render_steady(moment, out);
        } else {
            self.render_moving(moment, steady, out);
        }
        Life::Sounding
    }
}

impl Stack {
    /// Renders waves of saws whose pitch stays where it is.
    fn render_steady(&mut self, moment: &Moment, out: &mut Frames) {
        let len = BLOCK - out.start.min(BLOCK);
        let width = self.width(len);
        let frequency = self.frequency * moment.bend.0;
        let blep = &moment.tables.blep;
        let oscillators = &mut self.oscillators[..self.count];
        if self.stereo {
            spread_saws(oscillators, blep, frequency, width, out.both());
        } else {
            mono_saws(oscillators, blep, frequency, width, out.mono());
        }
        for oscillator in oscillators {
            let step = increment(frequency * oscillator.ratio);
            oscillator.phase = oscillator.phase.wrapping_add(step.wrapping_mul(len as u32));
        }
    }

    /// Renders any waves, whose pitch may move.
    fn render_moving(&mut self, moment: &Moment, steady: bool, out: &mut Frames) {
        let mut factors = [1.0; BLOCK];
        let len = BLOCK - out.start.min(BLOCK);
        let (from, to) = moment.bend;
        let modulated = self.modulators.on();
        let mut top = from.max(to);
        let mut moved = [0; BLOCK];
        if modulated {
            top *= self.modulators.top();
            let frequency = self.frequency * moment.bend();
            self.modulators.run(moment.tables, frequency, &mut moved[..len]);
        }
        if !steady {
            let step = (to - from) / len as f32;
            for (i, y) in factors[..len].iter_mut().enumerate() {
                *y *= from + step * i as f32;
            }
        }
        let (width, widening) = self.width(len);
        let stereo = self.stereo;
        let (left, right) = out.both();
        let right = if stereo { right } else { &mut [] };
        left.fill(0.0);
        right.fill(0.0);
        for oscillator in self.oscillators.iter_mut().take(self.count) {
            let frequency = self.frequency * oscillator.ratio;
            let mut phases = [0; BLOCK];
            if steady {
                oscillator.steady(frequency * from, &mut phases[..len]);
            } else {
                oscillator.bent(frequency, &factors[..len], &mut phases[..len]);
            }
            if modulated {
                for (phase, moved) in phases.iter_mut().zip(&moved[..len]) {
                    *phase = phase.wrapping_add(*moved);
                }
            }
            let ends = (&mut *left, &mut *right);
            add(
                oscillator,
                moment.tables,
                frequency * top,
                (width, widening),
                &phases[..len],
                ends,
            );
        }
        out.stereo = stereo;
    }
}

impl Oscillator {
    fn steady(&mut self, frequency: f32, phases: &mut [Phase]) {
        let step = increment(frequency);
        for (i, phase) in phases.iter_mut().enumerate() {
            *phase = self.phase.wrapping_add(step.wrapping_mul(i as u32));
        }
        self.phase = self.phase.wrapping_add(step.wrapping_mul(phases.len() as u32));
    }

    /// Whether its wave is made of saws.
    fn jumps(&self) -> bool {
        matches!(self.shape, Shape::Saw | Shape::Pulse | Shape::Square)
    }

    /// Adds its wave, which is made of saws.
    #[inline(always)]
    #[allow(clippy::inline_always)] // compiled for the instruction set of its kernel
    fn add_saws(
        &self,
        blep: &Blep,
        frequency: f32,
        width: (Phase, Phase),
        gain: f32,
        out: &mut Ringing,
    ) {
        let (phase, step) = (self.phase, increment(frequency * self.ratio));
        match self.shape {
            Shape::Pulse | Shape::Square => {
                let square = self.shape == Shape::Square;
                let (width, widening) = if square { (1 << 31, 0) } else { width };
                let other = step.wrapping_sub(widening);
                blep.add_saw(phase.wrapping_sub(width), other, gain, out);
                blep.add_saw(phase, step, -gain, out);
            }
            _ => blep.add_saw(phase, step, gain, out),
        }
    }

    /// The factors may be negative: then the wave runs backwards.
    fn bent(&mut self, frequency: f32, factors: &[f32], phases: &mut [Phase]) {
        for (phase, factor) in phases.iter_mut().zip(factors) {
            *phase = self.phase;
            let step = (frequency * factor).clamp(-0.45, 0.45) * 4_294_967_296.0;
            self.phase = self.phase.wrapping_add(step as i64 as u32);
        }
    }
}

/// Writes waves of saws, at `frequency` times their ratios, to one channel; `width` is that of
/// pulses, and what it gains with each frame.
#[multiversion(targets("x86_64+avx2"))]
fn mono_saws(
    oscillators: &[Oscillator],
    blep: &Blep,
    frequency: f32,
    width: (Phase, Phase),
    out: &mut [f32],
) {
    let mut wave = Ringing::new();
    for oscillator in oscillators {
        oscillator.add_saws(blep, frequency, width, oscillator.left, &mut wave);
    }
    match out.first_chunk_mut() {
        Some(out) => *out = *wave.block(),
        None => out.copy_from_slice(&wave.block()[..out.len()]),
    }
}

/// Writes waves of saws to two channels.
#[multiversion(targets("x86_64+avx2"))]
fn spread_saws(
    oscillators: &[Oscillator],
    blep: &Blep,
    frequency: f32,
    width: (Phase, Phase),
    (left, right): (&mut [f32], &mut [f32]),
) {
    left.fill(0.0);
    right.fill(0.0);
    for oscillator in oscillators {
        let mut wave = Ringing::new();
        oscillator.add_saws(blep, frequency, width, 1.0, &mut wave);
        for ((l, r), x) in left.iter_mut().zip(&mut *right).zip(wave.block()) {
            *l += oscillator.left * x;
            *r += oscillator.right * x;
        }
    }
}

/// Adds the wave of `oscillator` at `phases`; no partial of it lies above half the rate at
/// frequency `top`.
#[multiversion(targets("x86_64+avx2"))]
fn add(
    oscillator: &Oscillator,
    tables: &Tables,
    top: f32,
    width: (Phase, Phase),
    phases: &[Phase],
    ends: (&mut [f32], &mut [f32]),
) {
    let gains = (oscillator.left, oscillator.right);
    let top = top.min(0.5);
    match oscillator.shape {
        Shape::Sine => mix(&tables.sine, phases, gains, ends),
        Shape::Triangle => mix(tables.triangle.at(top), phases, gains, ends),
        Shape::Saw => mix(tables.saw.at(top), phases, gains, ends),
        Shape::Pulse => mix_pulse(tables.saw.at(top), width, phases, gains, ends),
        Shape::Square => mix_pulse(tables.saw.at(top), (1 << 31, 0), phases, gains, ends),
    }
}

/// Adds a wave to both channels; an empty right one stands for a mono voice.
#[inline(always)]
#[allow(clippy::inline_always)] // compiled for the instruction set of its kernel
fn mix(
    cycle: &Cycle,
    phases: &[Phase],
    (gain_left, gain_right): (f32, f32),
    (left, right): (&mut [f32], &mut [f32]),
) {
    if right.is_empty() {
        for (phase, l) in phases.iter().zip(left) {
            *l += gain_left * read(cycle, *phase);
        }
        return;
    }
    for ((phase, l), r) in phases.iter().zip(left).zip(right) {
        let y = read(cycle, *phase);
        *l += gain_left * y;
        *r += gain_right * y;
    }
}

/// Adds a pulse, the difference of two saws.
#[inline(always)]
#[allow(clippy::inline_always)] // compiled for the instruction set of its kernel
fn mix_pulse(
    saw: &Cycle,
    (width, widening): (Phase, Phase),
    phases: &[Phase],
    (gain_left, gain_right): (f32, f32),
    (left, right): (&mut [f32], &mut [f32]),
) {
    let wave = |i: usize, p: Phase| {
        let width = width.wrapping_add(widening.wrapping_mul(i as u32));
        read(saw, p.wrapping_sub(width)) - read(saw, p)
    };
    if right.is_empty() {
        for (i, (phase, l)) in phases.iter().zip(left).enumerate() {
            *l += gain_left * wave(i, *phase);
        }
        return;
    }
    for (i, ((phase, l), r)) in phases.iter().zip(left).zip(right).enumerate() {
        let y = wave(i, *phase);
        *l += gain_left * y;
        *r += gain_right * y;
    }
}
