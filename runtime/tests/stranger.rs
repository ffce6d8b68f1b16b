//! What a program from a stranger cannot do: the promises of `SECURITY.md`, one test each.

use mag::files::{Folder, Library};
use mag::notice::Notices;
use mag::permit::Permit;
use mag::route::{Defaults, Routes};
use mag::session::{Outcome, Player, Session, Text};
use mag::stage::When;
use mag_lang::problem::Problem;
use mag_lang::source::Sources;
use mag_lang::{Files, Language, Mode, Program};
use mag_pattern::{Nowhere, Pattern, Time};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

type Tested = Result<(), Box<dyn std::error::Error>>;

/// A stage that takes everything.
struct Anything;

impl Player for Anything {
    fn swap(&mut self, _: Arc<Program>, _: Routes, _: When) -> Option<Time> {
        Some(Time::ZERO)
    }
    fn once(&mut self, _: Pattern, _: When) -> Option<Time> {
        None
    }
    fn hush(&mut self, _: Time) {}
    fn begin_at(&mut self, _: Time, _: &mag::scheduler::Past) {}
    fn panic(&mut self) {}
    fn now(&self) -> Time {
        Time::ZERO
    }
    fn rate(&self) -> u32 {
        48_000
    }
    fn record(&mut self, path: Option<&Path>) -> Result<String, String> {
        panic!("something is recorded: {path:?}")
    }
}

fn session(permit: Permit) -> Session {
    let sources = Arc::new(Mutex::new(Sources::new()));
    let defaults = Defaults { permit, ..Defaults::default() };
    let (player, notices) = (Box::new(Anything), Notices::start(Box::new(|_| {})));
    Session::new(Arc::new(Language::new()), Arc::new(Nowhere), player, defaults, sources, notices)
}

fn play(session: &mut Session, text: &str, files: &Folder) -> Result<Outcome, Vec<Problem>> {
    session.evaluate(&Text { name: "set.mag", text, mode: Mode::File, files, when: None })
}

/// A folder of a test's own, removed in the end.
struct Desk(PathBuf);

impl Desk {
    fn new(name: &str) -> std::io::Result<Desk> {
        let path = std::env::temp_dir().join(format!("mag-stranger-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(path.join("set"))?;
        Ok(Desk(path))
    }
    fn set(&self) -> Folder {
        Folder::new(self.0.join("set"))
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn it_sends_only_where_the_performer_allows() -> Tested {
    let desk = Desk::new("sends")?;
    let mut mine = session(Permit::default());
    play(&mut mine, "kick: s \"bd\"", &desk.set()).map_err(|p| format!("{p:?}"))?;
    for target in [
        "osc '192.168.1.9:9000'",
        "superdirt '10.1.2.3:57120'",
        "osc 'example.org:9000'",
        "osc '[2001:db8::1]:9000'",
    ] {
        let text = format!("kick: s \"bd sn\"\nout main = {target}");
        let problems = play(&mut mine, &text, &desk.set()).err().ok_or("it was accepted")?;
        let report = mine.report(&problems, false);
        assert!(report.contains("--allow-send"), "{report}");
        assert!(report.contains("set.mag:2:"), "it has a place: {report}");
        let kick = mine.program().parts.get("kick").map(|part| part.text.to_string());
        assert_eq!(kick.as_deref(), Some("kick: s \"bd\""), "nothing has changed");
    }
    let local = "kick: s \"bd\"\nout main = superdirt '127.0.0.1:57120'";
    assert!(play(&mut mine, local, &desk.set()).is_ok());
    let mut allowed = session(Permit::new(vec!["192.168.1.9:9000".parse()?], None));
    let named = "kick: s \"bd\"\nout lights = osc '192.168.1.9:9000'";
    assert!(play(&mut allowed, named, &desk.set()).is_ok());
    Ok(())
}

#[test]
fn it_writes_nothing() -> Tested {
    let desk = Desk::new("writes")?;
    let mut mine = session(Permit::default());
    let text = "kick: s \"bd\"\nrecord 'take.wav'";
    let problems = play(&mut mine, text, &desk.set()).err().ok_or("it was accepted")?;
    let report = mine.report(&problems, false);
    assert!(report.contains("set.mag:2:1") && report.contains("at the prompt"), "{report}");
    Ok(())
}

#[test]
fn it_reads_texts_below_its_own_folder_only() -> Tested {
    let desk = Desk::new("reads")?;
    fs::write(desk.0.join("secret.mag"), "kick: s \"bd\"")?;
    fs::write(desk.0.join("set/own.mag"), "kick: s \"bd\"")?;
    let secret = desk.0.join("secret.mag");
    let mut mine = session(Permit::default());
    assert!(play(&mut mine, "use 'own.mag'", &desk.set()).is_ok());
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(&secret, desk.0.join("set/link.mag"))?;
        std::os::unix::fs::symlink(&desk.0, desk.0.join("set/up"))?;
    }
    let outside = ["../secret.mag", "link.mag", "up/secret.mag", "/etc/passwd"];
    for path in outside.into_iter().map(str::to_owned).chain([secret.display().to_string()]) {
        let read = desk.set().read(&path);
        assert!(read.is_err(), "{path} was read");
        assert!(play(&mut mine, &format!("use '{path}'"), &desk.set()).is_err(), "{path}");
    }
    Ok(())
}

#[test]
fn it_reads_recordings_below_its_own_folder_only() -> Tested {
    let desk = Desk::new("samples")?;
    fs::create_dir_all(desk.0.join("private"))?;
    fs::create_dir_all(desk.0.join("set/mine"))?;
    #[cfg(unix)]
    std::os::unix::fs::symlink(desk.0.join("private"), desk.0.join("set/link"))?;
    let set = desk.set();
    assert!(set.folder("mine").is_ok());
    for path in ["../private", "link", "/", "mine/../../private"] {
        assert!(set.folder(path).is_err(), "{path}");
    }
    assert_eq!(set.texts().len(), 1, "only what was allowed is journalled");
    Ok(())
}

#[cfg(unix)]
#[test]
fn a_pipe_in_place_of_a_text_holds_nobody_up() -> Tested {
    let desk = Desk::new("pipe")?;
    let made = std::process::Command::new("mkfifo").arg(desk.0.join("set/pipe.mag")).status();
    if made.is_ok_and(|status| status.success()) {
        assert!(desk.set().read("pipe.mag").is_err());
    }
    let endless = desk.0.join("set/endless.mag");
    std::os::unix::fs::symlink("/dev/zero", endless)?;
    assert!(desk.set().read("endless.mag").is_err());
    Ok(())
}

#[test]
fn a_models_name_is_no_path() {
    let folders = [PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../stdlib/models")];
    use mag::phrases::library::find;
    assert!(find("melody", &folders).is_some());
    for name in ["../models/melody", "./melody", "/", "..", ".", "melody/../melody", ""] {
        assert!(find(name, &folders).is_none(), "{name}");
    }
}
