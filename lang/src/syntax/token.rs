//! Tokens: the words and marks that the grammar is written in.

use super::ast::Op;
use chumsky::span::SimpleSpan;

/// A token with the bytes of the file that it covers.
pub(crate) type Token<'s> = (Tok<'s>, SimpleSpan);

/// A word or mark.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Tok<'s> {
    /// `3`, `.5`, `-7`.
    Num(f64),
    /// `1/8`, written without spaces, with the place of its `/`: one atom, so `.off 1/8 f` works.
    Ratio(f64, f64, SimpleSpan),
    /// `"…"`, without its quotes.
    Mini(&'s str),
    /// `'…'`, without its quotes, escapes as typed.
    Text(&'s str),
    /// A name.
    Name(&'s str),
    /// The word `let`.
    Let,
    /// The dot of a chain.
    Dot,
    /// A binary operator.
    Op(Op),
    /// A `-` that touches what follows but not what precedes: `-x`, `a -b`.
    Neg,
    /// `\`
    Lambda,
    /// `->`
    Arrow,
    /// `=`
    Equals,
    /// `:`
    Colon,
    /// `,`
    Comma,
    /// `(`, `[` or `{`.
    Open(Bracket),
    /// `)`, `]` or `}`.
    Close(Bracket),
    /// An operator of another language, such as `$`.
    Foreign(&'s str),
    /// Something whose problem has been told already; stands for a value.
    Bad,
}

/// A kind of bracket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bracket {
    /// `( )`
    Round,
    /// `[ ]`
    Square,
    /// `{ }`
    Curly,
}

impl Bracket {
    /// The opening mark.
    pub(crate) fn open(self) -> char {
        match self {
            Bracket::Round => '(',
            Bracket::Square => '[',
            Bracket::Curly => '{',
        }
    }

    /// The closing mark.
    pub(crate) fn close(self) -> char {
        match self {
            Bracket::Round => ')',
            Bracket::Square => ']',
            Bracket::Curly => '}',
        }
    }
}

impl Tok<'_> {
    /// Whether a value must follow, so that a statement cannot end here.
    pub(crate) fn wants_more(self) -> bool {
        use Tok::*;
        matches!(
            self,
            Let | Dot
                | Op(_)
                | Neg
                | Lambda
                | Arrow
                | Equals
                | Colon
                | Comma
                | Open(_)
                | Foreign(_)
        )
    }

    /// How to call it in a sentence, e.g. ``the name `kick` ``, `` `+` ``.
    pub(crate) fn describe(self) -> String {
        match self {
            Tok::Num(n) => format!("the number {n}"),
            Tok::Ratio(n, d, _) => format!("the number {n}/{d}"),
            Tok::Mini(_) => "a pattern in quotes".into(),
            Tok::Text(_) => "a text in quotes".into(),
            Tok::Name(name) => format!("the name `{}`", shorten(name)),
            Tok::Let => "`let`".into(),
            Tok::Dot => "`.`".into(),
            Tok::Op(op) => format!("`{}`", op.symbol()),
            Tok::Neg => "`-`".into(),
            Tok::Lambda => "`\\`".into(),
            Tok::Arrow => "`->`".into(),
            Tok::Equals => "`=`".into(),
            Tok::Colon => "`:`".into(),
            Tok::Comma => "`,`".into(),
            Tok::Open(b) => format!("`{}`", b.open()),
            Tok::Close(b) => format!("`{}`", b.close()),
            Tok::Foreign(symbol) => format!("`{symbol}`"),
            Tok::Bad => "something unreadable".into(),
        }
    }
}

/// A name, cut to a length that fits a message.
pub(crate) fn shorten(name: &str) -> String {
    const MOST: usize = 40;
    match name.char_indices().nth(MOST) {
        Some((cut, _)) => format!("{}…", name.get(..cut).unwrap_or("")),
        None => name.into(),
    }
}
