//! Files for models of more than one voice: four-part scores, and performances.

use super::super::generate::{folder_of, meter};
use super::file::File;
use super::{Judged, end, records};
use crate::phrases::{library, voices_of};
use mag_models::{
    Chorale, ChoraleModel, Note, PerformanceModel, PlayedNote, TICKS_PER_BEAT, Ticks,
};
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// Seconds of a sixteenth where a performance has no score: at 120 quarter notes a minute.
const SIXTEENTH: f64 = 0.125;

/// A line of a file: a score in sixteenths with its voices, a grid of sixteenths with -1 for
/// silence, or a performance as seconds, seconds, pitch and MIDI velocity.
#[derive(Deserialize, Default)]
struct Line {
    #[serde(default)]
    id: serde_json::Value,
    meter: Option<String>,
    length: Option<f64>,
    #[serde(rename = "S", default)]
    soprano: Vec<(f64, f64, f64)>,
    #[serde(rename = "A", default)]
    alto: Vec<(f64, f64, f64)>,
    #[serde(rename = "T", default)]
    tenor: Vec<(f64, f64, f64)>,
    #[serde(rename = "B", default)]
    bass: Vec<(f64, f64, f64)>,
    #[serde(default)]
    steps: Vec<[i64; 4]>,
    #[serde(default)]
    notes: Vec<(f64, f64, f64, f64)>,
}

/// Judges four-part scores in files.
pub(super) fn chorales(model: &str, files: &[PathBuf]) -> Result<Vec<Judged>, String> {
    let runtime = library::runtime().map_err(|trouble| trouble.to_string())?;
    let mut model =
        ChoraleModel::open(&folder_of(model)?, &runtime, "cpu").map_err(|t| t.to_string())?;
    let mut judged = Vec::new();
    for path in files {
        for (name, chorale, meter) in read(path, four, line_of_voices)? {
            let found =
                model.surprise(&chorale, meter).map_err(|trouble| format!("{name}: {trouble}"))?;
            judged.push(Judged {
                name,
                nats: found.total,
                notes: found.notes,
                sixteenths: found.sixteenths,
            });
        }
    }
    Ok(judged)
}

/// Judges performances in files; a sixteenth is one at 120 quarter notes a minute.
pub(super) fn performances(model: &str, files: &[PathBuf]) -> Result<Vec<Judged>, String> {
    let runtime = library::runtime().map_err(|trouble| trouble.to_string())?;
    let mut model =
        PerformanceModel::open(&folder_of(model)?, &runtime, "cpu").map_err(|t| t.to_string())?;
    let mut judged = Vec::new();
    for path in files {
        for (name, notes) in read(path, played, line_of_notes)? {
            let found =
                model.surprise(&[&notes]).map_err(|trouble| format!("{name}: {trouble}"))?;
            let seconds = notes.iter().map(|n| n.onset + n.duration).fold(0.0, f64::max);
            judged.push(Judged {
                name,
                nats: found.iter().flatten().sum(),
                notes: notes.len(),
                sixteenths: seconds / SIXTEENTH,
            });
        }
    }
    Ok(judged)
}

/// What a file holds, by its ending.
fn read<T>(
    path: &Path,
    midi: impl Fn(String, &File) -> Result<T, String>,
    line: impl Fn(Line, String) -> Result<T, String>,
) -> Result<Vec<T>, String> {
    let name = path.display().to_string();
    let found = match path.extension().and_then(|end| end.to_str()) {
        Some("mid" | "midi") => {
            File::read(path).and_then(|file| midi(name.clone(), &file)).map(|one| vec![one])
        }
        _ if records::are_in(path) => lines(path, line),
        _ => Err("expected a file that ends in .mid, .jsonl or .jsonl.gz".into()),
    };
    found.map_err(|why| format!("{name}: {why}"))
}

fn lines<T>(
    path: &Path,
    read: impl Fn(Line, String) -> Result<T, String>,
) -> Result<Vec<T>, String> {
    records::read(path, |line, number| {
        let line: Line = records::parse(line)?;
        let name = records::name(&line.id, path, number);
        read(line, name)
    })
}

type Named = (String, Chorale, (u32, u32));

fn chorale(voices: [Vec<Note>; 4], length: Ticks) -> Result<Chorale, String> {
    let length = voices.iter().map(|v| end(v)).max().unwrap_or(0).max(length);
    if length == 0 {
        Err("no notes in it".into())
    } else {
        Ok(Chorale { voices, length, nats: 0.0 })
    }
}

