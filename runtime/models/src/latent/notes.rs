//! Changes of melodies: notes in, notes out, with where each comes from.

use super::change::{Cell, Change, Origin, Request};
use super::{LatentModel, Trouble};
use crate::melody::bar_ticks;
use crate::phrase::{Note, Ticks};
use crate::vocab::drums::SIXTEENTH;
use crate::vocab::latent::{self, HOLD, REST, step_of};
use crate::vocab::melody::reference;

/// A melody to be changed.
///
/// One voice is read: of notes that begin together the highest. Moments move to sixteenths. What the
/// change leaves alone comes back as it was, not as it was read: off the grid, and as long as it was.
#[derive(Debug, Clone, PartialEq)]
pub struct MelodyChange {
    /// The melody, in ticks from a bar line.
    pub notes: Vec<Note>,
    /// How many bars it has.
    pub bars: u32,
    /// Another melody, for the changes that need one.
    pub other: Vec<Note>,
    /// How many bars that has; it goes round if it is shorter.
    pub other_bars: u32,
    /// Beats in a bar and the note that is one beat.
    pub meter: (u32, u32),
    /// Pitch class of the tonic, 0 is C.
    pub tonic: u8,
    /// What becomes of it.
    pub change: Change,
    /// How much, at every sixteenth; the last one stays.
    pub amounts: Vec<f64>,
    /// 0 writes the likeliest.
    pub temperature: f64,
    /// Of what is drawn.
    pub seed: i64,
}

/// A note after a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChangedNote {
    /// The note, in ticks from the start.
    pub note: Note,
    /// Whose note this was, and which one of those given.
    pub from: Option<(Origin, usize)>,
}

/// The longest music to be changed, in bars.
pub(super) const LONGEST: u32 = 256;

/// Bars to sixteenths.
pub(super) fn steps(meter: (u32, u32), bars: u32) -> Result<(usize, usize), Trouble> {
    if bars > LONGEST {
        return Err(Trouble::new(
            format!("{bars} bars cannot be changed at once"),
            format!("change up to {LONGEST}"),
        ));
    }
    let bar = bar_ticks(meter)?.unsigned_abs() / SIXTEENTH;
    Ok((bar as usize, (bar * bars) as usize))
}

impl LatentModel {
    /// Changes melodies, all in one batch. Each depends on its own request only.
    ///
    /// # Errors
    /// When a request is impossible or a network fails.
    pub fn change_melodies(
        &mut self,
        changes: &[MelodyChange],
    ) -> Result<Vec<Vec<ChangedNote>>, Trouble> {
        let read = changes.iter().map(Read::new).collect::<Result<Vec<_>, _>>()?;
        let requests: Vec<Request> = read.iter().map(|read| read.request.clone()).collect();
        let changed = self.change(&requests)?;
        Ok(read.iter().zip(changed).map(|(read, cells)| read.write(&cells)).collect())
    }
}

/// One voice of given notes: each with its place in the list, the highest of those together.
struct Voice<'a> {
    given: &'a [Note],
    order: Vec<usize>,
    /// Semitones by which it is moved to be read.
    shift: i32,
    steps: usize,
}

impl<'a> Voice<'a> {
    fn new(given: &'a [Note], reference: i32, steps: usize) -> Self {
        let mut order: Vec<usize> = (0..given.len()).collect();
        order.sort_by_key(|&i| (step_of(given[i].onset), std::cmp::Reverse(given[i].pitch)));
        let shift = latent::octaves(given, reference);
        Self { given, order, shift, steps }
    }

    fn symbols(&self, reference: i32) -> Vec<u16> {
        let notes: Vec<Note> = self.order.iter().map(|&i| self.given[i]).collect();
        latent::symbols(&notes, reference - self.shift, self.steps)
    }

    /// The note that begins at a sixteenth; it goes round if it is shorter.
    fn at(&self, step: usize) -> Option<usize> {
        let step = step % self.steps.max(1);
        let place = self.order.partition_point(|&i| step_of(self.given[i].onset) < step);
        let found = *self.order.get(place)?;
        (step_of(self.given[found].onset) == step).then_some(found)
    }
}

struct Read<'a> {
    one: Voice<'a>,
    other: Voice<'a>,
    reference: i32,
    request: Request,
}

