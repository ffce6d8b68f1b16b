//! Changes of music by way of its points: between, vary, toward, away, more of something.
//!
//! Music of any number of bars is read in windows of two; an odd last bar is read with the first
//! one after it, as patterns go round. Of each window three versions are written: of its own point,
//! of the other music's, and of the moved one. Where the last is as the first, the music stays as it
//! is; where it is as the second, it becomes the other music; elsewhere it is new. So no change at
//! all changes nothing, however well the windows come back.

use super::{LatentModel, Point, Window, Wish};
use crate::sample::Taste;
use crate::trouble::Trouble;
use crate::vocab::latent::{BARS, Kind};

/// What becomes of music.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// The way from it (amount 0) to other music (1).
    Between,
    /// The way to music drawn by chance (1).
    Vary,
    /// The straight way towards other music, beyond it above 1; below 0 away from it.
    Toward,
    /// So many deviations more of something; less below 0. Names are those of the card.
    More(String),
}

/// Where a sixteenth comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The music itself.
    One,
    /// The other music.
    Other,
    /// The model.
    New,
}

/// What stands at a sixteenth after a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell {
    /// A symbol of [`crate::vocab::latent`].
    pub symbol: u16,
    /// Where a melody's symbol comes from. Drums' classes each come from where they can.
    pub origin: Origin,
}

/// A change to be made, in symbols.
#[derive(Debug, Clone)]
pub struct Request {
    /// The music, a whole number of bars.
    pub one: Vec<u16>,
    /// Other music, a whole number of bars; it goes round if it is shorter.
    pub other: Vec<u16>,
    /// Sixteenths in a bar.
    pub bar: usize,
    /// What becomes of it.
    pub change: Change,
    /// How much, at every sixteenth; the last one stays.
    pub amounts: Vec<f64>,
    /// 0 writes the likeliest.
    pub temperature: f64,
    /// Of what is drawn.
    pub seed: i64,
}

impl LatentModel {
    /// Makes changes, all in one batch; see the module.
    ///
    /// # Errors
    /// When music is empty, its bars are too long, a direction is unknown, or a network fails.
    pub fn change(&mut self, requests: &[Request]) -> Result<Vec<Vec<Cell>>, Trouble> {
        let mut windows = Vec::new();
        for request in requests {
            request.check()?;
            for first in request.firsts() {
                windows.push(request.window(&request.one, first));
                if !request.other.is_empty() {
                    windows.push(request.window(&request.other, first));
                }
            }
        }
        let points = self.encode(&windows)?;
        let mut wishes = Vec::new();
        let mut own_points = Vec::new();
        let mut points = points.into_iter();
        for request in requests {
            let direction = match &request.change {
                Change::More(name) => Some(self.direction(name)?),
                _ => None,
            };
            for first in request.firsts() {
                let own = points.next().unwrap_or(Point(Vec::new()));
                let other = if request.other.is_empty() { None } else { points.next() };
                let aim = other.as_ref().or(direction.as_ref());
                let path = request.path(self.kind, first, &own, aim);
                wishes.push(request.plain(own.clone()));
                wishes.push(request.moved(first, path));
                wishes.extend(other.map(|point| request.plain(point)));
                own_points.push(own);
            }
        }
        let mut written = self.decode(&wishes)?.into_iter();
        let mut versions = Vec::new();
        let mut music = Vec::new();
        for request in requests {
            let mut cells = Vec::with_capacity(request.one.len());
            for first in request.firsts() {
                let own = written.next().unwrap_or_default();
                let moved = written.next().unwrap_or_default();
                let other = if request.other.is_empty() { None } else { written.next() };
                let version = Version { own, moved, other };
                cells.extend(request.cells(self.kind, first, &version));
                versions.push(version);
            }
            music.push(cells);
        }
        self.steer(requests, &versions, &own_points, &mut music)?;
        Ok(music)
    }
}

/// What was written of a window: of its own point, of the moved one, of the other music's.
#[derive(Debug, Clone)]
pub(super) struct Version {
    pub own: Vec<u16>,
    pub moved: Vec<u16>,
    pub other: Option<Vec<u16>>,
}

