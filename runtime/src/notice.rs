//! The only file that speaks to the performer: messages wait in a bounded queue, and one thread
//! writes them, so that a slow terminal never holds up the music.

use crate::terminal;
use repeats::Repeats;
use std::io::{IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::time::{Duration, Instant};

mod repeats;

/// Messages that may wait to be written.
const QUEUE: usize = 256;

/// How much a message matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Good to know.
    Info,
    /// Something is not as the performer wants it; the music goes on.
    Warning,
    /// The performer's input was refused.
    Error,
}

/// One message to the performer; may have several lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// How much it matters.
    pub level: Level,
    /// What it says.
    pub text: String,
}

enum Post {
    Notice(Notice),
    /// Answered once everything before it is written.
    Flush(SyncSender<()>),
}

/// Hands messages to the thread that writes them. Cheap to clone; never waits.
#[derive(Clone, Debug)]
pub struct Notices {
    posts: SyncSender<Post>,
    lost: Arc<AtomicU64>,
}

/// Where messages end up: the terminal, the printer of the prompt, or a test.
pub type Sink = Box<dyn FnMut(&Notice) + Send>;

impl Notices {
    /// Starts the thread that writes messages to `sink`.
    pub fn start(mut sink: Sink) -> Notices {
        let (posts, waiting) = sync_channel(QUEUE);
        let lost = Arc::new(AtomicU64::new(0));
        let missed = lost.clone();
        let write = move || write_all(&waiting, &missed, &mut sink);
        // Without a thread nothing is written, and nothing else suffers.
        let _ = std::thread::Builder::new().name("notice".into()).spawn(write);
        Notices { posts, lost }
    }

    /// Messages to the terminal: plain lines on standard error.
    pub fn to_terminal() -> Notices {
        Notices::start(terminal())
    }

    /// Good to know.
    pub fn info(&self, text: impl Into<String>) {
        self.say(Level::Info, text);
    }
    /// Something is not as the performer wants it.
    pub fn warn(&self, text: impl Into<String>) {
        self.say(Level::Warning, text);
    }
    /// The performer's input was refused.
    pub fn error(&self, text: impl Into<String>) {
        self.say(Level::Error, text);
    }
    /// A message of any level. If too many wait already it is dropped and counted.
    pub fn say(&self, level: Level, text: impl Into<String>) {
        let notice = Notice { level, text: text.into() };
        if let Err(TrySendError::Full(_)) = self.posts.try_send(Post::Notice(notice)) {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Waits until everything said so far is written.
    pub fn flush(&self) {
        let (done, wait) = sync_channel(1);
        if self.posts.send(Post::Flush(done)).is_ok() {
            let _ = wait.recv_timeout(Duration::from_secs(2));
        }
    }
}

fn write_all(waiting: &Receiver<Post>, lost: &AtomicU64, sink: &mut Sink) {
    let mut repeats = Repeats::default();
    loop {
        let patience = match repeats.next() {
            Some(due) => due.saturating_duration_since(Instant::now()),
            None => Duration::from_secs(3600),
        };
        match waiting.recv_timeout(patience) {
            Ok(Post::Notice(notice)) => {
                if repeats.admits(&notice, Instant::now()) {
                    sink(&notice);
                }
            }
            Ok(Post::Flush(done)) => {
                let _ = done.send(());
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
        repeats.due(Instant::now()).iter().for_each(&mut *sink);
        let missed = lost.swap(0, Ordering::Relaxed);
        if missed > 0 {
            let text = format!("{missed} more messages were dropped");
            sink(&Notice { level: Level::Warning, text });
        }
    }
}

/// Writes to the standard error that the process was started with, even if a library's chatter
/// on it is turned off later.
pub fn terminal() -> Sink {
    let mut out = own_stderr();
    let seen = std::io::stderr().is_terminal();
    Box::new(move |notice| {
        // At once, so that the status line cannot come between.
        let width = if seen { terminal::width() } else { usize::MAX };
        let _ = out.write_all(format!("{}\n", terminal::wrapped(&notice.text, width)).as_bytes());
    })
}

#[cfg(unix)]
fn own_stderr() -> Box<dyn Write + Send> {
    use std::os::fd::AsFd;
    match std::io::stderr().as_fd().try_clone_to_owned() {
        Ok(own) => Box::new(std::fs::File::from(own)),
        Err(_) => Box::new(std::io::stderr()),
    }
}

#[cfg(not(unix))]
fn own_stderr() -> Box<dyn Write + Send> {
    Box::new(std::io::stderr())
}

/// Turns off what libraries print to standard error by themselves (ALSA and JACK do, when there
/// is no sound card), so that it cannot garble the prompt. Messages of [`Notices::to_terminal`]
/// that was started before are still seen.
pub fn silence_libraries() {
    #[cfg(unix)]
    if let Ok(null) = std::fs::OpenOptions::new().write(true).open("/dev/null") {
        let _ = rustix::stdio::dup2_stderr(&null);
    }
}

/// Says panics as notices, since nothing else may write to the terminal.
pub fn report_panics(notices: &Notices) {
    let notices = notices.clone();
    std::panic::set_hook(Box::new(move |panic| {
        let place = panic.location().map_or(String::new(), |at| format!(" at {at}"));
        let text = panic.payload_as_str().unwrap_or("no reason given");
        notices.warn(format!("mag has a bug{place}: {text}. The music goes on."));
    }));
}

/// Writes a line of a command's result to standard output.
pub fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{text}");
    let _ = out.flush();
}
