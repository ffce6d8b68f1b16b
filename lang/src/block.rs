//! Blocks: a statement in column 0 with its indented lines and the comment above it, found without
//! parsing, so that editors, the prompt and the file watcher agree on what stands under the cursor.

use crate::problem::Problem;
use crate::syntax::{Tok, lex};
use std::ops::Range;

/// A statement's lines, as byte ranges of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// The comment lines directly above, empty (at the start of `code`) if there are none.
    pub comment: Range<usize>,
    /// From column 0 of the first line to the end of the last, without its line break.
    pub code: Range<usize>,
}

impl Block {
    /// Comment and code together.
    pub fn whole(&self) -> Range<usize> {
        self.comment.start..self.code.end
    }

    /// The comment without its `--`, line by line; `text` is the text that the block was found in.
    pub fn doc(&self, text: &str) -> String {
        let comment = text.get(self.comment.clone()).unwrap_or("");
        let line = |line: &str| {
            let line = line.trim().trim_start_matches('-');
            line.strip_prefix(' ').unwrap_or(line).to_string()
        };
        comment.lines().map(line).collect::<Vec<_>>().join("\n")
    }
}

/// What a line is, as far as blocks are concerned.
enum Line {
    Blank,
    /// A comment in column 0.
    Comment,
    /// A comment further in.
    InnerComment,
    /// Code in column 0.
    Start,
    /// Indented code, or a closing bracket in column 0.
    More,
}

fn line_kind(line: &str) -> Line {
    let line = line.strip_prefix('\u{feff}').unwrap_or(line);
    let trimmed = line.trim_start();
    let indented = trimmed.len() < line.len();
    match trimmed {
        "" => Line::Blank,
        _ if trimmed.starts_with("--") && indented => Line::InnerComment,
        _ if trimmed.starts_with("--") => Line::Comment,
        _ if indented || trimmed.starts_with([')', ']', '}']) => Line::More,
        _ => Line::Start,
    }
}

/// The blocks of a text, in order.
///
/// A line in column 0 starts one; indented lines, and closing brackets in column 0, continue it,
/// over blank lines and comments between them. Comment lines directly above it are its doc.
pub fn blocks(text: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut comment = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let (start, end) = (at, at + line.trim_end_matches(['\n', '\r']).len());
        at += line.len();
        match (line_kind(line), blocks.last_mut()) {
            (Line::Blank | Line::InnerComment, _) => comment = None,
            (Line::Comment, _) => {
                comment.get_or_insert(start);
            }
            (Line::More, Some(block)) => {
                block.code.end = end;
                comment = None;
            }
            (Line::Start | Line::More, _) => {
                let above = comment.take().unwrap_or(start);
                blocks.push(Block { comment: above..start, code: start..end });
            }
        }
    }
    blocks
}

/// The block that the line of byte `offset` belongs to, its comment included; at the very end of
/// the text also the block that ends there.
pub fn block_at(text: &str, offset: usize) -> Option<Block> {
    let offset = offset.min(text.len());
    let holds = |block: &Block, at: usize| {
        let line_end = |end: usize| {
            text.get(end..).and_then(|rest| rest.find('\n')).map_or(text.len(), |len| end + len)
        };
        block.comment.start <= at && at <= line_end(block.code.end)
    };
    let blocks = blocks(text);
    let inside = blocks.iter().rev().find(|block| holds(block, offset)).cloned();
    let before_break = || {
        let last = blocks.last().filter(|_| offset == text.len())?;
        let rest = text.get(last.code.end..)?;
        (rest.matches('\n').count() <= 1).then(|| last.clone())
    };
    inside.or_else(before_break)
}

/// Whether the prompt can evaluate `text`, or more lines must follow: a bracket or a double-quoted
/// string is open, or the last token (an operator, `=`, `:`, `->`, a comma …) wants a value.
pub fn is_complete(text: &str) -> bool {
    let (mut tokens, mut problems) = (Vec::new(), Vec::new());
    lex(0, text, 0..text.len(), &mut tokens, &mut problems);
    let opens_string = |p: &Problem| {
        p.code == "unclosed-quote" && text.get(p.loc.from()..).is_some_and(|t| t.starts_with('"'))
    };
    let open_string = problems.iter().any(opens_string);
    let depth = tokens.iter().fold(0i64, |depth, (tok, _)| match tok {
        Tok::Open(_) => depth + 1,
        Tok::Close(_) => depth - 1,
        _ => depth,
    });
    let trailing = tokens.last().is_some_and(|(tok, _)| tok.wants_more());
    !open_string && depth <= 0 && !trailing
}
