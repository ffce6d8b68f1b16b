//! The fast Fourier transform (Cooley and Tukey), for tables made at start-up.

use crate::math::{cos_turns, sin_turns};

/// A complex number: real and imaginary part.
pub(crate) type Complex = (f32, f32);

/// Transforms up to a largest size, whose sines are worked out once.
pub(crate) struct Fourier(Vec<Complex>);

impl Fourier {
    /// For lengths up to `most`, a power of two.
    pub fn new(most: usize) -> Self {
        let turns = (0..most / 2).map(|k| k as f32 / most as f32);
        Fourier(turns.map(|turns| (cos_turns(turns), sin_turns(turns))).collect())
    }

    /// Transforms `x`, whose length must be a power of two and not above the largest, in place.
    /// Backwards undoes forwards but for a factor of the length.
    pub fn transform(&self, x: &mut [Complex], backwards: bool) {
        let bits = x.len().trailing_zeros().max(1);
        for i in 0..x.len() {
            let j = i.reverse_bits() >> (usize::BITS - bits);
            if i < j {
                x.swap(i, j);
            }
        }
        let sign = if backwards { 1.0 } else { -1.0 };
        let mut half = 1;
        while half < x.len() {
            let stride = (self.0.len() / half).max(1);
            for pair in x.chunks_exact_mut(2 * half) {
                let (left, right) = pair.split_at_mut(half);
                let turns = self.0.iter().step_by(stride);
                for ((a, b), &(c, s)) in left.iter_mut().zip(right).zip(turns) {
                    let s = sign * s;
                    let turned = (b.0 * c - b.1 * s, b.0 * s + b.1 * c);
                    *b = (a.0 - turned.0, a.1 - turned.1);
                    *a = (a.0 + turned.0, a.1 + turned.1);
                }
            }
            half *= 2;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wave_has_its_partials_and_comes_back() {
        let wave: Vec<f32> = (0..64)
            .map(|i| sin_turns(3.0 * i as f32 / 64.0) + 0.5 * cos_turns(5.0 * i as f32 / 64.0))
            .collect();
        let mut x: Vec<Complex> = wave.iter().map(|y| (*y, 0.0)).collect();
        let fourier = Fourier::new(256);
        fourier.transform(&mut x, false);
        for (k, c) in x.iter().enumerate().take(32) {
            let exact = match k {
                3 => (0.0, -32.0),
                5 => (16.0, 0.0),
                _ => (0.0, 0.0),
            };
            assert!((c.0 - exact.0).abs() < 1e-3 && (c.1 - exact.1).abs() < 1e-3, "{k}: {c:?}");
        }
        fourier.transform(&mut x, true);
        for (y, c) in wave.iter().zip(&x) {
            assert!((y - c.0 / 64.0).abs() < 1e-4 && c.1.abs() < 1e-2);
        }
    }
}
