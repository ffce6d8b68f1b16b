//! A histogram as text: its figures, and a row of bars on a logarithmic scale.

use super::histogram::Snapshot;
use std::time::Duration;

/// Bars of a decade.
const DECADE: usize = 10;
/// What bars are drawn with.
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// A duration in the unit that suits it, three digits at most: `18.9 ms`.
pub fn short(duration: Duration) -> String {
    let nanos = duration.as_nanos() as f64;
    let (value, unit) = match nanos {
        n if n < 1e3 => (n, "ns"),
        n if n < 1e6 => (n / 1e3, "µs"),
        n if n < 1e9 => (n / 1e6, "ms"),
        n => (n / 1e9, "s"),
    };
    match value {
        v if v >= 99.95 || unit == "ns" => format!("{v:.0} {unit}"),
        v if v >= 9.995 => format!("{v:.1} {unit}"),
        v => format!("{v:.2} {unit}"),
    }
}

/// The figures of a histogram in one line; the least too where small is what matters.
pub fn figures(snapshot: &Snapshot, small_matters: bool) -> String {
    if snapshot.count() == 0 {
        return "nothing yet".into();
    }
    let at = |share| short(snapshot.quantile(share));
    let low = if small_matters { format!("1 % {}, ", at(0.01)) } else { String::new() };
    let largest = short(snapshot.largest());
    format!("{low}median {}, 99 % {}, most {largest}", at(0.5), at(0.99))
}

/// A row of bars and the scale below it, from the decade of the smallest to that of the largest;
/// empty if nothing was counted.
pub fn bars(snapshot: &Snapshot) -> String {
    if snapshot.count() == 0 {
        return String::new();
    }
    let decade = |d: Duration| (d.as_nanos().max(1) as f64).log10().floor() as i32;
    let (first, last) = (decade(snapshot.quantile(0.0)), decade(snapshot.largest()));
    let edge = |i: usize| {
        let exponent = f64::from(first) + i as f64 / DECADE as f64;
        Duration::from_nanos(10f64.powf(exponent).round() as u64)
    };
    let width = (last - first + 1).unsigned_abs() as usize * DECADE;
    let counts: Vec<u64> = (0..width).map(|i| snapshot.between(edge(i), edge(i + 1))).collect();
    let most = counts.iter().copied().max().unwrap_or(0).max(1) as f64;
    // What is rare matters most, so the bars grow with the logarithm of the count.
    let bar = |&count: &u64| match count {
        0 => ' ',
        n => {
            let height = ((n as f64).ln_1p() / most.ln_1p() * 8.0).ceil() as usize;
            BARS.get(height.clamp(1, 8) - 1).copied().unwrap_or('█')
        }
    };
    let row: String = counts.iter().map(bar).collect();
    let scale: String = (0..width / DECADE)
        .map(|d| format!("{:<DECADE$}", format!("└{}", unit(first + d as i32))))
        .collect();
    format!("{}\n{}\n", row.trim_end(), scale.trim_end())
}

/// A power of ten of nanoseconds: `10 µs`.
fn unit(exponent: i32) -> String {
    let digits = ["1", "10", "100"];
    let digit = digits.get(exponent.rem_euclid(3) as usize).copied().unwrap_or("1");
    let unit = ["ns", "µs", "ms", "s"].get(exponent.div_euclid(3).clamp(0, 3) as usize).copied();
    match (exponent, unit) {
        (12.., _) => "1000 s".into(),
        (_, unit) => format!("{digit} {}", unit.unwrap_or("s")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::histogram::Histogram;
    use super::*;

    #[test]
    fn a_histogram_is_drawn_where_its_values_are() {
        let histogram = Histogram::default();
        (0..100).for_each(|_| histogram.add(Duration::from_millis(20)));
        histogram.add(Duration::from_micros(150));
        let drawn = bars(&histogram.read());
        let lines: Vec<&str> = drawn.lines().collect();
        assert_eq!(lines.len(), 2, "{drawn}");
        // From 100 µs on, ten columns a decade: 20 ms is 2.3 decades further.
        assert_eq!(lines[1], "└100 µs   └1 ms     └10 ms");
        let column = |c| lines[0].chars().position(|bar| bar == c);
        assert_eq!(column('█').map(|c| c.abs_diff(23) <= 1), Some(true), "{drawn}");
        assert_eq!(lines[0].chars().take(3).filter(|c| *c != ' ').count(), 1, "{drawn}");
    }

    #[test]
    fn durations_are_short() {
        let texts = [5, 12_345, 999_999, 20_000_000, 1_500_000_000].map(Duration::from_nanos);
        assert_eq!(texts.map(short), ["5 ns", "12.3 µs", "1000 µs", "20.0 ms", "1.50 s"]);
    }
}
