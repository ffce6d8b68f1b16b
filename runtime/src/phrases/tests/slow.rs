//! A model so slow that its work is ended half-way: by an edit, by something more urgent, or because
//! time is up. It is a real one, with a network that sleeps.

use super::*;
use mag_models::fake::FakeMelody;
use mag_models::net::{Batch, Net, State as NetState, Step};
use mag_models::{MelodyModel, Trouble, Watched};
use std::sync::atomic::{AtomicUsize, Ordering};

/// How long a step takes.
const STEP: Duration = Duration::from_millis(8);

struct Sleepy {
    net: FakeMelody,
    steps: Arc<AtomicUsize>,
}

impl Net for Sleepy {
    fn initial(&self, rows: usize) -> NetState {
        self.net.initial(rows)
    }

    fn step(&mut self, batch: Batch, state: NetState) -> Result<Step, Trouble> {
        std::thread::sleep(STEP);
        self.steps.fetch_add(1, Ordering::Relaxed);
        self.net.step(batch, state)
    }
}

struct Slow(Arc<AtomicUsize>);

impl Shelf for Slow {
    fn open(&self, _: &str, _: &str, watch: &Watch) -> Result<Opened, String> {
        let net = Sleepy { net: FakeMelody, steps: self.0.clone() };
        let net = Watched::new(Box::new(net), watch.clone());
        Ok((Box::new(MelodyModel::with_net(Box::new(net))), None))
    }
}

fn slow() -> (PhraseStore, Arc<AtomicUsize>, Receiver<String>) {
    let steps = Arc::new(AtomicUsize::new(0));
    let (say, said) = channel();
    let sink: Sink = Box::new(move |notice| {
        let _ = say.send(notice.text.clone());
    });
    (PhraseStore::new(Box::new(Slow(steps.clone())), Notices::start(sink)), steps, said)
}

/// A phrase of so many bars: two notes a beat at most, a second and more for 64.
fn long(seed: i64) -> PhraseRequest {
    PhraseRequest { bars: 64, key: Some(Sym::new("c:major")), ..wish(seed) }
}

fn begun(steps: &AtomicUsize) {
    let until = Instant::now() + SOON;
    while steps.load(Ordering::Relaxed) < 4 && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn an_edit_ends_what_it_has_taken_off_also_half_way() {
    let (store, steps, said) = slow();
    let ahead = store.ahead();
    let _ = ahead.phrase(&long(1));
    begun(&steps);
    let edit = Instant::now();
    let short = PhraseRequest { bars: 1, ..long(2) };
    let _ = ahead.phrase(&short);
    ahead.forget_before(edit);
    assert!(store.settle(SOON));
    let made = steps.load(Ordering::Relaxed);
    assert!(made < 60, "of some 300 steps of the long phrase and 8 of the short one: {made}");
    assert!(ahead.phrase(&short).is_some());
    assert!(store.shared.peek(Key::of(&long(1))).is_none(), "no half phrase is kept");
    drop(store);
    let said: Vec<String> = said.try_iter().collect();
    assert!(said.is_empty(), "an edit is no reason to complain: {said:?}");
}

#[test]
fn what_is_half_made_and_wanted_again_is_made_whole() {
    let (store, steps, _said) = slow();
    let ahead = store.ahead();
    let wanted = PhraseRequest { bars: 8, ..long(1) };
    let _ = ahead.phrase(&wanted);
    begun(&steps);
    ahead.forget_before(Instant::now());
    let _ = ahead.phrase(&wanted);
    let again = store.patient().phrase(&wanted);
    let other = slow();
    assert_eq!(again, other.0.patient().phrase(&wanted));
}

#[test]
fn what_should_sound_already_goes_before_a_batch_that_looks_ahead() {
    let (store, steps, _said) = slow();
    let ahead = store.ahead();
    let _ = ahead.phrase(&long(1));
    begun(&steps);
    let now = PhraseRequest { bars: 1, ..long(2) };
    let live = store.live();
    let asked = Instant::now();
    for cycle in 0.. {
        live.asking(Span::cycle(cycle));
        if live.phrase(&now).is_some() || asked.elapsed() > SOON {
            break;
        }
        let _ = ahead.phrase(&long(1));
        std::thread::sleep(Duration::from_millis(5));
    }
    let made = steps.load(Ordering::Relaxed);
    assert!(made < 100, "not after the long phrase: {made} steps");
    assert!(store.counts().0 > 0, "which is still being made");
}

#[test]
fn a_phrase_whose_time_is_past_is_given_up() {
    let (store, steps, said) = slow();
    let _ = store.live().phrase(&PhraseRequest { bars: 512, ..long(1) });
    begun(&steps);
    // Nobody asks again: the music has gone on.
    assert!(store.settle(STALE + SOON));
    let made = steps.load(Ordering::Relaxed);
    std::thread::sleep(10 * STEP);
    assert!(steps.load(Ordering::Relaxed) <= made + 2, "the model has stopped");
    assert!(said.recv_timeout(SOON).is_ok_and(|text| text.contains("not ready")), "it was said");
}
