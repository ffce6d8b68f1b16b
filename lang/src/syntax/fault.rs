//! The grammar's raw errors, kept small while parsing, and their explanation in plain words.

use super::command::command_named;
use super::foreign;
use super::token::{Bracket, Tok, Token};
use crate::problem::Problem;
use chumsky::DefaultExpected;
use chumsky::error::{Error, LabelError};
use chumsky::input::{Input, MappedInput};
use chumsky::span::SimpleSpan;
use chumsky::util::MaybeRef;
use mag_pattern::Loc;

/// What the grammar reads: the tokens of one statement.
pub(super) type Tokens<'t, 's> = MappedInput<'t, Tok<'s>, SimpleSpan, &'t [Token<'s>]>;

/// What may stand at a place, in the grammar's own words (the labels of its rules).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Want {
    /// An expression, or an argument.
    Value,
    /// A name.
    Name,
    /// `=`
    Equals,
    /// `->`
    Arrow,
    /// `:`
    Colon,
}

impl Want {
    const ALL: [Want; 5] = [Want::Value, Want::Name, Want::Equals, Want::Arrow, Want::Colon];

    fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// Where parsing could not go on, and what could have stood there; no allocation unless told.
#[derive(Clone, Debug)]
pub(super) struct Fault<'s> {
    span: SimpleSpan,
    found: Option<Tok<'s>>,
    wants: u8,
    told: Option<Box<Problem>>,
}

impl<'s> Fault<'s> {
    /// A problem that the grammar explains itself.
    pub(super) fn told(problem: Problem) -> Self {
        let span = SimpleSpan::from(problem.loc.from()..problem.loc.to());
        Fault { span, found: None, wants: 0, told: Some(Box::new(problem)) }
    }

    /// What another rule may still mend.
    pub(super) fn silent(span: SimpleSpan) -> Self {
        Fault { span, found: None, wants: 0, told: None }
    }

    fn wants(&self, want: Want) -> bool {
        self.wants & want.bit() != 0
    }
}

impl<'t, 's> Error<'t, Tokens<'t, 's>> for Fault<'s> {
    fn merge(mut self, other: Self) -> Self {
        self.wants |= other.wants;
        self.told = self.told.or(other.told);
        self
    }
}

impl<'t, 's> LabelError<'t, Tokens<'t, 's>, DefaultExpected<'t, Tok<'s>>> for Fault<'s> {
    fn expected_found<E: IntoIterator<Item = DefaultExpected<'t, Tok<'s>>>>(
        expected: E,
        found: Option<MaybeRef<'t, Tok<'s>>>,
        span: SimpleSpan,
    ) -> Self {
        let want = |expected| match expected {
            DefaultExpected::Token(tok) => match *tok {
                Tok::Equals => Want::Equals.bit(),
                Tok::Arrow => Want::Arrow.bit(),
                Tok::Colon => Want::Colon.bit(),
                _ => 0,
            },
            _ => 0,
        };
        let wants = expected.into_iter().map(want).fold(0, |all, bit| all | bit);
        Fault { span, found: found.map(|tok| *tok), wants, told: None }
    }
}

impl<'t, 's> LabelError<'t, Tokens<'t, 's>, Want> for Fault<'s> {
    fn expected_found<E: IntoIterator<Item = Want>>(
        expected: E,
        found: Option<MaybeRef<'t, Tok<'s>>>,
        span: SimpleSpan,
    ) -> Self {
        let wants = expected.into_iter().fold(0, |all, want| all | want.bit());
        Fault { span, found: found.map(|tok| *tok), wants, told: None }
    }

    fn label_with(&mut self, label: Want) {
        self.wants = label.bit();
    }
}

/// What an explanation looks at: the text and the tokens of the statement.
#[derive(Clone, Copy)]
pub(super) struct Scene<'t, 's> {
    pub(super) file: u16,
    pub(super) text: &'s str,
    pub(super) tokens: &'t [Token<'s>],
}

