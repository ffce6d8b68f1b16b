//! Generators that remember: delays, plain and recursive, and the two ends of a feedback. Where their
//! times stand still they are worked out in stretches, as long as what comes back allows.

use super::call::Call;
use super::line::tamed;
use super::register::Register;
use super::unit::{Unit, state};
use crate::BLOCK;
use crate::math::fall;
use crate::string::filter_delay;
use multiversion::multiversion;

/// `delay time in`.
pub(super) fn delay(call: &mut Call, out: &mut Register) {
    let [time, x, ..] = call.inputs;
    let out = out.moving(call.len);
    let Some(time) = time.still() else {
        for (i, y) in out.iter_mut().enumerate() {
            call.line.write(i, x.at(i));
            *y = call.line.read(i, time.at(i) * call.rate);
        }
        return;
    };
    let ago = time * call.rate;
    let most = call.line.after(ago);
    x.copy(out);
    for (k, y) in out.chunks_mut(most).enumerate() {
        call.line.put(k * most, y);
        call.line.stretch(k * most, ago, y);
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
    let one = |g: f32, back: f32, x: f32| {
        let y = x + g * back;
        (y, y)
    };
    ring(call, out, one, comes_back);
}

#[multiversion(targets("x86_64+avx2"))]
fn comes_back(g: f32, back: &mut [f32; BLOCK], y: &mut [f32]) {
    for (y, back) in y.iter_mut().zip(back) {
        *y += g * *back;
        *back = *y;
    }
}

/// `allpass time decay in` (M. Schroeder's).
pub(super) fn allpass(call: &mut Call, out: &mut Register) {
    let one = |g: f32, back: f32, x: f32| {
        let v = x + g * back;
        (back - g * v, v)
    };
    ring(call, out, one, passes);
}

#[multiversion(targets("x86_64+avx2"))]
fn passes(g: f32, back: &mut [f32; BLOCK], y: &mut [f32]) {
    for (y, back) in y.iter_mut().zip(back) {
        let v = *y + g * *back;
        (*y, *back) = (*back - g * v, v);
    }
}

/// A loop: from a share, what comes back and what comes in, `one` makes what is heard and what is kept.
/// `many` does the same to stretches, in their places: what is kept takes that of what came back.
fn ring(
    call: &mut Call,
    out: &mut Register,
    one: impl Fn(f32, f32, f32) -> (f32, f32),
    many: fn(f32, &mut [f32; BLOCK], &mut [f32]),
) {
    let [time, decay, x, _] = call.inputs;
    let out = out.moving(call.len);
    let Some((time, decay)) = time.still().zip(decay.still()) else {
        for (i, y) in out.iter_mut().enumerate() {
            let ago = (time.at(i) * call.rate).max(2.0);
            let (g, back) = (share(decay.at(i), ago, call.rate), call.line.read(i, ago));
            let (heard, kept) = one(g, back, x.at(i));
            *y = heard;
            call.line.write(i, kept);
        }
        return;
    };
    let ago = (time * call.rate).max(2.0);
    let (g, most) = (share(decay, ago, call.rate), call.line.before(ago));
    x.copy(out);
    for (k, y) in out.chunks_mut(most).enumerate() {
        let mut back = [0.0; BLOCK];
        call.line.stretch(k * most, ago, &mut back[..y.len()]);
        many(g, &mut back, y);
        call.line.put(k * most, &back[..y.len()]);
    }
}

/// `string freq decay damp in`: a loop as long as a period, in tune whatever its damping
/// (Karplus and Strong; Jaffe and Smith).
pub(super) fn string(call: &mut Call, unit: &mut Unit, out: &mut Register) {
    state!(unit, Unit::Last(last), Unit::Last(0.0));
    let [freq, decay, damp, x] = call.inputs;
    let (rate, out) = (call.rate, out.moving(call.len));
    let tuned = |freq: f32, damp: f32| {
        let period = (rate / freq.max(20.0)).max(4.0);
        let damp = 0.5 * damp.clamp(0.0, 1.0);
        (period, damp, (period - filter_delay(damp, 1.0 / period)).max(2.0))
    };
    let fixed = freq.still().zip(damp.still()).map(|(freq, damp)| tuned(freq, damp));
    let Some(((period, damp, ago), decay)) = fixed.zip(decay.still()) else {
        for (i, y) in out.iter_mut().enumerate() {
            let (period, damp, ago) = fixed.unwrap_or_else(|| tuned(freq.at(i), damp.at(i)));
            let back = call.line.read(i, ago);
            let dull = (1.0 - damp) * back + damp * *last;
            *last = back;
            *y = x.at(i) + share(decay.at(i), period, rate) * dull;
            call.line.write(i, *y);
        }
        return;
    };
    let (g, most) = (share(decay, period, rate), call.line.before(ago));
    x.copy(out);
    for (k, y) in out.chunks_mut(most).enumerate() {
        // The frame before them, and they.
        let mut back = [0.0; BLOCK + 1];
        back[0] = *last;
        call.line.stretch(k * most, ago, &mut back[1..=y.len()]);
        dulled((g, damp), &back, y);
        *last = back[y.len()];
        call.line.put(k * most, y);
    }
}

#[multiversion(targets("x86_64+avx2"))]
fn dulled((g, damp): (f32, f32), back: &[f32; BLOCK + 1], y: &mut [f32]) {
    for ((y, before), back) in y.iter_mut().zip(back).zip(&back[1..]) {
        *y += g * ((1.0 - damp) * back + damp * before);
    }
}

/// What was written to a feedback line: no sooner than a block ago.
pub(super) fn read(call: &mut Call, out: &mut Register) {
    let [time, ..] = call.inputs;
    let least = (BLOCK + 2) as f32;
    let out = out.moving(call.len);
    match time.still() {
        Some(time) => call.line.stretch(0, (time * call.rate).max(least), out),
        None => {
            for (i, y) in out.iter_mut().enumerate() {
                *y = call.line.read(i, (time.at(i) * call.rate).max(least));
            }
        }
    }
}

/// Writes to a feedback line, within bounds.
pub(super) fn write(call: &mut Call, out: &mut Register) {
    let [_, x, ..] = call.inputs;
    let mut frames = [0.0; BLOCK];
    let frames = &mut frames[..call.len.min(BLOCK)];
    x.copy(frames);
    tamed(frames);
    call.line.put(0, frames);
    out.set(0.0);
}
