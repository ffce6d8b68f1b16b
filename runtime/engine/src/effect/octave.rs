//! Octaves above and below, made from the wave itself: the old pedals' way.

use crate::filter::OnePole;
use crate::param::Param;
use crate::shot::Shot;

/// Above this, in hertz, the octaves below do not follow the wave.
const LOW: f32 = 440.0;
/// Below this, in hertz, is what a rectifier adds beside the sound.
const FLOOR: f32 = 12.0;

/// The octaves of one channel; off unless the shot gives one.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Octaves {
    above: f32,
    below: f32,
    deep: f32,
    /// Shares of the one-poles: low, floor.
    shares: [f32; 2],
    low: OnePole,
    floor: OnePole,
    up: bool,
    /// The flip-flops: every wave turns the first, every second the other.
    once: bool,
    twice: bool,
}

impl Octaves {
    /// What `shot` asks for.
    pub fn new(shot: &Shot, rate: f32) -> Self {
        Octaves {
            above: shot.get(Param::Octer),
            below: shot.get(Param::OcterSub),
            deep: shot.get(Param::OcterSubSub),
            shares: [LOW, FLOOR].map(|hertz| OnePole::share(hertz / rate)),
            ..Octaves::default()
        }
    }

    /// Whether it does anything.
    pub fn on(&self) -> bool {
        self.above > 0.0 || self.below > 0.0 || self.deep > 0.0
    }

    /// Adds the octaves to a stretch.
    pub fn run(&mut self, x: &mut [f32]) {
        let [low, floor] = self.shares;
        for y in x {
            let slow = self.low.low(low, *y);
            let up = slow > 0.0;
            if up && !self.up {
                self.once = !self.once;
                self.twice ^= self.once;
            }
            self.up = up;
            let above = 2.0 * self.floor.high(floor, y.abs());
            let signed = |flag: bool| if flag { slow.abs() } else { -slow.abs() };
            *y += self.above * above
                + self.below * signed(self.once)
                + self.deep * signed(self.twice);
        }
        self.low.settle();
        self.floor.settle();
    }
}
