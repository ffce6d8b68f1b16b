//! From process start to the first event, and from a saved edit to the first changed event, as a
//! receiver of OSC sees them: one JSON line each. Drives the binary, journal and all.

use std::io::Write;
use std::net::UdpSocket;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

const STARTS: usize = 20;
const EDITS: usize = 100;

fn main() -> std::io::Result<()> {
    let folder = std::env::temp_dir().join(format!("mag-latency-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let result = measure(&folder);
    std::fs::remove_dir_all(&folder)?;
    result
}

fn measure(folder: &Path) -> std::io::Result<()> {
    let file = folder.join("bench.mag");
    let mut starts = Samples::default();
    for _ in 0..STARTS {
        let ear = Ear::open()?;
        write(&file, 0)?;
        let from = Instant::now();
        let _playing = Playing::start(&file, &ear, "now")?;
        starts.add(from, ear.until(0)?);
    }
    starts.print("process start to first event");
    for quantum in ["now", "beat"] {
        let ear = Ear::open()?;
        write(&file, 0)?;
        let _playing = Playing::start(&file, &ear, quantum)?;
        ear.until(0)?;
        let mut edits = Samples::default();
        for n in 1..=if quantum == "now" { EDITS } else { EDITS / 5 } {
            // Odd moments, so that no rhythm of the machine is met again and again.
            std::thread::sleep(Duration::from_millis(53 + (n as u64 * 37) % 41));
            ear.drain()?;
            write(&file, n)?;
            let from = Instant::now();
            edits.add(from, ear.until(n)?);
        }
        edits.print(&format!("save to first changed event, quantum {quantum}"));
    }
    Ok(())
}

/// A program of 500 events a second that says which edit it is.
fn write(file: &Path, n: usize) -> std::io::Result<()> {
    let mut out = std::fs::File::create(file)?;
    write!(out, "tempo 120\nhats: s \"hh*1000\" .n {n}\nkick: s \"bd*4\" .n {n}\n")
}

/// `mag play`; ended when dropped.
struct Playing(Child);

impl Playing {
    fn start(file: &Path, ear: &Ear, quantum: &str) -> std::io::Result<Playing> {
        let state: PathBuf = file.with_file_name("state");
        let child = Command::new(env!("CARGO_BIN_EXE_mag"))
            .arg("play")
            .arg(file)
            .args(["--silent", "--quantum", quantum, "--dirt"])
            .arg(ear.0.local_addr()?.to_string())
            .env("XDG_STATE_HOME", state)
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        Ok(Playing(child))
    }
}

impl Drop for Playing {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Hears what SuperDirt would.
struct Ear(UdpSocket);

/// When a packet came, and how long after that its time tag is.
type Heard = (Instant, f64);

impl Ear {
    fn open() -> std::io::Result<Ear> {
        let socket = UdpSocket::bind("127.0.0.1:0")?;
        socket.set_read_timeout(Some(Duration::from_secs(10)))?;
        Ok(Ear(socket))
    }

    /// Waits for the first event of edit `n`.
    fn until(&self, n: usize) -> std::io::Result<Heard> {
        let mut buffer = [0; 2048];
        loop {
            let length = self.0.recv(&mut buffer)?;
            let at = Instant::now();
            let packet = buffer.get(..length).unwrap_or_default();
            if variant(packet) == Some(n as f32) {
                return Ok((at, ahead(packet)));
            }
        }
    }

    fn drain(&self) -> std::io::Result<()> {
        self.0.set_nonblocking(true)?;
        while self.0.recv(&mut [0; 2048]).is_ok() {}
        self.0.set_nonblocking(false)
    }
}

/// The value of `n` in a `/dirt/play` message: the float after its name; names and values
/// alternate, so it is found by the order of the type tags.
fn variant(packet: &[u8]) -> Option<f32> {
    let nannou_osc::Packet::Bundle(bundle) = nannou_osc::decode(packet).ok()? else { return None };
    let nannou_osc::Packet::Message(message) = bundle.content.into_iter().next()?.into() else {
        return None;
    };
    let args = &message.args;
    let at = args.iter().position(|a| matches!(a, nannou_osc::Type::String(s) if s == "n"))?;
    match args.get(at + 1)? {
        nannou_osc::Type::Float(x) => Some(*x),
        _ => None,
    }
}

/// Seconds from now to the time tag of a bundle.
fn ahead(packet: &[u8]) -> f64 {
    let word = |at: usize| {
        let bytes = packet.get(at..at + 4).and_then(|b| b.try_into().ok()).unwrap_or_default();
        f64::from(u32::from_be_bytes(bytes))
    };
    let tag = word(8) - 2_208_988_800.0 + word(12) / 2f64.powi(32);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    tag - now.as_secs_f64()
}

/// Latencies in milliseconds: to the packet, and to its time tag.
#[derive(Default)]
struct Samples {
    wire: Vec<f64>,
    heard: Vec<f64>,
}

impl Samples {
    fn add(&mut self, from: Instant, (at, ahead): Heard) {
        let wire = at.duration_since(from).as_secs_f64() * 1000.0;
        self.wire.push(wire);
        self.heard.push(wire + ahead * 1000.0);
    }

    fn print(&mut self, what: &str) {
        let figures = |samples: &mut Vec<f64>| {
            samples.sort_by(f64::total_cmp);
            let at = |share: f64| samples.get((samples.len() as f64 * share) as usize).copied();
            [0.5, 0.99].map(|share| at(share).or(samples.last().copied()).unwrap_or(f64::NAN))
        };
        let ([wire, wire_99], [heard, heard_99]) =
            (figures(&mut self.wire), figures(&mut self.heard));
        println!(
            "{{\"what\":\"{what}\",\"wire_ms_median\":{wire:.2},\"wire_ms_p99\":{wire_99:.2},\
             \"time_tag_ms_median\":{heard:.2},\"time_tag_ms_p99\":{heard_99:.2}}}"
        );
    }
}
