//! From the text of a block to tokens; every text has some, and what is wrong is told on the way.

use super::ast::Op;
use super::foreign;
use super::token::{Bracket, Tok, Token, shorten};
use crate::problem::Problem;
use chumsky::span::SimpleSpan;
use mag_pattern::Loc;
use std::ops::Range;

/// Appends the tokens of `text[range]` to `tokens`, and what is wrong with them to `problems`.
pub(crate) fn lex<'s>(
    file: u16,
    text: &'s str,
    range: Range<usize>,
    tokens: &mut Vec<Token<'s>>,
    problems: &mut Vec<Problem>,
) {
    let first = tokens.len();
    let text = text.get(..range.end).unwrap_or(text);
    let mut lexer = Lexer { file, text, at: range.start, first, tokens, problems };
    while lexer.token() {}
}

struct Lexer<'s, 'o> {
    file: u16,
    /// The file up to the end of the block.
    text: &'s str,
    at: usize,
    /// Index in `tokens` of the first token of this block.
    first: usize,
    tokens: &'o mut Vec<Token<'s>>,
    problems: &'o mut Vec<Problem>,
}

impl<'s> Lexer<'s, '_> {
    /// Reads one token; false at the end.
    fn token(&mut self) -> bool {
        let gap = self.skip_blank();
        let rest = self.rest();
        let mut chars = rest.chars();
        let Some(c) = chars.next() else { return false };
        let next = chars.next().unwrap_or(' ');
        let apart = gap || self.last().is_none_or(|t| t.wants_more());
        let alone = gap || !matches!(self.last(), Some(Tok::Op(_) | Tok::Neg)) && apart;
        match c {
            '0'..='9' => self.number(alone),
            '.' if next.is_ascii_digit() && apart => self.number(alone),
            '-' if apart && starts_number(rest.get(1..).unwrap_or("")) => self.number(alone),
            '-' if next == '>' => self.push(Tok::Arrow, 2),
            '-' if apart && !next.is_whitespace() && next != '|' => self.push(Tok::Neg, 1),
            '"' => self.mini(),
            '\'' => self.text(),
            '“' | '”' | '„' | '‘' | '’' | '`' => self.foreign_quote(c),
            '/' if next == '/' => self.other_comment("//"),
            '/' if next == '*' => self.other_comment("/*"),
            '#' if self.tokens.len() == self.first => self.other_comment("#"),
            ';' => self.semicolon(),
            _ if is_name_start(c) => self.name(),
            _ => self.mark(c),
        }
        true
    }

    fn rest(&self) -> &'s str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn last(&self) -> Option<Tok<'s>> {
        self.tokens.get(self.first..)?.last().map(|(tok, _)| *tok)
    }

    fn loc(&self, from: usize, to: usize) -> Loc {
        Loc::new(self.file, from, to)
    }

    /// Passes over white space and comments; true if there was any.
    fn skip_blank(&mut self) -> bool {
        let start = self.at;
        loop {
            let rest = self.rest();
            let trimmed = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
            self.at += rest.len() - trimmed.len();
            if !trimmed.starts_with("--") {
                return self.at > start;
            }
            self.at += line_len(trimmed);
        }
    }

    /// Adds a token of `len` bytes and moves past it.
    fn push(&mut self, tok: Tok<'s>, len: usize) {
        let span = SimpleSpan::from(self.at..self.at + len);
        self.tokens.push((tok, span));
        self.at += len;
    }

    /// Adds a token of `len` bytes that stands for a value whose problem is told here.
    fn bad(&mut self, len: usize, problem: Problem) {
        self.problems.push(problem);
        self.push(Tok::Bad, len);
    }

    /// `"…"`; it may run over the lines of its block.
    fn mini(&mut self) {
        let body = self.rest().get(1..).unwrap_or("");
        match body.find('"') {
            Some(len) => self.push(Tok::Mini(body.get(..len).unwrap_or("")), len + 2),
            None => self.unclosed('"', self.text.len() - self.at),
        }
    }

    /// `'…'` on one line; `\'` and `\\` do not end it.
    fn text(&mut self) {
        let body = self.rest().get(1..).unwrap_or("");
        let mut escaped = false;
        let end = body.char_indices().find(|(_, c)| {
            let quote = *c == '\'' && !escaped;
            escaped = *c == '\\' && !escaped;
            quote || *c == '\n'
        });
        match end {
            Some((len, '\'')) => self.push(Tok::Text(body.get(..len).unwrap_or("")), len + 2),
            _ => {
                let line = body.get(..end.map_or(body.len(), |(at, _)| at)).unwrap_or(body);
                self.unclosed('\'', line.trim_end().len() + 1);
            }
        }
    }

    /// A string that nothing ends: points at its opening quote, and at an earlier string that may
    /// have swallowed this quote.
    fn unclosed(&mut self, quote: char, len: usize) {
        let line = line_len(self.rest());
        let shown = self.rest().get(..line).map_or(line, |l| l.trim_end().len());
        let loc = self.loc(self.at, self.at + shown.min(len));
        let mut problem =
            Problem::error("unclosed-quote", loc, format!("this {quote} is never closed"))
                .expected(format!("a closing {quote}"))
                .found("the end of the statement")
                .help(format!("add the closing {quote}"));
        let block = self.tokens.get(self.first..).unwrap_or(&[]);
        let long = block.iter().rev().find(|(t, _)| matches!(t, Tok::Mini(s) if s.contains('\n')));
        if let Some((_, span)) = long.filter(|_| quote == '"') {
            let opener = self.loc(span.start, span.start + 1);
            problem = problem.note(opener, "or this one, which runs over several lines?");
        }
        self.bad(len, problem);
    }

    /// `“…”` as word processors, or `…` in backticks as other languages, write it.
    fn foreign_quote(&mut self, open: char) {
        let rest = self.rest();
        let line = rest.get(..line_len(rest)).unwrap_or(rest);
        let (ends, straight, what) = match open {
            '`' => ("`", '"', "backticks"),
            '‘' | '’' => ("‘’'", '\'', "curly quotes"),
            _ => ("“”„\"", '"', "curly quotes"),
        };
        let close = line.char_indices().skip(1).find(|(_, c)| ends.contains(*c));
        let len = close.map_or(line.trim_end().len(), |(i, c)| i + c.len_utf8());
        let inside = line.get(open.len_utf8()..close.map_or(len, |(i, _)| i)).unwrap_or("");
        let loc = self.loc(self.at, self.at + len);
        let problem = Problem::error("foreign-quotes", loc, format!("{what} do not make a string"))
            .help(format!("write {straight}{}{straight}", shorten(inside)));
        self.bad(len, problem);
    }

    /// A comment as other languages mark it: told, and passed over to the end of the line.
    fn other_comment(&mut self, mark: &str) {
        let loc = self.loc(self.at, self.at + mark.len());
        let message = format!("`{mark}` does not start a comment");
        let problem = Problem::error("foreign-comment", loc, message);
        let help = match mark {
            "/*" => "a comment starts with `--`, on each of its lines",
            _ => "a comment starts with `--`",
        };
        self.problems.push(problem.help(help));
        self.at += line_len(self.rest());
    }

    /// `;` is told and passed over.
    fn semicolon(&mut self) {
        let loc = self.loc(self.at, self.at + 1);
        let problem = Problem::error("semicolon", loc, "a statement ends without `;`");
        self.problems
            .push(problem.found("`;`").help("leave it out; start the next one on a new line"));
        self.at += 1;
    }

    /// `-7`, `0.25`, `.5`, `1e3`, and `1/8` if it is `alone`: no operator touches it.
    fn number(&mut self, alone: bool) {
        let rest = self.rest();
        let len = number_len(rest);
        let numerator = rest.get(..len).unwrap_or("");
        let below = rest.get(len..).and_then(|r| r.strip_prefix('/')).unwrap_or("");
        let below_len = number_len(below);
        let ratio = alone && below.starts_with(|c: char| c.is_ascii_digit());
        let total = if ratio { len + 1 + below_len } else { len };
        let word = rest.get(total..).unwrap_or("");
        if word.starts_with(is_name_start) {
            return self.number_in_name(total + word.find(|c| !is_name(c)).unwrap_or(word.len()));
        }
        let value = |digits: &str| digits.parse::<f64>().ok().filter(|n| n.is_finite());
        let slash = SimpleSpan::from(self.at + len..self.at + len + 1);
        let tok = match (value(numerator), ratio) {
            (Some(n), false) => Some(Tok::Num(n)),
            (Some(n), true) => {
                value(below.get(..below_len).unwrap_or("")).map(|d| Tok::Ratio(n, d, slash))
            }
            (None, _) => None,
        };
        match tok {
            Some(tok) => self.push(tok, total),
            None => {
                let loc = self.loc(self.at, self.at + total);
                let problem = Problem::error("number-size", loc, "this number is too large");
                self.bad(total, problem.expected("at most 1.8e308"));
            }
        }
    }

    /// `808bd`: digits that run into letters.
    fn number_in_name(&mut self, len: usize) {
        let word = self.rest().get(..len).unwrap_or("");
        let loc = self.loc(self.at, self.at + len);
        let problem = Problem::error("number-in-name", loc, "a name cannot start with a digit")
            .found(format!("`{}`", shorten(word)))
            .help("put a space after the number, or quotes round a sound's name");
        self.bad(len, problem);
    }

    /// A name; it may end in a prime (`chunk'`) where that cannot open a text.
    fn name(&mut self) {
        let rest = self.rest();
        let mut len = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
        let mut after = rest.get(len..).unwrap_or("").chars();
        let prime = after.next() == Some('\'')
            && after.next().is_none_or(|c| c.is_whitespace() || ")]},".contains(c));
        if prime {
            len += 1;
        }
        let word = rest.get(..len).unwrap_or("");
        self.push(if word == "let" { Tok::Let } else { Tok::Name(word) }, len);
    }

    /// Operators, brackets and other marks.
    fn mark(&mut self, c: char) {
        let rest = self.rest();
        if let Some(len) = foreign::operator(rest) {
            return self.push(Tok::Foreign(rest.get(..len).unwrap_or("")), len);
        }
        let two = rest.get(..2).and_then(|two| OPERATORS.iter().find(|(s, _)| *s == two));
        let one = OPERATORS.iter().find(|(s, _)| s.len() == 1 && rest.starts_with(s));
        if let Some((symbol, op)) = two.or(one) {
            return self.push(Tok::Op(*op), symbol.len());
        }
        let tok = match c {
            '(' => Tok::Open(Bracket::Round),
            ')' => Tok::Close(Bracket::Round),
            '[' => Tok::Open(Bracket::Square),
            ']' => Tok::Close(Bracket::Square),
            '{' => Tok::Open(Bracket::Curly),
            '}' => Tok::Close(Bracket::Curly),
            '.' => Tok::Dot,
            ',' => Tok::Comma,
            ':' => Tok::Colon,
            '=' => Tok::Equals,
            '\\' => Tok::Lambda,
            _ => {
                let len = rest.find(|other| other != c).unwrap_or(rest.len());
                let loc = self.loc(self.at, self.at + c.len_utf8());
                return self.bad(len, foreign::character(c, loc));
            }
        };
        self.push(tok, c.len_utf8());
    }
}

