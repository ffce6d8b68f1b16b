//! Parts by their names, in commands and in other parts: a part is known in what follows it, as a pattern, where
//! nothing else has its name.
#![allow(clippy::expect_used)]

use mag_lang::program::{Mode, Program};
use mag_lang::source::{Source, Sources};
use mag_lang::{Language, NoFiles};
use mag_pattern::{Nowhere, Query, Span};
use std::sync::Arc;

fn evaluated(
    language: &Language,
    base: &Arc<Program>,
    text: &str,
    mode: Mode,
) -> Result<Arc<Program>, String> {
    let source = Source::new(1, "test.mag", text);
    let evaluated = language.evaluate(base, &source, mode, &NoFiles);
    evaluated
        .map(|evaluation| evaluation.program)
        .map_err(|p| mag_lang::report::render(&p, &Sources::from(source), false))
}

fn file(text: &str) -> Result<Arc<Program>, String> {
    let language = Language::new();
    evaluated(&language, &language.empty(), text, Mode::File)
}

/// The values of a part in cycle 0, in order of time.
fn values(program: &Program, part: &str) -> Vec<String> {
    let part = program.parts.get(part).expect("the part");
    let (mut haps, mut query) = (Vec::new(), Query::new(&Nowhere));
    part.pattern.query(Span::cycle(0), &mut query, &mut haps);
    haps.sort_by(|a, b| a.part.begin.to_f64().total_cmp(&b.part.begin.to_f64()));
    haps.iter().map(|hap| hap.value.to_string()).collect()
}

#[test]
fn a_part_is_known_in_what_follows_it() {
    let text = "lead: note \"60 62\"\ntwin: lead .rev\nlet up p = p + note 12\nhigh: up twin\n";
    let made = file(text).expect("a program");
    let plain = file("high: note \"74 72\"").expect("a program");
    assert_eq!(values(&made, "high"), values(&plain, "high"));
    assert_eq!(values(&made, "twin").len(), 2);
}

#[test]
fn functions_and_names_come_before_parts() {
    let text = "rev: note \"60\"\nlet kick = note \"61\"\nkick: note \"62\"\n\
                a: note \"1 2\" .rev\nb: kick\nlet f kick = kick\nc: f (note 63)\n\
                fill: s \"bd\"\nd: drums .bars 2 .fill 1\n";
    let made = file(text).expect("a program");
    let plain = "a: note \"2 1\"\nb: note \"61\"\nc: note 63\n";
    let plain = file(plain).expect("a program");
    for part in ["a", "b", "c"] {
        assert_eq!(values(&made, part), values(&plain, part), "{part}");
    }
}

#[test]
fn what_is_made_of_a_part_changes_with_it() {
    let language = Language::new();
    let text = |lead: &str| {
        format!("lead: {lead}\nlet low = lead - note 12\ntwin: low\nalone: s \"lead twin\"\n")
    };
    let before = evaluated(&language, &language.empty(), &text("note 60"), Mode::File);
    let before = before.expect("a program");
    let after = evaluated(&language, &before, &text("note 61"), Mode::File).expect("a program");
    let meaning = |program: &Program, part: &str| program.parts.get(part).map(|p| p.meaning);
    assert_ne!(meaning(&before, "twin"), meaning(&after, "twin"));
    assert_eq!(meaning(&before, "alone"), meaning(&after, "alone"), "a sound of that name");
    // At the prompt what plays is known, the part itself too.
    let block = evaluated(&language, &after, "lead: lead .fast 2", Mode::Block);
    let block = block.expect("a program");
    assert_eq!(values(&block, "lead").len(), 2);
    let hushed = evaluated(&language, &language.empty(), "x: lead", Mode::Block);
    assert!(hushed.is_err_and(|told| told.contains("nothing is called `lead`")));
}

#[test]
fn one_mistake_is_told_once_and_a_part_below_is_named() {
    let told = file("lead: note \"60\" .fsat 2\nduo: lead .rev\nmute lead\n").expect_err("a fault");
    assert_eq!(told.matches("Error").count(), 1, "{told}");
    let told = file("duo: lead .rev\nlead: note 60\n").expect_err("a fault");
    assert!(told.contains("`lead` comes later") && told.contains("above this"), "{told}");
    let told = file("lead: lead .rev\n").expect_err("a fault");
    assert!(told.contains("nothing is called `lead`"), "{told}");
    let told = file("lead: note 60\nduo: laed .rev\n").expect_err("a fault");
    assert!(told.contains("did you mean `lead`"), "{told}");
}

#[test]
fn a_part_that_listens_is_not_told_to_be_silent() {
    let language = Language::new();
    for (text, warned) in [("a: answer midi", 0), ("a: midi .s \"pluck\"", 0), ("a: s \"~\"", 1)] {
        let source = Source::new(1, "test.mag", text);
        let evaluated = language.evaluate(&language.empty(), &source, Mode::File, &NoFiles);
        assert_eq!(evaluated.expect("a program").warnings.len(), warned, "{text}");
    }
}

#[test]
fn a_crossfade_is_said_with_its_parts_before_or_after() {
    let parts = "pad: note 60\nlead: note 67\nbass: note 48\n";
    for line in ["xfade 2 pad lead", "xfade pad lead 2"] {
        let program = file(&format!("{parts}{line}\n")).expect("a program");
        let cycles = ["pad", "lead", "bass"].map(|part| program.xfade_of(part).to_f64());
        assert_eq!(cycles, [2.0, 2.0, 0.0], "{line}");
    }
    assert!(file(&format!("{parts}xfade pad\n")).is_err());
}
