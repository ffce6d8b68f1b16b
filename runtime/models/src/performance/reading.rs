//! A performance that is read: how unlikely each note is.

use ndarray::ArrayViewD;

use super::draft::joined;
use super::request::{PlayedNote, events};
use crate::Trouble;
use crate::heads;
use crate::sequence::Sequence;
use crate::vocab::performance::{
    Conditions, Event, Past, VELOCITIES, coarse, duration_class, shift_class,
};

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

    fn take(&mut self, answers: &[ArrayViewD<'_, f32>]) {
        let Some(&event) = self.events.get(self.at) else { return };
        self.at += 1;
        if let [keys, velocities, durations, shifts, spreads] = answers {
            let row = |head| heads::row(Some(head), event.pitch);
            let shift = shift_class(event.shift);
            let lengths = joined(&row(durations), &heads::row(Some(spreads), coarse(shift)));
            self.nats[0] -= heads::log(&heads::all(Some(keys)), event.pitch);
            let loud = usize::from(event.velocity) * VELOCITIES / 128;
            self.nats[1] -= heads::log(&row(velocities), loud);
            self.nats[2] -= heads::log(&lengths, duration_class(event.duration));
            // When the next note begins is not known of the last one.
            if self.at < self.events.len() {
                self.nats[3] -= heads::log(&row(shifts), shift);
            }
        }
        self.past.push(event);
    }
}
