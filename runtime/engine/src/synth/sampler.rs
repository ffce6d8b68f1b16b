//! The sampler: a recording read at any speed, forwards or backwards, in parts and loops.

use super::{Ends, Frames, Life, Moment, Onset, SynthDef, Tone, bank};
use crate::BLOCK;
use crate::math::ratio;
use crate::param::Param;
use crate::sample::{Cell, PAD, SampleBuffer};
use crate::spline::{FINE, SPAN, WINDOW, cubic};

/// The sampler; it has no row in the table of sounds, as it needs a recording.
pub(super) const DEF: SynthDef = SynthDef {
    name: "sample",
    aliases: &[],
    doc: "A recording; `begin`, `end`, `speed` and `loop` say how it is read.",
    params: &[
        Param::Begin,
        Param::End,
        Param::Speed,
        Param::Stretch,
        Param::Loop,
        Param::LoopBegin,
        Param::LoopEnd,
    ],
    defaults: &[(Param::Attack, 0.001), (Param::Release, 0.005)],
    level: 1.0,
    ends: Ends::Itself,
    choke: 0,
    make: |voices, _| bank(voices, Sampler::default),
};

/// A place in a recording: 2³² is one frame.
type Place = i64;
const FRAME: f64 = 4_294_967_296.0;

/// One voice; what every block needs of it is found in one line of the cache.
#[derive(Default)]
#[repr(C, align(64))]
struct Sampler {
    at: Place,
    /// The part that is read.
    from: Place,
    to: Place,
    /// Frames of the recording for each frame, without bends; negative is backwards. The same as a
    /// place.
    speed: f64,
    step: Place,
    /// Frames played so far, as far as the fade goes; whether it fades in.
    age: f32,
    /// Frames of the fades, in and out.
    edges: (f32, f32),
    /// Blocks that are read in one go: they reach neither an end of the part nor a fade, and the
    /// speed is what it was.
    clear: u32,
    cell: Option<Cell>,
    looping: bool,
    cut_in: bool,
    /// The part that is repeated.
    again: (Place, Place),
}

impl Sampler {
    /// Whether the next frame still belongs to the part.
    fn inside(&self) -> bool {
        self.at >= self.from && self.at < self.to
    }

    /// How many of the next blocks need no look at the ends of the part nor at its fades, if the
    /// speed stays as it is.
    fn clear_blocks(&self) -> u32 {
        let (into, out) = self.edges;
        let before = if self.looping { BLOCK } else { out as usize + 2 * BLOCK };
        if (self.cut_in && self.age < into) || !self.inside() || self.ends_within(self.step, before)
        {
            return 0;
        }
        let blocks = self.left(self.step).saturating_sub(before) / BLOCK;
        u32::try_from(blocks).unwrap_or(u32::MAX)
    }

    /// Whether the part may be over within `frames` frames. To count what is left is to divide, which
    /// takes longer than a quarter of a block of sound.
    fn ends_within(&self, step: Place, frames: usize) -> bool {
        let way = if step > 0 { self.to - self.at } else { self.at - self.from };
        way <= step.abs().saturating_mul(frames as Place + 2)
    }

    /// Frames until the part is over at `step` places a frame, at least one.
    fn left(&self, step: Place) -> usize {
        let way = if step > 0 { self.to - self.at } else { self.at - self.from + 1 };
        let step = step.abs().max(1);
        (way.max(1) / step + i64::from(way % step != 0)) as usize
    }

    fn wrap(&mut self) {
        // From the first turn on only the loop counts.
        (self.from, self.to) = self.again;
        let length = (self.to - self.from).max(1);
        self.at = self.from + (self.at - self.from).rem_euclid(length);
    }

    /// Fades what is cut out of a recording, so that its ends do not click.
    fn fade(&mut self, step: Place, frames: &mut Frames) {
        let (age, (into, out), cut_in) = (self.age, self.edges, self.cut_in);
        let fades_in = cut_in && age < into;
        if !fades_in && (self.looping || !self.ends_within(step, out as usize + BLOCK)) {
            return;
        }
        let left = if self.looping { usize::MAX } else { self.left(step) };
        if fades_in || (left as f32) < out + BLOCK as f32 {
            for x in frames.channels() {
                for (i, y) in x.iter_mut().enumerate() {
                    let into = if cut_in { (age + i as f32 + 0.5) / into } else { 1.0 };
                    let out = (left as f32 - i as f32) / out;
                    *y *= into.min(out).clamp(0.0, 1.0);
                }
            }
        }
    }
}

