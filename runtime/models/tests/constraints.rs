//! What is drawn under constraints: they hold exactly, the same seed gives the same, and drawing
//! among candidates finds what the model likes better than going straight ahead does.
#![allow(clippy::expect_used)]

use std::path::{Path, PathBuf};

use mag_models::drums::Rhythm;
use mag_models::{
    Drum, DrumsModel, DrumsRequest, Fill, Hit, Keep, Melody, MelodyModel, MelodyRequest, Mode,
    Note, Runtime,
};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../stdlib/models").join(name)
}

/// ONNX Runtime; without it the tests pass, unless they are told that it must be there.
fn runtime() -> Option<Runtime> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.mag/lib");
    match Runtime::open(&[own]) {
        Ok(runtime) => Some(runtime),
        Err(trouble) => {
            assert!(std::env::var_os("MAG_REQUIRE_ORT").is_none(), "{trouble}");
            None
        }
    }
}

fn clave() -> Vec<Hit> {
    // The 3-2 son clave over two bars.
    [0, 3, 6, 10, 12, 16 + 4, 16 + 8]
        .iter()
        .filter(|step| **step != 10)
        .map(|step| Hit::new(6 * step, Drum::Snare))
        .collect()
}

fn tap(seed: i64) -> DrumsRequest {
    DrumsRequest { bars: 2, tap: Some(clave()), seed, bpm: Some(110.0), ..DrumsRequest::default() }
}

fn is_cymbal(drum: Drum) -> bool {
    matches!(drum, Drum::ClosedHat | Drum::OpenHat | Drum::Crash | Drum::Ride)
}

#[test]
fn a_tapped_rhythm_becomes_a_kit_with_that_rhythm() {
    let Some(runtime) = runtime() else { return };
    let mut model = DrumsModel::open(&folder("drums"), &runtime, "cpu").expect("a model");
    let requests: Vec<DrumsRequest> = (0..6).map(tap).collect();
    let made = model.generate(&requests).expect("phrases");
    let tapped: Vec<u32> = clave().iter().map(|hit| hit.onset).collect();
    let mut cymbals = 0;
    for phrase in &made {
        let mut struck: Vec<u32> =
            phrase.hits.iter().filter(|h| !is_cymbal(h.drum)).map(|h| h.onset).collect();
        struck.dedup();
        assert_eq!(struck, tapped);
        cymbals += phrase.hits.iter().filter(|h| is_cymbal(h.drum)).count();
    }
    assert!(cymbals > 6 * 6, "a full kit, not the rhythm alone: {cymbals}");
    let alone = model.generate(&[tap(3)]).expect("a phrase");
    assert_eq!(alone[0], made[3], "the same seed, whatever the company");
}

#[test]
fn candidates_find_what_the_model_likes_better() {
    let Some(runtime) = runtime() else { return };
    let mut model = DrumsModel::open(&folder("drums"), &runtime, "cpu").expect("a model");
    let mut nats = |phrases: &[Vec<Hit>]| {
        let rhythm = |hits: &Vec<Hit>| Rhythm {
            hits: hits.clone(),
            length: 192,
            meter: (4, 4),
            bpm: Some(110.0),
            ..Rhythm::default()
        };
        let rhythms: Vec<Rhythm> = phrases.iter().map(rhythm).collect();
        let found = model.surprise(&rhythms).expect("nats");
        found.iter().flatten().sum::<f64>() / found.len() as f64
    };
    // Drawn as it is judged: from silence, and not told the end.
    let bare = |seed| DrumsRequest { lead_in: 0, close: false, ..tap(seed) };
    let requests: Vec<DrumsRequest> = (0..12).map(bare).collect();
    let mut other = DrumsModel::open(&folder("drums"), &runtime, "cpu").expect("a model");
    let swarm: Vec<Vec<Hit>> =
        other.generate(&requests).expect("phrases").into_iter().map(|p| p.hits).collect();
    // Straight ahead: the rhythm as hits of one drum that must be there, and nothing else bound.
    let straight: Vec<DrumsRequest> =
        requests.iter().map(|r| DrumsRequest { tap: None, with: clave(), ..r.clone() }).collect();
    let straight: Vec<Vec<Hit>> =
        other.generate(&straight).expect("phrases").into_iter().map(|p| p.hits).collect();
    let (swarm, straight) = (nats(&swarm), nats(&straight));
    assert!(swarm < straight, "{swarm} {straight}");
}

