//! A recorded room on an orbit: what is sent to it is convolved with an impulse response, without
//! delay. The first [`HEAD`] frames of the response are done in short partitions; the rest in long
//! ones, whose work is spread over the blocks in between (W. Gardner, "Efficient convolution without
//! input-output delay", 1995).

mod impulse;

pub(crate) use impulse::Impulse;

use multiversion::multiversion;

use crate::BLOCK;
use crate::bus::Stereo;
use crate::transform::{Bin, Transform};

/// Frames of a long partition.
const LONG: usize = 512;
/// Short partitions, and the frames of a response that they cover.
const SHORTS: usize = 2 * LONG / BLOCK;
const HEAD: usize = SHORTS * BLOCK;
/// Blocks of a long partition.
const TURNS: usize = LONG / BLOCK;
/// Bins of a partition with as much silence behind it.
const SHORT_BINS: usize = BLOCK + 1;
const LONG_BINS: usize = LONG + 1;
/// Longest response, in seconds.
const LONGEST: f32 = 6.0;

/// Long partitions of the longest response at `rate` frames a second.
fn longs(rate: f32) -> usize {
    ((LONGEST * rate) as usize).saturating_sub(HEAD).div_ceil(LONG)
}

/// Spectra side by side, real parts and imaginary parts apart.
#[derive(Clone, Debug, Default)]
pub(crate) struct Planes {
    re: Vec<f32>,
    im: Vec<f32>,
    bins: usize,
}

impl Planes {
    /// Room for `count` spectra of `bins` bins.
    fn new(count: usize, bins: usize) -> Self {
        Planes { re: vec![0.0; count * bins], im: vec![0.0; count * bins], bins }
    }

    fn put(&mut self, at: usize, bins: &[Bin]) {
        let from = at * self.bins;
        let parts = self.re.iter_mut().zip(&mut self.im).skip(from);
        for ((re, im), bin) in parts.zip(bins) {
            (*re, *im) = (bin.re, bin.im);
        }
    }

    fn get(&self, at: usize) -> (&[f32], &[f32]) {
        let range = at * self.bins..(at + 1) * self.bins;
        (self.re.get(range.clone()).unwrap_or(&[]), self.im.get(range).unwrap_or(&[]))
    }

    fn clear(&mut self) {
        self.re.fill(0.0);
        self.im.fill(0.0);
    }
}

/// Adds the products of two spectra.
#[multiversion(targets("x86_64+avx2"))]
fn add_product(x: (&[f32], &[f32]), h: (&[f32], &[f32]), to: &mut Planes) {
    let inputs = x.0.iter().zip(x.1).zip(h.0.iter().zip(h.1));
    for ((re, im), ((a, b), (c, d))) in to.re.iter_mut().zip(&mut to.im).zip(inputs) {
        *re += a * c - b * d;
        *im += a * d + b * c;
    }
}

/// One row of partitions of one length: the spectra of what came in, and what is to go out.
struct Row {
    transform: Transform,
    size: usize,
    /// Spectra of the last pieces, as a ring; how many there are since it woke.
    past: Planes,
    room: usize,
    at: usize,
    filled: usize,
    sum: Planes,
    time: Vec<f32>,
    bins: Vec<Bin>,
    /// The second half of what came of the last piece.
    rest: Vec<f32>,
}

impl Row {
    fn new(size: usize, room: usize) -> Self {
        Row {
            transform: Transform::new(2 * size),
            size,
            past: Planes::new(room, size + 1),
            room,
            at: 0,
            filled: 0,
            sum: Planes::new(1, size + 1),
            time: vec![0.0; 2 * size],
            bins: vec![Bin::default(); size + 1],
            rest: vec![0.0; size],
        }
    }

    /// Forgets everything.
    fn clear(&mut self) {
        self.filled = 0;
        self.rest.fill(0.0);
    }

    /// Takes in the next piece.
    fn take_in(&mut self, x: &[f32]) {
        self.at = (self.at + 1) % self.room;
        self.filled = (self.filled + 1).min(self.room);
        self.time.fill(0.0);
        self.time.iter_mut().zip(x).for_each(|(y, x)| *y = *x);
        self.transform.there(&mut self.time, &mut self.bins);
        self.past.put(self.at, &self.bins);
        self.sum.clear();
    }

