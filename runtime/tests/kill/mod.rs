//! The real program, edited at random and killed: what was sent, and what its journal brings back.
#![allow(clippy::unwrap_used, dead_code)] // a test that cannot start the binary fails

use serde_json::Value;
use std::net::UdpSocket;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

/// Part, onset in 960ths of a cycle, sound, and what is sent as `gain`, in thousandths.
pub type Event = (String, i64, String, i64);

/// Numbers by chance (SplitMix64), the same for the same seed.
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (x ^ (x >> 31)) % n
    }
    fn of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.below(all.len() as u64) as usize]
    }
}

/// What every text of the file has, and no edit touches: eight events a cycle.
pub const KEEP: &str = "keep: s \"tick*8\"\n";

/// A text of the file, right or wrong.
pub fn file_text(dice: &mut Dice, right: bool) -> String {
    let tempo = 600 + dice.below(300);
    let rhythm = dice.of(&["bd*4", "bd(3,8)", "bd [~ bd]", "bd*2 cp?"]);
    let hats = dice.of(&["hh*8", "hh(5,8)", "hh*4?", "oh hh oh hh"]);
    let wrong =
        dice.of(&["a: ]", "b: nosuch 3", "c s \"x\"", "d: s \"bd(3\"", "e: s \"bd\" .nosuch"]);
    let more = if right { "" } else { wrong };
    format!("tempo {tempo}\n{KEEP}kick: s \"{rhythm}\"\nhats: s \"{hats}\" .gain 0.7\n{more}\n")
}

/// A line for the wire, right or wrong.
pub fn line(dice: &mut Dice, right: bool) -> String {
    let right_one = [
        "clap: s \"~ cp\"",
        "clap: s \"cp*3\"",
        "mute hats",
        "unmute",
        "undo",
        "redo",
        "xfade 0.5",
        "xfade 0",
        "fade out kick 1",
        "fade in kick 1",
        "tempo 960 .over 2",
        "tempo 645",
        "nudge by 4",
        "nudge by -7",
        "once s \"rim*2\"",
        "seed 5",
        "at bar kick: s \"bd*5\"",
        "at now hats: s \"hh*3\"",
        "solo keep kick",
        "unsolo",
        "let x = \"sn*2\"",
    ];
    let wrong =
        ["clap: s \"cp", "kick: bd*4", "mute nobody", "tempo fast", "fade away", "at never hush"];
    if right { dice.of(&right_one).into() } else { dice.of(&wrong).into() }
}

/// `mag play`, and what it sends.
pub struct Stage {
    pub folder: PathBuf,
    child: Child,
    packets: Receiver<Event>,
    _stop: Sender<()>,
}

