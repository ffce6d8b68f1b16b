//! Families of recorded single cycles: each cycle band-limited once for every octave.

use super::Phase;
use super::fourier::{Complex, Fourier};

/// The embedded waves; see `waves/CREDITS.md`.
const WAVES: &[u8] = include_bytes!("../../waves/waves.i16");
/// Samples of an embedded wave.
const SIZE: usize = 256;
/// Waves of a family, from the dullest to the brightest.
pub(crate) const MEMBERS: usize = 8;
/// Octaves for which a wave is worked out: up to 127 partials, 63, … 1.
const LEVELS: usize = 7;
/// Samples for each partial of the brightest level.
const OVER: usize = 8;

/// One wave at all its levels: 1024 samples, 512, 256, 256, …, each followed by its first three again.
#[derive(Debug)]
struct Wave([Vec<f32>; LEVELS]);

impl Wave {
    fn new(samples: &[u8], fourier: &Fourier) -> Self {
        let numbers = samples.chunks_exact(2).map(|b| i16::from_le_bytes([b[0], b[1]]));
        let mut bins: Vec<Complex> =
            numbers.map(|y| (f32::from(y) * (1.0 / 32_768.0), 0.0)).collect();
        bins.resize(SIZE, (0.0, 0.0));
        fourier.transform(&mut bins, false);
        Wave(core::array::from_fn(|level| {
            let partials = (SIZE / 2) >> level;
            let size = (partials * OVER).max(SIZE);
            let mut x = vec![(0.0, 0.0); size];
            for k in 1..partials {
                let (re, im) = bins[k];
                let scale = 1.0 / SIZE as f32;
                x[k] = (re * scale, im * scale);
                x[size - k] = (re * scale, -im * scale);
            }
            fourier.transform(&mut x, true);
            // The cubic looks back by one sample.
            (0..size + 3).map(|i| x[(i + size - 1) % size].0).collect()
        }))
    }
}

/// The waves of all families.
#[derive(Debug)]
pub(crate) struct Families(Vec<Wave>);

/// The level whose partials all lie below half the rate at `frequency` cycles a frame.
pub(crate) fn level(frequency: f32) -> usize {
    let most = 0.5 / frequency.max(1e-6);
    (0..LEVELS - 1).find(|level| ((SIZE / 2) >> level) as f32 <= most).unwrap_or(LEVELS - 1)
}

impl Families {
    /// Works out all waves.
    pub fn new() -> Self {
        let fourier = Fourier::new(SIZE / 2 * OVER);
        Families(WAVES.chunks_exact(2 * SIZE).map(|wave| Wave::new(wave, &fourier)).collect())
    }

    /// How many families there are.
    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.0.len() / MEMBERS
    }

    /// Writes `family` at `level` and `phases`, while the place (0 its first wave, 1 its last) goes
    /// in a line from the one to the other.
    pub fn read(
        &self,
        (family, (from, to), level): (usize, (f32, f32), usize),
        phases: &[Phase],
        out: &mut [f32],
    ) {
        let whole = |place: f32| place.clamp(0.0, 1.0) * (MEMBERS - 1) as f32;
        let (from, to) = (whole(from), whole(to));
        let first = (from.min(to) as usize).min(MEMBERS - 2);
        let crosses = from.max(to) > (first + 1) as f32;
        let slope = (to - from) / out.len().max(1) as f32;
        if crosses {
            // From wave to wave: rare, so each frame looks for its own.
            for (i, (y, phase)) in out.iter_mut().zip(phases).enumerate() {
                let place = from + slope * i as f32;
                let first = (place as usize).min(MEMBERS - 2);
                let one = core::slice::from_mut(y);
                self.between((family, first, level), (place - first as f32, 0.0), &[*phase], one);
            }
            return;
        }
        self.between((family, first, level), (from - first as f32, slope), phases, out);
    }

    /// Writes what lies between wave `first` and the next, at a share that goes in a line.
    fn between(
        &self,
        (family, first, level): (usize, usize, usize),
        (share, slope): (f32, f32),
        phases: &[Phase],
        out: &mut [f32],
    ) {
        let table = |member: usize| {
            let wave = self.0.get(family * MEMBERS + member)?;
            wave.0.get(level).map(Vec::as_slice)
        };
        let (Some(a), Some(b)) = (table(first), table(first + 1)) else { return out.fill(0.0) };
        let bits = 32 - (a.len() - 3).ilog2();
        for (i, (y, phase)) in out.iter_mut().zip(phases).enumerate() {
            let at = (phase >> bits) as usize;
            let t = (phase << (32 - bits)) as f32 * (1.0 / 4_294_967_296.0);
            let (a, b) = (cubic(a, at, t), cubic(b, at, t));
            *y = a + (share + slope * i as f32) * (b - a);
        }
    }
}

