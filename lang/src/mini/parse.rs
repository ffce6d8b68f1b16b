//! Reads mini-notation text into its tree.

mod fault;
mod word;

use super::tree::{Change, Layers, Sequence, Step, Term};
use crate::problem::Problem;
use mag_pattern::Time;
use word::numeric;

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
}
