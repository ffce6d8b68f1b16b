//! The Fourier transform of real signals. Plans and scratch are made ahead: nothing is allocated
//! when one is taken.

use std::sync::Arc;

use realfft::num_complex::Complex;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};

/// A bin of a spectrum.
pub(crate) type Bin = Complex<f32>;

/// Transforms of one length, there and back.
pub(crate) struct Transform {
    there: Arc<dyn RealToComplex<f32>>,
    back: Arc<dyn ComplexToReal<f32>>,
    scratch: Vec<Bin>,
}

impl Transform {
    /// For `size` frames, an even number.
    pub fn new(size: usize) -> Self {
        let mut planner = RealFftPlanner::new();
        let (there, back) = (planner.plan_fft_forward(size), planner.plan_fft_inverse(size));
        let room = there.get_scratch_len().max(back.get_scratch_len());
        Transform { there, back, scratch: vec![Bin::default(); room] }
    }

    /// The `size / 2 + 1` bins of `x`, which is overwritten.
    pub fn there(&mut self, x: &mut [f32], bins: &mut [Bin]) {
        // The lengths are those of the plan, which is all that it could complain of.
        let _ = self.there.process_with_scratch(x, bins, &mut self.scratch);
    }

    /// The frames of `bins`, which are overwritten, times the number of frames.
    pub fn back(&mut self, bins: &mut [Bin], x: &mut [f32]) {
        // Neither end of the spectrum of a real signal has an imaginary part.
        for end in [0, bins.len().saturating_sub(1)] {
            if let Some(bin) = bins.get_mut(end) {
                bin.im = 0.0;
            }
        }
        let _ = self.back.process_with_scratch(bins, x, &mut self.scratch);
    }
}
