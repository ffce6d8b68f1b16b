//! What the tests share: an engine that plays a list of shots into a buffer.

use mag_engine::{Control, Engine, Shot, shot_for};

/// Frames a second in all tests.
pub const RATE: u32 = 48_000;

/// A shot that must exist.
pub fn shot(sound: &str, params: &[(&str, f32)]) -> Shot {
    match shot_for(sound, 0.0, params) {
        Ok(shot) => shot.with_duration(u64::from(RATE) / 4),
        Err(unknown) => panic!("{unknown}"),
    }
}

/// Sends a shot that must fit.
pub fn send(control: &mut Control, at: u64, shot: Shot) {
    assert!(control.shot(at, shot).is_ok(), "the ring is full");
}

/// The left channel, and the right, of `frames` frames of `engine`, rendered `chunk` at a time.
pub fn listen(engine: &mut Engine, frames: usize, chunk: usize) -> (Vec<f32>, Vec<f32>) {
    let mut out = vec![f32::NAN; 2 * frames];
    out.chunks_mut(2 * chunk).for_each(|c| engine.render(c));
    out.chunks_exact(2).map(|pair| (pair[0], pair[1])).unzip()
}

/// The left channel of one shot at frame `at`.
pub fn play(shot: Shot, at: u64, frames: usize) -> Vec<f32> {
    let (mut engine, mut control) = Engine::new(RATE);
    send(&mut control, at, shot);
    listen(&mut engine, frames, 512).0
}

/// The loudest sample.
pub fn peak(x: &[f32]) -> f32 {
    x.iter().fold(0.0, |peak, y| peak.max(y.abs()))
}

/// The largest step from one sample to the next.
pub fn jump(x: &[f32]) -> f32 {
    x.windows(2).fold(0.0, |jump, w| jump.max((w[1] - w[0]).abs()))
}
