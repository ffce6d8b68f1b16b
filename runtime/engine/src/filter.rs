//! Filters that keep their shape while their cutoff moves: state-variable and ladder, both in
//! topology-preserving form (V. Zavalishin, "The Art of VA Filter Design"; A. Simper's mixing).

use crate::math::{exp2, saturate, warp};

pub(crate) mod bank;

/// Which output of a state-variable filter is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pass {
    /// Below the cutoff.
    #[default]
    Low,
    /// Around the cutoff, 0 dB at its centre.
    Band,
    /// Above the cutoff.
    High,
}

impl Pass {
    /// The output, from the input and the two states, each before and after the sample, added.
    #[inline(always)]
    #[allow(clippy::inline_always)] // compiled for the instruction set of its kernel
    fn output(self, damping: f32, x: f32, a: f32, b: f32) -> f32 {
        match self {
            Pass::Low => 0.5 * b,
            Pass::Band => 0.5 * damping * a,
            Pass::High => x - 0.5 * (damping * a + b),
        }
    }
}

/// Warped gain for a cutoff in cycles a frame, kept below half the sample rate.
#[must_use]
#[inline(always)]
#[allow(clippy::inline_always)] // compiled for the instruction set of its kernel
pub fn gain(cutoff: f32) -> f32 {
    warp(cutoff.clamp(0.000_05, 0.47))
}

/// Quality factor of a resonance value: 0..1 as in SuperDirt, decibels above 1 as in superdough.
#[must_use]
pub fn quality(resonance: f32) -> f32 {
    if resonance <= 1.0 {
        core::f32::consts::FRAC_1_SQRT_2 * exp2(resonance * 5.5)
    } else {
        exp2(resonance.min(34.0) * 0.166_096).max(core::f32::consts::FRAC_1_SQRT_2)
    }
}

/// Feedback of a ladder for a resonance value, as [`quality`] reads it; it sings from 4 on.
#[must_use]
pub fn ladder_feedback(resonance: f32) -> f32 {
    if resonance <= 1.0 { 3.9 * resonance } else { (resonance * 0.1).min(3.9) }
}

/// Two-pole state-variable filter.
#[derive(Clone, Copy, Debug, Default)]
pub struct Svf {
    a: f32,
    b: f32,
}

impl Svf {
    /// Filters one sample at the warped gain `g`; `damping` is 1/Q.
    #[inline]
    pub fn tick(&mut self, pass: Pass, g: f32, damping: f32, x: f32) -> f32 {
        let y = svf(pass, (g, damping), (&mut self.a, &mut self.b), x);
        (self.a, self.b) = (flush(self.a), flush(self.b));
        y
    }
}

/// The next sample of a state-variable filter at (warped gain, damping).
#[inline(always)]
#[allow(clippy::inline_always)] // compiled for the instruction set of its kernel
pub(crate) fn svf(
    pass: Pass,
    (g, damping): (f32, f32),
    (a, b): (&mut f32, &mut f32),
    x: f32,
) -> f32 {
    let a1 = 2.0 / (1.0 + g * (g + damping));
    let a2 = g * a1;
    let rest = x - *b;
    // Next states first: they are what the next sample waits for.
    let next_a = (a1 - 1.0) * *a + a2 * rest;
    let next_b = (*b + a2 * *a) + (g * a2) * rest;
    let y = pass.output(damping, x, *a + next_a, *b + next_b);
    (*a, *b) = (next_a, next_b);
    y
}

/// The next sample of a four-pole ladder at (warped gain, feedback) with a saturating input; the
/// feedback is solved for, not delayed.
#[inline(always)]
#[allow(clippy::inline_always)] // compiled for the instruction set of its kernel
pub(crate) fn ladder((g, feedback): (f32, f32), s: [&mut f32; 4], x: f32) -> f32 {
    let h = 1.0 / (1.0 + g);
    let p = g * h;
    let p2 = p * p;
    let input = x * (1.0 + 0.5 * feedback);
    // Horner by pairs: fewer steps that wait for each other.
    let rest = h * ((*s[3] + p * *s[2]) + p2 * (*s[1] + p * *s[0]));
    let mut u = saturate((input - feedback * rest) / (1.0 + feedback * (p2 * p2)));
    for state in s {
        let v = (u - *state) * p;
        u = v + *state;
        *state = u + v;
    }
    u
}

