//! Band-limited steps: what has to be added around the jump of a plain saw so that nothing above
//! half the sample rate is left to fold back (E. Brandt, "Hard sync without aliasing", 2001, here
//! with a symmetric windowed sinc).

use crate::BLOCK;
use crate::math::sin_turns;
use crate::wavetable::Phase;

/// Frames before and after a jump that it changes.
const REACH: usize = 16;
/// Frames that it changes.
const TAPS: usize = 2 * REACH;
/// Places of a jump between two frames that are worked out; in between a line serves.
const PLACES: usize = 64;
/// Shape of the window (Kaiser's beta).
const BETA: f64 = 6.0;
/// Where the step is cut, as a share of half the sample rate.
const CUTOFF: f64 = 0.88;
/// Points of the integral between two places.
const FINE: usize = 4;

/// Difference between a band-limited and a plain step from 0 to 1: one row for each place.
#[derive(Debug)]
pub(crate) struct Blep(Vec<[f32; TAPS]>);

/// The modified Bessel function of order 0, by its series.
pub(crate) fn bessel(x: f64) -> f64 {
    let mut term = 1.0;
    let mut sum = 1.0;
    for k in 1..24 {
        term *= (x / (2.0 * f64::from(k))).powi(2);
        sum += term;
    }
    sum
}

/// The windowed sinc at `x` frames from its middle.
fn pulse(x: f64) -> f64 {
    let share = x / REACH as f64;
    let window = bessel(BETA * (1.0 - share * share).max(0.0).sqrt());
    let turns = 0.5 * CUTOFF * x;
    let sine = f64::from(sin_turns((turns - turns.round()) as f32));
    let sinc = if x == 0.0 { CUTOFF } else { sine / (core::f64::consts::PI * x) };
    sinc * window
}

impl Blep {
    /// Works out the rows.
    pub fn new() -> Self {
        let points = TAPS * PLACES * FINE;
        let at = |i: usize| i as f64 / (PLACES * FINE) as f64 - REACH as f64;
        let mut sum = 0.0;
        let mut step = Vec::with_capacity(points + 1);
        let mut before = pulse(at(0));
        step.push(0.0);
        for i in 1..=points {
            let here = pulse(at(i));
            sum += 0.5 * (before + here);
            before = here;
            step.push(sum);
        }
        // Frame `i` of a row lies `i - REACH` frames and the place after the jump.
        let row = |place: usize| {
            core::array::from_fn(|i| {
                let point = (i * PLACES + place) * FINE;
                let plain = if i < REACH { 0.0 } else { 1.0 };
                (step.get(point).map_or(1.0, |y| y / sum) - plain) as f32
            })
        };
        Blep((0..=PLACES).map(row).collect())
    }

    /// Adds `gain` times a saw, rising from -1 to 1 over each turn, whose phase is `phase` at the
    /// first frame and moves on by `step` each frame.
    #[inline(always)]
    #[allow(clippy::inline_always)] // compiled for the instruction set of its kernel
    pub fn add_saw(&self, phase: Phase, step: Phase, gain: f32, out: &mut Ringing) {
        let scale = gain * (1.0 / 2_147_483_648.0);
        for (i, y) in out.0[2 * REACH..2 * REACH + BLOCK].iter_mut().enumerate() {
            let phase = phase.wrapping_add(step.wrapping_mul(i as u32));
            *y += scale * phase.wrapping_sub(1 << 31) as i32 as f32;
        }
        if step == 0 {
            return;
        }
        // The first frame that matters, counted from the start of the room.
        let mut at = REACH as u32;
        let mut phase = phase.wrapping_sub(step.wrapping_mul(REACH as u32));
        let each = 1.0 / step as f32;
        loop {
            if phase >= step {
                let wait = (phase.wrapping_neg()).div_ceil(step);
                if wait > (BLOCK + TAPS) as u32 {
                    return;
                }
                at += wait;
                phase = phase.wrapping_add(step.wrapping_mul(wait));
            }
            if at >= (BLOCK + 3 * REACH) as u32 {
                return;
            }
            self.add_jump(phase as f32 * each, -2.0 * gain, at as usize, out);
            at += 1;
            phase = phase.wrapping_add(step);
        }
    }

