//! Filters that keep their shape while their cutoff moves: state-variable and ladder, both in
//! topology-preserving form (V. Zavalishin, "The Art of VA Filter Design"; A. Simper's mixing).

use crate::math::{exp2, saturate, warp};

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

/// Warped gain for a cutoff in cycles a frame, kept below half the sample rate.
#[must_use]
#[inline]
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

/// How a filter is to run: its warped gain moves in a line, its damping stands still.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Warped gain before the first sample and at the last.
    pub line: (f32, f32),
    /// 1/Q of a state-variable filter; feedback, 0..4, of a ladder (4 oscillates).
    pub damping: f32,
}

/// Two-pole state-variable filter.
#[derive(Clone, Copy, Debug, Default)]
pub struct Svf {
    a: f32,
    b: f32,
}

impl Svf {
    /// Filters `x` in place.
    pub fn run(&mut self, pass: Pass, setting: Setting, x: &mut [f32]) {
        Svf::run_side_by_side([self], pass, [setting], [x]);
    }

    /// Filters several channels of equal length at once: each sample waits for the one before it,
    /// so that two filters take hardly longer than one.
    #[allow(clippy::needless_range_loop)] // one frame of all lanes at a time
    pub fn run_side_by_side<const N: usize>(
        filters: [&mut Svf; N],
        pass: Pass,
        settings: [Setting; N],
        x: [&mut [f32]; N],
    ) {
        let len = x.iter().map(|x| x.len()).min().unwrap_or(0);
        let damping = settings.map(|s| s.damping);
        let mixes = damping.map(|damping| match pass {
            Pass::Low => (0.0, 0.0, 0.5),
            Pass::Band => (0.0, 0.5 * damping, 0.0),
            Pass::High => (1.0, -0.5 * damping, -0.5),
        });
        let mut g = settings.map(|s| s.line.0);
        let step = settings.map(|s| (s.line.1 - s.line.0) / len.max(1) as f32);
        let mut a: [f32; N] = core::array::from_fn(|lane| filters[lane].a);
        let mut b: [f32; N] = core::array::from_fn(|lane| filters[lane].b);
        for i in 0..len {
            for lane in 0..N {
                g[lane] += step[lane];
                let a1 = 2.0 / (1.0 + g[lane] * (g[lane] + damping[lane]));
                let a2 = g[lane] * a1;
                let input = x[lane][i];
                let rest = input - b[lane];
                // Next states first: they are what the next sample waits for.
                let next_a = (a1 - 1.0) * a[lane] + a2 * rest;
                let next_b = b[lane] + (a2 * a[lane] + (g[lane] * a2) * rest);
                let (m0, m1, m2) = mixes[lane];
                x[lane][i] = m0 * input + m1 * (a[lane] + next_a) + m2 * (b[lane] + next_b);
                (a[lane], b[lane]) = (next_a, next_b);
            }
        }
        for (lane, filter) in filters.into_iter().enumerate() {
            *filter = Svf { a: flush(a[lane]), b: flush(b[lane]) };
        }
    }

    /// Filters one sample at the warped gain `g`.
    #[inline]
    pub fn tick(&mut self, pass: Pass, g: f32, damping: f32, x: f32) -> f32 {
        let mut y = [x];
        self.run(pass, Setting { line: (g, g), damping }, &mut y);
        y[0]
    }
}

/// Four-pole ladder low-pass with a saturating input, 24 dB an octave.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ladder([f32; 4]);

impl Ladder {
    /// Filters several channels of equal length at once, in place.
    #[allow(clippy::needless_range_loop)] // one frame of all lanes at a time
    pub fn run_side_by_side<const N: usize>(
        filters: [&mut Ladder; N],
        settings: [Setting; N],
        x: [&mut [f32]; N],
    ) {
        let len = x.iter().map(|x| x.len()).min().unwrap_or(0);
        let feedback = settings.map(|s| s.damping);
        let mut g = settings.map(|s| s.line.0);
        let step = settings.map(|s| (s.line.1 - s.line.0) / len.max(1) as f32);
        let mut states: [[f32; 4]; N] = core::array::from_fn(|lane| filters[lane].0);
        for i in 0..len {
            for lane in 0..N {
                g[lane] += step[lane];
                let input = x[lane][i] * (1.0 + 0.5 * feedback[lane]);
                x[lane][i] = Ladder::next(&mut states[lane], g[lane], feedback[lane], input);
            }
        }
        for (filter, state) in filters.into_iter().zip(states) {
            filter.0 = state.map(flush);
        }
    }

    /// The next sample; the feedback is solved for, not delayed.
    #[inline]
    fn next(s: &mut [f32; 4], g: f32, feedback: f32, input: f32) -> f32 {
        let h = 1.0 / (1.0 + g);
        let p = g * h;
        let p2 = p * p;
        // Horner by pairs: fewer steps that wait for each other.
        let rest = h * ((s[3] + p * s[2]) + p2 * (s[1] + p * s[0]));
        let mut u = saturate((input - feedback * rest) / (1.0 + feedback * (p2 * p2)));
        for state in s {
            let v = (u - *state) * p;
            u = v + *state;
            *state = u + v;
        }
        u
    }
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
#[inline]
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
                        let setting = Setting { line: (g, g), damping: 1.0 / q as f32 };
                        Svf::default().run(pass, setting, x);
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
    fn side_by_side_is_the_same_as_one_by_one() {
        let line = (gain(0.01), gain(0.2));
        let settings = [Setting { line, damping: 0.3 }, Setting { line: (0.2, 0.2), damping: 1.1 }];
        let wave: Vec<f32> = (0..64).map(|i| (i as f32 * 0.7).sin()).collect();
        let (mut l, mut r) = (wave.clone(), wave.clone());
        let [mut a, mut b] = [Svf::default(); 2];
        Svf::run_side_by_side([&mut a, &mut b], Pass::Band, settings, [&mut l, &mut r]);
        for (setting, together) in settings.into_iter().zip([l, r]) {
            let mut alone = wave.clone();
            Svf::default().run(Pass::Band, setting, &mut alone);
            assert_eq!(alone, together);
        }
    }

    #[test]
    fn ladder_falls_by_24_db_an_octave_and_peaks_with_feedback() {
        let at = |feedback: f32, f: f64| {
            let setting = Setting { line: (gain(0.02), gain(0.02)), damping: feedback };
            let run = |x: &mut [f32]| {
                Ladder::run_side_by_side([&mut Ladder::default()], [setting], [x]);
            };
            response(run, f)
        };
        assert!((at(0.0, 0.0005) - 1.0).abs() < 0.01);
        let octave = 20.0 * (at(0.0, 0.1) / at(0.0, 0.2)).log10();
        assert!((24.0..32.0).contains(&octave), "{octave}");
        assert!(at(3.5, 0.02) > 3.0 * at(0.0, 0.02));
    }

    #[test]
    fn resonance_means_what_its_two_sources_say() {
        assert!((quality(0.0) - 0.707).abs() < 1e-3);
        assert!((quality(20.0) - 10.0).abs() < 0.1, "20 dB");
        assert!(quality(0.5) > 3.0 && quality(1.0) < 40.0);
    }
}
