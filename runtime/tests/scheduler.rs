//! The scheduler against what can be worked out by hand: exact frames, tempo, swaps, failures.

mod common;

use common::{RATE, alone, frames, heard, program, sorted};
use mag::clock::Frame;
use mag::scheduler::Scheduler;
use mag_lang::Program;
use mag_pattern::{Controls, Nowhere, Pattern, Span, Sym, Time, Value};
use proptest::prelude::*;
use std::sync::Arc;

const SECOND: Frame = RATE as Frame;

#[test]
fn onsets_lie_on_the_nearest_frame_to_the_exact_time() {
    // 124 beats a minute: a bar of four is 240/124 s, a sixteenth 15/124 s.
    let cues = alone(&program("tempo 124\nhats: s \"hh*16\""), 0, 100 * SECOND);
    assert_eq!(cues.len(), (100.0f64 / (15.0 / 124.0)).ceil() as usize);
    for (k, cue) in cues.iter().enumerate() {
        // Nearest integer to k·15·48000/124, in whole numbers.
        let (num, den) = (k as i64 * 15 * 48_000, 124);
        assert_eq!(cue.at, (2 * num + den) / (2 * den), "sixteenth {k}");
    }
}

#[test]
fn an_event_knows_its_length_tempo_and_cycle() {
    let cues = alone(&program("tempo 120\nmeter 3/4\nbass: note \"c2 e2\" .legato 0.5"), 0, SECOND);
    let Some(cue) = cues.get(1) else { panic!("two notes a bar of 1.5 s") };
    assert_eq!((cue.at, cue.duration), (36_000, 18_000));
    assert_eq!((cue.onset, cue.length), (Time::new(1, 2), Time::new(1, 2)));
    assert!((cue.delta - 0.75).abs() < 1e-12 && (cue.cps - 2.0 / 3.0).abs() < 1e-12);
    assert_eq!(cue.pitch(), Some(40.0), "e2");
}

#[test]
fn nudge_moves_what_is_heard() {
    let cues = alone(&program("tempo 120\na: s \"bd*2\" .nudge \"0.1 -0.1\""), 0, 2 * SECOND);
    assert_eq!(frames(&cues), [(4800, "a".into()), (48_000 - 4800, "a".into())]);
}

#[test]
fn muted_parts_are_silent_and_solo_silences_the_others() {
    let text = "a: s \"bd\"\nb: s \"sn\"\nc: s \"hh\"\n";
    let names = |more: &str| -> Vec<String> {
        let cues = alone(&program(&format!("{text}{more}")), 0, SECOND);
        frames(&cues).into_iter().map(|(_, name)| name).collect()
    };
    assert_eq!(names(""), ["a", "b", "c"]);
    assert_eq!(names("mute b"), ["a", "c"]);
    assert_eq!(names("solo b"), ["b"]);
    assert_eq!(names("solo a b\nmute b"), ["a"]);
}

#[test]
fn a_tempo_changes_at_its_moment_and_not_before() {
    let slow = program("tempo 60\na: s \"bd*4\"");
    let fast = program("tempo 120\na: s \"bd*4\"");
    let mut scheduler = Scheduler::new(RATE, slow);
    let mut cues = scheduler.advance(3 * SECOND, &Nowhere);
    // Bars of four seconds; from the middle of the first on, of two.
    let withdrawn = scheduler.swap(fast, Time::new(1, 2));
    assert_eq!(withdrawn.from, 2 * SECOND);
    cues.retain(|cue| cue.at < withdrawn.from);
    cues.extend(scheduler.advance(5 * SECOND, &Nowhere));
    let halves: Vec<Frame> = cues.iter().map(|cue| cue.at * 2 / SECOND).collect();
    assert_eq!(halves[..8], [0, 2, 4, 5, 6, 7, 8, 9]);
}

