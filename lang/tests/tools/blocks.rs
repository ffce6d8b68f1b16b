//! What belongs to the statement under the cursor, and when the prompt may evaluate.

use mag_lang::block::{block_at, blocks, is_complete};

const SET: &str = "\u{feff}tempo 124\n\n-- drums\n-- and bass\nkick: s \"bd*4\"\n  .fast 2\n\n  .rev\n\
    -- stays\n  .room 0.2\n    -- .slow 2\n\nlet xs = [\n  1,\n]\n\nlast: n \"0\"\n";

fn code(text: &str) -> Vec<&str> {
    blocks(text).into_iter().map(|block| &text[block.code]).collect()
}

#[test]
fn a_block_is_a_line_in_column_0_and_what_is_indented_below() {
    let expected = [
        "\u{feff}tempo 124",
        "kick: s \"bd*4\"\n  .fast 2\n\n  .rev\n-- stays\n  .room 0.2",
        "let xs = [\n  1,\n]",
        "last: n \"0\"",
    ];
    assert_eq!(code(SET), expected);
    assert_eq!(code("a\r\n  b\r\nc\r\n"), ["a\r\n  b", "c"]);
    assert_eq!(code("  a\n  b"), ["  a\n  b"]);
    assert!(code("-- only\n\n  -- comments\n").is_empty());
}

#[test]
fn the_comment_above_belongs_to_it() {
    let docs: Vec<_> = blocks(SET).iter().map(|block| block.doc(SET)).collect();
    assert_eq!(docs, ["", "drums\nand bass", "", ""]);
    let kick = &blocks(SET)[1];
    assert!(SET[kick.whole()].starts_with("-- drums\n-- and bass\nkick:"));
}

#[test]
fn the_block_under_the_cursor() {
    let at = |piece: &str| {
        let block = block_at(SET, SET.find(piece).unwrap())?;
        Some(SET[block.code].split([':', ' ']).next().unwrap_or("").to_string())
    };
    for inside in ["drums", "kick", ".fast", "\n  .rev", "stays", "room"] {
        assert_eq!(at(inside).as_deref(), Some("kick"), "{inside}");
    }
    assert_eq!(at("]").as_deref(), Some("let"));
    assert_eq!(at("\n-- drums"), None);
    let end = block_at(SET, SET.len()).map(|block| SET[block.code].to_string());
    assert_eq!(end.as_deref(), Some("last: n \"0\""));
    assert_eq!(block_at("", 0), None);
    assert_eq!(block_at("a\n\n\n", 4), None);
}

#[test]
fn the_prompt_waits_for_what_is_open() {
    let more = [
        "kick: s (",
        "x: [1,",
        "let f x =",
        "kick:",
        "1 +",
        "let f = \\x ->",
        "s \"bd",
        "x .fast 2 .",
        "let",
        "[1, (2)",
        "a &&",
        "x -- (\n  + ",
        "s \"bd\" .every 4 (\n  .rev",
    ];
    for text in more {
        assert!(!is_complete(text), "{text}");
    }
    let done = [
        "",
        "hush",
        "-- (",
        "s \"bd (\"",
        "1 + 2",
        "x)",
        "use 'a",
        "f (1)",
        "[\n1\n]",
        "a -- +",
        "(+ 1)",
        "s \"bd\nsn\"",
    ];
    for text in done {
        assert!(is_complete(text), "{text}");
    }
}
