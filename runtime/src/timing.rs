//! What is measured while it plays: how early and how late events leave, how punctual the
//! scheduler and the sound card's callback are. Adding never waits; reading draws histograms.

use crate::clock::{Clock, Frame};
use crate::cue::Cue;
use crate::device::Load;
use crate::moments::Moments;
use crate::output::Output;
use crate::priority::Grant;
use crate::scheduler::Ramp;
use arc_swap::ArcSwap;
use std::sync::atomic::{AtomicI64, AtomicU32, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

mod activity;
mod draw;
mod histogram;
pub use activity::Activity;
pub use draw::{bars, figures, short};
pub use histogram::{Histogram, Snapshot};

/// Everything that one performance measures.
#[derive(Default)]
pub struct Timing {
    lanes: Mutex<Vec<Arc<Lane>>>,
    /// How long after the moment it had asked for the scheduler's thread woke.
    pub wake: Histogram,
    /// How long the scheduler was at work at once: asking patterns, telling outputs.
    pub round: Histogram,
    /// From a text to its program being on stage: checked, journalled, swapped.
    pub edit: Histogram,
    /// The sound card's side.
    pub audio: Audio,
    /// How the sound card's buffers are kept up with.
    pub load: Arc<Load>,
    /// What is heard of each part.
    pub activity: Activity,
    /// Events that were not played because the machine had been away.
    pub stale: AtomicU64,
    /// Where the music is, once it has begun.
    place: OnceLock<(Arc<ArcSwap<Clock>>, Moments)>,
    /// The priority that the scheduler's thread was given.
    grant: Mutex<Option<Grant>>,
}

/// Where the music is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Now {
    /// The frame that is heard.
    pub frame: Frame,
    /// Frames a second.
    pub rate: u32,
    /// The cycle.
    pub cycle: i64,
    /// The beat in it, counted from 1.
    pub beat: u32,
    /// Beats a minute at this moment.
    pub tempo: f64,
}

/// What one output measures.
pub struct Lane {
    /// What it is called.
    pub name: String,
    /// How long before its time each event left.
    pub lead: Histogram,
    /// How long after its time each late one did.
    pub late: Histogram,
    /// How long after the moment that was planned for it each event left.
    pub jitter: Histogram,
}

/// What the sound card's callback measures.
#[derive(Default)]
pub struct Audio {
    /// How long a block of the engine took to make.
    pub block: Histogram,
    /// How late the callback came, against the card's own pace.
    pub wake: Histogram,
    /// Time spent on blocks so far, in nanoseconds.
    busy: AtomicU64,
    /// Time that those blocks sound, in nanoseconds.
    heard: AtomicU64,
    /// Shots that came to the engine after their frame.
    pub late: AtomicU64,
    /// Voices that sound.
    pub voices: AtomicU32,
    /// How much faster the card's clock runs than the system's, in thousandths of a millionth.
    drift: AtomicI64,
    /// The priority that the callback was given: 0 not asked, 1 real time, 2 as others.
    grant: AtomicU32,
}

impl Audio {
    /// A block that sounds for `length` took `took`.
    pub fn rendered(&self, took: Duration, length: Duration) {
        self.block.add(took);
        self.busy.fetch_add(took.as_nanos() as u64, Relaxed);
        self.heard.fetch_add(length.as_nanos() as u64, Relaxed);
    }

    /// Time spent, and time that it gave: their quotient over a stretch is the load.
    pub fn spent(&self) -> (Duration, Duration) {
        let nanos = |counter: &AtomicU64| Duration::from_nanos(counter.load(Relaxed));
        (nanos(&self.busy), nanos(&self.heard))
    }

    /// The card's clock runs this much faster than the system's, in millionths.
    pub fn drifts(&self, millionths: f64) {
        self.drift.store((millionths * 1000.0) as i64, Relaxed);
    }

    /// What [`Audio::drifts`] was last told.
    pub fn drift(&self) -> f64 {
        self.drift.load(Relaxed) as f64 / 1000.0
    }

    /// Notes whether the callback runs in real time.
    pub fn granted(&self, grant: Grant) {
        self.grant.store(if matches!(grant, Grant::RealTime(_)) { 1 } else { 2 }, Relaxed);
    }
}

impl Timing {
    /// Nothing measured yet.
    pub fn new() -> Arc<Timing> {
        Arc::default()
    }

    /// An output with everything it is told measured.
    pub fn measured(&self, name: String, moments: Moments, output: Box<dyn Output>) -> Measured {
        let lane = self.lane(name);
        Measured { lane, moments, output }
    }

    fn lane(&self, name: String) -> Arc<Lane> {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(lane) = lanes.iter().find(|lane| lane.name == name) {
            return lane.clone();
        }
        let lead = Histogram::default();
        let (late, jitter) = (Histogram::default(), Histogram::default());
        let lane = Arc::new(Lane { name, lead, late, jitter });
        lanes.push(lane.clone());
        lane
    }

    /// The outputs so far.
    pub fn lanes(&self) -> Vec<Arc<Lane>> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The scheduler's thread was given this priority.
    pub fn granted(&self, grant: Grant) {
        *self.grant.lock().unwrap_or_else(PoisonError::into_inner) = Some(grant);
    }

