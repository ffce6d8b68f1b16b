//! Strokes and waves: transients made sharper or softer, single waves dropped.

use crate::math::exp2;
use crate::noise::Noise;
use crate::param::Param;
use crate::shot::Shot;

/// Seconds in which the quick follower rises and falls.
const QUICK: (f32, f32) = (0.000_5, 0.03);
/// Seconds in which the slow follower rises and falls.
const SLOW: (f32, f32) = (0.03, 0.25);
/// Octaves of gain at full strength.
const REACH: f32 = 2.5;

/// A follower of a level.
#[derive(Clone, Copy, Debug, Default)]
struct Follower {
    level: f32,
    up: f32,
    down: f32,
}

impl Follower {
    fn new((up, down): (f32, f32), rate: f32) -> Self {
        let share = |seconds: f32| 1.0 - crate::math::exp(-1.0 / (seconds * rate));
        Follower { level: 0.0, up: share(up), down: share(down) }
    }

    #[inline]
    fn tick(&mut self, size: f32) -> f32 {
        let share = if size > self.level { self.up } else { self.down };
        self.level += share * (size - self.level);
        self.level
    }
}

/// Transients and dropped waves of one channel; each is off unless the shot gives it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stroke {
    attack: f32,
    body: f32,
    quick: Follower,
    slow: Follower,
    /// Share of the waves that is dropped.
    loss: f32,
    noise: Noise,
    up: bool,
    dropped: bool,
}

impl Stroke {
    /// What `shot` asks for.
    pub fn new(shot: &Shot, seed: u32, rate: f32) -> Self {
        Stroke {
            attack: shot.get(Param::Transient),
            body: shot.get(Param::TransientSustain),
            quick: Follower::new(QUICK, rate),
            slow: Follower::new(SLOW, rate),
            loss: 0.01 * shot.get(Param::WaveLoss),
            noise: Noise::new(seed ^ 0x10_55),
            up: false,
            dropped: false,
        }
    }

    /// Whether it does anything.
    pub fn on(&self) -> bool {
        self.shapes() || self.loss > 0.0
    }

    fn shapes(&self) -> bool {
        self.attack != 0.0 || self.body != 0.0
    }

    /// Changes a stretch in place.
    pub fn run(&mut self, x: &mut [f32]) {
        if self.shapes() {
            for y in x.iter_mut() {
                let (quick, slow) = (self.quick.tick(y.abs()), self.slow.tick(y.abs()));
                // Between a stroke (1) and what follows it (-1).
                let stroke = (quick - slow) / (quick.max(slow) + 1e-6);
                let octaves = self.attack * stroke.max(0.0) + self.body * (-stroke).max(0.0);
                *y *= exp2(REACH * octaves);
            }
        }
        if self.loss > 0.0 {
            for y in x {
                let up = *y > 0.0;
                if up && !self.up {
                    self.dropped = self.noise.unit() < self.loss;
                }
                self.up = up;
                if self.dropped {
                    *y = 0.0;
                }
            }
        }
    }
}
