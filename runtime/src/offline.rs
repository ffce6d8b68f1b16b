//! A performance in virtual time: the same stage and the same engine, pulled as fast as the
//! machine can, bit for bit the same every time.

use crate::clock::Frame;
use crate::device::RATE;
use crate::notice::Notices;
use crate::output::Output;
use crate::output::synth::{SynthOut, Timebase};
use crate::output::tape::Tape;
use crate::route::{Defaults, Place, Routes};
use crate::samples::Samples;
use crate::scheduler::Past;
use crate::session::Player;
use crate::stage::{Opener, Report, Stage, When};
use mag_engine::Engine;
use mag_lang::Program;
use mag_pattern::{Pattern, Time, World};
use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

/// Frames that are rendered at once.
const BLOCK: Frame = 512;
/// How often the outputs are asked to look after themselves, in frames.
const TENDED: Frame = 32 * BLOCK;
/// The first program is announced this long before frame 0.
const BEFORE: Frame = -(RATE as Frame);

/// A stage in virtual time.
pub struct Offline {
    stage: Stage,
    engine: Engine,
    world: Arc<dyn World>,
    now: Frame,
    samples: Samples,
    /// Everything that was told to any output.
    tape: Tape,
    /// What surrounds the engine's own work.
    around: Around,
}

/// Calls what it is given, once: a test may watch what the engine does meanwhile.
pub type Around = fn(&mut dyn FnMut());

impl Offline {
    /// A stage on which `program` begins at frame 0. Sound goes to the built-in synth wherever the
    /// program sends it, since nobody listens at an address in virtual time.
    pub fn new(program: Arc<Program>, world: Arc<dyn World>, notices: Notices) -> Offline {
        Offline::with_samples(program, world, Vec::new(), notices)
    }

    /// The same with the performer's own folders of recordings.
    pub fn with_samples(
        program: Arc<Program>,
        world: Arc<dyn World>,
        folders: Vec<PathBuf>,
        notices: Notices,
    ) -> Offline {
        Offline::open((Time::ZERO, None), program, world, folders, notices)
    }

    /// The same, of which only the part with this number is heard, if there is one: its stem.
    pub fn of_part(
        program: Arc<Program>,
        world: Arc<dyn World>,
        folders: Vec<PathBuf>,
        part: Option<u16>,
        notices: Notices,
    ) -> Offline {
        Offline::open((Time::ZERO, part), program, world, folders, notices)
    }

    /// The same with cycle `start` on frame 0.
    pub fn starting_at(
        start: Time,
        program: Arc<Program>,
        world: Arc<dyn World>,
        folders: Vec<PathBuf>,
        notices: Notices,
    ) -> Offline {
        Offline::open((start, None), program, world, folders, notices)
    }

    fn open(
        (start, part): (Time, Option<u16>),
        program: Arc<Program>,
        world: Arc<dyn World>,
        folders: Vec<PathBuf>,
        notices: Notices,
    ) -> Offline {
        let (engine, control) = Engine::new(RATE);
        let engine = match part {
            Some(part) => engine.solo(part),
            None => engine,
        };
        let (samples, bank) = Samples::offline(folders, &notices);
        samples.follow(&program);
        let synth = SynthOut::new(control, Arc::new(Timebase::offline()), RATE, notices);
        let synth = synth.with_samples(bank);
        let opener = Box::new(OnlySynth(Some(Box::new(synth))));
        let defaults = Defaults::default();
        let routes = Routes::to_synth(&defaults);
        let mut stage = Stage::starting_at(start, RATE, program, routes, opener);
        let tape = Tape::default();
        stage.monitor(Box::new(tape.recorder(0, 0)));
        stage.tend();
        Offline { stage, engine, world, now: BEFORE, samples, tape, around: |work| work() }
    }

    /// Plays up to `end` and hands the samples from frame 0 on to `sink`, in blocks of interleaved
    /// stereo.
    ///
    /// # Errors
    /// The first error of `sink`.
    pub fn play<E>(
        &mut self,
        end: Frame,
        mut sink: impl FnMut(&[f32]) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut samples = [0.0; 2 * BLOCK as usize];
        while self.now < end {
            let border = if self.now < 0 { 0 } else { end };
            let next = (self.now + BLOCK).min(border).min(end);
            self.stage.tick(self.now, &*self.world);
            if self.now >= 0 {
                let length = 2 * (next - self.now) as usize;
                let block = samples.get_mut(..length).unwrap_or_default();
                let engine = &mut self.engine;
                (self.around)(&mut || engine.render(block));
                sink(block)?;
            }
            self.now = next;
            if next % TENDED == 0 {
                self.stage.tend();
            }
        }
        self.stage.tick(end - 1, &*self.world);
        self.stage.tend();
        Ok(())
    }

    /// The same with `around` about all that the engine does.
    #[must_use]
    pub fn watched(mut self, around: Around) -> Offline {
        self.around = around;
        self
    }

    /// The frame of a moment, as the tempo now stands.
    pub fn frame(&self, t: Time) -> Frame {
        self.stage.clock().frame(t)
    }
    /// The frame that is played next.
    pub fn now(&self) -> Frame {
        self.now
    }
    /// How far ahead a change must be announced, in frames.
    pub fn fixed(&self) -> Frame {
        self.stage.fixed()
    }
    /// Everything that was heard so far.
    pub fn tape(&self) -> &Tape {
        &self.tape
    }
    /// What happened since the last call.
    pub fn take_report(&mut self) -> Report {
        self.stage.take_report()
    }
}

/// Opens the synth, and nothing else.
struct OnlySynth(Option<Box<dyn Output>>);

impl Opener for OnlySynth {
    fn open(&mut self, place: Place) -> Option<Box<dyn Output>> {
        if place == Place::Synth { self.0.take() } else { None }
    }
}

/// A stage in virtual time that a session plays on while somebody else lets time pass.
#[derive(Clone)]
pub struct Rehearsal(pub Rc<RefCell<Offline>>);

impl Player for Rehearsal {
    fn swap(&mut self, program: Arc<Program>, _routes: Routes, when: When) -> Option<Time> {
        let mut offline = self.0.borrow_mut();
        let now = offline.now;
        let routes = Routes::to_synth(&Defaults::default());
        offline.samples.follow(&program);
        Some(offline.stage.swap(program, routes, when, now))
    }
    fn once(&mut self, pattern: Pattern, when: When) -> Option<Time> {
        let mut offline = self.0.borrow_mut();
        let now = offline.now;
        Some(offline.stage.once(pattern, when, now))
    }
    fn hush(&mut self, at: Time) {
        self.0.borrow_mut().stage.hush(at);
    }
    fn panic(&mut self) {
        self.0.borrow_mut().stage.panic();
    }
    fn begin_at(&mut self, first: Time, past: &Past) {
        self.0.borrow_mut().stage.resume(first, past);
    }
    fn now(&self) -> Time {
        let offline = self.0.borrow();
        offline.stage.clock().cycle_at(offline.now.max(0))
    }
    fn rate(&self) -> u32 {
        RATE
    }
    fn record(&mut self, _path: Option<&Path>) -> Result<String, String> {
        Ok("recorded already".into())
    }
}
