//! Drums and chords as lines of JSON: `{"id", "meter", "bars"?, "hits"}` with hits as `[beat, drum, …]`
//! (General MIDI numbers), and `{"id", "meter", "tonic"?, "key"?, "pickup"?, "chords"}` with chords as
//! `[beat, beats, "Am7"]`; times in quarter notes.
//!
//! Models are told meter and key only. What is no drum of theirs and no chord is left out.

use super::super::generate::meter;
use super::{BATCH, Judged, all_or_who, records};
use crate::phrases::library;
use mag_models::{
    Chord, ChordsModel, Drum, DrumsModel, Hit, Mode, Rhythm, Song, Sounded, TICKS_PER_BEAT, Ticks,
};
use serde::Deserialize;
use std::path::{Path, PathBuf};

#[derive(Deserialize)]
struct Line {
    #[serde(default)]
    id: serde_json::Value,
    meter: String,
    #[serde(default)]
    bars: f64,
    #[serde(default)]
    pickup: f64,
    tonic: Option<String>,
    key: Option<String>,
    #[serde(default)]
    hits: Vec<serde_json::Value>,
    #[serde(default)]
    chords: Vec<(f64, f64, String)>,
    #[serde(default)]
    sections: Vec<(f64, String)>,
}

/// What is read of all lines of files that end in .jsonl, with its name.
fn lines<T>(
    files: &[PathBuf],
    made: impl Fn(&Line) -> Result<T, String>,
) -> Result<Vec<(String, T)>, String> {
    let mut all = Vec::new();
    for path in files {
        let told = |why: String| format!("{}: {why}", path.display());
        if !records::are_in(path) {
            let expected = "drums and chords are judged from files that end in .jsonl or .jsonl.gz";
            return Err(told(expected.into()));
        }
        let read = records::read(path, |line, number| {
            let line: Line = records::parse(line)?;
            Ok((records::name(&line.id, path, number), made(&line)?))
        });
        all.extend(read.map_err(told)?);
    }
    Ok(all)
}

fn ticks(beats: f64) -> Ticks {
    (beats * f64::from(TICKS_PER_BEAT)).round().clamp(0.0, 1e7) as Ticks
}

/// How surprising a drums model finds each rhythm; notes are hits.
pub(super) fn drums(folder: &Path, files: &[PathBuf]) -> Result<Vec<Judged>, String> {
    let runtime = library::runtime().map_err(|trouble| trouble.to_string())?;
    let mut model = DrumsModel::open(folder, &runtime, "cpu").map_err(|t| t.to_string())?;
    let rhythms = lines(files, rhythm)?;
    let mut judged = Vec::new();
    for batch in rhythms.chunks(BATCH) {
        let (names, asked): (Vec<_>, Vec<Rhythm>) = batch.iter().cloned().unzip();
        let found = all_or_who(&names, &asked, |asked| model.surprise(asked))?;
        judged.extend(batch.iter().zip(found).map(|((name, rhythm), nats)| Judged {
            name: name.clone(),
            nats: nats.iter().sum(),
            notes: rhythm.hits.len(),
            sixteenths: nats.len() as f64,
        }));
    }
    Ok(judged)
}

fn rhythm(line: &Line) -> Result<Rhythm, String> {
    let meter = meter(&line.meter)?;
    let hit = |hit: &serde_json::Value| {
        let drum = Drum::of_midi(u8::try_from(hit.get(1)?.as_u64()?).ok()?)?;
        Some(Hit::new(ticks(hit.get(0)?.as_f64()?), drum))
    };
    let bar = 4.0 * f64::from(meter.0) / f64::from(meter.1);
    let hits = line.hits.iter().filter_map(hit).collect();
    Ok(Rhythm { hits, length: ticks(line.bars * bar), meter, ..Rhythm::default() })
}

/// How surprising a chords model finds each progression; notes are chords.
pub(super) fn chords(folder: &Path, files: &[PathBuf]) -> Result<Vec<Judged>, String> {
    let runtime = library::runtime().map_err(|trouble| trouble.to_string())?;
    let mut model = ChordsModel::open(folder, &runtime, "cpu").map_err(|t| t.to_string())?;
    let songs = lines(files, progression)?;
    let mut judged = Vec::new();
    for batch in songs.chunks(BATCH) {
        let (names, asked): (Vec<_>, Vec<Song>) = batch.iter().cloned().unzip();
        let found = all_or_who(&names, &asked, |asked| model.surprise(asked))?;
        judged.extend(batch.iter().zip(found).map(|((name, _), found)| Judged {
            name: name.clone(),
            nats: found.nats,
            notes: found.chords,
            sixteenths: found.sixteenths,
        }));
    }
    Ok(judged)
}

