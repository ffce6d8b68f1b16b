//! Follows files as any editor saves them, and delivers each new text once it is whole.
//!
//! Folders are watched, not files: many editors save by moving a new file over the old one, and a
//! watched file is lost then. Where the system's notices fail (too many watches, a network disk) a
//! look at the files every second still finds what changed.

mod file;

pub use file::Change;

use file::{Followed, Reading};
use notify::event::{AccessKind, AccessMode, ModifyKind, RenameMode};
use notify::{Config, Event, EventKind, EventKindMask, RecommendedWatcher, RecursiveMode, Watcher};
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant, SystemTime};

/// How often files are looked at without being told to.
const ROUND: Duration = Duration::from_secs(1);
/// Notices that may wait; what is lost beyond them is found by the next round.
const QUEUE: usize = 1024;
/// The longest text that is read, in bytes.
const LONGEST: u64 = mag_lang::source::MAX_LEN as u64;

/// A file to follow, and its text if that has been read already.
pub type Known = (PathBuf, Option<Arc<str>>);

enum Message {
    Follow(Vec<Known>),
    Notice(notify::Result<Event>),
    Stop,
}

/// Follows files on a thread of its own, until it is dropped.
#[derive(Debug)]
pub struct Watch {
    messages: SyncSender<Message>,
}

impl Watch {
    /// Starts following no file; changes go to `deliver`, on the watch's own thread.
    ///
    /// # Errors
    /// When no thread can be started.
    pub fn start(deliver: impl FnMut(Change) + Send + 'static) -> std::io::Result<Watch> {
        let (messages, inbox) = sync_channel(QUEUE);
        let tell = messages.clone();
        let hear = move |event| {
            // Never waits: the system's queue would overflow instead.
            let _ = tell.try_send(Message::Notice(event));
        };
        // Not what is opened or read: our own reading would be heard.
        let kinds = EventKindMask::CORE | EventKindMask::ACCESS_CLOSE;
        let watcher = RecommendedWatcher::new(hear, Config::default().with_event_kinds(kinds)).ok();
        let round = Round { watcher, files: Vec::new(), folders: BTreeSet::new() };
        let run = move || round.run(&inbox, deliver);
        std::thread::Builder::new().name("watch".into()).spawn(run)?;
        Ok(Watch { messages })
    }

    /// Follows exactly these files from now on.
    pub fn follow(&self, files: Vec<Known>) {
        let _ = self.messages.send(Message::Follow(files));
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.messages.try_send(Message::Stop);
    }
}

/// What tells one version of a file from another without reading it.
type Stamp = Option<(SystemTime, u64, u64)>;

/// The followed files and their folders; lives on the watch's thread.
struct Round {
    watcher: Option<RecommendedWatcher>,
    files: Vec<(Followed, Stamp)>,
    folders: BTreeSet<PathBuf>,
}

impl Round {
    fn run(mut self, inbox: &Receiver<Message>, mut deliver: impl FnMut(Change)) {
        let mut next_round = Instant::now() + ROUND;
        loop {
            let due = self.files.iter().filter_map(|(file, _)| file.due).min();
            let wake = due.map_or(next_round, |due| due.min(next_round));
            match inbox.recv_timeout(wake.saturating_duration_since(Instant::now())) {
                Ok(Message::Stop) | Err(RecvTimeoutError::Disconnected) => return,
                Ok(message) => self.take(message),
                Err(RecvTimeoutError::Timeout) => {}
            }
            // What else is waiting may change what a file is worth.
            while let Ok(message) = inbox.try_recv() {
                match message {
                    Message::Stop => return,
                    message => self.take(message),
                }
            }
            if Instant::now() >= next_round {
                next_round = Instant::now() + ROUND;
                self.look_around();
            }
            self.look_at_due(&mut deliver);
        }
    }

    fn take(&mut self, message: Message) {
        match message {
            Message::Follow(files) => self.follow(files),
            Message::Notice(Ok(event)) => self.hear(&event),
            Message::Notice(Err(_)) => self.look_around(),
            Message::Stop => {}
        }
    }

    fn follow(&mut self, known: Vec<Known>) {
        let now = Instant::now();
        let mut files = Vec::with_capacity(known.len());
        for (path, text) in known {
            let path = std::path::absolute(&path).unwrap_or(path);
            match self.files.iter().position(|(file, _)| file.path == path) {
                Some(i) => {
                    let (mut file, stamp) = self.files.swap_remove(i);
                    text.into_iter().for_each(|text| file.know(text));
                    files.push((file, stamp));
                }
                None => files.push((Followed::new(path, text, now), None)),
            }
        }
        self.files = files;
        self.watch_folders();
    }

