//! The last stage: DC blocker, and a limiter that looks ahead and sees between the samples.

use multiversion::multiversion;

use crate::BLOCK;
use crate::bus::Stereo;
use crate::filter::{OnePole, flush};

/// Frames by which the limiter delays the sound.
pub(crate) const DELAY: usize = BLOCK;
/// What no sample exceeds.
pub const CEILING: f32 = 0.99;
/// What the estimated peaks between samples are kept below.
const GOAL: f32 = 0.96;
/// Below this, in hertz, is direct current.
const DIRECT: f32 = 4.0;
/// Frames over which the gain moves down.
const WINDOW: usize = 59;
/// Taps of the interpolator that looks between the samples: as many as a meter of true peaks has
/// for each point (ITU-R BS.1770, annex 2).
const TAPS: usize = 12;
/// Frames that it needs for a block.
const SEEN: usize = BLOCK + TAPS - 1;
/// Points at which it looks: a quarter, half and three quarters of the way.
const POINTS: usize = 3;
/// Seconds in which the gain recovers most of its way.
const RECOVER: f32 = 0.12;
/// Frames after which the window holds nothing but gains of 1, once one block ended at 1.
const CALM: usize = 2 * BLOCK;
/// Frames of look-back kept; a power of two above `DELAY` and `WINDOW`.
const KEEP: usize = 128;

/// Takes direct current out of one sample.
pub(crate) fn block_direct(low: &mut OnePole, rate: f32, x: f32) -> f32 {
    let x = if x.is_finite() { x } else { 0.0 };
    flush(x - low.low(OnePole::share(DIRECT / rate), x))
}

/// The master bus.
pub(crate) struct Master {
    dc: [OnePole; 2],
    share: f32,
    /// The last block, with what the interpolator needs of the one before.
    seen: [[f32; SEEN]; 2],
    /// The sound on its way out.
    held: [[f32; DELAY]; 2],
    lows: Lows,
    /// Smallest gain within the window behind each frame.
    lowest: [f32; KEEP],
    sum: f64,
    at: usize,
    /// Frames since a block was to be limited; from `CALM` on all gains are 1.
    calm: usize,
    recovered: f32,
    recover: f32,
    between: [[f32; TAPS]; POINTS],
}

impl Master {
    /// A silent master at `rate` frames a second.
    pub fn new(rate: f32) -> Self {
        Master {
            dc: [OnePole::default(); 2],
            share: OnePole::share(DIRECT / rate),
            seen: [[0.0; SEEN]; 2],
            held: [[0.0; DELAY]; 2],
            lows: Lows { kept: [(0, 1.0); KEEP], first: 0, end: 0 },
            lowest: [1.0; KEEP],
            sum: WINDOW as f64,
            at: 0,
            calm: CALM,
            recovered: 1.0,
            recover: OnePole::share(1.0 / (core::f32::consts::TAU * RECOVER * rate)),
            between: core::array::from_fn(|i| taps((i + 1) as f32 / (POINTS + 1) as f32)),
        }
    }

    /// Turns the mix into the output of [`DELAY`] frames ago; its loudest sample, and the gains by
    /// which it was limited.
    pub fn run(&mut self, mix: &mut Stereo) -> (f32, [f32; BLOCK]) {
        self.dc.iter_mut().for_each(OnePole::settle);
        for (channel, x) in mix.iter().enumerate() {
            let seen = &mut self.seen[channel];
            seen.copy_within(BLOCK.., 0);
            for (y, x) in seen[TAPS - 1..].iter_mut().zip(x) {
                let x = if x.is_finite() { *x } else { 0.0 };
                *y = flush(x - self.dc[channel].low(self.share, x));
            }
        }
        let mut gains = [0.0; BLOCK];
        peaks(&self.between, &self.seen, &mut gains);
        let loud = gains.iter().any(|peak| *peak > GOAL);
        gains.iter_mut().for_each(|peak| *peak = GOAL / peak.max(GOAL));
        if loud || self.calm < CALM {
            for gain in &mut gains {
                *gain = self.gain(*gain);
            }
            self.calm = if loud || self.recovered < 1.0 { 0 } else { self.calm + BLOCK };
        } else {
            gains = [1.0; BLOCK];
        }
        let mut peak = 0.0f32;
        for (channel, x) in mix.iter_mut().enumerate() {
            let fresh = &self.seen[channel][TAPS - 1..];
            let held = self.held[channel].iter_mut().zip(fresh);
            for ((y, (old, new)), gain) in x.iter_mut().zip(held).zip(&gains) {
                *y = (*old * gain).clamp(-CEILING, CEILING);
                *old = *new;
                peak = peak.max(y.abs());
            }
        }
        (peak, gains)
    }

