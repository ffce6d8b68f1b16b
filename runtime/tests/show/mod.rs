//! The real program on stage: `mag play` on a file, its OSC on loopback, its messages.

use rustix::process::Pid;
use std::fs;
use std::io::{BufRead, BufReader};
use std::net::UdpSocket;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// What is never touched: sixteen events a second, a sixteenth of a second apart.
pub const PULSE: &str = "tempo 240\npulse: s \"tick*16\"\n";
/// Their distance in units of 2⁻³² seconds.
const STEP: u64 = 1 << 28;
/// What a time tag may be off: ten nanoseconds.
const SLACK: u64 = 43;
/// How long anything is waited for.
const PATIENCE: Duration = Duration::from_secs(20);

type Failed = Box<dyn std::error::Error>;

/// A message: its time tag in units of 2⁻³² seconds, its sound, its part.
type Heard = (u64, String, String);

/// A running performance.
pub struct Show {
    folder: PathBuf,
    file: PathBuf,
    child: Child,
    port: u16,
    listener: Option<Listener>,
    heard: Vec<Heard>,
    said: Arc<Mutex<String>>,
}

/// The thread that takes packets; ends when its `stop` is dropped.
struct Listener {
    stop: Sender<()>,
    thread: JoinHandle<()>,
    packets: Receiver<Heard>,
}

impl Listener {
    fn on(port: u16) -> Result<(Listener, u16), Failed> {
        let socket = UdpSocket::bind(("127.0.0.1", port))?;
        socket.set_read_timeout(Some(Duration::from_millis(20)))?;
        let port = socket.local_addr()?.port();
        let ((stop, stopped), (tell, packets)) = (channel::<()>(), channel());
        let thread = std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            use std::sync::mpsc::TryRecvError::Disconnected;
            while stopped.try_recv() != Err(Disconnected) {
                let Ok(n) = socket.recv(&mut buffer) else { continue };
                if let Some(heard) = buffer.get(..n).and_then(message) {
                    let _ = tell.send(heard);
                }
            }
        });
        Ok((Listener { stop, thread, packets }, port))
    }
}

impl Show {
    /// Plays [`PULSE`], with these options more.
    pub fn start(name: &str, options: &[&str]) -> Result<Show, Failed> {
        Show::open(name, PULSE, &[], options)
    }

    /// Plays a text with other files beside it.
    pub fn start_with(name: &str, text: &str, beside: &[(&str, &str)]) -> Result<Show, Failed> {
        Show::open(name, text, beside, &[])
    }