/// The operators as written; the two-character ones are looked for first.
const OPERATORS: [(&str, Op); 13] = [
    ("==", Op::Eq),
    ("!=", Op::Ne),
    ("<=", Op::Le),
    (">=", Op::Ge),
    ("&&", Op::And),
    ("||", Op::Or),
    ("+", Op::Add),
    ("-", Op::Sub),
    ("*", Op::Mul),
    ("/", Op::Div),
    ("%", Op::Mod),
    ("<", Op::Lt),
    (">", Op::Gt),
];

impl Op {
    /// The operator as it is written.
    pub fn symbol(self) -> &'static str {
        OPERATORS.iter().find(|(_, op)| *op == self).map_or("", |(symbol, _)| symbol)
    }
}

/// Bytes up to the end of the line.
fn line_len(text: &str) -> usize {
    text.find('\n').unwrap_or(text.len())
}

fn is_name_start(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Whether a digit, or a dot and a digit, comes first.
fn starts_number(text: &str) -> bool {
    text.strip_prefix('.').unwrap_or(text).starts_with(|c: char| c.is_ascii_digit())
}

/// Bytes of the number at the start: sign, digits, fraction, exponent.
fn number_len(text: &str) -> usize {
    let bytes = text.as_bytes();
    let digits = |from: usize| bytes.iter().skip(from).take_while(|b| b.is_ascii_digit()).count();
    let at = |i: usize| bytes.get(i).copied().unwrap_or(b' ');
    let mut len = usize::from(at(0) == b'-');
    len += digits(len);
    if at(len) == b'.' && at(len + 1).is_ascii_digit() {
        len += 1 + digits(len + 1);
    }
    let sign = usize::from(matches!(at(len + 1), b'-' | b'+'));
    if matches!(at(len), b'e' | b'E') && at(len + 1 + sign).is_ascii_digit() {
        len += 1 + sign + digits(len + 1 + sign);
    }
    len
}
