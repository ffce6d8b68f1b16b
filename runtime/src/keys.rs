//! Single keys at the terminal while a file plays; the terminal is as before when they end.

use crate::terminal;
#[cfg(unix)]
use crate::terminal::BEHIND;

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
    /// Delivers keys from a thread of its own, if standard input is a terminal: whenever that
    /// listens to this process, and not while it is in the background.
    #[cfg(unix)]
    pub fn listen(deliver: impl Fn(Key) -> bool + Send + 'static) -> Option<Keys> {
        use rustix::termios::{LocalModes, tcgetattr};
        let before = tcgetattr(std::io::stdin()).ok()?;
        let mut single = before.clone();
        // Ctrl-C comes as a key too: it must not kill a set by accident.
        single.local_modes -= LocalModes::ICANON | LocalModes::ECHO | LocalModes::ISIG;
        let read = move || read_all(&single, &deliver);
        std::thread::Builder::new().name("keys".into()).spawn(read).ok()?;
        Some(Keys { before })
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
        if terminal::in_front() {
            let _ = tcsetattr(std::io::stdin(), OptionalActions::Now, &self.before);
        }
    }
}

/// Reads keys until nobody wants them, or the terminal is gone.
#[cfg(unix)]
fn read_all(single: &rustix::termios::Termios, deliver: &impl Fn(Key) -> bool) {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::termios::{OptionalActions, tcsetattr};
    let stdin = std::io::stdin();
    let a_while = Timespec { tv_sec: 0, tv_nsec: BEHIND.subsec_nanos().into() };
    let (mut ours, mut keys) = (false, [0; 64]);
    loop {
        if !terminal::in_front() {
            ours = false;
            std::thread::sleep(BEHIND);
            continue;
        }
        if !ours {
            let _ = tcsetattr(&stdin, OptionalActions::Now, single);
            ours = true;
        }
        match poll(&mut [PollFd::new(&stdin, PollFlags::IN)], Some(&a_while)) {
            Ok(0) | Err(rustix::io::Errno::INTR) => continue,
            // (it may have been sent to the background meanwhile)
            Ok(_) if !terminal::in_front() => continue,
            Ok(_) => {}
            Err(_) => return,
        }
        let read = match rustix::io::read(&stdin, &mut keys) {
            Err(rustix::io::Errno::INTR) => continue,
            Ok(0) | Err(_) => return,
            Ok(read) => keys.get(..read).unwrap_or_default(),
        };
        if !read.iter().filter_map(|byte| Key::of(*byte)).all(deliver) {
            return;
        }
    }
}
