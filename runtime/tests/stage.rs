//! The stage in virtual time: what outputs are told, and what they are told to forget.

mod common;

use common::{alone, frames, heard, program, sorted, stage, to_synth};
use mag::clock::Frame;
use mag::stage::When;
use mag_pattern::{Nowhere, Time};
use proptest::prelude::*;

const TICK: Frame = 240;
const MS: Frame = 48;

#[test]
fn an_edit_takes_effect_at_its_quantum() {
    let edit = program("tempo 120\na: s \"sn*16\"");
    // At 1.3 s of a bar of 2 s, with 20 ms that cannot be unsaid.
    let cases = [
        (When::Now, 1_320 * MS),
        (When::Beat, 1_500 * MS),
        (When::Bar, 2_000 * MS),
        (When::Bars(4), 8_000 * MS),
        (When::At(Time::new(3, 4)), 1_500 * MS),
        (When::At(Time::ZERO), 1_320 * MS),
    ];
    for (when, expected) in cases {
        let (mut stage, tape) = stage(&program("tempo 120\na: s \"bd*16\""), 20 * MS, 20 * MS);
        for now in (0..1_300 * MS).step_by(TICK as usize) {
            stage.tick(now, &Nowhere);
        }
        let at = stage.swap(edit.clone(), to_synth(), when, 1_300 * MS);
        let border = stage.clock().frame(at);
        assert!((expected..expected + 2 * MS).contains(&border), "{when}: {border}");
        for now in (1_300 * MS..9_000 * MS).step_by(TICK as usize) {
            stage.tick(now, &Nowhere);
        }
        for cue in tape.cues() {
            let sound = if cue.at < border { "bd" } else { "sn" };
            assert_eq!(cue.word("s"), Some(sound), "{when}: at {}", cue.at);
        }
        let count = tape.cues().iter().filter(|c| c.at < 8_000 * MS).count();
        assert_eq!(count, 64, "{when}: sixteen a bar, none lost and none twice");
    }
}

#[test]
fn cues_are_told_at_their_lead_and_never_earlier() {
    let (mut stage, tape) = stage(&program("tempo 120\na: s \"bd*4\""), 20 * MS, 20 * MS);
    stage.tick(480 * MS - 1, &Nowhere);
    assert_eq!(frames(&tape.cues()), [(0, "a".into())]);
    stage.tick(480 * MS, &Nowhere);
    assert_eq!(frames(&tape.cues()), [(0, "a".into()), (500 * MS, "a".into())]);
}

#[test]
fn idle_says_when_the_next_cue_is_due() {
    let (mut stage, tape) = stage(&program("tempo 120\na: s \"bd*4\""), 20 * MS, 20 * MS);
    let mut now = 0;
    stage.tick(now, &Nowhere);
    while now < 10_000 * MS {
        now += stage.idle(now).max(1);
        stage.tick(now, &Nowhere);
    }
    let report = stage.take_report();
    // The first cue is told at its time, as the stage starts there; none after it is late.
    assert_eq!((report.late, report.stale), (0, 0));
    assert_eq!(tape.cues().iter().filter(|c| c.at < 10_000 * MS).count(), 20);
}

/// How many cues each bar of 2 s are told less than 20 ms before they are heard.
fn told_late(text: &str, bars: i64) -> Vec<usize> {
    let (mut stage, tape) = stage(&program(text), 20 * MS, 20 * MS);
    let mut late = vec![0; bars as usize];
    let mut told = 0;
    for now in (0..bars * 2_000 * MS).step_by(MS as usize) {
        stage.tick(now, &Nowhere);
        let cues = tape.cues();
        for cue in &cues[told..] {
            let bar = usize::try_from(cue.at / (2_000 * MS)).unwrap_or(0).min(late.len() - 1);
            late[bar] += usize::from(cue.at > 20 * MS && cue.at - now < 19 * MS);
        }
        told = cues.len();
    }
    late
}

#[test]
fn what_is_heard_before_its_onset_is_told_in_time() {
    // As early as a drummer: never late. Earlier than anybody: heeded from the first time on.
    assert_eq!(told_late("tempo 120\na: s \"bd*16\" .nudge \"<-0.04 0.01 -0.05>*16\"", 4), [0; 4]);
    assert_eq!(told_late("tempo 120\na: s \"bd*16\" .nudge \"<0 -0.3>*4\"", 4)[1..], [0; 3]);
}

