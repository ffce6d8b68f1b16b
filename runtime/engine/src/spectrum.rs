//! Effects on the spectrum of a voice: its sound is cut into windows, transformed, changed, and put
//! together again, as SuperDirt does with 2048 frames a window.
//!
//! A window must be over before it can be transformed, so what comes out is late. A voice with such
//! an effect is therefore computed [`LATE`] frames ahead of what is heard of it: it begins on its
//! frame as all others do. Units are few, as each costs more than a voice: [`UNITS`] may sound; if
//! one more is asked for, the voice that has had its own for longest fades.

mod bands;
mod hold;
mod moves;
mod treat;
mod wish;

use bands::Bands;
use hold::Hold;
use moves::Moves;
use treat::Scramble;
pub(crate) use wish::Wish;

use crate::BLOCK;
use crate::math::cos_turns;
use crate::synth::Frames;
use crate::transform::{Bin, Transform};

/// Frames of a window.
const SIZE: usize = 2048;
/// Frames from one window to the next.
const HOP: usize = SIZE / 4;
/// Bins of a spectrum.
const BINS: usize = SIZE / 2 + 1;
/// Frames by which what comes out is behind what goes in.
pub(crate) const LATE: usize = SIZE - BLOCK;
/// Voices with a unit that may sound at a time.
pub(crate) const UNITS: usize = 32;
/// Units for voices that fade to make room.
const SPARE: usize = 8;

/// What all units share: the transform, and room to work in.
struct Tool {
    transform: Transform,
    /// Hann's window, and the same scaled so that windows add up to 1 after both transforms.
    window: Vec<f32>,
    scaled: Vec<f32>,
    time: Vec<f32>,
    bins: Vec<Bin>,
    desk: Desk,
}

/// Room for what changes a spectrum.
struct Desk {
    other: Vec<Bin>,
    power: Vec<f32>,
    peaks: Vec<u16>,
}

impl Tool {
    fn new() -> Self {
        let hann = |i: usize| 0.5 - 0.5 * cos_turns(i as f32 / SIZE as f32);
        let window: Vec<f32> = (0..SIZE).map(hann).collect();
        // The squares of four overlapping windows add up to 3/2.
        let scale = 1.0 / (1.5 * SIZE as f32);
        Tool {
            transform: Transform::new(SIZE),
            scaled: window.iter().map(|w| scale * w).collect(),
            window,
            time: vec![0.0; SIZE],
            bins: vec![Bin::default(); BINS],
            desk: Desk {
                other: vec![Bin::default(); BINS],
                power: vec![0.0; BINS],
                peaks: Vec::with_capacity(BINS),
            },
        }
    }
}

/// One channel of a unit.
struct Channel {
    /// The last frames that came in, and those that wait to go out, as rings.
    input: Vec<f32>,
    output: Vec<f32>,
    hold: Hold,
    moves: Moves,
}

impl Channel {
    fn new() -> Self {
        let (input, output) = (vec![0.0; SIZE], vec![0.0; SIZE]);
        Channel { input, output, hold: Hold::new(), moves: Moves::new() }
    }

    fn clear(&mut self) {
        self.input.fill(0.0);
        self.output.fill(0.0);
        self.hold.clear();
        self.moves.clear();
    }

    /// Takes in a block, the one numbered `block` of its voice, and gives back what was `LATE`
    /// frames before it.
    fn run(
        &mut self,
        block: usize,
        (wish, scramble): (&Wish, &Scramble),
        tool: &mut Tool,
        x: &mut [f32; BLOCK],
    ) {
        let at = block * BLOCK % SIZE;
        let end = (at + BLOCK) % SIZE;
        self.input[at..at + BLOCK].copy_from_slice(x);
        if end.is_multiple_of(HOP) {
            self.window(end, (wish, scramble), tool);
        }
        let done = &mut self.output[end..end + BLOCK];
        x.copy_from_slice(done);
        done.fill(0.0);
        if wish.bounded() {
            // What SuperDirt does to keep these two in bounds.
            x.iter_mut().for_each(|y| *y = y.tanh());
        }
    }