/// A cubic through four samples, between the second and the third (the spline of Catmull and Rom).
#[inline]
fn cubic(table: &[f32], at: usize, t: f32) -> f32 {
    let Some(&[a, b, c, d]) = table.get(at..).and_then(|x| x.first_chunk::<4>()) else {
        return 0.0;
    };
    let slope = 0.5 * (c - a);
    let bow = a - 2.5 * b + 2.0 * c - 0.5 * d;
    let twist = 1.5 * (b - c) + 0.5 * (d - a);
    b + t * (slope + t * (bow + t * twist))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wavetable::increment;

    fn wave(families: &Families, family: usize, place: f32, frequency: f32) -> Vec<f32> {
        let mut x = vec![0.0; 8192];
        let setting = (family, (place, place), level(frequency));
        let step = increment(frequency);
        let phases: Vec<Phase> = (0..8192u32).map(|i| step.wrapping_mul(i)).collect();
        families.read(setting, &phases, &mut x);
        x
    }

    /// Power at bin `k` of 8192.
    fn power(x: &[f32]) -> Vec<f32> {
        let turn = 1.0 / x.len() as f32;
        let window = |i: usize| {
            let c = |n: f32| crate::math::cos_turns(n * i as f32 * turn);
            0.35875 - 0.48829 * c(1.0) + 0.14128 * c(2.0) - 0.01168 * c(3.0)
        };
        let mut bins: Vec<Complex> =
            x.iter().enumerate().map(|(i, y)| (window(i) * y, 0.0)).collect();
        Fourier::new(8192).transform(&mut bins, false);
        bins.iter().take(x.len() / 2).map(|c| c.0 * c.0 + c.1 * c.1).collect()
    }

    #[test]
    fn nothing_but_partials_of_the_note_sounds() {
        let families = Families::new();
        for family in 0..families.len() {
            for frequency in [0.0101f32, 0.0473, 0.1007] {
                let bins = power(&wave(&families, family, 0.9, frequency));
                let all: f32 = bins.iter().sum();
                let beside = |bin: &usize| {
                    let at = *bin as f32 / 8192.0;
                    (at - (at / frequency).round() * frequency).abs() > 5.0 / 8192.0
                };
                let rest: f32 =
                    (0..bins.len()).filter(beside).map(|bin| bins[bin]).fold(0.0, f32::max);
                let decibels = 10.0 * (rest / all).log10();
                assert!(decibels < -60.0, "{family} at {frequency}: {decibels:.1} dB");
            }
        }
    }

    #[test]
    fn families_go_from_dull_to_bright_at_even_power() {
        let families = Families::new();
        for family in 0..families.len() {
            let bright = |place: f32| {
                let bins = power(&wave(&families, family, place, 0.004));
                let sum: f32 = bins.iter().sum();
                let weighed: f32 = bins.iter().enumerate().map(|(k, p)| k as f32 * p).sum();
                weighed / sum
            };
            assert!(bright(1.0) > bright(0.0), "{family}");
            for place in [0.0, 1.0] {
                let x = wave(&families, family, place, 0.004);
                let rms = (x.iter().map(|y| y * y).sum::<f32>() / x.len() as f32).sqrt();
                assert!((0.1..0.4).contains(&rms), "{family} {place}: {rms}");
            }
        }
    }
}
