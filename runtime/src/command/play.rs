//! `mag play`: a file and its edits, with a few keys.

use super::playing::{LOOK, Playing, WAITING};
use super::{PROBLEMS, Set, Sound, read_text_or_await};
use crate::keys::{self, Key, Keys};
use crate::notice::{self, Notices};
use crate::terminal::{self, signals};
use crate::watch::{Change, Watch};
use crate::wire::{Ask, Wire};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};

/// The arguments of `mag play`.
#[derive(Debug, clap::Args)]
pub struct Play {
    /// The program
    file: PathBuf,
    #[command(flatten)]
    sound: Sound,
    #[command(flatten)]
    set: Set,
}

/// What the main thread waits for.
enum Event {
    File(Change),
    Wire(Ask),
    Key(Key),
    Signal(signals::Signal),
}

impl Play {
    /// Plays until the performer leaves.
    ///
    /// # Errors
    /// If the file cannot be read or followed.
    pub fn run(self) -> Result<ExitCode, String> {
        let _terminal = terminal::keep();
        let notices = Notices::to_terminal();
        let text = read_text_or_await(&self.file, &notices)?;
        notice::silence_libraries();
        notice::report_panics(&notices);
        let mut play = Playing::new(&self.sound, &self.set, Some(self.file), &notices);
        let (events, waiting) = sync_channel(WAITING);
        let accepted = text.as_deref().is_none_or(|text| play.open(text));
        let tell = events.clone();
        let watch = Watch::start(move |change| drop(tell.send(Event::File(change))))
            .map_err(|e| format!("cannot follow the file: {e}"))?;
        watch.follow(play.files(text.as_deref().unwrap_or_default()));
        let tell = events.clone();
        let wire = Wire::listen(move |ask| tell.send(Event::Wire(ask)).is_ok());
        if let Err(error) = &wire {
            notices.warn(format!("`mag send` cannot reach this performance: {error}"));
        }
        let tell = events.clone();
        let heard = signals::listen(move |signal| tell.send(Event::Signal(signal)).is_ok());
        if let Err(error) = heard {
            notices.warn(format!("signals of the system cannot be heard: {error}"));
        }
        let keys = Keys::listen(move |key| events.send(Event::Key(key)).is_ok());
        if !accepted {
            notices.info("nothing plays yet: correct the file and save it");
        }
        if keys.is_some() {
            notices.info(keys::HELP);
        }
        let status = play.status_line(&self.sound, false);
        follow(&mut play, &waiting, &watch);
        drop(status);
        drop(keys);
        notices.flush();
        Ok(if accepted { ExitCode::SUCCESS } else { ExitCode::from(PROBLEMS) })
    }
}

fn follow(play: &mut Playing, waiting: &Receiver<Event>, watch: &Watch) {
    loop {
        match waiting.recv_timeout(LOOK) {
            Ok(Event::File(change)) => play.change(change, watch),
            Ok(Event::Wire(ask)) if play.answer(&ask) => return,
            Ok(Event::Signal(signal)) if play.heed(signal) => return,
            Ok(Event::Wire(_) | Event::Signal(_)) => {}
            Ok(Event::Key(Key::Quit)) | Err(RecvTimeoutError::Disconnected) => return,
            Ok(Event::Key(Key::Interrupt)) if play.interrupted_twice() => return,
            Ok(Event::Key(Key::Sleep)) => play.sleep(),
            Ok(Event::Key(key)) => press(play, key),
            Err(RecvTimeoutError::Timeout) => {}
        }
        play.look_ahead();
    }
}

fn press(play: &mut Playing, key: Key) {
    let line = match key {
        Key::Hush | Key::Interrupt => "hush",
        Key::Undo => "undo",
        Key::Redo => "redo",
        Key::Panic => "panic",
        Key::Timing => "timing",
        Key::Tap => "tap",
        Key::Earlier => "nudge by -5",
        Key::Later => "nudge by 5",
        Key::Help | Key::Quit | Key::Sleep => return play.notices.info(keys::HELP),
    };
    let outcome = play.evaluate_block("key", line);
    play.say(&outcome);
}
