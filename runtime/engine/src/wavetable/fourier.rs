//! The fast Fourier transform (Cooley and Tukey), for tables made at start-up.

use crate::math::{cos_turns, sin_turns};

/// A complex number: real and imaginary part.
pub(super) type Complex = (f32, f32);

/// Transforms `x`, whose length must be a power of two, in place. Backwards undoes forwards but
/// for a factor of the length.
pub(super) fn transform(x: &mut [Complex], backwards: bool) {
    let bits = x.len().trailing_zeros();
    for i in 0..x.len() {
        let j = i.reverse_bits() >> (usize::BITS - bits.max(1));
        if bits > 0 && i < j {
            x.swap(i, j);
        }
    }
    let sign = if backwards { 1.0 } else { -1.0 };
    let mut half = 1;
    while half < x.len() {
        for k in 0..half {
            let turns = sign * k as f32 / (2 * half) as f32;
            let (c, s) = (cos_turns(turns), sin_turns(turns));
            for pair in x.chunks_exact_mut(2 * half) {
                let (a, b) = (pair[k], pair[k + half]);
                let b = (b.0 * c - b.1 * s, b.0 * s + b.1 * c);
                pair[k] = (a.0 + b.0, a.1 + b.1);
                pair[k + half] = (a.0 - b.0, a.1 - b.1);
            }
        }
        half *= 2;
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
        transform(&mut x, false);
        for (k, c) in x.iter().enumerate().take(32) {
            let exact = match k {
                3 => (0.0, -32.0),
                5 => (16.0, 0.0),
                _ => (0.0, 0.0),
            };
            assert!((c.0 - exact.0).abs() < 1e-3 && (c.1 - exact.1).abs() < 1e-3, "{k}: {c:?}");
        }
        transform(&mut x, true);
        for (y, c) in wave.iter().zip(&x) {
            assert!((y - c.0 / 64.0).abs() < 1e-4 && c.1.abs() < 1e-2);
        }
    }
}
