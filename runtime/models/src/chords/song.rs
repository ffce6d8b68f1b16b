//! Songs whose chords are judged: `training/chords_data.py` reads records in the same way.

use ndarray::ArrayViewD;

use super::draft::{fill, log_of};
use super::request::ChordsRequest;
use crate::Chord;
use crate::melody::Mode;
use crate::sequence::Sequence;
use crate::trouble::Trouble;
use crate::vocab::chords::{DURATIONS, NO_CHORD, Past, Repertoire, Scene, token_of};

/// Steps in a quarter note.
const STEPS: f64 = 2.0;
/// The most quarter notes of a song.
const LONGEST: f64 = 1e6;

/// A chord of a song.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sounded {
    /// Quarter notes from the start of the song.
    pub at: f64,
    /// Quarter notes that it lasts. If the next one begins later, that one is taken to be earlier.
    pub beats: f64,
    /// The chord; none where there is silence.
    pub chord: Option<Chord>,
    /// Pitch class of the tonic above which it is read.
    pub tonic: u8,
}

/// A progression to be judged.
#[derive(Debug, Clone, PartialEq)]
pub struct Song {
    /// Beats in a bar and the note that is one beat.
    pub meter: (u32, u32),
    /// Mode; `Unknown` is major or minor by what most of the time on the tonic's own chords is.
    pub mode: Mode,
    /// Quarter notes before the first bar line.
    pub pickup: f64,
    /// In order.
    pub chords: Vec<Sounded>,
}

/// How surprising a song is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Judgement {
    /// All nats: which chords, and how long.
    pub nats: f64,
    /// Chords; one that is repeated counts once.
    pub chords: usize,
    /// Length in sixteenths.
    pub sixteenths: f64,
}

/// A song that the network reads: one sequence of a batch.
pub(super) struct Reading {
    scene: Scene,
    past: Past,
    events: Vec<(i32, (u8, u8))>,
    next: usize,
    judged: Judgement,
}

impl Reading {
    /// Prepares a song.
    pub fn new(song: &Song) -> Result<Self, Trouble> {
        let bar = ChordsRequest { meter: song.meter, ..ChordsRequest::default() }.checked()?;
        let rows = rows(song)?;
        let (begin, end) = rows.first().zip(rows.last()).map_or((0, 0), |(f, l)| (f.0, l.1));
        let minor = match song.mode {
            Mode::Unknown => mostly_minor(&rows),
            mode => mode.is_minor(),
        };
        let mut events = Vec::new();
        for &(begin, end, token) in &rows {
            let mut now = begin;
            for event in fill(token, end - begin) {
                events.push((now, event));
                now += DURATIONS.get(usize::from(event.1)).copied().unwrap_or(1);
            }
        }
        let scene = Scene {
            bar,
            meter: song.meter,
            mode: 1 + u8::from(minor),
            style: Repertoire::default(),
            span: (begin, end),
            with_end: false,
            sections: Vec::new(),
        };
        let sixteenths = 4.0 / STEPS * f64::from(end - begin);
        let judged = Judgement { nats: 0.0, chords: rows.len(), sixteenths };
        Ok(Self { scene, past: Past::new(bar), events, next: 0, judged })
    }

    /// What was found.
    pub fn finish(self) -> Judgement {
        self.judged
    }
}

impl Sequence for Reading {
    fn ended(&self) -> bool {
        self.next >= self.events.len()
    }

    fn row(&self, columns: &mut [i64], reals: &mut [f32]) {
        let now = self.events.get(self.next).map_or(0, |event| event.0);
        self.past.row(&self.scene, now, columns, reals);
    }

    fn take(&mut self, heads: &[ArrayViewD<'_, f32>]) {
        if let Some(&(now, event)) = self.events.get(self.next) {
            self.judged.nats -= log_of(heads, event);
            self.past.push(&self.scene, now, event);
        }
        self.next += 1;
    }
}

/// Chords as steps from the first bar line on (begin, end, token), without a gap; what is repeated
/// is one.
fn rows(song: &Song) -> Result<Vec<(i32, i32, u8)>, Trouble> {
    let step = |beat: f64| ((beat - song.pickup) * STEPS).round_ties_even() as i32;
    let mut rows: Vec<(i32, i32, u8)> = Vec::new();
    for sounded in &song.chords {
        let Sounded { at, beats, chord, tonic } = *sounded;
        if !(at.abs() < LONGEST && beats.abs() < LONGEST && song.pickup.abs() < LONGEST) {
            let what = format!("a chord at beat {at} cannot be read");
            return Err(Trouble::new(what, "chords begin in the first million beats"));
        }
        let token = chord.map_or(Ok(NO_CHORD), |chord| token_of(&chord, tonic))?;
        let (begin, end) = (step(at), step(at + beats));
        match rows.last_mut() {
            _ if end <= begin => {}
            Some(last) if last.2 == token && last.1 >= begin => last.1 = end.max(last.1),
            Some(&mut (_, before, _)) if end > before => rows.push((before, end, token)),
            Some(_) => {}
            None => rows.push((begin, end, token)),
        }
    }
    Ok(rows)
}

/// Whether more of the time on the tonic's own chords is minor.
fn mostly_minor(rows: &[(i32, i32, u8)]) -> bool {
    // "m", "m7", "m6" of the tonic; see `QUALITIES`.
    let dark = |token: u8| matches!(token, 1 | 3 | 6);
    let home = |token: u8| usize::from(token) < crate::vocab::chords::QUALITIES.len();
    let time = |of: &dyn Fn(u8) -> bool| -> i32 {
        rows.iter().filter(|row| of(row.2)).map(|row| row.1 - row.0).sum()
    };
    2 * time(&dark) > time(&home)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chords_are_joined_and_silence_is_one() {
        let sounded =
            |at, beats, name: &str| Sounded { at, beats, chord: Chord::parse(name).ok(), tonic: 9 };
        let chords = vec![
            sounded(0.0, 1.0, "Am"),
            sounded(1.0, 2.0, "Am7"),
            sounded(3.0, 2.0, "Am7"),
            sounded(5.0, 2.0, "N.C."),
            sounded(8.0, 1.0, "C"),
        ];
        let song = Song { meter: (4, 4), mode: Mode::Unknown, pickup: 1.0, chords };
        let rows = rows(&song).unwrap_or_default();
        assert_eq!(rows, [(-2, 0, 1), (0, 8, 3), (8, 12, NO_CHORD), (12, 16, 45)]);
        assert!(mostly_minor(&rows));
        let read = Reading::new(&song).map(Reading::finish);
        assert_eq!(read.map(|j| (j.chords, j.sixteenths)), Ok((4, 36.0)));
    }
}
