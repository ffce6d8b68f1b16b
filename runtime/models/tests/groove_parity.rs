//! The groove features in Rust are those that the network was trained on, and it plays the same.

use std::path::Path;

use mag_models::vocab::groove::{Part, Touch, VOCABULARY};
use mag_models::{Drum, GrooveModel, GrooveRequest, Hit, Runtime, Style};
use serde::Deserialize;

/// A take as `training/export_groove.py` dumps it.
#[derive(Deserialize)]
struct Case {
    id: String,
    meter: (u32, u32),
    style: u8,
    bpm: Option<f64>,
    steps: Vec<u16>,
    velocity: Vec<[f32; 9]>,
    offset: Vec<[f32; 9]>,
    columns: Vec<Vec<i64>>,
    /// Those that are not zero, by place.
    reals: Vec<Vec<(usize, f32)>>,
    median_velocity: Vec<[f64; 9]>,
    median_offset: Vec<[f64; 9]>,
}

fn cases() -> Vec<Case> {
    let text = include_str!("groove_parity.json");
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn columns_and_reals_are_those_of_the_training_scripts() {
    for case in cases() {
        let bar = (16 * case.meter.0 / case.meter.1) as usize;
        let style = Style::of_id(case.style);
        let mut part = Part::new(case.steps.clone(), case.meter, bar, style, case.bpm);
        for (at, expected) in case.reals.iter().enumerate() {
            let mut columns = vec![0; VOCABULARY.columns.len()];
            let mut reals = vec![0.0; VOCABULARY.reals];
            part.row(&mut columns, &mut reals);
            assert_eq!(columns, case.columns[at], "{} at {at}", case.id);
            let mut wanted = vec![0.0; VOCABULARY.reals];
            expected.iter().for_each(|&(place, value)| wanted[place] = value);
            for (place, (found, wanted)) in reals.iter().zip(wanted).enumerate() {
                let id = &case.id;
                assert!((found - wanted).abs() < 2e-3, "{id} at {at}, {place}: {found} {wanted}");
            }
            part.push(std::array::from_fn(|drum| {
                let (velocity, offset) = (case.velocity[at][drum], case.offset[at][drum]);
                part.struck(drum).then_some(Touch { velocity, offset })
            }));
        }
        assert!(part.ended());
    }
}

fn hits(case: &Case) -> Vec<Hit> {
    let at = |(step, &combination): (usize, &u16)| {
        let struck = Drum::ALL.into_iter().filter(move |&d| combination >> d as u16 & 1 == 1);
        struck.map(move |drum| Hit::new(6 * step as u32, drum)).collect::<Vec<_>>()
    };
    case.steps.iter().enumerate().flat_map(at).collect()
}

fn model() -> Option<GrooveModel> {
    let runtime = match Runtime::open(&[]) {
        Ok(runtime) => runtime,
        Err(trouble) if std::env::var_os("MAG_REQUIRE_ORT").is_some() => panic!("{trouble}"),
        Err(trouble) => {
            eprintln!("skipped: {trouble}");
            return None;
        }
    };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../stdlib/models/groove");
    Some(GrooveModel::open(&folder, &runtime, "cpu").unwrap_or_else(|t| panic!("{t}")))
}

#[test]
fn cold_it_plays_the_medians_of_the_training_scripts() {
    let Some(mut model) = model() else { return };
    let request = |case: &Case| GrooveRequest {
        hits: hits(case),
        meter: case.meter,
        style: Style::of_id(case.style),
        bpm: case.bpm,
        temperature: 0.0,
        ..GrooveRequest::default()
    };
    let requests: Vec<_> = cases().iter().map(request).collect();
    let played = model.play(&requests).unwrap_or_else(|trouble| panic!("{trouble}"));
    for (case, hits) in cases().iter().zip(played) {
        for hit in hits {
            let (at, drum) = ((hit.onset / 6) as usize, hit.drum as usize);
            let (loud, late) = (case.median_velocity[at][drum], case.median_offset[at][drum]);
            assert!((hit.velocity - loud).abs() < 2e-3, "{} {hit:?} {loud}", case.id);
            assert!((hit.offset - late).abs() < 1e-3, "{} {hit:?} {late}", case.id);
        }
    }
}

/// What a drummer does with an even row: in the data of rock the hats between the beats are
/// softer than on them, and no two bars are quite the same.
#[test]
fn warm_it_varies_and_the_same_seed_plays_the_same() {
    let Some(mut model) = model() else { return };
    let row: Vec<Hit> = (0..64)
        .flat_map(|i| {
            let beat = match i % 8 {
                0 => Some(Drum::Kick),
                4 => Some(Drum::Snare),
                _ => None,
            };
            let hat = (i % 2 == 0).then_some(Drum::ClosedHat);
            hat.into_iter().chain(beat).map(move |drum| Hit::new(6 * i, drum))
        })
        .collect();
    let style = "rock".parse().unwrap_or_default();
    let request = |seed| GrooveRequest { hits: row.clone(), seed, style, ..Default::default() };
    let mut play = |some: &[_]| model.play(some).unwrap_or_else(|t| panic!("{t}"));
    let requests: Vec<_> = (0..9).map(request).collect();
    let together = play(&requests);
    assert_eq!(play(&requests[4..5])[0], together[4], "the same seed, alone");
    assert_ne!(together[0], together[1]);
    let hats = |on_beat: bool| {
        let hits = together.iter().flatten();
        let chosen =
            hits.filter(|h| h.drum == Drum::ClosedHat && h.onset.is_multiple_of(24) == on_beat);
        let loud: Vec<f64> = chosen.map(|h| h.velocity).collect();
        loud.iter().sum::<f64>() / loud.len() as f64
    };
    assert!(hats(true) > hats(false), "{} {}", hats(true), hats(false));
    let late: Vec<f64> = together[0].iter().map(|hit| hit.offset).collect();
    assert!(late.iter().any(|&o| o != late[0]) && late.iter().all(|o| o.abs() <= 0.13));
}
