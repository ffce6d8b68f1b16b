//! Lines, columns and slices of a source.

use mag_lang::source::{Position, Source, Sources};

fn at(line: usize, column: usize) -> Position {
    Position { line, column }
}

#[test]
fn lines_and_columns_count_characters_from_1() {
    let source = Source::new(0, "é.mag", "añb\r\n\n♪x");
    let expected = [
        (0, at(1, 1)),
        (1, at(1, 2)),
        (2, at(1, 2)), // inside ñ
        (3, at(1, 3)),
        (6, at(2, 1)),
        (7, at(3, 1)),
        (10, at(3, 2)),
        (11, at(3, 3)),
        (99, at(3, 3)),
    ];
    for (offset, position) in expected {
        assert_eq!(source.position(offset), position, "{offset}");
    }
    for offset in [0, 1, 3, 6, 7, 10, 11] {
        assert_eq!(source.offset(source.position(offset)), offset);
    }
    assert_eq!(source.offset(at(9, 9)), 11);
    assert_eq!(source.offset(at(1, 99)), 4);
    assert_eq!(source.line_count(), 3);
    let lines: Vec<_> = (0..5).map(|line| source.line(line)).collect();
    assert_eq!(lines, [None, Some("añb"), Some(""), Some("♪x"), None]);
}

#[test]
fn slices_never_cut_a_character() {
    let source = Source::new(0, "t", "añb");
    assert_eq!(source.slice(source.loc(1, 3)), "ñ");
    assert_eq!(source.slice(source.loc(2, 2)), "ñ");
    assert_eq!(source.slice(source.loc(2, 99)), "ñb");
    assert_eq!(source.slice(source.loc(50, 60)), "");
}

#[test]
fn sources_are_found_by_number() {
    let mut sources = Sources::new();
    let (a, b) = (sources.add("a", "1"), sources.add("b", "2"));
    assert_eq!((a.file, b.file), (0, 1));
    sources.insert(Source::new(1, "b2", "3"));
    assert_eq!(sources.get(1).map(|s| &*s.name), Some("b2"));
    assert!(sources.get(7).is_none());
}
