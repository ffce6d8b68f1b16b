//! What is done to a spectrum bin by bin: combs, smears, scrambles, cuts, and a conformal map.

use super::{BINS, Desk, Wish};
use crate::noise::Noise;
use crate::transform::Bin;

/// Which bin goes where.
pub(super) struct Scramble {
    from: Vec<u16>,
}

impl Scramble {
    pub fn new() -> Self {
        Scramble { from: (0..BINS as u16).collect() }
    }

    /// Draws anew: the share `amount` of all bins takes its content from another, at most that
    /// share of the spectrum away.
    pub fn draw(&mut self, amount: f32, seed: u32) {
        if amount <= 0.0 {
            return;
        }
        let mut noise = Noise::new(seed ^ 0x5C2A);
        let most = (BINS - 1) as f32;
        for (to, from) in self.from.iter_mut().enumerate() {
            let away = if noise.unit() < amount { noise.white() * amount * most } else { 0.0 };
            *from = (to as f32 + away).round().clamp(0.0, most) as u16;
        }
    }
}

/// Comb, smear and scramble, in this order.
pub(super) fn run(wish: &Wish, scramble: &Scramble, desk: &mut Desk, bins: &mut [Bin]) {
    if let Some((teeth, passes)) = wish.comb {
        comb(teeth, passes, bins);
    }
    if wish.smear > 0 {
        smear(wish.smear, &mut desk.power, bins);
    }
    if wish.scram > 0.0 {
        desk.other.copy_from_slice(bins);
        for (bin, from) in bins.iter_mut().zip(&scramble.from) {
            *bin = desk.other.get(usize::from(*from)).copied().unwrap_or_default();
        }
    }
}

/// Lets the first part of each of `teeth` stretches of the spectrum pass.
fn comb(teeth: f32, passes: f32, bins: &mut [Bin]) {
    let step = teeth / BINS as f32;
    for (k, bin) in bins.iter_mut().enumerate() {
        if (k as f32 * step).fract() > passes {
            *bin = Bin::default();
        }
    }
}

/// Averages the magnitudes over so many bins to either side; phases stay.
fn smear(width: usize, sums: &mut [f32], bins: &mut [Bin]) {
    let mut sum = 0.0;
    for (total, bin) in sums.iter_mut().zip(bins.iter()) {
        sum += bin.norm();
        *total = sum;
    }
    for (k, bin) in bins.iter_mut().enumerate() {
        let (first, last) = (k.saturating_sub(width), (k + width).min(BINS - 1));
        let below = if first > 0 { sums[first - 1] } else { 0.0 };
        let mean = (sums[last] - below).max(0.0) / (last - first + 1) as f32;
        let size = bin.norm();
        *bin = if size > 1e-9 { *bin * (mean / size) } else { Bin::new(mean, 0.0) };
    }
}

/// Cuts away the bottom and the top of the spectrum.
pub(super) fn cut(wish: &Wish, bins: &mut [Bin]) {
    let place = |share: f32| (share * (BINS - 1) as f32).round() as usize;
    let (low, high) = wish.brick;
    if low > 0.0 {
        bins.iter_mut().take(place(low)).for_each(|bin| *bin = Bin::default());
    }
    if high > 0.0 {
        bins.iter_mut().skip(place(1.0 - high) + 1).for_each(|bin| *bin = Bin::default());
    }
}

/// The conformal map z → (z − a) / (1 − z·a*) on each bin, at the power that there was.
pub(super) fn conform((real, imaginary): (f32, f32), bins: &mut [Bin]) {
    let a = Bin::new(real, imaginary);
    let power = |bins: &[Bin]| bins.iter().map(Bin::norm_sqr).sum::<f32>();
    let before = power(bins);
    for z in bins.iter_mut() {
        let below = Bin::new(1.0, 0.0) - *z * a.conj();
        *z = if below.norm_sqr() > 1e-12 { (*z - a) / below } else { Bin::default() };
    }
    let after = power(bins);
    let even = if after > 0.0 { (before / after).sqrt() } else { 0.0 };
    bins.iter_mut().for_each(|z| *z *= even);
}
