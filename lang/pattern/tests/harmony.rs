//! Harmony against what Strudel and Tidal answer, and against theory.

#![allow(clippy::expect_used)]

#[path = "harmony/case.rs"]
mod case;
#[path = "harmony/mini.rs"]
mod mini;

use case::{events, listed_events, pattern};
use mag_pattern::harmony::{
    Interval, Pitch, Scale, arp, chord_names, chord_symbols, rolled, rolled_by, scale, scale_names,
    scale_transpose, tidal_chord, to_scale, to_scale_in, transpose, voicing,
};
use mag_pattern::{Controls, Pattern, Query, Span, Sym, Time, Value};
use mini::mini;
use serde_json::Value as Json;

fn shared(file: &str) -> String {
    let path = format!("{}/../../tests/conformance/{file}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"))
}

fn json_lines(text: &str) -> Vec<Json> {
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

fn check(case: &Json) {
    let p = pattern(&case["tree"]);
    for cycle in 0..case["to"].as_i64().expect("a number of cycles") {
        assert_eq!(events(&p, cycle), listed_events(case, cycle), "{} cycle {cycle}", case["tree"]);
    }
}

/// The values of the first cycle.
fn values(p: &Pattern) -> String {
    let all: Vec<_> = p.events(0, 1).iter().map(|hap| hap.value.to_string()).collect();
    all.join(" ")
}

/// What a query of the first cycle complains about.
fn trouble(p: &Pattern) -> String {
    let mut q = Query::default();
    p.query(Span::cycle(0), &mut q, &mut Vec::new());
    q.trouble().map(|t| t.message.clone()).unwrap_or_default()
}

fn control(name: &str, p: &Pattern) -> Pattern {
    let name = Sym::new(name);
    p.map(move |v| Value::Map(Controls::one(name, v.clone())))
}

#[test]
fn shared_cases_match_strudel() {
    let cases = json_lines(&shared("functions.jsonl"));
    let tonal: Vec<_> = cases.iter().filter(|case| case["cat"] == "tonal").collect();
    assert!(tonal.len() >= 26, "only {} cases", tonal.len());
    tonal.into_iter().for_each(check);
}

/// `harmony/strudel.jsonl` holds what Strudel 1.2.6 answered, in the format of the shared cases.
#[test]
fn more_answers_of_strudel() {
    json_lines(include_str!("harmony/strudel.jsonl")).iter().for_each(check);
}

#[test]
fn tidal_cases_match_tidal() {
    let major = vec![0.0, 2.0, 4.0, 5.0, 7.0, 9.0, 11.0];
    let note_word = |word: &str| tidal_chord(word).expect("a chord word").expect("a chord");
    let stacked = |notes: Vec<f64>| {
        control("note", &mag_pattern::cat::stack(notes.into_iter().map(Pattern::pure).collect()))
    };
    let both = [note_word("c'min7"), note_word("f'dom7")].map(stacked).to_vec();
    let ours = [
        ("tidal-045", to_scale(major, &mini("0 1 2 7 -1"))),
        ("tidal-046", to_scale_in(12.0, vec![0.0, 3.0, 7.0], &mini("0 1 2 3"))),
        ("tidal-049", scale("ritusen", &mini("0 .. 5")).expect("a scale")),
        ("tidal-050", arp(&mini("up"), &mini("[0,4,7]"))),
        ("tidal-052", rolled(&mini("[0,4,7]"))),
        ("tidal-056", stacked(note_word("c'maj7'ii"))),
        ("tidal-057", mag_pattern::cat::slowcat(both)),
    ];
    let cases = json_lines(&shared("tidal_only.jsonl"));
    for (id, p) in ours {
        let case = cases.iter().find(|case| case["id"] == id).expect(id);
        for cycle in 0..4 {
            assert_eq!(events(&p, cycle), listed_events(case, cycle), "{id} cycle {cycle}");
        }
    }
}

#[test]
fn all_scales_have_their_steps_under_all_their_names() {
    let tables: Json = serde_json::from_str(&shared("tables.json")).expect("JSON");
    let scales = tables["scales"].as_object().expect("scales");
    assert_eq!(scales.len(), 92);
    for (name, row) in scales {
        let listed: Vec<i64> = serde_json::from_value(row["semitones"].clone()).expect("numbers");
        let aliases = row["aliases"].as_array().expect("aliases").iter();
        let names: Vec<&str> = aliases.filter_map(Json::as_str).chain([name.as_str()]).collect();
        for name in names {
            let scale = Scale::parse(&format!("C {name}")).expect(name);
            let ours: Vec<i64> = scale.steps.iter().map(|s| i64::from(s.semitones)).collect();
            assert_eq!(ours, listed, "{name}");
            assert!(scale_names().any(|known| known == name), "{name} is not listed");
        }
    }
}

#[test]
fn tidal_names_of_scales_are_known() {
    for (name, steps) in [
        ("minPent", vec![0, 3, 5, 7, 10]),
        ("harmonicMinor", vec![0, 2, 3, 5, 7, 8, 11]),
        ("hexDorian", vec![0, 2, 3, 5, 7, 10]),
        ("marva", vec![0, 1, 4, 6, 7, 9, 11]),
        ("messiaen6", vec![0, 2, 4, 5, 6, 8, 10, 11]),
    ] {
        let scale = Scale::parse(name).expect(name);
        assert_eq!(scale.steps.iter().map(|s| s.semitones).collect::<Vec<_>>(), steps, "{name}");
    }
}

#[test]
fn every_step_of_every_scale_is_spelled_as_it_sounds() {
    for name in scale_names() {
        let scale = Scale::parse(&format!("Eb2 {name}")).expect(name);
        for step in -20..20 {
            let note = scale.note(step).to_string();
            let sounds = mag_pattern::note::midi(&note).expect("a note");
            let octave = 12 * step.div_euclid(scale.steps.len() as i32);
            let above = scale.steps[step.rem_euclid(scale.steps.len() as i32) as usize].semitones;
            assert_eq!(sounds, f64::from(39 + octave + above), "{name} step {step}: {note}");
        }
    }
}

#[test]
fn scale_transpose_undoes_itself_and_counts_octaves() {
    for name in ["C:major", "G:major:pentatonic", "A#:minor", "Cb:lydian", "F:chromatic"] {
        let steps = Scale::parse(name).expect(name).steps.len() as f64;
        let plain = scale(name, &mini("0 3 -2 9")).expect(name);
        let there = scale_transpose(5.0, &plain);
        assert_eq!(values(&scale_transpose(-5.0, &there)), values(&plain), "{name}");
        let octave = transpose(&Value::Num(12.0), &plain).expect("semitones");
        assert_eq!(values(&scale_transpose(steps, &plain)), values(&octave), "{name}");
    }
}

#[test]
fn notes_outside_the_scale_keep_their_distance() {
    let notes = scale("C:major", &mini("0 2")).expect("a scale");
    let sharp = transpose(&Value::word("1A"), &notes).expect("an interval");
    assert_eq!(values(&sharp), "C#3 E#3");
    assert_eq!(values(&scale_transpose(1.0, &sharp)), "Eb3 G3");
}

#[test]
fn a_second_scale_takes_the_place_of_the_first() {
    let major = scale("C:major", &mini("c e b")).expect("a scale");
    let minor = scale("C:minor", &major).expect("a scale");
    assert_eq!(values(&minor), "C3 F3 C4");
    assert_eq!(values(&scale_transpose(2.0, &minor)), "Eb3 Ab3 Eb4");
}

#[test]
fn degrees_count_in_the_scale_with_sharps_and_transposition() {
    // SuperCollider's `degree`: from 0, a tenth more is a sharp, `mtranspose` in degrees.
    let degree = |degree: f64, more: f64| {
        let controls = Controls::one(Sym::new("degree"), Value::Num(degree));
        let controls = controls.with(Sym::new("mtranspose"), Value::Num(more));
        let p = scale("d4:dorian", &Pattern::pure(Value::Map(controls))).expect("a scale");
        p.events(0, 1)[0].value.controls().map(ToString::to_string).unwrap_or_default()
    };
    let cases = [
        ((0.0, 0.0), "D4"),
        ((2.0, 0.0), "F4"),
        ((2.1, 0.0), "Gb4"),
        ((7.0, 0.0), "D5"),
        ((-1.0, 0.0), "C4"),
        ((2.0, 3.0), "B4"),
    ];
    for ((at, more), note) in cases {
        let one = Controls::one(Sym::new("note"), Value::word(note)).to_string();
        assert_eq!(degree(at, more), one, "{at} {more}");
    }
}

#[test]
fn intervals_add_up() {
    for semitones in -30..30 {
        assert_eq!(Interval::from_semitones(semitones).semitones, semitones);
    }
    let interval = |text| Interval::parse(text).expect(text);
    assert_eq!(interval("3M") + interval("3m"), interval("5P"));
    assert_eq!(interval("P5") + interval("4P"), Interval::octaves(1));
    assert_eq!(interval("-2M"), -interval("2M"));
    assert_eq!(interval("4A").semitones, interval("5d").semitones);
    for wrong in ["", "3", "M", "3P", "5M", "0P", "9x", "99999999999M", "3Mm"] {
        assert!(Interval::parse(wrong).is_err(), "{wrong}");
    }
    let pitch = Pitch::parse("g#3").expect("a note").raised(interval("3M"));
    assert_eq!(pitch.to_string(), "B#3");
}

#[test]
fn spellings_of_a_chord_voice_alike() {
    for alike in [
        ["C", "CM", "Cmaj"],
        ["C^7", "Cmaj7", "CΔ"],
        ["Cm7", "C-7", "Cmin7"],
        ["CmM7", "C-^7", "Cm(maj7)"],
        ["C7sus", "C7sus4", "C7(sus4)"],
        ["C69", "C6/9", "C6/9/E"],
        ["Calt", "C7alt", "C7(alt)"],
        ["C°7", "Cdim7", "Co7"],
        ["C+", "Caug", "C+5"],
        ["C7#5", "C+7", "Caug7"],
        ["C", "C/G", "C/Bb"],
    ] {
        let voiced = alike.map(|chord| values(&voicing(&Pattern::pure(Value::word(chord)))));
        assert!(!voiced[0].is_empty(), "{alike:?}");
        assert!(voiced.iter().all(|v| *v == voiced[0]), "{alike:?}: {voiced:?}");
    }
}

#[test]
fn voicings_hold_to_their_anchor() {
    let number = |hap: &mag_pattern::Hap| {
        let note = hap.value.controls().and_then(|c| c.number(Sym::new("note")));
        note.expect("a note")
    };
    for symbol in chord_symbols() {
        for root in ["C", "F#", "Bb"] {
            for anchor in [60.0, 67.0, 73.0] {
                let voiced = |mode: &str| {
                    let controls = Controls::one(Sym::new("mode"), Value::word(mode))
                        .with(Sym::new("chord"), Value::word(&format!("{root}{symbol}")))
                        .with(Sym::new("anchor"), Value::Num(anchor));
                    let events = voicing(&Pattern::pure(Value::Map(controls))).events(0, 1);
                    events.iter().map(number).collect::<Vec<_>>()
                };
                let below = voiced("below");
                let top = below.iter().copied().fold(f64::MIN, f64::max);
                assert!(top <= anchor && anchor - top < 12.0, "{root}{symbol} {anchor}: {below:?}");
                assert!(voiced("duck").iter().all(|n| *n != anchor), "{root}{symbol}");
            }
        }
    }
}

#[test]
fn arpeggios_follow_their_names() {
    let chord = mini("[0,1,2,3]");
    for (mode, order) in [
        ("up", "0 1 2 3"),
        ("down", "3 2 1 0"),
        ("updown", "0 1 2 3 2 1"),
        ("downup", "3 2 1 0 1 2"),
        ("up&down", "0 1 2 3 3 2 1 0"),
        ("down&up", "3 2 1 0 0 1 2 3"),
        ("converge", "0 3 1 2"),
        ("diverge", "2 1 3 0"),
        ("disconverge", "0 3 1 2 1 3 0"),
        ("pinkyup", "0 3 1 3 2 3"),
        ("pinkyupdown", "0 3 1 3 2 3 2 3 1 3"),
        ("thumbup", "0 1 0 2 0 3"),
        ("thumbupdown", "0 1 0 2 0 3 0 2 0 1"),
    ] {
        assert_eq!(values(&arp(&Pattern::pure(Value::word(mode)), &chord)), order, "{mode}");
    }
    assert_eq!(values(&arp(&mini("-1 0.5"), &chord)), "3 0");
    assert_eq!(values(&arp(&mini("up"), &Pattern::silence())), "");
}

#[test]
fn a_negative_roll_begins_with_the_last_note() {
    let roll = rolled_by(Time::new(-3, 4), &mini("[0,4,7]"));
    let begins = |v: f64| {
        let events = roll.events(0, 1).into_iter();
        events.filter(|h| h.value == Value::Num(v)).map(|h| h.whole.map(|w| w.begin)).next()
    };
    assert_eq!(begins(7.0), Some(Some(Time::ZERO)));
    assert_eq!(begins(4.0), Some(Some(Time::new(1, 4))));
    assert_eq!(begins(0.0), Some(Some(Time::new(1, 2))));
}

#[test]
fn chord_words_of_tidal() {
    let notes = |text| tidal_chord(text).expect(text).expect(text);
    assert_eq!(notes("e'min"), [4.0, 7.0, 11.0]);
    assert_eq!(notes("cs4'major"), [-11.0, -7.0, -4.0]);
    assert_eq!(notes("-3'dom7"), [-3.0, 1.0, 4.0, 7.0]);
    assert_eq!(notes("c'maj'5"), [0.0, 4.0, 7.0, 12.0, 16.0]);
    assert_eq!(notes("c'maj7'o"), [-12.0, -5.0, 4.0, 11.0]);
    assert_eq!(notes("c'maj7'd1"), [-1.0, 0.0, 4.0, 7.0]);
    assert_eq!(notes("c'maj7'd2"), [-5.0, 0.0, 4.0, 11.0]);
    assert_eq!(notes("c'maj'5'i"), [4.0, 7.0, 12.0, 16.0, 12.0]);
    assert_eq!(notes("c'i"), [4.0, 7.0, 12.0]);
    assert!(["c", "bd", "c'", "it's", "'maj"].iter().all(|text| tidal_chord(text).is_none()));
    let wrong = tidal_chord("c'mjaor").expect("a chord word");
    assert_eq!(wrong, Err("no chord `mjaor`; did you mean `major`?".into()));
    assert!(chord_names().all(|name| matches!(tidal_chord(&format!("c'{name}")), Some(Ok(_)))));
}

#[test]
fn faults_are_named() {
    let scale_fault = |name| scale(name, &mini("0")).expect_err(name);
    assert_eq!(scale_fault("C:dorain"), "no scale `dorain`; did you mean `dorian`?");
    assert_eq!(
        scale_fault("major:pentatonik"),
        "no scale `major pentatonik`; did you mean `major pentatonic`?"
    );
    assert_eq!(scale_fault("C4"), "`C4` does not say which scale: write `C4:major`");
    assert!(scale_fault("").contains("write `C:major`"));
    assert!(transpose(&Value::word("3X"), &mini("c")).is_err_and(|m| m.contains("`3X`")));

    let bare = scale_transpose(1.0, &mini("c e"));
    assert_eq!(values(&bare), "c e");
    assert!(trouble(&bare).contains("`scale`"));
    assert!(trouble(&scale("C:major", &mini("0 xyz")).expect("a scale")).contains("`xyz`"));
    assert!(trouble(&voicing(&mini("Hm7"))).contains("`Hm7`"));
    assert!(trouble(&voicing(&mini("Cm7b6b"))).contains("no chord `m7b6b`"));
    assert!(trouble(&arp(&mini("upp"), &mini("0,1"))).contains("did you mean `up`?"));
    let dictionary = control("dictionary", &mini("lefthnd"));
    let both = dictionary
        .map(|v| Value::Map(v.clone().into_controls().with(Sym::new("chord"), Value::word("C7"))));
    assert!(trouble(&voicing(&both)).contains("did you mean `lefthand`?"));
    let nothing = to_scale(Vec::new(), &mini("0 1"));
    assert!(trouble(&nothing).contains("empty"));
}

#[test]
fn extreme_numbers_do_no_harm() {
    let extremes = mini("1e300 -1e300 1e9 NaN inf");
    for p in [
        scale("C:major", &extremes).expect("a scale"),
        to_scale(vec![0.0, 1.0], &extremes),
        scale_transpose(1e300, &scale("C:major", &mini("0")).expect("a scale")),
        arp(&extremes, &mini("[0,1]")),
        rolled_by(Time::from_f64(1e12), &mini("[0,1]")),
        transpose(&Value::Num(1e300), &mini("c 3")).expect("semitones"),
    ] {
        p.events(0, 1);
    }
}
