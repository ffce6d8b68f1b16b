//! Chorus and leslie: copies of the sound whose distance sways.

use super::line::Line;
use crate::filter::OnePole;
use crate::math::sin_turns;
use crate::param::Param;
use crate::shot::Shot;
use crate::synth::Frames;

/// Middle of the chorus's delays, and how far they sway, in seconds.
const CHORUS: (f32, f32) = (0.013, 0.003);
/// Rates of its two swings, in hertz.
const SWINGS: [f32; 2] = [0.61, 0.83];
/// Metres that sound travels in a second.
const SOUND: f32 = 340.0;
/// Above this the leslie's horn takes over from its still bass, in hertz.
const CROSSOVER: f32 = 500.0;

/// Chorus and leslie of one voice; each is off unless the shot gives it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sway {
    chorus: f32,
    leslie: f32,
    /// Turns of the horn a frame, and its radius in frames of travel.
    turn: f32,
    radius: f32,
    rate: f32,
    at: usize,
    bass: OnePole,
}

impl Sway {
    /// What `shot` asks for.
    pub fn new(shot: &Shot, rate: f32) -> Self {
        Sway {
            chorus: shot.get(Param::Chorus),
            leslie: shot.get(Param::Leslie),
            turn: shot.get(Param::LeslieRate) / rate,
            radius: shot.get(Param::LeslieSize) / SOUND * rate,
            rate,
            ..Sway::default()
        }
    }

    /// Whether it needs a line.
    pub fn on(&self) -> bool {
        self.chorus > 0.0 || self.leslie > 0.0
    }

    /// Sways the frames in place; they become stereo.
    pub fn run(&mut self, line: &mut Line<'_>, frames: &mut Frames) {
        if !self.on() {
            return;
        }
        frames.spread();
        let (left, right) = frames.both();
        for (l, r) in left.iter_mut().zip(right) {
            line.write(0, self.at, *l);
            line.write(1, self.at, *r);
            if self.chorus > 0.0 {
                let (a, b) = self.chorus(line);
                let mix = 0.5 * self.chorus;
                (*l, *r) = (*l + mix * (a - *l), *r + mix * (b - *r));
            }
            if self.leslie > 0.0 {
                let (a, b) = self.horn(line, 0.5 * (*l + *r));
                (*l, *r) = (*l + self.leslie * (a - *l), *r + self.leslie * (b - *r));
            }
            self.at = self.at.wrapping_add(1);
        }
        self.bass.settle();
    }

    /// Two copies a side that swing against each other.
    fn chorus(&self, line: &Line) -> (f32, f32) {
        let time = (self.at as u32 % (1 << 23)) as f32 / self.rate;
        let delay = |swing: f32, shift: f32| {
            (CHORUS.0 + CHORUS.1 * sin_turns((time * swing + shift).fract())) * self.rate
        };
        let [slow, fast] = SWINGS;
        let side = |channel, shift| {
            line.read(channel, self.at, delay(slow, shift))
                + line.read(channel, self.at, delay(fast, shift + 0.25))
        };
        (side(0, 0.0), side(1, 0.5))
    }

    /// The turning horn heard by two ears, over the bass that stands still.
    fn horn(&mut self, line: &Line<'_>, x: f32) -> (f32, f32) {
        let low = self.bass.low(OnePole::share(CROSSOVER / self.rate), x);
        let turns = (self.at as u32 % (1 << 23)) as f32 * self.turn;
        let ear = |shift: f32| {
            let near = sin_turns((turns + shift).fract());
            let delay = self.radius * (1.0 + near) + 1.0;
            let horn = 0.5 * (line.read(0, self.at, delay) + line.read(1, self.at, delay));
            low + (horn - low) * (1.0 - 0.35 * near)
        };
        (ear(0.0), ear(0.25))
    }
}
