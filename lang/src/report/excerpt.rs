//! The lines that a report shows: few, not too long, and without characters that would upset a
//! terminal.

use crate::source::{Position, Source};
use mag_pattern::Loc;
use std::ops::Range;

/// A line longer than this is cut, in characters.
const MAX_LINE: usize = 120;
/// How much of a cut line is shown before the place in question, in characters.
const BEFORE: usize = 30;

/// Lines of a source from the first to the last that has a mark, each cut round its marks.
pub(super) struct Excerpt<'s> {
    source: &'s Source,
    text: String,
    /// Index of the first line.
    first: usize,
    lines: Vec<Line>,
}

/// A line as shown.
struct Line {
    /// The bytes of the source that are shown.
    window: Range<usize>,
    /// Characters of the excerpt before the window's first, and before the line's first.
    chars: usize,
    start: usize,
    /// Characters in the window.
    len: usize,
}

impl<'s> Excerpt<'s> {
    /// The lines of `marks`.
    pub(super) fn new(source: &'s Source, marks: &[Loc]) -> Self {
        let line = |loc: &Loc| source.line_index(source.floor(loc.from()));
        let first = marks.iter().map(line).min().unwrap_or(0);
        let last = marks.iter().map(line).max().unwrap_or(0);
        // ariadne 0.6 numbers the lines in its margin from 1: empty ones stand for those before.
        let mut excerpt = Excerpt { source, text: "\n".repeat(first), first, lines: Vec::new() };
        let mut chars = first;
        for index in first..=last {
            let here = marks.iter().filter(|loc| line(loc) == index).map(|loc| loc.from()).min();
            chars = excerpt.add(index, here, chars);
        }
        excerpt
    }

    /// Adds line `index`, cut so that byte `here` is in it; returns the characters so far.
    fn add(&mut self, index: usize, here: Option<usize>, chars: usize) -> usize {
        let full = self.source.line(index + 1).unwrap_or("");
        let from = self.source.line_start(index);
        let window = window(full, here.map_or(0, |at| at.saturating_sub(from)));
        let shown = full.get(window.clone()).unwrap_or("");
        let mut len = 0;
        let cut_left = window.start > 0;
        self.text.push_str(if cut_left { "…" } else { "" });
        for c in shown.chars() {
            self.text.push(tame(c));
            len += 1;
        }
        let cut_right = window.end < full.len();
        self.text.push_str(if cut_right { "…\n" } else { "\n" });
        let start = chars;
        let chars = start + usize::from(cut_left);
        let window = from + window.start..from + window.end;
        self.lines.push(Line { window, chars, start, len });
        chars + len + usize::from(cut_right) + 1
    }

    /// The lines, each ended by a line break, after an empty one for each line before them.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The place, as characters of the excerpt; one over several lines ends with its first.
    pub(super) fn chars(&self, loc: Loc) -> Range<usize> {
        let Some(line) = self.line_of(loc) else { return self.first..self.first };
        let count = |offset: usize| {
            let to = self.source.floor(offset).clamp(line.window.start, line.window.end);
            let before = self.source.text.get(line.window.start..to).unwrap_or("");
            line.chars + before.chars().count().min(line.len)
        };
        let from = count(loc.from());
        from..count(loc.to()).max(from)
    }

    /// Line and column (from 1) where the report itself would say that a place starts.
    pub(super) fn position(&self, loc: Loc) -> Position {
        let index = self.source.line_index(self.source.floor(loc.from()));
        let start = self.line_of(loc).map_or(0, |line| line.start);
        Position { line: index + 1, column: self.chars(loc).start - start + 1 }
    }

    fn line_of(&self, loc: Loc) -> Option<&Line> {
        let index = self.source.line_index(self.source.floor(loc.from()));
        self.lines.get(index.checked_sub(self.first)?)
    }
}

/// The bytes of `line` to show so that byte `at` is among them.
fn window(line: &str, at: usize) -> Range<usize> {
    if line.len() <= MAX_LINE || line.chars().nth(MAX_LINE).is_none() {
        return 0..line.len();
    }
    let at = (0..=at.min(line.len())).rev().find(|&i| line.is_char_boundary(i)).unwrap_or(0);
    let (before, after) = line.split_at_checked(at).unwrap_or((line, ""));
    let start = before.char_indices().rev().nth(BEFORE).map_or(0, |(i, _)| i);
    let shown = before.get(start..).map_or(0, |s| s.chars().count());
    let rest = MAX_LINE.saturating_sub(shown);
    let end = after.char_indices().nth(rest).map_or(line.len(), |(i, _)| at + i);
    start..end
}

/// Text without characters that would upset a terminal.
pub(super) fn printable(text: &str) -> String {
    text.chars().map(|c| if c == '\n' { c } else { tame(c) }).collect()
}

/// A character, or a stand-in if it would move the cursor, break the line or turn it round.
fn tame(c: char) -> char {
    match c {
        '\t' => ' ',
        '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}'..='\u{200f}' => '\u{fffd}',
        c if c.is_control() => '\u{fffd}',
        c => c,
    }
}
