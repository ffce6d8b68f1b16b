//! Cymbals: crash and ride.

use super::metal::Metal;
use super::strike::{Blow, Fall, SILENT, Strike};
use super::{Ends, Frames, Life, Moment, Onset, Synth, SynthDef, Tone, bank};
use crate::BLOCK;
use crate::filter::{OnePole, Pass, Svf, gain};
use crate::noise::Noise;
use crate::param::Param;

/// Crash cymbal.
pub(super) const CRASH: SynthDef = SynthDef {
    name: "cr",
    aliases: &["crash", "cy"],
    doc: "Crash cymbal.",
    params: &[Param::Speed],
    defaults: &[],
    level: 0.5,
    ends: Ends::Itself,
    choke: 0,
    make: |voices, _| cymbals(voices, &CRASHES),
};

/// Ride cymbal.
pub(super) const RIDE: SynthDef = SynthDef {
    name: "rd",
    aliases: &["ride"],
    doc: "Ride cymbal, with its bell.",
    level: 0.7,
    make: |voices, _| cymbals(voices, &RIDES),
    ..CRASH
};

/// A cymbal as the TR-808's.
pub(super) const CYMBAL_808: SynthDef = SynthDef {
    name: "tr808_cr",
    aliases: &["808cy", "808cr", "tr808_cy"],
    doc: "Cymbal as of a TR-808.",
    level: 1.3,
    make: |voices, _| cymbals(voices, &OF_808),
    ..CRASH
};

/// A crash as the TR-909's.
pub(super) const CRASH_909: SynthDef = SynthDef {
    name: "tr909_cr",
    aliases: &["909cr", "909cy"],
    doc: "Crash cymbal as of a TR-909.",
    make: |voices, _| cymbals(voices, &CRASH_OF_909),
    ..CRASH
};

/// A ride as the TR-909's.
pub(super) const RIDE_909: SynthDef = SynthDef {
    name: "tr909_rd",
    aliases: &["909rd"],
    doc: "Ride cymbal as of a TR-909.",
    level: 0.7,
    make: |voices, _| cymbals(voices, &RIDE_OF_909),
    ..CRASH
};

const OF_808: Make =
    Make { metal: 1.3, sand: 0.0, tuning: 1.0, shimmer: 1.4, body: 0.9, ..CRASHES };

const CRASH_OF_909: Make =
    Make { metal: 0.7, sand: 1.1, tuning: 1.9, shimmer: 1.9, body: 1.0, ..CRASHES };

const RIDE_OF_909: Make = Make { sand: 0.45, tuning: 2.1, shimmer: 1.5, bell: 0.03, ..RIDES };

struct Make {
    metal: f32,
    sand: f32,
    tuning: f32,
    /// Seconds in which the shimmer and the body fall by 60 dB.
    shimmer: f32,
    body: f32,
    body_hertz: f32,
    bell: f32,
}

const CRASHES: Make = Make {
    metal: 0.8,
    sand: 0.9,
    tuning: 1.6,
    shimmer: 2.6,
    body: 1.5,
    body_hertz: 4200.0,
    bell: 0.0,
};

const RIDES: Make = Make {
    metal: 0.7,
    sand: 0.25,
    tuning: 1.85,
    shimmer: 2.2,
    body: 0.7,
    body_hertz: 5200.0,
    bell: 0.055,
};

/// Where the highest highs begin to fade, in hertz.
const AIR: f32 = 8000.0;

/// Pitches of the bell, in hertz.
const BELL: [f32; 3] = [3120.0, 4370.0, 5810.0];

fn cymbals(voices: usize, make: &'static Make) -> Box<dyn Synth> {
    bank(voices, || Cymbal {
        make,
        metal: Metal::default(),
        shimmer: Fall::default(),
        body: Fall::default(),
        stick: Fall::default(),
        bell: [Strike::default(); 3],
        high: [Svf::default(); 2],
        band: Svf::default(),
        air: OnePole::default(),
        noise: None,
    })
}

struct Cymbal {
    make: &'static Make,
    metal: Metal,
    shimmer: Fall,
    body: Fall,
    stick: Fall,
    bell: [Strike; 3],
    high: [Svf; 2],
    band: Svf,
    air: OnePole,
    noise: Option<Noise>,
}

impl Tone for Cymbal {
    fn start(&mut self, onset: &Onset) {
        let make = self.make;
        let tuning = onset.tuning();
        let mut noise = Noise::new(onset.seed);
        self.metal = Metal::new(make.tuning * tuning, &mut noise);
        self.shimmer = Fall::new(0.5, make.shimmer, onset.rate);
        self.body = Fall::new(0.7, make.body, onset.rate);
        self.stick = Fall::new(0.5 * onset.velocity(), 0.05, onset.rate);
        for (strike, hertz) in self.bell.iter_mut().zip(BELL) {
            let hertz = hertz * tuning;
            let level = make.bell;
            let blow = Blow { hertz, drop: 0.0, drop_time: 0.1, decay: make.shimmer, level };
            *strike = Strike::new(&blow, onset.rate);
        }
        self.high = [Svf::default(); 2];
        self.band = Svf::default();
        self.air = OnePole::default();
        self.noise = Some(noise);
    }

    fn render(&mut self, moment: &Moment, out: &mut Frames) -> Life {
        let Some(noise) = &mut self.noise else { return Life::Over };
        let out = out.mono();
        let mut metal = [0.0; BLOCK];
        let metal = &mut metal[..out.len()];
        self.metal.render(moment, metal);
        let floor = gain(4400.0 / moment.rate);
        let centre = gain(self.make.body_hertz / moment.rate);
        let bend = moment.bend();
        let air = OnePole::share(AIR / moment.rate);
        for (y, metal) in out.iter_mut().zip(metal) {
            let x = self.make.metal * *metal + self.make.sand * noise.white();
            let x = 1.4 * self.air.low(air, x);
            let once = self.high[0].tick(Pass::High, floor, 1.0, x);
            let high = self.high[1].tick(Pass::High, floor, 1.4, once);
            let band = self.band.tick(Pass::Band, centre, 0.8, x);
            let bell: f32 = self.bell.iter_mut().map(|b| b.tick(bend)).sum();
            let shimmer = self.shimmer.tick() + self.stick.tick();
            *y = high * shimmer + 0.6 * band * self.body.tick() + bell;
        }
        if self.shimmer.level() < SILENT { Life::Over } else { Life::Sounding }
    }
}
