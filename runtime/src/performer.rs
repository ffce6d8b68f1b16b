//! The real stage: the engine on its sound card, the scheduler's thread and the outputs, put
//! together for `play` and the prompt.

use crate::clock::Frame;
use crate::device::{self, Cards, Device, RATE, Reading, Tap, Wiring};
use crate::export::recording::Recording;
use crate::live::{Live, Locate};
use crate::moments::{Moments, Wall};
use crate::notice::Notices;
use crate::output::Output;
use crate::output::midi::MidiOut;
use crate::output::osc::{OscOut, Style};
use crate::output::silence::Silence;
use crate::output::synth::{SynthOut, Timebase};
use crate::route::{Place, Routes};
use crate::samples::{Bank, Samples};
use crate::scheduler::Past;
use crate::session::Player;
use crate::stage::{Opener, Stage, When};
use crate::timing::{Lamps, Timing};
use mag_engine::{Control, Engine};
use mag_lang::Program;
use mag_pattern::{Pattern, Time, World};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How far ahead of the first evaluation cycle 0 lies: what the outputs need to be told in time.
const START: Duration = Duration::from_millis(25);
/// How long the first evaluation waits for the sound card at most.
const CARD: Duration = Duration::from_millis(250);

/// How long the first evaluation waits for its recordings at most.
const DECODING: Duration = Duration::from_millis(400);

/// How far ahead of their events lamps are told, in frames.
const LAMPS: Frame = RATE as Frame / 100;

/// What a performance is to be played on.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Whether to leave the sound card alone.
    pub silent: bool,
    /// Frames that the card asks for at once.
    pub buffer: u32,
    /// The performer's own folders of recordings.
    pub samples: Vec<PathBuf>,
}

/// A player in real time. The clock starts with the first program: cycle 0 is when it is heard.
pub struct Performer {
    world: Arc<dyn World>,
    /// The world for looking ahead.
    ahead: Arc<dyn World>,
    notices: Notices,
    locate: Option<Locate>,
    card: Option<Card>,
    samples: Samples,
    timing: Arc<Timing>,
    live: Option<Live>,
    tap: Arc<Tap>,
    recording: Option<Recording>,
    /// The cycle that it begins with.
    first: Time,
    /// What had played before, if it goes on from there.
    past: Vec<(Time, Arc<Program>)>,
    /// Kept open until the performance ends.
    device: Option<Device>,
}

/// What the synth needs of the card, until the first program starts it.
struct Card {
    control: Control,
    timebase: Arc<Timebase>,
    bank: Bank,
    /// Ties the engine's frames to the real world.
    reference: Moments,
}

impl Performer {
    /// Opens the sound card, unless it is to be left alone, and waits for the first program.
    pub fn new(setup: Setup, world: Arc<dyn World>, notices: Notices, locate: Locate) -> Performer {
        Performer::on(setup, device::system_cards(), world, notices, locate)
    }

    /// The same on a card of these.
    pub fn on(
        setup: Setup,
        cards: Cards,
        world: Arc<dyn World>,
        notices: Notices,
        locate: Locate,
    ) -> Performer {
        let reference = Moments::starting_in(Duration::ZERO, RATE);
        let timebase = Arc::new(Timebase::default());
        let tap = Arc::new(Tap::default());
        let timing = Timing::new();
        let (samples, bank) = Samples::live(setup.samples, &notices);
        let opened = (!setup.silent).then(|| {
            let (engine, control) = Engine::new(RATE);
            let buffer = setup.buffer;
            let card = Card { control, timebase: timebase.clone(), bank, reference };
            let (timing, moments) = (timing.clone(), reference);
            let (tap, notices) = (tap.clone(), notices.clone());
            let wiring = Wiring { timebase, moments, buffer, tap, timing, notices };
            (card, Device::keep(engine, cards, wiring))
        });
        let (card, kept) = opened.unzip();
        let device = kept.and_then(|kept| match kept {
            Ok(device) => Some(device),
            Err(error) => {
                notices.warn(format!("no sound: {error}"));
                None
            }
        });
        let (locate, live, recording) = (Some(locate), None, None);
        let (first, past) = (Time::ZERO, Vec::new());
        let ahead = world.clone();
        Performer {
            world,
            ahead,
            notices,
            locate,
            card,
            samples,
            timing,
            live,
            tap,
            recording,
            first,
            past,
            device,
        }
    }

    fn start(&mut self, program: Arc<Program>, routes: Routes) -> std::io::Result<Live> {
        let heard = routes.main() == Place::Synth;
        if let (true, Some(device), Some(card)) = (heard, &self.device, &self.card) {
            wait_for_card(device, &card.timebase);
        }
        let moments = Moments::starting_in(START, RATE);
        let synth: Box<dyn Output> = match self.card.take() {
            Some(card) => {
                let shift = card.reference.frame(moments.instant(0));
                let synth = SynthOut::new(card.control, card.timebase, RATE, self.notices.clone());
                let synth = synth.shifted(shift).with_samples(card.bank);
                Box::new(synth.timed(self.timing.clone()))
            }
            None => Box::new(Silence::new(RATE)),
        };
        let synth = Some(synth);
        let (timing, notices) = (self.timing.clone(), self.notices.clone());
        let wall = Wall::default();
        let opener = Patchbay { synth, moments, wall, timing: timing.clone(), notices };
        let (first, opener) = (self.first, Box::new(opener));
        let mut stage = Stage::starting_at(first, RATE, program.clone(), routes.clone(), opener);
        if !self.past.is_empty() {
            stage.resume(first, &std::mem::take(&mut self.past));
            stage.swap(program, routes, When::At(first), Frame::MIN / 2);
        }
        stage.monitor(Box::new(Lamps::new(timing.clone(), LAMPS)));
        let locate = self.locate.take().unwrap_or_else(|| Box::new(|_| None));
        let (world, notices) = (self.world.clone(), self.notices.clone());
        Live::start(stage, moments, world, timing, notices, locate)
    }

