//! The performer's own recordings: folders are read and files are decoded off the sounding path,
//! and handed to the engine when they are first played.

use crate::cue::pitch_of;
use crate::notice::Notices;
use crate::priority::{self, Urgency};
use arc_swap::ArcSwap;
use font::Fonts;
use mag_engine::SampleBuffer;
use mag_lang::Program;
use mag_lang::suggest::nearest;
use mag_pattern::{Controls, Sym};
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

pub mod ahead;
pub mod bank;
pub mod decode;
pub mod font;
pub mod own;
mod room;
pub mod tree;

pub use bank::{Bank, Take};
pub use room::Impulse;
use tree::Tree;

/// Files that may wait to be decoded; more are asked for again when they are played.
const WAITING: usize = 1024;
/// Decoded recordings that may wait for the engine; then the worker waits.
const DECODED: usize = 256;
/// How long a change of folders waits for them to be read, at most.
const READING: Duration = Duration::from_millis(500);

/// A file and what it held.
type Decoded = (Arc<Path>, Result<SampleBuffer, String>);

/// What the worker is told.
enum Job {
    Read(Vec<String>, SyncSender<()>),
    Decode(Arc<Path>),
    /// All recordings of these sounds, and then say so.
    Preload(Vec<String>),
    /// Answered once everything before it is done.
    Mark(SyncSender<()>),
}

/// How a note is played, as far as recordings depend on it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Note {
    /// MIDI number.
    pub pitch: Option<f64>,
    /// How hard it is struck, 0 to 1.
    pub velocity: f64,
}

impl Note {
    /// What controls say of it.
    pub fn of(controls: &Controls) -> Note {
        let velocity = controls.number(Sym::new("velocity")).unwrap_or(0.8);
        Note { pitch: pitch_of(controls), velocity: velocity.clamp(0.0, 1.0) }
    }
}

/// What everybody knows of the recordings.
struct Shared {
    /// The performer's own folders.
    own: Vec<PathBuf>,
    tree: ArcSwap<Tree>,
    reading: AtomicBool,
    /// The worker, if there is one, and what it has been asked for.
    worker: Option<SyncSender<Job>>,
    asked: Mutex<HashSet<Arc<Path>>>,
    fonts: Mutex<Fonts>,
    /// Sounds that were decoded ahead because somebody wished so.
    preloaded: Mutex<Vec<String>>,
}

impl Shared {
    fn new(own: Vec<PathBuf>, worker: Option<SyncSender<Job>>) -> Shared {
        let (tree, reading, asked, fonts, preloaded) = Default::default();
        Shared { own, tree: ArcSwap::new(tree), reading, worker, asked, fonts, preloaded }
    }

    fn read(&self, named: &[String], notices: &Notices) {
        let mut fonts = self.fonts.lock().unwrap_or_else(PoisonError::into_inner);
        let own = self.own.iter().map(PathBuf::as_path);
        let all: Vec<&Path> = own.chain(named.iter().map(Path::new)).collect();
        fonts.keep(&all);
        let (tree, wrong) = Tree::read(&self.own, named, &mut fonts);
        wrong.into_iter().for_each(|wrong| notices.warn(wrong));
        self.tree.store(Arc::new(tree));
        self.reading.store(false, Ordering::Release);
    }

    /// Decodes all recordings of a sound, and says so.
    fn preload(&self, name: &str, decoded: &SyncSender<Decoded>, notices: &Notices) {
        let tree = self.tree.load_full();
        let mut all = tree.all(name);
        if all.is_empty() {
            all.extend((0..own::variants(name)).filter_map(|n| own::place(name, n as f64, false)));
        }
        if all.is_empty() {
            let near = nearest(name, tree.names().chain(own::names()), 3);
            let hint = match near.as_slice() {
                [] => String::new(),
                some => format!("; there is `{}`", some.join("`, `")),
            };
            return notices
                .warn(format!("nothing to preload: no recordings are called `{name}`{hint}"));
        }
        for path in &all {
            if self.asked().insert(path.clone()) {
                let result = self.decode(path);
                if decoded.send((path.clone(), result)).is_err() {
                    return;
                }
            }
        }
        let count = all.len();
        let recordings =
            if count == 1 { "1 recording".into() } else { format!("{count} recordings") };
        notices.info(format!("{name}: {recordings} ready"));
    }

    /// Which of these sounds are new; the others are forgotten.
    fn to_preload(&self, names: &[String]) -> Vec<String> {
        let mut known = self.preloaded.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = names.iter().filter(|name| !known.contains(name)).cloned().collect();
        *known = names.to_vec();
        fresh
    }

    /// Whether the folders are still being read.
    fn is_reading(&self) -> bool {
        self.reading.load(Ordering::Acquire)
    }

    fn asked(&self) -> std::sync::MutexGuard<'_, HashSet<Arc<Path>>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets the worker decode a file, once.
    fn ask(&self, path: &Arc<Path>) {
        let Some(worker) = &self.worker else { return };
        let mut asked = self.asked();
        if !asked.contains(path) && worker.try_send(Job::Decode(path.clone())).is_ok() {
            asked.insert(path.clone());
        }
    }

    /// Where a recorded room is kept; `None` if no recording has its name.
    fn place_of(&self, room: &Impulse) -> Option<Arc<Path>> {
        let tree = self.tree.load();
        let own = || own::place(room.name, room.n, true);
        let recording = tree.file(room.name, room.n).cloned().or_else(own)?;
        Some(room.place(&recording))
    }

