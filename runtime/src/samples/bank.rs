//! The recordings that an engine has: loaded when they are first played, taken away when room is
//! needed.

use super::{Decoded, Impulse, Note, Shared, font, own};
use crate::clock::Frame;
use crate::device::RATE;
use crate::notice::Notices;
use mag_engine::{Control, SAMPLES, SampleBuffer, SampleId};
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::Receiver;

/// Memory that decoded recordings may take, in bytes.
pub const ROOM: usize = 512 << 20;

/// What became of a wish for a recording.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Take {
    /// The engine has it, under this number; it lasts so many seconds.
    Ready(SampleId, f64),
    /// It is silent: not there yet, or not to be had.
    Silent,
    /// No folder has a sound of this name.
    Unknown,
}

/// A recording that a note starts, and the parameters under which it is played.
pub type Layer = (SampleId, Vec<(&'static str, f32)>);

/// A recording that the engine has.
struct Loaded {
    id: SampleId,
    seconds: f64,
    bytes: usize,
    /// When it was last asked for.
    last: Frame,
}

/// Knows which recordings the engine has; belongs to whoever has its control.
pub struct Bank {
    shared: Arc<Shared>,
    /// What the worker decodes; without one, recordings are decoded when they are asked for.
    arriving: Option<Receiver<Decoded>>,
    /// What is there; `None` if it cannot be had.
    files: HashMap<Arc<Path>, Option<Loaded>>,
    free: Vec<SampleId>,
    bytes: usize,
    room: usize,
    /// The latest moment that anything was asked for.
    now: Frame,
    notices: Notices,
}

impl Bank {
    pub(super) fn new(
        shared: Arc<Shared>,
        arriving: Option<Receiver<Decoded>>,
        notices: Notices,
    ) -> Bank {
        let free = (0..SAMPLES as u16).rev().map(SampleId).collect();
        let (files, bytes, room, now) = (HashMap::new(), 0, ROOM, Frame::MIN);
        Bank { shared, arriving, files, free, bytes, room, now, notices }
    }

    /// The same with so many bytes of memory.
    #[must_use]
    pub fn with_room(mut self, bytes: usize) -> Bank {
        self.room = bytes;
        self
    }

    /// Variant `n` of the sound `name`, to be heard at `at`.
    pub fn take(&mut self, name: &str, n: f64, at: Frame, control: &mut Control) -> Take {
        self.now = self.now.max(at);
        let tree = self.shared.tree.load_full();
        let Some(path) = tree.file(name, n) else {
            return if self.shared.is_reading() { Take::Silent } else { Take::Unknown };
        };
        self.fetch(path, at, control)
    }

    /// Variant `n` of a sound that comes with mag as a recording; `drums` counts the synth's in.
    pub fn take_own(
        &mut self,
        name: &str,
        n: f64,
        drums: bool,
        at: Frame,
        control: &mut Control,
    ) -> Take {
        match own::place(name, n, drums) {
            Some(place) => self.fetch(&place, at, control),
            None => Take::Unknown,
        }
    }

    /// What is known as `key`, made when it is first asked for.
    ///
    /// # Errors
    /// Whatever hinders making it.
    pub fn made<E>(
        &mut self,
        key: &str,
        at: Frame,
        control: &mut Control,
        make: impl FnOnce() -> Result<SampleBuffer, E>,
    ) -> Result<Take, E> {
        self.now = self.now.max(at);
        let path: Arc<Path> = Arc::from(Path::new(key));
        if !self.files.contains_key(&path) {
            self.arrive(&path, Ok(make()?), control);
        }
        Ok(self.fetch(&path, at, control))
    }

    /// The recorded room that an orbit is asked to sound like.
    pub fn impulse(&mut self, room: &Impulse, at: Frame, control: &mut Control) -> Take {
        self.now = self.now.max(at);
        match self.shared.place_of(room) {
            Some(place) => self.fetch(&place, at, control),
            None if self.shared.is_reading() => Take::Silent,
            None => Take::Unknown,
        }
    }

    /// What a note of an instrument of a SoundFont starts: recordings, and how each is played;
    /// those that are not there yet are left out. `None` if no SoundFont has the instrument.
    pub fn zones(
        &mut self,
        (name, n): (&str, f64),
        note: Note,
        at: Frame,
        control: &mut Control,
    ) -> Option<Vec<Layer>> {
        self.now = self.now.max(at);
        let tree = self.shared.tree.load_full();
        let (font, preset) = tree.instrument(name, n)?;
        let mut found = Vec::new();
        for zone in font.zones(*preset, note.pitch, note.velocity) {
            if let Take::Ready(id, _) = self.fetch(&font::key(font, &zone.range), at, control) {
                found.push((id, zone.params));
            }
        }
        Some(found)
    }

    /// A recording, if it is there; if not, it is asked for.
    fn fetch(&mut self, path: &Arc<Path>, at: Frame, control: &mut Control) -> Take {
        if !self.files.contains_key(path) {
            match &self.arriving {
                None => self.arrive(path, self.shared.decode(path), control),
                Some(_) => self.shared.ask(path),
            }
            self.collect(control);
        }
        match self.files.get_mut(path) {
            Some(Some(loaded)) => {
                loaded.last = loaded.last.max(at);
                Take::Ready(loaded.id, loaded.seconds)
            }
            _ => Take::Silent,
        }
    }

    /// Hands over what has been decoded meanwhile.
    pub fn collect(&mut self, control: &mut Control) {
        while let Some((path, result)) = self.arriving.as_ref().and_then(|a| a.try_recv().ok()) {
            self.arrive(&path, result, control);
        }
    }

    /// Whether the performer has recordings, or an instrument of a SoundFont, of this name.
    pub fn has(&self, name: &str) -> bool {
        let tree = self.shared.tree.load();
        tree.file(name, 0.0).is_some() || tree.instrument(name, 0.0).is_some()
    }

    /// The names of the sounds that there are.
    pub fn names(&self) -> Vec<String> {
        self.shared.tree.load().names().chain(own::names()).map(str::to_owned).collect()
    }

    fn arrive(
        &mut self,
        path: &Arc<Path>,
        result: Result<SampleBuffer, String>,
        control: &mut Control,
    ) {
        let loaded = result.and_then(|buffer| self.load(buffer, control));
        if let Err(reason) = &loaded {
            self.notices.warn(format!("cannot play {}: {reason}", path.display()));
        }
        self.files.insert(path.clone(), loaded.ok());
    }

    fn load(&mut self, buffer: SampleBuffer, control: &mut Control) -> Result<Loaded, String> {
        let bytes = buffer.bytes();
        let id = self.make_room(bytes, control).ok_or_else(|| {
            let room = self.room >> 20;
            format!("there is no room: all samples together may take {room} MB")
        })?;
        let seconds = buffer.seconds();
        if control.load(id, buffer).is_err() {
            self.free.push(id);
            return Err("the synth takes no more just now".into());
        }
        self.bytes += bytes;
        Ok(Loaded { id, seconds, bytes, last: self.now })
    }

    /// A number and so many bytes, if need be by taking away what has not been heard for longest.
    fn make_room(&mut self, bytes: usize, control: &mut Control) -> Option<SampleId> {
        while self.bytes + bytes > self.room || self.free.is_empty() {
            // What was asked for just now may not have begun to sound yet.
            let rested = |loaded: &Loaded| loaded.last < self.now - Frame::from(RATE);
            let idle = self.files.iter().filter_map(|(path, loaded)| {
                let loaded = loaded.as_ref().filter(|loaded| rested(loaded))?;
                Some((loaded.last, path))
            });
            let path = idle.min().map(|(_, path)| path.clone())?;
            let loaded = self.files.remove(&path).flatten()?;
            self.shared.forget(&path);
            let _ = control.unload(loaded.id);
            self.bytes -= loaded.bytes;
            self.free.push(loaded.id);
        }
        self.free.pop()
    }
}
