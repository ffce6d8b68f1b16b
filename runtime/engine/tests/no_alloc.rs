//! Rendering neither allocates nor frees: a busy minute under an allocator that would abort.

use assert_no_alloc::{AllocDisabler, assert_no_alloc};
use mag_engine::{Control, Engine, SOUNDS, SampleBuffer, SampleId, shot_for, shot_for_sample};

#[global_allocator]
static GUARD: AllocDisabler = AllocDisabler;

/// Sends one shot of each kind of thing that an engine does, all over the place.
fn disturb(control: &mut Control, step: usize) -> bool {
    let name = SOUNDS[step % SOUNDS.len()].name;
    let params = [
        ("orbit", (step % 5) as f32),
        ("room", 0.2),
        ("size", (step % 7) as f32 * 0.2),
        ("delay", 0.3),
        ("delaytime", 0.1 + (step % 3) as f32 * 0.1),
        ("crush", 6.0),
        ("lpf", 1000.0),
        ("vib", 5.0),
    ];
    let at = control.frame() + (step * 37 % 3000) as u64;
    let sent = shot_for(name, (step % 4) as f32, &params)
        .is_ok_and(|s| control.shot(at, s.with_part(step as u16 % 8).with_duration(9000)).is_ok());
    let id = SampleId(step as u16 % 5);
    let sent = match step % 7 {
        0 => {
            let buffer = SampleBuffer::interleaved(&[0.1; 20_000], 1 + step % 2, 44_100);
            sent && control.load(id, buffer).is_ok()
        }
        1 => sent && (step % 49 > 1 || control.unload(id).is_ok()),
        _ => {
            let shot = shot_for_sample(id, &[("speed", -0.7), ("loop", (step % 2) as f32)]);
            sent && control.shot(at, shot.with_duration(4000)).is_ok()
        }
    };
    match step % 97 {
        13 => sent && control.withdraw(at, 3).is_ok(),
        31 => sent && control.hush_part(at, 2).is_ok(),
        47 => sent && control.hush(at).is_ok(),
        71 => {
            control.panic();
            sent
        }
        _ => sent,
    }
}

#[test]
fn a_busy_minute_without_allocation() {
    let (mut engine, mut control) = Engine::new(48_000);
    let mut out = vec![0.0; 2 * 480];
    for step in 0..6000 {
        assert!(disturb(&mut control, step));
        assert_no_alloc(|| engine.render(&mut out));
    }
    let stats = control.stats();
    assert!(stats.voices > 0 && stats.broken == 0 && stats.dropped == 0, "{stats:?}");
}