impl Request {
    fn check(&self) -> Result<(), Trouble> {
        let whole = |steps: usize| self.bar > 0 && steps.is_multiple_of(self.bar);
        if self.one.is_empty() || !whole(self.one.len()) || !whole(self.other.len()) {
            return Err(Trouble::new(
                "music to be changed has whole bars, at least one",
                "fill it up",
            ));
        }
        if !(0.0..=10.0).contains(&self.temperature) {
            return Err(Trouble::new(
                format!("a temperature of {} is out of range", self.temperature),
                "0 writes the likeliest, 1 as the model has it, up to 10 are allowed",
            ));
        }
        if let Some(amount) = self.amounts.iter().find(|a| !(-10.0..=10.0).contains(*a)) {
            return Err(Trouble::new(
                format!("a change by {amount} is out of range"),
                "0 changes nothing, 1 is all the way; -10 to 10 are allowed",
            ));
        }
        Ok(())
    }

    /// The first sixteenth of every window.
    pub(super) fn firsts(&self) -> impl Iterator<Item = usize> + use<> {
        (0..self.one.len()).step_by((BARS * self.bar).max(1))
    }

    fn window(&self, music: &[u16], first: usize) -> Window {
        let turning = music.iter().cycle().skip(first % music.len().max(1));
        Window { symbols: turning.take(BARS * self.bar).copied().collect(), bar: self.bar }
    }

    /// The point as it is, written as is likeliest.
    fn plain(&self, point: Point) -> Wish {
        let taste = Taste { temperature: 0.0, top_p: 1.0 };
        Wish { path: vec![point], bar: self.bar, taste, seed: 0 }
    }

    /// How much at a sixteenth.
    pub(super) fn amount(&self, step: usize) -> f64 {
        self.amounts.get(step).or(self.amounts.last()).copied().unwrap_or(0.0)
    }

    /// The moved point at every sixteenth of a window; `aim` is what it moves to, or along.
    fn path(&self, kind: Kind, first: usize, own: &Point, aim: Option<&Point>) -> Vec<Point> {
        let drawn = Point::drawn(own.0.len(), self.seed.wrapping_add(first as i64));
        let aim = aim.unwrap_or(&drawn);
        let moved = |step| {
            let part = eased(kind, &self.change, self.amount(step));
            match &self.change {
                Change::Between => own.slerp(aim, part.clamp(0.0, 1.0)),
                Change::Vary => own.slerp(&drawn, part.clamp(0.0, 1.0)),
                Change::Toward => own.lerp(aim, part),
                Change::More(_) => own.plus(aim, part),
            }
        };
        (first..first + BARS * self.bar).map(moved).collect()
    }

    /// The point at every sixteenth of a window, `length` times as far along a direction as is asked
    /// for.
    pub(super) fn along(&self, first: usize, own: &Point, aim: &Point, length: f64) -> Vec<Point> {
        let steps = first..first + BARS * self.bar;
        steps.map(|step| own.plus(aim, length * self.amount(step))).collect()
    }

    /// A window to be written of moved points.
    pub(super) fn moved(&self, first: usize, path: Vec<Point>) -> Wish {
        let taste = Taste { temperature: self.temperature, top_p: 1.0 };
        Wish { path, bar: self.bar, taste, seed: self.seed.wrapping_add(first as i64) }
    }

    /// The sixteenths of a window, as far as there is music.
    pub(super) fn span(&self, first: usize) -> std::ops::Range<usize> {
        first..(first + BARS * self.bar).min(self.one.len())
    }

    /// The music of a window after the change.
    pub(super) fn cells(&self, kind: Kind, first: usize, version: &Version) -> Vec<Cell> {
        let cell = |(step, at): (usize, usize)| {
            let of = |symbols: &[u16]| symbols.get(step).copied().unwrap_or(0);
            let here = self.one.get(at).copied().unwrap_or(0);
            let there = version.other.as_deref().map(|symbols| {
                let turned = self.other.get(at % self.other.len().max(1));
                (of(symbols), turned.copied().unwrap_or(0))
            });
            let near = self.amount(at) <= 0.5;
            merge(kind, of(&version.moved), (of(&version.own), here), there, near)
        };
        self.span(first).enumerate().map(cell).collect()
    }
}

