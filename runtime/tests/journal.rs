//! A real performance, killed: what its journal brings back is what was on the wire.
#![allow(clippy::unwrap_used)] // a test that cannot start the binary fails

mod scratch;

use scratch::Scratch;
use serde_json::Value;
use std::collections::BTreeSet;
use std::net::UdpSocket;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Part, cycle and sound of an event; cycles in 960ths, as floats on the wire are not exact.
type Event = (String, i64, String);

struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn folder(name: &str) -> Scratch {
    let folder = Scratch::new(name).unwrap();
    std::fs::create_dir_all(folder.join("run")).unwrap();
    folder
}

fn play(file: &Path, target: &UdpSocket, folder: &Path) -> Killed {
    let child = Command::new(env!("CARGO_BIN_EXE_mag"))
        .arg("play")
        .arg(file)
        .args(["--silent", "--dirt", &target.local_addr().unwrap().to_string()])
        .env("XDG_STATE_HOME", folder)
        .env("XDG_RUNTIME_DIR", folder.join("run"))
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    Killed(child.unwrap())
}

fn send(folder: &Path, text: &str) -> std::process::Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mag"));
    command.args(["send", text]).env("XDG_RUNTIME_DIR", folder.join("run")).output().unwrap()
}

fn sent(packet: &[u8]) -> Event {
    let nannou_osc::Packet::Bundle(bundle) = nannou_osc::decode(packet).unwrap() else {
        panic!("a bundle")
    };
    let Some(nannou_osc::rosc::OscPacket::Message(message)) = bundle.content.first() else {
        panic!("a message")
    };
    let value = |name: &str| {
        let at = message.args.iter().position(|a| a.clone().string().as_deref() == Some(name));
        message.args[at.unwrap() + 1].clone()
    };
    let cycle = (f64::from(value("cycle").float().unwrap()) * 960.0).round() as i64;
    (value("_id_").string().unwrap(), cycle, value("s").string().unwrap())
}

fn listen(socket: &UdpSocket, how_long: Duration, events: &mut Vec<Event>) {
    let until = Instant::now() + how_long;
    let mut buffer = [0; 2048];
    while Instant::now() < until {
        if let Ok(n) = socket.recv(&mut buffer) {
            events.push(sent(&buffer[..n]));
        }
    }
}

fn replayed(journal: &Path, folder: &Path, cycles: i64) -> BTreeSet<Event> {
    let events = folder.join("events.jsonl");
    let status = Command::new(env!("CARGO_BIN_EXE_mag"))
        .arg("replay")
        .arg(journal)
        .args(["--cycles", &cycles.to_string(), "-o"])
        .arg(folder.join("replay.wav"))
        .arg("--events")
        .arg(&events)
        .status();
    assert!(status.unwrap().success());
    let text = std::fs::read_to_string(events).unwrap();
    text.lines().map(|line| event(&serde_json::from_str(line).unwrap())).collect()
}

fn event(line: &Value) -> Event {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let cycle = text(&line["cycle"]);
    let (num, den) = cycle.split_once('/').unwrap_or((&cycle, "1"));
    let cycle = 960.0 * num.parse::<f64>().unwrap() / den.parse::<f64>().unwrap();
    (text(&line["part"]), cycle.round() as i64, text(&line["controls"]["s"]))
}

#[test]
fn a_killed_performance_comes_back_as_it_was_heard() {
    let folder = folder("killed");
    let file = folder.join("set.mag");
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(Duration::from_millis(5))).unwrap();
    std::fs::write(&file, "tempo 240\na: s \"bd*4\"\nb: s \"hh*8\"\n").unwrap();
    let mut heard = Vec::new();
    let playing = play(&file, &socket, &folder);
    listen(&socket, Duration::from_millis(1500), &mut heard);
    assert!(!heard.is_empty(), "it plays");
    std::fs::write(&file, "tempo 240\na: s \"sn*4\"\nb: s \"hh*8\"\n").unwrap();
    listen(&socket, Duration::from_millis(900), &mut heard);
    std::fs::write(&file, "tempo 240\na: s \"cp*4\nb: s nosuch\nc: ]\n").unwrap();
    listen(&socket, Duration::from_millis(700), &mut heard);
    let answer = send(&folder, "c: s \"cp*3\"");
    assert!(answer.status.success(), "{answer:?}");
    listen(&socket, Duration::from_millis(900), &mut heard);
    assert!(send(&folder, "mute b").status.success());
    assert!(!send(&folder, "b: nosuch").status.success());
    listen(&socket, Duration::from_millis(900), &mut heard);
    assert!(send(&folder, "undo").status.success());
    listen(&socket, Duration::from_millis(900), &mut heard);
    drop(playing);
    let journals = std::fs::read_dir(folder.join("mag/journal")).unwrap();
    let journal = journals.flatten().next().unwrap().path();
    let last = heard.iter().map(|(_, cycle, _)| *cycle).max().unwrap();
    let mut again = replayed(&journal, &folder, last / 960 + 1);
    again.retain(|(_, cycle, _)| *cycle < last);
    let count = heard.len();
    let mut heard: BTreeSet<Event> = heard.into_iter().collect();
    assert_eq!(heard.len(), count, "nothing was sent twice");
    heard.retain(|(_, cycle, _)| *cycle < last);
    let sounds: BTreeSet<&str> = heard.iter().map(|(_, _, s)| s.as_str()).collect();
    assert_eq!(sounds, BTreeSet::from(["bd", "cp", "hh", "sn"]));
    let (only_heard, only_again): (Vec<_>, Vec<_>) =
        (heard.difference(&again).collect(), again.difference(&heard).collect());
    assert!(only_heard.is_empty() && only_again.is_empty(), "{only_heard:?} {only_again:?}");
    // A bad text in between left no gap: every eighth of `b` until it was muted.
    let eighths: Vec<i64> = heard.iter().filter(|e| e.0 == "b").map(|e| e.1 / 120).collect();
    let muted = eighths.windows(2).filter(|w| w[1] != w[0] + 1).count();
    assert_eq!(muted, 1, "one gap, that of `mute`");
}
