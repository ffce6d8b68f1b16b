//! The effects of a voice in their order, between its filters and its envelope.

use super::djf::Djf;
use super::extras::Extras;
use super::formant::Formant;
use super::grit::Grit;
use super::line::Lines;
use super::phaser::Phaser;
use super::ring::Partials;
use super::sway::Sway;
use crate::shot::Shot;
use crate::synth::Frames;

/// All of them; each is off unless the shot asks for it, and most voices have none.
pub(crate) struct Chain {
    formant: Formant,
    djf: Djf,
    grit: Grit,
    extras: Extras,
    partials: Partials,
    phaser: Phaser,
    sway: Sway,
}

impl Chain {
    /// What `shot` asks for.
    pub fn new(shot: &Shot, seed: u32, rate: f32) -> Self {
        Chain {
            formant: Formant::new(shot, rate),
            djf: Djf::new(shot, rate),
            grit: Grit::new(shot),
            extras: Extras::new(shot, seed, rate),
            partials: Partials::new(shot, rate),
            phaser: Phaser::new(shot, rate),
            sway: Sway::new(shot, rate),
        }
    }

    /// Empties the lines that it will write to.
    pub fn clear(&self, lines: &mut Lines<'_>) {
        let needed = [(self.partials.needs(), &mut lines.squiz), (self.sway.on(), &mut lines.sway)];
        needed.into_iter().filter(|(needed, _)| *needed).for_each(|(_, line)| line.clear());
    }

    /// Whether any is on.
    pub fn on(&self) -> bool {
        self.formant.on()
            || self.djf.on()
            || self.grit.on()
            || self.extras.on()
            || self.partials.on()
            || self.phaser.on()
            || self.sway.on()
    }

    /// Changes the frames in place.
    pub fn run(&mut self, lines: &mut Lines<'_>, frames: &mut Frames) {
        self.formant.run(frames);
        self.djf.run(frames);
        self.grit.run(frames);
        self.extras.run(frames);
        self.partials.run(&mut lines.squiz, frames);
        self.phaser.run(frames);
        self.sway.run(&mut lines.sway, frames);
    }
}
