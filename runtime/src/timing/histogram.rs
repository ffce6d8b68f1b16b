//! A histogram that any thread may add to without waiting: fixed buckets, eight to an octave.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// Buckets of an octave; a value is known to an eighth of itself.
const PARTS: u64 = 8;
/// The largest exponent: 2⁴⁰ ns are 18 minutes, more than that counts as that.
const OCTAVES: u64 = 40;
const BUCKETS: usize = (PARTS * (OCTAVES - 1)) as usize;

/// Durations in nanoseconds, counted in log-spaced buckets. Adding is a few atomic additions:
/// it never locks, allocates or waits, so the audio callback may do it.
#[derive(Debug)]
pub struct Histogram {
    buckets: [AtomicU64; BUCKETS],
    largest: AtomicU64,
}

impl Default for Histogram {
    fn default() -> Histogram {
        Histogram { buckets: [const { AtomicU64::new(0) }; BUCKETS], largest: AtomicU64::new(0) }
    }
}

/// What a histogram held at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    counts: Vec<u64>,
    largest: u64,
}

/// The bucket of a value: below [`PARTS`] each has its own, above it eight share an octave.
fn bucket(nanos: u64) -> usize {
    let nanos = nanos.min((1 << (OCTAVES + 1)) - 1);
    let octave = u64::from(nanos.max(1).ilog2());
    let shift = octave.saturating_sub(u64::from(PARTS.ilog2()));
    (shift * PARTS + (nanos >> shift)).min(BUCKETS as u64 - 1) as usize
}

/// The smallest value of a bucket.
fn floor(bucket: usize) -> u64 {
    let bucket = bucket as u64;
    let shift = (bucket / PARTS).saturating_sub(1);
    (bucket - shift * PARTS) << shift
}

impl Histogram {
    /// Counts one duration.
    pub fn add(&self, duration: Duration) {
        let nanos = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        if let Some(count) = self.buckets.get(bucket(nanos)) {
            count.fetch_add(1, Relaxed);
        }
        self.largest.fetch_max(nanos, Relaxed);
    }

    /// Forgets everything.
    pub fn reset(&self) {
        self.buckets.iter().for_each(|count| count.store(0, Relaxed));
        self.largest.store(0, Relaxed);
    }

    /// What it holds.
    pub fn read(&self) -> Snapshot {
        let counts = self.buckets.iter().map(|count| count.load(Relaxed)).collect();
        Snapshot { counts, largest: self.largest.load(Relaxed) }
    }
}

impl Snapshot {
    /// How many durations were counted.
    pub fn count(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// The longest of them, exactly.
    pub fn largest(&self) -> Duration {
        Duration::from_nanos(self.largest)
    }

    /// The duration below which this share (0 to 1) of them lies, to an eighth of itself.
    pub fn quantile(&self, share: f64) -> Duration {
        let wanted = (self.count() as f64 * share.clamp(0.0, 1.0)).ceil().max(1.0) as u64;
        let mut seen = 0;
        for (i, count) in self.counts.iter().enumerate() {
            seen += count;
            if seen >= wanted {
                let (from, to) = (floor(i), floor(i + 1));
                return Duration::from_nanos((from + (to - from) / 2).min(self.largest));
            }
        }
        Duration::ZERO
    }

    /// How many lie between `from` and `to`, as far as the buckets tell.
    pub fn between(&self, from: Duration, to: Duration) -> u64 {
        let at = |d: Duration| bucket(u64::try_from(d.as_nanos()).unwrap_or(u64::MAX));
        self.counts.get(at(from)..at(to)).unwrap_or_default().iter().sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_lies_in_its_bucket() {
        for exponent in 0..=OCTAVES {
            for value in [1u64 << exponent, (1 << exponent) + 1, (3 << exponent) / 2] {
                let b = bucket(value);
                assert!(floor(b) <= value && value < floor(b + 1), "{value}: bucket {b}");
                let width = floor(b + 1) - floor(b);
                assert!(width <= (value / PARTS).max(1), "{value}: {width} wide");
            }
        }
        assert_eq!(bucket(u64::MAX), BUCKETS - 1);
    }

    #[test]
    fn quantiles_are_those_of_the_sorted_list() {
        let histogram = Histogram::default();
        let mut sorted: Vec<u64> = (0..10_000u64).map(|i| (i * 7919 % 10_007) * 300 + 5).collect();
        sorted.iter().for_each(|&nanos| histogram.add(Duration::from_nanos(nanos)));
        sorted.sort_unstable();
        let snapshot = histogram.read();
        for share in [0.01, 0.5, 0.9, 0.99] {
            let exact = sorted[(sorted.len() as f64 * share) as usize - 1] as f64;
            let told = snapshot.quantile(share).as_nanos() as f64;
            assert!((told / exact - 1.0).abs() < 0.08, "{share}: {told} for {exact}");
        }
        assert_eq!(snapshot.count(), 10_000);
        assert_eq!(snapshot.largest(), Duration::from_nanos(sorted[9_999]));
        assert_eq!(snapshot.quantile(1.0), snapshot.largest());
        histogram.reset();
        assert_eq!(histogram.read().count(), 0);
    }

    #[test]
    fn many_threads_lose_nothing() {
        let histogram = Histogram::default();
        std::thread::scope(|scope| {
            for n in 1..=4 {
                let histogram = &histogram;
                scope
                    .spawn(move || (0..5000).for_each(|_| histogram.add(Duration::from_micros(n))));
            }
        });
        assert_eq!(histogram.read().count(), 20_000);
    }
}
