//! A cycle of plain values that is the same every time: what most hand-written patterns come to.

use crate::hap::{Hap, Locs};
use crate::pattern::{Node, Pattern};
use crate::query::Query;
use crate::span::Span;
use crate::time::Time;
use crate::value::Value;

/// A value with its place in the cycle, `0 <= begin < 1`, `begin < end <= begin + 1`.
#[derive(Clone, Debug, PartialEq)]
pub struct Slot {
    /// Start, from the start of the cycle.
    pub begin: Time,
    /// End, past 1 if it reaches into the next cycle.
    pub end: Time,
    /// What sounds.
    pub value: Value,
    /// What made it.
    pub locs: Locs,
}

impl Slot {
    /// Moved by whole cycles so that it begins in `[0, 1)`.
    pub(crate) fn settled(self) -> Slot {
        let n = -self.begin.floor();
        Slot { begin: self.begin.add_int(n), end: self.end.add_int(n), ..self }
    }
}

/// More slots than this are not worked out in advance.
pub const SLOT_LIMIT: usize = 1024;

/// The same slots in every cycle. They may overlap, and reach into the next cycle: so a pattern
/// stays known in advance when it is shifted.
pub struct Seq {
    slots: Vec<Slot>,
    /// Whether a slot ends after its cycle.
    crossing: bool,
}

impl Seq {
    /// A sequence of slots, in the order in which events are to be listed.
    pub fn new(slots: Vec<Slot>) -> Seq {
        let crossing = slots.iter().any(|slot| slot.end > Time::ONE);
        Seq { slots, crossing }
    }
    /// The same as a pattern, unless some time cannot be counted exactly.
    pub fn exact(slots: Vec<Slot>) -> Option<Pattern> {
        slots.iter().all(|slot| slot.begin < slot.end).then(|| Pattern::new(Seq::new(slots)))
    }

    /// The events of a span, with those that began in the cycle before it.
    fn query_crossing(&self, span: Span, q: &mut Query, out: &mut Vec<Hap>) {
        if !(span.begin <= span.end) {
            return;
        }
        let first = span.begin.floor();
        let last = first.max(span.end.ceil() - 1);
        for cycle in first - 1..=last {
            if !q.spend(self.slots.len() + 1) {
                return;
            }
            for slot in self.slots.iter().filter(|s| cycle >= first || s.end > Time::ONE) {
                let whole = Span::new(slot.begin.add_int(cycle), slot.end.add_int(cycle));
                if let Some(part) = whole.sect(span) {
                    let (value, locs) = (slot.value.clone(), slot.locs.clone());
                    out.push(Hap { whole: Some(whole), part, value, locs });
                }
            }
        }
    }
}

impl Node for Seq {
    fn query(&self, span: Span, q: &mut Query, out: &mut Vec<Hap>) {
        if self.crossing {
            return self.query_crossing(span, q, out);
        }
        span.each_cycle(|cycle, piece| {
            if !q.spend(self.slots.len() + 1) {
                return;
            }
            let full = piece.begin.is_int() && piece.end == Time::int(cycle).add_int(1);
            for slot in &self.slots {
                let whole = Span::new(slot.begin.add_int(cycle), slot.end.add_int(cycle));
                let part = if full { Some(whole) } else { whole.sect(piece) };
                if let Some(part) = part {
                    let (value, locs) = (slot.value.clone(), slot.locs.clone());
                    out.push(Hap { whole: Some(whole), part, value, locs });
                }
            }
        });
    }

    fn tiles(&self) -> Option<&[Slot]> {
        Some(&self.slots)
    }

    fn slots(&self) -> Option<&[Slot]> {
        (!self.crossing).then_some(self.slots.as_slice())
    }

    fn size(&self) -> u32 {
        1 + self.slots.len() as u32 / 16
    }

    fn locate_now(&mut self, locs: &Locs) -> bool {
        self.slots.iter_mut().for_each(|slot| slot.locs.join(locs));
        true
    }
}

/// `slots` squeezed into `[begin, end)`.
pub(crate) fn squeeze_into(
    slots: &[Slot],
    begin: Time,
    end: Time,
) -> impl Iterator<Item = Slot> + '_ {
    let length = end - begin;
    slots.iter().map(move |slot| Slot {
        begin: begin + slot.begin * length,
        end: begin + slot.end * length,
        value: slot.value.clone(),
        locs: slot.locs.clone(),
    })
}
