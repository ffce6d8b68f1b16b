//! The store with made-up models: what is heard when phrases are late, wrong or missing.

use super::queue::STALE;
use super::*;
use crate::heard::Touch;
use crate::notice::{Notices, Sink};
use mag_models::Watch;
use mag_pattern::{PhraseNote, Role, Span, Sym, Time, Value};
use std::sync::mpsc::{Receiver, Sender, channel};

/// Four bars in 4/4, of the model `fake`.
pub(super) fn wish(seed: i64) -> PhraseRequest {
    PhraseRequest { seed, ..PhraseRequest::new("melody", "fake") }
}

/// Plays its seed as one note, whenever it is given leave.
struct OnLeave {
    leave: Option<Receiver<()>>,
    batches: Sender<Vec<PhraseRequest>>,
}

impl Player for OnLeave {
    fn play(&mut self, wishes: &[PhraseRequest]) -> Vec<Result<Phrase, String>> {
        let _ = self.leave.as_ref().map(|leave| leave.recv());
        let _ = self.batches.send(wishes.to_vec());
        let play = |wish: &PhraseRequest| match wish.seed {
            13 => Err("thirteen brings bad luck".into()),
            666 => panic!("the devil plays"),
            seed => {
                let note = PhraseNote::new(Time::ZERO, Time::ONE, Value::Num(seed as f64));
                Ok(Phrase { length: Time::int(4), notes: vec![note], stand_in: false })
            }
        };
        wishes.iter().map(play).collect()
    }
}

/// Has one model, `fake`.
struct One(Mutex<Option<OnLeave>>);

impl Shelf for One {
    fn open(&self, model: &str, _: &str, _: &Watch) -> Result<Opened, String> {
        let mut one = lock(&self.0);
        match one.take() {
            Some(player) if model == "fake" => Ok((Box::new(player), None)),
            other => {
                *one = other;
                Err(format!("there is no model `{model}`"))
            }
        }
    }
}

struct Desk {
    store: PhraseStore,
    leave: Sender<()>,
    batches: Receiver<Vec<PhraseRequest>>,
    said: Receiver<String>,
}

fn desk(waits: bool) -> Desk {
    let (leave, on_leave) = channel();
    let (tell, batches) = channel();
    let (say, said) = channel();
    let sink: Sink = Box::new(move |notice| {
        let _ = say.send(notice.text.clone());
    });
    let player = OnLeave { leave: waits.then_some(on_leave), batches: tell };
    let store = PhraseStore::new(Box::new(One(Mutex::new(Some(player)))), Notices::start(sink));
    Desk { store, leave, batches, said }
}

fn seed(phrase: Option<Arc<Phrase>>) -> Option<f64> {
    phrase?.notes.first()?.value.number()
}

const SOON: Duration = Duration::from_secs(5);

#[test]
fn a_late_phrase_is_replaced_by_the_last_and_noted() {
    let desk = desk(true);
    let live = desk.store.live();
    let key = |n| Key::of(&wish(n));
    let at = |n: i64| Time::new(n, 4);
    let ask = |n: i64| live.asking(Span::new(at(n), at(n + 1)));
    ask(0);
    assert_eq!(seed(live.phrase(&wish(1))), None, "nothing is there at first, and nothing waits");
    let _ = desk.leave.send(());
    assert!(desk.store.settle(SOON));
    assert_eq!(seed(live.phrase(&wish(1))), None, "what was said of a moment stands");
    ask(1);
    assert_eq!(seed(live.phrase(&wish(1))), Some(1.0));
    assert_eq!(seed(live.phrase(&wish(2))), Some(1.0), "the last repeats");
    ask(2);
    assert_eq!(seed(live.phrase(&wish(2))), Some(1.0));
    let _ = desk.leave.send(());
    assert!(desk.store.settle(SOON));
    ask(1);
    assert_eq!(seed(live.phrase(&wish(2))), Some(1.0), "also when it is asked again");
    ask(3);
    assert_eq!(seed(live.phrase(&wish(2))), Some(2.0));
    ask(2);
    assert_eq!(seed(live.phrase(&wish(2))), Some(1.0));
    let noted = desk.store.take_substitutions();
    let note = |n, wanted, heard| Substitution { at: at(n), wanted, heard };
    assert_eq!(
        noted,
        [
            note(0, key(1), None),
            note(1, key(1), Some(key(1))),
            note(1, key(2), Some(key(1))),
            note(3, key(2), Some(key(2))),
        ]
    );
    // Played again, from a store that has everything in time.
    let later = super::tests::desk(false);
    let again = later.store.again();
    again.follow(&noted, &[]);
    assert_eq!(again.asking(Span::new(at(0), at(9))), at(1), "asked up to the next change");
    let answers = |n| {
        again.asking(Span::new(at(n), at(n + 1)));
        [seed(again.phrase(&wish(1))), seed(again.phrase(&wish(2)))]
    };
    assert_eq!(answers(0)[0], None);
    assert_eq!(answers(1), [Some(1.0), Some(1.0)]);
    assert_eq!(answers(2), [Some(1.0), Some(1.0)]);
    assert_eq!(answers(3), [Some(1.0), Some(2.0)]);
    let said: Vec<String> = desk.said.iter().take(2).collect();
    assert!(said[0].contains("silent until then"), "{said:?}");
    assert!(said[1].contains("the last one repeats"), "{said:?}");
    assert!(desk.said.try_recv().is_err(), "each is said once");
}

