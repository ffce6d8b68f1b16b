//! Instruments written live, through the whole path: text, session, stage, engine, OSC's eye view.

mod common;

use common::{RATE, program};
use mag::clock::Frame;
use mag::files::Kept;
use mag::notice::Notices;
use mag::offline::{Offline, Rehearsal};
use mag::route::Defaults;
use mag::session::{Session, Text};
use mag::stage::When;
use mag_lang::source::Sources;
use mag_lang::{Language, Mode};
use mag_pattern::Nowhere;
use std::cell::RefCell;
use std::convert::Infallible;
use std::rc::Rc;
use std::sync::{Arc, Mutex};

const SECOND: Frame = RATE as Frame;

fn notices() -> (Notices, Arc<Mutex<Vec<String>>>) {
    let told: Arc<Mutex<Vec<String>>> = Arc::default();
    let ear = told.clone();
    let hear = move |notice: &mag::notice::Notice| {
        if let Ok(mut all) = ear.lock() {
            all.push(format!("{notice:?}"));
        }
    };
    (Notices::start(Box::new(hear)), told)
}

/// The left channel.
fn play(offline: &mut Offline, until: Frame) -> Vec<f32> {
    let mut samples = Vec::new();
    let Ok(()) = offline.play(until, |block| {
        samples.extend(block.iter().step_by(2));
        Ok::<(), Infallible>(())
    });
    samples
}

fn render(text: &str, seconds: Frame) -> Vec<f32> {
    let mut offline = Offline::new(program(text), Arc::new(Nowhere), notices().0);
    play(&mut offline, seconds * SECOND)
}

/// Upward zero crossings in a second that begins at `from` seconds: the pitch of something simple.
fn pitch(x: &[f32], from: f32) -> usize {
    let first = (from * RATE as f32) as usize;
    let part = &x[first..first + RATE as usize / 4];
    4 * part.windows(2).filter(|w| w[0] <= 0.0 && w[1] > 0.0).count()
}

fn loudness(x: &[f32]) -> f32 {
    (x.iter().map(|y| y * y).sum::<f32>() / x.len() as f32).sqrt()
}

#[test]
fn arguments_are_set_note_by_note_and_have_defaults() {
    // 120 beats a minute in 4/4: a cycle is two seconds.
    let text = "synth tone mult=1 = sine (freq * mult) .mul (adsr 0.01 0 1 0.01)\n\
                p: note \"a4 a4\" .s \"tone\" .mult \"2 ~\"";
    let x = render(text, 2);
    assert!((876..=884).contains(&pitch(&x, 0.3)), "{}", pitch(&x, 0.3));
    let plain = "synth tone mult=1 = sine (freq * mult) .mul (adsr 0.01 0 1 0.01)\n\
                 p: note \"a4\" .s \"tone\"";
    let x = render(plain, 2);
    assert!((436..=444).contains(&pitch(&x, 0.3)), "{}", pitch(&x, 0.3));
}

#[test]
fn an_argument_takes_its_control_over_and_the_others_still_apply() {
    // As the instrument's own, `cutoff` is no filter; `hpf` still is one.
    let with = |more: &str| {
        let text = format!(
            "synth low cutoff=1 = sine (110 * cutoff) .mul (adsr 0.01 0 1 0.01)\n\
             p: note \"c\" .s \"low\" .cutoff 20 {more}"
        );
        loudness(&render(&text, 1)[24_000..])
    };
    let plain = with("");
    assert!(plain > 0.05, "a filter at 20 Hz would leave nothing: {plain}");
    assert!(with(".hpf 12000") < 0.2 * plain);
    assert!((with(".gain 0.5") / plain - 0.5).abs() < 0.02);
}

#[test]
fn an_instrument_wins_over_a_sound_of_its_name_and_renders_the_same_twice() {
    let text = "synth bd = noise .mul (env 0 0.3)\nk: s \"bd*2\" .room 0.2";
    let (x, y) = (render(text, 2), render(text, 2));
    assert_eq!(x, y);
    let built_in = render("k: s \"bd*2\" .room 0.2", 2);
    let bright =
        |x: &[f32]| x.windows(2).map(|w| (w[1] - w[0]).powi(2)).sum::<f32>() / loudness(x).powi(2);
    assert!(bright(&x) > 5.0 * bright(&built_in));
}

fn session(offline: &Rc<RefCell<Offline>>, notices: &Notices) -> Session {
    Session::new(
        Arc::new(Language::new()),
        Arc::new(Nowhere),
        Box::new(Rehearsal(offline.clone())),
        Defaults::default(),
        Arc::new(Mutex::new(Sources::default())),
        notices.clone(),
    )
}

