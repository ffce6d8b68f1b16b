//! Lines about what was played on instruments that are listened to.

use super::{Line, parse_time};
use crate::heard::{Fact, What};
use mag_pattern::{Span, Sym, Time};

/// Touches in one line.
const TOUCHES: usize = 256;

/// The lines of what was heard, in order: touches together as far as they belong together.
pub(super) fn lines(facts: &[Fact]) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for Fact { on, from, what } in facts {
        let (name, moment) = (on.as_str(), from.to_string());
        if let What::Call { bar, notes, answer } = what {
            let (on, from, answer) =
                (name.to_owned(), moment, (answer.begin.to_string(), answer.end.to_string()));
            lines.push(Line::Call { on, from, bar: *bar, notes: *notes, answer });
            continue;
        }
        let fits = matches!(lines.last(), Some(Line::Heard { on, from, down, up })
            if on == name && *from == moment && down.len() + up.len() < TOUCHES);
        if !fits {
            let (down, up) = (Vec::new(), Vec::new());
            lines.push(Line::Heard { on: name.to_owned(), from: moment, down, up });
        }
        let Some(Line::Heard { down, up, .. }) = lines.last_mut() else { continue };
        match *what {
            What::Down { n, onset, pitch, velocity, channel } => {
                down.push((n, onset, pitch, velocity, channel));
            }
            What::Up { n, end } => up.push((n, end)),
            What::Call { .. } => {}
        }
    }
    lines
}

/// What a line about touches tells; `None` if it makes no sense.
pub(super) fn touches(
    on: &str,
    from: &str,
    down: &[(u64, i64, u8, u8, u8)],
    up: &[(u64, i64)],
) -> Option<Vec<Fact>> {
    let (on, from) = (Sym::new(on), parse_time(from)?);
    let fact = |what| Fact { on, from, what };
    let down = down.iter().map(|&(n, onset, pitch, velocity, channel)| {
        fact(What::Down { n, onset, pitch, velocity, channel })
    });
    let up = up.iter().map(|&(n, end)| fact(What::Up { n, end }));
    Some(down.chain(up).collect())
}

/// What a line about a call tells; `None` if it makes no sense.
pub(super) fn call(
    on: &str,
    from: &str,
    bar: i64,
    notes: (u64, u64),
    answer: &(String, String),
) -> Option<Fact> {
    let (begin, end): (Time, Time) = (parse_time(&answer.0)?, parse_time(&answer.1)?);
    let answer = Span::new(begin, end);
    Some(Fact {
        on: Sym::new(on),
        from: parse_time(from)?,
        what: What::Call { bar, notes, answer },
    })
}
