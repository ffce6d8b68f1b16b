//! OSC on a real socket, read by a decoder written from the specification, and byte for byte.
#![allow(clippy::unwrap_used)] // a test that cannot open a socket fails

mod common;

use common::{RATE, program, to_synth};
use mag::clock::Frame;
use mag::cue::Cue;
use mag::moments::Moments;
use mag::notice::{Notice, Notices};
use mag::output::Output;
use mag::output::osc::{OscOut, Style};
use mag::route::{Defaults, Place, Routes};
use mag::scheduler::Scheduler;
use mag_lang::Target;
use mag_pattern::Nowhere;
use std::net::UdpSocket;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

#[derive(Debug, PartialEq, Clone)]
enum Arg {
    S(String),
    F(f32),
    I(i32),
}

#[derive(Debug)]
struct Message {
    /// Seconds since 1900 in units of 2⁻³² s.
    tag: u64,
    address: String,
    args: Vec<(String, Arg)>,
}

/// Reads as the OSC 1.0 specification says, independently of any library.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, n: usize) -> &'a [u8] {
        let (head, tail) = self.0.split_at(n);
        self.0 = tail;
        head
    }
    fn int(&mut self) -> u32 {
        u32::from_be_bytes(self.take(4).try_into().unwrap())
    }
    fn string(&mut self) -> String {
        let end = self.0.iter().position(|b| *b == 0).unwrap();
        let bytes = self.take((end / 4 + 1) * 4);
        assert!(bytes[end..].iter().all(|b| *b == 0), "padded with zeros");
        String::from_utf8(bytes[..end].to_vec()).unwrap()
    }
}

fn decode(packet: &[u8]) -> Message {
    assert_eq!(packet.len() % 4, 0);
    let mut r = Reader(packet);
    assert_eq!(r.take(8), b"#bundle\0");
    let tag = u64::from(r.int()) << 32 | u64::from(r.int());
    let size = r.int() as usize;
    assert_eq!(size, r.0.len(), "one message a bundle");
    let address = r.string();
    let tags = r.string();
    let mut values = tags.strip_prefix(',').unwrap().chars().map(|t| match t {
        's' => Arg::S(r.string()),
        'f' => Arg::F(f32::from_bits(r.int())),
        'i' => Arg::I(r.int() as i32),
        other => panic!("type {other}"),
    });
    let mut args = Vec::new();
    while let Some(name) = values.next() {
        let Arg::S(name) = name else { panic!("names are strings") };
        args.push((name, values.next().unwrap()));
    }
    Message { tag, address, args }
}

fn notices() -> (Notices, Receiver<Notice>) {
    let (said, heard) = channel();
    (Notices::start(Box::new(move |notice| drop(said.send(notice.clone())))), heard)
}

/// What arrives of a program's first `seconds`, sent by the output itself.
fn sent(text: &str, style: Style, seconds: Frame) -> (Vec<Message>, Moments) {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
    let moments = Moments::starting_in(Duration::from_secs(1), RATE);
    let (notices, _) = notices();
    let target = socket.local_addr().unwrap();
    let mut out = OscOut::open(target, style, moments, RATE, &notices).unwrap();
    for cue in cues(text, seconds) {
        out.cue(&cue);
    }
    let mut buffer = [0; 2048];
    let mut messages = Vec::new();
    while let Ok(n) = socket.recv(&mut buffer) {
        messages.push(decode(&buffer[..n]));
    }
    (messages, moments)
}

fn cues(text: &str, seconds: Frame) -> Vec<Cue> {
    let end = seconds * Frame::from(RATE);
    let mut cues = Scheduler::new(RATE, program(text)).advance(end, &Nowhere);
    cues.retain(|cue| cue.at < end);
    cues
}

fn get<'a>(message: &'a Message, name: &str) -> Option<&'a Arg> {
    message.args.iter().find(|(n, _)| n == name).map(|(_, v)| v)
}

#[test]
fn a_kick_is_what_tidal_sends() {
    let text = "tempo 120\nd1: s \"bd sn:3\" .speed 2 .pan 0.25 .note 62 .legato 0.5";
    let (messages, _) = sent(text, Style::Dirt, 2);
    let [kick, snare] = messages.as_slice() else { panic!("{messages:?}") };
    assert_eq!(kick.address, "/dirt/play");
    let names: Vec<&str> = kick.args.iter().map(|(n, _)| n.as_str()).collect();
    let alphabetical =
        ["_id_", "cps", "cycle", "delta", "legato", "n", "note", "orbit", "pan", "s", "speed"];
    assert_eq!(names, alphabetical);
    let expected = [
        ("_id_", Arg::S("d1".into())),
        ("cps", Arg::F(0.5)),
        ("cycle", Arg::F(0.5)),
        ("delta", Arg::F(1.0)),
        ("n", Arg::F(3.0)),
        ("note", Arg::F(2.0)),
        ("orbit", Arg::I(0)),
        ("pan", Arg::F(0.25)),
        ("s", Arg::S("sn".into())),
        ("speed", Arg::F(2.0)),
    ];
    for (name, value) in expected {
        assert_eq!(get(snare, name), Some(&value), "{name}");
    }
}

#[test]
fn speeds_in_cycles_are_tidals() {
    // Tidal sends `loopAt 2` as speed 0.5 with unit c at any tempo: SuperDirt knows the tempo.
    let (messages, _) = sent("tempo 96\nd1: s \"break\" .loopAt 2", Style::Dirt, 2);
    assert_eq!(get(&messages[0], "speed"), Some(&Arg::F(0.5)));
    assert_eq!(get(&messages[0], "unit"), Some(&Arg::S("c".into())));
}

