//! The engine: takes in shots, renders blocks of 64 frames, hands out as many as are wanted.

use core::sync::atomic::Ordering::Relaxed;
use std::sync::Arc;

use rtrb::{Consumer, Producer, RingBuffer};

use crate::BLOCK;
use crate::bus::{Bus, Stereo};
use crate::control::{Control, Message};
use crate::fader::Faders;
use crate::graph::{Bank, GRAPHS};
use crate::master::{DELAY, Master};
use crate::notes::Notes;
use crate::param::Param;
use crate::pool::{Pool, SOUNDING};
use crate::queue::{Event, Queue};
use crate::rack::{RACK, Rack};
use crate::sample::{SAMPLES, SampleBuffer, Store};
use crate::shot::Shot;
use crate::stats::{Cause, Fault, Shared};
use crate::stem::Stem;
use crate::synth::{self, SoundId, Synth};
use crate::voice::{Outcome, Stage, Voice};
use crate::wavetable::Tables;

/// Buses with a delay and a reverb of their own.
pub const ORBITS: usize = 16;
/// Messages that may wait in the ring.
const RING: usize = 4096;
/// Voices that are not heard and wait to be told of.
const FAULTS: usize = 64;
/// Seconds in which a stolen or cut voice fades.
const CUT: f32 = 0.003;
/// Seconds in which a hushed voice fades.
const HUSH: f32 = 0.012;
/// Seconds for which a new voice is not stolen if others can be.
const YOUNG: f32 = 0.03;

/// Share of its time above which rendering sheds voices, and the share that it then aims at.
const FULL: f32 = 0.85;
const EASY: f32 = 0.7;
/// Share from which on no more voices are let in than should fit.
const WARY: f32 = 0.4;
/// Voices that may sound however heavy the first of them seem.
const FEW: usize = 16;

/// Frames by which a shot must come ahead of its frame, beyond what the caller of
/// [`Engine::render`] asks for at once: the limiter's look-ahead and the block in the making.
pub const LEAD: u64 = (DELAY + BLOCK) as u64;

/// Turns shots into interleaved stereo samples.
///
/// Frame 0 is the first that [`Engine::render`] writes; a shot at frame *f* starts at the *f*-th
/// frame exactly. The same shots give the same samples however the calls are cut. `render` never
/// allocates, locks or waits.
pub struct Engine {
    rate: f32,
    tables: &'static Tables,
    synths: Vec<Box<dyn Synth>>,
    samples: Store,
    /// A recording on its way back, while that way is blocked.
    refused: Option<SampleBuffer>,
    ring: Consumer<Message>,
    shared: Arc<Shared>,
    /// Tells of voices that are not heard. If too many wait to be told of, they are only counted.
    faults: Producer<Fault>,
    queue: Queue,
    pool: Pool,
    buses: Vec<Bus>,
    master: Master,
    /// If only one part is to be heard.
    stem: Option<Box<Stem>>,
    rack: Rack,
    faders: Faders,
    notes: Notes,
    /// First frame of the next block; ahead of `handed` by the limiter's delay and `ready`.
    block: u64,
    handed: u64,
    /// Finished samples, of which the first `ready.1` frames are already handed out.
    ready: (Box<Stereo>, usize),
}

