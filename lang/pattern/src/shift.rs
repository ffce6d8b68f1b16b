//! Moving patterns in time: faster, slower, earlier, backwards.

use crate::cat::{slowcat, stack};
use crate::hap::{Hap, Locs};
use crate::pattern::{Node, Pattern};
use crate::query::Query;
use crate::seq::{SLOT_LIMIT, Seq, Slot, squeeze_into};
use crate::span::Span;
use crate::time::Time;
use crate::value::Value;
use std::sync::Arc;

/// The value of the `i`th piece of an event.
type PieceOf = Arc<dyn Fn(&Value, i64) -> Value + Send + Sync>;

impl Pattern {
    /// `factor` times as fast; silence at 0, backwards never: a negative factor plays the
    /// reversed pattern at that speed.
    pub fn fast(&self, factor: Time) -> Pattern {
        if !factor.is_defined() {
            return Pattern::overflow();
        }
        if factor.is_zero() {
            return Pattern::silence();
        }
        if factor == Time::ONE {
            return self.clone();
        }
        if factor < Time::ZERO {
            return self.fast(-factor).rev();
        }
        if let Some(repeated) = self.repeated(factor) {
            return repeated.with_steps(self.steps);
        }
        Pattern::new(Fast { factor, inner: self.clone() }).with_steps(self.steps)
    }
    /// The slots written out, for a whole factor and not too many.
    fn repeated(&self, factor: Time) -> Option<Pattern> {
        let tiles = self.tiles()?;
        let times = factor.numerator();
        let fits = factor.is_int() && (tiles.len() as i64).checked_mul(times)? <= SLOT_LIMIT as i64;
        if !fits || times > SLOT_LIMIT as i64 {
            return None;
        }
        let share = Time::new(1, times);
        let copies = (0..times).flat_map(|i| {
            let begin = Time::new(i, times);
            squeeze_into(tiles, begin, begin + share)
        });
        Seq::exact(copies.collect())
    }
    /// `factor` times as slow; silence at 0.
    pub fn slow(&self, factor: Time) -> Pattern {
        if factor.is_zero() { Pattern::silence() } else { self.fast(Time::ONE / factor) }
    }
    /// `by` cycles earlier.
    pub fn early(&self, by: Time) -> Pattern {
        self.late(-by)
    }
    /// `by` cycles later.
    pub fn late(&self, by: Time) -> Pattern {
        if !by.is_defined() {
            return Pattern::overflow();
        }
        if by.is_zero() || (by.is_int() && self.tiles().is_some()) {
            return self.clone();
        }
        if let Some(moved) = self.tiles().and_then(|tiles| shifted(tiles, by.cycle_pos())) {
            return moved.with_steps(self.steps);
        }
        if let Some(layers) = self.layers() {
            return stack(layers.iter().map(|p| p.late(by)).collect()).with_steps(self.steps);
        }
        Pattern::new(Late { by, inner: self.clone() }).with_steps(self.steps)
    }
    /// Each cycle backwards.
    pub fn rev(&self) -> Pattern {
        if let Some(slots) = self.slots() {
            let mirrored = slots.iter().rev().map(|s| {
                let (begin, end) = (Time::ONE - s.end, Time::ONE - s.begin);
                Slot { begin, end, ..s.clone() }
            });
            return Pattern::new(Seq::new(mirrored.collect())).with_steps(self.steps);
        }
        if let Some(layers) = self.layers() {
            return stack(layers.iter().map(Pattern::rev).collect()).with_steps(self.steps);
        }
        Pattern::new(Rev(self.clone())).with_steps(self.steps)
    }
    /// Each cycle squeezed into `1/factor` of a cycle, silence after it.
    pub fn fast_gap(&self, factor: Time) -> Pattern {
        if !factor.is_defined() {
            return Pattern::overflow();
        }
        if factor <= Time::ZERO {
            return Pattern::silence();
        }
        let inner = self.clone();
        Pattern::of(move |span, q, out| {
            span.each_cycle(|cycle, piece| gap_cycle(&inner, factor, cycle, piece, q, out));
        })
    }
    /// The stretch `[begin, end)` of each cycle, stretched to fill the cycle; steps in proportion.
    pub fn zoom(&self, begin: Time, end: Time) -> Pattern {
        if !(end - begin).is_defined() {
            return Pattern::overflow();
        }
        if begin >= end {
            return Pattern::nothing();
        }
        let length = end - begin;
        let steps = self.steps.map(|s| s * length);
        let inner = self.clone();
        let zoomed = Pattern::of(move |span, q, out| {
            span.each_cycle(|cycle, piece| {
                let base = Time::int(cycle);
                let start = out.len();
                inner.query(piece.map(|t| (t - base) * length + base + begin), q, out);
                q.moved(&mut out[start..], |t| (t - base - begin) / length + base);
            });
        });
        zoomed.with_steps(steps)
    }
    /// Like [`compress`](crate::cat::compress), but without silence: copies fill the cycle.
    pub fn focus(&self, begin: Time, end: Time) -> Pattern {
        if !(end - begin).is_defined() {
            return Pattern::overflow();
        }
        if begin >= end {
            return Pattern::silence();
        }
        self.early(begin.sam()).fast(Time::ONE / (end - begin)).late(begin)
    }
    /// Plays `length` cycles from cycle `start` on, over and over.
    pub fn ribbon(&self, start: Time, length: Time) -> Pattern {
        if !length.is_defined() {
            return Pattern::overflow();
        }
        if length <= Time::ZERO {
            return Pattern::silence();
        }
        let restarted = Pattern::pure(0.0).slow(length);
        restarted.restart_join({
            let moved = self.early(start);
            move |_| moved.clone()
        })
    }
    /// Each cycle `n` times before the next.
    pub fn repeat_cycles(&self, n: i64) -> Pattern {
        if n < 1 {
            return Pattern::silence();
        }
        let inner = self.clone();
        Pattern::of(move |span, q, out| {
            span.each_cycle(|cycle, piece| {
                let shift = cycle - cycle.div_euclid(n);
                let start = out.len();
                if q.spend(1) {
                    inner.query(piece.map(|t| t.add_int(-shift)), q, out);
                }
                q.moved(&mut out[start..], |t| t.add_int(shift));
            });
        })
        .with_steps(self.steps)
    }
    /// Each event cut into `n` of equal length.
    pub fn ply(&self, n: Time) -> Pattern {
        let steps = self.steps.map(|s| s * n);
        if !n.is_defined() {
            return Pattern::overflow();
        }
        if n <= Time::ZERO {
            return Pattern::silence();
        }
        if n.is_int() && n.numerator() <= 4096 {
            return self.subdivide(n.numerator(), |value, _| value.clone()).with_steps(steps);
        }
        self.squeeze_join(move |v| Pattern::pure(v.clone()).fast(n)).with_steps(steps)
    }
    /// Each event as `n` equal events; `f(value, i)` is the value of the `i`th.
    pub fn subdivide(
        &self,
        n: i64,
        f: impl Fn(&Value, i64) -> Value + Send + Sync + 'static,
    ) -> Pattern {
        self.subdivided(n, Arc::new(f))
    }
    fn subdivided(&self, n: i64, f: PieceOf) -> Pattern {
        if let Some(divided) = self.tiles().and_then(|tiles| divided(tiles, n, &*f)) {
            return divided;
        }
        if let Some(layers) = self.layers() {
            return stack(layers.iter().map(|p| p.subdivided(n, f.clone())).collect())
                .with_steps(None);
        }
        let inner = self.clone();
        Pattern::of(move |span, q, out| {
            let mut events = q.take();
            inner.query(span, q, &mut events);
            for hap in &events {
                if !q.spend(n as usize) {
                    break;
                }
                divide(hap, n, &*f, out);
            }
            q.give(events);
        })
    }
    /// `palindrome`: forwards in even cycles, backwards in odd ones.
    pub fn palindrome(&self) -> Pattern {
        self.last_of(2, Pattern::rev)
    }
    /// Begins one `n`th of a cycle later each cycle (`sign` 1), or earlier (-1).
    pub fn iter(&self, n: i64, sign: i64) -> Pattern {
        if n == 0 {
            return self.clone();
        }
        let turns = n.checked_abs().unwrap_or(i64::MAX);
        let by = move |i| Time::new(i * sign, n);
        if turns <= 64 {
            return slowcat((0..turns).map(|i| self.early(by(i))).collect()).with_steps(self.steps);
        }
        // Too many to make in advance.
        let inner = self.clone();
        Pattern::of(move |span, q, out| {
            span.each_cycle(|cycle, piece| {
                let turn = by(cycle.rem_euclid(turns)).add_int(cycle.div_euclid(turns) - cycle);
                let start = out.len();
                inner.query(piece.map(|t| t + turn), q, out);
                q.moved(&mut out[start..], |t| t - turn);
            });
        })
        .with_steps(self.steps)
    }
    /// `f` in the first of every `n` cycles.
    pub fn first_of(&self, n: i64, f: impl Fn(&Pattern) -> Pattern) -> Pattern {
        self.nth_of(n, 0, f)
    }
    /// `f` in the last of every `n` cycles.
    pub fn last_of(&self, n: i64, f: impl Fn(&Pattern) -> Pattern) -> Pattern {
        self.nth_of(n, n - 1, f)
    }
    fn nth_of(&self, n: i64, at: i64, f: impl Fn(&Pattern) -> Pattern) -> Pattern {
        if n < 1 {
            return self.clone();
        }
        self.choose_cycle(f(self), move |cycle| cycle.rem_euclid(n) == at)
    }
    /// `other` in the cycles for which `pick` holds, else this pattern; both in their own time.
    pub fn choose_cycle(
        &self,
        other: Pattern,
        pick: impl Fn(i64) -> bool + Send + Sync + 'static,
    ) -> Pattern {
        self.draw_cycle(other, move |cycle, _| pick(cycle))
    }
    /// [`Pattern::choose_cycle`] where the choice may hang on chance: `pick` is also told what to
    /// add to its seed.
    pub fn draw_cycle(
        &self,
        other: Pattern,
        pick: impl Fn(i64, i64) -> bool + Send + Sync + 'static,
    ) -> Pattern {
        let (usual, pick) = (self.clone(), Arc::new(pick));
        Pattern::new(Choice { usual, other, pick }).with_steps(self.steps)
    }
    /// The pattern with a changed copy over it, `by` later.
    pub fn off(&self, by: Time, f: impl Fn(&Pattern) -> Pattern) -> Pattern {
        stack(vec![self.clone(), f(&self.late(by))])
    }
}

