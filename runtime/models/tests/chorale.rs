//! Four voices of the shipped model: what is given stays, what is made is singable, seeds hold.

mod common;

use mag_models::vocab::chorale::RANGES;
use mag_models::{Chorale, ChoraleModel, ChoraleRequest, Chord, Mode, Note, Voice};

fn model() -> Option<ChoraleModel> {
    let runtime = common::runtime()?;
    let model = ChoraleModel::open(&common::folder("chorale"), &runtime, "cpu");
    Some(model.unwrap_or_else(|t| panic!("{t}")))
}

/// A row of quarters.
fn quarters(pitches: &[u8]) -> Vec<Note> {
    let note = |(i, &pitch): (usize, &u8)| Note { onset: 24 * i as u32, duration: 24, pitch };
    pitches.iter().enumerate().map(note).collect()
}

/// The first phrases of "Old Hundredth" (Bourgeois, 1551), in G.
const TUNE: [u8; 16] = [67, 67, 66, 64, 62, 67, 69, 71, 71, 71, 71, 69, 67, 72, 71, 69];

fn sing(model: &mut ChoraleModel, requests: &[ChoraleRequest]) -> Vec<Chorale> {
    model.generate(requests).unwrap_or_else(|t| panic!("{t}"))
}

fn harmonized(seed: i64) -> ChoraleRequest {
    let given = [Some(quarters(&TUNE)), None, None, None];
    ChoraleRequest { given, seed, ..ChoraleRequest::default() }
}

/// What sounds in a voice at a tick.
fn at(notes: &[Note], tick: u32) -> Option<u8> {
    notes.iter().find(|n| n.onset <= tick && tick < n.onset + n.duration).map(|n| n.pitch)
}

#[test]
fn given_voices_stay_and_the_others_are_singable() {
    let Some(mut model) = model() else { return };
    let bass = quarters(&[43, 43, 50, 52, 55, 52, 50, 43]);
    let requests = [
        harmonized(1),
        ChoraleRequest {
            bars: 2,
            given: [None, None, None, Some(bass.clone())],
            seed: 2,
            ..ChoraleRequest::default()
        },
        ChoraleRequest { bars: 6, meter: (3, 4), seed: 3, ..ChoraleRequest::default() },
    ];
    let made = sing(&mut model, &requests);
    assert_eq!(made[0].voices[0], quarters(&TUNE));
    assert_eq!(made[1].voices[3], bass);
    for (request, chorale) in requests.iter().zip(&made) {
        assert_eq!(chorale.length, request.bars * 96 * request.meter.0 / request.meter.1);
        for (voice, notes) in chorale.voices.iter().enumerate() {
            if request.given[voice].is_some() {
                continue;
            }
            assert_eq!(notes.iter().map(|n| n.duration).sum::<u32>(), chorale.length);
            for pair in notes.windows(2) {
                assert_eq!(pair[0].onset + pair[0].duration, pair[1].onset, "{voice}");
            }
            let (low, high) = RANGES[voice];
            assert!(notes.iter().all(|n| (low..=high).contains(&n.pitch)), "{voice}: {notes:?}");
        }
    }
}

#[test]
fn the_same_seed_sings_the_same_in_any_company() {
    let Some(mut model) = model() else { return };
    let long = ChoraleRequest { bars: 5, seed: 9, ..ChoraleRequest::default() };
    let requests = [harmonized(4), long, harmonized(5)];
    let together = sing(&mut model, &requests);
    for (request, chorale) in requests.iter().zip(&together) {
        assert_eq!(&sing(&mut model, std::slice::from_ref(request))[0], chorale);
    }
    assert_ne!(together[0].voices, together[2].voices);
}

/// Where a melody is silent, so are the others; where it lies elsewhere, they follow by octaves;
/// and what lies off the grid comes back as it was.
#[test]
fn melodies_need_not_be_those_of_a_choir() {
    let Some(mut model) = model() else { return };
    let mut low: Vec<Note> =
        quarters(&TUNE[..8]).into_iter().map(|n| n.at(n.onset + 1, -24)).collect();
    low.drain(4..6);
    let given = [Some(low.clone()), None, None, None];
    let request = ChoraleRequest { bars: 2, given, ..ChoraleRequest::default() };
    let made = &sing(&mut model, &[request])[0];
    assert_eq!(made.voices[0], low);
    let bass = &made.voices[3];
    assert!(bass.iter().all(|n| n.pitch < 45), "{bass:?}");
    assert_eq!(at(bass, 4 * 24 + 12), None, "{bass:?}");
}

