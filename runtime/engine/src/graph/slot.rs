//! One voice of a graph: what its note gives, and whether it goes on.

use mag_graph::{Given, MAX_ARGUMENTS, Program};

use super::Played;
use super::register::Register;
use super::shelf::Cell;
use crate::param::Param;
use crate::synth::{Ends, Frames, Life, Onset};

/// Below this a voice is silent.
const SILENT: f32 = 1e-5;
/// Seconds of silence, beyond the length of its delay lines, after which a voice ends.
const PATIENCE: f32 = 0.06;
/// Seconds that a voice may ring on once its note and all its envelopes have ended.
const TAIL: f32 = 20.0;
/// Seconds in which one that rings longer fades.
const FADE: f32 = 0.1;

/// A voice.
pub(super) struct Slot {
    /// The program that it plays, if it plays.
    pub cell: Option<Cell>,
    /// Frames that it has made.
    pub age: u64,
    /// Frames until it is released, from its start.
    pub duration: u64,
    /// Seed of what it draws at random.
    pub seed: u32,
    hertz: f32,
    /// What the note gives that never changes, in the order of [`Given::ALL`].
    given: [f32; Given::ALL.len()],
    arguments: [f32; MAX_ARGUMENTS],
    ends: Ends,
    /// Frames of silence so far, and frames since nothing in it moves any more.
    silent: u64,
    tail: u64,
}

impl Slot {
    /// A voice that plays nothing.
    pub fn new() -> Self {
        Slot {
            cell: None,
            age: 0,
            duration: 0,
            seed: 0,
            hertz: 0.0,
            given: [0.0; Given::ALL.len()],
            arguments: [0.0; MAX_ARGUMENTS],
            ends: Ends::Gate,
            silent: 0,
            tail: 0,
        }
    }

    /// Starts the note of `onset` with the program in `cell`.
    pub fn start(&mut self, cell: Cell, played: &Played, onset: &Onset) {
        let shot = onset.shot;
        *self = Slot {
            cell: Some(cell),
            duration: shot.duration,
            seed: onset.seed,
            hertz: onset.hertz(),
            arguments: played.arguments,
            ends: played.ends,
            ..Slot::new()
        };
        let mut give = |given: Given, x: f32| self.given[given as usize] = x;
        give(Given::Note, shot.get(Param::MidiNote));
        give(Given::Sustain, shot.duration as f32 / onset.rate);
        give(Given::Velocity, onset.velocity());
        give(Given::Gain, shot.get(Param::Gain));
        give(Given::N, shot.get(Param::N));
    }

    /// Fills the registers of what the note gives, as far as it is read, and of the arguments;
    /// with the factor of the pitch at the two ends of the block, and the frames a second.
    pub fn prepare(
        &self,
        program: &Program,
        reads: &[bool; Given::ALL.len()],
        moment: ((f32, f32), f32),
        len: usize,
        registers: &mut [Register],
    ) {
        let mut register = |at: u16, fill: &mut dyn FnMut(&mut Register)| {
            if let Some(register) = registers.get_mut(usize::from(at)) {
                fill(register);
            }
        };
        for (given, ..) in Given::ALL {
            if !reads[given as usize] {
                continue;
            }
            register(Program::given(given), &mut |r| self.give(given, moment, len, r));
        }
        for i in 0..program.arguments {
            let x = self.arguments.get(usize::from(i)).copied().unwrap_or(0.0);
            register(Program::argument(i), &mut |r| r.set(x));
        }
    }

    fn give(
        &self,
        given: Given,
        (bend, rate): ((f32, f32), f32),
        len: usize,
        register: &mut Register,
    ) {
        match given {
            Given::Freq => {
                let (from, to) = bend;
                if from == to {
                    return register.set(self.hertz * from);
                }
                let step = (to - from) / len as f32;
                for (i, y) in register.moving(len).iter_mut().enumerate() {
                    *y = self.hertz * (from + step * i as f32);
                }
            }
            Given::Gate => {
                let open = self.duration.saturating_sub(self.age);
                if open == 0 || open >= len as u64 {
                    return register.set(if open == 0 { 0.0 } else { 1.0 });
                }
                for (i, y) in register.moving(len).iter_mut().enumerate() {
                    *y = if (i as u64) < open { 1.0 } else { 0.0 };
                }
            }
            Given::Time => {
                let (now, step) = (self.age as f32 / rate, 1.0 / rate);
                for (i, y) in register.moving(len).iter_mut().enumerate() {
                    *y = now + step * i as f32;
                }
            }
            still => register.set(self.given[still as usize]),
        }
    }

    /// Whether it goes on after the block in `out`; `moving` says whether an envelope in it still
    /// moves, and `peak` how loud it was.
    pub fn finish(
        &mut self,
        program: &Program,
        rate: f32,
        (moving, peak): (bool, f32),
        out: &mut Frames,
    ) -> Life {
        if self.ends == Ends::Gate {
            return Life::Sounding;
        }
        let len = out.mono_len() as u64;
        let held = self.age + len < self.duration;
        self.silent = if peak < SILENT { self.silent + len } else { 0 };
        self.tail = if held || moving { 0 } else { self.tail + len };
        let frames = |seconds: f32| (seconds * rate) as u64;
        let delay = program.delay();
        let quiet = self.silent > frames(PATIENCE + delay);
        if quiet && !moving && (!held || peak == 0.0) {
            return Life::Over;
        }
        let long = frames(TAIL + delay);
        if self.tail <= long {
            return Life::Sounding;
        }
        // It would ring for ever: it is led out.
        let gone = (self.tail - len).saturating_sub(long) as f32;
        let slope = 1.0 / (FADE * rate);
        for x in out.channels() {
            for (i, y) in x.iter_mut().enumerate() {
                *y *= (1.0 - slope * (gone + i as f32)).max(0.0);
            }
        }
        if slope * gone >= 1.0 { Life::Over } else { Life::Sounding }
    }
}
