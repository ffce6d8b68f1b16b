//! Journals written and read, whole and broken.

use super::*;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

/// A folder of its own, gone when dropped.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        Folder(std::env::temp_dir().join(format!("mag-{name}-{}", std::process::id())))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn entry(name: &str, text: &str) -> Entry {
    let files = BTreeMap::from([("drums.mag".to_owned(), "-- äöü\n".repeat(40))]);
    let (name, text) = (name.to_owned(), text.to_owned());
    Entry { mode: Mode::File, when: When::Beat, name, text, files, landed: None }
}

/// A text of some length, with a number in its middle.
fn song(n: usize) -> String {
    let around = "hats: s \"hh*8\" .gain 0.5 -- ä\n".repeat(30);
    format!("{around}kick: s \"bd*{n}\"\n{around}")
}

fn append(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    OpenOptions::new().append(true).open(path)?.write_all(bytes)
}

#[test]
fn dates() {
    // 2000-02-29 23:59:59 and 2026-11-01 21:30:45, by `date -u +%s`.
    assert_eq!(evening::stamp(Duration::from_secs(951_868_799)), "2000-02-29-235959");
    assert_eq!(evening::stamp(Duration::from_secs(1_793_568_645)), "2026-11-01-213045");
    assert_eq!(evening::stamp(Duration::ZERO), "1970-01-01-000000");
}

#[test]
fn what_is_written_is_read_and_half_a_line_is_not() -> std::io::Result<()> {
    let folder = Folder::new("journal");
    let mut journal = Journal::create(&folder.0, 7)?;
    let mut wanted = Vec::new();
    for n in 0..200 {
        let entry = entry(["first.mag", "prompt"][n % 2], &song(n));
        assert!(journal.text(&entry).is_none());
        assert!(journal.landed(Time::new(n as i64, 4)).is_none());
        wanted.push(Entry { landed: Some(Time::new(n as i64, 4)), ..entry });
    }
    append(journal.path(), b"{\"is\":\"text\",\"unix_ms\":17")?;
    let recorded = read(journal.path()).unwrap_or_default();
    assert_eq!((recorded.seed, recorded.lost), (7, 1));
    assert_eq!(recorded.takes.len(), 1);
    assert_eq!(recorded.takes[0].entries, wanted);
    let bytes = std::fs::metadata(journal.path())?.len();
    let whole: usize = wanted.iter().map(|e| e.text.len()).sum();
    assert!(bytes < whole as u64 / 4, "{bytes} bytes for {whole} of text");
    // Goes on where the whole lines end.
    let path = journal.path().to_owned();
    assert!(Journal::resume(&path, Time::int(60)).is_err(), "somebody is writing it");
    drop(journal);
    let mut again = Journal::resume(&path, Time::int(60))?;
    again.text(&entry("first.mag", &song(3)));
    let recorded = read(&path).unwrap_or_default();
    assert_eq!((recorded.lost, recorded.takes.len()), (0, 2));
    assert_eq!(recorded.takes[1].entries, [entry("first.mag", &song(3))]);
    assert_eq!((recorded.takes[1].from, recorded.next_bar()), (Time::int(60), Time::int(60)));
    let found = found(&folder.0);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].texts, found[0].cycles), (201, 60.0));
    Ok(())
}

#[test]
fn wherever_a_power_cut_falls_the_lines_before_it_are_there() -> std::io::Result<()> {
    let folder = Folder::new("cut");
    let mut journal = Journal::create(&folder.0, 0)?;
    (0..8).for_each(|n| drop(journal.text(&entry("a.mag", &song(n)))));
    let all = std::fs::read(journal.path())?;
    let start = all.iter().position(|b| *b == b'\n').unwrap_or(0) + 1;
    for cut in (start..all.len()).step_by(17) {
        // (some file systems leave zeros where the rest should be)
        let mut left = all[..cut].to_vec();
        left.extend_from_slice(&[0; 64][..cut % 64]);
        std::fs::write(journal.path(), left)?;
        let whole = all[..cut].iter().filter(|b| **b == b'\n').count() - 1;
        let recorded = read(journal.path()).unwrap_or_default();
        let texts: Vec<&str> = recorded.entries().map(|e| e.text.as_str()).collect();
        let wanted: Vec<String> = (0..whole).map(song).collect();
        assert_eq!(texts, wanted, "cut at {cut}");
    }
    Ok(())
}