#[test]
fn looking_ahead_has_phrases_made_in_one_batch_and_says_nothing() {
    let desk = desk(true);
    let ahead = desk.store.ahead();
    for seed in [1, 2, 3, 2, 1, 4] {
        let _ = ahead.phrase(&wish(seed));
    }
    for _ in 0..2 {
        let _ = desk.leave.send(());
    }
    assert!(desk.store.settle(SOON));
    let seeds = |batch: Vec<PhraseRequest>| batch.iter().map(|w| w.seed).collect::<Vec<_>>();
    let batches: Vec<Vec<i64>> = desk.batches.try_iter().map(seeds).collect();
    assert_eq!(batches.concat(), [1, 2, 3, 4], "each once, in order");
    assert!(batches.len() <= 2, "what waits is made together: {batches:?}");
    let live = desk.store.live();
    let heard: Vec<_> = (1..=4).map(|n| seed(live.phrase(&wish(n)))).collect();
    assert_eq!(heard, [Some(1.0), Some(2.0), Some(3.0), Some(4.0)]);
    assert_eq!(desk.store.take_substitutions(), []);
    assert!(desk.said.try_recv().is_err());
}

#[test]
fn rendering_waits() {
    let desk = desk(false);
    let patient = desk.store.patient();
    for n in 20..200 {
        assert_eq!(seed(patient.phrase(&wish(n))), Some(n as f64));
    }
    assert_eq!(seed(patient.phrase(&wish(13))), None, "a refusal is no reason to wait");
    let elsewhere = PhraseRequest { model: Sym::new("nowhere"), ..wish(1) };
    assert_eq!(seed(patient.phrase(&elsewhere)), None);
}

#[test]
fn what_cannot_be_played_is_silent_and_said_once() {
    let desk = desk(false);
    let patient = desk.store.patient();
    for _ in 0..3 {
        let _ = patient.phrase(&wish(13));
        let _ = patient.phrase(&PhraseRequest { model: Sym::new("nowhere"), ..wish(1) });
    }
    drop(desk.store);
    let said: Vec<String> = std::iter::from_fn(|| desk.said.recv_timeout(SOON / 10).ok()).collect();
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(said[0].contains("thirteen"), "{said:?}");
    assert!(said[1].contains("nowhere stays silent: there is no model"), "{said:?}");
}

#[test]
fn a_model_that_panics_silences_only_its_phrase() {
    let desk = desk(false);
    let patient = desk.store.patient();
    assert_eq!(seed(patient.phrase(&wish(1))), Some(1.0));
    assert_eq!(seed(patient.phrase(&wish(666))), None);
    assert_eq!(seed(patient.phrase(&wish(1))), Some(1.0), "what was made stays");
}

#[test]
fn flow_continues_the_phrase_before_whatever_was_asked_first() {
    let flowing = |index: i64| {
        let next = |before: Option<PhraseRequest>, index| PhraseRequest {
            flow: true,
            index,
            from: before.map(|before| (Role::Prime, Box::new(before))),
            ..wish(5)
        };
        (0..=index).fold(None, |before, index| Some(next(before, index))).unwrap_or_else(|| wish(5))
    };
    let heard = |indices: &[i64]| -> Vec<(i64, Option<f64>)> {
        let desk = desk(false);
        let patient = desk.store.patient();
        indices.iter().map(|&i| (i, seed(patient.phrase(&flowing(i))))).collect()
    };
    let in_order = heard(&[0, 1, 2, 3]);
    let mut seeds: Vec<_> = in_order.iter().map(|(_, seed)| format!("{seed:?}")).collect();
    seeds.dedup();
    assert_eq!(seeds.len(), 4, "no phrase is the one before");
    assert_eq!(heard(&[3])[0], in_order[3]);
    let desk = desk(false);
    let _ = desk.store.patient().phrase(&flowing(2));
    let primes: Vec<usize> = desk.batches.try_iter().flatten().map(|w| w.prime.len()).collect();
    assert_eq!(primes, [0, 1, 1], "the first begins, the others continue");
}

