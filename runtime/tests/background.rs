//! mag as a job of a shell: in the background the music plays on, and the shell has the keys.
#![cfg(target_os = "linux")]

mod scratch;
mod screen;

use rustix::termios::{LocalModes, SpecialCodeIndex, tcgetattr};
use screen::{Outcome, PATIENCE, Screen};
use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

const DRUMS: &str = "kick: s \"bd*4\"\n";

/// What the performance says to a command from elsewhere, if it is awake.
fn told(screen: &Screen, line: &str) -> Result<String, Box<dyn std::error::Error>> {
    let mut send = Command::new(env!("CARGO_BIN_EXE_mag"));
    let output = send.args(["send", line]).env("XDG_RUNTIME_DIR", &*screen.folder).output()?;
    assert!(output.status.success(), "{output:?}");
    Ok(String::from_utf8(output.stdout)?)
}

/// Puts mag to sleep with Ctrl-Z, pressed twice.
fn to_sleep(screen: &mut Screen) -> Outcome {
    screen.type_in("\x1a")?;
    screen.expect("Ctrl-Z once more")?;
    screen.type_in("\x1a")?;
    screen.expect("shell> ")?;
    Ok(())
}

/// Keys that the shell reads while mag is in the background do not stop it.
fn in_the_background(screen: &mut Screen) -> Outcome {
    screen.type_in("echo $((6 * 7))\r")?;
    screen.expect("42")?;
    screen.expect("shell> ")?;
    std::thread::sleep(Duration::from_millis(500));
    screen.type_in("echo $((7 * 7))\r")?;
    screen.expect("49")?;
    assert!(told(screen, "cp: s \"cp\"")?.contains("cp kick"));
    Ok(())
}

#[test]
fn the_prompt_plays_on_in_the_background() -> Outcome {
    let mut screen = Screen::shell("back", DRUMS)?;
    screen.expect("shell> ")?;
    let mag = env!("CARGO_BIN_EXE_mag");
    screen.type_in(&format!("{mag} repl --silent --no-journal set.mag; echo left\r"))?;
    screen.expect("mag> ")?;
    // The terminal itself puts nobody to sleep, not even between two lines: only mag knows how.
    assert_eq!(tcgetattr(&screen.keys)?.special_codes[SpecialCodeIndex::VSUSP], 0);
    to_sleep(&mut screen)?;
    assert_eq!(
        tcgetattr(&screen.keys)?.special_codes[SpecialCodeIndex::VSUSP],
        0x1a,
        "the shell's"
    );
    screen.type_in("bg\r")?;
    screen.expect("shell> ")?;
    in_the_background(&mut screen)?;
    screen.type_in("fg\r")?;
    screen.expect("mag> ")?;
    screen.type_in("rim: s \"rim\"\r")?;
    screen.expect("cp kick rim ·")?;
    Ok(())
}

#[test]
fn a_file_started_in_the_background_plays_and_has_its_keys_in_front() -> Outcome {
    let mut screen = Screen::shell("behind", DRUMS)?;
    screen.expect("shell> ")?;
    let mag = env!("CARGO_BIN_EXE_mag");
    screen.type_in(&format!("{mag} play --silent --no-journal set.mag &\r"))?;
    screen.expect("keys: ")?;
    in_the_background(&mut screen)?;
    screen.type_in("fg\r")?;
    screen.expect("play --silent")?;
    let until = Instant::now() + PATIENCE;
    while tcgetattr(&screen.keys)?.local_modes.contains(LocalModes::ICANON) {
        assert!(Instant::now() < until, "it has the keys");
        std::thread::sleep(Duration::from_millis(20));
    }
    screen.type_in("h")?;
    screen.expect("silence")?;
    to_sleep(&mut screen)?;
    screen.type_in("bg\r")?;
    screen.expect("shell> ")?;
    // It ends in the background as it does in front.
    assert!(told(&screen, "quit")?.contains("it ends"));
    let until = Instant::now() + PATIENCE;
    while fs::read_dir(screen.folder.join("mag"))?.next().is_some() {
        assert!(Instant::now() < until, "it ends");
        std::thread::sleep(Duration::from_millis(50));
    }
    screen.type_in("wait; echo $((8 * 8))\r")?;
    screen.expect("64")?;
    Ok(())
}

#[test]
fn a_file_that_is_not_there_yet_plays_once_it_is_saved() -> Outcome {
    let mut screen = Screen::shell("new", DRUMS)?;
    screen.expect("shell> ")?;
    let mag = env!("CARGO_BIN_EXE_mag");
    screen.type_in(&format!("{mag} play --silent --no-journal new.mag\r"))?;
    screen.expect("new.mag is not there yet: it plays once it is saved")?;
    screen.expect("keys: ")?;
    std::thread::sleep(Duration::from_millis(700));
    fs::write(screen.folder.join("new.mag"), DRUMS)?;
    let before = screen.expect("kick · 120 bpm")?;
    assert!(!before.contains("is gone"), "{before}");
    screen.type_in("q")?;
    screen.expect("shell> ")?;
    // The prompt is what is meant where no verb stands.
    screen.type_in(&format!("{mag} --silent --no-journal newer.mag\r"))?;
    screen.expect("newer.mag is not there yet")?;
    screen.expect("mag> ")?;
    screen.type_in("quit\r")?;
    screen.expect("shell> ")?;
    screen.type_in(&format!("{mag} newer.mag --silent --no-journal\r"))?;
    screen.expect("newer.mag is not there yet")?;
    screen.expect("mag> ")?;
    Ok(())
}
