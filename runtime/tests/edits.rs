//! Edits that take time, in virtual time: fades, glides, nudges, and many edits one after another.
#![allow(clippy::unwrap_used)]

mod common;
mod scratch;

use common::{RATE, program, stage, to_synth};
use mag::clock::Frame;
use mag::cue::Cue;
use mag::files::Kept;
use mag::journal::{self, Journal};
use mag::notice::Notices;
use mag::offline::{Offline, Rehearsal};
use mag::route::Defaults;
use mag::session::{Outcome, Session, Text};
use mag::stage::When;
use mag_lang::problem::Problem;
use mag_lang::source::Sources;
use mag_lang::{Language, Mode};
use mag_pattern::{Nowhere, Time};
use proptest::prelude::*;
use scratch::Scratch;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::rc::Rc;
use std::sync::{Arc, Mutex};

const SECOND: Frame = RATE as Frame;
const MS: Frame = 48;

/// A session in virtual time.
struct Room {
    session: Session,
    offline: Rc<RefCell<Offline>>,
    samples: Vec<f32>,
}

impl Room {
    fn new() -> Room {
        let language = Arc::new(Language::new());
        let world = Arc::new(Nowhere);
        let notices = Notices::start(Box::new(|_| {}));
        let offline = Offline::new(language.empty(), world.clone(), notices.clone());
        let offline = Rc::new(RefCell::new(offline));
        let player = Box::new(Rehearsal(offline.clone()));
        let sources = Arc::new(Mutex::new(Sources::new()));
        let session = Session::new(language, world, player, Defaults::default(), sources, notices);
        Room { session, offline, samples: Vec::new() }
    }

    fn try_at(
        &mut self,
        mode: Mode,
        text: &str,
        at: Option<When>,
    ) -> Result<Outcome, Vec<Problem>> {
        let files = Kept::default();
        self.session.evaluate(&Text { name: "test.mag", text, mode, files: &files, when: at })
    }

    fn file(&mut self, text: &str) -> Outcome {
        self.try_at(Mode::File, text, None).unwrap()
    }

    fn block(&mut self, text: &str) -> Outcome {
        self.try_at(Mode::Block, text, None).unwrap()
    }

    fn play(&mut self, until: Frame) {
        let samples = &mut self.samples;
        let Ok(()) = self.offline.borrow_mut().play(until, |block| {
            samples.extend_from_slice(block);
            Ok::<(), Infallible>(())
        });
    }

    fn cues(&self) -> Vec<Cue> {
        self.offline.borrow().tape().cues()
    }

    /// Loudness from one second to another, as root mean square.
    fn loudness(&self, from: f64, to: f64) -> f64 {
        let at = |seconds: f64| 2 * (seconds * f64::from(RATE)) as usize;
        let piece = &self.samples[at(from)..at(to)];
        (piece.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>() / piece.len() as f64).sqrt()
    }
}

fn sound(cue: &Cue) -> &'static str {
    cue.word("s").unwrap_or("")
}

#[test]
fn versions_of_a_part_cross_in_phase_and_at_equal_power() {
    let mut room = Room::new();
    room.file("tempo 120\nxfade 2\na: s \"bd*4\"\nb: s \"hh*2\"\n");
    room.play(3 * SECOND);
    assert_eq!(room.block("at bar a: s \"sn*4\"").at, Some(Time::int(2)));
    room.play(12 * SECOND);
    let cues = room.cues();
    let of = |name: &str| -> Vec<(Time, f64)> {
        cues.iter().filter(|c| sound(c) == name).map(|c| (c.onset, c.level)).collect()
    };
    let (old, new) = (of("bd"), of("sn"));
    assert_eq!(old.iter().filter(|(t, _)| *t < Time::int(2)).count(), 8);
    let crossing: Vec<_> = old.iter().filter(|(t, _)| *t >= Time::int(2)).collect();
    assert_eq!(crossing.len(), 8, "the old version plays on for two bars");
    assert!(old.iter().all(|(t, _)| *t < Time::int(4)));
    for ((t, a), (u, b)) in crossing.iter().zip(&new) {
        assert_eq!(t, u, "in phase");
        assert!((a * a + b * b - 1.0).abs() < 1e-9);
    }
    assert!(new.iter().filter(|(t, _)| *t >= Time::int(4)).all(|(_, level)| *level == 1.0));
    assert!(of("hh").iter().all(|(_, level)| *level == 1.0), "an untouched part does not fade");
    assert_eq!(of("hh").len(), 12);
}

