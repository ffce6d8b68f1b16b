//! A voice: one shot on its way from its synth through filters and envelope to its bus.

use multiversion::multiversion;

use crate::BLOCK;
use crate::bus::{Bus, Shares};
use crate::effect::bend::Bend;
use crate::effect::chain::Chain;
use crate::effect::entry::Entry;
use crate::effect::line::Lines;
use crate::effect::sweep::{NAMES, Sweep, times};
use crate::effect::tremolo::Tremolo;
use crate::engine::ORBITS;
use crate::envelope::Adsr;
use crate::filter::bank::Kind;
use crate::math::{cos_turns, largest, sin_turns};
use crate::param::Param;
use crate::sample::{Cell, Store};
use crate::shot::Shot;
use crate::spectrum::{Spectra, Wish};
use crate::stats::{Cause, Fault};
use crate::synth::{self, Ends, Frames, Life, Moment, Onset, SoundId, Synth};
use crate::wavetable::Tables;

/// Factor of all sounds, so that a full mix stays below the limiter.
const HEADROOM: f32 = 0.7;

/// Filters that a voice has.
pub(crate) const FILTERS: usize = NAMES.len();

/// What the engine learns about a voice from each block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It goes on.
    Sounding,
    /// It has ended.
    Over,
    /// It made something that is not a number, and was silenced.
    Broken,
}

/// One playing shot. What every block needs stands first, close together: a voice is larger than
/// the nearest cache can hold of many.
#[repr(C)]
pub(crate) struct Voice {
    /// Frame from which it fades away, if it was stolen, cut or hushed, and how fast.
    fade: Option<(u64, f32)>,
    /// Frame of its start.
    pub begin: u64,
    age: u64,
    /// The levels of its fader at the two ends of the block in the making.
    pub fader: (f32, f32),
    /// Loudest sample of its last block.
    pub peak: f32,
    /// Group that it belongs to, 0 for none: cut groups are positive, choke groups negative.
    pub group: i32,
    level: f32,
    pan: (f32, f32),
    shares: Shares,
    /// Its sound and its orbit, as the shot has them.
    pub sound: SoundId,
    pub orbit: u8,
    /// Whether it has effects, and effects on its spectrum.
    pub effects: bool,
    spectral: bool,
    /// The kinds of its filters, as `sweeps` has them.
    pub kinds: [Kind; FILTERS],
    /// The recording that it plays.
    pub cell: Option<Cell>,
    envelope: Option<Adsr>,
    tremolo: Tremolo,
    entry: Entry,
    bend: Bend,
    /// Its filters, in the order in which they come.
    pub sweeps: [Sweep; FILTERS],
    /// Its effects, in the order in which they come.
    pub chain: Chain,
    pub shot: Shot,
    /// What only voices with effects on their spectrum look at.
    spectrum: Spectral,
}

/// The spectral effects of a voice.
#[derive(Clone, Copy, Debug, Default)]
struct Spectral {
    wish: Option<Wish>,
    unit: Option<u16>,
    /// Frames by which its tone is ahead of what is heard of it.
    lead: u64,
    /// Frames that are still heard of it, since its tone is over.
    rest: Option<usize>,
}

impl Voice {
    /// A voice for `shot`, starting at frame `begin`.
    /// `previous` is the note before it in its part.
    pub fn new(shot: Shot, begin: u64, previous: Option<f32>, stage: &Stage) -> Self {
        let rate = stage.rate;
        let seed = seed(&shot, begin);
        let def = synth::def(shot.sound);
        let turns = 0.25 * shot.get(Param::Pan);
        let group = if shot.get(Param::Cut) >= 1.0 {
            shot.get(Param::Cut) as i32
        } else {
            -i32::from(def.choke)
        };
        let loudness = [Param::Gain, Param::Velocity, Param::PostGain].map(|p| shot.get(p));
        let sweeps = NAMES.map(|names| Sweep::new(&names, &shot, rate));
        let chain = Chain::new(&shot, seed, rate);
        let spectrum = Spectral { wish: Wish::of(&shot), ..Spectral::default() };
        Voice {
            sound: shot.sound,
            orbit: shot.orbit % ORBITS as u8,
            effects: chain.on(),
            kinds: sweeps.each_ref().map(|sweep| sweep.kind),
            begin,
            cell: shot.sample.and_then(|id| stage.samples.find(id)),
            group,
            spectral: false,
            spectrum,
            fade: None,
            fader: (1.0, 1.0),
            peak: f32::MAX,
            age: 0,
            envelope: envelope(&shot, shot.graph.as_ref().map_or(def.ends, |g| g.ends), rate),
            level: HEADROOM * def.level * loudness.iter().product::<f32>(),
            pan: (cos_turns(turns), sin_turns(turns)),
            shares: Shares {
                dry: shot.get(Param::Dry),
                room: shot.get(Param::Room),
                echo: shot.get(Param::Delay),
            },
            bend: Bend::new(&shot, previous, rate),
            entry: Entry::new(&shot, seed),
            sweeps,
            chain,
            tremolo: Tremolo::new(&shot, rate),
            shot,
        }
    }

