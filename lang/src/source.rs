//! The text that a performer typed, with its name, and where in it a byte offset lies.

use mag_pattern::Loc;
use std::sync::Arc;

/// The longest text whose places a [`Loc`] can name, in bytes (16 MiB less one).
pub const MAX_LEN: usize = (1 << 24) - 1;

/// A file or a line of the prompt; cheap to clone.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its number, as used in every [`Loc`] of its tree.
    pub file: u16,
    /// What to call it in reports, e.g. `first.mag`.
    pub name: Arc<str>,
    /// All of it.
    pub text: Arc<str>,
    /// Byte offset of the start of each line; the first is 0.
    lines: Arc<[u32]>,
}

/// A line and a column, both counted from 1; columns count characters, not bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

impl Source {
    /// A source numbered `file`.
    pub fn new(file: u16, name: impl AsRef<str>, text: impl AsRef<str>) -> Self {
        let text: Arc<str> = text.as_ref().into();
        let after_newline = text.bytes().zip(1u32..).filter(|(b, _)| *b == b'\n').map(|(_, i)| i);
        let lines = std::iter::once(0).chain(after_newline).collect();
        Source { file, name: name.as_ref().into(), lines, text }
    }

    /// The place of the bytes `[from, to)` of this source.
    pub fn loc(&self, from: usize, to: usize) -> Loc {
        Loc::new(self.file, from, to)
    }

    /// The text at a place, as much of it as exists; bounds inside a character move outwards.
    pub fn slice(&self, loc: Loc) -> &str {
        let from = self.floor(loc.from());
        let to = self.ceil(loc.to()).max(from);
        self.text.get(from..to).unwrap_or("")
    }

    /// Line and column of a byte offset; an offset past the end counts as the end.
    pub fn position(&self, offset: usize) -> Position {
        let offset = self.floor(offset);
        let line = self.line_index(offset);
        let start = self.line_start(line);
        let column = self.text.get(start..offset).map_or(0, |before| before.chars().count());
        Position { line: line + 1, column: column + 1 }
    }

    /// Byte offset of a line and column (both from 1), or of the end of what exists of them.
    pub fn offset(&self, position: Position) -> usize {
        let line = position.line.max(1) - 1;
        let Some(text) = self.line(line + 1) else { return self.text.len() };
        let column = position.column.max(1) - 1;
        let inside = text.char_indices().nth(column).map_or(text.len(), |(i, _)| i);
        self.line_start(line) + inside
    }

    /// How many lines there are; an empty text has one.
    pub fn line_count(&self) -> usize {
        self.lines.len()
    }

    /// Line number `line` (from 1) without its line break.
    pub fn line(&self, line: usize) -> Option<&str> {
        let index = line.checked_sub(1).filter(|&l| l < self.lines.len())?;
        let text = self.text.get(self.line_start(index)..self.line_start(index + 1))?;
        Some(text.trim_end_matches(['\n', '\r']))
    }

    /// Byte offset of the start of line `index` (from 0); the end of the text past the last.
    pub(crate) fn line_start(&self, index: usize) -> usize {
        self.lines.get(index).map_or(self.text.len(), |&at| at as usize)
    }

    /// The line (from 0) that the byte at `offset` is on.
    pub(crate) fn line_index(&self, offset: usize) -> usize {
        self.lines.partition_point(|&start| start as usize <= offset).max(1) - 1
    }

    /// The nearest character boundary at or before `offset`.
    pub(crate) fn floor(&self, offset: usize) -> usize {
        let offset = offset.min(self.text.len());
        (0..=offset).rev().find(|&i| self.text.is_char_boundary(i)).unwrap_or(0)
    }

    /// The nearest character boundary at or after `offset`.
    fn ceil(&self, offset: usize) -> usize {
        (offset..self.text.len())
            .find(|&i| self.text.is_char_boundary(i))
            .unwrap_or(self.text.len())
    }
}

/// The sources that problems may point into, by number.
#[derive(Clone, Debug, Default)]
pub struct Sources(Vec<Source>);

impl Sources {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a text under the next free number.
    pub fn add(&mut self, name: impl AsRef<str>, text: impl AsRef<str>) -> Source {
        let next = self.0.iter().map(|s| s.file.saturating_add(1)).max().unwrap_or(0);
        let source = Source::new(next, name, text);
        self.0.push(source.clone());
        source
    }

    /// Puts a source under its own number, in place of an older one of that number.
    pub fn insert(&mut self, source: Source) {
        self.0.retain(|s| s.file != source.file);
        self.0.push(source);
    }

    /// The source with this number.
    pub fn get(&self, file: u16) -> Option<&Source> {
        self.0.iter().find(|s| s.file == file)
    }
}

impl From<Source> for Sources {
    fn from(source: Source) -> Self {
        Sources(vec![source])
    }
}