/// Slots `by` later, `0 < by < 1`.
fn shifted(tiles: &[Slot], by: Time) -> Option<Pattern> {
    let moved =
        tiles.iter().map(|s| Slot { begin: s.begin + by, end: s.end + by, ..s.clone() }.settled());
    Seq::exact(moved.collect())
}

/// Slots cut into `n` pieces each, if that does not make too many.
fn divided(tiles: &[Slot], n: i64, f: &dyn Fn(&Value, i64) -> Value) -> Option<Pattern> {
    if (tiles.len() as i64).saturating_mul(n) > SLOT_LIMIT as i64 {
        return None;
    }
    let pieces = tiles.iter().flat_map(|s| {
        let length = (s.end - s.begin) / Time::int(n);
        (0..n).map(move |i| {
            let begin = s.begin + length * Time::int(i);
            let (value, locs) = (f(&s.value, i), s.locs.clone());
            Slot { begin, end: begin + length, value, locs }.settled()
        })
    });
    Seq::exact(pieces.collect())
}

fn divide(hap: &Hap, n: i64, f: &dyn Fn(&Value, i64) -> Value, out: &mut Vec<Hap>) {
    let Some(whole) = hap.whole else { return };
    let length = whole.duration() * Time::new(1, n);
    let mut begin = whole.begin;
    for i in 0..n {
        let end = if i == n - 1 { whole.end } else { begin + length };
        let piece = Span::new(begin, end);
        let part = if hap.part == whole { Some(piece) } else { piece.sect(hap.part) };
        if let Some(part) = part {
            let value = f(&hap.value, i);
            out.push(Hap { whole: Some(piece), part, value, locs: hap.locs.clone() });
        }
        begin = end;
    }
}

