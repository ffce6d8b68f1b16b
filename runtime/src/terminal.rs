//! The terminal: as it was before, given back on every way out; its size; and its bottom row,
//! which belongs to the status line.

use std::fs::File;
use std::io::{IsTerminal, Write};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

mod row;
pub mod signals;
pub use row::Row;

/// How often a process in the background looks whether it is in front again.
pub const BEHIND: Duration = Duration::from_millis(200);

/// The terminal of this process, once it was asked for.
static KEPT: OnceLock<Kept> = OnceLock::new();

/// What is needed to give the terminal back.
struct Kept {
    /// Where to write to it, whatever becomes of the standard streams.
    out: Option<File>,
    /// Whether standard input was a terminal.
    input: bool,
    /// Whether the bottom row is reserved.
    reserved: AtomicBool,
    #[cfg(unix)]
    modes: Option<rustix::termios::Termios>,
}

/// Gives the terminal back when dropped, also when a panic unwinds.
#[derive(Debug)]
pub struct Guard(());

/// Notes how the terminal is now; to be called before anything changes it.
pub fn keep() -> Guard {
    KEPT.get_or_init(Kept::now);
    Guard(())
}

impl Drop for Guard {
    fn drop(&mut self) {
        restore();
    }
}

impl Kept {
    #[cfg(unix)]
    fn now() -> Kept {
        use std::os::fd::AsFd;
        let out = if std::io::stdout().is_terminal() {
            std::io::stdout().as_fd().try_clone_to_owned().ok()
        } else if std::io::stderr().is_terminal() {
            std::io::stderr().as_fd().try_clone_to_owned().ok()
        } else {
            None
        };
        let modes = rustix::termios::tcgetattr(std::io::stdin()).ok();
        let (out, input) = (out.map(File::from), modes.is_some());
        Kept { out, input, reserved: AtomicBool::new(false), modes }
    }

    #[cfg(not(unix))]
    fn now() -> Kept {
        let input = std::io::stdin().is_terminal();
        Kept { out: None, input, reserved: AtomicBool::new(false) }
    }
}

/// The terminal as [`keep`] found it: modes, the whole screen to scroll, a cursor that is seen.
/// May be called more than once, and from any thread.
pub fn restore() {
    let Some(kept) = KEPT.get() else { return };
    if kept.reserved.swap(false, Relaxed) {
        row::release();
    }
    #[cfg(unix)]
    if let Some(modes) = &kept.modes {
        use rustix::termios::{OptionalActions, tcsetattr};
        // In the background this would stop the process.
        if in_front() {
            write("\x1b[?2004l\x1b[?25h");
            let _ = tcsetattr(std::io::stdin(), OptionalActions::Now, modes);
        }
    }
}

/// Puts the program to sleep as Ctrl-Z does elsewhere, with the terminal as it was found; returns
/// when it is woken (`fg`), with the terminal as it was.
#[cfg(unix)]
pub fn suspend() {
    use rustix::process::{Signal, getpid, kill_process};
    use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};
    let modes = if in_front() { tcgetattr(std::io::stdin()).ok() } else { None };
    restore();
    let _ = kill_process(getpid(), Signal::STOP);
    // (the signal may take a moment to arrive)
    std::thread::sleep(Duration::from_millis(50));
    if let Some(modes) = modes.filter(|_| in_front()) {
        let _ = tcsetattr(std::io::stdin(), OptionalActions::Now, &modes);
    }
}

/// There is no such sleep on this system.
#[cfg(not(unix))]
pub fn suspend() {}

/// Writes to the terminal at once, so that nothing comes between.
fn write(text: &str) {
    if let Some(mut out) = KEPT.get().and_then(|kept| kept.out.as_ref()) {
        let _ = out.write_all(text.as_bytes());
    }
}

/// Rows and columns of the terminal; `None` if there is none.
#[cfg(unix)]
pub fn size() -> Option<(u16, u16)> {
    let out = KEPT.get()?.out.as_ref()?;
    let size = rustix::termios::tcgetwinsize(out).ok()?;
    (size.ws_row > 0 && size.ws_col > 0).then_some((size.ws_row, size.ws_col))
}

/// Rows and columns of the terminal; not known on this system.
#[cfg(not(unix))]
pub fn size() -> Option<(u16, u16)> {
    None
}

/// Columns to write in: those of the terminal, 80 where there is none.
pub fn width() -> usize {
    size().map_or(80, |(_, columns)| usize::from(columns))
}

