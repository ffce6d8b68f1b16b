//! The chorale features in Rust are those that the network was trained on, and it answers the same.

mod common;

use mag_models::vocab::chorale::{Grid, Strike, VOCABULARY, WINDOW};
use mag_models::{Card, Net};
use ndarray::Array2;
use serde::Deserialize;

/// A window as `training/export_chorale.py` dumps it.
#[derive(Deserialize)]
struct Case {
    tokens: Vec<[u8; 4]>,
    strikes: Vec<[u8; 4]>,
    meter: i64,
    place: Vec<i64>,
    key: i64,
    fermata: Vec<i64>,
    answers: Vec<[usize; 4]>,
    columns: Vec<Vec<i64>>,
    nats: Vec<[f64; 4]>,
}

fn cases() -> Vec<Case> {
    let text = include_str!("chorale_parity.json");
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}"))
}

fn grid(case: &Case) -> Grid {
    let (meter, bar) = match case.meter {
        1 => ((4, 4), 16),
        2 => ((3, 4), 12),
        _ => ((4, 4), 0),
    };
    let pickup = if bar == 0 { 0 } else { (bar - (case.place[0] as usize - 4)) % bar };
    let strike = |s: u8| match s {
        1 => Strike::Struck,
        2 => Strike::Held,
        _ => Strike::Untold,
    };
    let told = case.fermata.iter().all(|&f| f > 0);
    Grid {
        tokens: case.tokens.clone(),
        strikes: case.strikes.iter().map(|row| row.map(strike)).collect(),
        bar,
        pickup,
        meter,
        key: case.key,
        fermatas: if told { case.fermata.iter().map(|&f| f == 2).collect() } else { Vec::new() },
        chords: Vec::new(),
    }
}

#[test]
fn columns_are_those_of_the_training_scripts() {
    for (number, case) in cases().iter().enumerate() {
        let width = VOCABULARY.columns.len();
        let (mut columns, mut reals) = (vec![0; WINDOW * width], vec![0.0; WINDOW * 12]);
        grid(case).window(0, &mut columns, &mut reals);
        for (step, row) in columns.chunks(width).enumerate() {
            for (at, (found, wanted)) in row.iter().zip(&case.columns[step]).enumerate() {
                let name = VOCABULARY.columns[at].0;
                assert_eq!(found, wanted, "case {number}, step {step}, {name}");
            }
        }
    }
}

#[test]
fn the_network_answers_what_it_answered_in_python() {
    let Some(runtime) = common::runtime() else { return };
    let folder = common::folder("chorale");
    let card = Card::read(&folder).unwrap_or_else(|t| panic!("{t}"));
    let (mut net, _) = runtime.network(&folder, &card, "cpu").unwrap_or_else(|t| panic!("{t}"));
    for case in cases() {
        let width = VOCABULARY.columns.len();
        let mut batch = mag_models::net::Batch {
            columns: Array2::zeros((WINDOW, width)),
            reals: Array2::zeros((WINDOW, VOCABULARY.reals)),
        };
        if let (Some(c), Some(r)) = (batch.columns.as_slice_mut(), batch.reals.as_slice_mut()) {
            grid(&case).window(0, c, r);
        }
        let state = net.initial(WINDOW);
        let step = net.step(batch, state).unwrap_or_else(|t| panic!("{t}"));
        for (at, (answers, nats)) in case.answers.iter().zip(&case.nats).enumerate() {
            for voice in 0..4 {
                let found = -f64::from(step.heads[0][[at, voice, answers[voice]]]);
                assert!(
                    (found - nats[voice]).abs() < 2e-2,
                    "{at} {voice}: {found} {}",
                    nats[voice]
                );
            }
        }
    }
}
