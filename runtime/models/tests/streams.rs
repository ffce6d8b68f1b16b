//! What goes on costs only its new notes, and goes on in the same way whatever is made beside it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use mag_models::fake::{FakeChords, FakeDrums, FakeGroove, FakeMelody};
use mag_models::net::{Batch, Net, State, Step};
use mag_models::{
    ChordsModel, ChordsRequest, Drum, DrumsModel, DrumsRequest, GrooveModel, Hit, MelodyModel,
    MelodyRequest, Trouble, Watch, Watched,
};

fn sure<T>(result: Result<T, Trouble>) -> T {
    result.unwrap_or_else(|trouble| panic!("{trouble}"))
}

/// Counts the rows of all steps.
struct Counting(Box<dyn Net>, Arc<AtomicUsize>);

impl Net for Counting {
    fn initial(&self, rows: usize) -> State {
        self.0.initial(rows)
    }

    fn step(&mut self, batch: Batch, state: State) -> Result<Step, Trouble> {
        self.1.fetch_add(batch.columns.nrows(), Ordering::Relaxed);
        self.0.step(batch, state)
    }
}

fn counting(net: impl Net + 'static) -> (Box<dyn Net>, impl FnMut() -> usize) {
    let count = Arc::new(AtomicUsize::new(0));
    let net = Counting(Box::new(net), count.clone());
    (Box::new(net), move || count.swap(0, Ordering::Relaxed))
}

#[test]
fn a_melody_that_goes_on_costs_only_its_new_notes() {
    let (net, mut steps) = counting(FakeMelody);
    let mut model = MelodyModel::with_net(net);
    let request = |seed| MelodyRequest { seed, close: false, ..MelodyRequest::default() };
    let (first, mut stream) = sure(model.go_on(&[(None, &request(0))])).remove(0);
    let plain = sure(MelodyModel::with_net(Box::new(FakeMelody)).generate(&[request(0)]));
    assert_eq!(first, plain[0], "it begins as a phrase that does not go on");
    let mut before = first;
    for seed in 1..20 {
        steps();
        let asked = request(seed);
        let (made, next) = sure(model.go_on(&[(Some(&stream), &asked)])).remove(0);
        // One step for each event: notes, and rests, of which there are few.
        assert!((made.notes.len()..made.notes.len() + 8).contains(&steps()), "{seed}");
        assert_eq!(made.length, 4 * 96);
        assert_ne!(made.notes, before.notes);
        let other = request(1000 + seed);
        let beside = sure(model.go_on(&[(None, &other), (Some(&stream), &asked)])).remove(1);
        assert_eq!(beside.0, made, "whatever is made beside it");
        (before, stream) = (made, next);
    }
    let elsewhere = MelodyRequest { tonic: 7, ..request(99) };
    let (moved, _) = sure(model.go_on(&[(Some(&stream), &elsewhere)])).remove(0);
    assert!(!moved.notes.is_empty(), "another key is told the last phrase again, and goes on");
}

#[test]
fn chords_that_go_on_cost_only_new_chords() {
    let (net, mut steps) = counting(FakeChords);
    let mut model = ChordsModel::with_net(net);
    let request = |seed| ChordsRequest { seed, close: false, ..ChordsRequest::default() };
    let mut stream = sure(model.go_on(&[(None, &request(0))])).remove(0).1;
    for seed in 1..10 {
        steps();
        let (made, next) = sure(model.go_on(&[(Some(&stream), &request(seed))])).remove(0);
        assert!((made.chords.len()..=2 * made.chords.len()).contains(&steps()));
        assert_eq!((made.chords[0].0, made.length), (0, 8 * 96), "a chord from the first beat on");
        stream = next;
    }
    let minor = ChordsRequest { tonic: 9, ..request(11) };
    assert!(!sure(model.go_on(&[(Some(&stream), &minor)]))[0].0.chords.is_empty());
}

#[test]
fn drums_that_go_on_cost_only_new_sixteenths() {
    let (net, mut steps) = counting(FakeDrums);
    let groove = GrooveModel::with_net(Box::new(FakeGroove));
    let mut model = DrumsModel::with_net(net).played_by(groove);
    let with = vec![Hit::new(0, Drum::Crash)];
    let request = |seed| DrumsRequest { seed, with: with.clone(), ..DrumsRequest::default() };
    let mut stream = sure(model.go_on(&[(None, &request(0))])).remove(0).1;
    for seed in 1..10 {
        steps();
        let (made, next) = sure(model.go_on(&[(Some(&stream), &request(seed))])).remove(0);
        assert_eq!(steps(), 64, "four bars of sixteenths");
        assert!(made.hits.iter().any(|hit| (hit.onset, hit.drum) == (0, Drum::Crash)));
        stream = next;
    }
    let waltz = DrumsRequest { meter: (3, 4), ..request(5) };
    let (made, _) = sure(model.go_on(&[(Some(&stream), &waltz)])).remove(0);
    assert_eq!(made.length, 4 * 72, "another meter begins anew");
}

#[test]
fn work_that_is_not_wanted_ends_between_two_steps() {
    let count = Arc::new(AtomicUsize::new(0));
    let seen = count.clone();
    let watch = Watch::new(move || seen.fetch_add(1, Ordering::Relaxed) >= 5);
    let (net, mut steps) = counting(FakeMelody);
    let mut model = MelodyModel::with_net(Box::new(Watched::new(net, watch)));
    let trouble = model.generate(&[MelodyRequest::default()]).err();
    assert!(trouble.is_some_and(|t| t.to_string().contains("half-way")));
    assert_eq!(steps(), 5);
}