    /// Adds what partitions `from` to `to` of a response make of the past.
    fn multiply(&mut self, response: &Planes, from: usize, to: usize) {
        for partition in from..to.min(self.filled) {
            let past = (self.at + self.room - partition) % self.room;
            add_product(self.past.get(past), response.get(partition), &mut self.sum);
        }
    }

    /// Writes the piece that is done.
    fn give(&mut self, out: &mut [f32]) {
        let parts = self.sum.re.iter().zip(&self.sum.im);
        self.bins.iter_mut().zip(parts).for_each(|(bin, (re, im))| *bin = Bin::new(*re, *im));
        self.transform.back(&mut self.bins, &mut self.time);
        let (first, second) = self.time.split_at(self.size);
        for ((y, x), rest) in out.iter_mut().zip(first).zip(&self.rest) {
            *y = x + rest;
        }
        self.rest.copy_from_slice(second);
    }
}

/// One channel.
struct Channel {
    short: Row,
    long: Row,
    /// What gathers for the next long piece, and what goes out of the last.
    gathered: Vec<f32>,
    ready: Vec<f32>,
}

impl Channel {
    fn new(rate: f32) -> Self {
        Channel {
            short: Row::new(BLOCK, SHORTS),
            long: Row::new(LONG, longs(rate)),
            gathered: vec![0.0; LONG],
            ready: vec![0.0; LONG],
        }
    }

    fn clear(&mut self) {
        self.short.clear();
        self.long.clear();
        self.gathered.fill(0.0);
        self.ready.fill(0.0);
    }

    /// Adds the room to `out`; `turn` is the place of the block in its long piece.
    fn add(&mut self, turn: usize, (head, tail): (&Planes, &Planes), x: &[f32], out: &mut [f32]) {
        let mut near = [0.0; BLOCK];
        self.short.take_in(x);
        self.short.multiply(head, 0, SHORTS);
        self.short.give(&mut near);
        if turn == 0 {
            self.long.take_in(&self.gathered);
        }
        let many = tail.re.len() / LONG_BINS;
        let share = |turn: usize| turn * many / TURNS;
        self.long.multiply(tail, share(turn), share(turn + 1));
        let here = turn * BLOCK..(turn + 1) * BLOCK;
        for ((y, near), far) in out.iter_mut().zip(near).zip(&self.ready[here.clone()]) {
            *y += near + far;
        }
        self.gathered[here].copy_from_slice(x);
        if turn + 1 == TURNS {
            self.long.give(&mut self.ready);
        }
    }
}

/// A room on an orbit. A response may be exchanged for another at any block: what is on its way then
/// goes over from the one to the other within a partition.
pub(crate) struct Convolver {
    channels: [Channel; 2],
    turn: usize,
    /// Blocks until it sleeps.
    left: usize,
}

impl Convolver {
    /// A silent room.
    pub fn new(rate: f32) -> Self {
        Convolver { channels: [Channel::new(rate), Channel::new(rate)], turn: 0, left: 0 }
    }

    /// Whether anything may still be heard.
    pub fn awake(&self) -> bool {
        self.left > 0
    }

    /// Says that there is something to reflect by `impulse`.
    pub fn wake(&mut self, impulse: &Impulse) {
        if self.left == 0 {
            self.clear();
        }
        // The response, and the pieces in which it is done.
        self.left = self.left.max(impulse.frames().div_ceil(BLOCK) + 3 * TURNS);
    }

    /// Silence at once.
    pub fn clear(&mut self) {
        self.channels.iter_mut().for_each(Channel::clear);
        (self.turn, self.left) = (0, 0);
    }

    /// Adds what `impulse` makes of `input` to `out`.
    pub fn add(&mut self, impulse: &Impulse, input: &Stereo, out: &mut Stereo) {
        let blocks = self.channels.iter_mut().zip(input.iter().zip(out));
        for (side, (channel, (x, out))) in blocks.enumerate() {
            channel.add(self.turn, impulse.side(side), x, out);
        }
        self.turn = (self.turn + 1) % TURNS;
        self.left = self.left.saturating_sub(1);
    }
}

#[cfg(test)]
mod tests;
