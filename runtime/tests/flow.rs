//! 500 bars of `.flow`: key, register and density stay where the conditions put them, and nothing
//! loops. Prints what it finds for every 50 bars: `cargo test -p mag --test flow -- --ignored --nocapture`.
#![allow(clippy::expect_used)]

mod common;

use common::program;
use mag::notice::Notices;
use mag::phrases::{PhraseStore, library};
use mag_pattern::{Hap, Query, Span, Sym};

const BARS: i64 = 500;
const BLOCK: i64 = 50;

/// Onsets in quarters of a 16th within the bar, with what sounds: a bar that can be compared.
type Bar = Vec<(i64, String)>;

/// Events of each bar of the only part; nothing where there is no ONNX Runtime.
fn bars(text: &str) -> Option<Vec<Vec<Hap>>> {
    if let Err(trouble) = library::runtime() {
        assert!(std::env::var_os("MAG_REQUIRE_ORT").is_none(), "{trouble}");
        return None;
    }
    let program = program(text);
    let part = program.parts.values().next().expect("a part");
    let store = PhraseStore::installed(Notices::start(Box::new(|_| {})));
    let world = store.patient();
    let mut query = Query::new(&world);
    (query.cps, query.meter) = (program.cps(), program.meter);
    let bar = |cycle| {
        query.restart();
        let mut haps = Vec::new();
        part.pattern.query(Span::cycle(cycle), &mut query, &mut haps);
        haps.retain(Hap::has_onset);
        haps
    };
    Some((0..BARS).map(bar).collect())
}

fn number(hap: &Hap, name: &str) -> Option<f64> {
    hap.value.controls()?.number(Sym::new(name))
}

fn told(cycle: usize, bar: &[Hap], name: &str) -> Bar {
    let note = |hap: &Hap| {
        let at = hap.whole.expect("an onset").begin.to_f64() - cycle as f64;
        let what = hap.value.controls()?.get(Sym::new(name))?.to_string();
        Some(((64.0 * at).round() as i64, what))
    };
    let mut notes: Bar = bar.iter().filter_map(note).collect();
    notes.sort();
    notes
}

/// The longest stretch that is exactly what it was `lag` bars before, in bars, over all lags up to
/// 16; and the share of bars that equal one of the four before.
fn loops(bars: &[Bar]) -> (usize, f64) {
    let mut longest = 0;
    for lag in 1..=16 {
        let mut run = 0;
        for at in lag..bars.len() {
            run = if bars[at] == bars[at - lag] { run + 1 } else { 0 };
            longest = longest.max(run);
        }
    }
    let again = |at: &usize| (1..=4).any(|lag| bars[*at] == bars[*at - lag]);
    let count = (4..bars.len()).filter(again).count();
    (longest, count as f64 / (bars.len() - 4) as f64)
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, n), x| (sum + x, n + 1.0));
    sum / f64::max(count, 1.0)
}

/// For each block of 50 bars.
fn blocks(bars: &[Vec<Hap>], of: impl Fn(&[Vec<Hap>]) -> f64) -> Vec<f64> {
    bars.chunks(BLOCK as usize).map(of).collect()
}

fn within(what: &str, values: &[f64], least: f64, most: f64) {
    let rounded: Vec<String> = values.iter().map(|x| format!("{x:.2}")).collect();
    println!("{what} ({least} to {most}): {}", rounded.join(" "));
    for value in values {
        assert!((least..=most).contains(value), "{what}: {value}");
    }
}

fn density(bars: &[Vec<Hap>]) -> Vec<f64> {
    blocks(bars, |block| mean(block.iter().map(|bar| bar.len() as f64)))
}

#[test]
#[ignore = "half a minute; `cargo test -p mag --test flow -- --ignored --nocapture` prints"]
fn a_melody_stays_in_its_key_and_register_and_never_loops() {
    for text in [
        "lead: melody .flow .inKey \"d:dorian\"",
        "lead: melody .flow .inKey \"g:major\" .over \"<G C D G Em Am D7 G>\" .seed 3",
    ] {
        let Some(bars) = bars(text) else { return };
        println!("{text}");
        let scale: [i64; 7] =
            if text.contains("dorian") { [2, 4, 5, 7, 9, 11, 0] } else { [7, 9, 11, 0, 2, 4, 6] };
        let pitches = |block: &[Vec<Hap>]| -> Vec<f64> {
            block.iter().flatten().filter_map(|hap| number(hap, "note")).collect()
        };
        let in_key = blocks(&bars, |block| {
            let inside = |p: &f64| scale.contains(&(*p as i64).rem_euclid(12));
            let pitches = pitches(block);
            pitches.iter().filter(|p| inside(p)).count() as f64 / pitches.len().max(1) as f64
        });
        within("in key", &in_key, 0.9, 1.0);
        let register = blocks(&bars, |block| mean(pitches(block).into_iter()));
        within("mean pitch", &register, 64.0, 78.0);
        within("notes a bar", &density(&bars), 3.5, 9.5);
        let bars: Vec<Bar> = bars.iter().enumerate().map(|(i, bar)| told(i, bar, "note")).collect();
        let (longest, again) = loops(&bars);
        println!("longest exact repetition {longest} bars, bars of the four before {again:.2}");
        assert!(longest <= 12 && again < 0.5, "{longest} {again}");
    }
}

#[test]
#[ignore = "half a minute; `cargo test -p mag --test flow -- --ignored --nocapture` prints"]
fn chords_stay_in_their_key_and_never_loop() {
    let text = "plan: chords .flow .inKey \"a:minor\" .bars 8";
    let Some(bars) = bars(text) else { return };
    println!("{text}");
    let chord = |hap: &Hap| {
        let name = hap.value.controls()?.get(Sym::new("chord"))?.to_string();
        mag_models::Chord::parse(&name).ok()
    };
    let in_key = blocks(&bars, |block| {
        let tones = |chord: &mag_models::Chord| {
            let inside = [9, 11, 0, 2, 4, 5, 7, 8];
            let all: Vec<u8> = (0..12).filter(|tone| chord.has(*tone)).collect();
            all.iter().filter(|tone| inside.contains(*tone)).count() as f64 / all.len() as f64
        };
        mean(block.iter().flatten().filter_map(chord).map(|chord| tones(&chord)))
    });
    within("chord tones in key", &in_key, 0.8, 1.0);
    within("chords a bar", &density(&bars), 0.5, 2.5);
    let bars: Vec<Bar> = bars.iter().enumerate().map(|(i, bar)| told(i, bar, "chord")).collect();
    let (longest, again) = loops(&bars);
    println!("longest exact repetition {longest} bars, bars of the four before {again:.2}");
    assert!(longest <= 16, "{longest}");
}

#[test]
#[ignore = "half a minute; `cargo test -p mag --test flow -- --ignored --nocapture` prints"]
fn drums_keep_their_density_and_never_loop_for_long() {
    let text = "beat: drums .flow .style \"funk\"";
    let Some(bars) = bars(text) else { return };
    println!("{text}");
    within("hits a bar", &density(&bars), 6.0, 30.0);
    let bars: Vec<Bar> = bars.iter().enumerate().map(|(i, bar)| told(i, bar, "s")).collect();
    let (longest, again) = loops(&bars);
    println!("longest exact repetition {longest} bars, bars of the four before {again:.2}");
    assert!(longest <= 16, "{longest}");
}