impl Engine {
    /// An engine at `sample_rate` frames a second, and the control that speaks to it.
    #[must_use]
    pub fn new(sample_rate: u32) -> (Engine, Control) {
        let rate = sample_rate.max(1000) as f32;
        let (producer, ring) = RingBuffer::new(RING);
        let shared = Arc::new(Shared::default());
        let (back, returned) = RingBuffer::new(SAMPLES);
        // Room for all programs that may be in the engine or on their way to it.
        let (finished, done) = RingBuffer::new(RING + 2 * GRAPHS + crate::pool::VOICES);
        let mut synths = synth::banks(crate::pool::VOICES, rate);
        if let Some(graphs) = graphs(&mut synths) {
            graphs.give_back_through(finished);
        }
        let (faults, heard_of) = RingBuffer::new(FAULTS);
        let control = Control::new(producer, returned, done, heard_of, Arc::clone(&shared));
        let engine = Engine {
            rate,
            tables: Tables::shared(),
            synths,
            samples: Store::new(back),
            refused: None,
            ring,
            shared,
            faults,
            queue: Queue::new(Shot::new(SoundId::default(), 1)),
            pool: Pool::new(),
            buses: (0..ORBITS).map(|_| Bus::new(rate)).collect(),
            master: Master::new(rate),
            stem: None,
            rack: Rack::new(rate),
            faders: Faders::new(),
            notes: Notes::new(),
            block: 0,
            handed: 0,
            ready: (Box::new([[0.0; BLOCK]; 2]), BLOCK),
        };
        (engine, control)
    }

    /// The same engine, of which only `part` is heard: its stem. The stems of all parts add up to
    /// the mix, compressors and limiter included.
    #[must_use]
    pub fn solo(mut self, part: u16) -> Self {
        self.stem = Some(Box::new(Stem::new(part, self.rate)));
        self
    }

    /// Frames handed out so far: the number of the frame that the next call starts with.
    #[must_use]
    pub fn frame(&self) -> u64 {
        self.handed
    }

    /// Fills `out` with interleaved stereo; a last odd sample is set to 0.
    pub fn render(&mut self, out: &mut [f32]) {
        let mut frames = out.chunks_exact_mut(2);
        for pair in &mut frames {
            if self.ready.1 == BLOCK {
                self.refill();
            }
            let at = self.ready.1;
            pair[0] = self.ready.0[0][at];
            pair[1] = self.ready.0[1][at];
            self.ready.1 += 1;
        }
        self.handed += (out.len() / 2) as u64;
        if out.len() % 2 == 1
            && let Some(last) = out.last_mut()
        {
            *last = 0.0;
        }
        self.shared.frame.store(self.handed, Relaxed);
    }

    /// Fades away up to `voices` voices, those that will be missed least: for whoever finds that
    /// rendering takes longer than it may.
    pub fn shed(&mut self, voices: usize) {
        let at = self.block;
        for _ in 0..voices {
            let Some(victim) = self.pool.least(at, 0) else { return };
            victim.fade(at, CUT * self.rate);
            Shared::count(&self.shared.stolen);
        }
    }

    /// Keeps the load in bounds: to be told after each buffer which share of its time rendering
    /// took. Above 85 % it fades voices; from 40 % on it lets no more sound than should fit, so
    /// that a sudden crowd is turned away before it is too late; below, it lets more sound again, one
    /// a buffer, up to 256.
    pub fn guard(&mut self, load: f32) {
        let sounding = self.pool.sounding();
        // What would fit in a share of the time if all voices weigh the same.
        let fitting = |share: f32| (sounding as f32 * share / load.clamp(0.01, 10.0)) as usize;
        if load > FULL {
            let kept = fitting(EASY).max(1);
            self.pool.limit = kept;
            let shed = sounding.saturating_sub(kept);
            self.shed(shed);
            Shared::add(&self.shared.shed, shed as u64);
        } else {
            self.pool.limit = (self.pool.limit + 1).min(SOUNDING);
            if load > WARY {
                self.pool.limit = self.pool.limit.min(fitting(FULL).max(FEW));
            }
        }
    }

    /// Renders the block that is due. The first one only fills the limiter's look-ahead.
    fn refill(&mut self) {
        if self.block == 0 {
            self.next_block();
        }
        self.next_block();
        self.ready.1 = 0;
    }

