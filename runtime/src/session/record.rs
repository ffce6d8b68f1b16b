//! What the journal of a session is told.

use super::{Session, Text};
use crate::heard::Fact;
use crate::journal::{Entry, News};
use crate::phrases::Substitution;
use crate::stage::When;
use mag_lang::Action;

impl Session {
    /// To be called a few times a second: what the journal has to know besides the texts.
    pub fn tend(&mut self, substitutions: &[Substitution], heard: &[Fact]) {
        let now = self.player.now();
        let Some(journal) = &mut self.journal else { return };
        let mut news: Vec<News> = substitutions.iter().filter_map(|s| journal.phrase(s)).collect();
        news.extend(journal.heard(heard));
        if self.begun {
            news.extend(journal.tend(now));
        }
        news.into_iter().for_each(|news| self.tell(Some(news)));
    }

    pub(super) fn write(&mut self, text: &Text, when: When) {
        let Some(journal) = &mut self.journal else { return };
        let news = journal.text(&Entry {
            mode: text.mode,
            when,
            name: text.name.to_owned(),
            text: text.text.to_owned(),
            files: text.files.texts(),
            landed: None,
        });
        self.tell(news);
    }

    /// A disk that takes no more holds up the journal, not the music.
    pub(super) fn tell(&self, news: Option<News>) {
        let Some(journal) = &self.journal else { return };
        let path = journal.path().display();
        match news {
            None => {}
            Some(News::Stopped(error)) => self.notices.warn(format!(
                "the journal {path} cannot be written ({error}): the music plays on, and what you \
                 do waits in memory until it can"
            )),
            Some(News::Back(0)) => {
                self.notices.info(format!("the journal {path} is written again; nothing is lost"));
            }
            Some(News::Back(lost)) => self
                .notices
                .warn(format!("the journal {path} is written again; {lost} lines of it are lost")),
        }
    }
}

/// Whether the journal needs to know of an action.
pub(super) fn matters(action: &Action) -> bool {
    match action {
        Action::Hush | Action::Panic | Action::Undo | Action::Redo => true,
        Action::Once(_) | Action::Quantum(_) => true,
        // (it comes with an edit, which is written down even where it changes nothing)
        Action::At(_) => true,
        Action::Tap | Action::Say(_) => false,
        Action::Record(_) | Action::Help(_) | Action::Load | Action::Timing { .. } => false,
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let now = self.player.now();
        if let (true, Some(journal)) = (self.begun, &mut self.journal) {
            journal.here(now);
        }
    }
}