fn gap_cycle(
    inner: &Pattern,
    factor: Time,
    cycle: i64,
    piece: Span,
    q: &mut Query,
    out: &mut Vec<Hap>,
) {
    let base = Time::int(cycle);
    let inward = |t: Time| base + ((t - base) * factor).min(Time::ONE);
    let seen = piece.map(inward);
    let past = seen.begin >= base + Time::ONE;
    if past || !q.spend(1) {
        return;
    }
    let start = out.len();
    inner.query(seen, q, out);
    q.moved(&mut out[start..], |t| base + (t - base) / factor);
    crate::pattern::retain_from(out, start, |hap| {
        hap.part.sect(piece).map(|part| hap.part = part).is_some()
    });
}

struct Fast {
    factor: Time,
    inner: Pattern,
}

impl Node for Fast {
    fn query(&self, span: Span, q: &mut Query, out: &mut Vec<Hap>) {
        let start = out.len();
        self.inner.query(span.map(|t| t * self.factor), q, out);
        q.moved(&mut out[start..], |t| t / self.factor);
    }
    fn sample(&self, t: Time, q: &mut Query, locs: &mut Locs) -> Option<Value> {
        self.inner.sample(t * self.factor, q, locs)
    }
    fn size(&self) -> u32 {
        self.inner.size().saturating_add(1)
    }
    fn over(&self, f: &dyn Fn(&Pattern) -> Pattern) -> Option<Pattern> {
        Some(Pattern::new(Fast { factor: self.factor, inner: f(&self.inner) }))
    }
}

