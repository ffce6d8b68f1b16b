//! Loudness as broadcasters measure it: integrated, gated, in LUFS, and the true peak between the
//! samples (ITU-R BS.1770-4, EBU Tech 3341), at 48 kHz in stereo.

/// The first filter of the K-weighting, the head: b0 b1 b2 a1 a2 (BS.1770-4, table 1).
const SHELF: [f64; 5] = [
    1.535_124_859_586_97,
    -2.691_696_189_406_38,
    1.198_392_810_852_85,
    -1.690_659_293_182_41,
    0.732_480_774_215_85,
];
/// The second, a high-pass (table 2).
const HIGH: [f64; 5] = [1.0, -2.0, 1.0, -1.990_047_454_833_98, 0.990_072_250_366_21];
/// Frames of a step: a tenth of a second; blocks of four of them overlap by three.
const STEP: usize = 4800;
/// Blocks below this are silence, in LUFS.
const SILENCE: f64 = -70.0;
/// Blocks this far below the others are pauses, in LU.
const PAUSE: f64 = -10.0;
/// Points between samples, and samples around each, for the true peak.
const OVER: usize = 4;
const TAPS: usize = 12;

/// A filter of two poles, in transposed form.
#[derive(Clone, Copy, Debug, Default)]
struct Biquad([f64; 2]);

