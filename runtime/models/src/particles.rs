//! Draws under constraints by sequential Monte Carlo: several candidates of each phrase go on
//! together, and those that the model finds likelier, given what they were made to do, go on in
//! place of the others. A constraint far ahead thus reaches back: what was drawn freely fits what
//! had to come (Gordon, Salmond and Smith 1993; for language models Lew et al. 2023).

use crate::Trouble;
use crate::net::{Net, State};
use crate::sample::Rng;
use crate::sequence::{self, Sequence};
use crate::vocab::Vocabulary;

/// A candidate.
pub(crate) trait Particle: Sequence + Clone {
    /// How far it has come; candidates are compared when all have come equally far.
    fn now(&self) -> i32;
    /// The log of how likely the model finds what it was made to do since the last call.
    fn weigh(&mut self) -> f64;
    /// From now on it draws other numbers.
    fn reseed(&mut self, salt: u64);
}

/// The candidates of one phrase.
pub(crate) struct Swarm<P> {
    particles: Vec<P>,
    /// Logs of their weights.
    weights: Vec<f64>,
    rng: Rng,
    /// Up to where they go before they are compared.
    until: i32,
    stride: i32,
}

impl<P: Particle> Swarm<P> {
    /// So many candidates of a phrase, compared every `stride`.
    pub fn new(first: P, candidates: usize, seed: i64, stride: i32) -> Self {
        let candidates = candidates.max(1);
        let mut particles = vec![first; candidates];
        for (salt, particle) in (0u64..).zip(&mut particles).skip(1) {
            particle.reseed(salt);
        }
        let until = particles.first().map_or(0, Particle::now) + stride.max(1);
        let weights = vec![0.0; candidates];
        Self { particles, weights, rng: Rng::new(!seed), until, stride: stride.max(1) }
    }

    fn waits(&self, i: usize) -> bool {
        self.particles.get(i).is_none_or(|p| p.ended() || p.now() >= self.until)
    }

    /// Compares the candidates, if all have come so far; answers where each of them now comes from,
    /// if some are replaced.
    fn compare(&mut self) -> Option<Vec<usize>> {
        if !(0..self.particles.len()).all(|i| self.waits(i)) {
            return None;
        }
        for (weight, particle) in self.weights.iter_mut().zip(&mut self.particles) {
            *weight += particle.weigh();
        }
        self.until += self.stride;
        let shares = shares(&self.weights);
        let effective = 1.0 / shares.iter().map(|s| s * s).sum::<f64>().max(1e-300);
        if effective >= 0.5 * shares.len() as f64 || self.particles.iter().all(Sequence::ended) {
            return None;
        }
        let from = systematic(&shares, self.rng.unit());
        let mut taken = vec![false; from.len()];
        let round = self.until as u64;
        let chosen: Vec<P> = (0u64..)
            .zip(&from)
            .filter_map(|(slot, &i)| {
                let mut particle = self.particles.get(i)?.clone();
                // The second copy of a candidate must go another way than the first.
                if std::mem::replace(&mut taken[i], true) {
                    particle.reseed(round.wrapping_mul(0x1_0001).wrapping_add(slot));
                }
                Some(particle)
            })
            .collect();
        self.particles = chosen;
        self.weights.fill(0.0);
        Some(from)
    }

    /// One of the candidates, by its weight.
    pub fn finish(mut self) -> Option<P> {
        for (weight, particle) in self.weights.iter_mut().zip(&mut self.particles) {
            *weight += particle.weigh();
        }
        let mut rest = self.rng.unit();
        let shares = shares(&self.weights);
        let place = shares.iter().position(|share| {
            rest -= share;
            rest < 0.0
        });
        let last = self.particles.len().saturating_sub(1);
        self.particles.into_iter().nth(place.unwrap_or(last))
    }
}

/// Steps all candidates of all phrases until each has ended.
pub(crate) fn run<P: Particle>(
    net: &mut dyn Net,
    vocabulary: &Vocabulary,
    swarms: &mut [Swarm<P>],
) -> Result<(), Trouble> {
    let places: Vec<(usize, usize)> = (0..swarms.len())
        .flat_map(|s| (0..swarms[s].particles.len()).map(move |p| (s, p)))
        .collect();
    let mut state = net.initial(places.len());
    loop {
        let active: Vec<usize> = (0..places.len())
            .filter(|&row| {
                let (s, p) = places[row];
                !swarms[s].waits(p)
            })
            .collect();
        if active.is_empty() {
            let ended = |swarm: &Swarm<P>| swarm.particles.iter().all(Sequence::ended);
            if swarms.iter().all(ended) {
                return Ok(());
            }
        } else {
            let stepped = {
                let mut rows: Vec<&mut P> = swarms
                    .iter_mut()
                    .flat_map(|swarm| {
                        let waits: Vec<bool> =
                            (0..swarm.particles.len()).map(|i| swarm.waits(i)).collect();
                        swarm.particles.iter_mut().zip(waits).filter(|(_, waits)| !waits)
                    })
                    .map(|(particle, _)| particle)
                    .collect();
                sequence::step(net, vocabulary, &mut rows, state.select(&active))?
            };
            state.put(&active, &stepped);
        }
        let mut from: Vec<usize> = (0..places.len()).collect();
        let (mut first, mut moved) = (0, false);
        for swarm in swarms.iter_mut() {
            let n = swarm.particles.len();
            if let Some(chosen) = swarm.compare() {
                for (slot, i) in chosen.into_iter().enumerate() {
                    from[first + slot] = first + i;
                }
                moved = true;
            }
            first += n;
        }
        if moved {
            state = State::select(&state, &from);
        }
    }
}

/// Weights as shares of their sum; even ones if none can be told from another.
fn shares(logs: &[f64]) -> Vec<f64> {
    let peak = logs.iter().copied().filter(|w| w.is_finite()).fold(f64::NEG_INFINITY, f64::max);
    let weights: Vec<f64> =
        logs.iter().map(|w| if w.is_finite() { (w - peak).exp() } else { 0.0 }).collect();
    let total: f64 = weights.iter().sum();
    let even = 1.0 / logs.len().max(1) as f64;
    weights.into_iter().map(|w| if total > 0.0 { w / total } else { even }).collect()
}

/// Which candidates go on, as many as there are, each about as often as its share says (systematic
/// resampling, Kitagawa 1996).
fn systematic(shares: &[f64], draw: f64) -> Vec<usize> {
    let n = shares.len();
    let mut chosen = Vec::with_capacity(n);
    let (mut sum, mut i) = (shares.first().copied().unwrap_or(1.0), 0);
    for slot in 0..n {
        let goal = (slot as f64 + draw) / n as f64;
        while sum < goal && i + 1 < n {
            i += 1;
            sum += shares[i];
        }
        chosen.push(i);
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_decide_how_often_a_candidate_goes_on() {
        assert_eq!(systematic(&[0.5, 0.0, 0.25, 0.25], 0.5), [0, 0, 2, 3]);
        assert_eq!(systematic(&[0.0, 1.0, 0.0], 0.1), [1, 1, 1]);
        assert_eq!(shares(&[f64::NEG_INFINITY, f64::NAN]), [0.5, 0.5]);
        let found = shares(&[0.0, 3.0f64.ln()]);
        assert!((found[1] - 0.75).abs() < 1e-12);
    }
}
