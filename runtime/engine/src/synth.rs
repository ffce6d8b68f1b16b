//! What a sound is: the trait that a synth implements, and the table of all sounds.

use crate::BLOCK;
use crate::graph;
use crate::math;
use crate::param::Param;
use crate::sample::Store;
use crate::shot::Shot;
use crate::voice::Stage;
use crate::wavetable::Tables;

mod bass;
mod bell;
mod bytebeat;
mod choir;
mod clap;
mod cowbell;
mod cymbal;
mod fm;
mod hat;
mod keys;
mod kick;
mod lead;
mod metal;
mod motion;
mod noise;
mod organ;
mod pad;
mod partials;
mod piano;
mod pluck;
mod rim;
mod sampler;
mod shaker;
mod snare;
mod stack;
mod strike;
mod table;
mod tom;
mod user;
mod warp;
mod wave;
mod zzfx;

pub(crate) use stack::place;
pub(crate) use user::cycles;

/// All sounds; adding one is adding its line.
pub const SOUNDS: &[SynthDef] = &[
    kick::DEF,
    snare::DEF,
    clap::DEF,
    hat::CLOSED,
    hat::OPEN,
    tom::LOW,
    tom::MID,
    tom::HIGH,
    rim::DEF,
    cowbell::DEF,
    cymbal::CRASH,
    cymbal::RIDE,
    shaker::DEF,
    bass::DEF,
    keys::DEF,
    pluck::DEF,
    pad::DEF,
    lead::DEF,
    piano::DEF,
    organ::DEF,
    bell::DEF,
    wave::SAW,
    wave::SQUARE,
    wave::TRIANGLE,
    wave::SINE,
    wave::PULSE,
    wave::SUPERSAW,
    noise::WHITE,
    noise::PINK,
    noise::BROWN,
    noise::CRACKLE,
    choir::DEF,
    bytebeat::DEF,
    user::DEF,
    zzfx::DEFS[0],
    zzfx::DEFS[1],
    zzfx::DEFS[2],
    zzfx::DEFS[3],
    zzfx::DEFS[4],
    zzfx::DEFS[5],
    zzfx::DEFS[6],
    table::DEFS[0],
    table::DEFS[1],
    table::DEFS[2],
    table::DEFS[3],
    table::DEFS[4],
    table::DEFS[5],
    table::DEFS[6],
    table::DEFS[7],
    table::DEFS[8],
    table::DEFS[9],
    table::DEFS[10],
    table::DEFS[11],
    table::DEFS[12],
    table::DEFS[13],
    table::DEFS[14],
    table::DEFS[15],
    kick::KIT_808,
    snare::KIT_808,
    clap::KIT_808,
    hat::CLOSED_808,
    hat::OPEN_808,
    tom::LOW_808,
    tom::MID_808,
    tom::HIGH_808,
    rim::KIT_808,
    cymbal::CYMBAL_808,
    kick::KIT_909,
    snare::KIT_909,
    clap::KIT_909,
    hat::CLOSED_909,
    hat::OPEN_909,
    tom::LOW_909,
    tom::MID_909,
    tom::HIGH_909,
    rim::KIT_909,
    cymbal::CRASH_909,
    cymbal::RIDE_909,
];

/// A row of [`SOUNDS`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SoundId(u16);

impl SoundId {
    /// Position of the sound in [`SOUNDS`]; its length for the sampler.
    #[must_use]
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// What ends a sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ends {
    /// The end of its duration, then its release.
    Gate,
    /// It dies away by itself, unless the shot asks for an envelope or for `legato`.
    Itself,
    /// An envelope of its own, made of the shot's.
    Within,
}

/// One row of the table of sounds.
#[derive(Clone, Copy, Debug)]
pub struct SynthDef {
    /// The name performers type.
    pub name: &'static str,
    /// Other names for it.
    pub aliases: &'static [&'static str],
    /// One sentence for help.
    pub doc: &'static str,
    /// Parameters that this sound itself reads, beside those that every voice has.
    pub params: &'static [Param],
    /// Where this sound departs from the defaults of the parameter table.
    pub defaults: &'static [(Param, f32)],
    /// Factor that brings it to its place in the mix.
    pub(crate) level: f32,
    /// What ends it.
    pub(crate) ends: Ends,
    /// Sounds of the same group, other than 0, stop those that began before them on an orbit.
    pub(crate) choke: u8,
    /// Makes the bank of its voices, when the engine is built.
    pub(crate) make: fn(voices: usize, rate: f32) -> Box<dyn Synth>,
}

