//! What a note on a beat costs besides what the network says: chords that are asked for, and the
//! rules of part-writing.
//!
//! The network learned both from Bach, but cells that are sung in random order are sung before
//! all of their neighbours are known, and a performer's chords are not Bach's.

use crate::Chord;
use crate::vocab::chorale::{LOWEST, REST, VOICES};

/// Nats that a tone outside the chord that is asked for costs, and another bass than its own.
const OUTSIDE_CHORD: f32 = 3.0;
const INVERTED: f32 = 1.5;
/// Nats that a fifth or an octave costs to which, or from which, two voices move in parallel.
const PARALLEL: f32 = 3.0;
/// Nats that a voice costs that crosses its neighbour.
const CROSSED: f32 = 2.0;

/// What is known around a cell.
#[derive(Debug, Clone, Default)]
pub(super) struct Price {
    pub chord: Option<Chord>,
    /// What the voices sing there.
    pub now: [u8; VOICES],
    /// What they sing a beat before and a beat after; nothing on a weak place.
    pub beats: [Option<[u8; VOICES]>; 2],
    pub voice: usize,
}

impl Price {
    /// Nats that a token costs.
    pub fn of(&self, token: u8) -> f32 {
        if token >= REST || self.beats == [None, None] && self.chord.is_none() {
            return 0.0;
        }
        self.outside(token) + self.crossed(token) + self.parallel(token)
    }

    fn outside(&self, token: u8) -> f32 {
        let Some(chord) = self.chord else { return 0.0 };
        let class = (token + LOWEST) % 12;
        let outside = if chord.has(class) { 0.0 } else { OUTSIDE_CHORD };
        let inverted = self.voice + 1 == VOICES && class != chord.bass % 12;
        outside + if inverted { INVERTED } else { 0.0 }
    }

    fn crossed(&self, token: u8) -> f32 {
        let sung = |voice: &usize| self.now[*voice] < REST;
        let above = (0..self.voice).filter(sung).any(|v| self.now[v] < token);
        let below = (self.voice + 1..VOICES).filter(sung).any(|v| self.now[v] > token);
        if above || below { CROSSED } else { 0.0 }
    }

    /// What parallels with the other voices cost, from the beat before and to the next.
    fn parallel(&self, token: u8) -> f32 {
        let other = |beat: &[u8; VOICES], v: usize| {
            let pitches = [self.now[v], beat[v], beat[self.voice]];
            if v == self.voice || pitches.iter().any(|&p| p >= REST) {
                return false;
            }
            // Of the higher voice above the lower one, within an octave.
            let interval = |other: u8, own: u8| {
                let apart = i16::from(other) - i16::from(own);
                (if v < self.voice { apart } else { -apart }).rem_euclid(12)
            };
            let (now, then) = (interval(self.now[v], token), interval(beat[v], beat[self.voice]));
            let moves = token != beat[self.voice] && self.now[v] != beat[v];
            moves && now == then && (now == 0 || now == 7)
        };
        let beats = self.beats.iter().flatten();
        let found =
            beats.map(|beat| (0..VOICES).filter(|&v| other(beat, v)).count()).sum::<usize>();
        found as f32 * PARALLEL
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocab::chorale::MASKED;

    fn pitch(midi: u8) -> u8 {
        midi - LOWEST
    }

    #[test]
    fn parallel_fifths_and_octaves_and_crossings_cost() {
        let before = [72, 67, 60, 48].map(pitch);
        let [soprano, alto, tenor] = [74, 65, 59].map(pitch);
        let now = [soprano, alto, tenor, MASKED];
        let price = Price { chord: None, now, beats: [Some(before), None], voice: 3 };
        assert_eq!(price.of(pitch(50)), PARALLEL, "octaves with the soprano");
        assert_eq!(price.of(pitch(46)), PARALLEL, "fifths with the alto");
        assert_eq!(price.of(pitch(43)), 0.0);
        assert_eq!(price.of(pitch(60)), CROSSED, "above the tenor");
        let held = Price { now: [before[0], before[1], before[2], MASKED], ..price };
        assert_eq!(held.of(pitch(36)), 0.0, "nobody moves with it");
    }

    #[test]
    fn chords_that_are_asked_for_make_their_tones_cheaper() {
        let chord = Chord::parse("G7/B").unwrap_or_else(|t| panic!("{t}"));
        let price = Price { chord: Some(chord), now: [MASKED; 4], beats: [None, None], voice: 3 };
        assert_eq!(price.of(pitch(47)), 0.0);
        assert_eq!(price.of(pitch(43)), INVERTED);
        assert_eq!(price.of(pitch(45)), OUTSIDE_CHORD + INVERTED);
        assert_eq!(Price { voice: 1, ..price }.of(pitch(65)), 0.0);
        assert_eq!(Price::default().of(pitch(60)), 0.0, "on a weak place");
    }
}