#[test]
fn a_crossfade_keeps_its_loudness() {
    let mut room = Room::new();
    room.file("tempo 120\nxfade 2\na: s \"white*8\" .gain 0.4\n");
    room.play(4 * SECOND - 960);
    room.block("at bar a: s \"white*8\" .gain 0.4 .n 1");
    room.play(12 * SECOND);
    let before = room.loudness(2.0, 4.0);
    for half in 0..8 {
        let from = 4.0 + f64::from(half) / 2.0;
        let change = 20.0 * (room.loudness(from, from + 0.5) / before).log10();
        assert!(change.abs() < 1.2, "{change} dB at {from} s");
    }
}

#[test]
fn a_fade_moves_what_sounds_already() {
    let mut room = Room::new();
    // One note of sixteen seconds.
    room.file("tempo 120\na: note \"c3/8\" .s \"saw\" .gain 0.5 .release 0.1\n");
    room.play(4 * SECOND - 960);
    room.block("at bar fade out a 4");
    room.play(13 * SECOND);
    let steady = room.loudness(3.0, 4.0);
    // Cosine: after a quarter of the fade 0.92, after half 0.71, after three quarters 0.38.
    for (second, share) in [(6.0, 0.924), (8.0, 0.707), (10.0, 0.383)] {
        let found = room.loudness(second - 0.05, second + 0.05) / steady;
        assert!((found - share).abs() < 0.06, "{found} after {second} s, not {share}");
    }
    assert!(room.loudness(12.2, 13.0) < 1e-4, "gone");
    assert!(room.session.program().parts.contains_key("a"), "but not taken off");
}

#[test]
fn fades_come_and_go_and_new_parts_come_from_silence() {
    let mut room = Room::new();
    room.file("tempo 120\na: s \"bd*4\"\nfade in b 2\nb: s \"hh*4\"\n");
    room.play(2 * SECOND);
    room.block("at bar fade out a .over 1");
    room.play(8 * SECOND);
    room.block("at bar fade in a 1");
    room.play(14 * SECOND);
    let cues = room.cues();
    let levels = |name: &str, bar: i64| -> Vec<f64> {
        let in_bar = |c: &&Cue| sound(c) == name && c.onset.floor() == bar;
        cues.iter().filter(in_bar).map(|c| c.level).collect()
    };
    assert!(levels("hh", 0)[0] == 0.0 && levels("hh", 0)[3] > 0.5);
    assert_eq!(levels("hh", 2), [1.0; 4]);
    assert_eq!(levels("bd", 0), [1.0; 4]);
    let down = levels("bd", 2);
    assert!(down[0] == 1.0 && down.windows(2).all(|w| w[1] < w[0]), "{down:?}");
    assert_eq!(levels("bd", 3), [0.0; 0], "silent parts send nothing");
    let up = levels("bd", 5);
    assert!(up[0] == 0.0 && up.windows(2).all(|w| w[1] > w[0]), "{up:?}");
    assert_eq!(levels("bd", 6), [1.0; 4]);
}

#[test]
fn what_is_done_by_hand_stands_until_the_file_says_something_else() {
    let mut room = Room::new();
    let text = |line: &str| format!("tempo 124\n{line}\na: s \"bd*4\"\nb: s \"hh*4\"\n");
    room.file(&text(""));
    room.block("tempo 131");
    room.block("mute b");
    room.file(&text("-- a comment"));
    assert_eq!(room.session.program().tempo, 131.0);
    assert!(room.session.program().muted.contains("b"));
    room.file(&text("mute a").replace("124", "126"));
    assert_eq!(room.session.program().tempo, 126.0, "the file's own line has changed");
    assert!(room.session.program().muted.contains("a"));
    room.file(&text("").replace("124", "126"));
    assert!(!room.session.program().muted.contains("a"), "what the file muted it can take back");
    room.block("undo");
    assert!(room.session.program().muted.contains("a"));
}

#[test]
fn an_edit_can_say_when_it_takes_effect() {
    let mut room = Room::new();
    room.file("tempo 120\nquantum bar\na: s \"bd*16\"\n");
    room.play(SECOND);
    assert_eq!(room.block("b: s \"hh\"").at, Some(Time::int(1)), "the quantum of the file");
    assert_eq!(room.block("at 4 b: s \"cp\"").at, Some(Time::int(4)));
    assert_eq!(room.block("at beat\nb: s \"oh\"").at, Some(Time::new(3, 4)));
    assert!(room.block("at now b: s \"hh\"").at.unwrap() < Time::new(3, 4));
    let once = room.block("once s \"rim*2\"");
    assert_eq!(once.at, Some(Time::int(1)), "at the quantum as well");
    room.play(6 * SECOND);
    let rims: Vec<Time> =
        room.cues().iter().filter(|c| sound(c) == "rim").map(|c| c.onset).collect();
    assert_eq!(rims, [Time::int(1), Time::new(3, 2)]);
    assert!(room.try_at(Mode::Block, "at never b: s \"hh\"", None).is_err());
}