impl<'a> Read<'a> {
    fn new(change: &'a MelodyChange) -> Result<Self, Trouble> {
        let (bar, steps_one) = steps(change.meter, change.bars)?;
        let needed = matches!(change.change, Change::Between | Change::Toward);
        let (_, steps_other) = steps(change.meter, if needed { change.other_bars } else { 0 })?;
        let reference = reference(change.tonic);
        let one = Voice::new(&change.notes, reference, steps_one);
        let other = Voice::new(&change.other, reference, steps_other);
        let request = Request {
            one: one.symbols(reference),
            other: other.symbols(reference),
            bar,
            change: change.change.clone(),
            amounts: change.amounts.clone(),
            temperature: change.temperature,
            seed: change.seed,
        };
        Ok(Self { one, other, reference, request })
    }

    fn write(&self, cells: &[Cell]) -> Vec<ChangedNote> {
        let mut notes: Vec<ChangedNote> = Vec::new();
        let mut sounding = false;
        for (step, cell) in cells.iter().enumerate() {
            match cell.symbol {
                HOLD => {
                    if let Some(last) = notes.last_mut().filter(|_| sounding) {
                        last.note.duration += SIXTEENTH;
                    }
                }
                REST => sounding = false,
                symbol => {
                    let note = self.begins(step, symbol, cell.origin);
                    sounding = note.is_some();
                    notes.extend(note);
                }
            }
        }
        notes.iter_mut().for_each(|note| self.restore(note));
        notes
    }

    fn begins(&self, step: usize, symbol: u16, origin: Origin) -> Option<ChangedNote> {
        let (voice, shift) = match origin {
            Origin::One => (Some(&self.one), self.one.shift),
            Origin::Other => (Some(&self.other), self.other.shift),
            Origin::New => (None, self.shift_at(step)),
        };
        let onset = Ticks::try_from(step).ok()? * SIXTEENTH;
        let pitch = latent::pitch(symbol, self.reference - shift)?;
        let found = voice.and_then(|voice| voice.at(step)).map(|i| (origin, i));
        Some(ChangedNote { note: Note { onset, duration: SIXTEENTH, pitch }, from: found })
    }

    /// The octaves of what is new: those of whom it is nearer to.
    fn shift_at(&self, step: usize) -> i32 {
        let nearer = self.request.other.is_empty() || self.request.amount(step) <= 0.5;
        if nearer { self.one.shift } else { self.other.shift }
    }

    /// Gives a kept note its pitch, its exact moment, and its length unless that was changed.
    fn restore(&self, changed: &mut ChangedNote) {
        let Some((origin, index)) = changed.from else { return };
        let voice = if origin == Origin::One { &self.one } else { &self.other };
        let Some(given) = voice.given.get(index) else { return };
        let note = &mut changed.note;
        let turns = note.onset / SIXTEENTH / Ticks::try_from(voice.steps.max(1)).unwrap_or(1);
        let begin = turns * Ticks::try_from(voice.steps).unwrap_or(0) * SIXTEENTH;
        let read = (step_of(given.onset.saturating_add(given.duration)))
            .saturating_sub(step_of(given.onset))
            .max(1);
        if (note.duration / SIXTEENTH) as usize == read {
            note.duration = given.duration;
        }
        note.onset = begin + given.onset;
        note.pitch = given.pitch;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_as_it_was_given() {
        let notes = vec![
            Note { onset: 1, duration: 7, pitch: 60 },
            Note { onset: 1, duration: 7, pitch: 48 },
            Note { onset: 24, duration: 8, pitch: 67 },
            Note { onset: 32, duration: 8, pitch: 66 },
        ];
        let change = MelodyChange {
            notes: notes.clone(),
            bars: 1,
            other: Vec::new(),
            other_bars: 0,
            meter: (4, 4),
            tonic: 0,
            change: Change::Vary,
            amounts: vec![0.0],
            temperature: 0.0,
            seed: 0,
        };
        let read = Read::new(&change).unwrap_or_else(|trouble| panic!("{trouble}"));
        let cells: Vec<Cell> =
            read.request.one.iter().map(|&symbol| Cell { symbol, origin: Origin::One }).collect();
        let written: Vec<Note> = read.write(&cells).into_iter().map(|n| n.note).collect();
        assert_eq!(written, [notes[0], notes[2], notes[3]], "the upper voice, off the grid");
    }
}
