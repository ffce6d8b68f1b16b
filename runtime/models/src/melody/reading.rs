//! A melody that the network reads, to say how surprising it is: one sequence of a batch.

use super::request::{Melody, Surprise, bar_ticks, scene};
use ndarray::ArrayViewD;

use super::Expectation;
use crate::sequence::Sequence;
use crate::trouble::Trouble;
use crate::vocab::melody::{Event, HOLD, Past, REST, Scene, encode, reference};

/// A melody and what has been read of it.
pub(super) struct Reading {
    scene: Scene,
    past: Past,
    events: Vec<Event>,
    next: usize,
    nats: Vec<f64>,
    sixteenths: f64,
    notes: usize,
}

impl Reading {
    /// Prepares a melody.
    pub fn new(melody: &Melody) -> Result<Self, Trouble> {
        let bar = bar_ticks(melody.meter)?;
        let ticks = |length: u32| {
            i32::try_from(length).ok().filter(|&t| t < 1 << 24).ok_or_else(|| {
                Trouble::new("a melody of over 100,000 bars cannot be judged", "cut it")
            })
        };
        let start = -ticks(melody.pickup)?;
        let sounded = melody.notes.iter().map(|n| n.onset.saturating_add(n.duration)).max();
        let end = start + ticks(melody.length.max(sounded.unwrap_or(0)))?;
        let known_end = melody.close.then_some(end);
        let scene =
            scene(melody.meter, melody.mode, melody.tonic, known_end, &melody.chords, start);
        Ok(Self {
            scene,
            past: Past::new(bar),
            events: encode(&melody.notes, reference(melody.tonic), start, end),
            next: 0,
            nats: Vec::new(),
            sixteenths: f64::from(end - start) / 6.0,
            notes: melody.notes.len(),
        })
    }

    /// Nats by note.
    pub fn finish(self) -> Surprise {
        let total = self.nats.iter().sum();
        let mut notes = Vec::with_capacity(self.notes);
        let mut waiting = 0.0;
        for (event, nats) in self.events.iter().zip(&self.nats) {
            match (event.token, notes.last_mut()) {
                (HOLD, Some(last)) => *last += nats,
                (REST | HOLD, _) => waiting += nats,
                _ => {
                    notes.push(waiting + nats);
                    waiting = 0.0;
                }
            }
        }
        if let Some(last) = notes.last_mut() {
            *last += waiting;
        }
        Surprise { notes, total, sixteenths: self.sixteenths }
    }
}

impl Sequence for Reading {
    fn ended(&self) -> bool {
        self.next >= self.events.len()
    }

    fn row(&self, columns: &mut [i64], reals: &mut [f32]) {
        let now = self.events.get(self.next).map_or(0, |event| event.onset);
        self.scene.row(&self.past, now).write(columns, reals);
    }

    fn take(&mut self, heads: &[ArrayViewD<'_, f32>]) {
        let expectation = Expectation { heads };
        if let Some(event) = self.events.get(self.next) {
            self.nats.push(expectation.nats(event.token, event.duration));
            self.past.push(event.onset, event.token, event.duration);
        }
        self.next += 1;
    }
}
