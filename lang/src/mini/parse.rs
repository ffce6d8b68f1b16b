//! Reads mini-notation text into its tree.

use super::tree::{Change, Layers, Sequence, Step, Term};
use crate::problem::Problem;
use mag_pattern::{Loc, Sym, Time, Value};

/// Brackets deeper than this are refused.
const DEPTH: usize = 120;
/// Brackets and operators around one step, at most.
const HEIGHT: usize = 200;
/// Steps of one text, at most.
const STEPS: usize = 20_000;

/// Reads a text whose first byte lies at `base` in `file`.
///
/// # Errors
/// The first place where the text makes no sense.
pub fn parse(text: &str, file: u16, base: usize) -> Result<Layers, Problem> {
    measured(text, file, base).map(|(layers, _)| layers)
}

/// The tree of a text, and how many brackets and operators there are around one step, at most.
pub(super) fn measured(text: &str, file: u16, base: usize) -> Result<(Layers, usize), Problem> {
    let bytes = text.as_bytes();
    let (depth, height, steps) = (0, 0, 0);
    let mut reader = Reader { text, bytes, at: 0, file, base, depth, height, steps, chances: 0 };
    reader.space();
    if reader.peek().is_none() {
        return Ok((Layers::Stack(Vec::new()), 0));
    }
    let layers = reader.layers(None)?;
    match reader.peek() {
        None => Ok((layers, reader.height)),
        Some(_) => Err(reader.stray()),
    }
}

struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    file: u16,
    base: usize,
    /// Open brackets.
    depth: usize,
    /// Brackets and operators around one step of what was read last, at most.
    height: usize,
    /// Steps read so far.
    steps: usize,
    chances: i64,
}

/// The bracket that a group was opened with, and where.
type Open = (u8, usize);

fn closing(open: u8) -> u8 {
    match open {
        b'[' => b']',
        b'<' => b'>',
        b'{' => b'}',
        _ => b')',
    }
}

