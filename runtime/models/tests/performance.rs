//! The performance model: the same as in Python, and what must hold of all that it plays.

mod common;

use mag_models::Trouble;
use mag_models::net::{Batch, Net, State, Step};
use mag_models::vocab::performance::{Conditions, Event, Past, VOCABULARY};
use mag_models::{PerformanceModel, PerformanceRequest, PlayedNote};
use serde::Deserialize;

/// Notes as `training/export_performance.py` dumps them.
#[derive(Deserialize)]
struct Case {
    id: String,
    /// Hundredths, key, velocity, duration.
    notes: Vec<(i64, usize, u8, i64)>,
    columns: Vec<Vec<i64>>,
    /// Those that are not zero, by place.
    reals: Vec<Vec<(usize, f32)>>,
    nats: Vec<[f64; 4]>,
}

fn cases() -> Vec<Case> {
    let text = include_str!("performance_parity.json");
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}"))
}

fn model() -> Option<PerformanceModel> {
    let runtime = common::runtime()?;
    let model = PerformanceModel::open(&common::folder("performance"), &runtime, "cpu");
    Some(model.unwrap_or_else(|t| panic!("{t}")))
}

#[test]
fn features_are_those_of_the_training_scripts() {
    for case in cases() {
        let mut past = Past::default();
        for (at, &(time, pitch, velocity, duration)) in case.notes.iter().enumerate() {
            let mut columns = vec![0; VOCABULARY.columns.len()];
            let mut reals = vec![0.0; VOCABULARY.reals];
            past.row(&Conditions::default(), &mut columns, &mut reals);
            assert_eq!(columns, case.columns[at], "{} at {at}", case.id);
            let mut wanted = vec![0.0; VOCABULARY.reals];
            case.reals[at].iter().for_each(|&(place, value)| wanted[place] = value);
            for (place, (found, wanted)) in reals.iter().zip(wanted).enumerate() {
                assert!(
                    (found - wanted).abs() < 2e-4,
                    "{} {at} {place}: {found} {wanted}",
                    case.id
                );
            }
            let next = case.notes.get(at + 1).map_or(0, |next| next.0 - time);
            past.push(Event { pitch, velocity, duration, shift: next });
        }
    }
}

#[test]
fn notes_are_as_unlikely_as_in_python() {
    let Some(mut model) = model() else { return };
    for case in cases() {
        let note = |&(time, pitch, velocity, duration): &(i64, usize, u8, i64)| PlayedNote {
            onset: time as f64 / 100.0,
            duration: duration as f64 / 100.0,
            pitch: pitch as u8 + 21,
            velocity: f64::from(velocity) / 127.0,
        };
        let notes: Vec<_> = case.notes.iter().map(note).collect();
        let found = model.surprise(&[&notes]).unwrap_or_else(|t| panic!("{t}"))[0];
        for part in 0..4 {
            let counted = if part == 3 { case.nats.len() - 1 } else { case.nats.len() };
            let wanted: f64 = case.nats[..counted].iter().map(|row| row[part]).sum();
            assert!((found[part] - wanted).abs() < 0.01 * wanted, "{part}: {found:?} {wanted}");
        }
    }
}

#[test]
fn what_is_played_can_be_played() {
    let Some(mut model) = model() else { return };
    let request = |seed| PerformanceRequest { seconds: 6.0, seed, ..Default::default() };
    let requests: Vec<_> = (0..4).map(request).collect();
    let together = model.generate(&requests).unwrap_or_else(|t| panic!("{t}"));
    for made in &together {
        assert!(!made.notes.is_empty() && made.nats > 0.0);
        for pair in made.notes.windows(2) {
            assert!(pair[0].onset <= pair[1].onset);
        }
        for note in &made.notes {
            assert!((0.0..6.0).contains(&note.onset) && note.duration > 0.0);
            assert!((21..=108).contains(&note.pitch) && (0.0..=1.0).contains(&note.velocity));
            let hundredths = 100.0 * note.onset;
            assert!((hundredths - hundredths.round()).abs() < 1e-6);
        }
    }
    let alone = model.generate(&requests[2..3]).unwrap_or_else(|t| panic!("{t}"));
    assert_eq!(alone[0], together[2], "the same seed, alone");
    assert_ne!(together[0].notes, together[1].notes);
}

