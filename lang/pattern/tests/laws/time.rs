//! Exact time against another library's rationals of twice the width.

use mag_pattern::{Span, Time};
use num_rational::Ratio;
use num_traits::Zero;
use proptest::prelude::*;

type Wide = Ratio<i128>;

/// Numerators and denominators of all sizes, the extremes included.
fn part() -> impl Strategy<Value = i64> {
    prop_oneof![
        4 => -1000i64..1000,
        2 => any::<i32>().prop_map(i64::from),
        1 => any::<i64>(),
        1 => prop::sample::select(vec![i64::MAX, i64::MIN, i64::MAX - 1, i64::MIN + 1, 0, 1, -1]),
    ]
}

fn wide(n: i64, d: i64) -> Option<Wide> {
    (d != 0).then(|| Wide::new(i128::from(n), i128::from(d)))
}

/// The time equals the rational, or is undefined where that does not fit.
fn agree(time: Time, exact: Option<Wide>) -> Result<(), TestCaseError> {
    let fits = exact
        .and_then(|r| Some((i64::try_from(*r.numer()).ok()?, i64::try_from(*r.denom()).ok()?)));
    match fits {
        Some((n, d)) => {
            prop_assert!(time.is_defined(), "undefined, not {n}/{d}");
            prop_assert_eq!((time.numerator(), time.denominator()), (n, d));
        }
        None => prop_assert!(!time.is_defined(), "{time} for {exact:?}"),
    }
    Ok(())
}

/// A time and the same as a rational.
fn both() -> impl Strategy<Value = (Time, Wide)> {
    (part(), part()).prop_filter_map("defined", |(n, d)| {
        let time = Time::new(n, d);
        time.is_defined().then(|| (time, Wide::new(n.into(), d.into())))
    })
}

/// What `f` makes, unless it overflows even the wide rationals.
fn checked(f: impl FnOnce() -> Option<Wide>) -> Option<Wide> {
    f()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(5000) })]

    #[test]
    fn fractions_are_reduced(n in part(), d in part()) {
        agree(Time::new(n, d), wide(n, d))?;
    }
    #[test]
    fn sums((a, x) in both(), (b, y) in both()) {
        use num_traits::CheckedAdd;
        agree(a + b, checked(|| x.checked_add(&y)))?;
    }
    #[test]
    fn differences((a, x) in both(), (b, y) in both()) {
        use num_traits::CheckedSub;
        // (the least number has no opposite, so it cannot be taken away)
        prop_assume!(b.numerator() != i64::MIN);
        agree(a - b, checked(|| x.checked_sub(&y)))?;
    }
    #[test]
    fn products((a, x) in both(), (b, y) in both()) {
        use num_traits::CheckedMul;
        agree(a * b, checked(|| x.checked_mul(&y)))?;
    }
    #[test]
    fn quotients((a, x) in both(), (b, y) in both()) {
        use num_traits::CheckedDiv;
        prop_assume!(b.numerator() != i64::MIN);
        agree(a / b, checked(|| if y.is_zero() { None } else { x.checked_div(&y) }))?;
    }
    #[test]
    fn order((a, x) in both(), (b, y) in both()) {
        prop_assert_eq!(a.partial_cmp(&b), Some(x.cmp(&y)));
    }
    #[test]
    fn floors((a, x) in both()) {
        prop_assert_eq!(i128::from(a.floor()), x.floor().to_integer());
        prop_assert!(a.sam() <= a && (!a.next_sam().is_defined() || a < a.next_sam()));
    }
    #[test]
    fn cycles_move_by_whole_numbers((a, x) in both(), n in part()) {
        use num_traits::CheckedAdd;
        agree(a.add_int(n), x.checked_add(&Wide::from(i128::from(n))))?;
    }
    #[test]
    fn undefined_spreads((a, _) in both()) {
        for t in [a + Time::UNDEFINED, a * Time::UNDEFINED, Time::UNDEFINED / a, a / Time::ZERO] {
            prop_assert!(!t.is_defined());
        }
        prop_assert_eq!(a.partial_cmp(&Time::UNDEFINED), None);
        prop_assert!(!a.min(Time::UNDEFINED).is_defined() && !a.max(Time::UNDEFINED).is_defined());
    }
    #[test]
    fn doubles_of_short_fractions_come_back(n in -5000i64..5000, d in 1i64..500) {
        let time = Time::new(n, d);
        prop_assert_eq!(Time::from_f64(time.to_f64()), time);
    }
    #[test]
    fn the_shared_part_of_spans_is_symmetric(a in -9i64..9, b in 1i64..9, c in -9i64..9, d in 1i64..9) {
        let one = Span::new(Time::new(a, 3), Time::new(a + b, 3));
        let other = Span::new(Time::new(c, 4), Time::new(c + d, 4));
        prop_assert_eq!(one.sect(other), other.sect(one));
        if let Some(shared) = one.sect(other) {
            prop_assert!(one.begin <= shared.begin && shared.end <= one.end);
            prop_assert!(other.begin <= shared.begin && shared.end <= other.end);
        }
    }
    #[test]
    fn the_cycles_of_a_span_make_it_up(n in -50i64..50, d in 1i64..9, length in 1i64..60) {
        let span = Span::new(Time::new(n, d), Time::new(n + length, d));
        let mut at = span.begin;
        span.each_cycle(|cycle, piece| {
            assert_eq!(piece.begin, at);
            assert!(Time::int(cycle) <= piece.begin && piece.end <= Time::int(cycle + 1));
            at = piece.end;
        });
        prop_assert_eq!(at, span.end);
    }
}
