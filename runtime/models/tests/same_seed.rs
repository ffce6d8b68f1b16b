//! What is promised of every model that comes with mag: the same seed gives the same music, in any
//! batch, on any thread, in every run.
#![allow(clippy::expect_used)]

mod common;

use mag_models::vocab::latent::Kind;
use mag_models::{
    Change, ChoraleModel, ChoraleRequest, ChordsModel, ChordsRequest, Drum, DrumChange, DrumsModel,
    DrumsRequest, ExpressionModel, ExpressionRequest, GrooveModel, GrooveRequest, Hit, LatentModel,
    MelodyChange, MelodyModel, MelodyRequest, Note, PerformanceModel, PerformanceRequest, Runtime,
    WrittenNote,
};

/// What a model makes of seeds, in one batch, spelled out.
type Make = Box<dyn FnMut(&[i64]) -> Vec<String>>;

fn spelled<T: std::fmt::Debug>(made: &[T]) -> Vec<String> {
    made.iter().map(|one| format!("{one:?}")).collect()
}

fn each<T>(seeds: &[i64], request: impl Fn(i64) -> T) -> Vec<T> {
    seeds.iter().map(|seed| request(*seed)).collect()
}

fn beat() -> Vec<Hit> {
    let drums = [Drum::Kick, Drum::ClosedHat, Drum::Snare, Drum::ClosedHat];
    (0..).step_by(12).zip(drums).map(|(at, drum)| Hit::new(at, drum)).collect()
}

fn tune() -> Vec<Note> {
    let pitches = [60, 62, 64, 65, 67, 65, 64, 62, 60, 64, 67, 72, 71, 67, 65, 62];
    let note = |(i, pitch): (u32, u8)| Note { onset: 12 * i, duration: 12, pitch };
    (0..).zip(pitches).map(note).collect()
}

fn written() -> Vec<WrittenNote> {
    let note =
        |n: &Note| WrittenNote { onset: f64::from(n.onset) / 24.0, duration: 0.5, pitch: n.pitch };
    tune().iter().map(note).collect()
}

/// All nine, opened anew.
fn models(runtime: &Runtime) -> Vec<(&'static str, Make)> {
    macro_rules! open {
        ($model:ident, $name:literal) => {
            $model::open(&common::folder($name), runtime, "cpu").expect($name)
        };
    }
    let (mut melody, mut chords) = (open!(MelodyModel, "melody"), open!(ChordsModel, "chords"));
    let mut drums = open!(DrumsModel, "drums").played_by(open!(GrooveModel, "groove"));
    let mut groove = open!(GrooveModel, "groove");
    let mut chorale = open!(ChoraleModel, "chorale");
    let mut piano = open!(PerformanceModel, "performance");
    let mut expression = open!(ExpressionModel, "expression");
    let latent = |kind, name: &str| {
        LatentModel::open(&common::folder(name), runtime, "cpu", kind).expect("a latent space")
    };
    let mut tunes = latent(Kind::Melody, "melody-vae");
    let mut beats = latent(Kind::Drums, "drums-vae");
    vec![
        (
            "melody",
            Box::new(move |seeds| {
                let asked =
                    each(seeds, |seed| MelodyRequest { seed, bars: 2, ..Default::default() });
                spelled(&melody.generate(&asked).expect("melodies"))
            }),
        ),
        (
            "chords",
            Box::new(move |seeds| {
                let asked = each(seeds, |seed| ChordsRequest { seed, ..Default::default() });
                spelled(&chords.generate(&asked).expect("chords"))
            }),
        ),
        (
            "drums",
            Box::new(move |seeds| {
                let asked =
                    each(seeds, |seed| DrumsRequest { seed, bars: 1, ..Default::default() });
                spelled(&drums.generate(&asked).expect("drums"))
            }),
        ),
        (
            "groove",
            Box::new(move |seeds| {
                let ask = |seed| GrooveRequest { hits: beat(), seed, ..Default::default() };
                spelled(&groove.play(&each(seeds, ask)).expect("a groove"))
            }),
        ),
        (
            "chorale",
            Box::new(move |seeds| {
                let asked =
                    each(seeds, |seed| ChoraleRequest { seed, bars: 1, ..Default::default() });
                spelled(&chorale.generate(&asked).expect("chorales"))
            }),
        ),
        (
            "performance",
            Box::new(move |seeds| {
                let ask = |seed| PerformanceRequest { seed, seconds: 2.0, ..Default::default() };
                spelled(&piano.generate(&each(seeds, ask)).expect("performances"))
            }),
        ),
        (
            "expression",
            Box::new(move |seeds| {
                let ask = |seed| ExpressionRequest { notes: written(), seed, ..Default::default() };
                spelled(&expression.play(&each(seeds, ask)).expect("expression"))
            }),
        ),
        (
            "melody-vae",
            Box::new(move |seeds| {
                let ask = |seed| MelodyChange {
                    notes: tune(),
                    bars: 2,
                    other: Vec::new(),
                    other_bars: 2,
                    meter: (4, 4),
                    tonic: 0,
                    change: Change::Vary,
                    amounts: vec![0.5],
                    temperature: 0.7,
                    seed,
                };
                spelled(&tunes.change_melodies(&each(seeds, ask)).expect("varied tunes"))
            }),
        ),
        (
            "drums-vae",
            Box::new(move |seeds| {
                let ask = |seed| DrumChange {
                    hits: beat(),
                    bars: 2,
                    other: Vec::new(),
                    other_bars: 2,
                    meter: (4, 4),
                    change: Change::Vary,
                    amounts: vec![0.5],
                    temperature: 0.7,
                    seed,
                };
                spelled(&beats.change_drums(&each(seeds, ask)).expect("varied beats"))
            }),
        ),
    ]
}

#[test]
fn every_model_gives_the_same_for_a_seed_in_any_batch_thread_and_run() {
    let Some(runtime) = common::runtime() else { return };
    let seeds: Vec<i64> = (0..6).collect();
    let together: Vec<Vec<String>> =
        models(&runtime).iter_mut().map(|(_, make)| make(&seeds)).collect();
    // Two threads at once, each with models of its own: one seed at a time, and four.
    std::thread::scope(|scope| {
        for batch in [1, 4] {
            let (runtime, seeds, together) = (&runtime, &seeds, &together);
            scope.spawn(move || {
                for ((name, make), together) in models(runtime).iter_mut().zip(together) {
                    let apart: Vec<String> = seeds.chunks(batch).flat_map(&mut *make).collect();
                    assert!(apart == *together, "{name} in batches of {batch}");
                    assert_ne!(together[0], together[1], "{name}: another seed is another phrase");
                }
            });
        }
    });
}
