//! Laws of the combinators.

use super::made::{add, discrete, events, factor, moment, number, pattern, same, seen, span};
use mag_pattern::align::{Align, Combine, combine};
use mag_pattern::cat::{fastcat, slowcat, stack, timecat};
use mag_pattern::chance::{permutation, rand_at};
use mag_pattern::seq::{Seq, Slot};
use mag_pattern::{Locs, Pattern, Time, Value};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::sync::Arc;

fn double(v: &Value) -> Value {
    Value::Num(number(v) * 2.0)
}

fn less_one(v: &Value) -> Value {
    Value::Num(number(v) - 1.0)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]

    // The functor laws.
    #[test]
    fn mapping_nothing_changes_nothing(p in pattern(), span in span()) {
        same(&p.map(Value::clone), &p, span)?;
    }
    #[test]
    fn mapping_twice_is_mapping_both(p in pattern(), span in span()) {
        same(&p.map(double).map(less_one), &p.map(|v| less_one(&double(v))), span)?;
    }

    // The applicative laws, for an operation on values in place of functions as values.
    #[test]
    fn a_pure_value_on_the_right_maps(p in discrete(), x in 0i32..9, span in span()) {
        let x = f64::from(x);
        let mapped = p.map(move |v| Value::Num(number(v) + x));
        same(&add(Align::In, &p, &Pattern::pure(x)), &mapped, span)?;
    }
    #[test]
    fn pure_values_join_to_a_pure_value(x in 0i32..9, y in 0i32..9, span in span()) {
        let (x, y) = (f64::from(x), f64::from(y));
        let sum = Pattern::pure(x + y);
        same(&add(Align::Mix, &Pattern::pure(x), &Pattern::pure(y)), &sum, span)?;
        same(&add(Align::In, &Pattern::pure(x), &Pattern::pure(y)), &sum, span)?;
    }
    #[test]
    fn sums_of_both_structures_commute(a in discrete(), b in discrete(), span in span()) {
        same(&add(Align::Mix, &a, &b), &add(Align::Mix, &b, &a), span)?;
    }
    #[test]
    fn sums_of_both_structures_associate(
        a in discrete(), b in discrete(), c in discrete(), span in span()
    ) {
        let left = add(Align::Mix, &add(Align::Mix, &a, &b), &c);
        let right = add(Align::Mix, &a, &add(Align::Mix, &b, &c));
        same(&left, &right, span)?;
    }
    #[test]
    fn structure_from_the_right_is_structure_from_the_left_turned(
        a in discrete(), b in discrete(), span in span()
    ) {
        same(&add(Align::Out, &a, &b), &add(Align::In, &b, &a), span)?;
    }

    // A monad law each of two joins.
    #[test]
    fn joining_pure_values_changes_nothing(p in discrete(), span in span()) {
        let outer = p.outer_join(|v| Pattern::pure(v.clone()));
        let (a, b) = (events(&outer, span), events(&p, span));
        let onsets = |all: &[mag_pattern::Hap]| -> BTreeSet<(String, String)> {
            let kept: Vec<_> = all.iter().filter(|h| h.has_onset()).cloned().collect();
            seen(&kept).into_iter().map(|(_, whole, value)| (whole, value)).collect()
        };
        prop_assert_eq!(onsets(&a), onsets(&b));
    }
    #[test]
    fn joining_one_value_is_the_pattern_of_it(p in discrete(), span in span()) {
        let inner = p.clone();
        same(&Pattern::pure(1.0).inner_join(move |_| inner.clone()), &p, span)?;
    }

    // Time.
    #[test]
    fn fast_and_slow_are_inverse(p in pattern(), n in factor(), span in span()) {
        same(&p.fast(n).slow(n), &p, span)?;
        same(&p.slow(n).fast(n), &p, span)?;
    }
    #[test]
    fn fast_twice_is_fast_by_the_product(p in pattern(), a in factor(), b in factor(), span in span()) {
        same(&p.fast(a).fast(b), &p.fast(a * b), span)?;
    }
    #[test]
    fn early_and_late_are_inverse(p in pattern(), t in moment(), span in span()) {
        same(&p.early(t).late(t), &p, span)?;
        same(&p.late(t).early(t), &p, span)?;
    }
    #[test]
    fn late_twice_is_late_by_the_sum(p in pattern(), a in moment(), b in moment(), span in span()) {
        same(&p.late(a).late(b), &p.late(a + b), span)?;
    }
    #[test]
    fn fast_scales_shifts(p in pattern(), t in moment(), n in factor(), span in span()) {
        same(&p.late(t).fast(n), &p.fast(n).late(t / n), span)?;
    }
    #[test]
    fn rev_twice_changes_nothing(p in discrete(), cycle in -3i64..6) {
        same(&p.rev().rev(), &p, mag_pattern::Span::cycle(cycle))?;
    }
    #[test]
    fn ply_1_and_every_1_and_iter_1(p in discrete(), span in span()) {
        same(&p.ply(Time::ONE), &p, span)?;
        same(&p.first_of(1, Pattern::rev), &p.rev(), span)?;
        same(&p.iter(1, 1), &p, span)?;
        same(&p.repeat_cycles(1), &p, span)?;
        same(&slowcat(vec![p.clone()]), &p, span)?;
        same(&fastcat(vec![p.clone()]), &p, span)?;
    }
    #[test]
    fn zooming_into_a_compressed_cycle_gives_it_back(
        p in discrete(), a in 0i64..4, b in 5i64..9, cycle in 0i64..4
    ) {
        let (a, b) = (Time::new(a, 8), Time::new(b, 8));
        let cycle = mag_pattern::Span::cycle(cycle);
        let split = p.split_cycles();
        let small = mag_pattern::cat::compress(a, b, &split);
        let seen_once = |p: &Pattern| {
            let kept: Vec<_> = events(p, cycle).into_iter().filter(|h| h.has_onset()).collect();
            seen(&kept)
        };
        prop_assert_eq!(seen_once(&small.zoom(a, b)), seen_once(&p));
    }

    // Sequences.
    #[test]
    fn a_row_of_values_is_a_sequence_of_slots(values in prop::collection::vec(0i32..9, 1..9), span in span()) {
        let n = values.len() as i64;
        let row = fastcat(values.iter().map(|x| Pattern::pure(f64::from(*x))).collect());
        let slot = |(i, x): (i64, &i32)| Slot {
            begin: Time::new(i, n),
            end: Time::new(i + 1, n),
            value: Value::Num(f64::from(*x)),
            locs: Locs::none(),
        };
        let slots = (0..).zip(&values).map(slot).collect();
        same(&row, &Pattern::new(Seq::new(slots)), span)?;
    }
    #[test]
    fn fastcat_is_slowcat_faster(all in prop::collection::vec(discrete(), 1..5), span in span()) {
        let n = Time::int(all.len() as i64);
        same(&fastcat(all.clone()), &slowcat(all).fast(n), span)?;
    }
    #[test]
    fn even_weights_are_a_row(all in prop::collection::vec(0i32..9, 1..6), span in span()) {
        let row: Vec<Pattern> = all.iter().map(|x| Pattern::pure(f64::from(*x))).collect();
        let weighted = row.iter().map(|p| (Time::int(3), p.clone())).collect();
        same(&timecat(weighted), &fastcat(row), span)?;
    }

    // Structure and masks.
    #[test]
    fn a_mask_and_its_opposite_part_the_events(p in discrete(), gate in discrete(), span in span()) {
        // A gate without gaps: 0 is true for no event, the rest is.
        let gate = fastcat(vec![gate.euclid(3, 8, 0).map(|_| Value::Bool(true)), Pattern::pure(true)]);
        let inverse = gate.map(|v| Value::Bool(!v.truthy()));
        let both = stack(vec![p.mask(&gate), p.mask(&inverse)]);
        let all: Combine = Arc::new(|a, _| Ok(Some(a)));
        same(&both, &combine(Align::In, &p, &gate, all), span)?;
    }
    #[test]
    fn structure_has_the_wholes_of_its_gate(p in discrete(), k in 1i64..8, n in 1i64..9, span in span()) {
        let gate = mag_pattern::euclid::gate(&mag_pattern::euclid::bjorklund(k, n));
        let wholes: Vec<String> =
            events(&gate, span).iter().map(|h| format!("{:?}", h.whole)).collect();
        for hap in events(&p.structure(&gate), span) {
            prop_assert!(wholes.contains(&format!("{:?}", hap.whole)), "{hap:?}");
        }
        let all: usize = events(&Pattern::pure(1.0).structure(&gate), span).len();
        prop_assert_eq!(all, wholes.len());
    }

    // Chance.
    #[test]
    fn degrading_parts_the_events(p in discrete(), share in 0.0f64..1.0, seed in 0i64..99, span in span()) {
        let both = stack(vec![p.degrade_by(share, seed), p.undegrade_by(share, seed)]);
        same(&both, &p, span)?;
    }
    #[test]
    fn more_degrading_leaves_less(p in discrete(), a in 0.0f64..1.0, b in 0.0f64..1.0, span in span()) {
        let left = |share| seen(&events(&p.degrade_by(share, 5), span));
        let (many, few) = (left(a.min(b)), left(a.max(b)));
        prop_assert!(few.iter().all(|hap| many.contains(hap)));
    }
    #[test]
    fn chance_is_a_function_of_seed_and_time(t in moment(), seed in any::<i64>()) {
        let x = rand_at(t, seed);
        prop_assert!((0.0..1.0).contains(&x));
        prop_assert_eq!(x.to_bits(), rand_at(t, seed).to_bits());
    }
    #[test]
    fn a_permutation_has_every_index_once(n in 1usize..40, cycle in -5i64..50, seed in any::<i64>()) {
        let mut all = permutation(n, cycle, seed);
        all.sort_unstable();
        prop_assert_eq!(all, (0..n).collect::<Vec<_>>());
    }
    #[test]
    fn euclid_has_its_hits(k in 0i64..17, n in 1i64..17) {
        let rhythm = mag_pattern::euclid::bjorklund(k, n);
        prop_assert_eq!(rhythm.len() as i64, n);
        prop_assert_eq!(rhythm.iter().filter(|on| **on).count() as i64, k.min(n));
        // As even as can be: gaps between hits differ by one step at most.
        let hits: Vec<usize> = (0..rhythm.len()).filter(|i| rhythm[*i]).collect();
        let ends = hits.iter().skip(1).copied().chain(hits.first().map(|h| h + rhythm.len()));
        let gaps: Vec<usize> = hits.iter().zip(ends).map(|(a, b)| b - a).collect();
        if let (Some(least), Some(most)) = (gaps.iter().min(), gaps.iter().max()) {
            prop_assert!(most - least <= 1, "{rhythm:?}");
        }
    }
}
