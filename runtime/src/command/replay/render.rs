//! A journal rendered in virtual time, bit for bit the same each time.

use super::super::color;
use super::{Replay, due};
use crate::clock::Frame;
use crate::cue::Cue;
use crate::device::RATE;
use crate::export::events;
use crate::export::wav::Wav;
use crate::journal::{Entry, Recorded, Take};
use crate::live::Speaker;
use crate::notice::Notices;
use crate::offline::{Offline, Rehearsal};
use crate::permit::Permit;
use crate::phrases::{Again, PhraseStore};
use crate::route::Defaults;
use crate::session::{Session, locator};
use mag_lang::source::Sources;
use mag_pattern::Time;
use std::cell::RefCell;
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;
use std::rc::Rc;
use std::sync::{Arc, Mutex};

impl Replay {
    /// Renders all takes, one after the other; answers how many edits were refused, which a journal
    /// of this version has none of.
    pub(super) fn render(
        &self,
        recorded: &Recorded,
        output: &Path,
        notices: &Notices,
    ) -> Result<usize, String> {
        let broken = |e: std::io::Error| format!("cannot write {}: {e}", output.display());
        let mut wav = Wav::create(output, RATE).map_err(broken)?;
        let store = PhraseStore::installed(notices.clone());
        let (mut cues, mut refused, mut frames) = (Vec::new(), 0, 0);
        for (i, take) in recorded.takes.iter().enumerate() {
            let next = recorded.takes.get(i + 1).map(|next| next.from);
            let end = next.unwrap_or_else(|| self.end(recorded));
            let mut stage =
                Stage::new(&store, recorded, i, self.sound.recordings.folders(), notices);
            let played = stage.play(take, end, notices, &mut |samples| wav.write(samples));
            refused += played.map_err(broken)?;
            cues.extend(stage.cues(frames));
            frames += stage.offline.borrow().frame(end).max(0);
            stage.report(notices);
        }
        wav.finish().map_err(broken)?;
        if let Some(path) = &self.events {
            let broken = |e: std::io::Error| format!("cannot write {}: {e}", path.display());
            let mut file = BufWriter::new(File::create(path).map_err(broken)?);
            events::write(&cues, RATE, &mut file).map_err(broken)?;
        }
        let (seconds, edits) = (frames as f64 / f64::from(RATE), recorded.entries().count());
        notices.info(format!("{}: {edits} edits, {seconds:.1} s", output.display()));
        Ok(refused)
    }
}

/// A session on a stage in virtual time, at the beginning of a take.
struct Stage {
    offline: Rc<RefCell<Offline>>,
    session: Session,
    sources: Arc<Mutex<Sources>>,
}

impl Stage {
    fn new(
        store: &PhraseStore,
        recorded: &Recorded,
        number: usize,
        folders: Vec<std::path::PathBuf>,
        notices: &Notices,
    ) -> Stage {
        let language = Arc::new(crate::phrases::library::language());
        let world: Arc<Again> = Arc::new(store.again());
        let take = recorded.takes.get(number);
        if let Some(take) = take {
            world.follow(&take.phrases, &take.heard);
        }
        let from = take.map_or(Time::ZERO, |take| take.from);
        let (empty, told) = (language.empty(), notices.clone());
        let offline = Offline::starting_at(from, empty, world.clone(), folders, told);
        let offline = Rc::new(RefCell::new(offline));
        let player = Box::new(Rehearsal(offline.clone()));
        let sources = Arc::new(Mutex::new(Sources::new()));
        // Nothing is sent from here: what was allowed on the night stays as it was.
        let defaults = Defaults { permit: Permit::everything(), ..Defaults::default() };
        let told = notices.clone();
        let mut session = Session::new(language, world, player, defaults, sources.clone(), told);
        session.recall(recorded, number, from);
        session.begin();
        Stage { offline, session, sources }
    }

    /// Plays a take up to the moment `end`; answers how many edits were refused.
    fn play<E>(
        &mut self,
        take: &Take,
        end: Time,
        notices: &Notices,
        sink: &mut impl FnMut(&[f32]) -> Result<(), E>,
    ) -> Result<usize, E> {
        let mut refused = 0;
        for (i, entry) in take.entries.iter().enumerate() {
            if let Some(first) = due(take.entries.get(i..).unwrap_or_default()) {
                self.play_until(first, sink)?;
            }
            refused += usize::from(!self.perform(entry, notices));
        }
        let mut offline = self.offline.borrow_mut();
        let end = offline.frame(end);
        offline.play(end, sink)?;
        Ok(refused)
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
        let outcome = self.session.perform_again(entry);
        if let Err(problems) = &outcome {
            let report = self.session.report(problems, color());
            notices.error(format!("{}\nthis version of mag refuses an edit", report.trim_end()));
        }
        outcome.is_ok()
    }

    /// What was heard, `frames` after the beginning of the first take.
    fn cues(&self, frames: Frame) -> Vec<Cue> {
        let mut cues = self.offline.borrow().tape().cues();
        cues.iter_mut().for_each(|cue| cue.at += frames);
        cues
    }

    fn report(&self, notices: &Notices) {
        let report = self.offline.borrow_mut().take_report();
        Speaker::new(notices.clone(), locator(&self.sources)).say(&report);
    }
}