/// A file as four voices: its tracks and channels where it has four of them with notes.
fn four(name: String, file: &File) -> Result<Named, String> {
    let ticks = |beats: f64| (beats * f64::from(TICKS_PER_BEAT)).round().max(0.0) as Ticks;
    let mut parts: Vec<((usize, u8), Vec<Note>)> = Vec::new();
    for note in &file.notes {
        let onset = ticks(note.onset);
        let duration = ticks(note.onset + note.length).saturating_sub(onset).max(1);
        let note_in_ticks = Note { onset, duration, pitch: note.pitch };
        match parts.iter_mut().find(|part| part.0 == note.part) {
            Some(part) => part.1.push(note_in_ticks),
            None => parts.push((note.part, vec![note_in_ticks])),
        }
    }
    // From the highest part to the lowest.
    let mean = |notes: &[Note]| {
        notes.iter().map(|n| f64::from(n.pitch)).sum::<f64>() / notes.len().max(1) as f64
    };
    parts.sort_by(|a, b| mean(&b.1).total_cmp(&mean(&a.1)));
    let voices = match <[_; 4]>::try_from(parts) {
        Ok(parts) => parts.map(|part| part.1),
        Err(parts) => voices_of(parts.into_iter().flat_map(|part| part.1).collect()),
    };
    Ok((name, chorale(voices, 0)?, file.meter.unwrap_or((4, 4))))
}

fn line_of_voices(line: Line, name: String) -> Result<Named, String> {
    let meter = line.meter.as_deref().map_or(Ok((4, 4)), meter)?;
    let step = f64::from(TICKS_PER_BEAT) / 4.0;
    let voice = |notes: &[(f64, f64, f64)]| -> Vec<Note> {
        let note = |&(start, long, pitch): &(f64, f64, f64)| Note {
            onset: (start * step).round().max(0.0) as Ticks,
            duration: (long * step).round().max(1.0) as Ticks,
            pitch: pitch.round().clamp(0.0, 127.0) as u8,
        };
        notes.iter().map(note).collect()
    };
    let voices = if line.steps.is_empty() {
        [&line.soprano, &line.alto, &line.tenor, &line.bass].map(|notes| voice(notes))
    } else {
        std::array::from_fn(|v| held(&line.steps, v))
    };
    let length = line.length.map_or(0, |length| (length * step).round().max(0.0) as Ticks);
    Ok((name, chorale(voices, length.max(line.steps.len() as Ticks * 6))?, meter))
}

/// A column of a grid: a pitch that goes on is one note.
fn held(steps: &[[i64; 4]], voice: usize) -> Vec<Note> {
    let mut notes: Vec<Note> = Vec::new();
    let mut before = -1;
    for (onset, row) in (0u32..).map(|step| step * 6).zip(steps) {
        let pitch = row[voice];
        match notes.last_mut() {
            Some(last) if pitch >= 0 && pitch == before => last.duration += 6,
            _ if pitch >= 0 => {
                notes.push(Note { onset, duration: 6, pitch: pitch.clamp(0, 127) as u8 });
            }
            _ => {}
        }
        before = pitch;
    }
    notes
}

fn played(name: String, file: &File) -> Result<(String, Vec<PlayedNote>), String> {
    let note = |note: &super::file::FileNote| {
        let onset = file.seconds(note.onset);
        PlayedNote {
            onset,
            duration: file.seconds(note.onset + note.length) - onset,
            pitch: note.pitch,
            velocity: note.velocity,
        }
    };
    let notes: Vec<_> = file.notes.iter().map(note).collect();
    if notes.is_empty() { Err("no notes in it".into()) } else { Ok((name, notes)) }
}

fn line_of_notes(line: Line, name: String) -> Result<(String, Vec<PlayedNote>), String> {
    let note = |&(onset, duration, pitch, velocity): &(f64, f64, f64, f64)| PlayedNote {
        onset,
        duration,
        pitch: pitch.round().clamp(0.0, 127.0) as u8,
        velocity: velocity / 127.0,
    };
    let notes: Vec<_> = line.notes.iter().map(note).collect();
    if notes.is_empty() { Err("no notes in it".into()) } else { Ok((name, notes)) }
}
