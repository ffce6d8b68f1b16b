//! One pattern after another, and several at once.

use crate::hap::Hap;
use crate::pattern::{Node, Pattern, ValueMap};
use crate::query::Query;
use crate::seq::{SLOT_LIMIT, Seq, Slot, squeeze_into};
use crate::span::Span;
use crate::time::Time;
use std::sync::Arc;

/// Least common multiple of step counts; `None` when unknown or too large.
pub fn common_steps(steps: impl IntoIterator<Item = Option<Time>>) -> Option<Time> {
    let (mut num, mut den) = (1i64, 0i64);
    for s in steps {
        let s = s?;
        if s.is_zero() || !s.is_defined() {
            continue;
        }
        num = lcm(num, s.numerator().checked_abs()?)?;
        den = gcd(den, s.denominator());
    }
    Some(Time::new(num, den.max(1)))
}

fn gcd(a: i64, b: i64) -> i64 {
    if b == 0 { a } else { gcd(b, a % b) }
}
fn lcm(a: i64, b: i64) -> Option<i64> {
    a.checked_mul(b / gcd(a, b).max(1))
}

/// All patterns at once.
pub fn stack(items: Vec<Pattern>) -> Pattern {
    let steps = common_steps(items.iter().map(|p| p.steps));
    if items.len() == 1 {
        return items[0].clone();
    }
    let total: usize = items.iter().map(|p| p.tiles().map_or(SLOT_LIMIT + 1, <[_]>::len)).sum();
    if total <= SLOT_LIMIT {
        let all = items.iter().flat_map(|p| p.tiles().unwrap_or_default()).cloned().collect();
        return Pattern::new(Seq::new(all)).with_steps(steps);
    }
    Pattern::new(Stack(items)).with_steps(steps)
}

fn total_size(items: &[Pattern]) -> u32 {
    items.iter().fold(1, |sum: u32, item| sum.saturating_add(item.size()))
}

struct Stack(Vec<Pattern>);

impl Node for Stack {
    fn query(&self, span: Span, q: &mut Query, out: &mut Vec<Hap>) {
        for item in &self.0 {
            item.query(span, q, out);
        }
    }
    fn layers(&self) -> Option<&[Pattern]> {
        Some(&self.0)
    }
    fn size(&self) -> u32 {
        total_size(&self.0)
    }
    fn over(&self, f: &dyn Fn(&Pattern) -> Pattern) -> Option<Pattern> {
        Some(Pattern::new(Stack(self.0.iter().map(f).collect())))
    }
}

/// One pattern a cycle, in turn. Each goes on with its own next cycle when its turn comes again.
pub fn slowcat(items: Vec<Pattern>) -> Pattern {
    match items.as_slice() {
        [] => Pattern::silence(),
        [only] => only.clone(),
        _ => {
            let steps = common_steps(items.iter().map(|p| p.steps));
            Pattern::new(Slowcat(items)).with_steps(steps)
        }
    }
}

struct Slowcat(Vec<Pattern>);

impl Node for Slowcat {
    fn query(&self, span: Span, q: &mut Query, out: &mut Vec<Hap>) {
        let n = self.0.len() as i64;
        span.each_cycle(|cycle, piece| {
            if q.spend(1) {
                let item = &self.0[cycle.rem_euclid(n) as usize];
                query_shifted(item, cycle - cycle.div_euclid(n), piece, q, out);
            }
        });
    }
    fn size(&self) -> u32 {
        total_size(&self.0)
    }
    fn over(&self, f: &dyn Fn(&Pattern) -> Pattern) -> Option<Pattern> {
        Some(Pattern::new(Slowcat(self.0.iter().map(f).collect())))
    }
}

/// The events of `item`, `cycles` later.
fn query_shifted(item: &Pattern, cycles: i64, piece: Span, q: &mut Query, out: &mut Vec<Hap>) {
    if cycles == 0 || item.tiles().is_some() {
        // Every cycle of plain slots is the same: no need to move there and back.
        return item.query(piece, q, out);
    }
    let start = out.len();
    item.query(piece.map(|t| t.add_int(-cycles)), q, out);
    q.moved(&mut out[start..], |t| t.add_int(cycles));
}

/// All patterns within one cycle, each the same share of it.
pub fn fastcat(items: Vec<Pattern>) -> Pattern {
    let n = items.len();
    match items.as_slice() {
        [] => return Pattern::silence(),
        [only] => return only.clone().with_steps(Some(Time::ONE)),
        _ => {}
    }
    let steps = Some(Time::int(n as i64));
    let weighted: Vec<_> = items.iter().map(|p| (Time::ONE, p)).collect();
    if let Some(flat) = flatten(&weighted) {
        return flat.with_steps(steps);
    }
    Pattern::new(Fastcat(items)).with_steps(steps)
}

/// Weighted patterns as one sequence of slots, if all are made of plain slots.
fn flatten(items: &[(Time, &Pattern)]) -> Option<Pattern> {
    let total = items.iter().fold(Time::ZERO, |sum, (w, _)| sum + *w);
    let mut slots: Vec<Slot> = Vec::new();
    let mut at = Time::ZERO;
    for (weight, item) in items {
        let end = at + *weight;
        slots.extend(squeeze_into(item.slots()?, at / total, end / total));
        if slots.len() > SLOT_LIMIT {
            return None;
        }
        at = end;
    }
    Seq::exact(slots)
}

