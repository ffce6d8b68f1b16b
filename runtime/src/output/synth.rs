//! The built-in synth as an output: a cue becomes a shot on its exact engine frame.

use super::Output;
use crate::clock::Frame;
use crate::cue::{Cue, kit_of};
use crate::notice::Notices;
use crate::samples::{Bank, Impulse, Take};
use crate::scheduler::Ramp;
use crate::timing::Timing;
use mag_engine::{Cause, Control, Fault, Shot, find_sound, shot_for};
use mag_lang::instruments;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

mod graphs;
mod made;
mod names;
mod params;
mod recorded;
mod timebase;
use graphs::Graphs;
use names::built_in;
pub(crate) use names::is_built_in;
pub use timebase::Timebase;

/// How long before its time a shot is handed over, in seconds. It can be taken back, so this may
/// be generous: a scheduler that is held up for this long is not heard.
pub(super) const LEAD: f64 = 0.100;
/// How long before its time a shot is in the making, in seconds: the engine's own look-ahead, and
/// a hand-over that takes its time.
pub(super) const FIXED: f64 = 0.010;
/// What notes without a sound are played on.
const INSTRUMENT: &str = "keys";
/// Between two messages that the machine is too slow.
const PATIENCE: Duration = Duration::from_secs(5);
/// Sounds whose mistake has been reported already, at most.
const REPORTED: usize = 256;

/// The built-in synth.
pub struct SynthOut {
    control: Control,
    timebase: Arc<Timebase>,
    shift: Frame,
    rate: u32,
    notices: Notices,
    reported: BTreeSet<String>,
    overrun: bool,
    /// Voices let go for lack of time that the performer knows of, and when that was said.
    shed: (u64, Option<Instant>),
    /// What was handed over and has not sounded: frames of the timeline and of the engine, which
    /// drift apart.
    given: VecDeque<(Frame, Frame)>,
    /// Which start of the engine they were handed over for.
    starts: Option<u64>,
    timing: Arc<Timing>,
    /// Name and sound of each part's last shot.
    played: BTreeMap<u16, (String, String)>,
    /// Where the faders go, to be told again when the frames of the card lie elsewhere.
    ramps: BTreeMap<u16, Ramp>,
    told: Option<Frame>,
    /// The performer's own recordings.
    bank: Option<Bank>,
    /// The instruments written live.
    graphs: Graphs,
}

impl SynthOut {
    /// Plays on the engine behind `control`, which makes `rate` frames a second.
    pub fn new(control: Control, timebase: Arc<Timebase>, rate: u32, notices: Notices) -> SynthOut {
        SynthOut {
            control,
            timebase,
            shift: 0,
            rate,
            notices,
            reported: BTreeSet::new(),
            overrun: false,
            shed: (0, None),
            given: VecDeque::new(),
            starts: None,
            timing: Arc::default(),
            played: BTreeMap::new(),
            ramps: BTreeMap::new(),
            told: None,
            bank: None,
            graphs: Graphs::default(),
        }
    }

    /// The same with recordings, which win over sounds of the same name.
    #[must_use]
    pub fn with_samples(mut self, bank: Bank) -> SynthOut {
        self.bank = Some(bank);
        self
    }

    /// The same, telling `timing` how the engine fares.
    #[must_use]
    pub fn timed(mut self, timing: Arc<Timing>) -> SynthOut {
        self.timing = timing;
        self
    }

    /// The same on a timeline whose frame 0 is frame `shift` of the timebase's.
    #[must_use]
    pub fn shifted(mut self, shift: Frame) -> SynthOut {
        self.shift = shift;
        self
    }

    /// What has to be added to a frame of the timeline to give the engine's.
    fn offset(&mut self) -> Option<Frame> {
        let offset = self.timebase.offset()?;
        let starts = self.timebase.starts();
        if self.starts.replace(starts).is_some_and(|before| before != starts) {
            self.forget();
        }
        Some(offset + self.shift)
    }

