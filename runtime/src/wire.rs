//! A way in for other programs: `mag send` hands a line to the running performance through a
//! socket that only its own user can reach.
//!
//! The caller sends text and closes its side; the answer is a first line `ok` or `error`, then
//! what there is to say.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::time::{Duration, Instant};

/// The longest text that is taken, in bytes.
const LONGEST: u64 = 1 << 20;
/// How long either side waits for the other, in all.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a performance that ends waits until those who asked something are told.
const FAREWELL: Duration = Duration::from_secs(1);
/// Callers that are heard at the same time; whoever comes on top of them is sent away.
const CALLERS: usize = 8;

/// A text from outside, and where its answer goes.
#[derive(Debug)]
pub struct Ask {
    /// What to evaluate, as if it were typed.
    pub text: String,
    /// What came of it.
    pub answer: SyncSender<Answer>,
}

/// What came of an [`Ask`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Whether it was accepted.
    pub accepted: bool,
    /// What there is to say.
    pub text: String,
}

/// The folder of the sockets: in `XDG_RUNTIME_DIR`, or in the system's folder for temporary files
/// under the user's name; nobody else may enter it.
#[cfg(unix)]
fn folder() -> std::io::Result<PathBuf> {
    use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
    let own = rustix::process::geteuid().as_raw();
    let base = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|p| p.is_dir());
    let folder = match base {
        Some(base) => base.join("mag"),
        None => std::env::temp_dir().join(format!("mag-{own}")),
    };
    match std::fs::DirBuilder::new().mode(0o700).create(&folder) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    // Somebody else may have made the folder first, to listen in.
    let meta = std::fs::symlink_metadata(&folder)?;
    if !meta.is_dir() || meta.uid() != own || meta.permissions().mode() & 0o077 != 0 {
        let text = format!("{} is not a folder of yours alone", folder.display());
        return Err(std::io::Error::new(std::io::ErrorKind::PermissionDenied, text));
    }
    Ok(folder)
}

/// The socket of a running performance; removed when dropped, once those who asked have heard.
#[derive(Debug)]
pub struct Wire {
    path: PathBuf,
    /// Held by everyone who asked and was not told yet.
    asking: Arc<()>,
}

impl Drop for Wire {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
        // Whoever sent `quit` is told so before the program ends: the thread that tells it may
        // come late on a busy machine.
        let until = Instant::now() + FAREWELL;
        while Arc::strong_count(&self.asking) > 2 && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

impl Wire {
    /// Listens for other programs on a thread of its own; `deliver` answers false when nobody
    /// wants to hear any more.
    ///
    /// # Errors
    /// If there is no place for a socket.
    #[cfg(unix)]
    pub fn listen(deliver: impl Fn(Ask) -> bool + Send + Sync + 'static) -> std::io::Result<Wire> {
        Self::listen_at(folder()?.join(format!("{}.sock", std::process::id())), deliver)
    }

    #[cfg(unix)]
    fn listen_at(
        path: PathBuf,
        deliver: impl Fn(Ask) -> bool + Send + Sync + 'static,
    ) -> std::io::Result<Wire> {
        let _ = std::fs::remove_file(&path);
        let listener = std::os::unix::net::UnixListener::bind(&path)?;
        let (deliver, callers) = (Arc::new(deliver), Arc::new(()));
        let over = Arc::new(AtomicBool::new(false));
        let asking = Arc::new(());
        let theirs = asking.clone();
        let serve = move || {
            for caller in listener.incoming() {
                if over.load(Relaxed) {
                    return;
                }
                let Ok(mut caller) = caller else {
                    // (out of file handles: there may be some again)
                    std::thread::sleep(Duration::from_millis(100));
                    continue;
                };
                // Somebody slow holds up nobody else.
                let (counted, deliver, over) = (callers.clone(), deliver.clone(), over.clone());
                if Arc::strong_count(&counted) > CALLERS + 1 {
                    turn_away(&mut caller, "too many callers at once");
                    continue;
                }
                let asking = theirs.clone();
                let hear = move || {
                    let _counted = counted;
                    over.fetch_or(!serve_one(&mut caller, &asking, &*deliver), Relaxed);
                };
                let _ = std::thread::Builder::new().name("caller".into()).spawn(hear);
            }
        };
        std::thread::Builder::new().name("wire".into()).spawn(serve)?;
        Ok(Wire { path, asking })
    }

    /// There are no such sockets on this system.
    ///
    /// # Errors
    /// Always.
    #[cfg(not(unix))]
    pub fn listen(_deliver: impl Fn(Ask) -> bool + Send + 'static) -> std::io::Result<Wire> {
        Err(std::io::Error::new(std::io::ErrorKind::Unsupported, "`mag send` needs Unix sockets"))
    }

