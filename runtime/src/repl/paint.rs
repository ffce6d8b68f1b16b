//! Colours for a line of mag, and the bracket that belongs to the one under the cursor.

use super::words::Words;
use std::ops::Range;

const STRING: &str = "\x1b[32m";
const NUMBER: &str = "\x1b[33m";
const KNOWN: &str = "\x1b[36m";
const PART: &str = "\x1b[1m";
const COMMENT: &str = "\x1b[2m";
const BRACKET: &str = "\x1b[1;4m";
const PLAIN: &str = "\x1b[0m";

/// A stretch of text and how it is drawn; nothing for the terminal's own colour.
type Stretch = (Range<usize>, &'static str);

/// The line in colours of the terminal's own sixteen, so that every palette can show it.
pub(super) fn paint(line: &str, cursor: usize, words: &Words) -> String {
    let pair = pair(line, cursor);
    let mut out = String::with_capacity(line.len() * 2);
    for (range, style) in stretches(line, words) {
        for (i, c) in line.get(range.clone()).unwrap_or("").char_indices() {
            let at = range.start + i;
            let marked = pair.is_some_and(|(a, b)| at == a || at == b);
            let style = if marked { BRACKET } else { style };
            // Runs of one style are short; a mark per change is what matters.
            if i == 0 || marked || pair.is_some_and(|(a, b)| at == a + 1 || at == b + 1) {
                out.push_str(PLAIN);
                out.push_str(style);
            }
            out.push(c);
        }
    }
    out.push_str(PLAIN);
    out
}

fn stretches(line: &str, words: &Words) -> Vec<Stretch> {
    let mut all = Vec::new();
    let mut at = 0;
    while let Some(rest) = line.get(at..).filter(|rest| !rest.is_empty()) {
        let (length, style) = token(rest, line, at, words);
        all.push((at..at + length, style));
        at += length;
    }
    all
}

/// The length in bytes of what stands first in `rest`, and its style.
fn token(rest: &str, line: &str, at: usize, words: &Words) -> (usize, &'static str) {
    let first = rest.chars().next().unwrap_or(' ');
    let run = |inside: fn(char) -> bool| rest.find(|c| !inside(c)).unwrap_or(rest.len());
    let fresh = || line.get(..at).is_some_and(|before| before.ends_with('\n'));
    match first {
        // (the margin of a line that goes on)
        '.' if rest.starts_with("...  ") && fresh() => (5, COMMENT),
        '"' | '\'' => {
            let close = rest.get(1..).and_then(|inner| inner.find(first));
            (close.map_or(rest.len(), |i| i + 2), STRING)
        }
        '-' if rest.starts_with("--") => (rest.find('\n').unwrap_or(rest.len()), COMMENT),
        c if c.is_ascii_digit() => (run(|c| c.is_ascii_digit() || matches!(c, '.' | '/')), NUMBER),
        c if c.is_alphabetic() => {
            let length = run(|c| c.is_alphanumeric() || c == '_');
            let name = rest.get(..length).unwrap_or("");
            let starts = at == 0 || line.get(..at).is_some_and(|before| before.ends_with('\n'));
            let part = starts && rest.get(length..).is_some_and(|after| after.starts_with(':'));
            match () {
                () if part => (length, PART),
                () if words.knows(name) => (length, KNOWN),
                () => (length, ""),
            }
        }
        c => (c.len_utf8(), ""),
    }
}

/// The bracket at or before the cursor, and its partner.
fn pair(line: &str, cursor: usize) -> Option<(usize, usize)> {
    let is_bracket = |at: &usize| {
        line.get(*at..).is_some_and(|s| s.starts_with(['(', ')', '[', ']', '{', '}', '<', '>']))
    };
    let at = [Some(cursor), cursor.checked_sub(1)].into_iter().flatten().find(is_bracket)?;
    let here = line.get(at..)?.chars().next()?;
    let (partner, forward) = match here {
        '(' => (')', true),
        '[' => (']', true),
        '{' => ('}', true),
        '<' => ('>', true),
        ')' => ('(', false),
        ']' => ('[', false),
        '}' => ('{', false),
        _ => ('<', false),
    };
    let mut depth = 0usize;
    let mut step = |(i, c): (usize, char)| {
        if c == here {
            depth += 1;
        } else if c == partner {
            depth -= 1;
        }
        (depth == 0).then_some(i)
    };
    let found = if forward {
        line.get(at..)?.char_indices().find_map(&mut step).map(|i| at + i)
    } else {
        line.get(..=at)?.char_indices().rev().find_map(&mut step)
    };
    found.map(|other| (at, other))
}

#[cfg(test)]
mod tests {
    use super::*;
    use mag_lang::Language;

    fn words() -> Words {
        Words::new(Language::new().entries(), Vec::new())
    }

    fn bare(painted: &str) -> String {
        let mut out = String::new();
        let mut rest = painted;
        while let Some((before, after)) = rest.split_once('\x1b') {
            out.push_str(before);
            rest = after.split_once('m').map_or("", |(_, rest)| rest);
        }
        out + rest
    }

    #[test]
    fn paint_adds_nothing_that_is_seen() {
        for line in
            ["kick: s \"bd*4\" .fast 2 -- é", "((\"[a", "", "'", "x\ny: 1/8", "<>)]", "öä .é"]
        {
            for cursor in 0..=line.len() {
                assert_eq!(bare(&paint(line, cursor, &words())), line);
            }
        }
    }

    #[test]
    fn names_strings_and_parts_are_told_apart() {
        let painted = paint("kick: s \"bd\" .nonsense", 99, &words());
        assert!(painted.contains(&format!("{PART}kick")), "{painted:?}");
        assert!(painted.contains(&format!("{KNOWN}s")), "{painted:?}");
        assert!(painted.contains(&format!("{STRING}\"bd\"")), "{painted:?}");
        assert!(painted.contains(&format!("{PLAIN}nonsense")), "{painted:?}");
    }

    #[test]
    fn brackets_find_their_partners() {
        assert_eq!(pair("(a (b) c)", 0), Some((0, 8)));
        assert_eq!(pair("(a (b) c)", 9), Some((8, 0)));
        assert_eq!(pair("(a (b) c)", 6), Some((5, 3)));
        assert_eq!(pair("<[a b] c>", 1), Some((1, 5)));
        assert_eq!(pair("(a", 0), None);
        assert_eq!(pair("a", 1), None);
    }
}
