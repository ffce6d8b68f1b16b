//! The latent space: two bars of melody or drums as a point, among which there are ways.
//!
//! An encoder reads a window as a [`Point`], a decoder writes the window of a point. A
//! [`change`] of hand-written music is made there: its points move, and what the decoder then writes
//! differently is changed in the music; what it writes as before is kept as it was.

pub mod change;
mod hits;
mod measure;
mod notes;
mod point;
mod steer;

use std::path::Path;

use ndarray::{Array2, ArrayViewD};

pub use change::{Cell, Change, Origin};
pub use hits::{ChangedHit, DrumChange};
pub use notes::{ChangedNote, MelodyChange};
pub use point::Point;

use crate::card::Card;
use crate::heads;
use crate::loaded::Loaded;
use crate::net::{Encode, Net};
use crate::onnx::Runtime;
use crate::sample::{Rng, Taste, pick};
use crate::sequence::Sequence;
use crate::trouble::Trouble;
use crate::vocab::latent::{BARS, Kind};

/// An autoencoder that is ready to read and write.
pub struct LatentModel {
    loaded: Loaded,
    encoder: Box<dyn Encode>,
    kind: Kind,
}

/// Two bars: a symbol for every sixteenth, and the sixteenths in a bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// Symbols of [`crate::vocab::latent`].
    pub symbols: Vec<u16>,
    /// Sixteenths in a bar.
    pub bar: usize,
}

/// A window to be written.
#[derive(Debug, Clone)]
pub struct Wish {
    /// The point at every sixteenth; the last one stays.
    pub path: Vec<Point>,
    /// Sixteenths in a bar.
    pub bar: usize,
    /// How boldly; a temperature of 0 writes the likeliest.
    pub taste: Taste,
    /// The same seed writes the same window.
    pub seed: i64,
}

impl LatentModel {
    /// Opens a model's folder on a device (`cpu` if in doubt); see [`Runtime::network`].
    ///
    /// # Errors
    /// When the folder holds no autoencoder of this kind that this version can run.
    pub fn open(
        folder: &Path,
        runtime: &Runtime,
        device: &str,
        kind: Kind,
    ) -> Result<Self, Trouble> {
        let loaded = Loaded::open(folder, runtime, device, kind.vocabulary())?;
        let card = Card::read(folder)?;
        let (encoder, _) = runtime.encoder(folder, &card, device)?;
        Ok(Self { loaded, encoder: Box::new(encoder), kind })
    }

    /// A model around any networks, for tests.
    pub fn with_nets(net: Box<dyn Net>, encoder: Box<dyn Encode>, kind: Kind) -> Self {
        Self { loaded: Loaded::with_net(net, kind.vocabulary()), encoder, kind }
    }

    /// What it reads and writes.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The model's card, unless it was made with [`LatentModel::with_nets`].
    pub fn card(&self) -> Option<&Card> {
        self.loaded.card.as_ref()
    }

    /// What the performer should know about how the model runs: a device that was not usable.
    pub fn notice(&self) -> Option<&str> {
        self.loaded.notice.as_deref()
    }

    /// The middle of each window's points. Each depends on its own window only.
    ///
    /// # Errors
    /// When bars are too long for the model, or the network fails.
    pub fn encode(&mut self, windows: &[Window]) -> Result<Vec<Point>, Trouble> {
        if windows.is_empty() {
            return Ok(Vec::new());
        }
        let rows: Vec<Vec<i64>> = windows
            .iter()
            .map(|window| {
                self.fits(window.bar).map(|()| self.kind.entry(&window.symbols, window.bar))
            })
            .collect::<Result<_, _>>()?;
        let columns = self.kind.longest() + 1;
        let filled = Array2::from_shape_fn((rows.len(), columns), |(row, column)| {
            rows.get(row).and_then(|row| row.get(column)).copied().unwrap_or(0)
        });
        let reading = self.encoder.encode(filled)?;
        Ok(reading.mean.outer_iter().map(|row| Point(row.to_vec())).collect())
    }

    /// The windows of points: symbols for two bars each. The same seed writes the same window,
    /// whatever else is asked for.
    ///
    /// # Errors
    /// When bars are too long for the model, or the network fails.
    pub fn decode(&mut self, wishes: &[Wish]) -> Result<Vec<Vec<u16>>, Trouble> {
        wishes.iter().try_for_each(|wish| self.fits(wish.bar))?;
        let mut writers: Vec<Writer<'_>> =
            wishes.iter().map(|wish| Writer::new(wish, self.kind)).collect();
        self.loaded.run(&mut writers)?;
        Ok(writers.into_iter().map(|writer| writer.written).collect())
    }

    /// What to add to a point for one deviation more of something, by its name in the card.
    fn direction(&self, name: &str) -> Result<Point, Trouble> {
        let directions = self.card().map(|card| &card.directions);
        if let Some(found) = directions.and_then(|all| all.get(name)) {
            return Ok(Point(found.clone()));
        }
        let known = directions.into_iter().flatten().map(|(name, _)| name.as_str());
        Err(no_direction(name, &known.collect::<Vec<_>>()))
    }

    fn fits(&self, bar: usize) -> Result<(), Trouble> {
        if bar > 0 && BARS * bar <= self.kind.longest() {
            return Ok(());
        }
        let most = self.kind.longest() / BARS;
        Err(Trouble::new(
            format!("a bar of {bar} sixteenths does not fit into the latent space"),
            format!("bars have 1 to {most} sixteenths there; 4/4 has 16"),
        ))
    }
}

/// That there is no direction of this name, which there are, and which may be meant.
pub fn no_direction(name: &str, known: &[&str]) -> Trouble {
    let what = format!("a model cannot make more or less of `{name}`");
    let same = |other: &&&str| {
        let (a, b) = (name.chars().take(3), other.chars().take(3));
        a.map(|c| c.to_ascii_lowercase()).eq(b)
    };
    let all = known.join(", ");
    match known.iter().find(same) {
        Some(meant) => Trouble::new(what, format!("did you mean `{meant}`? there are {all}")),
        None => Trouble::new(what, format!("there are {all}")),
    }
}

/// A window that is being written: one sequence of a batch.
struct Writer<'a> {
    wish: &'a Wish,
    kind: Kind,
    written: Vec<u16>,
    rng: Rng,
}

impl<'a> Writer<'a> {
    fn new(wish: &'a Wish, kind: Kind) -> Self {
        Self { wish, kind, written: Vec::new(), rng: Rng::new(wish.seed) }
    }
}

impl Sequence for Writer<'_> {
    fn ended(&self) -> bool {
        self.written.len() >= BARS * self.wish.bar
    }

    fn row(&self, columns: &mut [i64], reals: &mut [f32]) {
        let at = self.written.len().min(self.wish.path.len().saturating_sub(1));
        if let Some(point) = self.wish.path.get(at) {
            reals.iter_mut().zip(&point.0).for_each(|(to, from)| *to = *from);
        }
        self.kind.row(&self.written, self.wish.bar, columns, reals);
    }

    fn take(&mut self, answers: &[ArrayViewD<'_, f32>]) {
        let logs = heads::all(answers.first());
        let symbol =
            pick(logs.iter().copied(), |_| true, self.wish.taste, &mut self.rng).unwrap_or(0);
        self.written.push(u16::try_from(symbol).unwrap_or(0));
    }
}
