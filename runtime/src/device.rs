//! The sound card: names rodio. One permanent source pulls the engine; the card may be missing,
//! go away and come back while the music plays on.

use crate::clock::Frame;
use crate::moments::Moments;
use crate::notice::Notices;
use crate::output::synth::Timebase;
use crate::timing::Timing;
use feed::Feed;
use mag_engine::Engine;
use rodio::cpal::traits::{DeviceTrait, HostTrait};
use rodio::cpal::{BufferSize, ErrorKind};
use rodio::{DeviceSinkBuilder, MixerDeviceSink};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

mod drift;
mod feed;
mod load;
mod tap;
pub use load::{Load, Reading};
pub use tap::Tap;

/// Frames a second of the engine; a card that runs at another rate gets it resampled.
pub const RATE: u32 = 48_000;
/// Frames that the card asks for at once, unless the performer says otherwise.
pub const BUFFER: u32 = 512;
/// How often a missing card is looked for, and a present one is checked.
const LOOK: Duration = Duration::from_secs(2);

/// Finds the card that is to be played on, if there is one.
pub type Cards = Box<dyn FnMut() -> Option<rodio::cpal::Device> + Send>;

/// The system's default card.
pub fn system_cards() -> Cards {
    Box::new(|| rodio::cpal::default_host().default_output_device())
}

/// What the card is tied to.
pub struct Wiring {
    /// Where the engine's frames lie in time.
    pub timebase: Arc<Timebase>,
    /// Ties frames to the real world.
    pub moments: Moments,
    /// Frames that the card is to ask for at once.
    pub buffer: u32,
    /// Hears what is played.
    pub tap: Arc<Tap>,
    /// Notes how punctual it is.
    pub timing: Arc<Timing>,
    /// Speaks to the performer.
    pub notices: Notices,
}

/// Keeps the sound going on whatever card there is. Dropping it closes the card.
pub struct Device {
    looked: Arc<AtomicBool>,
    wake: SyncSender<Wake>,
    thread: Option<JoinHandle<()>>,
}

impl Device {
    /// Opens a card and keeps one open, on a thread of its own: opening can take long.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub fn keep(engine: Engine, cards: Cards, wiring: Wiring) -> std::io::Result<Device> {
        let (wake, woken) = sync_channel(4);
        let engine = Arc::new(Mutex::new(engine));
        let mut keeper = Keeper { engine, cards, wiring, wake: wake.clone(), said: false };
        let looked = Arc::new(AtomicBool::new(false));
        let done = looked.clone();
        let work = move || {
            let mut card = None;
            let mut rested = true;
            loop {
                keeper.look_after(&mut card, rested);
                done.store(card.is_none(), Ordering::Release);
                rested = match woken.recv_timeout(LOOK) {
                    Ok(Wake::Look) => false,
                    Err(RecvTimeoutError::Timeout) => true,
                    Ok(Wake::Stop) | Err(RecvTimeoutError::Disconnected) => return,
                };
            }
        };
        let thread = std::thread::Builder::new().name("device".into()).spawn(work)?;
        Ok(Device { looked, wake, thread: Some(thread) })
    }

    /// Whether it was looked for a card in vain.
    pub fn looked(&self) -> bool {
        self.looked.load(Ordering::Acquire)
    }
}

