//! Recordings from files: WAV, and with the feature `formats` AIFF, FLAC, OGG Vorbis and MP3.

use mag_engine::SampleBuffer;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

#[cfg(feature = "formats")]
mod formats;

/// Samples that one recording may have, channels counted: five minutes of stereo, 128 MB.
const LONGEST: usize = 32 << 20;

/// What a file holds: interleaved samples, channels, frames a second.
struct Sound {
    samples: Vec<f32>,
    channels: usize,
    rate: u32,
}

/// The recording in a file.
///
/// # Errors
/// What is wrong with the file, in a few words.
pub fn decode(path: &Path) -> Result<SampleBuffer, String> {
    // A decoder that fails on an odd file must not take the thread with it.
    let sound = catch_unwind(AssertUnwindSafe(|| read(path)))
        .unwrap_or_else(|_| Err("the file is broken".into()))?;
    if sound.samples.is_empty() {
        return Err("it holds no sound".into());
    }
    Ok(SampleBuffer::interleaved(&sound.samples, sound.channels, sound.rate))
}

fn read(path: &Path) -> Result<Sound, String> {
    let ending = path.extension().map(|e| e.to_string_lossy().to_lowercase());
    match ending.as_deref() {
        Some("wav") => wav(path),
        #[cfg(feature = "formats")]
        _ => formats::read(path),
        #[cfg(not(feature = "formats"))]
        _ => Err("this build of mag reads WAV files only".into()),
    }
}

fn wav(path: &Path) -> Result<Sound, String> {
    let mut reader = hound::WavReader::open(path).map_err(|e| e.to_string())?;
    let spec = reader.spec();
    fits(reader.len() as usize)?;
    let samples: Result<Vec<f32>, _> = match spec.sample_format {
        hound::SampleFormat::Float => reader.samples::<f32>().collect(),
        hound::SampleFormat::Int => {
            let full = 2.0f32.powi(i32::from(spec.bits_per_sample) - 1);
            reader.samples::<i32>().map(|x| x.map(|x| x as f32 / full)).collect()
        }
    };
    let samples = samples.map_err(|e| e.to_string())?;
    Ok(Sound { samples, channels: usize::from(spec.channels), rate: spec.sample_rate })
}

/// Whether a recording of so many samples is kept in memory.
fn fits(samples: usize) -> Result<(), String> {
    if samples <= LONGEST {
        return Ok(());
    }
    Err("it is too long to be a sample: expected at most five minutes of stereo".into())
}
