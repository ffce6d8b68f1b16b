//! Changes of drum rhythms: hits in, hits out, with where each comes from.

use super::change::{Change, Origin, Request};
use super::notes::steps;
use super::{LatentModel, Trouble};
use crate::drums::{Drum, Hit};
use crate::phrase::Ticks;
use crate::vocab::drums::SIXTEENTH;
use crate::vocab::latent::step_of;

/// A rhythm to be changed.
///
/// Hits move to sixteenths to be read; of two of the same drum there the louder one counts. A hit that
/// the change leaves alone comes back as it was played. One that the rhythm and the other both have
/// is as loud and late as lies between. One that is new is as loud as that drum is on average.
#[derive(Debug, Clone, PartialEq)]
pub struct DrumChange {
    /// The rhythm, in ticks from a bar line.
    pub hits: Vec<Hit>,
    /// How many bars it has.
    pub bars: u32,
    /// Another rhythm, for the changes that need one.
    pub other: Vec<Hit>,
    /// How many bars that has; it goes round if it is shorter.
    pub other_bars: u32,
    /// Beats in a bar and the note that is one beat.
    pub meter: (u32, u32),
    /// What becomes of it.
    pub change: Change,
    /// How much, at every sixteenth; the last one stays.
    pub amounts: Vec<f64>,
    /// 0 writes the likeliest.
    pub temperature: f64,
    /// Of what is drawn.
    pub seed: i64,
}

/// A hit after a change.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ChangedHit {
    /// The hit, in ticks from the start.
    pub hit: Hit,
    /// Whose hit this was, and which one of those given.
    pub from: Option<(Origin, usize)>,
}

impl LatentModel {
    /// Changes rhythms, all in one batch. Each depends on its own request only.
    ///
    /// # Errors
    /// When a request is impossible or a network fails.
    pub fn change_drums(
        &mut self,
        changes: &[DrumChange],
    ) -> Result<Vec<Vec<ChangedHit>>, Trouble> {
        let requests = changes.iter().map(request).collect::<Result<Vec<_>, _>>()?;
        let changed = self.change(&requests)?;
        let written = changes.iter().zip(&requests).zip(changed);
        Ok(written
            .map(|((change, request), cells)| {
                let symbols = cells.iter().map(|cell| cell.symbol);
                write(change, request, symbols)
            })
            .collect())
    }
}

fn request(change: &DrumChange) -> Result<Request, Trouble> {
    let (bar, length) = steps(change.meter, change.bars)?;
    let needed = matches!(change.change, Change::Between | Change::Toward);
    let (_, other) = steps(change.meter, if needed { change.other_bars } else { 0 })?;
    Ok(Request {
        one: symbols(&change.hits, length),
        other: symbols(&change.other, other),
        bar,
        change: change.change.clone(),
        amounts: change.amounts.clone(),
        temperature: change.temperature,
        seed: change.seed,
    })
}

fn symbols(hits: &[Hit], length: usize) -> Vec<u16> {
    let mut symbols = vec![0; length];
    for hit in hits {
        if let Some(place) = symbols.get_mut(step_of(hit.onset)) {
            *place |= hit.drum.bit();
        }
    }
    symbols
}

fn write(
    change: &DrumChange,
    request: &Request,
    symbols: impl Iterator<Item = u16>,
) -> Vec<ChangedHit> {
    let mut hits = Vec::new();
    for (step, symbol) in symbols.enumerate() {
        for drum in Drum::ALL.into_iter().filter(|drum| symbol & drum.bit() != 0) {
            let one = found(&change.hits, step, drum);
            let other = match request.other.len() {
                0 => None,
                length => found(&change.other, step % length, drum),
            };
            let place = Place { step, drum, amount: request.amount(step) };
            hits.push(match (one, other) {
                (Some(one), Some(other)) => place.between(one, other),
                (Some(one), None) => place.kept(one, Origin::One),
                (None, Some(other)) => place.kept(other, Origin::Other),
                (None, None) => place.made(change),
            });
        }
    }
    hits
}

