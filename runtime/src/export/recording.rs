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
        Recording::onto(wav, path, tap, notices)
    }

    /// Records from now on to `wav`, which is what `path` names.
    fn onto<W: Write + Seek + Send + 'static>(
        mut wav: Wav<W>,
        path: &Path,
        tap: &Tap,
        notices: &Notices,
    ) -> Result<Recording, String> {
        let samples = tap.open();
        let (told, file) = (notices.clone(), path.display().to_string());
        let thread = std::thread::Builder::new()
            .name("record".into())
            .spawn(move || {
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
    use std::io::{ErrorKind, SeekFrom};
    use std::sync::mpsc::channel;
    use std::sync::{Arc, Mutex, PoisonError};

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

    /// A file on a disk that is full from so many bytes on; what it took is shared with the test.
    struct Full {
        room: u64,
        at: u64,
        taken: Arc<Mutex<Vec<u8>>>,
    }

    impl Write for Full {
        fn write(&mut self, bytes: &[u8]) -> Result<usize, Error> {
            let fits = self.room.saturating_sub(self.at).min(bytes.len() as u64) as usize;
            if fits == 0 && !bytes.is_empty() {
                return Err(ErrorKind::StorageFull.into());
            }
            let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
            let end = self.at as usize + fits;
            let len = taken.len().max(end);
            taken.resize(len, 0);
            taken[self.at as usize..end].copy_from_slice(&bytes[..fits]);
            self.at = end as u64;
            Ok(fits)
        }
        fn flush(&mut self) -> Result<(), Error> {
            Ok(())
        }
    }

    impl Seek for Full {
        fn seek(&mut self, to: SeekFrom) -> Result<u64, Error> {
            if let SeekFrom::Start(at) = to {
                self.at = at;
            }
            Ok(self.at)
        }
    }

    #[test]
    fn a_full_disk_is_said_at_once_the_take_is_whole_up_to_there_and_the_music_goes_on()
    -> Result<(), Box<dyn std::error::Error>> {
        let (say, said) = channel();
        let notices = Notices::start(Box::new(move |notice| drop(say.send(notice.text.clone()))));
        let taken: Arc<Mutex<Vec<u8>>> = Arc::default();
        let full = Full { room: 400_000, at: 0, taken: taken.clone() };
        let tap = Tap::default();
        let wav = Wav::onto(full, RATE)?;
        let recording = Recording::onto(wav, Path::new("take.wav"), &tap, &notices)?;
        let buffer: Vec<f32> = (0..512).map(|i| i as f32 / 512.0).collect();
        // More than a second and a half: more than there is room for.
        (0..300).for_each(|_| tap.pour(&buffer));
        let text = said.recv_timeout(Duration::from_secs(10))?;
        let bytes = taken.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let read: Result<Vec<f32>, _> =
            hound::WavReader::new(bytes.as_slice())?.into_samples().collect();
        let read = read?;
        assert!(read.len() > 70_000, "{} samples", read.len());
        assert!(read.iter().zip(buffer.iter().cycle()).all(|(read, poured)| read == poured));
        let seconds = read.len() as f64 / 2.0 / f64::from(RATE);
        assert!(text.starts_with("the recording stopped: "), "{text}");
        assert!(text.ends_with(&format!("take.wav has the {seconds:.1} s before that")), "{text}");
        // Whoever pours never waits, whether somebody listens or not.
        (0..10_000).for_each(|_| tap.pour(&buffer));
        let told = recording.finish(&tap).err().ok_or("it is not complete")?;
        assert!(told.starts_with("take.wav is not complete: "), "{told}");
        // The next take is a new one.
        let path = std::env::temp_dir().join(format!("mag-again-{}.wav", std::process::id()));
        let recording = Recording::start(&path, &tap, &notices)?;
        tap.pour(&buffer);
        let told = recording.finish(&tap);
        let read = hound::WavReader::open(&path)?.duration();
        std::fs::remove_file(&path)?;
        assert_eq!((told.is_ok(), read), (true, 256));
        Ok(())
    }
}
