//! Runs the operations of a program on one block of all voices that play it: each operation on all
//! of them, side by side where that is quicker.

use mag_graph::{Given, Kind, MAX_UNITS, Op, Operand, Program};

use super::call::Call;
use super::line::Line;
use super::memory::Memory;
use super::register::{Register, read};
use super::slot::Slot;
use super::unit::Unit;
use super::wide::{FEW, Voices, Wide};
use super::{Turn, envelopes, filters, lines, maths, noises, oscillators};
use crate::BLOCK;
use crate::turn::LANES;
use crate::voice::Stage;

/// Where voices work: their units, and what all share.
pub(super) struct Room<'a> {
    pub slots: &'a [Slot],
    pub units: &'a mut [Unit],
    pub memory: &'a mut Memory,
    /// The registers of each voice at work.
    pub racks: &'a mut [Vec<Register>],
    /// Takes the output of an operation while its inputs are read.
    pub spare: &'a mut Register,
    pub wide: &'a mut Wide,
}

/// Which of what every note gives a program reads.
pub(super) fn reads(program: &Program) -> [bool; Given::ALL.len()] {
    let mut reads = [false; Given::ALL.len()];
    let inputs = program.ops.iter().flat_map(|op| &op.inputs).chain(&program.out);
    for input in inputs {
        if let Operand::Register(register) = input
            && let Some(read) = reads.get_mut(usize::from(*register))
        {
            *read = true;
        }
    }
    reads
}

/// Runs all operations; whether an envelope of each voice still moves after this block.
pub(super) fn run(
    program: &Program,
    crowd: &[Turn],
    stage: &Stage,
    len: usize,
    room: &mut Room,
) -> [bool; LANES] {
    let mut moving = [false; LANES];
    let mut slots = [0; LANES];
    slots.iter_mut().zip(crowd).for_each(|(slot, turn)| *slot = turn.slot);
    let slots = &slots[..crowd.len().min(LANES)];
    for op in &program.ops {
        if slots.len() >= FEW && len == BLOCK {
            let mut voices = Voices { slots, racks: room.racks, units: room.units };
            if room.wide.run(op, stage.rate, &mut voices) {
                continue;
            }
        }
        if maths::knows(op.kind) {
            (0..slots.len()).for_each(|lane| plain(op, lane, len, room));
            continue;
        }
        for (lane, (slot, moving)) in slots.iter().zip(&mut moving).enumerate() {
            *moving |= one(op, (lane, *slot), stage, len, room);
        }
    }
    moving
}

/// Runs an operation that keeps nothing for one voice.
fn plain(op: &Op, lane: usize, len: usize, room: &mut Room) {
    let Some(registers) = room.racks.get_mut(lane) else { return };
    let [a, b, ..] = op.inputs;
    maths::map(op.kind, (read(a, registers), read(b, registers)), len, room.spare);
    if let Some(out) = registers.get_mut(usize::from(op.out)) {
        out.trade(room.spare);
    }
}

/// Runs an operation for one voice; whether it is an envelope that still moves.
fn one(op: &Op, (lane, voice): (usize, usize), stage: &Stage, len: usize, room: &mut Room) -> bool {
    // Operations without a state or a line are lent these.
    let mut none = Unit::Fresh;
    let Some((registers, slot)) = room.racks.get_mut(lane).zip(room.slots.get(voice)) else {
        return false;
    };
    let unit = room.units.get_mut(voice * MAX_UNITS + usize::from(op.unit)).unwrap_or(&mut none);
    let lined = matches!(
        op.kind,
        Kind::Comb | Kind::Allpass | Kind::String | Kind::Delay | Kind::Read | Kind::Write
    );
    let memory = if lined { room.memory.line(voice, op.line) } else { &mut [] };
    // (One by one: a mapped array would be made elsewhere and copied, and the copy has to wait.)
    let [a, b, c, d] = op.inputs;
    let mut call = Call {
        inputs: [read(a, registers), read(b, registers), read(c, registers), read(d, registers)],
        len,
        rate: stage.rate,
        tables: stage.tables,
        seeds: (slot.seed, op.salt),
        age: slot.age,
        duration: slot.duration,
        line: Line::new(memory, slot.age),
    };
    dispatch(op, &mut call, unit, room.spare);
    if guarded(op.kind) {
        room.spare.guard();
    }
    let moving = match op.kind {
        Kind::Adsr | Kind::Env => !matches!(unit, Unit::Adsr(adsr) if adsr.done()),
        Kind::Line | Kind::XLine => !room.spare.is_still(),
        _ => false,
    };
    if let Some(out) = registers.get_mut(usize::from(op.out)) {
        out.trade(room.spare);
    }
    moving
}

/// Whether what an operation gives may be out of bounds: its inputs are not.
fn guarded(kind: Kind) -> bool {
    use Kind::{
        Allpass, Bpf, Comb, DcBlock, Delay, Hold, Hpf, Ladder, Lag, Line, Lpf, Notch, OnePole,
        Read, Slew, String, Wave, XLine,
    };
    matches!(
        kind,
        Lpf | Hpf
            | Bpf
            | Notch
            | Ladder
            | OnePole
            | Lag
            | Slew
            | DcBlock
            | Comb
            | Allpass
            | String
            | Delay
            | Read
            | Hold
            | Wave
            | Line
            | XLine
    )
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
        // Those that keep nothing were done before.
        _ => out.set(0.0),
    }
}
