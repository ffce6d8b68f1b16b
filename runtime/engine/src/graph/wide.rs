//! Filters of several voices of one program side by side: each sample of a filter waits for the one
//! before it, so that sixteen take hardly longer than one. What a voice gives does not depend on who
//! is beside it, or whether anybody is.

use mag_graph::{Kind, MAX_UNITS, Op, Operand};
use multiversion::multiversion;

use super::filters;
use super::register::{Register, Signal, bound, read};
use super::unit::Unit;
use crate::BLOCK;
use crate::filter::bank::{LANES, Lanes, ladders, two_pole};
use crate::filter::{self, Pass, flush};
use crate::turn::{Columns, Rows, to_columns, to_rows};

/// Voices from which on it takes less time than one after the other.
pub(super) const FEW: usize = 3;

/// Room for a filter of sixteen voices.
#[repr(C, align(64))]
pub(super) struct Wide {
    x: Columns,
    /// What its first input comes to: the gain or the share of each frame.
    g: Columns,
    rows: Rows,
}

/// The voices of a crowd: their registers and units.
pub(super) struct Voices<'a> {
    /// The slot of each.
    pub slots: &'a [usize],
    /// The registers of each.
    pub racks: &'a mut [Vec<Register>],
    /// The units of all slots.
    pub units: &'a mut [Unit],
}

impl Wide {
    /// Silence.
    pub fn new() -> Self {
        Wide { x: [[0.0; LANES]; BLOCK], g: [[0.0; LANES]; BLOCK], rows: [[0.0; BLOCK]; LANES] }
    }

    /// Runs `op` on a whole block of all `voices`; false if it has to be done one by one.
    pub fn run(&mut self, op: &Op, rate: f32, voices: &mut Voices) -> bool {
        match op.kind {
            Kind::Lpf | Kind::Hpf | Kind::Bpf | Kind::Notch | Kind::Ladder => {
                self.resonant(op, rate, voices)
            }
            Kind::OnePole | Kind::Lag => self.one_pole(op, rate, voices),
            Kind::DcBlock => self.dc_block(op, rate, voices),
            Kind::Slew => self.slew(op, rate, voices),
            _ => false,
        }
    }

    fn resonant(&mut self, op: &Op, rate: f32, voices: &mut Voices) -> bool {
        let [cutoff, res, x, _] = op.inputs;
        let Some(res) = still(voices, res) else { return false };
        let each = 1.0 / rate;
        let moves = match still(voices, cutoff) {
            Some(lanes) => {
                self.g[0] = lanes.map(|hertz| filter::gain(hertz * each));
                false
            }
            None => {
                columns(voices, cutoff, &mut self.rows, &mut self.g);
                gains(&mut self.g, each);
                true
            }
        };
        columns(voices, x, &mut self.rows, &mut self.x);
        let mut poles = [[0.0; LANES]; 4];
        for lane in 0..voices.slots.len() {
            if let Some(Unit::Poles(from)) = voices.unit(lane, op) {
                poles.iter_mut().zip(from).for_each(|(to, pole)| to[lane] = *pole);
            }
        }
        let second = match op.kind {
            Kind::Ladder => res.map(|res| filter::ladder_feedback(res.max(0.0))),
            _ => res.map(filters::damping),
        };
        resonant((op.kind, moves), &self.g, &second, &mut poles, &mut self.x);
        for lane in 0..voices.slots.len() {
            if let Some(unit) = voices.unit(lane, op) {
                *unit = Unit::Poles(poles.map(|pole| pole[lane]));
            }
        }
        self.give(op, voices, &[None; LANES]);
        true
    }

    fn one_pole(&mut self, op: &Op, rate: f32, voices: &mut Voices) -> bool {
        let [first, x, ..] = op.inputs;
        let mut last = [0.0; LANES];
        let mut resting = [None; LANES];
        for lane in 0..voices.slots.len() {
            let x = read(x, voices.rack(lane));
            let (first, at_rest) = (x.first(), x.still());
            let before = match voices.unit(lane, op) {
                Some(Unit::Last(last)) => *last,
                _ if op.kind == Kind::Lag => first,
                _ => 0.0,
            };
            // One that has arrived stands still, as it does alone.
            let arrived = op.kind == Kind::Lag && at_rest == Some(before);
            (last[lane], resting[lane]) = (before, arrived.then_some(before));
        }
        let share = |x: f32| match op.kind {
            Kind::Lag => filters::lag_share(x, rate),
            _ => filters::pole_share(x, 1.0 / rate),
        };
        let moves = match still(voices, first) {
            Some(lanes) => {
                self.g[0] = lanes.map(share);
                false
            }
            None => {
                columns(voices, first, &mut self.rows, &mut self.g);
                self.g.iter_mut().flatten().for_each(|g| *g = share(*g));
                true
            }
        };
        columns(voices, x, &mut self.rows, &mut self.x);
        follow(moves, &self.g, &mut last, &mut self.x);
        for (lane, last) in last.iter().enumerate().take(voices.slots.len()) {
            if let Some(unit) = voices.unit(lane, op) {
                *unit = Unit::Last(resting[lane].unwrap_or(*last));
            }
        }
        self.give(op, voices, &resting);
        true
    }

