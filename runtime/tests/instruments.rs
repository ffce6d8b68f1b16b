//! The instruments that the standard library writes in mag: each is heard, stays in bounds, keeps to
//! the level of the others, and ends.

mod common;

use common::RATE;
use mag::clock::Frame;
use mag::notice::Notices;
use mag::offline::Offline;
use mag_lang::{Language, Mode, NoFiles, Source, instruments};
use mag_pattern::Nowhere;
use std::convert::Infallible;
use std::sync::Arc;

const SECOND: Frame = RATE as Frame;

/// Both channels, and what was said.
fn render(text: &str, seconds: Frame) -> [Vec<f32>; 2] {
    let (notices, mut heard) = (Notices::start(Box::new(|_| {})), [Vec::new(), Vec::new()]);
    let mut offline = Offline::new(common::program(text), Arc::new(Nowhere), notices);
    let Ok(()) = offline.play(seconds * SECOND, |block| {
        for pair in block.chunks(2) {
            heard[0].push(pair[0]);
            heard[1].push(pair[1]);
        }
        Ok::<(), Infallible>(())
    });
    heard
}

fn peak(x: &[f32]) -> f32 {
    x.iter().fold(0.0, |most, y| y.abs().max(most))
}

fn level(x: &[f32]) -> f32 {
    (x.iter().map(|y| y * y).sum::<f32>() / x.len().max(1) as f32).sqrt()
}

/// The loudest 200 ms of both channels.
fn loudest(x: &[Vec<f32>; 2]) -> f32 {
    let window = RATE as usize / 5;
    let both = x[0].chunks(window).zip(x[1].chunks(window));
    both.map(|(l, r)| level(l).hypot(level(r))).fold(0.0, f32::max)
}

#[test]
fn every_example_is_heard_in_bounds_and_without_direct_current() {
    assert!(instruments::entries().len() >= 10);
    for entry in instruments::entries() {
        assert!(!entry.text.is_empty() && !entry.examples.is_empty(), "{}", entry.name);
        for example in &entry.examples {
            let heard = render(&format!("p: {example}"), 4);
            let peak = peak(&heard[0]).max(peak(&heard[1]));
            assert!((0.05..0.95).contains(&peak), "{example}: peak {peak}");
            for x in &heard {
                assert!(x.iter().all(|y| y.is_finite()), "{example}");
                let mean = x.iter().sum::<f32>() / x.len() as f32;
                assert!(mean.abs() < 0.01, "{example}: mean {mean}");
            }
        }
    }
}

#[test]
fn a_note_of_each_is_about_as_loud_as_one_of_the_built_in_sounds_and_comes_to_its_end() {
    let note = |name: &str, note: &str, more: &str| {
        render(&format!("tempo 240\np: note \"<{note} ~!30>\" .s \"{name}\" {more}"), 9)
    };
    let pitch = |name: &str| match name {
        "acid" | "reese" | "bass" => "a1",
        "flute" => "c5",
        "bowl" | "marimba" | "kalimba" | "vibes" => "c4",
        _ => "c3",
    };
    // What a set is made of besides.
    let others = ["keys", "bass", "lead", "pad", "pluck", "saw", "organ", "piano"];
    let others: Vec<f32> = others.iter().map(|s| loudest(&note(s, pitch(s), ""))).collect();
    let usual = others.iter().map(|x| x.ln()).sum::<f32>() / others.len() as f32;
    for entry in instruments::entries() {
        let heard = note(&entry.name, pitch(&entry.name), "");
        let decibels = 8.686 * (loudest(&heard).ln() - usual);
        println!("{:<10} {decibels:+.1} dB", entry.name);
        assert!(decibels.abs() < 6.0, "{}: {decibels:+.1} dB", entry.name);
        let end = 17 * RATE as usize / 2;
        assert!(level(&heard[0][end..]) < 1e-3, "{} does not end", entry.name);
        // A note that is cut short leaves no click: nothing leaps where there is nothing to hear.
        let short = note(&entry.name, pitch(&entry.name), ".clip 0.05");
        assert!(level(&short[0][end..]) < 1e-3, "{} does not end", entry.name);
    }
}

#[test]
fn arguments_of_each_change_it() {
    for entry in instruments::entries() {
        let synth = instruments::named(&entry.name).unwrap_or_else(|| panic!("{}", entry.name));
        for argument in &synth.arguments {
            let play = |factor: f32| {
                let (name, value) = (&argument.name, argument.default * factor);
                render(&format!("p: note \"c3*2\" .s \"{}\" .{name} {value}", entry.name), 1)
            };
            let (x, y) = (play(1.0), play(0.6));
            let difference: Vec<f32> = x[0].iter().zip(&y[0]).map(|(a, b)| a - b).collect();
            let share = level(&difference) / level(&x[0]);
            assert!(share > 0.01, "{} .{}: {share}", entry.name, argument.name);
        }
    }
}

#[test]
fn one_of_the_performers_own_wins() {
    let own = "synth marimba = saw .mul (adsr 0.01 0 1 0.01)\np: note \"c4\" .s \"marimba\"";
    let (own, plain) = (render(own, 1), render("p: note \"c4\" .s \"marimba\"", 1));
    let bright = |x: &[f32]| level(&x.windows(2).map(|w| w[1] - w[0]).collect::<Vec<_>>());
    assert!(bright(&own[0]) / level(&own[0]) > 3.0 * bright(&plain[0]) / level(&plain[0]));
}

#[test]
fn another_instrument_can_be_made_of_one() {
    let language = Language::new();
    let text = "synth twice = marimba + flute\np: s \"twice\"";
    let source = Source::new(1, "set.mag", text);
    assert!(language.evaluate(&language.empty(), &source, Mode::File, &NoFiles).is_ok());
}
