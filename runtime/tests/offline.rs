//! Rendering and replaying in virtual time: the same bytes, sound on the exact frame, and edits
//! where they were.

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
use mag_pattern::{Nowhere, Time};
use std::cell::RefCell;
use std::convert::Infallible;
use std::rc::Rc;
use std::sync::{Arc, Mutex};

const SECOND: Frame = RATE as Frame;

fn silent() -> Notices {
    Notices::start(Box::new(|_| {}))
}

fn render(text: &str, seconds: Frame) -> Vec<f32> {
    let mut offline = Offline::new(program(text), Arc::new(Nowhere), silent());
    let mut samples = Vec::new();
    let Ok(()) = offline.play(seconds * SECOND, |block| {
        samples.extend_from_slice(block);
        Ok::<(), Infallible>(())
    });
    samples
}

const SONG: &str = "tempo 124\nkick: s \"bd*4\"\nhats: s \"hh*8\" .gain rand\n\
                    bass: note \"<c2 eb2>*2\" .s \"bass\" .lpf 900 .room 0.3 .delay 0.3\n";

#[test]
fn the_same_text_gives_the_same_samples() {
    let (a, b) = (render(SONG, 6), render(SONG, 6));
    assert_eq!(a.len(), 2 * 6 * RATE as usize);
    assert!(a.iter().map(|x| x.to_bits()).eq(b.iter().map(|x| x.to_bits())));
    assert!(a.iter().all(|x| x.is_finite() && x.abs() <= 1.0));
    assert!(a.iter().map(|x| x * x).sum::<f32>() / a.len() as f32 > 1e-4, "not silent");
}

#[test]
fn a_hit_begins_on_the_frame_of_its_onset() {
    // At 97 beats a minute the second of four hits lies 60/97 s after the first: no whole frame.
    let samples = render("tempo 97\na: s \"~ rim ~ ~\"", 2);
    let first = samples.iter().position(|x| *x != 0.0).map(|i| i as Frame / 2);
    let exact = (48_000.0f64 * 60.0 / 97.0).round() as Frame;
    // The engine's own onset test tells how soon after its frame a rim is not zero: at once.
    assert!(first.is_some_and(|f| (exact..exact + 4).contains(&f)), "{first:?} for {exact}");
}

/// A session in virtual time, and its stage.
fn rehearsal() -> (Session, Rc<RefCell<Offline>>) {
    let language = Arc::new(Language::new());
    let world = Arc::new(Nowhere);
    let offline = Offline::new(language.empty(), world.clone(), silent());
    let offline = Rc::new(RefCell::new(offline));
    let player = Box::new(Rehearsal(offline.clone()));
    let sources = Arc::new(Mutex::new(Sources::new()));
    let session = Session::new(language, world, player, Defaults::default(), sources, silent());
    (session, offline)
}

fn evaluate(session: &mut Session, mode: Mode, text: &str, when: When) -> Option<Time> {
    let files = Kept::default();
    let text = Text { name: "test.mag", text, mode, files: &files, when: Some(when) };
    session.evaluate(&text).unwrap_or_else(|p| panic!("{p:?}")).at
}

fn play(offline: &Rc<RefCell<Offline>>, until: Frame) {
    let Ok(()) = offline.borrow_mut().play(until, |_| Ok::<(), Infallible>(()));
}

#[test]
fn edits_undo_and_redo_sound_when_they_should() {
    let (mut session, offline) = rehearsal();
    evaluate(&mut session, Mode::File, "tempo 120\na: s \"bd*4\"", When::At(Time::ZERO));
    play(&offline, 2 * SECOND + 1000);
    let at = evaluate(&mut session, Mode::Block, "a: s \"sn*4\"", When::Bar);
    assert_eq!(at, Some(Time::int(2)));
    play(&offline, 4 * SECOND + 1000);
    assert_eq!(evaluate(&mut session, Mode::Block, "undo", When::Bar), Some(Time::int(3)));
    play(&offline, 6 * SECOND + 1000);
    assert_eq!(evaluate(&mut session, Mode::Block, "redo", When::Bar), Some(Time::int(4)));
    assert_eq!(evaluate(&mut session, Mode::Block, "redo", When::Bar), None, "nothing to redo");
    play(&offline, 10 * SECOND);
    let cues = offline.borrow().tape().cues();
    let sounds: Vec<&str> = (0..5)
        .map(|bar| {
            let first = cues.iter().find(|c| c.at == bar * 2 * SECOND);
            first.and_then(|c| c.word("s")).unwrap_or("nothing")
        })
        .collect();
    assert_eq!(sounds, ["bd", "bd", "sn", "bd", "sn"]);
    assert_eq!(cues.len(), 20, "four a bar, whatever was edited");
}

#[test]
fn a_refused_text_changes_nothing() {
    let (mut session, offline) = rehearsal();
    evaluate(&mut session, Mode::File, "tempo 120\na: s \"bd*4\"", When::At(Time::ZERO));
    play(&offline, SECOND);
    let files = Kept::default();
    let text = "a: s \"sn*4\" .nosuch\nb: s \"bd(3\"\nc: = 4\n";
    let text = Text { name: "t", text, mode: Mode::File, files: &files, when: None };
    let problems = session.evaluate(&text).map(|_| ()).unwrap_err();
    assert!(problems.len() >= 3, "{problems:?}");
    assert!(session.report(&problems, false).contains("nosuch"));
    play(&offline, 4 * SECOND);
    let cues = offline.borrow().tape().cues();
    assert_eq!(cues.iter().filter(|c| c.word("s") == Some("bd")).count(), 8);
    assert_eq!(cues.len(), 8);
}

#[test]
fn a_changed_let_is_an_edit() {
    let (mut session, offline) = rehearsal();
    let text = |sound: &str| format!("tempo 120\nlet x = \"{sound}*4\"\na: s x\n");
    evaluate(&mut session, Mode::File, &text("bd"), When::At(Time::ZERO));
    play(&offline, SECOND);
    assert!(evaluate(&mut session, Mode::File, &text("sn"), When::Bar).is_some());
    play(&offline, 4 * SECOND);
    let cues = offline.borrow().tape().cues();
    assert_eq!(cues.iter().filter(|c| c.word("s") == Some("sn")).count(), 4);
}

#[test]
fn a_flood_is_refused_before_it_plays() {
    let (mut session, _) = rehearsal();
    let files = Kept::default();
    let text = "a: s \"bd*200000\"";
    let text = Text { name: "t", text, mode: Mode::File, files: &files, when: None };
    assert!(session.evaluate(&text).is_err());
}

#[test]
fn words_choose_vowels_and_filters() {
    let play = |change: &str| render(&format!("a: s \"saw\" .note 45 {change}"), 1);
    assert_eq!(play(".vowel \"a\""), play(".vowel 0"));
    assert_eq!(play(".vowel \"u\""), play(".vowel 4"));
    assert_ne!(play(".vowel \"a\""), play(".vowel \"i\""));
    let filtered = |kind: &str| play(&format!(".lpf 500 .resonance 0.6 .ftype {kind}"));
    assert_eq!(filtered("\"ladder\""), filtered("1"));
    assert_ne!(filtered("\"ladder\""), filtered("\"12db\""));
}