#[test]
fn a_seed_of_the_set_draws_everything_anew() {
    let text = "a: s \"bd*16?\"\nb: n (irand 8 .segment 8) .seed 3 .s \"sn|cp|hh\"\n\
                c: s \"hh*8\" .sometimes (.speed 2) .someCycles (.gain 0.3)\n";
    let drawn = |line: &str| -> BTreeMap<String, Vec<String>> {
        let cues = common::alone(&program(&format!("{line}\n{text}")), 0, 16 * SECOND);
        let mut parts: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for cue in cues {
            let told = format!("{} {}", cue.at, cue.controls);
            parts.entry(cue.name.to_string()).or_default().push(told);
        }
        parts
    };
    let (plain, seven) = (drawn(""), drawn("seed 7"));
    assert_eq!(plain, drawn("seed 0"));
    assert_eq!(seven, drawn("seed 7"));
    assert!(plain.iter().all(|(part, events)| seven[part] != *events), "every part draws anew");
}

/// A part that is well for 37 cycles and fails in the one after: too many events, or a value that
/// cannot be.
#[test]
fn what_fails_in_cycle_37_gives_way_to_the_last_good_version() {
    for failing in [
        "s \"sn\" .fast \"<1!37 400000>\"",
        "s \"sn*2\" .add (n \"<1!37 1e300>\") .fast \"<1!37 1e300>\"",
    ] {
        let mut room = Room::new();
        room.file("tempo 240\na: s \"bd*4\"\nb: s \"hh*2\"\n");
        room.play(SECOND);
        let edit = format!("a: {failing}");
        assert!(room.block(&edit).at.is_some(), "{failing}: it is well at first");
        room.play(45 * SECOND);
        let cues = room.cues();
        let heard = |part: &str, bar: i64| -> Vec<&str> {
            let here = |c: &&Cue| &*c.name == part && c.onset.floor() == bar;
            cues.iter().filter(here).map(sound).collect()
        };
        assert!(heard("a", 36).iter().all(|s| *s == "sn") && !heard("a", 36).is_empty());
        for bar in 37..44 {
            assert_eq!(heard("a", bar), ["bd"; 4], "in phase, for good: bar {bar} of {failing}");
        }
        assert!((0..44).all(|bar| heard("b", bar) == ["hh"; 2]), "the other never stops");
        let troubles = room.offline.borrow_mut().take_report().troubles;
        assert_eq!(troubles.len(), 1, "said once: {troubles:?}");
        assert_eq!((troubles[0].cycle, troubles[0].replaced), (37, true));
        // An edit of another part does not try it again; one of its own does.
        room.block("b: s \"oh*2\"");
        room.play(48 * SECOND);
        assert!(room.offline.borrow_mut().take_report().troubles.is_empty());
        room.block("a: s \"cp*4\"");
        room.play(52 * SECOND);
        assert_eq!(
            room.cues().iter().filter(|c| sound(c) == "cp" && c.onset >= Time::int(50)).count(),
            8
        );
    }
}

#[test]
fn a_glide_of_the_tempo_is_heard_where_it_should_be() {
    // From 90 to 150 beats a minute over four bars, from bar 2 on.
    let (mut stage, tape) = stage(&program("tempo 90\na: s \"bd*8\""), 100 * MS, 10 * MS);
    let swap = program("tempo 150 .over 4\na: s \"bd*8\"");
    let mut at = None;
    for now in (0..40 * SECOND).step_by(240) {
        if now == 5 * SECOND + 240 {
            at = Some(stage.swap(swap.clone(), to_synth(), When::Bars(2), now));
        }
        stage.tick(now, &Nowhere);
    }
    assert_eq!(at, Some(Time::int(2)));
    let cues = tape.cues();
    // Speed in cycles a second grows from v to w evenly in time: t = (√(v² + 2ac) − v) / a.
    let (v, w, n) = (90.0 / 240.0, 150.0 / 240.0, 4.0);
    let a: f64 = (w * w - v * v) / (2.0 * n);
    for (k, cue) in cues.iter().enumerate() {
        let cycle = k as f64 / 8.0;
        assert_eq!(cue.onset, Time::new(k as i64, 8), "none lost, none twice");
        let glide = (cycle - 2.0).clamp(0.0, n);
        let seconds = cycle.min(2.0) / v
            + ((v * v + 2.0 * a * glide).sqrt() - v) / a
            + (cycle - 2.0 - n).max(0.0) / w;
        let exact = (seconds * f64::from(RATE)).round() as Frame;
        assert!((cue.at - exact).abs() <= 1, "{} and not {exact} at {cycle}", cue.at);
    }
    assert!(cues.len() > 150);
}