fn evaluate(session: &mut Session, text: &str) -> bool {
    let files = Kept::default();
    let (mode, when) = (Mode::Block, Some(When::Beat));
    session.evaluate(&Text { name: "prompt", text, mode, files: &files, when }).is_ok()
}

#[test]
fn a_redefinition_takes_over_on_the_beat_without_a_click_and_undo_brings_the_old_one_back() {
    let (notices, told) = notices();
    let empty = Language::new().empty();
    let offline = Offline::new(empty, Arc::new(Nowhere), notices.clone());
    let offline = Rc::new(RefCell::new(offline));
    let mut session = session(&offline, &notices);
    let tone =
        |factor: f32| format!("synth tone = sine (freq * {factor}) .mul (adsr 0.02 0 1 0.3)");
    assert!(evaluate(&mut session, &tone(1.0)));
    assert!(evaluate(&mut session, "p: note \"a4*4\" .s \"tone\""));
    let mut x = play(&mut offline.borrow_mut(), 4 * SECOND);
    assert!(evaluate(&mut session, &tone(2.0)));
    x.extend(play(&mut offline.borrow_mut(), 8 * SECOND));
    assert!(!evaluate(&mut session, "synth tone = sine (freq * ) .mull 3"), "refused");
    x.extend(play(&mut offline.borrow_mut(), 9 * SECOND));
    assert!(evaluate(&mut session, "undo"));
    x.extend(play(&mut offline.borrow_mut(), 13 * SECOND));
    for (at, should) in [(3.2, 440), (5.7, 880), (8.7, 880), (11.2, 440)] {
        let is = pitch(&x, at) as i64;
        assert!((is - should).abs() < 8, "at {at} s: {is}");
    }
    // Two sines that overlap, of 880 Hz at most: nothing leaps further than they do.
    let most = 2.2 * 0.3 * 0.7 * core::f32::consts::TAU * 880.0 / RATE as f32;
    let jump = x.windows(2).fold(0.0f32, |jump, w| jump.max((w[1] - w[0]).abs()));
    assert!(jump < most, "{jump} {most}");
    assert!(told.lock().is_ok_and(|told| told.is_empty()), "{told:?}");
}

#[test]
fn more_instruments_than_the_engine_holds_play_one_after_the_other() {
    let (notices, told) = notices();
    let empty = Language::new().empty();
    let offline = Offline::new(empty, Arc::new(Nowhere), notices.clone());
    let offline = Rc::new(RefCell::new(offline));
    let mut session = session(&offline, &notices);
    assert!(evaluate(&mut session, "p: note \"a4*32\" .s \"tone\""));
    let mut now = 0;
    for i in 0..300 {
        let text =
            format!("synth tone = sine (freq * {}) .mul (env 0.01 0.1)", 1.0 + 0.001 * i as f32);
        assert!(evaluate(&mut session, &text));
        now += SECOND / 2;
        let x = play(&mut offline.borrow_mut(), now);
        assert!(i < 2 || loudness(&x) > 0.01, "{i}: {}", loudness(&x));
    }
    let told = told.lock().map(|told| told.clone()).unwrap_or_default();
    let other = told.iter().filter(|told| !told.contains("no sound `tone`"));
    assert_eq!(other.count(), 0, "{told:?}");
}

#[test]
fn notes_that_find_no_delay_memory_are_silent_and_said_by_name_once() {
    let (notices, told) = notices();
    let text = "synth far = noise .mul (env 0 0.01) .delay 2.9\n\
                p: note \"a4*40\" .s \"far\"\nq: s \"bd*4\"";
    let mut offline = Offline::new(program(text), Arc::new(Nowhere), notices.clone());
    let heard = play(&mut offline, 4 * SECOND);
    assert!(loudness(&heard) > 0.01);
    notices.flush();
    let told = told.lock().map(|told| told.clone()).unwrap_or_default();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("part `p`: a note of `far` is silent"), "{told:?}");
    assert!(told[0].contains("shorter delays, or fewer notes at once, help"), "{told:?}");
}

#[test]
fn the_instrument_and_its_arguments_are_in_the_cue_for_other_outputs() {
    let text = "synth tone mult=1 = sine (freq * mult)\np: note \"a4\" .s \"tone\" .mult 3";
    let mut offline = Offline::new(program(text), Arc::new(Nowhere), notices().0);
    play(&mut offline, SECOND);
    let cues = offline.tape().cues();
    let cue = cues.first();
    assert_eq!(cue.and_then(|cue| cue.word("s")), Some("tone"));
    assert_eq!(cue.and_then(|cue| cue.number("mult")), Some(3.0));
}