#[test]
fn a_lost_line_costs_no_more_than_it_must() -> std::io::Result<()> {
    let folder = Folder::new("lost");
    let mut journal = Journal::create(&folder.0, 0)?;
    (0..150).for_each(|n| drop(journal.text(&entry("a.mag", &song(n)))));
    let all = std::fs::read_to_string(journal.path())?;
    let kept: Vec<&str> =
        all.lines().enumerate().filter(|(i, _)| *i != 70).map(|(_, l)| l).collect();
    std::fs::write(journal.path(), kept.join("\n"))?;
    let recorded = read(journal.path()).unwrap_or_default();
    let texts: Vec<String> = recorded.entries().map(|e| e.text.clone()).collect();
    // Line 70 is the 70th edit; what follows changes the same place, and is right without it.
    let wanted: Vec<String> = (0..150).filter(|n| *n != 69).map(song).collect();
    assert_eq!((recorded.lost, texts), (0, wanted));
    // A change elsewhere would not be: it is left out, and so is what builds on it.
    let (mut journal, other) = (Journal::create(&folder.0, 0)?, song(7).replacen("0.5", "0.25", 1));
    for text in [&song(7), &other, &song(8), &song(9)] {
        journal.text(&entry("a.mag", text));
    }
    let all = std::fs::read_to_string(journal.path())?;
    let kept: Vec<&str> =
        all.lines().enumerate().filter(|(i, _)| *i != 2).map(|(_, l)| l).collect();
    std::fs::write(journal.path(), kept.join("\n"))?;
    let recorded = read(journal.path()).unwrap_or_default();
    assert!(recorded.entries().all(|e| [song(7), song(8), song(9)].contains(&e.text)));
    assert_eq!(recorded.lost + recorded.entries().count(), 3);
    Ok(())
}

#[test]
fn journals_of_format_1_are_read() -> std::io::Result<()> {
    let folder = Folder::new("format");
    std::fs::create_dir_all(&folder.0)?;
    let path = folder.0.join("old.jsonl");
    let text = "{\"is\":\"start\",\"format\":1,\"unix_ms\":1790000000000}\n\
         {\"is\":\"text\",\"unix_ms\":1,\"mode\":\"block\",\"when\":\"2\",\"name\":\"prompt\",\
         \"text\":\"hush\",\"files\":{\"a.mag\":\"let x = 1\"}}\n{\"is\":\"landed\",\"at\":\"9/4\"}\n";
    std::fs::write(&path, text)?;
    let recorded = read(&path).unwrap_or_default();
    let entry = &recorded.takes[0].entries[0];
    assert_eq!((entry.when, entry.landed), (When::Bars(2), Some(Time::new(9, 4))));
    assert_eq!(entry.files["a.mag"], "let x = 1");
    std::fs::write(&path, text.replace("format\":1", "format\":9"))?;
    assert!(read(&path).is_err_and(|e| e.contains("format 9")));
    Ok(())
}

#[test]
fn what_is_no_journal_is_refused() {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    assert!(read(&own).is_err_and(|e| e.contains("no journal")));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_said_once_and_nothing_is_lost_when_there_is_room_again() -> std::io::Result<()> {
    // A file of a size that may not grow stands for a full disk: writes beyond it fail halfway.
    let folder = Folder::new("full");
    let mut journal = Journal::create(&folder.0, 0)?;
    assert!(journal.text(&entry("a.mag", &song(1))).is_none());
    let full = OpenOptions::new().append(true).open("/dev/full")?;
    let good = journal.with_file(full);
    let news = journal.text(&entry("a.mag", &song(2)));
    assert!(matches!(news, Some(News::Stopped(_))), "{news:?}");
    assert!(journal.text(&entry("a.mag", &song(3))).is_none(), "said once");
    append(journal.path(), b"{\"is\":\"ed")?;
    journal.with_file(good);
    std::thread::sleep(Duration::from_millis(550));
    let news = journal.tend(Time::ZERO);
    assert!(matches!(news, Some(News::Back(0))), "{news:?}");
    let recorded = read(journal.path()).unwrap_or_default();
    let texts: Vec<String> = recorded.entries().map(|e| e.text.clone()).collect();
    assert_eq!(texts, [song(1), song(2), song(3)]);
    assert_eq!(recorded.lost, 0);
    Ok(())
}
