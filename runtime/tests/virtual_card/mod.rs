//! A sound card without hardware: paced like one, at any rate, and it can be pulled out.

use cpal::traits::{DeviceTrait, StreamTrait};
use cpal::{
    Data, DeviceDescription, DeviceDescriptionBuilder, DeviceId, Error, ErrorKind, FrameCount,
    InputCallbackInfo, OutputCallbackInfo, OutputStreamTimestamp, SampleFormat, StreamConfig,
    StreamInstant, SupportedBufferSize, SupportedStreamConfig, SupportedStreamConfigRange,
};
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// What is known of the socket that cards are plugged into.
#[derive(Debug, Default)]
struct Socket {
    plugged: AtomicBool,
    /// Frames a second of whatever card is plugged in next.
    rate: AtomicU32,
    heard: Mutex<Vec<f32>>,
    opened: AtomicU32,
}

/// A place for a card.
#[derive(Clone, Debug, Default)]
pub struct VirtualCard(Arc<Socket>);

impl VirtualCard {
    /// Plugs a card in that runs at `rate` and nothing else.
    pub fn plug(&self, rate: u32) {
        self.0.rate.store(rate, Ordering::SeqCst);
        self.0.plugged.store(true, Ordering::SeqCst);
    }

    /// Pulls it out: its stream reports that it is gone, and pulls no more.
    pub fn pull(&self) {
        self.0.plugged.store(false, Ordering::SeqCst);
    }

    /// How often a card was opened.
    pub fn opened(&self) -> u32 {
        self.0.opened.load(Ordering::SeqCst)
    }

    /// What was heard since the last call, interleaved stereo.
    pub fn heard(&self) -> Vec<f32> {
        std::mem::take(&mut *self.0.heard.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The card, if one is plugged in.
    pub fn device(&self) -> Option<cpal::Device> {
        let there = self.0.plugged.load(Ordering::SeqCst);
        there.then(|| cpal::platform::CustomDevice::from_device(self.clone()).into())
    }

    fn config(&self) -> SupportedStreamConfigRange {
        let rate = self.0.rate.load(Ordering::SeqCst);
        let buffer = SupportedBufferSize::Range { min: 16, max: 16_384 };
        SupportedStreamConfigRange::new(2, rate, rate, buffer, SampleFormat::F32)
    }
}

impl fmt::Display for VirtualCard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("virtual card")
    }
}

impl PartialEq for VirtualCard {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for VirtualCard {}

impl std::hash::Hash for VirtualCard {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        Arc::as_ptr(&self.0).hash(state);
    }
}

impl DeviceTrait for VirtualCard {
    type SupportedInputConfigs = std::iter::Empty<SupportedStreamConfigRange>;
    type SupportedOutputConfigs = std::iter::Once<SupportedStreamConfigRange>;
    type Stream = Stream;

    fn description(&self) -> Result<DeviceDescription, Error> {
        Ok(DeviceDescriptionBuilder::new("virtual card").build())
    }

    fn id(&self) -> Result<DeviceId, Error> {
        Err(Error::new(ErrorKind::UnsupportedOperation))
    }

    fn supported_input_configs(&self) -> Result<Self::SupportedInputConfigs, Error> {
        Ok(std::iter::empty())
    }

    fn supported_output_configs(&self) -> Result<Self::SupportedOutputConfigs, Error> {
        Ok(std::iter::once(self.config()))
    }

    fn default_input_config(&self) -> Result<SupportedStreamConfig, Error> {
        Err(Error::new(ErrorKind::UnsupportedConfig))
    }

    fn default_output_config(&self) -> Result<SupportedStreamConfig, Error> {
        Ok(self.config().with_max_sample_rate())
    }

    fn build_input_stream_raw<D, E>(
        &self,
        _: StreamConfig,
        _: SampleFormat,
        _: D,
        _: E,
        _: Option<Duration>,
    ) -> Result<Self::Stream, Error>
    where
        D: FnMut(&Data, &InputCallbackInfo) + Send + 'static,
        E: FnMut(Error) + Send + 'static,
    {
        Err(Error::new(ErrorKind::UnsupportedConfig))
    }

    fn build_output_stream_raw<D, E>(
        &self,
        config: StreamConfig,
        format: SampleFormat,
        mut fill: D,
        mut report: E,
        _: Option<Duration>,
    ) -> Result<Self::Stream, Error>
    where
        D: FnMut(&mut Data, &OutputCallbackInfo) + Send + 'static,
        E: FnMut(Error) + Send + 'static,
    {
        let own = self.0.rate.load(Ordering::SeqCst);
        let there = self.0.plugged.load(Ordering::SeqCst);
        if !there || config.sample_rate != own || format != SampleFormat::F32 {
            return Err(Error::new(ErrorKind::UnsupportedConfig));
        }
        let frames = match config.buffer_size {
            cpal::BufferSize::Fixed(frames) => frames,
            cpal::BufferSize::Default => 512,
        };
        self.0.opened.fetch_add(1, Ordering::SeqCst);
        let (ended, socket, start) =
            (Arc::new(AtomicBool::new(false)), self.0.clone(), Instant::now());
        let stop = ended.clone();
        let pull = move || {
            let mut buffer = vec![0.0f32; 2 * frames as usize];
            let mut due = Instant::now();
            while !stop.load(Ordering::SeqCst) {
                if !socket.plugged.load(Ordering::SeqCst) {
                    return report(Error::new(ErrorKind::DeviceNotAvailable));
                }
                let at =
                    StreamInstant::new(start.elapsed().as_secs(), start.elapsed().subsec_nanos());
                let times = OutputStreamTimestamp { callback: at, playback: at };
                // The only way to make cpal's buffer; it lives as long as this call.
                #[allow(unsafe_code)]
                let mut data = unsafe {
                    Data::from_parts(buffer.as_mut_ptr().cast(), buffer.len(), SampleFormat::F32)
                };
                fill(&mut data, &OutputCallbackInfo::new(times));
                socket.heard.lock().unwrap_or_else(PoisonError::into_inner).extend(&buffer);
                due += Duration::from_secs_f64(f64::from(frames) / f64::from(own));
                std::thread::sleep(due.saturating_duration_since(Instant::now()));
            }
        };
        let thread = Some(std::thread::spawn(pull));
        Ok(Stream { ended, start, frames, thread })
    }
}

/// An open card; closed when dropped.
pub struct Stream {
    ended: Arc<AtomicBool>,
    start: Instant,
    frames: FrameCount,
    thread: Option<JoinHandle<()>>,
}

impl StreamTrait for Stream {
    fn play(&self) -> Result<(), Error> {
        Ok(())
    }
    fn pause(&self) -> Result<(), Error> {
        Ok(())
    }
    fn now(&self) -> StreamInstant {
        let elapsed = self.start.elapsed();
        StreamInstant::new(elapsed.as_secs(), elapsed.subsec_nanos())
    }
    fn buffer_size(&self) -> Result<FrameCount, Error> {
        Ok(self.frames)
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