#[test]
fn time_tags_keep_the_grid_to_a_microsecond() {
    let (messages, moments) = sent("tempo 124\na: s \"hh*16\"", Style::Dirt, 20);
    assert!(messages.len() > 150);
    let unix = moments.system_origin().as_secs_f64();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs_f64();
    assert!((unix - now).abs() < 3.0, "cycle 0 is a second after the start of the test");
    for (k, message) in messages.iter().enumerate() {
        let since = (message.tag - messages[0].tag) as f64 / 2f64.powi(32);
        // A frame of 48 kHz is 21 µs, but tags lie where the music is, between frames too.
        assert!((since - k as f64 * 15.0 / 124.0).abs() < 1e-6, "{k}: {since}");
    }
}

#[test]
fn free_addresses_get_the_controls_in_order() {
    let text = "tempo 120\ndots: n \"0 1\" .pan 0.5 .gain 0.9 .osc '/stroke' .color \"red\"";
    let (messages, _) = sent(text, Style::Free, 2);
    assert_eq!(messages.len(), 2);
    assert_eq!(messages[1].address, "/stroke");
    let names: Vec<&str> = messages[1].args.iter().map(|(n, _)| n.as_str()).collect();
    assert_eq!(names, ["_id_", "color", "cps", "cycle", "delta", "gain", "n", "pan"]);
    assert_eq!(get(&messages[1], "color"), Some(&Arg::S("red".into())));
}

#[test]
fn the_bytes_are_those_of_the_specification() {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(2))).unwrap();
    let moments = Moments::starting_in(Duration::ZERO, RATE);
    let (notices, _) = notices();
    let target = socket.local_addr().unwrap();
    let mut out = OscOut::open(target, Style::Free, moments, RATE, &notices).unwrap();
    let mut cue = cues("tempo 60\na: n 1 .osc '/x'", 1).remove(0);
    cue.position = f64::from(RATE) / 2.0;
    out.cue(&cue);
    let mut buffer = [0; 512];
    let n = socket.recv(&mut buffer).unwrap();
    let (seconds, fraction) = moments.ntp(24_000);
    let mut expected = Vec::new();
    expected.extend(b"#bundle\0");
    expected.extend(seconds.to_be_bytes());
    expected.extend(fraction.to_be_bytes());
    expected.extend(0u32.to_be_bytes());
    expected.extend(b"/x\0\0,sssfsfsfsf\0");
    expected.extend(b"_id_\0\0\0\0a\0\0\0");
    expected.extend(b"cps\0");
    expected.extend(0.25f32.to_be_bytes());
    expected.extend(b"cycle\0\0\0\0\0\0\0");
    expected.extend(b"delta\0\0\0");
    expected.extend(4.0f32.to_be_bytes());
    expected.extend(b"n\0\0\0");
    expected.extend(1.0f32.to_be_bytes());
    let size = (expected.len() - 20) as u32;
    expected[16..20].copy_from_slice(&size.to_be_bytes());
    assert_eq!(buffer[..n], expected[..]);
}

#[test]
fn a_target_that_is_not_there_is_said_once() {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let target = socket.local_addr().unwrap();
    drop(socket);
    let moments = Moments::starting_in(Duration::ZERO, RATE);
    let (notices, heard) = notices();
    let mut out = OscOut::open(target, Style::Dirt, moments, RATE, &notices).unwrap();
    for cue in cues("tempo 120\na: s \"bd*16\"", 4) {
        out.cue(&cue);
        std::thread::sleep(Duration::from_millis(1));
    }
    notices.flush();
    let said: Vec<Notice> = heard.try_iter().collect();
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].text.contains(&target.to_string()));
    // It comes up: nothing of what follows is lost.
    let socket = UdpSocket::bind(target).unwrap();
    socket.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
    for cue in cues("tempo 120\na: s \"bd*16\"", 2) {
        out.cue(&cue);
    }
    let mut buffer = [0; 2048];
    let arrived = std::iter::from_fn(|| socket.recv(&mut buffer).ok()).count();
    assert_eq!(arrived, 16);
}

#[test]
fn cues_find_their_places() {
    let defaults = Defaults::default();
    let text = "out screen = osc \"127.0.0.1:9100\"\nout pa = superdirt \"127.0.0.1:57200\"\n\
                a: s \"bd\"\nb: n 0 .osc '/stroke'\nc: s \"bd\" .osc '/kick'\n\
                d: s \"bd\" .out \"pa\"\ne: n 0 .out \"screen\"\nf: s \"bd\" .out \"nowhere\"\n";
    let routes = Routes::of(&program(text), &defaults).unwrap();
    let screen = Place::Free("127.0.0.1:9100".parse().unwrap());
    let pa = Place::Dirt("127.0.0.1:57200".parse().unwrap());
    let expected = [
        ("a", Some(Place::Synth), None, None),
        ("b", None, Some(screen), None),
        ("c", Some(Place::Synth), Some(screen), None),
        ("d", Some(pa), None, None),
        ("e", None, Some(screen), None),
        ("f", Some(Place::Synth), None, Some("nowhere")),
    ];
    for (cue, (name, sound, message, unknown)) in cues(text, 1).iter().zip(expected) {
        assert_eq!(&*cue.name, name);
        assert_eq!(routes.places(cue), ([sound, message], unknown), "{name}");
    }
    let main = program("out main = superdirt \"127.0.0.1:57120\"\na: s \"bd\"");
    let everything = Routes::of(&main, &defaults).unwrap().main();
    assert_eq!(everything, Place::Dirt("127.0.0.1:57120".parse().unwrap()));
    let mut nowhere = (*main).clone();
    nowhere.outs.insert("x".into(), Target::Osc("no address".into()));
    assert!(Routes::of(&nowhere, &defaults).is_err_and(|e| e[0].contains("no address")));
    assert_eq!(to_synth().main(), Place::Synth);
}
