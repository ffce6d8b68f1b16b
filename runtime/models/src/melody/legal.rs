//! What may come next in a phrase: in range, on the grid, inside the phrase, no empty bars,
//! and, when the phrase is to close, a last note that is stable and lasts at least a beat.

use super::request::{MelodyRequest, bar_ticks};
use crate::Chord;
use crate::vocab::melody::{DURATIONS, Event, LOWEST, PITCHES, REST, on_grid, pitch_of, ticks_of};

/// What holds for the whole phrase.
#[derive(Debug, Clone)]
pub(super) struct Frame {
    /// First tick of the phrase.
    pub start: i32,
    /// The tick at which it ends.
    pub end: i32,
    /// MIDI pitch of the reference tonic.
    pub reference: i32,
    bar: i32,
    beat: i32,
    lowest: u8,
    highest: u8,
    /// Pitch classes above the tonic on which the phrase may end, if it is to close.
    stable: Option<Chord>,
    primed: bool,
}

impl Frame {
    /// The frame of a request whose phrase lies between two ticks, after others or not; `last` is
    /// the chord at its end.
    pub fn new(
        request: &MelodyRequest,
        reference: i32,
        (start, end): (i32, i32),
        last: Option<Chord>,
        primed: bool,
    ) -> Self {
        let third = if request.mode.is_minor() { 3 } else { 4 };
        let triad = Chord { root: 0, tones: 1 | 1 << third | 1 << 7, bass: 0 };
        Self {
            start,
            end,
            reference,
            bar: bar_ticks(request.meter).unwrap_or(96),
            beat: if request.meter.1 == 8 && request.meter.0.is_multiple_of(3) { 36 } else { 24 },
            lowest: request.lowest,
            highest: request.highest,
            stable: request.close.then(|| last.unwrap_or(triad)),
            primed,
        }
    }

    /// The same up to a moment at which something is given again: nothing has to close there.
    pub fn until(&self, end: i32) -> Self {
        Self { end, stable: None, ..self.clone() }
    }

    fn is_stable(&self, token: u8) -> bool {
        let class = (i32::from(token) + LOWEST).rem_euclid(12).unsigned_abs();
        let stable = |chord: &Chord| chord.has(u8::try_from(class).unwrap_or(0));
        token < PITCHES && self.stable.as_ref().is_none_or(stable)
    }
}

/// What may begin at one moment of a phrase.
pub(super) struct Moment<'a> {
    frame: &'a Frame,
    before: Option<u8>,
    now: i32,
    room: i32,
}

impl<'a> Moment<'a> {
    /// The moment `now`, after these events of the phrase.
    pub fn new(frame: &'a Frame, events: &[Event], now: i32) -> Self {
        Self { frame, before: events.last().map(|e| e.token), now, room: frame.end - now }
    }

    /// Whether a token may begin now.
    pub fn token(&self, token: usize) -> bool {
        let Ok(token) = u8::try_from(token) else { return false };
        if token == REST {
            return self.may_rest();
        }
        let Some(pitch) = pitch_of(token, self.frame.reference) else { return false };
        let in_range = (self.frame.lowest..=self.frame.highest).contains(&pitch);
        in_range && (!self.is_last() || self.frame.is_stable(token))
    }

    /// Whether what begins now must be the last note of a phrase that closes.
    pub fn is_last(&self) -> bool {
        self.frame.stable.is_some() && self.room <= self.frame.beat
    }

    /// A rest may not open a phrase, nor follow another, nor come just before the close.
    fn may_rest(&self) -> bool {
        let opens = self.now == self.frame.start && !self.frame.primed;
        let closes = self.frame.stable.is_some() && self.room <= self.frame.bar / 2;
        !opens && !closes && self.before != Some(REST)
    }

    /// Whether a token may last so long.
    pub fn duration(&self, token: u8, duration: u8) -> bool {
        let ticks = ticks_of(duration);
        let after = self.room - ticks;
        if !fits(duration, self.room) || !(after == 0 || on_grid(self.now + ticks)) {
            return false;
        }
        let closing = self.frame.stable.is_some();
        if closing && 0 < after && after < self.frame.beat {
            return false;
        }
        if token == REST {
            // Within the bar, so that none stays empty.
            let left = self.frame.bar - (self.now - self.frame.start).rem_euclid(self.frame.bar);
            return ticks <= left && ticks < self.frame.bar && !(closing && after == 0);
        }
        after > 0 || self.frame.is_stable(token)
    }

    /// A token for the case that the network allows none: the stable one nearest the middle.
    pub fn resort(&self) -> u8 {
        let middle = i32::from(self.frame.lowest) / 2 + i32::from(self.frame.highest) / 2;
        let distance = |token: &u8| {
            let pitch = pitch_of(*token, self.frame.reference).map_or(999, i32::from);
            (pitch - middle).abs()
        };
        let stable = (0..PITCHES).filter(|&token| self.frame.is_stable(token));
        stable.min_by_key(distance).unwrap_or(0)
    }

    /// The longest duration that stays inside the phrase.
    pub fn longest(&self) -> u8 {
        let fit = (0..DURATIONS.len()).rev().filter_map(|d| u8::try_from(d).ok());
        fit.into_iter().find(|&d| fits(d, self.room)).unwrap_or(0)
    }
}

/// Whether a duration is one and stays within so many ticks.
fn fits(duration: u8, room: i32) -> bool {
    let ticks = ticks_of(duration);
    0 < ticks && ticks <= room
}
