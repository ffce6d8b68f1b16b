//! Writing a journal: synced before it sounds, small, and never in the way of the music. What the
//! disk does not take waits in memory until it does.

use super::{Entry, FORMAT, Line, Whole, delta, evening, played, since_1970, unix_ms};
use crate::heard::Fact;
use crate::phrases::Substitution;
use mag_lang::Mode;
use mag_pattern::Time;
use std::collections::{BTreeMap, VecDeque};
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The whole text is written after so many edits of it, so that one lost line costs little.
const WHOLE: u32 = 64;
/// Bytes that may wait for the disk.
const WAITING: usize = 16 << 20;
/// How often a disk that takes nothing is tried again.
const RETRY: Duration = Duration::from_millis(500);
/// How often is written how far the performance has come.
const HERE: Duration = Duration::from_secs(30);
/// What is not synced at once is synced after so long.
const SAFE: Duration = Duration::from_secs(1);
/// Names of texts whose last version is remembered.
const NAMES: usize = 64;

/// What the performer should know about the journal.
#[derive(Debug)]
pub enum News {
    /// It cannot be written any more, and why; the music plays on.
    Stopped(std::io::Error),
    /// It is written again, with what waited meanwhile; so many lines did not fit into the memory
    /// and are lost.
    Back(usize),
}

/// A journal that is being written.
#[derive(Debug)]
pub struct Journal {
    file: File,
    path: PathBuf,
    /// Bytes of the file that are whole lines.
    good: u64,
    /// Lines that the disk has not taken.
    waiting: VecDeque<String>,
    /// Lines that found no room among them.
    lost: usize,
    tried: Option<Instant>,
    /// The last version of each text, and how many edits of it were written.
    texts: BTreeMap<String, (String, u32)>,
    /// The last version of each used file.
    files: BTreeMap<String, String>,
    here: Instant,
    /// Since when there is something that has not been synced.
    unsafe_since: Option<Instant>,
}

