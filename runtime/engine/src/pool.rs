//! The voices of an engine: who sounds, and who must go when all are busy.

use crate::voice::Voice;

/// Voices that exist.
pub(crate) const VOICES: usize = 288;
/// Voices that may sound; the others are for those that fade to make room.
pub(crate) const SOUNDING: usize = 256;

/// A fixed number of places for voices.
pub(crate) struct Pool {
    /// Voices that may sound at present, at most [`SOUNDING`].
    pub limit: usize,
    places: Vec<Option<Voice>>,
    free: Vec<u16>,
    /// Places in use, in the order of their start.
    order: Vec<u16>,
}

impl Pool {
    /// A pool in which nothing sounds.
    pub fn new() -> Self {
        Pool {
            limit: SOUNDING,
            places: (0..VOICES).map(|_| None).collect(),
            free: (0..VOICES as u16).rev().collect(),
            order: Vec::with_capacity(VOICES),
        }
    }

    /// Voices in use.
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Whether one voice must go before another starts.
    pub fn crowded(&mut self) -> bool {
        self.order.len() >= self.limit && self.sounding() >= self.limit
    }

    /// Voices that are not on their way out.
    pub fn sounding(&mut self) -> usize {
        self.voices().filter(|v| !v.fading()).count()
    }

    /// Takes in a voice; it and its place, or `None` if there is none.
    pub fn add(&mut self, voice: Voice) -> Option<(usize, &Voice)> {
        let place = self.free.pop()?;
        let slot = usize::from(place);
        self.order.push(place);
        Some((slot, self.places[slot].insert(voice)))
    }

    /// All voices, oldest first.
    pub fn voices(&mut self) -> impl Iterator<Item = &mut Voice> {
        self.places.iter_mut().flatten()
    }

    /// The voice that will be missed least: released ones and quiet ones go first, of equals the
    /// oldest; the first moments of a sound are kept.
    pub fn least(&mut self, now: u64, young: u64) -> Option<&mut Voice> {
        let cost = |v: &Voice| {
            let fresh = now.saturating_sub(v.begin) < young;
            let level = if fresh { 10.0 + v.peak.min(1.0) } else { v.peak };
            if v.released() { 0.25 * level } else { level }
        };
        let oldest = |a: &&mut Voice, b: &&mut Voice| {
            cost(a).total_cmp(&cost(b)).then(a.begin.cmp(&b.begin))
        };
        self.voices().filter(|v| !v.fading()).min_by(oldest)
    }

    /// The voice that has had spectral effects for longest, of those that are not on their way out.
    pub fn oldest_with_unit(&mut self) -> Option<&mut Voice> {
        let has = |v: &&mut Voice| v.unit().is_some() && !v.fading();
        self.voices().filter(has).min_by_key(|v| v.begin)
    }

    /// All places, for the voice in one of them.
    pub fn places(&mut self) -> &mut [Option<Voice>] {
        &mut self.places
    }

    /// Runs `step` on the voices in the order of their start, up to `many` at a time: it is given
    /// all places and those that are meant, and says of each whether it stays.
    pub fn retain(
        &mut self,
        many: usize,
        mut step: impl FnMut(&mut [Option<Voice>], &[u16], &mut [bool]),
    ) {
        let Pool { places, free, order, .. } = self;
        let mut stays = [true; VOICES];
        for (slots, stays) in order.chunks(many).zip(stays.chunks_mut(many)) {
            step(places, slots, stays);
        }
        let mut stays = stays.into_iter();
        order.retain(|&place| {
            let keep = stays.next().unwrap_or(false);
            if !keep {
                places[usize::from(place)] = None;
                free.push(place);
            }
            keep
        });
    }
}