    /// Adds the ringing of a jump by `height`, `since` of a frame before frame `at` of the room.
    #[inline(always)]
    #[allow(clippy::inline_always)] // compiled for the instruction set of its kernel
    fn add_jump(&self, since: f32, height: f32, at: usize, out: &mut Ringing) {
        let place = since * PLACES as f32;
        let row = (place as usize).min(PLACES - 1);
        let share = place - row as f32;
        let (Some(here), Some(next)) = (self.0.get(row), self.0.get(row + 1)) else { return };
        let room = out.0.get_mut(at - REACH..).and_then(|x| x.first_chunk_mut::<TAPS>());
        let Some(room) = room else { return };
        for i in 0..TAPS {
            room[i] += height * (here[i] + share * (next[i] - here[i]));
        }
    }
}

/// A block in the making, with room for what rings before and after it.
#[repr(align(64))]
pub(crate) struct Ringing([f32; BLOCK + 4 * REACH]);

impl Ringing {
    /// Silence.
    pub fn new() -> Self {
        Ringing([0.0; BLOCK + 4 * REACH])
    }

    /// The block.
    pub fn block(&self) -> &[f32; BLOCK] {
        self.0[2 * REACH..].first_chunk().unwrap_or(&[0.0; BLOCK])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wavetable::increment;

    /// Frames of a saw at `step`, block by block.
    fn saw(blep: &Blep, step: Phase, frames: usize) -> Vec<f32> {
        let mut heard = Vec::new();
        while heard.len() < frames {
            let mut wave = Ringing::new();
            blep.add_saw(step.wrapping_mul(heard.len() as u32), step, 1.0, &mut wave);
            heard.extend_from_slice(wave.block());
        }
        heard
    }

    /// Level in dB at `frequency` cycles a frame, under a Blackman-Harris window.
    fn level(x: &[f32], frequency: f64) -> f64 {
        let turn = core::f64::consts::TAU / x.len() as f64;
        let (mut re, mut im, mut norm) = (0.0, 0.0, 0.0);
        for (i, &y) in x.iter().enumerate() {
            let t = turn * i as f64;
            let w =
                0.35875 - 0.48829 * t.cos() + 0.14128 * (2.0 * t).cos() - 0.01168 * (3.0 * t).cos();
            let p = core::f64::consts::TAU * frequency * i as f64;
            re += w * f64::from(y) * p.cos();
            im += w * f64::from(y) * p.sin();
            norm += w;
        }
        20.0 * (2.0 * re.hypot(im) / norm).max(1e-12).log10()
    }

    #[test]
    fn aliases_of_a_5_khz_saw_are_below_minus_70_db() {
        let blep = Blep::new();
        for hertz in [1234.5f32, 5003.0, 7001.0] {
            let f = hertz / 48_000.0;
            let x = saw(&blep, increment(f), 8192);
            let first = level(&x, f64::from(f));
            assert!((first - 20.0 * core::f64::consts::FRAC_2_PI.log10()).abs() < 0.1, "{first}");
            let mut worst = f64::MIN;
            for bin in 4..4092 {
                let at = f64::from(bin) / 8192.0;
                let harmonic = (at / f64::from(f)).round().max(1.0) * f64::from(f);
                if (at - harmonic).abs() > 6.0 / 8192.0 || harmonic > 0.5 {
                    worst = worst.max(level(&x, at) - first);
                }
            }
            println!("aliases of a {hertz} Hz saw: {worst:.1} dB");
            assert!(worst < -70.0, "{hertz}: {worst}");
        }
    }

    #[test]
    fn harmonics_have_their_levels_up_to_16_khz() {
        let blep = Blep::new();
        let f = 440.0f32 / 48_000.0;
        let x = saw(&blep, increment(f), 16_384);
        for k in 1..=36 {
            let exact = 20.0 * (core::f64::consts::FRAC_2_PI / f64::from(k)).log10();
            let is = level(&x, f64::from(f) * f64::from(k));
            assert!((is - exact).abs() < 0.3, "partial {k}: {is:.2} instead of {exact:.2} dB");
        }
    }

    #[test]
    fn every_phase_and_step_is_finite_and_bounded() {
        let blep = Blep::new();
        for step in [0, 1, 179_000, 1 << 20, 1 << 28, 1 << 31] {
            for phase in [0, 1, step.max(1) - 1, step, 1 << 31, Phase::MAX] {
                let mut wave = Ringing::new();
                blep.add_saw(phase, step, 1.0, &mut wave);
                assert!(wave.block().iter().all(|y| y.abs() < 1.3), "{phase} {step}");
            }
        }
    }
}