    /// The priority of the scheduler's thread, once it runs.
    pub fn grant(&self) -> Option<Grant> {
        *self.grant.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The music began.
    pub fn started(&self, clock: Arc<ArcSwap<Clock>>, moments: Moments) {
        let _ = self.place.set((clock, moments));
    }

    /// Where the music is; `None` before it began.
    pub fn now(&self) -> Option<Now> {
        let (clock, moments) = self.place.get()?;
        let clock = clock.load();
        let frame = moments.now();
        let at = clock.cycle_at(frame.max(0));
        let beat = (at.cycle_pos().to_f64() * f64::from(clock.beats(at))) as u32 + 1;
        let (rate, cycle, tempo) = (clock.rate(), at.floor(), clock.tempo(at));
        Some(Now { frame, rate, cycle, beat, tempo })
    }

    /// Events that left after their time, left out or came late to the card.
    pub fn late(&self) -> u64 {
        let lanes: u64 = self.lanes().iter().map(|lane| lane.late.read().count()).sum();
        lanes + self.stale.load(Relaxed) + self.audio.late.load(Relaxed)
    }

    /// Gaps that may have been heard: buffers made too slowly, and what the driver reported.
    pub fn missed(&self) -> u64 {
        let load = self.load.read();
        load.missed.max(load.xruns)
    }

    /// Forgets everything measured so far.
    pub fn reset(&self) {
        for lane in self.lanes() {
            [&lane.lead, &lane.late, &lane.jitter].into_iter().for_each(Histogram::reset);
        }
        let audio = &self.audio;
        let all = [&self.wake, &self.round, &self.edit, &audio.block, &audio.wake];
        all.into_iter().for_each(Histogram::reset);
        let counters = [&self.stale, &audio.late];
        counters.into_iter().for_each(|counter| counter.store(0, Relaxed));
    }

    /// All of it as text, for a terminal of 80 columns.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for lane in self.lanes() {
            let (lead, late) = (lane.lead.read(), lane.late.read());
            if lead.count() + late.count() == 0 {
                continue;
            }
            let (count, tardy) = (lead.count() + late.count(), late.count());
            text.push_str(&format!("{}: {count} events, {tardy} late\n", lane.name));
            text.push_str(&section("left before its time", &lead, true));
            if tardy > 0 {
                text.push_str(&section("left after its time", &late, false));
            }
            text.push_str(&section("behind its plan", &lane.jitter.read(), false));
        }
        let how = self.grant().map_or(String::new(), |grant| format!(" ({grant})"));
        text.push_str(&format!("scheduler{how}\n"));
        text.push_str(&section("woke late by", &self.wake.read(), false));
        text.push_str(&section("worked at once for", &self.round.read(), false));
        text.push_str(&section("text to stage", &self.edit.read(), false));
        text.push_str(&self.audio_text());
        let stale = self.stale.load(Relaxed);
        if stale > 0 {
            text.push_str(&format!("{stale} events were left out while the machine was away\n"));
        }
        text
    }

    fn audio_text(&self) -> String {
        let audio = &self.audio;
        let block = audio.block.read();
        if block.count() == 0 {
            return "sound card: none\n".into();
        }
        let (busy, heard) = audio.spent();
        let load = 100.0 * busy.as_secs_f64() / heard.as_secs_f64().max(1e-9);
        let how = match audio.grant.load(Relaxed) {
            1 => " (real time)",
            2 => " (priority as others)",
            _ => "",
        };
        format!(
            "sound card{how}: load {load:.1} %, {} voices\n  \
             {} shots late, clock {:+.1} millionths\n  {}\n{}{}",
            audio.voices.load(Relaxed),
            audio.late.load(Relaxed),
            audio.drift(),
            self.load.read(),
            section("a block took", &block, false),
            section("callback late by", &audio.wake.read(), false),
        )
    }
}

/// One histogram under its name.
fn section(name: &str, snapshot: &Snapshot, small_matters: bool) -> String {
    if snapshot.count() == 0 {
        return String::new();
    }
    let head = format!("  {name:<20} {}\n", figures(snapshot, small_matters));
    bars(snapshot).lines().fold(head, |text, line| format!("{text}    {line}\n"))
}

/// An output whose punctuality is measured.
pub struct Measured {
    lane: Arc<Lane>,
    moments: Moments,
    output: Box<dyn Output>,
}

impl Measured {
    fn note(&self, at: Frame) {
        let (now, due) = (Instant::now(), self.moments.instant(at));
        let planned = self.moments.instant(at - self.output.lead());
        self.lane.jitter.add(now.saturating_duration_since(planned));
        match due.checked_duration_since(now) {
            Some(lead) => self.lane.lead.add(lead),
            None => self.lane.late.add(now.duration_since(due)),
        }
    }
}

impl Output for Measured {
    fn lead(&self) -> Frame {
        self.output.lead()
    }
    fn fixed(&self) -> Frame {
        self.output.fixed()
    }
    fn cue(&mut self, cue: &Cue) {
        self.output.cue(cue);
        self.note(cue.at);
    }
    fn withdraw(&mut self, from: Frame) {
        self.output.withdraw(from);
    }
    fn ramp(&mut self, ramp: &Ramp) {
        self.output.ramp(ramp);
    }
    fn hush(&mut self, at: Frame) {
        self.output.hush(at);
    }
    fn panic(&mut self) {
        self.output.panic();
    }
    fn tend(&mut self) {
        self.output.tend();
    }
}

/// Lights the lamps of the status line: an output that hears every cue and plays none.
pub struct Lamps {
    timing: Arc<Timing>,
    lead: Frame,
}

impl Lamps {
    /// Lamps that are told `lead` frames ahead, as the outputs are.
    pub fn new(timing: Arc<Timing>, lead: Frame) -> Lamps {
        Lamps { timing, lead }
    }
}

impl Output for Lamps {
    fn lead(&self) -> Frame {
        self.lead
    }
    fn fixed(&self) -> Frame {
        0
    }
    fn cue(&mut self, cue: &Cue) {
        self.timing.activity.note(&cue.name, cue.part, cue.at);
    }
}
