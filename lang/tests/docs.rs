//! The documentation is true: every block of mag in it evaluates, and the reference is up to date.

use mag_lang::{Language, Mode, NoFiles, Source, reference};
use std::path::PathBuf;

fn path(name: &str) -> PathBuf {
    PathBuf::from(format!("{}/../{name}", env!("CARGO_MANIFEST_DIR")))
}

fn read(name: &str) -> String {
    std::fs::read_to_string(path(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
}

/// The blocks of a page that are fenced as `mag`, with the line they start on.
fn blocks(text: &str) -> Vec<(usize, String)> {
    let mut blocks = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for (i, line) in text.lines().enumerate() {
        match (&mut open, line.trim()) {
            (None, "```mag") => open = Some((i + 2, String::new())),
            (Some(_), "```") => blocks.extend(open.take()),
            (Some((_, block)), _) => {
                block.push_str(line);
                block.push('\n');
            }
            (None, _) => {}
        }
    }
    blocks
}

fn evaluates(name: &str) {
    let language = Language::new();
    let text = read(name);
    let blocks = blocks(&text);
    assert!(!blocks.is_empty(), "{name} has no blocks of mag");
    let mut faults = Vec::new();
    for (line, block) in blocks {
        let source = Source::new(1, name, &block);
        if let Err(problems) = language.evaluate(&language.empty(), &source, Mode::Block, &NoFiles)
        {
            for problem in problems.iter().filter(|p| p.is_error()) {
                let at = line + source.position(problem.loc.from()).line.saturating_sub(1);
                faults.push(format!("{name}:{at}: {}", problem.message));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_language_reference_evaluates() {
    evaluates("lang/README.md");
}

#[test]
fn the_guide_for_tidal_and_strudel_players_evaluates() {
    evaluates("docs/for-tidal-and-strudel-players.md");
}

#[test]
fn the_page_on_instruments_evaluates() {
    evaluates("docs/instruments.md");
}

#[test]
fn the_generated_reference_is_up_to_date() {
    let pages = reference::pages(&Language::new());
    let stale: Vec<&str> = pages
        .iter()
        .filter(|(name, text)| read(&format!("docs/reference/{name}")) != *text)
        .map(|(name, _)| name.as_str())
        .collect();
    assert!(stale.is_empty(), "{stale:?} differ: run `cargo run -p mag-lang --example reference`");
}
