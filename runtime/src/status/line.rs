//! How the status line looks: pure. Inverse video, which every palette shows; colour only says
//! twice what a sign says.

/// How everything stands at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Glance {
    /// Cycle, and beat counted from 1; `None` before the first program.
    pub at: Option<(i64, u32)>,
    /// Beats a minute.
    pub tempo: f64,
    /// Those that a glide leads to; the same when none is under way.
    pub target: f64,
    /// The parts, in the order of their names.
    pub parts: Vec<Lamp>,
    /// Share of its time that the slowest buffer took since the last look; `None` without a card.
    pub load: Option<f32>,
    /// Events that were late.
    pub late: u64,
    /// Gaps that may have been heard.
    pub missed: u64,
    /// Phrases that models are to make.
    pub waiting: usize,
}

/// A part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lamp {
    /// What it is called.
    pub name: String,
    /// Whether it may be heard.
    pub state: State,
    /// Whether it is heard just now.
    pub lit: bool,
}

/// Whether a part may be heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// As written.
    Plays,
    /// By name.
    Muted,
    /// It plays, and what is not soloed does not.
    Soloed,
    /// Another part is soloed.
    Shadowed,
}

/// What the terminal can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Looks {
    /// Colours.
    pub color: bool,
    /// Only ASCII.
    pub plain: bool,
}

