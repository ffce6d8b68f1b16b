//! What is asked of a chorale model, and how it becomes a grid.

use std::str::FromStr;

use crate::melody::Mode;
use crate::vocab::chorale::{
    Grid, LOWEST, MASKED, PITCHES, RANGES, REST, STEP, Strike, VOICES, key_id,
};
use crate::{Chord, Note, Ticks, Trouble};

/// The most bars of a request.
pub const LONGEST: u32 = 128;

/// One of the four voices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Voice {
    /// The highest.
    Soprano,
    /// The second.
    Alto,
    /// The third.
    Tenor,
    /// The lowest.
    Bass,
}

impl Voice {
    /// From the highest to the lowest.
    pub const ALL: [Self; VOICES] = [Self::Soprano, Self::Alto, Self::Tenor, Self::Bass];
}

impl FromStr for Voice {
    type Err = Trouble;

    fn from_str(name: &str) -> Result<Self, Trouble> {
        match name.to_ascii_lowercase().as_str() {
            "soprano" | "s" => Ok(Self::Soprano),
            "alto" | "a" => Ok(Self::Alto),
            "tenor" | "t" => Ok(Self::Tenor),
            "bass" | "b" => Ok(Self::Bass),
            _ => Err(Trouble::new(
                format!("`{name}` is not a voice"),
                "voices are soprano, alto, tenor and bass",
            )),
        }
    }
}

/// Four voices to be made, some of which are given.
#[derive(Debug, Clone, PartialEq)]
pub struct ChoraleRequest {
    /// Length in bars.
    pub bars: u32,
    /// Beats in a bar and the note that is one beat.
    pub meter: (u32, u32),
    /// Pitch class of the tonic, 0 is C; read unless the mode is `Unknown`.
    pub tonic: u8,
    /// The mode; those with a minor third count as minor.
    pub mode: Mode,
    /// The voices, soprano first. A given one is kept as it is; where it is silent it stays so.
    pub given: [Option<Vec<Note>>; VOICES],
    /// Stretches (voice, from, to) of given voices that are to be filled in nevertheless.
    pub open: Vec<(Voice, Ticks, Ticks)>,
    /// Four voices that came before, in ticks from their own start, as so many whole bars.
    pub prime: [Vec<Note>; VOICES],
    /// Where phrases end: stretches (from, to) on which the soprano rests a while. Empty leaves
    /// it to the model.
    pub fermatas: Vec<(Ticks, Ticks)>,
    /// Chords by their moment; each lasts until the next.
    pub chords: Vec<(Ticks, Chord)>,
    /// The same seed gives the same voices.
    pub seed: i64,
    /// 1 is as the model has it; less is safer, more is wilder; 0 takes the likeliest.
    pub temperature: f64,
    /// Share of the likeliest choices that is kept; 1 is all.
    pub top_p: f64,
    /// How often every beat is thought over again once all are sung (Gibbs sampling).
    pub rounds: u32,
}

impl Default for ChoraleRequest {
    fn default() -> Self {
        Self {
            bars: 4,
            meter: (4, 4),
            tonic: 0,
            mode: Mode::Unknown,
            given: [const { None }; VOICES],
            open: Vec::new(),
            prime: [const { Vec::new() }; VOICES],
            fermatas: Vec::new(),
            chords: Vec::new(),
            seed: 0,
            temperature: 0.8,
            top_p: 0.95,
            rounds: 1,
        }
    }
}

/// Four voices.
#[derive(Debug, Clone, PartialEq)]
pub struct Chorale {
    /// Soprano, alto, tenor and bass; the notes of each are in order and never overlap, unless
    /// they were given so.
    pub voices: [Vec<Note>; VOICES],
    /// Length in ticks, a whole number of bars.
    pub length: Ticks,
    /// How surprising the model found what it sang when it sang it, in nats.
    pub nats: f64,
}

/// A request on the grid.
pub(super) struct Task {
    pub grid: Grid,
    /// The first step of the phrase; before it is the prime.
    pub start: usize,
    /// Cells that are to be sung.
    pub open: Vec<[bool; VOICES]>,
    /// Octaves (in semitones) by which what is given is moved to where voices sing.
    pub moved: i16,
}

impl ChoraleRequest {
    /// Steps of a bar.
    fn bar(&self) -> Result<usize, Trouble> {
        let (beats, unit) = self.meter;
        if !(1..=32).contains(&beats) || ![1, 2, 4, 8, 16].contains(&unit) || 16 * beats / unit > 64
        {
            return Err(Trouble::new(
                format!("{beats}/{unit} is not a meter for chorales"),
                "meters look like 4/4, 3/4 or 6/8; the lower number is 1, 2, 4, 8 or 16",
            ));
        }
        Ok((16 * beats / unit) as usize)
    }

