//! MIDI inputs: all that the system has. The only file, with `output/midi.rs`, that names `midir`.

use super::Port;
use crate::heard::Touch;
use crate::notice::Notices;
use midir::{Ignore, MidiInput, MidiInputConnection};
use std::collections::BTreeMap;
use std::time::Instant;

/// The name by which other programs see us.
const CLIENT: &str = "mag";

/// The ports that are connected, by name.
#[derive(Default)]
pub(super) struct Ports(BTreeMap<String, MidiInputConnection<()>>);

impl Ports {
    /// Connects every port that is not connected yet, and lets go of those that are gone.
    pub fn look(&mut self, port: &Port, notices: &Notices, first: bool) {
        let input = match MidiInput::new(CLIENT) {
            Ok(input) => input,
            Err(error) => {
                if first {
                    notices.warn(format!(
                        "there is no MIDI on this system ({error}); `answer osc` listens to OSC"
                    ));
                }
                return;
            }
        };
        let ports = input.ports();
        let names: Vec<String> = ports.iter().filter_map(|p| input.port_name(p).ok()).collect();
        self.0.retain(|name, _| {
            let there = names.contains(name);
            if !there {
                notices.warn(format!("MIDI: {name} is gone"));
            }
            there
        });
        // Our own outputs are not played by anybody.
        let new = names.into_iter().filter(|name| !self.0.contains_key(name));
        for name in new.filter(|name| !name.contains(CLIENT)).collect::<Vec<_>>() {
            match connect(&name, port.clone()) {
                Ok(connection) => {
                    notices.info(format!("MIDI: listens to {name}"));
                    self.0.insert(name, connection);
                }
                Err(why) if first => notices.warn(format!("MIDI: {name}: {why}")),
                Err(_) => {}
            }
        }
        if first && self.0.is_empty() {
            notices.warn("MIDI: no instrument is plugged in; it is heard when there is one");
        }
    }
}

fn connect(name: &str, to: Port) -> Result<MidiInputConnection<()>, String> {
    let mut input = MidiInput::new(CLIENT).map_err(|e| e.to_string())?;
    input.ignore(Ignore::All);
    let ports = input.ports();
    let port = ports.iter().find(|p| input.port_name(p).is_ok_and(|found| found == name));
    let port = port.ok_or("it is gone")?;
    let hear = move |_: u64, bytes: &[u8], _: &mut ()| {
        to.midi(Instant::now(), bytes);
    };
    input.connect(port, "in", hear, ()).map_err(|e| e.to_string())
}

/// The names of all MIDI inputs.
///
/// # Errors
/// If the system has no MIDI.
pub(crate) fn names() -> Result<Vec<String>, String> {
    let input = MidiInput::new(CLIENT).map_err(|e| e.to_string())?;
    Ok(input.ports().iter().filter_map(|port| input.port_name(port).ok()).collect())
}

/// A message about a key; `None` for all others.
pub(super) fn touch(bytes: &[u8]) -> Option<Touch> {
    let &[status, pitch @ 0..=127, velocity @ 0..=127, ..] = bytes else { return None };
    let velocity = match status & 0xf0 {
        0x90 => velocity,
        0x80 => 0,
        _ => return None,
    };
    Some(Touch { pitch, velocity, channel: status & 0x0f, seconds: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_about_keys_are_understood_and_others_are_not() {
        let key = |pitch, velocity, channel| Touch { pitch, velocity, channel, seconds: None };
        assert_eq!(touch(&[0x90, 60, 100]), Some(key(60, 100, 0)));
        assert_eq!(touch(&[0x99, 36, 1]), Some(key(36, 1, 9)));
        assert_eq!(touch(&[0x83, 60, 64]), Some(key(60, 0, 3)));
        assert_eq!(touch(&[0x90, 60, 0]), Some(key(60, 0, 0)));
        for other in [&[0xb0, 64, 127][..], &[0x90, 60], &[], &[0x90, 200, 1], &[0xf8]] {
            assert_eq!(touch(other), None, "{other:?}");
        }
    }
}