    /// Another card pulls the engine, after a silence: what was meant for the one before is over.
    fn forget(&mut self) {
        self.given.clear();
        let _ = self.control.withdraw_all(0);
        let _ = self.control.hush(self.control.frame());
    }

    fn send_ramp(&mut self, ramp: &Ramp) {
        if let Some(offset) = self.offset() {
            let from = (ramp.begin + offset, ramp.from as f32);
            let to = (ramp.end + offset, ramp.to as f32);
            let _ = self.control.fade(ramp.lane, mag_engine::Ramp::new(from, to));
        }
    }

    fn frames(&self, seconds: f64) -> Frame {
        (seconds * f64::from(self.rate)) as Frame
    }

    /// Says what is wrong with a sound, once.
    fn report(&mut self, key: &str, text: String) {
        if self.reported.len() < REPORTED && self.reported.insert(key.to_owned()) {
            self.notices.warn(text);
        }
    }

    /// Says that voices were let go because the machine is too slow, now and then.
    fn tell_of_shed(&mut self, shed: u64) {
        let (known, said) = self.shed;
        if shed > known && said.is_none_or(|said| said.elapsed() >= PATIENCE) {
            self.shed = (shed, Some(Instant::now()));
            let voices = shed - known;
            let (s, were) = if voices == 1 { ("", "was") } else { ("s", "were") };
            self.notices.warn(format!(
                "the machine cannot keep up: {voices} voice{s} {were} let go before the sound broke; \
                 fewer voices, shorter releases or a larger `--buffer` help (`load` tells more)"
            ));
        }
    }

    /// Says of which part and sound a voice is not heard, once for each.
    fn tell_of_fault(&mut self, fault: &Fault) {
        let (name, last) = self.played.get(&fault.part).cloned().unwrap_or_default();
        // A part plays many sounds: the last one need not be the one that broke.
        let live = fault.graph.and_then(|id| self.graphs.name(id));
        let row = mag_engine::SOUNDS.iter().find(|def| find_sound(def.name) == Some(fault.sound));
        let sound = match (live, row) {
            (Some(live), _) => live.to_owned(),
            // By the name that was typed, if it is one of this sound's.
            (None, Some(row)) if find_sound(&built_in(&last)) != Some(fault.sound) => {
                row.name.into()
            }
            _ => last,
        };
        let text = match fault.cause {
            Cause::Broken => format!(
                "part `{name}`: a voice of `{sound}` made something that is not a number and was \
                 muted; the others play on"
            ),
            Cause::Starved => format!(
                "part `{name}`: a note of `{sound}` is silent: the delay lines of all voices \
                 together have no room for it; shorter delays, or fewer notes at once, help"
            ),
        };
        self.report(&format!("{:?} {name} {sound}", fault.cause), text);
    }

    fn shoot(&mut self, cue: &Cue, offset: Frame) {
        match self.shots_of(cue) {
            Ok(shots) => {
                let sound = cue.sound().map_or(INSTRUMENT, |(sound, _)| sound);
                let played = self.played.entry(cue.part).or_default();
                if *played.0 != *cue.name || *played.1 != *sound {
                    *played = (cue.name.to_string(), sound.to_owned());
                }
                let at = (cue.at + offset).max(0);
                for shot in shots {
                    let duration = cue.duration.max(1) as u64;
                    let shot = shot.with_part(cue.part).with_lane(cue.lane).with_duration(duration);
                    self.remember(cue.at, at);
                    if self.control.shot(at as u64, shot).is_err() && !self.overrun {
                        self.overrun = true;
                        self.notices.warn("too many events at once: the synth leaves some out");
                    }
                }
            }
            Err((key, text)) => self.report(&key, text),
        }
    }

    fn remember(&mut self, at: Frame, engine: Frame) {
        let sounding = self.control.frame() as Frame;
        while self.given.pop_front_if(|(_, engine)| *engine < sounding).is_some() {}
        self.given.push_back((at, engine));
    }

