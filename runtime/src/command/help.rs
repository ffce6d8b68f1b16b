//! `mag help`: the manual of the language, made of its standard library.

use crate::notice::print;
use crate::repl::manual;
use clap::Args;
use std::process::ExitCode;

/// What `mag help` is asked.
#[derive(Debug, Args)]
pub struct Help {
    /// A function, control, signal or generator of the language; without it, an overview
    pub name: Option<String>,
}

impl Help {
    /// Answers on standard output.
    ///
    /// # Errors
    /// If the name is not known, with those that may have been meant.
    pub fn run(self) -> Result<ExitCode, String> {
        let language = crate::phrases::library::language();
        match self.name {
            None => print(manual::overview().trim_end()),
            Some(name) => print(manual::explain(&language, &name)?.trim_end()),
        }
        Ok(ExitCode::SUCCESS)
    }
}
