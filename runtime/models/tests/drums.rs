//! Drums without ONNX Runtime: what must hold whatever the networks say.

use mag_models::fake::{FakeDrums, FakeGroove};
use mag_models::net::{Batch, Net, State, Step};
use mag_models::{
    Drum, DrumPhrase, DrumsModel, DrumsRequest, GrooveModel, GrooveRequest, Hit, Trouble,
};

fn sure<T>(result: Result<T, Trouble>) -> T {
    result.unwrap_or_else(|trouble| panic!("{trouble}"))
}

fn phrases(requests: &[DrumsRequest]) -> Vec<DrumPhrase> {
    let groove = GrooveModel::with_net(Box::new(FakeGroove));
    sure(DrumsModel::with_net(Box::new(FakeDrums)).played_by(groove).generate(requests))
}

fn varied(count: i64) -> Vec<DrumsRequest> {
    let meters = [(4, 4), (3, 4), (6, 8), (5, 4), (7, 8)];
    (0..count)
        .map(|seed| DrumsRequest {
            bars: 1 + (seed as u32 % 8),
            meter: meters[seed as usize % meters.len()],
            seed,
            fill: seed as u32 % 2,
            close: seed % 3 != 0,
            temperature: 0.5 + (seed % 5) as f64 * 0.4,
            prime: (0..seed as u32 % 3).map(|i| Hit::new(40 * i, Drum::Kick)).collect(),
            ..DrumsRequest::default()
        })
        .collect()
}

#[test]
fn every_phrase_fills_its_bars_with_hits_on_sixteenths() {
    let requests = varied(100);
    for (request, phrase) in requests.iter().zip(phrases(&requests)) {
        let bar = 96 * request.meter.0 / request.meter.1;
        assert_eq!(phrase.length, request.bars * bar);
        for pair in phrase.hits.windows(2) {
            let place = |hit: &Hit| (hit.onset, hit.drum);
            assert!(place(&pair[0]) < place(&pair[1]), "in order, none twice: {pair:?}");
        }
        for hit in &phrase.hits {
            assert!(hit.onset < phrase.length && hit.onset.is_multiple_of(6));
            assert!((0.0..=1.0).contains(&hit.velocity) && hit.offset.abs() <= 0.125);
        }
        for number in 0..request.bars {
            let inside = |hit: &Hit| (number * bar..(number + 1) * bar).contains(&hit.onset);
            assert!(phrase.hits.iter().any(inside), "bar {number} of {request:?} is empty");
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_phrase_in_any_company() {
    let requests = varied(30);
    let together = phrases(&requests);
    for (request, phrase) in requests.iter().zip(&together) {
        assert_eq!(&phrases(std::slice::from_ref(request))[0], phrase);
    }
    let other = DrumsRequest { seed: 1000, ..requests[3].clone() };
    assert_ne!(phrases(&[other])[0].hits, together[3].hits);
}

#[test]
fn kit_and_given_hits_are_kept() {
    let given = [Hit::new(0, Drum::Crash), Hit::new(30, Drum::Snare), Hit::new(90, Drum::Kick)];
    let requests: Vec<_> = (0..20)
        .map(|seed| DrumsRequest {
            seed,
            bars: 2,
            temperature: 2.0,
            kit: vec![Drum::Kick, Drum::ClosedHat],
            with: given.to_vec(),
            ..DrumsRequest::default()
        })
        .collect();
    for phrase in phrases(&requests) {
        for hit in &given {
            let same = |h: &&Hit| (h.onset, h.drum) == (hit.onset, hit.drum);
            assert!(phrase.hits.iter().any(|h| same(&h)), "{hit:?} is missing");
        }
        let in_kit = |drum| matches!(drum, Drum::Kick | Drum::ClosedHat);
        let added = |h: &Hit| in_kit(h.drum) || given.iter().any(|g| g.onset == h.onset);
        assert!(phrase.hits.iter().all(added));
    }
}

#[test]
fn a_groove_keeps_the_hits_and_plays_the_middle_when_it_is_cold() {
    let rhythm = [(0, Drum::Kick), (7, Drum::Snare), (8, Drum::ClosedHat), (24, Drum::Snare)];
    let hits: Vec<Hit> = rhythm.into_iter().map(|(at, drum)| Hit::new(at, drum)).collect();
    let cold = GrooveRequest { hits: hits.clone(), temperature: 0.0, ..GrooveRequest::default() };
    let warm = GrooveRequest { temperature: 1.0, ..cold.clone() };
    let mut model = GrooveModel::with_net(Box::new(FakeGroove));
    let played = sure(model.play(&[cold, warm]));
    for found in &played {
        let places: Vec<_> = found.iter().map(|hit| (hit.onset, hit.drum)).collect();
        assert_eq!(places, rhythm, "onsets are kept, off the grid too");
    }
    for hit in &played[0] {
        let middle = if hit.onset.is_multiple_of(24) { 26.5 / 32.0 } else { 12.5 / 32.0 };
        assert!((hit.velocity - middle).abs() < 1e-6, "{hit:?}");
        assert!((hit.offset - 0.02).abs() < 1e-6, "{hit:?}");
    }
    assert_ne!(played[0], played[1]);
}

#[test]
fn impossible_requests_are_refused_with_a_reason() {
    let refused = |change: fn(&mut DrumsRequest), word: &str| {
        let mut request = DrumsRequest::default();
        change(&mut request);
        let found = DrumsModel::with_net(Box::new(FakeDrums)).generate(&[request]);
        let said = found.err().map(|t| t.to_string()).unwrap_or_default();
        assert!(said.contains(word), "`{said}` should name {word}");
    };
    refused(|r| r.bars = 0, "bars");
    refused(|r| r.meter = (4, 3), "4/3");
    refused(|r| r.meter = (u32::MAX, 4), "meter");
    refused(|r| r.temperature = f64::NAN, "temperature");
    refused(|r| r.top_p = 0.0, "nucleus");
    refused(|r| r.prime = vec![Hit::new(u32::MAX, Drum::Kick)], "far");
    refused(|r| r.with = vec![Hit::new(u32::MAX, Drum::Kick)], "far");
    let mut groove = GrooveModel::with_net(Box::new(FakeGroove));
    let hits = vec![Hit::new(u32::MAX, Drum::Kick)];
    assert!(groove.play(&[GrooveRequest { hits, ..GrooveRequest::default() }]).is_err());
    assert!(groove.play(&[GrooveRequest { temperature: -1.0, ..Default::default() }]).is_err());
}

/// A network that is certain of nothing, or breaks; its head has another shape if it is to.
struct Broken(f32, usize);

impl Net for Broken {
    fn initial(&self, _: usize) -> State {
        State(Vec::new())
    }

    fn step(&mut self, batch: Batch, state: State) -> Result<Step, Trouble> {
        let rows = batch.columns.nrows();
        Ok(Step {
            heads: vec![ndarray::Array2::from_elem((rows, self.1), self.0).into_dyn()],
            state,
        })
    }
}

#[test]
fn networks_that_answer_nonsense_neither_crash_nor_pass() {
    for answer in [0.0, f32::NAN, f32::NEG_INFINITY, f32::INFINITY, 1e30] {
        let made = DrumsModel::with_net(Box::new(Broken(answer, 512))).generate(&varied(10));
        assert_eq!(sure(made).len(), 10);
        assert!(DrumsModel::with_net(Box::new(Broken(answer, 511))).generate(&varied(1)).is_err());
    }
}
