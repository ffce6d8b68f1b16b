//! The expression model: the same as in Python, and what must hold of all that it plays.

mod common;

use mag_models::vocab::expression::{Score, Touch, VOCABULARY, Written};
use mag_models::{Expression, ExpressionModel, ExpressionRequest, WrittenNote};
use serde::Deserialize;

/// Written notes as `training/export_expression.py` dumps them.
#[derive(Deserialize)]
struct Case {
    id: String,
    /// Seconds, seconds, pitch.
    notes: Vec<(f64, f64, u8)>,
    /// Velocity, offset, tempo, length.
    played: Vec<[f64; 4]>,
    columns: Vec<Vec<i64>>,
    /// Those that are not zero, by place.
    reals: Vec<Vec<(usize, f32)>>,
    medians: Vec<[f64; 4]>,
}

fn cases() -> Vec<Case> {
    let text = include_str!("expression_parity.json");
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}"))
}

fn model() -> Option<ExpressionModel> {
    let runtime = common::runtime()?;
    let model = ExpressionModel::open(&common::folder("expression"), &runtime, "cpu");
    Some(model.unwrap_or_else(|t| panic!("{t}")))
}

fn play(model: &mut ExpressionModel, requests: &[ExpressionRequest]) -> Vec<Vec<Expression>> {
    model.play(requests).unwrap_or_else(|t| panic!("{t}"))
}

#[test]
fn features_are_those_of_the_training_scripts() {
    for case in cases() {
        let written =
            |&(onset, duration, pitch): &(f64, f64, u8)| Written { onset, duration, pitch };
        let mut score = Score::new(case.notes.iter().map(written).collect(), None, true);
        for (at, expected) in case.columns.iter().enumerate() {
            let mut columns = vec![0; VOCABULARY.columns.len()];
            let mut reals = vec![0.0; VOCABULARY.reals];
            score.row(&mut columns, &mut reals);
            assert_eq!(&columns, expected, "{} at {at}", case.id);
            let mut wanted = vec![0.0; VOCABULARY.reals];
            case.reals[at].iter().for_each(|&(place, value)| wanted[place] = value);
            for (place, (found, wanted)) in reals.iter().zip(wanted).enumerate() {
                assert!(
                    (found - wanted).abs() < 2e-3,
                    "{} {at} {place}: {found} {wanted}",
                    case.id
                );
            }
            assert_eq!(score.now(), at, "notes are dumped in the order in which they are played");
            let [velocity, offset, tempo, length] = case.played[at];
            score.push(Touch { velocity, offset, tempo, length });
        }
        assert!(score.ended());
    }
}

#[test]
fn without_chance_it_plays_what_it_plays_in_python() {
    let Some(mut model) = model() else { return };
    for case in cases() {
        let note = |&(onset, duration, pitch): &(f64, f64, u8)| WrittenNote {
            onset: 2.0 * onset,
            duration: 2.0 * duration,
            pitch,
        };
        let notes = case.notes.iter().map(note).collect();
        let request =
            ExpressionRequest { notes, rubato: 0.0, temperature: 0.0, ..Default::default() };
        for (found, wanted) in play(&mut model, &[request])[0].iter().zip(&case.medians) {
            let [velocity, offset, _, length] = *wanted;
            assert!(
                (found.velocity - velocity.clamp(0.01, 1.0)).abs() < 3e-3,
                "{found:?} {wanted:?}"
            );
            assert!((found.offset - 2.0 * offset).abs() < 2e-3, "{found:?} {wanted:?}");
            assert!((found.length - length.exp2()).abs() < 2e-2, "{found:?} {wanted:?}");
        }
    }
}

/// A melody above chords: pianists bring the melody out.
fn song() -> Vec<WrittenNote> {
    let tune = [76, 74, 72, 74, 76, 76, 76, 74, 74, 74, 76, 79, 79, 76, 74, 72];
    let mut notes = Vec::new();
    for (i, pitch) in tune.into_iter().enumerate() {
        let onset = i as f64;
        notes.push(WrittenNote { onset, duration: 1.0, pitch });
        for pitch in [48, 55, 60, 64] {
            notes.push(WrittenNote { onset, duration: 1.0, pitch });
        }
    }
    notes
}

#[test]
fn melodies_are_brought_out_and_time_is_given_back() {
    let Some(mut model) = model() else { return };
    let request =
        |seed, rubato| ExpressionRequest { notes: song(), seed, rubato, ..Default::default() };
    let requests = [request(1, 1.0), request(2, 1.0), request(1, 0.0)];
    let played = play(&mut model, &requests);
    assert_eq!(play(&mut model, &requests[1..2])[0], played[1], "the same seed, alone");
    assert_ne!(played[0], played[1]);
    for touches in &played {
        let loud = |top: bool| {
            let some = touches.iter().enumerate().filter(|(i, _)| (i % 5 == 0) == top);
            let all: Vec<f64> = some.map(|(_, t)| t.velocity).collect();
            all.iter().sum::<f64>() / all.len() as f64
        };
        assert!(loud(true) > loud(false) + 0.03, "{} {}", loud(true), loud(false));
        for touch in touches {
            assert!(touch.offset.abs() < 0.75 && (0.3..2.0).contains(&touch.length), "{touch:?}");
            assert!((0.0..=1.0).contains(&touch.velocity));
        }
        // What the tempo takes it gives back: the ends differ by less than hands do.
        for at in [0, touches.len() - 5] {
            assert!(touches[at].offset.abs() < 0.25, "{:?}", touches[at]);
        }
    }
}

#[test]
fn impossible_requests_are_refused_with_a_reason() {
    let Some(mut model) = model() else { return };
    let mut refused = |change: fn(&mut ExpressionRequest), word: &str| {
        let mut request = ExpressionRequest::default();
        change(&mut request);
        let said = model.play(&[request]).err().map(|t| t.to_string()).unwrap_or_default();
        assert!(said.contains(word), "`{said}` should name {word}");
    };
    refused(|r| r.temperature = -1.0, "temperature");
    refused(|r| r.bpm = 0.0, "tempo");
    refused(|r| r.rubato = f64::NAN, "rubato");
    refused(|r| r.notes = vec![WrittenNote { onset: f64::NAN, duration: 1.0, pitch: 60 }], "time");
    assert_eq!(play(&mut model, &[ExpressionRequest::default()]), [Vec::new()]);
}
