//! A cubic through recorded frames, read at evenly spaced places: the spline of Catmull and Rom, as a
//! line between two frames less what it bends: the second differences at both, by t(1 - t)/2.

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
    if step == 1 << FINE {
        return even(window, at, out);
    }
    let mut at = at;
    let mut pieces = out.chunks_exact_mut(PIECE);
    for out in &mut pieces {
        let y = match_target! {
            "x86_64+avx2" => if step < 1 << FINE {
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

/// A frame a step: all places lie equally far beyond their frames, and no frame need be looked for.
#[inline(always)]
#[allow(clippy::inline_always)] // compiled for the instruction set of its kernel
fn even(window: &[f32; WINDOW], at: u32, out: &mut [f32]) {
    let (first, t) = ((at >> FINE) as usize, share(at));
    let near = |i: usize| window[first + i..].iter();
    if t == 0.0 {
        return out.iter_mut().zip(near(1)).for_each(|(y, b)| *y = *b);
    }
    for ((((y, a), b), c), d) in out.iter_mut().zip(near(0)).zip(near(1)).zip(near(2)).zip(near(3))
    {
        *y = curve([*a, *b, *c, *d], t);
    }
}

/// How far a place lies beyond its frame.
#[inline(always)]
#[allow(clippy::inline_always)] // compiled for the instruction set of its kernel
fn share(place: u32) -> f32 {
    (place & ((1 << FINE) - 1)) as f32 * (1.0 / (1u32 << FINE) as f32)
}

/// The cubic between the second and the third of four frames.
#[inline(always)]
#[allow(clippy::inline_always)] // compiled for the instruction set of its kernel
fn curve([a, b, c, d]: [f32; 4], t: f32) -> f32 {
    let way = c - b;
    let (early, late) = (way - (b - a), (d - c) - way);
    let less = t * (0.5 * t - 0.5);
    (b + t * way) + less * (early + t * (late - early))
}

/// Eight places, one after the other.
fn piece(window: &[f32; WINDOW], at: u32, step: u32) -> [f32; PIECE] {
    let mut out = [0.0; PIECE];
    let mut place = at;
    for y in &mut out {
        *y = curve(near(window, place), share(place));
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
        bytemuck::cast(along(bends([a, b, c, d]), shares(at, step)))
    }

    /// The same for less than a frame a step: then the frames of all lie within eight of each other,
    /// and what the cubic needs of them is worked out before each place takes its own.
    #[inline]
    #[target_feature(enable = "avx2")]
    pub(super) fn slow_piece(window: &[f32; WINDOW], at: u32, step: u32) -> [f32; PIECE] {
        let first = (at >> FINE) as usize;
        let share = at & ((1 << FINE) - 1);
        let frame = _mm256_srli_epi32::<{ FINE.cast_signed() }>(places(share, step));
        let near = |k: usize| -> __m256 {
            let near: [f32; PIECE] = window[first + k..].first_chunk().copied().unwrap_or_default();
            bytemuck::cast(near)
        };
        let own = |x: __m256| _mm256_permutevar8x32_ps(x, frame);
        let [b, way, early, change] = bends([near(0), near(1), near(2), near(3)]);
        let bends = [own(b), own(way), own(early), own(change)];
        bytemuck::cast(along(bends, shares(share, step)))
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

    /// What the cubics through frames need: the frames, the ways to the next, the second differences
    /// and how they change.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn bends([a, b, c, d]: [__m256; 4]) -> [__m256; 4] {
        let way = _mm256_sub_ps(c, b);
        let early = _mm256_sub_ps(way, _mm256_sub_ps(b, a));
        let late = _mm256_sub_ps(_mm256_sub_ps(d, c), way);
        [b, way, early, _mm256_sub_ps(late, early)]
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn along([b, way, early, change]: [__m256; 4], t: __m256) -> __m256 {
        let half = _mm256_set1_ps(0.5);
        let less = _mm256_mul_ps(t, _mm256_sub_ps(_mm256_mul_ps(half, t), half));
        let line = _mm256_add_ps(b, _mm256_mul_ps(t, way));
        let bend = _mm256_add_ps(early, _mm256_mul_ps(t, change));
        _mm256_add_ps(line, _mm256_mul_ps(less, bend))
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