impl Drop for Stage {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Stage {
    /// Plays `text` in a folder of its own, with these options besides.
    pub fn start(name: &str, text: &str) -> Stage {
        let folder = std::env::temp_dir().join(format!("mag-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(folder.join("run")).unwrap();
        std::fs::write(folder.join("set.mag"), text).unwrap();
        Stage::on(folder, &[])
    }

    fn on(folder: PathBuf, options: &[&str]) -> Stage {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_read_timeout(Some(Duration::from_millis(20))).unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_mag"))
            .arg("play")
            .arg(folder.join("set.mag"))
            .args(["--silent", "--dirt", &socket.local_addr().unwrap().to_string()])
            .args(options)
            .env("XDG_STATE_HOME", &folder)
            .env("XDG_CONFIG_HOME", &folder)
            .env("XDG_RUNTIME_DIR", folder.join("run"))
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let ((stop, stopped), (tell, packets)) = (channel::<()>(), channel());
        std::thread::spawn(move || {
            let mut buffer = [0; 2048];
            while stopped.try_recv() != Err(std::sync::mpsc::TryRecvError::Disconnected) {
                if let Ok(n) = socket.recv(&mut buffer) {
                    let _ = tell.send(sent(&buffer[..n]));
                }
            }
        });
        Stage { folder, child, packets, _stop: stop }
    }

    /// Ends it as a power cut would, and goes on in the same folder.
    pub fn killed_and_resumed(mut self) -> (Vec<Event>, Stage) {
        let heard = self.kill();
        let folder = std::mem::take(&mut self.folder);
        (heard, Stage::on(folder, &["--resume"]))
    }

    /// Waits for an event; false if there is none within ten seconds.
    pub fn plays(&self) -> Option<Event> {
        self.packets.recv_timeout(Duration::from_secs(10)).ok()
    }

    pub fn save(&self, text: &str) {
        std::fs::write(self.folder.join("fresh"), text).unwrap();
        std::fs::rename(self.folder.join("fresh"), self.folder.join("set.mag")).unwrap();
    }

    /// Hands a line over; whether it was accepted.
    pub fn send(&self, text: &str) -> Option<bool> {
        let until = Instant::now() + Duration::from_secs(5);
        loop {
            // (it listens a moment after it has begun to play)
            match self.try_send(text) {
                None if Instant::now() < until => std::thread::sleep(Duration::from_millis(5)),
                answer => return answer,
            }
        }
    }

    fn try_send(&self, text: &str) -> Option<bool> {
        use std::io::{Read, Write};
        let socket = self.folder.join(format!("run/mag/{}.sock", self.child.id()));
        let mut stream = std::os::unix::net::UnixStream::connect(socket).ok()?;
        stream.write_all(text.as_bytes()).ok()?;
        stream.shutdown(std::net::Shutdown::Write).ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        Some(answer.starts_with("ok"))
    }

    /// `kill -9`; all that it sent.
    pub fn kill(&mut self) -> Vec<Event> {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        std::thread::sleep(Duration::from_millis(60));
        self.packets.try_iter().collect()
    }

    pub fn heard(&self) -> Vec<Event> {
        self.packets.try_iter().collect()
    }

    pub fn journal(&self) -> PathBuf {
        let journals = std::fs::read_dir(self.folder.join("mag/journal")).unwrap();
        journals.flatten().next().unwrap().path()
    }

    /// The events of a rendering of the journal, and the samples.
    pub fn replayed(&self, cycles: i64, name: &str) -> (Vec<Event>, Vec<u8>) {
        let (wav, events) = (self.folder.join(format!("{name}.wav")), self.folder.join(name));
        let status = Command::new(env!("CARGO_BIN_EXE_mag"))
            .arg("replay")
            .arg(self.journal())
            .args(["--cycles", &cycles.to_string(), "-o"])
            .arg(&wav)
            .arg("--events")
            .arg(&events)
            .stderr(Stdio::null())
            .status();
        assert!(status.unwrap().success());
        let text = std::fs::read_to_string(events).unwrap();
        let events = text.lines().map(|line| event(&serde_json::from_str(line).unwrap()));
        (events.collect(), std::fs::read(wav).unwrap())
    }
}

fn sent(packet: &[u8]) -> Event {
    let nannou_osc::Packet::Bundle(bundle) = nannou_osc::decode(packet).unwrap() else {
        panic!("a bundle")
    };
    let Some(nannou_osc::rosc::OscPacket::Message(message)) = bundle.content.first() else {
        panic!("a message")
    };
    let value = |name: &str| {
        let at = message.args.iter().position(|a| a.clone().string().as_deref() == Some(name))?;
        message.args.get(at + 1).cloned()
    };
    let cycle = (f64::from(value("cycle").unwrap().float().unwrap()) * 960.0).round() as i64;
    let gain = value("gain").map_or(1.0, |gain| f64::from(gain.float().unwrap()));
    let text = |name| value(name).unwrap().string().unwrap();
    (text("_id_"), cycle, text("s"), (gain * 1000.0).round() as i64)
}

fn event(line: &Value) -> Event {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let cycle = text(&line["cycle"]);
    let (num, den) = cycle.split_once('/').unwrap_or((&cycle, "1"));
    let cycle = 960.0 * num.parse::<f64>().unwrap() / den.parse::<f64>().unwrap();
    let gain = line["controls"]["gain"].as_f64().unwrap_or(1.0);
    // SuperDirt takes the fourth power of `gain`.
    let gain = gain * line["level"].as_f64().unwrap_or(1.0).powf(0.25);
    let sound = text(&line["controls"]["s"]);
    (text(&line["part"]), cycle.round() as i64, sound, (gain * 1000.0).round() as i64)
}

/// What one performance, killed, came to.
pub struct Outcome {
    /// Events that were compared.
    pub compared: usize,
    /// Edits in the journal.
    pub edits: usize,
}

/// Plays, edits at random for a random time, and kills; the journal must bring back what was sent
/// up to the last edit that it knows the moment of, and give the same samples twice.
///
/// # Errors
/// With what differs.
pub fn kill_once(seed: u64) -> Result<Outcome, String> {
    let mut dice = Dice(seed);
    let mut stage = Stage::start(&format!("kill{seed}"), &file_text(&mut dice, true));
    let first = stage.plays().ok_or("it does not play")?;
    let until = Instant::now() + Duration::from_millis(300 + dice.below(1500));
    while Instant::now() < until {
        std::thread::sleep(Duration::from_millis(10 + dice.below(120)));
        let right = dice.below(3) > 0;
        match dice.below(3) {
            0 => stage.save(&file_text(&mut dice, right)),
            _ => drop(stage.send(&line(&mut dice, right))),
        }
    }
    let mut heard = stage.kill();
    heard.push(first);
    let recorded = mag::journal::read(&stage.journal())?;
    let edits = recorded.entries().count();
    // The last packets may have been on their way when it was killed.
    let most = heard.iter().map(|e| e.1).max().unwrap_or(0);
    let unknown = recorded.entries().last().is_some_and(|entry| entry.landed.is_none());
    let settled = recorded.entries().filter_map(|e| e.landed).map(|t| (t.to_f64() * 960.0) as i64);
    let cut = if unknown { settled.max().unwrap_or(0).min(most) } else { most };
    let (mut again, samples) = stage.replayed(most / 960 + 1, "one");
    let (_, twice) = stage.replayed(most / 960 + 1, "two");
    if samples != twice {
        return Err(format!("seed {seed}: two renderings differ"));
    }
    heard.retain(|e| e.1 < cut);
    again.retain(|e| e.1 < cut);
    heard.sort();
    again.sort();
    if heard != again {
        let missing: Vec<_> = again.iter().filter(|e| !heard.contains(e)).take(6).collect();
        let more: Vec<_> = heard.iter().filter(|e| !again.contains(e)).take(6).collect();
        let journal = std::fs::read_to_string(stage.journal()).unwrap_or_default();
        return Err(format!(
            "seed {seed}: of {} sent and {} played again\nonly sent: {more:?}\nonly played \
             again: {missing:?}\n{journal}",
            heard.len(),
            again.len()
        ));
    }
    Ok(Outcome { compared: heard.len(), edits })
}
