//! Frequency modulation: up to three modulators in any arrangement, with the note's own
//! oscillators as the fourth operator.
//!
//! As in superdough, `fmi` is how far the first modulator moves the note, `fmi2` how far the second
//! moves the first, `fmi3` how far the third moves the second; `fmi20` is the second on the note,
//! `fmi31` the third on the first, `fmi11` the first on itself. The phase is what is moved, in
//! radians, so that stacks and feedback stay in tune (J. Chowning, 1973).

use super::Onset;
use crate::math::exp2;
use crate::param::Param;
use crate::shot::Shot;
use crate::wavetable::{Cycle, Phase, Tables, increment, read};

/// Modulators of a voice.
const COUNT: usize = 3;
/// Frames for which an envelope moves in a line.
const STEP: usize = 16;
/// Phase of one radian.
const RADIAN: f32 = 4_294_967_296.0 / core::f32::consts::TAU;

/// Ratio, attack, decay, sustain, release, curve and wave of each modulator.
const NAMES: [[Param; 7]; COUNT] = [
    [
        Param::FmRatio,
        Param::FmAttack,
        Param::FmDecay,
        Param::FmSustain,
        Param::FmRelease,
        Param::FmCurve,
        Param::FmWave,
    ],
    [
        Param::FmRatio2,
        Param::FmAttack2,
        Param::FmDecay2,
        Param::FmSustain2,
        Param::FmRelease2,
        Param::FmCurve2,
        Param::FmWave2,
    ],
    [
        Param::FmRatio3,
        Param::FmAttack3,
        Param::FmDecay3,
        Param::FmSustain3,
        Param::FmRelease3,
        Param::FmCurve3,
        Param::FmWave3,
    ],
];

/// How far each modulator (row) moves the note and each modulator (column).
const MATRIX: [[Option<Param>; COUNT + 1]; COUNT] = [
    [Some(Param::Fm), Some(Param::Fm11), None, None],
    [Some(Param::Fm20), Some(Param::Fm2), Some(Param::Fm22), None],
    [Some(Param::Fm30), Some(Param::Fm31), Some(Param::Fm3), Some(Param::Fm33)],
];

/// The envelope of a modulator, worked out from its age alone.
#[derive(Clone, Copy, Debug, Default)]
struct Envelope {
    attack: f32,
    decay: f32,
    sustain: f32,
    release: f32,
    gate: f32,
    straight: bool,
}

impl Envelope {
    fn new(shot: &Shot, names: &[Param; 7], rate: f32) -> Self {
        let [_, attack, decay, sustain, release, curve, _] = *names;
        let decay = shot.get(decay) * rate;
        Envelope {
            attack: shot.get(attack) * rate,
            decay,
            sustain: if decay > 0.0 { shot.get(sustain) } else { 1.0 },
            release: shot.get(release) * rate,
            gate: shot.duration as f32,
            straight: shot.get(curve) >= 1.0,
        }
    }

    /// What is left of a fall of 1 after this share of its time.
    fn fallen(&self, share: f32) -> f32 {
        // 60 dB, or a line.
        if self.straight { (1.0 - share).max(0.0) } else { exp2(-9.965_784 * share) }
    }

    fn held(&self, age: f32) -> f32 {
        if age < self.attack {
            return age / self.attack;
        }
        if self.decay <= 0.0 {
            return 1.0;
        }
        let left = self.fallen((age - self.attack) / self.decay);
        self.sustain + (1.0 - self.sustain) * left
    }

    /// The level after `age` frames.
    fn at(&self, age: f32) -> f32 {
        if self.release > 0.0 && age > self.gate {
            return self.held(self.gate) * self.fallen((age - self.gate) / self.release);
        }
        self.held(age)
    }
}

/// Waves of a modulator.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Wave {
    #[default]
    Sine,
    Triangle,
    Saw,
    Square,
}

#[derive(Clone, Copy, Debug, Default)]
struct Operator {
    used: bool,
    ratio: f32,
    wave: Wave,
    envelope: Envelope,
    phase: Phase,
    /// Its last two outputs, for the feedback.
    last: [f32; 2],
}

/// The modulators of one voice.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Fm {
    on: bool,
    operators: [Operator; COUNT],
    matrix: [[f32; COUNT + 1]; COUNT],
    age: u64,
}

/// What an operator reads in one stretch.
struct Reading<'a> {
    cycle: &'a Cycle,
    step: Phase,
    square: bool,
    level: f32,
    slope: f32,
}

