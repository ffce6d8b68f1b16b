//! The latent space in Rust is that of the training scripts: symbols, points, what is written.

use std::path::Path;

use mag_models::latent::{Point, Window, Wish};
use mag_models::sample::Taste;
use mag_models::vocab::latent::{Kind, symbols};
use mag_models::vocab::melody::reference;
use mag_models::{LatentModel, Note, Runtime};
use serde::Deserialize;

/// What `training/export_vae.py` dumps.
#[derive(Deserialize)]
struct Fixture {
    windows: Vec<Case>,
    #[serde(default)]
    tunes: Vec<Tune>,
}

/// Windows with bars of one length.
#[derive(Deserialize)]
struct Case {
    bar: usize,
    windows: Vec<Vec<u16>>,
    points: Vec<Vec<f32>>,
    written: Vec<Vec<u16>>,
    half_way: Vec<u16>,
}

/// A tune as (onset, end, pitch) in ticks, and its symbols.
#[derive(Deserialize)]
struct Tune {
    tonic: u8,
    notes: Vec<(u32, u32, u8)>,
    symbols: Vec<u16>,
}

fn fixture(kind: Kind) -> Fixture {
    let text = match kind {
        Kind::Melody => include_str!("melody_vae_parity.json"),
        Kind::Drums => include_str!("drums_vae_parity.json"),
    };
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}"))
}

fn model(kind: Kind) -> Option<LatentModel> {
    let runtime = match Runtime::open(&[]) {
        Ok(runtime) => runtime,
        Err(trouble) if std::env::var_os("MAG_REQUIRE_ORT").is_some() => panic!("{trouble}"),
        Err(trouble) => {
            eprintln!("skipped: {trouble}");
            return None;
        }
    };
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../stdlib/models");
    let folder = models.join(kind.vocabulary().name);
    Some(LatentModel::open(&folder, &runtime, "cpu", kind).unwrap_or_else(|t| panic!("{t}")))
}

#[test]
fn symbols_are_those_of_the_training_scripts() {
    for tune in fixture(Kind::Melody).tunes {
        let note =
            |&(onset, end, pitch): &(u32, u32, u8)| Note { onset, duration: end - onset, pitch };
        let notes: Vec<Note> = tune.notes.iter().map(note).collect();
        assert_eq!(symbols(&notes, reference(tune.tonic), tune.symbols.len()), tune.symbols);
    }
}

fn plain(point: &Point, bar: usize) -> Wish {
    let taste = Taste { temperature: 0.0, top_p: 1.0 };
    Wish { path: vec![point.clone()], bar, taste, seed: 0 }
}

#[test]
fn points_and_windows_are_those_of_the_training_scripts() {
    for kind in [Kind::Melody, Kind::Drums] {
        let Some(mut model) = model(kind) else { return };
        for case in fixture(kind).windows {
            let window = |symbols: &Vec<u16>| Window { symbols: symbols.clone(), bar: case.bar };
            let windows: Vec<Window> = case.windows.iter().map(window).collect();
            let points = model.encode(&windows).unwrap_or_else(|t| panic!("{t}"));
            for (point, expected) in points.iter().zip(&case.points) {
                let far = point.0.iter().zip(expected).map(|(a, b)| (a - b).abs());
                assert!(far.fold(0.0, f32::max) < 2e-3, "{kind:?}");
            }
            let mut wishes: Vec<Wish> = points.iter().map(|p| plain(p, case.bar)).collect();
            wishes.push(plain(&points[0].slerp(&points[1], 0.5), case.bar));
            let written = model.decode(&wishes).unwrap_or_else(|t| panic!("{t}"));
            assert_eq!(written[..case.written.len()], case.written[..], "{kind:?}");
            assert_eq!(written.last(), Some(&case.half_way), "{kind:?}");
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_window_across_batch_sizes() {
    for kind in [Kind::Melody, Kind::Drums] {
        let Some(mut model) = model(kind) else { return };
        let taste = Taste { temperature: 1.0, top_p: 1.0 };
        let wish = |seed| Wish {
            path: vec![Point::drawn(kind.width(), seed)],
            bar: [16, 12][seed as usize % 2],
            taste,
            seed,
        };
        let wishes: Vec<Wish> = (0..9).map(wish).collect();
        let together = model.decode(&wishes).unwrap_or_else(|t| panic!("{t}"));
        for chunk in [1, 4] {
            let mut decode = |some: &[Wish]| model.decode(some).unwrap_or_else(|t| panic!("{t}"));
            let apart: Vec<_> = wishes.chunks(chunk).flat_map(&mut decode).collect();
            assert_eq!(apart, together, "batches of {chunk}");
            let read = |some: &[Vec<u16>]| -> Vec<Window> {
                let bar = |symbols: &Vec<u16>| symbols.len() / 2;
                some.iter().map(|s| Window { symbols: s.clone(), bar: bar(s) }).collect()
            };
            let all = model.encode(&read(&together)).unwrap_or_else(|t| panic!("{t}"));
            let mut encode =
                |some: &[Vec<u16>]| model.encode(&read(some)).unwrap_or_else(|t| panic!("{t}"));
            let apart: Vec<_> = together.chunks(chunk).flat_map(&mut encode).collect();
            assert_eq!(apart, all, "batches of {chunk}");
        }
    }
}