trait At {
    fn at(self, onset: u32, by: i16) -> Note;
}

impl At for Note {
    fn at(self, onset: u32, by: i16) -> Note {
        Note { onset, pitch: (i16::from(self.pitch) + by) as u8, ..self }
    }
}

#[test]
fn chords_that_are_asked_for_are_heard() {
    let Some(mut model) = model() else { return };
    let chord = |name: &str| Chord::parse(name).unwrap_or_else(|t| panic!("{t}"));
    let plan: Vec<(u32, Chord)> = ["C", "F", "G7", "Am", "Dm", "G", "C", "C"]
        .iter()
        .enumerate()
        .map(|(i, n)| (48 * i as u32, chord(n)))
        .collect();
    let request = |told: bool, seed| ChoraleRequest {
        tonic: 0,
        mode: Mode::Major,
        chords: if told { plan.clone() } else { Vec::new() },
        seed,
        ..ChoraleRequest::default()
    };
    let share = |made: &[Chorale]| {
        let (mut inside, mut all) = (0.0, 0.0);
        for chorale in made {
            for beat in 0..16u32 {
                let wanted = plan[beat as usize / 2].1;
                for notes in &chorale.voices {
                    let heard = at(notes, 24 * beat).is_some_and(|pitch| wanted.has(pitch % 12));
                    (inside, all) = (inside + f64::from(u8::from(heard)), all + 1.0);
                }
            }
        }
        inside / all
    };
    let told: Vec<_> = (0..3).map(|seed| request(true, seed)).collect();
    let untold: Vec<_> = (0..3).map(|seed| request(false, seed)).collect();
    let (with, without) = (share(&sing(&mut model, &told)), share(&sing(&mut model, &untold)));
    assert!(with > 0.85 && with > without + 0.2, "{with} {without}");
}

/// What Bach wrote is likelier than the same with one voice moved by a semitone.
#[test]
fn wrong_notes_are_surprising() {
    let Some(mut model) = model() else { return };
    let voices = [
        quarters(&[71, 71, 69, 67, 66, 67, 69, 71]),
        quarters(&[67, 67, 66, 64, 62, 62, 66, 67]),
        quarters(&[62, 64, 62, 59, 57, 59, 62, 62]),
        quarters(&[55, 52, 50, 52, 50, 55, 50, 43]),
    ];
    let right = Chorale { voices, length: 192, nats: 0.0 };
    let mut wrong = right.clone();
    wrong.voices[1].iter_mut().for_each(|note| note.pitch += 1);
    let mut nats = |chorale| {
        let found = model.surprise(chorale, (4, 4)).unwrap_or_else(|t| panic!("{t}"));
        assert_eq!((found.notes, found.sixteenths), (32, 32.0));
        assert!(found.sung <= found.total && found.sung > 0.0, "{found:?}");
        found.total
    };
    assert!(nats(&wrong) > nats(&right) + 20.0);
}

#[test]
fn impossible_requests_are_refused_with_a_reason() {
    let Some(mut model) = model() else { return };
    let mut refused = |change: fn(&mut ChoraleRequest), word: &str| {
        let mut request = ChoraleRequest::default();
        change(&mut request);
        let said = model.generate(&[request]).err().map(|t| t.to_string()).unwrap_or_default();
        assert!(said.contains(word), "`{said}` should name {word}");
    };
    refused(|r| r.bars = 0, "bars");
    refused(|r| r.meter = (4, 3), "4/3");
    refused(|r| r.temperature = f64::NAN, "temperature");
    refused(|r| r.top_p = 0.0, "nucleus");
    refused(|r| r.rounds = 99, "rounds");
    refused(
        |r| r.given[0] = Some(vec![Note { onset: u32::MAX - 9, duration: 3, pitch: 60 }]),
        "given note",
    );
    assert!("treble".parse::<Voice>().is_err_and(|t| t.to_string().contains("soprano")));
}

/// Windows are tried as a performance would use them, and found independent of their company. How
/// long a step takes is the machine's affair, which may be busy with other tests.
#[test]
fn nothing_is_found_wrong_with_the_models_of_voices_and_hands() {
    let Some(runtime) = common::runtime() else { return };
    for name in ["chorale", "performance", "expression"] {
        let mut found = mag_models::check(&common::folder(name), Some(&runtime));
        found.retain(|finding| !finding.trouble.to_string().starts_with("a step takes"));
        assert_eq!(found, [], "{name}");
    }
}