impl Fm {
    /// What a shot asks for.
    pub fn new(onset: &Onset) -> Self {
        let shot = onset.shot;
        let matrix = MATRIX.map(|row| row.map(|cell| cell.map_or(0.0, |param| shot.get(param))));
        let mut fm = Fm { matrix, ..Fm::default() };
        // Nearest to the note first: one is used if it moves the note, or one that is used.
        for i in 0..COUNT {
            let moves = |to: usize| matrix[i][to] > 0.0 && (to == 0 || fm.operators[to - 1].used);
            let used = (0..=i).any(moves);
            let names = &NAMES[i];
            let wave = match shot.get(names[6]) as u32 {
                0 => Wave::Sine,
                1 => Wave::Triangle,
                2 => Wave::Saw,
                _ => Wave::Square,
            };
            let envelope = Envelope::new(shot, names, onset.rate);
            let ratio = shot.get(names[0]);
            fm.operators[i] = Operator { used, ratio, wave, envelope, ..Operator::default() };
            fm.on |= used;
        }
        fm
    }

    /// Whether anything is modulated.
    pub fn on(&self) -> bool {
        self.on
    }

    /// How many times the note's frequency the modulated note may reach.
    pub fn top(&self) -> f32 {
        let mut reach = [0.0f32; COUNT];
        for i in (0..COUNT).rev().filter(|&i| self.operators[i].used) {
            let above: f32 = (i + 1..COUNT).map(|k| self.matrix[k][i + 1] * reach[k]).sum();
            reach[i] = self.operators[i].ratio * (1.0 + self.matrix[i][i + 1]) + above;
        }
        1.0 + (0..COUNT).map(|i| self.matrix[i][0] * reach[i]).sum::<f32>()
    }

    /// Writes how far the phase of a note of `frequency` cycles a frame is moved.
    pub fn run(&mut self, tables: &Tables, frequency: f32, out: &mut [Phase]) {
        for out in out.chunks_mut(STEP) {
            let readings: [Reading; COUNT] = core::array::from_fn(|i| {
                let operator = &self.operators[i];
                let at = (frequency * operator.ratio).min(0.49);
                let cycle = match operator.wave {
                    Wave::Sine => &*tables.sine,
                    Wave::Triangle => tables.triangle.at(at),
                    Wave::Saw | Wave::Square => tables.saw.at(at),
                };
                let (from, to) = (self.age as f32, (self.age + out.len() as u64) as f32);
                let level = operator.envelope.at(from);
                let slope = (operator.envelope.at(to) - level) / out.len() as f32;
                let square = operator.wave == Wave::Square;
                Reading { cycle, step: increment(at), square, level, slope }
            });
            self.stretch(&readings, out);
            self.age += out.len() as u64;
        }
    }

    fn stretch(&mut self, readings: &[Reading; COUNT], out: &mut [Phase]) {
        for (n, to) in out.iter_mut().enumerate() {
            let mut waves = [0.0f32; COUNT];
            for i in (0..COUNT).rev() {
                let operator = &mut self.operators[i];
                if !operator.used {
                    continue;
                }
                let own = 0.5 * (operator.last[0] + operator.last[1]);
                let mut moved = self.matrix[i][i + 1] * own;
                for (k, wave) in waves.iter().enumerate().skip(i + 1) {
                    moved += self.matrix[k][i + 1] * wave;
                }
                let reading = &readings[i];
                let phase = operator.phase.wrapping_add(radians(moved));
                let mut y = read(reading.cycle, phase);
                if reading.square {
                    y = read(reading.cycle, phase.wrapping_add(1 << 31)) - y;
                }
                y *= reading.level + reading.slope * n as f32;
                operator.last = [y, operator.last[0]];
                operator.phase = operator.phase.wrapping_add(reading.step);
                waves[i] = y;
            }
            let moved: f32 = waves.iter().zip(&self.matrix).map(|(y, row)| y * row[0]).sum();
            *to = radians(moved);
        }
    }
}

/// An angle as a phase.
#[inline]
fn radians(angle: f32) -> Phase {
    (angle * RADIAN) as i64 as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_envelope_rises_falls_holds_and_is_released() {
        let straight = Envelope {
            attack: 100.0,
            decay: 100.0,
            sustain: 0.5,
            release: 100.0,
            gate: 400.0,
            straight: true,
        };
        for (age, level) in
            [(0.0, 0.0), (50.0, 0.5), (100.0, 1.0), (150.0, 0.75), (300.0, 0.5), (450.0, 0.25)]
        {
            assert!((straight.at(age) - level).abs() < 1e-5, "{age}");
        }
        let curved = Envelope { straight: false, sustain: 0.0, ..straight };
        assert!((curved.at(200.0) - 1e-3).abs() < 1e-5);
        let kept = Envelope { release: 0.0, ..straight };
        assert!((kept.at(5000.0) - 0.5).abs() < 1e-5);
    }
}