    /// The same with another world to look ahead in: what is asked there is not heard.
    #[must_use]
    pub fn looking_ahead(mut self, ahead: Arc<dyn World>) -> Performer {
        self.ahead = ahead;
        self
    }

    /// The recordings that it plays.
    pub fn samples(&self) -> Samples {
        self.samples.clone()
    }

    /// What is measured while it plays.
    pub fn timing(&self) -> Arc<Timing> {
        self.timing.clone()
    }

    /// The running stage; none before the first program.
    pub fn live(&self) -> Option<&Live> {
        self.live.as_ref()
    }
}

/// The card's first sound would else be late; but nobody waits long for a card that is not there.
fn wait_for_card(device: &Device, timebase: &Timebase) {
    let until = Instant::now() + CARD;
    while !device.looked() && timebase.offset().is_none() && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(1));
    }
}

impl Player for Performer {
    fn swap(&mut self, program: Arc<Program>, routes: Routes, when: When) -> Option<Time> {
        self.samples.follow(&program);
        let next = self.now().floor();
        let coming = next..next.saturating_add(2);
        if let Some(live) = &self.live {
            let at = live.swap(program.clone(), routes, when);
            self.samples.ask_ahead(&program, coming, &*self.ahead);
            return at;
        }
        self.samples.ask_ahead(&program, coming, &*self.ahead);
        self.samples.wait(DECODING);
        match self.start(program, routes) {
            Ok(live) => self.live = Some(live),
            Err(error) => {
                self.notices.error(format!("cannot play: {error}"));
                return None;
            }
        }
        Some(self.first)
    }
    fn once(&mut self, pattern: Pattern, when: When) -> Option<Time> {
        self.live.as_ref()?.once(pattern, when)
    }
    fn hush(&mut self, at: Time) {
        self.live.iter().for_each(|live| live.hush(at));
    }
    fn panic(&mut self) {
        self.live.iter().for_each(Live::panic);
    }
    fn now(&self) -> Time {
        self.live.as_ref().map_or(self.first, Live::now)
    }
    fn begin_at(&mut self, first: Time, past: &Past) {
        (self.first, self.past) = (first, past.to_vec());
    }
    fn rate(&self) -> u32 {
        RATE
    }
    fn load(&self) -> Option<Reading> {
        let asked = self.timing.load.read();
        (asked.buffers > 0).then_some(asked)
    }
    fn timing(&mut self, reset: bool) -> String {
        if reset {
            self.timing.reset();
            return "measured from here on".into();
        }
        self.timing.text()
    }
    fn record(&mut self, path: Option<&Path>) -> Result<String, String> {
        if let Some(recording) = self.recording.take() {
            let told = recording.finish(&self.tap);
            if path.is_none() {
                return told;
            }
        }
        let mut path = path.ok_or("nothing is being recorded")?.to_owned();
        if path.extension().is_none() {
            path.set_extension("wav");
        }
        if self.device.as_ref().is_none_or(Device::looked) {
            return Err(
                "nothing sounds without a sound card; `mag replay` renders the journal".into()
            );
        }
        self.recording = Some(Recording::start(&path, &self.tap, &self.notices)?);
        Ok(format!("recording to {}; `record stop` ends it", path.display()))
    }
}

impl Drop for Performer {
    fn drop(&mut self) {
        if let Some(recording) = self.recording.take() {
            let told = recording.finish(&self.tap);
            self.notices.info(told.unwrap_or_else(|reason| reason));
        }
    }
}

/// Opens what programs name.
struct Patchbay {
    synth: Option<Box<dyn Output>>,
    moments: Moments,
    wall: Wall,
    timing: Arc<Timing>,
    notices: Notices,
}

impl Patchbay {
    /// An output whose punctuality is measured.
    fn measured(&self, name: String, output: Box<dyn Output>) -> Box<dyn Output> {
        Box::new(self.timing.measured(name, self.moments, output))
    }
}

impl Opener for Patchbay {
    fn open(&mut self, place: Place) -> Option<Box<dyn Output>> {
        let (target, style) = match place {
            Place::Synth => {
                let synth = self.synth.take()?;
                return Some(self.measured("synth".into(), synth));
            }
            Place::Dirt(target) => (target, Style::Dirt),
            Place::Free(target) => (target, Style::Free),
            Place::Midi(name) => {
                return match MidiOut::open(name.as_str(), self.moments, RATE, &self.notices) {
                    Ok(output) => Some(self.measured(format!("MIDI {name}"), Box::new(output))),
                    Err(why) => {
                        self.notices.warn(format!("out = midi '{name}': {why}"));
                        None
                    }
                };
            }
        };
        match OscOut::open(target, style, self.moments, RATE, &self.notices) {
            Ok(output) => {
                let output = Box::new(output.sharing(self.wall.clone()));
                Some(self.measured(format!("OSC {target}"), output))
            }
            Err(error) => {
                self.notices.warn(format!("cannot send OSC to {target}: {error}"));
                None
            }
        }
    }
}
