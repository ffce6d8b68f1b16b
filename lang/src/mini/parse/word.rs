//! Words and numbers of mini-notation.

use super::super::tree::{Change, Layers, Sequence, Step, Term};
use super::{Reader, is_word, is_word_byte};
use crate::problem::Problem;
use mag_pattern::{Sym, Value};

impl Reader<'_> {
    /// Whether a `/` is the start of an OSC address such as `/stroke/one`.
    pub(super) fn is_address(&self) -> bool {
        self.bytes.get(self.at + 1).is_some_and(u8::is_ascii_alphabetic)
    }

    pub(super) fn address(&mut self) -> Term {
        let rest = &self.text[self.at..];
        let length = rest.find(|c| !is_word(c) && c != '/').unwrap_or(rest.len());
        let (from, to) = (self.at, self.at + length);
        self.at = to;
        Term::Atom(Value::Word(Sym::new(&self.text[from..to])), self.loc(from, to))
    }

    /// Bytes of the word that stands here.
    pub(super) fn word_length(&self) -> usize {
        let bytes = &self.bytes[self.at..];
        let plain = bytes.iter().position(|b| !is_word_byte(*b)).unwrap_or(bytes.len());
        if bytes.get(plain).is_none_or(u8::is_ascii) {
            return plain;
        }
        let rest = &self.text[self.at..];
        rest.find(|c| !is_word(c)).unwrap_or(rest.len())
    }

    pub(super) fn word(&mut self) -> Result<Term, Problem> {
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
    pub(super) fn joined_range(&self, text: &str, from: usize) -> Option<Term> {
        let at = text.bytes().position(|b| b == b'.').filter(|i| text[*i..].starts_with(".."))?;
        let (first, last) = (literal(&text[..at])?, literal(&text[at + 2..])?);
        let atom = |x, a, b| Term::Atom(Value::Num(x), self.loc(from + a, from + b));
        let mut step = Step::plain(atom(first, 0, at));
        step.ops.push(Change::Range(Box::new(Step::plain(atom(last, at + 2, text.len())))));
        Some(Term::Group(Layers::Stack(vec![Sequence { steps: vec![step], counts: false }])))
    }

    /// A number directly here, if there is one.
    pub(super) fn number(&mut self) -> Result<Option<f64>, Problem> {
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
pub(super) fn numeric(step: &Step, message: impl Fn() -> String) -> Result<(), Problem> {
    match &step.term {
        Term::Atom(value @ Value::Word(word), loc) if value.number().is_none() => {
            let problem = Problem::error("mini-number", *loc, message());
            Err(problem.expected("a number such as 2 or <2 3>").found(format!("the word `{word}`")))
        }
        _ => Ok(()),
    }
}

/// The number that a word spells, as JavaScript's `Number` reads it.
pub(super) fn literal(text: &str) -> Option<f64> {
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
