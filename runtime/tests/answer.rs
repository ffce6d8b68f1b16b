//! Somebody plays four bars into a port of this process, in virtual time, and hears the answer on
//! the beat.
#![allow(clippy::expect_used)]

use mag::device::RATE;
use mag::heard::{Fact, Heard, Touch};
use mag::notice::Notices;
use mag::offline::Offline;
use mag::phrases::PhraseStore;
use mag_lang::source::Source;
use mag_lang::{Language, Mode, NoFiles, Program};
use mag_pattern::{Call, Sym, Time};
use std::sync::Arc;

const CPS: f64 = 0.5;
const BLOCK: i64 = 480;

fn program(text: &str) -> Arc<Program> {
    let language = Language::new();
    let source = Source::new(1, "answer.mag", text);
    let evaluated = language.evaluate(&language.empty(), &source, Mode::File, &NoFiles);
    evaluated.unwrap_or_else(|problems| panic!("{problems:?}")).program
}

/// What somebody plays: when (in cycles), how long, which key.
fn tune() -> Vec<(f64, f64, u8)> {
    // The second four bars of a well-known theme in C, from bar 1 on.
    let pitches = [64, 64, 65, 67, 67, 65, 64, 62, 60, 60, 62, 64, 62, 60, 60];
    let mut at = 1.0;
    let mut all = Vec::new();
    for (i, pitch) in pitches.into_iter().enumerate() {
        let length = match i {
            12 => 0.375,
            13 => 0.125,
            14 => 0.5,
            _ => 0.25,
        };
        // Nobody plays like a machine.
        let late = 0.006 * f64::from((i as i32 * 7) % 5 - 2);
        all.push((at + late, length * 0.9, pitch));
        at += length;
    }
    all
}

struct Session {
    samples: Vec<f32>,
    /// Onset and pitch of everything that the part played.
    heard: Vec<(Time, f64)>,
    calls: Vec<Call>,
    facts: Vec<Fact>,
}

/// Cycles of a performance while somebody plays; or while it is played again.
fn perform(text: &str, cycles: i64, again: Option<&[Fact]>) -> Session {
    let store = PhraseStore::installed(Notices::start(Box::new(|_| {})));
    let heard: Heard = store.heard();
    let midi = Sym::new("midi");
    if let Some(facts) = again {
        heard.again(facts);
    }
    let mut events: Vec<(f64, Touch)> = Vec::new();
    for (at, length, pitch) in tune().into_iter().filter(|_| again.is_none()) {
        let key = |velocity| Touch { pitch, velocity, channel: 0, seconds: None };
        events.push((at, key(96)));
        events.push((at + length, key(0)));
    }
    events.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut events = events.into_iter().peekable();
    let world = Arc::new(store.patient());
    let mut offline = Offline::new(program(text), world, Notices::start(Box::new(|_| {})));
    let (mut samples, mut calls) = (Vec::new(), Vec::new());
    let end = offline.frame(Time::int(cycles));
    let mut now = 0;
    while now < end {
        let cycle = CPS * now as f64 / f64::from(RATE);
        while let Some((at, touch)) = events.next_if(|(at, _)| *at <= cycle) {
            heard.touch(midi, at, CPS, touch);
        }
        if again.is_none() {
            let ended = heard.tend(Time::from_f64(cycle), CPS, (4, 4));
            calls.extend(ended.into_iter().map(|(_, call)| (*call).clone()));
        }
        now = (now + BLOCK).min(end);
        let kept: Result<(), ()> = offline.play(now, |block| {
            samples.extend_from_slice(block);
            Ok(())
        });
        kept.expect("memory");
    }
    let cues = offline.tape().cues();
    let played = cues.iter().filter_map(|cue| Some((cue.onset, cue.pitch()?))).collect();
    Session { samples, heard: played, calls, facts: heard.take_news() }
}

fn loudness(samples: &[f32], from: f64, to: f64) -> f64 {
    let at = |cycle: f64| (2.0 * cycle / CPS * f64::from(RATE)) as usize;
    let part = samples.get(at(from)..at(to).min(samples.len())).unwrap_or_default();
    let sum: f64 = part.iter().map(|x| f64::from(*x) * f64::from(*x)).sum();
    (sum / part.len().max(1) as f64).sqrt()
}

#[test]
fn four_bars_are_answered_on_the_beat_and_the_same_again() {
    if mag::phrases::library::runtime().is_err() {
        assert!(std::env::var_os("MAG_REQUIRE_ORT").is_none(), "no ONNX Runtime");
        return;
    }
    let text = "tempo 120\nduet: answer midi .seed 1 .s \"piano\"\n";
    let session = perform(text, 11, None);
    assert_eq!(session.calls.len(), 1, "one phrase was played");
    let answer = session.calls[0].answer;
    let beats = answer.begin * Time::int(4);
    assert_eq!(Time::int(beats.floor()), beats, "on a beat");
    // The last key went up near 4.95; 0.6 s are 0.3 of a bar.
    assert!(Time::new(21, 4) <= answer.begin && answer.begin <= Time::new(23, 4), "{answer:?}");
    assert_eq!(answer.duration(), Time::int(4), "as long as what was played");
    let (first, _) = session.heard[0];
    assert_eq!(first, answer.begin, "its first note is on that beat");
    assert!(session.heard.len() >= 8, "{:?}", session.heard);
    assert!(session.heard.iter().all(|(at, _)| answer.begin <= *at && *at < answer.end));
    let in_c = |pitch: f64| [0, 2, 4, 5, 7, 9, 11].contains(&((pitch as i64).rem_euclid(12)));
    let inside = session.heard.iter().filter(|(_, pitch)| in_c(*pitch)).count();
    assert!(
        10 * inside >= 9 * session.heard.len(),
        "in the key of what was played: {:?}",
        session.heard
    );
    let begin = answer.begin.to_f64();
    assert!(loudness(&session.samples, 0.0, begin - 0.01) < 1e-6, "silent before");
    assert!(loudness(&session.samples, begin, begin + 4.0) > 0.01, "heard");
    let again = perform(text, 11, Some(&session.facts));
    assert_eq!(again.heard, session.heard);
    assert!(again.samples == session.samples, "played again to the sample");
}

#[test]
fn turns_are_taken_bar_by_bar_and_an_echo_comes_a_bar_later() {
    if mag::phrases::library::runtime().is_err() {
        return;
    }
    // The tune begins with bar 1; turns of one bar: 0 listens, 1 answers, 2 listens, 3 answers.
    let session = perform("tempo 120\nduet: answer midi .bars 1 .seed 2\n", 8, None);
    let bars: Vec<i64> = session.heard.iter().map(|(at, _)| at.floor()).collect();
    assert!(bars.contains(&3) && bars.contains(&5), "{bars:?}");
    assert!(bars.iter().all(|bar| bar % 2 == 1), "silent while it listens: {bars:?}");
    let echo = perform("tempo 120\nme: midi\n", 7, None);
    let wanted: Vec<f64> = tune().iter().map(|(at, ..)| at + 1.0).collect();
    assert_eq!(echo.heard.len(), wanted.len());
    for ((at, _), wanted) in echo.heard.iter().zip(wanted) {
        assert!((at.to_f64() - wanted).abs() < 0.001, "{at} {wanted}");
    }
}
