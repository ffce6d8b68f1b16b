//! Phrases without ONNX Runtime: what must hold whatever the network says.

use mag_models::fake::FakeMelody;
use mag_models::net::{Batch, Net, State, Step};
use mag_models::{Chord, MelodyModel, MelodyRequest, Mode, Note, Phrase, Trouble};

fn phrases(requests: &[MelodyRequest]) -> Vec<Phrase> {
    MelodyModel::with_net(Box::new(FakeMelody))
        .generate(requests)
        .unwrap_or_else(|trouble| panic!("{trouble}"))
}

fn varied(count: i64) -> Vec<MelodyRequest> {
    let meters = [(4, 4), (3, 4), (6, 8), (2, 2), (9, 8), (5, 4), (7, 8)];
    (0..count)
        .map(|seed| MelodyRequest {
            bars: 1 + (seed as u32 % 8),
            meter: meters[seed as usize % meters.len()],
            tonic: (seed % 12) as u8,
            mode: if seed % 3 == 0 { Mode::Minor } else { Mode::Major },
            seed,
            close: seed % 4 != 0,
            temperature: 0.5 + (seed % 5) as f64 * 0.3,
            ..MelodyRequest::default()
        })
        .collect()
}

#[test]
fn every_phrase_fills_its_bars_in_range_without_overlap() {
    let requests = varied(200);
    for (request, phrase) in requests.iter().zip(phrases(&requests)) {
        let bar = 96 * request.meter.0 / request.meter.1;
        assert_eq!(phrase.length, request.bars * bar);
        assert_eq!(phrase.notes.first().map(|n| n.onset), Some(0), "starts on the downbeat");
        for pair in phrase.notes.windows(2) {
            assert!(pair[0].onset + pair[0].duration <= pair[1].onset, "{pair:?}");
        }
        for note in &phrase.notes {
            assert!(note.duration > 0 && note.onset + note.duration <= phrase.length);
            assert!((request.lowest..=request.highest).contains(&note.pitch));
        }
        for number in 0..request.bars {
            let (from, to) = (number * bar, (number + 1) * bar);
            let sounds = |n: &Note| n.onset < to && n.onset + n.duration > from;
            assert!(phrase.notes.iter().any(sounds), "bar {number} of {request:?} is empty");
        }
    }
}

#[test]
fn phrases_that_close_end_on_a_tone_of_the_tonic_or_of_the_last_chord() {
    let mut requests = varied(120);
    for (i, request) in requests.iter_mut().enumerate() {
        request.close = true;
        if i % 2 == 0 {
            let chord = Chord::parse("Dm7").unwrap_or_else(|t| panic!("{t}"));
            request.chords = vec![(0, chord)];
        }
    }
    for (request, phrase) in requests.iter().zip(phrases(&requests)) {
        let third = if request.mode == Mode::Minor { 3 } else { 4 };
        let triad = [0, third, 7].map(|step| (request.tonic + step) % 12);
        let beat = if request.meter.1 == 8 && request.meter.0.is_multiple_of(3) { 36 } else { 24 };
        assert!(phrase.notes.last().is_some_and(|n| n.duration >= beat), "a short last note");
        assert!(phrase.notes.last().is_some_and(|n| n.onset + n.duration == phrase.length));
        let last = phrase.notes.last().map_or(0, |n| n.pitch % 12);
        match request.chords.first() {
            Some((_, chord)) => assert!(chord.has(last), "{last}"),
            None => assert!(triad.contains(&last), "{last} is not in {triad:?}"),
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_phrase_in_any_company() {
    let requests = varied(40);
    let together = phrases(&requests);
    for (request, phrase) in requests.iter().zip(&together) {
        assert_eq!(&phrases(std::slice::from_ref(request))[0], phrase);
    }
    let other = MelodyRequest { seed: 1000, ..requests[1].clone() };
    assert_ne!(phrases(&[other])[0].notes, together[1].notes);
}

#[test]
fn a_prime_is_continued_and_not_repeated() {
    let prime = (0..8).map(|i| Note { onset: 12 * i, duration: 12, pitch: 72 + i as u8 % 3 });
    let request = MelodyRequest { prime: prime.collect(), bars: 2, ..MelodyRequest::default() };
    let phrase = &phrases(std::slice::from_ref(&request))[0];
    assert_eq!(phrase.length, 192);
    assert!(phrase.notes.iter().all(|n| n.onset < 192));
    let unprimed = MelodyRequest { prime: Vec::new(), ..request };
    assert_ne!(phrases(&[unprimed])[0].notes, phrase.notes);
}

#[test]
fn impossible_requests_are_refused_with_a_reason() {
    let refused = |change: fn(&mut MelodyRequest), word: &str| {
        let mut request = MelodyRequest::default();
        change(&mut request);
        let found = MelodyModel::with_net(Box::new(FakeMelody)).generate(&[request]);
        let said = found.err().map(|t| t.to_string()).unwrap_or_default();
        assert!(said.contains(word), "`{said}` should name {word}");
    };
    refused(|r| r.bars = 0, "bars");
    refused(|r| r.bars = u32::MAX, "bars");
    refused(|r| r.meter = (0, 4), "0/4");
    refused(|r| r.meter = (4, 3), "4/3");
    refused(|r| r.temperature = f64::NAN, "temperature");
    refused(|r| r.temperature = -1.0, "temperature");
    refused(|r| r.top_p = 0.0, "nucleus");
    refused(|r| (r.lowest, r.highest) = (60, 62), "range");
    refused(|r| r.prime = vec![Note { onset: u32::MAX, duration: u32::MAX, pitch: 60 }], "prime");
}

/// A network that is certain of nothing, or breaks.
struct Broken(f32);

impl Net for Broken {
    fn initial(&self, _: usize) -> State {
        State(Vec::new())
    }

    fn step(&mut self, batch: Batch, state: State) -> Result<Step, Trouble> {
        let rows = batch.columns.nrows();
        let tokens = ndarray::Array2::from_elem((rows, 64), self.0).into_dyn();
        let durations = ndarray::Array3::from_elem((rows, 64, 35), self.0).into_dyn();
        Ok(Step { heads: vec![tokens, durations], state })
    }
}

#[test]
fn a_network_that_answers_nonsense_still_gives_a_phrase() {
    for answer in [0.0, f32::NAN, f32::NEG_INFINITY, f32::INFINITY, 1e30] {
        let mut model = MelodyModel::with_net(Box::new(Broken(answer)));
        let made = model.generate(&varied(20)).unwrap_or_else(|t| panic!("{t}"));
        assert!(made.iter().all(|phrase| !phrase.notes.is_empty()), "{answer}");
    }
}

#[test]
fn heads_of_another_model_are_refused() {
    struct Headless;
    impl Net for Headless {
        fn initial(&self, _: usize) -> State {
            State(Vec::new())
        }
        fn step(&mut self, _: Batch, state: State) -> Result<Step, Trouble> {
            Ok(Step { heads: Vec::new(), state })
        }
    }
    let found = MelodyModel::with_net(Box::new(Headless)).generate(&varied(1));
    assert!(found.is_err());
}