impl Drop for Device {
    fn drop(&mut self) {
        let _ = self.wake.send(Wake::Stop);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// What the thread is woken for.
enum Wake {
    /// The card says that it is gone.
    Look,
    Stop,
}

/// An open card, and whether it has reported that it is gone.
struct Card {
    _sink: MixerDeviceSink,
    lost: Arc<AtomicBool>,
    pulled: Frame,
}

/// What the thread owns.
struct Keeper {
    engine: Arc<Mutex<Engine>>,
    cards: Cards,
    wiring: Wiring,
    wake: SyncSender<Wake>,
    /// Whether the performer knows that there is no card.
    said: bool,
}

impl Keeper {
    /// Opens a card if none is open or the open one is gone. One that has pulled nothing since the
    /// last look is stuck, if that was a while ago: `rested`.
    fn look_after(&mut self, card: &mut Option<Card>, rested: bool) {
        if let Some(open) = card {
            let pulled = self.wiring.timebase.pulled();
            let stuck = rested && pulled == open.pulled;
            open.pulled = pulled;
            if !open.lost.load(Ordering::Acquire) && !stuck {
                return;
            }
            self.wiring.timebase.stop();
            *card = None;
            self.said = true;
            self.wiring
                .notices
                .warn("the sound card is gone; it plays on silently until one is back");
        }
        match self.open() {
            Ok((name, open)) => {
                self.said = false;
                self.wiring.notices.info(format!("sound: {name}"));
                *card = Some(open);
            }
            Err(reason) if !self.said => {
                self.said = true;
                self.wiring.notices.warn(format!(
                    "no sound card ({reason}): it plays on silently (OSC and files work), and a card that appears is taken"
                ));
            }
            Err(_) => {}
        }
    }

    fn open(&mut self) -> Result<(String, Card), String> {
        let device = (self.cards)().ok_or("none is there")?;
        let name = device.description().map_or("a card".to_owned(), |d| d.name().to_owned());
        let lost = Arc::new(AtomicBool::new(false));
        let flag = lost.clone();
        let load = self.wiring.timing.load.clone();
        let wake = self.wake.clone();
        let report = move |error: rodio::cpal::Error| match error.kind() {
            ErrorKind::Xrun => load.xrun(),
            kind if is_loss(kind) => {
                flag.store(true, Ordering::Release);
                let _ = wake.try_send(Wake::Look);
            }
            _ => {}
        };
        let builder = || -> Result<_, rodio::DeviceSinkError> {
            Ok(DeviceSinkBuilder::from_device(device.clone())?
                .with_buffer_size(BufferSize::Fixed(self.wiring.buffer.max(16)))
                .with_error_callback(report.clone()))
        };
        let at_own_rate = || builder()?.open_sink_or_fallback();
        let rate = NonZeroU32::new(RATE).ok_or("no sample rate")?;
        let mut sink = builder()
            .and_then(|b| b.with_sample_rate(rate).open_stream())
            .or_else(|_| at_own_rate())
            .map_err(|e| reason(&e))?;
        sink.log_on_drop(false);
        let (engine, timebase) = (self.engine.clone(), self.wiring.timebase.clone());
        let config = sink.config();
        let buffer = match config.buffer_size() {
            BufferSize::Fixed(frames) => *frames,
            BufferSize::Default => self.wiring.buffer,
        };
        // A card at another rate asks for as many of the engine's frames as last as long.
        let own = u64::from(buffer) * u64::from(RATE) / u64::from(config.sample_rate().get());
        let buffer = u32::try_from(own).unwrap_or(buffer);
        sink.mixer().add(Feed::new(
            engine,
            timebase,
            self.wiring.moments,
            self.wiring.tap.clone(),
            (self.wiring.timing.clone(), buffer),
        ));
        let name = format!("{name}, {} Hz, {}", config.sample_rate(), frames(config.buffer_size()));
        Ok((name, Card { _sink: sink, lost, pulled: Frame::MIN }))
    }
}

fn frames(buffer: &BufferSize) -> String {
    match buffer {
        BufferSize::Fixed(n) => format!("{n} frames at once"),
        BufferSize::Default => "buffered as the system likes".to_owned(),
    }
}

/// Whether a stream with this error will not sound again by itself.
fn is_loss(kind: ErrorKind) -> bool {
    use ErrorKind::{DeviceNotAvailable, HostUnavailable, PermissionDenied, StreamInvalidated};
    matches!(kind, DeviceNotAvailable | HostUnavailable | PermissionDenied | StreamInvalidated)
}

/// The innermost reason of an error: what the system said.
fn reason(error: &dyn std::error::Error) -> String {
    let mut inner = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string()
}

/// The name of the default sound card, if there is one.
pub fn default_name() -> Option<String> {
    let device = rodio::cpal::default_host().default_output_device()?;
    device.description().ok().map(|d| d.name().to_owned())
}

/// The sound cards of this system by name, the default first.
///
/// # Errors
/// What the system said, if it cannot list them.
pub fn list() -> Result<Vec<String>, String> {
    let devices = rodio::cpal::default_host().output_devices().map_err(|e| reason(&e))?;
    let mut names: Vec<String> =
        devices.filter_map(|d| d.description().ok()).map(|d| d.name().to_owned()).collect();
    names.dedup();
    let default = default_name();
    names.sort_by_key(|name| Some(name) != default.as_ref());
    Ok(names)
}
