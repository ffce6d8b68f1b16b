//! Seeded noise: the same seed gives the same samples.

/// A small generator of random bits (xorshift), seeded per shot.
#[derive(Clone, Copy, Debug)]
pub struct Noise(u32);

impl Noise {
    /// A generator for `seed`; every seed is allowed.
    #[must_use]
    pub fn new(seed: u32) -> Self {
        Noise(mix(u64::from(seed)) as u32 | 1)
    }

    /// Random bits.
    #[inline]
    pub fn bits(&mut self) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0
    }

    /// White noise, -1 to 1.
    #[inline]
    pub fn white(&mut self) -> f32 {
        self.bits() as i32 as f32 * (1.0 / 2_147_483_648.0)
    }

    /// A number from 0 to 1.
    #[inline]
    pub fn unit(&mut self) -> f32 {
        (self.bits() >> 8) as f32 * (1.0 / 16_777_216.0)
    }
}

/// Scrambles 64 bits (the finaliser of SplitMix64).
#[must_use]
pub fn mix(x: u64) -> u64 {
    let x = x.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

/// Pink noise: white noise through three one-pole filters whose sum falls by 3 dB an octave
/// (the weights are Paul Kellet's, music-dsp list).
#[derive(Clone, Copy, Debug, Default)]
pub struct Pink([f32; 3]);

impl Pink {
    /// Turns the next white sample pink, at about the same loudness.
    #[inline]
    pub fn next(&mut self, white: f32) -> f32 {
        let [a, b, c] = &mut self.0;
        *a = 0.99765 * *a + white * 0.099_046;
        *b = 0.963 * *b + white * 0.296_516_4;
        *c = 0.57 * *c + white * 1.052_691_3;
        (*a + *b + *c + white * 0.1848) * 0.25
    }
}
