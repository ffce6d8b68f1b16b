//! The features in Rust are those that the network was trained on, number for number.

use mag_models::vocab::melody::{Past, Scene, encode, reference};
use mag_models::{Chord, Note};
use serde::Deserialize;

/// A tune as `training/export_melody.py` dumps it.
#[derive(Deserialize)]
struct Case {
    id: String,
    meter: (u32, u32),
    tonic: u8,
    mode: u8,
    start: i32,
    end: i32,
    left: bool,
    notes: Vec<(i32, u32, u8)>,
    chords: Vec<(i32, u8, Vec<u8>, u8)>,
    events: Vec<(i32, u8, u8)>,
    columns: Vec<Vec<i64>>,
}

#[test]
fn events_and_columns_are_those_of_the_training_scripts() {
    let cases: Vec<Case> = serde_json::from_str(include_str!("melody_parity.json"))
        .unwrap_or_else(|error| panic!("{error}"));
    assert!(cases.len() >= 4);
    for case in cases {
        let note = |&(onset, duration, pitch): &(i32, u32, u8)| Note {
            onset: (onset - case.start).unsigned_abs(),
            duration,
            pitch,
        };
        let notes: Vec<Note> = case.notes.iter().map(note).collect();
        let events = encode(&notes, reference(case.tonic), case.start, case.end);
        let found: Vec<_> = events.iter().map(|e| (e.onset, e.token, e.duration)).collect();
        assert_eq!(found, case.events, "{}", case.id);

        let chord = |(at, root, tones, bass): &(i32, u8, Vec<u8>, u8)| {
            let tones = tones.iter().fold(0, |bits, tone| bits | 1 << tone);
            (*at, Chord { root: *root, tones, bass: *bass }.transposed(12 - case.tonic))
        };
        let chords = case.chords.iter().map(chord).collect();
        let scene = Scene::new(case.meter, case.mode, case.left.then_some(case.end), chords);
        let mut past = Past::new(scene.bar);
        for (event, expected) in events.iter().zip(&case.columns) {
            let row = scene.row(&past, event.onset);
            assert_eq!(row.columns.as_slice(), expected, "{} at {}", case.id, event.onset);
            past.push(event.onset, event.token, event.duration);
        }
    }
}