struct Fastcat(Vec<Pattern>);

impl Node for Fastcat {
    fn query(&self, span: Span, q: &mut Query, out: &mut Vec<Hap>) {
        let n = self.0.len() as i64;
        let factor = Time::int(n);
        let share = Time::new(1, n);
        span.map(|t| t * factor).each_cycle(|k, piece| {
            if !q.spend(1) {
                return;
            }
            let item = &self.0[k.rem_euclid(n) as usize];
            let offset = k - k.div_euclid(n);
            let start = out.len();
            item.query(piece.map(|t| t.add_int(-offset)), q, out);
            q.moved(&mut out[start..], |t| t.add_int(offset) * share);
        });
    }
    fn size(&self) -> u32 {
        total_size(&self.0)
    }
    fn over(&self, f: &dyn Fn(&Pattern) -> Pattern) -> Option<Pattern> {
        Some(Pattern::new(Fastcat(self.0.iter().map(f).collect())))
    }
}

/// All patterns within one cycle, each a share in proportion to its weight.
/// Weights of 0 or less leave their pattern out.
pub fn timecat(items: Vec<(Time, Pattern)>) -> Pattern {
    // (an undefined weight is kept, to be reported)
    let items: Vec<_> = items.into_iter().filter(|(w, _)| !(*w <= Time::ZERO)).collect();
    let total = items.iter().fold(Time::ZERO, |sum, (w, _)| sum + *w);
    if items.is_empty() {
        return Pattern::nothing();
    }
    if !total.is_defined() {
        return Pattern::overflow();
    }
    if let [(_, only)] = items.as_slice() {
        return only.clone().with_steps(Some(total));
    }
    let borrowed: Vec<_> = items.iter().map(|(w, p)| (*w, p)).collect();
    if let Some(flat) = flatten(&borrowed) {
        return flat.with_steps(Some(total));
    }
    let mut at = Time::ZERO;
    let mut shares = Vec::new();
    for (weight, item) in items {
        let end = at + weight;
        if !(at / total).is_defined() || !(end / total).is_defined() {
            return Pattern::overflow();
        }
        shares.push(Share { begin: at / total, end: end / total, item });
        at = end;
    }
    Pattern::new(Timecat(shares)).with_steps(Some(total))
}

struct Share {
    begin: Time,
    end: Time,
    item: Pattern,
}

struct Timecat(Vec<Share>);

impl Node for Timecat {
    fn query(&self, span: Span, q: &mut Query, out: &mut Vec<Hap>) {
        span.each_cycle(|cycle, piece| {
            for share in &self.0 {
                if q.spend(1) {
                    share.query(cycle, piece, q, out);
                }
            }
        });
    }
    fn size(&self) -> u32 {
        self.0.iter().fold(1, |sum: u32, share| sum.saturating_add(share.item.size()))
    }
    fn over(&self, f: &dyn Fn(&Pattern) -> Pattern) -> Option<Pattern> {
        let changed = |s: &Share| Share { item: f(&s.item), ..*s };
        Some(Pattern::new(Timecat(self.0.iter().map(changed).collect())))
    }
}

impl Share {
    /// Each cycle of the item squeezed into the share. The whole of a fragment moves along with
    /// the cycle that the fragment lies in.
    fn query(&self, cycle: i64, piece: Span, q: &mut Query, out: &mut Vec<Hap>) {
        let slot = Span::new(self.begin.add_int(cycle), self.end.add_int(cycle));
        let Some(seen) = slot.sect(piece) else { return };
        let length = self.end - self.begin;
        let base = Time::int(cycle);
        let inward = |t: Time| base + (t - slot.begin) / length;
        let start = out.len();
        self.item.query(seen.map(inward), q, out);
        q.moved(&mut out[start..], |t| slot.begin + (t - base) * length);
    }
}

/// Each cycle of the pattern within `[begin, end)` of the cycle, and silence around it.
/// Silence altogether unless `0 <= begin < end <= 1`.
pub fn compress(begin: Time, end: Time, item: &Pattern) -> Pattern {
    if !(end - begin).is_defined() {
        return Pattern::overflow();
    }
    if !(begin >= Time::ZERO && begin < end && end <= Time::ONE) {
        return Pattern::silence();
    }
    let share = Share { begin, end, item: item.clone() };
    Pattern::new(Timecat(vec![share]))
}

/// `n` patterns of the same kind, made by number.
pub fn stack_of(n: usize, make: impl Fn(usize) -> Pattern) -> Pattern {
    stack((0..n).map(make).collect())
}

/// A stack that keeps the step count of its first pattern.
pub fn overlay(base: &Pattern, others: impl IntoIterator<Item = Pattern>) -> Pattern {
    let mut all = vec![base.clone()];
    all.extend(others);
    stack(all)
}

/// Shared function of values.
pub fn value_map(
    f: impl Fn(&crate::value::Value) -> Option<crate::value::Value> + Send + Sync + 'static,
) -> ValueMap {
    Arc::new(f)
}
