//! The prompt as a performer meets it: a real terminal, keys, and what stands on the screen.
#![cfg(unix)]

mod scratch;
mod screen;

use rustix::process::{Signal, kill_process};
use rustix::termios::{Winsize, tcgetattr, tcsetwinsize};
use scratch::Scratch;
use screen::{Outcome, PATIENCE, Screen, ended};
use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const DRUMS: &str = "kick: s \"bd*4\"\n";

#[test]
fn a_pattern_is_drawn_and_a_mistake_explained() -> Outcome {
    let mut screen = Screen::open("draw", DRUMS)?;
    screen.expect("kick")?;
    screen.expect("mag> ")?;
    screen.type_in("s \"bd sn\"\r")?;
    screen.expect("bd │█")?;
    screen.expect("sn │")?;
    screen.type_in("x: s \"bd\" .evry 2 (.rev)\r")?;
    screen.expect("did you mean `every`")?;
    screen.type_in("hats: s \"hh*8\"\r")?;
    screen.expect("hats kick")?;
    screen.type_in("help fast\r")?;
    screen.expect("fast n p")?;
    Ok(())
}

#[test]
fn messages_of_the_performance_leave_the_line_alone() -> Outcome {
    let mut screen = Screen::open("above", DRUMS)?;
    screen.expect("mag> ")?;
    screen.type_in("cp: s \"cp")?;
    screen.expect("cp: s \"cp")?;
    fs::write(&screen.file, "kick: s \"bd*2\"\nrim: s \"rim*4\"\n")?;
    screen.expect("kick rim")?;
    screen.expect("mag> cp: s \"cp")?;
    fs::write(&screen.file, "kick: s \"bd*2\nrim: s \"rim*4\"\n")?;
    screen.expect("never closed")?;
    screen.expect("it plays on unchanged")?;
    screen.expect("mag> cp: s \"cp")?;
    screen.type_in("*2\"\r")?;
    screen.expect("cp kick rim")?;
    Ok(())
}

#[test]
fn blocks_of_several_lines_and_completion() -> Outcome {
    let mut screen = Screen::open("lines", DRUMS)?;
    screen.expect("mag> ")?;
    screen.type_in("pad: note (cat [\"c3\",\r\"e3\"])\r\r")?;
    screen.expect("kick pad")?;
    screen.type_in("snare: s \"~ sn\" .degradeB\t 0.1\r")?;
    screen.expect("degradeBy 0.1")?;
    screen.expect("snare ·")?;
    Ok(())
}

#[test]
fn lines_that_come_all_at_once_are_all_taken() -> Outcome {
    let mut screen = Screen::open("burst", DRUMS)?;
    screen.expect("mag> ")?;
    screen.type_in("a: s \"bd\"\rb: s \"sn\"\rc: s \"hh\"\r")?;
    screen.expect("a b c kick")?;
    Ok(())
}

#[test]
fn control_c_takes_back_then_hushes_then_leaves() -> Outcome {
    let mut screen = Screen::open("leave", DRUMS)?;
    screen.expect("mag> ")?;
    screen.type_in("half a line")?;
    screen.expect("half a line")?;
    screen.type_in("\x03")?;
    let between = screen.expect("mag> ")?;
    assert!(!between.contains("silence"), "taking a line back keeps the music: {between}");
    std::thread::sleep(Duration::from_millis(200));
    screen.type_in("\x03")?;
    screen.expect("once more to leave")?;
    std::thread::sleep(Duration::from_millis(200));
    assert!(screen.child.try_wait()?.is_none(), "the first does not leave");
    screen.type_in("\x03")?;
    ended(&mut screen)
}

#[test]
fn lines_are_remembered_over_evenings() -> Outcome {
    let mut screen = Screen::open("memory", DRUMS)?;
    screen.expect("mag> ")?;
    screen.type_in("rim: s \"rim(3,8)\"\r")?;
    screen.expect("kick rim")?;
    std::thread::sleep(Duration::from_millis(200));
    screen.type_in("\x04")?;
    ended(&mut screen)?;
    let history = fs::read_to_string(screen.folder.join(".local/state/mag/history"))?;
    assert!(history.contains("rim: s \"rim(3,8)\""), "{history}");
    Ok(())
}