    /// Starts its tone in `slot` of `synth`; false if there was no memory for it.
    pub fn start(&self, slot: usize, synth: &mut dyn Synth, stage: &Stage) -> bool {
        let seed = seed(&self.shot, self.begin);
        let Stage { rate, samples, .. } = *stage;
        synth.start(slot, &Onset { shot: &self.shot, rate, begin: self.begin, seed, samples })
    }

    /// That it is not heard.
    pub fn fault(&self, cause: Cause) -> Fault {
        let graph = self.shot.graph.as_ref().map(|played| played.id);
        Fault { part: self.shot.part, sound: self.sound, graph, cause }
    }

    /// Fades away from frame `at` on, over `frames`; an earlier fade stands.
    pub fn fade(&mut self, at: u64, frames: f32) {
        if self.fade.is_none_or(|(from, _)| at < from) {
            self.fade = Some((at, 1.0 / frames.max(1.0)));
        }
    }

    /// Sends nothing more to the delay and the reverb.
    pub fn dry(&mut self) {
        self.shares = Shares { dry: self.shares.dry, ..Shares::default() };
    }

    /// Whether it is on its way out before its time.
    pub fn fading(&self) -> bool {
        self.fade.is_some()
    }

    /// Whether its note has ended.
    pub fn released(&self) -> bool {
        self.envelope.is_some_and(|e| e.released())
    }

    /// What it asks of its spectrum.
    pub fn wish(&self) -> Option<Wish> {
        self.spectrum.wish
    }

    /// Its unit for that, if it has one.
    pub fn unit(&self) -> Option<u16> {
        self.spectrum.unit
    }

    /// Gives it a unit.
    pub fn set_unit(&mut self, unit: u16) {
        self.spectral = true;
        self.spectrum.unit = Some(unit);
    }

    /// From now on its tone is so many frames ahead of what is heard of it.
    pub fn lead(&mut self, frames: u64) {
        self.spectrum.lead = frames;
    }

    /// Makes the tone of the block that starts at frame `block`, still unfiltered.
    pub fn tone(
        &mut self,
        block: u64,
        stage: &Stage,
        (slot, synth): (usize, &mut dyn Synth),
        frames: &mut Frames,
    ) -> Life {
        let bend = self.prepare(block, frames);
        let moment =
            Moment { tables: stage.tables, samples: stage.samples, rate: stage.rate, bend };
        let life = if self.rests() {
            frames.mono().fill(0.0);
            Life::Over
        } else {
            synth.render(slot, &moment, frames)
        };
        self.hear(life, stage.rate);
        self.enter(frames);
        life
    }

    /// Whether its tone is over, and only what its spectral effects still hold is heard.
    pub fn rests(&self) -> bool {
        self.spectral && self.spectrum.rest.is_some()
    }

    /// Takes note of what its tone had to say after a block.
    pub fn hear(&mut self, life: Life, rate: f32) {
        if self.spectral && life == Life::Over {
            let tail = self.spectrum.wish.map_or(0, |wish| wish.tail(rate));
            self.spectrum.rest.get_or_insert(tail);
        }
    }

    /// Says which frames of the block that starts at frame `block` its tone is to fill; the factor
    /// of its pitch at the two ends.
    #[inline]
    pub fn prepare(&self, block: u64, frames: &mut Frames) -> (f32, f32) {
        let lead = if self.spectral { self.spectrum.lead } else { 0 };
        frames.start = self.begin.saturating_sub(block + lead).min(BLOCK as u64) as usize;
        let end = self.age + (BLOCK - frames.start) as u64;
        (self.bend.at(self.age), self.bend.at(end))
    }

