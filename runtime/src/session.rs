//! The performer's side of a performance: texts come in, are checked, journalled and sent on
//! stage; undo and redo step through what was accepted. No thread inside.

use crate::device::Reading;
use crate::files::Library;
use crate::journal::{Entry, Journal};
use crate::notice::Notices;
use crate::route::{Defaults, Routes};
use crate::scheduler::probe;
use crate::stage::When;
use mag_lang::problem::Problem;
use mag_lang::source::{Source, Sources};
use mag_lang::{Action, Evaluation, Language, Mode, Program, Shown, report};
use mag_pattern::{Loc, Pattern, Time, World};
use std::path::Path;
use std::sync::{Arc, Mutex};

mod history;
use history::History;

/// Texts whose places can still be shown.
const REMEMBERED: u16 = 500;

/// Who plays what a session accepts: the real stage, or one in virtual time.
pub trait Player {
    /// Lets `program` take over; answers when, in cycles. `None` if nothing can play any more.
    fn swap(&mut self, program: Arc<Program>, routes: Routes, when: When) -> Option<Time>;
    /// Plays the first cycle of `pattern` once.
    fn once(&mut self, pattern: Pattern, when: When);
    /// Lets what sounds fade.
    fn hush(&mut self);
    /// Cuts what sounds.
    fn panic(&mut self);
    /// The moment that is now, in cycles.
    fn now(&self) -> Time;
    /// Frames a second.
    fn rate(&self) -> u32;
    /// How the sound card is kept up with; `None` where there is none.
    fn load(&self) -> Option<Reading> {
        None
    }
    /// What was measured while it played, as text; or forgets it.
    fn timing(&mut self, _reset: bool) -> String {
        "nothing is measured here".into()
    }
    /// Records what sounds to a WAV file; `None` ends the recording. Answers what to tell.
    ///
    /// # Errors
    /// In the performer's words.
    fn record(&mut self, path: Option<&Path>) -> Result<String, String>;
}

/// A text that wants to be performed.
pub struct Text<'a> {
    /// What to call it in reports.
    pub name: &'a str,
    /// All of it.
    pub text: &'a str,
    /// Whole program or block.
    pub mode: Mode,
    /// Where `use` finds files.
    pub files: &'a dyn Library,
    /// When it is to take effect; `None` leaves it to the session's quantum.
    pub when: Option<When>,
}

/// What came of a text that was accepted.
#[derive(Debug, Default)]
pub struct Outcome {
    /// When the change takes effect, in cycles; `None` if nothing changed.
    pub at: Option<Time>,
    /// Bare expressions, to be shown.
    pub shown: Vec<Shown>,
    /// Names whose help was asked for; `None` is the overview.
    pub help: Vec<Option<String>>,
    /// What commands had to say.
    pub said: Vec<String>,
    /// Legal but suspicious.
    pub warnings: Vec<Problem>,
}

/// What decides what plays.
pub struct Session {
    language: Arc<Language>,
    world: Arc<dyn World>,
    player: Box<dyn Player>,
    defaults: Defaults,
    journal: Option<Journal>,
    notices: Notices,
    sources: Arc<Mutex<Sources>>,
    next_source: u16,
    quantum: When,
    history: History,
    /// The last whole program that was accepted.
    last_file: String,
}

impl Session {
    /// A session in which nothing plays yet.
    pub fn new(
        language: Arc<Language>,
        world: Arc<dyn World>,
        player: Box<dyn Player>,
        defaults: Defaults,
        sources: Arc<Mutex<Sources>>,
        notices: Notices,
    ) -> Session {
        let history = History::new(language.empty());
        let (journal, quantum) = (None, When::Beat);
        let next_source = 1;
        Session {
            language,
            world,
            player,
            defaults,
            journal,
            notices,
            sources,
            next_source,
            quantum,
            history,
            last_file: String::new(),
        }
    }

    /// From now on everything that is accepted is written to `journal` first.
    pub fn keep_journal(&mut self, journal: Journal) {
        self.journal = Some(journal);
    }

    /// The language that texts are in.
    pub fn language(&self) -> &Arc<Language> {
        &self.language
    }

    /// What plays, or will from the next quantum on.
    pub fn program(&self) -> &Arc<Program> {
        self.history.current()
    }

    /// The moment that is now, in cycles.
    pub fn now(&self) -> Time {
        self.player.now()
    }

    /// Evaluates a text. If anything is wrong with it nothing changes; else it is journalled, and
    /// then takes effect at its quantum.
    ///
    /// # Errors
    /// All problems of the text; [`Session::report`] draws them.
    pub fn evaluate(&mut self, text: &Text) -> Result<Outcome, Vec<Problem>> {
        let source = self.remember(text);
        let base = self.history.current().clone();
        let mut evaluation = self.language.evaluate(&base, &source, text.mode, text.files)?;
        // A `let` may have changed what parts mean whose own text did not change.
        evaluation.changed |= text.mode == Mode::File && self.last_file != text.text;
        let when = text.when.unwrap_or(self.quantum);
        let fresh = evaluation.changed || !evaluation.actions.is_empty();
        let routes = Routes::of(&evaluation.program, &self.defaults)
            .map_err(|wrong| address_problems(wrong, &source))?;
        if evaluation.changed {
            self.probe(&evaluation.program)?;
        }
        if fresh {
            self.write(text, when);
        }
        if text.mode == Mode::File {
            text.text.clone_into(&mut self.last_file);
        }
        let outcome = self.perform(evaluation, routes, when);
        if let (Some(at), Some(journal)) = (outcome.at, &mut self.journal) {
            let landed = journal.landed(at);
            self.check_journal(landed);
        }
        Ok(outcome)
    }

