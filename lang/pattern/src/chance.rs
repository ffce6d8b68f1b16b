//! Chance without state: a hash of seed and time.

use crate::cat::fastcat;
use crate::pattern::Pattern;
use crate::query::Query;
use crate::time::Time;
use crate::value::Value;

/// Mixes 64 bits well (the finaliser of SplitMix64; Steele, Lea and Flood, 2014).
fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// An even number in `[0, 1)` that depends on a moment and a seed alone.
pub fn rand_at(t: Time, seed: i64) -> f64 {
    let a = mix((t.numerator() as u64).wrapping_add(0x9e37_79b9_7f4a_7c15));
    let b = mix(a ^ (t.denominator() as u64).wrapping_mul(0xd6e8_feb8_6659_fd93));
    let c = mix(b ^ (seed as u64).wrapping_mul(0xa076_1d64_78bd_642f));
    (c >> 11) as f64 / (1u64 << 53) as f64
}

/// The stream of numbers that a function draws from in a query: its own, moved by the query's seed.
fn stream(own: i64, q: &Query) -> i64 {
    own.wrapping_add(q.stream())
}

/// Even numbers in `[0, 1)`.
pub fn rand(seed: i64) -> Pattern {
    Pattern::signal(move |t, q| Value::Num(rand_at(t, stream(seed, q))))
}

/// Ramps that rise within each cycle, from one random number by another.
pub fn berlin(seed: i64) -> Pattern {
    Pattern::signal(move |t, q| {
        let (from, x) = (t.sam(), t.cycle_pos().to_f64());
        let (a, b) = (rand_at(from, stream(seed, q)), rand_at(from.add_int(1), stream(seed, q)));
        Value::Num((a + b * x) / 2.0)
    })
}

/// Smooth noise between random numbers at each cycle (Perlin's fade curve of degree five).
pub fn perlin(seed: i64) -> Pattern {
    Pattern::signal(move |t, q| {
        let seed = stream(seed, q);
        let (from, x) = (t.sam(), t.cycle_pos().to_f64());
        let (a, b) = (rand_at(from, seed), rand_at(from.add_int(1), seed));
        let fade = x * x * x * (x * (x * 6.0 - 15.0) + 10.0);
        Value::Num(a + (b - a) * fade)
    })
}

/// A permutation of `0..n` that depends on the cycle.
pub fn permutation(n: usize, cycle: i64, seed: i64) -> Vec<usize> {
    let mut keyed: Vec<(f64, usize)> =
        (0..n).map(|i| (rand_at(Time::new(i as i64, n as i64).add_int(cycle), seed), i)).collect();
    keyed.sort_by(|a, b| a.0.total_cmp(&b.0));
    keyed.into_iter().map(|(_, i)| i).collect()
}

/// Most pieces that a cycle is cut into to reorder them.
const MOST_PIECES: i64 = 1024;

impl Pattern {
    /// The same with other random numbers everywhere in it.
    pub fn seeded(&self, seed: i64) -> Pattern {
        let inner = self.clone();
        Pattern::of(move |span, q, out| {
            let outer = std::mem::replace(&mut q.seed, seed);
            inner.query(span, q, out);
            q.seed = outer;
        })
        .with_steps(self.steps)
    }
    /// Drops each event whose number, drawn at its start, lies below `share`.
    pub fn degrade_by(&self, share: f64, seed: i64) -> Pattern {
        self.each(move |q, hap| rand_at(hap.whole_or_part().begin, stream(seed, q)) >= share)
    }
    /// Keeps just the events that [`Pattern::degrade_by`] drops.
    pub fn undegrade_by(&self, share: f64, seed: i64) -> Pattern {
        self.each(move |q, hap| rand_at(hap.whole_or_part().begin, stream(seed, q)) < share)
    }
    /// The `n` even pieces of each cycle in random order, each once (`shuffle`) or drawn freely
    /// (`scramble`).
    pub fn reorder(&self, n: i64, seed: i64, free: bool) -> Pattern {
        if n > MOST_PIECES {
            return Pattern::failing(format!("more than {MOST_PIECES} pieces"));
        }
        let n = n.max(1);
        let pieces: Vec<Pattern> =
            (0..n).map(|i| self.zoom(Time::new(i, n), Time::new(i + 1, n))).collect();
        let order = Pattern::of(move |span, q, out| {
            span.each_cycle(|cycle, piece| {
                if q.spend(n as usize) {
                    draw_order(n, cycle, stream(seed, q), free).query(piece, q, out);
                }
            });
        });
        order.squeeze_join(move |v| {
            let i = v.number().unwrap_or(0.0) as usize;
            pieces.get(i).cloned().unwrap_or_else(Pattern::silence)
        })
    }
}

fn draw_order(n: i64, cycle: i64, seed: i64, free: bool) -> Pattern {
    let draws: Vec<usize> = if free {
        let at = |i| Time::new(i, n).add_int(cycle);
        (0..n).map(|i| (rand_at(at(i), seed) * n as f64) as usize).collect()
    } else {
        permutation(n as usize, cycle, seed)
    };
    fastcat(draws.into_iter().map(|i| Pattern::pure(i as f64)).collect())
}
