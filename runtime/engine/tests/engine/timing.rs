//! Shots start where they are told to, whatever the host's blocks are, and can be taken back.

use mag_engine::{Control, Engine, LEAD, SOUNDS};

use crate::support::{RATE, jump, listen, peak, play, send, shot};

#[test]
fn every_sound_starts_at_its_very_frame() {
    for at in [0, 1, 63, 64, 1234, 4801] {
        for def in SOUNDS {
            let y = play(shot(def.name, &[("pan", 0.0)]), at, at as usize + 512);
            let first = y.iter().position(|y| *y != 0.0).map(|i| i as u64);
            // A wave that starts at its zero is heard from its second frame on.
            assert!(
                first.is_some_and(|first| (at..=at + 1).contains(&first)),
                "{} at {at}: {first:?}",
                def.name
            );
        }
    }
}

/// A second and a half of everything.
fn busy(control: &mut Control) {
    for (i, def) in SOUNDS.iter().enumerate() {
        for step in 0..4u64 {
            let params =
                [("room", 0.3), ("delay", 0.4), ("orbit", (i % 3) as f32), ("lpf", 3000.0)];
            let sent = shot(def.name, &params).with_part(i as u16);
            send(control, step * 12_007 + 411 * i as u64, sent);
        }
    }
}

#[test]
fn the_blocks_of_the_host_do_not_matter() {
    let render = |chunk: usize| {
        let (mut engine, mut control) = Engine::new(RATE);
        busy(&mut control);
        listen(&mut engine, 72_000, chunk)
    };
    let whole = render(72_000);
    assert!(peak(&whole.0) > 0.1);
    for chunk in [1, 7, 64, 100, 441, 512] {
        assert!(render(chunk) == whole, "blocks of {chunk}");
    }
}

#[test]
fn a_shot_that_comes_ahead_by_the_lead_is_as_good_as_one_sent_long_before() {
    let chunk = 441;
    let (mut engine, mut control) = Engine::new(RATE);
    let mut late = vec![0.0; 2 * 48_000];
    for (i, block) in late.chunks_mut(2 * chunk).enumerate() {
        let from = (i * chunk) as u64 + LEAD + chunk as u64;
        for at in (from..from + chunk as u64).filter(|at| at % 6000 == 0) {
            send(&mut control, at, shot("keys", &[]));
        }
        engine.render(block);
    }
    assert_eq!(control.stats().late, 0);
    let (mut engine, mut control) = Engine::new(RATE);
    for at in (1..9).map(|i| i * 6000) {
        send(&mut control, at, shot("keys", &[]));
    }
    let mut early = vec![0.0; 2 * 48_000];
    engine.render(&mut early);
    assert!(early == late);
}

#[test]
fn a_late_shot_starts_at_once_and_is_counted() {
    let (mut engine, mut control) = Engine::new(RATE);
    listen(&mut engine, 5000, 512);
    send(&mut control, 100, shot("bd", &[]));
    let (y, _) = listen(&mut engine, 1000, 512);
    assert_eq!(control.stats().late, 1);
    let first = y.iter().position(|y| *y != 0.0);
    assert!(first.is_some_and(|first| first as u64 <= LEAD), "{first:?}");
}

#[test]
fn withdrawn_shots_never_sound() {
    let (mut engine, mut control) = Engine::new(RATE);
    send(&mut control, 1000, shot("rim", &[]).with_part(1));
    send(&mut control, 30_000, shot("rim", &[]).with_part(1));
    send(&mut control, 40_000, shot("rim", &[]).with_part(2));
    listen(&mut engine, 20_000, 256);
    assert!(control.withdraw(30_000, 1).is_ok());
    send(&mut control, 60_000, shot("rim", &[]).with_part(1));
    let (y, _) = listen(&mut engine, 60_000, 256);
    let heard = |from: usize, to: usize| peak(&y[from - 20_000..to - 20_000]) > 1e-3;
    assert!(!heard(30_000, 40_000), "part 1 was taken back");
    assert!(heard(40_000, 41_000), "part 2 was not");
    assert!(heard(60_000, 61_000), "nor what was sent later");
    send(&mut control, 100_000, shot("rim", &[]).with_part(7));
    assert!(control.withdraw_all(90_000).is_ok());
    assert!(peak(&listen(&mut engine, 30_000, 256).0) < 1e-4);
}

