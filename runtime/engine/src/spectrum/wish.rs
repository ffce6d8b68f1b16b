//! What a shot asks of the spectrum, in the terms of SuperDirt's effects.

use super::LATE;
use crate::param::Param;
use crate::shot::Shot;

/// Longest delay of a band, in seconds.
pub(super) const LONGEST: f32 = 0.2;

/// The spectral effects of one voice.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Wish {
    pub(super) freeze: bool,
    /// Teeth of the comb and the share of each that passes.
    pub(super) comb: Option<(f32, f32)>,
    /// Bins to either side over which magnitudes are averaged.
    pub(super) smear: usize,
    pub(super) scram: f32,
    /// Factor of each frequency, and the bins that are added to it.
    pub(super) shift: Option<(f32, f32)>,
    /// Shares of the spectrum that are cut away below, and above.
    pub(super) brick: (f32, f32),
    /// The number of the conformal map.
    pub(super) conform: Option<(f32, f32)>,
    pub(super) enhance: f32,
    /// Delay of the bands in seconds, and the bits of their numbers that count.
    pub(super) bands: Option<(f32, u32)>,
}

impl Wish {
    /// What `shot` asks for; `None` if it is nothing.
    pub fn of(shot: &Shot) -> Option<Wish> {
        const ALL: [Param; 12] = [
            Param::Freeze,
            Param::Comb,
            Param::Smear,
            Param::Scram,
            Param::BinShift,
            Param::Stretch,
            Param::HighBrick,
            Param::LowBrick,
            Param::ConformReal,
            Param::ConformImaginary,
            Param::Enhance,
            Param::BandDelay,
        ];
        let asked = |p: Param| shot.asked(p);
        if !ALL.into_iter().any(asked) && !asked(Param::BandPattern) {
            return None;
        }
        let comb = shot.get(Param::Comb);
        let smear = shot.get(Param::Smear);
        let conform = asked(Param::ConformReal) || asked(Param::ConformImaginary);
        let (real, imaginary) = (shot.get(Param::ConformReal), shot.get(Param::ConformImaginary));
        let bands = asked(Param::BandDelay) || asked(Param::BandPattern);
        let wish = Wish {
            freeze: shot.get(Param::Freeze) > 0.0,
            comb: (comb > 0.0).then_some((256.0 * comb, 1.0 - comb)),
            smear: if smear > 0.0 { 64f32.powf(smear).round() as usize } else { 0 },
            scram: shot.get(Param::Scram),
            shift: shift(shot),
            brick: (0.6 * shot.get(Param::HighBrick), shot.get(Param::LowBrick)),
            conform: conform.then_some((0.01 + 1.99 * real, 0.01 + 9.99 * imaginary)),
            enhance: shot.get(Param::Enhance),
            bands: bands.then_some((
                LONGEST * shot.get(Param::BandDelay),
                shot.get(Param::BandPattern) as u32,
            )),
        };
        (wish.windows() || bands).then_some(wish)
    }

    /// Whether anything is done to windows.
    pub(super) fn windows(&self) -> bool {
        self.freeze
            || self.comb.is_some()
            || self.smear > 0
            || self.scram > 0.0
            || self.shift.is_some()
            || self.brick != (0.0, 0.0)
            || self.conform.is_some()
            || self.enhance > 0.0
    }

    /// Whether what comes out is kept in bounds.
    pub(super) fn bounded(&self) -> bool {
        self.conform.is_some() || self.enhance > 0.0
    }

    /// Frames by which the voice must be ahead.
    pub fn late(&self) -> usize {
        if self.windows() { LATE } else { 0 }
    }

    /// Frames for which something may be heard after the last that goes in.
    pub fn tail(&self, rate: f32) -> usize {
        let bands = self.bands.map_or(0.0, |(delay, _)| delay + 0.3);
        let windows = if self.windows() { LATE + super::SIZE } else { 0 };
        windows + (bands * rate) as usize
    }

    /// Whether it sounds until its note ends, whatever goes in.
    pub fn endless(&self) -> bool {
        self.freeze
    }
}

/// `binshift` stretches the spectrum and then shifts it; `stretch` of a recording, which is played so
/// much slower, brings its pitch back.
fn shift(shot: &Shot) -> Option<(f32, f32)> {
    let binshift = shot.asked(Param::BinShift).then(|| shot.get(Param::BinShift));
    let pitch = shot.get(Param::Stretch);
    let stretched = shot.sample.is_some() && pitch != 1.0;
    if binshift.is_none() && !stretched {
        return None;
    }
    let pitch = if stretched { pitch } else { 1.0 };
    let (ratio, by) = binshift.map_or((1.0, 0.0), |b| (0.01 + 3.99 * b, 10.0 * b));
    Some((pitch * ratio, by))
}
