//! Laws of asking: a pattern is one function of time, however it is asked.

use super::made::{discrete, events, factor, merged, moment, pattern, seen, span};
use mag_pattern::cat::stack;
use mag_pattern::{Pattern, Span, Time};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]

    /// A span asked in two pieces gives the fragments of what it gives in one.
    #[test]
    fn a_query_cut_in_two_is_the_whole(p in discrete(), span in span(), share in 1i64..8) {
        let cut = span.begin + span.duration() * Time::new(share, 8);
        let mut pieces = events(&p, Span::new(span.begin, cut));
        pieces.extend(events(&p, Span::new(cut, span.end)));
        let whole = events(&p, span);
        prop_assert_eq!(seen(&merged(pieces)), seen(&merged(whole)));
    }

    /// Parts lie in the span and in their wholes, and no part is empty.
    #[test]
    fn parts_lie_in_the_span(p in pattern(), span in span()) {
        for hap in events(&p, span) {
            prop_assert!(span.begin <= hap.part.begin && hap.part.end <= span.end, "{hap:?}");
            prop_assert!(hap.part.begin < hap.part.end, "{hap:?}");
            if let Some(whole) = hap.whole {
                prop_assert!(whole.begin <= hap.part.begin && hap.part.end <= whole.end, "{hap:?}");
            }
        }
    }

    /// An onset is met exactly once, by the piece that it lies in.
    #[test]
    fn every_onset_is_met_once(p in discrete(), n in 2i64..7) {
        let onsets = |haps: Vec<_>| {
            let kept: Vec<_> = haps.into_iter().filter(mag_pattern::Hap::has_onset).collect();
            let mut starts: Vec<String> =
                kept.iter().map(|h| format!("{:?} {:?}", h.whole, h.value)).collect();
            starts.sort();
            starts
        };
        let pieces = (0..3 * n).flat_map(|i| {
            events(&p, Span::new(Time::new(i, n), Time::new(i + 1, n)))
        });
        let in_one = events(&p, Span::new(Time::ZERO, Time::int(3)));
        prop_assert_eq!(onsets(pieces.collect()), onsets(in_one));
    }

    /// A moment inside of events gives what sounds then. (At its ends a mirrored event counts the
    /// other end as its own.)
    #[test]
    fn a_moment_gives_what_sounds_then(p in discrete(), t in moment(), length in factor()) {
        let t = t + Time::new(1, 1001);
        let at = events(&p, Span::new(t, t));
        let around = events(&p, Span::new(t, t + length));
        let sounding = around.iter().filter(|h| h.part.begin == t);
        let text = |h: &mag_pattern::Hap| format!("{:?} {:?}", h.whole, h.value);
        let mut then: Vec<String> = at.iter().map(text).collect();
        let mut from: Vec<String> = sounding.map(text).collect();
        then.sort();
        from.sort();
        prop_assert_eq!(then, from);
    }

    /// Asking twice gives the same, order included.
    #[test]
    fn asking_twice_gives_the_same(p in pattern(), span in span()) {
        prop_assert_eq!(events(&p, span), events(&p, span));
    }

    /// The order of a stack does not matter, nor does how it is bracketed.
    #[test]
    fn stacks_commute(a in pattern(), b in pattern(), c in pattern(), span in span()) {
        let once = stack(vec![a.clone(), b.clone(), c.clone()]);
        let other = stack(vec![c, stack(vec![b, a])]);
        prop_assert_eq!(seen(&events(&once, span)), seen(&events(&other, span)));
    }

    /// Silence adds nothing.
    #[test]
    fn silence_is_neutral_in_stacks(p in pattern(), span in span()) {
        let with = stack(vec![p.clone(), Pattern::silence()]);
        prop_assert_eq!(seen(&events(&with, span)), seen(&events(&p, span)));
    }
}