#[test]
fn what_is_kept_of_a_rhythm_stays() {
    let Some(runtime) = runtime() else { return };
    let mut model = DrumsModel::open(&folder("drums"), &runtime, "cpu").expect("a model");
    let beat: Vec<Hit> = (0..32)
        .flat_map(|i| {
            let drum = match i % 8 {
                0 => Some(Drum::Kick),
                4 => Some(Drum::Snare),
                _ => None,
            };
            drum.into_iter().chain([Drum::ClosedHat]).map(move |drum| Hit::new(6 * i, drum))
        })
        .collect();
    let keep = Keep { hits: beat.clone(), open: vec![(96, 144)] };
    let request = DrumsRequest { bars: 2, keep: Some(keep), seed: 5, ..DrumsRequest::default() };
    let made = model.generate(&[request]).expect("a phrase").remove(0);
    let outside = |hits: &[Hit]| -> Vec<(u32, Drum)> {
        let out = hits.iter().filter(|h| !(96..144).contains(&h.onset));
        out.map(|h| (h.onset, h.drum)).collect()
    };
    let mut wanted = outside(&beat);
    wanted.sort();
    let mut found = outside(&made.hits);
    found.sort();
    assert_eq!(found, wanted);
}

fn ode() -> Vec<Note> {
    let pitches = [64, 64, 65, 67, 67, 65, 64, 62, 60, 60, 62, 64, 64, 62, 62, 62];
    (0..).zip(pitches).map(|(i, pitch)| Note { onset: 24 * i, duration: 24, pitch }).collect()
}

#[test]
fn gaps_of_a_melody_are_filled_and_nothing_else() {
    let Some(runtime) = runtime() else { return };
    let mut model = MelodyModel::open(&folder("melody"), &runtime, "cpu").expect("a model");
    let gap = (4 * 24, 8 * 24);
    let kept: Vec<Note> =
        ode().into_iter().filter(|n| !(gap.0..gap.1).contains(&n.onset)).collect();
    let request = |seed| MelodyRequest {
        seed,
        mode: Mode::Major,
        fill: Some(Fill { kept: kept.clone(), gaps: vec![gap] }),
        ..MelodyRequest::default()
    };
    let requests: Vec<MelodyRequest> = (0..8).map(request).collect();
    let made = model.generate(&requests).expect("phrases");
    let mut whole = Vec::new();
    for phrase in &made {
        assert!(!phrase.notes.is_empty());
        for note in &phrase.notes {
            assert!(note.onset >= gap.0 && note.onset + note.duration <= gap.1, "{note:?}");
        }
        let mut notes = kept.clone();
        notes.extend(&phrase.notes);
        notes.sort_by_key(|n| n.onset);
        whole.push(notes);
    }
    assert_eq!(model.generate(&[request(5)]).expect("a phrase")[0], made[5]);
    // What fills the gap fits what follows: likelier than what fills the gap of another tune.
    let judge = |notes: &Vec<Note>| Melody {
        notes: notes.clone(),
        length: 384,
        meter: (4, 4),
        mode: Mode::Major,
        close: true,
        ..Melody::default()
    };
    let mean = |model: &mut MelodyModel, tunes: &[Vec<Note>]| {
        let all: Vec<Melody> = tunes.iter().map(judge).collect();
        let found = model.surprise(&all).expect("nats");
        found.iter().map(|s| s.total).sum::<f64>() / found.len() as f64
    };
    let ahead: Vec<Vec<Note>> = (0..8)
        .map(|seed| {
            // Without knowing what comes: the beginning continued for as long as the gap.
            let prime: Vec<Note> = kept.iter().filter(|n| n.onset < gap.0).copied().collect();
            let request =
                MelodyRequest { bars: 1, seed, prime, close: false, ..MelodyRequest::default() };
            let phrase = model.generate(&[request]).expect("a phrase").remove(0);
            let mut notes = kept.clone();
            notes.extend(phrase.notes.iter().map(|n| Note { onset: n.onset + gap.0, ..*n }));
            notes.sort_by_key(|n| n.onset);
            notes
        })
        .collect();
    let (filled, blind) = (mean(&mut model, &whole), mean(&mut model, &ahead));
    assert!(filled < blind, "{filled} {blind}");
}