#[test]
fn hush_ends_a_note_soon_and_without_a_click() {
    let (mut engine, mut control) = Engine::new(RATE);
    let note = shot("sine", &[("midinote", 57.0), ("sustain", 1.0)]).with_duration(480_000);
    send(&mut control, 0, note.with_part(3));
    assert!(control.hush_part(10_000, 4).is_ok());
    assert!(control.hush(20_000).is_ok());
    let (y, _) = listen(&mut engine, 24_000, 512);
    assert!(peak(&y[19_000..20_000]) > 0.1, "another part's hush leaves it alone");
    assert!(peak(&y[20_600..]) < 2e-3);
    assert!(jump(&y[19_900..]) < 1.2 * jump(&y[10_000..19_000]));
}

#[test]
fn panic_silences_echoes_too() {
    let (mut engine, mut control) = Engine::new(RATE);
    send(&mut control, 0, shot("cp", &[("room", 1.0), ("size", 1.0), ("delay", 1.0)]));
    send(&mut control, 20_000, shot("cp", &[]));
    assert!(peak(&listen(&mut engine, 15_000, 512).0[12_000..]) > 1e-3);
    control.panic();
    listen(&mut engine, 1000, 512);
    assert!(peak(&listen(&mut engine, 48_000, 512).0) < 1e-3);
}

#[test]
fn a_closed_hat_stops_an_open_one_on_its_orbit() {
    let rest = |closed_orbit: f32| {
        let (mut engine, mut control) = Engine::new(RATE);
        send(&mut control, 0, shot("oh", &[]));
        send(&mut control, 4800, shot("hh", &[("orbit", closed_orbit), ("gain", 0.0)]));
        peak(&listen(&mut engine, 9600, 512).0[5200..])
    };
    assert!(rest(1.0) > 0.01);
    assert!(rest(0.0) < 1e-3);
}

#[test]
fn a_voice_sounds_the_same_whoever_plays_beside_it() {
    let alone = |others: usize, before: u64| {
        let (mut engine, mut control) = Engine::new(RATE);
        for i in 0..others {
            let name = ["lead", "pad", "saw", "bass"][i % 4];
            let silent = shot(name, &[("gain", 0.0), ("lpf", 500.0 + 40.0 * i as f32)]);
            send(&mut control, 37 * i as u64 % before, silent.with_duration(48_000));
        }
        let params = [("lpf", 800.0), ("lpenv", 3.0), ("resonance", 0.5), ("hpf", 90.0)];
        send(&mut control, before, shot("lead", &params));
        send(&mut control, before + 77, shot("bass", &params));
        listen(&mut engine, 24_000, 512)
    };
    let wanted = alone(0, 2000);
    assert!(peak(&wanted.0) > 0.02);
    for others in [1, 2, 7, 15, 16, 31, 40] {
        assert!(alone(others, 2000) == wanted, "beside {others} others");
    }
}

#[test]
fn a_cut_group_stops_earlier_notes_but_not_its_own_chord() {
    let (mut engine, mut control) = Engine::new(RATE);
    let note = |pitch: f32| {
        shot("sine", &[("midinote", pitch), ("cut", 3.0), ("sustain", 1.0)]).with_duration(96_000)
    };
    send(&mut control, 0, note(60.0));
    send(&mut control, 0, note(67.0));
    listen(&mut engine, 4800, 512);
    assert_eq!(control.stats().voices, 2);
    send(&mut control, 6000, note(72.0));
    listen(&mut engine, 4800, 512);
    assert_eq!(control.stats().voices, 1);
}
