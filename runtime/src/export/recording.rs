//! Records what the sound card plays to a WAV file, on a thread of its own.

use super::wav::Wav;
use crate::device::{RATE, Tap};
use crate::notice::Notices;
use rtrb::Consumer;
use std::io::{Error, Seek, Write};
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;
use std::time::Duration;

/// How often what has been played is written down.
const PAUSE: Duration = Duration::from_millis(50);

/// A recording in progress.
pub struct Recording {
    path: PathBuf,
    thread: JoinHandle<Result<u64, Error>>,
}

impl Recording {
    /// Records from now on to a new file.
    ///
    /// # Errors
    /// If there is such a file already, or it cannot be written. If that fails later, the notices
    /// say so at once, and the take up to there is kept.
    pub fn start(path: &Path, tap: &Tap, notices: &Notices) -> Result<Recording, String> {
        let name = path.display();
        if path.exists() {
            return Err(format!("{name} exists already: a take is not written over"));
        }
        let wav = Wav::create(path, RATE).map_err(|e| format!("cannot write {name}: {e}"))?;
        let samples = tap.open();
        let (told, file) = (notices.clone(), path.display().to_string());
        let thread = std::thread::Builder::new()
            .name("record".into())
            .spawn(move || {
                let mut wav = wav;
                let written = write(&mut wav, samples);
                if let Err(error) = &written {
                    let seconds = wav.frames() as f64 / f64::from(RATE);
                    told.warn(format!(
                        "the recording stopped: {error}; {file} has the {seconds:.1} s before that"
                    ));
                }
                written
            })
            .map_err(|e| format!("cannot record: {e}"))?;
        Ok(Recording { path: path.to_owned(), thread })
    }

    /// Ends it; answers what was recorded.
    ///
    /// # Errors
    /// If the disk did not take all of it.
    pub fn finish(self, tap: &Tap) -> Result<String, String> {
        tap.close();
        let name = self.path.display();
        match self.thread.join() {
            Ok(Ok(frames)) => {
                let seconds = frames as f64 / f64::from(RATE);
                let lost = match tap.lost() {
                    0 => String::new(),
                    lost => format!("; the disk was too slow for {lost} buffers"),
                };
                Ok(format!("recorded {name}: {seconds:.1} s{lost}"))
            }
            Ok(Err(error)) => Err(format!("{name} is not complete: {error}")),
            Err(_) => Err(format!("{name} is not complete")),
        }
    }
}

/// Writes until the tap is closed and empty; answers how many frames.
fn write<W: Write + Seek>(wav: &mut Wav<W>, mut samples: Consumer<f32>) -> Result<u64, Error> {
    let mut written = 0;
    loop {
        let closed = samples.is_abandoned();
        while let Ok(sample) = samples.pop() {
            wav.write(&[sample])?;
            written += 1;
        }
        if closed {
            wav.complete()?;
            return Ok(written / 2);
        }
        std::thread::sleep(PAUSE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_poured_is_written() -> Result<(), Box<dyn std::error::Error>> {
        let path = std::env::temp_dir().join(format!("mag-record-{}.wav", std::process::id()));
        let tap = Tap::default();
        tap.pour(&[9.0, 9.0]);
        let notices = Notices::start(Box::new(|_| {}));
        let recording = Recording::start(&path, &tap, &notices)?;
        tap.pour(&[0.5, -0.5]);
        tap.pour(&[0.25, 0.0]);
        let told = recording.finish(&tap);
        let read: Result<Vec<f32>, _> = hound::WavReader::open(&path)?.into_samples().collect();
        let again = Recording::start(&path, &tap, &notices).err();
        std::fs::remove_file(&path)?;
        assert!(told.is_ok());
        assert_eq!(read?, [0.5, -0.5, 0.25, 0.0]);
        assert!(again.is_some_and(|reason| reason.contains("exists")));
        Ok(())
    }
}
