//! Notes that are being played: one sequence of a batch, and what becomes of its tempo.

use ndarray::ArrayViewD;

use super::{Expression, ExpressionRequest};
use crate::Trouble;
use crate::sample::{Rng, quantile};
use crate::sequence::Sequence;
use crate::vocab::expression::{
    LENGTH_LEAST, LENGTH_STEP, OFFSET_STEP, OFFSETS, Score, TEMPI, TEMPO_STEP, Touch, VELOCITIES,
    Written,
};

/// The most notes of a request.
const MOST: usize = 20_000;
/// Beats that a chord may be moved by rubato.
const FARTHEST: f64 = 0.5;

pub(super) struct Player {
    score: Score,
    played: Vec<(Touch, usize)>,
    rubato: f64,
    bpm: f64,
    temperature: f64,
    rng: Rng,
    /// Where in the distributions of tempo this chord is; all of its notes share it.
    tempo: (usize, f64),
}

impl Player {
    pub fn new(request: &ExpressionRequest) -> Result<Self, Trouble> {
        let refuse = |what: String, fix: &str| Err(Trouble::new(what, fix));
        if !(0.0..=10.0).contains(&request.temperature) {
            let what = format!("a temperature of {} is out of range", request.temperature);
            return refuse(what, "temperatures from 0 to 1 are useful, up to 10 are allowed");
        }
        if !(10.0..=1000.0).contains(&request.bpm) {
            let what = format!("a tempo of {} beats a minute is out of range", request.bpm);
            return refuse(what, "tempi from 10 to 1000 are possible");
        }
        if !(0.0..=4.0).contains(&request.rubato) {
            let what = format!("a rubato of {} is out of range", request.rubato);
            return refuse(
                what,
                "0 keeps the beat, 1 bends it as pianists do, up to 4 are allowed",
            );
        }
        if request.notes.len() > MOST {
            let what = format!("{} notes are too many to play at once", request.notes.len());
            return refuse(what, "20000 notes are possible");
        }
        let beat = 60.0 / request.bpm;
        let mut notes = Vec::with_capacity(request.notes.len());
        for note in &request.notes {
            if !note.onset.is_finite() || !note.duration.is_finite() {
                return refuse("a note without a time cannot be played".into(), "give its beat");
            }
            notes.push(Written {
                onset: note.onset * beat,
                duration: note.duration * beat,
                pitch: note.pitch,
            });
        }
        let told = request.temperature > 0.0;
        let score = Score::new(notes, request.dynamics, told);
        Ok(Self {
            played: vec![(Touch::default(), 0); request.notes.len()],
            score,
            rubato: request.rubato,
            bpm: request.bpm,
            temperature: request.temperature,
            rng: Rng::new(request.seed),
            tempo: (usize::MAX, 0.5),
        })
    }

    /// A place in a distribution; less temperature keeps it nearer to the middle.
    fn place(&mut self) -> f64 {
        0.5 + (self.rng.unit() - 0.5) * self.temperature.min(1.0)
    }

    fn touch(&mut self, heads: &[ArrayViewD<'_, f32>]) -> Touch {
        let (loud, late, long) = (self.place(), self.place(), self.place());
        let chord = self.score.chord();
        if self.tempo.0 != chord {
            self.tempo = (chord, self.place());
        }
        let warmth = self.temperature.max(1.0) as f32;
        let of = |head: usize, place: f64, middle: f64| {
            let logs = heads.get(head).map(|logs| logs.iter().map(|log| log / warmth));
            logs.and_then(|logs| quantile(logs, place)).unwrap_or(middle)
        };
        Touch {
            velocity: of(0, loud, VELOCITIES as f64 / 2.0) / VELOCITIES as f64,
            offset: (of(1, late, OFFSETS as f64 / 2.0) - OFFSETS as f64 / 2.0) * OFFSET_STEP,
            tempo: (of(2, self.tempo.1, TEMPI as f64 / 2.0) - TEMPI as f64 / 2.0) * TEMPO_STEP,
            length: of(3, long, -LENGTH_LEAST / LENGTH_STEP) * LENGTH_STEP + LENGTH_LEAST,
        }
    }

    /// How each note is played, in the order they were given.
    pub fn finish(self) -> Vec<Expression> {
        let chords = self.score.chords();
        let late = bent(&chords, &self.tempi(chords.len()));
        let beats = self.bpm / 60.0;
        let farthest = FARTHEST / beats;
        let expression = |(touch, chord): &(Touch, usize)| {
            let bend =
                (self.rubato * late.get(*chord).copied().unwrap_or(0.0)).clamp(-farthest, farthest);
            Expression {
                velocity: touch.velocity.clamp(0.01, 1.0),
                offset: (bend + touch.offset) * beats,
                length: touch.length.exp2(),
            }
        };
        self.played.iter().map(expression).collect()
    }

    /// The tempo at each chord, the mean of its notes.
    fn tempi(&self, chords: usize) -> Vec<f64> {
        let mut sums = vec![(0.0, 0.0); chords];
        for (touch, chord) in &self.played {
            if let Some(sum) = sums.get_mut(*chord) {
                *sum = (sum.0 + touch.tempo, sum.1 + 1.0);
            }
        }
        sums.into_iter().map(|(sum, count)| sum / f64::max(count, 1.0)).collect()
    }
}

/// How late each chord comes, in seconds, when it is played with these tempi from chord to chord
/// and the last one is nevertheless on time.
fn bent(onsets: &[f64], tempi: &[f64]) -> Vec<f64> {
    let mut late = vec![0.0; onsets.len()];
    for chord in 1..onsets.len() {
        let slower = tempi[chord - 1].exp() - 1.0;
        late[chord] = late[chord - 1] + slower * (onsets[chord] - onsets[chord - 1]);
    }
    let (Some(first), Some(last)) = (onsets.first(), onsets.last()) else { return late };
    let (length, end) = ((last - first).max(1e-9), late.last().copied().unwrap_or(0.0));
    for (late, onset) in late.iter_mut().zip(onsets) {
        *late -= end * (onset - first) / length;
    }
    late
}

impl Sequence for Player {
    fn ended(&self) -> bool {
        self.score.ended()
    }

    fn row(&self, columns: &mut [i64], reals: &mut [f32]) {
        self.score.row(columns, reals);
    }

    fn take(&mut self, heads: &[ArrayViewD<'_, f32>]) {
        let touch = self.touch(heads);
        let (note, chord) = (self.score.now(), self.score.chord());
        if let Some(played) = self.played.get_mut(note) {
            *played = (touch, chord);
        }
        self.score.push(touch);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rubato_gives_back_what_it_takes() {
        let late = bent(&[0.0, 0.5, 1.0, 2.0], &[0.1, 0.0, -0.1, 0.0]);
        assert!(late[0].abs() < 1e-12 && late[3].abs() < 1e-12, "{late:?}");
        assert!(late[1] > 0.0 && late[2] > 0.0, "{late:?}");
    }
}