    /// Where it listens.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Tells a caller that is not heard why.
#[cfg(unix)]
fn turn_away(caller: &mut std::os::unix::net::UnixStream, why: &str) {
    let _ = caller.set_nonblocking(true);
    let _ = write!(caller, "error\n{why}");
}

/// Everything that a caller has to say, if it is said in time.
#[cfg(unix)]
fn all_of(caller: &mut std::os::unix::net::UnixStream) -> std::io::Result<Vec<u8>> {
    let until = Instant::now() + PATIENCE;
    let (mut text, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(std::io::ErrorKind::TimedOut.into());
        }
        caller.set_read_timeout(Some(left))?;
        match caller.read(&mut buffer)? {
            0 => return Ok(text),
            n => text.extend_from_slice(buffer.get(..n).unwrap_or_default()),
        }
        if text.len() as u64 > LONGEST {
            return Err(std::io::Error::other(format!("more than {LONGEST} bytes")));
        }
    }
}

/// Takes one text and answers it. False when nobody wants to hear any more.
#[cfg(unix)]
fn serve_one(
    caller: &mut std::os::unix::net::UnixStream,
    asking: &Arc<()>,
    deliver: &impl Fn(Ask) -> bool,
) -> bool {
    let _ = caller.set_write_timeout(Some(PATIENCE));
    let refused = |text: String| Answer { accepted: false, text };
    let text = all_of(caller).map(String::from_utf8);
    let _asking = asking.clone();
    let answer = match text {
        Ok(Ok(text)) => {
            let (answer, answered) = sync_channel(1);
            if !deliver(Ask { text, answer }) {
                return false;
            }
            let silent = |_| refused("the performance does not answer".into());
            answered.recv_timeout(PATIENCE).unwrap_or_else(silent)
        }
        Ok(Err(error)) => refused(format!("expected UTF-8 text: {error}")),
        Err(error) => refused(format!("the text did not come whole: {error}")),
    };
    let word = if answer.accepted { "ok" } else { "error" };
    let _ = write!(caller, "{word}\n{}", answer.text);
    true
}

/// Hands `text` to the performance that was started last.
///
/// # Errors
/// If no performance runs, or it does not answer.
#[cfg(unix)]
pub fn send(text: &str) -> Result<Answer, String> {
    let sockets = sockets().map_err(|e| format!("no performance can be reached: {e}"))?;
    let found = sockets.iter().find_map(|path| {
        let stream = std::os::unix::net::UnixStream::connect(path);
        // What nobody listens to any more was left by a performance that crashed.
        stream.inspect_err(|_| drop(std::fs::remove_file(path))).ok()
    });
    let mut stream = found.ok_or("no performance is running: start one with `mag play FILE`")?;
    let lost = |e: std::io::Error| match e.kind() {
        std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut => {
            "the performance does not answer; if it sleeps (Ctrl-Z), `fg` or `bg` wakes it".into()
        }
        _ => format!("the performance does not answer: {e}"),
    };
    stream.set_read_timeout(Some(PATIENCE + Duration::from_secs(1))).map_err(lost)?;
    stream.write_all(text.as_bytes()).map_err(lost)?;
    stream.shutdown(std::net::Shutdown::Write).map_err(lost)?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).map_err(lost)?;
    if answer.is_empty() {
        return Err("the performance ended before it answered".into());
    }
    let (word, text) = answer.split_once('\n').unwrap_or((&answer, ""));
    Ok(Answer { accepted: word == "ok", text: text.to_owned() })
}

/// There are no such sockets on this system.
///
/// # Errors
/// Always.
#[cfg(not(unix))]
pub fn send(_text: &str) -> Result<Answer, String> {
    Err("`mag send` needs Unix sockets, which this system does not have".into())
}

/// All sockets, the newest first.
#[cfg(unix)]
fn sockets() -> std::io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder()?)? {
        let path = entry?.path();
        if path.extension().is_some_and(|e| e == "sock") {
            let since = std::fs::symlink_metadata(&path)?.modified()?;
            found.push((std::cmp::Reverse(since), path));
        }
    }
    found.sort();
    Ok(found.into_iter().map(|(_, path)| path).collect())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn whoever_asked_is_told_before_it_ends() -> Result<(), Box<dyn std::error::Error>> {
        let path = std::env::temp_dir().join(format!("mag-wire-{}.sock", std::process::id()));
        let (tell, asked) = sync_channel(1);
        let wire = Wire::listen_at(path.clone(), move |ask| tell.send(ask).is_ok())?;
        let mut caller = std::os::unix::net::UnixStream::connect(&path)?;
        caller.write_all(b"quit")?;
        caller.shutdown(std::net::Shutdown::Write)?;
        let ask = asked.recv_timeout(PATIENCE)?;
        let late = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(50));
            ask.answer.try_send(Answer { accepted: true, text: "it ends".into() })
        });
        drop(wire);
        // What is not there by now would never come: the process is over.
        caller.set_nonblocking(true)?;
        let (mut answer, mut read) = ([0; 64], 0);
        while let Ok(n @ 1..) = caller.read(answer.get_mut(read..).unwrap_or_default()) {
            read += n;
        }
        assert_eq!(answer.get(..read), Some(&b"ok\nit ends"[..]));
        assert!(late.join().is_ok_and(|sent| sent.is_ok()));
        assert!(!path.exists());
        Ok(())
    }
}
