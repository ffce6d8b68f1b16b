//! The latent space in Rust is that of the training scripts, and changes of music are what they say.

use std::path::Path;

use mag_models::latent::{Point, Window, Wish};
use mag_models::sample::Taste;
use mag_models::vocab::latent::{Kind, symbols};
use mag_models::vocab::melody::reference;
use mag_models::{Change, LatentModel, MelodyChange, Note, Runtime};
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

/// Two bars of eighths, and two of another tune.
fn tunes() -> (Vec<Note>, Vec<Note>) {
    let row = |pitches: [u8; 16]| -> Vec<Note> {
        let note = |(at, pitch): (u32, u8)| Note { onset: 12 * at, duration: 12, pitch };
        (0..).zip(pitches).map(note).collect()
    };
    let one = [60, 64, 67, 64, 65, 62, 59, 62, 60, 64, 67, 72, 71, 67, 65, 62];
    (row(one), row([69, 69, 67, 65, 64, 65, 67, 69, 72, 71, 69, 67, 65, 64, 62, 60]))
}

fn changed(model: &mut LatentModel, change: Change, amount: f64, seed: i64) -> Vec<Note> {
    change_of(model, tunes(), change, amount, seed)
}

fn change_of(
    model: &mut LatentModel,
    (notes, other): (Vec<Note>, Vec<Note>),
    change: Change,
    amount: f64,
    seed: i64,
) -> Vec<Note> {
    let asked = MelodyChange {
        notes,
        bars: 2,
        other,
        other_bars: 2,
        meter: (4, 4),
        tonic: 0,
        change,
        amounts: vec![amount],
        temperature: 0.0,
        seed,
    };
    let made = model.change_melodies(&[asked]).unwrap_or_else(|t| panic!("{t}"));
    made.into_iter().flatten().map(|changed| changed.note).collect()
}

/// How many sixteenths of two tunes differ.
fn distance(a: &[Note], b: &[Note]) -> usize {
    let (a, b) = (symbols(a, 60, 32), symbols(b, 60, 32));
    a.iter().zip(&b).filter(|(a, b)| a != b).count()
}

#[test]
fn ways_begin_at_one_tune_and_end_at_the_other() {
    let Some(mut model) = model(Kind::Melody) else { return };
    let (one, other) = tunes();
    let at = |model: &mut LatentModel, amount| changed(model, Change::Between, amount, 0);
    assert_eq!(at(&mut model, 0.0), one);
    assert_eq!(at(&mut model, 1.0), other);
    let far: Vec<usize> = [0.1, 0.5, 0.9].map(|x| distance(&at(&mut model, x), &one)).to_vec();
    assert!(far[0] < far[2] && far[0] <= far[1], "{far:?}");
}

#[test]
fn small_variations_change_little_and_each_seed_is_another() {
    let Some(mut model) = model(Kind::Melody) else { return };
    let (one, _) = tunes();
    let mut mean = |amount: f64| -> f64 {
        let all =
            (0..8).map(|seed| distance(&changed(&mut model, Change::Vary, amount, seed), &one));
        all.sum::<usize>() as f64 / 8.0
    };
    let (none, little, much) = (mean(0.0), mean(0.25), mean(1.0));
    assert!(none == 0.0 && little < 0.7 * much && much > 8.0, "{none} {little} {much}");
    let vary = |model: &mut LatentModel, seed| changed(model, Change::Vary, 0.8, seed);
    assert_eq!(vary(&mut model, 1), vary(&mut model, 1));
    assert_ne!(vary(&mut model, 1), vary(&mut model, 2));
}

#[test]
fn more_leaps_are_wider_and_what_there_is_no_direction_for_is_named() {
    let Some(mut model) = model(Kind::Melody) else { return };
    let leaps = |notes: &[Note]| -> f64 {
        let wide = notes.windows(2).map(|w| f64::from(w[0].pitch.abs_diff(w[1].pitch)));
        wide.sum::<f64>() / notes.len().max(1) as f64
    };
    let more = |name: &str| Change::More(name.to_string());
    let backwards = |tune: &[Note]| -> Vec<Note> {
        tune.iter().zip(tune.iter().rev()).map(|(a, b)| Note { pitch: b.pitch, ..*a }).collect()
    };
    let (one, other) = tunes();
    let all = [one.clone(), other.clone(), backwards(&one), backwards(&other)];
    let mut mean = |amount: f64| -> f64 {
        let made = all.iter().map(|tune| {
            let given = (tune.clone(), Vec::new());
            leaps(&change_of(&mut model, given, more("leaps"), amount, 0))
        });
        made.sum::<f64>() / all.len() as f64
    };
    let (calm, wild) = (mean(-0.5), mean(0.5));
    assert!(calm < wild, "{calm} {wild}");
    let (notes, _) = tunes();
    let asked = MelodyChange {
        notes,
        bars: 2,
        other: Vec::new(),
        other_bars: 0,
        meter: (4, 4),
        tonic: 0,
        change: more("polka"),
        amounts: vec![1.0],
        temperature: 0.0,
        seed: 0,
    };
    let refused = model.change_melodies(&[asked]).err().map(|t| t.to_string());
    assert!(refused.is_some_and(|text| text.contains("polka") && text.contains("density")));
}
