//! A chorale that is being made: one window after another, one look after another.

use std::collections::VecDeque;

use ndarray::{ArrayViewD, Axis};

use super::plan::{Pass, passes};
use super::price::Price;
use super::request::{Chorale, ChoraleRequest, Task};
use crate::sample::{Rng, Taste, pick};
use crate::vocab::chorale::{
    LOWEST, MASKED, RANGES, REST, STEP, Strike, TOKENS, VOCABULARY, VOICES, WINDOW,
};
use crate::{Note, Trouble};

/// Steps from one window to the next, and steps at a window's end that are only looked at.
const HOP: usize = 32;
const AHEAD: usize = 16;

/// One request of a batch.
pub(super) struct Draft {
    task: Task,
    /// Where the window begins that is being filled.
    window: usize,
    plan: VecDeque<Pass>,
    rounds: u32,
    taste: Taste,
    rng: Rng,
    /// What each cell cost when it was sung last.
    nats: Vec<[f64; VOICES]>,
}

impl Draft {
    pub fn new(request: &ChoraleRequest) -> Result<Self, Trouble> {
        let task = request.task()?;
        let nats = vec![[0.0; VOICES]; task.grid.len()];
        let taste = Taste { temperature: request.temperature, top_p: request.top_p };
        let mut draft = Self {
            // The step that begins a window is that of a beat, also in the middle of a bar.
            window: task.start.saturating_sub(AHEAD) / 4 * 4,
            task,
            plan: VecDeque::new(),
            rounds: request.rounds,
            taste,
            rng: Rng::new(request.seed),
            nats,
        };
        draft.enter();
        Ok(draft)
    }

    pub fn ended(&self) -> bool {
        self.plan.is_empty()
    }

    fn last(&self) -> bool {
        self.window + WINDOW >= self.task.grid.len()
    }

    /// Plans the window; windows with nothing to sing are passed over.
    fn enter(&mut self) {
        loop {
            let end = (self.window + WINDOW).min(self.task.grid.len());
            let begin = self.first_open(end);
            self.plan = passes(&self.task.open, begin..end, self.rounds, &mut self.rng);
            if !self.plan.is_empty() || self.last() {
                break;
            }
            self.window += HOP;
        }
        self.hide();
    }

    /// The first step that no earlier window has settled.
    fn first_open(&self, end: usize) -> usize {
        let first = self.task.start.saturating_sub(AHEAD) / 4 * 4;
        let settled = if self.window == first { 0 } else { self.window + WINDOW - HOP - AHEAD };
        settled.min(end)
    }

    /// Masks what the next look decides.
    fn hide(&mut self) {
        if let Some(Pass::Sing(cells)) = self.plan.front() {
            for &(step, voice) in cells {
                self.task.grid.tokens[step][voice] = MASKED;
            }
        }
    }

    /// Writes the window; both slices are zero before.
    pub fn rows(&self, columns: &mut [i64], reals: &mut [f32]) {
        self.task.grid.window(self.window as isize, columns, reals);
    }

