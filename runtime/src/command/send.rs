//! `mag send`: a line to the performance that is running.

use super::PROBLEMS;
use crate::{notice, wire};
use std::io::Read;
use std::process::ExitCode;

/// The arguments of `mag send`.
#[derive(Debug, clap::Args)]
pub struct Send {
    /// What to evaluate there, as if it were typed: hush, undo, mute hats, or a whole block; `-`
    /// reads standard input
    #[arg(required = true, allow_hyphen_values = true, value_name = "COMMAND")]
    words: Vec<String>,
}

impl Send {
    /// Sends it and prints the answer.
    ///
    /// # Errors
    /// If no performance runs.
    pub fn run(self) -> Result<ExitCode, String> {
        let mut text = self.words.join(" ");
        if text == "-" {
            text.clear();
            let read = std::io::stdin().take(1 << 21).read_to_string(&mut text);
            read.map_err(|e| format!("cannot read standard input: {e}"))?;
        }
        let answer = wire::send(&text)?;
        if !answer.text.is_empty() {
            notice::print(answer.text.trim_end());
        }
        Ok(if answer.accepted { ExitCode::SUCCESS } else { ExitCode::from(PROBLEMS) })
    }
}
