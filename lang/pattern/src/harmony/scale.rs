//! Scales: their names, and the notes on their steps.

use super::interval::Interval;
use super::nearest::unknown;
use super::pitch::Pitch;

/// Name, other names, and intervals above the tonic; one scale a line.
const TABLE: &str = include_str!("scales.tsv");

/// The octave of a tonic that names none.
const OCTAVE: i32 = 3;

/// Steps further than this from the tonic are refused.
const FURTHEST: f64 = 10_000.0;

/// A scale, perhaps on a tonic.
#[derive(Clone, Debug, PartialEq)]
pub struct Scale {
    /// The tonic, if one was named.
    pub tonic: Option<Pitch>,
    /// The name that the scale goes by in the table.
    pub name: &'static str,
    /// Intervals of the steps above the tonic, the first a unison.
    pub steps: Vec<Interval>,
}

struct Row {
    name: &'static str,
    others: &'static str,
    steps: &'static str,
}

fn rows() -> impl Iterator<Item = Row> {
    TABLE.lines().filter(|line| !line.starts_with("# ")).map(|line| {
        let mut columns = line.split('\t');
        let mut next = || columns.next().unwrap_or_default();
        Row { name: next(), others: next(), steps: next() }
    })
}

fn other_names(row: &Row) -> impl Iterator<Item = &'static str> + use<> {
    row.others.split(", ").filter(|name| !name.is_empty())
}

/// All names of scales: those of the table, and their other names.
pub fn scale_names() -> impl Iterator<Item = &'static str> {
    rows().flat_map(|row| std::iter::once(row.name).chain(other_names(&row)))
}

/// Spaces, hyphens and capitals do not tell names apart.
fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric() || *c == '#').collect::<String>().to_lowercase()
}

impl Scale {
    /// A scale from its name, with or without a tonic: `C:major`, `A2:minor:pentatonic`,
    /// `d3 dorian`, `major`.
    pub fn parse(text: &str) -> Result<Scale, String> {
        let text = text.replace(':', " ");
        let text = text.trim();
        let (first, rest) = text.split_once(' ').unwrap_or((text, ""));
        let tonic = Pitch::parse(first);
        let name = if tonic.is_some() { rest.trim() } else { text };
        if name.is_empty() {
            return Err(match tonic {
                Some(_) => format!("`{text}` does not say which scale: write `{text}:major`"),
                None => "the name of the scale is empty: write `C:major`".into(),
            });
        }
        let wanted = plain(name);
        let row = rows()
            .find(|row| plain(row.name) == wanted || other_names(row).any(|n| plain(n) == wanted))
            .ok_or_else(|| no_scale(name))?;
        Ok(Scale::of(&row, tonic))
    }

    /// As it is written, without an octave: `D:dorian`.
    pub fn spelled(&self) -> String {
        let root = self.root();
        format!("{}:{}", Pitch { octave: None, ..root }, self.name)
    }

    fn of(row: &Row, tonic: Option<Pitch>) -> Scale {
        let steps = row.steps.split(' ').filter_map(|step| Interval::parse(step).ok()).collect();
        Scale { tonic, name: row.name, steps }
    }

    /// The tonic with an octave: by default C, and octave 3.
    pub fn root(&self) -> Pitch {
        let c = Pitch { letter: 0, accidental: 0, octave: None };
        self.tonic.unwrap_or(c).or_octave(OCTAVE)
    }

    /// The interval from the tonic to a step; 0 is the tonic, the steps go on above and below.
    pub fn interval(&self, step: i32) -> Interval {
        let count = self.steps.len() as i32;
        self.steps[step.rem_euclid(count) as usize] + Interval::octaves(step.div_euclid(count))
    }

    /// The note on a step.
    pub fn note(&self, step: i32) -> Pitch {
        self.root().raised(self.interval(step))
    }

    /// The note nearest to a MIDI number; of two as near, the higher.
    pub fn nearest(&self, midi: f64) -> Pitch {
        let low = self.root().in_octave(0);
        let octave = ((midi - f64::from(low.midi(0))) / 12.0).floor() as i32;
        let low = low.raised(Interval::octaves(octave));
        let mut best = (f64::INFINITY, low);
        for step in 0..=self.steps.len() as i32 {
            let note = low.raised(self.interval(step));
            let far = (f64::from(note.midi(0)) - midi).abs();
            if far <= best.0 {
                best = (far, note);
            }
        }
        best.1
    }

    /// The step at or below a MIDI number, and the semitones left over.
    pub fn step_at(&self, midi: f64) -> (i32, f64) {
        let above = midi - f64::from(self.root().midi(OCTAVE));
        let octave = (above / 12.0).floor();
        let left = above - 12.0 * octave;
        let reached = |step: &&Interval| f64::from(step.semitones) <= left;
        let index = self.steps.iter().take_while(reached).count().max(1) - 1;
        let step = octave as i32 * self.steps.len() as i32 + index as i32;
        (step, left - f64::from(self.steps[index].semitones))
    }
}

/// A whole number of steps, rounded up as Strudel does.
pub(crate) fn whole_steps(steps: f64) -> Result<i32, String> {
    if steps.is_finite() && steps.abs() <= FURTHEST {
        return Ok(steps.ceil() as i32);
    }
    Err(format!("{steps} is too far for a scale step"))
}

fn no_scale(name: &str) -> String {
    let message = unknown("scale", name, scale_names());
    if message.ends_with('?') {
        return message;
    }
    let first = name.split(' ').next().unwrap_or_default();
    let near: Vec<_> = scale_names().filter(|n| n.split(' ').any(|w| w == first)).take(4).collect();
    match near.as_slice() {
        [] => format!("{message}; some that exist: major, minor, dorian, minor pentatonic"),
        some => format!("{message}; some that exist: {}", some.join(", ")),
    }
}
