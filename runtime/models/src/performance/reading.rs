//! A performance that is read: how unlikely each note is.

use ndarray::{ArrayViewD, Axis};

use super::draft::joined;
use super::request::{PlayedNote, events};
use crate::Trouble;
use crate::sequence::Sequence;
use crate::vocab::performance::{Conditions, Event, Past, VELOCITIES, duration_class, shift_class};

/// Notes that are read one after another.
pub(super) struct Reader {
    past: Past,
    events: Vec<Event>,
    at: usize,
    /// Nats of key, velocity, duration and shift.
    pub nats: [f64; 4],
}

impl Reader {
    pub fn new(notes: &[PlayedNote]) -> Result<Self, Trouble> {
        Ok(Self { past: Past::default(), events: events(notes)?, at: 0, nats: [0.0; 4] })
    }
}

impl Sequence for Reader {
    fn ended(&self) -> bool {
        self.at >= self.events.len()
    }

    fn row(&self, columns: &mut [i64], reals: &mut [f32]) {
        self.past.row(&Conditions::default(), columns, reals);
    }

    fn take(&mut self, heads: &[ArrayViewD<'_, f32>]) {
        let Some(&event) = self.events.get(self.at) else { return };
        self.at += 1;
        if let [keys, velocities, durations, shifts, spreads] = heads {
            let row = |head: &ArrayViewD<'_, f32>| -> Vec<f32> {
                head.index_axis(Axis(0), event.pitch).iter().copied().collect()
            };
            let cost = |logs: &[f32], class: usize| -> f64 {
                -f64::from(logs.get(class).copied().unwrap_or(f32::NEG_INFINITY))
            };
            let shift = shift_class(event.shift);
            let lengths = joined(&row(durations), spreads, shift);
            self.nats[0] += cost(&keys.iter().copied().collect::<Vec<_>>(), event.pitch);
            let loud = usize::from(event.velocity) * VELOCITIES / 128;
            self.nats[1] += cost(&row(velocities), loud);
            self.nats[2] += cost(&lengths, duration_class(event.duration));
            // When the next note begins is not known of the last one.
            if self.at < self.events.len() {
                self.nats[3] += cost(&row(shifts), shift);
            }
        }
        self.past.push(event);
    }
}
