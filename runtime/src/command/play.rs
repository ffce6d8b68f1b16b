//! `mag play`: a file and its edits, with a few keys.

use super::{PROBLEMS, Sound, color, name_of, read_text};
use crate::files::Folder;
use crate::journal::{self, Journal};
use crate::keys::{self, Key, Keys};
use crate::notice::{self, Notices};
use crate::performer::Performer;
use crate::phrases::PhraseStore;
use crate::session::{Outcome, Session, Text, locator};
use crate::stage::When;
use crate::watch::{Change, Watch};
use crate::wire::{Answer, Ask, Wire};
use mag_lang::problem::Problem;
use mag_lang::source::Sources;
use mag_lang::{Language, Mode};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Things that may wait to be done.
const WAITING: usize = 64;
/// A second Ctrl-C within this time ends the performance.
const TWICE: Duration = Duration::from_secs(2);

/// The arguments of `mag play`.
#[derive(Debug, clap::Args)]
pub struct Play {
    /// The program
    file: PathBuf,
    #[command(flatten)]
    sound: Sound,
    /// When edits take effect: now, beat, bar, or a number of bars
    #[arg(long, default_value = "beat", value_parser = quantum)]
    quantum: When,
}

fn quantum(text: &str) -> Result<When, String> {
    When::parse(text).ok_or_else(|| "expected now, beat, bar or a number of bars".into())
}

/// What the main thread waits for.
enum Event {
    File(Change),
    Wire(Ask),
    Key(Key),
}

impl Play {
    /// Plays until the performer leaves.
    ///
    /// # Errors
    /// If the file cannot be read or followed.
    pub fn run(self) -> Result<ExitCode, String> {
        let text = read_text(&self.file)?;
        let notices = Notices::to_terminal();
        notice::silence_libraries();
        notice::report_panics(&notices);
        let store = PhraseStore::installed(notices.clone());
        let mut play = self.set_up(&store, &notices);
        let (events, waiting) = sync_channel(WAITING);
        let accepted = play.evaluate_file(&text);
        let tell = events.clone();
        let watch = Watch::start(move |change| drop(tell.send(Event::File(change))))
            .map_err(|e| format!("cannot follow {}: {e}", play.file.display()))?;
        watch.follow(play.files(&text));
        let tell = events.clone();
        let wire = Wire::listen(move |ask| tell.send(Event::Wire(ask)).is_ok());
        if let Err(error) = &wire {
            notices.warn(format!("`mag send` cannot reach this performance: {error}"));
        }
        let keys = Keys::listen(move |key| events.send(Event::Key(key)).is_ok());
        if !accepted {
            notices.info("nothing plays yet: correct the file and save it");
        }
        if keys.is_some() {
            notices.info(keys::HELP);
        }
        play.follow(&waiting, &watch);
        drop(keys);
        notices.flush();
        Ok(if accepted { ExitCode::SUCCESS } else { ExitCode::from(PROBLEMS) })
    }

    fn set_up(self, store: &PhraseStore, notices: &Notices) -> Playing {
        let sources = Arc::new(Mutex::new(Sources::new()));
        let setup = self.sound.setup();
        let world = Arc::new(store.live());
        let performer = Performer::new(setup, world, notices.clone(), locator(&sources));
        let defaults = self.sound.defaults();
        let language = Arc::new(Language::new());
        let ahead = Arc::new(store.ahead());
        let player = Box::new(performer);
        let session = Session::new(language, ahead, player, defaults, sources, notices.clone());
        let notices = notices.clone();
        let mut playing = Playing {
            session,
            notices,
            name: name_of(&self.file),
            file: self.file,
            quantum: self.quantum,
            used: Vec::new(),
            interrupted: None,
        };
        if !self.sound.no_journal {
            playing.keep_journal();
        }
        playing
    }
}

/// A file that is being performed.
struct Playing {
    session: Session,
    notices: Notices,
    file: PathBuf,
    name: String,
    quantum: When,
    /// The files that it uses.
    used: Vec<PathBuf>,
    interrupted: Option<Instant>,
}

impl Playing {
    fn keep_journal(&mut self) {
        let created = journal::folder()
            .ok_or_else(|| std::io::Error::other("HOME is not set"))
            .and_then(|folder| Journal::create(&folder));
        match created {
            Ok(journal) => self.session.keep_journal(journal),
            Err(error) => self.notices.warn(format!("no journal is kept: {error}")),
        }
    }

