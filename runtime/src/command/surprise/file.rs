//! MIDI files as notes with their part, time and velocity, for models of more than one voice.

use midly::{MetaMessage, MidiMessage, Smf, Timing, TrackEventKind};
use std::collections::HashMap;
use std::path::Path;

/// The longest file that is read, in bytes.
const LONGEST: u64 = 16 << 20;

/// A note of a file.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct FileNote {
    /// Track and channel.
    pub part: (usize, u8),
    /// Quarter notes from the start.
    pub onset: f64,
    /// Quarter notes it lasts.
    pub length: f64,
    pub pitch: u8,
    /// 0 to 1.
    pub velocity: f64,
}

/// What a file holds.
#[derive(Debug, Default)]
pub(super) struct File {
    /// In order of onset; drums are left out.
    pub notes: Vec<FileNote>,
    pub meter: Option<(u32, u32)>,
    /// Tempi: from which quarter note, and seconds of a quarter note.
    tempi: Vec<(f64, f64)>,
}

impl File {
    /// Reads a file.
    pub fn read(path: &Path) -> Result<Self, String> {
        let length = std::fs::metadata(path).map_err(|e| format!("cannot be read: {e}"))?.len();
        if length > LONGEST {
            return Err(format!("it is longer than {LONGEST} bytes"));
        }
        let bytes = std::fs::read(path).map_err(|e| format!("cannot be read: {e}"))?;
        let smf = Smf::parse(&bytes).map_err(|e| format!("it is no MIDI file: {e}"))?;
        Self::of(&smf)
    }

    fn of(smf: &Smf) -> Result<Self, String> {
        let Timing::Metrical(per_beat) = smf.header.timing else {
            return Err("its time is in frames of film; expected beats".into());
        };
        let per_beat = f64::from(per_beat.as_int()).max(1.0);
        let mut file = Self::default();
        for (number, track) in smf.tracks.iter().enumerate() {
            let mut now = 0u64;
            let mut sounding: HashMap<(u8, u8), (u64, u8)> = HashMap::new();
            for event in track {
                now += u64::from(event.delta.as_int());
                let beat = now as f64 / per_beat;
                match event.kind {
                    TrackEventKind::Meta(MetaMessage::TimeSignature(beats, power, ..)) => {
                        file.meter.get_or_insert((beats.into(), 1 << power.min(4)));
                    }
                    TrackEventKind::Meta(MetaMessage::Tempo(micros)) => {
                        file.tempi.push((beat, f64::from(micros.as_int()) / 1e6));
                    }
                    TrackEventKind::Midi { channel, message } if channel.as_int() != 9 => {
                        let (pitch, velocity) = match message {
                            MidiMessage::NoteOn { key, vel } => (key.as_int(), vel.as_int()),
                            MidiMessage::NoteOff { key, .. } => (key.as_int(), 0),
                            _ => continue,
                        };
                        let place = (channel.as_int(), pitch);
                        if let Some((since, loud)) = sounding.remove(&place) {
                            let onset = since as f64 / per_beat;
                            file.notes.push(FileNote {
                                part: (number, channel.as_int()),
                                onset,
                                length: beat - onset,
                                pitch,
                                velocity: f64::from(loud) / 127.0,
                            });
                        }
                        if velocity > 0 {
                            sounding.insert(place, (now, velocity));
                        }
                    }
                    _ => {}
                }
            }
        }
        file.notes.sort_by(|a, b| a.onset.total_cmp(&b.onset).then(a.pitch.cmp(&b.pitch)));
        file.tempi.sort_by(|a, b| a.0.total_cmp(&b.0));
        Ok(file)
    }

    /// Seconds from the start to a quarter note.
    pub fn seconds(&self, beat: f64) -> f64 {
        let (mut at, mut pace, mut seconds) = (0.0, 0.5, 0.0);
        for &(from, next) in self.tempi.iter().take_while(|tempo| tempo.0 < beat) {
            seconds += (from - at) * pace;
            (at, pace) = (from, next);
        }
        seconds + (beat - at) * pace
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_follow_the_tempi() {
        let file = File { tempi: vec![(0.0, 1.0), (2.0, 0.25)], ..File::default() };
        assert_eq!([0.0, 1.0, 2.0, 6.0].map(|beat| file.seconds(beat)), [0.0, 1.0, 2.0, 3.0]);
        assert_eq!(File::default().seconds(4.0), 2.0);
    }
}
