//! Runs the operations of a program on one block of one voice.

use mag_graph::{Kind, Op, Operand, Program};

use super::call::Call;
use super::lines::Line;
use super::memory::Memory;
use super::register::{Register, Signal};
use super::slot::Slot;
use super::unit::Unit;
use super::{envelopes, filters, lines, maths, noises, oscillators};
use crate::noise::mix;
use crate::synth::Moment;

/// Where a voice works: its units, and what all voices share.
pub(super) struct Room<'a> {
    pub units: &'a mut [Unit],
    pub memory: &'a mut Memory,
    pub registers: &'a mut [Register],
    /// Holds the output of an operation while its inputs are read.
    pub spare: &'a mut Register,
}

/// Runs all operations; whether an envelope still moves after this block.
pub(super) fn run(
    program: &Program,
    slot: &Slot,
    voice: usize,
    moment: &Moment,
    len: usize,
    room: &mut Room,
) -> bool {
    let mut moving = false;
    // Operations without a state or a line are lent these.
    let mut none = Unit::Fresh;
    for op in &program.ops {
        // An operation never reads the register that it writes.
        if let Some(out) = room.registers.get_mut(usize::from(op.out)) {
            core::mem::swap(out, room.spare);
        }
        let unit = room.units.get_mut(usize::from(op.unit)).unwrap_or(&mut none);
        let lined = matches!(
            op.kind,
            Kind::Comb | Kind::Allpass | Kind::String | Kind::Delay | Kind::Read | Kind::Write
        );
        let memory = if lined { room.memory.line(voice, op.line) } else { &mut [] };
        let mut call = Call {
            inputs: op.inputs.map(|input| read(input, room.registers)),
            len,
            rate: moment.rate,
            tables: moment.tables,
            seed: mix(u64::from(slot.seed) << 32 | u64::from(op.salt)) as u32,
            age: slot.age,
            duration: slot.duration,
            line: Line::new(memory, slot.age),
        };
        dispatch(op, &mut call, unit, room.spare);
        room.spare.guard();
        moving |= match op.kind {
            Kind::Adsr | Kind::Env => !matches!(unit, Unit::Adsr(adsr) if adsr.done()),
            Kind::Line | Kind::XLine => !room.spare.is_still(),
            _ => false,
        };
        if let Some(out) = room.registers.get_mut(usize::from(op.out)) {
            core::mem::swap(out, room.spare);
        }
    }
    moving
}

fn read(input: Operand, registers: &[Register]) -> Signal<'_> {
    match input {
        Operand::Const(x) => Signal::Still(x),
        Operand::Register(r) => {
            registers.get(usize::from(r)).map_or(Signal::Still(0.0), Register::signal)
        }
    }
}

fn dispatch(op: &Op, call: &mut Call, unit: &mut Unit, out: &mut Register) {
    match op.kind {
        Kind::Sine => oscillators::sine(call, unit, out),
        Kind::Saw => oscillators::saw(call, unit, out),
        Kind::Pulse => oscillators::pulse(call, unit, out),
        Kind::Tri => oscillators::tri(call, unit, out),
        Kind::Supersaw => oscillators::supersaw(call, unit, out),
        Kind::Wave => oscillators::wave(call, unit, out),
        Kind::LfSaw | Kind::LfTri | Kind::LfPulse => oscillators::lfo(op.kind, call, unit, out),
        Kind::LfNoise => noises::steps(call, unit, out),
        Kind::Noise => noises::white(call, unit, out),
        Kind::Pink => noises::pink(call, unit, out),
        Kind::Brown => noises::brown(call, unit, out),
        Kind::Dust => noises::dust(call, unit, out),
        Kind::Hold => noises::hold(call, unit, out),
        Kind::Lpf | Kind::Hpf | Kind::Bpf | Kind::Notch => filters::svf(op.kind, call, unit, out),
        Kind::Ladder => filters::ladder(call, unit, out),
        Kind::OnePole => filters::one_pole(call, unit, out),
        Kind::Lag => filters::lag(call, unit, out),
        Kind::Slew => filters::slew(call, unit, out),
        Kind::DcBlock => filters::dc_block(call, unit, out),
        Kind::Comb => lines::comb(call, out),
        Kind::Allpass => lines::allpass(call, out),
        Kind::String => lines::string(call, unit, out),
        Kind::Delay => lines::delay(call, out),
        Kind::Read => lines::read(call, out),
        Kind::Write => lines::write(call, out),
        Kind::Env | Kind::Adsr => envelopes::adsr(op.kind, call, unit, out),
        Kind::Line | Kind::XLine => envelopes::line(op.kind, call, out),
        kind => maths::map(kind, call, out),
    }
}
