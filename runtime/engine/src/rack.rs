//! Voices in stages: first the tones of many, then their filters sixteen channels at a time, then
//! their levels and the mix.

use crate::BLOCK;
use crate::bus::Bus;
use crate::effect::line::{LineBank, Lines};
use crate::fader::Faders;
use crate::filter::Pass;
use crate::filter::bank::{Bank, Kind, LANES};
use crate::pool::VOICES;
use crate::spectrum::Spectra;
use crate::stem::Stem;
use crate::synth::{Frames, GRAPH, Life, Synth, Turn};
use crate::voice::{FILTERS, Outcome, Stage, Voice};

/// Voices that pass through the stages together; their frames fit the nearest cache.
pub(crate) const RACK: usize = 32;

/// Kinds of filter that are collected, each in its own group.
const KINDS: [Kind; 5] = [
    Kind::TwoPole(Pass::Low),
    Kind::TwoPole(Pass::Band),
    Kind::TwoPole(Pass::High),
    Kind::FourPole,
    Kind::Ladder,
];

/// Room for the frames of up to [`RACK`] voices on their way to the buses.
pub(crate) struct Rack {
    frames: Vec<Frames>,
    lives: [Life; RACK],
    /// Whether any voice uses the first filter, the second, the third.
    used: [bool; FILTERS],
    /// The delay lines of each slot.
    lines: LineBank,
    bank: Box<Bank>,
    spectra: Spectra,
}

/// Up to sixteen channels of voices whose filters are of one kind: (voice in the rack, channel).
#[derive(Clone, Copy)]
struct Group {
    members: [(usize, usize); LANES],
    len: usize,
}

fn voice_at(voices: &mut [Option<Voice>], slot: u16) -> Option<&mut Voice> {
    voices.get_mut(usize::from(slot)).and_then(Option::as_mut)
}

impl Rack {
    /// An empty rack for voices at `rate` frames a second.
    pub fn new(rate: f32) -> Self {
        Rack {
            frames: (0..RACK).map(|_| Frames::new()).collect(),
            lives: [Life::Over; RACK],
            used: [false; FILTERS],
            lines: LineBank::new(VOICES),
            bank: Box::new(Bank::new()),
            spectra: Spectra::new(rate),
        }
    }

