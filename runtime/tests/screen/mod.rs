//! mag at a real terminal: keys in, what stands on the screen out.
#![allow(dead_code)] // each test file uses a part of it

use crate::scratch::Scratch;
use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};
use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

pub type Outcome = Result<(), Box<dyn std::error::Error>>;

/// How long anything may take on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// mag at a terminal of 80 by 24, with a home and a file of its own.
pub struct Screen {
    pub folder: Scratch,
    pub file: PathBuf,
    pub keys: File,
    output: Receiver<Vec<u8>>,
    /// What was written and not yet expected, without colours.
    seen: String,
    /// The same with all control sequences.
    pub raw: String,
    pub child: Child,
}

impl Screen {
    pub fn open(name: &str, program: &str) -> Result<Screen, Box<dyn std::error::Error>> {
        Screen::with(name, program, "xterm")
    }

    pub fn with(
        name: &str,
        program: &str,
        term: &str,
    ) -> Result<Screen, Box<dyn std::error::Error>> {
        let mag = |file: &Path| {
            let mut mag = Command::new(env!("CARGO_BIN_EXE_mag"));
            mag.args(["repl", "--silent", "--no-journal"]).arg(file);
            mag
        };
        Screen::of(name, program, term, mag)
    }

    /// A shell that has jobs, at a terminal of its own; mag is for the test to start.
    #[cfg(target_os = "linux")]
    pub fn shell(name: &str, program: &str) -> Result<Screen, Box<dyn std::error::Error>> {
        let shell = |file: &Path| {
            let mut shell = Command::new("setsid");
            let folder = file.parent().unwrap_or(file);
            shell.args(["--ctty", "--wait", "sh", "-im"]).current_dir(folder);
            shell.env("PS1", "shell> ").env_remove("ENV");
            shell
        };
        Screen::of(name, program, "xterm", shell)
    }

    fn of(
        name: &str,
        program: &str,
        term: &str,
        command: impl FnOnce(&Path) -> Command,
    ) -> Result<Screen, Box<dyn std::error::Error>> {
        let folder = Scratch::new(name)?;
        let file = folder.join("set.mag");
        fs::write(&file, program)?;
        let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY)?;
        grantpt(&terminal)?;
        unlockpt(&terminal)?;
        let size = Winsize { ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&terminal, size)?;
        let path = PathBuf::from(ptsname(&terminal, Vec::new())?.into_string()?);
        let side = || OpenOptions::new().read(true).write(true).open(&path);
        let child = command(&file)
            .env("HOME", &*folder)
            .env("TERM", term)
            .env("NO_COLOR", "")
            .env_remove("XDG_STATE_HOME")
            .env("XDG_RUNTIME_DIR", &*folder)
            .stdin(Stdio::from(side()?))
            .stdout(Stdio::from(side()?))
            .stderr(Stdio::from(side()?))
            .spawn()?;
        let mut screen = File::from(terminal);
        let keys = screen.try_clone()?;
        let (tell, output) = channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(length @ 1..) = screen.read(&mut buffer) {
                if tell.send(buffer[..length].to_vec()).is_err() {
                    return;
                }
            }
        });
        Ok(Screen { folder, file, keys, output, seen: String::new(), raw: String::new(), child })
    }

    pub fn type_in(&mut self, keys: &str) -> Outcome {
        Ok(self.keys.write_all(keys.as_bytes())?)
    }

    pub fn pid(&self) -> Result<Pid, Box<dyn std::error::Error>> {
        Ok(Pid::from_raw(self.child.id().try_into()?).ok_or("no process")?)
    }

    /// Everything that was written so far, not expected in any way yet.
    pub fn raw(&mut self) -> Result<&str, std::convert::Infallible> {
        while let Ok(bytes) = self.output.try_recv() {
            self.take(&bytes);
        }
        Ok(&self.raw)
    }

    fn take(&mut self, bytes: &[u8]) {
        let text = String::from_utf8_lossy(bytes);
        self.seen.push_str(&without_marks(&text));
        self.raw.push_str(&text);
    }

    /// Waits until this control sequence is written.
    pub fn expect_raw(&mut self, marks: &str) -> Result<(), String> {
        let until = Instant::now() + PATIENCE;
        loop {
            if let Some(at) = self.raw.find(marks) {
                self.raw.drain(..at + marks.len());
                return Ok(());
            }
            let left = until.saturating_duration_since(Instant::now());
            match self.output.recv_timeout(left) {
                Ok(bytes) => self.take(&bytes),
                Err(_) => return Err(format!("expected {marks:?}, found {:?}", self.raw)),
            }
        }
    }

    /// Waits until this is written; what was written up to there is forgotten.
    pub fn expect(&mut self, text: &str) -> Result<String, String> {
        let until = Instant::now() + PATIENCE;
        loop {
            if let Some(at) = self.seen.find(text) {
                let before = self.seen[..at].to_owned();
                self.seen.drain(..at + text.len());
                return Ok(before);
            }
            let left = until.saturating_duration_since(Instant::now());
            match self.output.recv_timeout(left) {
                Ok(bytes) => self.take(&bytes),
                Err(_) => return Err(format!("expected `{text}`, found:\n{}", self.seen)),
            }
        }
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        // What plays on without its terminal: sockets have the number of their process.
        let sockets = fs::read_dir(self.folder.join("mag")).into_iter().flatten().flatten();
        for path in sockets.map(|entry| entry.path()) {
            let number = path.file_stem().and_then(|stem| stem.to_str()?.parse().ok());
            if let Some(left) = number.and_then(Pid::from_raw) {
                let _ = kill_process(left, Signal::KILL);
            }
        }
    }
}

/// The text without the terminal's control sequences.
fn without_marks(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\x1b' {
            out.push(c);
        } else if chars.next() == Some('[') {
            // Up to the final byte of the sequence.
            let _ = chars.find(|c| ('@'..='~').contains(c));
        }
    }
    out
}

/// Waits until the program is over, in good order.
pub fn ended(screen: &mut Screen) -> Outcome {
    let until = Instant::now() + PATIENCE;
    while Instant::now() < until {
        if let Some(status) = screen.child.try_wait()? {
            assert!(status.success(), "{status}");
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Err("it did not end".into())
}
