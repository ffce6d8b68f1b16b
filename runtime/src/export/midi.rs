//! MIDI files: one track a part, drums on channel 10 by General MIDI's map. Names midly.

use crate::cue::Cue;
use mag_pattern::Time;
use midly::num::{u4, u7, u15, u24, u28};
use midly::{
    Format, Header, MetaMessage, MidiMessage, Smf, Timing, Track, TrackEvent, TrackEventKind,
};
use std::collections::BTreeMap;

/// Ticks of a quarter note.
const TICKS: u16 = 960;
/// General MIDI's channel for drums, counted from 0.
const DRUMS: u8 = 9;

/// General MIDI's key for a drum sound.
const KEYS: &[(&str, u8)] = &[
    ("bd", 36),
    ("kick", 36),
    ("sn", 38),
    ("sd", 38),
    ("snare", 38),
    ("cp", 39),
    ("clap", 39),
    ("hh", 42),
    ("hat", 42),
    ("oh", 46),
    ("ho", 46),
    ("lt", 45),
    ("mt", 47),
    ("ht", 50),
    ("tom", 47),
    ("rim", 37),
    ("rs", 37),
    ("cb", 56),
    ("cr", 49),
    ("rd", 51),
    ("sh", 70),
];

/// One note, in ticks from the start.
struct Note {
    start: u32,
    end: u32,
    channel: u8,
    key: u8,
    velocity: u8,
}

/// The bytes of a MIDI file with the notes of `cues`, at `tempo` beats a minute in `meter` (beats
/// of a bar, note value of a beat). Events without pitch or drum are left out.
///
/// # Errors
/// If the file would be too large for its format.
pub fn file(cues: &[Cue], tempo: f64, meter: (u32, u32)) -> std::io::Result<Vec<u8>> {
    let mut parts: BTreeMap<u16, Vec<&Cue>> = BTreeMap::new();
    for cue in cues {
        parts.entry(cue.part).or_default().push(cue);
    }
    let header = Header::new(Format::Parallel, Timing::Metrical(u15::new(TICKS)));
    let mut smf = Smf::new(header);
    smf.tracks.push(signature(tempo, meter));
    // Quarter notes of a cycle, which is a bar.
    let quarters = Time::new(4 * i64::from(meter.0), i64::from(meter.1.max(1)));
    let melodic = (0u8..16).filter(|c| *c != DRUMS).cycle();
    for (cues, channel) in parts.values().zip(melodic) {
        let notes: Vec<Note> = cues.iter().filter_map(|c| note(c, channel, quarters)).collect();
        if let (false, Some(first)) = (notes.is_empty(), cues.first()) {
            smf.tracks.push(track(first.name.as_bytes(), &notes));
        }
    }
    let mut bytes = Vec::new();
    smf.write_std(&mut bytes)?;
    Ok(bytes)
}

fn signature(tempo: f64, (beats, value): (u32, u32)) -> Track<'static> {
    let value = value.max(1);
    let quarter = 60.0e6 / tempo * f64::from(value) / 4.0;
    let micros = u24::new(quarter.round().clamp(1.0, 16_777_215.0) as u32);
    let meter = MetaMessage::TimeSignature(
        beats.min(255) as u8,
        value.next_power_of_two().trailing_zeros() as u8,
        24,
        8,
    );
    [MetaMessage::Tempo(micros), meter, MetaMessage::EndOfTrack]
        .into_iter()
        .map(|meta| TrackEvent { delta: u28::new(0), kind: TrackEventKind::Meta(meta) })
        .collect()
}

/// Channel (that of drums, or the given one), key and velocity of a cue; `None` for what has
/// neither pitch nor drum.
pub(crate) fn key(cue: &Cue, channel: u8) -> Option<(u8, u8, u8)> {
    let sound = cue.sound().map(|(name, _)| name);
    let drum = sound.and_then(|s| KEYS.iter().find(|(name, _)| *name == s)).map(|(_, key)| *key);
    let (channel, key) = match (drum, cue.pitch()) {
        (Some(key), _) => (DRUMS, key),
        (None, Some(pitch)) if (0.0..=127.0).contains(&pitch) => (channel, pitch.round() as u8),
        _ => return None,
    };
    let loud =
        cue.number("gain").unwrap_or(1.0) * cue.number("velocity").unwrap_or(0.8) * cue.level;
    Some((channel, key, (loud * 127.0).round().clamp(1.0, 127.0) as u8))
}

fn note(cue: &Cue, channel: u8, quarters: Time) -> Option<Note> {
    let ticks = |t: Time| (t.to_f64() * quarters.to_f64() * f64::from(TICKS)).round() as u32;
    let (channel, key, velocity) = key(cue, channel)?;
    let held = cue.number("legato").or_else(|| cue.number("clip")).unwrap_or(1.0);
    let start = ticks(cue.onset);
    let length = (f64::from(ticks(cue.length)) * held.clamp(0.0, 1000.0)).round().max(1.0) as u32;
    Some(Note { start, end: start.saturating_add(length), channel, key, velocity })
}

fn track<'a>(name: &'a [u8], notes: &[Note]) -> Track<'a> {
    // At the same tick, notes end before notes begin.
    let mut messages: Vec<(u32, bool, &Note)> = Vec::with_capacity(2 * notes.len());
    for note in notes {
        messages.push((note.start, true, note));
        messages.push((note.end, false, note));
    }
    messages.sort_by_key(|(tick, starts, _)| (*tick, *starts));
    let meta = |meta| TrackEvent { delta: u28::new(0), kind: TrackEventKind::Meta(meta) };
    let mut track = vec![meta(MetaMessage::TrackName(name))];
    let mut at = 0;
    for (tick, starts, note) in messages {
        let key = u7::new(note.key);
        let message = if starts {
            MidiMessage::NoteOn { key, vel: u7::new(note.velocity) }
        } else {
            MidiMessage::NoteOff { key, vel: u7::new(0) }
        };
        let kind = TrackEventKind::Midi { channel: u4::new(note.channel), message };
        track.push(TrackEvent { delta: u28::new((tick - at).min(0x0FFF_FFFF)), kind });
        at = tick;
    }
    track.push(meta(MetaMessage::EndOfTrack));
    track
}