    /// Changes the window that ends before place `end` of the ring.
    fn window(&mut self, end: usize, (wish, scramble): (&Wish, &Scramble), tool: &mut Tool) {
        let Tool { transform, window, scaled, time, bins, desk } = tool;
        let (new, old) = self.input.split_at(end);
        let frames = old.iter().chain(new).zip(window.iter());
        time.iter_mut().zip(frames).for_each(|(y, (x, w))| *y = x * w);
        transform.there(time, bins);
        if wish.freeze {
            self.hold.run(desk, bins);
        }
        treat::run(wish, scramble, desk, bins);
        if let Some(way) = wish.shift {
            self.moves.shift(way, desk, bins);
        }
        treat::cut(wish, bins);
        if let Some(a) = wish.conform {
            treat::conform(a, bins);
        }
        if wish.enhance > 0.0 {
            self.moves.enhance(wish.enhance, desk, bins);
        }
        transform.back(bins, time);
        let frames = time.iter().zip(scaled.iter()).map(|(y, w)| y * w);
        let (new, old) = self.output.split_at_mut(end);
        old.iter_mut().chain(new).zip(frames).for_each(|(out, y)| *out += y);
    }
}

/// The spectral effects of one voice.
pub(crate) struct Unit {
    wish: Wish,
    /// Blocks so far.
    blocks: usize,
    wide: bool,
    scramble: Scramble,
    bands: [Bands; 2],
    channels: [Channel; 2],
}

impl Unit {
    fn new(rate: f32) -> Self {
        Unit {
            wish: Wish::default(),
            blocks: 0,
            wide: false,
            scramble: Scramble::new(),
            bands: core::array::from_fn(|_| Bands::new(rate)),
            channels: core::array::from_fn(|_| Channel::new()),
        }
    }

    fn start(&mut self, wish: Wish, seed: u32) {
        self.wish = wish;
        (self.blocks, self.wide) = (0, false);
        if let Some(delays) = wish.bands {
            self.bands.iter_mut().for_each(|bands| bands.start(delays));
        }
        if wish.windows() {
            self.channels.iter_mut().for_each(Channel::clear);
            self.scramble.draw(wish.scram, seed);
        }
    }

    /// Changes a block of the voice in place.
    fn run(&mut self, tool: &mut Tool, frames: &mut Frames) {
        self.wide |= frames.stereo;
        if self.wide {
            frames.spread();
        }
        let Unit { wish, blocks, scramble, bands, channels, .. } = self;
        for (x, (bands, channel)) in frames.whole_channels().zip(bands.iter_mut().zip(channels)) {
            if wish.bands.is_some() {
                bands.run(x);
            }
            if wish.windows() {
                channel.run(*blocks, (wish, scramble), tool, x);
            }
        }
        *blocks += 1;
    }
}

/// All units, and what they share.
pub(crate) struct Spectra {
    tool: Tool,
    units: Vec<Unit>,
    free: Vec<u16>,
}

impl Spectra {
    /// Units for voices at `rate` frames a second.
    pub fn new(rate: f32) -> Self {
        let all = UNITS + SPARE;
        Spectra {
            tool: Tool::new(),
            units: (0..all).map(|_| Unit::new(rate)).collect(),
            free: (0..all as u16).rev().collect(),
        }
    }

    /// Whether as many are in use as may sound.
    pub fn crowded(&self) -> bool {
        self.free.len() <= SPARE
    }

    /// A unit that does what `wish` says, if one is free.
    pub fn take(&mut self, wish: Wish, seed: u32) -> Option<u16> {
        let unit = self.free.pop()?;
        self.units.get_mut(usize::from(unit))?.start(wish, seed);
        Some(unit)
    }

    /// The voice of `unit` is over.
    pub fn give_back(&mut self, unit: u16) {
        self.free.push(unit);
    }

    /// Changes a block of a voice in place.
    pub fn run(&mut self, unit: u16, frames: &mut Frames) {
        if let Some(unit) = self.units.get_mut(usize::from(unit)) {
            unit.run(&mut self.tool, frames);
        }
    }
}