    fn next_block(&mut self) {
        self.receive();
        self.start_due();
        self.render_voices();
        let mix = &mut *self.ready.0;
        *mix = [[0.0; BLOCK]; 2];
        for (orbit, bus) in self.buses.iter_mut().enumerate() {
            let gains = bus.drain(self.block, &self.samples, mix);
            if let Some(stem) = &mut self.stem {
                stem.drain((self.block, &self.samples), orbit, bus, gains.as_ref());
            }
        }
        let (peak, gains) = self.master.run(mix);
        if let Some(stem) = &mut self.stem {
            stem.leave(&gains, mix);
        }
        self.shared.raise(peak);
        self.shared.voices.store(self.pool.len() as u32, Relaxed);
        self.block += BLOCK as u64;
    }

    /// Takes in what the control has sent.
    fn receive(&mut self) {
        if self.shared.panic.swap(false, Relaxed) {
            while self.refused.is_none()
                && let Ok(message) = self.ring.pop()
            {
                if let Message::Load { .. } | Message::Graph { .. } | Message::Fade { .. } = message
                {
                    self.take_in(message);
                    self.send_back();
                }
            }
            self.queue.clear();
            self.buses.iter_mut().for_each(Bus::clear);
            self.pool.voices().for_each(Voice::dry);
            self.hush(self.block, None, CUT);
        }
        while self.refused.is_none()
            && let Ok(message) = self.ring.pop()
        {
            if !self.take_in(message) {
                Shared::count(&self.shared.dropped);
            }
        }
        self.send_back();
    }

    /// Does what a message says, or notes it down; false if there is no room for it.
    fn take_in(&mut self, message: Message) -> bool {
        match message {
            Message::Shot { at, shot } => {
                if at < self.block {
                    Shared::count(&self.shared.late);
                }
                self.queue.add_shot(at.max(self.block), shot)
            }
            Message::Hush { at, part } => self.queue.add_hush(at.max(self.block), part),
            Message::Withdraw { from, part } => {
                self.queue.withdraw(from, part);
                true
            }
            Message::Fade { lane, ramp } => {
                self.faders.set(self.block, lane, ramp);
                true
            }
            Message::Load { id, buffer } => {
                self.refused = self.samples.replace(id, buffer);
                self.refused.is_none()
            }
            Message::Graph { id, program } => {
                if let Some(graphs) = graphs(&mut self.synths) {
                    graphs.replace(id, program);
                }
                true
            }
        }
    }

    /// Sends back the recordings that are no longer needed, to be freed elsewhere.
    fn send_back(&mut self) {
        if let Some(buffer) = self.refused.take() {
            self.refused = self.samples.refuse(buffer).err();
        }
        if self.samples.has_retired() {
            let (pool, buses) = (&mut self.pool, &self.buses);
            self.samples.clear_out(|cell| {
                pool.voices().any(|voice| voice.cell == Some(cell))
                    || buses.iter().any(|bus| bus.impulse == Some(cell))
            });
        }
    }

    /// Does what is due within the block, in order.
    fn start_due(&mut self) {
        let end = self.block + BLOCK as u64;
        while let Some((at, event)) = self.queue.pop_before(end) {
            match event {
                Event::Shot(cell) => {
                    let shot = self.queue.shot(cell);
                    self.start(at, shot);
                }
                Event::Hush(part) => self.hush(at, part, HUSH),
            }
        }
    }

