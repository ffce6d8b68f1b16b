//! Things that go wrong while the real program plays: what was not touched goes on without a gap.
//!
//! Each test starts `mag play` on a file, listens to its OSC on loopback, and does something
//! unkind. `pulse` is never touched: its events must lie on their grid throughout.
#![cfg(unix)]

mod show;

use rustix::process::{Resource, Rlimit, Signal, kill_process, prlimit};
use show::{PULSE, Show};
use std::fs;
use std::io::Write;
use std::time::Duration;

type Tested = Result<(), Box<dyn std::error::Error>>;

const MS: fn(u64) -> Duration = Duration::from_millis;

#[test]
fn out_of_file_handles() -> Tested {
    let mut show = Show::start("handles", &[])?;
    let pid = show.pid()?;
    let open = fs::read_dir(format!("/proc/{}/fd", show.id()))?.count() as u64;
    let before = prlimit(
        Some(pid),
        Resource::Nofile,
        Rlimit { current: Some(open.saturating_sub(1)), maximum: None },
    );
    // (only root may lift the upper limit again)
    let before = match before {
        Ok(limit) => limit,
        Err(_) => return Ok(()),
    };
    show.save(&format!("{PULSE}other: s \"hh*8\"\n"))?;
    show.pause(MS(900));
    let said = show.said();
    assert!(said.contains("Too many open files"), "{said}");
    prlimit(Some(pid), Resource::Nofile, before)?;
    show.save(&format!("{PULSE}other: s \"cp*8\"\n"))?;
    show.expect_sound("cp")?;
    show.end_without_a_gap()
}

#[test]
fn the_whole_program_stopped_for_a_while() -> Tested {
    let mut show = Show::start("stopped", &[])?;
    let pid = show.pid()?;
    kill_process(pid, Signal::STOP)?;
    show.pause(MS(1500));
    kill_process(pid, Signal::CONT)?;
    show.pause(MS(1000));
    let said = show.said();
    assert!(said.contains("the machine was away"), "{said}");
    // Nothing is played late in a heap, and what follows is on the old grid.
    show.end_on_the_grid()
}

#[test]
fn half_a_file_then_the_rest() -> Tested {
    let mut show = Show::start("half", &[])?;
    let whole = format!("{PULSE}other: s \"hh*8\"\nmore: s \"cp*4\"\n");
    let path = show.file().to_owned();
    for _ in 0..3 {
        // A slow disk: the file stays open, and its halves come apart.
        let mut file = fs::File::create(&path)?;
        let (first, rest) = whole.split_at(PULSE.len() / 2);
        file.write_all(first.as_bytes())?;
        file.flush()?;
        show.pause(MS(150));
        file.write_all(rest.as_bytes())?;
        drop(file);
        show.pause(MS(100));
    }
    show.expect_sound("cp")?;
    let said = show.said();
    assert!(!said.contains("Error"), "half a file was believed: {said}");
    show.end_without_a_gap()
}

#[test]
fn broken_renamed_deleted_and_made_again() -> Tested {
    let mut show = Show::start("again", &[])?;
    let path = show.file().to_owned();
    let aside = path.with_extension("bak");
    show.save(&format!("{PULSE}other: s \"hh*8\" .lpf (wobbel 3)\n"))?;
    show.pause(MS(200));
    assert!(show.said().contains("wobbel"), "{}", show.said());
    fs::rename(&path, &aside)?;
    show.pause(MS(800));
    assert!(show.said().contains("it plays on"), "{}", show.said());
    fs::write(&path, format!("{PULSE}other: s \"hh*8\"\n"))?;
    show.expect_sound("hh")?;
    fs::remove_file(&path)?;
    fs::create_dir(&path)?;
    show.pause(MS(800));
    fs::remove_dir(&path)?;
    fs::write(&path, b"\xff\xfe\x00 no text")?;
    show.pause(MS(800));
    assert!(show.said().contains("not UTF-8"), "{}", show.said());
    fs::rename(&aside, &path)?;
    show.save(&format!("{PULSE}other: s \"cp*8\"\n"))?;
    show.expect_sound("cp")?;
    show.end_without_a_gap()
}

