//! The performer's side of a performance: texts come in, are checked, journalled and sent on
//! stage; undo and redo step through what was accepted. No thread inside.

use crate::files::Library;
use crate::journal::Journal;
use crate::notice::Notices;
use crate::route::{Defaults, Routes};
use crate::scheduler::probe;
use crate::stage::When;
use mag_lang::problem::Problem;
use mag_lang::source::{Source, Sources};
use mag_lang::{Action, Language, Mode, Program, Shown, report};
use mag_pattern::{Loc, Time, World};
use std::sync::{Arc, Mutex};
use std::time::Instant;

mod history;
mod perform;
mod player;
mod recall;
mod record;
mod taps;
use history::History;
pub use player::Player;
use record::matters;
use taps::Taps;

/// Texts whose places can still be shown.
const REMEMBERED: u16 = 500;

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
    taps: Taps,
    born: Instant,
    /// What was accepted last was a tempo that was tapped.
    tapping: bool,
    /// What is evaluated has been performed already, and is only to be known again: the programs
    /// that it came to.
    recalling: Option<Vec<(Time, Arc<Program>)>>,
    begun: bool,
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
            taps: Taps::default(),
            born: Instant::now(),
            tapping: false,
            recalling: None,
            begun: false,
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
        let evaluation = self.language.evaluate(&base, &source, text.mode, text.files)?;
        if matches!(evaluation.actions.as_slice(), [Action::Tap]) && !evaluation.changed {
            return Ok(self.tap());
        }
        let saved = text.mode == Mode::File && self.last_file != text.text;
        // What only asks for something to be shown is not part of the performance.
        let asks = !evaluation.shown.is_empty() || !evaluation.actions.iter().all(matters);
        let fresh = evaluation.changed
            || evaluation.renamed
            || saved
            || !asks
            || evaluation.actions.iter().any(matters);
        let routes = Routes::of(&evaluation.program, &self.defaults)
            .map_err(|wrong| address_problems(wrong, &source))?;
        if evaluation.changed && self.recalling.is_none() {
            self.probe(&evaluation.program)?;
        }
        let when = self.when(text, &evaluation.actions);
        if fresh {
            self.write(text, when);
        }
        if text.mode == Mode::File {
            text.text.clone_into(&mut self.last_file);
        }
        let mut outcome = self.perform(evaluation, routes, when);
        if saved && outcome.at.is_none() {
            outcome.said.push("nothing sounds different".into());
        }
        if let (Some(at), Some(journal)) = (outcome.at, &mut self.journal) {
            let news = journal.landed(at);
            self.tell(news);
        }
        Ok(outcome)
    }

    /// When a text takes effect: as whoever hands it over says, as it says itself, at once if it
    /// asks for silence, else at the quantum, which it may change.
    fn when(&mut self, text: &Text, actions: &[Action]) -> When {
        let (mut at, mut hushed) = (None, false);
        for action in actions {
            match action {
                Action::Quantum(word) => self.quantum = When::parse(word).unwrap_or(self.quantum),
                Action::At(word) => at = When::parse(word),
                Action::Hush | Action::Panic => hushed = true,
                _ => {}
            }
        }
        let at = text.when.or(at).or(hushed.then_some(When::Now));
        at.unwrap_or(self.quantum)
    }

    /// Another take of the set, from the start on.
    pub fn set_seed(&mut self, seed: i64) {
        let program = self.history.current().with_seed(seed);
        self.history.replace(Arc::new(program));
    }

    /// Whether this is the file that plays, word for word.
    pub fn knows_file(&self, text: &str) -> bool {
        self.last_file == text
    }

    /// Whether anything plays, or has played.
    pub fn begun(&self) -> bool {
        self.begun
    }

    /// When edits take effect from now on.
    pub fn set_quantum(&mut self, quantum: When) {
        self.quantum = quantum;
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