    fn open(
        name: &str,
        text: &str,
        beside: &[(&str, &str)],
        options: &[&str],
    ) -> Result<Show, Failed> {
        let folder = std::env::temp_dir().join(format!("mag-show-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder)?;
        for (file, text) in beside {
            fs::write(folder.join(file), text)?;
        }
        let file = folder.join("set.mag");
        fs::write(&file, text)?;
        let (listener, port) = Listener::on(0)?;
        let run = folder.join("run");
        fs::create_dir_all(&run)?;
        let mut child = Command::new(env!("CARGO_BIN_EXE_mag"))
            .args(["play", "--silent", "--quantum", "now", "--dirt"])
            .arg(format!("127.0.0.1:{port}"))
            .args(options)
            .arg(&file)
            .env("XDG_STATE_HOME", folder.join("state"))
            .env("XDG_RUNTIME_DIR", &run)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        let said = Arc::new(Mutex::new(String::new()));
        let (pipe, log) = (child.stderr.take().ok_or("no standard error")?, said.clone());
        std::thread::spawn(move || {
            for line in BufReader::new(pipe).lines().map_while(Result::ok) {
                let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
                log.push_str(&line);
                log.push('\n');
            }
        });
        let listener = Some(listener);
        let mut show = Show { folder, file, child, port, listener, heard: Vec::new(), said };
        show.expect_sound("tick")?;
        Ok(show)
    }

    /// The program's file.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Saves the file as most editors do: a new one moved over it.
    pub fn save(&self, text: &str) -> Result<(), Failed> {
        let fresh = self.folder.join("fresh");
        fs::write(&fresh, text)?;
        Ok(fs::rename(fresh, &self.file)?)
    }

    /// The process.
    pub fn pid(&self) -> Result<Pid, Failed> {
        Ok(Pid::from_raw(i32::try_from(self.id())?).ok_or("no process")?)
    }

    /// The socket on which `mag send` is heard.
    pub fn socket(&self) -> Result<PathBuf, Failed> {
        let name = format!("run/mag/{}.sock", self.id());
        let (path, until) = (self.folder.join(name), Instant::now() + PATIENCE);
        while !path.exists() && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(path)
    }

    /// Its number.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// All that it has said.
    pub fn said(&self) -> String {
        self.said.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Lets it play on for a while.
    pub fn pause(&mut self, length: Duration) {
        std::thread::sleep(length);
        self.collect();
    }

    fn collect(&mut self) {
        if let Some(listener) = &self.listener {
            self.heard.extend(listener.packets.try_iter());
        }
    }

    /// Waits for an event with this sound that has not been heard before.
    pub fn expect_sound(&mut self, sound: &str) -> Result<(), Failed> {
        self.collect();
        let (known, since) = (self.heard.len(), Instant::now());
        while since.elapsed() < PATIENCE {
            std::thread::sleep(Duration::from_millis(5));
            self.collect();
            if self.heard.iter().skip(known).any(|(_, s, _)| s == sound) {
                return Ok(());
            }
        }
        Err(format!("`{sound}` was not heard; it says:\n{}", self.said()).into())
    }

    /// Hands a text to it as editors do; what it answers.
    pub fn send(&self, text: &str) -> Result<String, Failed> {
        use std::io::{Read, Write};
        let socket = self.folder.join(format!("run/mag/{}.sock", self.id()));
        let mut stream = std::os::unix::net::UnixStream::connect(socket)?;
        stream.write_all(text.as_bytes())?;
        stream.shutdown(std::net::Shutdown::Write)?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    }

    /// Nobody listens to its packets any more.
    pub fn deaf(&mut self) -> Result<(), Failed> {
        self.collect();
        if let Some(Listener { stop, thread, .. }) = self.listener.take() {
            drop(stop);
            thread.join().map_err(|_| "the listener failed")?;
        }
        Ok(())
    }

    /// Somebody does again.
    pub fn listen(&mut self) -> Result<(), Failed> {
        self.listener = Some(Listener::on(self.port)?.0);
        Ok(())
    }

    /// Ends it; every event of `pulse` was there, each in its place.
    pub fn end_without_a_gap(self) -> Result<(), Failed> {
        self.end(|distance| distance == 1)
    }

    /// Ends it; what there was of `pulse` was in its place.
    pub fn end_on_the_grid(self) -> Result<(), Failed> {
        self.end(|distance| distance >= 1)
    }

    fn end(mut self, fine: impl Fn(u64) -> bool) -> Result<(), Failed> {
        self.pause(Duration::from_millis(300));
        if let Some(status) = self.child.try_wait()? {
            return Err(format!("it ended ({status}):\n{}", self.said()).into());
        }
        let mut ticks: Vec<u64> =
            self.heard.iter().filter(|(_, s, _)| s == "tick").map(|(at, ..)| *at).collect();
        ticks.sort_unstable();
        for pair in ticks.windows(2) {
            let &[a, b] = pair else { continue };
            let steps = (b - a + STEP / 2) / STEP;
            let off = (b - a).abs_diff(steps * STEP);
            if !fine(steps) || off > SLACK {
                let ms = (b - a) as f64 / (1u64 << 32) as f64 * 1000.0;
                return Err(format!("{ms:.6} ms between ticks; it says:\n{}", self.said()).into());
            }
        }
        Ok(())
    }
}

impl Drop for Show {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Time tag, sound and part of one bundle with one message of names and values.
fn message(packet: &[u8]) -> Option<Heard> {
    let tag = u64::from_be_bytes(packet.get(8..16)?.try_into().ok()?);
    let mut rest = packet.get(20..)?;
    let _address = text(&mut rest)?;
    let types = text(&mut rest)?;
    let mut texts = Vec::new();
    for kind in types.strip_prefix(',')?.chars() {
        if kind == 's' {
            texts.push(text(&mut rest)?);
        } else {
            rest = rest.get(4..)?;
            texts.push(String::new());
        }
    }
    let value = |name: &str| {
        let at = texts.iter().step_by(2).position(|n| n == name)?;
        texts.get(2 * at + 1).cloned()
    };
    Some((tag, value("s")?, value("_id_").unwrap_or_default()))
}

/// A string of OSC: ended by a zero, filled up to four bytes.
fn text(rest: &mut &[u8]) -> Option<String> {
    let end = rest.iter().position(|&b| b == 0)?;
    let found = String::from_utf8(rest.get(..end)?.to_vec()).ok()?;
    *rest = rest.get((end / 4 + 1) * 4..)?;
    Some(found)
}
