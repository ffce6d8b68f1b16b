//! What is worked out in advance sounds like what is worked out when it is asked for.

use mag_pattern::align::{Align, Combine, combine};
use mag_pattern::cat::{fastcat, slowcat, stack};
use mag_pattern::signal::saw;
use mag_pattern::{Loc, Locs, Pattern, Span, Time, Value};
use std::sync::Arc;

type Change = fn(&Pattern) -> Pattern;

/// The same events, with nothing known about them in advance.
fn opaque(p: &Pattern) -> Pattern {
    p.each(|_, _| true)
}

/// The events of a span with all that they carry, in an order of their own.
fn events(p: &Pattern, (begin, end): (Time, Time)) -> Vec<String> {
    let span = Span::new(begin, end);
    let mut lines: Vec<_> =
        p.events(span.begin, span.end).iter().map(|hap| format!("{hap:?}")).collect();
    lines.sort();
    lines
}

fn time(num: i64, den: i64) -> Time {
    Time::new(num, den)
}

fn spans() -> Vec<(Time, Time)> {
    let ends =
        [(0, 1, 1, 1), (0, 1, 3, 1), (1, 3, 5, 7), (-2, 1, -1, 2), (7, 8, 9, 8), (3, 1, 4, 1)];
    // Inside of events: at its ends, a mirrored event counts the other end as its own.
    let points = [(1, 7), (12, 11), (-3, 13)];
    let spans = ends.iter().map(|&(a, b, c, d)| (time(a, b), time(c, d)));
    spans.chain(points.iter().map(|&(a, b)| (time(a, b), time(a, b)))).collect()
}

fn word(text: &str, from: usize) -> Pattern {
    Pattern::pure_at(Value::word(text), Locs::one(Loc::new(0, from, from + 1)))
}

fn bases() -> Vec<Pattern> {
    let row = fastcat(vec![word("a", 0), word("b", 2), Pattern::silence(), word("c", 4)]);
    let long = stack(vec![row.clone(), word("d", 6)]);
    let crossing = long.late(time(3, 8));
    let many = stack(vec![row.fast(Time::int(100)), crossing.fast(Time::int(100))]);
    let turns = slowcat(vec![row.clone(), crossing.clone(), word("e", 8)]);
    let chosen = row.choose_cycle(turns.clone(), |cycle| cycle.rem_euclid(3) == 1);
    vec![row, long, crossing, many, turns, chosen]
}

const CHANGES: [(&str, Change); 16] = [
    ("late", |p| p.late(time(1, 3))),
    ("early", |p| p.early(time(9, 8))),
    ("late by cycles", |p| p.late(Time::int(-2))),
    ("off", |p| p.off(time(1, 8), Pattern::rev)),
    ("rev", Pattern::rev),
    ("fast", |p| p.fast(Time::int(3))),
    ("slow", |p| p.slow(time(3, 2))),
    ("ply", |p| p.ply(Time::int(3))),
    ("chop", |p| p.chop(4)),
    ("striate", |p| p.striate(2)),
    ("striate_share", |p| p.striate_share(3, 0.5)),
    ("last_of", |p| p.last_of(2, |p| p.fast(Time::int(2)))),
    ("located", |p| p.clone().located(&Locs::one(Loc::new(0, 90, 91)))),
    ("map", |p| p.map(|v| Value::list(vec![v.clone(), Value::Num(1.0)]))),
    ("filter_map", |p| p.filter_map(|v| (*v != Value::word("b")).then(|| v.clone()))),
    ("try_map", |p| {
        p.try_map(|v| if v == Value::word("c") { Err("no".into()) } else { Ok(Some(v)) })
    }),
];

#[test]
fn known_in_advance_sounds_the_same() {
    for (number, base) in bases().iter().enumerate() {
        for (name, change) in CHANGES {
            let (known, asked) = (change(base), change(&opaque(base)));
            for span in spans() {
                let (known, asked) = (events(&known, span), events(&asked, span));
                assert_eq!(known, asked, "{name} of base {number} in {span:?}");
            }
            for (then, second) in CHANGES {
                let (known, asked) =
                    (second(&change(base)), second(&opaque(&change(&opaque(base)))));
                let span = (Time::ZERO, Time::int(2));
                let (known, asked) = (events(&known, span), events(&asked, span));
                assert_eq!(known, asked, "{name}, then {then} of base {number}");
            }
        }
    }
}

#[test]
fn plain_shifts_stay_known_in_advance() {
    let [row, long, crossing, ..] = &bases()[..] else { panic!("bases") };
    for base in [row, long] {
        assert!(base.ply(Time::int(4)).slots().is_some());
        assert!(base.striate(4).chop(8).slots().is_some());
    }
    assert!(crossing.slots().is_none());
    assert_eq!(crossing.late(time(5, 8)).slots(), long.slots());
    assert!(row.fast(Time::int(1_000_000_000_000)).slots().is_none());
    assert!(row.chop(1_000_000_000).slots().is_none());
}

#[test]
fn sampled_signals_give_the_same_events() {
    let list: Combine = Arc::new(|a, b| match b.number() {
        Some(x) if x > 0.9 => Err("too much".into()),
        Some(x) if x < 0.1 => Ok(None),
        _ => Ok(Some(Value::list(vec![a, b.clone()]))),
    });
    let place = Locs::one(Loc::new(0, 70, 73));
    let doubled = |p: &Pattern| p.map(|v| Value::Num(v.number().unwrap_or(0.0) * 2.0));
    let signals = [
        saw(),
        saw().slow(Time::int(8)).late(time(1, 3)),
        doubled(&saw()).located(&place).fast(time(3, 2)),
        combine(Align::In, &saw(), &doubled(&saw().early(time(1, 7))), list.clone()),
    ];
    for base in bases().iter().chain([&saw()]) {
        for signal in &signals {
            let known = combine(Align::In, base, signal, list.clone());
            let asked = combine(Align::In, base, &opaque(signal), list.clone());
            for span in spans() {
                assert_eq!(events(&known, span), events(&asked, span));
            }
        }
    }
}