/// A song whose tonic changes is read above each tonic: `sections` tell of it as `key X`. A chord is
/// read without its bass, as in training: `C/Bb` is C and not C7.
fn progression(line: &Line) -> Result<Song, String> {
    let (tonic, mode) = key(line.tonic.as_deref().or(line.key.as_deref()));
    let (_, mode) = line.key.as_deref().map_or((tonic, mode), |text| key(Some(text)));
    let change = |(at, name): &(f64, String)| {
        let tonic = name.strip_prefix("key ").map(|name| key(Some(name)).0)?;
        Some((*at, tonic))
    };
    let changes: Vec<(f64, u8)> = line.sections.iter().filter_map(change).collect();
    let sounded = |(at, beats, name): &(f64, f64, String)| {
        let chord = match name.starts_with(|c: char| c.is_ascii_uppercase() && c <= 'G') {
            true => Some(Chord::parse(upright(name)).ok()?),
            false => None,
        };
        let above = changes.iter().rev().find(|(from, _)| from <= at);
        let tonic = above.map_or(tonic, |(_, tonic)| *tonic);
        Some(Sounded { at: *at, beats: *beats, chord, tonic })
    };
    let chords = line.chords.iter().filter_map(sounded).collect();
    Ok(Song { meter: meter(&line.meter)?, mode, pickup: line.pickup, chords })
}

/// A chord's name without its bass.
fn upright(name: &str) -> &str {
    match name.rsplit_once('/') {
        Some((chord, bass)) if bass.starts_with(|c: char| c.is_ascii_alphabetic()) => chord,
        _ => name,
    }
}

/// Tonic and mode of `Am`, `C`, `Bb minor`, `Ddor`; the mode is left open if it is not said.
fn key(text: Option<&str>) -> (u8, Mode) {
    let Some(text) = text else { return (0, Mode::Unknown) };
    let end = text.char_indices().skip(1).find(|(_, c)| !matches!(c, '#' | 'b')).map(|(i, _)| i);
    let (tonic, mode) = text.split_at(end.unwrap_or(text.len()));
    let tonic =
        mag_pattern::note::midi(tonic).map_or(0, |pitch| (pitch as i64).rem_euclid(12) as u8);
    let mode = match mode.trim().to_ascii_lowercase().as_str() {
        "" => Mode::Unknown,
        "m" => Mode::Minor,
        other => other.get(..3).and_then(|short| short.parse().ok()).unwrap_or_default(),
    };
    (tonic, mode)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> Line {
        serde_json::from_str(text).expect("a line")
    }

    #[test]
    fn lines_of_drums_and_chords_are_read() {
        let beat = line(
            r#"{"id":"a","meter":"4/4","bars":2,"hits":[[0,36,0.5,0.02],[1,38,0.7,0],[1,99,1,0]]}"#,
        );
        let rhythm = rhythm(&beat).expect("a rhythm");
        assert_eq!((rhythm.length, rhythm.hits.len()), (192, 2));
        assert_eq!((rhythm.hits[1].onset, rhythm.hits[1].drum), (24, Drum::Snare));
        let song = line(
            r#"{"id":"b","meter":"3/4","tonic":"Bb","key":"Bb minor","pickup":1,
                "chords":[[0,1,"Bbm"],[1,3,"Gb"],[4,3,"Gb"],[7,1,"N.C."],[8,2,"F7"]]}"#,
        );
        let song = progression(&song).expect("a progression");
        assert_eq!((song.chords[0].tonic, song.mode, song.pickup), (10, Mode::Minor, 1.0));
        assert_eq!(song.chords.len(), 5);
        assert_eq!(song.chords[3].chord, None, "silence");
    }

    #[test]
    fn a_bass_makes_no_other_chord() {
        let song = line(
            r#"{"meter":"4/4","tonic":"C","chords":[[0,4,"C/Bb"],[4,4,"C6/9"],[8,4,"Dm7/A"]]}"#,
        );
        let song = progression(&song).expect("a progression");
        let found: Vec<_> = song.chords.iter().map(|sounded| sounded.chord).collect();
        assert_eq!(found, ["C", "C6/9", "Dm7"].map(|name| Chord::parse(name).ok()));
    }
}
