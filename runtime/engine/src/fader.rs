//! Faders: one for each lane, on which the versions of a performance's parts play. They move at
//! equal power, so that two that cross keep their loudness.

use crate::BLOCK;
use crate::math::sin_turns;

/// Lanes that have a fader; a number beyond them wraps around.
pub const LANES: usize = 512;

/// Where a fader goes: from one level to another between two frames, and then it stays there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ramp {
    begin: i64,
    end: i64,
    /// Levels as turns, whose sine they are: these move evenly.
    from: f32,
    to: f32,
}

impl Ramp {
    /// From level `from` at frame `begin` to level `to` at frame `end`; levels are amplitudes, 0
    /// to 1.
    #[must_use]
    pub fn new((begin, from): (i64, f32), (end, to): (i64, f32)) -> Self {
        let turns = |level: f32| {
            let level = if level.is_finite() { level.clamp(0.0, 1.0) } else { 1.0 };
            level.asin() / core::f32::consts::TAU
        };
        Ramp { begin, end, from: turns(from), to: turns(to) }
    }

    fn level(&self, at: i64) -> f32 {
        let turns = if at >= self.end {
            self.to
        } else if at <= self.begin {
            self.from
        } else {
            let x = (at - self.begin) as f32 / (self.end - self.begin) as f32;
            self.from + (self.to - self.from) * x
        };
        if turns >= 0.25 { 1.0 } else { sin_turns(turns) }
    }
}

/// All faders, and what they will do next.
pub(crate) struct Faders {
    lanes: Vec<(Ramp, Ramp)>,
}

impl Faders {
    /// All of them up.
    pub fn new() -> Self {
        let up = Ramp { begin: i64::MIN, end: i64::MIN, from: 0.25, to: 0.25 };
        Faders { lanes: vec![(up, up); LANES] }
    }

    /// From the beginning of `ramp` on the fader follows it; until then what it does at frame
    /// `now`.
    pub fn set(&mut self, now: u64, lane: u16, ramp: Ramp) {
        let Some((current, next)) = self.lanes.get_mut(usize::from(lane) % LANES) else { return };
        if next.begin <= now as i64 {
            *current = *next;
        }
        *next = ramp;
    }

    /// The levels at the two ends of the block that begins at frame `block`.
    #[inline]
    pub fn levels(&self, lane: u16, block: u64) -> (f32, f32) {
        let Some(ramps) = self.lanes.get(usize::from(lane) % LANES) else { return (1.0, 1.0) };
        let level = |at: i64| if at >= ramps.1.begin { ramps.1 } else { ramps.0 }.level(at);
        (level(block as i64), level(block as i64 + BLOCK as i64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_faders_that_cross_keep_their_power() {
        let mut faders = Faders::new();
        faders.set(0, 1, Ramp::new((1000, 1.0), (9000, 0.0)));
        // (a fader is up until it is told otherwise)
        faders.set(0, 2, Ramp::new((0, 0.0), (0, 0.0)));
        faders.set(0, 2, Ramp::new((1000, 0.0), (9000, 1.0)));
        for block in (0..12_000).step_by(BLOCK) {
            let (a, b) = (faders.levels(1, block).0, faders.levels(2, block).0);
            assert!((a * a + b * b - 1.0).abs() < 1e-4, "{a} {b} at {block}");
        }
        assert_eq!((faders.levels(1, 64).0, faders.levels(2, 64).0), (1.0, 0.0));
        assert_eq!((faders.levels(1, 9984).0, faders.levels(2, 9984).0), (0.0, 1.0));
    }

    #[test]
    fn a_ramp_to_come_leaves_the_one_under_way_alone() {
        let mut faders = Faders::new();
        faders.set(0, 3, Ramp::new((0, 1.0), (6400, 0.0)));
        let before: Vec<_> = (0..50).map(|n| faders.levels(3, n * 64)).collect();
        let at = faders.levels(3, 3200).0;
        faders.set(640, 3, Ramp::new((3200, at), (6400, 1.0)));
        assert!((0..50).all(|n| faders.levels(3, n * 64).0 == before[n as usize].0));
        assert_eq!(faders.levels(3, 6400), (1.0, 1.0));
    }
}
