//! A long set in which something is edited every half second, by chance: no number is not a number,
//! nothing clicks, and the engine never allocates. Ten minutes of each, in some seconds.

use assert_no_alloc::{AllocDisabler, assert_no_alloc};
use mag::clock::Frame;
use mag::files::Kept;
use mag::notice::Notices;
use mag::offline::{Offline, Rehearsal};
use mag::route::Defaults;
use mag::session::{Session, Text};
use mag::stage::When;
use mag_engine::{PARAMS, SOUNDS};
use mag_lang::source::Sources;
use mag_lang::{Language, Mode};
use mag_pattern::Nowhere;
use std::cell::RefCell;
use std::convert::Infallible;
use std::rc::Rc;
use std::sync::{Arc, Mutex};

#[global_allocator]
static GUARD: AllocDisabler = AllocDisabler;

/// Frames a second, and between two edits.
const RATE: Frame = 48_000;
const HALF: Frame = RATE / 2;

/// A small generator of numbers, so that a run can be told again.
struct Dice(u64);

impl Dice {
    /// A number below `sides`.
    fn roll(&mut self, sides: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }

    fn of<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.roll(choices.len())]
    }
}

/// What is told of a set: its left channel, and the frames at which edits took effect.
struct Set {
    heard: Vec<f32>,
    edits: Vec<Frame>,
}

/// Plays `seconds`, with `edit` asked for another text every half second.
fn perform(seconds: Frame, start: &str, mut edit: impl FnMut(&mut Dice) -> String) -> Set {
    let language = Arc::new(Language::new());
    let world = Arc::new(Nowhere);
    let silent = || Notices::start(Box::new(|_| {}));
    let offline = Offline::new(language.empty(), world.clone(), silent());
    let offline = Rc::new(RefCell::new(offline.watched(|work| assert_no_alloc(work))));
    let player = Box::new(Rehearsal(offline.clone()));
    let sources = Arc::new(Mutex::new(Sources::new()));
    let mut session = Session::new(language, world, player, Defaults::default(), sources, silent());
    let mut set = Set { heard: Vec::new(), edits: Vec::new() };
    let mut dice = Dice(5);
    for n in 0..2 * seconds {
        let mode = if n == 0 { Mode::File } else { Mode::Block };
        let text = if n == 0 { start.to_owned() } else { edit(&mut dice) };
        let files = Kept::default();
        let quantum = if dice.roll(3) == 0 { When::Beat } else { When::Now };
        let asked =
            Text { name: "soak.mag", text: &text, mode, files: &files, when: Some(quantum) };
        // What is refused (there is no such part to mute) leaves everything as it was.
        let at = session.evaluate(&asked).ok().and_then(|outcome| outcome.at);
        set.edits.extend(at.map(|at| offline.borrow().frame(at)));
        // Edits come at odd moments.
        let until = (n + 1) * HALF + (n * 7919) % 1000;
        let Ok(()) = offline.borrow_mut().play(until, |block| {
            assert!(block.iter().all(|y| y.is_finite() && y.abs() <= 1.0), "in half second {n}");
            set.heard.extend(block.chunks_exact(2).filter_map(|frame| frame.first()));
            Ok::<(), Infallible>(())
        });
    }
    set
}

/// Soft tones, whose wave bends no more than its frequency lets it.
fn soft(dice: &mut Dice) -> String {
    let name = dice.of(&["low", "mid", "high"]);
    let notes = dice.of(&["c3 e3 g3", "<a2 d3>", "e3*2 [g3 a3]", "c3(3,8)", "~ c4 ~ g3", "d3,a3"]);
    let room = dice.of(&["", " .room 0.3", " .room 0.6 .size 0.8", " .delay 0.4 .delaytime 0.23"]);
    let more =
        dice.of(&["", " .lpf 700", " .pan 0.2", " .vib 5", " .every 2 (.fast 2)", " .cut 1"]);
    match dice.roll(12) {
        0 => "hush".into(),
        1 => "undo".into(),
        2 => format!("mute {name}"),
        3 => "unmute".into(),
        4 => format!("tempo {}", 80 + dice.roll(80)),
        5 => format!("solo {name}"),
        6 => "unsolo".into(),
        _ => format!(
            "{name}: note \"{notes}\" .s \"sine\" .gain 0.25 .attack 0.03 .decay 0.1 .sustain 0.8 \
             .release 0.08{room}{more}"
        ),
    }
}

