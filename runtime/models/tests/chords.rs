//! Progressions: what must hold whatever the network says, and what the trained one says.

use std::path::Path;

use mag_models::fake::FakeChords;
use mag_models::net::{Batch, Net, State, Step};
use mag_models::vocab::chords::{Past, Scene, VOCABULARY};
use mag_models::{
    Card, Chord, ChordsModel, ChordsRequest, Mode, Progression, Repertoire, Runtime, Section,
    Trouble,
};
use serde::Deserialize;

fn sure<T>(result: Result<T, Trouble>) -> T {
    result.unwrap_or_else(|trouble| panic!("{trouble}"))
}

fn made(requests: &[ChordsRequest]) -> Vec<Progression> {
    sure(ChordsModel::with_net(Box::new(FakeChords)).generate(requests))
}

fn varied(count: i64) -> Vec<ChordsRequest> {
    let meters = [(4, 4), (3, 4), (6, 8), (12, 8), (5, 4)];
    let prime = [(0, sure(Chord::parse("C"))), (100, sure(Chord::parse("F7#9/A")))];
    (0..count)
        .map(|seed| ChordsRequest {
            bars: 1 + (seed as u32 % 16),
            meter: meters[seed as usize % meters.len()],
            tonic: (seed % 12) as u8,
            mode: if seed % 3 == 0 { Mode::Minor } else { Mode::Major },
            seed,
            temperature: 0.5 + (seed % 5) as f64 * 0.4,
            prime: prime[..seed as usize % 3].to_vec(),
            slowest: 1 + (seed % 4) as u32,
            ..ChordsRequest::default()
        })
        .collect()
}

/// Whether a progression is one: from its start on, in order, readable, no chord twice.
fn is_sound(request: &ChordsRequest, found: &Progression) {
    let bar = 96 * request.meter.0 / request.meter.1;
    assert_eq!(found.length, request.bars * bar);
    assert_eq!(found.chords.first().map(|chord| chord.0), Some(0));
    for pair in found.chords.windows(2) {
        assert!(pair[1].0 - pair[0].0 <= request.slowest * bar, "{pair:?}");
        assert!(pair[0].0 < pair[1].0 && pair[0].1 != pair[1].1, "{pair:?}");
    }
    for (at, name) in &found.chords {
        assert!(*at < found.length && at.is_multiple_of(12));
        sure(Chord::parse(name));
    }
}

#[test]
fn every_progression_fills_its_bars_with_chords_that_can_be_read() {
    let requests = varied(150);
    for (request, found) in requests.iter().zip(made(&requests)) {
        is_sound(request, &found);
        assert_eq!(made(std::slice::from_ref(request)), [found], "the same seed, alone");
    }
}

#[test]
fn sections_give_the_length() {
    let verse = sure("verse".parse::<Section>());
    let chorus = sure("chorus".parse::<Section>());
    let sections = vec![(verse, 8), (chorus, 4), (verse, 8)];
    let request = ChordsRequest { sections, ..ChordsRequest::default() };
    assert_eq!(made(&[request])[0].length, 20 * 96);
}

#[test]
fn impossible_requests_are_refused_with_a_reason() {
    let refused = |change: fn(&mut ChordsRequest), word: &str| {
        let mut request = ChordsRequest::default();
        change(&mut request);
        let found = ChordsModel::with_net(Box::new(FakeChords)).generate(&[request]);
        let said = found.err().map(|t| t.to_string()).unwrap_or_default();
        assert!(said.contains(word), "`{said}` should name {word}");
    };
    refused(|r| r.bars = 0, "bars");
    refused(|r| r.sections = vec![(Section::default(), u32::MAX); 3], "bars");
    refused(|r| r.meter = (4, 3), "4/3");
    refused(|r| r.meter = (3, 16), "eighths");
    refused(|r| r.temperature = f64::NAN, "temperature");
    refused(|r| r.top_p = 0.0, "nucleus");
    refused(|r| r.prime = vec![(u32::MAX, Chord { root: 0, tones: 1, bass: 0 })], "prime");
    assert!("polka".parse::<Section>().is_err_and(|t| t.to_string().contains("chorus")));
    assert!("polka".parse::<Repertoire>().is_err_and(|t| t.to_string().contains("billboard")));
}

/// A network that is certain of nothing, or breaks.
struct Broken(f32);

impl Net for Broken {
    fn initial(&self, _: usize) -> State {
        State(Vec::new())
    }

    fn step(&mut self, batch: Batch, state: State) -> Result<Step, Trouble> {
        let rows = batch.columns.nrows();
        let tokens = ndarray::Array2::from_elem((rows, 183), self.0).into_dyn();
        let durations = ndarray::Array3::from_elem((rows, 183, 16), self.0).into_dyn();
        Ok(Step { heads: vec![tokens, durations], state })
    }
}

