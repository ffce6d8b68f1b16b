//! A cubic through recorded frames, read at evenly spaced places: the spline of Catmull and Rom.

use multiversion::{multiversion, target::match_target};

/// Frames in which places are counted at a time, and those at hand around them.
pub(crate) const SPAN: usize = 256;
/// Frames at hand: around a place, and around the seven after it at a frame a step.
pub(crate) const WINDOW: usize = SPAN + 11;
/// Bits of a place within them below the frame.
pub(crate) const FINE: u32 = 24;
const _: () = assert!(SPAN == 1 << (32 - FINE));

/// Places that are read at once.
const PIECE: usize = 8;

/// Reads `window` at place `at` and in steps of `step`; place 0 is its second frame.
#[multiversion(targets("x86_64+avx2"))]
pub(crate) fn cubic(window: &[f32; WINDOW], at: u32, step: u32, out: &mut [f32]) {
    let mut at = at;
    let mut pieces = out.chunks_exact_mut(PIECE);
    for out in &mut pieces {
        let y = match_target! {
            "x86_64+avx2" => if step <= 1 << FINE {
                fast::slow_piece(window, at, step)
            } else {
                fast::piece(window, at, step)
            },
            _ => piece(window, at, step),
        };
        out.copy_from_slice(&y);
        at = at.wrapping_add(step.wrapping_mul(PIECE as u32));
    }
    let rest = pieces.into_remainder();
    if !rest.is_empty() {
        let y = piece(window, at, step);
        rest.iter_mut().zip(y).for_each(|(out, y)| *out = y);
    }
}

/// The frames around a place.
#[inline(always)]
#[allow(clippy::inline_always)] // compiled for the instruction set of its kernel
fn near(window: &[f32; WINDOW], place: u32) -> [f32; 4] {
    let frame = (place >> FINE) as usize;
    window[frame..].first_chunk().copied().unwrap_or_default()
}

/// Eight places, one after the other.
fn piece(window: &[f32; WINDOW], at: u32, step: u32) -> [f32; PIECE] {
    let mut out = [0.0; PIECE];
    let mut place = at;
    for y in &mut out {
        let [a, b, c, d] = near(window, place);
        let t = (place & ((1 << FINE) - 1)) as f32 * (1.0 / (1u32 << FINE) as f32);
        let (way, slope, later) = (c - b, 0.5 * (c - a), 0.5 * (d - b));
        let twist = (slope + later) - (way + way);
        let bow = (way - slope) - twist;
        *y = b + t * (slope + t * (bow + t * twist));
        place = place.wrapping_add(step);
    }
    out
}

/// The same operations on eight places at once. Four frames are loaded as one and then turned: to
/// gather them one by one takes twice as long, and it is most of what a recording costs.
#[cfg(target_arch = "x86_64")]
mod fast {
    use core::arch::x86_64::{
        __m128, __m256, __m256i, _mm_setr_ps, _mm256_add_epi32, _mm256_add_ps, _mm256_and_si256,
        _mm256_castps128_ps256, _mm256_cvtepi32_ps, _mm256_insertf128_ps, _mm256_mul_ps,
        _mm256_mullo_epi32, _mm256_permutevar8x32_ps, _mm256_set1_epi32, _mm256_set1_ps,
        _mm256_setr_epi32, _mm256_shuffle_ps, _mm256_srli_epi32, _mm256_sub_ps, _mm256_unpackhi_ps,
        _mm256_unpacklo_ps,
    };

    use super::{FINE, PIECE, WINDOW, near};