    /// The engine's frame from which on everything given for `from` or later lies. The offset may
    /// have moved since: a shot is not to be played twice for that.
    fn border(&self, from: Frame, offset: Frame) -> Frame {
        let given = self.given.iter().filter(|(at, _)| *at >= from).map(|(_, engine)| *engine);
        given.fold(from + offset, Frame::min)
    }

    /// The shots of a cue, in the recorded room that it asks for.
    fn shots_of(&mut self, cue: &Cue) -> Result<Vec<Shot>, (String, String)> {
        if cue.number("gate").is_some_and(|gate| gate <= 0.0) {
            return Ok(Vec::new());
        }
        let mut shots = self.dry_shots_of(cue)?;
        if let Some(bank) = &mut self.bank
            && let Some(room) = Impulse::of(&cue.controls)
        {
            match bank.impulse(&room, cue.at, &mut self.control) {
                Take::Ready(id, _) => shots.iter_mut().for_each(|shot| shot.room = Some(id)),
                Take::Silent => {}
                Take::Unknown => {
                    let text = self.unknown_room(cue, room.name);
                    self.report(&format!("ir {}", room.name), text);
                }
            }
        }
        Ok(shots)
    }

    /// The same without a room, as a rule one shot; none if its recording is not there. If the cue
    /// cannot sound at all, what is wrong, after a key under which that is said once.
    fn dry_shots_of(&mut self, cue: &Cue) -> Result<Vec<Shot>, (String, String)> {
        let pitch = cue.pitch();
        let Some((sound, n)) = cue.sound().or(pitch.map(|_| (INSTRUMENT, 0.0))) else {
            let name = &cue.name;
            let text =
                format!("part `{name}` makes no sound: its events have neither `s` nor `note`");
            return Err((name.to_string(), text));
        };
        // The performer's recordings win over the instruments that come with mag.
        let hidden = |synth: &mag_lang::Synth| {
            instruments::is_own(synth) && self.bank.as_ref().is_some_and(|bank| bank.has(sound))
        };
        if let Some(synth) = cue.synth.as_ref().filter(|synth| !hidden(synth)) {
            let mut params = params::params(cue, pitch);
            params.push(("n", n as f32));
            let shot = self.graphs.shot(cue, synth, &params, &mut self.control);
            return Ok(shot.into_iter().collect());
        }
        if let Some(bank) = &mut self.bank {
            let params = params::params(cue, pitch);
            let ways = (bank, &mut self.control);
            if let Some(shots) = made::shots(cue, (sound, n), &params, ways)? {
                return Ok(shots);
            }
        }
        // With `bank "tr909"`, `bd` is `tr909_bd`.
        let kit = kit_of(&cue.controls).map(|kit| format!("{kit}_{sound}"));
        let sound = kit.as_deref().unwrap_or(sound);
        let taken = match &mut self.bank {
            Some(bank) => {
                let control = &mut self.control;
                if let Some(shots) = recorded::instrument(cue, (sound, n), bank, control) {
                    return Ok(shots);
                }
                recorded::take(cue, (sound, n), bank, control)
            }
            None => Take::Unknown,
        };
        match taken {
            Take::Silent => Ok(Vec::new()),
            Take::Ready(id, seconds) => Ok(vec![recorded::shot(cue, pitch, id, seconds)]),
            Take::Unknown => {
                let params = params::params(cue, pitch);
                let shot = shot_for(&built_in(sound), n as f32, &params);
                shot.map(|shot| vec![shot])
                    .map_err(|_| (sound.to_owned(), self.unknown(cue, sound)))
            }
        }
    }
}