    /// Takes in the gain that the next frame needs; the gain for the frame that leaves now.
    fn gain(&mut self, need: f32) -> f32 {
        let at = self.at % KEEP;
        self.recovered += self.recover * (1.0 - self.recovered);
        self.recovered = if self.recovered > 0.999_99 { 1.0 } else { self.recovered }.min(need);
        let lowest = self.lowest_with(self.recovered);
        let leaving = self.lowest[self.at.wrapping_sub(WINDOW) % KEEP];
        self.sum += f64::from(lowest) - f64::from(leaving);
        self.lowest[at] = lowest;
        self.at = self.at.wrapping_add(1);
        (self.sum / WINDOW as f64).min(1.0) as f32
    }

    /// Takes in the next wanted gain; the smallest of the window that it ends. Only gains that may
    /// still become the smallest are kept, each with its frame, in rising order.
    fn lowest_with(&mut self, wanted: f32) -> f32 {
        let Lows { kept, first, end } = &mut self.lows;
        while end != first && kept[end.wrapping_sub(1) % KEEP].1 >= wanted {
            *end = end.wrapping_sub(1);
        }
        kept[*end % KEEP] = (self.at, wanted);
        *end = end.wrapping_add(1);
        while self.at.wrapping_sub(kept[*first % KEEP].0) >= WINDOW {
            *first = first.wrapping_add(1);
        }
        kept[*first % KEEP].1
    }
}

/// The gains of the window that may still become its smallest.
struct Lows {
    kept: [(usize, f32); KEEP],
    first: usize,
    end: usize,
}

/// For each frame the highest of the two samples in the middle of the interpolator and the points
/// between them, of both channels.
#[multiversion(targets("x86_64+avx2"))]
fn peaks(between: &[[f32; TAPS]; POINTS], seen: &[[f32; SEEN]; 2], out: &mut [f32; BLOCK]) {
    for x in seen {
        let (before, after) = (&x[TAPS / 2 - 1..], &x[TAPS / 2..]);
        for (y, (before, after)) in out.iter_mut().zip(before.iter().zip(after)) {
            *y = higher(higher(*y, before.abs()), after.abs());
        }
        for taps in between {
            let mut sum = [0.0; BLOCK];
            for (i, tap) in taps.iter().enumerate() {
                for (y, x) in sum.iter_mut().zip(&x[i..]) {
                    *y += tap * x;
                }
            }
            for (y, sum) in out.iter_mut().zip(&sum) {
                *y = higher(*y, sum.abs());
            }
        }
    }
}

#[inline(always)]
#[allow(clippy::inline_always)] // compiled for the instruction set of its kernel
fn higher(a: f32, b: f32) -> f32 {
    if b > a { b } else { a }
}

/// Windowed-sinc taps for the point `share` of the way between the two samples in the middle.
fn taps(share: f32) -> [f32; TAPS] {
    let tap = |i: usize| {
        let x = i as f32 - (TAPS / 2 - 1) as f32 - share;
        let window = crate::math::cos_turns(x / (2 * TAPS) as f32);
        window * crate::math::sin_turns(0.5 * x) / (core::f32::consts::PI * x)
    };
    let taps: [f32; TAPS] = core::array::from_fn(tap);
    let sum: f32 = taps.iter().sum();
    taps.map(|t| t / sum)
}