/// Whether standard input was a terminal and is none any more: the window was closed, or the
/// connection broke.
#[cfg(unix)]
pub fn gone() -> bool {
    KEPT.get().is_some_and(|kept| kept.input)
        && rustix::termios::tcgetattr(std::io::stdin()).is_err()
}

/// Whether the terminal went away; not known on this system.
#[cfg(not(unix))]
pub fn gone() -> bool {
    false
}

/// Whether this process is the one that the terminal listens to; after `bg` it is not. To read
/// from the terminal, or to change its modes, would stop the process and its music then.
#[cfg(unix)]
pub fn in_front() -> bool {
    use rustix::termios::tcgetpgrp;
    let Some(kept) = KEPT.get() else { return true };
    let owner = match (kept.input, &kept.out) {
        (true, _) => tcgetpgrp(std::io::stdin()),
        (false, Some(out)) => tcgetpgrp(out),
        (false, None) => return true,
    };
    // One that does not answer is not ours to be stopped by.
    !owner.is_ok_and(|group| group != rustix::process::getpgrp())
}

/// There is no such background on this system.
#[cfg(not(unix))]
pub fn in_front() -> bool {
    true
}

/// Lets Ctrl-Z come as a key also in the moments in which no line editor reads. Else the terminal
/// would stop the program itself, perhaps in the midst of a line, and in the background (`bg`) it would
/// stop again as soon as it reads on.
#[cfg(unix)]
pub fn keep_sleep_key() {
    use rustix::termios::{OptionalActions, SpecialCodeIndex, tcgetattr, tcsetattr};
    /// What disables a key (`_POSIX_VDISABLE`).
    const NEVER: u8 = if cfg!(target_os = "linux") { 0 } else { 0xff };
    let Ok(mut modes) = tcgetattr(std::io::stdin()) else { return };
    if in_front() && modes.special_codes[SpecialCodeIndex::VSUSP] != NEVER {
        modes.special_codes[SpecialCodeIndex::VSUSP] = NEVER;
        let _ = tcsetattr(std::io::stdin(), OptionalActions::Now, &modes);
    }
}

/// There is no such key on this system.
#[cfg(not(unix))]
pub fn keep_sleep_key() {}

/// Waits in the background until the terminal listens to this process again (`fg`).
pub fn await_front() {
    while !in_front() {
        std::thread::sleep(BEHIND);
    }
}

/// Whether there is a terminal to be seen; not known before [`keep`].
pub fn seen() -> Option<bool> {
    KEPT.get().filter(|_| cfg!(unix)).map(|kept| kept.out.is_some())
}

/// Whether what is written to the terminal may be in colour (<https://no-color.org>).
pub fn color() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// Whether the terminal moves its cursor at all.
fn is_dumb() -> bool {
    std::env::var_os("TERM").is_none_or(|term| term.is_empty() || term == "dumb")
}

/// Whether the terminal's font has little more than letters: the console of Linux.
pub fn is_plain() -> bool {
    std::env::var_os("TERM").is_some_and(|term| term == "linux" || term == "vt100")
}

/// A text in lines of at most `width` characters, broken between words; further lines are
/// indented. Drawings and coloured text are left as they are.
pub fn wrapped(text: &str, width: usize) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for (i, line) in text.split('\n').enumerate() {
        if i > 0 {
            out.push('\n');
        }
        let drawn = line.contains(['\x1b', '│', '█', '┃', '╭', '╰']);
        if drawn || line.chars().count() <= width || width < 20 {
            out.push_str(line);
            continue;
        }
        let mut column = 0;
        for word in line.split(' ') {
            let length = word.chars().count();
            if column > 0 && column + 1 + length > width {
                out.push_str("\n ");
                column = 1;
            }
            if column > 0 {
                out.push(' ');
                column += 1;
            }
            out.push_str(word);
            column += length;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::wrapped;

    #[test]
    fn long_lines_break_between_words() {
        let text = "the quick brown fox jumps over the lazy dog\nshort\n  │ a drawing that is long";
        let lines = wrapped(text, 20);
        let expected =
            "the quick brown fox\n  jumps over the\n  lazy dog\nshort\n  │ a drawing that is long";
        assert_eq!(lines, expected);
        assert_eq!(wrapped("averyveryverylongwordthatfitsnowhere", 20).lines().count(), 1);
    }
}