    /// Takes the network's answers to the window: tokens and strikes, steps first.
    pub fn take(&mut self, heads: &[ArrayViewD<'_, f32>]) {
        let Some(pass) = self.plan.pop_front() else { return };
        let [tokens, strikes] = heads else { return };
        match pass {
            Pass::Sing(cells) => {
                for (step, voice) in cells {
                    let row = tokens.index_axis(Axis(0), step - self.window);
                    self.sing(step, voice, &row.index_axis(Axis(0), voice).to_owned().into_dyn());
                }
            }
            Pass::Strike(voice) => self.strike(voice, strikes),
        }
        if self.plan.is_empty() && !self.last() {
            self.forget_ahead();
            self.window += HOP;
            self.enter();
        } else {
            self.hide();
        }
    }

    fn sing(&mut self, step: usize, voice: usize, logs: &ndarray::ArrayD<f32>) {
        let row = self.task.grid.tokens[step];
        // A voice is silent only where every given voice is.
        let given = (0..VOICES).filter(|&v| !self.task.open[step][v]);
        let silent = {
            let mut given = given.peekable();
            given.peek().is_some() && given.all(|v| row[v] == REST)
        };
        let (low, high) = RANGES[voice];
        let legal = |token: usize| {
            if token as u8 == REST {
                return silent;
            }
            (low..=high).contains(&(token as u8 + LOWEST)) && !silent
        };
        let price = self.price(step, voice);
        let wanted = logs.iter().enumerate().map(|(token, &log)| log - price.of(token as u8));
        let found = pick(wanted, legal, self.taste, &mut self.rng);
        let token = found.unwrap_or(usize::from(if silent { REST } else { middle(voice) }));
        debug_assert!(token < TOKENS);
        self.task.grid.tokens[step][voice] = token as u8;
        self.nats[step][voice] = logs.iter().nth(token).map_or(0.0, |&log| -f64::from(log));
    }

    /// What tokens of a cell cost besides: on beats, and not where the network alone decides.
    fn price(&self, step: usize, voice: usize) -> Price {
        if !step.is_multiple_of(4) {
            return Price::default();
        }
        let grid = &self.task.grid;
        let row = |at: Option<usize>| at.and_then(|at| grid.tokens.get(at)).copied();
        Price {
            chord: grid.chords.get(step).copied().flatten(),
            now: row(Some(step)).unwrap_or([MASKED; VOICES]),
            beats: [row(step.checked_sub(4)), row(Some(step + 4))],
            voice,
        }
    }

    /// Strikes or holds the pitches of a voice; where the pitch changes there is no choice.
    fn strike(&mut self, voice: usize, strikes: &ArrayViewD<'_, f32>) {
        let end = (self.window + WINDOW).min(self.task.grid.len());
        for step in self.window.max(self.task.start)..end {
            if !self.task.open[step][voice] {
                continue;
            }
            let grid = &mut self.task.grid;
            let token = grid.tokens[step][voice];
            let before = step.checked_sub(1).map(|before| grid.tokens[before][voice]);
            grid.strikes[step][voice] = if before != Some(token) {
                Strike::Struck
            } else if token == REST {
                Strike::Held
            } else {
                let row = strikes.index_axis(Axis(0), step - self.window);
                let row = row.index_axis(Axis(0), voice);
                let found = pick(row.iter().copied(), |_| true, self.taste, &mut self.rng);
                if found == Some(1) { Strike::Struck } else { Strike::Held }
            };
        }
    }

    /// What was only sung to look ahead is sung anew by the next window.
    fn forget_ahead(&mut self) {
        let end = (self.window + WINDOW).min(self.task.grid.len());
        for step in self.window + WINDOW - AHEAD..end {
            for voice in 0..VOICES {
                if self.task.open[step][voice] {
                    self.task.grid.tokens[step][voice] = MASKED;
                    self.task.grid.strikes[step][voice] = Strike::Untold;
                }
            }
        }
    }

    /// The finished chorale; given notes are those of the request.
    pub fn finish(self, request: &ChoraleRequest) -> Chorale {
        let Task { grid, start, open, moved } = &self.task;
        let length = grid.len().saturating_sub(*start);
        let voices = std::array::from_fn(|voice| {
            let mut notes: Vec<Note> = Vec::new();
            for (i, row) in grid.tokens[*start..].iter().enumerate() {
                let step = start + i;
                if !open[step][voice] || row[voice] >= REST {
                    continue;
                }
                let onset = i as u32 * STEP;
                let pitch = i16::from(row[voice]) + i16::from(LOWEST) - moved;
                let pitch = pitch.clamp(0, 127) as u8;
                match notes.last_mut() {
                    Some(last)
                        if grid.strikes[step][voice] != Strike::Struck
                            && last.onset + last.duration == onset
                            && last.pitch == pitch =>
                    {
                        last.duration += STEP;
                    }
                    _ => notes.push(Note { onset, duration: STEP, pitch }),
                }
            }
            notes.extend(request.given[voice].iter().flatten().filter(|note| {
                let step = start + super::request::step_of(note.onset);
                open.get(step).is_none_or(|row| !row[voice])
            }));
            notes.sort_by_key(|n| (n.onset, n.pitch));
            notes
        });
        let nats = self.nats.iter().flatten().sum();
        Chorale { voices, length: length as u32 * STEP, nats }
    }
}

/// A pitch of a voice when the network has no answer.
fn middle(voice: usize) -> u8 {
    RANGES[voice].0 / 2 + RANGES[voice].1 / 2 - LOWEST
}

/// Integers and reals of a window.
pub(super) fn sizes() -> (usize, usize) {
    (WINDOW * VOCABULARY.columns.len(), WINDOW * VOCABULARY.reals)
}
