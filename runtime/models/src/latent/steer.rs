//! Directions that are followed up: a step along one that has less of what was to be more is taken
//! back, and another is looked for.
//!
//! A direction holds for music on average. From where a window lies it may lead elsewhere: the way to
//! narrower leaps passes points whose leaps are wider. So each window is measured before and after;
//! where it went the wrong way, steps of other lengths are tried, then steps from points near by, and
//! the first that goes the right way is taken. If none does, the window stays as it is.

use super::change::{Cell, Change, Origin, Request, Version};
use super::measure::measure;
use super::{LatentModel, Point, Wish};
use crate::trouble::Trouble;

/// Lengths of further steps, as parts of the one that was asked for.
const LENGTHS: [f64; 4] = [1.5, 2.0, 3.0, 0.5];
/// Other beginnings, each so far on the way to a point drawn by chance.
const NEAR: [f64; 8] = [0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45];

/// A window that went the wrong way.
struct Astray<'r> {
    request: &'r Request,
    /// Which of the requests that is, and where its window begins.
    place: (usize, usize),
    what: &'r str,
    direction: Point,
    own: Point,
    version: Version,
}

impl LatentModel {
    /// Makes the windows anew that went the wrong way. `versions` and `points` are those of every
    /// window, in the order of the requests; `music` is what became of these.
    pub(super) fn steer(
        &mut self,
        requests: &[Request],
        versions: &[Version],
        points: &[Point],
        music: &mut [Vec<Cell>],
    ) -> Result<(), Trouble> {
        let mut astray = Vec::new();
        let mut windows = versions.iter().zip(points);
        for (index, request) in requests.iter().enumerate() {
            for first in request.firsts() {
                let Some((version, own)) = windows.next() else { return Ok(()) };
                let Change::More(what) = &request.change else { continue };
                let cells = music.get(index).and_then(|cells| cells.get(request.span(first)));
                if self.is_wrong(request, what, first, cells.unwrap_or_default()) {
                    let direction = self.direction(what)?;
                    let (own, version) = (own.clone(), version.clone());
                    let place = (index, first);
                    astray.push(Astray { request, place, what, direction, own, version });
                }
            }
        }
        if astray.is_empty() {
            return Ok(());
        }
        let steps: Vec<Wish> = astray.iter().flat_map(Astray::steps).collect();
        let mut written = self.decode(&steps)?.into_iter();
        for window in astray {
            let tried: Vec<Vec<u16>> = written.by_ref().take(LENGTHS.len() + NEAR.len()).collect();
            let (index, first) = window.place;
            let right = tried.into_iter().find_map(|moved| {
                let version = Version { moved, ..window.version.clone() };
                let cells = window.request.cells(self.kind, first, &version);
                self.is_right(window.request, window.what, first, &cells).then_some(cells)
            });
            let kept = || window.request.kept(first);
            let cells = right.unwrap_or_else(kept);
            if let Some(music) = music.get_mut(index) {
                music.iter_mut().skip(first).zip(cells).for_each(|(to, from)| *to = from);
            }
        }
        Ok(())
    }

    /// How much more a window has of something than the music it was, counted in the direction that
    /// was asked for; nothing if that cannot be said.
    fn gain(&self, request: &Request, what: &str, first: usize, cells: &[Cell]) -> Option<f64> {
        let amounts: Vec<f64> = (first..first + cells.len()).map(|at| request.amount(at)).collect();
        let (most, least) = amounts
            .iter()
            .fold((0.0, 0.0), |(most, least): (f64, f64), &x| (most.max(x), least.min(x)));
        // (a window in which more turns into less has no one direction)
        if (most > 0.0) == (least < 0.0) {
            return None;
        }
        let symbols: Vec<u16> = cells.iter().map(|cell| cell.symbol).collect();
        let before = request.one.get(first..first + cells.len())?;
        let grown = measure(self.kind, what, &symbols)? - measure(self.kind, what, before)?;
        Some(if most > 0.0 { grown } else { -grown })
    }

    fn is_wrong(&self, request: &Request, what: &str, first: usize, cells: &[Cell]) -> bool {
        self.gain(request, what, first, cells).is_some_and(|gain| gain < 0.0)
    }

    fn is_right(&self, request: &Request, what: &str, first: usize, cells: &[Cell]) -> bool {
        self.gain(request, what, first, cells).is_some_and(|gain| gain > 0.0)
    }
}

impl Astray<'_> {
    /// Further steps, those that change least first.
    fn steps(&self) -> impl Iterator<Item = Wish> {
        let (_, first) = self.place;
        let request = self.request;
        let wish = move |path| request.moved(first, path);
        let longer = LENGTHS
            .iter()
            .map(move |length| wish(request.along(first, &self.own, &self.direction, *length)));
        let near = NEAR.iter().enumerate().map(move |(turn, part)| {
            let seed = request.seed.wrapping_add(first as i64).wrapping_add(1 + turn as i64);
            let start = self.own.slerp(&Point::drawn(self.own.0.len(), seed), *part);
            wish(request.along(first, &start, &self.direction, 1.0))
        });
        longer.chain(near)
    }
}

impl Request {
    /// A window as it was.
    fn kept(&self, first: usize) -> Vec<Cell> {
        let own = self.one.get(self.span(first)).unwrap_or_default();
        own.iter().map(|&symbol| Cell { symbol, origin: Origin::One }).collect()
    }
}
