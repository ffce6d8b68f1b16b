//! Memory for the delay lines of all voices: one block, handed out in stretches.

use mag_graph::{BLOCK, MAX_DELAY, MAX_LINES};

/// Seconds of delay lines that all voices have together.
const TOTAL: f32 = 96.0;
/// Frames of a line beyond its time: for interpolation and for the block in the making.
const EXTRA: usize = BLOCK + 8;

/// A stretch of the memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Stretch {
    from: usize,
    len: usize,
}

/// The memory, and who has which stretch of it.
pub(super) struct Memory {
    rate: f32,
    frames: Vec<f32>,
    /// The lines of each voice.
    lines: Vec<[Stretch; MAX_LINES]>,
    /// The stretches in use with their voices, in the order of their places.
    taken: Vec<(Stretch, u16)>,
}

impl Memory {
    /// All the memory that there will be.
    pub fn new(voices: usize, rate: f32) -> Self {
        let most = (TOTAL * rate) as usize;
        Memory {
            rate,
            frames: vec![0.0; most.max(((MAX_DELAY + 1.0) * rate) as usize)],
            lines: vec![[Stretch::default(); MAX_LINES]; voices],
            taken: Vec::with_capacity(voices),
        }
    }

    /// Hands out lines that remember so many seconds to `voice`; false if there is no room.
    pub fn take(&mut self, voice: usize, seconds: &[f32]) -> bool {
        self.free(voice);
        let frames = |seconds: f32| (seconds * self.rate) as usize + EXTRA;
        let len: usize = seconds.iter().map(|s| frames(*s)).sum();
        let Some(lines) = self.lines.get_mut(voice) else { return false };
        if len == 0 {
            return true;
        }
        if self.taken.len() == self.taken.capacity() {
            return false;
        }
        let Some((place, from)) = gap(&self.taken, len, self.frames.len()) else { return false };
        self.taken.insert(place, (Stretch { from, len }, voice as u16));
        let mut at = from;
        for (line, seconds) in lines.iter_mut().zip(seconds) {
            let len = (seconds * self.rate) as usize + EXTRA;
            *line = Stretch { from: at, len };
            at += len;
        }
        true
    }

    /// Takes back what `voice` has.
    pub fn free(&mut self, voice: usize) {
        self.taken.retain(|(_, owner)| usize::from(*owner) != voice);
    }

    /// Line number `line` of `voice`; empty if it has none.
    pub fn line(&mut self, voice: usize, line: u16) -> &mut [f32] {
        let lines = self.lines.get(voice);
        let stretch = lines.and_then(|l| l.get(usize::from(line))).copied().unwrap_or_default();
        self.frames.get_mut(stretch.from..stretch.from + stretch.len).unwrap_or_default()
    }
}

/// The first gap of `len` frames: where it belongs in the list, and where it begins.
fn gap(taken: &[(Stretch, u16)], len: usize, most: usize) -> Option<(usize, usize)> {
    let mut from = 0;
    for (place, (stretch, _)) in taken.iter().enumerate() {
        if from + len <= stretch.from {
            return Some((place, from));
        }
        from = stretch.from + stretch.len;
    }
    (from + len <= most).then_some((taken.len(), from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_never_overlap_and_come_back() {
        let mut memory = Memory::new(40, 1000.0);
        for round in 0..200usize {
            let voice = round * 7 % 40;
            if round % 3 == 0 {
                memory.free(voice);
            } else {
                memory.take(voice, &[0.1 * (round % 5) as f32, 1.0, 0.7]);
            }
            for pair in memory.taken.windows(2) {
                assert!(pair[0].0.from + pair[0].0.len <= pair[1].0.from);
            }
        }
        (0..40).for_each(|voice| memory.free(voice));
        assert!(memory.taken.is_empty());
    }

    #[test]
    fn what_does_not_fit_is_refused_until_there_is_room() {
        let mut memory = Memory::new(64, 1000.0);
        let given = (0..64).filter(|voice| memory.take(*voice, &[MAX_DELAY])).count();
        assert!((28..=32).contains(&given), "{given}");
        memory.free(3);
        assert!(memory.take(60, &[MAX_DELAY]));
    }
}