#[test]
fn hush_forgets_what_was_to_come() {
    let (mut stage, tape) = stage(&program("tempo 120\na: s \"bd*16\""), 300 * MS, 10 * MS);
    stage.tick(1_000 * MS, &Nowhere);
    let at = stage.swap(program("tempo 120"), to_synth(), When::Now, 1_000 * MS);
    stage.hush(at);
    stage.tick(3_000 * MS, &Nowhere);
    // At once but for the 10 ms that cannot be unsaid, and the grid of a millisecond.
    assert!(stage.clock().frame(at) <= 1_012 * MS);
    assert!(tape.cues().iter().all(|c| c.at < stage.clock().frame(at)));
}

#[test]
fn what_is_stale_is_left_out() {
    let (mut stage, tape) = stage(&program("tempo 120\na: s \"bd*4\""), 20 * MS, 20 * MS);
    stage.tick(0, &Nowhere);
    stage.tick(60_000 * MS, &Nowhere);
    let report = stage.take_report();
    assert!(report.stale > 110, "a minute away: {report:?}");
    assert!(tape.cues().iter().all(|c| c.at < 100 * MS || c.at > 59_400 * MS));
}

#[test]
fn ten_hours_do_not_drift() {
    let (mut stage, tape) = stage(&program("tempo 124\na: s \"bd*4\""), 20 * MS, 20 * MS);
    let end: Frame = 10 * 3600 * 1000 * MS;
    // All at once, then the last second in small steps.
    stage.tick(0, &Nowhere);
    for now in (end - 1_000 * MS..end + 1).step_by(TICK as usize) {
        stage.tick(now, &Nowhere);
    }
    // 18,600 bars of 124 beats a minute are ten hours exactly.
    assert!(tape.cues().iter().any(|c| c.at == end && c.onset == Time::int(18_600)));
}

const TEXTS: [&str; 4] = [
    "tempo 131\nkeep: s \"hh*7\" .nudge \"0.05 -0.04 0\"\nkick: s \"bd*4\"",
    "tempo 131\nkeep: s \"hh*7\" .nudge \"0.05 -0.04 0\"\nkick: s \"bd(3,8)\"",
    "tempo 131\nkeep: s \"hh*7\" .nudge \"0.05 -0.04 0\"\nsnare: s \"~ sn\"",
    "tempo 131\nkeep: s \"hh*7\" .nudge \"0.05 -0.04 0\"\nkick: s \"bd*16\"\nsnare: s \"sn*3\"",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(30))]

    /// Edits as a performer makes them, at odd moments and quanta: what they leave alone goes on
    /// without a gap, and nothing of a program is heard outside its reign.
    #[test]
    fn edits_leave_untouched_parts_alone(
        edits in prop::collection::vec((1i64..400, 0usize..4, 0usize..4), 1..20),
        lead in 0i64..200,
        fixed in 0i64..30,
    ) {
        let programs: Vec<_> = TEXTS.iter().map(|text| program(text)).collect();
        let lead = lead.max(fixed);
        let (mut stage, tape) = stage(&programs[0], lead * MS, fixed * MS);
        // Starts early enough for a nudge before the first beat.
        let mut now = -500 * MS;
        let mut reigns = vec![(Frame::MIN, 0)];
        for (wait, which, quantum) in edits {
            let until = now + wait * MS;
            while now < until {
                stage.tick(now, &Nowhere);
                now += TICK;
            }
            let when = [When::Now, When::Beat, When::Bar, When::Bars(2)][quantum];
            let at = stage.swap(programs[which].clone(), to_synth(), when, now);
            let border = stage.clock().frame(at);
            prop_assert!(border >= now + fixed * MS && border >= 0);
            reigns.retain(|(from, _)| *from < border);
            reigns.push((border, which));
        }
        let end = now + 5_000 * MS;
        while now < end {
            stage.tick(now, &Nowhere);
            now += TICK;
        }
        let mut expected = Vec::new();
        for (i, (from, which)) in reigns.iter().enumerate() {
            let until = reigns.get(i + 1).map_or(end, |(next, _)| *next);
            expected.extend(alone(&programs[*which], *from, until.min(end)));
        }
        let mut cues = tape.cues();
        cues.retain(|c| c.at < end);
        prop_assert_eq!(heard(&sorted(cues)), heard(&sorted(expected)));
    }
}
