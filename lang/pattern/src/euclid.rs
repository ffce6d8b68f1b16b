//! Euclidean rhythms: hits spread as evenly as steps allow.

use crate::cat::compress;
use crate::hap::Locs;
use crate::pattern::Pattern;
use crate::seq::{Seq, Slot};
use crate::span::Span;
use crate::time::Time;
use crate::value::Value;

/// More steps than this in one rhythm are refused.
pub const STEP_LIMIT: i64 = 4096;

/// `hits` spread over `steps` (Bjorklund's algorithm, after Toussaint, "The Euclidean Algorithm
/// Generates Traditional Musical Rhythms", 2005). Negative hits swap hits and rests. More hits
/// than steps fill every step.
pub fn bjorklund(hits: i64, steps: i64) -> Vec<bool> {
    let steps = steps.clamp(0, STEP_LIMIT);
    let ons = hits.checked_abs().unwrap_or(steps).min(steps);
    let mut heads = vec![vec![hits >= 0]; ons as usize];
    let mut tails = vec![vec![hits < 0]; (steps - ons) as usize];
    while heads.len().min(tails.len()) > 1 {
        let paired = heads.len().min(tails.len());
        let rest =
            if heads.len() > paired { heads.split_off(paired) } else { tails.split_off(paired) };
        for (head, tail) in heads.iter_mut().zip(tails) {
            head.extend(tail);
        }
        tails = rest;
    }
    heads.into_iter().chain(tails).flatten().collect()
}

/// The rhythm, each step `rotation` steps later. A rotation by more than all steps leaves it as it
/// is, as in Strudel.
pub fn rotated(hits: i64, steps: i64, rotation: i64) -> Vec<bool> {
    let mut rhythm = bjorklund(hits, steps);
    if !rhythm.is_empty() && rotation.unsigned_abs() <= rhythm.len() as u64 {
        let by = rotation.rem_euclid(rhythm.len() as i64) as usize;
        rhythm.rotate_right(by);
    }
    rhythm
}

/// A pattern of `true` at the hits: one step of the cycle for each flag.
pub fn gate(rhythm: &[bool]) -> Pattern {
    let n = rhythm.len() as i64;
    let hit = |(i, on): (usize, &bool)| {
        let (begin, end) = (Time::new(i as i64, n), Time::new(i as i64 + 1, n));
        on.then(|| Slot { begin, end, value: Value::Bool(true), locs: Locs::none() })
    };
    Pattern::new(Seq::new(rhythm.iter().enumerate().filter_map(hit).collect()))
        .with_steps(Some(Time::int(n.max(1))))
}

impl Pattern {
    /// The pattern at the hits of a Euclidean rhythm, `rotation` steps late.
    pub fn euclid(&self, hits: i64, steps: i64, rotation: i64) -> Pattern {
        if steps > STEP_LIMIT {
            return Pattern::failing(format!("a rhythm of more than {STEP_LIMIT} steps"));
        }
        let rhythm = gate(&rotated(hits, steps, rotation));
        match (self.constant(), self.slots()) {
            (Some(value), Some([slot])) => {
                let value = value.clone();
                rhythm.map(move |_| value.clone()).located(&slot.locs)
            }
            _ => self.structure(&rhythm),
        }
    }
    /// Like [`Pattern::euclid`], each hit held until the next.
    pub fn euclid_legato(&self, hits: i64, steps: i64, rotation: i64) -> Pattern {
        if hits < 1 || steps < 1 {
            return Pattern::silence();
        }
        let mut held: Vec<(Time, Pattern)> = Vec::new();
        for on in bjorklund(hits, steps) {
            match held.last_mut() {
                Some(last) if !on => last.0 = last.0 + Time::ONE,
                _ => held.push((Time::ONE, Pattern::pure(true))),
            }
        }
        let gates = crate::cat::timecat(held);
        self.structure(&gates).late(Time::new(rotation, steps)).with_steps(Some(Time::int(steps)))
    }
    /// A Euclidean rhythm on the way (`morph` 0 to 1) to one of evenly spaced hits.
    pub fn euclidish(&self, hits: i64, steps: i64, morph: Time) -> Pattern {
        if hits < 1 || steps < 1 {
            return Pattern::silence();
        }
        let rhythm = bjorklund(hits, steps);
        let places = rhythm.iter().enumerate().filter(|(_, on)| **on).map(|(i, _)| i as i64);
        let length = Time::new(1, steps);
        let slots: Vec<Span> = places
            .zip(0..)
            .map(|(from, to): (i64, i64)| {
                let (from, to) = (Time::new(from, steps), Time::new(to, hits.min(steps)));
                let begin = from + (to - from) * morph;
                Span::new(begin, begin + length)
            })
            .collect();
        let gates = Pattern::of(move |span, q, out| {
            span.each_cycle(|cycle, piece| {
                for slot in &slots {
                    let whole = slot.map(|t| t.add_int(cycle));
                    let seen = piece.sect(Span::cycle(cycle)).and_then(|p| whole.sect(p));
                    if let (Some(part), true) = (seen, q.spend(1)) {
                        let value = Value::Bool(true);
                        out.push(crate::Hap {
                            whole: Some(whole),
                            part,
                            value,
                            locs: Locs::none(),
                        });
                    }
                }
            });
        });
        self.structure(&gates).with_steps(Some(Time::int(steps)))
    }
    /// Each event on step `at` of `steps` steps of the cycle.
    pub fn beat(&self, at: Time, steps: Time) -> Pattern {
        let at = at % steps;
        let (begin, end) = (at / steps, (at + Time::ONE) / steps);
        self.inner_join(move |v| compress(begin, end, &Pattern::pure(v.clone())))
    }
}

/// The bits of `n`, highest first, in `bits` steps.
pub fn binary(n: i64, bits: i64) -> Pattern {
    let bits = bits.clamp(1, 64);
    let steps =
        (0..bits).rev().map(|i| Pattern::pure(if n >> i.min(63) & 1 == 1 { 1.0 } else { 0.0 }));
    crate::cat::fastcat(steps.collect())
}
