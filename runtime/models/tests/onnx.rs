//! The trained model through ONNX Runtime. Without the library these tests say so and pass,
//! unless `MAG_REQUIRE_ORT` is set, as it is in CI.

use std::path::{Path, PathBuf};

use mag_models::{
    Card, Chord, Melody, MelodyModel, MelodyRequest, Mode, Note, Phrase, Runtime, Trouble,
};
use serde::Deserialize;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../stdlib/models/melody")
}

fn runtime() -> Option<Runtime> {
    match Runtime::open(&[]) {
        Ok(runtime) => Some(runtime),
        Err(trouble) if std::env::var_os("MAG_REQUIRE_ORT").is_some() => panic!("{trouble}"),
        Err(trouble) => {
            eprintln!("skipped: {trouble}");
            None
        }
    }
}

fn model(device: &str) -> Option<MelodyModel> {
    Some(sure(MelodyModel::open(&folder(), &runtime()?, device)))
}

fn sure<T>(result: Result<T, Trouble>) -> T {
    result.unwrap_or_else(|trouble| panic!("{trouble}"))
}

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
    nats: Vec<f64>,
}

#[test]
fn nats_are_those_of_the_training_scripts() {
    let Some(mut model) = model("cpu") else { return };
    let cases: Vec<Case> = serde_json::from_str(include_str!("melody_parity.json"))
        .unwrap_or_else(|error| panic!("{error}"));
    let modes = [
        Mode::Unknown,
        Mode::Major,
        Mode::Minor,
        Mode::Dorian,
        Mode::Mixolydian,
        Mode::Lydian,
        Mode::Phrygian,
    ];
    let melodies: Vec<Melody> = cases
        .iter()
        .map(|case| Melody {
            notes: case
                .notes
                .iter()
                .map(|&(onset, duration, pitch)| Note {
                    onset: (onset - case.start).unsigned_abs(),
                    duration,
                    pitch,
                })
                .collect(),
            length: (case.end - case.start).unsigned_abs(),
            pickup: case.start.unsigned_abs(),
            meter: case.meter,
            tonic: case.tonic,
            mode: modes[usize::from(case.mode)],
            chords: case
                .chords
                .iter()
                .map(|(at, root, tones, bass)| {
                    let tones = tones.iter().fold(0, |bits, tone| bits | 1 << tone);
                    (
                        (at - case.start).max(0).unsigned_abs(),
                        Chord { root: *root, tones, bass: *bass },
                    )
                })
                .collect(),
            close: case.left,
        })
        .collect();
    for (case, found) in cases.iter().zip(sure(model.surprise(&melodies))) {
        let expected: f64 = case.nats.iter().sum();
        let slack = 1e-3 * case.nats.len() as f64;
        assert!((found.total - expected).abs() < slack, "{}: {} {expected}", case.id, found.total);
        assert!((found.notes.iter().sum::<f64>() - found.total).abs() < 1e-9);
        assert_eq!(found.sixteenths, f64::from(case.end - case.start) / 6.0);
    }
}

fn requests(count: i64) -> Vec<MelodyRequest> {
    let dm7_g7 = [(0, "Dm7"), (96, "G7"), (192, "Dm7"), (288, "Am7")];
    let chords: Vec<_> =
        dm7_g7.into_iter().map(|(at, name)| (at, sure(Chord::parse(name)))).collect();
    (0..count)
        .map(|seed| MelodyRequest {
            seed,
            bars: 1 + (seed as u32 * 3) % 7,
            meter: [(4, 4), (6, 8), (3, 4)][seed as usize % 3],
            chords: if seed % 2 == 0 { chords.clone() } else { Vec::new() },
            temperature: 0.95,
            ..MelodyRequest::default()
        })
        .collect()
}

#[test]
fn the_same_seed_gives_the_same_phrase_across_runs_and_batch_sizes() {
    let (Some(mut first), Some(mut second)) = (model("cpu"), model("cpu")) else { return };
    let requests = requests(33);
    let together = sure(first.generate(&requests));
    assert_eq!(sure(second.generate(&requests)), together, "another session");
    for chunk in [1, 2, 7, 16] {
        let apart: Vec<_> =
            requests.chunks(chunk).flat_map(|some| sure(first.generate(some))).collect();
        for (one, other) in apart.iter().zip(&together) {
            assert_eq!(one.notes, other.notes, "batches of {chunk}");
            assert_eq!(one.nats.to_bits(), other.nats.to_bits(), "batches of {chunk}");
        }
    }
    let seeds: std::collections::HashSet<_> = together.iter().map(|p| p.notes.clone()).collect();
    assert!(seeds.len() > 25, "different seeds give different phrases");
}

#[test]
fn the_model_prefers_music_to_noise() {
    let Some(mut model) = model("cpu") else { return };
    let scale = [60, 62, 64, 65, 67, 69, 71, 72, 71, 69, 67, 65, 64, 62, 59, 60];
    let noise = [61, 80, 59, 74, 66, 85, 58, 68, 79, 61, 73, 90, 63, 70, 56, 61];
    let melody = |pitches: [u8; 16]| Melody {
        notes: (0..)
            .zip(pitches)
            .map(|(i, pitch)| Note { onset: 12 * i, duration: 12, pitch })
            .collect(),
        length: 192,
        meter: (4, 4),
        mode: Mode::Major,
        ..Melody::default()
    };
    let found = sure(model.surprise(&[melody(scale), melody(noise)]));
    assert!(2.0 * found[0].total < found[1].total, "{} {}", found[0].total, found[1].total);
}

