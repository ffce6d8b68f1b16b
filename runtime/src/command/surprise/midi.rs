//! A melody from a MIDI file: its highest voice, with meter and key where the file tells them.

use super::{end, single_voice};
use mag_models::{Melody, Mode, Note, TICKS_PER_BEAT};
use midly::{MetaMessage, MidiMessage, Smf, Timing, TrackEventKind};
use std::collections::HashMap;
use std::path::Path;

/// The longest file that is read, in bytes.
const LONGEST: u64 = 16 << 20;

/// The melody of a file.
pub(super) fn read(path: &Path) -> Result<Melody, String> {
    let length = std::fs::metadata(path).map_err(|e| format!("cannot be read: {e}"))?.len();
    if length > LONGEST {
        return Err(format!("it is longer than {LONGEST} bytes"));
    }
    let bytes = std::fs::read(path).map_err(|e| format!("cannot be read: {e}"))?;
    let smf = Smf::parse(&bytes).map_err(|e| format!("it is no MIDI file: {e}"))?;
    melody(&smf)
}

fn melody(smf: &Smf) -> Result<Melody, String> {
    let Timing::Metrical(per_beat) = smf.header.timing else {
        return Err("its time is in frames of film; expected beats".into());
    };
    let per_beat = u64::from(per_beat.as_int()).max(1);
    let ticks = |at: u64| u32::try_from((at * u64::from(TICKS_PER_BEAT) + per_beat / 2) / per_beat);
    let mut melody = Melody { meter: (4, 4), ..Melody::default() };
    let mut notes = Vec::new();
    for track in &smf.tracks {
        let mut now = 0u64;
        let mut sounding: HashMap<(u8, u8), u64> = HashMap::new();
        for event in track {
            now += u64::from(event.delta.as_int());
            match event.kind {
                TrackEventKind::Meta(MetaMessage::TimeSignature(beats, power, ..)) if now == 0 => {
                    melody.meter = (beats.into(), 1 << power.min(4));
                }
                TrackEventKind::Meta(MetaMessage::KeySignature(fifths, minor)) if now == 0 => {
                    (melody.tonic, melody.mode) = key(fifths, minor);
                }
                TrackEventKind::Midi { channel, message } => {
                    let Some((pitch, on)) = note(message) else { continue };
                    let place = (channel.as_int(), pitch);
                    if let Some(since) = sounding.remove(&place)
                        && let (Ok(onset), Ok(until)) = (ticks(since), ticks(now))
                    {
                        let duration = until.saturating_sub(onset).max(1);
                        notes.push(Note { onset, duration, pitch });
                    }
                    // Channel 10 is drums.
                    if on && channel.as_int() != 9 {
                        sounding.insert(place, now);
                    }
                }
                _ => {}
            }
        }
    }
    melody.notes = single_voice(notes);
    melody.length = end(&melody.notes);
    if melody.notes.is_empty() { Err("there are no notes in it".into()) } else { Ok(melody) }
}

/// Pitch, and whether it begins.
fn note(message: MidiMessage) -> Option<(u8, bool)> {
    match message {
        MidiMessage::NoteOn { key, vel } => Some((key.as_int(), vel.as_int() > 0)),
        MidiMessage::NoteOff { key, .. } => Some((key.as_int(), false)),
        _ => None,
    }
}

/// Tonic and mode of so many sharps (or flats, negative).
fn key(fifths: i8, minor: bool) -> (u8, Mode) {
    let major = (i32::from(fifths) * 7).rem_euclid(12) as u8;
    if minor { ((major + 9) % 12, Mode::Minor) } else { (major, Mode::Major) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use midly::{Format, Header, TrackEvent};

    #[test]
    fn notes_meter_and_key_are_read() {
        let event = |delta: u32, kind| TrackEvent { delta: delta.into(), kind };
        let play = |delta, key: u8, vel: u8| {
            let message = MidiMessage::NoteOn { key: key.into(), vel: vel.into() };
            event(delta, TrackEventKind::Midi { channel: 0.into(), message })
        };
        let header = Header::new(Format::SingleTrack, Timing::Metrical(480.into()));
        let mut smf = Smf::new(header);
        smf.tracks.push(vec![
            event(0, TrackEventKind::Meta(MetaMessage::TimeSignature(3, 2, 24, 8))),
            event(0, TrackEventKind::Meta(MetaMessage::KeySignature(-1, true))),
            play(0, 62, 90),
            play(0, 50, 90),
            play(480, 62, 0),
            play(0, 65, 90),
            play(240, 65, 0),
            play(0, 50, 0),
        ]);
        let found = melody(&smf).unwrap_or_else(|why| panic!("{why}"));
        assert_eq!((found.meter, found.tonic, found.mode), ((3, 4), 2, Mode::Minor));
        let notes: Vec<_> = found.notes.iter().map(|n| (n.onset, n.duration, n.pitch)).collect();
        assert_eq!(notes, [(0, 24, 62), (24, 12, 65)]);
    }
}
