//! A performance in progress, as `mag play` and the prompt share it: a file if there is one, what
//! other programs send, and what all of it comes to.

use super::{Set, Sound, color, name_of, read_text};
use crate::files::Folder;
use crate::input::Inputs;
use crate::journal::{self, Journal};
use crate::notice::Notices;
use crate::performer::Performer;
use crate::phrases::{Ahead, Lookahead, Patient, PhraseStore};
use crate::priority::{self, Urgency};
use crate::samples::{self, Samples};
use crate::session::{Outcome, Session, Text, locator};
use crate::stage::When;
use crate::status::{Board, Status};
use crate::terminal::{self, signals::Signal};
use crate::timing::Timing;
use crate::watch::{Change, Known, Watch};
use crate::wire::{Answer, Ask};
use mag_lang::Mode;
use mag_lang::problem::Problem;
use mag_lang::source::Sources;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Things that may wait to be done.
pub(super) const WAITING: usize = 64;
/// How often the coming cycles are looked at.
pub(super) const LOOK: Duration = Duration::from_millis(100);
/// A second Ctrl-C within this time ends the performance.
const TWICE: Duration = Duration::from_secs(2);

/// A performance in progress.
pub(super) struct Playing {
    pub session: Session,
    pub notices: Notices,
    store: PhraseStore,
    ahead: Ahead,
    lookahead: Lookahead,
    pub samples: Samples,
    coming: samples::ahead::Lookahead,
    timing: Arc<Timing>,
    board: Board,
    inputs: Inputs,
    file: Option<PathBuf>,
    /// The files that it uses.
    used: Vec<PathBuf>,
    interrupted: Option<Instant>,
    sleepy: Option<Instant>,
}

impl Playing {
    /// A stage that waits for its first program.
    pub fn new(sound: &Sound, set: &Set, file: Option<PathBuf>, notices: &Notices) -> Playing {
        // Inherited by what hears of edits; those who work for nobody in particular step back.
        priority::ask(Urgency::Edit);
        let store = PhraseStore::installed(notices.clone());
        let inputs = Inputs::new(store.heard(), sound.osc_in, notices.clone());
        let sources = Arc::new(Mutex::new(Sources::new()));
        let world = Arc::new(store.live());
        let performer = Performer::new(sound.setup(), world, notices.clone(), locator(&sources));
        let performer = performer.looking_ahead(Arc::new(store.ahead()));
        let (samples, timing) = (performer.samples(), performer.timing());
        let session = Session::new(
            Arc::new(crate::phrases::library::language()),
            Arc::new(store.opening()),
            Box::new(performer),
            sound.defaults(),
            sources,
            notices.clone(),
        );
        let board = Board::new(session.program().clone(), timing.clone(), store.ahead());
        let mut playing = Playing {
            session,
            timing,
            board,
            notices: notices.clone(),
            ahead: store.ahead(),
            store,
            lookahead: Lookahead::default(),
            samples,
            coming: samples::ahead::Lookahead::default(),
            inputs,
            file,
            used: Vec::new(),
            interrupted: None,
            sleepy: None,
        };
        playing.session.set_quantum(quantum(set, notices));
        playing.session.set_seed(set.seed.unwrap_or(0));
        let resumed = set.resume && playing.resume(!set.no_journal);
        if !resumed && !set.no_journal {
            playing.keep_journal(set.seed.unwrap_or(0));
        }
        playing
    }

    /// Goes on from the end of the last journal that nobody is writing; answers whether there is
    /// one, and it is written on.
    fn resume(&mut self, keep: bool) -> bool {
        let folder = journal::folder();
        for path in folder.map(|folder| journal::newest_first(&folder)).unwrap_or_default() {
            let Ok(recorded) = journal::read(&path) else { continue };
            if recorded.entries().next().is_none() {
                continue;
            }
            let at = recorded.next_bar();
            let opened = keep.then(|| Journal::resume(&path, at));
            if let Some(Err(error)) = &opened {
                if error.kind() == std::io::ErrorKind::WouldBlock {
                    continue;
                }
                self.notices.warn(format!("no journal is kept: {error}"));
            }
            let refused = self.session.recall(&recorded, recorded.takes.len(), at);
            if refused > 0 {
                self.notices.warn(format!("this version of mag refuses {refused} of its edits"));
            }
            let files = recorded.entries().filter(|entry| entry.mode == Mode::File).last();
            let folder = self.file.as_deref().and_then(Path::parent).unwrap_or(Path::new(""));
            self.used = files
                .map(|entry| {
                    entry
                        .files
                        .keys()
                        .map(|name| folder.join(name))
                        .filter(|path| path.is_file())
                        .collect()
                })
                .unwrap_or_default();
            let name = name_of(&path);
            self.notices.info(format!("goes on with {name} from cycle {at}"));
            if let Some(Ok(journal)) = opened {
                self.session.keep_journal(journal);
            }
            return true;
        }
        self.notices.warn("there is no journal to go on from: this is a new performance");
        false
    }

