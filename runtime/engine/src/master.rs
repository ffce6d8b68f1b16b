//! The last stage: DC blocker, and a limiter that looks ahead and sees between the samples.

use multiversion::multiversion;

use crate::BLOCK;
use crate::blep::bessel;
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
const WINDOW: usize = 41;
/// Taps of the interpolator that looks between the samples, as a meter of true peaks does (ITU-R
/// BS.1770, annex 2). It has four times as many as a meter, which need not see what fills the last
/// octave's end: noise peaks there, too.
const TAPS: usize = 48;
/// Shape of the Kaiser window of its taps: low, for an edge that is steep.
const BETA: f64 = 2.0;
/// What the samples beyond its taps may add to a peak, as a share of what lies near half the rate:
/// only that still counts so far away. Measured with noise of all kinds.
const BEYOND: f32 = 1.25;
/// How often the second difference is taken to find what lies there: 48 dB less an octave below.
const STEEP: usize = 8;
/// Frames whose peaks are looked for at once: as many as the processor has room for.
const STRETCH: usize = 16;
/// Frames over which the mean of that is taken.
const MEAN: usize = TAPS - 2 * STEEP;
/// Frames that it needs for a block.
const SEEN: usize = BLOCK + TAPS - 1;
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
    between: Between,
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
            between: Between::new(),
        }
    }

    /// Turns the mix into the output of [`DELAY`] frames ago; its loudest sample, and the gains by
    /// which it was limited.
    pub fn run(&mut self, mix: &mut Stereo) -> (f32, [f32; BLOCK]) {
        self.dc.iter_mut().for_each(OnePole::settle);
        let [left, right] = &mut self.seen;
        left.copy_within(BLOCK.., 0);
        right.copy_within(BLOCK.., 0);
        // Both at once: each frame waits for the one before it, but not for the other channel.
        let seen = left[TAPS - 1..].iter_mut().zip(&mut right[TAPS - 1..]);
        let [l, r] = &mut self.dc;
        for ((y_l, y_r), (x_l, x_r)) in seen.zip(mix[0].iter().zip(&mix[1])) {
            let x_l = if x_l.is_finite() { *x_l } else { 0.0 };
            let x_r = if x_r.is_finite() { *x_r } else { 0.0 };
            *y_l = flush(x_l - l.low(self.share, x_l));
            *y_r = flush(x_r - r.low(self.share, x_r));
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
/// between them, of both channels, with what may come from beyond its taps.
#[multiversion(targets("x86_64+avx2"))]
fn peaks(between: &Between, seen: &[[f32; SEEN]; 2], out: &mut [f32; BLOCK]) {
    for x in seen {
        let mut own = [0.0; BLOCK];
        let (before, after) = (&x[TAPS / 2 - 1..], &x[TAPS / 2..]);
        for (y, (before, after)) in own.iter_mut().zip(before.iter().zip(after)) {
            *y = higher(before.abs(), after.abs());
        }
        for (n, own) in own.as_chunks_mut::<STRETCH>().0.iter_mut().enumerate() {
            let x = &x[n * STRETCH..];
            let [mut half, mut even, mut odd] = [[0.0; STRETCH]; 3];
            for (i, [h, e, o]) in between.0.iter().enumerate() {
                let (first, last) = (x[i..].first_chunk(), x[TAPS - 1 - i..].first_chunk());
                let (Some(first), Some(last)): (Option<&[f32; STRETCH]>, _) = (first, last) else {
                    break;
                };
                let last: &[f32; STRETCH] = last;
                for k in 0..STRETCH {
                    let (sum, difference) = (first[k] + last[k], first[k] - last[k]);
                    half[k] += h * sum;
                    even[k] += e * sum;
                    odd[k] += o * difference;
                }
            }
            for (k, y) in own.iter_mut().enumerate() {
                let (before, after) = ((even[k] + odd[k]).abs(), (even[k] - odd[k]).abs());
                *y = higher(higher(*y, half[k].abs()), higher(before, after));
            }
        }
        let beyond = beyond(x);
        for ((y, own), beyond) in out.iter_mut().zip(&own).zip(&beyond) {
            *y = higher(*y, own + beyond);
        }
    }
}

/// For each frame what the samples beyond the taps may add to its peak.
#[inline(always)]
#[allow(clippy::inline_always)] // compiled for the instruction set of its kernel
fn beyond(x: &[f32; SEEN]) -> [f32; BLOCK] {
    let mut high = *x;
    for pass in 0..STEEP {
        let len = SEEN - 2 * pass;
        for i in 0..len - 2 {
            high[i] = 0.5 * high[i + 1] - 0.25 * (high[i] + high[i + 2]);
        }
    }
    high.iter_mut().for_each(|y| *y = y.abs());
    let mut sum: f32 = high[..MEAN].iter().sum();
    let mut means = [0.0; BLOCK];
    for (i, y) in means.iter_mut().enumerate() {
        *y = sum;
        sum += high[i + MEAN] - high[i];
    }
    for y in &mut means {
        *y = higher(0.0, *y * (BEYOND / MEAN as f32));
    }
    means
}

#[inline(always)]
#[allow(clippy::inline_always)] // compiled for the instruction set of its kernel
fn higher(a: f32, b: f32) -> f32 {
    if b > a { b } else { a }
}

/// The taps for half the way, and what is even and what is odd in those for a quarter: those for three
/// quarters are the same the other way round, and half of them do for both ends.
struct Between([[f32; 3]; TAPS / 2]);

impl Between {
    fn new() -> Self {
        let (quarter, half) = (taps(0.25), taps(0.5));
        Between(core::array::from_fn(|i| {
            let (first, last) = (quarter[i], quarter[TAPS - 1 - i]);
            [half[i], 0.5 * (first + last), 0.5 * (first - last)]
        }))
    }
}

/// Windowed-sinc taps for the point `share` of the way between the two samples in the middle.
fn taps(share: f32) -> [f32; TAPS] {
    let half = (TAPS / 2) as f64;
    let tap = |i: usize| {
        let x = i as f64 - (half - 1.0) - f64::from(share);
        let window = bessel(BETA * (1.0 - (x / half).powi(2)).max(0.0).sqrt()) / bessel(BETA);
        window * (core::f64::consts::PI * x).sin() / (core::f64::consts::PI * x)
    };
    let taps: [f64; TAPS] = core::array::from_fn(tap);
    let sum: f64 = taps.iter().sum();
    taps.map(|t| (t / sum) as f32)
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

    /// The loudest point between the samples, by sixteen points to each, found from the spectrum:
    /// an interpolation that is exact up to half the rate. What lies near the ends, where the
    /// stretch meets itself, is left out.
    fn true_peak(x: &[f32]) -> f64 {
        const TIMES: usize = 16;
        let n = x.len();
        let mut spectrum: Vec<Complex> = x.iter().map(|x| (f64::from(*x), 0.0)).collect();
        fft(&mut spectrum, -1.0);
        let mut finer = vec![(0.0, 0.0); TIMES * n];
        finer[..n / 2].copy_from_slice(&spectrum[..n / 2]);
        let last = TIMES * n - (n / 2 - 1);
        finer[last..].copy_from_slice(&spectrum[n / 2 + 1..]);
        fft(&mut finer, 1.0);
        let kept = &finer[TIMES * 500..TIMES * (n - 500)];
        kept.iter().fold(0.0f64, |peak, y| peak.max(y.0.abs())) / n as f64
    }

    type Complex = (f64, f64);

    /// A plain fast Fourier transform of a power of two.
    fn fft(x: &mut [Complex], sign: f64) {
        let n = x.len();
        if n == 1 {
            return;
        }
        let mut even: Vec<Complex> = x.iter().step_by(2).copied().collect();
        let mut odd: Vec<Complex> = x.iter().skip(1).step_by(2).copied().collect();
        fft(&mut even, sign);
        fft(&mut odd, sign);
        for (k, (e, o)) in even.iter().zip(&odd).enumerate() {
            let (sin, cos) = (sign * core::f64::consts::TAU * k as f64 / n as f64).sin_cos();
            let turned = (cos * o.0 - sin * o.1, cos * o.1 + sin * o.0);
            x[k] = (e.0 + turned.0, e.1 + turned.1);
            x[k + n / 2] = (e.0 - turned.0, e.1 - turned.1);
        }
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
            run(200, |i| 0.95 * core::f32::consts::SQRT_2 * sin_turns(0.125 + 0.25 * i as f32));
        let sample = heard[1000..].iter().fold(0.0f32, |p, y| p.max(y.abs()));
        assert!(sample < 0.75, "{sample}");
        let peak = true_peak(&heard[1000..1000 + 8192]);
        assert!((0.9..f64::from(CEILING)).contains(&peak), "{peak}");
    }

    #[test]
    fn true_peaks_of_all_kinds_of_sound_stay_below_the_ceiling() {
        let tone = |i: usize, hertz: f32| sin_turns((i as f32 * hertz / 48_000.0 + 0.13).fract());
        let mut noise = crate::noise::Noise::new(3);
        let white: Vec<f32> = (0..20_000).map(|_| noise.white()).collect();
        let white = |i: usize| white[i % white.len()];
        let clipped = |x: f32| (20.0 * x).clamp(-2.0, 2.0);
        let kinds: [(&str, &dyn Fn(usize) -> f32); 11] = [
            ("a high tone", &|i| 3.0 * tone(i, 11_987.0)),
            ("a higher tone", &|i| 3.0 * tone(i, 16_003.0)),
            ("two tones", &|i| 1.7 * (tone(i, 9001.0) + tone(i, 14_003.0))),
            ("bursts", &|i| if i % 1500 < 300 { 5.0 * tone(i, 7919.0) } else { 0.0 }),
            ("a square", &|i| if tone(i, 997.0) > 0.0 { 2.0 } else { -2.0 }),
            ("a clipped sine", &|i| clipped(tone(i, 3001.0))),
            ("noise up to 24 kHz", &|i| 4.0 * white(i)),
            ("louder noise", &|i| 16.0 * white(i)),
            ("clipped noise", &|i| clipped(white(i))),
            ("bits", &|i| if white(i) > 0.0 { 2.0 } else { -2.0 }),
            ("noise in bursts", &|i| if i % 1500 < 300 { 8.0 * white(i) } else { 0.0 }),
        ];
        for (name, input) in kinds {
            let heard = run(300, input);
            let peak = true_peak(&heard[2000..2000 + 16_384]);
            println!("{name}: true peak {:.2} dB", 20.0 * peak.log10());
            assert!((0.85..f64::from(CEILING)).contains(&peak), "{name}: {peak}");
        }
    }

    #[test]
    fn dc_goes_and_odd_numbers_do_not_pass() {
        let heard = run(3000, |i| if i == 777 { f32::NAN } else { 0.5 });
        assert!(heard.iter().all(|y| y.is_finite()));
        assert!(heard[150_000..].iter().all(|y| y.abs() < 0.02));
    }
}
