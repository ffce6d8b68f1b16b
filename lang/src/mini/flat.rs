//! Parts of a tree that sound the same in every cycle, written straight into one list of slots.
//!
//! Most of what is typed is of this kind. Without a pattern for each step, it is built several
//! times as fast.

use super::build::{plain_number, share, total};
use super::tree::{Change, Layers, Sequence, Step, Term};
use mag_pattern::euclid::rotated;
use mag_pattern::seq::{SLOT_LIMIT, Seq, Slot};
use mag_pattern::{Locs, Pattern, Span, Time, Value};

/// The pattern of rows that sound at once, without its steps; `None` if they change from cycle to
/// cycle, are too many, or count steps with `^`.
pub(super) fn rows(rows: &[Sequence]) -> Option<Pattern> {
    let mut sheet = Sheet::default();
    rows.iter().try_for_each(|row| sheet.row(row, Span::cycle(0)))?;
    Seq::exact(sheet.slots)
}

/// The pattern of a step with operators, in the same way.
pub(super) fn step(step: &Step) -> Option<Pattern> {
    let mut sheet = Sheet::default();
    sheet.step(&step.term, &step.ops, Span::cycle(0))?;
    Seq::exact(sheet.slots)
}

/// What is written so far. Each method gives `None` once it meets something that is not the same
/// in every cycle; what is written is worth nothing then.
#[derive(Default)]
struct Sheet {
    slots: Vec<Slot>,
}

impl Sheet {
    fn write(&mut self, within: Span, value: &Value, locs: Locs) -> Option<()> {
        let Span { begin, end } = within;
        self.slots.push(Slot { begin, end, value: value.clone(), locs });
        (self.slots.len() <= SLOT_LIMIT).then_some(())
    }

    fn row(&mut self, row: &Sequence, within: Span) -> Option<()> {
        let unit = within.duration() / total(row);
        if row.counts || row.steps.len() > SLOT_LIMIT || !unit.is_defined() {
            return None;
        }
        let mut begin = within.begin;
        for step in &row.steps {
            let weight = share(step);
            let end = begin + if weight == Time::ONE { unit } else { unit * weight };
            self.step(&step.term, &step.ops, Span::new(begin, end))?;
            begin = end;
        }
        Some(())
    }

    /// A term with the first of its operators; the last of them is the outermost.
    fn step(&mut self, term: &Term, ops: &[Change], within: Span) -> Option<()> {
        let Some((last, inner)) = ops.split_last() else { return self.term(term, within) };
        match last {
            Change::Fast(by) => {
                let (times, locs) = plain_number(by)?;
                let start = self.slots.len();
                self.copies(term, inner, times.is_int().then(|| times.floor())?, within)?;
                self.slots[start..].iter_mut().for_each(|slot| slot.locs.join(&locs));
                Some(())
            }
            Change::Replicate(times) => self.copies(term, inner, *times, within),
            Change::Euclid(hits, of, by) if inner.is_empty() => {
                self.rhythm(term, [Some(hits), Some(of), by.as_deref()], within)
            }
            _ => None,
        }
    }

    fn term(&mut self, term: &Term, within: Span) -> Option<()> {
        match term {
            Term::Rest => Some(()),
            Term::Atom(value, loc) => self.write(within, value, Locs::one(*loc)),
            Term::Group(Layers::Stack(rows)) => rows.iter().try_for_each(|r| self.row(r, within)),
            _ => None,
        }
    }

    /// `times` copies side by side.
    fn copies(&mut self, term: &Term, ops: &[Change], times: i64, within: Span) -> Option<()> {
        if !(1..=SLOT_LIMIT as i64).contains(&times) {
            return None;
        }
        let length = within.duration() / Time::int(times);
        let start = self.slots.len();
        self.step(term, ops, Span::new(within.begin, within.begin + length))?;
        let end = self.slots.len();
        let more = (end - start) * (times as usize - 1);
        if end + more > SLOT_LIMIT {
            return None;
        }
        self.slots.reserve(more);
        for i in 1..times {
            let by = length * Time::int(i);
            let copy = self.slots.len();
            self.slots.extend_from_within(start..end);
            for slot in &mut self.slots[copy..] {
                (slot.begin, slot.end) = (slot.begin + by, slot.end + by);
            }
        }
        Some(())
    }

    /// A single value in a Euclidean rhythm of `[hits, steps, rotation]`.
    fn rhythm(&mut self, term: &Term, operands: [Option<&Step>; 3], within: Span) -> Option<()> {
        let Term::Atom(value, loc) = term else { return None };
        let mut locs = Locs::one(*loc);
        let mut numbers = [0; 3];
        for (number, operand) in numbers.iter_mut().zip(operands) {
            let Some(operand) = operand else { continue };
            let (read, place) = plain_number(operand)?;
            *number = read.is_defined().then(|| read.floor())?;
            locs.join(&place);
        }
        let [hits, steps, rotation] = numbers;
        if !(1..=SLOT_LIMIT as i64).contains(&steps) {
            return None;
        }
        let unit = within.duration() / Time::int(steps);
        for (i, on) in (0..).zip(rotated(hits, steps, rotation)) {
            if on {
                let begin = within.begin + unit * Time::int(i);
                self.write(Span::new(begin, begin + unit), value, locs.clone())?;
            }
        }
        Some(())
    }
}
