//! `mag query`: the events of a pattern expression, for people and for scripts.

use super::check::problem_json;
use crate::notice::{Notices, print};
use crate::phrases::PhraseStore;
use clap::Args;
use mag_lang::source::{Source, Sources};
use mag_lang::{Language, Problem, Program, report};
use mag_pattern::{Hap, Pattern, Span, Time, World};
use serde_json::{Value as Json, json};
use std::io::BufRead;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::Arc;

mod events;

/// The most cycles of one query.
const CYCLES: i64 = 100_000;

/// What `mag query` is asked.
#[derive(Debug, Args)]
pub struct Query {
    /// First moment, in cycles: 0, 3/2, 0.25
    #[arg(long, value_name = "A", default_value = "0", value_parser = moment, allow_negative_numbers = true)]
    pub from: Time,
    /// Moment after the last; without it, one cycle after the first
    #[arg(long, value_name = "B", value_parser = moment, allow_negative_numbers = true)]
    pub to: Option<Time>,
    /// Answer in JSON, one line
    #[arg(long)]
    pub json: bool,
    /// A pattern such as 's "bd sn" .fast 2'; `-` reads one from each line of standard input and
    /// answers each with a line of JSON
    #[arg(allow_negative_numbers = true)]
    pub expr: String,
}

/// Why there are no events.
struct Refusal {
    /// One line.
    message: String,
    /// Drawn, for people.
    report: String,
    problems: Vec<Json>,
}

impl Query {
    /// Answers on standard output.
    ///
    /// # Errors
    /// In the user's words.
    pub fn run(self) -> Result<ExitCode, String> {
        let to = self.to.unwrap_or(self.from + Time::ONE);
        let cycles = to - self.from;
        if !(cycles >= Time::ZERO && cycles <= Time::int(CYCLES)) {
            let (from, limit) = (self.from, CYCLES);
            return Err(format!("--to {to} should be from {from} to {limit} cycles later"));
        }
        let language = crate::phrases::library::language();
        let program = language.empty();
        let store = PhraseStore::installed(Notices::to_terminal());
        let world = store.patient();
        let asker = Asker { language, program, span: Span::new(self.from, to), world: &world };
        if self.expr == "-" {
            asker.answer_lines()
        } else {
            Ok(asker.answer(&self.expr, self.json))
        }
    }
}

/// What it takes to answer.
struct Asker<'w> {
    language: Language,
    program: Arc<Program>,
    span: Span,
    world: &'w dyn World,
}

impl Asker<'_> {
    fn answer(&self, text: &str, as_json: bool) -> ExitCode {
        match self.events(text) {
            Ok((haps, base, source)) if as_json => print(&line_of(&haps, &source, base)),
            Ok((haps, ..)) => haps.iter().for_each(|hap| print(&events::line(hap))),
            Err(refusal) => {
                if as_json {
                    print(&refusal.line());
                } else {
                    eprint_report(&refusal.report);
                }
                return ExitCode::from(super::PROBLEMS);
            }
        }
        ExitCode::SUCCESS
    }

    /// Each line of standard input is an expression, each line of output its events.
    fn answer_lines(&self) -> Result<ExitCode, String> {
        let mut failed = false;
        for line in std::io::stdin().lock().split(b'\n') {
            let line = line.map_err(|e| format!("cannot read standard input: {e}"))?;
            let text = String::from_utf8_lossy(&line);
            let text = text.strip_suffix('\r').unwrap_or(&text);
            let answered = match self.events(text) {
                Ok((haps, base, source)) => line_of(&haps, &source, base),
                Err(refusal) => {
                    failed = true;
                    refusal.line()
                }
            };
            print(&answered);
        }
        Ok(if failed { ExitCode::from(super::PROBLEMS) } else { ExitCode::SUCCESS })
    }

    /// The events of an expression, the byte offset from which its places are counted, and it.
    fn events(&self, text: &str) -> Result<(Vec<Hap>, usize, Source), Refusal> {
        let source = Source::new(1, "EXPR", text);
        let asked = catch_unwind(AssertUnwindSafe(|| {
            let pattern = self.pattern(&source).map_err(|problems| refuse(problems, &source))?;
            self.query(&pattern).map_err(|(message, loc)| {
                let loc = loc.filter(|loc| loc.file() == source.file);
                let loc = loc.unwrap_or(source.loc(0, text.len()));
                refuse(vec![Problem::error("query", loc, message)], &source)
            })
        }));
        let haps = asked.unwrap_or_else(|_| {
            let message = "mag has a bug: it could not finish this".to_owned();
            Err(Refusal { report: message.clone(), message, problems: Vec::new() })
        })?;
        let base = events::string_start(text);
        Ok((haps, base, source))
    }

    /// The pattern of an expression. What makes no sense as one, has no quotes and begins with no
    /// known name is taken for mini-notation whose quotes the shell ate.
    fn pattern(&self, source: &Source) -> Result<Pattern, Vec<Problem>> {
        let refused = match self.language.expression(&self.program, source) {
            Ok(pattern) => return Ok(pattern),
            Err(problems) => problems,
        };
        let first: String =
            source.text.trim_start().chars().take_while(|c| c.is_alphanumeric()).collect();
        let known = self.language.entries().iter().any(|entry| entry.name == first);
        if source.text.contains(['"', '\'']) || known {
            return Err(refused);
        }
        mag_lang::mini::pattern(&source.text, source.file, 0).map_err(|_| refused)
    }

    fn query(&self, pattern: &Pattern) -> Result<Vec<Hap>, (String, Option<mag_pattern::Loc>)> {
        let mut query = mag_pattern::Query::new(self.world);
        let mut haps = Vec::new();
        let mut pieces = Vec::new();
        self.span.each_cycle(|_, piece| pieces.push(piece));
        for piece in pieces {
            query.restart();
            pattern.query(piece, &mut query, &mut haps);
            if let Some(trouble) = query.trouble() {
                return Err((trouble.message.clone(), trouble.loc));
            }
        }
        events::sort(&mut haps);
        Ok(haps)
    }
}

impl Refusal {
    fn line(&self) -> String {
        json!({ "error": self.message, "problems": self.problems }).to_string()
    }
}

fn refuse(problems: Vec<Problem>, source: &Source) -> Refusal {
    let sources = Sources::from(source.clone());
    let lines: Vec<String> = problems.iter().map(|p| report::plain(p, &sources)).collect();
    Refusal {
        message: lines.join("\n"),
        report: report::render(&problems, &sources, super::color()),
        problems: problems.iter().map(|p| problem_json(p, source)).collect(),
    }
}

fn line_of(haps: &[Hap], source: &Source, base: usize) -> String {
    let events = haps.iter().map(|hap| events::event(hap, source, base)).collect();
    let answer = serde_json::to_string(&events::Answer { events });
    answer.unwrap_or_else(|error| json!({ "error": error.to_string() }).to_string())
}

fn eprint_report(report: &str) {
    let notices = Notices::to_terminal();
    notices.error(report.trim_end());
    notices.flush();
}

/// A moment in cycles: a whole number, a fraction or a decimal.
fn moment(text: &str) -> Result<Time, String> {
    let refuse = || format!("expected a time in cycles such as 2, 3/2 or 0.25, found `{text}`");
    let time = match text.split_once('/') {
        Some((over, under)) => {
            let whole = |part: &str| part.trim().parse::<i64>().map_err(|_| refuse());
            Time::new(whole(over)?, whole(under)?)
        }
        None => Time::from_f64(text.parse::<f64>().map_err(|_| refuse())?),
    };
    if time.is_defined() { Ok(time) } else { Err(refuse()) }
}
