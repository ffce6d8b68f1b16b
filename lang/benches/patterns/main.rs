//! Times one-cycle queries of twelve patterns, and the parsing of mini-notation.
//!
//! `cargo bench -p mag-lang` prints one JSON line for each pattern and one for parsing. Behind
//! `--`: `time p01`, `mini`, or `events p01 4` (every onset of the first four cycles, sorted).

mod listing;

use cpu_time::ProcessTime;
use listing::Listing;
use mag_lang::{Language, Mode, NoFiles, Source, mini};
use mag_pattern::{Hap, Pattern, Query, Span};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Consecutive cycles of one round.
const CYCLES: i64 = 1000;
/// Rounds go on until this much time is full.
const LEAST: Duration = Duration::from_millis(500);
const PATTERNS: &str = include_str!("../patterns.mag");
const STRINGS: &str = include_str!("../mini.txt");

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Outcome<()> {
    let given: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    let words: Vec<&str> = given.iter().map(String::as_str).collect();
    let parts = parts()?;
    match words.as_slice() {
        [] => {
            for (name, pattern) in &parts {
                println!("{}", time(name, pattern));
            }
            println!("{}", time_parsing());
        }
        ["mini"] => println!("{}", time_parsing()),
        ["time", name] => {
            let (name, pattern) = find(&parts, name)?;
            println!("{}", time(name, pattern));
        }
        ["events", name, cycles] => {
            let (_, pattern) = find(&parts, name)?;
            let mut listing = Listing::new(pattern);
            for cycle in 0..cycles.parse()? {
                listing.cycle(cycle).iter().for_each(|line| println!("{line}"));
            }
        }
        _ => return Err("expected `time PATTERN`, `mini` or `events PATTERN CYCLES`".into()),
    }
    Ok(())
}

/// The parts of `patterns.mag`, by name.
fn parts() -> Outcome<BTreeMap<String, Pattern>> {
    let language = Language::new();
    let source = Source::new(0, "patterns.mag", PATTERNS);
    let done = language
        .evaluate(&language.empty(), &source, Mode::File, &NoFiles)
        .map_err(|problems| format!("{problems:#?}"))?;
    let parts = &done.program.parts;
    Ok(parts.iter().map(|(name, part)| (name.clone(), part.pattern.clone())).collect())
}

/// The part whose name starts as given.
fn find<'p>(
    parts: &'p BTreeMap<String, Pattern>,
    start: &str,
) -> Outcome<(&'p String, &'p Pattern)> {
    let known = || parts.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
    let found = parts.iter().find(|(name, _)| name.starts_with(start));
    found.ok_or_else(|| format!("no pattern {start}; there are {}", known()).into())
}

/// One pattern with the buffers that its queries reuse, as a scheduler would.
struct Player<'p> {
    pattern: &'p Pattern,
    query: Query<'static>,
    haps: Vec<Hap>,
}

impl Player<'_> {
    /// Asks for one cycle; the number of onsets.
    fn cycle(&mut self, cycle: i64) -> usize {
        self.query.restart();
        self.haps.clear();
        self.pattern.query(Span::cycle(cycle), &mut self.query, &mut self.haps);
        black_box(&self.haps).iter().filter(|hap| hap.has_onset()).count()
    }
    /// Asks for all cycles, one by one; the number of onsets.
    fn round(&mut self) -> usize {
        (0..CYCLES).map(|cycle| self.cycle(cycle)).sum()
    }
}

/// What queries of one pattern cost.
fn time(name: &str, pattern: &Pattern) -> Json {
    let mut player = Player { pattern, query: Query::default(), haps: Vec::new() };
    player.round();
    let allocated = allocation_counter::measure(|| {
        player.round();
    });
    let mut micros = Vec::new();
    let latency = |player: &mut Player, micros: &mut Vec<f64>| {
        for cycle in 0..CYCLES {
            let before = Instant::now();
            player.cycle(cycle);
            micros.push(before.elapsed().as_secs_f64() * 1e6);
        }
        0
    };
    repeated(|| latency(&mut player, &mut micros));
    let (onsets, cpu) = repeated(|| player.round());
    micros.sort_by(f64::total_cmp);
    json!({
        "pattern": name,
        "haps_per_cycle": (0..CYCLES).map(|c| player.cycle(c)).sum::<usize>() as f64 / CYCLES as f64,
        "us_median": quantile(&micros, 0.5),
        "us_p99": quantile(&micros, 0.99),
        "events_per_s": onsets as f64 / cpu,
        "bytes_per_query": allocated.bytes_total as f64 / CYCLES as f64,
        "allocations_per_query": allocated.count_total as f64 / CYCLES as f64,
        "onsets": (0..16).map(|cycle| player.cycle(cycle)).collect::<Vec<_>>(),
        "first16": Listing::new(pattern).first(16),
    })
}

/// Mini-notation strings to trees, to patterns, and on to the events of the first cycle.
fn time_parsing() -> Json {
    let strings: Vec<&str> = STRINGS.lines().filter(|line| !line.is_empty()).collect();
    let mut query = Query::default();
    let mut haps = Vec::new();
    let rate = |work: &mut dyn FnMut(&str)| {
        let (count, cpu) = repeated(|| {
            strings.iter().for_each(|text| work(black_box(text)));
            strings.len()
        });
        count as f64 / cpu
    };
    let parsed = rate(&mut |text| drop(black_box(mini::parse(text, 0, 0))));
    let built = rate(&mut |text| drop(black_box(mini::pattern(text, 0, 0))));
    let asked = rate(&mut |text| {
        if let Ok(pattern) = mini::pattern(text, 0, 0) {
            query.restart();
            haps.clear();
            pattern.query(Span::cycle(0), &mut query, &mut haps);
            black_box(&haps);
        }
    });
    json!({
        "mini": strings.len(),
        "strings_per_s": parsed,
        "patterns_per_s": built,
        "with_first_cycle_per_s": asked,
    })
}

/// Runs `work` until enough time is full, with allocations not counted; the sum of what it
/// returned, and the CPU seconds it took.
fn repeated(mut work: impl FnMut() -> usize) -> (usize, f64) {
    let mut total = 0;
    let mut cpu = 0.0;
    allocation_counter::opt_out(|| {
        let (started, start) = (Instant::now(), ProcessTime::now());
        while started.elapsed() < LEAST {
            total += work();
        }
        cpu = start.elapsed().as_secs_f64();
    });
    (total, cpu)
}

/// The value below which a share of the sorted numbers lies.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = (sorted.len() as f64 * share) as usize;
    sorted.get(place.min(sorted.len().saturating_sub(1))).copied().unwrap_or(0.0)
}