/// A stretch of the line: its text, and how it is marked.
type Stretch = (String, &'static str);

const BASE: &str = "\x1b[0;7m";
const BOLD: &str = "\x1b[0;1;7m";
/// White on red: the one thing that must be seen from afar.
const ALARM: &str = "\x1b[0;1;37;41m";

/// The line, `width` columns wide; as long as it needs to be for [`usize::MAX`], and unmarked.
pub fn line(glance: &Glance, width: usize, looks: Looks) -> String {
    let left = position(glance, looks);
    let right = machine(glance, looks);
    let length = |all: &[Stretch]| all.iter().map(|(text, _)| text.chars().count()).sum::<usize>();
    let room = width.saturating_sub(length(&left) + length(&right) + 1);
    let mut middle = parts(&glance.parts, room, looks);
    let used = length(&left) + length(&middle) + length(&right);
    if width != usize::MAX {
        middle.push((" ".repeat(width.saturating_sub(used)), ""));
    } else {
        middle.push((" ".into(), ""));
    }
    let mut out = String::new();
    let mut left_over = width;
    for (text, mark) in left.into_iter().chain(middle).chain(right) {
        let text: String = text.chars().take(left_over).collect();
        left_over = left_over.saturating_sub(text.chars().count());
        if width != usize::MAX {
            out.push_str(match mark {
                "" => BASE,
                ALARM if !looks.color => BOLD,
                mark => mark,
            });
        }
        out.push_str(&text);
    }
    out
}

fn position(glance: &Glance, looks: Looks) -> Vec<Stretch> {
    let at = match glance.at {
        Some((cycle, beat)) => format!("{cycle}:{beat}"),
        None => "-".into(),
    };
    // Right-aligned, so that what follows stands still while it counts.
    vec![(format!(" {at:>6}"), BOLD), (format!(" {} bpm  ", tempo(glance, looks)), "")]
}

/// Beats a minute; during a glide those of now, whole and as wide as they get, and where they go.
fn tempo(glance: &Glance, looks: Looks) -> String {
    let target = (glance.target * 100.0).round() / 100.0;
    if (glance.tempo - glance.target).abs() < 0.005 {
        return target.to_string();
    }
    let (now, arrow) = (glance.tempo.round(), if looks.plain { ">" } else { "→" });
    format!("{now:>3}{arrow}{target}")
}

/// Lamps and names, as many as fit.
fn parts(lamps: &[Lamp], room: usize, looks: Looks) -> Vec<Stretch> {
    let mut out = Vec::new();
    let mut left = room;
    for (i, lamp) in lamps.iter().enumerate() {
        let text = format!("{}{} ", sign(lamp, looks), lamp.name);
        let length = text.chars().count();
        let more = format!("+{} ", lamps.len() - i);
        let last = i + 1 == lamps.len();
        if length + if last { 0 } else { more.len() } > left {
            out.push((more, ""));
            break;
        }
        left -= length;
        out.push((text, if lamp.lit { BOLD } else { "" }));
    }
    out
}

/// `●` heard, `○` waits for its next event, `◆` soloed, `×` muted, `·` silent for a solo.
fn sign(lamp: &Lamp, looks: Looks) -> char {
    let (sign, plain) = match (lamp.state, lamp.lit) {
        (State::Plays, true) => ('●', '*'),
        (State::Plays, false) => ('○', 'o'),
        (State::Soloed, true) => ('◆', 'S'),
        (State::Soloed, false) => ('◇', 's'),
        (State::Muted, _) => ('×', 'x'),
        (State::Shadowed, _) => ('·', '.'),
    };
    if looks.plain { plain } else { sign }
}

fn machine(glance: &Glance, _: Looks) -> Vec<Stretch> {
    let mut out = Vec::new();
    if glance.waiting > 0 {
        out.push((format!(" model {}", glance.waiting), ""));
    }
    if let Some(load) = glance.load {
        let text = format!(" cpu {:>2.0}%", (100.0 * load).min(999.0));
        out.push((text, if load > 0.8 { ALARM } else { "" }));
    }
    if glance.missed > 0 {
        out.push((format!(" gaps {}", glance.missed), ALARM));
    }
    out.push((format!(" late {}", glance.late), if glance.late > 0 { ALARM } else { "" }));
    out.push((" ".into(), ""));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lamp(name: &str, state: State, lit: bool) -> Lamp {
        Lamp { name: name.into(), state, lit }
    }

    fn glance() -> Glance {
        Glance {
            at: Some((37, 2)),
            tempo: 124.0,
            target: 124.0,
            parts: vec![
                lamp("bass", State::Plays, false),
                lamp("hats", State::Muted, false),
                lamp("kick", State::Plays, true),
            ],
            load: Some(0.12),
            late: 0,
            missed: 0,
            waiting: 0,
        }
    }

    const PLAIN: Looks = Looks { color: true, plain: false };

    /// What is seen of a line.
    fn seen(line: &str) -> String {
        let mut out = String::new();
        let mut rest = line;
        while let Some((before, after)) = rest.split_once('\x1b') {
            out.push_str(before);
            rest = after.split_once('m').map_or("", |(_, rest)| rest);
        }
        out + rest
    }

    #[test]
    fn it_says_where_what_and_how() {
        let line = seen(&line(&glance(), 80, PLAIN));
        assert!(line.starts_with("   37:2 124 bpm  ○bass ×hats ●kick "), "{line}");
        assert!(line.ends_with(" cpu 12% late 0 "), "{line}");
    }

    #[test]
    fn a_glide_shows_where_it_is_and_where_it_goes() {
        let gliding = Glance { tempo: 99.6, target: 140.5, ..glance() };
        let long = seen(&line(&gliding, 80, PLAIN));
        assert!(long.starts_with("   37:2 100→140.5 bpm  ○bass "), "{long}");
        assert_eq!(long.chars().count(), 80, "{long}");
        let plain = seen(&line(&gliding, 80, Looks { color: false, plain: true }));
        assert!(plain.starts_with("   37:2 100>140.5 bpm  obass "), "{plain}");
        let arrived = Glance { tempo: 140.499_9, ..gliding };
        assert!(seen(&line(&arrived, 80, PLAIN)).starts_with("   37:2 140.5 bpm  "));
    }

    #[test]
    fn it_is_as_wide_as_the_terminal_whatever_happens() {
        let mut many = glance();
        (many.tempo, many.target) = (119.2, 140.25);
        many.parts =
            (0..40).map(|n| lamp(&format!("part{n}"), State::Soloed, n % 2 == 0)).collect();
        (many.late, many.missed, many.waiting) = (123_456, 99, 12);
        for glance in [&glance(), &many] {
            for width in 1..200 {
                let line = seen(&line(glance, width, PLAIN));
                assert_eq!(line.chars().count(), width, "{line}");
            }
        }
        let line = seen(&line(&many, 80, PLAIN));
        assert!(
            line.contains(" +3") && line.contains("late 123456"),
            "what does not fit is counted: {line}"
        );
    }

    #[test]
    fn alarm_is_a_colour_only_where_colours_are_wanted() {
        let mut late = glance();
        late.late = 3;
        assert!(line(&late, 80, PLAIN).contains(ALARM));
        let bare = line(&late, 80, Looks { color: false, plain: true });
        assert!(!bare.contains(ALARM) && bare.is_ascii(), "{bare}");
    }
}