/// A peak is seen `TAPS / 2 - 1` or `TAPS / 2` frames late; the window must hold its gain from then
/// until it has left.
const _: () = assert!(WINDOW + TAPS / 2 == DELAY + 1 && KEEP > DELAY);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::sin_turns;

    /// The left channel of what comes out for `input`.
    fn run(blocks: usize, input: impl Fn(usize) -> f32) -> Vec<f32> {
        let mut master = Master::new(48_000.0);
        let mut heard = Vec::new();
        for block in 0..blocks {
            let mut mix = [[0.0; BLOCK]; 2];
            for (i, y) in mix[0].iter_mut().enumerate() {
                *y = input(block * BLOCK + i);
            }
            master.run(&mut mix);
            heard.extend_from_slice(&mix[0]);
        }
        heard
    }

    /// The loudest point between the samples, by a long windowed sinc at 16 points each.
    fn true_peak(x: &[f32]) -> f64 {
        let mut peak = 0.0f64;
        for i in 40..x.len() - 40 {
            for share in (0..16).map(|s| f64::from(s) / 16.0) {
                let tap = |k: usize| {
                    let d = k as f64 - 32.0 - share;
                    let sinc = if d == 0.0 {
                        1.0
                    } else {
                        (d * core::f64::consts::PI).sin() / (d * core::f64::consts::PI)
                    };
                    sinc * (d * core::f64::consts::PI / 66.0).cos() * f64::from(x[i + k - 32])
                };
                peak = peak.max((0..64).map(tap).sum::<f64>().abs());
            }
        }
        peak
    }

    #[test]
    fn what_is_quiet_passes_untouched_but_for_the_delay() {
        let input = |i: usize| 0.9 * sin_turns(i as f32 * 0.0127);
        let heard = run(40, input);
        for i in 0..2000 {
            assert!((heard[i + DELAY] - input(i)).abs() < 0.03, "only the DC blocker at {i}");
        }
        assert!(heard[..DELAY].iter().all(|y| *y == 0.0));
    }

    #[test]
    fn bursts_stay_below_the_goal_and_are_not_clipped() {
        let input = |i: usize| {
            let loud = if i % 3000 < 900 { 4.0 } else { 0.3 };
            loud * sin_turns((i as f32 * 0.021).fract())
        };
        let heard = run(200, input);
        let peak = heard.iter().fold(0.0f32, |p, y| p.max(y.abs()));
        assert!(peak <= GOAL + 1e-4 && peak > 0.9, "{peak}");
    }

    #[test]
    fn peaks_between_the_samples_are_seen() {
        // A sine at a quarter of the rate, sampled 45 degrees off its peaks: true peak √2 higher.
        let heard =
            run(40, |i| 0.95 * core::f32::consts::SQRT_2 * sin_turns(0.125 + 0.25 * i as f32));
        let sample = heard[1000..].iter().fold(0.0f32, |p, y| p.max(y.abs()));
        assert!(sample < 0.75, "{sample}");
        let peak = true_peak(&heard[1000..1400]);
        assert!((0.9..1.0).contains(&peak), "{peak}");
    }

    #[test]
    fn true_peaks_of_all_kinds_of_sound_stay_below_full_scale() {
        let tone = |i: usize, hertz: f32| sin_turns((i as f32 * hertz / 48_000.0 + 0.13).fract());
        let mut noise = crate::noise::Noise::new(3);
        let white: Vec<f32> = (0..64 * 202).map(|_| noise.white()).collect();
        // As far up as it is heard, 18 kHz. What fills the last octave's end may still peak 1.5 dB
        // higher between samples; meters of true peaks do not see that either.
        let low: Vec<f32> = (0..64)
            .map(|k| {
                let (x, window) = (k as f32 - 31.5, sin_turns((k as f32 + 0.5) / 128.0));
                window * sin_turns((0.375 * x).fract()) / (core::f32::consts::PI * x)
            })
            .collect();
        let filtered = white.windows(64).map(|x| x.iter().zip(&low).map(|(x, h)| x * h).sum());
        let hiss: Vec<f32> = filtered.collect();
        let kinds: [(&str, &dyn Fn(usize) -> f32); 6] = [
            ("a high tone", &|i| 3.0 * tone(i, 11_987.0)),
            ("a higher tone", &|i| 3.0 * tone(i, 16_003.0)),
            ("two tones", &|i| 1.7 * (tone(i, 9001.0) + tone(i, 14_003.0))),
            ("bursts", &|i| if i % 1500 < 300 { 5.0 * tone(i, 7919.0) } else { 0.0 }),
            ("a square", &|i| if tone(i, 997.0) > 0.0 { 2.0 } else { -2.0 }),
            ("noise", &|i| 4.0 * hiss[i % hiss.len()]),
        ];
        for (name, input) in kinds {
            let heard = run(200, input);
            let peak = true_peak(&heard[2000..6000]);
            println!("{name}: true peak {:.2} dB", 20.0 * peak.log10());
            assert!((0.85..1.0).contains(&peak), "{name}: {peak}");
        }
    }

    #[test]
    fn dc_goes_and_odd_numbers_do_not_pass() {
        let heard = run(3000, |i| if i == 777 { f32::NAN } else { 0.5 });
        assert!(heard.iter().all(|y| y.is_finite()));
        assert!(heard[150_000..].iter().all(|y| y.abs() < 0.02));
    }
}
