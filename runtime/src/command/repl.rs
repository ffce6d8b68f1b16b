//! `mag` and `mag repl`: the prompt, with a file's parts if one is given.

use super::playing::{LOOK, Playing, WAITING};
use super::{Set, Sound, read_text_or_await};
use crate::notice::{self, Notices};
use crate::phrases::library;
use crate::repl::prompt::{Prompt, Reply, Typed, history_path};
use crate::repl::words::Words;
use crate::repl::{manual, roll};
use crate::session::Outcome;
use crate::terminal::{self, signals};
use crate::watch::{Change, Watch};
use crate::wire::{Ask, Wire};
use clap::{Args, Parser};
use mag_lang::Shown;
use mag_lang::problem::Problem;
use mag_pattern::{Pattern, Query};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

/// Width of what is drawn, where the terminal has it.
const WIDTH: usize = 80;

const WELCOME: &str = "mag: `help` tells more, Tab completes, Ctrl-D leaves";

/// The arguments of `mag repl`.
#[derive(Debug, Args)]
pub struct Repl {
    /// A program whose parts play from the start, and whose edits are followed
    file: Option<PathBuf>,
    #[command(flatten)]
    sound: Sound,
    #[command(flatten)]
    set: Set,
}

/// What the main thread waits for.
enum Event {
    File(Change),
    Wire(Ask),
    Typed(Typed, SyncSender<Reply>),
    Signal(signals::Signal),
}

impl Repl {
    /// The prompt as `mag` alone opens it.
    pub fn bare() -> Repl {
        #[derive(Parser)]
        struct Defaults {
            #[command(flatten)]
            repl: Repl,
        }
        Defaults::parse_from(["mag"]).repl
    }

    /// Plays until the performer leaves.
    ///
    /// # Errors
    /// If the file cannot be read or followed, or the terminal cannot be used.
    pub fn run(self) -> Result<ExitCode, String> {
        let language = crate::phrases::library::language();
        let models = library::models(&library::folders()).into_keys().collect();
        let folder = self.file.as_deref().and_then(Path::parent).unwrap_or(Path::new("."));
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let words = Words::new(language.entries(), models).within(folder.to_owned());
        let words = Arc::new(Mutex::new(words));
        let _terminal = terminal::keep();
        let mut prompt = Prompt::new(words.clone(), history_path())?;
        let notices = Notices::start(prompt.sink());
        let text = match self.file.as_deref() {
            Some(file) => Some(read_text_or_await(file, &notices)?),
            None => None,
        };
        notice::silence_libraries();
        notice::report_panics(&notices);
        let playing = Playing::new(&self.sound, &self.set, self.file, &notices);
        let mut desk = Desk { playing, words };
        let (events, waiting) = sync_channel(WAITING);
        let tell = events.clone();
        let watch = Watch::start(move |change| drop(tell.send(Event::File(change))))
            .map_err(|e| format!("cannot follow files: {e}"))?;
        if let Some(text) = &text {
            if let Some(text) = text {
                desk.playing.open(text);
            }
            watch.follow(desk.playing.files(text.as_deref().unwrap_or_default()));
        }
        desk.playing.begin();
        desk.learn();
        let tell = events.clone();
        let wire = Wire::listen(move |ask| tell.send(Event::Wire(ask)).is_ok());
        if let Err(error) = &wire {
            notices.warn(format!("`mag send` cannot reach this performance: {error}"));
        }
        let tell = events.clone();
        let heard = signals::listen(move |signal| tell.send(Event::Signal(signal)).is_ok());
        if let Err(error) = heard {
            notices.warn(format!("signals of the system cannot be heard: {error}"));
        }
        notices.flush();
        notice::print(WELCOME);
        let status = desk.playing.status_line(&self.sound, true);
        let deliver = move |typed, reply| events.send(Event::Typed(typed, reply)).is_ok();
        prompt.start(Box::new(deliver)).map_err(|e| format!("cannot open the prompt: {e}"))?;
        desk.follow(&waiting, &watch);
        drop(status);
        notices.flush();
        Ok(ExitCode::SUCCESS)
    }
}

