//! What plucked strings share: how long their damping filter holds a sound back.

use crate::math::{cos_turns, sin_turns};

/// Delay in frames of the damping filter (1-d) + d·z⁻¹ at a frequency in cycles a frame.
#[must_use]
pub fn filter_delay(damp: f32, frequency: f32) -> f32 {
    let (s, c) = (sin_turns(frequency), cos_turns(frequency));
    let phase = (damp * s).atan2(1.0 - damp + damp * c);
    phase / (core::f32::consts::TAU * frequency)
}
