//! Rows for columns: a block of sixteen channels, turned into one frame of all channels after the
//! other, and back. What is computed side by side wants it the one way, what is mixed the other.

use multiversion::{multiversion, target::match_target};

use crate::BLOCK;

/// Channels side by side.
pub(crate) const LANES: usize = 16;
/// A block of each channel.
pub(crate) type Rows = [[f32; BLOCK]; LANES];
/// A frame of all channels, for each frame of a block.
pub(crate) type Columns = [[f32; LANES]; BLOCK];

/// Side of the squares that are turned at once.
const SIDE: usize = 8;
type Square = [[f32; SIDE]; SIDE];

/// The square at row `i` and column `j` of `x`.
#[inline(always)]
#[allow(clippy::inline_always)] // compiled for the instruction set of its kernel
fn square<R: AsRef<[f32]>>(x: &[R], i: usize, j: usize) -> Square {
    core::array::from_fn(|k| x[i + k].as_ref()[j..].first_chunk().copied().unwrap_or_default())
}

/// Puts a square at row `i` and column `j` of `y`.
#[inline(always)]
#[allow(clippy::inline_always)] // compiled for the instruction set of its kernel
fn put<R: AsMut<[f32]>>(y: &mut [R], i: usize, j: usize, square: &Square) {
    for (k, row) in square.iter().enumerate() {
        if let Some(to) = y[i + k].as_mut()[j..].first_chunk_mut() {
            *to = *row;
        }
    }
}

/// Turns channels, wherever they lie, into frames.
#[multiversion(targets("x86_64+avx2"))]
pub(crate) fn to_columns(x: &[&[f32; BLOCK]; LANES], y: &mut Columns) {
    for i in (0..LANES).step_by(SIDE) {
        for j in (0..BLOCK).step_by(SIDE) {
            let square = square(x, i, j);
            let turned = match_target! {
                "x86_64+avx2" => fast::turned(square),
                _ => turned(&square),
            };
            put(y, j, i, &turned);
        }
    }
}

/// Turns frames into channels, wherever they lie.
#[multiversion(targets("x86_64+avx2"))]
pub(crate) fn to_rows(x: &Columns, y: &mut [&mut [f32; BLOCK]; LANES]) {
    for j in (0..BLOCK).step_by(SIDE) {
        for i in (0..LANES).step_by(SIDE) {
            let square = square(x, j, i);
            let turned = match_target! {
                "x86_64+avx2" => fast::turned(square),
                _ => turned(&square),
            };
            put(y, i, j, &turned);
        }
    }
}

/// Rows for columns, element by element.
fn turned(x: &Square) -> Square {
    core::array::from_fn(|i| core::array::from_fn(|j| x[j][i]))
}

/// Rows for columns by shuffles of whole rows: compilers do not find them, and element by element
/// it takes four times as long, which was a seventh of a voice's time.
#[cfg(target_arch = "x86_64")]
mod fast {
    use core::arch::x86_64::{
        __m256, _mm256_permute2f128_ps, _mm256_shuffle_ps, _mm256_unpackhi_ps, _mm256_unpacklo_ps,
    };

    use super::{SIDE, Square};

    #[inline]
    #[target_feature(enable = "avx2")]
    pub(super) fn turned(x: Square) -> Square {
        let x: [__m256; SIDE] = bytemuck::cast(x);
        let pairs = |i: usize| {
            let (a, b) = (x[i], x[i + 1]);
            (_mm256_unpacklo_ps(a, b), _mm256_unpackhi_ps(a, b))
        };
        let fours = |i: usize| {
            let ((a, b), (c, d)) = (pairs(i), pairs(i + 2));
            [
                _mm256_shuffle_ps::<0x44>(a, c),
                _mm256_shuffle_ps::<0xEE>(a, c),
                _mm256_shuffle_ps::<0x44>(b, d),
                _mm256_shuffle_ps::<0xEE>(b, d),
            ]
        };
        let ([a, b, c, d], [e, f, g, h]) = (fours(0), fours(4));
        bytemuck::cast([
            _mm256_permute2f128_ps::<0x20>(a, e),
            _mm256_permute2f128_ps::<0x20>(b, f),
            _mm256_permute2f128_ps::<0x20>(c, g),
            _mm256_permute2f128_ps::<0x20>(d, h),
            _mm256_permute2f128_ps::<0x31>(a, e),
            _mm256_permute2f128_ps::<0x31>(b, f),
            _mm256_permute2f128_ps::<0x31>(c, g),
            _mm256_permute2f128_ps::<0x31>(d, h),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_frame_finds_its_place_and_back() {
        let mut rows: Rows = [[0.0; BLOCK]; LANES];
        for (i, y) in rows.iter_mut().flatten().enumerate() {
            *y = i as f32;
        }
        let mut columns: Columns = [[0.0; LANES]; BLOCK];
        to_columns(&rows.each_ref(), &mut columns);
        for (n, frame) in columns.iter().enumerate() {
            for (lane, y) in frame.iter().enumerate() {
                assert_eq!(*y, (lane * BLOCK + n) as f32);
            }
        }
        let mut back: Rows = [[0.0; BLOCK]; LANES];
        to_rows(&columns, &mut back.each_mut());
        assert_eq!(back, rows);
        let square = square(&rows, 8, 16);
        assert_eq!(turned(&turned(&square)), square);
    }
}
