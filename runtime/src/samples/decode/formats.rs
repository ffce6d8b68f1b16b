//! Recordings in compressed formats and AIFF: names symphonia.

use super::{Sound, fits};
use std::fs::File;
use std::path::Path;
use symphonia::core::audio::SampleBuffer;
use symphonia::core::codecs::DecoderOptions;
use symphonia::core::errors::Error;
use symphonia::core::formats::FormatOptions;
use symphonia::core::io::MediaSourceStream;
use symphonia::core::meta::MetadataOptions;
use symphonia::core::probe::Hint;

/// The whole of the first track of a file; damaged packets are left out.
pub(super) fn read(path: &Path) -> Result<Sound, String> {
    let told = |error: Error| match error {
        Error::Unsupported(_) => "this kind of file cannot be read".to_owned(),
        error => error.to_string(),
    };
    let file = File::open(path).map_err(|e| e.to_string())?;
    let stream = MediaSourceStream::new(Box::new(file), Default::default());
    let mut hint = Hint::new();
    path.extension().and_then(|e| e.to_str()).map(|ending| hint.with_extension(ending));
    let options = FormatOptions { enable_gapless: true, ..FormatOptions::default() };
    let probe = symphonia::default::get_probe();
    let probed = probe.format(&hint, stream, &options, &MetadataOptions::default());
    let mut format = probed.map_err(told)?.format;
    let track = format.default_track().ok_or("it holds no sound")?;
    let (id, frames) = (track.id, track.codec_params.n_frames);
    let codecs = symphonia::default::get_codecs();
    let mut decoder = codecs.make(&track.codec_params, &DecoderOptions::default()).map_err(told)?;
    let mut sound = Sound { samples: Vec::new(), channels: 1, rate: 0 };
    loop {
        let packet = match format.next_packet() {
            Ok(packet) => packet,
            Err(Error::IoError(e)) if e.kind() == std::io::ErrorKind::UnexpectedEof => break,
            Err(error) => return Err(told(error)),
        };
        if packet.track_id() != id {
            continue;
        }
        let decoded = match decoder.decode(&packet) {
            Ok(decoded) => decoded,
            Err(Error::DecodeError(_)) => continue,
            Err(error) => return Err(told(error)),
        };
        let spec = *decoded.spec();
        (sound.channels, sound.rate) = (spec.channels.count(), spec.rate);
        let mut buffer = SampleBuffer::<f32>::new(decoded.capacity() as u64, spec);
        buffer.copy_interleaved_ref(decoded);
        sound.samples.extend_from_slice(buffer.samples());
        fits(sound.samples.len())?;
    }
    // The last packet may hold more than belongs to the recording.
    let whole = frames.map_or(usize::MAX, |frames| frames as usize);
    sound.samples.truncate(whole.saturating_mul(sound.channels));
    Ok(sound)
}
