//! The mag binary: arguments to one command.

use clap::Parser;
use mag::command::repl::Repl;
use mag::command::{Cli, Command};
use mag::notice::Notices;
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = Cli::parse_from(mag::command::with_verb(std::env::args_os()));
    let command = cli.command.unwrap_or_else(|| Command::Repl(Repl::bare()));
    command.run().unwrap_or_else(|problem| {
        let notices = Notices::to_terminal();
        notices.error(format!("mag: {problem}"));
        notices.flush();
        ExitCode::from(mag::command::PROBLEMS)
    })
}
