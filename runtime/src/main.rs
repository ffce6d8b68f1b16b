//! The mag binary: arguments to one command.

use clap::{CommandFactory, Parser};
use mag::command::Cli;
use mag::notice::Notices;
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let Some(command) = cli.command else {
        let _ = Cli::command().print_help();
        return ExitCode::from(2);
    };
    command.run().unwrap_or_else(|problem| {
        let notices = Notices::to_terminal();
        notices.error(format!("mag: {problem}"));
        notices.flush();
        ExitCode::from(mag::command::PROBLEMS)
    })
}
