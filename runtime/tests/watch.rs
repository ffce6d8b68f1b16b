//! Every way in which editors save a file, against a real folder.

use mag::watch::{Change, Watch};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

type Outcome = Result<(), Box<dyn std::error::Error>>;

/// A folder with a followed file `set.mag` that holds `old`.
struct Desk {
    folder: PathBuf,
    file: PathBuf,
    changes: Receiver<(Change, Instant)>,
    watch: Watch,
}

impl Desk {
    fn new(name: &str) -> std::io::Result<Desk> {
        let folder = std::env::temp_dir().join(format!("mag-watch-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder)?;
        let file = folder.join("set.mag");
        fs::write(&file, "old")?;
        let (tell, changes) = channel();
        let watch = Watch::start(move |change| {
            let _ = tell.send((change, Instant::now()));
        })?;
        watch.follow(vec![(file.clone(), Some("old".into()))]);
        std::thread::sleep(Duration::from_millis(50));
        Ok(Desk { folder, file, changes, watch })
    }

    /// The next change is this text of `set.mag`; answers how long after `since` it came.
    fn expect(&self, text: &str, since: Instant) -> Result<Duration, String> {
        self.expect_of(&self.file, text, since)
    }

    fn expect_of(&self, file: &Path, text: &str, since: Instant) -> Result<Duration, String> {
        match self.changes.recv_timeout(Duration::from_secs(3)) {
            Ok((Change::Text { path, text: found }, at)) if path == file && &*found == text => {
                Ok(at.duration_since(since))
            }
            other => Err(format!("expected `{text}`, found {other:?}")),
        }
    }

    fn expect_nothing(&self, during: Duration) -> Result<(), String> {
        match self.changes.recv_timeout(during) {
            Err(_) => Ok(()),
            Ok((change, _)) => Err(format!("expected no change, found {change:?}")),
        }
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

#[test]
fn written_in_place_again_and_again() -> Outcome {
    let desk = Desk::new("in-place")?;
    for n in 0..20 {
        let text = format!("text {n}");
        fs::write(&desk.file, &text)?;
        desk.expect(&text, Instant::now())?;
    }
    Ok(())
}

#[test]
fn moved_over_the_old_file_again_and_again() -> Outcome {
    let desk = Desk::new("rename")?;
    for n in 0..20 {
        let text = format!("text {n}");
        let swap = desk.folder.join(".set.mag.swp");
        fs::write(&swap, &text)?;
        fs::rename(&swap, &desk.file)?;
        desk.expect(&text, Instant::now())?;
    }
    Ok(())
}

#[test]
fn old_file_moved_aside_first_as_vim_does() -> Outcome {
    let desk = Desk::new("backup")?;
    for n in 0..5 {
        let text = format!("text {n}");
        fs::rename(&desk.file, desk.folder.join("set.mag~"))?;
        fs::write(&desk.file, &text)?;
        desk.expect(&text, Instant::now())?;
    }
    Ok(())
}

#[test]
fn truncated_then_written_never_shows_the_empty_file() -> Outcome {
    let desk = Desk::new("truncate")?;
    for n in 0..5 {
        let text = format!("text {n}");
        fs::File::create(&desk.file)?;
        std::thread::sleep(Duration::from_millis(20));
        fs::OpenOptions::new().write(true).open(&desk.file)?.write_all(text.as_bytes())?;
        desk.expect(&text, Instant::now())?;
    }
    Ok(())
}

#[test]
fn written_piece_by_piece_shows_only_the_whole() -> Outcome {
    let desk = Desk::new("pieces")?;
    let mut file = fs::File::create(&desk.file)?;
    for piece in ["kick: s \"b", "d*4\"\nhats: ", "s \"hh*8\"\n"] {
        file.write_all(piece.as_bytes())?;
        std::thread::sleep(Duration::from_millis(15));
    }
    drop(file);
    desk.expect("kick: s \"bd*4\"\nhats: s \"hh*8\"\n", Instant::now())?;
    Ok(())
}

#[test]
fn deleted_and_made_again() -> Outcome {
    let desk = Desk::new("again")?;
    fs::remove_file(&desk.file)?;
    std::thread::sleep(Duration::from_millis(100));
    fs::write(&desk.file, "new")?;
    desk.expect("new", Instant::now())?;
    fs::remove_file(&desk.file)?;
    match desk.changes.recv_timeout(Duration::from_secs(3)) {
        Ok((Change::Gone { .. }, _)) => {}
        other => return Err(format!("expected it to be gone, found {other:?}").into()),
    }
    fs::write(&desk.file, "back")?;
    desk.expect("back", Instant::now())?;
    Ok(())
}

#[test]
fn its_folder_deleted_and_made_again() -> Outcome {
    let desk = Desk::new("folder")?;
    fs::remove_dir_all(&desk.folder)?;
    std::thread::sleep(Duration::from_millis(100));
    fs::create_dir_all(&desk.folder)?;
    fs::write(&desk.file, "new")?;
    desk.expect("new", Instant::now())?;
    std::thread::sleep(Duration::from_millis(1100));
    let saved = Instant::now();
    fs::write(&desk.file, "newer")?;
    let took = desk.expect("newer", saved)?;
    assert!(took < Duration::from_millis(500), "the folder is watched again: {took:?}");
    Ok(())
}

#[test]
fn saved_without_a_change_is_no_change() -> Outcome {
    let desk = Desk::new("same")?;
    fs::write(&desk.file, "old")?;
    fs::write(desk.folder.join("other.mag"), "other")?;
    let _ = fs::read(&desk.file)?;
    desk.expect_nothing(Duration::from_millis(300))?;
    Ok(())
}

#[test]
fn an_empty_file_is_delivered_in_the_end() -> Outcome {
    let desk = Desk::new("empty")?;
    let saved = Instant::now();
    fs::File::create(&desk.file)?;
    let took = desk.expect("", saved)?;
    assert!(took >= Duration::from_millis(30), "it was believed after {took:?}");
    Ok(())
}

#[cfg(unix)]
#[test]
fn behind_a_link() -> Outcome {
    let desk = Desk::new("link")?;
    let kept = desk.folder.join("dotfiles");
    fs::create_dir_all(&kept)?;
    fs::write(kept.join("real.mag"), "linked")?;
    let link = desk.folder.join("link.mag");
    std::os::unix::fs::symlink(kept.join("real.mag"), &link)?;
    desk.watch.follow(vec![(link.clone(), Some("linked".into()))]);
    std::thread::sleep(Duration::from_millis(50));
    let saved = Instant::now();
    fs::write(kept.join("real.mag"), "new")?;
    let took = desk.expect_of(&link, "new", saved)?;
    assert!(took < Duration::from_millis(500), "heard, not found by looking around: {took:?}");
    Ok(())
}

#[test]
fn two_files_at_once_and_files_that_are_no_longer_followed() -> Outcome {
    let desk = Desk::new("two")?;
    let drums = desk.folder.join("drums.mag");
    fs::write(&drums, "drums")?;
    let old = || Some("old".into());
    desk.watch.follow(vec![(desk.file.clone(), old()), (drums.clone(), Some("drums".into()))]);
    std::thread::sleep(Duration::from_millis(50));
    fs::write(&drums, "drums 2")?;
    desk.expect_of(&drums, "drums 2", Instant::now())?;
    desk.watch.follow(vec![(desk.file.clone(), old())]);
    std::thread::sleep(Duration::from_millis(50));
    fs::write(&drums, "drums 3")?;
    desk.expect_nothing(Duration::from_millis(300))?;
    fs::write(&desk.file, "new")?;
    desk.expect("new", Instant::now())?;
    Ok(())
}

#[test]
fn what_is_no_text_says_where() -> Outcome {
    let desk = Desk::new("bytes")?;
    fs::write(&desk.file, b"kick: s \"bd\"\n-- caf\xe9\n")?;
    match desk.changes.recv_timeout(Duration::from_secs(3)) {
        Ok((Change::Unreadable { reason, .. }, _)) => {
            assert!(reason.contains("line 2"), "{reason}")
        }
        other => return Err(format!("expected it to be unreadable, found {other:?}").into()),
    }
    Ok(())
}

#[test]
fn a_save_is_delivered_within_milliseconds() -> Outcome {
    let desk = Desk::new("latency")?;
    let mut took = Vec::new();
    for n in 0..50 {
        let text = format!("text {n}");
        let swap = desk.folder.join("swap");
        fs::write(&swap, &text)?;
        let saved = Instant::now();
        fs::rename(&swap, &desk.file)?;
        took.push(desk.expect(&text, saved)?);
        std::thread::sleep(Duration::from_millis(10));
    }
    took.sort();
    println!("save to text: median {:?}, worst {:?}", took[25], took[49]);
    assert!(took[25] < Duration::from_millis(25), "median {:?}", took[25]);
    Ok(())
}