/// The sound called `name`, by its name or an alias.
#[must_use]
pub fn find(name: &str) -> Option<SoundId> {
    let at = SOUNDS.iter().position(|def| def.name == name || def.aliases.contains(&name))?;
    Some(SoundId(at as u16))
}

/// The sound that plays recordings: the one behind the last row.
pub(crate) const SAMPLER: SoundId = SoundId(SOUNDS.len() as u16);

/// The sound that runs graphs: the one behind the sampler.
pub(crate) const GRAPH: SoundId = SoundId(SOUNDS.len() as u16 + 1);

/// The row of a sound.
#[must_use]
pub fn def(sound: SoundId) -> &'static SynthDef {
    SOUNDS.get(sound.index()).unwrap_or(if sound == GRAPH { &graph::DEF } else { &sampler::DEF })
}

/// Makes the banks of all sounds, in the order of their numbers.
pub(crate) fn banks(voices: usize, rate: f32) -> Vec<Box<dyn Synth>> {
    let defs = SOUNDS.iter().chain([&sampler::DEF, &graph::DEF]);
    defs.map(|def| (def.make)(voices, rate)).collect()
}

/// Whether a voice goes on after a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Life {
    /// There is more to come.
    Sounding,
    /// Only silence would follow.
    Over,
}

/// What a tone is told when it starts.
pub(crate) struct Onset<'a> {
    /// The shot that starts it.
    pub shot: &'a Shot,
    /// Frames a second.
    pub rate: f32,
    /// Frame of its start.
    pub begin: u64,
    /// Seed of its noise and phases.
    pub seed: u32,
    /// The recordings that there are.
    pub samples: &'a Store,
}

impl Onset<'_> {
    /// Frequency of the note in hertz, `speed` included.
    pub fn hertz(&self) -> f32 {
        let speed = self.shot.get(Param::Speed).abs().max(1e-3);
        (math::hertz(self.shot.get(Param::MidiNote)) * speed).min(0.45 * self.rate)
    }

    /// Pitch of a drum as a factor: `speed`, and the note's distance from middle C if given.
    pub fn tuning(&self) -> f32 {
        let speed = self.shot.get(Param::Speed).abs().max(1e-2);
        speed * math::ratio(self.shot.get(Param::MidiNote) - 60.0)
    }

    /// The variant that `n` picks; the list is taken as a ring.
    pub fn variant<'v, T>(&self, variants: &'v [T]) -> &'v T {
        &variants[self.shot.get(Param::N) as usize % variants.len()]
    }

    /// How hard it is struck, 0 to 1.
    pub fn velocity(&self) -> f32 {
        self.shot.get(Param::Velocity)
    }
}

/// A voice whose turn it is.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Turn {
    /// Which of the frames in the making are its own.
    pub place: usize,
    /// Its slot.
    pub slot: usize,
    /// Factor of its pitch at the start and at the end of the block.
    pub bend: (f32, f32),
}

/// What a tone is told about each block.
pub(crate) struct Moment<'a> {
    /// The waves that all share.
    pub tables: &'a Tables,
    /// The recordings that there are.
    pub samples: &'a Store,
    /// Frames a second.
    pub rate: f32,
    /// Factor of the pitch at the start and at the end of the block.
    pub bend: (f32, f32),
}

impl Moment<'_> {
    /// Factor of the pitch in the middle of the block, for what need not follow each frame.
    pub fn bend(&self) -> f32 {
        0.5 * (self.bend.0 + self.bend.1)
    }
}

/// A block of sound in the making; a voice that starts within it leaves the frames before 0.
/// Aligned so that what is read as a whole never crosses a line of the cache: it would take up to a
/// third longer.
#[repr(C, align(64))]
pub(crate) struct Frames {
    /// Left channel, or the only one.
    pub left: [f32; BLOCK],
    /// Right channel, if `stereo`.
    pub right: [f32; BLOCK],
    /// First frame in use.
    pub start: usize,
    /// Whether the right channel is in use.
    pub stereo: bool,
}

impl Frames {
    /// No frames.
    pub fn new() -> Self {
        Frames { left: [0.0; BLOCK], right: [0.0; BLOCK], start: 0, stereo: false }
    }

