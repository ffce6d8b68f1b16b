//! Waves made of given partials: single cycles that are worked out elsewhere, one for each octave.

use super::{Ends, Frames, Life, Moment, Onset, SynthDef, Tone, bank};
use crate::param::Param;
use crate::sample::{Cell, PAD};
use crate::transform::{Bin, Transform};
use crate::wavetable::{Phase, increment};

/// Frames of a cycle.
const SIZE: usize = 2048;
/// The same with what the cubic reads beyond its ends.
const ROW: usize = SIZE + 3;
/// Most partials.
pub(crate) const PARTIALS: usize = 512;
/// Cycles: up to 512 partials, 256, … 1.
const LEVELS: usize = 10;

/// A wave of partials.
pub(super) const DEF: SynthDef = SynthDef {
    name: "user",
    aliases: &[],
    doc: "A wave of the partials that `partials` and `phases` give.",
    params: &[],
    defaults: &[
        (Param::Attack, 0.001),
        (Param::Decay, 0.05),
        (Param::Sustain, 0.6),
        (Param::Release, 0.01),
    ],
    level: 0.25,
    ends: Ends::Gate,
    choke: 0,
    make: |voices, _| bank(voices, User::default),
};

/// The cycles of a wave with these partials, level and phase in turns each, the first of them at the
/// note: row after row, ever duller, as loud as its brightest is at most.
pub(crate) fn cycles(partials: &[(f32, f32)]) -> Vec<f32> {
    let mut transform = Transform::new(SIZE);
    let mut x = vec![0.0; SIZE];
    let mut rows = Vec::with_capacity(LEVELS * ROW);
    for level in 0..LEVELS {
        let mut bins = vec![Bin::default(); SIZE / 2 + 1];
        for (bin, (size, turns)) in bins.iter_mut().skip(1).zip(partials).take(PARTIALS >> level) {
            let (sin, cos) = (turns * core::f32::consts::TAU).sin_cos();
            *bin = Bin::new(sin, -cos) * (0.5 * size);
        }
        transform.back(&mut bins, &mut x);
        rows.extend((0..ROW).map(|i| x[(i + SIZE - 1) % SIZE]));
    }
    let peak = rows.iter().take(ROW).fold(0.0f32, |peak, y| peak.max(y.abs()));
    let even = if peak > 0.0 { 1.0 / peak } else { 0.0 };
    rows.iter_mut().for_each(|y| *y *= even);
    rows
}

#[derive(Default)]
struct User {
    cell: Option<Cell>,
    frequency: f32,
    phase: Phase,
    /// Row of the last block.
    level: Option<usize>,
}

/// Writes a row at `step` from `phase` on.
fn read(row: &[f32], (phase, step): (Phase, Phase), out: &mut [f32]) {
    let mut phase = phase;
    for y in out {
        let at = (phase >> 21) as usize;
        let t = (phase << 11) as f32 * (1.0 / 4_294_967_296.0);
        if let Some(&[a, b, c, d]) = row.get(at..).and_then(|x| x.first_chunk::<4>()) {
            let slope = 0.5 * (c - a);
            let bow = a - 2.5 * b + 2.0 * c - 0.5 * d;
            let twist = 1.5 * (b - c) + 0.5 * (d - a);
            *y = b + t * (slope + t * (bow + t * twist));
        }
        phase = phase.wrapping_add(step);
    }
}

impl Tone for User {
    fn start(&mut self, onset: &Onset) {
        let cell = onset.shot.sample.and_then(|id| onset.samples.find(id));
        *self = User { cell, frequency: onset.hertz() / onset.rate, ..User::default() };
    }

    fn render(&mut self, moment: &Moment, out: &mut Frames) -> Life {
        let buffer = self.cell.and_then(|cell| moment.samples.get(cell));
        let rows = buffer.and_then(|b| b.channel(0).get(PAD..)).unwrap_or(&[]);
        let frequency = (self.frequency * moment.bend()).min(0.49);
        let fits = |level: &usize| (PARTIALS >> level) as f32 * frequency <= 0.5;
        let level = (0..LEVELS).find(fits).unwrap_or(LEVELS - 1);
        let step = increment(frequency);
        let out = out.mono();
        if rows.len() < LEVELS * ROW {
            // Without partials it has those of a saw.
            let saw = moment.tables.saw.at(frequency);
            for y in out {
                *y = crate::wavetable::read(saw, self.phase);
                self.phase = self.phase.wrapping_add(step);
            }
            return Life::Sounding;
        }
        read(&rows[level * ROW..][..ROW], (self.phase, step), out);
        if let Some(before) = self.level.replace(level)
            && before != level
        {
            // Duller or brighter: it fades over.
            let mut old = [0.0; crate::BLOCK];
            let old = &mut old[..out.len()];
            read(&rows[before * ROW..][..ROW], (self.phase, step), old);
            let share = 1.0 / out.len().max(1) as f32;
            for (i, (y, old)) in out.iter_mut().zip(old).enumerate() {
                *y = *old + (i as f32 * share) * (*y - *old);
            }
        }
        self.phase = self.phase.wrapping_add(step.wrapping_mul(out.len() as u32));
        Life::Sounding
    }
}