#[test]
fn a_network_that_answers_nonsense_still_gives_chords() {
    for answer in [0.0, f32::NAN, f32::NEG_INFINITY, f32::INFINITY, 1e30] {
        let mut model = ChordsModel::with_net(Box::new(Broken(answer)));
        let requests = varied(20);
        for (request, found) in requests.iter().zip(sure(model.generate(&requests))) {
            is_sound(request, &found);
        }
    }
}

/// A song as `training/export_chords.py` dumps it.
#[derive(Deserialize)]
struct Case {
    id: String,
    meter: (u32, u32),
    bar: i32,
    mode: u8,
    style: u8,
    start: i32,
    end: i32,
    left: bool,
    sections: Vec<(i32, u8)>,
    events: Vec<(i32, u8, u8)>,
    columns: Vec<Vec<i64>>,
    nats: Vec<f64>,
}

/// What the network reads for every event of a song, held against the training scripts.
fn rows(case: &Case) -> Vec<Vec<i64>> {
    let scene = Scene {
        bar: case.bar,
        meter: case.meter,
        mode: case.mode,
        style: Repertoire::of_id(case.style),
        span: (case.start, case.end),
        with_end: case.left,
        sections: case.sections.iter().map(|&(at, id)| (at, Section::of_id(id))).collect(),
    };
    let mut past = Past::new(case.bar);
    let mut rows = Vec::new();
    for (&(onset, token, duration), expected) in case.events.iter().zip(&case.columns) {
        let mut columns = vec![0; VOCABULARY.columns.len()];
        past.row(&scene, onset, &mut columns, &mut [0.0]);
        assert_eq!(&columns, expected, "{} at {onset}", case.id);
        past.push(&scene, onset, (token, duration));
        rows.push(columns);
    }
    rows
}

fn cases() -> Vec<Case> {
    serde_json::from_str(include_str!("chords_parity.json")).unwrap_or_else(|e| panic!("{e}"))
}

#[test]
fn columns_are_those_of_the_training_scripts() {
    assert!(cases().iter().any(|case| !case.sections.is_empty()));
    cases().iter().for_each(|case| assert!(!rows(case).is_empty()));
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

#[test]
fn nats_are_those_of_the_training_scripts() {
    let Some(runtime) = runtime() else { return };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../stdlib/models/chords");
    let (mut net, _) = sure(runtime.network(&folder, &sure(Card::read(&folder)), "cpu"));
    for case in cases() {
        let mut state = net.initial(1);
        for ((row, event), expected) in rows(&case).into_iter().zip(&case.events).zip(&case.nats) {
            let columns = ndarray::Array2::from_shape_vec((1, row.len()), row);
            let columns = columns.unwrap_or_else(|error| panic!("{error}"));
            let reals = ndarray::Array2::ones((1, 1));
            let step = sure(net.step(Batch { columns, reals }, state));
            let (token, duration) = (usize::from(event.1), usize::from(event.2));
            let log = step.heads[0][[0, token]] + step.heads[1][[0, token, duration]];
            assert!((f64::from(-log) - expected).abs() < 5e-3, "{}: {log} {expected}", case.id);
            state = step.state;
        }
    }
}

/// In the data four of five chords of a major key are built on its scale.
#[test]
fn chords_belong_to_their_key_and_choruses_come_back() {
    let Some(runtime) = runtime() else { return };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../stdlib/models/chords");
    let mut model = sure(ChordsModel::open(&folder, &runtime, "cpu"));
    let (verse, chorus) = (sure("verse".parse()), sure("chorus".parse()));
    let sections = vec![(verse, 8), (chorus, 8), (verse, 8), (chorus, 8)];
    let request = |seed| ChordsRequest { seed, sections: sections.clone(), ..Default::default() };
    let requests: Vec<_> = (0..24).map(request).collect();
    let songs = sure(model.generate(&requests));
    let scale = [0, 2, 4, 5, 7, 9, 11].iter().fold(0u16, |bits, tone| bits | 1 << tone);
    let names = || songs.iter().flat_map(|song| &song.chords).map(|chord| &chord.1);
    let inside = names().filter(|name| sure(Chord::parse(name)).tones & !scale == 0).count();
    assert!(inside as f64 > 0.7 * names().count() as f64, "{inside} of {}", names().count());
    let part = |song: &Progression, bar: u32| -> Vec<(u32, String)> {
        let (from, to) = (96 * bar, 96 * (bar + 8));
        let inside = song.chords.iter().filter(|chord| (from..to).contains(&chord.0));
        inside.map(|(at, name)| (at - from, name.clone())).collect()
    };
    // By how much of a section is found again: the same chords at the same places.
    let shared = |one: u32, two: u32| -> f64 {
        let share = |song: &Progression| {
            let (one, two) = (part(song, one), part(song, two));
            let same = one.iter().filter(|chord| two.contains(chord)).count();
            same as f64 / one.len().max(1) as f64
        };
        songs.iter().map(share).sum::<f64>() / songs.len() as f64
    };
    assert!(shared(8, 24) > 0.6, "choruses share {}", shared(8, 24));
    assert!(shared(8, 24) > shared(8, 16), "{} {}", shared(8, 24), shared(8, 16));
}
