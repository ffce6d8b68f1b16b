//! An impulse response, cut into partitions and transformed: made once, away from the sounding path.

use super::{BLOCK, HEAD, LONG, LONG_BINS, Planes, SHORT_BINS, SHORTS, longs};
use crate::sample::{PAD, SampleBuffer};
use crate::transform::{Bin, Transform};

/// Frames over which a response that is cut off fades.
const FADE: usize = 4800;

/// One side of a response.
#[derive(Clone, Debug)]
struct Side {
    head: Planes,
    tail: Planes,
}

/// A response of one side or two.
#[derive(Clone, Debug)]
pub(crate) struct Impulse {
    sides: Vec<Side>,
    frames: usize,
}

/// The spectra of pieces of `size` frames of `x`.
fn partitions(x: &[f32], size: usize, count: usize) -> Planes {
    let mut transform = Transform::new(2 * size);
    let mut planes = Planes::new(count, size + 1);
    let (mut time, mut bins) = (vec![0.0; 2 * size], vec![Bin::default(); size + 1]);
    // The transform back is not scaled.
    let scale = 1.0 / (2 * size) as f32;
    for (i, piece) in x.chunks(size).take(count).enumerate() {
        time.fill(0.0);
        time.iter_mut().zip(piece).for_each(|(y, x)| *y = scale * x);
        transform.there(&mut time, &mut bins);
        planes.put(i, &bins);
    }
    planes
}

impl Impulse {
    /// The response in a recording, from the share `begin` of it on, at `speed`, for an engine of
    /// `rate` frames a second; as loud as noise of that length passes through unchanged. What is
    /// longer than six seconds is cut off.
    pub fn new(recording: &SampleBuffer, rate: u32, speed: f32, begin: f32) -> Impulse {
        let step =
            f64::from(recording.rate()) / f64::from(rate.max(1)) * f64::from(speed.abs().max(0.01));
        let skipped = f64::from(begin.clamp(0.0, 1.0)) * recording.frames() as f64;
        let most = longs(rate as f32) * LONG + HEAD;
        let frames = (((recording.frames() as f64 - skipped) / step) as usize).clamp(1, most);
        let sides = 1 + usize::from(recording.stereo());
        let mut all: Vec<Vec<f32>> = (0..sides)
            .map(|side| {
                let x = recording.channel(side);
                let at = |i: usize| x.get(i + PAD).copied().unwrap_or(0.0);
                let read = |i: usize| {
                    let place = skipped + i as f64 * step;
                    let (whole, share) = (place as usize, place.fract() as f32);
                    at(whole) + share * (at(whole + 1) - at(whole))
                };
                (0..frames).map(read).collect()
            })
            .collect();
        let cut = frames == most;
        for x in &mut all {
            if speed < 0.0 {
                x.reverse();
            }
            if cut {
                for (i, y) in x.iter_mut().rev().take(FADE).enumerate() {
                    *y *= i as f32 / FADE as f32;
                }
            }
        }
        let power = all.iter().flatten().map(|y| y * y).sum::<f32>() / sides as f32;
        let even = if power > 0.0 { power.sqrt().recip() } else { 0.0 };
        let side = |x: &Vec<f32>| {
            let x: Vec<f32> = x.iter().map(|y| even * y).collect();
            let (near, far) = x.split_at(HEAD.min(x.len()));
            Side {
                head: partitions(near, BLOCK, SHORTS),
                tail: partitions(far, LONG, far.len().div_ceil(LONG)),
            }
        };
        Impulse { sides: all.iter().map(side).collect(), frames }
    }

    /// Its length.
    pub fn frames(&self) -> usize {
        self.frames
    }

    /// The partitions for the left, 0, or the right: the short ones and the long ones.
    pub fn side(&self, side: usize) -> (&Planes, &Planes) {
        static NONE: Planes = Planes { re: Vec::new(), im: Vec::new(), bins: 0 };
        match self.sides.get(side).or(self.sides.first()) {
            Some(side) => (&side.head, &side.tail),
            None => (&NONE, &NONE),
        }
    }

    /// Bytes that it takes.
    pub fn bytes(&self) -> usize {
        let long = self.frames.div_ceil(LONG) * LONG_BINS;
        self.sides.len() * (long + SHORTS * SHORT_BINS) * 2 * size_of::<f32>()
    }
}
