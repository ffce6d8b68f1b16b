//! The groove vocabulary: given all hits, how hard and how early or late each one is played.
//!
//! `training/groove_features.py` is the same in Python. The columns are as in the drums
//! vocabulary. The real inputs are the classes that sound at the 33 sixteenths around (the
//! earliest first), then for each class how its last hit was played: whether there is one,
//! its velocity, its offset in quarters of a sixteenth. The heads are distributions, for each
//! class, over 32 classes of velocity and 25 of offset, each a hundredth of a beat wide.

use super::Vocabulary;
use super::drums::{DRUMS, Style, meter_id, tempo_id, write_bits};

/// Sixteenths before and after that the network sees.
const AROUND: usize = 16;
const WINDOW: usize = DRUMS * (2 * AROUND + 1);
/// Classes of velocity, of equal width from 0 to 1.
pub const VELOCITIES: usize = 32;
/// Classes of offset; the middle one is on time.
pub const OFFSETS: usize = 25;
/// Width of a class of offset, in beats.
pub const OFFSET_STEP: f32 = 0.01;
const OFFSET_SCALE: f32 = 16.0;

/// What a groove network reads and writes.
pub const VOCABULARY: Vocabulary = Vocabulary {
    name: "groove",
    columns: &[("position", 32), ("meter", 6), ("style", 15), ("tempo", 9)],
    reals: WINDOW + 3 * DRUMS,
    heads: &[&[DRUMS, VELOCITIES], &[DRUMS, OFFSETS]],
    window: 1,
    script: "train_groove.py and export_groove.py",
};

/// How a hit is played.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Touch {
    /// 0 to 1.
    pub velocity: f32,
    /// Beats; negative is early.
    pub offset: f32,
}

/// The hits of a sequence, and how those so far were played.
#[derive(Debug, Clone)]
pub struct Part {
    steps: Vec<u16>,
    conditions: [i64; 3],
    bar: usize,
    now: usize,
    last: [Option<Touch>; DRUMS],
}

impl Part {
    /// Combinations of drums at each sixteenth, in bars of so many.
    pub fn new(
        steps: Vec<u16>,
        meter: (u32, u32),
        bar: usize,
        style: Style,
        bpm: Option<f64>,
    ) -> Self {
        let conditions = [meter_id(meter), style.id(), tempo_id(bpm)];
        Self { steps, conditions, bar: bar.max(1), now: 0, last: [None; DRUMS] }
    }

    /// Whether all sixteenths are past.
    pub fn ended(&self) -> bool {
        self.now >= self.steps.len()
    }

    /// The sixteenth that is next.
    pub fn now(&self) -> usize {
        self.now
    }

    /// Whether a class sounds at the next sixteenth.
    pub fn struck(&self, drum: usize) -> bool {
        self.steps.get(self.now).is_some_and(|step| step >> drum & 1 == 1)
    }

    /// Goes past the next sixteenth. The touches are remembered, those of them that are told.
    pub fn push(&mut self, touches: [Option<Touch>; DRUMS]) {
        for (last, touch) in self.last.iter_mut().zip(touches) {
            *last = touch.or(*last);
        }
        self.now += 1;
    }

    /// What the network reads at the next sixteenth; both slices are zero before.
    pub fn row(&self, columns: &mut [i64], reals: &mut [f32]) {
        let position = (self.now % self.bar).min(31) as i64;
        let row = [position].into_iter().chain(self.conditions);
        columns.iter_mut().zip(row).for_each(|(to, from)| *to = from);
        let (window, past) = reals.split_at_mut(WINDOW.min(reals.len()));
        for (i, bits) in window.chunks_mut(DRUMS).enumerate() {
            let at = (self.now + i).checked_sub(AROUND);
            write_bits(bits, at.and_then(|at| self.steps.get(at)).copied().unwrap_or(0));
        }
        for (drum, touch) in self.last.iter().enumerate() {
            let Some(touch) = touch else { continue };
            let values = [1.0, touch.velocity, OFFSET_SCALE * touch.offset];
            for (kind, value) in values.into_iter().enumerate() {
                if let Some(real) = past.get_mut(kind * DRUMS + drum) {
                    *real = value;
                }
            }
        }
    }
}