fn is_word(c: char) -> bool {
    if c.is_ascii() { is_word_byte(c as u8) } else { c.is_alphanumeric() }
}
fn is_word_byte(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'~' | b'-' | b'#' | b'.' | b'^' | b'_' | b'\'')
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }
    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }
    fn space(&mut self) {
        while let Some(byte) = self.peek() {
            if byte == b' ' {
                self.at += 1;
            } else if byte.is_ascii_graphic() {
                return;
            } else {
                let c = self.text[self.at..].chars().next().filter(|c| c.is_whitespace());
                let Some(c) = c else { return };
                self.at += c.len_utf8();
            }
        }
    }
    fn loc(&self, from: usize, to: usize) -> Loc {
        super::place(self.file, self.base, from, to)
    }
    fn here(&self) -> Loc {
        let width = self.text[self.at..].chars().next().map_or(0, char::len_utf8);
        self.loc(self.at, self.at + width)
    }
    fn found(&self) -> String {
        match self.text[self.at..].chars().next() {
            Some(c) => format!("`{c}`"),
            None => "the end of the pattern".into(),
        }
    }
    fn problem(&self, code: &'static str, message: &str, expected: &str) -> Problem {
        Problem::error(code, self.here(), message).expected(expected).found(self.found())
    }

    /// What stands here belongs to nothing.
    fn stray(&self) -> Problem {
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

    /// Sequences up to the closing bracket or the end.
    fn layers(&mut self, open: Option<Open>) -> Result<Layers, Problem> {
        let first = self.sequence(open)?;
        let mut all = vec![first];
        let Some(mark @ (b',' | b'|' | b'.')) = self.peek() else { return Ok(Layers::Stack(all)) };
        let mut tallest = self.height;
        while self.take(mark) {
            self.space();
            all.push(self.sequence(open)?);
            tallest = tallest.max(self.height);
        }
        self.height = tallest;
        Ok(match mark {
            b',' => Layers::Stack(all),
            b'.' => Layers::Feet(all),
            _ => {
                self.chances += 1;
                Layers::Choice(all, self.chances)
            }
        })
    }

    /// Comma-separated sequences only, as in `<…>` and `{…}`.
    fn stacked(&mut self, open: Open) -> Result<Vec<Sequence>, Problem> {
        let from = self.at;
        let mark = match self.layers(Some(open))? {
            Layers::Stack(all) => return Ok(all),
            Layers::Feet(_) => '.',
            Layers::Choice(..) => '|',
        };
        let (open, close) = (open.0 as char, closing(open.0) as char);
        let message = format!("`{mark}` cannot stand directly inside `{open} {close}`");
        Err(Problem::error("mini-mixed", self.loc(from, self.at), message)
            .help(format!("put the steps around it into brackets: `{open}[a {mark} b]{close}`")))
    }

    fn sequence(&mut self, open: Option<Open>) -> Result<Sequence, Problem> {
        self.space();
        let counts = self.peek() == Some(b'^') && self.take(b'^');
        self.space();
        let mut steps: Vec<Step> = Vec::new();
        let mut tallest = 0;
        loop {
            match self.peek() {
                None => break,
                Some(b']' | b'>' | b'}' | b')' | b',' | b'|') => break,
                Some(b'.') if self.is_foot() => break,
                Some(_) => {}
            }
            steps.push(Step::plain(Term::Rest));
            // Read in place: a step is too large to be handed up from call to call.
            if let Some(step) = steps.last_mut() {
                self.step(step)?;
            }
            tallest = tallest.max(self.height);
            self.space();
        }
        self.height = tallest;
        if let (None, Some((bracket, from))) = (self.peek(), open) {
            return Err(self.unclosed(bracket, from));
        }
        if steps.is_empty() {
            return Err(self.empty(open));
        }
        Ok(Sequence { steps, counts })
    }

    fn empty(&self, open: Option<Open>) -> Problem {
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

    fn unclosed(&self, bracket: u8, from: usize) -> Problem {
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

    /// A `.` on its own, between steps.
    fn is_foot(&self) -> bool {
        self.text[self.at + 1..].chars().next().is_none_or(|c| !is_word(c))
    }

    fn step(&mut self, step: &mut Step) -> Result<(), Problem> {
        let from = self.at;
        self.steps += 1;
        if self.steps > STEPS {
            let problem = Problem::error("mini-size", self.here(), "too many steps in one pattern");
            return Err(problem.expected(format!("at most {STEPS} steps")));
        }
        self.height = 0;
        step.term = self.term()?;
        let mut height = self.height;
        let mut operators = 0;
        loop {
            self.height = 0;
            if !self.operator(step)? {
                break;
            }
            if step.ops.len() > operators {
                operators = step.ops.len();
                height = height.max(self.height) + 1;
            }
            if height > HEIGHT {
                let loc = self.loc(from, self.at);
                let problem = Problem::error("mini-depth", loc, "too much is done to one step");
                return Err(problem.expected(format!("up to {HEIGHT} brackets and operators")));
            }
        }
        self.height = height;
        Ok(())
    }

    /// One operator behind a step; false if there is none.
    fn operator(&mut self, step: &mut Step) -> Result<bool, Problem> {
        let start = self.at;
        self.space();
        let spaced = self.at > start;
        match self.peek() {
            Some(b'@') => {
                self.at += 1;
                self.reweigh(step)?;
            }
            Some(b'_') if spaced && self.is_hold() => {
                self.at += 1;
                self.reweigh(step)?;
            }
            Some(b'!') => {
                self.at += 1;
                self.replicate(step)?;
            }
            Some(b'.') if self.bytes.get(self.at + 1) == Some(&b'.') && spaced => {
                self.at += 2;
                step.ops.push(Change::Range(self.operand("..")?));
            }
            Some(b'/') if spaced && self.is_address() => {
                self.at = start;
                return Ok(false);
            }
            Some(c @ (b'*' | b'/' | b'(' | b'?' | b':')) => {
                self.at += 1;
                self.attached(c, step)?;
            }
            _ => {
                self.at = start;
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// `_` alone or before a number.
    fn is_hold(&self) -> bool {
        let rest = &self.text[self.at + 1..];
        let word = &rest[..rest.find(|c| !is_word(c)).unwrap_or(rest.len())];
        word.is_empty() || word.parse::<f64>().is_ok()
    }

    fn reweigh(&mut self, step: &mut Step) -> Result<(), Problem> {
        let from = self.at;
        let by = self.number()?.unwrap_or(2.0);
        let weight = step.weight + Time::from_f64(by) - Time::ONE;
        if by < 0.0 || !weight.is_defined() {
            let loc = self.loc(from, self.at);
            return Err(Problem::error("mini-weight", loc, "a weight must be a number from 0 up"));
        }
        step.weight = weight;
        Ok(())
    }

    fn replicate(&mut self, step: &mut Step) -> Result<(), Problem> {
        let from = self.at;
        let by = self.number()?.unwrap_or(2.0);
        if !(0.0..=10_000.0).contains(&by) {
            let loc = self.loc(from, self.at);
            let problem = Problem::error("mini-replicate", loc, "cannot repeat a step that often");
            return Err(problem.expected("a number from 0 to 10000"));
        }
        let before = step.ops.iter().position(|op| matches!(op, Change::Replicate(_)));
        let already = match before.map(|i| step.ops.remove(i)) {
            Some(Change::Replicate(n)) => n,
            _ => 1,
        };
        let copies = already + by as i64 - 1;
        step.ops.push(Change::Replicate(copies));
        step.weight = Time::int(copies);
        Ok(())
    }

    fn attached(&mut self, mark: u8, step: &mut Step) -> Result<(), Problem> {
        let change = match mark {
            b'*' => Change::Fast(self.factor("*")?),
            b'/' => Change::Slow(self.factor("/")?),
            b':' => Change::Tail(self.operand(":")?),
            b'?' => {
                let share = self.number()?.unwrap_or(0.5);
                self.chances += 1;
                Change::Degrade(share, self.chances)
            }
            _ => self.euclid()?,
        };
        step.ops.push(change);
        Ok(())
    }

    /// The operand of an operator: a word, number or group, without operators of its own.
    fn operand(&mut self, mark: &str) -> Result<Box<Step>, Problem> {
        self.space();
        match self.peek() {
            Some(b'[' | b'<' | b'{') => {}
            _ if self.word_length() > 0 => {}
            _ => {
                let message = format!("`{mark}` needs a number, word or group after it");
                return Err(self.problem("mini-operand", &message, "a number, word or group"));
            }
        }
        Ok(Box::new(Step::plain(self.term()?)))
    }

    /// An operand that, if it is a plain word, spells a number or a note.
    fn factor(&mut self, mark: &str) -> Result<Box<Step>, Problem> {
        let operand = self.operand(mark)?;
        numeric(&operand, || format!("`{mark}` needs a number"))?;
        Ok(operand)
    }

    fn euclid(&mut self) -> Result<Change, Problem> {
        let open = (b'(', self.at - 1);
        self.deeper()?;
        let hits = self.argument(open)?;
        self.comma(open)?;
        let steps = self.argument(open)?;
        self.space();
        let mut rotation = None;
        if self.take(b',') {
            self.space();
            if self.peek() != Some(b')') {
                rotation = Some(self.argument(open)?);
                self.space();
            }
        }
        match self.peek() {
            Some(b')') => {
                self.at += 1;
                self.depth -= 1;
                Ok(Change::Euclid(hits, steps, rotation))
            }
            None => Err(self.unclosed(open.0, open.1)),
            Some(_) => Err(self.problem(
                "mini-euclid",
                "a rhythm is written (hits,steps) or (hits,steps,rotation)",
                "`)`",
            )),
        }
    }
    fn argument(&mut self, open: Open) -> Result<Box<Step>, Problem> {
        self.space();
        match self.peek() {
            None => Err(self.unclosed(open.0, open.1)),
            Some(b',' | b')') => {
                Err(self.problem("mini-euclid", "a number is missing here", "a number or group"))
            }
            Some(_) => {
                let mut step = Box::new(Step::plain(Term::Rest));
                self.step(&mut step)?;
                numeric(&step, || "a rhythm is made of numbers".into())?;
                Ok(step)
            }
        }
    }
    fn comma(&mut self, open: Open) -> Result<(), Problem> {
        self.space();
        if self.take(b',') {
            return Ok(());
        }
        match self.peek() {
            None => Err(self.unclosed(open.0, open.1)),
            Some(_) => Err(self.problem(
                "mini-euclid",
                "a rhythm is written (hits,steps) or (hits,steps,rotation)",
                "`,`",
            )),
        }
    }

    fn term(&mut self) -> Result<Term, Problem> {
        match self.peek() {
            Some(open @ (b'[' | b'<' | b'{')) => self.group((open, self.at)),
            Some(b'~') if self.word_length() <= 1 => {
                self.at += 1;
                Ok(Term::Rest)
            }
            Some(b'/') if self.is_address() => Ok(self.address()),
            _ => self.word(),
        }
    }

    fn group(&mut self, open: Open) -> Result<Term, Problem> {
        self.deeper()?;
        self.at += 1;
        let term = match open.0 {
            b'[' => {
                let layers = self.layers(Some(open))?;
                self.close(open)?;
                Term::Group(layers)
            }
            b'<' => {
                let all = self.stacked(open)?;
                self.close(open)?;
                Term::Slow(all)
            }
            _ => {
                let all = self.stacked(open)?;
                self.close(open)?;
                let pace = if self.take(b'%') { Some(self.factor("%")?) } else { None };
                Term::Polymeter(all, pace)
            }
        };
        self.depth -= 1;
        self.height += 1;
        Ok(term)
    }

    fn deeper(&mut self) -> Result<(), Problem> {
        self.depth += 1;
        if self.depth > DEPTH {
            let problem = Problem::error("mini-depth", self.here(), "brackets nested too deeply");
            return Err(problem.expected(format!("up to {DEPTH} brackets inside each other")));
        }
        Ok(())
    }

    fn close(&mut self, open: Open) -> Result<(), Problem> {
        let close = closing(open.0);
        if self.take(close) {
            return Ok(());
        }
        match self.peek() {
            None => Err(self.unclosed(open.0, open.1)),
            Some(b']' | b'>' | b'}' | b')') => Err(Problem::error(
                "mini-mismatch",
                self.here(),
                format!("this bracket does not match the `{}` it closes", open.0 as char),
            )
            .expected(format!("`{}`", close as char))
            .found(self.found())
            .note(self.loc(open.1, open.1 + 1), "opened here")),
            Some(_) => Err(self.stray()),
        }
    }

    /// Whether a `/` is the start of an OSC address such as `/stroke/one`.
    fn is_address(&self) -> bool {
        self.bytes.get(self.at + 1).is_some_and(u8::is_ascii_alphabetic)
    }

    fn address(&mut self) -> Term {
        let rest = &self.text[self.at..];
        let length = rest.find(|c| !is_word(c) && c != '/').unwrap_or(rest.len());
        let (from, to) = (self.at, self.at + length);
        self.at = to;
        Term::Atom(Value::Word(Sym::new(&self.text[from..to])), self.loc(from, to))
    }

    /// Bytes of the word that stands here.
    fn word_length(&self) -> usize {
        let bytes = &self.bytes[self.at..];
        let plain = bytes.iter().position(|b| !is_word_byte(*b)).unwrap_or(bytes.len());
        if bytes.get(plain).is_none_or(u8::is_ascii) {
            return plain;
        }
        let rest = &self.text[self.at..];
        rest.find(|c| !is_word(c)).unwrap_or(rest.len())
    }

    fn word(&mut self) -> Result<Term, Problem> {
        let length = self.word_length();
        let (from, to) = (self.at, self.at + length);
        let text = &self.text[from..to];
        if length == 0 || text.starts_with('\'') {
            return Err(self.not_a_step());
        }
        self.at = to;
        if text == "-" {
            return Ok(Term::Rest);
        }
        let loc = self.loc(from, to);
        if let Some(range) = self.joined_range(text, from) {
            return Ok(range);
        }
        let value = literal(text).map_or_else(|| Value::Word(Sym::new(text)), Value::Num);
        Ok(Term::Atom(value, loc))
    }

    /// `0..3` without spaces, which a performer means as a range.
    fn joined_range(&self, text: &str, from: usize) -> Option<Term> {
        let at = text.bytes().position(|b| b == b'.').filter(|i| text[*i..].starts_with(".."))?;
        let (first, last) = (literal(&text[..at])?, literal(&text[at + 2..])?);
        let atom = |x, a, b| Term::Atom(Value::Num(x), self.loc(from + a, from + b));
        let mut step = Step::plain(atom(first, 0, at));
        step.ops.push(Change::Range(Box::new(Step::plain(atom(last, at + 2, text.len())))));
        Some(Term::Group(Layers::Stack(vec![Sequence { steps: vec![step], counts: false }])))
    }

    fn not_a_step(&self) -> Problem {
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

    /// A number directly here, if there is one.
    fn number(&mut self) -> Result<Option<f64>, Problem> {
        let length = self.word_length();
        let text = &self.text[self.at..self.at + length];
        match literal(text) {
            Some(x) => {
                self.at += length;
                Ok(Some(x))
            }
            None => Ok(None),
        }
    }
}

/// Refuses a plain word that is no number.
fn numeric(step: &Step, message: impl Fn() -> String) -> Result<(), Problem> {
    match &step.term {
        Term::Atom(value @ Value::Word(word), loc) if value.number().is_none() => {
            let problem = Problem::error("mini-number", *loc, message());
            Err(problem.expected("a number such as 2 or <2 3>").found(format!("the word `{word}`")))
        }
        _ => Ok(()),
    }
}

/// The number that a word spells, as JavaScript's `Number` reads it.
fn literal(text: &str) -> Option<f64> {
    let first = *text.as_bytes().first()?;
    if !(first.is_ascii_digit() || matches!(first, b'-' | b'.' | b'+')) {
        return None;
    }
    if text.len() < 10 && text.bytes().all(|b| b.is_ascii_digit()) {
        return Some(text.bytes().fold(0, |n, b| n * 10 + u32::from(b - b'0')).into());
    }
    let digits = text.strip_prefix('-').unwrap_or(text);
    if let Some(hex) = digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
        return i64::from_str_radix(hex, 16).ok().map(|n| n as f64);
    }
    let plain =
        digits.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'-'));
    if !plain || !digits.bytes().any(|b| b.is_ascii_digit()) {
        return None;
    }
    text.parse().ok().filter(|x: &f64| x.is_finite()).map(|x| x + 0.0)
}
