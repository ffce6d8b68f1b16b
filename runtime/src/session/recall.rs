//! What was performed, known again: to be played again, or to go on from.

use super::{Outcome, Session, Text};
use crate::journal::{Entry, Recorded};
use crate::route::Routes;
use crate::stage::When;
use mag_lang::problem::Problem;
use mag_pattern::Time;

impl Session {
    /// Knows again what a journalled performance came to, as if it had been typed here; the next
    /// program begins at the cycle `at`. Answers how many texts this version refuses.
    pub fn recall(&mut self, recorded: &Recorded, takes: usize, at: Time) -> usize {
        self.set_seed(recorded.seed);
        let began = recorded.takes.first().map_or(Time::ZERO, |take| take.from);
        self.recalling = Some(vec![(began, self.history.current().clone())]);
        let entries = recorded.takes.iter().take(takes).flat_map(|take| &take.entries);
        let refused = entries.filter(|entry| self.perform_again(entry).is_err()).count();
        let past = self.recalling.take().unwrap_or_default();
        if takes > 0 {
            self.player.begin_at(at, &past);
        }
        refused
    }

    /// Evaluates what a journal has, for the moment at which it took effect.
    ///
    /// # Errors
    /// As [`Session::evaluate`].
    pub fn perform_again(&mut self, entry: &Entry) -> Result<Outcome, Vec<Problem>> {
        let files = crate::files::Kept(entry.files.clone());
        let when = Some(entry.landed.map_or(entry.when, When::At));
        let (name, text, mode) = (&entry.name, &entry.text, entry.mode);
        self.evaluate(&Text { name, text, mode, files: &files, when })
    }

    /// Lets what is known play, if nothing plays yet; answers from when.
    pub fn begin(&mut self) -> Option<Time> {
        if self.begun || self.history.current().parts.is_empty() {
            return None;
        }
        let program = self.history.current().clone();
        match Routes::of(&program, &self.defaults) {
            Ok(routes) => self.swap(program, routes, When::Now),
            Err(wrong) => {
                wrong.into_iter().for_each(|line| self.notices.error(line));
                None
            }
        }
    }
}
