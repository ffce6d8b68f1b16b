//! The drums features in Rust are those that the networks were trained on, number for number.

use std::path::Path;

use mag_models::drums::Rhythm;
use mag_models::vocab::drums::{Kind, Past, Scene, VOCABULARY};
use mag_models::{Drum, DrumsModel, DrumsRequest, Hit, Runtime, Style};
use serde::Deserialize;

/// A take as `training/export_drums.py` dumps it.
#[derive(Deserialize)]
struct Case {
    id: String,
    meter: (u32, u32),
    left: bool,
    style: u8,
    bpm: Option<f64>,
    steps: Vec<u16>,
    columns: Vec<Vec<i64>>,
    reals: Vec<String>,
    nats: Vec<f64>,
}

fn cases() -> Vec<Case> {
    let text = include_str!("drums_parity.json");
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn columns_and_reals_are_those_of_the_training_scripts() {
    for case in cases() {
        let bar = (16 * case.meter.0 / case.meter.1) as usize;
        let end = case.left.then_some(case.steps.len());
        let scene = Scene::new(case.meter, bar, Style::of_id(case.style), case.bpm, end);
        let mut past = Past::default();
        for (at, &step) in case.steps.iter().enumerate() {
            let mut columns = vec![0; VOCABULARY.columns.len()];
            let mut reals = vec![0.0; VOCABULARY.reals];
            past.row(&scene, Kind::Unknown, &mut columns, &mut reals);
            let reals: String = reals.iter().map(|&r| if r == 1.0 { '1' } else { '0' }).collect();
            assert_eq!(columns, case.columns[at], "{} at {at}", case.id);
            assert_eq!(reals, case.reals[at], "{} at {at}", case.id);
            past.push(&scene, step);
        }
    }
}

fn rhythm(case: &Case) -> Rhythm {
    let at = |(step, &combination): (usize, &u16)| {
        let struck = Drum::ALL.into_iter().filter(move |&d| combination >> d as u16 & 1 == 1);
        struck.map(move |drum| Hit::new(6 * step as u32, drum)).collect::<Vec<_>>()
    };
    Rhythm {
        hits: case.steps.iter().enumerate().flat_map(at).collect(),
        length: 6 * case.steps.len() as u32,
        meter: case.meter,
        style: Style::of_id(case.style),
        bpm: case.bpm,
        close: case.left,
    }
}

fn model() -> Option<DrumsModel> {
    let runtime = match Runtime::open(&[]) {
        Ok(runtime) => runtime,
        Err(trouble) if std::env::var_os("MAG_REQUIRE_ORT").is_some() => panic!("{trouble}"),
        Err(trouble) => {
            eprintln!("skipped: {trouble}");
            return None;
        }
    };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../stdlib/models/drums");
    Some(DrumsModel::open(&folder, &runtime, "cpu").unwrap_or_else(|t| panic!("{t}")))
}

#[test]
fn nats_are_those_of_the_training_scripts() {
    let Some(mut model) = model() else { return };
    let rhythms: Vec<Rhythm> = cases().iter().map(rhythm).collect();
    let found = model.surprise(&rhythms).unwrap_or_else(|t| panic!("{t}"));
    for (case, found) in cases().iter().zip(found) {
        assert_eq!(found.len(), case.nats.len());
        for (at, (found, expected)) in found.iter().zip(&case.nats).enumerate() {
            assert!((found - expected).abs() < 2e-3, "{} at {at}: {found} {expected}", case.id);
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_phrase_across_batch_sizes() {
    let Some(mut model) = model() else { return };
    let requests: Vec<_> =
        (0..17).map(|seed| DrumsRequest { seed, ..DrumsRequest::default() }).collect();
    let mut generate = |some: &[_]| model.generate(some).unwrap_or_else(|t| panic!("{t}"));
    let together = generate(&requests);
    for chunk in [1, 5] {
        let apart: Vec<_> = requests.chunks(chunk).flat_map(&mut generate).collect();
        assert_eq!(apart, together, "batches of {chunk}");
    }
}

/// In the data, snares of rock beats fall on 2 and 4 3.9 times as often as on 1 and 3, and fills
/// have 2.3 times the toms of beats.
#[test]
fn rock_has_its_backbeat_and_fills_are_busier() {
    let Some(mut model) = model() else { return };
    let style = "rock".parse().unwrap_or_default();
    let request = |seed, fill| DrumsRequest { seed, fill, style, bars: 4, ..Default::default() };
    let requests: Vec<_> = (0..24).map(|seed| request(seed, 0)).collect();
    let phrases = model.generate(&requests).unwrap_or_else(|t| panic!("{t}"));
    let on =
        |hit: &&Hit, drum, places: [u32; 2]| hit.drum == drum && places.contains(&(hit.onset % 96));
    let hits: Vec<Hit> = phrases.iter().flat_map(|p| p.hits.clone()).collect();
    let count = |drum, places| hits.iter().filter(|h| on(h, drum, places)).count();
    let (back, front) = (count(Drum::Snare, [24, 72]), count(Drum::Snare, [0, 48]));
    assert!(2 * back > 5 * front && back > 96, "{back} snares on 2 and 4, {front} on 1 and 3");
    let filled: Vec<_> = (0..24).map(|seed| request(seed, 1)).collect();
    let filled = model.generate(&filled).unwrap_or_else(|t| panic!("{t}"));
    let toms = |phrases: &[mag_models::DrumPhrase]| {
        let tom = |h: &&Hit| matches!(h.drum, Drum::LowTom | Drum::MidTom | Drum::HighTom);
        let last = |h: &&Hit| h.onset >= 288;
        phrases.iter().flat_map(|p| &p.hits).filter(|h| tom(h) && last(h)).count()
    };
    assert!(toms(&filled) > 2 * toms(&phrases), "{} {}", toms(&filled), toms(&phrases));
}

/// Takes begin and end sparsely; a phrase of any length is as full as the data are in their middle
/// (`training/README.md`: 3.8 kicks, 5.2 snares and 5.2 closed hats in a bar), within a third.
#[test]
fn a_bar_alone_is_as_full_as_a_bar_among_others() {
    let Some(mut model) = model() else { return };
    for bars in [1, 2] {
        let request = |seed| DrumsRequest { seed, bars, ..Default::default() };
        let requests: Vec<_> = (0..100).map(request).collect();
        let phrases = model.generate(&requests).unwrap_or_else(|t| panic!("{t}"));
        for (drum, data) in [(Drum::Kick, 3.8), (Drum::Snare, 5.2), (Drum::ClosedHat, 5.2)] {
            let hits = phrases.iter().flat_map(|p| &p.hits).filter(|hit| hit.drum == drum).count();
            let found = hits as f64 / f64::from(bars) / phrases.len() as f64;
            assert!(
                (found / data - 1.0).abs() < 0.34,
                "{bars} bars: {found:.1} {drum}, not {data}"
            );
        }
    }
}
