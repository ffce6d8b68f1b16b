//! Wavetable sounds: recorded single cycles of one family, from dull to bright, in unison.

use super::motion::{self, Motion};
use super::stack::{copies, place};
use super::warp::Mode;
use super::{Ends, Frames, Life, Moment, Onset, SynthDef, Tone, bank};
use crate::BLOCK;
use crate::math::{cos_turns, ratio, sin_turns};
use crate::noise::Noise;
use crate::param::Param;
use crate::wavetable::{Phase, increment, level};

/// Most oscillators in a voice.
const MOST: usize = 7;

/// The sound of family `FAMILY` of the embedded waves.
const fn family<const FAMILY: usize>(name: &'static str, doc: &'static str) -> SynthDef {
    SynthDef {
        name,
        aliases: &[],
        doc,
        params: &[
            Param::Wt,
            Param::WtEnv,
            Param::WtRate,
            Param::Warp,
            Param::WarpMode,
            Param::Detune,
            Param::Unison,
            Param::Spread,
        ],
        defaults: &[
            (Param::Attack, 0.005),
            (Param::Decay, 0.1),
            (Param::Sustain, 0.8),
            (Param::Release, 0.08),
            (Param::Wt, 0.3),
        ],
        level: 0.6,
        ends: Ends::Gate,
        choke: 0,
        make: |voices, _| bank(voices, || Table { family: FAMILY, ..Table::default() }),
    }
}

/// The families, in the order of the embedded file.
pub(super) const DEFS: [SynthDef; 16] = [
    family::<0>("wt_flute", "Single cycles of a flute; `wt` morphs from dull to bright."),
    family::<1>("wt_clarinet", "Single cycles of a clarinet; `wt` morphs from dull to bright."),
    family::<2>("wt_oboe", "Single cycles of an oboe; `wt` morphs from dull to bright."),
    family::<3>("wt_sax", "Single cycles of an alto saxophone; `wt` morphs from dull to bright."),
    family::<4>("wt_violin", "Single cycles of a violin; `wt` morphs from dull to bright."),
    family::<5>("wt_cello", "Single cycles of a cello; `wt` morphs from dull to bright."),
    family::<6>("wt_guitar", "Single cycles of a guitar; `wt` morphs from dull to bright."),
    family::<7>("wt_piano", "Single cycles of a piano; `wt` morphs from dull to bright."),
    family::<8>("wt_epiano", "Single cycles of electric pianos; `wt` morphs from dull to bright."),
    family::<9>("wt_organ", "Single cycles of electric organs; `wt` morphs from dull to bright."),
    family::<10>("wt_voice", "Single cycles of a voice; `wt` morphs from dull to bright."),
    family::<11>("wt_theremin", "Single cycles of a theremin; `wt` morphs from dull to bright."),
    family::<12>("wt_bass", "Single cycles of electric basses; `wt` morphs from dull to bright."),
    SynthDef {
        // What `s "wave"` means where nobody says which.
        aliases: &["wave"],
        ..family::<13>("wt_fm", "Single cycles of FM synths; `wt` morphs from dull to bright.")
    },
    family::<14>("wt_chip", "Single cycles of sound chips; `wt` morphs from dull to bright."),
    family::<15>("wt_game", "Single cycles of video games; `wt` morphs from dull to bright."),
];

#[derive(Clone, Copy, Debug, Default)]
struct Oscillator {
    phase: Phase,
    ratio: f32,
    left: f32,
    right: f32,
    /// Level of the wave in the last block.
    level: Option<usize>,
}

#[derive(Default)]
struct Table {
    family: usize,
    place: Motion,
    warp: Motion,
    mode: Mode,
    frequency: f32,
    oscillators: [Oscillator; MOST],
    count: usize,
    stereo: bool,
}

impl Tone for Table {
    fn start(&mut self, onset: &Onset) {
        let mut noise = Noise::new(onset.seed);
        let detune = onset.shot.get(Param::Detune);
        let spread = onset.shot.get(Param::Spread);
        self.frequency = onset.hertz() / onset.rate;
        self.place = Motion::new(&motion::PLACE, onset);
        self.warp = Motion::new(&motion::WARP, onset);
        self.mode = Mode::of(onset.shot.get(Param::WarpMode));
        let random = onset.shot.get(Param::WtPhaseRandom);
        self.count = copies(onset).clamp(1, MOST);
        self.stereo = self.count > 1 && spread > 0.0;
        let share = core::f32::consts::SQRT_2 / (self.count as f32).sqrt();
        for (i, oscillator) in self.oscillators.iter_mut().take(self.count).enumerate() {
            let place = place(i, self.count);
            let turn = 0.125 * (1.0 + place * spread);
            *oscillator = Oscillator {
                // One alone starts at its zero, so that it does not click.
                phase: match self.count {
                    1 => (random * noise.unit() * 4_294_967_296.0) as u32,
                    _ => noise.bits(),
                },
                ratio: ratio(0.5 * detune * place),
                left: share * cos_turns(turn),
                right: share * sin_turns(turn),
                level: None,
            };
        }
    }

    fn render(&mut self, moment: &Moment, out: &mut Frames) -> Life {
        let stereo = self.stereo;
        let (left, right) = out.both();
        left.fill(0.0);
        right.fill(0.0);
        let place = self.place.pass(left.len());
        let warp = self.warp.pass(left.len());
        let warp = (self.mode, warp.0, warp.1);
        for oscillator in self.oscillators.iter_mut().take(self.count) {
            let frequency = (self.frequency * oscillator.ratio * moment.bend()).min(0.49);
            let mut wave = [0.0; BLOCK];
            let wave = &mut wave[..left.len()];
            oscillator.render(moment, (self.family, place, warp), frequency, wave);
            for ((x, l), r) in wave.iter().zip(left.iter_mut()).zip(right.iter_mut()) {
                *l += oscillator.left * x;
                *r += oscillator.right * x;
            }
        }
        out.stereo = stereo;
        Life::Sounding
    }
}

impl Oscillator {
    /// Writes the next stretch; where the wave has to become duller or brighter, it fades over.
    fn render(
        &mut self,
        moment: &Moment,
        (family, place, (mode, from, to)): (usize, (f32, f32), (Mode, f32, f32)),
        frequency: f32,
        wave: &mut [f32],
    ) {
        let families = &moment.tables.families;
        let step = increment(frequency);
        let warped = from > 0.0 || to > 0.0;
        let top = if warped { mode.top(from.max(to)) } else { 1.0 };
        let now = level(frequency * top);
        let mut phases = [0; BLOCK];
        let phases = &mut phases[..wave.len()];
        for (i, phase) in phases.iter_mut().enumerate() {
            *phase = self.phase.wrapping_add(step.wrapping_mul(i as u32));
        }
        if warped {
            mode.run((from, to), phases);
        }
        families.read((family, place, now), phases, wave);
        if let Some(before) = self.level
            && before != now
        {
            let mut old = [0.0; BLOCK];
            let old = &mut old[..wave.len()];
            families.read((family, place, before), phases, old);
            let share = 1.0 / wave.len() as f32;
            for (i, (y, old)) in wave.iter_mut().zip(old).enumerate() {
                *y = *old + (i as f32 * share) * (*y - *old);
            }
        }
        self.level = Some(now);
        self.phase = self.phase.wrapping_add(step.wrapping_mul(wave.len() as u32));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wavetable::Tables;

    #[test]
    fn every_family_has_its_sound() {
        assert_eq!(Tables::new().families.len(), DEFS.len());
    }
}
