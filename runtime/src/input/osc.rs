//! Notes over OSC: `/note pitch velocity [seconds]`, heard on one address.
//!
//! Velocity is 0 to 127, or a fraction of 1 as a float; 0 lets go. With seconds the note ends by
//! itself. What is no such message is counted, not believed, and more than a thousand messages a
//! second are not heard.

use super::Port;
use crate::heard::Touch;
use crate::notice::Notices;
use nannou_osc::rosc::{OscMessage, OscPacket, OscType};
use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Messages that are heard in a second.
const RATE: u64 = 1000;
/// The largest packet that is read.
const LARGEST: usize = 4096;
/// Messages that are read of one packet, and bundles within bundles.
const MESSAGES: usize = 64;
const DEPTH: usize = 4;
/// How often the thread looks whether it is still wanted.
const LOOK: Duration = Duration::from_millis(200);

/// How much was heard and what was not.
#[derive(Debug, Default)]
pub struct Counts {
    /// Notes that were heard.
    pub heard: AtomicU64,
    /// Packets and messages that were not understood.
    pub malformed: AtomicU64,
    /// Messages beyond what is heard in a second.
    pub flooded: AtomicU64,
}

/// Listens until it is dropped.
pub(super) struct Listener {
    open: Arc<AtomicBool>,
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.open.store(false, Ordering::Relaxed);
    }
}

impl Listener {
    /// Listens on an address, on a thread of its own. What goes wrong is said.
    pub fn open(address: SocketAddr, port: Port, notices: &Notices) -> Listener {
        let open = Arc::new(AtomicBool::new(true));
        let socket = UdpSocket::bind(address)
            .and_then(|socket| socket.set_read_timeout(Some(LOOK)).map(|()| socket));
        match socket {
            Ok(socket) => {
                let (still, said) = (open.clone(), notices.clone());
                let listen = move || listen(&socket, &port, &still, &said);
                match std::thread::Builder::new().name("osc in".into()).spawn(listen) {
                    Ok(_) => notices.info(format!(
                        "OSC: listens on {address} for /note pitch velocity [seconds]"
                    )),
                    Err(error) => notices.warn(format!("OSC is not listened to: {error}")),
                }
            }
            Err(error) => notices.warn(format!(
                "OSC cannot be listened to on {address} ({error}); choose another with --osc-in"
            )),
        }
        Listener { open }
    }
}

fn listen(socket: &UdpSocket, port: &Port, open: &AtomicBool, notices: &Notices) {
    let counts = Counts::default();
    let mut buffer = [0; LARGEST + 1];
    let mut second = (Instant::now(), 0);
    let mut said = false;
    while open.load(Ordering::Relaxed) {
        let Ok((length, _)) = socket.recv_from(&mut buffer) else { continue };
        let packet = buffer.get(..length).unwrap_or_default();
        hear(packet, Instant::now(), port, &mut second, &counts);
        let lost =
            counts.malformed.load(Ordering::Relaxed) + counts.flooded.load(Ordering::Relaxed);
        if lost > 0 && !std::mem::replace(&mut said, true) {
            notices.warn("OSC: what is not /note pitch velocity [seconds] is not heard, nor more than 1000 a second");
        }
    }
}

