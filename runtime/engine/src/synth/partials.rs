//! Decaying sine partials, eight at a time: the modes of strings, bars and bells.

use multiversion::multiversion;

use crate::BLOCK;
use crate::math::{cos_turns, fall, sin_turns};

/// Partials computed side by side.
const LANES: usize = 8;

/// A partial to be struck.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mode {
    /// Frequency in cycles a frame.
    pub frequency: f32,
    /// Level at the start.
    pub level: f32,
    /// Seconds in which it falls by 60 dB.
    pub decay: f32,
}

/// Up to `8 * GROUPS` partials, each a complex number that turns and shrinks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Partials<const GROUPS: usize> {
    groups: [Group; GROUPS],
    count: usize,
    bend: f32,
}

#[derive(Clone, Copy, Debug, Default)]
struct Group {
    re: [f32; LANES],
    im: [f32; LANES],
    cos: [f32; LANES],
    sin: [f32; LANES],
    frequency: [f32; LANES],
    radius: [f32; LANES],
}

impl<const GROUPS: usize> Default for Partials<GROUPS> {
    fn default() -> Self {
        Partials { groups: [Group::default(); GROUPS], count: 0, bend: 1.0 }
    }
}

impl<const GROUPS: usize> Partials<GROUPS> {
    /// Damps all partials at once.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Strikes one more partial; none that cannot be heard at this rate, none beyond the room.
    pub fn strike(&mut self, mode: Mode, rate: f32) {
        if mode.frequency >= 0.45 {
            return;
        }
        let lane = self.count % LANES;
        if let Some(group) = self.groups.get_mut(self.count / LANES) {
            group.re[lane] = mode.level;
            group.im[lane] = 0.0;
            group.frequency[lane] = mode.frequency;
            group.radius[lane] = fall(mode.decay, rate);
            group.turn(1.0);
            self.count += 1;
        }
    }

    /// Adds the next stretch to `out`; `bend` is a factor of all frequencies.
    pub fn add(&mut self, bend: f32, out: &mut [f32]) {
        let used = self.count.div_ceil(LANES).min(GROUPS);
        for group in &mut self.groups[..used] {
            if bend != self.bend {
                group.turn(bend);
            }
        }
        add(&mut self.groups[..used], out);
        self.bend = bend;
    }

    /// The loudest partial's level now.
    pub fn level(&self) -> f32 {
        let loudest = |g: &Group| {
            g.re.iter().zip(&g.im).map(|(re, im)| re * re + im * im).fold(0.0, f32::max)
        };
        self.groups.iter().map(loudest).fold(0.0, f32::max).sqrt()
    }
}

impl Group {
    /// Sets the turn of each frame for a factor of the frequencies.
    fn turn(&mut self, bend: f32) {
        for lane in 0..LANES {
            let turns = (self.frequency[lane] * bend).min(0.49);
            self.cos[lane] = self.radius[lane] * cos_turns(turns);
            self.sin[lane] = self.radius[lane] * sin_turns(turns);
        }
    }
}

/// Adds the next stretch of all groups to `out`: first all groups lane by lane, then the lanes.
#[multiversion(targets("x86_64+avx2"))]
fn add(groups: &mut [Group], out: &mut [f32]) {
    let mut sums = [[0.0; LANES]; BLOCK];
    for group in groups {
        let Group { mut re, mut im, cos, sin, .. } = *group;
        for sum in sums.iter_mut().take(out.len()) {
            let (mut turned, mut risen) = ([0.0; LANES], [0.0; LANES]);
            for lane in 0..LANES {
                turned[lane] = re[lane] * cos[lane] - im[lane] * sin[lane];
                risen[lane] = re[lane] * sin[lane] + im[lane] * cos[lane];
                sum[lane] += risen[lane];
            }
            (re, im) = (turned, risen);
        }
        let audible = |x: f32| if x.abs() < 1e-12 { 0.0 } else { x };
        group.re = re.map(audible);
        group.im = im.map(audible);
    }
    for (y, x) in out.iter_mut().zip(&sums) {
        let pairs = [x[0] + x[4], x[1] + x[5], x[2] + x[6], x[3] + x[7]];
        *y += (pairs[0] + pairs[2]) + (pairs[1] + pairs[3]);
    }
}
