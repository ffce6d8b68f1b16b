//! Warnings that say the same again and again: said once, then counted. Pure: told the time.

use super::{Level, Notice};
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// How long a warning that was said keeps its repeats from being said; twice as long each time that
/// it goes on.
const SPAN: Duration = Duration::from_secs(5);
/// And at most.
const LONGEST: Duration = Duration::from_secs(80);
/// Warnings that are remembered.
const REMEMBERED: usize = 16;

/// A warning, when it was said last, for how long that holds, and how often it came since.
struct Said {
    text: String,
    at: Instant,
    span: Duration,
    again: u64,
}

/// The warnings that were said lately.
#[derive(Default)]
pub(super) struct Repeats(VecDeque<Said>);

impl Repeats {
    /// Whether a notice is to be said now. Only warnings are held back: what the performer did
    /// always has its answer.
    pub fn admits(&mut self, notice: &Notice, now: Instant) -> bool {
        if notice.level != Level::Warning {
            return true;
        }
        if let Some(said) = self.0.iter_mut().find(|said| said.text == notice.text) {
            said.again += 1;
            return false;
        }
        if self.0.len() >= REMEMBERED {
            // Repeats of it will be said as if they were new.
            let _ = self.0.pop_front();
        }
        self.0.push_back(Said { text: notice.text.clone(), at: now, span: SPAN, again: 0 });
        true
    }

    /// What has to be said of repeats by now.
    pub fn due(&mut self, now: Instant) -> Vec<Notice> {
        let mut due = Vec::new();
        for said in self.0.iter_mut().filter(|said| now.duration_since(said.at) >= said.span) {
            if said.again > 0 {
                let first = said.text.lines().next().unwrap_or_default();
                let text = match said.again {
                    1 => format!("{first} (again)"),
                    again => format!("{first} (×{again})"),
                };
                due.push(Notice { level: Level::Warning, text });
            }
        }
        self.0.retain_mut(|said| {
            let over = now.duration_since(said.at) >= said.span;
            let goes_on = said.again > 0;
            if over {
                (said.at, said.again) = (now, 0);
                said.span = LONGEST.min(2 * said.span);
            }
            !over || goes_on
        });
        due
    }

    /// When [`Repeats::due`] may have something to say; `None` if nothing waits.
    pub fn next(&self) -> Option<Instant> {
        self.0.iter().map(|said| said.at + said.span).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn warning(text: &str) -> Notice {
        Notice { level: Level::Warning, text: text.into() }
    }

    #[test]
    fn the_same_warning_is_said_once_and_counted() {
        let (mut repeats, start) = (Repeats::default(), Instant::now());
        let at = |ms| start + Duration::from_millis(ms);
        assert!(repeats.admits(&warning("a"), at(0)));
        assert!(repeats.admits(&warning("b"), at(1)), "others come through");
        assert!(!repeats.admits(&warning("a"), at(2)));
        assert!(!repeats.admits(&warning("a"), at(3)));
        assert_eq!(repeats.due(at(4000)), []);
        assert_eq!(repeats.due(at(5000)), [warning("a (×2)")]);
        assert!(!repeats.admits(&warning("a"), at(6000)), "it goes on");
        assert_eq!(repeats.due(at(10_000)), [], "what goes on is said less and less often");
        assert_eq!(repeats.due(at(15_000)), [warning("a (again)")]);
        assert_eq!(repeats.due(at(34_999)), []);
        assert_eq!(repeats.due(at(35_000)), []);
        assert!(repeats.admits(&warning("a"), at(35_001)), "after a pause it is news");
    }

    #[test]
    fn what_the_performer_did_is_always_answered() {
        let mut repeats = Repeats::default();
        let error = Notice { level: Level::Error, text: "no".into() };
        assert!((0..3).all(|_| repeats.admits(&error, Instant::now())));
    }
}