    /// The recording in a file, or in a part of a SoundFont.
    fn decode(&self, path: &Path) -> Result<SampleBuffer, String> {
        if let Some((speed, begin, recording)) = room::unlocked(path) {
            let recording = self.decode(recording)?;
            return Ok(recording.impulse(crate::device::RATE, speed, begin));
        }
        if let Some(rendered) = own::render(path) {
            return rendered;
        }
        match font::unlocked(path) {
            Some((file, range)) => {
                let tree = self.tree.load();
                let font = tree.font(file).ok_or("the SoundFont is gone")?;
                font.samples(&range).ok_or_else(|| "the SoundFont is broken".to_owned())
            }
            None => decode::decode(path),
        }
    }

    /// The file may be asked for again.
    fn forget(&self, path: &Arc<Path>) {
        self.asked().remove(path);
    }
}

/// Says which folders there are and what will be needed; cheap to clone.
#[derive(Clone)]
pub struct Samples {
    shared: Arc<Shared>,
    notices: Notices,
}

impl Samples {
    /// Recordings of the performer's `own` folders that are decoded on a thread, and the bank that
    /// hands them to the engine.
    pub fn live(own: Vec<PathBuf>, notices: &Notices) -> (Samples, Bank) {
        let (jobs, waiting) = sync_channel(WAITING);
        let (decoded, arriving) = sync_channel(DECODED);
        let shared = Arc::new(Shared::new(own, Some(jobs)));
        // The worker must not keep its own queue open.
        let (weak, told) = (Arc::downgrade(&shared), notices.clone());
        let work = move || {
            priority::ask(Urgency::Background);
            while let Ok(job) = waiting.recv() {
                let Some(shared) = weak.upgrade() else { return };
                let done = match job {
                    Job::Read(named, done) => {
                        shared.read(&named, &told);
                        done.try_send(()).is_ok()
                    }
                    Job::Mark(done) => done.try_send(()).is_ok(),
                    Job::Decode(path) => {
                        let result = shared.decode(&path);
                        drop(shared);
                        decoded.send((path, result)).is_ok()
                    }
                    Job::Preload(names) => {
                        names.iter().for_each(|name| shared.preload(name, &decoded, &told));
                        true
                    }
                };
                // Nobody may wait for an answer any more; nobody plays if nothing is taken.
                let _ = done;
            }
        };
        if let Err(error) = std::thread::Builder::new().name("samples".into()).spawn(work) {
            notices.warn(format!("no samples: the system gives no thread ({error})"));
        }
        Samples::with(shared, Some(arriving), notices)
    }

    /// Recordings that are decoded the moment they are played, so that the result is the same
    /// every time; and the bank that hands them to the engine.
    pub fn offline(own: Vec<PathBuf>, notices: &Notices) -> (Samples, Bank) {
        Samples::with(Arc::new(Shared::new(own, None)), None, notices)
    }

    fn with(
        shared: Arc<Shared>,
        arriving: Option<Receiver<Decoded>>,
        notices: &Notices,
    ) -> (Samples, Bank) {
        let bank = Bank::new(shared.clone(), arriving, notices.clone());
        (Samples { shared, notices: notices.clone() }, bank)
    }

    /// From now on the folders that `program` names count, besides the performer's own. They are
    /// read anew; if they are others than before, this waits a moment for them.
    pub fn follow(&self, program: &Program) {
        let Some(worker) = &self.shared.worker else {
            return self.shared.read(&program.samples, &self.notices);
        };
        let (done, read) = sync_channel(1);
        let before = self.shared.tree.load();
        let fresh = before.named != program.samples || before.names().next().is_none();
        if fresh {
            self.shared.reading.store(true, Ordering::Release);
        }
        let sent = worker.try_send(Job::Read(program.samples.clone(), done)).is_ok();
        if !sent {
            self.shared.reading.store(false, Ordering::Release);
            self.notices.warn("the sample folders are not read: too much waits to be decoded");
        } else if fresh {
            let _ = read.recv_timeout(READING);
        }
        let names = self.shared.to_preload(&program.preload);
        if !names.is_empty() && worker.try_send(Job::Preload(names)).is_err() {
            self.notices.warn("nothing is preloaded: too much waits to be decoded");
        }
    }

    /// The names of the sounds that there are recordings of.
    pub fn names(&self) -> Vec<String> {
        self.shared.tree.load().names().map(str::to_owned).collect()
    }

    /// Lets variant `n` of a sound be decoded, if there is one of that name.
    pub fn ask(&self, name: &str, n: f64) {
        match self.shared.tree.load().file(name, n) {
            Some(path) => self.shared.ask(path),
            None => own::place(name, n, false).iter().for_each(|place| self.shared.ask(place)),
        }
    }

    /// Lets a recorded room be worked out.
    pub fn ask_room(&self, room: &Impulse) {
        self.shared.place_of(room).iter().for_each(|place| self.shared.ask(place));
    }

    /// Lets what a note of an instrument of a SoundFont needs be decoded.
    pub fn ask_note(&self, name: &str, n: f64, note: Note) {
        let tree = self.shared.tree.load();
        if let Some((font, preset)) = tree.instrument(name, n) {
            for zone in font.zones(*preset, note.pitch, note.velocity) {
                self.shared.ask(&font::key(font, &zone.range));
            }
        }
    }

    /// Waits until everything that was asked for is decoded, or so long.
    pub fn wait(&self, most: Duration) {
        let (done, mark) = sync_channel(1);
        let worker = self.shared.worker.as_ref();
        if worker.is_some_and(|worker| worker.try_send(Job::Mark(done)).is_ok()) {
            let _ = mark.recv_timeout(most);
        }
    }
}