    fn dc_block(&mut self, op: &Op, rate: f32, voices: &mut Voices) -> bool {
        columns(voices, op.inputs[0], &mut self.rows, &mut self.x);
        let (mut before, mut last) = ([0.0; LANES], [0.0; LANES]);
        for lane in 0..voices.slots.len() {
            if let Some(Unit::Pair(x, y)) = voices.unit(lane, op) {
                (before[lane], last[lane]) = (*x, *y);
            }
        }
        block_direct(filters::direct_pole(rate), &mut before, &mut last, &mut self.x);
        for lane in 0..voices.slots.len() {
            if let Some(unit) = voices.unit(lane, op) {
                *unit = Unit::Pair(before[lane], last[lane]);
            }
        }
        self.give(op, voices, &[None; LANES]);
        true
    }

    fn slew(&mut self, op: &Op, rate: f32, voices: &mut Voices) -> bool {
        let [up, down, x, _] = op.inputs;
        let Some((up, down)) = still(voices, up).zip(still(voices, down)) else { return false };
        let step = |lanes: Lanes| lanes.map(|speed| speed.max(0.0) * (1.0 / rate));
        let mut last = [0.0; LANES];
        for (lane, last) in last.iter_mut().enumerate().take(voices.slots.len()) {
            let first = read(x, voices.rack(lane)).first();
            *last = match voices.unit(lane, op) {
                Some(Unit::Last(last)) => *last,
                _ => first,
            };
        }
        columns(voices, x, &mut self.rows, &mut self.x);
        climb(&step(up), &step(down), &mut last, &mut self.x);
        for (lane, last) in last.iter().enumerate().take(voices.slots.len()) {
            if let Some(unit) = voices.unit(lane, op) {
                *unit = Unit::Last(*last);
            }
        }
        self.give(op, voices, &[None; LANES]);
        true
    }

    /// Writes what came out, within bounds, to the registers; `resting` holds what does not move.
    fn give(&mut self, op: &Op, voices: &mut Voices, resting: &[Option<f32>; LANES]) {
        bounded(&mut self.x);
        let mut rows = self.rows.each_mut();
        let racks = voices.racks.iter_mut().take(voices.slots.len());
        for (row, rack) in rows.iter_mut().zip(racks) {
            let register = rack.get_mut(usize::from(op.out));
            if let Some(frames) = register.and_then(|r| r.moving(BLOCK).first_chunk_mut()) {
                *row = frames;
            }
        }
        to_rows(&self.x, &mut rows);
        for (lane, rested) in resting.iter().enumerate() {
            let register = voices.racks.get_mut(lane).and_then(|r| r.get_mut(usize::from(op.out)));
            if let Some((register, rested)) = register.zip(*rested) {
                register.set(rested);
            }
        }
    }
}

impl Voices<'_> {
    /// The registers of a voice.
    fn rack(&self, lane: usize) -> &[Register] {
        self.racks.get(lane).map_or(&[], Vec::as_slice)
    }

    /// The unit of `op` of a voice.
    fn unit(&mut self, lane: usize, op: &Op) -> Option<&mut Unit> {
        let slot = self.slots.get(lane)?;
        self.units.get_mut(slot * MAX_UNITS + usize::from(op.unit))
    }
}

/// An input as one number for each voice, if it moves in none.
fn still(voices: &Voices, input: Operand) -> Option<Lanes> {
    let mut lanes = [0.0; LANES];
    for (lane, y) in lanes.iter_mut().enumerate().take(voices.slots.len()) {
        *y = read(input, voices.rack(lane)).still()?;
    }
    Some(lanes)
}

