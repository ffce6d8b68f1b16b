//! Delay lines: plain, recursive, and the two ends of a feedback.

use super::call::Call;
use super::register::Register;
use super::tame;
use super::unit::{Unit, state};
use crate::BLOCK;
use crate::filter::flush;
use crate::math::{fall, lagrange};
use crate::string::filter_delay;

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
    fn write(&mut self, i: usize, x: f32) {
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
    fn read(&self, i: usize, ago: f32) -> f32 {
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
}

/// `delay time in`.
pub(super) fn delay(call: &mut Call, out: &mut Register) {
    let [time, x, ..] = call.inputs;
    for (i, y) in out.moving(call.len).iter_mut().enumerate() {
        call.line.write(i, x.at(i));
        *y = call.line.read(i, time.at(i) * call.rate);
    }
}

/// Share that comes back from a loop of `frames` frames that falls by 60 dB in `decay` seconds;
/// a negative time turns it over each time round.
fn share(decay: f32, frames: f32, rate: f32) -> f32 {
    let g = if decay == 0.0 { 0.0 } else { fall(decay.abs(), rate / frames.max(1.0)) };
    g.min(0.9999).copysign(decay)
}

/// `comb time decay in`.
pub(super) fn comb(call: &mut Call, out: &mut Register) {
    let [time, decay, x, _] = call.inputs;
    for (i, y) in out.moving(call.len).iter_mut().enumerate() {
        let ago = (time.at(i) * call.rate).max(2.0);
        let back = share(decay.at(i), ago, call.rate) * call.line.read(i, ago);
        *y = x.at(i) + back;
        call.line.write(i, *y);
    }
}

/// `allpass time decay in` (M. Schroeder's).
pub(super) fn allpass(call: &mut Call, out: &mut Register) {
    let [time, decay, x, _] = call.inputs;
    for (i, y) in out.moving(call.len).iter_mut().enumerate() {
        let ago = (time.at(i) * call.rate).max(2.0);
        let (g, back) = (share(decay.at(i), ago, call.rate), call.line.read(i, ago));
        let v = x.at(i) + g * back;
        *y = back - g * v;
        call.line.write(i, v);
    }
}

/// `string freq decay damp in`: a loop as long as a period, in tune whatever its damping
/// (Karplus and Strong; Jaffe and Smith).
pub(super) fn string(call: &mut Call, unit: &mut Unit, out: &mut Register) {
    state!(unit, Unit::Last(last), Unit::Last(0.0));
    let [freq, decay, damp, x] = call.inputs;
    let still = freq.still().zip(damp.still());
    let tuned = |freq: f32, damp: f32| {
        let period = (call.rate / freq.max(20.0)).max(4.0);
        let damp = 0.5 * damp.clamp(0.0, 1.0);
        (period, damp, period - filter_delay(damp, 1.0 / period))
    };
    let fixed = still.map(|(freq, damp)| tuned(freq, damp));
    for (i, y) in out.moving(call.len).iter_mut().enumerate() {
        let (period, damp, ago) = fixed.unwrap_or_else(|| tuned(freq.at(i), damp.at(i)));
        let back = call.line.read(i, ago.max(2.0));
        let dull = (1.0 - damp) * back + damp * *last;
        *last = back;
        *y = x.at(i) + share(decay.at(i), period, call.rate) * dull;
        call.line.write(i, *y);
    }
}

/// What was written to a feedback line: no sooner than a block ago.
pub(super) fn read(call: &mut Call, out: &mut Register) {
    let [time, ..] = call.inputs;
    for (i, y) in out.moving(call.len).iter_mut().enumerate() {
        *y = call.line.read(i, (time.at(i) * call.rate).max((BLOCK + 2) as f32));
    }
}

/// Writes to a feedback line, within bounds.
pub(super) fn write(call: &mut Call, out: &mut Register) {
    let [_, x, ..] = call.inputs;
    for i in 0..call.len {
        call.line.write(i, tame(x.at(i)));
    }
    out.set(0.0);
}
