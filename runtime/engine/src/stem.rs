//! A stem: what one part contributes to the mix, so that all stems together are the mix.
//!
//! The whole mix is still worked out, since what is not linear in it (the compressors of the orbits
//! and the limiter) has to do to the stem what it does to the mix.

use crate::BLOCK;
use crate::bus::{Bus, Stereo};
use crate::engine::ORBITS;
use crate::filter::OnePole;
use crate::master::{DELAY, block_direct};
use crate::sample::Store;
use crate::shot::Shot;

/// The part's own way to the output.
pub(crate) struct Stem {
    part: u16,
    buses: Vec<Bus>,
    mix: Stereo,
    direct: [OnePole; 2],
    held: [[f32; DELAY]; 2],
    rate: f32,
}

impl Stem {
    /// The stem of `part`, silent as yet.
    pub fn new(part: u16, rate: f32) -> Self {
        Stem {
            part,
            buses: (0..ORBITS).map(|_| Bus::new(rate)).collect(),
            mix: [[0.0; BLOCK]; 2],
            direct: [OnePole::default(); 2],
            held: [[0.0; DELAY]; 2],
            rate,
        }
    }

    /// The orbit for a voice of `shot`, if it belongs to the part.
    pub fn bus_of(&mut self, shot: &Shot) -> Option<&mut Bus> {
        if shot.part == self.part { self.bus(usize::from(shot.orbit) % ORBITS) } else { None }
    }

    /// An orbit by its number.
    pub fn bus(&mut self, orbit: usize) -> Option<&mut Bus> {
        self.buses.get_mut(orbit)
    }

    /// Adds the block of an orbit whose gains are those of the mix's.
    pub fn drain(
        &mut self,
        (block, samples): (u64, &Store),
        orbit: usize,
        mix: &Bus,
        gains: Option<&[f32; BLOCK]>,
    ) {
        if let Some(bus) = self.buses.get_mut(orbit) {
            bus.follow(mix);
            bus.drain_by(block, samples, &mut self.mix, gains);
        }
    }

    /// Writes what leaves now, at the gains of the limiter.
    pub fn leave(&mut self, gains: &[f32; BLOCK], out: &mut Stereo) {
        for (channel, out) in out.iter_mut().enumerate() {
            let direct = &mut self.direct[channel];
            direct.settle();
            let frames = out.iter_mut().zip(&self.mix[channel]).zip(&mut self.held[channel]);
            for (((y, x), held), gain) in frames.zip(gains) {
                *y = *held * gain;
                *held = block_direct(direct, self.rate, *x);
            }
        }
        self.mix = [[0.0; BLOCK]; 2];
    }
}
