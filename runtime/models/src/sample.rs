//! Chance with a seed: the generator, temperature and nucleus.

use std::collections::BinaryHeap;

/// SplitMix64 (Steele, Lea, Flood 2014): small, and the same everywhere. Every sequence has
/// its own, so its phrase does not depend on the company it is made in.
#[derive(Debug, Clone)]
pub struct Rng(u64);

impl Rng {
    /// A generator for a performer's seed.
    pub fn new(seed: i64) -> Self {
        let mut rng = Self(seed.cast_unsigned() ^ 0x6a09_e667_f3bc_c908);
        rng.next();
        rng
    }

    /// The same generator gone another way: other numbers for each salt.
    pub fn salted(&self, salt: u64) -> Self {
        let mut rng = Self(self.0 ^ salt.wrapping_add(1).wrapping_mul(0xd1b5_4a32_d192_ed03));
        rng.next();
        rng
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from 0 up to, not including, 1.
    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// How boldly to choose.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Taste {
    /// 1 is as the model has it, less is safer, more is wilder; 0 takes the likeliest.
    pub temperature: f64,
    /// Only the likeliest choices that together have this share; 1 is all.
    pub top_p: f64,
}

/// Picks one index by its log-probability among those with `legal(index)`, or `None` when
/// there is none. One number is drawn from `rng`, whatever the choice.
pub fn pick(
    log_probs: impl IntoIterator<Item = f32>,
    legal: impl Fn(usize) -> bool,
    taste: Taste,
    rng: &mut Rng,
) -> Option<usize> {
    let draw = rng.unit();
    let log = |(index, p): (usize, f32)| {
        if p.is_finite() && legal(index) { p } else { f32::NEG_INFINITY }
    };
    // Logs first, then in their place how often each is picked, to the likeliest.
    let mut weights: Vec<f32> = log_probs.into_iter().enumerate().map(log).collect();
    let peak = four(&weights, f32::NEG_INFINITY, f32::max);
    let likeliest = weights.iter().position(|&log| log == peak && peak.is_finite())?;
    if taste.temperature < 1e-3 {
        return Some(likeliest);
    }
    let warmth = taste.temperature.recip() as f32;
    for weight in &mut weights {
        *weight = exp((*weight - peak) * warmth);
    }
    let total = f64::from(four(&weights, 0.0, |a, b| a + b));
    if taste.top_p >= 1.0 {
        let all = weights.iter().enumerate().filter(|(_, weight)| **weight > NEVER);
        return place(all.map(|(index, weight)| (index, *weight)), draw * total);
    }
    // All that are so unlikely have together less than what is left out.
    let left_out = (1.0 - taste.top_p) * total;
    let unlikely = f32::max((0.5 * left_out / weights.len() as f64) as f32, NEVER);
    let mut choices = Vec::with_capacity(32);
    for (first, eight) in (0..).step_by(8).zip(weights.chunks(8)) {
        // Most of hundreds are unlikely: they are passed over by eights.
        if eight.iter().copied().fold(0.0, f32::max) > unlikely {
            let likely = (first..).zip(eight).filter(|(_, weight)| **weight > unlikely);
            choices.extend(likely.map(|(index, weight)| Choice::new(index, *weight)));
        }
    }
    let mut choices = BinaryHeap::from(choices);
    let (mut nucleus, mut sum) = (Vec::with_capacity(16), 0.0);
    while sum < taste.top_p * total
        && let Some(choice) = choices.pop()
    {
        nucleus.push((choice.index(), choice.weight()));
        sum += f64::from(choice.weight());
    }
    place(nucleus.into_iter(), draw * sum).or(Some(likeliest))
}

/// The choice at which the sum of the weights passes `rest`, or the last one.
fn place(choices: impl Iterator<Item = (usize, f32)>, mut rest: f64) -> Option<usize> {
    let mut last = None;
    for (index, weight) in choices {
        rest -= f64::from(weight);
        last = Some(index);
        if rest < 0.0 {
            break;
        }
    }
    last
}

/// Joins numbers by fours, which are worked out at once.
fn four(numbers: &[f32], none: f32, join: impl Fn(f32, f32) -> f32) -> f32 {
    let (fours, rest) = numbers.as_chunks::<4>();
    let each = |all: [f32; 4], next: &[f32; 4]| std::array::from_fn(|i| join(all[i], next[i]));
    let [a, b, c, d] = fours.iter().fold([none; 4], each);
    rest.iter().copied().fold(join(join(a, b), join(c, d)), join)
}

/// What can be picked, in order of likelihood; of two alike, the one that comes first is the greater.
/// The bits of numbers that are not negative are in their order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Choice(u64);

impl Choice {
    fn new(index: usize, weight: f32) -> Self {
        let after = u32::MAX - u32::try_from(index).unwrap_or(u32::MAX);
        Self(u64::from(weight.to_bits()) << 32 | u64::from(after))
    }

    fn weight(self) -> f32 {
        f32::from_bits((self.0 >> 32) as u32)
    }

