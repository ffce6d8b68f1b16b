//! OSC over UDP: SuperDirt's `/dirt/play`, and free addresses for visuals. Names nannou_osc.
//!
//! One message a bundle, the time tag on the bundle, arguments as name/value pairs in alphabetical
//! order, as Tidal sends them.

use super::Output;
use crate::clock::Frame;
use crate::cue::Cue;
use crate::moments::{Moments, Wall};
use crate::notice::Notices;
use mag_pattern::{Sym, Value};
use nannou_osc::rosc::{OscBundle, OscMessage, OscPacket, OscTime, OscType, encoder};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

/// The port that SuperDirt listens on.
pub const DIRT_PORT: u16 = 57120;
/// The port for visuals where none is named.
pub const VISUALS_PORT: u16 = 9000;
/// How long before its time a bundle is sent, in seconds: what cannot be taken back any more.
const LEAD: f64 = 0.020;
/// A target that was sent something, and from which no refusal came for so long, is there again.
const BACK: Duration = Duration::from_secs(2);

/// What the messages to a target look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// `/dirt/play` for SuperDirt.
    Dirt,
    /// To the address that the control `osc` names.
    Free,
}

/// One target of OSC bundles.
pub struct OscOut {
    socket: UdpSocket,
    target: SocketAddr,
    style: Style,
    moments: Moments,
    wall: Wall,
    lead: Frame,
    notices: Notices,
    /// When the target last refused.
    refused: Option<Instant>,
    /// When it was first sent something after that.
    tried: Option<Instant>,
}

impl OscOut {
    /// Sends to `target`.
    ///
    /// # Errors
    /// If no socket can be opened.
    pub fn open(
        target: SocketAddr,
        style: Style,
        moments: Moments,
        rate: u32,
        notices: &Notices,
    ) -> std::io::Result<OscOut> {
        let any: SocketAddr = match target {
            SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
            SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
        };
        let socket = UdpSocket::bind(any)?;
        socket.set_nonblocking(true)?;
        // Connected, so that the system tells when nobody listens there.
        socket.connect(target)?;
        let lead = (LEAD * f64::from(rate)).round() as Frame;
        let (notices, wall) = (notices.clone(), Wall::default());
        Ok(OscOut {
            socket,
            target,
            style,
            moments,
            wall,
            lead,
            notices,
            refused: None,
            tried: None,
        })
    }

    /// The same with a view of the system clock that all outputs share.
    #[must_use]
    pub fn sharing(mut self, wall: Wall) -> OscOut {
        self.wall = wall;
        self
    }

    fn send(&mut self, tag: (u32, u32), message: OscMessage) {
        let Ok(bytes) = encoder::encode(&bundle(tag, message)) else { return };
        if let Err(error) = self.socket.send(&bytes) {
            self.refuse(&error);
            // The error may be the answer to the packet before; then this one was not sent.
            let _ = self.socket.send(&bytes);
        }
        if self.refused.is_some() {
            self.tried.get_or_insert_with(Instant::now);
        }
    }

    fn refuse(&mut self, error: &std::io::Error) {
        self.tried = None;
        if self.refused.replace(Instant::now()).is_none() {
            let (target, hint) = (
                self.target,
                match self.style {
                    Style::Dirt => "is SuperDirt running?",
                    Style::Free => "is the program for visuals running?",
                },
            );
            self.notices.warn(format!("nobody takes OSC at {target} ({error}): {hint}"));
        }
    }
}

impl Output for OscOut {
    fn lead(&self) -> Frame {
        self.lead
    }

    fn cue(&mut self, cue: &Cue) {
        let message = match self.style {
            Style::Dirt => dirt_message(cue),
            Style::Free => free_message(cue),
        };
        if let Some(message) = message {
            self.send(self.wall.ntp_at(&self.moments, cue.position), message);
        }
    }

    fn panic(&mut self) {
        if self.style == Style::Dirt {
            let args = vec![OscType::String("s".into()), OscType::String("superpanic".into())];
            let now = self.wall.ntp_at(&self.moments, self.moments.now() as f64);
            self.send(now, OscMessage { addr: "/dirt/play".into(), args });
        }
    }

    fn tend(&mut self) {
        if let Some(jump) = self.wall.reconcile(&self.moments) {
            self.notices.warn(format!("the system clock jumped by {jump:.3} s; time tags follow"));
        }
        if let Ok(Some(error)) = self.socket.take_error() {
            self.refuse(&error);
        } else if self.tried.is_some_and(|at| at.elapsed() > BACK) {
            (self.refused, self.tried) = (None, None);
            self.notices.info(format!("{} takes OSC again", self.target));
        }
    }
}

/// One message with its time tag.
fn bundle((seconds, fractional): (u32, u32), message: OscMessage) -> OscPacket {
    let content = vec![OscPacket::Message(message)];
    OscPacket::Bundle(OscBundle { timetag: OscTime { seconds, fractional }, content })
}

