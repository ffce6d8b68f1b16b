//! Freezing: the magnitudes of one window, whose partials turn on as they did.

use super::moves::find_peaks;
use super::{BINS, Desk};
use crate::transform::Bin;

/// Windows until one is full and so is the one before it.
const FULL: usize = super::SIZE / super::HOP + 1;

/// What one channel holds.
pub(super) struct Hold {
    /// The bins now, and by how much each turns from window to window.
    bins: Vec<Bin>,
    turn: Vec<Bin>,
    seen: usize,
}

impl Hold {
    pub fn new() -> Self {
        Hold { bins: vec![Bin::default(); BINS], turn: vec![Bin::default(); BINS], seen: 0 }
    }

    pub fn clear(&mut self) {
        self.seen = 0;
    }

    /// Lets windows pass until the sound has filled one, and holds that for good.
    pub fn run(&mut self, desk: &mut Desk, bins: &mut [Bin]) {
        if self.seen < FULL {
            self.seen += 1;
            if self.seen == FULL {
                find_peaks(desk, bins);
                self.keep(&desk.peaks, bins);
            }
            self.bins.copy_from_slice(bins);
            return;
        }
        for (bin, turn) in self.bins.iter_mut().zip(&self.turn) {
            *bin *= turn;
        }
        bins.copy_from_slice(&self.bins);
    }
    /// Notes by how much the partials at `peaks` turn from window to window; the bins around each
    /// turn with it, or its shape would dissolve.
    fn keep(&mut self, peaks: &[u16], bins: &[Bin]) {
        let mut from = 0;
        for (i, &peak) in peaks.iter().enumerate() {
            let peak = usize::from(peak);
            let next = peaks.get(i + 1).map_or(BINS, |next| (peak + usize::from(*next)) / 2 + 1);
            let way = bins[peak] * self.bins[peak].conj();
            let size = way.norm();
            let turn = if size > 0.0 { way / size } else { Bin::new(1.0, 0.0) };
            self.turn[from..next].fill(turn);
            from = next;
        }
    }
}
