//! The performer's side of a performance: texts come in, are checked, journalled and sent on
//! stage; undo and redo step through what was accepted. No thread inside.

use crate::device::Reading;
use crate::files::Library;
use crate::journal::{Entry, Journal, News, Recorded};
use crate::notice::Notices;
use crate::phrases::Substitution;
use crate::route::{Defaults, Routes};
use crate::scheduler::probe;
use crate::stage::When;
use mag_lang::problem::Problem;
use mag_lang::source::{Source, Sources};
use mag_lang::{Action, Evaluation, Language, Mode, Program, Shown, report};
use mag_pattern::{Loc, Pattern, Time, World};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Instant;

mod history;
mod taps;
use history::History;
use taps::Taps;

/// Texts whose places can still be shown.
const REMEMBERED: u16 = 500;

/// Who plays what a session accepts: the real stage, or one in virtual time.
pub trait Player {
    /// Lets `program` take over; answers when, in cycles. `None` if nothing can play any more.
    fn swap(&mut self, program: Arc<Program>, routes: Routes, when: When) -> Option<Time>;
    /// Plays the first cycle of `pattern` once; answers from when.
    fn once(&mut self, pattern: Pattern, when: When) -> Option<Time>;
    /// Lets what sounds at the moment `at` fade.
    fn hush(&mut self, at: Time);
    /// Cuts what sounds.
    fn panic(&mut self);
    /// The cycle that the performance begins with, if it has not begun.
    fn begin_at(&mut self, first: Time);
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
    taps: Taps,
    born: Instant,
    /// What was accepted last was a tempo that was tapped.
    tapping: bool,
    /// What is evaluated has been performed already, and is only to be known again.
    recalling: bool,
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
            recalling: false,
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
        if evaluation.changed && !self.recalling {
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

    /// To be called a few times a second: what the journal has to know besides the texts.
    pub fn tend(&mut self, substitutions: &[Substitution]) {
        let now = self.player.now();
        let Some(journal) = &mut self.journal else { return };
        let mut news: Vec<News> = substitutions.iter().filter_map(|s| journal.phrase(s)).collect();
        if self.begun {
            news.extend(journal.tend(now));
        }
        news.into_iter().for_each(|news| self.tell(Some(news)));
    }

    /// Another take of the set, from the start on.
    pub fn set_seed(&mut self, seed: i64) {
        let program = self.history.current().with_seed(seed);
        self.history.replace(Arc::new(program));
    }

    /// Knows again what a journalled performance came to, as if it had been typed here; the next
    /// program begins at the cycle `at`. Answers how many texts this version refuses.
    pub fn recall(&mut self, recorded: &Recorded, takes: usize, at: Time) -> usize {
        self.set_seed(recorded.seed);
        self.recalling = true;
        let entries = recorded.takes.iter().take(takes).flat_map(|take| &take.entries);
        let refused = entries.filter(|entry| self.perform_again(entry).is_err()).count();
        self.recalling = false;
        // What was on its way has arrived.
        let settled = self.history.current().settled();
        self.history.replace(Arc::new(settled));
        self.player.begin_at(at);
        refused
    }

    /// Evaluates what a journal has, for the moment at which it took effect.
    ///
    /// # Errors
    /// As [`Session::evaluate`].
    pub fn perform_again(&mut self, entry: &Entry) -> Result<Outcome, Vec<Problem>> {
        let files = crate::files::Kept(entry.files.clone());
        let when = Some(entry.landed.map_or(entry.when, When::At));
        let (name, text, mode) = (&entry.name, &entry.text, entry.mode);
        self.evaluate(&Text { name, text, mode, files: &files, when })
    }

    /// Lets what is known play, if nothing plays yet; answers from when.
    pub fn begin(&mut self) -> Option<Time> {
        if self.begun || self.history.current().parts.is_empty() {
            return None;
        }
        let program = self.history.current().clone();
        match Routes::of(&program, &self.defaults) {
            Ok(routes) => self.swap(program, routes, When::Now),
            Err(wrong) => {
                wrong.into_iter().for_each(|line| self.notices.error(line));
                None
            }
        }
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

    /// A tap on the beat, just now.
    fn tap(&mut self) -> Outcome {
        let (count, tempo) = self.taps.tap(self.born.elapsed().as_secs_f64());
        let Some(tempo) = tempo else {
            let said = format!("tap {count}: go on");
            return Outcome { said: vec![said], ..Outcome::default() };
        };
        self.tapping = count > 4;
        let (files, line) = (crate::files::Kept::default(), format!("tempo {tempo}"));
        let when = Some(When::Now);
        let text = Text { name: "tap", text: &line, mode: Mode::Block, files: &files, when };
        let mut outcome = self.evaluate(&text).unwrap_or_default();
        outcome.said.push(format!("tap {count}: {tempo} bpm"));
        outcome
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
        let Evaluation { program, shown, actions, warnings, changed, .. } = evaluation;
        let mut outcome = Outcome { shown, warnings, ..Outcome::default() };
        if changed {
            if std::mem::take(&mut self.tapping) {
                // Taps in a row are one step.
                self.history.replace(program.clone());
            } else {
                self.history.push(program.clone());
            }
            outcome.at = self.swap(program, routes, when);
        } else {
            // Names alone may have changed: later texts build on them, nothing to undo.
            self.history.replace(program);
        }
        for action in actions {
            self.act(action, when, &mut outcome);
        }
        outcome
    }

    fn swap(&mut self, program: Arc<Program>, routes: Routes, when: When) -> Option<Time> {
        if self.recalling {
            return None;
        }
        self.begun = true;
        self.player.swap(program, routes, when)
    }

    fn act(&mut self, action: Action, when: When, outcome: &mut Outcome) {
        let steps = matches!(action, Action::Undo | Action::Redo);
        if self.recalling && !steps {
            return;
        }
        match action {
            Action::Hush => {
                let at = outcome.at.unwrap_or_else(|| self.player.now());
                self.player.hush(at);
            }
            Action::Panic => self.player.panic(),
            Action::Undo => self.step(History::undo, "nothing to undo", when, outcome),
            Action::Redo => self.step(History::redo, "nothing to redo", when, outcome),
            Action::Once(pattern) => {
                let at = self.player.once(pattern, when);
                outcome.at = outcome.at.or(at);
            }
            Action::Quantum(word) => outcome.said.push(format!("edits take effect: {word}")),
            Action::Say(said) => outcome.said.push(said),
            // (what a text says of its own moment has been heeded; taps count one by one)
            Action::At(_) | Action::Tap => {}
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
            Ok(routes) => outcome.at = self.swap(program, routes, when),
            Err(wrong) => outcome.said.extend(wrong),
        }
    }

    fn write(&mut self, text: &Text, when: When) {
        let Some(journal) = &mut self.journal else { return };
        let news = journal.text(&Entry {
            mode: text.mode,
            when,
            name: text.name.to_owned(),
            text: text.text.to_owned(),
            files: text.files.texts(),
            landed: None,
        });
        self.tell(news);
    }

    /// A disk that takes no more holds up the journal, not the music.
    fn tell(&self, news: Option<News>) {
        let Some(journal) = &self.journal else { return };
        let path = journal.path().display();
        match news {
            None => {}
            Some(News::Stopped(error)) => self.notices.warn(format!(
                "the journal {path} cannot be written ({error}): the music plays on, and what you \
                 do waits in memory until it can"
            )),
            Some(News::Back(0)) => {
                self.notices.info(format!("the journal {path} is written again; nothing is lost"));
            }
            Some(News::Back(lost)) => self
                .notices
                .warn(format!("the journal {path} is written again; {lost} lines of it are lost")),
        }
    }
}

/// Whether the journal needs to know of an action.
fn matters(action: &Action) -> bool {
    match action {
        Action::Hush | Action::Panic | Action::Undo | Action::Redo => true,
        Action::Once(_) | Action::Quantum(_) => true,
        // (it comes with an edit, which is written down even where it changes nothing)
        Action::At(_) => true,
        Action::Tap | Action::Say(_) => false,
        Action::Record(_) | Action::Help(_) | Action::Load | Action::Timing { .. } => false,
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

impl Drop for Session {
    fn drop(&mut self) {
        let now = self.player.now();
        if let (true, Some(journal)) = (self.begun, &mut self.journal) {
            journal.here(now);
        }
    }
}