/// The loudest hit of a drum at a sixteenth.
fn found(hits: &[Hit], step: usize, drum: Drum) -> Option<Given> {
    let here = hits.iter().copied().enumerate().filter(|(_, h)| h.drum == drum);
    here.filter(|(_, h)| step_of(h.onset) == step)
        .max_by(|a, b| a.1.velocity.total_cmp(&b.1.velocity))
}

/// A hit and which one it is of those given.
type Given = (usize, Hit);

/// Where a drum sounds after a change.
struct Place {
    step: usize,
    drum: Drum,
    amount: f64,
}

impl Place {
    fn onset(&self) -> Ticks {
        Ticks::try_from(self.step).unwrap_or(0) * SIXTEENTH
    }

    /// A given hit, as far off its sixteenth as it was written.
    fn kept(&self, (index, hit): Given, origin: Origin) -> ChangedHit {
        let grid = Ticks::try_from(step_of(hit.onset)).unwrap_or(0) * SIXTEENTH;
        let off = hit.onset.cast_signed() - grid.cast_signed();
        let hit = Hit { onset: self.onset().saturating_add_signed(off), ..hit };
        ChangedHit { hit, from: Some((origin, index)) }
    }

    /// A hit of both, as loud and late as lies between.
    fn between(&self, one: Given, other: Given) -> ChangedHit {
        let part = self.amount.clamp(0.0, 1.0);
        let mix = |a: f64, b: f64| a + (b - a) * part;
        let nearer =
            if part <= 0.5 { self.kept(one, Origin::One) } else { self.kept(other, Origin::Other) };
        let velocity = mix(one.1.velocity, other.1.velocity);
        let offset = mix(one.1.offset, other.1.offset);
        ChangedHit { hit: Hit { velocity, offset, ..nearer.hit }, ..nearer }
    }

    /// A new hit, as loud as this drum is on average, or as all are.
    fn made(&self, change: &DrumChange) -> ChangedHit {
        let mean = |drum: Option<Drum>| {
            let all = change.hits.iter().chain(&change.other);
            let loud = all.filter(|h| drum.is_none_or(|d| h.drum == d)).map(|h| h.velocity);
            let (sum, count) = loud.fold((0.0, 0.0), |(sum, n), v| (sum + v, n + 1.0));
            (count > 0.0).then(|| sum / count)
        };
        let plain = Hit::new(self.onset(), self.drum);
        let velocity = mean(Some(self.drum)).or_else(|| mean(None)).unwrap_or(plain.velocity);
        ChangedHit { hit: Hit { velocity, ..plain }, from: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(hits: Vec<Hit>, other: Vec<Hit>, amount: f64) -> DrumChange {
        DrumChange {
            hits,
            bars: 1,
            other,
            other_bars: 1,
            meter: (4, 4),
            change: Change::Between,
            amounts: vec![amount],
            temperature: 0.0,
            seed: 0,
        }
    }

    #[test]
    fn hits_of_both_lie_between_and_new_ones_are_as_loud_as_their_drum() {
        let loud = |onset, velocity| Hit { velocity, ..Hit::new(onset, Drum::Kick) };
        let change = change(vec![loud(1, 1.0), loud(48, 0.6)], vec![loud(0, 0.5)], 0.25);
        let request = request(&change).unwrap_or_else(|trouble| panic!("{trouble}"));
        let mut wanted = vec![0; 16];
        for step in [0, 8, 12] {
            wanted[step] = Drum::Kick.bit();
        }
        let hits = write(&change, &request, wanted.into_iter());
        let velocities: Vec<f64> = hits.iter().map(|h| h.hit.velocity).collect();
        assert!((velocities[0] - 0.875).abs() < 1e-9 && velocities[1] == 0.6, "{velocities:?}");
        assert!((velocities[2] - 0.7).abs() < 1e-9, "the mean of all kicks");
        assert_eq!(hits[0].hit.onset, 1, "off the grid as it was");
        assert_eq!(hits[2].from, None);
    }
}
