//! Melodies as lines of JSON: `{"id", "meter", "key"?, "pickup"?, "chords"?, "notes"}` with notes as
//! `[beat, beats, pitch]` and times in quarter notes.

use super::super::generate::meter;
use super::{Named, end, records, single_voice};
use mag_models::{Chord, Melody, Mode, Note, TICKS_PER_BEAT, Ticks};
use serde::Deserialize;
use std::path::Path;

#[derive(Deserialize)]
struct Line {
    #[serde(default)]
    id: serde_json::Value,
    meter: String,
    key: Option<String>,
    #[serde(default)]
    pickup: f64,
    length: Option<f64>,
    #[serde(default)]
    chords: Vec<(f64, String)>,
    notes: Vec<(f64, f64, f64)>,
}

/// All melodies of a file.
pub(super) fn read(path: &Path) -> Result<Vec<Named>, String> {
    records::read(path, |line, number| {
        let line: Line = records::parse(line)?;
        let name = records::name(&line.id, path, number);
        Ok(Named { name, melody: melody(&line)? })
    })
}

fn melody(line: &Line) -> Result<Melody, String> {
    let note = |&(at, long, pitch): &(f64, f64, f64)| Note {
        onset: ticks(at),
        duration: ticks(at + long).saturating_sub(ticks(at)).max(1),
        pitch: pitch.round().clamp(0.0, 127.0) as u8,
    };
    let notes = single_voice(line.notes.iter().map(note).collect());
    let (tonic, mode) = line.key.as_deref().map_or(Ok((0, Mode::Unknown)), key)?;
    let chord = |(at, name): &(f64, String)| Some((ticks(*at), Chord::parse(name).ok()?));
    Ok(Melody {
        length: line.length.map_or(0, ticks).max(end(&notes)),
        notes,
        pickup: ticks(line.pickup),
        meter: meter(&line.meter)?,
        tonic,
        mode,
        chords: line.chords.iter().filter_map(chord).collect(),
        close: false,
    })
}

fn ticks(beats: f64) -> Ticks {
    (beats * f64::from(TICKS_PER_BEAT)).round().clamp(0.0, 1e9) as Ticks
}

/// `D maj`, `F# dor`; `D ?` where the mode is not known.
fn key(text: &str) -> Result<(u8, Mode), String> {
    let (tonic, mode) = text.split_once(' ').unwrap_or((text, "maj"));
    let pitch = mag_pattern::note::midi(tonic)
        .ok_or_else(|| format!("expected a key such as `D maj`, found `{text}`"))?;
    let mode = match mode.trim() {
        "?" => Mode::Unknown,
        mode => mode.parse().map_err(|t: mag_models::Trouble| t.to_string())?,
    };
    Ok(((pitch as i32).rem_euclid(12) as u8, mode))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_becomes_a_melody() {
        let line = r#"{"id":"x","meter":"6/8","key":"F# min","pickup":0.5,"length":3.5,
            "chords":[[0.5,"F#m"]],"notes":[[0,0.5,66],[0.5,1,69],[1,0.5,71],[1,0.5,61]]}"#;
        let melody = records::parse(line).and_then(|line| melody(&line));
        let Melody { notes, length, pickup, meter, tonic, mode, chords, .. } =
            melody.unwrap_or_else(|why| panic!("{why}"));
        assert_eq!((length, pickup, meter, tonic, mode), (84, 12, (6, 8), 6, Mode::Minor));
        let all: Vec<_> = notes.iter().map(|n| (n.onset, n.duration, n.pitch)).collect();
        assert_eq!(all, [(0, 12, 66), (12, 12, 69), (24, 12, 71)], "one voice, the highest");
        assert_eq!(chords.len(), 1);
    }

    #[test]
    fn what_is_wrong_is_said() {
        let wrong = |text: &str| {
            let read = records::parse(text).and_then(|line| melody(&line));
            read.err().unwrap_or_default()
        };
        assert!(wrong("{}").contains("meter"));
        assert!(wrong("{}").ends_with("at column 2"), "{}", wrong("{}"));
        assert!(wrong(r#"{"meter":"4/4","key":"H maj","notes":[]}"#).contains("`H maj`"));
        assert_eq!(wrong(r#"{"meter":"4/4","key":"D ?","notes":[]}"#), "");
    }
}
