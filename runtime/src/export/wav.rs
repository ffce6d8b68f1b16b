//! WAV files: stereo, 32-bit float, complete at every moment: what is on the disk when it is full, or
//! when the power goes, can be played.

use std::fs::File;
use std::io::{Error, Seek, SeekFrom, Write};
use std::path::Path;

/// Bytes before the samples.
const HEADER: u64 = 58;
/// Bytes that are written at once.
const PIECE: usize = 1 << 16;
/// Pieces after which the file's header is brought up to date: about a second.
const PIECES: u32 = 6;
/// Samples that the format has room for.
const MOST: u64 = u32::MAX as u64 - HEADER;

/// A WAV file that is being written.
pub struct Wav<W: Write + Seek = File> {
    out: W,
    rate: u32,
    waiting: Vec<u8>,
    /// Bytes of samples that the file has taken.
    taken: u64,
    pieces: u32,
}

impl Wav {
    /// Starts a file of `rate` frames a second.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn create(path: &Path, rate: u32) -> Result<Wav, Error> {
        Wav::onto(File::create(path)?, rate)
    }
}

impl<W: Write + Seek> Wav<W> {
    /// Starts a file on anything that can be written to.
    ///
    /// # Errors
    /// If it cannot.
    pub fn onto(out: W, rate: u32) -> Result<Wav<W>, Error> {
        let waiting = Vec::with_capacity(PIECE + 8);
        let mut wav = Wav { out, rate, waiting, taken: 0, pieces: 0 };
        wav.settle()?;
        Ok(wav)
    }

    /// Appends interleaved stereo samples.
    ///
    /// # Errors
    /// If the disk does not take them; what it took before is then a complete file.
    pub fn write(&mut self, samples: &[f32]) -> Result<(), Error> {
        for sample in samples {
            self.waiting.extend(sample.to_le_bytes());
            if self.waiting.len() >= PIECE {
                self.pass_on()?;
            }
        }
        Ok(())
    }

    /// Frames that the file has for certain.
    pub fn frames(&self) -> u64 {
        self.taken / 8
    }

    fn pass_on(&mut self) -> Result<(), Error> {
        if self.taken + self.waiting.len() as u64 > MOST {
            return Err(Error::other("a WAV file takes four gigabytes at most"));
        }
        let passed = self.out.write_all(&self.waiting);
        if passed.is_ok() {
            self.taken += self.waiting.len() as u64;
            self.pieces += 1;
        }
        self.waiting.clear();
        if passed.is_err() || self.pieces >= PIECES {
            self.pieces = 0;
            // On a full disk the header still has its place.
            let settled = self.settle();
            passed.and(settled)
        } else {
            passed
        }
    }

    /// Lets the header say how much there is.
    fn settle(&mut self) -> Result<(), Error> {
        let data = self.taken as u32;
        let mut header = Vec::with_capacity(HEADER as usize);
        header.extend(b"RIFF");
        header.extend((data + HEADER as u32 - 8).to_le_bytes());
        header.extend(b"WAVEfmt ");
        header.extend(18u32.to_le_bytes());
        // Float, two channels; bytes a second and a frame; 32 bits; nothing more.
        header.extend(3u16.to_le_bytes());
        header.extend(2u16.to_le_bytes());
        header.extend(self.rate.to_le_bytes());
        header.extend((self.rate * 8).to_le_bytes());
        header.extend(8u16.to_le_bytes());
        header.extend(32u16.to_le_bytes());
        header.extend(0u16.to_le_bytes());
        header.extend(b"fact");
        header.extend(4u32.to_le_bytes());
        header.extend((data / 8).to_le_bytes());
        header.extend(b"data");
        header.extend(data.to_le_bytes());
        self.out.seek(SeekFrom::Start(0))?;
        self.out.write_all(&header)?;
        self.out.seek(SeekFrom::Start(HEADER + self.taken))?;
        self.out.flush()
    }

    /// Completes the file.
    ///
    /// # Errors
    /// If the disk does not take it.
    pub fn finish(mut self) -> Result<(), Error> {
        self.complete()
    }

    /// Writes down everything so far.
    ///
    /// # Errors
    /// If the disk does not take it.
    pub fn complete(&mut self) -> Result<(), Error> {
        self.pass_on()?;
        self.settle()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Cursor, ErrorKind};

    /// A disk with room for so many bytes.
    #[derive(Default)]
    struct Disk {
        file: Cursor<Vec<u8>>,
        room: u64,
    }

    impl Write for Disk {
        fn write(&mut self, bytes: &[u8]) -> Result<usize, Error> {
            let left = self.room.saturating_sub(self.file.position()) as usize;
            if left == 0 && !bytes.is_empty() {
                return Err(ErrorKind::StorageFull.into());
            }
            self.file.write(&bytes[..bytes.len().min(left)])
        }
        fn flush(&mut self) -> Result<(), Error> {
            Ok(())
        }
    }

    impl Seek for Disk {
        fn seek(&mut self, to: SeekFrom) -> Result<u64, Error> {
            self.file.seek(to)
        }
    }

    #[test]
    fn a_full_disk_leaves_a_file_that_can_be_played() -> Result<(), Box<dyn std::error::Error>> {
        let room = 300_000;
        let mut wav = Wav::onto(Disk { room, ..Disk::default() }, 48_000)?;
        let samples: Vec<f32> = (0..96_000).map(|i| (i % 1000) as f32 * 1e-3).collect();
        let error = wav.write(&samples).err().ok_or("there is no room for so much")?;
        assert_eq!(error.kind(), ErrorKind::StorageFull);
        let frames = wav.frames();
        // All but the piece that did not fit.
        assert!(frames * 8 + HEADER + PIECE as u64 > room && frames * 8 + HEADER <= room);
        let bytes = wav.out.file.into_inner();
        let read: Result<Vec<f32>, _> =
            hound::WavReader::new(bytes.as_slice())?.into_samples::<f32>().collect();
        assert_eq!(read?, samples[..2 * frames as usize]);
        Ok(())
    }

    #[test]
    fn what_was_written_is_read() -> Result<(), Box<dyn std::error::Error>> {
        let mut disk = Cursor::new(Vec::new());
        let mut wav = Wav::onto(&mut disk, 44_100)?;
        wav.write(&[0.5, -0.25, 1.5, 0.0])?;
        wav.finish()?;
        let mut reader = hound::WavReader::new(disk.get_ref().as_slice())?;
        let spec = reader.spec();
        assert_eq!((spec.channels, spec.sample_rate, spec.bits_per_sample), (2, 44_100, 32));
        let read: Result<Vec<f32>, _> = reader.samples().collect();
        assert_eq!(read?, [0.5, -0.25, 1.5, 0.0]);
        Ok(())
    }
}