/// The performance and the words that its prompt completes.
struct Desk {
    playing: Playing,
    words: Arc<Mutex<Words>>,
}

impl Desk {
    fn follow(&mut self, waiting: &Receiver<Event>, watch: &Watch) {
        loop {
            match waiting.recv_timeout(LOOK) {
                Ok(Event::File(change)) => self.playing.change(change, watch),
                Ok(Event::Wire(ask)) if self.playing.answer(&ask) => return,
                Ok(Event::Signal(signal)) if self.playing.heed(signal) => return,
                Ok(Event::Wire(_) | Event::Signal(_)) => {}
                Ok(Event::Typed(typed, reply)) => {
                    let answer = self.take(typed);
                    let leave = answer.leave;
                    let _ = reply.send(answer);
                    if leave {
                        return;
                    }
                }
                Err(RecvTimeoutError::Timeout) => {
                    self.playing.look_ahead();
                    continue;
                }
                Err(RecvTimeoutError::Disconnected) => return,
            }
            self.learn();
            self.playing.look_ahead();
        }
    }

    /// Lets the prompt complete the names that there are now.
    fn learn(&self) {
        let mut words = self.words.lock().unwrap_or_else(PoisonError::into_inner);
        words.learn(self.playing.session.program(), self.playing.samples.names());
    }

    fn take(&mut self, typed: Typed) -> Reply {
        let block = match typed {
            Typed::Block(block) => block,
            Typed::Interrupt if self.playing.interrupted_twice() => {
                return Reply { leave: true, ..Reply::default() };
            }
            Typed::Interrupt => "hush".into(),
            Typed::Sleep => {
                self.playing.sleep();
                return Reply::default();
            }
            Typed::End => {
                return Reply { leave: self.playing.ended_by_choice(), ..Reply::default() };
            }
        };
        let text = match block.trim() {
            "quit" | "exit" => return Reply { leave: true, ..Reply::default() },
            "status" => self.playing.status_text(),
            "help" | "?" => manual::overview(),
            line => match line.strip_prefix("help ").or_else(|| line.strip_prefix('?')) {
                Some(name) => self.explain(name),
                None => self.evaluate(&block),
            },
        };
        Reply { text, leave: false }
    }

    fn explain(&self, name: &str) -> String {
        manual::explain(self.playing.session.language(), name).unwrap_or_else(|unknown| unknown)
    }

    fn evaluate(&mut self, block: &str) -> String {
        match self.playing.evaluate_block("prompt", block) {
            Ok(outcome) => self.tell(&outcome),
            Err(problems) => self.report(&problems),
        }
    }

    /// What came of a block, for the performer to read.
    fn tell(&self, outcome: &Outcome) -> String {
        let mut text = String::new();
        if !outcome.warnings.is_empty() {
            text.push_str(&self.report(&outcome.warnings));
        }
        for shown in &outcome.shown {
            match shown {
                Shown::Pattern(pattern) => text.push_str(&self.draw(pattern)),
                Shown::Text(shown) => text.push_str(&format!("{shown}\n")),
            }
        }
        for name in &outcome.help {
            match name {
                Some(name) => text.push_str(&self.explain(name)),
                None => text.push_str(&manual::overview()),
            }
        }
        outcome.said.iter().for_each(|said| text.push_str(&format!("{said}\n")));
        if outcome.at.is_some() {
            text.push_str(&self.playing.status(outcome));
        }
        text
    }

    /// The pattern's next cycles.
    fn draw(&self, pattern: &Pattern) -> String {
        let session = &self.playing.session;
        let world = self.playing.patient();
        let mut query = Query::new(&world);
        query.cps = session.program().cps();
        query.meter = session.program().meter;
        let next = session.now().ceil();
        match roll::draw(pattern, next, terminal::width().min(WIDTH), &mut query) {
            Ok(drawing) => drawing,
            Err(trouble) => format!("this pattern cannot be played: {trouble}\n"),
        }
    }

    fn report(&self, problems: &[Problem]) -> String {
        self.playing.session.report(problems, super::color())
    }
}
