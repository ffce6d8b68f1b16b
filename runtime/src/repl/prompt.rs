//! The line editor, on a thread of its own: hands over what was typed, shows what came of it.

use super::MARGIN;
use super::helper::{Assistant, indented, is_done};
use super::words::Words;
use crate::notice::{self, Notice, Sink};
use crate::terminal;
use rustyline::error::ReadlineError;
use rustyline::history::FileHistory;
use rustyline::{
    Cmd, CompletionType, ConditionalEventHandler, Config, Editor, Event, EventContext,
    EventHandler, ExternalPrinter, KeyCode, KeyEvent, Modifiers, RepeatCount,
};
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex};

const PROMPT: &str = "mag> ";
/// Lines that are remembered.
const HISTORY: usize = 5000;

/// What the performer did at the prompt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Typed {
    /// A block to evaluate, or a command of the prompt.
    Block(String),
    /// Ctrl-C where there was nothing to take back.
    Interrupt,
    /// Ctrl-Z where there was nothing to take back.
    Sleep,
    /// Ctrl-D, or the end of what is piped in.
    End,
}

/// What to show of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reply {
    /// Text for standard output; none if empty.
    pub text: String,
    /// Whether the prompt is over.
    pub leave: bool,
}

/// Where what was typed goes, with the way back for the reply; false when nobody listens.
pub type Deliver = Box<dyn Fn(Typed, SyncSender<Reply>) -> bool + Send>;

/// The line editor before it is started.
pub struct Prompt {
    editor: Editor<Assistant, FileHistory>,
    history: Option<PathBuf>,
    /// Whether the line was empty when Ctrl-C was pressed.
    idle: Arc<AtomicBool>,
    /// Whether it was Ctrl-Z.
    sleepy: Arc<AtomicBool>,
}

impl Prompt {
    /// An editor that completes `words` and remembers its lines in `history`.
    ///
    /// # Errors
    /// If the terminal cannot be used.
    pub fn new(words: Arc<Mutex<Words>>, history: Option<PathBuf>) -> Result<Prompt, String> {
        let config = Config::builder()
            .max_history_size(HISTORY)
            .and_then(|config| config.history_ignore_dups(true))
            .map_err(|e| e.to_string())?
            .completion_type(CompletionType::List)
            .bracketed_paste(true)
            .build();
        let color = std::io::stdout().is_terminal() && terminal::color();
        let mut editor = Editor::with_config(config).map_err(|e| e.to_string())?;
        editor.set_helper(Some(Assistant { words, color }));
        let idle = Arc::new(AtomicBool::new(true));
        let watch = Box::new(Interrupt(idle.clone()));
        editor.bind_sequence(KeyEvent::ctrl('C'), EventHandler::Conditional(watch));
        // Ctrl-Z stops the whole program, and the music with it: never by accident.
        let sleepy = Arc::new(AtomicBool::new(false));
        let watch = Box::new(Sleep { idle: idle.clone(), sleepy: sleepy.clone() });
        editor.bind_sequence(KeyEvent::ctrl('Z'), EventHandler::Conditional(watch));
        editor.bind_sequence(KeyEvent::ctrl('\\'), EventHandler::Simple(Cmd::Noop));
        let line_break = KeyEvent(KeyCode::Enter, Modifiers::ALT);
        let goes_on = Cmd::Insert(1, MARGIN.into());
        editor.bind_sequence(line_break, EventHandler::Simple(goes_on));
        let enter = KeyEvent(KeyCode::Enter, Modifiers::NONE);
        editor.bind_sequence(enter, EventHandler::Conditional(Box::new(Enter)));
        if let Some(path) = &history {
            // The first evening there is none yet.
            let _ = editor.load_history(path);
        }
        Ok(Prompt { editor, history, idle, sleepy })
    }

    /// Where messages of the performance go so that they stand above the line that is being
    /// typed; plain lines where the terminal cannot do that.
    pub fn sink(&mut self) -> Sink {
        match self.editor.create_external_printer() {
            Ok(mut printer) => Box::new(move |message: &Notice| {
                let text = terminal::wrapped(&message.text, terminal::width());
                let _ = printer.print(format!("{text}\n"));
            }),
            Err(_) => notice::terminal(),
        }
    }

