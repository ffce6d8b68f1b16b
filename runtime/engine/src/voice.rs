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
use crate::math::{cos_turns, sin_turns};
use crate::param::Param;
use crate::sample::{Cell, Store};
use crate::shot::Shot;
use crate::spectrum::{Spectra, Wish};
use crate::stats::{Cause, Fault};
use crate::synth::{self, Ends, Frames, Life, Onset, SoundId, Synth};
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

/// One playing shot. What every block needs of every voice stands first, in two lines of the cache:
/// a voice is larger than the nearest cache can hold of many.
#[repr(C, align(64))]
pub(crate) struct Voice {
    /// Frame from which it fades away, if it was stolen, cut or hushed, and how fast. (Whether there
    /// is a voice at all is kept here, too: it is the roomiest of the fields that may be nothing.)
    fade: Option<(u64, f32)>,
    /// Frame of its start.
    pub begin: u64,
    age: u64,
    /// The levels of its fader at the two ends of the block in the making.
    pub fader: (f32, f32),
    level: f32,
    pan: (f32, f32),
    shares: Shares,
    /// Loudest sample of its last block.
    pub peak: f32,
    /// Its sound, fader and orbit, as the shot has them.
    pub sound: SoundId,
    pub lane: u16,
    pub orbit: u8,
    /// Whether it has effects, and effects on its spectrum.
    pub effects: bool,
    spectral: bool,
    /// What else is done to it in each block.
    does: Does,
    /// The kinds of its filters, as `sweeps` has them.
    pub kinds: [Kind; FILTERS],
    envelope: Option<Adsr>,
    /// Group that it belongs to, 0 for none: cut groups are positive, choke groups negative.
    pub group: i32,
    /// The recording that it plays.
    pub cell: Option<Cell>,
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

/// What is done to a voice in each block, beside its tone, its level and its effects; most are plain.
#[derive(Clone, Copy, Debug, Default)]
struct Does {
    bend: bool,
    enter: bool,
    filter: bool,
    swing: bool,
}

/// The spectral effects of a voice.
#[derive(Clone, Copy, Debug, Default)]
struct Spectral {
    wish: Option<Wish>,
    unit: Option<u16>,
    /// Frames by which its tone is ahead of what is heard of it.
    lead: u64,
    /// Frames that are still heard of it, since its tone is over.
    rest: Option<u32>,
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
        let kinds = sweeps.each_ref().map(|sweep| sweep.kind);
        let chain = Chain::new(&shot, seed, rate);
        let spectrum = Spectral { wish: Wish::of(&shot), ..Spectral::default() };
        let (bend, entry) = (Bend::new(&shot, previous, rate), Entry::new(&shot, seed));
        let tremolo = Tremolo::new(&shot, rate);
        Voice {
            begin,
            age: 0,
            fader: (1.0, 1.0),
            level: HEADROOM * def.level * loudness.iter().product::<f32>(),
            pan: (cos_turns(turns), sin_turns(turns)),
            shares: Shares {
                dry: shot.get(Param::Dry),
                room: shot.get(Param::Room),
                echo: shot.get(Param::Delay),
            },
            peak: f32::MAX,
            sound: shot.sound,
            lane: shot.lane,
            orbit: shot.orbit % ORBITS as u8,
            effects: chain.on(),
            spectral: false,
            does: Does {
                bend: bend.moves(),
                enter: entry.on(),
                filter: kinds.iter().any(|kind| *kind != Kind::Off),
                swing: tremolo.moves(),
            },
            kinds,
            envelope: envelope(&shot, shot.graph.as_ref().map_or(def.ends, |g| g.ends), rate),
            fade: None,
            group,
            cell: shot.sample.and_then(|id| stage.samples.find(id)),
            tremolo,
            entry,
            bend,
            sweeps,
            chain,
            shot,
            spectrum,
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

    /// Whether it has filters.
    pub fn filtered(&self) -> bool {
        self.does.filter
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

    /// Whether its tone is over, and only what its spectral effects still hold is heard.
    pub fn rests(&self) -> bool {
        self.spectral && self.spectrum.rest.is_some()
    }

    /// Takes note of what its tone had to say after a block.
    #[inline]
    pub fn hear(&mut self, life: Life, rate: f32) {
        if self.spectral && life == Life::Over {
            let tail = self.spectrum.wish.map_or(0, |wish| wish.tail(rate));
            self.spectrum.rest.get_or_insert(u32::try_from(tail).unwrap_or(u32::MAX));
        }
    }

    /// Says which frames of the block that starts at frame `block` its tone is to fill; the factor
    /// of its pitch at the two ends.
    #[inline]
    pub fn prepare(&self, block: u64, frames: &mut Frames) -> (f32, f32) {
        let lead = if self.spectral { self.spectrum.lead } else { 0 };
        frames.start = self.begin.saturating_sub(block + lead).min(BLOCK as u64) as usize;
        if !self.does.bend {
            return (1.0, 1.0);
        }
        let end = self.age + (BLOCK - frames.start) as u64;
        (self.bend.at(self.age), self.bend.at(end))
    }

    /// Takes in the tone that was made for it.
    #[inline]
    pub fn enter(&mut self, frames: &mut Frames) {
        if self.does.enter {
            self.entry.run(frames);
        }
        frames.silence_before_start();
        if self.does.filter {
            for (kind, sweep) in self.kinds.iter().zip(&mut self.sweeps) {
                if *kind != Kind::Off {
                    sweep.advance(frames.start);
                }
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
        *rest = rest.saturating_sub(BLOCK as u32);
        *rest == 0 && !self.spectrum.wish.is_some_and(|wish| wish.endless())
    }

    /// Shapes the level of the frames and adds them to `bus`; a second bus is that of its part's
    /// stem.
    #[inline]
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
        let (level, silent) = match self.even_level(start) {
            // One level for all frames is left to the mix.
            Some(level) => (level, false),
            None => (1.0, self.shape(block + start as u64, frames)),
        };
        let peak = bus.add(frames, level, self.pan, self.shares);
        if !peak.is_finite() {
            return Outcome::Broken;
        }
        self.peak = peak;
        if let Some(bus) = beside {
            bus.add(frames, level, self.pan, self.shares);
        }
        if self.over(life) || silent { Outcome::Over } else { Outcome::Sounding }
    }

    /// The level of the frames from `start` on, if it is the same for all.
    #[inline]
    fn even_level(&mut self, start: usize) -> Option<f32> {
        if self.fade.is_some() || self.does.swing || self.fader.0 != self.fader.1 {
            return None;
        }
        match &mut self.envelope {
            Some(envelope) if envelope.done() => None,
            Some(envelope) => Some(envelope.hold(BLOCK - start)? * self.level * self.fader.0),
            None => Some(self.level * self.fader.0),
        }
    }

    /// Gives each of the frames, the first of which is frame `from`, its level; true if it ends in
    /// silence for good. (Kept out of the way of the many whose level rests.)
    #[inline(never)]
    fn shape(&mut self, from: u64, frames: &mut Frames) -> bool {
        let mut level = [0.0; BLOCK];
        let silent = self.level(from, &mut level[frames.start.min(BLOCK)..]);
        scale(frames, &level);
        silent
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
        if self.does.swing {
            self.tremolo.run(out);
        }
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

    #[test]
    fn a_voice_that_makes_no_number_adds_nothing_to_its_bus() {
        let tables = Tables::new();
        let (back, _) = rtrb::RingBuffer::new(1);
        let samples = Store::new(back);
        let stage = Stage { tables: &tables, samples: &samples, rate: 48_000.0 };
        let mut bus = Bus::new(48_000.0);
        let mut voice = Voice::new(Shot::new(synth::SoundId::default(), 100), 0, None, &stage);
        let mut frames = Frames::new();
        frames.mono().fill(0.5);
        frames.left[BLOCK - 1] = f32::NAN;
        let outcome = voice.finish(0, Life::Sounding, &mut frames, (&mut bus, None));
        assert_eq!(outcome, Outcome::Broken);
        let mut mix = [[0.0; BLOCK]; 2];
        bus.drain(0, &samples, &mut mix);
        assert_eq!(mix, [[0.0; BLOCK]; 2]);
    }
}
