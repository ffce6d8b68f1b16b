//! `mag check`: all problems of a file, without playing it.

mod names;

use crate::files::Folder;
use crate::notice::print;
use clap::Args;
use mag_lang::source::{Source, Sources};
use mag_lang::{Files, Mode, NoFiles, Problem, report};
use serde_json::{Value as Json, json};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What `mag check` is asked.
#[derive(Debug, Args)]
pub struct Check {
    /// Answer in JSON, one line
    #[arg(long)]
    pub json: bool,
    /// The file; `-` is standard input
    pub file: PathBuf,
}

impl Check {
    /// Answers on standard output; fails if there is an error.
    ///
    /// # Errors
    /// If the file cannot be read, in the user's words.
    pub fn run(self) -> Result<ExitCode, String> {
        let input = self.file == Path::new("-");
        let text = if input { read_input()? } else { super::read_text(&self.file)? };
        let name = if input { "-".into() } else { self.file.display().to_string() };
        let source = Source::new(1, &name, &text);
        let folder = Folder::around(&self.file);
        let files: &dyn Files = if input { &NoFiles } else { &folder };
        let problems = problems(&source, files);
        let failed = problems.iter().any(Problem::is_error);
        if self.json {
            let all: Vec<Json> = problems.iter().map(|p| problem_json(p, &source)).collect();
            print(&json!({ "file": name, "problems": all }).to_string());
        } else if problems.is_empty() {
            print(&format!("{name}: no problems"));
        } else {
            let drawn = report::render(&problems, &Sources::from(source), super::color());
            print(drawn.trim_end());
        }
        Ok(if failed { ExitCode::from(super::PROBLEMS) } else { ExitCode::SUCCESS })
    }
}

/// Errors and warnings of a whole program.
fn problems(source: &Source, files: &dyn Files) -> Vec<Problem> {
    let language = crate::phrases::library::language();
    match language.evaluate(&language.empty(), source, Mode::File, files) {
        Ok(evaluation) => {
            let mut warnings = evaluation.warnings;
            warnings.extend(names::warnings(&evaluation.program, source));
            warnings.sort_by_key(|p| (p.loc.file(), p.loc.from()));
            warnings
        }
        Err(problems) => problems,
    }
}

fn read_input() -> Result<String, String> {
    let mut bytes = Vec::new();
    let read = std::io::stdin().lock().read_to_end(&mut bytes);
    read.map_err(|e| format!("cannot read standard input: {e}"))?;
    String::from_utf8(bytes).map_err(|_| "standard input is not UTF-8 text".into())
}

/// A problem as JSON: `severity`, `code`, `message`; `line` and `column` from 1, `from` and `to` in
/// bytes from 0; and where they are known `expected`, `found`, `help`, `notes`.
pub(super) fn problem_json(problem: &Problem, source: &Source) -> Json {
    let at = source.position(problem.loc.from());
    let mut out = json!({
        "severity": problem.severity.word(),
        "code": problem.code,
        "message": problem.message,
        "line": at.line,
        "column": at.column,
        "from": problem.loc.from(),
        "to": problem.loc.to(),
    });
    for (name, text) in
        [("expected", &problem.expected), ("found", &problem.found), ("help", &problem.help)]
    {
        if let Some(text) = text {
            out[name] = json!(text);
        }
    }
    if !problem.notes.is_empty() {
        let note = |(loc, text): &(mag_pattern::Loc, String)| {
            let at = source.position(loc.from());
            json!({ "line": at.line, "column": at.column, "message": text })
        };
        out["notes"] = problem.notes.iter().map(note).collect();
    }
    out
}
