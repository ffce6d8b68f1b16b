//! A cycle of plain values that is the same every time: what most hand-written patterns come to.

use crate::hap::{Hap, Locs};
use crate::pattern::{Node, Pattern, ValueMap};
use crate::query::Query;
use crate::span::Span;
use crate::time::Time;
use crate::value::Value;

/// A value with its place in the cycle, `0 <= begin < end <= 1`.
#[derive(Clone, Debug, PartialEq)]
pub struct Slot {
    /// Start, from the start of the cycle.
    pub begin: Time,
    /// End.
    pub end: Time,
    /// What sounds.
    pub value: Value,
    /// What made it.
    pub locs: Locs,
}

/// More slots than this are not worked out in advance.
pub const SLOT_LIMIT: usize = 1024;

/// The same slots in every cycle. They may overlap.
pub struct Seq {
    slots: Vec<Slot>,
}

impl Seq {
    /// A sequence of slots, in the order in which events are to be listed.
    pub fn new(slots: Vec<Slot>) -> Seq {
        Seq { slots }
    }
}

impl Node for Seq {
    fn query(&self, span: Span, q: &mut Query, out: &mut Vec<Hap>) {
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

    fn slots(&self) -> Option<&[Slot]> {
        Some(&self.slots)
    }

    fn size(&self) -> u32 {
        1 + self.slots.len() as u32 / 16
    }

    fn locate_now(&mut self, locs: &Locs) -> bool {
        self.slots.iter_mut().for_each(|slot| slot.locs.join(locs));
        true
    }

    fn map_now(&self, f: &ValueMap) -> Option<Pattern> {
        let mapped = |slot: &Slot| Some(Slot { value: f(&slot.value)?, ..slot.clone() });
        Some(Pattern::new(Seq::new(self.slots.iter().filter_map(mapped).collect())))
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