/// `/dirt/play` with the event's controls as SuperDirt names and counts them; `None` if the event
/// has no sound.
fn dirt_message(cue: &Cue) -> Option<OscMessage> {
    let mut args = common(cue);
    if let Some((sound, n)) = cue.sound() {
        set(&mut args, "s", OscType::String(sound.into()));
        set(&mut args, "n", OscType::Float(n as f32));
    }
    args.retain(|(name, _)| !matches!(*name, "sound" | "osc" | "out"));
    if !args.iter().any(|(name, _)| *name == "s") {
        return None;
    }
    if let Some(clip) = args.iter_mut().find(|(name, _)| *name == "clip") {
        // mag has Strudel's name for it, SuperDirt knows Tidal's.
        clip.0 = "legato";
    }
    if let Some(note) = cue.number("note") {
        // SuperDirt counts from middle C, mag as MIDI does.
        set(&mut args, "note", OscType::Float((note - 60.0) as f32));
    }
    if let (Some("c"), Some(speed)) = (cue.word("unit"), cue.number("speed")) {
        // mag counts such a speed in a second, as Strudel does; SuperDirt multiplies it by cps.
        set(&mut args, "speed", OscType::Float((speed / cue.cps.max(1e-6)) as f32));
    }
    let orbit = cue.number("orbit").unwrap_or(0.0);
    if cue.level != 1.0 {
        // SuperDirt takes `gain` to the fourth power; the fader is an amplitude.
        let gain = cue.number("gain").unwrap_or(1.0) * cue.level.max(0.0).powf(0.25);
        set(&mut args, "gain", OscType::Float(gain as f32));
    }
    set(&mut args, "orbit", OscType::Int(orbit as i32));
    Some(OscMessage { addr: "/dirt/play".into(), args: flatten(args) })
}

/// The event's controls to the address that its control `osc` names.
fn free_message(cue: &Cue) -> Option<OscMessage> {
    let addr = cue.word("osc")?;
    let mut args = common(cue);
    args.retain(|(name, _)| !matches!(*name, "osc" | "out"));
    if cue.level != 1.0 {
        let gain = cue.number("gain").unwrap_or(1.0) * cue.level;
        set(&mut args, "gain", OscType::Float(gain as f32));
    }
    let addr = if addr.starts_with('/') { addr.to_owned() } else { format!("/{addr}") };
    Some(OscMessage { addr, args: flatten(args) })
}

/// Controls by name, and what every message says: part, cycle, tempo and length.
fn common(cue: &Cue) -> Vec<(&'static str, OscType)> {
    let mut args: Vec<(&'static str, OscType)> = Vec::with_capacity(cue.controls.len() + 8);
    for (name, value) in cue.controls.iter() {
        if let Some(value) = osc_value(value) {
            args.push((Sym::as_str(name), value));
        }
    }
    set(&mut args, "_id_", OscType::String(cue.name.to_string()));
    set(&mut args, "cps", OscType::Float(cue.cps as f32));
    set(&mut args, "cycle", OscType::Float(cue.onset.to_f64() as f32));
    set(&mut args, "delta", OscType::Float(cue.delta as f32));
    args
}

fn set(args: &mut Vec<(&'static str, OscType)>, name: &'static str, value: OscType) {
    match args.iter_mut().find(|(n, _)| *n == name) {
        Some((_, old)) => *old = value,
        None => args.push((name, value)),
    }
}

fn flatten(mut args: Vec<(&'static str, OscType)>) -> Vec<OscType> {
    args.sort_by_key(|(name, _)| *name);
    args.into_iter().flat_map(|(name, value)| [OscType::String(name.into()), value]).collect()
}

/// A control's value on the wire: numbers as floats, words as strings.
fn osc_value(value: &Value) -> Option<OscType> {
    match value {
        Value::Num(x) => Some(OscType::Float(*x as f32)),
        Value::Bool(b) => Some(OscType::Float(f32::from(u8::from(*b)))),
        Value::Word(word) => Some(OscType::String(word.as_str().into())),
        Value::List(_) => Some(OscType::String(value.to_string())),
        Value::Map(_) => None,
    }
}

/// The address of a target: `host:port`, or a host with the usual port. Only numeric addresses and
/// `localhost` are asked on the way to the music; other names are looked up here.
///
/// # Errors
/// In the performer's words, if it is no address or the name is unknown.
pub fn resolve(text: &str, port: u16) -> Result<SocketAddr, String> {
    use std::net::ToSocketAddrs;
    let text = text.trim();
    let full = if text.contains(':') { text.to_owned() } else { format!("{text}:{port}") };
    let mut found = full.to_socket_addrs().map_err(|e| {
        format!("`{text}` is no address that OSC can go to, such as 127.0.0.1:9000 ({e})")
    })?;
    // SuperDirt and most visuals listen on IPv4.
    let all: Vec<SocketAddr> = found.by_ref().collect();
    let first = all.iter().find(|a| a.is_ipv4()).or(all.first());
    first.copied().ok_or_else(|| format!("`{text}` has no address"))
}