    /// Draws problems with the source that they are in.
    pub fn report(&self, problems: &[Problem], color: bool) -> String {
        let sources = self.sources.lock().unwrap_or_else(|e| e.into_inner());
        report::render(problems, &sources, color)
    }

    /// Numbers a text so that places in it can be shown while it plays.
    fn remember(&mut self, text: &Text) -> Source {
        let source = Source::new(self.next_source, text.name, text.text);
        self.next_source = self.next_source % REMEMBERED + 1;
        let mut sources = self.sources.lock().unwrap_or_else(|e| e.into_inner());
        sources.insert(source.clone());
        source
    }

    /// Asks all parts for their coming cycles, off the sounding path.
    fn probe(&self, program: &Program) -> Result<(), Vec<Problem>> {
        let (rate, now) = (self.player.rate(), self.player.now());
        let troubles = probe(program, rate, now, &*self.world);
        let problem = |t: crate::scheduler::Trouble| {
            let message = format!("part `{}` cannot be played: {}", t.part, t.message);
            Problem::error("cannot-be-played", t.loc, message)
        };
        let problems: Vec<Problem> = troubles.into_iter().map(problem).collect();
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }

    fn perform(&mut self, evaluation: Evaluation, routes: Routes, when: When) -> Outcome {
        let Evaluation { program, shown, actions, warnings, changed } = evaluation;
        let mut outcome = Outcome { shown, warnings, ..Outcome::default() };
        let hushed = actions.iter().any(|a| matches!(a, Action::Hush | Action::Panic));
        let when = if hushed { When::Now } else { when };
        if changed {
            self.history.push(program.clone());
            outcome.at = self.player.swap(program, routes, when);
        } else {
            // Names alone may have changed: later texts build on them, nothing to undo.
            self.history.replace(program);
        }
        for action in actions {
            self.act(action, when, &mut outcome);
        }
        outcome
    }

    fn act(&mut self, action: Action, when: When, outcome: &mut Outcome) {
        match action {
            Action::Hush => self.player.hush(),
            Action::Panic => self.player.panic(),
            Action::Undo => self.step(History::undo, "nothing to undo", when, outcome),
            Action::Redo => self.step(History::redo, "nothing to redo", when, outcome),
            Action::Once(pattern) => self.player.once(pattern, When::Now),
            Action::Quantum(text) => match When::parse(&text) {
                Some(quantum) => self.quantum = quantum,
                None => outcome.said.push(format!(
                    "`{text}` is no quantum: expected now, beat, bar or a number of bars"
                )),
            },
            Action::Record(path) => {
                let told = self.player.record(path.as_deref().map(Path::new));
                outcome.said.push(told.unwrap_or_else(|reason| reason));
            }
            Action::Load => outcome.said.push(match self.player.load() {
                Some(reading) => reading.to_string(),
                None => "no sound card is played on".to_owned(),
            }),
            Action::Timing { reset } => outcome.said.push(self.player.timing(reset)),
            Action::Help(name) => outcome.help.push(name),
        }
    }

    fn step(
        &mut self,
        step: fn(&mut History) -> Option<Arc<Program>>,
        nothing: &str,
        when: When,
        outcome: &mut Outcome,
    ) {
        let Some(program) = step(&mut self.history) else {
            return outcome.said.push(nothing.to_owned());
        };
        match Routes::of(&program, &self.defaults) {
            Ok(routes) => outcome.at = self.player.swap(program, routes, when),
            Err(wrong) => outcome.said.extend(wrong),
        }
    }

    fn write(&mut self, text: &Text, when: When) {
        let Some(journal) = &mut self.journal else { return };
        let written = journal.text(&Entry {
            mode: text.mode,
            when,
            name: text.name.to_owned(),
            text: text.text.to_owned(),
            files: text.files.texts(),
            landed: None,
        });
        self.check_journal(written);
    }

    /// A disk that takes no more ends the journal, not the music.
    fn check_journal(&mut self, written: std::io::Result<()>) {
        if let Err(error) = written
            && let Some(journal) = self.journal.take()
        {
            let path = journal.path().display();
            self.notices.warn(format!("the journal {path} cannot be written any more: {error}"));
        }
    }
}

/// Outputs whose addresses cannot be used, as problems of the text.
fn address_problems(wrong: Vec<String>, source: &Source) -> Vec<Problem> {
    let place = |line: &str| {
        let name = line.split(':').next().unwrap_or("").to_owned();
        let at = source.text.find(&name).unwrap_or(0);
        source.loc(at, at + name.len())
    };
    let problem = |line: String| Problem::error("output", place(&line), line);
    wrong.into_iter().map(problem).collect()
}

/// Where a place is, in words, as long as its source is remembered.
pub fn locator(sources: &Arc<Mutex<Sources>>) -> crate::live::Locate {
    let sources = sources.clone();
    Box::new(move |loc: Loc| {
        let sources = sources.lock().unwrap_or_else(|e| e.into_inner());
        let source = sources.get(loc.file())?;
        let position = source.position(loc.from());
        Some(format!("{}:{}:{}", source.name, position.line, position.column))
    })
}
