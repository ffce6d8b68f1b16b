//! An evening with somebody who plays, in virtual time: notes come late and out of order, edits
//! take back what was to come, phrases are late. What `mag replay` makes of the journal is what
//! was sent, bit for bit.
#![allow(clippy::unwrap_used)] // a test that cannot write its files fails

use mag::device::RATE;
use mag::export::{events, wav::Wav};
use mag::files::Kept;
use mag::heard::{Heard, Touch};
use mag::journal::{self, Journal};
use mag::notice::Notices;
use mag::offline::{Offline, Rehearsal};
use mag::phrases::{Live, PhraseStore, library};
use mag::route::Defaults;
use mag::session::{Session, Text};
use mag_lang::Mode;
use mag_lang::source::Sources;
use mag_pattern::{Sym, Time};
use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::time::Duration;

const CPS: f64 = 0.5;
/// Frames from one look of the main thread to the next.
const LOOK: i64 = RATE as i64 / 10;

struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// What somebody plays: the cycle in which it is heard, that in which it happened, and what.
fn hands(until: f64) -> Vec<(f64, f64, Touch)> {
    let mut random = 11u64;
    let mut chance = move || {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (random >> 40) as f64 / f64::from(1 << 24)
    };
    let (mut all, mut at) = (Vec::new(), 1.0);
    while at < until {
        // A phrase of a bar or so, then a rest.
        for _ in 0..(4 + (6.0 * chance()) as usize) {
            let pitch = 60 + [0, 2, 4, 5, 7, 9, 11, 12][(8.0 * chance()) as usize];
            // Some keys are held until just when an echo of them begins.
            let length = if chance() < 0.3 { 0.9 + 0.15 * chance() } else { 0.1 + 0.1 * chance() };
            // Now and then the main thread is kept busy.
            let late = if chance() < 0.2 { 1.2 * chance() } else { 0.02 * chance() };
            let key = |velocity| Touch { pitch, velocity, channel: 0, seconds: None };
            all.push((at + late, at, key(70 + (40.0 * chance()) as u8)));
            all.push((at + length + late, at + length, key(0)));
            at += 0.125 + 0.02 * chance();
        }
        at += 2.5;
    }
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    all
}

struct Evening {
    store: PhraseStore,
    heard: Heard,
    offline: Rc<RefCell<Offline>>,
    session: Session,
}

impl Evening {
    fn new(folder: &Path) -> Evening {
        let quiet = Notices::start(Box::new(|_| {}));
        let store = PhraseStore::installed(quiet.clone());
        let language = Arc::new(library::language());
        let world: Arc<Live> = Arc::new(store.live());
        let offline = Offline::new(language.empty(), world, quiet.clone());
        let offline = Rc::new(RefCell::new(offline));
        let player = Box::new(Rehearsal(offline.clone()));
        let (opening, sources) = (Arc::new(store.opening()), Arc::new(Mutex::new(Sources::new())));
        let (heard, defaults) = (store.heard(), Defaults::default());
        let mut session = Session::new(language, opening, player, defaults, sources, quiet);
        session.keep_journal(Journal::create(folder, 0).unwrap());
        Evening { store, heard, offline, session }
    }

    fn edit(&mut self, text: &str) {
        let files = Kept::default();
        let text = Text { name: "prompt", text, mode: Mode::Block, files: &files, when: None };
        let outcome = self.session.evaluate(&text);
        outcome.unwrap_or_else(|problems| panic!("{problems:?}"));
    }

    /// Plays so many cycles; answers the samples.
    fn play(&mut self, cycles: i64, edits: &[(f64, &str)]) -> Vec<f32> {
        let mut hands = hands(cycles as f64 - 1.0).into_iter().peekable();
        let mut edits = edits.iter().peekable();
        let (mut samples, mut looks) = (Vec::new(), 0);
        let end = self.offline.borrow().frame(Time::int(cycles));
        while self.offline.borrow().now() < end {
            let now = self.session.now().to_f64();
            while let Some((_, text)) = edits.next_if(|(at, _)| *at <= now) {
                self.edit(text);
            }
            while let Some((_, at, touch)) = hands.next_if(|(at, ..)| *at <= now) {
                self.heard.touch(Sym::new("midi"), at, CPS, touch);
            }
            self.heard.tend(self.session.now(), CPS, (4, 4));
            self.session.tend(&self.store.take_substitutions(), &self.heard.take_news());
            looks += 1;
            // Models are in time, mostly.
            if looks % 7 != 0 {
                self.store.settle(Duration::from_secs(20));
            }
            let next = (self.offline.borrow().now() + LOOK).min(end);
            let kept: Result<(), ()> = self.offline.borrow_mut().play(next, |block| {
                samples.extend_from_slice(block);
                Ok(())
            });
            kept.unwrap();
        }
        self.session.tend(&self.store.take_substitutions(), &self.heard.take_news());
        samples
    }
}

