//! Effects that few sounds ask for, kept together so that the others pass them at no cost.

use super::octave::Octaves;
use super::shift::Shift;
use super::stroke::Stroke;
use super::valve::Valve;
use crate::shot::Shot;
use crate::synth::Frames;

/// The effects of one channel.
#[derive(Clone, Copy, Debug)]
struct Channel {
    valve: Valve,
    octaves: Octaves,
    shift: Shift,
    stroke: Stroke,
}

/// The rarer effects of one voice.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Extras {
    on: bool,
    channels: [Channel; 2],
}

impl Extras {
    /// What `shot` asks for.
    pub fn new(shot: &Shot, seed: u32, rate: f32) -> Self {
        let channel = Channel {
            valve: Valve::new(shot, rate),
            octaves: Octaves::new(shot, rate),
            shift: Shift::new(shot, rate),
            stroke: Stroke::new(shot, seed, rate),
        };
        let Channel { valve, octaves, shift, stroke } = &channel;
        let on = valve.on() || octaves.on() || shift.on() || stroke.on();
        Extras { on, channels: [channel; 2] }
    }

    /// Whether any is on.
    pub fn on(&self) -> bool {
        self.on
    }

    /// Changes the frames in place.
    pub fn run(&mut self, frames: &mut Frames) {
        if !self.on() {
            return;
        }
        for (x, channel) in frames.channels().zip(&mut self.channels) {
            if channel.stroke.on() {
                channel.stroke.run(x);
            }
            if channel.valve.on() {
                channel.valve.run(x);
            }
            if channel.octaves.on() {
                channel.octaves.run(x);
            }
            if channel.shift.on() {
                channel.shift.run(x);
            }
        }
    }
}
