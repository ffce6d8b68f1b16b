//! WAV files: stereo, 32-bit float.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

/// A WAV file that is being written.
pub struct Wav(hound::WavWriter<BufWriter<File>>);

impl Wav {
    /// Starts a file of `rate` frames a second.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn create(path: &Path, rate: u32) -> Result<Wav, hound::Error> {
        let sample_format = hound::SampleFormat::Float;
        let spec =
            hound::WavSpec { channels: 2, sample_rate: rate, bits_per_sample: 32, sample_format };
        hound::WavWriter::create(path, spec).map(Wav)
    }

    /// Appends interleaved stereo samples.
    ///
    /// # Errors
    /// If the disk does not take them.
    pub fn write(&mut self, samples: &[f32]) -> Result<(), hound::Error> {
        samples.iter().try_for_each(|&sample| self.0.write_sample(sample))
    }

    /// Completes the file.
    ///
    /// # Errors
    /// If the disk does not take it.
    pub fn finish(self) -> Result<(), hound::Error> {
        self.0.finalize()
    }
}
