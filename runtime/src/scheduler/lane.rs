//! Lanes: each version of a part plays on one, and each has a fader that ramps at equal power.

use crate::clock::{Clock, Frame};
use mag_lang::Fader;
use mag_pattern::Time;
use std::f64::consts::FRAC_PI_2;

/// Lanes that there are; a lane is used again once its version is long gone.
pub const LANES: u16 = 512;

/// Where a fader is to be, as outputs are told: a ramp from one level to another. Before `begin`
/// what was told last about the lane holds; after `end` the level stays at `to`.
///
/// Levels are amplitudes, 0 to 1, and ramp at equal power: evenly in their arc sine.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ramp {
    /// The lane.
    pub lane: u16,
    /// The first frame of the ramp.
    pub begin: Frame,
    /// Its last.
    pub end: Frame,
    /// The level at its beginning.
    pub from: f64,
    /// The level at its end.
    pub to: f64,
}

/// The fader of one lane, in cycles.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lane {
    pub number: u16,
    begin: Time,
    over: Time,
    from: f64,
    pub to: f64,
}

impl Lane {
    /// A lane whose fader stands at `level`.
    pub fn at(number: u16, level: f64, now: Time) -> Lane {
        Lane { number, begin: now, over: Time::ZERO, from: level, to: level }
    }

    /// From `now` on the fader moves to `to` within `over` cycles.
    pub fn move_to(&mut self, to: f64, now: Time, over: Time) {
        let from = self.level(now);
        *self = Lane { begin: now, over, from, to, ..*self };
    }

    /// Follows what the program says of the fader; where it says the same as before, nothing moves.
    pub fn follow(&mut self, fader: Option<&Fader>, now: Time) {
        let to = fader.is_none_or(|f| f.up);
        let to = f64::from(u8::from(to));
        if to != self.to {
            self.move_to(to, now, fader.map_or(Time::ZERO, |f| f.over));
        }
    }

    /// The level at a moment.
    pub fn level(&self, t: Time) -> f64 {
        let over = self.over.to_f64();
        let x = if over > 0.0 { (t - self.begin).to_f64() / over } else { 1.0 };
        match x {
            x if x >= 1.0 => self.to,
            x if x <= 0.0 => self.from,
            x => {
                let (a, b) = (self.from.asin(), self.to.asin());
                (a + (b - a) * x).clamp(0.0, FRAC_PI_2).sin()
            }
        }
    }

    /// Whether it is silent from `t` on.
    pub fn gone(&self, t: Time) -> bool {
        self.to == 0.0 && t >= self.end()
    }

    /// When the ramp is over.
    pub fn end(&self) -> Time {
        self.begin + self.over
    }

    /// In frames.
    pub fn ramp(&self, clock: &Clock) -> Ramp {
        Ramp {
            lane: self.number,
            begin: clock.frame(self.begin),
            end: clock.frame(self.end()),
            from: self.from,
            to: self.to,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_powers_of_two_versions_that_cross_add_up_to_one() {
        let (mut old, mut new) = (Lane::at(1, 1.0, Time::ZERO), Lane::at(2, 0.0, Time::ZERO));
        old.move_to(0.0, Time::int(4), Time::int(2));
        new.move_to(1.0, Time::int(4), Time::int(2));
        for n in 0..=80 {
            let t = Time::new(n, 10);
            let power = old.level(t).powi(2) + new.level(t).powi(2);
            assert!((power - 1.0).abs() < 1e-12, "{power} at {t}");
        }
        assert!(old.gone(Time::int(6)) && !old.gone(Time::new(59, 10)));
    }

    #[test]
    fn a_fade_that_turns_back_goes_on_from_where_it_is() {
        let mut lane = Lane::at(1, 1.0, Time::ZERO);
        lane.follow(Some(&Fader { up: false, over: Time::int(4) }), Time::ZERO);
        let half = lane.level(Time::int(2));
        lane.follow(Some(&Fader { up: true, over: Time::int(4) }), Time::int(2));
        assert_eq!(lane.level(Time::int(2)), half);
        lane.follow(None, Time::int(3));
        assert_eq!(lane.level(Time::int(6)), 1.0);
        assert!(lane.level(Time::int(3)) < 1.0, "what says the same does not cut it short");
    }
}
