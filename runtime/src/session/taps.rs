//! The tempo of a performer's taps.

/// Taps that count, the latest ones.
const KEPT: usize = 24;
/// Taps that it takes to set a tempo.
const ENOUGH: usize = 4;
/// A pause after which tapping starts anew, in seconds.
const PAUSE: f64 = 2.5;
/// Tempos that can be tapped, in beats a minute.
const RANGE: (f64, f64) = (30.0, 400.0);

/// What has been tapped so far.
#[derive(Debug, Default)]
pub struct Taps(Vec<f64>);

impl Taps {
    /// A tap at this second; answers how many there are, and the tempo in beats a minute once
    /// there are enough.
    ///
    /// Each tap gets the number of the beat that it is nearest to, going by the median of the
    /// intervals: a tap left out leaves a gap, a doubled one shares its number. The tempo is the
    /// slope of the line of least squares through them, without those that lie off it by more than
    /// a quarter of a beat.
    pub fn tap(&mut self, second: f64) -> (usize, Option<f64>) {
        if self.0.last().is_some_and(|last| second - last > PAUSE || second < *last) {
            self.0.clear();
        }
        self.0.push(second);
        if self.0.len() > KEPT {
            self.0.remove(0);
        }
        let count = self.0.len();
        let tempo = if count >= ENOUGH { self.tempo() } else { None };
        (count, tempo.filter(|t| (RANGE.0..=RANGE.1).contains(t)))
    }

    fn tempo(&self) -> Option<f64> {
        let mut gaps: Vec<f64> = self.0.windows(2).map(|w| w[1] - w[0]).collect();
        gaps.sort_by(f64::total_cmp);
        let beat = *gaps.get(gaps.len() / 2)?;
        let mut number = 0.0;
        let mut beats = vec![(0.0, *self.0.first()?)];
        for pair in self.0.windows(2) {
            number += ((pair[1] - pair[0]) / beat).round();
            beats.push((number, pair[1]));
        }
        let (start, length) = line(&beats)?;
        let near = |&(n, t): &(f64, f64)| (t - start - n * length).abs() < length / 4.0;
        let kept: Vec<(f64, f64)> = beats.iter().copied().filter(near).collect();
        let (_, length) = if kept.len() >= 3 { line(&kept)? } else { (start, length) };
        Some((600.0 / length).round() / 10.0)
    }
}

/// Start and slope of the line of least squares.
fn line(points: &[(f64, f64)]) -> Option<(f64, f64)> {
    let n = points.len() as f64;
    let (x, y) = points.iter().fold((0.0, 0.0), |(a, b), (x, y)| (a + x / n, b + y / n));
    let (above, below) = points
        .iter()
        .fold((0.0, 0.0), |(a, b), (px, py)| (a + (px - x) * (py - y), b + (px - x) * (px - x)));
    let slope = above / below;
    (slope.is_finite() && slope > 0.0).then_some((y - slope * x, slope))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tempo of taps at these beats of 128 a minute, each off by up to 15 ms.
    fn tapped(beats: &[f64]) -> Option<f64> {
        let mut taps = Taps::default();
        let mut noise = 12_345u32;
        let mut last = None;
        for beat in beats {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let off = (f64::from(noise >> 16) / 65_536.0 - 0.5) * 0.03;
            last = taps.tap(100.0 + beat * 60.0 / 128.0 + off).1;
        }
        last
    }

    #[test]
    fn uneven_taps_give_their_tempo() {
        let even: Vec<f64> = (0..16).map(f64::from).collect();
        assert!(tapped(&even).is_some_and(|t| (t - 128.0).abs() < 0.6), "{:?}", tapped(&even));
        assert!(tapped(&even[..4]).is_some_and(|t| (t - 128.0).abs() < 3.0));
        assert_eq!(tapped(&even[..3]), None, "three are not enough");
    }

    #[test]
    fn a_tap_left_out_or_doubled_does_no_harm() {
        let left_out: Vec<f64> = (0..16).filter(|n| *n != 5 && *n != 9).map(f64::from).collect();
        assert!(tapped(&left_out).is_some_and(|t| (t - 128.0).abs() < 1.0));
        let mut doubled: Vec<f64> = (0..16).map(f64::from).collect();
        doubled.insert(7, 6.12);
        assert!(
            tapped(&doubled).is_some_and(|t| (t - 128.0).abs() < 1.0),
            "{:?}",
            tapped(&doubled)
        );
    }

    #[test]
    fn a_pause_starts_anew() {
        let mut taps = Taps::default();
        for n in 0..8 {
            taps.tap(f64::from(n) * 0.5);
        }
        assert_eq!(taps.tap(10.0), (1, None));
        let tempos: Vec<_> = (1..4).map(|n| taps.tap(10.0 + f64::from(n) * 0.4).1).collect();
        assert_eq!(tempos, [None, None, Some(150.0)]);
    }
}