#[test]
fn a_tempo_that_is_announced_is_on_the_clock() {
    let mut scheduler = Scheduler::new(RATE, program("tempo 120\na: s \"bd\""));
    scheduler.swap(program("tempo 240\na: s \"bd\""), Time::int(1));
    assert_eq!(scheduler.clock().frame(Time::int(3)), 4 * SECOND);
    scheduler.swap(program("tempo 60\na: s \"bd\""), Time::ZERO);
    assert_eq!(scheduler.clock().frame(Time::int(3)), 12 * SECOND);
}

#[test]
fn the_next_swap_at_the_same_moment_takes_the_place_of_the_first() {
    let mut scheduler = Scheduler::new(RATE, program("a: s \"bd\""));
    scheduler.swap(program("a: s \"sn\""), Time::int(1));
    scheduler.swap(program("a: s \"cp\""), Time::int(1));
    let cues = scheduler.advance(3 * SECOND, &Nowhere);
    let sounds: Vec<_> = cues.iter().filter_map(|c| c.sound()).map(|(s, _)| s).collect();
    assert_eq!(sounds, ["bd", "cp"]);
}

#[test]
fn once_plays_one_cycle_and_survives_a_swap() {
    let mut scheduler = Scheduler::new(RATE, program("a: s \"bd\""));
    let bell = Pattern::pure(Controls::one(Sym::new("s"), Value::word("bell")));
    scheduler.once(bell, Time::int(1));
    let mut cues = scheduler.advance(3 * SECOND, &Nowhere);
    let withdrawn = scheduler.swap(program("a: s \"sn\""), Time::int(1));
    cues.retain(|cue| cue.at < withdrawn.from);
    cues.extend(scheduler.advance(7 * SECOND, &Nowhere));
    let bells: Vec<_> = cues.iter().filter(|c| c.word("s") == Some("bell")).map(|c| c.at).collect();
    assert_eq!(bells, [2 * SECOND]);
}

/// A kick on every beat that is fine until cycle `fatal`, and panics there.
fn fragile(fatal: i64) -> Pattern {
    let kick = program("a: s \"bd*4\"").parts["a"].pattern.clone();
    Pattern::of(move |span, q, out| {
        if span.end > Time::int(fatal) && span.begin < Time::int(fatal + 1) {
            panic!("fails in this cycle");
        }
        kick.query(span, q, out);
    })
}

fn with_part(base: &Arc<Program>, name: &str, pattern: Pattern) -> Arc<Program> {
    let mut program = (**base).clone();
    if let Some(part) = program.parts.get_mut(name) {
        part.pattern = pattern;
        part.text = "changed".into();
        part.meaning ^= 1;
    }
    Arc::new(program)
}

#[test]
fn a_part_that_fails_falls_back_alone_and_says_so_once() {
    std::panic::set_hook(Box::new(|_| {}));
    let good = program("a: s \"sn\"\nb: s \"hh*2\"");
    let mut scheduler = Scheduler::new(RATE, good.clone());
    let mut cues = scheduler.advance(SECOND, &Nowhere);
    scheduler.swap(with_part(&good, "a", fragile(3)), Time::int(1));
    for step in 2..20 {
        cues.extend(scheduler.advance(step * SECOND, &Nowhere));
    }
    let of = |part: &str, from: Frame| -> Vec<&str> {
        let there = cues.iter().filter(|c| &*c.name == part && c.at / (2 * SECOND) == from);
        there.filter_map(|c| c.sound()).map(|(s, _)| s).collect()
    };
    assert_eq!(of("a", 0), ["sn"], "before the edit");
    assert_eq!(of("a", 2), ["bd"; 4], "while it is well");
    assert_eq!(of("a", 4), ["sn"], "its last good version takes over for good");
    assert!((0..9).all(|cycle| of("b", cycle) == ["hh", "hh"]), "the others never stop");
    let troubles = scheduler.take_troubles();
    assert_eq!(troubles.len(), 1);
    assert_eq!((&*troubles[0].part, troubles[0].cycle, troubles[0].replaced), ("a", 3, true));
}