/// Events before a frame, as `mag replay` writes them.
fn lines(text: &str, before: i64) -> Vec<String> {
    let frame =
        |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap()["frame"].as_i64();
    text.lines().filter(|line| frame(line) < Some(before)).map(String::from).collect()
}

fn replayed(journal: &Path, folder: &Path, cycles: i64) -> (String, Vec<u8>) {
    let (wav, events) = (folder.join("again.wav"), folder.join("again.jsonl"));
    let mut mag = Command::new(env!("CARGO_BIN_EXE_mag"));
    mag.arg("replay").arg(journal).args(["--cycles", &cycles.to_string(), "-o"]).arg(&wav);
    let output = mag.arg("--events").arg(&events).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    (std::fs::read_to_string(events).unwrap(), std::fs::read(wav).unwrap())
}

/// Plays an evening with these edits and replays it, whole and cut off.
fn again(name: &str, cycles: i64, edits: &[(f64, &str)]) {
    let folder = Folder(std::env::temp_dir().join(format!("mag-{name}-{}", std::process::id())));
    let mut evening = Evening::new(&folder.0);
    let samples = evening.play(cycles, edits);
    let cues = evening.offline.borrow().tape().cues();
    let end = evening.offline.borrow().frame(Time::int(cycles));
    drop(evening);
    let (mut sent, journal) = (Vec::new(), journal::newest_first(&folder.0).remove(0));
    events::write(&cues, RATE, &mut sent).unwrap();
    let sent = lines(&String::from_utf8(sent).unwrap(), end);
    assert!(sent.iter().filter(|line| line.contains("\"me\"")).count() > 30, "an echo is heard");
    let (events, wav) = replayed(&journal, &folder.0, cycles);
    let events = lines(&events, end);
    assert_eq!(events, sent, "the events");
    let path = folder.0.join("live.wav");
    let mut live = Wav::create(&path, RATE).unwrap();
    live.write(&samples).unwrap();
    live.finish().unwrap();
    assert!(std::fs::read(path).unwrap() == wav, "the samples");
    // A power cut leaves half of the last record: all before it is as it was.
    let all = std::fs::read(&journal).unwrap();
    let half = all.iter().position(|byte| *byte == b'\n').unwrap().max(2 * all.len() / 3);
    std::fs::write(&journal, &all[..half]).unwrap();
    let until = journal::read(&journal).unwrap().takes[0].until;
    // (an edit that is lost may have taken back a little of what was known to be asked for)
    let until = (until.to_f64() / CPS * f64::from(RATE)) as i64 - i64::from(RATE);
    let (events, _) = replayed(&journal, &folder.0, cycles);
    assert!(until > end / 3, "most of it is there");
    assert_eq!(lines(&events, until), lines(&sent.join("\n"), until), "up to the cut");
}

#[test]
fn echoes_of_late_hands_are_the_same_again() {
    again(
        "echoes",
        20,
        &[
            (0.0, "tempo 120\nme: midi .s \"pluck\"\nkick: s \"bd*4\""),
            (3.3, "at now\nhats: s \"hh*8\""),
            (5.71, "at now\nme: midi .s \"keys\" .fast 1"),
            (8.2, "once s \"cp*3\""),
            (9.5, "at bar me: midi .s \"pluck\" .off 1/8 (.add (note 12))"),
            (12.05, "at now\nundo"),
            (14.4, "at now\nxfade 1\nme: midi .s \"saw\""),
        ],
    );
}

#[test]
fn answers_to_late_hands_are_the_same_again() {
    if library::runtime().is_err() {
        assert!(std::env::var_os("MAG_REQUIRE_ORT").is_none(), "no ONNX Runtime");
        return;
    }
    again(
        "answers",
        20,
        &[
            (0.0, "tempo 120\nme: midi .s \"pluck\"\nduet: answer midi .seed 1 .s \"keys\""),
            (6.3, "at now\nturns: answer midi .bars 1 .seed 2"),
            (9.01, "at now\nlead: melody .bars 2 .seed \"<1 2 3>\" .s \"saw\""),
            (12.7, "at now\nmute me"),
            (13.3, "at now\nunmute me"),
        ],
    );
}
