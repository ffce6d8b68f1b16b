//! Models that do not answer: what they hold up, and who works in their place.

use super::underway::UnderWay;
use super::{PhraseStore, lock};
use std::time::Duration;

/// A model that has been at work for so long is said to be stuck.
const STUCK: Duration = Duration::from_secs(10);
/// Threads that may be stuck before no other takes their place.
const REPLACED: usize = 8;

impl PhraseStore {
    /// To be called a few times a second: says which model does not answer, and lets another thread
    /// work for the others in the place of the one that waits for it.
    pub fn tend(&self) {
        self.relieve(STUCK);
    }

    fn relieve(&self, after: Duration) {
        let mut state = lock(&self.shared.state);
        let replaced = state.busy.iter().filter(|work| work.said).count();
        let stuck = |work: &&mut UnderWay| !work.said && work.since.elapsed() >= after;
        let mut hired = 0;
        for work in state.busy.iter_mut().filter(stuck) {
            work.said = true;
            hired += 1;
            self.shared.notices.warn(format!(
                "{}: the model does not answer; its parts go on with what they have, and wait for \
                 it; other models are not held up",
                work.seat.0
            ));
        }
        drop(state);
        for _ in 0..hired.min(REPLACED.saturating_sub(replaced)) {
            // (where the system gives no thread, those that there are go on)
            let _ = self.hire();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::wish;
    use super::super::{Ahead, Opened, Player, Shelf};
    use super::*;
    use crate::notice::Notices;
    use mag_models::Watch;
    use mag_pattern::{Phrase, PhraseNote, PhraseRequest, Sym, Time, Value, World};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
    use std::sync::mpsc::channel;
    use std::time::Instant;

    const SOON: Duration = Duration::from_secs(5);

    /// Plays the seed of a wish; if it is stuck, not before it is told.
    struct Seeds(Option<Arc<AtomicBool>>);

    fn wait(told: &AtomicBool) {
        while !told.load(Relaxed) {
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    impl Player for Seeds {
        fn play(&mut self, wishes: &[PhraseRequest]) -> Vec<Result<Phrase, String>> {
            self.0.iter().for_each(|told| wait(told));
            let note = |x: i64| PhraseNote::new(Time::ZERO, Time::ONE, Value::Num(x as f64));
            let phrase = |w: &PhraseRequest| Phrase {
                length: Time::int(4),
                notes: vec![note(w.seed)],
                stand_in: false,
            };
            wishes.iter().map(|wish| Ok(phrase(wish))).collect()
        }
    }

    /// `stuck…` do not answer before they are told, `closed…` cannot be opened before that.
    struct Models(Arc<AtomicBool>);

    impl Shelf for Models {
        fn open(&self, model: &str, _: &str, _: &Watch) -> Result<Opened, String> {
            if model.starts_with("closed") {
                wait(&self.0);
            }
            let stuck = model.starts_with("stuck").then(|| self.0.clone());
            Ok((Box::new(Seeds(stuck)), None))
        }
    }

    fn of(model: &str, seed: i64) -> PhraseRequest {
        PhraseRequest { model: Sym::new(model), ..wish(seed) }
    }

    /// Whether a phrase comes soon.
    fn comes(ahead: &Ahead, wish: &PhraseRequest) -> bool {
        let until = Instant::now() + SOON;
        while ahead.phrase(wish).is_none() {
            if Instant::now() > until {
                return false;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        true
    }

    #[test]
    fn models_that_do_not_answer_hold_up_nobody_else() {
        let told = Arc::new(AtomicBool::new(false));
        let (say, said) = channel();
        let notices = Notices::start(Box::new(move |n| drop(say.send(n.text.clone()))));
        let store = PhraseStore::new(Box::new(Models(told.clone())), notices.clone());
        let (live, ahead) = (store.live(), store.ahead());
        // More of them than there are threads.
        let names: Vec<String> = (0..3).map(|n| format!("stuck{n}")).collect();
        let all = names.iter().map(String::as_str).chain(["closed"]);
        let asked = Instant::now();
        for model in all.clone() {
            assert_eq!(live.phrase(&of(model, 1)), None, "silent, and nothing waits");
        }
        assert!(asked.elapsed() < SOON);
        let until = Instant::now() + SOON;
        while lock(&store.shared.state).busy.iter().filter(|work| work.said).count() < 4 {
            assert!(Instant::now() < until, "all of them are found");
            std::thread::sleep(Duration::from_millis(5));
            // (in a performance ten seconds, and asked for ten times each)
            all.clone().for_each(|model| drop(ahead.phrase(&of(model, 1))));
            store.relieve(Duration::from_millis(20));
        }
        assert!(comes(&ahead, &of("well", 7)), "another model answers");
        told.store(true, Relaxed);
        assert!(all.clone().all(|model| comes(&ahead, &of(model, 1))), "late, but there");
        assert!(store.settle(SOON));
        notices.flush();
        let said: Vec<String> = said.try_iter().collect();
        for model in all {
            let about = |what: &str| {
                said.iter().filter(|s| s.starts_with(&format!("{model}: {what}"))).count()
            };
            assert_eq!(about("the model does not answer"), 1, "{said:?}");
            assert_eq!(about("the model answers again"), 1, "{said:?}");
        }
    }

    #[test]
    fn leaving_waits_for_no_model() {
        let told = Arc::new(AtomicBool::new(false));
        let notices = Notices::start(Box::new(|_| {}));
        let store = PhraseStore::new(Box::new(Models(told.clone())), notices);
        let patient = store.patient();
        let (tell, ended) = channel();
        let waits = std::thread::spawn(move || {
            let _ = tell.send(());
            patient.phrase(&of("stuck", 1))
        });
        assert!(ended.recv_timeout(SOON).is_ok());
        let left = Instant::now();
        drop(store);
        assert_eq!(waits.join().ok(), Some(None), "whoever waited is told that nothing comes");
        assert!(left.elapsed() < SOON);
        told.store(true, Relaxed);
    }
}
