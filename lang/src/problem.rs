//! What is wrong with a text: where, what was expected, what was found, and the likely fix.

use mag_pattern::Loc;

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Legal but suspicious: the text is still evaluated.
    Warning,
    /// The evaluation is refused; what played plays on.
    Error,
}

impl Severity {
    /// `error` or `warning`, as reports print it.
    pub fn word(self) -> &'static str {
        match self {
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// One problem, with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// How bad it is.
    pub severity: Severity,
    /// Its kind, stable and in kebab-case, e.g. `unclosed-bracket`.
    pub code: &'static str,
    /// Where.
    pub loc: Loc,
    /// What is wrong, in one short line.
    pub message: String,
    /// What would have been right there.
    pub expected: Option<String>,
    /// What stands there.
    pub found: Option<String>,
    /// The likely fix.
    pub help: Option<String>,
    /// Other places that explain it.
    pub notes: Vec<(Loc, String)>,
}

impl Problem {
    /// An error of kind `code` at `loc`.
    pub fn error(code: &'static str, loc: Loc, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, loc, message.into())
    }

    /// A warning of kind `code` at `loc`.
    pub fn warning(code: &'static str, loc: Loc, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, loc, message.into())
    }

    fn new(severity: Severity, code: &'static str, loc: Loc, message: String) -> Self {
        let message = short(message);
        let (expected, found, help, notes) = (None, None, None, Vec::new());
        Problem { severity, code, loc, message, expected, found, help, notes }
    }

    /// Says what would have been right.
    pub fn expected(mut self, expected: impl Into<String>) -> Self {
        self.expected = Some(expected.into());
        self
    }

    /// Says what stands there.
    pub fn found(mut self, found: impl Into<String>) -> Self {
        self.found = Some(short(found.into()));
        self
    }

    /// Says the likely fix.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(short(help.into()));
        self
    }

    /// Adds the names that may have been meant: ``did you mean `scale`?`` Nothing if there are none.
    pub fn did_you_mean(self, names: &[&str]) -> Self {
        let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        match quoted.split_last() {
            None => self,
            Some((only, [])) => self.help(format!("did you mean {only}?")),
            Some((last, rest)) => self.help(format!("did you mean {} or {last}?", rest.join(", "))),
        }
    }

    /// Points at another place that explains this one.
    pub fn note(mut self, loc: Loc, text: impl Into<String>) -> Self {
        self.notes.push((loc, text.into()));
        self
    }

    /// Whether it refuses the evaluation.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// Longer words are cut: a message has to be read from a distance, whatever it quotes.
fn short(text: String) -> String {
    const LONGEST: usize = 60;
    let long = |word: &str| word.len() > LONGEST && word.chars().nth(LONGEST).is_some();
    if text.len() <= LONGEST || !text.split(' ').any(long) {
        return text;
    }
    let cut = |word: &str| match long(word) {
        true => word.chars().take(LONGEST / 2).chain(['…']).chain(word.chars().last()).collect(),
        false => word.to_string(),
    };
    text.split(' ').map(cut).collect::<Vec<String>>().join(" ")
}
