//! A plucked string: a delay line that damps itself (Karplus and Strong; tuned as in Jaffe and
//! Smith, with an interpolated reading point).

use super::{Ends, Frames, Life, Moment, Onset, SynthDef, Tone, bank};
use crate::math::{exp2, fall, floor, lagrange};
use crate::noise::Noise;
use crate::param::Param;
use crate::string::filter_delay;

/// The plucked string.
pub(super) const DEF: SynthDef = SynthDef {
    name: "pluck",
    aliases: &["string", "guitar", "supermandolin"],
    doc: "A plucked string, in tune at every pitch; brighter when plucked harder.",
    params: &[Param::Velocity],
    defaults: &[(Param::Attack, 0.0), (Param::Release, 0.35), (Param::Velocity, 0.8)],
    level: 0.3,
    ends: Ends::Gate,
    choke: 0,
    make: |voices, rate| bank(voices, || Pluck::new(rate)),
};

/// Lowest pitch, in hertz: it sets the length of the line.
const LOWEST: f32 = 20.0;

struct Pluck {
    line: Vec<f32>,
    mask: usize,
    at: usize,
    /// Period in frames, before the filter's own delay is taken off.
    period: f32,
    /// Share of the previous sample in the damping filter.
    damp: f32,
    loss: f32,
    last: f32,
    /// Frames of pluck left to be written, and its filter.
    burst: usize,
    soft: f32,
    soft_state: f32,
    pick: usize,
    noise: Noise,
    still: u32,
}

impl Pluck {
    fn new(rate: f32) -> Self {
        let length = ((rate / LOWEST) as usize + 8).next_power_of_two();
        Pluck {
            line: vec![0.0; length],
            mask: length - 1,
            at: 0,
            period: 100.0,
            damp: 0.5,
            loss: 0.99,
            last: 0.0,
            burst: 0,
            soft: 0.0,
            soft_state: 0.0,
            pick: 1,
            noise: Noise::new(0),
            still: 0,
        }
    }

    /// The line `delay` frames ago: third-order Lagrange interpolation.
    #[inline]
    fn tap(&self, delay: f32) -> f32 {
        let whole = floor(delay);
        let f = delay - whole;
        let at = self.at.wrapping_sub(whole as usize);
        let x = |i: usize| self.line[at.wrapping_sub(i).wrapping_add(1) & self.mask];
        lagrange(f, [x(0), x(1), x(2), x(3)])
    }
}

impl Tone for Pluck {
    fn start(&mut self, onset: &Onset) {
        let hertz = onset.hertz().clamp(LOWEST, 0.2 * onset.rate);
        let velocity = onset.velocity();
        self.period = onset.rate / hertz;
        self.damp = (0.5 * (hertz / 1200.0).sqrt().recip().min(1.0)).clamp(0.12, 0.5)
            * (1.0 - 0.3 * velocity);
        let ring = (7.0 * exp2(-(hertz / 196.0).log2() * 0.6)).clamp(0.6, 12.0);
        self.loss = fall(ring, onset.rate / self.period);
        self.line.fill(0.0);
        self.at = 0;
        self.last = 0.0;
        self.burst = self.period as usize;
        self.soft = 1.0 - exp2(-0.4 - 5.0 * velocity * (0.3 + (hertz / 2000.0).min(0.7)));
        self.soft_state = 0.0;
        self.pick = ((self.period * 0.17) as usize).max(1);
        self.noise = Noise::new(onset.seed);
        self.still = 0;
    }

    fn render(&mut self, moment: &Moment, out: &mut Frames) -> Life {
        let period = self.period / moment.bend().max(1e-3);
        let own = filter_delay(self.damp, 1.0 / period);
        let delay = (period - own).clamp(2.0, (self.line.len() - 6) as f32);
        let mut peak = 0.0f32;
        for y in out.mono() {
            let mut drive = 0.0;
            if self.burst > 0 {
                self.burst -= 1;
                self.soft_state += self.soft * (self.noise.white() - self.soft_state);
                drive = self.soft_state;
            }
            let back = self.tap(delay);
            let damped = (1.0 - self.damp) * back + self.damp * self.last;
            self.last = back;
            let x = drive + self.loss * damped;
            self.line[self.at & self.mask] = if x.abs() < 1e-12 { 0.0 } else { x };
            let picked = self.line[self.at.wrapping_sub(self.pick) & self.mask];
            *y = 1.6 * (x - 0.7 * picked);
            peak = peak.max(y.abs());
            self.at = self.at.wrapping_add(1);
        }
        self.still = if peak < 1e-5 { self.still + 1 } else { 0 };
        if self.still > 40 { Life::Over } else { Life::Sounding }
    }
}