impl<'s> Scene<'_, 's> {
    /// The place of a span.
    pub(super) fn loc(&self, span: SimpleSpan) -> Loc {
        Loc::new(self.file, span.start, span.end)
    }

    /// The tokens before offset `at`, nearest first.
    fn before(&self, at: usize) -> impl Iterator<Item = &Token<'s>> {
        let count = self.tokens.partition_point(|(_, span)| span.start < at);
        self.tokens.iter().take(count).rev()
    }

    /// The first token at or after offset `at`.
    pub(super) fn after(&self, at: usize) -> Option<Tok<'s>> {
        let count = self.tokens.partition_point(|(_, span)| span.start < at);
        self.tokens.get(count).map(|(tok, _)| *tok)
    }

    /// The innermost bracket that is open at offset `at`, if it is not far away.
    pub(super) fn bracket(&self, at: usize) -> Option<Bracket> {
        const FAR: usize = 200;
        let mut closed = 0;
        self.before(at).take(FAR).find_map(|(tok, _)| match tok {
            Tok::Close(_) => {
                closed += 1;
                None
            }
            Tok::Open(bracket) if closed == 0 => Some(*bracket),
            Tok::Open(_) => {
                closed -= 1;
                None
            }
            _ => None,
        })
    }

    /// Whether the bracket that closes at or after offset `at` was added by us.
    pub(super) fn closes_by_itself(&self, at: usize) -> bool {
        let count = self.tokens.partition_point(|(_, span)| span.start < at);
        let next = self.tokens.get(count);
        matches!(next, Some((Tok::Close(_), span)) if span.start == span.end)
    }

    /// Whether white space, or nothing, stands before offset `at`.
    pub(super) fn gap_before(&self, at: usize) -> bool {
        self.text.get(..at).is_none_or(|s| s.chars().next_back().is_none_or(char::is_whitespace))
    }

    /// Whether white space, or nothing, stands after offset `at`.
    pub(super) fn gap_after(&self, at: usize) -> bool {
        self.text.get(at..).is_none_or(|s| s.chars().next().is_none_or(char::is_whitespace))
    }

    /// Whether offset `at` is the first thing on an indented line.
    pub(super) fn starts_indented_line(&self, at: usize) -> bool {
        let before = self.text.get(..at).unwrap_or("");
        let line = before.trim_end_matches([' ', '\t']);
        line.len() < before.len() && line.ends_with('\n')
    }

    /// The name before the bracket that is open at offset `at`: `range` of `range(0, 1)`.
    pub(super) fn called(&self, at: usize) -> Option<&'s str> {
        let mut before = self.before(at);
        match (before.next()?, before.next()?) {
            ((Tok::Open(Bracket::Round), _), (Tok::Name(name), _)) => Some(*name),
            _ => None,
        }
    }

    /// Whether nothing but words and signs stands before offset `at`: the name of a part, meant so.
    pub(super) fn is_head(&self, at: usize) -> bool {
        let word =
            |tok: &Tok<'_>| matches!(tok, Tok::Name(_) | Tok::Num(_) | Tok::Op(_) | Tok::Neg);
        self.tokens.iter().take_while(|(_, span)| span.start < at).all(|(tok, _)| word(tok))
    }

    /// A fault in plain words; nothing if it follows from something told already.
    pub(super) fn explain(&self, fault: Fault<'s>) -> Option<Problem> {
        if let Some(problem) = fault.told {
            return Some(*problem);
        }
        let added =
            matches!(fault.found, Some(Tok::Close(_))) && fault.span.start == fault.span.end;
        if added || fault.found == Some(Tok::Bad) {
            return None;
        }
        let before = self.before(fault.span.start).next().copied();
        let (code, message) = self.message(&fault, before);
        let place = match (fault.found, before) {
            (Some(_), _) | (None, None) => fault.span,
            (None, Some((_, span))) => (span.end..span.end).into(),
        };
        if let Some(problem) = foreign::slot(self) {
            return Some(problem);
        }
        let mut problem = Problem::error(code, self.loc(place), message);
        problem.found = Some(fault.found.map_or("the end of the statement".into(), Tok::describe));
        problem.expected = expected(&fault).filter(|_| code != "unexpected");
        problem.help = self.help(&fault, before);
        Some(problem)
    }

    fn message(&self, fault: &Fault<'_>, before: Option<Token<'_>>) -> (&'static str, String) {
        let after = match before {
            Some((tok, _)) => format!(" after {}", tok.describe()),
            None => String::new(),
        };
        let starts = before.is_none_or(|(tok, _)| tok.wants_more());
        match (fault.found, before) {
            (_, Some((Tok::Dot, _))) => ("missing-name", "a name must follow the dot".into()),
            _ if fault.wants(Want::Value) && starts => {
                ("missing-value", format!("a value is missing{after}"))
            }
            _ if fault.wants(Want::Arrow) => ("missing-arrow", "a lambda needs `->`".into()),
            _ if fault.wants(Want::Equals) => ("missing-equals", format!("`=` is missing{after}")),
            _ if fault.wants(Want::Name) => ("missing-name", format!("a name is missing{after}")),
            _ if fault.wants(Want::Colon) => ("missing-colon", format!("`:` is missing{after}")),
            (Some(tok), _) => ("unexpected", format!("unexpected {}{after}", tok.describe())),
            (None, _) => ("unexpected-end", format!("the statement breaks off{after}")),
        }
    }

    /// The likely fix.
    fn help(&self, fault: &Fault<'_>, before: Option<Token<'_>>) -> Option<String> {
        use Tok::*;
        let help = match (before.map(|(tok, _)| tok), fault.found) {
            (Some(Dot), Some(Num(_))) => "for the number write `0.5`, or ` .5` after a space",
            (Some(Op(_)), Some(Op(_))) | (Some(Comma), Some(Comma)) => "leave one of them out",
            (Some(Op(super::ast::Op::Gt)), _) if self.has_less_than(fault.span.start) => {
                "patterns such as <1 2> go in double quotes: \"<1 2>\""
            }
            (Some(Op(op)), Some(Close(Bracket::Round))) => {
                let op = op.symbol();
                return Some(format!("as a function write `({op} 1)`, or `\\x -> 1 {op} x`"));
            }
            (Some(Open(Bracket::Round)), Some(Close(_))) => {
                "a function without arguments is just its name, without `()`"
            }
            (Some(Open(Bracket::Curly)), _) => "the keys of a table are names: `{a: \"x\"}`",
            (_, Some(Let)) => "`let` starts a statement: put it in column 0, on a line of its own",
            (Some(Equals), None) => "write the value after `=`, or indent the lines below",
            (Some(Colon), None) => "write the pattern after `:`, or indent the lines below",
            (Some(Lambda), _) => "a function is written `\\x y -> …`",
            (_, found) if fault.wants(Want::Arrow) || found == Some(Arrow) => {
                "a function is written `\\x -> …`"
            }
            (_, found) => return self.help_by_statement(fault, found),
        };
        Some(help.into())
    }

    /// The likely fix that depends on the kind of statement.
    fn help_by_statement(&self, fault: &Fault<'_>, found: Option<Tok<'_>>) -> Option<String> {
        let help = match self.tokens.first()? {
            (Tok::Let, _) if fault.wants(Want::Equals) => "a definition is `let name = …`",
            (Tok::Name("out"), _) if fault.wants(Want::Equals) => "an output is `out name = …`",
            (Tok::Name("synth"), _) if fault.wants(Want::Equals) => {
                "an instrument is `synth name argument=1 = …`"
            }
            (Tok::Name("native"), _) => "a `native` has no body: that is in Rust",
            (Tok::Name(name), _) if command_named(name).is_some() => {
                return Some(format!("put it in brackets: `{name} (…)`"));
            }
            _ if found == Some(Tok::Comma) => {
                "only lists, `[a, b]`, and tables, `{a: b}`, have commas"
            }
            _ => return None,
        };
        Some(help.into())
    }

    /// Whether a `<` stands before offset `at`.
    fn has_less_than(&self, at: usize) -> bool {
        self.before(at).any(|(tok, _)| *tok == Tok::Op(super::ast::Op::Lt))
    }

    /// The problem of a dot that does not touch the name after it, if it does not.
    pub(super) fn loose_dot(&self, dot: SimpleSpan) -> Option<Problem> {
        if !self.gap_after(dot.end) {
            return None;
        }
        let composed = self.gap_before(dot.start);
        let problem =
            Problem::error("loose-dot", self.loc(dot), "a dot must touch the name after it");
        Some(problem.help(match composed {
            true => "write `f (g x)` as `x .g .f`, and Tidal's `(f . g)` as `(.g .f)`",
            false => "write `.name`",
        }))
    }
}

/// What could have stood at the place of a fault, if that can be said in a few words.
fn expected(fault: &Fault<'_>) -> Option<String> {
    let word = |want: Want| match want {
        Want::Value => "a value",
        Want::Name => "a name",
        Want::Equals => "`=`",
        Want::Arrow => "`->`",
        Want::Colon => "`:`",
    };
    let words: Vec<_> = Want::ALL.into_iter().filter(|want| fault.wants(*want)).map(word).collect();
    (!words.is_empty()).then(|| words.join(" or "))
}

/// The tokens of a statement as the grammar's input.
pub(super) fn input<'t, 's>(tokens: &'t [Token<'s>]) -> Tokens<'t, 's> {
    let end = tokens.last().map_or(0, |(_, span)| span.end);
    tokens.split_token_span((end..end).into())
}
