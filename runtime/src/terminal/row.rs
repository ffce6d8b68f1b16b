//! The bottom row of the terminal, kept out of what scrolls (DECSTBM, as in a VT100). Every change
//! is one write that puts the cursor back, so the line editor and messages never notice.

use super::{KEPT, in_front, is_dumb, size, write};
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

/// Smaller than this, the screen belongs to the prompt alone.
const ROWS: u16 = 8;
/// Narrower than this too.
const COLUMNS: u16 = 24;
/// What has not changed is drawn again after this, since clearing the screen clears it too.
const AGAIN: Duration = Duration::from_secs(1);

/// The status row of the terminal.
#[derive(Debug)]
pub struct Row {
    /// Rows and columns for which it was reserved.
    reserved: Option<(u16, u16)>,
    shown: String,
    drawn: Instant,
    /// Whether a line editor has to be told to draw its line again after a change of size.
    edited: bool,
}

impl Row {
    /// The row of the terminal that [`super::keep`] found; none if there is no terminal, or one
    /// that cannot move its cursor. `edited`: a line editor works above it.
    pub fn new(edited: bool) -> Option<Row> {
        let terminal = KEPT.get().is_some_and(|kept| kept.out.is_some());
        let (shown, drawn) = (String::new(), Instant::now());
        (terminal && !is_dumb()).then_some(Row { reserved: None, shown, drawn, edited })
    }

    /// Draws the row anew if it changed; `line` is told how many columns there are.
    pub fn draw(&mut self, line: impl FnOnce(usize) -> String) {
        if !in_front() {
            return;
        }
        let kept = KEPT.get().is_some_and(|kept| kept.reserved.load(Relaxed));
        if self.reserved.is_some() && !kept {
            // The program slept, and the terminal was somebody else's.
            self.reserved = None;
        }
        let now = size().filter(|(rows, columns)| *rows >= ROWS && *columns >= COLUMNS);
        if now != self.reserved {
            self.resize(now);
        }
        let Some((rows, columns)) = now else { return };
        let line = line(usize::from(columns));
        if line == self.shown && self.drawn.elapsed() < AGAIN {
            return;
        }
        write(&format!("\x1b7\x1b[{rows};1H\x1b[0m{line}\x1b[0m\x1b8"));
        (self.shown, self.drawn) = (line, Instant::now());
    }

    fn resize(&mut self, now: Option<(u16, u16)>) {
        let fresh = self.reserved.is_none();
        if !fresh {
            release();
        }
        self.shown.clear();
        self.reserved = now;
        if let Some(kept) = KEPT.get() {
            kept.reserved.store(now.is_some(), Relaxed);
        }
        let Some((rows, _)) = now else { return };
        // Makes room if the cursor stands in the bottom row, then keeps what scrolls above it.
        write(&format!("\x1bD\x1b[A\x1b7\x1b[1;{}r\x1b8", rows - 1));
        #[cfg(unix)]
        if self.edited && !fresh {
            use rustix::process::{Signal, getpid, kill_process};
            let _ = kill_process(getpid(), Signal::WINCH);
        }
    }
}

impl Drop for Row {
    fn drop(&mut self) {
        let reserved = KEPT.get().is_some_and(|kept| kept.reserved.swap(false, Relaxed));
        if reserved && in_front() {
            release();
        }
    }
}

/// Lets the whole screen scroll again, with nothing below the cursor's line.
pub(super) fn release() {
    write("\x1b7\x1b[r\x1b8\x1bD\x1b[A\x1b7\x1b[B\r\x1b[J\x1b8");
}
