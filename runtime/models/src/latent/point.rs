//! Points of a latent space and ways between them.

use crate::sample::Rng;

/// A point of a latent space. Music lies about as far from the middle as points drawn from the
/// normal distribution do.
#[derive(Debug, Clone, PartialEq)]
pub struct Point(pub Vec<f32>);

impl Point {
    /// A point drawn from the normal distribution (Box and Muller 1958).
    pub fn drawn(width: usize, seed: i64) -> Self {
        let mut rng = Rng::new(seed);
        let mut normal = || {
            let (length, angle) = (1.0 - rng.unit(), rng.unit());
            ((-2.0 * length.ln()).sqrt() * (std::f64::consts::TAU * angle).cos()) as f32
        };
        Self((0..width).map(|_| normal()).collect())
    }

    /// A share of the way to another point, along the great circle (Shoemake 1985); the distance
    /// from the middle changes evenly.
    #[must_use]
    pub fn slerp(&self, other: &Self, part: f64) -> Self {
        let (a, b) = (self.length(), other.length());
        if a < 1e-6 || b < 1e-6 {
            return self.lerp(other, part);
        }
        let dot: f64 =
            self.0.iter().zip(&other.0).map(|(x, y)| f64::from(*x) * f64::from(*y)).sum();
        let angle = (dot / (a * b)).clamp(-1.0, 1.0).acos();
        // On one line, and on opposite sides where no way is shorter than others: straight.
        if angle.sin() < 1e-4 {
            return self.lerp(other, part);
        }
        let length = a + (b - a) * part;
        let near = ((1.0 - part) * angle).sin() / angle.sin() * length / a;
        let far = (part * angle).sin() / angle.sin() * length / b;
        self.mixed(near, other, far)
    }

    /// A share of the straight way to another point; beyond it above 1, away from it below 0.
    #[must_use]
    pub fn lerp(&self, other: &Self, part: f64) -> Self {
        self.mixed(1.0 - part, other, part)
    }

    /// So much of another point added.
    #[must_use]
    pub fn plus(&self, other: &Self, amount: f64) -> Self {
        self.mixed(1.0, other, amount)
    }

    /// The distance from the middle.
    pub fn length(&self) -> f64 {
        self.0.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>().sqrt()
    }

    fn mixed(&self, mine: f64, other: &Self, its: f64) -> Self {
        let mix = |(x, y): (&f32, &f32)| (mine * f64::from(*x) + its * f64::from(*y)) as f32;
        Self(self.0.iter().zip(&other.0).map(mix).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_great_circle_between_two_axes() {
        let (x, y) = (Point(vec![1.0, 0.0]), Point(vec![0.0, 3.0]));
        let half = x.slerp(&y, 0.5);
        assert!((half.length() - 2.0).abs() < 1e-6, "half-way the length is the mean");
        assert!((half.0[0] - half.0[1]).abs() < 1e-6, "and the direction between them");
        assert_eq!((x.slerp(&y, 0.0), x.slerp(&y, 1.0).0[1]), (x.clone(), 3.0));
    }

    #[test]
    fn degenerate_ways_are_straight() {
        let (a, b) = (Point(vec![1.0, 0.0]), Point(vec![-1.0, 0.0]));
        assert_eq!(a.slerp(&b, 0.5), Point(vec![0.0, 0.0]));
        assert_eq!(a.slerp(&a, 0.3), a);
        assert_eq!(Point(vec![0.0; 2]).slerp(&a, 0.5), Point(vec![0.5, 0.0]));
    }

    #[test]
    fn drawn_points_are_normal() {
        let all: Vec<f32> = (0..64).flat_map(|seed| Point::drawn(128, seed).0).collect();
        let mean = all.iter().sum::<f32>() / all.len() as f32;
        let spread = all.iter().map(|x| (x - mean).powi(2)).sum::<f32>() / all.len() as f32;
        assert!(mean.abs() < 0.05 && (spread - 1.0).abs() < 0.05, "{mean} {spread}");
        assert_eq!(Point::drawn(8, 3), Point::drawn(8, 3));
    }
}
