//! Chance with a seed: the generator, temperature and nucleus.

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
    let mut choices: Vec<Choice> = log_probs
        .into_iter()
        .enumerate()
        .filter(|&(i, p)| p.is_finite() && legal(i))
        .map(|(index, p)| Choice { index, log: f64::from(p), weight: 0.0 })
        .collect();
    let likeliest = choices.iter().copied().reduce(|a, b| if b.log > a.log { b } else { a })?;
    if taste.temperature < 1e-3 {
        return Some(likeliest.index);
    }
    for choice in &mut choices {
        choice.weight = ((choice.log - likeliest.log) / taste.temperature).exp();
    }
    let total: f64 = choices.iter().map(|c| c.weight).sum();
    // All that are so unlikely have together less than what is left out, and need not be put in order.
    let left_out = (1.0 - taste.top_p).max(0.0) * total;
    let unlikely = 0.5 * left_out / choices.len() as f64;
    choices.retain(|c| c.weight >= unlikely);
    choices.sort_unstable_by(|a, b| b.log.total_cmp(&a.log).then(a.index.cmp(&b.index)));
    let kept = nucleus(&choices, taste.top_p * total);
    let mut rest = draw * choices[..kept].iter().map(|c| c.weight).sum::<f64>();
    for choice in &choices[..kept] {
        rest -= choice.weight;
        if rest < 0.0 {
            return Some(choice.index);
        }
    }
    Some(choices[kept - 1].index)
}

/// What can be picked.
#[derive(Clone, Copy)]
struct Choice {
    index: usize,
    log: f64,
    /// How often it is picked, to the likeliest.
    weight: f64,
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

/// How many of the choices, likeliest first, reach this much weight: at least one.
fn nucleus(choices: &[Choice], enough: f64) -> usize {
    let mut sum = 0.0;
    for (count, choice) in choices.iter().enumerate() {
        sum += choice.weight;
        if sum >= enough {
            return count + 1;
        }
    }
    choices.len()
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