    /// The delay lines of `slot`.
    pub fn lines(&mut self, slot: usize) -> Option<Lines<'_>> {
        self.lines.lines(slot)
    }

    /// The units for spectral effects.
    pub fn spectra(&mut self) -> &mut Spectra {
        &mut self.spectra
    }

    /// Computes the voice in `slot`, which starts in this block, as far ahead as its spectral
    /// effects need.
    pub fn prime(
        &mut self,
        block: u64,
        stage: &Stage,
        synths: &mut [Box<dyn Synth>],
        voices: &mut [Option<Voice>],
        slot: u16,
    ) {
        let wish = voice_at(voices, slot).and_then(|voice| voice.unit().and(voice.wish()));
        let late = wish.map_or(0, |wish| wish.late() as u64);
        for ahead in (0..late).step_by(BLOCK) {
            self.tones(block + ahead, stage, synths, voices, &[slot]);
            self.filter(voices, &[slot]);
            if let Some(voice) = voice_at(voices, slot) {
                let mut lines = match voice.effects {
                    true => self.lines.lines(usize::from(slot)),
                    false => None,
                };
                voice.affect(lines.as_mut(), &mut self.spectra, &mut self.frames[0]);
            }
        }
        if let Some(voice) = voice_at(voices, slot) {
            voice.lead(late);
        }
    }

    /// Makes the tones of the block that starts at frame `block`.
    pub fn tones(
        &mut self,
        block: u64,
        stage: &Stage,
        synths: &mut [Box<dyn Synth>],
        voices: &mut [Option<Voice>],
        slots: &[u16],
    ) {
        self.used = [false; FILTERS];
        let mut turns = [Turn::default(); RACK];
        let mut sounds = [None; RACK];
        let rooms = self.frames.iter_mut().zip(&mut self.lives);
        for (place, (&slot, (frames, life))) in slots.iter().zip(rooms).enumerate() {
            let Some(voice) = voice_at(voices, slot) else { continue };
            if voice.filtered() {
                for (used, kind) in self.used.iter_mut().zip(&voice.kinds) {
                    *used |= *kind != Kind::Off;
                }
            }
            let bend = voice.prepare(block, frames);
            if voice.rests() {
                frames.mono().fill(0.0);
                *life = Life::Over;
            } else {
                turns[place] = Turn { place, slot: usize::from(slot), bend };
                sounds[place] = Some(voice.sound);
            }
        }
        let (mut crowd, mut many) = ([Turn::default(); RACK], 0);
        let mut left = (&sounds[..], &turns[..]);
        while let Some(sound) = left.0.first() {
            let alike = left.0.iter().take_while(|other| *other == sound).count();
            let (now, later) = left.1.split_at(alike);
            left = (&left.0[alike..], later);
            match sound {
                // Those of graphs run side by side even if others stand between them.
                Some(GRAPH) => {
                    crowd[many..many + alike].copy_from_slice(now);
                    many += alike;
                }
                Some(sound) => {
                    if let Some(synth) = synths.get_mut(sound.index()) {
                        synth.render_all(now, stage, &mut self.frames, &mut self.lives);
                    }
                }
                None => {}
            }
        }
        if let Some(synth) = synths.get_mut(GRAPH.index()).filter(|_| many > 0) {
            synth.render_all(&crowd[..many], stage, &mut self.frames, &mut self.lives);
        }
        for (&slot, (frames, life)) in slots.iter().zip(self.frames.iter_mut().zip(&self.lives)) {
            if let Some(voice) = voice_at(voices, slot) {
                voice.hear(*life, stage.rate);
                voice.enter(frames);
            }
        }
    }

    /// Runs the filters of all, sixteen channels of one kind at a time.
    pub fn filter(&mut self, voices: &mut [Option<Voice>], slots: &[u16]) {
        for filter in 0..FILTERS {
            if !self.used[filter] {
                continue;
            }
            let mut groups = [Group { members: [(0, 0); LANES], len: 0 }; KINDS.len()];
            for (i, &slot) in slots.iter().enumerate() {
                let Some(voice) = voice_at(voices, slot) else { continue };
                let kind = voice.kinds[filter];
                let Some(place) = KINDS.iter().position(|k| *k == kind) else { continue };
                let group = &mut groups[place];
                for channel in 0..if self.frames[i].stereo { 2 } else { 1 } {
                    group.members[group.len] = (i, channel);
                    group.len += 1;
                    if group.len == LANES {
                        self.filter_group(filter, kind, group, voices, slots);
                        group.len = 0;
                    }
                }
            }
            for (kind, group) in KINDS.iter().zip(&groups).filter(|(_, group)| group.len > 0) {
                self.filter_group(filter, *kind, group, voices, slots);
            }
        }
    }

    fn filter_group(
        &mut self,
        filter: usize,
        kind: Kind,
        group: &Group,
        voices: &mut [Option<Voice>],
        slots: &[u16],
    ) {
        let members = &group.members[..group.len];
        let mut x = [const { &[0.0; BLOCK] }; LANES];
        for (lane, (&(i, channel), x)) in members.iter().zip(&mut x).enumerate() {
            if let Some(voice) = voice_at(voices, slots[i]) {
                let sweep = &voice.sweeps[filter];
                self.bank.set(lane, &sweep.setting, &sweep.poles[channel]);
                let frames = &self.frames[i];
                *x = if channel == 0 { &frames.left } else { &frames.right };
            }
        }
        self.bank.run(kind, &x);
        for (lane, &(i, channel)) in members.iter().enumerate() {
            if let Some(voice) = voice_at(voices, slots[i]) {
                voice.sweeps[filter].poles[channel] = self.bank.poles(lane);
                self.bank.store(lane, self.frames[i].channel(channel));
            }
        }
    }

    /// Distorts, levels and mixes all; tells of each, by its place in `slots`, what became of it.
    pub fn finish(
        &mut self,
        (block, faders): (u64, &Faders),
        (buses, mut stem): (&mut [Bus], Option<&mut Stem>),
        voices: &mut [Option<Voice>],
        slots: &[u16],
        mut tell: impl FnMut(usize, &Voice, Outcome),
    ) {
        let mut fader = None;
        for (i, &slot) in slots.iter().enumerate() {
            let Some(voice) = voice_at(voices, slot) else { continue };
            if let Some(bus) = buses.get_mut(usize::from(voice.orbit)) {
                // Looked for only where they are used: most voices have no effects.
                let mut lines = match voice.effects {
                    true => self.lines.lines(usize::from(slot)),
                    false => None,
                };
                let frames = &mut self.frames[i];
                voice.affect(lines.as_mut(), &mut self.spectra, frames);
                // Neighbours mostly share a fader.
                let lane = voice.lane;
                if fader.is_none_or(|(of, _)| of != lane) {
                    fader = Some((lane, faders.levels(lane, block)));
                }
                voice.fader = fader.map_or((1.0, 1.0), |(_, levels)| levels);
                let beside = stem.as_deref_mut().and_then(|stem| stem.bus_of(&voice.shot));
                let outcome = voice.finish(block, self.lives[i], frames, (bus, beside));
                if outcome != Outcome::Sounding
                    && let Some(unit) = voice.unit()
                {
                    self.spectra.give_back(unit);
                }
                tell(i, voice, outcome);
            }
        }
    }
}