/// One-pole low-pass.
#[derive(Clone, Copy, Debug, Default)]
pub struct OnePole(f32);

impl OnePole {
    /// Filters one sample; `share` of the new value enters, see [`OnePole::share`].
    #[inline]
    pub fn low(&mut self, share: f32, x: f32) -> f32 {
        self.0 += share * (x - self.0);
        self.0
    }

    /// Forgets what is too small to hear; to be called now and then, once a block.
    pub fn settle(&mut self) {
        self.0 = flush(self.0);
    }

    /// What lies above the cutoff.
    #[inline]
    pub fn high(&mut self, share: f32, x: f32) -> f32 {
        x - self.low(share, x)
    }

    /// The share for a cutoff in cycles a frame.
    #[must_use]
    pub fn share(cutoff: f32) -> f32 {
        1.0 - crate::math::exp(-core::f32::consts::TAU * cutoff.clamp(0.0, 0.5))
    }
}

/// 0 for numbers too small to hear, which would otherwise become slow denormals.
#[must_use]
#[inline(always)]
#[allow(clippy::inline_always)] // compiled for the instruction set of its kernel
pub fn flush(x: f32) -> f32 {
    if x.abs() < 1e-15 { 0.0 } else { x }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gain at `f` (cycles a frame) of the impulse response that `run` makes.
    fn response(run: impl FnOnce(&mut [f32]), f: f64) -> f64 {
        let mut x = vec![0.0f32; 1 << 14];
        x[0] = 1e-3;
        run(&mut x);
        let (mut re, mut im) = (0.0, 0.0);
        for (i, &y) in x.iter().enumerate() {
            let p = core::f64::consts::TAU * f * i as f64;
            re += f64::from(y) * p.cos();
            im += f64::from(y) * p.sin();
        }
        re.hypot(im) * 1e3
    }

    /// |H| of the analogue two-pole prototype at the bilinear image of `f`.
    fn theory(pass: Pass, cutoff: f64, q: f64, f: f64) -> f64 {
        let w = (core::f64::consts::PI * f).tan() / (core::f64::consts::PI * cutoff).tan();
        let denominator = (1.0 - w * w).hypot(w / q);
        match pass {
            Pass::Low => 1.0 / denominator,
            Pass::Band => w / q / denominator,
            Pass::High => w * w / denominator,
        }
    }

    #[test]
    fn svf_follows_theory() {
        for pass in [Pass::Low, Pass::Band, Pass::High] {
            for (cutoff, q) in [(0.02, 0.707), (0.1, 4.0), (0.3, 1.0)] {
                for f in [0.005, 0.02, 0.05, 0.1, 0.2, 0.4] {
                    let g = gain(cutoff as f32);
                    let run = |x: &mut [f32]| {
                        let mut svf = Svf::default();
                        x.iter_mut().for_each(|y| *y = svf.tick(pass, g, 1.0 / q as f32, *y));
                    };
                    let (is, should) = (response(run, f), theory(pass, cutoff, q, f));
                    assert!(
                        (is - should).abs() < 0.003 + 0.01 * should,
                        "{pass:?} {cutoff} {q} {f}: {is} {should}"
                    );
                }
            }
        }
    }

    #[test]
    fn ladder_falls_by_24_db_an_octave_and_peaks_with_feedback() {
        let at = |feedback: f32, f: f64| {
            let run = |x: &mut [f32]| {
                let mut s = [0.0; 4];
                let setting = (gain(0.02), feedback);
                x.iter_mut().for_each(|y| *y = ladder(setting, s.each_mut(), *y));
            };
            response(run, f)
        };
        assert!((at(0.0, 0.0005) - 1.0).abs() < 0.01);
        let octave = 20.0 * (at(0.0, 0.1) / at(0.0, 0.2)).log10();
        assert!((24.0..32.0).contains(&octave), "{octave}");
        assert!(at(3.5, 0.02) > 3.0 * at(0.0, 0.02));
    }

    /// |H| of the analogue ladder, four one-poles with feedback, at the bilinear image of `f`.
    fn ladder_theory(cutoff: f64, feedback: f64, f: f64) -> f64 {
        let w = (core::f64::consts::PI * f).tan() / (core::f64::consts::PI * cutoff).tan();
        // (1 + jw)⁴ + k, by its real and imaginary part.
        let re = 1.0 - 6.0 * w * w + w.powi(4) + feedback;
        let im = 4.0 * w - 4.0 * w.powi(3);
        (1.0 + 0.5 * feedback) / re.hypot(im)
    }

    #[test]
    fn ladder_follows_theory() {
        let mut worst = 0.0f64;
        for cutoff in [0.01, 0.05, 0.2] {
            for feedback in [0.0f32, 1.0, 2.5, 3.6] {
                for f in [0.002, 0.01, 0.03, 0.05, 0.1, 0.2] {
                    let run = |x: &mut [f32]| {
                        let mut s = [0.0; 4];
                        let setting = (gain(cutoff as f32), feedback);
                        x.iter_mut().for_each(|y| *y = ladder(setting, s.each_mut(), *y));
                    };
                    let is = response(run, f);
                    let should = ladder_theory(cutoff, f64::from(feedback), f);
                    worst = worst.max((20.0 * (is / should).log10()).abs() * should.min(1.0));
                    assert!(
                        (is - should).abs() < 0.002 + 0.01 * should,
                        "{cutoff} {feedback} {f}: {is} {should}"
                    );
                }
            }
        }
        println!("ladder: within {worst:.3} dB of theory where it passes");
    }

    /// Gain at `f` of the voice's 24 dB filter.
    fn four_pole(cutoff: f64, damping: f32, f: f64) -> f64 {
        let run = |x: &mut [f32]| {
            let mut bank = bank::Bank::new();
            let levels = [0.0; bank::STEPS + 1];
            let setting = bank::Setting { cutoff: cutoff as f32, octaves: 0.0, levels, damping };
            let mut poles = [0.0; 4];
            for block in x.chunks_exact_mut(crate::BLOCK) {
                let mut frames = [0.0; crate::BLOCK];
                frames.copy_from_slice(block);
                let silent = [0.0; crate::BLOCK];
                let mut lanes = [&silent; bank::LANES];
                lanes[5] = &frames;
                bank.set(5, &setting, &poles);
                bank.run(bank::Kind::FourPole, &lanes);
                poles = bank.poles(5);
                let mut out = [0.0; crate::BLOCK];
                bank.store(5, &mut out);
                block.copy_from_slice(&out);
            }
        };
        response(run, f)
    }

    #[test]
    fn the_24_db_filter_follows_theory() {
        let mut worst = 0.0f64;
        for cutoff in [0.01, 0.05, 0.2] {
            for q in [0.707, 2.0, 8.0] {
                for f in [0.002, 0.01, 0.03, 0.05, 0.1, 0.2, 0.4] {
                    // Two poles that ring as they are told, and two with a damping of 1.3.
                    let should =
                        theory(Pass::Low, cutoff, q, f) * theory(Pass::Low, cutoff, 1.0 / 1.3, f);
                    let is = four_pole(cutoff, 1.0 / q as f32, f);
                    worst = worst.max((20.0 * (is / should).log10()).abs() * should.min(1.0));
                    assert!(
                        (is - should).abs() < 0.002 + 0.01 * should,
                        "{cutoff} {q} {f}: {is} {should}"
                    );
                }
            }
        }
        println!("24 dB filter: within {worst:.3} dB of theory where it passes");
        // Far above a low cutoff, where the bilinear image is nearly true: 24 dB an octave.
        let octave = four_pole(0.005, 1.414, 0.04) / four_pole(0.005, 1.414, 0.08);
        let octave = 20.0 * octave.log10();
        assert!((23.5..25.5).contains(&octave), "{octave}");
    }

    #[test]
    fn resonance_means_what_its_two_sources_say() {
        assert!((quality(0.0) - 0.707).abs() < 1e-3);
        assert!((quality(20.0) - 10.0).abs() < 0.1, "20 dB");
        assert!(quality(0.5) > 3.0 && quality(1.0) < 40.0);
    }
}