#[test]
fn what_an_edit_has_taken_off_is_not_made() {
    let desk = desk(true);
    let ahead = desk.store.ahead();
    let _ = ahead.phrase(&wish(1));
    while desk.store.counts().0 == 0 || !lock(&desk.store.shared.state).queue.is_empty() {
        std::thread::yield_now();
    }
    // The first is being made; these wait, and only the second is still asked for.
    let _ = ahead.phrase(&wish(2));
    let _ = ahead.phrase(&wish(3));
    std::thread::sleep(STALE + Duration::from_millis(100));
    let _ = ahead.phrase(&wish(2));
    for _ in 0..2 {
        let _ = desk.leave.send(());
    }
    assert!(desk.store.settle(SOON));
    let made: Vec<i64> = desk.batches.try_iter().flatten().map(|wish| wish.seed).collect();
    assert_eq!(made, [1, 2]);
}

#[test]
fn somebody_who_plays_finds_the_model_awake_and_is_asked_for_at_once() {
    let text = "duet: answer midi .model 'fake'\n";
    let language = mag_lang::Language::new();
    let source = mag_lang::source::Source::new(1, "duet.mag", text);
    let read =
        language.evaluate(&language.empty(), &source, mag_lang::Mode::File, &mag_lang::NoFiles);
    let program = read.unwrap_or_else(|problems| panic!("{problems:?}")).program;
    let desk = desk(false);
    let (ahead, mut lookahead) = (desk.store.ahead(), Lookahead::default());
    let made = || -> Vec<usize> {
        assert!(desk.store.settle(SOON));
        desk.batches.try_iter().flatten().map(|wish| wish.prime.len()).collect()
    };
    lookahead.follow(&program, Time::ZERO, &ahead);
    assert_eq!(made(), [1], "a rehearsal, which nobody hears");
    let (heard, midi) = (desk.store.heard(), Sym::new("midi"));
    for i in 0..8u8 {
        let at = f64::from(i) / 4.0;
        let touch = |velocity| Touch { pitch: 60 + i, velocity, channel: 0, seconds: None };
        heard.touch(midi, at, 0.5, touch(100));
        heard.touch(midi, at + 0.2, 0.5, touch(0));
    }
    let now = Time::new(9, 4);
    lookahead.follow(&program, now, &ahead);
    assert_eq!(made(), [] as [usize; 0], "nobody has called yet");
    let (_, call) = heard.tend(now, 0.5, (4, 4)).pop().unwrap_or_else(|| panic!("a call"));
    assert!(call.answer.begin < Time::int(3), "in a cycle that was asked for before: {call:?}");
    lookahead.follow(&program, now, &ahead);
    assert_eq!(made(), [8]);
}

#[test]
fn what_should_sound_already_is_made_first() {
    let desk = desk(true);
    let ahead = desk.store.ahead();
    for seed in 1..=40 {
        let _ = ahead.phrase(&wish(seed));
    }
    let _ = desk.store.live().phrase(&wish(40));
    for _ in 0..6 {
        let _ = desk.leave.send(());
    }
    assert!(desk.store.settle(SOON));
    let batches: Vec<Vec<i64>> =
        desk.batches.try_iter().map(|b| b.iter().map(|wish| wish.seed).collect()).collect();
    let at = batches.iter().position(|batch| batch.contains(&40));
    assert!(at.is_some_and(|at| at <= 1), "{batches:?}");
}

/// Waits for the other model before it answers.
struct Meets(Arc<std::sync::Barrier>);

impl Player for Meets {
    fn play(&mut self, wishes: &[PhraseRequest]) -> Vec<Result<Phrase, String>> {
        self.0.wait();
        wishes.iter().map(|_| Ok(Phrase::default())).collect()
    }
}

impl Shelf for Arc<std::sync::Barrier> {
    fn open(&self, _: &str, _: &str, _: &Watch) -> Result<Opened, String> {
        Ok((Box::new(Meets(self.clone())), None))
    }
}

#[test]
fn models_work_side_by_side() {
    if std::thread::available_parallelism().map_or(1, usize::from) < 2 {
        return;
    }
    let barrier = Arc::new(std::sync::Barrier::new(2));
    let store = PhraseStore::new(Box::new(barrier), Notices::start(Box::new(|_| {})));
    let ahead = store.ahead();
    for model in ["one", "other"] {
        let _ = ahead.phrase(&PhraseRequest { model: Sym::new(model), ..wish(1) });
    }
    assert!(store.settle(SOON), "each waits until both are at work");
}

#[test]
fn memory_is_bounded() {
    let desk = desk(false);
    let patient = desk.store.patient();
    for n in 1000..1000 + 2 * KEPT as i64 {
        let _ = patient.phrase(&wish(n));
    }
    assert!(desk.store.counts().1 <= KEPT);
    let mut cache = Cache::new(2);
    let phrase = || Arc::new(Phrase::default());
    for n in [1, 2, 1, 3] {
        let key = Key::of(&wish(n));
        if cache.get(key).is_none() {
            cache.put(key, phrase());
        }
    }
    let there = [1, 2, 3].map(|n| cache.get(Key::of(&wish(n))).is_some());
    assert_eq!(there, [true, false, true], "what was not asked for the longest goes");
}

mod slow;
