//! A journal played again in real time.

use super::{Replay, described, due};
use crate::journal::{Recorded, Take};
use crate::keys::{Key, Keys};
use crate::notice::{self, Notices};
use crate::performer::Performer;
use crate::phrases::{Ahead, Lookahead, PhraseStore};
use crate::session::{Session, locator};
use mag_lang::source::Sources;
use mag_pattern::Time;
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// How long before its moment an edit is handed over, in seconds.
const AHEAD: f64 = 0.5;
/// How often the time is looked at.
const LOOK: Duration = Duration::from_millis(20);

impl Replay {
    /// Plays all takes, one after the other; answers how many edits were refused.
    pub(super) fn aloud(&self, recorded: &Recorded, notices: &Notices) -> Result<usize, String> {
        notice::silence_libraries();
        let (press, pressed) = sync_channel(8);
        let keys = Keys::listen(move |key| press.send(key).is_ok());
        let store = PhraseStore::installed(notices.clone());
        let mut refused = 0;
        for (i, take) in recorded.takes.iter().enumerate() {
            let next = recorded.takes.get(i + 1).map(|next| next.from);
            let end = next.unwrap_or_else(|| self.end(recorded));
            let mut session = self.session(&store, recorded, i, notices);
            let mut house = House {
                session: &mut session,
                coming: Lookahead::default(),
                ahead: store.ahead(),
                pressed: keys.is_some().then_some(&pressed),
                notices,
            };
            match house.play(take, end) {
                Some(count) => refused += count,
                None => break,
            }
        }
        drop(keys);
        Ok(refused)
    }

    /// A session at the beginning of a take.
    fn session(
        &self,
        store: &PhraseStore,
        recorded: &Recorded,
        number: usize,
        notices: &Notices,
    ) -> Session {
        let sources = Arc::new(Mutex::new(Sources::new()));
        let world = Arc::new(store.again());
        let take = recorded.takes.get(number);
        if let Some(take) = take {
            world.follow(&take.phrases, &take.heard);
        }
        let told = notices.clone();
        let locate = locator(&sources);
        let performer = Performer::new(self.sound.setup(), world.clone(), told, locate)
            .looking_ahead(Arc::new(store.ahead()));
        let language = Arc::new(crate::phrases::library::language());
        let (defaults, told) = (self.sound.defaults(), notices.clone());
        let player = Box::new(performer);
        let mut session = Session::new(language, world, player, defaults, sources, told);
        session.recall(recorded, number, take.map_or(Time::ZERO, |take| take.from));
        session.begin();
        session
    }
}

/// A take while it plays, and who listens.
struct House<'a> {
    session: &'a mut Session,
    coming: Lookahead,
    ahead: Ahead,
    pressed: Option<&'a Receiver<Key>>,
    notices: &'a Notices,
}

impl House<'_> {
    /// Plays a take up to the moment `end`; `None` if whoever listens has had enough.
    fn play(&mut self, take: &Take, end: Time) -> Option<usize> {
        let mut refused = 0;
        for (i, entry) in take.entries.iter().enumerate() {
            if let Some(first) = due(take.entries.get(i..).unwrap_or_default()) {
                let ahead = Time::from_f64((AHEAD * self.session.program().cps()).min(1.0));
                self.wait(first - ahead)?;
            }
            self.notices.info(described(entry).trim_start());
            refused += usize::from(self.session.perform_again(entry).is_err());
        }
        self.wait(end)?;
        Some(refused)
    }

    /// Waits for a moment; `None` if a key ends it all.
    fn wait(&mut self, until: Time) -> Option<()> {
        // (before anything plays no time passes)
        while self.session.begun() && self.session.now() < until {
            self.coming.follow(self.session.program(), self.session.now(), &self.ahead);
            match self.pressed.map(|pressed| pressed.recv_timeout(LOOK)) {
                Some(Ok(Key::Quit | Key::Interrupt)) => return None,
                Some(Err(RecvTimeoutError::Disconnected)) | None => std::thread::sleep(LOOK),
                Some(_) => {}
            }
        }
        Some(())
    }
}