    #[inline]
    #[target_feature(enable = "avx2")]
    pub(super) fn piece(window: &[f32; WINDOW], at: u32, step: u32) -> [f32; PIECE] {
        let four = |i: u32| -> __m128 {
            let [a, b, c, d] = near(window, at.wrapping_add(step.wrapping_mul(i)));
            _mm_setr_ps(a, b, c, d)
        };
        let eight =
            |i: u32| _mm256_insertf128_ps::<1>(_mm256_castps128_ps256(four(i)), four(i + 4));
        let (p, q, r, s) = (eight(0), eight(1), eight(2), eight(3));
        let (pq, rs) = (_mm256_unpacklo_ps(p, q), _mm256_unpacklo_ps(r, s));
        let a = _mm256_shuffle_ps::<0x44>(pq, rs);
        let b = _mm256_shuffle_ps::<0xEE>(pq, rs);
        let (pq, rs) = (_mm256_unpackhi_ps(p, q), _mm256_unpackhi_ps(r, s));
        let c = _mm256_shuffle_ps::<0x44>(pq, rs);
        let d = _mm256_shuffle_ps::<0xEE>(pq, rs);
        bytemuck::cast(curve([a, b, c, d], shares(at, step)))
    }

    /// The same for at most a frame a step: then the frames of all lie within eight of each other.
    #[inline]
    #[target_feature(enable = "avx2")]
    pub(super) fn slow_piece(window: &[f32; WINDOW], at: u32, step: u32) -> [f32; PIECE] {
        let first = (at >> FINE) as usize;
        let share = at & ((1 << FINE) - 1);
        let frame = _mm256_srli_epi32::<{ FINE.cast_signed() }>(places(share, step));
        let around = |k: usize| -> __m256 {
            let near: [f32; PIECE] = window[first + k..].first_chunk().copied().unwrap_or_default();
            _mm256_permutevar8x32_ps(bytemuck::cast(near), frame)
        };
        bytemuck::cast(curve([around(0), around(1), around(2), around(3)], shares(share, step)))
    }

    /// Eight places in a row.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn places(at: u32, step: u32) -> __m256i {
        let all = |x: u32| -> __m256i { _mm256_set1_epi32(x.cast_signed()) };
        let steps = _mm256_mullo_epi32(all(step), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
        _mm256_add_epi32(all(at), steps)
    }

    /// How far each place lies beyond its frame.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn shares(at: u32, step: u32) -> __m256 {
        let fine = _mm256_set1_epi32((1 << FINE) - 1);
        let place = _mm256_and_si256(places(at, step), fine);
        _mm256_mul_ps(_mm256_cvtepi32_ps(place), _mm256_set1_ps(1.0 / (1u32 << FINE) as f32))
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn curve([a, b, c, d]: [__m256; 4], t: __m256) -> __m256 {
        let half = _mm256_set1_ps(0.5);
        let way = _mm256_sub_ps(c, b);
        let slope = _mm256_mul_ps(half, _mm256_sub_ps(c, a));
        let later = _mm256_mul_ps(half, _mm256_sub_ps(d, b));
        let twist = _mm256_sub_ps(_mm256_add_ps(slope, later), _mm256_add_ps(way, way));
        let bow = _mm256_sub_ps(_mm256_sub_ps(way, slope), twist);
        let y = _mm256_add_ps(bow, _mm256_mul_ps(t, twist));
        let y = _mm256_add_ps(slope, _mm256_mul_ps(t, y));
        _mm256_add_ps(b, _mm256_mul_ps(t, y))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cubic_is_followed_and_the_fast_way_gives_the_same_bits() {
        let wave = |x: f64| 0.2 + 0.1 * x - 0.003 * x * x;
        let window: [f32; WINDOW] = core::array::from_fn(|i| wave(i as f64 * 0.1 - 0.1) as f32);
        for speed in [0.1, 0.9, 1.0, 1.37, 3.9] {
            let step = (speed * f64::from(1u32 << FINE)) as u32;
            let mut out = [0.0; 61];
            cubic(&window, 12_345, step, &mut out);
            for (i, y) in out.iter().enumerate() {
                let place = 12_345 + u64::from(step) * i as u64;
                let x = place as f64 / f64::from(1u32 << FINE);
                assert!((f64::from(*y) - wave(x * 0.1)).abs() < 1e-5, "{speed} {i}");
                let plain = piece(&window, place as u32, step)[0];
                assert_eq!(plain.to_bits(), y.to_bits(), "{speed} {i}");
            }
        }
    }
}
