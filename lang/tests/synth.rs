//! Instruments written live: the manual is that of the table, examples become programs, arguments
//! become controls.
#![allow(clippy::expect_used)]

use mag_graph::{Fill, Given, Kind, UGENS, fold};
use mag_lang::{Evaluation, Language, Mode, NoFiles, Program, Source, synth};
use mag_pattern::{Query, Span, Sym};
use std::collections::BTreeSet;
use std::sync::Arc;

fn evaluate(base: &Arc<Program>, text: &str, mode: Mode) -> Result<Evaluation, Vec<String>> {
    let source = Source::new(1, "set.mag", text);
    Language::new().evaluate(base, &source, mode, &NoFiles).map_err(|problems| {
        let told = |p: &mag_lang::Problem| {
            let at = source.text.get(p.loc.from()..p.loc.to()).unwrap_or("");
            format!("{}: {} [{at}]", p.code, p.message)
        };
        problems.iter().filter(|p| p.is_error()).map(told).collect()
    })
}

fn accepted(text: &str) -> Evaluation {
    match evaluate(&Language::new().empty(), text, Mode::File) {
        Ok(evaluation) => evaluation,
        Err(problems) => panic!("{text}\n{problems:#?}"),
    }
}

fn kinds(text: &str, name: &str) -> Vec<Kind> {
    let program = accepted(text).program;
    let synth = program.synths.get(name).expect("the instrument");
    synth.program.ops.iter().map(|op| op.kind).collect()
}

#[test]
fn the_manual_is_that_of_the_table() {
    let entries = synth::entries_of_generators();
    let natives: BTreeSet<&str> =
        entries.iter().filter(|e| e.native).map(|e| e.name.as_str()).collect();
    let mut table: BTreeSet<&str> = UGENS.iter().map(|ugen| ugen.name).collect();
    table.extend(Given::ALL.iter().map(|(_, name, _)| *name));
    assert_eq!(natives, table);
    for ugen in UGENS {
        let entry = entries.iter().find(|e| e.name == ugen.name).expect("an entry");
        let inputs: Vec<&str> = ugen.inputs.iter().map(|input| input.name).collect();
        assert_eq!(entry.params, inputs, "{}", ugen.name);
        assert!(!synth::numbers(ugen.name).is_empty());
        // Only the last input may have to be given, unless nothing is piped in.
        let wanted = ugen.inputs.iter().position(|input| input.fill == Fill::Wanted);
        let alone = matches!(ugen.kind, Kind::Stereo | Kind::Feedback | Kind::Wave);
        let maths = ugen.inputs.len() == 2 && fold(ugen.kind, 1.0, 1.0).is_some()
            || matches!(ugen.kind, Kind::Mod | Kind::Pow);
        assert!(
            alone || maths || wanted.is_none_or(|i| i + 1 == ugen.inputs.len()),
            "{}",
            ugen.name
        );
    }
}

#[test]
fn every_generator_is_documented_and_its_examples_become_instruments() {
    let entries = synth::entries_of_generators();
    let known: Vec<&str> = entries.iter().map(|e| e.name.as_str()).collect();
    for entry in entries {
        assert!(!entry.summary.is_empty() && !entry.examples.is_empty(), "{}", entry.name);
        assert!(!entry.see.is_empty() && !entry.tags.is_empty(), "{}", entry.name);
        for see in &entry.see {
            assert!(known.contains(&see.as_str()), "{}: see {see}", entry.name);
        }
        for example in &entry.examples {
            let evaluation = accepted(example);
            assert_eq!(evaluation.program.synths.len(), 1, "{example}");
            let word = |w: &str| example.split(|c: char| !c.is_alphanumeric()).any(|x| x == w);
            assert!(word(&entry.name), "{example} does not show {}", entry.name);
            assert!(evaluation.warnings.is_empty(), "{example}: {:?}", evaluation.warnings);
        }
    }
}