    /// Takes in the tone that was made for it.
    #[inline]
    pub fn enter(&mut self, frames: &mut Frames) {
        self.entry.run(frames);
        frames.silence_before_start();
        for (kind, sweep) in self.kinds.iter().zip(&mut self.sweeps) {
            if *kind != Kind::Off {
                sweep.advance(frames.start);
            }
        }
        self.age += (BLOCK - frames.start) as u64;
    }

    /// Runs the effects on the filtered frames; `lines` are those of its slot, if it has effects.
    #[inline]
    pub fn affect(
        &mut self,
        lines: Option<&mut Lines<'_>>,
        spectra: &mut Spectra,
        frames: &mut Frames,
    ) {
        if let Some(lines) = lines {
            self.chain.run(lines, frames);
        }
        if self.spectral
            && let Some(unit) = self.spectrum.unit
        {
            frames.silence_before_start();
            spectra.run(unit, frames);
        }
    }

    /// Whether it is over, after a block in which its tone had this to say: what passes through its
    /// spectral effects is heard for a while longer.
    fn over(&mut self, life: Life) -> bool {
        // Asked first: what follows lies far from what other voices look at.
        if !self.spectral {
            return life == Life::Over;
        }
        let Some(rest) = &mut self.spectrum.rest else { return life == Life::Over };
        *rest = rest.saturating_sub(BLOCK);
        *rest == 0 && !self.spectrum.wish.is_some_and(|wish| wish.endless())
    }

    /// Shapes the level of the frames and adds them to `bus`; a second bus is that of its part's
    /// stem.
    pub fn finish(
        &mut self,
        block: u64,
        life: Life,
        frames: &mut Frames,
        (bus, beside): (&mut Bus, Option<&mut Bus>),
    ) -> Outcome {
        if self.spectral && self.spectrum.lead > 0 {
            frames.start = self.begin.saturating_sub(block).min(BLOCK as u64) as usize;
            frames.silence_before_start();
        }
        let start = frames.start.min(BLOCK);
        let even = self.even_level(start);
        let (peak, silent, (left, right)) = if let Some(level) = even {
            // One level for all frames is left to the mix.
            let peak = loudest(frames) * level;
            (peak, false, (self.pan.0 * level, self.pan.1 * level))
        } else {
            let mut level = [0.0; BLOCK];
            let silent = self.level(block + start as u64, &mut level[start..]);
            scale(frames, &level);
            (loudest(frames), silent, self.pan)
        };
        if !peak.is_finite() {
            return Outcome::Broken;
        }
        self.peak = peak;
        bus.add(frames, (left, right), self.shares);
        if let Some(bus) = beside {
            bus.add(frames, (left, right), self.shares);
        }
        if self.over(life) || silent { Outcome::Over } else { Outcome::Sounding }
    }

    /// The level of the frames from `start` on, if it is the same for all.
    fn even_level(&mut self, start: usize) -> Option<f32> {
        if self.fade.is_some() || self.tremolo.moves() || self.fader.0 != self.fader.1 {
            return None;
        }
        match &mut self.envelope {
            Some(envelope) if envelope.done() => None,
            Some(envelope) => Some(envelope.hold(BLOCK - start)? * self.level * self.fader.0),
            None => Some(self.level * self.fader.0),
        }
    }

    /// Multiplies the levels of the last frames of the block by its fader's.
    fn ride(&self, out: &mut [f32]) {
        let (from, to) = self.fader;
        if (from, to) == (1.0, 1.0) {
            return;
        }
        let start = BLOCK - out.len().min(BLOCK);
        for (i, y) in (start..).zip(out.iter_mut()) {
            *y *= from + (to - from) * (i as f32 / BLOCK as f32);
        }
    }

