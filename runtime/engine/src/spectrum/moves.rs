//! Partials moved to other frequencies: each peak of the spectrum goes with the bins around it, and
//! its phase turns on as the new frequency wants (J. Laroche and M. Dolson, "New phase-vocoder
//! techniques for pitch-shifting, harmonizing and other exotic effects", 1999).

use super::{BINS, Desk, HOP, SIZE};
use crate::math::{cos_turns, sin_turns};
use crate::transform::Bin;

/// Windows that overlap.
const OVERLAP: f32 = (SIZE / HOP) as f32;
/// Bins to either side that belong to a partial.
const LOBE: usize = 2;

/// What one channel remembers of its last window.
pub(super) struct Moves {
    before: Vec<Bin>,
    /// How far the partial around each bin has been turned, in turns.
    turns: Vec<f32>,
    /// Number of the window.
    window: usize,
}

/// A factor that turns by so many turns.
fn turned(turns: f32) -> Bin {
    Bin::new(cos_turns(turns), sin_turns(turns))
}

/// The peaks of `bins`, in their order, into `desk`.
pub(super) fn find_peaks(desk: &mut Desk, bins: &[Bin]) {
    let Desk { power, peaks, .. } = desk;
    power.iter_mut().zip(bins).for_each(|(p, bin)| *p = bin.norm_sqr());
    peaks.clear();
    let at = |k: isize| usize::try_from(k).ok().and_then(|k| power.get(k)).copied();
    for (k, p) in power.iter().enumerate() {
        let beside = |d: isize| at(k as isize + d).unwrap_or(-1.0);
        if *p > beside(-1) && *p >= beside(1) && *p > beside(-2) && *p >= beside(2) {
            peaks.push(k as u16);
        }
    }
}

impl Moves {
    pub fn new() -> Self {
        Moves { before: vec![Bin::default(); BINS], turns: vec![0.0; BINS], window: 0 }
    }

    pub fn clear(&mut self) {
        self.before.fill(Bin::default());
        self.turns.fill(0.0);
        self.window = 0;
    }

    /// The frequency of the peak at bin `k`, in bins: from how far its phase has turned.
    fn frequency(&self, k: usize, bin: Bin) -> f32 {
        let way = bin * self.before[k].conj();
        if way.norm_sqr() < 1e-30 {
            return k as f32;
        }
        let more = way.arg() / core::f32::consts::TAU - k as f32 / OVERLAP;
        k as f32 + OVERLAP * (more - more.round())
    }

    /// Moves each partial from its frequency f to `ratio`·f + `by`, in bins; what would lie beyond
    /// either end of the spectrum is left out.
    pub fn shift(&mut self, (ratio, by): (f32, f32), desk: &mut Desk, bins: &mut [Bin]) {
        find_peaks(desk, bins);
        let Desk { other, peaks, .. } = desk;
        other.fill(Bin::default());
        let mut from = 0;
        for (i, &peak) in peaks.iter().enumerate() {
            let peak = usize::from(peak);
            let next = peaks.get(i + 1).map_or(BINS, |next| (peak + usize::from(*next)) / 2 + 1);
            let frequency = self.frequency(peak, bins[peak]);
            let goal = ratio * frequency + by;
            let way = goal - frequency;
            let turns = self.turns[peak] + way / OVERLAP;
            let turns = turns - turns.floor();
            let whole = way.round() as isize;
            self.turns[from..next].fill(turns);
            if goal >= 0.0 && goal <= (BINS - 1) as f32 {
                // The phase is true in the middle of the window.
                let odd = if whole & 1 == 0 { 0.0 } else { 0.5 };
                let turn = turned(turns + odd);
                for (k, bin) in bins.iter().enumerate().take(next).skip(from) {
                    let to = usize::try_from(k as isize + whole).ok();
                    if let Some(to) = to.and_then(|to| other.get_mut(to)) {
                        *to += bin * turn;
                    }
                }
            }
            from = next;
        }
        self.before.copy_from_slice(bins);
        bins.copy_from_slice(other);
    }

    /// Adds partials above the strongest ones: up to sixteen of them, one `ratio` above the other,
    /// each weaker than the one before.
    pub fn enhance(&mut self, amount: f32, desk: &mut Desk, bins: &mut [Bin]) {
        find_peaks(desk, bins);
        let Desk { other, power, peaks } = desk;
        other.copy_from_slice(bins);
        let (many, ratio, strength) =
            ((1.0 + 15.0 * amount) as usize, 1.0 + 4.0 * amount, 0.99 * amount);
        peaks.sort_unstable_by(|a, b| power[usize::from(*b)].total_cmp(&power[usize::from(*a)]));
        for &peak in peaks.iter().take(many) {
            let peak = usize::from(peak);
            let (mut goal, mut level) = (peak as f32 * ratio, strength);
            while goal < (BINS - 1) as f32 && level > 0.01 && ratio > 1.01 {
                let whole = (goal.round() as usize).saturating_sub(peak);
                let turn = turned((whole * self.window) as f32 / OVERLAP % 1.0) * level;
                let first = peak.saturating_sub(LOBE);
                for (k, bin) in other.iter().enumerate().take(peak + LOBE + 1).skip(first) {
                    if let Some(to) = bins.get_mut(k + whole) {
                        *to += bin * turn;
                    }
                }
                goal *= ratio;
                level *= strength;
            }
        }
        self.window += 1;
    }
}