/// Any sound with any three controls anywhere in their ranges.
fn anything(dice: &mut Dice) -> String {
    let name = dice.of(&["a", "b", "c", "d", "e"]);
    let sound = SOUNDS[dice.roll(SOUNDS.len())].name;
    let rhythm = dice.of(&["*4", "(5,8)", "*8", "", "*2", "(3,8,2)"]);
    let mut text = format!("{name}: s \"{sound}{rhythm}\" .note \"<0 3 7 10>\"");
    for _ in 0..3 {
        let def = &PARAMS[dice.roll(PARAMS.len())];
        let share = dice.roll(101) as f32 / 100.0;
        text += &format!(" .set (ctrl '{}' ({}))", def.name, def.min + share * (def.max - def.min));
    }
    match dice.roll(14) {
        0 => "hush".into(),
        1 => "panic".into(),
        2 => "undo".into(),
        3 => format!("solo {name}"),
        4 => "unsolo".into(),
        5 => format!("tempo {}", 60 + dice.roll(140)),
        6 => format!("once s \"{sound}*3\""),
        _ => text + " .gain 0.4",
    }
}

/// How much the wave bends at frame `i`: its second difference.
fn bend(x: &[f32], i: usize) -> f32 {
    (x[i] - 2.0 * x[i - 1] + x[i - 2]).abs()
}

/// The sharpest bend that these tones and their fades explain. A voice of `sine` at gain 0.25 peaks
/// at 0.25 · 0.3 · 0.7 · cos 45° = 0.037 a channel; at 523 Hz (c4 an octave up, where vibrato takes
/// it) it bends by 0.037 · (2π · 523 / 48,000)² = 0.00017. Two dozen at once, with echoes and rooms:
/// 0.003. A voice that is faded in 3 ms bends by 0.037 / 144 at each end: 0.0003. One that was cut off
/// would bend by up to 0.037 at once.
const SHARPEST: f32 = 0.004;

fn nothing_clicks(seconds: Frame) {
    let set = perform(seconds, "low: note \"c3\" .s \"sine\" .attack 0.03 .gain 0.25", soft);
    let x = &set.heard;
    let peak = x.iter().fold(0.0f32, |peak, y| peak.max(y.abs()));
    let all = (2..x.len()).map(|i| bend(x, i)).fold(0.0, f32::max);
    let near = |at: &Frame| {
        let from = (*at).clamp(2, x.len() as Frame) as usize;
        (from..(from + 2400).min(x.len())).map(|i| bend(x, i)).fold(0.0, f32::max)
    };
    let at_edits = set.edits.iter().map(near).fold(0.0, f32::max);
    let edits = set.edits.len();
    println!(
        "{seconds} s, {edits} swaps: peak {peak:.3}, sharpest bend {all:.5}, {at_edits:.5} within \
         50 ms of a swap"
    );
    assert!(peak > 0.05 && edits as Frame > seconds / 2, "it was a set");
    assert!(all < SHARPEST, "a click: a bend of {all}");
}

fn nothing_breaks(seconds: Frame) {
    let set = perform(seconds, "a: s \"bd*4\"", anything);
    let loud = set.heard.iter().fold(0.0f32, |peak, y| peak.max(y.abs()));
    println!("{seconds} s of anything, {} swaps: peak {loud:.3}", set.edits.len());
    assert!(loud > 0.05 && set.edits.len() as Frame > seconds / 2, "it was a set");
}

#[test]
fn ten_minutes_of_edits_make_no_click() {
    nothing_clicks(600);
}

#[test]
fn ten_minutes_of_anything_break_nothing() {
    nothing_breaks(600);
}