#[test]
fn the_bottom_row_says_how_it_stands() -> Outcome {
    let mut screen = Screen::open("row", DRUMS)?;
    // The row is kept out of what scrolls, and drawn in inverse video at its place.
    screen.expect_raw("\x1b[1;23r")?;
    screen.expect_raw("\x1b[24;1H")?;
    screen.expect("120 bpm")?;
    screen.expect("kick")?;
    screen.type_in("hats: s \"hh*16\"\r")?;
    screen.expect("●hats")?;
    screen.type_in("mute hats\rsolo kick\r")?;
    screen.expect("×hats")?;
    screen.type_in("unmute\r")?;
    screen.expect("·hats")?;
    screen.type_in("timing\r")?;
    screen.expect("left before its time")?;
    screen.expect("woke late by")?;
    screen.type_in("timing reset\r")?;
    screen.expect("measured from here on")?;
    tcsetwinsize(&screen.keys, Winsize { ws_row: 10, ws_col: 60, ws_xpixel: 0, ws_ypixel: 0 })?;
    screen.expect_raw("\x1b[1;9r")?;
    // Too small for both: the prompt has it all.
    tcsetwinsize(&screen.keys, Winsize { ws_row: 5, ws_col: 60, ws_xpixel: 0, ws_ypixel: 0 })?;
    screen.expect_raw("\x1b[r")?;
    Ok(())
}

#[test]
fn a_terminal_that_cannot_move_its_cursor_gets_lines_only() -> Outcome {
    let mut screen = Screen::with("dumb", DRUMS, "dumb")?;
    screen.expect("mag> ")?;
    screen.type_in("status\r")?;
    screen.expect("bpm")?;
    std::thread::sleep(Duration::from_millis(300));
    assert!(!screen.raw()?.contains('\x1b'), "{:?}", screen.raw);
    Ok(())
}

#[test]
fn what_ends_it_leaves_the_terminal_as_it_was() -> Outcome {
    let mut screen = Screen::open("term", DRUMS)?;
    let before = tcgetattr(&screen.keys)?.local_modes;
    screen.expect("mag> ")?;
    screen.expect_raw("\x1b[24;1H")?;
    assert_ne!(tcgetattr(&screen.keys)?.local_modes, before, "a line is being edited");
    kill_process(screen.pid()?, Signal::TERM)?;
    ended(&mut screen)?;
    assert_eq!(tcgetattr(&screen.keys)?.local_modes, before);
    assert!(screen.raw()?.contains("\x1b[r"), "the whole screen scrolls again");
    Ok(())
}

#[test]
fn no_signal_of_a_keyboard_ends_it_by_accident() -> Outcome {
    let mut screen = Screen::open("signals", DRUMS)?;
    screen.expect("mag> ")?;
    screen.type_in("\x1a\x1c")?;
    kill_process(screen.pid()?, Signal::INT)?;
    screen.expect("once more to leave")?;
    assert!(screen.child.try_wait()?.is_none());
    screen.type_in("rim: s \"rim\"\r")?;
    screen.expect("rim ·")?;
    Ok(())
}

#[test]
fn a_terminal_that_goes_away_takes_no_music_with_it() -> Outcome {
    let mut screen = Screen::open("gone", DRUMS)?;
    screen.expect("mag> ")?;
    screen.type_in("rim: s \"rim\"\r")?;
    screen.expect("kick rim")?;
    kill_process(screen.pid()?, Signal::HUP)?;
    std::thread::sleep(Duration::from_millis(300));
    assert!(screen.child.try_wait()?.is_none(), "it plays on");
    let send = |line: &str| {
        Command::new(env!("CARGO_BIN_EXE_mag"))
            .args(["send", line])
            .env("XDG_RUNTIME_DIR", &*screen.folder)
            .output()
    };
    let told = String::from_utf8(send("mute rim")?.stdout)?;
    assert!(told.contains("kick"), "{told}");
    assert!(send("quit")?.status.success());
    ended(&mut screen)
}

#[test]
fn nothing_that_plays_is_left_when_the_terminal_goes_away() -> Outcome {
    let mut screen = Screen::open("idle", "tempo 120\n")?;
    screen.expect("mag> ")?;
    kill_process(screen.pid()?, Signal::HUP)?;
    ended(&mut screen)
}

