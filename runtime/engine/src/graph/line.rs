//! A delay line: a ring of the past frames of one signal, read a stretch at a time where the time
//! stands still.

use multiversion::multiversion;

use super::tame;
use crate::BLOCK;
use crate::filter::flush;
use crate::math::lagrange;

/// Frames that the interpolator looks at beyond those that it makes.
const BEYOND: usize = 3;
/// What a stretch of up to a block is made of.
type Near = [f32; BLOCK + BEYOND];

/// A ring of the past frames of one signal. What the voice has not written itself is silent.
pub(super) struct Line<'a> {
    frames: &'a mut [f32],
    /// Place of the block's first frame.
    now: usize,
    /// Frames before the block.
    age: u64,
}

impl<'a> Line<'a> {
    /// The line in `frames`, at a block that starts `age` frames after the voice did.
    pub fn new(frames: &'a mut [f32], age: u64) -> Self {
        let now = if frames.is_empty() { 0 } else { (age % frames.len() as u64) as usize };
        Line { frames, now, age }
    }

    /// The longest time that can be read, in frames.
    fn most(&self) -> f32 {
        self.frames.len().saturating_sub(8) as f32
    }

    /// Writes frame `i` of the block.
    #[inline]
    pub fn write(&mut self, i: usize, x: f32) {
        let mut at = self.now + i;
        if at >= self.frames.len() {
            at -= self.frames.len();
        }
        if let Some(y) = self.frames.get_mut(at) {
            *y = flush(x);
        }
    }

    /// What was written `ago` frames before frame `i` of the block.
    #[inline]
    fn whole(&self, i: usize, ago: usize) -> f32 {
        if ago as u64 > self.age + i as u64 {
            return 0.0;
        }
        let mut at = self.now + i + self.frames.len() - ago.min(self.frames.len());
        while at >= self.frames.len().max(1) {
            at -= self.frames.len();
        }
        self.frames.get(at).copied().unwrap_or(0.0)
    }

    /// The same between frames; at least 2 frames ago unless frame `i` is written already.
    #[inline]
    pub fn read(&self, i: usize, ago: f32) -> f32 {
        let ago = ago.clamp(0.0, self.most());
        let whole = ago as usize;
        let share = ago - whole as f32;
        let x = |n: usize| self.whole(i, n);
        if share == 0.0 {
            return x(whole);
        }
        if whole == 0 {
            return x(0) + share * (x(1) - x(0));
        }
        lagrange(share, [x(whole - 1), x(whole), x(whole + 1), x(whole + 2)])
    }

    /// How many frames can be read at once `ago` frames back, before any of them is written: those
    /// that follow need what is made of them. One if they are read one by one.
    pub fn before(&self, ago: f32) -> usize {
        (ago.clamp(0.0, self.most()) as usize).saturating_sub(1).clamp(1, BLOCK)
    }

    /// How many frames can be read at once `ago` frames back, after all of them are written: what
    /// is written takes the place of what is oldest.
    pub fn after(&self, ago: f32) -> usize {
        let whole = ago.clamp(0.0, self.most()) as usize;
        if whole == 0 { 1 } else { self.frames.len().saturating_sub(whole + 4).clamp(1, BLOCK) }
    }

    /// What [`Line::read`] gives for frames from `i` on, all read before, or after, they are written.
    pub fn stretch(&self, i: usize, ago: f32, out: &mut [f32]) {
        let ago = ago.clamp(0.0, self.most());
        let whole = ago as usize;
        if out.len() <= 1 || whole == 0 {
            out.iter_mut().enumerate().for_each(|(k, y)| *y = self.read(i + k, ago));
            return;
        }
        let mut near: Near = [0.0; BLOCK + BEYOND];
        // The first of them lies so far back; what lies before the voice stays silent.
        let back = whole + 2;
        let silent = (back as u64).saturating_sub(self.age + i as u64) as usize;
        let wanted = (out.len() + BEYOND).min(near.len());
        if let Some(near) = near.get_mut(silent..wanted) {
            self.copy(i + silent, back, near);
        }
        between(ago - whole as f32, &near, out);
    }

    /// What was written `ago` frames before each frame from `i` on.
    fn copy(&self, i: usize, ago: usize, to: &mut [f32]) {
        let len = self.frames.len().max(1);
        let at = (self.now + i + len - ago % len) % len;
        let now = to.len().min(len - at);
        let (first, rest) = to.split_at_mut(now);
        if let (Some(a), Some(b)) = (self.frames.get(at..at + now), self.frames.get(..rest.len())) {
            first.copy_from_slice(a);
            rest.copy_from_slice(b);
        }
    }

    /// Writes frames from `i` on.
    pub fn put(&mut self, i: usize, x: &[f32]) {
        let len = self.frames.len().max(1);
        let at = (self.now + i) % len;
        let now = x.len().min(len - at);
        let (first, rest) = x.split_at(now);
        if let Some(to) = self.frames.get_mut(at..at + now) {
            flushed(first, to);
        }
        if let Some(to) = self.frames.get_mut(..rest.len()) {
            flushed(rest, to);
        }
    }
}

/// Between the frames that are at hand: `share` of the way from the third to the second and so on.
#[multiversion(targets("x86_64+avx2"))]
fn between(share: f32, near: &Near, out: &mut [f32]) {
    let (a, b, c, d) = (&near[3..], &near[2..], &near[1..], &near[..]);
    if share == 0.0 {
        out.iter_mut().zip(b).for_each(|(y, b)| *y = *b);
        return;
    }
    for ((((y, a), b), c), d) in out.iter_mut().zip(a).zip(b).zip(c).zip(d) {
        *y = lagrange(share, [*a, *b, *c, *d]);
    }
}

#[multiversion(targets("x86_64+avx2"))]
fn flushed(x: &[f32], to: &mut [f32]) {
    to.iter_mut().zip(x).for_each(|(y, x)| *y = flush(*x));
}

/// Keeps frames within bounds.
#[multiversion(targets("x86_64+avx2"))]
pub(super) fn tamed(frames: &mut [f32]) {
    frames.iter_mut().for_each(|y| *y = tame(*y));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretch_is_what_is_read_frame_by_frame() {
        let mut frames: Vec<f32> = (0..700).map(|i| (i as f32 * 0.37).sin()).collect();
        for age in [0, 3, 40, 699, 700, 12_345] {
            let line = Line::new(&mut frames, age);
            for ago in [0.0, 0.4, 1.0, 1.7, 2.0, 9.25, 63.5, 400.0, 600.3, 691.9, 5000.0] {
                for i in [0, 1, 17, 50] {
                    let most = line.before(ago).max(line.after(ago));
                    let mut many = vec![0.0; most.min(BLOCK - i)];
                    line.stretch(i, ago, &mut many);
                    for (k, y) in many.iter().enumerate() {
                        assert_eq!(*y, line.read(i + k, ago), "{age} {ago} {i} {k}");
                    }
                }
            }
        }
    }

    #[test]
    fn what_is_put_is_what_is_written_frame_by_frame() {
        let x: Vec<f32> = (0..BLOCK).map(|i| (i as f32 * 0.7).cos()).collect();
        for age in [0, 50, 99, 1000] {
            let (mut one, mut other) = (vec![0.5; 100], vec![0.5; 100]);
            Line::new(&mut one, age).put(3, &x[3..]);
            let mut line = Line::new(&mut other, age);
            (3..BLOCK).for_each(|i| line.write(i, x[i]));
            assert_eq!(one, other, "{age}");
        }
    }
}
