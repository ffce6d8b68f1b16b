//! More of something is more of it: `.more` and `.less` over a hundred phrases each, against measures
//! counted from the notes.

mod common;

use mag_models::vocab::latent::{HOLD, Kind, REST, symbols};
use mag_models::vocab::melody::reference;
use mag_models::{
    Change, Drum, DrumChange, DrumsModel, DrumsRequest, Hit, LatentModel, MelodyChange,
    MelodyModel, MelodyRequest, Note, Runtime, Trouble,
};

const PHRASES: i64 = 100;
const DENSITY: &[f64] = &[-1.0, 0.0, 0.5, 1.0, 1.5, 2.0];
const OTHERS: &[f64] = &[-1.0, 0.0, 1.0, 2.0];
/// Sixteenths of two bars.
const STEPS: usize = 32;

fn sure<T>(result: Result<T, Trouble>) -> T {
    result.unwrap_or_else(|trouble| panic!("{trouble}"))
}

fn latent(runtime: &Runtime, kind: Kind) -> LatentModel {
    let folder = common::folder(kind.vocabulary().name);
    sure(LatentModel::open(&folder, runtime, "cpu", kind))
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, n), x| (sum + x, n + 1.0));
    sum / f64::max(count, 1.0)
}

/// Share of what begins off the beat with nothing on the next one; two bars go round.
fn offbeat(struck: &[bool]) -> f64 {
    let lonely = |at: usize| !at.is_multiple_of(4) && !struck[(at / 4 + 1) * 4 % struck.len()];
    mean((0..struck.len()).filter(|at| struck[*at]).map(|at| f64::from(u8::from(lonely(at)))))
}

fn of_melody(what: &str, notes: &[Note]) -> f64 {
    let written = symbols(notes, reference(0), STEPS);
    let struck: Vec<bool> = written.iter().map(|s| ![REST, HOLD].contains(s)).collect();
    match what {
        "density" => notes.len() as f64,
        "syncopation" => offbeat(&struck),
        "leaps" => mean(notes.windows(2).map(|w| f64::from(w[0].pitch.abs_diff(w[1].pitch)))),
        "height" => mean(notes.iter().map(|note| f64::from(note.pitch))),
        _ => written.iter().filter(|s| **s == REST).count() as f64,
    }
}

fn of_drums(what: &str, hits: &[Hit]) -> f64 {
    let count = |drums: &[Drum]| hits.iter().filter(|h| drums.contains(&h.drum)).count() as f64;
    match what {
        "density" => hits.len() as f64,
        "syncopation" => {
            let mut struck = [false; STEPS];
            let low = |hit: &&Hit| [Drum::Kick, Drum::Snare].contains(&hit.drum);
            hits.iter().filter(low).for_each(|hit| struck[(hit.onset / 6) as usize % STEPS] = true);
            offbeat(&struck)
        }
        "kick" => count(&[Drum::Kick]),
        "snare" => count(&[Drum::Snare]),
        "hats" => count(&[Drum::ClosedHat, Drum::OpenHat, Drum::Ride]),
        _ => count(&[Drum::LowTom, Drum::MidTom, Drum::HighTom]),
    }
}

/// Every further amount has more than the one before, on average over all phrases.
fn rises(what: &str, at: impl FnMut(f64) -> f64) -> Option<String> {
    let amounts = if what == "density" { DENSITY } else { OTHERS };
    let found: Vec<f64> = amounts.iter().copied().map(at).collect();
    let told: Vec<String> = found.iter().map(|x| format!("{x:.3}")).collect();
    println!("{what} over {amounts:?}: {}", told.join(" "));
    let rising = found.windows(2).all(|pair| pair[0] < pair[1]);
    (!rising).then(|| format!("{what}: {}", told.join(" ")))
}

#[test]
fn more_of_a_melody_is_more() {
    let Some(runtime) = common::runtime() else { return };
    let mut writer = sure(MelodyModel::open(&common::folder("melody"), &runtime, "cpu"));
    let request = |seed| MelodyRequest { bars: 2, seed, ..MelodyRequest::default() };
    let phrases = sure(writer.generate(&(0..PHRASES).map(request).collect::<Vec<_>>()));
    let mut model = latent(&runtime, Kind::Melody);
    let mut made = |what: &str, amount: f64| -> Vec<Vec<Note>> {
        let change = |phrase: &mag_models::Phrase| MelodyChange {
            notes: phrase.notes.clone(),
            bars: 2,
            other: Vec::new(),
            other_bars: 0,
            meter: (4, 4),
            tonic: 0,
            change: Change::More(what.to_string()),
            amounts: vec![amount],
            temperature: 0.0,
            seed: 0,
        };
        let made = sure(model.change_melodies(&phrases.iter().map(change).collect::<Vec<_>>()));
        made.into_iter()
            .map(|made| made.into_iter().map(|changed| changed.note).collect())
            .collect()
    };
    let mut along = |what: &str| {
        let at = |amount| mean(made(what, amount).iter().map(|notes| of_melody(what, notes)));
        rises(what, at)
    };
    let all = ["density", "syncopation", "leaps", "height", "rests"];
    let wrong: Vec<String> = all.into_iter().filter_map(&mut along).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn more_of_drums_is_more() {
    let Some(runtime) = common::runtime() else { return };
    let mut writer = sure(DrumsModel::open(&common::folder("drums"), &runtime, "cpu"));
    let request = |seed| DrumsRequest { bars: 2, seed, lead_in: 0, ..DrumsRequest::default() };
    let phrases = sure(writer.generate(&(0..PHRASES).map(request).collect::<Vec<_>>()));
    let mut model = latent(&runtime, Kind::Drums);
    let mut made = |what: &str, amount: f64| -> Vec<Vec<Hit>> {
        let change = |phrase: &mag_models::DrumPhrase| DrumChange {
            hits: phrase.hits.clone(),
            bars: 2,
            other: Vec::new(),
            other_bars: 0,
            meter: (4, 4),
            change: Change::More(what.to_string()),
            amounts: vec![amount],
            temperature: 0.0,
            seed: 0,
        };
        let made = sure(model.change_drums(&phrases.iter().map(change).collect::<Vec<_>>()));
        made.into_iter().map(|made| made.into_iter().map(|changed| changed.hit).collect()).collect()
    };
    let mut along = |what: &str| {
        let at = |amount| mean(made(what, amount).iter().map(|hits| of_drums(what, hits)));
        rises(what, at)
    };
    let all = ["density", "syncopation", "kick", "snare", "hats", "toms"];
    let wrong: Vec<String> = all.into_iter().filter_map(&mut along).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
