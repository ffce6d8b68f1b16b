//! Instruments written live: all voices that run programs of unit generators, block by block.

use std::sync::Arc;

use mag_graph::{MAX_ARGUMENTS, MAX_UNITS, Operand, Program};
use multiversion::multiversion;

use crate::BLOCK;
use crate::math::largest;
use crate::rack::RACK;
use crate::synth::{Ends, Frames, Life, Moment, Onset, Synth, SynthDef, Turn};
use crate::turn::LANES;
use crate::voice::Stage;

mod call;
mod envelopes;
mod filters;
mod line;
mod lines;
mod maths;
mod memory;
mod noises;
mod oscillators;
mod register;
mod run;
mod shelf;
mod slot;
#[cfg(test)]
mod tests;
mod unit;
mod wide;

use memory::Memory;
use register::{Register, Signal, read};
use shelf::{Cell, Shelf};
pub use shelf::{GRAPHS, GraphId};
use slot::Slot;
use unit::Unit;
use wide::Wide;

/// What is the same for all instruments written live.
pub(crate) const DEF: SynthDef = SynthDef {
    name: "graph",
    aliases: &[],
    doc: "An instrument written live.",
    params: &[],
    defaults: &[],
    level: 0.3,
    ends: Ends::Gate,
    choke: 0,
    make: |voices, rate| Box::new(Bank::new(voices, rate)),
};

/// What a shot of a graph says besides its parameters.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Played {
    /// The graph.
    pub id: GraphId,
    /// The values of its arguments.
    pub arguments: [f32; MAX_ARGUMENTS],
    /// What ends it.
    pub ends: Ends,
}

/// Registers that a program may have so that its voices run side by side; of those with more, one
/// runs after the other.
const COMMON: u16 = 96;

/// The voices of all graphs, with all the memory that they may use.
pub(crate) struct Bank {
    shelf: Shelf,
    slots: Vec<Slot>,
    units: Vec<Unit>,
    memory: Memory,
    /// The registers of voices that run side by side.
    racks: Vec<Vec<Register>>,
    spare: Register,
    wide: Box<Wide>,
}

/// So many registers.
fn rack(registers: u16) -> Vec<Register> {
    (0..registers).map(|_| Register::new()).collect()
}

impl Bank {
    fn new(voices: usize, rate: f32) -> Self {
        let registers = Program::argument(MAX_ARGUMENTS as u8) + mag_graph::MAX_OPS as u16;
        Bank {
            shelf: Shelf::new(),
            slots: (0..voices).map(|_| Slot::new()).collect(),
            units: vec![Unit::Fresh; voices * MAX_UNITS],
            memory: Memory::new(voices, rate),
            racks: (0..LANES)
                .map(|lane| rack(if lane == 0 { registers } else { COMMON }))
                .collect(),
            spare: Register::new(),
            wide: Box::new(Wide::new()),
        }
    }

    /// Puts a program, or none, in the place of what `id` named. Voices that play the old one go
    /// on with it.
    pub fn replace(&mut self, id: GraphId, program: Option<Arc<Program>>) {
        self.shelf.replace(id, program);
        self.clear_out();
    }

    /// Lets go of the programs that no voice plays any more: they travel back through `back`.
    pub fn clear_out(&mut self) {
        let Bank { shelf, slots, .. } = self;
        shelf.clear_out(|cell| slots.iter().any(|slot| slot.cell == Some(cell)));
    }

    /// From now on what is no longer needed travels back through `back`.
    pub fn give_back_through(&mut self, back: rtrb::Producer<Arc<Program>>) {
        self.shelf.give_back_through(back);
    }
}

impl Bank {
    /// What voices have in common that run side by side: the program, and the frames to be made.
    fn key(&self, turn: &Turn, frames: &[Frames]) -> (Option<Cell>, usize) {
        let cell = self.slots.get(turn.slot).and_then(|slot| slot.cell);
        (cell, frames.get(turn.place).map_or(BLOCK, |frames| frames.start.min(BLOCK)))
    }

