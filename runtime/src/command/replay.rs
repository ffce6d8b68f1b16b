//! `mag replay`: a journalled performance again, in virtual time.

use super::{PROBLEMS, Recordings};
use crate::clock::Frame;
use crate::device::RATE;
use crate::export::events;
use crate::export::wav::Wav;
use crate::files::Kept;
use crate::journal::{self, Entry};
use crate::live::Speaker;
use crate::notice::Notices;
use crate::offline::{Offline, Rehearsal};
use crate::permit::Permit;
use crate::phrases::PhraseStore;
use crate::route::Defaults;
use crate::session::{Session, Text, locator};
use crate::stage::When;
use mag_lang::source::Sources;
use mag_pattern::Time;
use std::cell::RefCell;
use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::rc::Rc;
use std::sync::{Arc, Mutex};

/// Cycles that are played after the last edit, if nothing else is asked for.
const AFTER: i64 = 8;

/// The arguments of `mag replay`.
#[derive(Debug, clap::Args)]
pub struct Replay {
    /// The journal; without one the newest journals are listed
    journal: Option<PathBuf>,
    /// The WAV file: stereo, 48 kHz, 32-bit float
    #[arg(short, long, value_name = "OUT.wav")]
    output: Option<PathBuf>,
    /// Also write the events, as JSON, one a line
    #[arg(long, value_name = "OUT.jsonl", requires = "output")]
    events: Option<PathBuf>,
    /// Stop after this many cycles (default: 8 after the last edit)
    #[arg(long, value_name = "N")]
    cycles: Option<i64>,
    #[command(flatten)]
    recordings: Recordings,
}

impl Replay {
    /// Replays; without an output the edits are listed, with the moments at which they took
    /// effect.
    ///
    /// # Errors
    /// If a file cannot be read or written.
    pub fn run(self) -> Result<ExitCode, String> {
        let Some(path) = &self.journal else { return list() };
        let (entries, lost) = journal::read(path)?;
        let notices = Notices::to_terminal();
        if lost > 0 {
            notices.warn(format!("{lost} unfinished lines of the journal were left out"));
        }
        let refused = match &self.output {
            Some(output) => self.render(&entries, output, &notices)?,
            None => {
                entries.iter().for_each(describe);
                0
            }
        };
        notices.flush();
        Ok(if refused == 0 { ExitCode::SUCCESS } else { ExitCode::from(PROBLEMS) })
    }

    /// Renders all entries; answers how many were refused, which a journal of this version has
    /// none of.
    fn render(&self, entries: &[Entry], output: &Path, notices: &Notices) -> Result<usize, String> {
        let broken = |e: hound::Error| format!("cannot write {}: {e}", output.display());
        let mut wav = Wav::create(output, RATE).map_err(broken)?;
        let store = PhraseStore::installed(notices.clone());
        let mut stage = Again::new(&store, self.recordings.folders(), notices);
        let mut refused = 0;
        for (i, entry) in entries.iter().enumerate() {
            let due = entries.get(i..).unwrap_or_default().iter().filter_map(|e| e.landed);
            let first = due.fold(None, |a: Option<Time>, b| Some(a.map_or(b, |a| a.min(b))));
            if let Some(first) = first {
                stage.play_until(first, &mut |samples| wav.write(samples)).map_err(broken)?;
            }
            refused += usize::from(!stage.perform(entry, notices));
        }
        let last = entries.iter().filter_map(|e| e.landed).fold(Time::ZERO, Time::max);
        let end = self.cycles.map_or(last + Time::int(AFTER), Time::int);
        let end = stage.offline.borrow().frame(end);
        stage.offline.borrow_mut().play(end, |s| wav.write(s)).map_err(broken)?;
        wav.finish().map_err(broken)?;
        if let Some(path) = &self.events {
            let broken = |e: std::io::Error| format!("cannot write {}: {e}", path.display());
            let mut file = BufWriter::new(File::create(path).map_err(broken)?);
            let cues = stage.offline.borrow().tape().cues();
            events::write(&cues, RATE, &mut file).map_err(broken)?;
        }
        stage.report(notices);
        let seconds = end as f64 / f64::from(RATE);
        notices.info(format!("{}: {} edits, {seconds:.1} s", output.display(), entries.len()));
        Ok(refused)
    }
}

/// A session on a stage in virtual time.
struct Again {
    offline: Rc<RefCell<Offline>>,
    session: Session,
    sources: Arc<Mutex<Sources>>,
}

impl Again {
    fn new(store: &PhraseStore, folders: Vec<PathBuf>, notices: &Notices) -> Again {
        let language = Arc::new(crate::phrases::library::language());
        let world = Arc::new(store.patient());
        let (empty, told) = (language.empty(), notices.clone());
        let offline = Offline::with_samples(empty, world.clone(), folders, told);
        let offline = Rc::new(RefCell::new(offline));
        let player = Box::new(Rehearsal(offline.clone()));
        let sources = Arc::new(Mutex::new(Sources::new()));
        // Nothing is sent from here: what was allowed on the night stays as it was.
        let defaults = Defaults { permit: Permit::everything(), ..Defaults::default() };
        let notices = notices.clone();
        let session = Session::new(language, world, player, defaults, sources.clone(), notices);
        Again { offline, session, sources }
    }

    /// Plays up to the last moment at which a change at `t` can still be announced.
    fn play_until<E>(
        &mut self,
        t: Time,
        sink: &mut impl FnMut(&[f32]) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut offline = self.offline.borrow_mut();
        let until: Frame = offline.frame(t) - offline.fixed() - 1;
        if until > offline.now() { offline.play(until, sink) } else { Ok(()) }
    }

    fn perform(&mut self, entry: &Entry, notices: &Notices) -> bool {
        let files = Kept(entry.files.clone());
        let when = Some(entry.landed.map_or(entry.when, When::At));
        let (name, text, mode) = (&entry.name, &entry.text, entry.mode);
        let outcome = self.session.evaluate(&Text { name, text, mode, files: &files, when });
        if let Err(problems) = &outcome {
            let report = self.session.report(problems, super::color());
            notices.error(format!("{}\nthis version of mag refuses an edit", report.trim_end()));
        }
        outcome.is_ok()
    }

    fn report(&self, notices: &Notices) {
        let report = self.offline.borrow_mut().take_report();
        Speaker::new(notices.clone(), locator(&self.sources)).say(&report);
    }
}

/// One line for an edit.
fn describe(entry: &Entry) {
    let at = entry.landed.map_or("?".to_owned(), |t| t.to_string());
    let first = entry.text.lines().find(|l| !l.trim().is_empty()).unwrap_or("");
    crate::notice::print(&format!("{at:>10}  {}  {first}", entry.name));
}

/// The newest journals, newest last.
fn list() -> Result<ExitCode, String> {
    let folder = journal::folder().ok_or("there is no folder for journals: HOME is not set")?;
    let entries = std::fs::read_dir(&folder);
    let mut found: Vec<PathBuf> =
        entries.map(|all| all.flatten().map(|e| e.path()).collect()).unwrap_or_default();
    found.retain(|path| path.extension().is_some_and(|e| e == "jsonl"));
    found.sort();
    if found.is_empty() {
        crate::notice::print(&format!("no journals in {}", folder.display()));
    }
    for path in found.iter().skip(found.len().saturating_sub(20)) {
        crate::notice::print(&path.display().to_string());
    }
    Ok(ExitCode::SUCCESS)
}
