//! What benchmarks of the running program share: the program, an ear for its OSC, load.
#![allow(dead_code)] // each benchmark uses a part of it

use mag::priority::{self, Urgency};
use nannou_osc::{Packet, Type};
use std::io::Read;
use std::net::{SocketAddr, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// `mag play`; ended when dropped.
pub struct Mag(Child);

impl Mag {
    /// Plays `file` to `ear` with a journal of its own.
    pub fn play(file: &Path, ear: &Ear, quantum: &str) -> std::io::Result<Mag> {
        let state: PathBuf = file.with_file_name("state");
        let child = Command::new(env!("CARGO_BIN_EXE_mag"))
            .arg("play")
            .arg(file)
            .args(["--silent", "--quantum", quantum, "--dirt"])
            .arg(ear.address.to_string())
            .env("XDG_STATE_HOME", &state)
            .env("XDG_RUNTIME_DIR", file.with_file_name(""))
            .stdin(Stdio::null())
            .stderr(std::fs::File::create(file.with_file_name("said"))?)
            .spawn()?;
        Ok(Mag(child))
    }

    /// Resident memory in kilobytes; 0 where the system does not tell.
    pub fn resident(&self) -> std::io::Result<u64> {
        let path = format!("/proc/{}/status", self.0.id());
        let Ok(status) = std::fs::read_to_string(path) else { return Ok(0) };
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
        kilobytes.ok_or_else(|| std::io::Error::other("the program has ended"))
    }

    /// What it measured itself.
    pub fn timing(&self, file: &Path) -> std::io::Result<String> {
        let output = Command::new(env!("CARGO_BIN_EXE_mag"))
            .args(["send", "timing"])
            .env("XDG_RUNTIME_DIR", file.with_file_name(""))
            .output()?;
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

impl Drop for Mag {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What the program that plays a file has said so far.
pub fn said(file: &Path) -> std::io::Result<String> {
    std::fs::read_to_string(file.with_file_name("said"))
}

/// Hears what SuperDirt would, on a thread of its own that is as urgent as the system allows, so
/// that what it measures is the program and not its own waiting. (Not the main thread: what that
/// starts would be as urgent.)
pub struct Ear {
    address: SocketAddr,
    heard: Receiver<Heard>,
}

/// A packet: when it came, and its time tag in 2⁻³² seconds since 1900.
pub struct Heard {
    pub came: Instant,
    pub system: Duration,
    pub tag: u64,
    pub n: f32,
}

impl Heard {
    /// Seconds from its coming to its time tag.
    pub fn ahead(&self) -> f64 {
        let tag = self.tag as f64 / 2f64.powi(32) - 2_208_988_800.0;
        // In two steps, since a double knows the time since 1970 to a quarter of a microsecond.
        tag - self.system.as_secs_f64()
    }
}

impl Ear {
    pub fn open() -> std::io::Result<Ear> {
        let socket = UdpSocket::bind("127.0.0.1:0")?;
        socket.set_read_timeout(Some(Duration::from_secs(10)))?;
        #[cfg(unix)]
        {
            use rustix::net::sockopt;
            // As much as there is; a slow reader would lose packets that were sent well.
            let most = 8 << 20;
            let _ = sockopt::set_socket_recv_buffer_size(&socket, most);
            #[cfg(target_os = "linux")]
            let _ = sockopt::set_socket_recv_buffer_size_force(&socket, most);
        }
        let address = socket.local_addr()?;
        let (tell, heard) = channel();
        std::thread::spawn(move || {
            priority::ask(Urgency::Audio);
            while let Ok(packet) = receive(&socket) {
                if tell.send(packet).is_err() {
                    return;
                }
            }
        });
        Ok(Ear { address, heard })
    }

    /// The next packet.
    pub fn packet(&self) -> std::io::Result<Heard> {
        let silence = |_| std::io::Error::other("nothing was heard for ten seconds");
        self.heard.recv_timeout(Duration::from_secs(10)).map_err(silence)
    }

    /// Waits for the first event of edit `n`.
    pub fn until(&self, n: usize) -> std::io::Result<Heard> {
        loop {
            let heard = self.packet()?;
            if heard.n == n as f32 {
                return Ok(heard);
            }
        }
    }

    /// Forgets what has come.
    pub fn drain(&self) {
        while self.heard.try_recv().is_ok() {}
    }
}

/// Waits for a packet.
fn receive(socket: &UdpSocket) -> std::io::Result<Heard> {
    let mut buffer = [0; 2048];
    let length = socket.recv(&mut buffer)?;
    let came = Instant::now();
    let system = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let packet = buffer.get(..length).unwrap_or_default();
    let tag = packet.get(8..16).and_then(|b| b.try_into().ok()).map_or(0, u64::from_be_bytes);
    Ok(Heard { came, system, tag, n: variant(packet).unwrap_or(-1.0) })
}

/// The value of `n` in a `/dirt/play` message: the float after its name; names and values
/// alternate, so it is found by the order of the type tags.
fn variant(packet: &[u8]) -> Option<f32> {
    let Packet::Bundle(bundle) = nannou_osc::decode(packet).ok()? else { return None };
    let Packet::Message(message) = bundle.content.into_iter().next()?.into() else {
        return None;
    };
    let args = &message.args;
    let at = args.iter().position(|a| matches!(a, Type::String(s) if s == "n"))?;
    match args.get(at + 1)? {
        Type::Float(x) => Some(*x),
        _ => None,
    }
}

/// Processes that keep every core busy; ended when dropped.
pub struct Burning(Vec<Child>);

impl Burning {
    /// One for each core.
    pub fn all_cores() -> std::io::Result<Burning> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let own = std::env::current_exe()?;
        let burn = |_| Command::new(&own).arg("--burn").stdout(Stdio::null()).spawn();
        (0..cores).map(burn).collect::<std::io::Result<Vec<Child>>>().map(Burning)
    }
}

impl Drop for Burning {
    fn drop(&mut self) {
        for child in &mut self.0 {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Burns for ever if this process was started for that.
pub fn burn_if_told() {
    if std::env::args().any(|arg| arg == "--burn") {
        let mut x = 1u64;
        loop {
            x = std::hint::black_box(x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1));
        }
    }
}

/// A watcher on each core, more urgent than the program is: what wakes it late is the machine (its
/// host, its kernel), not the program. So a late event can be laid at the right door.
pub struct Watching(Vec<Child>);

/// A time when a core was away: when it came back, since 1970, and for how long it was gone.
#[derive(Clone, Copy, Debug)]
pub struct Away {
    pub back: Duration,
    pub long: Duration,
}

impl Watching {
    pub fn all_cores() -> std::io::Result<Watching> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let own = std::env::current_exe()?;
        let watch = |core: usize| {
            let mut command = Command::new(&own);
            command.arg("--watch").arg(core.to_string());
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()
        };
        (0..cores).map(watch).collect::<std::io::Result<Vec<Child>>>().map(Watching)
    }

    /// Ends the watch: all times when a core was away for more than 5 ms.
    pub fn end(self) -> std::io::Result<Vec<Away>> {
        let mut away = Vec::new();
        for child in self.0 {
            // It ends when its input does.
            let output = child.wait_with_output()?;
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            away.extend(text.lines().filter_map(|line| {
                let (back, long) = line.split_once(' ')?;
                let micros = |word: &str| Some(Duration::from_micros(word.parse().ok()?));
                Some(Away { back: micros(back)?, long: micros(long)? })
            }));
        }
        Ok(away)
    }
}

impl Away {
    /// Whether what came at `when` may have waited for this core.
    pub fn explains(&self, when: Duration) -> bool {
        let room = Duration::from_millis(50);
        when + room > self.back.saturating_sub(self.long) && when < self.back + room
    }
}

/// Watches a core until the input ends if this process was started for that.
pub fn watch_if_told() {
    let mut args = std::env::args().skip_while(|arg| arg != "--watch").skip(1);
    let Some(core) = args.next().and_then(|core| core.parse().ok()) else { return };
    stay_on(core);
    priority::ask(Urgency::Audio);
    let ended = std::thread::spawn(|| std::io::stdin().read_to_end(&mut Vec::new()));
    let mut last = Instant::now();
    while !ended.is_finished() {
        std::thread::sleep(Duration::from_millis(1));
        let now = Instant::now();
        let long = now.duration_since(last);
        if long > Duration::from_millis(5) {
            let back = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            println!("{} {}", back.as_micros(), long.as_micros());
        }
        last = now;
    }
    std::process::exit(0);
}

/// Keeps this process on one core, where the system can.
fn stay_on(core: usize) {
    #[cfg(target_os = "linux")]
    {
        let mut set = rustix::thread::CpuSet::new();
        set.set(core);
        let _ = rustix::thread::sched_setaffinity(None, &set);
    }
    #[cfg(not(target_os = "linux"))]
    let _ = core;
}

/// The value below which this share of the samples lies; sorts them.
pub fn quantile(samples: &mut [f64], share: f64) -> f64 {
    samples.sort_by(f64::total_cmp);
    let at = samples.get((samples.len() as f64 * share) as usize).or(samples.last());
    at.copied().unwrap_or(f64::NAN)
}