    fn render_crowd(
        &mut self,
        crowd: &[Turn],
        stage: &Stage,
        frames: &mut [Frames],
        lives: &mut [Life],
    ) {
        let (cell, start) = crowd.first().map_or((None, 0), |turn| self.key(turn, frames));
        let Bank { shelf, slots, units, memory, racks, spare, wide } = self;
        let Some(program) = cell.and_then(|cell| shelf.get(cell)) else {
            for turn in crowd {
                frames[turn.place].mono().fill(0.0);
                lives[turn.place] = Life::Over;
            }
            return;
        };
        let len = BLOCK - start;
        let reads = run::reads(program);
        for (turn, rack) in crowd.iter().zip(racks.iter_mut()) {
            slots[turn.slot].prepare(program, &reads, (turn.bend, stage.rate), len, rack);
        }
        let mut room = run::Room { slots, units, memory, racks, spare, wide };
        let moving = run::run(program, crowd, stage, len, &mut room);
        for ((turn, rack), moving) in crowd.iter().zip(racks.iter()).zip(moving) {
            let out = &mut frames[turn.place];
            let peak = write(program, rack, out);
            let slot = &mut slots[turn.slot];
            lives[turn.place] = slot.finish(program, stage.rate, (moving, peak), out);
            slot.age += len as u64;
        }
    }
}

impl Synth for Bank {
    fn start(&mut self, slot: usize, onset: &Onset) -> bool {
        self.stop(slot);
        let Bank { shelf, slots, units, memory, .. } = self;
        let Some((place, played)) = slots.get_mut(slot).zip(onset.shot.graph.as_ref()) else {
            return true;
        };
        // What was taken away meanwhile is silent, and that is meant.
        let Some(cell) = shelf.find(played.id) else { return true };
        let Some(program) = shelf.get(cell) else { return true };
        if !memory.take(slot, &program.lines) {
            return false;
        }
        let first = slot * MAX_UNITS;
        let fresh = first..first + usize::from(program.units).min(MAX_UNITS);
        units.get_mut(fresh).unwrap_or_default().fill(Unit::Fresh);
        place.start(cell, played, onset);
        true
    }

    fn render(&mut self, slot: usize, moment: &Moment, out: &mut Frames) -> Life {
        let mut life = [Life::Over];
        let turn = Turn { place: 0, slot, bend: moment.bend };
        let stage = Stage { tables: moment.tables, samples: moment.samples, rate: moment.rate };
        self.render_all(&[turn], &stage, core::slice::from_mut(out), &mut life);
        life[0]
    }

    /// Those of one program side by side.
    fn render_all(
        &mut self,
        turns: &[Turn],
        stage: &Stage,
        frames: &mut [Frames],
        lives: &mut [Life],
    ) {
        let mut keys = [None; RACK];
        keys.iter_mut().zip(turns).for_each(|(key, turn)| *key = Some(self.key(turn, frames)));
        for (i, turn) in turns.iter().enumerate().take(RACK) {
            // Those that are done have no key any more.
            let Some(key) = keys[i] else { continue };
            let (mut crowd, mut many) = ([*turn; LANES], 0);
            let program = key.0.and_then(|cell| self.shelf.get(cell));
            let most = program.map_or(LANES, |program| match program.registers <= COMMON {
                true => LANES,
                false => 1,
            });
            for (key, turn) in keys[i..].iter_mut().zip(&turns[i..]).filter(|k| *k.0 == Some(key)) {
                if many < most {
                    crowd[many] = *turn;
                    (many, *key) = (many + 1, None);
                }
            }
            self.render_crowd(&crowd[..many], stage, frames, lives);
        }
    }

    fn stop(&mut self, slot: usize) {
        self.memory.free(slot);
        if let Some(place) = self.slots.get_mut(slot) {
            place.cell = None;
        }
        self.clear_out();
    }

    fn graphs(&mut self) -> Option<&mut Bank> {
        Some(self)
    }
}

/// Writes what the program's output registers hold, kept within bounds; the largest absolute value.
fn write(program: &Program, registers: &[Register], out: &mut Frames) -> f32 {
    let copy = |operand: Option<&Operand>, to: &mut [f32]| {
        let signal = operand.map_or(Signal::Still(0.0), |x| read(*x, registers));
        signal.copy(to);
        let peak = signal.size();
        // Most stay within what is left as it is.
        if peak <= 2.0 {
            return peak;
        }
        tame_all(to);
        largest(to)
    };
    if program.out.len() > 1 {
        let (left, right) = out.both();
        let peak = copy(program.out.first(), left);
        peak.max(copy(program.out.get(1), right))
    } else {
        copy(program.out.first(), out.mono())
    }
}

#[multiversion(targets("x86_64+avx2"))]
fn tame_all(frames: &mut [f32]) {
    for y in frames {
        *y = tame(*y);
    }
}

/// Leaves what lies within ±2 as it is, and keeps all else within ±4.
#[inline(always)]
#[allow(clippy::inline_always)] // compiled for the instruction set of its kernel
fn tame(x: f32) -> f32 {
    let beyond = x - x.clamp(-2.0, 2.0);
    x.clamp(-2.0, 2.0) + 2.0 * crate::math::saturate(0.5 * beyond)
}
