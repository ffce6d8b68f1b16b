//! Which moment of the real world a frame is: for the scheduler's thread and for time tags.

use crate::clock::Frame;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Seconds from the epoch of NTP (1900) to that of Unix (1970), RFC 5905.
const NTP_TO_UNIX: u64 = 2_208_988_800;

/// A difference between the system clock and the anchor that is a jump, not jitter.
const JUMP: Duration = Duration::from_millis(5);

/// Ties frame 0 to one instant of the monotonic clock and one of the system clock.
///
/// Both clocks run at the same rate (the kernel slews them together), so one anchor holds until
/// somebody sets the system clock; [`Wall`] notices that.
#[derive(Clone, Copy, Debug)]
pub struct Moments {
    origin: Instant,
    /// Time since 1970 at `origin`.
    system: Duration,
    rate: u32,
}

impl Moments {
    /// Frame 0 lies `ahead` of now; `rate` frames a second.
    pub fn starting_in(ahead: Duration, rate: u32) -> Moments {
        let (now, system) = paired();
        Moments { origin: now + ahead, system: system + ahead, rate: rate.max(1) }
    }

    /// The frame of an instant; negative before frame 0.
    pub fn frame(&self, instant: Instant) -> Frame {
        let nanos = match instant.checked_duration_since(self.origin) {
            Some(since) => since.as_nanos() as i128,
            None => -(self.origin.duration_since(instant).as_nanos() as i128),
        };
        (nanos * i128::from(self.rate)).div_euclid(1_000_000_000) as Frame
    }

    /// Time since frame 0; nothing before it.
    pub fn since_origin(&self, instant: Instant) -> Duration {
        instant.saturating_duration_since(self.origin)
    }

    /// The frame of this moment.
    pub fn now(&self) -> Frame {
        self.frame(Instant::now())
    }

    /// The instant of a frame.
    pub fn instant(&self, frame: Frame) -> Instant {
        let length = |frames: Frame| {
            let nanos = i128::from(frames) * 1_000_000_000 / i128::from(self.rate);
            Duration::from_nanos(nanos.clamp(0, i128::from(u64::MAX)) as u64)
        };
        let early = self.origin.checked_sub(length(-frame)).unwrap_or(self.origin);
        if frame < 0 { early } else { self.origin + length(frame) }
    }

    /// The NTP time of a frame: seconds since 1900 and 2⁻³² of a second, to the nanosecond.
    pub fn ntp(&self, frame: Frame) -> (u32, u32) {
        self.ntp_of(i128::from(frame) * 1_000_000_000 / i128::from(self.rate))
    }

    /// The NTP time of a position between frames, to the nanosecond.
    pub fn ntp_at(&self, position: f64) -> (u32, u32) {
        self.ntp_of(self.nanos(position))
    }

    /// Nanoseconds from frame 0 to a position between frames.
    fn nanos(&self, position: f64) -> i128 {
        let whole = position.floor();
        let rate = f64::from(self.rate);
        let rest = ((position - whole) * 1e9 / rate).round() as i128;
        whole as i128 * 1_000_000_000 / i128::from(self.rate) + rest
    }

    fn ntp_of(&self, nanos: i128) -> (u32, u32) {
        let unix = (self.system.as_nanos() as i128 + nanos).max(0) as u128;
        let seconds = (unix / 1_000_000_000) as u64 + NTP_TO_UNIX;
        let fraction = ((unix % 1_000_000_000) << 32) / 1_000_000_000;
        // Seconds wrap around in 2036, as NTP's era 1 does.
        (seconds as u32, fraction as u32)
    }

    /// The start of cycle 0 as time since 1970.
    pub fn system_origin(&self) -> Duration {
        self.system
    }
}

/// How far the system clock has been set since [`Moments`] was made: one for all outputs of a
/// performance, so that a jump is noticed and said once, and all time tags follow it together.
#[derive(Clone, Debug, Default)]
pub struct Wall(Arc<AtomicI64>);

impl Wall {
    /// The NTP time of a position between frames, to the nanosecond.
    pub fn ntp_at(&self, moments: &Moments, position: f64) -> (u32, u32) {
        moments.ntp_of(moments.nanos(position) + i128::from(self.0.load(Relaxed)))
    }

    /// Follows the system clock if somebody set it: answers by how many seconds it jumped.
    pub fn reconcile(&self, moments: &Moments) -> Option<f64> {
        let (now, system) = paired();
        self.reconcile_with(moments, now, system)
    }