#[test]
fn a_part_without_a_good_version_is_silent_when_it_fails() {
    std::panic::set_hook(Box::new(|_| {}));
    let base = program("a: s \"sn\"\nb: s \"hh\"");
    let mut scheduler = Scheduler::new(RATE, with_part(&base, "a", fragile(0)));
    let cues = scheduler.advance(5 * SECOND, &Nowhere);
    assert!(cues.iter().all(|c| &*c.name == "b") && cues.len() >= 2);
    assert!(scheduler.take_troubles().iter().all(|t| !t.replaced));
}

#[test]
fn a_flood_of_events_is_a_failure_of_its_part_alone() {
    let base = program("a: s \"sn\"\nb: s \"hh\"");
    let flood = Pattern::of(|span: Span, _, out| {
        let hap = Pattern::pure(Value::Num(1.0)).events(span.begin, span.end);
        (0..200_000).for_each(|_| out.extend(hap.first().cloned()));
    });
    let mut scheduler = Scheduler::new(RATE, with_part(&base, "a", flood));
    let cues = scheduler.advance(SECOND, &Nowhere);
    assert!(cues.iter().all(|c| &*c.name == "b") && !cues.is_empty());
    assert_eq!(scheduler.take_troubles().len(), 1);
}

const FIRST: &str = "tempo 137\nkick: s \"bd(3,8)\"\nhats: s \"hh*8\" .gain rand .degradeBy 0.3\n\
                     late: s \"cp*4\" .nudge \"0.12 -0.07\"\nslow: note \"<c e g>\" .slow 3\n";
const SECOND_TEXT: &str = "tempo 93\nkick: s \"bd*3\"\nhats: s \"hh*8\" .gain rand .degradeBy 0.3\n\
                           late: s \"cp*4\" .nudge \"0.12 -0.07\"\nmore: s \"~ sn\" .every 3 (.fast 2)\n";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// One step or a hundred: the same cues.
    #[test]
    fn steps_do_not_matter(mut stops in prop::collection::vec(1i64..600_000, 1..100)) {
        let program = program(FIRST);
        let whole = alone(&program, Frame::MIN, 600_000);
        stops.sort_unstable();
        stops.push(700_000);
        let mut scheduler = Scheduler::new(RATE, program);
        let mut cues = Vec::new();
        for stop in stops {
            cues.extend(scheduler.advance(stop, &Nowhere));
        }
        cues.retain(|cue| cue.at < 600_000);
        prop_assert_eq!(heard(&sorted(cues)), heard(&whole));
    }

    /// Whatever was asked ahead before a swap: each program is heard in its own reign, whole.
    #[test]
    fn a_swap_neither_loses_nor_doubles(
        at in 0i64..64,
        ahead in 1i64..600_000,
        steps in prop::collection::vec(1i64..90_000, 1..12),
    ) {
        let (first, second) = (program(FIRST), program(SECOND_TEXT));
        let at = Time::new(at, 16);
        let mut scheduler = Scheduler::new(RATE, first.clone());
        let mut cues = scheduler.advance(ahead, &Nowhere);
        let border = scheduler.swap(second, at).from;
        cues.retain(|cue| cue.at < border);
        let mut to = 0;
        for step in steps.iter().chain([&900_000]) {
            to += step;
            cues.extend(scheduler.advance(to, &Nowhere));
        }
        cues.retain(|cue| cue.at < 800_000);
        let (before, after): (Vec<_>, Vec<_>) = cues.into_iter().partition(|c| c.at < border);
        prop_assert_eq!(heard(&sorted(before)), heard(&alone(&first, Frame::MIN, border)));
        // The second program as if it had always played, on the clock that the scheduler has.
        let clock = scheduler.clock().clone();
        for cue in &after {
            let nudge = cue.number("nudge").unwrap_or(0.0) * f64::from(RATE);
            prop_assert_eq!(cue.at, (clock.position(cue.onset) + nudge).round() as Frame);
        }
        let names = |name: &str| after.iter().filter(|c| &*c.name == name).count();
        let (from, until) = (clock.cycle_at(border), clock.cycle_at(800_000));
        let kicks = (until - from) * Time::int(3);
        prop_assert!((names("kick") as f64 - kicks.to_f64()).abs() <= 1.0);
        prop_assert_eq!(names("slow"), 0);
    }
}