impl Biquad {
    fn tick(&mut self, [b0, b1, b2, a1, a2]: &[f64; 5], x: f64) -> f64 {
        let y = b0 * x + self.0[0];
        self.0 = [b1 * x - a1 * y + self.0[1], b2 * x - a2 * y];
        y
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct Channel {
    shelf: Biquad,
    high: Biquad,
    /// The last samples, newest first.
    near: [f32; TAPS],
}

/// Listens to interleaved stereo at 48 kHz.
#[derive(Clone, Debug)]
pub struct Loudness {
    channels: [Channel; 2],
    table: [[f32; TAPS]; OVER],
    frames: usize,
    power: f64,
    /// Mean power of each step.
    steps: Vec<f64>,
    peak: f32,
}

impl Default for Loudness {
    fn default() -> Self {
        Loudness::new()
    }
}

/// LUFS of a mean power.
fn lufs(power: f64) -> f64 {
    -0.691 + 10.0 * power.max(1e-30).log10()
}

impl Loudness {
    /// Nothing heard yet.
    #[must_use]
    pub fn new() -> Self {
        // A sinc through the middle of twelve samples under a raised cosine.
        let tap = |over: usize, tap: usize| {
            let x = tap as f64 - (TAPS / 2 - 1) as f64 - over as f64 / OVER as f64;
            let turn = core::f64::consts::PI * x;
            let sinc = if x.abs() < 1e-9 { 1.0 } else { turn.sin() / turn };
            let window = 0.5 + 0.5 * (turn / (TAPS / 2) as f64).cos();
            (sinc * window) as f32
        };
        Loudness {
            channels: [Channel::default(); 2],
            table: core::array::from_fn(|o| core::array::from_fn(|t| tap(o, t))),
            frames: 0,
            power: 0.0,
            steps: Vec::new(),
            peak: 0.0,
        }
    }

    /// Hears more.
    pub fn hear(&mut self, samples: &[f32]) {
        for frame in samples.chunks_exact(2) {
            for (channel, &x) in self.channels.iter_mut().zip(frame) {
                let shelved = channel.shelf.tick(&SHELF, f64::from(x));
                let weighted = channel.high.tick(&HIGH, shelved);
                self.power += weighted * weighted;
                channel.near.copy_within(..TAPS - 1, 1);
                channel.near[0] = x;
                for taps in &self.table {
                    let y: f32 = taps.iter().zip(&channel.near).map(|(t, x)| t * x).sum();
                    self.peak = self.peak.max(y.abs());
                }
            }
            self.frames += 1;
            if self.frames == STEP {
                self.steps.push(self.power / STEP as f64);
                (self.power, self.frames) = (0.0, 0);
            }
        }
    }

    /// The largest value between and at the samples, in decibels of full scale.
    #[must_use]
    pub fn true_peak(&self) -> f64 {
        20.0 * f64::from(self.peak).max(1e-12).log10()
    }

    /// Loudness of the whole in LUFS, pauses left out; `None` if all of it is silence.
    #[must_use]
    pub fn integrated(&self) -> Option<f64> {
        let blocks: Vec<f64> =
            self.steps.windows(4).map(|steps| steps.iter().sum::<f64>() / 4.0).collect();
        let above = |gate: f64| {
            let loud: Vec<f64> = blocks.iter().copied().filter(|p| lufs(*p) > gate).collect();
            let sum: f64 = loud.iter().sum();
            (!loud.is_empty()).then(|| sum / loud.len() as f64)
        };
        let gate = lufs(above(SILENCE)?) + PAUSE;
        above(gate.max(SILENCE)).map(lufs)
    }

    /// Loudness over time: of the three seconds before each tenth of a second, in LUFS.
    #[must_use]
    pub fn short_term(&self) -> Vec<f64> {
        self.steps.windows(30).map(|steps| lufs(steps.iter().sum::<f64>() / 30.0)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A sine in stereo: hertz, peak in decibels, phase in degrees, left and right, seconds.
    fn sine(hertz: f64, decibels: f64, phase: f64, sides: (f32, f32), seconds: f64) -> Vec<f32> {
        let level = 10f64.powf(decibels / 20.0);
        (0..(seconds * 48_000.0) as usize)
            .flat_map(|i| {
                let turn = core::f64::consts::TAU * hertz * i as f64 / 48_000.0;
                let y = (level * (turn + phase.to_radians()).sin()) as f32;
                [y * sides.0, y * sides.1]
            })
            .collect()
    }

    fn measured(parts: &[Vec<f32>]) -> Loudness {
        let mut loudness = Loudness::new();
        parts.iter().for_each(|part| loudness.hear(part));
        loudness
    }

    #[test]
    fn the_reference_signals_measure_as_they_should() {
        // BS.1770-4: a full sine of 997 Hz on one channel is -3.01 LKFS.
        let one = measured(&[sine(997.0, 0.0, 0.0, (1.0, 0.0), 5.0)]);
        assert!(one.integrated().is_some_and(|l| (l + 3.01).abs() < 0.02), "{one:?}");
        // EBU Tech 3341, cases 1 to 3: -23, -33, and -23 with quieter ends that are left out.
        let even = |level: f64, seconds: f64| sine(1000.0, level, 0.0, (1.0, 1.0), seconds);
        for (parts, wanted) in [
            (vec![even(-23.0, 20.0)], -23.0),
            (vec![even(-33.0, 20.0)], -33.0),
            (vec![even(-36.0, 10.0), even(-23.0, 60.0), even(-36.0, 10.0)], -23.0),
            // Case 4, with silence at both ends.
            (
                vec![
                    even(-72.0, 10.0),
                    even(-36.0, 10.0),
                    even(-23.0, 60.0),
                    even(-36.0, 10.0),
                    even(-72.0, 10.0),
                ],
                -23.0,
            ),
        ] {
            let found = measured(&parts).integrated();
            assert!(found.is_some_and(|l| (l - wanted).abs() < 0.1), "{found:?}, not {wanted}");
        }
        assert_eq!(measured(&[vec![0.0; 96_000]]).integrated(), None);
    }

    #[test]
    fn peaks_between_the_samples_are_found() {
        // EBU Tech 3341, cases 15 to 18: sines of half scale whose peaks the samples may miss.
        for (hertz, phase) in [(12_000.0, 0.0), (12_000.0, 45.0), (8000.0, 60.0), (6000.0, 67.5)] {
            let mut tone = sine(hertz, -6.02, phase, (1.0, 1.0), 0.5);
            // (one that begins with a jump has a higher peak there, and rightly so)
            for (i, x) in tone.iter_mut().enumerate().take(9600) {
                *x *= i as f32 / 9600.0;
            }
            let peak = measured(&[tone]).true_peak();
            assert!((-6.4..=-5.8).contains(&peak), "{hertz} {phase}: {peak}");
        }
    }
}