/// In parts, from its own state, a stream plays what it plays when it is read again.
#[test]
fn a_stream_goes_on_where_it_stood() {
    let Some(mut model) = model() else { return };
    let request = PerformanceRequest { seconds: 6.0, seed: 5, ..Default::default() };
    let next = PerformanceRequest { seed: 6, ..request.clone() };
    let first = model.go_on(&[(None, &request)]).unwrap_or_else(|t| panic!("{t}"));
    let whole = model.generate(std::slice::from_ref(&request)).unwrap_or_else(|t| panic!("{t}"));
    assert_eq!(first[0].0, whole[0], "it begins as what does not go on");
    let stream = Some(&first[0].1);
    let alone = model.go_on(&[(stream, &next)]).unwrap_or_else(|t| panic!("{t}"));
    let parts = [(None, &request), (stream, &next), (stream, &request)];
    let company = model.go_on(&parts).unwrap_or_else(|t| panic!("{t}"));
    assert_eq!(alone[0].0, company[1].0, "whatever goes on beside it");
    assert_ne!(company[1].0.notes, company[2].0.notes, "each seed goes on its own way");
    for note in &alone[0].0.notes {
        assert!((0.0..6.0).contains(&note.onset), "{note:?}");
    }
}

/// Asked for more notes, higher ones, louder ones, it plays more, higher and louder.
#[test]
fn conditions_are_heard() {
    let Some(mut model) = model() else { return };
    let with = |conditions| {
        (0..4)
            .map(|seed| PerformanceRequest { seconds: 8.0, conditions, seed, ..Default::default() })
            .collect::<Vec<_>>()
    };
    let mut mean = |conditions: Conditions| {
        let made = model.generate(&with(conditions)).unwrap_or_else(|t| panic!("{t}"));
        let notes: Vec<PlayedNote> = made.into_iter().flat_map(|made| made.notes).collect();
        let mean = |of: &dyn Fn(&PlayedNote) -> f64| {
            notes.iter().map(of).sum::<f64>() / notes.len() as f64
        };
        (notes.len(), mean(&|n| n.pitch.into()), mean(&|n| n.velocity))
    };
    let low =
        Conditions { density: Some(3.0), register: Some(50.0), dynamics: Some(0.35), tones: None };
    let high =
        Conditions { density: Some(12.0), register: Some(70.0), dynamics: Some(0.65), tones: None };
    let (low, high) = (mean(low), mean(high));
    assert!(high.0 > 2 * low.0 && high.1 > low.1 + 6.0 && high.2 > low.2 + 0.1, "{low:?} {high:?}");
}

/// A network that is never asked.
struct Silent;

impl Net for Silent {
    fn initial(&self, _: usize) -> State {
        State(Vec::new())
    }

    fn step(&mut self, _: Batch, _: State) -> Result<Step, Trouble> {
        Err(Trouble::new("silence", "it is golden"))
    }
}

#[test]
fn impossible_requests_are_refused_with_a_reason() {
    let refused = |change: fn(&mut PerformanceRequest), word: &str| {
        let mut request = PerformanceRequest::default();
        change(&mut request);
        let said = PerformanceModel::with_net(Box::new(Silent))
            .generate(&[request])
            .err()
            .map(|t| t.to_string())
            .unwrap_or_default();
        assert!(said.contains(word), "`{said}` should name {word}");
    };
    refused(|r| r.seconds = 0.0, "seconds");
    refused(|r| r.temperature = -1.0, "temperature");
    refused(|r| r.top_p = 2.0, "nucleus");
    refused(|r| (r.lowest, r.highest) = (60, 62), "range");
    refused(|r| r.conditions.density = Some(f64::NAN), "condition");
    refused(
        |r| r.prime = vec![PlayedNote { onset: f64::NAN, duration: 1.0, pitch: 60, velocity: 0.5 }],
        "note",
    );
}
