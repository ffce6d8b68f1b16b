//! Stepwise functions: patterns as rows of steps that can be taken, dropped, grown and joined.

use crate::cat::{fastcat, slowcat, stack, timecat};
use crate::pattern::Pattern;
use crate::time::Time;

/// Most pieces that growing or shrinking makes.
const PIECES: usize = 1024;
/// Most copies that replicating makes.
const COPIES: i64 = 4096;

/// Patterns one after another, each as long as it has steps.
pub fn stepcat(items: Vec<Pattern>) -> Pattern {
    let weighted = items.into_iter().map(|p| (p.steps.unwrap_or(Time::ONE), p));
    timecat(weighted.filter(|(w, _)| !w.is_zero()).collect())
}

/// Patterns as layers whose steps go at the same pace, until all come out even.
pub fn polymeter(items: Vec<Pattern>) -> Pattern {
    let items: Vec<Pattern> =
        items.into_iter().filter(|p| p.steps.is_some_and(|s| !s.is_zero())).collect();
    let Some(steps) = crate::cat::common_steps(items.iter().map(|p| p.steps)) else {
        return stack(items);
    };
    if items.is_empty() {
        return Pattern::nothing();
    }
    stack(items.iter().map(|p| p.pace(steps)).collect()).with_steps(Some(steps))
}

/// Patterns in turn, step by step group: each list's next pattern in every round.
pub fn stepalt(groups: Vec<Vec<Pattern>>) -> Pattern {
    let rounds = groups.iter().map(|g| g.len().max(1)).fold(1usize, |a, b| {
        let gcd = |mut x: usize, mut y: usize| {
            while y != 0 {
                (x, y) = (y, x % y);
            }
            x
        };
        (a / gcd(a, b)).saturating_mul(b).min(4096)
    });
    let picks = (0..rounds).flat_map(|round| {
        groups.iter().filter_map(move |g| g.get(round % g.len().max(1)).cloned())
    });
    stepcat(picks.filter(|p| p.steps.is_some_and(|s| !s.is_zero())).collect())
}

/// The first steps of each in turn: `zip ["a b", "c d"]` is `a c` and then `b d`.
pub fn zip(items: Vec<Pattern>) -> Pattern {
    let items: Vec<Pattern> =
        items.into_iter().filter(|p| p.steps.is_some_and(|s| !s.is_zero())).collect();
    let Some(steps) = crate::cat::common_steps(items.iter().map(|p| p.steps)) else {
        return Pattern::nothing();
    };
    let slowed = items.iter().map(|p| p.slow(p.steps.unwrap_or(Time::ONE))).collect();
    slowcat(slowed).fast(steps).with_steps(Some(steps))
}

/// A pattern taken on a tour through others: after all, then before the last, and so on.
pub fn tour(guest: &Pattern, others: &[Pattern]) -> Pattern {
    let n = others.len();
    let rounds = (0..=n).flat_map(|i| {
        let (before, after) = others.split_at(n - i);
        before
            .iter()
            .cloned()
            .chain([guest.clone()])
            .chain(after.iter().cloned())
            .collect::<Vec<_>>()
    });
    stepcat(rounds.collect())
}

impl Pattern {
    /// Played at `steps` steps a cycle.
    pub fn pace(&self, steps: Time) -> Pattern {
        match self.steps {
            Some(own) if own.is_zero() => Pattern::nothing(),
            Some(own) => self.fast(steps / own).with_steps(Some(steps)),
            None => self.clone(),
        }
    }
    /// The first `n` steps; the last `-n` if negative.
    pub fn take(&self, n: Time) -> Pattern {
        let Some(steps) = self.steps.filter(|s| *s > Time::ZERO) else { return Pattern::nothing() };
        if n.is_zero() || !n.is_defined() {
            return Pattern::nothing();
        }
        let count = n.abs();
        if count >= steps {
            return self.clone();
        }
        let share = count / steps;
        if n > Time::ZERO {
            self.zoom(Time::ZERO, share)
        } else {
            self.zoom(Time::ONE - share, Time::ONE)
        }
    }
    /// All but the first `n` steps; all but the last `-n` if negative.
    pub fn drop(&self, n: Time) -> Pattern {
        let Some(steps) = self.steps else { return self.clone() };
        if n < Time::ZERO { self.take(steps + n) } else { self.take(Time::ZERO - (steps - n)) }
    }
    /// The same with `n` times as many steps: it takes more room in [`stepcat`].
    pub fn expand(&self, n: Time) -> Pattern {
        let steps = self.steps.map(|s| s * n);
        self.clone().with_steps(steps)
    }
    /// The same with `n` times fewer steps.
    pub fn contract(&self, n: Time) -> Pattern {
        let steps = self.steps.map(|s| s / n);
        self.clone().with_steps(steps)
    }
    /// `n` times in a row, steps included.
    pub fn extend(&self, n: Time) -> Pattern {
        let steps = self.steps.map(|s| s * n);
        self.fast(n).with_steps(steps)
    }
    /// `n` copies in a row, as steps.
    pub fn replicate(&self, n: i64) -> Pattern {
        if n > COPIES {
            return Pattern::failing(format!("more than {COPIES} copies"));
        }
        let n = n.max(0);
        let copies = (0..n).map(|_| self.clone()).collect();
        let steps = self.steps.map(|s| s * Time::int(n));
        fastcat(copies).with_steps(steps)
    }
    /// The pattern, then without its first `n` steps, and so on until nothing is left; from the
    /// end if `n` is negative.
    pub fn shrink(&self, n: Time) -> Pattern {
        stepcat(self.shrink_list(n))
    }
    /// The first `n` steps, then the first `2n`, until all are there; the last ones if negative.
    pub fn grow(&self, n: Time) -> Pattern {
        let mut list = self.shrink_list(-n);
        list.reverse();
        stepcat(list)
    }
    fn shrink_list(&self, n: Time) -> Vec<Pattern> {
        let Some(steps) = self.steps else { return vec![self.clone()] };
        if n.is_zero() || !n.is_defined() {
            return vec![self.clone()];
        }
        let (by, mut gone) = (n.abs(), Time::ZERO);
        let mut list = Vec::new();
        while gone < steps {
            if list.len() == PIECES {
                return vec![Pattern::failing(format!("more than {PIECES} pieces"))];
            }
            let left = steps - gone;
            list.push(if n > Time::ZERO { self.take(-left) } else { self.take(left) });
            gone = gone + by;
        }
        list
    }
}
