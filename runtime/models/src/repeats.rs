//! What goes on for ever must not go round: a price on copying oneself for longer than a phrase.
//!
//! The models repeat, as music does, and what has been repeated for long is ever likelier to be
//! repeated on: left alone, a flow falls into a loop. So the music is compared with itself of up to
//! [`LAGS`] bars before. As long as it agrees for no more than so many bars, nothing is changed; from
//! there on each further bar makes the continuation that stood there less likely, until something
//! else comes.

use std::borrow::Cow;
use std::collections::VecDeque;

/// Distances at which music is compared with itself: 1 to so many bars.
const LAGS: usize = 32;
/// How often a figure shorter than a phrase is repeated before it has a price.
const FIGURE: i32 = 3;
/// Nats off the continuation for each bar above what is allowed.
const PRICE: f64 = 4.0;

/// The last bars, and for how long they agree with those before them.
#[derive(Debug, Clone)]
pub(crate) struct Repeats<T> {
    bar: i32,
    /// How many bars may be as they were.
    allowed: i32,
    /// What began when.
    begun: VecDeque<(i32, T)>,
    /// Where the music begins.
    first: Option<i32>,
    /// For each lag, how long the music has agreed.
    agreed: [i32; LAGS],
    /// For each lag, which of all that ever began is the next one there, and how many are forgotten.
    next: [usize; LAGS],
    forgotten: usize,
}

impl<T: Copy + PartialEq> Repeats<T> {
    /// Nothing yet, in bars of so many ticks (or steps), of which `allowed` may be as others were.
    pub fn new(bar: i32, allowed: i32) -> Self {
        let (begun, agreed, next) = (VecDeque::new(), [0; LAGS], [0; LAGS]);
        Self { bar, allowed, begun, first: None, agreed, next, forgotten: 0 }
    }

    /// From a moment on something begins, or nothing does, for so long.
    pub fn push(&mut self, at: i32, what: Option<T>, length: i32) {
        let first = *self.first.get_or_insert(at);
        for ((lag, agreed), next) in (1..).zip(&mut self.agreed).zip(&mut self.next) {
            let then = at - lag * self.bar;
            if then < first {
                break;
            }
            let mut from = next.saturating_sub(self.forgotten);
            while self.begun.get(from).is_some_and(|(onset, _)| *onset < then) {
                from += 1;
            }
            *next = from + self.forgotten;
            let mut past = self.begun.range(from..).take_while(|(onset, _)| *onset < then + length);
            let same = match what {
                Some(what) => past.next() == Some(&(then, what)) && past.next().is_none(),
                None => past.next().is_none(),
            };
            // One other note does not make another tune: it forgives half.
            *agreed = if same { *agreed + length } else { *agreed / 2 };
        }
        if let Some(what) = what {
            self.begun.push_back((at, what));
        }
        let old = at - (LAGS as i32 + 1) * self.bar;
        while self.begun.front().is_some_and(|(onset, _)| *onset < old) {
            self.begun.pop_front();
            self.forgotten += 1;
        }
    }

    /// What would go on with a repetition that has been long enough, and the nats that are taken off
    /// its log-probability.
    pub fn prices(&self, now: i32) -> Vec<(T, f64)> {
        let mut prices = Vec::new();
        for (lag, &agreed) in (1..).zip(&self.agreed) {
            let over = agreed - self.bar * self.allowed.min(FIGURE * lag);
            let then = now - lag * self.bar;
            if over <= 0 {
                continue;
            }
            let at = self.begun.partition_point(|(onset, _)| *onset < then);
            if let Some((_, what)) = self.begun.get(at).filter(|(onset, _)| *onset == then) {
                prices.push((*what, PRICE * f64::from(over) / f64::from(self.bar)));
            }
        }
        prices
    }
}

/// Log-probabilities, less the highest price of each.
pub(crate) fn priced<'a, T: Copy + Into<usize>>(
    log_probs: &'a [f32],
    prices: &[(T, f64)],
) -> Cow<'a, [f32]> {
    let mut priced = Cow::Borrowed(log_probs);
    for &(what, _) in prices {
        let own = prices.iter().filter(|price| price.0.into() == what.into());
        let highest = own.fold(0.0, |highest, price| f64::max(highest, price.1));
        if let Some(&log) = log_probs.get(what.into()) {
            priced.to_mut()[what.into()] = log - highest as f32;
        }
    }
    priced
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bars of four notes, each a quarter of 24 ticks.
    fn after(bars: &[[u8; 4]]) -> Repeats<u8> {
        let mut repeats = Repeats::new(96, 8);
        for (at, note) in (0..).zip(bars.iter().flatten()) {
            repeats.push(24 * at, Some(*note), 24);
        }
        repeats
    }

    fn tune(bars: u8) -> Vec<[u8; 4]> {
        (0..bars).map(|bar| [bar, 50, bar + 1, 51]).collect()
    }

    #[test]
    fn a_phrase_may_come_again_and_what_follows_has_a_price() {
        let mut bars = tune(16);
        bars.extend(tune(8));
        assert!(after(&bars).prices(24 * 96).is_empty(), "eight bars again");
        bars.extend(&tune(16)[8..10]);
        assert_eq!(after(&bars).prices(26 * 96), [(10, 8.0)], "ten bars again");
        let last = bars.len() - 1;
        bars[last][3] = 60;
        assert!(after(&bars).prices(26 * 96).is_empty(), "one other note has left it");
    }

    #[test]
    fn a_figure_may_sound_four_times() {
        let bars = |count| vec![[1, 2, 3, 4]; count];
        assert!(after(&bars(4)).prices(4 * 96).is_empty());
        assert_eq!(after(&bars(5)).prices(5 * 96), [(1, 4.0)]);
    }

    #[test]
    fn notes_between_and_rests_are_compared() {
        let mut repeats = Repeats::new(96, 1);
        repeats.push(0, Some(1), 48);
        repeats.push(48, Some(2), 48);
        repeats.push(96, Some(1), 96);
        assert_eq!(repeats.agreed[0], 0, "the second note is missing");
        repeats.push(192, None, 96);
        assert_eq!(repeats.agreed[0], 0, "the first is");
        repeats.push(288, None, 96);
        assert_eq!(repeats.agreed[0], 96);
    }

    #[test]
    fn prices_are_taken_off() {
        let logs = [-1.0, -2.0, -3.0];
        assert_eq!(priced(&logs, &[(1u8, 2.0), (1, 4.0), (9, 1.0)])[..], [-1.0, -6.0, -3.0]);
        assert_eq!(priced(&logs, &[] as &[(u8, f64)])[..], logs);
    }
}
