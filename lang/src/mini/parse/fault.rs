//! What is wrong with a mini-notation text, told at the character that is wrong.

use super::{Open, Reader, closing};
use crate::problem::Problem;
use mag_pattern::Loc;

impl Reader<'_> {
    pub(super) fn loc(&self, from: usize, to: usize) -> Loc {
        crate::mini::place(self.file, self.base, from, to)
    }

    pub(super) fn here(&self) -> Loc {
        let width = self.text[self.at..].chars().next().map_or(0, char::len_utf8);
        self.loc(self.at, self.at + width)
    }

    pub(super) fn found(&self) -> String {
        match self.text[self.at..].chars().next() {
            Some(c) => format!("`{c}`"),
            None => "the end of the pattern".into(),
        }
    }

    pub(super) fn problem(&self, code: &'static str, message: &str, expected: &str) -> Problem {
        Problem::error(code, self.here(), message).expected(expected).found(self.found())
    }

    /// What stands here belongs to nothing.
    pub(super) fn stray(&self) -> Problem {
        let c = self.text[self.at..].chars().next().unwrap_or(' ');
        match c {
            ']' | '>' | '}' | ')' => Problem::error(
                "mini-unopened",
                self.here(),
                format!("`{c}` closes nothing in this pattern"),
            )
            .help("remove it, or open the bracket that it should close"),
            '|' | ',' | '.' => Problem::error(
                "mini-mixed",
                self.here(),
                "`,` `|` and `.` cannot stand side by side in one group",
            )
            .help("put one of them into brackets: `[a | b], c`"),
            _ => self.problem("mini-unexpected", "this does not belong in a pattern", "a step"),
        }
    }

    pub(super) fn empty(&self, open: Option<Open>) -> Problem {
        match (self.peek(), open) {
            (Some(c), Some((bracket, from))) if c == closing(bracket) => Problem::error(
                "mini-empty",
                self.loc(from, self.at + 1),
                "there is nothing between these brackets",
            )
            .help("write `~` for a rest"),
            (Some(b']' | b'>' | b'}' | b')'), None) => self.stray(),
            _ => self.problem("mini-missing", "a step is missing here", "a word, number or group"),
        }
    }

    pub(super) fn unclosed(&self, bracket: u8, from: usize) -> Problem {
        let (open, close) = (bracket as char, closing(bracket) as char);
        Problem::error(
            "mini-unclosed",
            self.loc(from, from + 1),
            format!("this `{open}` is never closed"),
        )
        .expected(format!("`{close}`"))
        .found(self.found())
        .note(self.here(), format!("`{close}` is missing here"))
    }

    pub(super) fn not_a_step(&self) -> Problem {
        let c = self.text[self.at..].chars().next().unwrap_or(' ');
        let problem = match c {
            '*' | '/' | '!' | '@' | '?' | ':' | '(' => Problem::error(
                "mini-operator",
                self.here(),
                format!("`{c}` has nothing before it to work on"),
            ),
            _ => {
                Problem::error("mini-unexpected", self.here(), "this does not belong in a pattern")
            }
        };
        let problem = problem.expected("a word, number or group").found(self.found());
        match c {
            '+' | '&' | '=' | '$' => {
                problem.help("inside double quotes is mini-notation; operators go outside of them")
            }
            ';' => problem.help("steps are separated by spaces, layers by `,`"),
            _ => problem,
        }
    }
}