impl Output for SynthOut {
    fn lead(&self) -> Frame {
        self.frames(LEAD)
    }
    fn fixed(&self) -> Frame {
        self.frames(FIXED)
    }
    fn cue(&mut self, cue: &Cue) {
        // Without a sound card nobody would ever take the shot out of the ring.
        if let Some(offset) = self.offset() {
            self.shoot(cue, offset);
        }
    }
    fn withdraw(&mut self, from: Frame) {
        if let Some(offset) = self.offset() {
            let border = self.border(from, offset);
            self.given.retain(|(at, _)| *at < from);
            let _ = self.control.withdraw_all(border.max(0) as u64);
        }
    }
    fn ramp(&mut self, ramp: &Ramp) {
        self.ramps.insert(ramp.lane, *ramp);
        self.send_ramp(ramp);
    }
    fn hush(&mut self, at: Frame) {
        if let Some(offset) = self.offset() {
            let border = self.border(at, offset);
            let _ = self.control.hush(border.max(0) as u64);
        }
    }
    fn panic(&mut self) {
        self.control.panic();
    }
    fn tend(&mut self) {
        self.overrun = false;
        let moved = match (self.told, self.offset()) {
            (Some(told), Some(offset)) => told.abs_diff(offset) > u64::from(self.rate) / 200,
            (_, offset) => offset.is_some(),
        };
        if moved {
            self.told = self.offset();
            let ramps: Vec<Ramp> = self.ramps.values().copied().collect();
            ramps.iter().for_each(|ramp| self.send_ramp(ramp));
        }
        if let Some(bank) = &mut self.bank {
            bank.collect(&mut self.control);
        }
        let stats = self.control.stats();
        self.tell_of_shed(stats.shed);
        self.timing.audio.voices.store(stats.voices, Ordering::Relaxed);
        self.timing.audio.late.store(stats.late, Ordering::Relaxed);
        while let Some(fault) = self.control.fault() {
            self.tell_of_fault(&fault);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mag_engine::{Engine, GraphId};
    use mag_lang::{Language, Mode, NoFiles, Source};
    use mag_pattern::Nowhere;
    use std::sync::Mutex;

    /// What is said when the sounds of `text` were played and then, of its part, `fault` is told.
    fn said_of(text: &str, faults: &[(Option<GraphId>, &str, Cause)]) -> Vec<String> {
        let language = Language::new();
        let source = Source::new(1, "test.mag", text);
        let read = language.evaluate(&language.empty(), &source, Mode::File, &NoFiles);
        let program = read.unwrap_or_else(|problems| panic!("{problems:?}")).program;
        let mut scheduler = crate::scheduler::Scheduler::new(48_000, program);
        let (_engine, control) = Engine::new(48_000);
        let said: Arc<Mutex<Vec<String>>> = Arc::default();
        let hears = said.clone();
        let notices = Notices::start(Box::new(move |notice| {
            if let Ok(mut said) = hears.lock() {
                said.push(notice.text.clone());
            }
        }));
        let timebase = Arc::new(Timebase::offline());
        let mut synth = SynthOut::new(control, timebase, 48_000, notices.clone());
        let cues = scheduler.advance(96_000, &Nowhere);
        cues.iter().for_each(|cue| synth.cue(cue));
        for (graph, name, cause) in faults {
            let sound = find_sound(name).unwrap_or_default();
            synth.tell_of_fault(&Fault { part: cues[0].part, sound, graph: *graph, cause: *cause });
        }
        notices.flush();
        said.lock().map(|said| said.clone()).unwrap_or_default()
    }

    #[test]
    fn a_voice_that_broke_is_called_by_its_own_name_whatever_its_part_played_last() {
        let text = "synth wail = sine freq\nsynth howl = saw freq\np: s \"wail howl bd saw\"";
        let told = said_of(
            text,
            &[
                (Some(GraphId(0)), "", Cause::Broken),
                (Some(GraphId(1)), "", Cause::Broken),
                (Some(GraphId(1)), "", Cause::Broken),
                (None, "bd", Cause::Broken),
                (None, "saw", Cause::Broken),
            ],
        );
        let broke = |name: &str| {
            format!(
                "part `p`: a voice of `{name}` made something that is not a number and was muted; \
                 the others play on"
            )
        };
        assert_eq!(told, ["wail", "howl", "bd", "saw"].map(broke));
    }
}