/// Share of the notes on downbeats that belong to the chord of their bar.
fn downbeats_in_chord(phrases: &[Phrase], names: &[&str]) -> f64 {
    let chords: Vec<Chord> = names.iter().map(|name| sure(Chord::parse(name))).collect();
    let notes = phrases.iter().flat_map(|p| &p.notes).filter(|n| n.onset.is_multiple_of(96));
    let fits: Vec<bool> =
        notes.map(|n| chords[(n.onset / 96) as usize % chords.len()].has(n.pitch % 12)).collect();
    fits.iter().filter(|&&fits| fits).count() as f64 / fits.len() as f64
}

/// In the data 86 % of the notes on downbeats belong to the chord that is annotated there.
#[test]
fn phrases_follow_the_chords_that_they_are_given() {
    let Some(mut model) = model("cpu") else { return };
    let names = ["Am", "F", "C", "E7"];
    let row = (0..).zip(names).map(|(bar, name)| (96 * bar, sure(Chord::parse(name))));
    let over = MelodyRequest { chords: row.collect(), ..MelodyRequest::default() };
    let seeds = |request: &MelodyRequest| -> Vec<MelodyRequest> {
        (0..48).map(|seed| MelodyRequest { seed, ..request.clone() }).collect()
    };
    let with = downbeats_in_chord(&sure(model.generate(&seeds(&over))), &names);
    let free = MelodyRequest { chords: Vec::new(), ..over };
    let without = downbeats_in_chord(&sure(model.generate(&seeds(&free))), &names);
    assert!(with > 0.75 && with > without + 0.2, "{with} with chords, {without} without");
}

#[test]
fn a_device_that_cannot_be_used_is_spoken_of_and_replaced() {
    for device in ["cuda", "tensorrt", "directml", "coreml", "webgpu", "abacus"] {
        let Some(mut model) = model(device) else { return };
        let notice = model.notice().unwrap_or_default().to_string();
        let on_device = notice.is_empty() || notice.contains("part of the model");
        assert!(on_device || notice.contains("CPU") && notice.contains(device), "{notice}");
        assert_eq!(sure(model.generate(&requests(2))).len(), 2);
    }
    let Some(model) = model("cpu") else { return };
    assert_eq!(model.notice(), None);
    // What is said to be there is used, and what is not is replaced.
    let Some(runtime) = runtime() else { return };
    for (device, why) in runtime.devices() {
        let found = runtime.network(&folder(), &sure(mag_models::Card::read(&folder())), device);
        let replaced = sure(found).1.is_some_and(|notice| notice.contains("cannot be used"));
        assert!(replaced || why.is_none(), "{device}: {why:?}");
    }
}

#[test]
fn broken_models_are_refused_with_a_reason() {
    let Some(runtime) = runtime() else { return };
    let place = std::env::temp_dir().join(format!("mag-models-{}", std::process::id()));
    let original = std::fs::read(folder().join("model.onnx")).unwrap_or_default();
    let card = std::fs::read_to_string(folder().join("model.toml")).unwrap_or_default();
    let attempt = |bytes: &[u8], card: &str| {
        let made = std::fs::create_dir_all(&place)
            .and_then(|()| std::fs::write(place.join("model.onnx"), bytes))
            .and_then(|()| std::fs::write(place.join("model.toml"), card));
        made.unwrap_or_else(|error| panic!("{error}"));
        let opened = MelodyModel::open(&place, &runtime, "cpu");
        opened.err().map(|trouble| trouble.to_string()).unwrap_or_default()
    };
    assert_eq!(attempt(&original, &card), "", "the original opens");
    assert!(attempt(b"not a network", &card).contains("model.onnx"));
    assert!(attempt(&[], &card).contains("model.onnx"));
    assert!(attempt(&original[..original.len() / 2], &card).contains("model.onnx"));
    let other = card.replace(r#"name = "token", shape"#, r#"name = "tokens", shape"#);
    assert!(attempt(&original, &other).contains("`tokens`"));
    let narrow = card.replacen("layers = 2", "layers = 3", 1);
    assert!(attempt(&original, &narrow).contains("should be"));
    let foreign = card.replace(r#"vocabulary = "melody""#, r#"vocabulary = "drums""#);
    assert!(attempt(&original, &foreign).contains("drums"));
    let shuffled = card.replace(r#"name = "beat""#, r#"name = "boat""#);
    assert!(attempt(&original, &shuffled).contains("`boat`"));
    let outside = card.replace(r#"file = "model.onnx""#, r#"file = "../model.onnx""#);
    assert!(attempt(&original, &outside).contains("../model.onnx"));
    assert!(attempt(&original, "name = ").contains("line 1"));
    std::fs::remove_dir_all(&place).unwrap_or_default();
    assert!(Card::read(&place).is_err());
}