    fn start(&mut self, at: u64, shot: Shot) {
        let stage = Stage { tables: self.tables, samples: &self.samples, rate: self.rate };
        let previous = self.notes.previous(&shot, at);
        let mut voice = Voice::new(shot, at, previous, &stage);
        if voice.group != 0 {
            // What starts on the same frame belongs together: a chord, two hats at once.
            let same = |v: &&mut Voice| {
                v.group == voice.group && v.shot.orbit == shot.orbit && v.begin < at
            };
            self.pool.voices().filter(same).for_each(|v| v.fade(at, CUT * self.rate));
        }
        if self.pool.crowded() {
            Shared::count(&self.shared.stolen);
            let young = (YOUNG * self.rate) as u64;
            if let Some(victim) = self.pool.least(at, young) {
                victim.fade(at, CUT * self.rate);
            }
        }
        if let Some(wish) = voice.wish() {
            if self.rack.spectra().crowded()
                && let Some(victim) = self.pool.oldest_with_unit()
            {
                Shared::count(&self.shared.stolen);
                victim.fade(at, CUT * self.rate);
            }
            let seed = at as u32 ^ u32::from(shot.part) << 16;
            match self.rack.spectra().take(wish, seed) {
                Some(unit) => voice.set_unit(unit),
                None => return Shared::count(&self.shared.stolen),
            }
        }
        let own = usize::from(shot.orbit) % ORBITS;
        let room = shot.room.and_then(|id| self.samples.find(id));
        let beside = self.stem.as_deref_mut();
        let buses = self.buses.get_mut(own).into_iter();
        buses.chain(beside.and_then(|stem| stem.bus(own))).for_each(|bus| bus.set(&shot, room));
        if shot.given(Param::DuckOrbit) {
            let other = shot.get(Param::DuckOrbit) as usize;
            let beside = self.stem.as_deref_mut();
            let buses = self.buses.get_mut(other).into_iter();
            let buses = buses.chain(beside.and_then(|stem| stem.bus(other)));
            buses.for_each(|bus| bus.duck_by(at, &shot));
        }
        let Some(synth) = self.synths.get_mut(shot.sound.index()) else { return };
        let unit = voice.unit();
        match self.pool.add(voice) {
            Some((slot, voice)) => {
                if !voice.start(slot, synth.as_mut(), &stage) {
                    Shared::count(&self.shared.starved);
                    let _ = self.faults.push(voice.fault(Cause::Starved));
                }
                if let Some(mut lines) = self.rack.lines(slot) {
                    voice.chain.clear(&mut lines);
                }
                if unit.is_some() {
                    let places = self.pool.places();
                    self.rack.prime(self.block, &stage, &mut self.synths, places, slot as u16);
                }
            }
            None => {
                Shared::count(&self.shared.stolen);
                unit.into_iter().for_each(|unit| self.rack.spectra().give_back(unit));
            }
        }
    }

    fn hush(&mut self, at: u64, part: Option<u16>, seconds: f32) {
        let meant = |v: &&mut Voice| part.is_none_or(|p| v.shot.part == p);
        self.pool.voices().filter(meant).for_each(|v| v.fade(at, seconds * self.rate));
    }

    fn render_voices(&mut self) {
        let Engine {
            pool,
            synths,
            samples,
            tables,
            rate,
            buses,
            rack,
            faders,
            stem,
            shared,
            faults,
            block,
            ..
        } = self;
        let stage = Stage { tables, samples, rate: *rate };
        pool.retain(RACK, |voices, slots, stays| {
            rack.tones(*block, &stage, synths, voices, slots);
            rack.filter(voices, slots);
            let ways = (&mut buses[..], stem.as_deref_mut());
            rack.finish((*block, faders), ways, voices, slots, |i, voice, outcome| {
                let sound = voice.sound;
                if outcome == Outcome::Broken {
                    Shared::count(&shared.broken);
                    let _ = faults.push(voice.fault(Cause::Broken));
                }
                if outcome != Outcome::Sounding
                    && let (Some(synth), Some(slot)) = (synths.get_mut(sound.index()), slots.get(i))
                {
                    synth.stop(usize::from(*slot));
                }
                if let Some(stays) = stays.get_mut(i) {
                    *stays = outcome == Outcome::Sounding;
                }
            });
        });
    }
}

/// The bank of graphs among all.
fn graphs(synths: &mut [Box<dyn Synth>]) -> Option<&mut Bank> {
    synths.get_mut(synth::GRAPH.index()).and_then(|synth| synth.graphs())
}

#[cfg(test)]
mod tests;
