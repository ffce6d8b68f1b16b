//! The scheduler's thread: a loop around [`Stage::tick`] that follows the real clock, and the
//! handle by which everybody else steers it.

use crate::clock::{Clock, Frame};
use crate::moments::Moments;
use crate::notice::Notices;
use crate::priority::{self, Urgency};
use crate::route::Routes;
use crate::stage::{Report, Stage, When};
use crate::timing::Timing;
use arc_swap::ArcSwap;
use mag_lang::Program;
use mag_pattern::{Loc, Pattern, Time, World};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Orders that may wait; whoever gives one more waits until there is room.
const ORDERS: usize = 64;
/// The thread wakes at least this often, to look after outputs.
const REST: Duration = Duration::from_millis(250);

/// What the scheduler's thread can be told.
enum Order {
    Swap(Arc<Program>, Routes, When, SyncSender<Time>),
    Once(Pattern, When, SyncSender<Time>),
    Hush(Time),
    Panic,
    Quit,
}

/// Steers a stage that runs on its own thread.
pub struct Live {
    orders: SyncSender<Order>,
    clock: Arc<ArcSwap<Clock>>,
    moments: Moments,
    thread: Option<JoinHandle<()>>,
}

/// Where a place in a source is, in words; for troubles of parts.
pub type Locate = Box<dyn Fn(Loc) -> Option<String> + Send>;

impl Live {
    /// Starts the thread.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub fn start(
        stage: Stage,
        moments: Moments,
        world: Arc<dyn World>,
        timing: Arc<Timing>,
        notices: Notices,
        locate: Locate,
    ) -> std::io::Result<Live> {
        let (orders, waiting) = sync_channel(ORDERS);
        let clock = Arc::new(ArcSwap::from_pointee(stage.clock().clone()));
        let speaker = Speaker::new(notices, locate);
        let mut run =
            Run { stage, moments, world, clock: clock.clone(), timing: timing.clone(), speaker };
        let thread = std::thread::Builder::new()
            .name("scheduler".into())
            .spawn(move || run.follow(&waiting))?;
        timing.started(clock.clone(), moments);
        Ok(Live { orders, clock, moments, thread: Some(thread) })
    }

    /// Lets `program` take over; answers the moment at which it does, once that is decided.
    /// `None` if the thread is gone.
    pub fn swap(&self, program: Arc<Program>, routes: Routes, when: When) -> Option<Time> {
        let (answer, landed) = sync_channel(1);
        self.orders.send(Order::Swap(program, routes, when, answer)).ok()?;
        landed.recv_timeout(Duration::from_secs(5)).ok()
    }

    /// Plays the first cycle of `pattern` once; answers from when.
    pub fn once(&self, pattern: Pattern, when: When) -> Option<Time> {
        let (answer, landed) = sync_channel(1);
        self.orders.send(Order::Once(pattern, when, answer)).ok()?;
        landed.recv_timeout(Duration::from_secs(5)).ok()
    }
    /// Lets what sounds at the moment `at` fade.
    pub fn hush(&self, at: Time) {
        let _ = self.orders.send(Order::Hush(at));
    }
    /// Cuts what sounds.
    pub fn panic(&self) {
        let _ = self.orders.send(Order::Panic);
    }
    /// The moment that is now, in cycles.
    pub fn now(&self) -> Time {
        self.clock.load().cycle_at(self.moments.now())
    }
    /// The map between cycles and frames.
    pub fn clock(&self) -> Arc<Clock> {
        self.clock.load_full()
    }
    /// The map between frames and the real world.
    pub fn moments(&self) -> Moments {
        self.moments
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        let _ = self.orders.send(Order::Quit);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// What the thread owns.
struct Run {
    stage: Stage,
    moments: Moments,
    world: Arc<dyn World>,
    clock: Arc<ArcSwap<Clock>>,
    timing: Arc<Timing>,
    speaker: Speaker,
}

impl Run {
    fn follow(&mut self, orders: &Receiver<Order>) {
        self.timing.granted(priority::ask(Urgency::Scheduler));
        let mut tended = Instant::now();
        let mut began = tended;
        loop {
            let wait = self.wait(self.moments.now());
            let asleep = Instant::now();
            self.timing.round.add(asleep.saturating_duration_since(began));
            let order = orders.recv_timeout(wait);
            began = Instant::now();
            if order.is_err() {
                let slept = began.saturating_duration_since(asleep);
                self.timing.wake.add(slept.saturating_sub(wait));
            }
            match order {
                Ok(Order::Quit) | Err(RecvTimeoutError::Disconnected) => return,
                Ok(order) => self.obey(order),
                Err(RecvTimeoutError::Timeout) => {}
            }
            self.stage.tick(self.moments.now(), &*self.world);
            if **self.clock.load() != *self.stage.clock() {
                self.clock.store(Arc::new(self.stage.clock().clone()));
            }
            if tended.elapsed() >= REST {
                tended = Instant::now();
                self.stage.tend();
                let report = self.stage.take_report();
                self.timing.stale.fetch_add(report.stale, Ordering::Relaxed);
                self.speaker.say(&report);
            }
        }
    }

    fn wait(&self, now: Frame) -> Duration {
        let frames = self.stage.idle(now).min(Frame::from(self.stage.clock().rate()));
        let seconds = frames as f64 / f64::from(self.stage.clock().rate());
        Duration::from_secs_f64(seconds).min(REST)
    }

    fn obey(&mut self, order: Order) {
        let now = self.moments.now();
        match order {
            Order::Swap(program, routes, when, landed) => {
                let at = self.stage.swap(program, routes, when, now);
                // What changes is on its way before anybody else hears of it.
                self.stage.tick(now, &*self.world);
                let _ = landed.send(at);
            }
            Order::Once(pattern, when, landed) => {
                let _ = landed.send(self.stage.once(pattern, when, now));
            }
            Order::Hush(at) => self.stage.hush(at),
            Order::Panic => self.stage.panic(),
            Order::Quit => {}
        }
    }
}

/// Puts what happened on stage into the performer's words.
pub struct Speaker {
    notices: Notices,
    locate: Locate,
}

impl Speaker {
    /// Speaks through `notices`, with places from `locate`.
    pub fn new(notices: Notices, locate: Locate) -> Speaker {
        Speaker { notices, locate }
    }

    /// Says everything that the performer should know of.
    pub fn say(&self, report: &Report) {
        for trouble in &report.troubles {
            let place = (self.locate)(trouble.loc).map_or(String::new(), |p| format!("{p}: "));
            let then = match trouble.replaced {
                true => "its last good version plays on",
                false => "it is silent until you change it",
            };
            self.notices.warn(format!(
                "{place}part `{}` failed in cycle {}: {}; {then}",
                trouble.part, trouble.cycle, trouble.message
            ));
        }
        for name in &report.unknown_outs {
            self.notices.warn(format!(
                "no output is called `{name}`: add  out {name} = osc \"127.0.0.1:9000\""
            ));
        }
        if report.stale > 0 {
            let n = report.stale;
            self.notices
                .warn(format!("the machine was away; {n} events of that time were left out"));
        }
    }
}