#[test]
fn an_argument_is_a_control_in_the_same_evaluation_wherever_it_stands() {
    let text = "bass: n \"0 3\" .s \"wub\" .wobble \"<4 8>\" .cutoff 900\n\
                synth wub cutoff=800 wobble=2 = saw .lpf (cutoff * (1 + lfo wobble)) .mul (env 0.01 1)";
    let program = accepted(text).program;
    let synth = &program.synths["wub"];
    let controls: Vec<&str> = synth.arguments.iter().map(|a| a.control.as_str()).collect();
    assert_eq!(controls, ["cutoff", "wobble"]);
    assert_eq!(synth.arguments[1].default, 2.0);
    let mut haps = Vec::new();
    let pattern = &program.parts["bass"].pattern;
    pattern.query(Span::cycle(1), &mut Query::default(), &mut haps);
    let value = haps[0].value.clone().into_controls();
    assert_eq!(value.number(Sym::new("wobble")), Some(8.0));
}

#[test]
fn inputs_are_positional_piped_or_left_out() {
    let same = |a: &str, b: &str| {
        let program = |body: &str| {
            let text = format!("synth x = {body}");
            accepted(&text).program.synths["x"].program.clone()
        };
        assert_eq!(program(a), program(b), "{a} and {b}");
    };
    same("saw", "saw freq");
    same("saw .lpf 800 0.3", "lpf 800 0.3 (saw freq)");
    same("saw .lpf 800", "lpf 800 0 saw");
    same("lpf 800 saw", "lpf 800 0 saw");
    same("saw .lpf", "lpf 1000 0 saw");
    same("saw .sub 2", "saw - 2");
    same("saw .div freq", "saw / freq");
    same("-saw", "saw * -1");
    same("saw > 0.5", "0.5 < saw");
    same("(\\x -> x + x .lpf 300) saw", "saw + lpf 300 saw");
    same("square 200", "pulse 200 0.5");
    same("saw .echo 0.2 0.5", "feedback 0.2 (\\y -> y * 0.5) saw");
    same("mix [saw, sine]", "saw + sine");
    same("2 * 3 * saw", "6 * saw");
}

#[test]
fn two_channels_spread_through_what_comes_after() {
    let program = accepted("synth x = stereo saw tri .lpf 800 .mul (env 0.01 1)").program;
    let x = &program.synths["x"].program;
    assert_eq!(x.out.len(), 2);
    assert_eq!(x.ops.iter().filter(|op| op.kind == Kind::Lpf).count(), 2);
    assert_eq!(x.ops.iter().filter(|op| op.kind == Kind::Env).count(), 1, "one for both");
    assert_eq!(kinds("synth x = noise .pan 0.2 .mono", "x").len(), 7);
}

#[test]
fn noises_are_two_unless_they_have_a_name() {
    let noises = |text: &str| kinds(text, "x").iter().filter(|kind| **kind == Kind::Noise).count();
    assert_eq!(noises("synth x = noise + noise"), 2);
    assert_eq!(noises("synth x = (\\a -> a + a .lpf 300) noise"), 1);
    assert_eq!(noises("synth a = noise\nsynth x = a + a"), 2);
}

#[test]
fn instruments_are_made_of_others_and_of_the_performers_own_names() {
    let text = "let depth = 400\nlet open x = x * depth + 200\n\
                synth twin d=3 = saw (freq - d) + saw (freq + d)\n\
                synth x openness=1 = twin 5 .lpf (open openness) .mul (env 0.01 0.5)\n\
                synth y = twin";
    let program = accepted(text).program;
    assert_eq!(program.synths["x"].program.ops.iter().filter(|o| o.kind == Kind::Saw).count(), 2);
    assert!(program.synths["x"].program.dies && !program.synths["y"].program.dies);
    assert_eq!(program.synths["y"].arguments.len(), 0);
}