struct Late {
    by: Time,
    inner: Pattern,
}

impl Node for Late {
    fn query(&self, span: Span, q: &mut Query, out: &mut Vec<Hap>) {
        let start = out.len();
        self.inner.query(span.map(|t| t - self.by), q, out);
        q.moved(&mut out[start..], |t| t + self.by);
    }
    fn sample(&self, t: Time, q: &mut Query, locs: &mut Locs) -> Option<Value> {
        self.inner.sample(t - self.by, q, locs)
    }
    fn size(&self) -> u32 {
        self.inner.size().saturating_add(1)
    }
    fn over(&self, f: &dyn Fn(&Pattern) -> Pattern) -> Option<Pattern> {
        Some(Pattern::new(Late { by: self.by, inner: f(&self.inner) }))
    }
}

struct Rev(Pattern);

impl Node for Rev {
    fn query(&self, span: Span, q: &mut Query, out: &mut Vec<Hap>) {
        span.each_cycle(|cycle, piece| {
            if !q.spend(1) {
                return;
            }
            let sum = Time::int(cycle) + Time::int(cycle) + Time::ONE;
            let mirror = |s: Span| Span::new(sum - s.end, sum - s.begin);
            let start = out.len();
            self.0.query(mirror(piece), q, out);
            for hap in &mut out[start..] {
                hap.whole = hap.whole.map(mirror);
                hap.part = mirror(hap.part);
            }
        });
    }
    fn size(&self) -> u32 {
        self.0.size().saturating_add(1)
    }
    fn over(&self, f: &dyn Fn(&Pattern) -> Pattern) -> Option<Pattern> {
        Some(Pattern::new(Rev(f(&self.0))))
    }
}

/// One of two patterns, chosen by the number of the cycle.
struct Choice {
    usual: Pattern,
    other: Pattern,
    pick: Arc<dyn Fn(i64, i64) -> bool + Send + Sync>,
}

impl Node for Choice {
    fn query(&self, span: Span, q: &mut Query, out: &mut Vec<Hap>) {
        span.each_cycle(|cycle, piece| {
            if q.spend(1) {
                let now =
                    if (self.pick)(cycle, q.take_stream()) { &self.other } else { &self.usual };
                now.query(piece, q, out);
            }
        });
    }
    fn size(&self) -> u32 {
        self.usual.size().saturating_add(self.other.size()).saturating_add(1)
    }
    fn over(&self, f: &dyn Fn(&Pattern) -> Pattern) -> Option<Pattern> {
        let (usual, other, pick) = (f(&self.usual), f(&self.other), self.pick.clone());
        Some(Pattern::new(Choice { usual, other, pick }))
    }
}
