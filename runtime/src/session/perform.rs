//! What comes of a text that was accepted: programs on stage, and what its commands do.

use super::history::History;
use super::{Outcome, Session, Text};
use crate::route::Routes;
use crate::stage::When;
use mag_lang::{Action, Evaluation, Mode, Program};
use mag_pattern::Time;
use std::path::Path;
use std::sync::Arc;

impl Session {
    /// A tap on the beat, just now.
    pub(super) fn tap(&mut self) -> Outcome {
        let (count, tempo) = self.taps.tap(self.born.elapsed().as_secs_f64());
        let Some(tempo) = tempo else {
            let said = format!("tap {count}: go on");
            return Outcome { said: vec![said], ..Outcome::default() };
        };
        self.tapping = count > 4;
        let (files, line) = (crate::files::Kept::default(), format!("tempo {tempo}"));
        let when = Some(When::Now);
        let text = Text { name: "tap", text: &line, mode: Mode::Block, files: &files, when };
        let mut outcome = self.evaluate(&text).unwrap_or_default();
        outcome.said.push(format!("tap {count}: {tempo} bpm"));
        outcome
    }

    pub(super) fn perform(
        &mut self,
        evaluation: Evaluation,
        routes: Routes,
        when: When,
    ) -> Outcome {
        let Evaluation { program, shown, actions, warnings, changed, .. } = evaluation;
        let mut outcome = Outcome { shown, warnings, ..Outcome::default() };
        if changed {
            if std::mem::take(&mut self.tapping) {
                // Taps in a row are one step.
                self.history.replace(program.clone());
            } else {
                self.history.push(program.clone());
            }
            outcome.at = self.swap(program, routes, when);
        } else {
            // Names alone may have changed: later texts build on them, nothing to undo.
            self.history.replace(program);
        }
        for action in actions {
            self.act(action, when, &mut outcome);
        }
        outcome
    }

    pub(super) fn swap(
        &mut self,
        program: Arc<Program>,
        routes: Routes,
        when: When,
    ) -> Option<Time> {
        if let Some(past) = &mut self.recalling {
            let last = past.last().map_or(Time::ZERO, |(at, _)| *at);
            // (the journal ends before it is said when this took effect)
            past.push((if let When::At(at) = when { at } else { last }, program));
            return None;
        }
        self.begun = true;
        self.player.swap(program, routes, when)
    }

    fn act(&mut self, action: Action, when: When, outcome: &mut Outcome) {
        let steps = matches!(action, Action::Undo | Action::Redo);
        if self.recalling.is_some() && !steps {
            return;
        }
        match action {
            Action::Hush => {
                let at = outcome.at.unwrap_or_else(|| self.player.now());
                self.player.hush(at);
            }
            Action::Panic => self.player.panic(),
            Action::Undo => self.step(History::undo, "nothing to undo", when, outcome),
            Action::Redo => self.step(History::redo, "nothing to redo", when, outcome),
            Action::Once(pattern) => {
                let at = self.player.once(pattern, when);
                outcome.at = outcome.at.or(at);
            }
            Action::Quantum(word) => outcome.said.push(format!("edits take effect: {word}")),
            Action::Say(said) => outcome.said.push(said),
            // (what a text says of its own moment has been heeded; taps count one by one)
            Action::At(_) | Action::Tap => {}
            Action::Record(path) => {
                let told = self.player.record(path.as_deref().map(Path::new));
                outcome.said.push(told.unwrap_or_else(|reason| reason));
            }
            Action::Load => outcome.said.push(match self.player.load() {
                Some(reading) => reading.to_string(),
                None => "no sound card is played on".to_owned(),
            }),
            Action::Timing { reset } => outcome.said.push(self.player.timing(reset)),
            Action::Help(name) => outcome.help.push(name),
        }
    }

    fn step(
        &mut self,
        step: fn(&mut History) -> Option<Arc<Program>>,
        nothing: &str,
        when: When,
        outcome: &mut Outcome,
    ) {
        let Some(program) = step(&mut self.history) else {
            return outcome.said.push(nothing.to_owned());
        };
        match Routes::of(&program, &self.defaults) {
            Ok(routes) => outcome.at = self.swap(program, routes, when),
            Err(wrong) => outcome.said.extend(wrong),
        }
    }
}
