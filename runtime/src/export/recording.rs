//! Records what the sound card plays to a WAV file, on a thread of its own.

use super::wav::Wav;
use crate::device::{RATE, Tap};
use rtrb::Consumer;
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;
use std::time::Duration;

/// How often what has been played is written down.
const PAUSE: Duration = Duration::from_millis(50);

/// A recording in progress.
pub struct Recording {
    path: PathBuf,
    thread: JoinHandle<Result<u64, hound::Error>>,
}

impl Recording {
    /// Records from now on to a new file.
    ///
    /// # Errors
    /// If there is such a file already, or it cannot be written.
    pub fn start(path: &Path, tap: &Tap) -> Result<Recording, String> {
        let name = path.display();
        if path.exists() {
            return Err(format!("{name} exists already: a take is not written over"));
        }
        let wav = Wav::create(path, RATE).map_err(|e| format!("cannot write {name}: {e}"))?;
        let samples = tap.open();
        let thread = std::thread::Builder::new()
            .name("record".into())
            .spawn(move || write(wav, samples))
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
                Ok(format!("recorded {name}: {:.1} s", frames as f64 / f64::from(RATE)))
            }
            Ok(Err(error)) => Err(format!("{name} is not complete: {error}")),
            Err(_) => Err(format!("{name} is not complete")),
        }
    }
}

/// Writes until the tap is closed and empty; answers how many frames.
fn write(mut wav: Wav, mut samples: Consumer<f32>) -> Result<u64, hound::Error> {
    let mut written = 0;
    loop {
        let closed = samples.is_abandoned();
        while let Ok(sample) = samples.pop() {
            wav.write(&[sample])?;
            written += 1;
        }
        if closed {
            wav.finish()?;
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
        let recording = Recording::start(&path, &tap)?;
        tap.pour(&[0.5, -0.5]);
        tap.pour(&[0.25, 0.0]);
        let told = recording.finish(&tap);
        let read: Result<Vec<f32>, _> = hound::WavReader::open(&path)?.into_samples().collect();
        let again = Recording::start(&path, &tap).err();
        std::fs::remove_file(&path)?;
        assert!(told.is_ok());
        assert_eq!(read?, [0.5, -0.5, 0.25, 0.0]);
        assert!(again.is_some_and(|reason| reason.contains("exists")));
        Ok(())
    }
}