/// Hears one packet.
pub(super) fn hear(
    packet: &[u8],
    now: Instant,
    port: &Port,
    second: &mut (Instant, u64),
    counts: &Counts,
) {
    let mut messages = Vec::new();
    let whole = packet.len() <= LARGEST;
    match nannou_osc::rosc::decoder::decode_udp(packet) {
        Ok((_, packet)) if whole => flatten(packet, &mut messages, DEPTH),
        _ => {
            counts.malformed.fetch_add(1, Ordering::Relaxed);
            return;
        }
    }
    for message in messages {
        if now.saturating_duration_since(second.0) >= Duration::from_secs(1) {
            *second = (now, 0);
        }
        second.1 += 1;
        let counter = match touch(&message) {
            None => &counts.malformed,
            Some(_) if second.1 > RATE => &counts.flooded,
            Some(touch) if port.touch(now, touch) => &counts.heard,
            Some(_) => &counts.flooded,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }
}

fn flatten(packet: OscPacket, messages: &mut Vec<OscMessage>, depth: usize) {
    match packet {
        OscPacket::Message(message) if messages.len() < MESSAGES => messages.push(message),
        OscPacket::Bundle(bundle) if depth > 0 => {
            bundle.content.into_iter().for_each(|inner| flatten(inner, messages, depth - 1));
        }
        _ => {}
    }
}

/// The note of a message, if it is one.
fn touch(message: &OscMessage) -> Option<Touch> {
    if message.addr != "/note" || !(2..=3).contains(&message.args.len()) {
        return None;
    }
    let number = |i: usize| match message.args.get(i)? {
        OscType::Int(n) => Some(f64::from(*n)),
        OscType::Long(n) => Some(*n as f64),
        OscType::Float(x) => Some(f64::from(*x)),
        OscType::Double(x) => Some(*x),
        _ => None,
    };
    let pitch = number(0).filter(|p| (0.0..=127.0).contains(p))?.round() as u8;
    let velocity = number(1).filter(|v| (0.0..=127.0).contains(v))?;
    let share = matches!(message.args.get(1), Some(OscType::Float(_) | OscType::Double(_)));
    let velocity = if share && velocity <= 1.0 { velocity * 127.0 } else { velocity };
    let velocity = if velocity > 0.0 { velocity.round().clamp(1.0, 127.0) as u8 } else { 0 };
    let seconds = match message.args.len() {
        3 => Some(number(2).filter(|s| s.is_finite() && *s > 0.0)?),
        _ => None,
    };
    Some(Touch { pitch, velocity, channel: 0, seconds })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::heard::Heard;
    use crate::notice::Notices;
    use nannou_osc::rosc::encoder::encode;
    use std::net::Ipv4Addr;

    fn packet(addr: &str, args: Vec<OscType>) -> Vec<u8> {
        let message = OscMessage { addr: addr.into(), args };
        encode(&OscPacket::Message(message)).unwrap_or_default()
    }

    #[test]
    fn notes_are_heard_and_nonsense_is_counted() {
        let notices = Notices::start(Box::new(|_| {}));
        let nowhere = (Ipv4Addr::LOCALHOST, 0).into();
        let inputs = crate::input::Inputs::new(Heard::default(), nowhere, notices);
        let port = inputs.port("osc");
        let (counts, mut second) = (Counts::default(), (Instant::now(), 0));
        let mut hear = |bytes: &[u8]| hear(bytes, Instant::now(), &port, &mut second, &counts);
        hear(&packet("/note", vec![OscType::Int(60), OscType::Float(0.5), OscType::Float(0.25)]));
        hear(&packet("/note", vec![OscType::Int(60), OscType::Int(0)]));
        let heard: Vec<Touch> = inputs.told.try_iter().map(|told| told.2).collect();
        let first = Touch { pitch: 60, velocity: 64, channel: 0, seconds: Some(0.25) };
        assert_eq!(heard, [first, Touch { velocity: 0, seconds: None, ..first }]);
        let mut random = 1u64;
        for length in 0..500 {
            let bytes: Vec<u8> = (0..length % 64)
                .map(|_| {
                    random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    (random >> 56) as u8
                })
                .collect();
            hear(&bytes);
        }
        hear(&packet("/note", vec![OscType::Int(600), OscType::Int(1)]));
        hear(&packet("/note", vec![OscType::String("c4".into()), OscType::Int(1)]));
        hear(&packet("/note", vec![OscType::Int(60), OscType::Float(f32::NAN)]));
        hear(&vec![0; 65_507]);
        assert_eq!(counts.heard.load(Ordering::Relaxed), 2);
        assert!(counts.malformed.load(Ordering::Relaxed) >= 400);
        for _ in 0..5000 {
            hear(&packet("/note", vec![OscType::Int(60), OscType::Int(1)]));
        }
        assert!(inputs.told.try_iter().count() <= RATE as usize, "a flood is not heard");
        assert!(counts.flooded.load(Ordering::Relaxed) >= 3900);
    }
}