#[test]
fn it_sleeps_when_asked_twice_and_wakes_as_it_was() -> Outcome {
    let mut screen = Screen::open("sleep", DRUMS)?;
    let before = tcgetattr(&screen.keys)?.local_modes;
    screen.expect("mag> ")?;
    screen.expect_raw("\x1b[1;23r")?;
    // Where something was typed it is taken back.
    screen.type_in("x\x1a\x1a")?;
    screen.expect("Ctrl-Z once more")?;
    screen.expect("mag> ")?;
    let stat = format!("/proc/{}/stat", screen.child.id());
    let asleep = || fs::read_to_string(&stat).is_ok_and(|stat| stat.contains(") T "));
    assert!(!asleep());
    screen.type_in("\x1a")?;
    let until = Instant::now() + PATIENCE;
    while !asleep() {
        assert!(Instant::now() < until, "it sleeps");
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(tcgetattr(&screen.keys)?.local_modes, before, "the shell has the terminal");
    screen.expect_raw("\x1b[r")?;
    kill_process(screen.pid()?, Signal::CONT)?;
    screen.expect_raw("\x1b[1;23r")?;
    screen.type_in("rim: s \"rim\"\r")?;
    screen.expect("rim ·")?;
    // From outside, in the midst of a line.
    screen.type_in("hats: s \"h")?;
    screen.expect("hats: s \"h")?;
    kill_process(screen.pid()?, Signal::TSTP)?;
    let until = Instant::now() + PATIENCE;
    while !asleep() {
        assert!(Instant::now() < until, "it sleeps");
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(tcgetattr(&screen.keys)?.local_modes, before);
    kill_process(screen.pid()?, Signal::CONT)?;
    screen.expect_raw("\x1b[1;23r")?;
    std::thread::sleep(Duration::from_millis(200));
    screen.type_in("h*8\"\r")?;
    screen.expect("hats kick rim ·")?;
    Ok(())
}

#[test]
fn lines_that_go_on_are_marked_and_files_completed() -> Outcome {
    let mut screen = Screen::open("margin", DRUMS)?;
    fs::write(screen.folder.join("bassline.mag"), "bass: s \"saw\"\n")?;
    screen.expect("mag> ")?;
    screen.type_in("use 'bas\t'\r")?;
    screen.expect("use 'bassline.mag'")?;
    screen.expect("bass kick")?;
    screen.type_in("pad: note (cat [\"c3\",\r")?;
    screen.expect("...  ")?;
    // A second statement in the same block begins at the margin.
    screen.type_in("\"e3\"])\x1b\rrim: s \"rim\"\r\r")?;
    screen.expect("bass kick pad rim")?;
    Ok(())
}

#[test]
fn an_operator_at_the_end_asks_for_more() -> Outcome {
    let mut screen = Screen::open("operator", DRUMS)?;
    screen.expect("mag> ")?;
    screen.type_in("up: n \"0 2\" +\rn \"7\"\r\r")?;
    screen.expect("kick up")?;
    Ok(())
}

#[test]
fn a_roll_is_no_wider_than_the_terminal() -> Outcome {
    let mut screen = Screen::open("narrow", DRUMS)?;
    screen.expect("mag> ")?;
    tcsetwinsize(&screen.keys, Winsize { ws_row: 24, ws_col: 40, ws_xpixel: 0, ws_ypixel: 0 })?;
    screen.expect_raw("\x1b[24;1H")?;
    screen.type_in("s \"bd sn bd sn\"\r")?;
    screen.expect("bd │")?;
    let row = screen.expect("sn │")?;
    assert!(row.contains('█') && row.chars().count() <= 42, "{row}");
    Ok(())
}

#[test]
fn without_a_terminal_lines_are_read_as_they_come() -> Outcome {
    let folder = Scratch::new("piped")?;
    let mut child = Command::new(env!("CARGO_BIN_EXE_mag"))
        .args(["repl", "--silent", "--no-journal"])
        .env("XDG_RUNTIME_DIR", &*folder)
        .env_remove("HOME")
        .env_remove("XDG_STATE_HOME")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let mut stdin = child.stdin.take().ok_or("no standard input")?;
    stdin.write_all("\"0 1\"\nkick: s \"bd\"\nkick: s \"[bd\"\n".as_bytes())?;
    drop(stdin);
    let output = child.wait_with_output()?;
    let text = String::from_utf8(output.stdout)?;
    assert!(text.contains("1 │"), "{text}");
    assert!(text.contains("never closed"), "{text}");
    assert!(output.status.success());
    Ok(())
}