    /// What is to be followed: the file, whose text is known, and the files that it uses.
    fn files(&self, text: &str) -> Vec<crate::watch::Known> {
        let used = self.used.iter().map(|path| {
            let text = std::fs::read_to_string(path).ok();
            (path.clone(), text.map(Into::into))
        });
        std::iter::once((self.file.clone(), Some(text.into()))).chain(used).collect()
    }

    fn follow(&mut self, waiting: &Receiver<Event>, watch: &Watch) {
        while let Ok(event) = waiting.recv() {
            match event {
                Event::File(change) => self.change(change, watch),
                Event::Wire(ask) => self.answer(ask),
                Event::Key(Key::Quit) => return,
                Event::Key(Key::Interrupt) if self.interrupted_twice() => return,
                Event::Key(key) => self.press(key),
            }
        }
    }

    fn change(&mut self, change: Change, watch: &Watch) {
        match change {
            Change::Text { path, text } => {
                if same_file(&path, &self.file) {
                    self.evaluate_file(&text);
                    watch.follow(self.files(&text));
                } else if let Ok(text) = read_text(&self.file) {
                    self.evaluate_file(&text);
                }
            }
            Change::Gone { path } => {
                self.notices.warn(format!("{} is gone; it plays on", path.display()));
            }
            Change::Unreadable { path, reason } => {
                self.notices.warn(format!("cannot read {}: {reason}; it plays on", path.display()));
            }
        }
    }

    fn evaluate_file(&mut self, text: &str) -> bool {
        let files = Folder::around(&self.file);
        let name = self.name.clone();
        let when = Some(self.quantum);
        let text = Text { name: &name, text, mode: Mode::File, files: &files, when };
        let outcome = self.session.evaluate(&text);
        self.used = files.paths();
        self.say(&outcome)
    }

    fn evaluate_line(&mut self, name: &str, text: &str) -> Result<Outcome, Vec<Problem>> {
        let files = Folder::around(&self.file);
        let when = None;
        self.session.evaluate(&Text { name, text, mode: Mode::Block, files: &files, when })
    }

    /// Says what came of a text; answers whether it was accepted.
    fn say(&self, outcome: &Result<Outcome, Vec<Problem>>) -> bool {
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
                self.notices.error(format!("{}\nit plays on unchanged", report.trim_end()));
            }
        }
        outcome.is_ok()
    }

    /// What plays from when, in one line.
    fn status(&self, outcome: &Outcome) -> String {
        let program = self.session.program();
        let at = outcome.at.map_or(0.0, |at| at.to_f64());
        let sounding: Vec<&str> =
            program.parts.keys().map(String::as_str).filter(|p| program.sounds(p)).collect();
        match sounding.as_slice() {
            [] => format!("cycle {at:.2}: silence"),
            parts => format!("cycle {at:.2}: {} · {} bpm", parts.join(" "), program.tempo),
        }
    }

    fn press(&mut self, key: Key) {
        let line = match key {
            Key::Hush | Key::Interrupt => "hush",
            Key::Undo => "undo",
            Key::Redo => "redo",
            Key::Panic => "panic",
            Key::Help | Key::Quit => return self.notices.info(keys::HELP),
        };
        let outcome = self.evaluate_line("key", line);
        self.say(&outcome);
    }

    /// Whether this Ctrl-C is the second in a row; the first asks for silence.
    fn interrupted_twice(&mut self) -> bool {
        let before = self.interrupted.replace(Instant::now());
        let twice = before.is_some_and(|at| at.elapsed() < TWICE);
        if !twice {
            self.notices.info("silence; once more to leave");
        }
        twice
    }

    fn answer(&mut self, ask: Ask) {
        let outcome = self.evaluate_line("send", &ask.text);
        self.say(&outcome);
        let (accepted, text) = match &outcome {
            Ok(outcome) => {
                let mut lines = outcome.said.clone();
                lines.extend(outcome.at.map(|_| self.status(outcome)));
                (true, lines.join("\n"))
            }
            Err(problems) => (false, self.session.report(problems, false)),
        };
        let _ = ask.answer.try_send(Answer { accepted, text });
    }
}

/// Whether two paths name one file; the watch gives them absolute.
fn same_file(a: &Path, b: &Path) -> bool {
    let whole = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    whole(a) == whole(b)
}
