//! Two more distortions of SuperDirt's: the valve, and krush, which keeps its bass.

use crate::filter::OnePole;
use crate::math::{exp2, log2, saturate};
use crate::param::Param;
use crate::shot::Shot;

/// Shift of a valve's working point: what makes its halves unequal.
const BIAS: f32 = 0.35;
/// Below this, in hertz, krush leaves the sound as it is.
const BASS: f32 = 180.0;
/// Below this, in hertz, is what an uneven curve adds beside the sound.
const FLOOR: f32 = 12.0;

/// The two of one channel; each is off unless the shot gives it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Valve {
    triode: f32,
    krush: f32,
    /// Shares of the one-poles: floor, bass, lid.
    shares: [f32; 3],
    floor: OnePole,
    bass: OnePole,
    lid: OnePole,
}

impl Valve {
    /// What `shot` asks for.
    pub fn new(shot: &Shot, rate: f32) -> Self {
        let shares = [FLOOR, BASS, shot.get(Param::KrushCutoff)]
            .map(|hertz| OnePole::share((hertz / rate).min(0.45)));
        let (triode, krush) = (shot.get(Param::Triode), shot.get(Param::Krush));
        Valve { triode, krush, shares, ..Valve::default() }
    }

    /// Whether it does anything.
    pub fn on(&self) -> bool {
        self.triode > 0.0 || self.krush > 0.0
    }

    /// Distorts a stretch in place.
    pub fn run(&mut self, x: &mut [f32]) {
        let [floor, bass, lid] = self.shares;
        if self.triode > 0.0 {
            let drive = 1.0 + 4.0 * self.triode;
            let rest = saturate(BIAS);
            for y in x.iter_mut() {
                let bent = (saturate(drive * *y + BIAS) - rest) / (1.0 - rest);
                *y = self.floor.high(floor, bent);
            }
        }
        if self.krush > 0.0 {
            // The more it is crushed the smaller the power: quiet sounds come up to loud ones.
            let power = 1.0 / (1.0 + self.krush);
            for y in x.iter_mut() {
                let low = self.bass.low(bass, *y);
                let rest = *y - low;
                let size = rest.abs();
                let crushed = if size > 1e-5 {
                    exp2(power * log2(size.min(1.0))).copysign(rest)
                } else {
                    0.0
                };
                *y = low + self.lid.low(lid, 0.5 * crushed);
            }
        }
        self.floor.settle();
        self.bass.settle();
        self.lid.settle();
    }
}