    /// Reads until the end is near, on a thread of its own.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub fn start(mut self, deliver: Deliver) -> std::io::Result<()> {
        let read = move || {
            loop {
                let typed = self.read();
                let over = typed == Typed::End;
                let (reply, answered) = sync_channel(1);
                if !deliver(typed, reply) {
                    return;
                }
                let Ok(reply) = answered.recv() else { return };
                if !reply.text.is_empty() {
                    let text = reply.text.trim_end_matches('\n');
                    let columns = terminal::size().map_or(usize::MAX, |(_, n)| usize::from(n));
                    notice::print(&terminal::wrapped(text, columns));
                }
                if reply.leave || over {
                    return;
                }
            }
        };
        std::thread::Builder::new().name("prompt".into()).spawn(read).map(drop)
    }

    /// The next thing that the performer does.
    fn read(&mut self) -> Typed {
        loop {
            // In the background (`bg`) the music plays on, and the shell has the keys.
            terminal::await_front();
            terminal::keep_sleep_key();
            match self.editor.readline(PROMPT) {
                Ok(line) if line.trim().is_empty() => {}
                Ok(line) => {
                    self.remember(&line);
                    return Typed::Block(indented(&line));
                }
                Err(ReadlineError::Interrupted) if self.sleepy.swap(false, Ordering::Relaxed) => {
                    return Typed::Sleep;
                }
                Err(ReadlineError::Interrupted) if self.idle.load(Ordering::Relaxed) => {
                    return Typed::Interrupt;
                }
                // A line was taken back, or the window changed its size.
                Err(ReadlineError::Interrupted | ReadlineError::Signal(_)) => {}
                Err(_) => return Typed::End,
            }
        }
    }

    fn remember(&mut self, line: &str) {
        let line = line.trim_end();
        if matches!(self.editor.add_history_entry(line), Ok(true))
            && let Some(path) = &self.history
        {
            make_private_folder(path);
            // A disk that is full costs the history, not the music.
            let _ = self.editor.append_history(path);
        }
    }
}

fn make_private_folder(path: &Path) {
    if let Some(folder) = path.parent() {
        let _ = std::fs::create_dir_all(folder);
    }
}

/// Notes whether there was anything to take back when Ctrl-C was pressed.
struct Interrupt(Arc<AtomicBool>);

impl ConditionalEventHandler for Interrupt {
    fn handle(&self, _: &Event, _: RepeatCount, _: bool, line: &EventContext) -> Option<Cmd> {
        self.0.store(line.line().is_empty(), Ordering::Relaxed);
        Some(Cmd::Interrupt)
    }
}

/// Ctrl-Z takes back what was typed last; where there is nothing, it asks for sleep.
struct Sleep {
    idle: Arc<AtomicBool>,
    sleepy: Arc<AtomicBool>,
}

impl ConditionalEventHandler for Sleep {
    fn handle(&self, _: &Event, _: RepeatCount, _: bool, line: &EventContext) -> Option<Cmd> {
        if !line.line().is_empty() {
            return Some(Cmd::Undo(1));
        }
        self.idle.store(true, Ordering::Relaxed);
        self.sleepy.store(true, Ordering::Relaxed);
        Some(Cmd::Interrupt)
    }
}

/// A line that is not done goes on below, with a margin that shows it.
struct Enter;

impl ConditionalEventHandler for Enter {
    fn handle(&self, _: &Event, _: RepeatCount, _: bool, line: &EventContext) -> Option<Cmd> {
        (!is_done(line.line())).then(|| Cmd::Insert(1, MARGIN.into()))
    }
}

/// Where the lines are remembered: `mag/history` in the user's folder for state.
pub fn history_path() -> Option<PathBuf> {
    let journal = crate::journal::folder()?;
    Some(journal.parent()?.join("history"))
}
