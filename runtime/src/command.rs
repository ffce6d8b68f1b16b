//! The command line: one verb each.

use crate::notice::Notices;
use clap::{Args, CommandFactory, Parser, Subcommand};
use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

pub mod check;
pub mod devices;
pub mod doctor;
pub mod generate;
pub mod help;
pub mod models;
pub mod play;
mod playing;
pub mod query;
pub mod render;
pub mod repl;
pub mod replay;
pub mod send;
pub mod surprise;

/// How a command ended when there were problems in the user's input.
pub const PROBLEMS: u8 = 1;

/// A live-coding language for generative music.
#[derive(Debug, Parser)]
#[command(name = "mag", version, about, max_term_width = 100, disable_help_subcommand = true)]
pub struct Cli {
    /// What to do; without a command the prompt opens.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What mag can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Play a file and follow its edits
    Play(play::Play),
    /// Open the prompt, with a file's parts if one is given
    Repl(repl::Repl),
    /// Write a file's music to a WAV file, faster than real time
    Render(render::Render),
    /// Play a journalled performance again, aloud or into a WAV file
    Replay(replay::Replay),
    /// Hand a line to the performance that is running: hush, undo, mute hats, or any block
    Send(send::Send),
    /// Show the events of a pattern expression
    Query(query::Query),
    /// Show all problems of a file, without playing it
    Check(check::Check),
    /// List sound cards
    Devices,
    /// Make phrases with a model
    Generate(generate::Generate),
    /// Tell how unlikely a model finds melodies
    Surprise(surprise::Surprise),
    /// List the models, and whether they run
    Models(models::Models),
    /// Show what works on this machine, and what to install for the rest
    Doctor,
    /// Explain a name of the language, or give an overview
    Help(help::Help),
}

/// The arguments with the verb that may be left out: `mag set.mag` and `mag --silent` mean the
/// prompt.
pub fn with_verb(arguments: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = arguments.collect();
    let Some(first) = arguments.get(1) else { return arguments };
    let path = Path::new(first);
    let option = first.to_string_lossy().starts_with('-')
        && !["-h", "--help", "-V", "--version"].iter().any(|own| first == own);
    let verb = Cli::command().find_subcommand(first).is_some();
    if !verb && (option || path.extension().is_some_and(|e| e == "mag") || path.is_file()) {
        arguments.insert(1, "repl".into());
    }
    arguments
}

impl Command {
    /// Runs it.
    ///
    /// # Errors
    /// What to tell the user; problems in the user's input.
    pub fn run(self) -> Result<ExitCode, String> {
        match self {
            Command::Play(play) => play.run(),
            Command::Repl(repl) => repl.run(),
            Command::Render(render) => render.run(),
            Command::Replay(replay) => replay.run(),
            Command::Send(send) => send.run(),
            Command::Query(query) => query.run(),
            Command::Check(check) => check.run(),
            Command::Devices => devices::run(),
            Command::Generate(generate) => generate.run(),
            Command::Surprise(surprise) => surprise.run(),
            Command::Models(models) => models.run(),
            Command::Doctor => doctor::run(),
            Command::Help(help) => help.run(),
        }
    }
}

/// The performer's own folders of recordings.
#[derive(Clone, Debug, Default, Args)]
pub struct Recordings {
    /// Play the recordings in this folder too: its folders are sounds (may be repeated)
    #[arg(long, value_name = "FOLDER")]
    samples: Vec<PathBuf>,
}

impl Recordings {
    /// The user's library, if there is one, and what was named.
    pub fn folders(&self) -> Vec<PathBuf> {
        let library = crate::samples::tree::library();
        library.into_iter().chain(self.samples.iter().cloned()).collect()
    }
}

