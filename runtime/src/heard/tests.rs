//! When phrases end, how long their answers are, and that what was heard can be heard again.

use super::*;

fn key(pitch: u8, velocity: u8) -> Touch {
    Touch { pitch, velocity, channel: 0, seconds: None }
}

/// At 120 beats a minute in 4/4 a bar is two seconds.
const CPS: f64 = 0.5;

fn midi() -> Sym {
    Sym::new("midi")
}

/// Quarters from cycle 1 on, each held for most of its beat.
fn quarters(heard: &Heard, count: u32) {
    for i in 0..count {
        let at = 1.0 + f64::from(i) / 4.0;
        heard.touch(midi(), at, CPS, key(60 + i as u8, 100));
        heard.touch(midi(), at + 0.2, CPS, key(60 + i as u8, 0));
    }
}

#[test]
fn a_phrase_is_answered_when_the_keys_have_been_up() {
    let heard = Heard::default();
    quarters(&heard, 8);
    // The last key went up at 2.95; 0.6 s are 0.3 of a bar.
    assert_eq!(heard.tend(Time::new(32, 10), CPS, (4, 4)), []);
    let ended = heard.tend(Time::new(326, 100), CPS, (4, 4));
    let (_, call) = ended.first().expect("a call");
    assert_eq!(call.from, Time::ONE);
    assert_eq!(call.notes.len(), 8);
    // 3.26 and 0.35 s: the next beat is at 3.5. Two bars were played.
    assert_eq!(call.answer, Span::new(Time::new(7, 2), Time::new(11, 2)));
    assert_eq!(heard.tend(Time::int(4), CPS, (4, 4)), [], "each is answered once");
    let asked = heard.calls(midi(), Span::cycle(4), None);
    assert_eq!(asked.len(), 1);
    assert_eq!(heard.wanted().into_iter().collect::<Vec<_>>(), [midi()]);
}

#[test]
fn answers_are_one_to_eight_seconds_long() {
    let length = |count| {
        let heard = Heard::default();
        quarters(&heard, count);
        let ended = heard.tend(Time::int(40), CPS, (4, 4));
        ended.first().expect("a call").1.answer.duration()
    };
    assert_eq!(length(1), Time::new(1, 2), "one second");
    assert_eq!(length(6), Time::new(6, 4));
    assert_eq!(length(64), Time::int(4), "eight seconds");
}

#[test]
fn a_held_key_is_waited_for_but_not_for_ever() {
    let heard = Heard::default();
    heard.touch(midi(), 1.0, CPS, key(60, 90));
    assert_eq!(heard.tend(Time::int(4), CPS, (4, 4)), []);
    assert_eq!(heard.tend(Time::int(18), CPS, (4, 4)), [], "let go");
    assert_eq!(heard.tend(Time::int(19), CPS, (4, 4)).len(), 1);
}

#[test]
fn what_was_played_is_complete_when_it_is_past() {
    let heard = Heard::default();
    quarters(&heard, 4);
    heard.touch(midi(), 2.0, CPS, Touch { channel: 9, ..key(36, 127) });
    let span = Span::new(Time::int(1), Time::int(3));
    let _ = heard.tend(Time::new(5, 2), CPS, (4, 4));
    let played = heard.played(midi(), span, Time::ONE, None);
    assert!(!played.complete);
    assert_eq!(played.notes.len(), 5);
    let drum = &played.notes[4];
    assert_eq!((drum.sound.map(Sym::as_str), drum.pitch), (Some("bd"), None));
    assert_eq!((drum.length, drum.gain), (Time::ONE, 1.25), "it is still held");
    let _ = heard.tend(Time::int(3), CPS, (4, 4));
    assert!(heard.played(midi(), span, Time::ONE, None).complete);
}

#[test]
fn what_was_said_about_a_moment_stays_said() {
    let heard = Heard::default();
    heard.touch(midi(), 1.0, CPS, key(60, 100));
    let bar = Span::new(Time::ONE, Time::int(2));
    // The performance has asked up to 2.25 when the key goes up and another comes, late.
    assert_eq!(heard.asking(Span::new(Time::int(2), Time::new(9, 4))), Time::new(9, 4));
    heard.touch(midi(), 1.5, CPS, key(60, 0));
    heard.touch(midi(), 1.25, CPS, key(64, 100));
    let lengths = |by: Time| -> Vec<Time> {
        let played = heard.played(midi(), bar, Time::ONE, Some(by));
        played.notes.iter().map(|note| note.length).collect()
    };
    let known = (vec![Time::ONE], vec![Time::new(1, 2), Time::ONE]);
    assert_eq!(lengths(Time::new(17, 8)), known.0, "as it was told");
    assert_eq!(lengths(Time::new(9, 4)), known.1);
    // Whoever asks across that moment has to ask twice.
    assert_eq!(heard.asking(Span::new(Time::int(2), Time::int(3))), Time::new(9, 4));
    let again = Heard::default();
    again.again(&heard.take_news());
    assert_eq!(again.asking(Span::new(Time::int(2), Time::int(3))), Time::new(9, 4));
    for by in [Time::new(17, 8), Time::new(9, 4)] {
        let asked = |heard: &Heard| heard.played(midi(), bar, Time::ONE, Some(by)).notes;
        assert_eq!(asked(&again), asked(&heard));
    }
    assert_eq!(heard.take_news(), [], "each is told once");
}

#[test]
fn calls_are_the_same_again() {
    let heard = Heard::default();
    quarters(&heard, 6);
    let _ = heard.asking(Span::new(Time::int(2), Time::int(3)));
    assert_eq!(heard.tend(Time::int(4), CPS, (4, 4)).len(), 1);
    let again = Heard::default();
    again.again(&heard.take_news());
    let span = Span::new(Time::int(4), Time::int(8));
    let calls = |heard: &Heard, by| heard.calls(midi(), span, by);
    assert_eq!(calls(&again, None), calls(&heard, None));
    assert_eq!(calls(&again, None).first().map(|call| call.notes.len()), Some(6));
    assert_eq!(calls(&again, Some(Time::new(5, 2))), [], "not before it came");
}
