//! Models in trouble while the music plays: one never answers, one loses its files.
#![allow(clippy::unwrap_used)] // a test that cannot write its files fails

mod scratch;

use mag::notice::Notices;
use mag::offline::Offline;
use mag::phrases::{Folders, Opened, PhraseStore, Player, Shelf, ask_ahead, library};
use mag_lang::{Language, Mode, NoFiles, Source};
use mag_pattern::{Controls, Phrase, PhraseNote, PhraseRequest, Sym, Time, Value, World};
use scratch::Scratch;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(20);

fn listening() -> (Notices, Receiver<String>) {
    let (say, said) = channel();
    (Notices::start(Box::new(move |notice| drop(say.send(notice.text.clone())))), said)
}

/// `drums` plays two hits a bar; all others do not answer before they are told.
struct Models(Arc<AtomicBool>);
struct Hits;
struct Stuck(Arc<AtomicBool>);

impl Player for Hits {
    fn play(&mut self, wishes: &[PhraseRequest]) -> Vec<Result<Phrase, String>> {
        let hit = Value::from(Controls::one(Sym::new("s"), Value::Word(Sym::new("hh"))));
        let note = |n| PhraseNote::new(Time::new(n, 2), Time::new(1, 2), hit.clone());
        let phrase = |w: &PhraseRequest| {
            let notes = (0..2 * i64::from(w.bars)).map(note).collect();
            Ok(Phrase { length: Time::int(i64::from(w.bars)), notes, stand_in: false })
        };
        wishes.iter().map(phrase).collect()
    }
}

impl Player for Stuck {
    fn play(&mut self, wishes: &[PhraseRequest]) -> Vec<Result<Phrase, String>> {
        while !self.0.load(Relaxed) {
            std::thread::sleep(Duration::from_millis(5));
        }
        wishes.iter().map(|_| Err("too late".into())).collect()
    }
}

impl Shelf for Models {
    fn open(&self, model: &str, _: &str, _: &mag_models::Watch) -> Result<Opened, String> {
        let stuck = || Box::new(Stuck(self.0.clone())) as Box<dyn Player>;
        Ok((if model == "drums" { Box::new(Hits) } else { stuck() }, None))
    }
}

#[test]
fn a_model_that_never_answers_silences_its_part_alone() {
    let (notices, said) = listening();
    let told = Arc::new(AtomicBool::new(false));
    let store = PhraseStore::new(Box::new(Models(told.clone())), notices.clone());
    let text = "tempo 120\nkick: s \"bd*4\"\nlead: melody .bars 1 .seed 1 .s \"saw\"\n\
                beat: drums .bars 1 .seed 1\n";
    let language = Language::new();
    let source = Source::new(1, "stuck.mag", text);
    let evaluated = language.evaluate(&language.empty(), &source, Mode::File, &NoFiles);
    let program = evaluated.unwrap_or_else(|problems| panic!("{problems:?}")).program;
    let until = Instant::now() + PATIENCE;
    while store.counts().1 == 0 {
        let _ = ask_ahead(&program, 0..4, &store.ahead());
        store.tend();
        std::thread::sleep(Duration::from_millis(10));
        assert!(Instant::now() < until, "the other model is held up");
    }
    let mut offline = Offline::new(program, Arc::new(store.live()), notices.clone());
    let end = offline.frame(Time::int(4));
    let Ok(()) = offline.play(end, |_| Ok::<(), std::convert::Infallible>(()));
    let mut played: BTreeMap<String, usize> = BTreeMap::new();
    for cue in offline.tape().cues().iter().filter(|cue| cue.at < end) {
        *played.entry(cue.name.to_string()).or_default() += 1;
    }
    let played: Vec<(&str, usize)> = played.iter().map(|(name, n)| (name.as_str(), *n)).collect();
    assert_eq!(played, [("beat", 8), ("kick", 16)], "everything but what waits");
    notices.flush();
    let said: Vec<String> = said.try_iter().collect();
    let waits = |s: &String| s.contains("melody") && s.contains("not ready, it is silent");
    assert!(said.iter().any(waits), "{said:?}");
    assert!(store.counts().0 >= 1, "what is waited for can be seen");
    let left = Instant::now();
    drop((offline, store));
    assert!(left.elapsed() < PATIENCE, "leaving waits for nobody");
    told.store(true, Relaxed);
}

fn copied(to: &Path) -> PathBuf {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("../stdlib/models/melody");
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().flatten() {
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
    to.join("model.onnx")
}

#[test]
fn a_model_whose_files_change_plays_on_as_it_was_opened() {
    if library::runtime().is_err() {
        assert!(std::env::var_os("MAG_REQUIRE_ORT").is_none(), "no ONNX Runtime");
        return;
    }
    let shelf = Scratch::new("models").unwrap();
    let (whole, used) = (shelf.join("whole"), shelf.join("used"));
    let file = copied(&used.join("tune"));
    copied(&whole.join("tune"));
    let open = |folder: &Path, notices: &Notices| {
        PhraseStore::new(Box::new(Folders(vec![folder.to_owned()])), notices.clone())
    };
    let (notices, said) = listening();
    let (expected, store) = (open(&whole, &notices), open(&used, &notices));
    let same = |seed: i64, what: &str| {
        let wish = PhraseRequest { seed, bars: 2, ..PhraseRequest::new("melody", "tune") };
        let phrase = store.patient().phrase(&wish);
        assert!(phrase.is_some(), "{what}");
        assert_eq!(phrase, expected.patient().phrase(&wish), "{what}");
    };
    same(1, "as it is");
    fs::OpenOptions::new().write(true).open(&file).unwrap().set_len(1000).unwrap();
    same(2, "its file was cut off");
    let next = file.with_extension("new");
    fs::write(&next, b"no model at all").unwrap();
    fs::rename(&next, &file).unwrap();
    same(3, "another file took its place");
    // Whoever starts now is told; nothing else happens.
    let fresh = open(&used, &notices);
    assert_eq!(fresh.patient().phrase(&PhraseRequest::new("melody", "tune")), None);
    notices.flush();
    let said: Vec<String> = said.try_iter().collect();
    assert!(said.iter().any(|s| s.starts_with("tune stays silent")), "{said:?}");
    assert!(!said.iter().any(|s| s.contains("not ready")), "{said:?}");
    fs::remove_dir_all(&used).unwrap();
    same(4, "its folder is gone");
    drop((store, expected));
}