#[test]
fn two_files_at_once() -> Tested {
    let text = format!("use 'drums.mag'\n{PULSE}");
    let mut show = Show::start_with("two", &text, &[("drums.mag", "drums: s \"bd*4\"\n")])?;
    show.expect_sound("bd")?;
    let drums = show.file().with_file_name("drums.mag");
    for (n, sound) in ["sn", "hh", "cp", "oh"].into_iter().enumerate() {
        fs::write(&drums, format!("drums: s \"{sound}*4\"\n"))?;
        show.save(&format!("{text}-- {n}\n"))?;
        show.expect_sound(sound)?;
    }
    fs::write(&drums, "drums: s \"lt*4\" .nonsens 1\n")?;
    show.pause(MS(200));
    assert!(show.said().contains("nonsens"), "{}", show.said());
    fs::remove_file(&drums)?;
    show.pause(MS(700));
    fs::write(&drums, "drums: s \"rim*4\"\n")?;
    show.expect_sound("rim")?;
    show.end_without_a_gap()
}

#[test]
fn a_million_characters() -> Tested {
    let mut show = Show::start("million", &[])?;
    let filler = "-- a comment that goes on and on, as long as the night and the set\n";
    let long = filler.repeat(1_000_000 / filler.len());
    show.save(&format!("{long}{PULSE}other: s \"cp*8\"\n"))?;
    show.expect_sound("cp")?;
    let notes = "x: s \"bd\" .gain 0\n";
    let parts: String = (0..2000).map(|n| notes.replace('x', &format!("p{n}"))).collect();
    show.save(&format!("{PULSE}other: s \"hh*8\"\n{parts}{}", "(".repeat(900_000)))?;
    show.pause(MS(3000));
    show.save(&format!("{PULSE}other: s \"oh*8\"\n"))?;
    show.expect_sound("oh")?;
    show.end_without_a_gap()
}

#[test]
fn nobody_listens_then_somebody_does() -> Tested {
    let mut show = Show::start("deaf", &[])?;
    show.deaf()?;
    show.pause(MS(700));
    assert!(show.said().contains("nobody takes OSC"), "{}", show.said());
    show.listen()?;
    show.pause(MS(700));
    show.save(&format!("{PULSE}other: s \"cp*8\"\n"))?;
    show.expect_sound("cp")?;
    show.end_on_the_grid()
}

#[test]
fn nonsense_from_the_wire() -> Tested {
    let mut show = Show::start("wire", &[])?;
    for text in [
        "",
        "((((((",
        "\0\u{7}",
        "hush (",
        "undo +",
        "mute nobody",
        "tempo 0",
        "x: x x",
        "other: s",
    ] {
        let _ = show.send(text);
    }
    let _ = show.send(&"x: s \"bd\"\n".repeat(200_000));
    let told = show.send("other: s \"cp*8\"")?;
    assert!(told.contains("other"), "{told}");
    show.expect_sound("cp")?;
    show.end_without_a_gap()
}

#[test]
fn slow_callers_hold_up_nobody() -> Tested {
    use std::os::unix::net::UnixStream;
    let mut show = Show::start("slow", &[])?;
    let socket = show.socket()?;
    // One says nothing, one drips, and then there are too many of them.
    let silent = UnixStream::connect(&socket)?;
    let mut drips = UnixStream::connect(&socket)?;
    let began = std::time::Instant::now();
    drips.write_all(b"mute ")?;
    let told = show.send("other: s \"cp*8\"")?;
    assert!(told.contains("other"), "{told}");
    assert!(began.elapsed() < MS(4500), "{:?}", began.elapsed());
    show.expect_sound("cp")?;
    let crowd: Vec<UnixStream> =
        (0..20).map(|_| UnixStream::connect(&socket)).collect::<Result<_, _>>()?;
    show.pause(MS(300));
    drop((silent, crowd));
    show.pause(MS(500));
    let told = show.send("other: s \"hh*8\"")?;
    assert!(told.contains("other"), "{told}");
    // Dripping on does not keep it open.
    let mut open = true;
    while open && began.elapsed() < MS(20_000) {
        show.pause(MS(500));
        open = drips.write_all(b"x").is_ok();
    }
    assert!(!open, "who drips is left after a while");
    show.end_without_a_gap()
}

#[test]
fn a_part_that_explodes_later() -> Tested {
    let mut show = Show::start("explodes", &[])?;
    let seed = "let big = \"a*<1 1 1 1 1 1 64>\"\n";
    let fold = |n| (0..n).map(|_| " .ply \"<1 1 1 1 1 1 64>\"").collect::<String>();
    show.pause(MS(1500));
    show.save(&format!("{seed}{PULSE}other: s big{}\n", fold(6)))?;
    show.expect_sound("a")?;
    show.pause(MS(6000));
    let said = show.said();
    assert!(said.contains("`other` failed in cycle 6"), "{said}");
    show.save(&format!("{PULSE}other: s \"cp*8\"\n"))?;
    show.expect_sound("cp")?;
    show.end_without_a_gap()
}
