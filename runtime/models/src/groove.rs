//! The groove model: hits in, the same hits with a drummer's velocity and timing out.

use ndarray::ArrayViewD;

use crate::drums::request::{bar_steps, combinations, step_of};
use crate::drums::{Hit, Style};
use crate::heads;
use crate::loaded::{Loaded, model};
use crate::sample::{Rng, quantile};
use crate::sequence::Sequence;
use crate::trouble::Trouble;
use crate::vocab::drums::DRUMS;
use crate::vocab::groove::{OFFSET_STEP, OFFSETS, Part, Touch, VELOCITIES, VOCABULARY};

/// Hits to be played.
#[derive(Debug, Clone, PartialEq)]
pub struct GrooveRequest {
    /// The hits, in ticks from the start. Each is played as its nearest sixteenth would be;
    /// its own onset is kept, its velocity and offset are replaced.
    pub hits: Vec<Hit>,
    /// What was played before, in ticks from its own start, as so many whole bars: its
    /// velocities and offsets are taken up.
    pub prime: Vec<Hit>,
    /// Beats in a bar and the note that is one beat.
    pub meter: (u32, u32),
    /// The style; the default leaves it to the model.
    pub style: Style,
    /// Tempo in quarter notes a minute.
    pub bpm: Option<f64>,
    /// The same seed plays the same way.
    pub seed: i64,
    /// 0 plays the middle of what is usual at each hit, 1 as variously as drummers do.
    pub temperature: f64,
}

impl Default for GrooveRequest {
    fn default() -> Self {
        Self {
            hits: Vec::new(),
            prime: Vec::new(),
            meter: (4, 4),
            style: Style::default(),
            bpm: None,
            seed: 0,
            temperature: 1.0,
        }
    }
}

/// A groove model that is ready to play.
pub struct GrooveModel {
    loaded: Loaded,
}

model!(GrooveModel, VOCABULARY, "groove");

impl GrooveModel {
    /// Plays every request, all in one batch: its hits, in their order, with velocity and
    /// offset. The same seed plays the same way, whatever else is asked for. Like the drummers
    /// it learned from it leads the beat by 0.02 beats in the middle.
    ///
    /// # Errors
    /// When a request is impossible or the network fails.
    pub fn play(&mut self, requests: &[GrooveRequest]) -> Result<Vec<Vec<Hit>>, Trouble> {
        let mut players = requests.iter().map(Player::new).collect::<Result<Vec<_>, _>>()?;
        self.loaded.run(&mut players)?;
        Ok(players.into_iter().zip(requests).map(|(p, r)| p.finish(&r.hits)).collect())
    }
}

type Touches = [Option<Touch>; DRUMS];

/// Hits that are being played: one sequence of a batch.
struct Player {
    part: Part,
    /// How the prime was played, by sixteenth.
    prime: Vec<Touches>,
    played: Vec<Touches>,
    temperature: f64,
    rng: Rng,
}

impl Player {
    fn new(request: &GrooveRequest) -> Result<Self, Trouble> {
        if !(0.0..=10.0).contains(&request.temperature) {
            return Err(Trouble::new(
                format!("a temperature of {} is out of range", request.temperature),
                "temperatures from 0 to 1 are useful, up to 10 are allowed",
            ));
        }
        let bar = bar_steps(request.meter)?;
        let mut steps = combinations(&request.prime, 0)?;
        steps.resize(steps.len().next_multiple_of(bar), 0);
        let mut prime = vec![[None; DRUMS]; steps.len()];
        for hit in &request.prime {
            if let Some(touches) = prime.get_mut(step_of(hit.onset)) {
                let velocity = hit.velocity.clamp(0.0, 1.0) as f32;
                let offset = hit.offset.clamp(-0.125, 0.125) as f32;
                touches[hit.drum as usize] = Some(Touch { velocity, offset });
            }
        }
        steps.extend(combinations(&request.hits, 0)?);
        Ok(Self {
            part: Part::new(steps, request.meter, bar, request.style, request.bpm),
            prime,
            played: Vec::new(),
            temperature: request.temperature,
            rng: Rng::new(request.seed),
        })
    }

    fn finish(self, hits: &[Hit]) -> Vec<Hit> {
        let played = |hit: &Hit| {
            let touches = self.played.get(step_of(hit.onset));
            let touch = touches.and_then(|t| t[hit.drum as usize]);
            touch.map_or(*hit, |touch| Hit {
                velocity: touch.velocity.into(),
                offset: touch.offset.into(),
                ..*hit
            })
        };
        hits.iter().map(played).collect()
    }

    /// Draws how each hit of the sixteenth is played. One place in the distributions of timing
    /// serves all of them: hands that are late are late together.
    fn touches(&mut self, answers: &[ArrayViewD<'_, f32>]) -> Touches {
        let late = self.place();
        std::array::from_fn(|drum| {
            let loud = self.place();
            if !self.part.struck(drum) {
                return None;
            }
            let of = |head: usize, place| {
                quantile(self.warmed(&heads::row(answers.get(head), drum)), place)
            };
            let velocity = of(0, loud)? / VELOCITIES as f64;
            let offset = (of(1, late)? - OFFSETS as f64 / 2.0) * f64::from(OFFSET_STEP);
            Some(Touch { velocity: velocity as f32, offset: offset as f32 })
        })
    }

    /// A place in a distribution; less temperature keeps it nearer to the middle.
    fn place(&mut self) -> f64 {
        0.5 + (self.rng.unit() - 0.5) * self.temperature.min(1.0)
    }

    /// Log-probabilities, evened out when the temperature is above 1.
    fn warmed(&self, logs: &[f32]) -> Vec<f32> {
        let warmth = self.temperature.max(1.0) as f32;
        logs.iter().map(|log| log / warmth).collect()
    }
}

impl Sequence for Player {
    fn ended(&self) -> bool {
        self.part.ended()
    }

    fn row(&self, columns: &mut [i64], reals: &mut [f32]) {
        self.part.row(columns, reals);
    }

    fn take(&mut self, heads: &[ArrayViewD<'_, f32>]) {
        if let Some(&given) = self.prime.get(self.part.now()) {
            self.part.push(given);
            return;
        }
        let touches = self.touches(heads);
        self.played.push(touches);
        // What is usual at a hit, when nobody plays, does not depend on how others were played.
        self.part.push(if self.temperature == 0.0 { [None; DRUMS] } else { touches });
    }
}