/// Where the sound goes: the same for `play` and the prompt.
#[derive(Clone, Debug, Args)]
pub struct Sound {
    /// Send what sounds to SuperDirt instead of the built-in synth
    #[arg(long, value_name = "HOST:PORT", num_args = 0..=1, default_missing_value = "127.0.0.1:57120", value_parser = dirt)]
    pub dirt: Option<SocketAddr>,
    /// Where events with an `osc` address go
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:9000", value_parser = visuals)]
    pub osc: SocketAddr,
    /// Where notes over OSC are listened to, once a program asks for them (`answer osc`)
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:9001", value_parser = listened)]
    pub osc_in: SocketAddr,
    /// Leave the sound card alone
    #[arg(long)]
    pub silent: bool,
    /// Frames that the sound card asks for at once: fewer is faster, more is safer
    #[arg(long, value_name = "FRAMES", default_value_t = crate::device::BUFFER, value_parser = clap::value_parser!(u32).range(16..=16_384))]
    pub buffer: u32,
    /// Show no status line at the bottom of the terminal
    #[arg(long)]
    pub no_status: bool,
    /// Let programs send to this other machine too: a host, host:port or network (may be repeated)
    #[arg(long, value_name = "HOST:PORT")]
    pub allow_send: Vec<crate::permit::Target>,
    #[command(flatten)]
    recordings: Recordings,
}

impl Sound {
    /// Where cues go unless the program says otherwise.
    pub fn defaults(&self) -> crate::route::Defaults {
        use crate::route::{Defaults, Place};
        let named = self.dirt.into_iter().chain([self.osc]).map(crate::permit::Target::from);
        let named = named.chain(self.allow_send.iter().cloned()).collect();
        let permit = crate::permit::Permit::new(named, crate::config::path());
        Defaults { main: self.dirt.map_or(Place::Synth, Place::Dirt), visuals: self.osc, permit }
    }

    /// What to play on.
    pub fn setup(&self) -> crate::performer::Setup {
        crate::performer::Setup {
            silent: self.silent,
            buffer: self.buffer,
            samples: self.recordings.folders(),
        }
    }
}

/// How a set is played: the same for `play` and the prompt.
#[derive(Clone, Debug, Args)]
pub struct Set {
    /// When edits take effect: now, beat, bar, or a number of bars [default: beat, or what the
    /// configuration says]
    #[arg(long, value_parser = quantum)]
    pub quantum: Option<crate::stage::When>,
    /// Another take: draws all chance anew, that of models too
    #[arg(long, value_name = "N", allow_hyphen_values = true, conflicts_with = "resume")]
    pub seed: Option<i64>,
    /// Go on from the end of the last journal
    #[arg(long)]
    pub resume: bool,
    /// Keep no journal of the performance
    #[arg(long)]
    pub no_journal: bool,
}

fn quantum(text: &str) -> Result<crate::stage::When, String> {
    let known = crate::stage::When::parse(text);
    known.ok_or_else(|| "expected now, beat, bar or a number of bars".into())
}

fn dirt(text: &str) -> Result<SocketAddr, String> {
    crate::output::osc::resolve(text, crate::output::osc::DIRT_PORT)
}

fn listened(text: &str) -> Result<SocketAddr, String> {
    crate::output::osc::resolve(text, 9001)
}

fn visuals(text: &str) -> Result<SocketAddr, String> {
    crate::output::osc::resolve(text, crate::output::osc::VISUALS_PORT)
}

/// Reads a program's text.
///
/// # Errors
/// In the user's words.
pub fn read_text(path: &Path) -> Result<String, String> {
    let bytes = std::fs::read(path).map_err(|e| format!("cannot read {}: {e}", path.display()))?;
    String::from_utf8(bytes).map_err(|_| format!("{} is not UTF-8 text", path.display()))
}

/// Reads a program's text; `None` if there is a folder for it, but no such file yet.
///
/// # Errors
/// In the user's words.
fn read_text_or_await(path: &Path, notices: &Notices) -> Result<Option<String>, String> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if path.symlink_metadata().is_ok() || !folder.unwrap_or(Path::new(".")).is_dir() {
        return read_text(path).map(Some);
    }
    notices.info(format!("{} is not there yet: it plays once it is saved", path.display()));
    Ok(None)
}

/// The name of a file, as reports show it.
pub fn name_of(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into())
}

/// Whether reports are drawn in colour.
pub fn color() -> bool {
    use std::io::IsTerminal;
    let seen = crate::terminal::seen().unwrap_or_else(|| std::io::stderr().is_terminal());
    seen && crate::terminal::color()
}
