//! A set of ten hours in virtual time; alone in its process, so that its memory can be measured.

mod common;

use common::{RATE, program, to_synth};
use mag::clock::Frame;
use mag::cue::Cue;
use mag::output::Output;
use mag::route::Place;
use mag::stage::{Opener, Stage, When};
use mag_pattern::Nowhere;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

const SECOND: Frame = RATE as Frame;
const MS: Frame = 48;

/// Counts and checks cues against rational arithmetic, and keeps none.
struct Checker {
    count: Arc<AtomicU64>,
    wrong: Arc<AtomicU64>,
    tempo: i128,
}

impl Output for Checker {
    fn lead(&self) -> Frame {
        100 * MS
    }
    fn fixed(&self) -> Frame {
        10 * MS
    }
    fn cue(&mut self, cue: &Cue) {
        self.count.fetch_add(1, Ordering::Relaxed);
        // The nearest integer to onset · 48000 · 240 / tempo.
        let (num, den) = (i128::from(cue.onset.numerator()), i128::from(cue.onset.denominator()));
        let (num, den) = (num * 48_000 * 240, den * self.tempo);
        let exact = (2 * num + den).div_euclid(2 * den);
        self.wrong.fetch_add(u64::from(exact != i128::from(cue.at)), Ordering::Relaxed);
    }
}

impl Opener for Checker {
    fn open(&mut self, _: Place) -> Option<Box<dyn Output>> {
        let (count, wrong) = (self.count.clone(), self.wrong.clone());
        Some(Box::new(Checker { count, wrong, tempo: self.tempo }))
    }
}

/// Resident memory in kilobytes.
fn resident() -> i64 {
    let status = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    status.split_whitespace().nth(1).and_then(|pages| pages.parse::<i64>().ok()).unwrap_or(0) * 4
}

#[test]
fn a_set_of_ten_hours_does_not_drift_and_does_not_grow() {
    let (count, wrong) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let opener = Checker { count: count.clone(), wrong: wrong.clone(), tempo: 127 };
    let text = |n: i64| {
        format!(
            "tempo 127\nkick: s \"bd(3,8,<0 2>)\"\nhats: s \"hh*7\" .gain rand\nlead: n \"0 .. 4\" .n {n}\n"
        )
    };
    let programs: Vec<_> = (0..8).map(|n| program(&text(n))).collect();
    let mut stage = Stage::new(RATE, programs[0].clone(), to_synth(), Box::new(opener));
    let (mut now, mut early, mut edits) = (0, 0, 0);
    let hour = 3600 * SECOND;
    while now < 10 * hour {
        // An edit each quarter of a minute.
        if now / (15 * SECOND) > edits {
            edits = now / (15 * SECOND);
            let next = programs[edits as usize % programs.len()].clone();
            stage.swap(next, to_synth(), When::Beat, now);
        }
        stage.tick(now, &Nowhere);
        now += stage.idle(now).clamp(1, SECOND);
        if early == 0 && now > hour {
            early = resident();
        }
    }
    let grown = resident() - early;
    let (count, wrong) = (count.load(Ordering::Relaxed), wrong.load(Ordering::Relaxed));
    println!(
        "ten hours: {count} events, {edits} edits, {wrong} off the exact frame, {grown} kB more than after one hour"
    );
    assert_eq!(wrong, 0);
    // Fifteen events a bar, 19,050 bars.
    assert!((285_750..285_800).contains(&count), "{count}");
    assert!(grown < 4096, "{grown} kB");
}
