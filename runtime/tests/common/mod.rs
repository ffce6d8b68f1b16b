//! Programs from text, and stages in virtual time.
#![allow(dead_code)] // each test file uses a part of it

use mag::clock::Frame;
use mag::cue::Cue;
use mag::output::Output;
use mag::output::tape::Tape;
use mag::route::{Defaults, Place, Routes};
use mag::scheduler::Scheduler;
use mag::stage::{Opener, Stage};
use mag_lang::{Language, Mode, NoFiles, Program, Source};
use mag_pattern::Nowhere;
use std::sync::Arc;

/// Frames a second in the tests.
pub const RATE: u32 = 48_000;

/// The program of a whole text.
pub fn program(text: &str) -> Arc<Program> {
    let language = Language::new();
    let source = Source::new(1, "test.mag", text);
    let evaluated = language.evaluate(&language.empty(), &source, Mode::File, &NoFiles);
    evaluated.unwrap_or_else(|problems| panic!("{text}: {problems:?}")).program
}

/// Frame and part of each cue.
pub fn frames(cues: &[Cue]) -> Vec<(Frame, String)> {
    cues.iter().map(|cue| (cue.at, cue.name.to_string())).collect()
}

/// What a program plays from frame `from` to `until`, asked for in one step.
pub fn alone(program: &Arc<Program>, from: Frame, until: Frame) -> Vec<Cue> {
    let mut scheduler = Scheduler::new(RATE, program.clone());
    let mut cues = scheduler.advance(until + Frame::from(RATE), &Nowhere);
    cues.retain(|cue| (from..until).contains(&cue.at));
    sorted(cues)
}

/// Cues in the order of frame, part and sound.
pub fn sorted(mut cues: Vec<Cue>) -> Vec<Cue> {
    cues.sort_by_key(|c| (c.at, c.name.clone(), c.controls.to_string()));
    cues
}

/// What is heard of a cue, whatever numbers its part and its source have.
pub fn heard(cues: &[Cue]) -> Vec<(Frame, String, Frame, String)> {
    let one = |c: &Cue| (c.at, c.name.to_string(), c.duration, c.controls.to_string());
    cues.iter().map(one).collect()
}

/// Opens one tape for everything that sounds.
pub struct ToTape {
    pub tape: Tape,
    pub lead: Frame,
    pub fixed: Frame,
}

impl Opener for ToTape {
    fn open(&mut self, place: Place) -> Option<Box<dyn Output>> {
        let recorder = self.tape.recorder(self.lead, self.fixed);
        (place == Place::Synth).then(|| Box::new(recorder) as Box<dyn Output>)
    }
}

/// A stage in virtual time, and the tape of what is heard there.
pub fn stage(program: &Arc<Program>, lead: Frame, fixed: Frame) -> (Stage, Tape) {
    let tape = Tape::default();
    let opener = Box::new(ToTape { tape: tape.clone(), lead, fixed });
    (Stage::new(RATE, program.clone(), to_synth(), opener), tape)
}

/// Everything that sounds goes to the synth.
pub fn to_synth() -> Routes {
    Routes::to_synth(&Defaults::default())
}