impl Journal {
    /// Starts a new journal in `folder`, named after the time (UTC), readable by its owner only.
    /// `seed` is that of the set.
    ///
    /// # Errors
    /// If it cannot be written there.
    pub fn create(folder: &Path, seed: i64) -> std::io::Result<Journal> {
        std::fs::create_dir_all(folder)?;
        let name = evening::stamp(since_1970());
        let mut options = OpenOptions::new();
        options.append(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let paths = (0..100).map(|n| match n {
            0 => folder.join(format!("{name}.jsonl")),
            n => folder.join(format!("{name}-{n}.jsonl")),
        });
        let mut last = std::io::Error::other("too many journals at once");
        for path in paths {
            match options.open(&path) {
                Ok(file) => {
                    lock(&file)?;
                    let mut journal = Journal::on(file, path, 0);
                    journal.put(&Line::Start { format: FORMAT, unix_ms: unix_ms(), seed })?;
                    // (so that its name is on the disk too)
                    let _ = File::open(folder).and_then(|folder| folder.sync_all());
                    return Ok(journal);
                }
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => last = error,
                Err(error) => return Err(error),
            }
        }
        Err(last)
    }

    /// Goes on with the journal at `path`, from cycle `at` on.
    ///
    /// # Errors
    /// If it cannot be written; of the kind `WouldBlock` if another mag is writing it.
    pub fn resume(path: &Path, at: Time) -> std::io::Result<Journal> {
        let mut file = OpenOptions::new().read(true).append(true).open(path)?;
        lock(&file)?;
        let good = whole_lines(&mut file)?;
        file.set_len(good)?;
        let mut journal = Journal::on(file, path.to_owned(), good);
        journal.put(&Line::Again { unix_ms: unix_ms(), at: at.to_string() })?;
        Ok(journal)
    }

    fn on(file: File, path: PathBuf, good: u64) -> Journal {
        let (waiting, lost, tried) = (VecDeque::new(), 0, None);
        let (texts, files) = (BTreeMap::new(), BTreeMap::new());
        let (here, unsafe_since) = (Instant::now(), None);
        Journal { file, path, good, waiting, lost, tried, texts, files, here, unsafe_since }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a text that was accepted, and waits until it is safe on the disk, unless the disk
    /// takes nothing.
    pub fn text(&mut self, entry: &Entry) -> Option<News> {
        let line = self.line(entry);
        self.add(&line, true)
    }

    /// Writes when the last text took effect.
    pub fn landed(&mut self, at: Time) -> Option<News> {
        self.add(&Line::Landed { at: at.to_string() }, false)
    }

    /// Writes what is heard for a phrase.
    pub fn phrase(&mut self, substitution: &Substitution) -> Option<News> {
        let Substitution { at, wanted, heard } = substitution;
        let heard = heard.map(|key| key.to_string());
        self.add(&Line::Phrase { at: at.to_string(), wanted: wanted.to_string(), heard }, false)
    }

    /// Writes what was played on instruments that are listened to; a call is synced at once.
    pub fn heard(&mut self, facts: &[Fact]) -> Option<News> {
        let mut news = None;
        for line in played::lines(facts) {
            let call = matches!(line, Line::Call { .. });
            news = news.or(self.add(&line, call));
        }
        news
    }

    /// To be called a few times a second: notes now and then how far the performance has come,
    /// syncs what has not been synced yet, and tries a disk again that took nothing.
    pub fn tend(&mut self, now: Time) -> Option<News> {
        if self.unsafe_since.is_some_and(|since| since.elapsed() >= SAFE) {
            self.unsafe_since = None;
            return self.flush(true);
        }
        if self.here.elapsed() >= HERE {
            return self.here(now);
        }
        if self.waiting.is_empty() || self.tried.is_some_and(|at| at.elapsed() < RETRY) {
            return None;
        }
        self.flush(true)
    }

    /// Notes how far the performance has come.
    pub fn here(&mut self, now: Time) -> Option<News> {
        self.here = Instant::now();
        self.add(&Line::Here { unix_ms: unix_ms(), at: now.to_string() }, false)
    }

    /// The line of a text: the whole text, or what has changed in it.
    fn line(&mut self, entry: &Entry) -> Line {
        let mode = if entry.mode == Mode::File { Whole::File } else { Whole::Block };
        let (unix_ms, when, name) = (unix_ms(), entry.when.to_string(), entry.name.clone());
        let files = self.changed_files(&entry.files);
        let text = &entry.text;
        if self.texts.len() >= NAMES && !self.texts.contains_key(&name) {
            self.texts.clear();
        }
        let before = self.texts.insert(name.clone(), (text.clone(), 0));
        if let Some((before, edits)) = before.filter(|(_, edits)| *edits < WHOLE) {
            let keep = delta::common(&before, text);
            if keep.0 + keep.1 > 80 {
                let new = text.get(keep.0..text.len() - keep.1).unwrap_or_default().to_owned();
                self.texts.insert(name.clone(), (text.clone(), edits + 1));
                let sum = delta::sum(text);
                return Line::Edit { unix_ms, mode, when, name, keep, new, sum, files };
            }
        }
        Line::Text { unix_ms, mode, when, name, text: text.clone(), files }
    }

    fn changed_files(
        &mut self,
        files: &BTreeMap<String, String>,
    ) -> BTreeMap<String, Option<String>> {
        let mut changed = BTreeMap::new();
        for (name, text) in files {
            let same = self.files.get(name) == Some(text);
            changed.insert(name.clone(), (!same).then(|| text.clone()));
            self.files.insert(name.clone(), text.clone());
        }
        changed
    }

    fn add(&mut self, line: &Line, sync: bool) -> Option<News> {
        let Ok(mut text) = serde_json::to_string(line) else { return None };
        text.push('\n');
        let waiting: usize = self.waiting.iter().map(String::len).sum();
        if waiting + text.len() > WAITING {
            self.lost += 1;
            return None;
        }
        self.waiting.push_back(text);
        let since = self.unsafe_since.unwrap_or_else(Instant::now);
        self.unsafe_since = (!sync).then_some(since);
        // (a disk that took nothing a moment ago would only hold things up)
        if self.tried.is_some_and(|at| at.elapsed() < RETRY) {
            return None;
        }
        self.flush(sync)
    }

    /// Writes what waits.
    fn flush(&mut self, sync: bool) -> Option<News> {
        let written = self.write_waiting().and_then(|()| match sync {
            true => self.file.sync_data(),
            false => Ok(()),
        });
        match written {
            Ok(()) => self.tried.take().map(|_| News::Back(std::mem::take(&mut self.lost))),
            Err(error) => {
                let first = self.tried.replace(Instant::now()).is_none();
                first.then_some(News::Stopped(error))
            }
        }
    }

    fn write_waiting(&mut self) -> std::io::Result<()> {
        if self.tried.is_some() {
            // Half a line may have been written before the disk was full.
            self.file.set_len(self.good)?;
        }
        while let Some(line) = self.waiting.front() {
            self.file.write_all(line.as_bytes())?;
            self.good += line.len() as u64;
            self.waiting.pop_front();
        }
        Ok(())
    }

    #[cfg(test)]
    pub(super) fn with_file(&mut self, file: File) -> File {
        std::mem::replace(&mut self.file, file)
    }

    /// One line at the start, where a disk that does not take it is an error.
    fn put(&mut self, line: &Line) -> std::io::Result<()> {
        match self.add(line, true) {
            Some(News::Stopped(error)) => Err(error),
            _ => Ok(()),
        }
    }
}

/// Makes a journal this process's own until it ends, however that comes.
fn lock(file: &File) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use rustix::fs::{FlockOperation, flock};
        let locked = flock(file, FlockOperation::NonBlockingLockExclusive);
        // (a file system without locks has one writer, too)
        if locked == Err(rustix::io::Errno::WOULDBLOCK) {
            return Err(std::io::ErrorKind::WouldBlock.into());
        }
    }
    Ok(())
}

/// How many bytes of a file are whole lines.
fn whole_lines(file: &mut File) -> std::io::Result<u64> {
    let mut end = file.seek(SeekFrom::End(0))?;
    let mut block = [0; 4096];
    while end > 0 {
        let from = end.saturating_sub(block.len() as u64);
        file.seek(SeekFrom::Start(from))?;
        let Some(block) = block.get_mut(..(end - from) as usize) else { break };
        file.read_exact(block)?;
        if let Some(at) = block.iter().rposition(|byte| *byte == b'\n') {
            return Ok(from + at as u64 + 1);
        }
        end = from;
    }
    Ok(0)
}
