//! Instruments written live: all voices that run programs of unit generators, block by block.

use std::sync::Arc;

use mag_graph::{MAX_ARGUMENTS, MAX_UNITS, Operand, Program};

use crate::BLOCK;
use crate::synth::{Ends, Frames, Life, Moment, Onset, Synth, SynthDef};

mod call;
mod envelopes;
mod filters;
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

use memory::Memory;
use register::Register;
use shelf::Shelf;
pub use shelf::{GRAPHS, GraphId};
use slot::Slot;
use unit::Unit;

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

/// The voices of all graphs, with all the memory that they may use.
pub(crate) struct Bank {
    shelf: Shelf,
    slots: Vec<Slot>,
    units: Vec<Unit>,
    memory: Memory,
    registers: Vec<Register>,
    spare: Register,
}

impl Bank {
    fn new(voices: usize, rate: f32) -> Self {
        let registers = Program::argument(MAX_ARGUMENTS as u8) as usize + mag_graph::MAX_OPS;
        Bank {
            shelf: Shelf::new(),
            slots: (0..voices).map(|_| Slot::new()).collect(),
            units: vec![Unit::Fresh; voices * MAX_UNITS],
            memory: Memory::new(voices, rate),
            registers: (0..registers).map(|_| Register::new()).collect(),
            spare: Register::new(),
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

impl Synth for Bank {
    fn start(&mut self, slot: usize, onset: &Onset) {
        self.stop(slot);
        let Bank { shelf, slots, units, memory, .. } = self;
        let (Some(place), Some(played)) = (slots.get_mut(slot), &onset.shot.graph) else { return };
        let Some(cell) = shelf.find(played.id) else { return };
        let Some(program) = shelf.get(cell) else { return };
        if !memory.take(slot, &program.lines) {
            return;
        }
        let first = slot * MAX_UNITS;
        let fresh = first..first + usize::from(program.units).min(MAX_UNITS);
        units.get_mut(fresh).unwrap_or_default().fill(Unit::Fresh);
        place.start(cell, played, onset);
    }

    fn render(&mut self, slot: usize, moment: &Moment, out: &mut Frames) -> Life {
        let Bank { shelf, slots, units, memory, registers, spare } = self;
        let place = slots.get_mut(slot);
        let Some((place, cell)) = place.and_then(|s| s.cell.map(|cell| (s, cell))) else {
            out.mono().fill(0.0);
            return Life::Over;
        };
        let Some(program) = shelf.get(cell) else { return Life::Over };
        let frames = BLOCK - out.start.min(BLOCK);
        place.prepare(program, moment, frames, registers);
        let units = units.get_mut(slot * MAX_UNITS..).unwrap_or_default();
        let mut room = run::Room { units, memory, registers, spare };
        let moving = run::run(program, place, slot, moment, frames, &mut room);
        write(program, registers, out);
        let life = place.finish(program, moment.rate, moving, out);
        place.age += frames as u64;
        life
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

/// Writes what the program's output registers hold, kept within bounds.
fn write(program: &Program, registers: &[Register], out: &mut Frames) {
    let copy = |operand: Option<&Operand>, to: &mut [f32]| match operand {
        Some(Operand::Register(r)) => {
            if let Some(register) = registers.get(usize::from(*r)) {
                register.signal().copy(to);
            }
            to.iter_mut().for_each(|y| *y = tame(*y));
        }
        Some(Operand::Const(x)) => to.fill(tame(*x)),
        None => to.fill(0.0),
    };
    if program.out.len() > 1 {
        let (left, right) = out.both();
        copy(program.out.first(), left);
        copy(program.out.get(1), right);
    } else {
        copy(program.out.first(), out.mono());
    }
}

/// Leaves what lies within ±2 as it is, and keeps all else within ±4.
#[inline(always)]
#[allow(clippy::inline_always)] // compiled for the instruction set of its kernel
fn tame(x: f32) -> f32 {
    let beyond = x - x.clamp(-2.0, 2.0);
    x.clamp(-2.0, 2.0) + 2.0 * crate::math::saturate(0.5 * beyond)
}
