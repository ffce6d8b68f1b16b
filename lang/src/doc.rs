//! The manual's entries: what the comment above a definition says about it.

use crate::syntax::ast::{Ast, Ident, Stmt, StmtKind};
use mag_pattern::Loc;

/// What there is to know about a name.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The name.
    pub name: String,
    /// The name with its arguments, e.g. `fast n p`.
    pub signature: String,
    /// The names of its arguments.
    pub params: Vec<String>,
    /// The first sentence.
    pub summary: String,
    /// All of the prose, paragraphs apart by a blank line, without examples, `see:` and `tags:`.
    pub text: String,
    /// The lines that start with `> `, without it.
    pub examples: Vec<String>,
    /// The names of the line `see: a, b`.
    pub see: Vec<String>,
    /// The words of the line `tags: a, b`.
    pub tags: Vec<String>,
    /// Where the name is defined.
    pub loc: Loc,
    /// Whether its body is in Rust.
    pub native: bool,
}

/// The entries of every `let`, `native` and `synth` of a file, in order.
pub fn entries(ast: &Ast) -> Vec<Entry> {
    ast.stmts.iter().filter_map(entry).collect()
}

/// The entry of a definition.
pub fn entry(stmt: &Stmt) -> Option<Entry> {
    let idents: Vec<Ident>;
    let (name, params, native) = match &stmt.kind {
        StmtKind::Let { name, params, .. } => (name, params, false),
        StmtKind::Native { name, params } => (name, params, true),
        StmtKind::Synth { name, params, .. } => {
            idents = params.iter().map(|param| param.name.clone()).collect();
            (name, &idents, false)
        }
        _ => return None,
    };
    let mut entry = undocumented(name, params, native);
    let mut prose = Vec::new();
    for line in stmt.doc.lines() {
        if let Some(example) = line.strip_prefix("> ") {
            entry.examples.push(example.trim_end().into());
        } else if let Some(names) = line.strip_prefix("see:") {
            entry.see.extend(words(names));
        } else if let Some(tags) = line.strip_prefix("tags:") {
            entry.tags.extend(words(tags));
        } else {
            prose.push(line.trim_end());
        }
    }
    entry.text = paragraphs(&prose);
    entry.summary = summary(&entry.text);
    Some(entry)
}

fn undocumented(name: &Ident, params: &[Ident], native: bool) -> Entry {
    let params: Vec<String> = params.iter().map(|param| param.name.clone()).collect();
    let words = std::iter::once(name.name.as_str()).chain(params.iter().map(String::as_str));
    let signature = words.collect::<Vec<_>>().join(" ");
    let (summary, text) = (String::new(), String::new());
    let (examples, see, tags) = (Vec::new(), Vec::new(), Vec::new());
    let (name, loc) = (name.name.clone(), name.loc);
    Entry { name, signature, params, summary, text, examples, see, tags, loc, native }
}

fn words(line: &str) -> impl Iterator<Item = String> {
    line.split([',', ' ']).filter(|word| !word.is_empty()).map(String::from)
}

/// Lines joined to paragraphs; blank lines part them.
fn paragraphs(lines: &[&str]) -> String {
    let paragraphs = lines.split(|line| line.trim().is_empty()).filter(|lines| !lines.is_empty());
    paragraphs.map(|lines| lines.join(" ")).collect::<Vec<_>>().join("\n\n")
}

/// The first sentence: up to a full stop that a space or a line break follows.
fn summary(text: &str) -> String {
    let first = text.split("\n\n").next().unwrap_or("");
    let ends = |(at, _): &(usize, &str)| {
        let abbreviated =
            first.get(..*at).is_some_and(|s| s.ends_with("e.g") || s.ends_with("i.e"));
        !abbreviated
    };
    match first.match_indices(". ").find(ends) {
        Some((at, _)) => first.get(..=at).unwrap_or(first).into(),
        None => first.into(),
    }
}