/// An input of all voices, frame by frame; `rows` holds what does not move.
fn columns(voices: &Voices, input: Operand, rows: &mut Rows, to: &mut Columns) {
    let moving = |lane: usize| match read(input, voices.rack(lane)) {
        Signal::Moving(frames) => frames.first_chunk::<BLOCK>(),
        Signal::Still(_) => None,
    };
    for (lane, row) in rows.iter_mut().enumerate() {
        if lane >= voices.slots.len() {
            row.fill(0.0);
        } else if let Signal::Still(x) = read(input, voices.rack(lane)) {
            row.fill(x);
        }
    }
    let rows: &Rows = rows;
    let of = |lane: usize| match lane < voices.slots.len() {
        true => moving(lane).unwrap_or(&rows[lane]),
        false => &rows[lane],
    };
    to_columns(&core::array::from_fn(of), to);
}

#[multiversion(targets("x86_64+avx2"))]
fn bounded(x: &mut Columns) {
    for y in x.as_flattened_mut() {
        *y = bound(*y);
    }
}

/// The warped gains of cutoffs in hertz.
#[multiversion(targets("x86_64+avx2"))]
fn gains(g: &mut Columns, each: f32) {
    for frame in g {
        for g in frame {
            *g = filter::gain(*g * each);
        }
    }
}

/// Filters `x` at its gains, which may move, and its damping or feedback.
#[multiversion(targets("x86_64+avx2"))]
fn resonant(
    (kind, moves): (Kind, bool),
    g: &Columns,
    second: &Lanes,
    poles: &mut [Lanes; 4],
    x: &mut Columns,
) {
    match moves {
        true => filter::<false>(kind, g, second, poles, x),
        false => filter::<true>(kind, &g[..1], second, poles, x),
    }
    for pole in poles.iter_mut().flatten() {
        *pole = flush(*pole);
    }
}

#[inline(always)]
#[allow(clippy::inline_always)] // compiled for the instruction set of its kernel
fn filter<const STILL: bool>(
    kind: Kind,
    g: &[Lanes],
    second: &Lanes,
    [a, b, c, d]: &mut [Lanes; 4],
    x: &mut Columns,
) {
    match kind {
        Kind::Ladder => ladders::<STILL>(g, second, [a, b, c, d], x),
        Kind::Lpf => two_pole::<STILL>(Pass::Low, g, second, [a, b], x),
        Kind::Hpf => two_pole::<STILL>(Pass::High, g, second, [a, b], x),
        Kind::Bpf => two_pole::<STILL>(Pass::Band, g, second, [a, b], x),
        _ => notch::<STILL>(g, second, [a, b], x),
    }
}

/// What a band-pass leaves.
#[inline(always)]
#[allow(clippy::inline_always)] // compiled for the instruction set of its kernel
fn notch<const STILL: bool>(
    g: &[Lanes],
    damping: &Lanes,
    [a, b]: [&mut Lanes; 2],
    x: &mut Columns,
) {
    for (n, x) in x.iter_mut().enumerate() {
        let g = &g[if STILL { 0 } else { n }];
        for lane in 0..LANES {
            let (setting, state) = ((g[lane], damping[lane]), (&mut a[lane], &mut b[lane]));
            x[lane] -= filter::svf(Pass::Band, setting, state, x[lane]);
        }
    }
}

/// Goes a share of the way in each frame.
#[multiversion(targets("x86_64+avx2"))]
fn follow(moves: bool, share: &Columns, last: &mut Lanes, x: &mut Columns) {
    for (n, x) in x.iter_mut().enumerate() {
        let share = &share[if moves { n } else { 0 }];
        for lane in 0..LANES {
            last[lane] += share[lane] * (x[lane] - last[lane]);
        }
        *x = *last;
    }
    last.iter_mut().for_each(|y| *y = flush(*y));
}

/// Goes no further up or down in each frame than so much.
#[multiversion(targets("x86_64+avx2"))]
fn climb(up: &Lanes, down: &Lanes, last: &mut Lanes, x: &mut Columns) {
    for x in x {
        for lane in 0..LANES {
            let way = x[lane] - last[lane];
            let way = if way > up[lane] { up[lane] } else { way };
            last[lane] += if way < -down[lane] { -down[lane] } else { way };
        }
        *x = *last;
    }
}

/// Takes away what stands still.
#[multiversion(targets("x86_64+avx2"))]
fn block_direct(pole: f32, before: &mut Lanes, last: &mut Lanes, x: &mut Columns) {
    for x in x {
        for lane in 0..LANES {
            last[lane] = x[lane] - before[lane] + pole * last[lane];
        }
        (*before, *x) = (*x, *last);
    }
    last.iter_mut().for_each(|y| *y = flush(*y));
}