    /// The frames, as one channel.
    pub fn mono(&mut self) -> &mut [f32] {
        self.stereo = false;
        &mut self.left[self.start.min(BLOCK)..]
    }

    /// How many frames are in use.
    pub fn mono_len(&self) -> usize {
        BLOCK - self.start.min(BLOCK)
    }

    /// The frames, as two channels.
    pub fn both(&mut self) -> (&mut [f32], &mut [f32]) {
        self.stereo = true;
        let start = self.start.min(BLOCK);
        (&mut self.left[start..], &mut self.right[start..])
    }

    /// The channels in use.
    pub fn channels(&mut self) -> impl Iterator<Item = &mut [f32]> {
        let start = self.start.min(BLOCK);
        let right = self.stereo.then_some(&mut self.right[start..]);
        core::iter::once(&mut self.left[start..]).chain(right)
    }

    /// The channels in use, with the frames before the start.
    pub fn whole_channels(&mut self) -> impl Iterator<Item = &mut [f32; BLOCK]> {
        let right = self.stereo.then_some(&mut self.right);
        core::iter::once(&mut self.left).chain(right)
    }

    /// The left channel, 0, or the right one, with the frames before the start.
    pub fn channel(&mut self, channel: usize) -> &mut [f32; BLOCK] {
        if channel == 0 { &mut self.left } else { &mut self.right }
    }

    /// Makes two equal channels of one.
    pub fn spread(&mut self) {
        if !self.stereo {
            self.right = self.left;
            self.stereo = true;
        }
    }

    /// Clears the frames that are not in use.
    pub fn silence_before_start(&mut self) {
        if self.start > 0 {
            let start = self.start.min(BLOCK);
            self.left[..start].fill(0.0);
            self.right[..start].fill(0.0);
        }
    }
}

/// One voice of one kind of sound: around ±1 at its loudest, without gain, pan or filters.
pub(crate) trait Tone: Send {
    /// Starts anew; must not allocate.
    fn start(&mut self, onset: &Onset);
    /// Overwrites the frames with the next stretch.
    fn render(&mut self, moment: &Moment, out: &mut Frames) -> Life;
}

/// All voices of one kind of sound. (A bank, not a voice, is what is called through a pointer:
/// an implementation may compute several of its voices side by side.)
pub(crate) trait Synth: Send {
    /// Starts voice `slot` anew; false if there is no memory for it, and it will be silent.
    fn start(&mut self, slot: usize, onset: &Onset) -> bool;
    /// Overwrites the frames with the next stretch of voice `slot`.
    fn render(&mut self, slot: usize, moment: &Moment, out: &mut Frames) -> Life;
    /// The same for all voices whose turn it is; whether each goes on.
    fn render_all(
        &mut self,
        turns: &[Turn],
        stage: &Stage,
        frames: &mut [Frames],
        lives: &mut [Life],
    ) {
        let Stage { tables, samples, rate } = *stage;
        for &Turn { place, slot, bend } in turns {
            if let Some((frames, life)) = frames.get_mut(place).zip(lives.get_mut(place)) {
                *life = self.render(slot, &Moment { tables, samples, rate, bend }, frames);
            }
        }
    }
    /// Voice `slot` has ended, by itself or not.
    fn stop(&mut self, _slot: usize) {}
    /// The bank of graphs, if it is that.
    fn graphs(&mut self) -> Option<&mut graph::Bank> {
        None
    }
}

/// The plain bank: tones one after the other.
struct Bank<T>(Vec<T>);

impl<T: Tone> Synth for Bank<T> {
    fn start(&mut self, slot: usize, onset: &Onset) -> bool {
        if let Some(tone) = self.0.get_mut(slot) {
            tone.start(onset);
        }
        true
    }

    fn render(&mut self, slot: usize, moment: &Moment, out: &mut Frames) -> Life {
        self.0.get_mut(slot).map_or(Life::Over, |tone| tone.render(moment, out))
    }
}

/// A bank of `voices` tones.
fn bank<T: Tone + 'static>(voices: usize, make: impl Fn() -> T) -> Box<dyn Synth> {
    Box::new(Bank((0..voices).map(|_| make()).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_is_used_twice() {
        let mut names: Vec<_> = SOUNDS
            .iter()
            .flat_map(|d| core::iter::once(d.name).chain(d.aliases.iter().copied()))
            .collect();
        let total = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), total);
    }
}