    fn index(self) -> usize {
        (u32::MAX - self.0 as u32) as usize
    }
}

/// What [`exp`] gives for what is never picked, and a little more.
const NEVER: f32 = 1e-37;

/// e to the power of a number that is not above 0, to 6 digits; below -87 about 1e-38. Reduced after
/// Cody and Waite 1980, then Taylor's series. Unlike the system's it is the same on every machine,
/// and several are worked out at once.
pub(crate) fn exp(x: f32) -> f32 {
    /// Added to a number, it leaves the nearest integer in the lowest bits.
    const ROUND: f32 = 12_582_912.0;
    /// ln 2, of which the first part times a small integer is exact.
    const LN_2: [f32; 2] = [0.693_359_4, -2.121_944_4e-4];
    let x = x.max(-87.0);
    let shifted = x * std::f32::consts::LOG2_E + ROUND;
    let whole = shifted - ROUND;
    let r = (x - whole * LN_2[0]) - whole * LN_2[1];
    let series = [7.0, 6.0, 5.0, 4.0, 3.0, 2.0, 1.0];
    let sum = series.into_iter().fold(1.0, |sum, n| 1.0 + sum * r * (1.0 / n));
    f32::from_bits(shifted.to_bits().wrapping_add(127) << 23) * sum
}

/// The log of the share that the legal choices have of all, at a temperature.
pub fn legal_share(
    log_probs: impl IntoIterator<Item = f32>,
    legal: impl Fn(usize) -> bool,
    temperature: f64,
) -> f64 {
    let warmth = temperature.max(0.05);
    let logs: Vec<f64> = log_probs.into_iter().map(|p| f64::from(p) / warmth).collect();
    let peak = logs.iter().copied().filter(|p| p.is_finite()).fold(f64::NEG_INFINITY, f64::max);
    let weight = |p: &f64| if p.is_finite() { (p - peak).exp() } else { 0.0 };
    let all: f64 = logs.iter().map(weight).sum();
    let kept: f64 =
        logs.iter().enumerate().filter(|(i, _)| legal(*i)).map(|(_, p)| weight(p)).sum();
    if kept > 0.0 { (kept / all).ln() } else { f64::NEG_INFINITY }
}

/// A place in a distribution over neighbouring classes, counted in classes from the first one's
/// lower end: where a share `place` (0 to 1) of the whole lies below. 0.5 is the median.
pub fn quantile(log_probs: impl IntoIterator<Item = f32>, place: f64) -> Option<f64> {
    let weight = |p: f32| if p.is_finite() { f64::from(p).exp() } else { 0.0 };
    let weights: Vec<f64> = log_probs.into_iter().map(weight).collect();
    let mut rest = place.clamp(0.0, 1.0) * weights.iter().sum::<f64>();
    let last = weights.iter().rposition(|&w| w > 0.0)?;
    for (class, weight) in weights[..last].iter().enumerate() {
        if rest < *weight {
            return Some(class as f64 + rest / weight);
        }
        rest -= weight;
    }
    Some(last as f64 + (rest / weights[last]).clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Taste = Taste { temperature: 1.0, top_p: 1.0 };

    fn shares(taste: Taste, legal: impl Fn(usize) -> bool + Copy) -> [f64; 4] {
        let log_probs = [0.5f32, 0.25, 0.15, 0.1].map(f32::ln);
        let mut rng = Rng::new(7);
        let mut counts = [0.0; 4];
        for _ in 0..40_000 {
            if let Some(i) = pick(log_probs, legal, taste, &mut rng) {
                counts[i] += 1.0 / 40_000.0;
            }
        }
        counts
    }

    fn near(found: [f64; 4], expected: [f64; 4]) {
        for (f, e) in found.iter().zip(expected) {
            assert!((f - e).abs() < 0.01, "{found:?} against {expected:?}");
        }
    }

    #[test]
    fn temperature_one_gives_the_probabilities() {
        near(shares(PLAIN, |_| true), [0.5, 0.25, 0.15, 0.1]);
    }

    #[test]
    fn half_the_temperature_squares_the_odds() {
        let squares = [0.25, 0.0625, 0.0225, 0.01];
        let total: f64 = squares.iter().sum();
        near(shares(Taste { temperature: 0.5, top_p: 1.0 }, |_| true), squares.map(|s| s / total));
    }

    #[test]
    fn the_nucleus_keeps_the_likeliest() {
        near(
            shares(Taste { temperature: 1.0, top_p: 0.7 }, |_| true),
            [2.0 / 3.0, 1.0 / 3.0, 0.0, 0.0],
        );
        near(shares(Taste { temperature: 0.0, top_p: 1.0 }, |_| true), [1.0, 0.0, 0.0, 0.0]);
    }

    #[test]
    fn what_is_not_legal_is_never_picked() {
        near(shares(PLAIN, |i| i > 1), [0.0, 0.0, 0.6, 0.4]);
        assert_eq!(pick([0.0, 0.0], |_| false, PLAIN, &mut Rng::new(1)), None);
        assert_eq!(pick([f32::NAN, 0.0], |_| true, PLAIN, &mut Rng::new(1)), Some(1));
    }

    #[test]
    fn the_exponential_is_the_systems() {
        for step in 0..8_700 {
            let x = -(step as f32) / 100.0;
            let error = (f64::from(exp(x)) / f64::from(x).exp() - 1.0).abs();
            assert!(error < 1e-6, "{x}: {error}");
        }
        assert_eq!(exp(0.0), 1.0);
        assert!(exp(f32::NEG_INFINITY) < NEVER);
    }

    #[test]
    fn quantiles_divide_the_weight() {
        let log_probs = [0.25f32, 0.5, 0.25].map(f32::ln);
        for (place, expected) in [(0.0, 0.0), (0.125, 0.5), (0.5, 1.5), (0.75, 2.0), (1.0, 3.0)] {
            let found = quantile(log_probs, place).unwrap_or(f64::NAN);
            assert!((found - expected).abs() < 1e-6, "{place}: {found} {expected}");
        }
        assert_eq!(quantile([f32::NEG_INFINITY, f32::NAN], 0.5), None);
    }

    #[test]
    fn seeds_give_streams_that_differ_and_repeat() {
        let stream = |seed| {
            let mut rng = Rng::new(seed);
            [rng.unit(), rng.unit(), rng.unit()]
        };
        assert_eq!(stream(3), stream(3));
        assert_ne!(stream(3), stream(4));
        assert_ne!(stream(-1), stream(1));
    }
}