    /// The same, told what both clocks show.
    fn reconcile_with(&self, moments: &Moments, now: Instant, system: Duration) -> Option<f64> {
        let since = match now.checked_duration_since(moments.origin) {
            Some(later) => later.as_nanos() as i128,
            None => -(moments.origin.duration_since(now).as_nanos() as i128),
        };
        let set = system.as_nanos() as i128 - moments.system.as_nanos() as i128 - since;
        let jump = set - i128::from(self.0.load(Relaxed));
        if jump.unsigned_abs() < JUMP.as_nanos() {
            return None;
        }
        self.0.store(i64::try_from(set).unwrap_or(0), Relaxed);
        Some(jump as f64 / 1e9)
    }
}

/// Both clocks at (nearly) the same moment: the closest pair of a few readings.
fn paired() -> (Instant, Duration) {
    let read = || {
        let before = Instant::now();
        let system = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let took = before.elapsed();
        (took, before + took / 2, system)
    };
    let best = (0..4).map(|_| read()).min_by_key(|(took, ..)| *took).unwrap_or_else(read);
    (best.1, best.2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_tags_keep_the_grid_to_the_nanosecond() {
        let moments = Moments::starting_in(Duration::ZERO, 48_000);
        let seconds = |frame| {
            let (s, f) = moments.ntp(frame);
            (u128::from(s) << 32) | u128::from(f)
        };
        for n in [1, 7, 3600, 36_000] {
            let elapsed = seconds(n * 48_000) - seconds(0);
            assert!(elapsed.abs_diff((n as u128) << 32) <= 8, "{n} s: two nanoseconds at most");
        }
    }

    #[test]
    fn the_ntp_epoch_is_1900() {
        let moments = Moments { origin: Instant::now(), system: Duration::ZERO, rate: 48_000 };
        assert_eq!(moments.ntp(0), (2_208_988_800, 0));
        assert_eq!(moments.ntp(24_000), (2_208_988_800, 1 << 31));
    }

    #[test]
    fn frames_before_the_start_are_negative() {
        let moments = Moments::starting_in(Duration::from_secs(10), 1000);
        let now = moments.now();
        assert!((-10_000..-9_900).contains(&now), "{now}");
        assert_eq!(moments.frame(moments.instant(-3)), -3);
        assert_eq!(moments.frame(moments.instant(48_001)), 48_001);
    }

    #[test]
    fn positions_between_frames_are_told_apart() {
        let moments = Moments { origin: Instant::now(), system: Duration::ZERO, rate: 48_000 };
        let (seconds, fraction) = moments.ntp_at(48_000.0 * 36_000.0 + 0.5);
        assert_eq!(seconds, 2_208_988_800 + 36_000);
        let nanos = f64::from(fraction) / 2f64.powi(32) * 1e9;
        assert!((nanos - 0.5e9 / 48_000.0).abs() < 2.0, "{nanos}");
        assert_eq!(moments.ntp_at(24_000.0), moments.ntp(24_000));
    }

    #[test]
    fn a_clock_that_is_set_moves_tags_but_no_event() {
        // NTP sets the clock an hour back; the machine slept for a night; both in one set.
        let origin = Instant::now();
        let system = Duration::from_secs(1_790_000_000);
        let (moments, wall) = (Moments { origin, system, rate: 48_000 }, Wall::default());
        let at = Duration::from_secs(5);
        let set = |system| wall.reconcile_with(&moments, origin + at, system);
        assert_eq!(set(system + at), None);
        assert_eq!(set(system + at - Duration::from_secs(3600)), Some(-3600.0));
        let tag = wall.ntp_at(&moments, 0.0);
        assert_eq!(tag.0, (1_790_000_000u64 - 3600 + NTP_TO_UNIX) as u32);
        let night = Duration::from_secs(8 * 3600);
        // Another output that shares the wall hears of it, too, but only one says it.
        let other = wall.clone();
        assert_eq!(set(system + at + night), Some(9.0 * 3600.0));
        assert_eq!(other.reconcile_with(&moments, origin + at, system + at + night), None);
        assert_eq!(other.ntp_at(&moments, 24_000.5), wall.ntp_at(&moments, 24_000.5));
        // Milliseconds of slewing are no jump: tags keep the grid.
        assert_eq!(set(system + at + night + Duration::from_millis(3)), None);
    }

    #[test]
    fn a_set_clock_is_followed() {
        let (mut moments, wall) = (Moments::starting_in(Duration::ZERO, 48_000), Wall::default());
        assert_eq!(wall.reconcile(&moments), None);
        moments.system += Duration::from_secs(3);
        let jump = wall.reconcile(&moments);
        assert!(jump.is_some_and(|j| (j + 3.0).abs() < 0.01), "{jump:?}");
        assert_eq!(wall.reconcile(&moments), None);
    }
}