    /// Begins with the file's text; answers whether it was accepted. What was resumed plays as it
    /// did, unless the file has changed since.
    pub fn open(&mut self, text: &str) -> bool {
        let accepted = self.session.knows_file(text) || self.evaluate_file(text);
        self.begin();
        accepted
    }

    /// Lets play what was resumed, if nothing plays yet.
    pub fn begin(&mut self) {
        if let Some(at) = self.session.begin() {
            self.notices.info(self.status(&Outcome { at: Some(at), ..Outcome::default() }));
        }
    }

    fn keep_journal(&mut self, seed: i64) {
        let created = journal::folder()
            .ok_or_else(|| std::io::Error::other("HOME is not set"))
            .and_then(|folder| Journal::create(&folder, seed));
        match created {
            Ok(journal) => self.session.keep_journal(journal),
            Err(error) => self.notices.warn(format!("no journal is kept: {error}")),
        }
    }

    /// Lets the phrases of the coming cycles be made, and their recordings be decoded; keeps the
    /// journal.
    pub fn look_ahead(&mut self) {
        self.board.follow(self.session.program());
        let now = self.session.now();
        let program = self.session.program();
        self.inputs.tend(now, program.cps(), program.meter);
        self.store.tend();
        self.session.tend(&self.store.take_substitutions(), &self.store.heard().take_news());
        self.lookahead.follow(self.session.program(), now, &self.ahead);
        self.coming.follow(self.session.program(), now, &self.samples, &self.ahead);
    }

    /// The status line at the bottom of the terminal, unless it is not wanted or cannot be had.
    pub fn status_line(&self, sound: &Sound, edited: bool) -> Option<Status> {
        let board = self.board.clone();
        (!sound.no_status).then(|| Status::show(board, edited)).flatten()
    }

    /// The status in one line.
    pub fn status_text(&self) -> String {
        self.board.text()
    }

    /// What the system asks of the performance; answers whether it is over. A terminal that goes
    /// away takes the performer, not the music: that ends with `mag send quit`, or by itself if
    /// nothing plays.
    pub fn heed(&mut self, signal: Signal) -> bool {
        match signal {
            Signal::Terminate => true,
            Signal::HangUp => {
                let program = self.session.program();
                !program.parts.keys().any(|name| program.sounds(name))
            }
            Signal::Interrupt if self.interrupted_twice() => true,
            Signal::Interrupt => {
                let outcome = self.evaluate_block("key", "hush");
                self.say(&outcome);
                false
            }
        }
    }

    /// Whether the line editor's end is the performer's wish, or the terminal went away and the
    /// music goes on.
    pub fn ended_by_choice(&mut self) -> bool {
        !terminal::gone() || self.heed(Signal::HangUp)
    }

    /// The world for drawing what does not play: waits for its phrases.
    pub fn patient(&self) -> Patient {
        self.store.patient()
    }

    /// What is to be followed: the file, whose text is known, and the files that it uses.
    pub fn files(&self, text: &str) -> Vec<Known> {
        let used = self.used.iter().map(|path| {
            let text = std::fs::read_to_string(path).ok();
            (path.clone(), text.map(Into::into))
        });
        let own = self.file.iter().map(|file| (file.clone(), Some(text.into())));
        own.chain(used).collect()
    }

    /// A followed file changed.
    pub fn change(&mut self, change: Change, watch: &Watch) {
        match change {
            Change::Text { path, text } => {
                let own = self.file.as_deref().is_some_and(|file| same_file(&path, file));
                if own {
                    self.evaluate_file(&text);
                    watch.follow(self.files(&text));
                } else if let Some(Ok(text)) = self.file.as_deref().map(read_text) {
                    self.evaluate_file(&text);
                }
            }
            // (a file that there never was)
            Change::Gone { .. } if self.session.knows_file("") => {}
            Change::Gone { path } => {
                self.notices.warn(format!("{} is gone; it plays on", path.display()));
            }
            Change::Unreadable { path, reason } => {
                self.notices.warn(format!("cannot read {}: {reason}; it plays on", path.display()));
            }
        }
    }

    /// Evaluates a text, and notes how long that took if it changed what plays.
    fn evaluate(&mut self, text: &Text) -> Result<Outcome, Vec<Problem>> {
        let from = Instant::now();
        let outcome = self.session.evaluate(text);
        if outcome.as_ref().is_ok_and(|outcome| outcome.at.is_some()) {
            self.timing.edit.add(from.elapsed());
            self.board.follow(self.session.program());
        }
        outcome
    }