    /// Watches the folders of the files, and those that links among them lead to.
    fn watch_folders(&mut self) {
        let Some(watcher) = &mut self.watcher else { return };
        let mut wanted = BTreeSet::new();
        for (file, _) in &self.files {
            let target = std::fs::canonicalize(&file.path).ok();
            let places = std::iter::once(&file.path).chain(&target);
            wanted.extend(places.filter_map(|place| place.parent()).map(Path::to_path_buf));
        }
        for folder in self.folders.difference(&wanted) {
            let _ = watcher.unwatch(folder);
        }
        let watched: BTreeSet<PathBuf> = self.folders.intersection(&wanted).cloned().collect();
        let fresh = wanted.difference(&watched);
        let started =
            fresh.filter(|folder| watcher.watch(folder, RecursiveMode::NonRecursive).is_ok());
        self.folders = started.cloned().collect::<Vec<_>>().into_iter().chain(watched).collect();
    }

    /// A notice of the system: which files may have changed.
    fn hear(&mut self, event: &Event) {
        if event.need_rescan() || event.paths.is_empty() {
            return self.look_around();
        }
        let closed = match event.kind {
            EventKind::Access(AccessKind::Close(AccessMode::Write)) => true,
            EventKind::Modify(ModifyKind::Name(RenameMode::To | RenameMode::Both)) => true,
            EventKind::Access(_) => return,
            _ => false,
        };
        let mere_attributes = matches!(event.kind, EventKind::Modify(ModifyKind::Metadata(_)));
        let now = Instant::now();
        for path in &event.paths {
            if matches!(event.kind, EventKind::Remove(_)) && self.folders.remove(path) {
                // The folder itself is gone; the next round watches it again if it comes back.
                continue;
            }
            let name = path.file_name();
            let same = |file: &Followed| names(&file.path).any(|n| Some(n.as_os_str()) == name);
            for (file, _) in self.files.iter_mut().filter(|(file, _)| same(file)) {
                if !mere_attributes || file.due.is_none() {
                    file.touch(closed, now);
                }
            }
        }
    }

    /// Looks whether any file changed unheard, and whether lost folders are back.
    fn look_around(&mut self) {
        let now = Instant::now();
        for (file, stamp) in &mut self.files {
            let current = std::fs::metadata(&file.path).ok().map(|meta| version(&meta));
            if current != *stamp && file.due.is_none() {
                file.touch(false, now);
            }
            *stamp = current;
        }
        self.watch_folders();
    }

    fn look_at_due(&mut self, deliver: &mut impl FnMut(Change)) {
        let now = Instant::now();
        for (file, stamp) in &mut self.files {
            if file.due.is_some_and(|due| due <= now) {
                let reading = read(&file.path, stamp);
                if let Some(change) = file.look(reading, Instant::now()) {
                    deliver(change);
                }
            }
        }
    }
}

/// The names under which a file can be saved: its own, and that of what it links to.
fn names(path: &Path) -> impl Iterator<Item = std::ffi::OsString> {
    let own = path.file_name().map(OsStr::to_os_string);
    let link = path.is_symlink().then(|| std::fs::canonicalize(path).ok()).flatten();
    own.into_iter().chain(link.and_then(|target| target.file_name().map(OsStr::to_os_string)))
}

fn version(meta: &Metadata) -> (SystemTime, u64, u64) {
    #[cfg(unix)]
    let inode = std::os::unix::fs::MetadataExt::ino(meta);
    #[cfg(not(unix))]
    let inode = 0;
    (meta.modified().unwrap_or(SystemTime::UNIX_EPOCH), meta.len(), inode)
}

fn read(path: &Path, stamp: &mut Stamp) -> Reading {
    let meta = match std::fs::metadata(path) {
        Ok(meta) => meta,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            *stamp = None;
            return Reading::Missing;
        }
        Err(error) => return Reading::Unreadable(error.to_string()),
    };
    *stamp = Some(version(&meta));
    if !meta.is_file() {
        return Reading::Unreadable("expected a file of text, found something else".into());
    }
    if meta.len() > LONGEST {
        return Reading::Unreadable(format!("it is longer than {LONGEST} bytes"));
    }
    match std::fs::read(path).map(String::from_utf8) {
        Ok(Ok(text)) => Reading::Text(text.into()),
        Ok(Err(error)) => {
            let bytes = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or(&[]);
            let line = bytes.iter().filter(|&&byte| byte == b'\n').count() + 1;
            Reading::Unreadable(format!("line {line} is not UTF-8; save it in that encoding"))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Reading::Missing,
        Err(error) => Reading::Unreadable(error.to_string()),
    }
}