    fn check(&self) -> Result<(), Trouble> {
        if !(1..=LONGEST).contains(&self.bars) {
            return Err(Trouble::new(
                format!("a chorale of {} bars is out of range", self.bars),
                format!("bars from 1 to {LONGEST} are possible"),
            ));
        }
        if !(0.0..=10.0).contains(&self.temperature) {
            return Err(Trouble::new(
                format!("a temperature of {} is out of range", self.temperature),
                "temperatures from 0.5 to 1.2 are useful, up to 10 are allowed",
            ));
        }
        if !(self.top_p > 0.0 && self.top_p <= 1.0) {
            return Err(Trouble::new(
                format!("a nucleus of {} is out of range", self.top_p),
                "the nucleus is a share of probability, above 0 and up to 1",
            ));
        }
        if self.rounds > 16 {
            return Err(Trouble::new(
                format!("{} rounds are too many", self.rounds),
                "one or two rounds are enough; up to 16 are allowed",
            ));
        }
        let all = self.given.iter().flatten().chain(&self.prime).flatten();
        let farthest = all.map(|n| n.onset.saturating_add(n.duration)).max().unwrap_or(0);
        if farthest > STEP * 64 * 2 * LONGEST {
            return Err(Trouble::new(
                format!("a given note lasts until tick {farthest}, far beyond the phrase"),
                "give notes that lie within the bars asked for",
            ));
        }
        Ok(())
    }

    /// The request on the grid.
    pub(super) fn task(&self) -> Result<Task, Trouble> {
        self.check()?;
        let bar = self.bar()?;
        let moved = self.moved();
        let before =
            self.prime.iter().flatten().map(|n| step_of(n.onset.saturating_add(n.duration))).max();
        let start = before.unwrap_or(0).next_multiple_of(bar);
        let length = start + bar * self.bars as usize;
        let mut grid = Grid {
            tokens: vec![[MASKED; VOICES]; length],
            strikes: vec![[Strike::Untold; VOICES]; length],
            bar,
            pickup: 0,
            meter: self.meter,
            key: key_id(self.tonic, self.mode),
            fermatas: Vec::new(),
            chords: vec![None; length],
        };
        let mut open = vec![[false; VOICES]; length];
        for voice in 0..VOICES {
            write(&mut grid, voice, 0..start, &self.prime[voice], moved);
            match &self.given[voice] {
                Some(notes) => write(&mut grid, voice, start..length, notes, moved),
                None => open[start..].iter_mut().for_each(|row| row[voice] = true),
            }
        }
        for &(voice, from, to) in &self.open {
            let end = (start + step_of(to)).min(length);
            let begin = (start + step_of(from)).min(end);
            open[begin..end].iter_mut().for_each(|row| row[voice as usize] = true);
            for step in begin..end {
                grid.tokens[step][voice as usize] = MASKED;
                grid.strikes[step][voice as usize] = Strike::Untold;
            }
        }
        if !self.fermatas.is_empty() {
            grid.fermatas = vec![false; length];
            for &(from, to) in &self.fermatas {
                let end = (start + step_of(to)).min(length);
                grid.fermatas[(start + step_of(from)).min(end)..end].fill(true);
            }
        }
        let mut chords = self.chords.clone();
        chords.sort_by_key(|chord| chord.0);
        for (from, chord) in chords {
            grid.chords[(start + step_of(from)).min(length)..].fill(Some(chord));
        }
        Ok(Task { grid, start, open, moved })
    }

    /// Octaves up or down, in semitones, that bring most given notes to where their voices sing.
    fn moved(&self) -> i16 {
        let misfit = |by: i16| -> i32 {
            let rows = self.given.iter().enumerate();
            rows.flat_map(|(voice, notes)| notes.iter().flatten().map(move |n| (voice, n.pitch)))
                .map(|(voice, pitch)| {
                    let (low, high) = (i16::from(RANGES[voice].0), i16::from(RANGES[voice].1));
                    let pitch = i16::from(pitch) + by;
                    i32::from((low - pitch).max(pitch - high).max(0))
                })
                .sum()
        };
        let octaves = [0, 12, -12, 24, -24, 36, -36, 48, -48];
        octaves.into_iter().min_by_key(|&by| (misfit(by), by.abs())).unwrap_or(0)
    }
}

/// The nearest step to a moment.
pub(super) fn step_of(at: Ticks) -> usize {
    (at.saturating_add(STEP / 2) / STEP) as usize
}

/// Writes a voice into a stretch of the grid: notes by their nearest sixteenths, of those that
/// begin together the highest, silence between them.
fn write(
    grid: &mut Grid,
    voice: usize,
    stretch: std::ops::Range<usize>,
    notes: &[Note],
    moved: i16,
) {
    for step in stretch.clone() {
        grid.tokens[step][voice] = REST;
        grid.strikes[step][voice] = Strike::Held;
    }
    let mut notes: Vec<&Note> = notes.iter().collect();
    notes.sort_by_key(|n| (n.onset, n.pitch));
    for note in notes {
        let begin = stretch.start + step_of(note.onset);
        let end = stretch.start + step_of(note.onset.saturating_add(note.duration)).max(begin + 1);
        for step in begin..end.min(stretch.end) {
            grid.tokens[step][voice] = folded(note.pitch, moved);
            grid.strikes[step][voice] = if step == begin { Strike::Struck } else { Strike::Held };
        }
    }
}

/// The token of a pitch; those that nobody sings are moved by octaves.
fn folded(pitch: u8, moved: i16) -> u8 {
    let mut above = i16::from(pitch) + moved - i16::from(LOWEST);
    while above < 0 {
        above += 12;
    }
    while above >= PITCHES as i16 {
        above -= 12;
    }
    above as u8
}