    /// Evaluates the file's text, and says what came of it; answers whether it was accepted.
    pub fn evaluate_file(&mut self, text: &str) -> bool {
        let files = self.folder();
        let name = self.file.as_deref().map_or_else(String::new, name_of);
        let text = Text { name: &name, text, mode: Mode::File, files: &files, when: None };
        let outcome = self.evaluate(&text);
        self.used = files.paths();
        self.say(&outcome)
    }

    /// Evaluates a block on top of what plays.
    pub fn evaluate_block(&mut self, name: &str, text: &str) -> Result<Outcome, Vec<Problem>> {
        let files = self.folder();
        self.evaluate(&Text { name, text, mode: Mode::Block, files: &files, when: None })
    }

    fn folder(&self) -> Folder {
        self.file.as_deref().map_or_else(|| Folder::new("."), Folder::around)
    }

    /// Says what came of a text; answers whether it was accepted.
    pub fn say(&self, outcome: &Result<Outcome, Vec<Problem>>) -> bool {
        match outcome {
            Ok(outcome) => {
                if !outcome.warnings.is_empty() {
                    let report = self.session.report(&outcome.warnings, color());
                    self.notices.warn(report.trim_end());
                }
                outcome.said.iter().for_each(|said| self.notices.info(said));
                if outcome.at.is_some() {
                    self.notices.info(self.status(outcome));
                }
            }
            Err(problems) => {
                let report = self.session.report(problems, color());
                let silent = self.session.program().parts.is_empty();
                let then = if silent { "" } else { "\nit plays on unchanged" };
                self.notices.error(format!("{}{then}", report.trim_end()));
            }
        }
        outcome.is_ok()
    }

    /// What plays from when, in one line.
    pub fn status(&self, outcome: &Outcome) -> String {
        let program = self.session.program();
        let at = outcome.at.map_or(0.0, |at| at.to_f64());
        let sounding: Vec<&str> =
            program.parts.keys().map(String::as_str).filter(|p| program.sounds(p)).collect();
        match sounding.as_slice() {
            [] => format!("cycle {at:.2}: silence"),
            parts => format!("cycle {at:.2}: {} · {} bpm", parts.join(" "), program.tempo),
        }
    }

    /// Whether this Ctrl-C is the second in a row; the first asks for silence.
    pub fn interrupted_twice(&mut self) -> bool {
        let before = self.interrupted.replace(Instant::now());
        let twice = before.is_some_and(|at| at.elapsed() < TWICE);
        if !twice {
            self.notices.info("silence; once more to leave");
        }
        twice
    }

    /// Ctrl-Z was pressed: puts the program to sleep when that happens twice in a row.
    pub fn sleep(&mut self) {
        let before = self.sleepy.replace(Instant::now());
        if before.is_some_and(|at| at.elapsed() < TWICE) {
            self.sleepy = None;
            self.notices.flush();
            terminal::suspend();
        } else {
            self.notices
                .info("Ctrl-Z once more: mag sleeps, and the music with it, until `fg` (or `bg`)");
        }
    }

    /// Does what another program sent, and tells it what came of it. Answers whether it is over.
    pub fn answer(&mut self, ask: &Ask) -> bool {
        let over = matches!(ask.text.trim(), "quit" | "exit");
        if over || ask.text.trim() == "status" {
            let text = if over { "it ends".into() } else { self.status_text() };
            let _ = ask.answer.try_send(Answer { accepted: true, text });
            return over;
        }
        let outcome = self.evaluate_block("send", &ask.text);
        // What only answers a question is for who asked.
        if !outcome.as_ref().is_ok_and(|outcome| outcome.at.is_none()) {
            self.say(&outcome);
        }
        let (accepted, text) = match &outcome {
            Ok(outcome) => {
                let mut lines = outcome.said.clone();
                lines.extend(outcome.at.map(|_| self.status(outcome)));
                (true, lines.join("\n"))
            }
            Err(problems) => (false, self.session.report(problems, false)),
        };
        let _ = ask.answer.try_send(Answer { accepted, text });
        false
    }
}

/// When edits take effect: as the command line says, or the configuration.
fn quantum(set: &Set, notices: &Notices) -> When {
    let configured = crate::config::path().map(|path| crate::config::read(&path));
    let configured = match configured {
        Some(Ok(config)) => config.quantum,
        Some(Err(wrong)) => {
            notices.warn(wrong);
            None
        }
        None => None,
    };
    set.quantum.or(configured).unwrap_or(When::Beat)
}

/// Whether two paths name one file; the watch gives them absolute.
fn same_file(a: &Path, b: &Path) -> bool {
    let whole = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    whole(a) == whole(b)
}