#[test]
fn another_name_of_what_every_note_has_is_no_argument() {
    let problems = evaluate(&Language::new().empty(), "synth x up=1 = saw * up", Mode::File);
    let problems = problems.expect_err("a problem");
    assert_eq!(problems, ["synth-argument: `up` sets `note`: it cannot be an argument [up]"]);
}

#[test]
fn a_redefinition_is_a_change_and_the_same_again_is_none() {
    let language = Language::new();
    let first = "synth x a=1 = saw * a\np: s \"x\"";
    let base = evaluate(&language.empty(), first, Mode::File).expect("accepted").program;
    let again = evaluate(&base, first, Mode::File).expect("accepted");
    assert!(!again.changed);
    assert!(Arc::ptr_eq(&again.program.synths["x"], &base.synths["x"]));
    let other = evaluate(&base, "synth x a=1 = tri * a", Mode::Block).expect("accepted");
    assert!(other.changed);
    assert!(other.program.parts.contains_key("p"));
    // In a file what is no longer there is gone, its controls too.
    let gone = evaluate(&base, "p: s \"bd\" .a 2", Mode::File);
    assert!(gone.is_err_and(|problems| problems[0].starts_with("unknown-name")));
}

#[test]
fn all_problems_are_told_at_once_inside_the_definition() {
    let text = "synth x cutoff=800 = (swa + pulse (frq / 2)) .lpff cutoff .mul (adsr 1 2 3 4 5)";
    let problems = evaluate(&Language::new().empty(), text, Mode::File).expect_err("problems");
    let codes: Vec<&str> = problems.iter().map(|p| p.split(':').next().unwrap_or("")).collect();
    let unknown = "unknown-generator";
    assert_eq!(codes, [unknown, unknown, unknown, "argument-count"], "{problems:#?}");
    assert!(problems[0].ends_with("[swa]") && problems[2].ends_with("[lpff]"), "{problems:#?}");
}

#[test]
fn no_body_makes_it_hang_or_panic() {
    let words = [
        "saw",
        "lpf",
        "(",
        ")",
        "800",
        ".lpf",
        "+",
        "freq",
        "feedback",
        "0.2",
        "(* 0.5)",
        "[",
        "]",
        "x",
        "\\y -> y",
        "stereo",
        "mix",
        "\"<1 2>\"",
        "'flute'",
        "wave",
        ".pan",
        "-",
        "pluck",
        "adsr",
        ".echo",
        "noise",
        "/",
        "x",
        "env",
        ".mono",
        "every",
        "gain",
        "{a: 1}",
        ">",
    ];
    let language = Language::new();
    let base = language.empty();
    let mut seed = 12345u32;
    let mut draw = |n: usize| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 16) as usize % n
    };
    let mut accepted = 0;
    for _ in 0..3000 {
        let body: Vec<&str> = (0..1 + draw(9)).map(|_| words[draw(words.len())]).collect();
        let text = format!("synth t x=1 = {}", body.join(" "));
        let source = Source::new(1, "set.mag", &text);
        let made = language.evaluate(&base, &source, Mode::File, &NoFiles);
        accepted += usize::from(made.is_ok());
    }
    assert!(accepted > 50, "{accepted}");
    // Towers of instruments and functions are refused, not built.
    let tower: String =
        (1..40).map(|i| format!("synth t{i} = t{0} + t{0} .lpf {i}\n", i - 1)).collect();
    let text = format!("synth t0 = saw\n{tower}");
    assert!(evaluate(&base, &text, Mode::File).is_err());
    let tower: String = (1..40).map(|i| format!("let f{i} x = f{0} (f{0} x)\n", i - 1)).collect();
    let text = format!("let f0 x = x * 2\n{tower}synth t = f39 saw");
    assert!(evaluate(&base, &text, Mode::File).is_err());
    let deep = format!("synth t = {}saw{}", "(1 + ".repeat(190), ")".repeat(190));
    assert!(evaluate(&base, &deep, Mode::File).is_err());
}
