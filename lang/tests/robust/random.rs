//! Random programs, always the same ones: none panics, hangs or eats memory.

use crate::generate::Writer;
use crate::limits::HUNG;
use crate::play::{STACK, play};
use mag_lang::Language;

/// Arguments that ask for too much, or for too little.
const EXTREMES: [&str; 6] = ["1e12", "-4096", "1e-9", "4096", "(0/0)", "\"<4096 4095 0.001>*99\""];

#[test]
fn every_name_with_extreme_arguments() {
    let language = Language::new();
    let base = language.empty();
    let run = |first: usize| {
        let entries = language.entries().iter().filter(|e| e.params != ["value"]);
        for entry in entries.skip(first).step_by(THREADS as usize) {
            let mut writer = Writer::new(first as u64, language.entries());
            for (at, extreme) in
                (0..entry.params.len()).flat_map(|at| EXTREMES.map(|extreme| (at, extreme)))
            {
                let text = format!("x: {}\n", writer.call_with(entry, at, extreme));
                let start = std::time::Instant::now();
                let used = allocation_counter::measure(|| _ = play(&language, &base, &text));
                let (megabytes, took) = (used.bytes_max >> 20, start.elapsed());
                if std::env::var_os("SHOW").is_some() && took.as_millis() > 150 {
                    eprintln!("{took:.0?} {megabytes} MB {text}");
                }
                assert!(megabytes < 256 && took < HUNG, "{took:?}, {megabytes} MB: {text}");
            }
        }
    };
    std::thread::scope(|scope| {
        for first in 0..THREADS as usize {
            let thread = std::thread::Builder::new().stack_size(STACK);
            let run = &run;
            thread.spawn_scoped(scope, move || run(first)).expect("a thread");
        }
    });
}

const PROGRAMS: u64 = 10_000;
const THREADS: u64 = 2;

#[test]
fn ten_thousand_random_programs() {
    let language = Language::new();
    let base = language.empty();
    let run = |first: u64| {
        let (mut accepted, mut heard, mut most) = (0u64, 0u64, 0u64);
        for seed in (first..PROGRAMS).step_by(THREADS as usize) {
            let text = Writer::new(seed, language.entries()).program();
            let mut outcome = None;
            let used =
                allocation_counter::measure(|| outcome = Some(play(&language, &base, &text)));
            let outcome = outcome.expect("it was played");
            accepted += u64::from(outcome.accepted);
            heard += u64::from(outcome.events > 0);
            most = most.max(used.bytes_max);
            assert!(used.bytes_max < 256 << 20, "{} MB: {text}", used.bytes_max >> 20);
        }
        (accepted, heard, most)
    };
    let (accepted, heard) = std::thread::scope(|scope| {
        let start = |first| {
            let thread = std::thread::Builder::new().stack_size(STACK);
            let run = &run;
            thread.spawn_scoped(scope, move || run(first)).expect("a thread")
        };
        let threads: Vec<_> = (0..THREADS).map(start).collect();
        threads.into_iter().fold((0, 0), |(accepted, heard), thread| {
            let (a, h, most) = thread.join().expect("no panic");
            println!("{a} accepted, {h} heard, at most {} MB", most >> 20);
            (accepted + a, heard + h)
        })
    });
    // Programs that are all refused, or silent, would test little.
    assert!(accepted > PROGRAMS / 5, "only {accepted} were accepted");
    assert!(heard > PROGRAMS / 8, "only {heard} made events");
}