impl Tone for Sampler {
    fn start(&mut self, onset: &Onset) {
        *self = Sampler::default();
        let Some(cell) = onset.shot.sample.and_then(|id| onset.samples.find(id)) else { return };
        let Some(buffer) = onset.samples.get(cell) else { return };
        let frames = buffer.frames() as f64;
        let (begin, end) = (onset.shot.get(Param::Begin), onset.shot.get(Param::End));
        let speed = onset.shot.get(Param::Speed);
        let transposed = ratio(onset.shot.get(Param::MidiNote) - 60.0);
        let rates = f64::from(buffer.rate()) / f64::from(onset.rate);
        let place = |share: f32| (f64::from(share) * frames).round() as Place * FRAME as Place;
        (self.from, self.to) = (place(begin.min(end)), place(begin.max(end)));
        let stretch = f64::from(onset.shot.get(Param::Stretch));
        self.speed = f64::from(speed) * f64::from(transposed) * rates / stretch;
        self.step = (self.speed * FRAME) as Place;
        self.looping = onset.shot.get(Param::Loop) >= 1.0;
        let backwards = self.speed < 0.0;
        self.again = (self.from, self.to);
        if self.looping {
            let [first, last] = [Param::LoopBegin, Param::LoopEnd].map(|p| onset.shot.get(p));
            let (first, last) = (place(first.min(last)), place(first.max(last)));
            if last > first {
                self.again = (first.max(self.from), last.min(self.to));
            }
            let (first, last) = self.again;
            // What lies behind the loop is never reached.
            match (last > first, backwards) {
                (false, _) => self.again = (self.from, self.to),
                (true, false) => self.to = last,
                (true, true) => self.from = first,
            }
        }
        self.at = if backwards { self.to - FRAME as Place } else { self.from };
        self.cut_in = if backwards { end.max(begin) < 1.0 } else { begin.min(end) > 0.0 };
        let [into, out] = [Param::FadeInTime, Param::FadeTime].map(|p| onset.shot.get(p));
        self.edges = ((into * onset.rate).max(1.0), (out * onset.rate).max(1.0));
        // At no speed nothing ever moves, and an empty part has nothing to read.
        let sounds = self.speed.abs() > 1e-6 && self.to > self.from;
        self.cell = sounds.then_some(cell);
    }

    fn render(&mut self, moment: &Moment, out: &mut Frames) -> Life {
        let buffer = self.cell.and_then(|cell| moment.samples.get(cell));
        let Some(buffer) = buffer else {
            out.mono().fill(0.0);
            return Life::Over;
        };
        let even = moment.bend == (1.0, 1.0);
        if self.clear == 0 || !even || out.start > 0 {
            return self.look_and_read(buffer, moment, out);
        }
        self.clear -= 1;
        out.stereo = buffer.stereo();
        interpolate(buffer.channel(0), self.at, self.step, &mut out.left);
        if out.stereo {
            interpolate(buffer.channel(1), self.at, self.step, &mut out.right);
        }
        self.at += self.step * BLOCK as Place;
        Life::Sounding
    }
}

impl Sampler {
    /// Makes a block that may reach an end of the part or a fade, or whose speed changes.
    #[inline(never)]
    fn look_and_read(&mut self, buffer: &SampleBuffer, moment: &Moment, out: &mut Frames) -> Life {
        let even = moment.bend == (1.0, 1.0);
        let step = match even {
            true => self.step,
            false => (self.speed * f64::from(moment.bend()) * FRAME) as Place,
        };
        let before = self.at;
        let life = if buffer.stereo() {
            let (left, right) = out.both();
            self.read(buffer.channel(0), step, left);
            self.at = before;
            self.read(buffer.channel(1), step, right)
        } else {
            self.read(buffer.channel(0), step, out.mono())
        };
        let after = core::mem::replace(&mut self.at, before);
        self.fade(step, out);
        self.at = after;
        self.age += (BLOCK - out.start) as f32;
        self.clear = if even { self.clear_blocks() } else { 0 };
        life
    }

    /// Reads one channel into `out`; silence follows the end of the part.
    fn read(&mut self, data: &[f32], step: Place, mut out: &mut [f32]) -> Life {
        while !out.is_empty() {
            if !self.inside() {
                if !self.looping {
                    out.fill(0.0);
                    return Life::Over;
                }
                self.wrap();
            }
            let last = self.at + step * (out.len() as Place - 1);
            let whole = last >= self.from && last < self.to;
            let room = if whole { out.len() } else { self.left(step).min(out.len()) };
            let (now, later) = out.split_at_mut(room);
            interpolate(data, self.at, step, now);
            self.at += step * now.len() as Place;
            out = later;
        }
        Life::Sounding
    }
}

/// Reads `out.len()` frames from place `at` on in steps of `pace`.
fn interpolate(data: &[f32], at: Place, pace: Place, out: &mut [f32]) {
    let room = ((SPAN - 2) as Place) << 32;
    let most = if pace.abs() <= room / BLOCK as Place {
        BLOCK
    } else {
        (room / pace.abs()).max(1) as usize
    };
    let mut at = at;
    for now in out.chunks_mut(most) {
        let first = at.min(at + pace * (now.len() as Place - 1)) >> 32;
        let from = (first + PAD as Place - 1).max(0) as usize;
        let near = data.get(from..).unwrap_or(&[]);
        let small = |place: Place| (place >> (32 - FINE)) as u32;
        let (start, step) = (small(at - (first << 32)), small(pace));
        match near.first_chunk() {
            Some(window) => cubic(window, start, step, now),
            None => {
                let mut window = [0.0; WINDOW];
                window.iter_mut().zip(near).for_each(|(to, x)| *to = *x);
                cubic(&window, start, step, now);
            }
        }
        at += pace * now.len() as Place;
    }
}
