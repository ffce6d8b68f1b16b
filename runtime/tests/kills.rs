//! The real program, edited and killed at random moments.
//!
//! In full (some minutes): `cargo test -p mag --test kills -- --ignored --nocapture`
#![allow(clippy::unwrap_used)]

mod kill;

use kill::{Dice, Event, Stage, file_text, kill_once, line};
use std::time::{Duration, Instant};

fn kills(count: u64) {
    let (mut compared, mut edits, mut wrong) = (0, 0, Vec::new());
    for seed in 0..count {
        match kill_once(seed) {
            Ok(outcome) => {
                compared += outcome.compared;
                edits += outcome.edits;
            }
            Err(why) => wrong.push(why),
        }
    }
    println!(
        "{count} kills: {edits} edits in the journals, {compared} events played again as sent"
    );
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_killed_performance_is_in_its_journal() {
    kills(3);
}

#[test]
#[ignore = "takes some minutes"]
fn fifty_killed_performances_are_in_their_journals() {
    kills(50);
}

/// Whether every event of `keep` is there once, from the first to the last.
fn gaps(heard: &[Event]) -> (usize, usize) {
    let mut ticks: Vec<i64> = heard.iter().filter(|e| e.0 == "keep").map(|e| e.1).collect();
    ticks.sort_unstable();
    (ticks.len(), ticks.windows(2).filter(|w| w[1] - w[0] != 120).count())
}

/// Those of the accepted lines that are not in the journal, each looked for behind the one before.
fn lost<'a>(accepted: &'a [String], journal: &[&str]) -> Vec<(usize, &'a str)> {
    let mut rest = journal;
    let mut lost = Vec::new();
    for (n, text) in accepted.iter().enumerate() {
        match rest.iter().take(60).position(|there| there == text) {
            Some(at) => rest = &rest[at + 1..],
            None => lost.push((n, text.as_str())),
        }
    }
    lost
}

/// Edits within a time, evenly spread; a third of them are wrong.
fn edited(count: u64, length: Duration) {
    let mut dice = Dice(1);
    let mut stage = Stage::start(&format!("edits{count}"), &file_text(&mut dice, true));
    let mut heard = vec![stage.plays().unwrap()];
    let begun = Instant::now();
    let (mut saves, mut accepted, mut refused) = (Vec::new(), Vec::new(), 0);
    for n in 0..count {
        let due = length.mul_f64(n as f64 / count as f64);
        std::thread::sleep(due.saturating_sub(begun.elapsed()));
        let right = dice.below(3) > 0;
        if dice.below(2) == 0 {
            let text = file_text(&mut dice, right);
            stage.save(&text);
            if right { saves.push(text) } else { refused += 1 }
        } else {
            // (whatever solos others makes a gap that is meant)
            let mut text = line(&mut dice, right);
            while text.contains("solo") || text == "undo" || text == "redo" {
                text = line(&mut dice, right);
            }
            match stage.send(&text) {
                Some(true) => accepted.push(text),
                answer => {
                    assert_eq!(answer, Some(false), "it answers");
                    refused += 1;
                }
            }
        }
        heard.extend(stage.heard());
    }
    std::thread::sleep(Duration::from_millis(500));
    let took = begun.elapsed();
    heard.extend(stage.kill());
    let (ticks, gaps) = gaps(&heard);
    let recorded = mag::journal::read(&stage.journal()).unwrap();
    let bytes = std::fs::metadata(stage.journal()).unwrap().len();
    let texts: Vec<&str> = recorded.entries().map(|e| e.text.as_str()).collect();
    let lost = lost(&accepted, &texts);
    for (n, text) in &lost {
        println!("lost: number {n} of the lines, {text}");
    }
    let lost = lost.len();
    let saved = saves.iter().filter(|text| texts.contains(&text.as_str())).count();
    println!(
        "{count} edits in {:.0} s, {refused} refused: {} events, {ticks} of the untouched part with \
         {gaps} gaps; {} lines accepted, {lost} lost; {saved} of {} right saves in the journal, \
         which has {bytes} bytes",
        took.as_secs_f64(),
        heard.len(),
        accepted.len(),
        saves.len()
    );
    assert_eq!((gaps, lost), (0, 0));
    assert!(saved * 100 >= saves.len() * 97, "a save may be overtaken by the next one");
}

#[test]
fn edits_leave_no_gap_and_are_all_in_the_journal() {
    edited(40, Duration::from_secs(6));
}

#[test]
#[ignore = "takes ten minutes"]
fn two_thousand_edits_in_ten_minutes() {
    edited(2000, Duration::from_secs(600));
}

#[test]
fn a_killed_performance_goes_on() {
    let text = "tempo 240\nkeep: s \"tick*8\"\nhats: s \"hh*4\"\nlead: s \"<a b c d e f g h>*2\"\n";
    let stage = Stage::start("resume", text);
    stage.plays().unwrap();
    for line in ["tempo 250", "mute hats", "kick: s \"bd*3\"", "let x = \"cp*5\""] {
        assert_eq!(stage.send(line), Some(true));
        std::thread::sleep(Duration::from_millis(300));
    }
    let (heard, stage) = stage.killed_and_resumed();
    let last = heard.iter().map(|e| e.1).max().unwrap();
    let first = stage.plays().unwrap();
    assert!(first.1 >= last - 4 * 960 && first.1 % 960 == 0, "{} after {last}", first.1);
    assert_eq!(stage.send("clap: s x"), Some(true), "its names are known again");
    std::thread::sleep(Duration::from_millis(1200));
    let mut again = stage.heard();
    again.push(first);
    let parts = |part: &str| again.iter().filter(|e| e.0 == part).count();
    assert!(parts("keep") > 4 && parts("kick") > 2 && parts("clap") > 2);
    assert_eq!(parts("hats"), 0, "still muted");
    for event in again.iter().filter(|e| e.0 == "lead") {
        let turn = (event.1 / 480) % 8;
        assert_eq!(event.2, ["a", "b", "c", "d", "e", "f", "g", "h"][turn as usize], "in phase");
    }
    let recorded = mag::journal::read(&stage.journal()).unwrap();
    assert_eq!(recorded.takes.len(), 2, "one journal for one evening");
    assert_eq!(recorded.entries().last().map(|e| e.text.as_str()), Some("clap: s x"));
}
