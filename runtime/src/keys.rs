//! Single keys at the terminal while a file plays; the terminal is as before when they end.

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// `h` or space: everything falls silent.
    Hush,
    /// `u`: the program before.
    Undo,
    /// `r`: forward again.
    Redo,
    /// `p`: everything is cut at once.
    Panic,
    /// `t`: how punctual events are.
    Timing,
    /// `b`: a tap on the beat.
    Tap,
    /// `[`: everything a little earlier.
    Earlier,
    /// `]`: everything a little later.
    Later,
    /// `?`: what the keys are.
    Help,
    /// `q`: the end.
    Quit,
    /// Ctrl-Z: sleep, when pressed twice.
    Sleep,
    /// Ctrl-C: silence first, the end when pressed again.
    Interrupt,
}

/// What the keys do, in one line.
pub const HELP: &str =
    "keys: h hush · u undo · r redo · p panic · b tap · [ ] nudge · t timing · q quit";

impl Key {
    fn of(byte: u8) -> Option<Key> {
        match byte {
            b'h' | b'H' | b' ' => Some(Key::Hush),
            b'u' | b'U' => Some(Key::Undo),
            b'r' | b'R' => Some(Key::Redo),
            b'p' | b'P' => Some(Key::Panic),
            b't' | b'T' => Some(Key::Timing),
            b'b' | b'B' => Some(Key::Tap),
            b'[' => Some(Key::Earlier),
            b']' => Some(Key::Later),
            b'?' => Some(Key::Help),
            b'q' | b'Q' => Some(Key::Quit),
            3 => Some(Key::Interrupt),
            26 => Some(Key::Sleep),
            _ => None,
        }
    }
}

/// The terminal in single-key mode; as before when dropped.
#[derive(Debug)]
pub struct Keys {
    #[cfg(unix)]
    before: rustix::termios::Termios,
}

impl Keys {
    /// Delivers keys from a thread of its own, if standard input is a terminal that this process
    /// may read.
    #[cfg(unix)]
    pub fn listen(deliver: impl Fn(Key) -> bool + Send + 'static) -> Option<Keys> {
        use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcgetpgrp, tcsetattr};
        use std::io::Read;
        let stdin = std::io::stdin();
        let before = tcgetattr(&stdin).ok()?;
        // In the background, touching the terminal would stop the process.
        if tcgetpgrp(&stdin).ok()? != rustix::process::getpgrp() {
            return None;
        }
        let mut single = before.clone();
        // Ctrl-C comes as a key too: it must not kill a set by accident.
        single.local_modes -= LocalModes::ICANON | LocalModes::ECHO | LocalModes::ISIG;
        tcsetattr(&stdin, OptionalActions::Now, &single).ok()?;
        let keys = Keys { before };
        let read = move || {
            for byte in std::io::stdin().lock().bytes() {
                let Ok(byte) = byte else { return };
                if Key::of(byte).is_some_and(|key| !deliver(key)) {
                    return;
                }
            }
        };
        std::thread::Builder::new().name("keys".into()).spawn(read).ok()?;
        Some(keys)
    }

    /// Keys are not read on this system.
    #[cfg(not(unix))]
    pub fn listen(_deliver: impl Fn(Key) -> bool + Send + 'static) -> Option<Keys> {
        None
    }
}

#[cfg(unix)]
impl Drop for Keys {
    fn drop(&mut self) {
        use rustix::termios::{OptionalActions, tcsetattr};
        let _ = tcsetattr(std::io::stdin(), OptionalActions::Now, &self.before);
    }
}