/// How far along its way a change by an amount goes. A rhythm holds on to what it is near the ends of
/// a way, and to what it is itself for half of the way to a drawn point; so drums go there faster, and the
/// music changes evenly with the amount (`training/README.md`).
fn eased(kind: Kind, change: &Change, amount: f64) -> f64 {
    if kind == Kind::Melody || !(0.0..=1.0).contains(&amount) {
        return amount;
    }
    match change {
        Change::Between | Change::Toward => {
            let off = 2.0 * amount - 1.0;
            0.5 + 0.5 * off * off.abs().sqrt()
        }
        Change::Vary => amount.sqrt(),
        Change::More(_) => amount,
    }
}

/// What was written after a move, against (as it comes back, as it is) of the music and the other.
fn merge(kind: Kind, moved: u16, one: (u16, u16), other: Option<(u16, u16)>, near: bool) -> Cell {
    match kind {
        Kind::Melody => {
            let is = |pair: Option<(u16, u16)>| pair.filter(|pair| pair.0 == moved);
            match (is(Some(one)), is(other)) {
                (Some(_), Some((_, symbol))) if !near => Cell { symbol, origin: Origin::Other },
                (Some((_, symbol)), _) => Cell { symbol, origin: Origin::One },
                (None, Some((_, symbol))) => Cell { symbol, origin: Origin::Other },
                (None, None) => Cell { symbol: moved, origin: Origin::New },
            }
        }
        Kind::Drums => {
            // Class by class. A class is there or not: as the music's version or unlike it, and
            // then it is as the other's, if there is one that differs.
            let unlike_one = moved ^ one.0;
            let from_other = other.map_or(0, |(back, _)| {
                let like = !(moved ^ back);
                if near { unlike_one & like } else { like }
            });
            let from_one = !unlike_one & !from_other;
            let made = unlike_one & !from_other;
            let there = other.map_or(0, |(_, symbols)| symbols);
            let symbol = (one.1 & from_one) | (there & from_other) | (moved & made);
            Cell { symbol: symbol & 0x1ff, origin: Origin::New }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_as_before_is_kept_as_it_was() {
        let melody = |moved, near| merge(Kind::Melody, moved, (5, 6), Some((7, 8)), near);
        assert_eq!(melody(5, true), Cell { symbol: 6, origin: Origin::One });
        assert_eq!(melody(7, true), Cell { symbol: 8, origin: Origin::Other });
        assert_eq!(melody(9, true), Cell { symbol: 9, origin: Origin::New });
        let same = |near| merge(Kind::Melody, 5, (5, 6), Some((5, 8)), near).symbol;
        assert_eq!((same(true), same(false)), (6, 8));
    }

    #[test]
    fn drums_leave_the_ends_of_a_way_quickly_and_melodies_go_evenly() {
        let ways = [Change::Between, Change::Toward, Change::Vary];
        for change in &ways {
            let along = |kind| move |i: i32| eased(kind, change, f64::from(i) / 8.0);
            let drums: Vec<f64> = (0..=8).map(along(Kind::Drums)).collect();
            assert_eq!((drums[0], drums[8]), (0.0, 1.0), "{change:?}");
            assert!(drums.windows(2).all(|pair| pair[0] < pair[1]), "{change:?}: {drums:?}");
            assert!(drums[1] > 0.15, "{change:?}: {drums:?}");
            assert!((0..=8).map(along(Kind::Melody)).eq((0..=8).map(|i| f64::from(i) / 8.0)));
            assert_eq!(eased(Kind::Drums, change, -0.5), -0.5, "away is straight");
        }
        assert_eq!(eased(Kind::Drums, &Change::Between, 0.5), 0.5);
    }

    #[test]
    fn drums_are_kept_class_by_class() {
        // The kick comes back, the snare was lost on the way and stays lost in the version, so it
        // is kept; the hat is new.
        let cell = merge(Kind::Drums, 0b101, (0b001, 0b011), None, true);
        assert_eq!(cell.symbol, 0b111);
        let there = merge(Kind::Drums, 0b100, (0b001, 0b001), Some((0b100, 0b110)), false);
        assert_eq!(there.symbol, 0b110);
    }
}