    /// Writes the level of each frame from frame `from` on; true if it ends in silence for good.
    fn level(&mut self, from: u64, out: &mut [f32]) -> bool {
        match &mut self.envelope {
            Some(envelope) => {
                envelope.fill(out);
                out.iter_mut().for_each(|y| *y *= self.level);
            }
            None => out.fill(self.level),
        }
        self.tremolo.run(out);
        self.ride(out);
        if let Some((at, slope)) = self.fade {
            for (i, y) in out.iter_mut().enumerate() {
                let gone = (from + i as u64 + 1).saturating_sub(at) as f32;
                *y *= (1.0 - slope * gone).max(0.0);
            }
            let last = (from + out.len() as u64).saturating_sub(at) as f32;
            if slope * last >= 1.0 {
                return true;
            }
        }
        self.envelope.is_some_and(|e| e.done())
    }
}

/// Multiplies the frames by `level`.
#[multiversion(targets("x86_64+avx2"))]
fn scale(frames: &mut Frames, level: &[f32; BLOCK]) {
    for x in frames.whole_channels() {
        x.iter_mut().zip(level).for_each(|(y, level)| *y *= level);
    }
}

/// The largest absolute value; not a finite number if any is none.
fn loudest(frames: &Frames) -> f32 {
    let left = largest(&frames.left);
    if !frames.stereo {
        return left;
    }
    f32::from_bits(left.to_bits().max(largest(&frames.right).to_bits()))
}

/// What all voices of an engine share.
pub(crate) struct Stage<'a> {
    pub tables: &'a Tables,
    pub samples: &'a Store,
    pub rate: f32,
}

/// The amplitude envelope; percussion has one only if the shot asks.
fn envelope(shot: &Shot, ends: Ends, rate: f32) -> Option<Adsr> {
    const ENVELOPE: [Param; 4] = [Param::Attack, Param::Decay, Param::Sustain, Param::Release];
    let asked = ENVELOPE.iter().any(|&p| shot.asked(p))
        || shot.asked(Param::Legato)
        || shot.asked(Param::Hold)
        || shot.get(Param::Freeze) > 0.0
        || shot.get(Param::Loop) >= 1.0;
    let frozen = shot.get(Param::Freeze) > 0.0;
    if (ends == Ends::Itself && !asked) || (ends == Ends::Within && !frozen) {
        return None;
    }
    let mut times = times(ENVELOPE, shot, rate);
    if shot.asked(Param::Decay) && !shot.asked(Param::Sustain) && times.sustain >= 1.0 {
        times.sustain = 0.0;
    }
    if ends == Ends::Itself && !shot.asked(Param::Attack) {
        times.attack = 0;
    }
    let gate = match shot.asked(Param::Hold) {
        true => u64::from(times.attack) + (shot.get(Param::Hold) * rate) as u64,
        false => shot.duration,
    };
    Some(Adsr::new(times, gate))
}

/// Seed of a shot's noise: the same shot at the same frame sounds the same, whatever else plays.
fn seed(shot: &Shot, begin: u64) -> u32 {
    use crate::noise::mix;
    let what = u64::from(shot.part) << 32 | shot.sound.index() as u64;
    let pitch = u64::from(shot.get(Param::MidiNote).to_bits()) << 32
        | u64::from(shot.get(Param::N).to_bits());
    mix(mix(mix(begin) ^ what) ^ pitch) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Faulty;

    impl Synth for Faulty {
        fn start(&mut self, _: usize, _: &Onset) -> bool {
            true
        }

        fn render(&mut self, _: usize, _: &Moment, out: &mut Frames) -> Life {
            out.mono().fill(0.5);
            if let Some(y) = out.mono().last_mut() {
                *y = f32::NAN;
            }
            Life::Sounding
        }
    }

    #[test]
    fn a_voice_that_makes_no_number_adds_nothing_to_its_bus() {
        let tables = Tables::new();
        let (back, _) = rtrb::RingBuffer::new(1);
        let samples = Store::new(back);
        let stage = Stage { tables: &tables, samples: &samples, rate: 48_000.0 };
        let mut bus = Bus::new(48_000.0);
        let mut voice = Voice::new(Shot::new(synth::SoundId::default(), 100), 0, None, &stage);
        let mut frames = Frames::new();
        let life = voice.tone(0, &stage, (0, &mut Faulty), &mut frames);
        let outcome = voice.finish(0, life, &mut frames, (&mut bus, None));
        assert_eq!(outcome, Outcome::Broken);
        let mut mix = [[0.0; BLOCK]; 2];
        bus.drain(0, &samples, &mut mix);
        assert_eq!(mix, [[0.0; BLOCK]; 2]);
    }
}