#[test]
fn what_was_under_way_goes_on_where_it_was() {
    let folder = Scratch::new("underway").unwrap();
    let text = "tempo 120\nkick: s \"bd*4\"\npad: s \"saw*4\"\nhats: s \"hh*4\"\n";
    let edits = |room: &mut Room| {
        room.file(text);
        room.play(8 * SECOND - 4800);
        room.block("at bar\nnudge 80\ntempo 180 .over 8\nfade out pad 8\nxfade 8");
        room.play(12 * SECOND - 9600);
        room.block("at bar hats: s \"oh*4\"");
    };
    // One is never interrupted; the other is killed in the midst of everything, in cycle 8.
    let (mut whole, mut killed) = (Room::new(), Room::new());
    edits(&mut whole);
    whole.play(40 * SECOND);
    killed.session.keep_journal(Journal::create(&folder, 0).unwrap());
    edits(&mut killed);
    killed.play(16 * SECOND);
    drop(killed);
    let recorded = journal::read(&journal::newest_first(&folder)[0]).unwrap();
    let from = recorded.next_bar();
    assert_eq!(from, Time::int(9));
    let mut again = Room::new();
    assert_eq!(again.session.recall(&recorded, 1, from), 0);
    again.session.begin();
    again.play(20 * SECOND);
    let heard = |room: &Room, from: Time| -> Vec<(Time, &'static str, f64, Frame)> {
        let cues = room.cues();
        let start = cues.iter().find(|c| c.onset == from).map_or(0, |c| c.at);
        let within = |c: &&Cue| from <= c.onset && c.onset < from + Time::int(6);
        let mut heard: Vec<_> = cues
            .iter()
            .filter(within)
            .map(|c| (c.onset, sound(c), c.level, c.at - start))
            .collect();
        heard.sort_by(|a, b| (a.3, a.1).cmp(&(b.3, b.1)));
        heard
    };
    let (whole, again) = (heard(&whole, from), heard(&again, from));
    assert_eq!(again.len(), whole.len());
    let fading = whole.iter().filter(|h| h.1 == "saw" && h.2 > 0.0 && h.2 < 1.0).count();
    assert!(fading > 8, "the pad is still fading: {whole:?}");
    assert!(whole.iter().any(|h| h.1 == "hh" && h.2 < 1.0), "the hats still cross");
    for (a, b) in whole.iter().zip(&again) {
        assert_eq!((a.0, a.1), (b.0, b.1));
        assert!((a.2 - b.2).abs() < 1e-9 && (a.3 - b.3).abs() <= 1, "{a:?} {b:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Tempos that jump and glide, nudges, crossfades and fades, at odd moments and quanta, some
    /// before others that were announced: each event of an untouched part is heard once, in order.
    #[test]
    fn nothing_is_lost_or_doubled_whatever_takes_time(
        edits in prop::collection::vec((1i64..500, 0usize..8, 0usize..4), 1..24),
        lead in 10i64..200,
    ) {
        let lines = [
            "tempo 90", "tempo 180 .over 2", "tempo 120 .over 0.3", "nudge 40", "nudge -60",
            "tempo 200\nmeter 3/4", "xfade 1", "tempo 61 .over 4\nfade out b 1",
        ];
        let text = |line: &str, n: usize| {
            program(&format!("{line}\nkeep: s \"hh*5\"\nb: s \"bd*{}\"\n", 1 + n % 3))
        };
        let (mut stage, tape) = stage(&text("tempo 120", 0), lead * MS, 10 * MS);
        let mut now = 0;
        for (n, (wait, which, quantum)) in edits.into_iter().enumerate() {
            let until = now + wait * MS;
            while now < until {
                stage.tick(now, &Nowhere);
                now += 240;
            }
            let when = [When::Now, When::Beat, When::Bar, When::Bars(2)][quantum];
            stage.swap(text(lines[which], n), to_synth(), when, now);
        }
        let end = now + 4 * SECOND;
        while now < end {
            stage.tick(now, &Nowhere);
            now += 240;
        }
        let cues = tape.cues();
        let kept: Vec<&Cue> = cues.iter().filter(|c| &*c.name == "keep" && c.at < end).collect();
        let onsets: Vec<Time> = kept.iter().map(|c| c.onset).collect();
        let wanted: Vec<Time> = (0..kept.len() as i64).map(|k| Time::new(k, 5)).collect();
        prop_assert_eq!(onsets, wanted);
        prop_assert!(kept.windows(2).all(|w| w[0].at < w[1].at));
        let clock = stage.clock();
        let last = kept.last().map(|c| c.onset + Time::new(1, 5)).unwrap_or_default();
        prop_assert!(clock.frame(last) >= end, "none missing at the end");
        prop_assert_eq!(stage.take_report().stale, 0);
    }
}
