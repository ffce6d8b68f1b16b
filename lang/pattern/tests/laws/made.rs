//! Patterns made at random, and how their events are compared.

use mag_pattern::align::{Align, combine};
use mag_pattern::arith::Operation;
use mag_pattern::cat::{fastcat, slowcat, stack, timecat};
use mag_pattern::chance::rand;
use mag_pattern::{Hap, Pattern, Query, Span, Time, Value, signal};
use proptest::prelude::*;

/// A small fraction above 0.
pub fn factor() -> impl Strategy<Value = Time> {
    (1i64..7, 1i64..7).prop_map(|(n, d)| Time::new(n, d))
}

/// A moment within a few cycles of 0.
pub fn moment() -> impl Strategy<Value = Time> {
    (-36i64..72, prop::sample::select(vec![1i64, 2, 3, 4, 5, 8, 12]))
        .prop_map(|(n, d)| Time::new(n, d))
}

/// A span of up to a few cycles, not empty.
pub fn span() -> impl Strategy<Value = Span> {
    (moment(), factor()).prop_map(|(begin, length)| Span::new(begin, begin + length))
}

/// Patterns of events, of numbers from 0 to 9.
pub fn discrete() -> impl Strategy<Value = Pattern> {
    let number = (0i32..10).prop_map(|n| Pattern::pure(f64::from(n)));
    let leaf = prop_oneof![6 => number, 1 => Just(Pattern::silence())];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let some = prop::collection::vec(inner.clone(), 1..4);
        let weighted = prop::collection::vec((1i64..4, inner.clone()), 1..4);
        let weigh = |all: Vec<(i64, Pattern)>| {
            timecat(all.into_iter().map(|(w, p)| (Time::int(w), p)).collect())
        };
        prop_oneof![
            3 => some.clone().prop_map(fastcat),
            2 => some.clone().prop_map(slowcat),
            2 => some.prop_map(stack),
            1 => weighted.prop_map(weigh),
            2 => (inner.clone(), factor()).prop_map(|(p, n)| p.fast(n)),
            2 => (inner.clone(), moment()).prop_map(|(p, t)| p.late(t)),
            1 => inner.clone().prop_map(|p| p.rev()),
            1 => (inner.clone(), 1i64..9, 1i64..9).prop_map(|(p, k, n)| p.euclid(k, n, 1)),
            1 => (inner.clone(), 1i64..5).prop_map(|(p, n)| p.ply(Time::int(n))),
            1 => (inner.clone(), 2i64..5).prop_map(|(p, n)| p.first_of(n, Pattern::rev)),
            1 => (inner.clone(), inner.clone()).prop_map(|(a, b)| add(Align::Mix, &a, &b)),
            1 => (inner.clone(), 2i64..5).prop_map(|(p, n)| p.iter(n, 1)),
            1 => inner.prop_map(|p| p.degrade_by(0.3, 7)),
        ]
    })
}

/// Any pattern: of events, or of sampled waves.
pub fn pattern() -> impl Strategy<Value = Pattern> {
    prop_oneof![
        6 => discrete(),
        1 => (discrete(), Just(signal::saw())).prop_map(|(a, b)| add(Align::In, &a, &b)),
        1 => discrete().prop_map(|p| add(Align::In, &p, &rand(3))),
    ]
}

/// The sum of two patterns.
pub fn add(align: Align, a: &Pattern, b: &Pattern) -> Pattern {
    let operation = Operation::named("add").expect("add");
    combine(align, a, b, operation.combine())
}

/// The events of a span, which must be free of trouble.
pub fn events(p: &Pattern, span: Span) -> Vec<Hap> {
    let (mut query, mut out) = (Query::default(), Vec::new());
    p.query(span, &mut query, &mut out);
    assert!(query.trouble().is_none(), "{:?}", query.trouble());
    out
}

/// What of an event is compared: part, whole, value.
pub type Seen = (String, String, String);

/// Events as a multiset: sorted, as text.
pub fn seen(haps: &[Hap]) -> Vec<Seen> {
    let one = |hap: &Hap| {
        (format!("{:?}", hap.part), format!("{:?}", hap.whole), format!("{:?}", hap.value))
    };
    let mut all: Vec<Seen> = haps.iter().map(one).collect();
    all.sort();
    all
}

/// Both patterns have the same events in the span; into how many fragments they are cut does not
/// matter.
pub fn same(a: &Pattern, b: &Pattern, span: Span) -> Result<(), TestCaseError> {
    prop_assert_eq!(seen(&merged(events(a, span))), seen(&merged(events(b, span))));
    Ok(())
}

/// Fragments of one event that touch, joined.
pub fn merged(mut haps: Vec<Hap>) -> Vec<Hap> {
    let mut joined: Vec<Hap> = Vec::new();
    haps.sort_by(|a, b| a.part.begin.partial_cmp(&b.part.begin).expect("a defined time"));
    for hap in haps {
        let before = joined.iter_mut().find(|other| {
            other.whole.is_some()
                && other.whole == hap.whole
                && other.value == hap.value
                && other.part.end == hap.part.begin
        });
        match before {
            Some(other) => other.part.end = hap.part.end,
            None => joined.push(hap),
        }
    }
    joined
}

/// The number that an event carries.
pub fn number(v: &Value) -> f64 {
    v.number().expect("a number")
}
