//! Did you mean.

use mag_lang::suggest::nearest;

const NAMES: [&str; 22] = [
    "fast",
    "slow",
    "scale",
    "rev",
    "every",
    "sometimes",
    "sometimesBy",
    "degradeBy",
    "room",
    "gain",
    "sound",
    "shape",
    "speed",
    "lpf",
    "hpf",
    "n",
    "s",
    "struct",
    "euclid",
    "stack",
    "cat",
    "jux",
];

#[test]
fn slips_of_the_finger_are_seen_through() {
    let expected = [
        ("scael", "scale"), // swapped
        ("fst", "fast"),    // left out
        ("sloww", "slow"),  // doubled
        ("gaim", "gain"),   // changed
        ("Sound", "sound"), // case
        ("degradeby", "degradeBy"),
        ("somtimesBy", "sometimesBy"),
        ("eucl", "euclid"), // begun
        ("lpff", "lpf"),
        ("rve", "rev"),
    ];
    for (typed, meant) in expected {
        assert_eq!(nearest(typed, NAMES, 3).first(), Some(&meant), "{typed}");
    }
}

#[test]
fn far_words_suggest_nothing() {
    for typed in ["kick", "zzzzzz", "", "x", "♪", "wobble", "interval"] {
        assert!(nearest(typed, NAMES, 3).is_empty(), "{typed}: {:?}", nearest(typed, NAMES, 3));
    }
}

#[test]
fn no_more_than_asked_and_the_likeliest_first() {
    let found = nearest("sometimesB", NAMES, 2);
    assert_eq!(found, ["sometimesBy", "sometimes"]);
    assert_eq!(nearest("sometimesB", NAMES, 1).len(), 1);
    let huge = "a".repeat(1_000_000);
    assert!(nearest(&huge, [huge.as_str(), "b"], 3).is_empty());
}
