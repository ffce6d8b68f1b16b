//! Generators: what is wished for, and what becomes of the answer, in a made-up world.
#![allow(clippy::expect_used)]

use mag_lang::Language;
use mag_lang::source::Source;
use mag_pattern::{
    Controls, Hap, Pattern, Phrase, PhraseNote, PhraseRequest, Query, Role, Span, Sym, Time, Value,
    World,
};
use std::sync::{Arc, Mutex};

/// Notes what it is asked for; answers each given note a little later and softer, or one note.
#[derive(Default)]
struct Made {
    wishes: Mutex<Vec<PhraseRequest>>,
    /// Verbs whose phrases never come.
    missing: Vec<&'static str>,
}

impl World for Made {
    fn phrase(&self, wish: &PhraseRequest) -> Option<Arc<Phrase>> {
        let mut wishes = self.wishes.lock().expect("a lock");
        if wishes.last() != Some(wish) {
            wishes.push(wish.clone());
        }
        if self.missing.contains(&wish.verb.as_str()) {
            return None;
        }
        let soft = || Value::from(Controls::one(Sym::new("gain"), Value::Num(0.5)));
        let notes = match wish.given.first() {
            Some(given) => (0..)
                .zip(given)
                .map(|(i, note)| PhraseNote {
                    of: Some(i),
                    shift: 0.01,
                    ..PhraseNote::new(note.onset, note.length, soft())
                })
                .collect(),
            None => vec![PhraseNote::new(
                Time::ZERO,
                Time::new(1, 2),
                Value::from(Controls::one(Sym::new("note"), Value::Num(60.0 + wish.seed as f64))),
            )],
        };
        Some(Arc::new(Phrase { length: Time::int(4), notes, stand_in: false }))
    }
}

fn pattern(text: &str) -> Pattern {
    let language = Language::new();
    language
        .expression(&language.empty(), &Source::new(1, "test", text))
        .unwrap_or_else(|problems| panic!("{text}: {problems:?}"))
}

fn refused(text: &str) -> String {
    let language = Language::new();
    let source = Source::new(1, "test", text);
    let problems = language.expression(&language.empty(), &source).expect_err(text);
    mag_lang::report::render(&problems, &mag_lang::source::Sources::from(source), false)
}

fn cycles(p: &Pattern, world: &Made, from: i64, to: i64) -> (Vec<Hap>, bool) {
    let mut query = Query::new(world);
    let mut haps = Vec::new();
    let mut late = false;
    for cycle in from..to {
        query.restart();
        p.query(Span::cycle(cycle), &mut query, &mut haps);
        assert_eq!(query.trouble(), None);
        late |= query.late;
    }
    (haps, late)
}

fn wishes(text: &str, cycle: i64) -> Vec<PhraseRequest> {
    let world = Made::default();
    let _ = cycles(&pattern(text), &world, cycle, cycle + 1);
    world.wishes.into_inner().expect("a lock")
}

#[test]
fn a_verb_keeps_what_it_does_not_change() {
    let world = Made::default();
    let p = pattern("s \"bd [~ sd:3]\" .lpf \"<300 600>\" .gain 0.9 .groove .bars 2");
    let (haps, late) = cycles(&p, &world, 0, 2);
    assert!(!late);
    let found: Vec<String> = haps.iter().map(|hap| hap.value.to_string()).collect();
    // A shift of a hundredth of a bar is 0.02 s at half a cycle a second.
    assert_eq!(found[0], "{cutoff: 300, gain: 0.5, nudge: 0.02, s: bd}");
    assert_eq!(found[3], "{cutoff: 600, gain: 0.5, n: 3, nudge: 0.02, s: sd}");
    let whole = |hap: &Hap| hap.whole.map(|w| (w.begin, w.end));
    assert_eq!(whole(&haps[3]), Some((Time::new(7, 4), Time::int(2))));
    assert!(haps.iter().all(|hap| !hap.locs.as_slice().is_empty()), "they light up in the editor");
    let wishes = world.wishes.into_inner().expect("a lock");
    assert_eq!(wishes.len(), 1, "controls that no model reads ask for nothing new");
    let given = &wishes[0].given[0];
    assert_eq!((given[0].sound.map(Sym::as_str), given[0].gain), (Some("bd"), 0.9));
    assert_eq!(given[1].sound.map(Sym::as_str), Some("sd"));
    assert_eq!(given[3].onset, Time::new(7, 4));
}

#[test]
fn plain_values_are_read_as_the_notes_or_sounds_that_they_are() {
    let (haps, _) = cycles(&pattern("\"bd ~ e3 60\" .groove .bars 1"), &Made::default(), 0, 1);
    let found: Vec<String> = haps.iter().map(|hap| hap.value.to_string()).collect();
    assert!(found[0].contains("s: bd") && found[2].contains("note: 60"), "{found:?}");
    let given = &wishes("\"bd ~ e3 60\" .groove .bars 1", 0)[0].given[0];
    assert_eq!(given.iter().map(|n| n.pitch).collect::<Vec<_>>(), [None, Some(52.0), Some(60.0)]);
    assert_eq!(wishes("sine .groove", 0), [], "a signal has no notes");
    assert_eq!(wishes("silence .groove", 0), []);
}

#[test]
fn what_is_not_there_yet_is_heard_as_it_is_written() {
    let world = Made { missing: vec!["groove"], ..Made::default() };
    let p = pattern("s \"bd*2\" .groove .bars 1");
    let (haps, late) = cycles(&p, &world, 0, 1);
    assert!(late);
    assert_eq!(
        haps.iter().map(|h| h.value.to_string()).collect::<Vec<_>>(),
        ["{s: bd}", "{s: bd}"]
    );
    // What is made of something that is missing is not even asked for.
    let world = Made { missing: vec!["melody"], ..Made::default() };
    let (_, late) = cycles(&pattern("groove (melody .bars 1) .bars 1"), &world, 0, 1);
    assert!(late);
    let verbs: Vec<&str> =
        world.wishes.lock().expect("a lock").iter().map(|w| w.verb.as_str()).collect();
    assert_eq!(verbs, ["melody"]);
}

#[test]
fn verbs_work_on_generators_and_under_combinators() {
    let found = wishes("groove (melody .bars 2 .seed 7) .bars 4", 0);
    let verbs: Vec<&str> = found.iter().map(|w| w.verb.as_str()).collect();
    assert_eq!(verbs, ["melody", "groove"]);
    assert_eq!(found[1].given[0].iter().map(|n| n.pitch).collect::<Vec<_>>(), [Some(67.0); 2]);
    let (haps, _) = cycles(
        &pattern("s \"bd sd\" .every 2 (.groove .bars 1) .off 1/4 (.speed 2)"),
        &Made::default(),
        0,
        2,
    );
    assert_eq!(haps.iter().filter(|hap| hap.has_onset()).count(), 8);
    let doubled = wishes("s \"bd sd\" .fast 2 .groove .bars 1", 0);
    assert_eq!(doubled[0].given[0].len(), 4);
}

#[test]
fn one_generator_conditions_another() {
    struct Chords;
    impl World for Chords {
        fn phrase(&self, wish: &PhraseRequest) -> Option<Arc<Phrase>> {
            let value = match wish.verb.as_str() {
                "chords" => Value::from(Controls::one(Sym::new("chord"), Value::word("Dm7"))),
                _ => Value::Num(wish.chords.len() as f64),
            };
            let notes = vec![PhraseNote::new(Time::ZERO, Time::ONE, value)];
            Some(Arc::new(Phrase { length: Time::int(4), notes, stand_in: false }))
        }
    }
    let mut query = Query::new(&Chords);
    let mut haps = Vec::new();
    pattern("melody .over (chords)").query(Span::cycle(0), &mut query, &mut haps);
    assert_eq!(haps[0].value, Value::Num(1.0));
}

#[test]
fn the_window_seed_and_settings_are_those_at_the_phrases_start() {
    let first = &wishes("drums .bars 2 .style \"<funk jazz>\" .fill 1 .seed \"<4 5>\"", 0)[0];
    let second = &wishes("drums .bars 2 .style \"<funk jazz>/2\" .fill 1 .seed \"<4 5>\"", 3)[0];
    assert_eq!((first.seed, second.seed), (4, 5));
    assert_eq!(first.setting("style"), Some(&Value::word("funk")));
    assert_eq!(second.setting("style"), Some(&Value::word("jazz")));
    assert_eq!(first.number("fill"), Some(1.0));
    assert_eq!(first.tempo, Some(120));
    assert_eq!(
        wishes("drums .kit \"bd sd\"", 0)[0].setting("kit").map(ToString::to_string).as_deref(),
        Some("bd:sd")
    );
}

#[test]
fn forms_return_share_motifs_and_vary() {
    let of =
        |bar| wishes("melody .bars 2 .form \"A A B A\" .seed \"<3 8>\" .vary 0.25", bar).remove(0);
    let (a, a2, b, a3, next) = (of(0), of(2), of(4), of(6), of(8));
    assert_eq!((a.seed, a.from.is_none(), a.verb.as_str()), (3, true, "melody"));
    let based =
        |wish: &PhraseRequest| wish.from.as_ref().map(|(role, first)| (*role, (**first).clone()));
    assert_eq!(based(&b), Some((Role::Prime, a.clone())), "B takes up the motifs of A");
    assert_eq!(based(&a2), Some((Role::Given, a.clone())));
    assert_eq!((a2.verb.as_str(), a2.number("share")), ("infill", Some(0.25)));
    assert_ne!(a2.seed, a3.seed, "each return varies in its own way");
    assert_eq!(next.seed, 8, "the form begins anew with the next seed");
    let plain = |bar| wishes("melody .bars 2 .form \"A A B A\"", bar).remove(0);
    assert_eq!(plain(0), plain(2), "without `.vary` it returns as it was");
    assert_eq!(plain(0), plain(6));
    let over = |bar| {
        wishes("melody .bars 2 .form \"A B\" .over {A: \"<C F>\", B: \"<G Am>\"}", bar)
            .remove(0)
            .chords
    };
    assert_eq!(over(2)[0].1.as_str(), "G");
    assert_eq!(over(4)[1].1.as_str(), "F");
}

#[test]
fn an_answer_listens_first() {
    let text = "answer (note \"<c4 d4 e4 f4>\") .bars 2";
    assert_eq!(wishes(text, 1), [], "it listens");
    let found = &wishes(text, 2)[0];
    assert_eq!(found.verb.as_str(), "melody");
    assert_eq!(found.prime.iter().map(|n| n.pitch).collect::<Vec<_>>(), [Some(60.0), Some(62.0)]);
    assert_eq!(wishes("answer (s \"bd sd\") .bars 1", 1)[0].verb.as_str(), "drums");
}

#[test]
fn models_of_the_performers_own_have_names() {
    let language = Language::new().with_models([
        ("mybeat", "drums"),
        ("mytouch", "groove"),
        ("odd", "klingon"),
        ("fast", "melody"),
        ("not a name", "melody"),
    ]);
    let wish = |text: &str| {
        let source = Source::new(1, "test", text);
        let p = language.expression(&language.empty(), &source).expect(text);
        let world = Made::default();
        let _ = cycles(&p, &world, 0, 1);
        world.wishes.into_inner().expect("a lock").remove(0)
    };
    assert_eq!(wish("mybeat .bars 2 .style \"funk\"").model.as_str(), "mybeat");
    let touched = wish("s \"bd\" .mytouch .amount 0.5");
    assert_eq!((touched.verb.as_str(), touched.model.as_str()), ("groove", "mytouch"));
    assert!(language.entries().iter().any(|entry| entry.name == "mybeat"));
    let source = Source::new(1, "test", "\"a b\" .fast 2");
    assert!(language.expression(&language.empty(), &source).is_ok(), "no model takes a name away");
}

#[test]
fn what_does_not_apply_says_so() {
    let text = refused("melody .style \"funk\"");
    assert!(text.contains("`melody` does not take `.style`"), "{text}");
    assert!(text.contains("drums"), "{text}");
    let text = refused("s \"bd\" .groove .amount 7");
    assert!(text.contains("from 0 to 2"), "{text}");
    let text = refused("drums .fast 2 .style \"funk\"");
    assert!(text.contains("comes too late"), "{text}");
    let text = refused("groove");
    assert!(text.contains("groove"), "{text}");
}

#[test]
fn voices_and_hands_are_told_what_they_were_asked() {
    let text =
        "note \"c3 g3\" .harmonize .bars 1 .voice \"bass\" .voices \"soprano alto\" .cadence 2";
    let wish = &wishes(text, 0)[0];
    assert_eq!((wish.verb.as_str(), wish.model.as_str()), ("harmonize", "chorale"));
    assert_eq!(wish.setting("voice"), Some(&Value::word("bass")));
    let voices = wish.setting("voices").map(ToString::to_string);
    assert_eq!(voices.as_deref(), Some("soprano:alto"));
    assert_eq!(wish.number("cadence"), Some(2.0));
    assert_eq!(wish.given[0][1].pitch, Some(55.0));
    let wish = &wishes("perform (note \"c4 e4\") .bars 1 .rubato 0.8", 0)[0];
    assert_eq!((wish.verb.as_str(), wish.model.as_str()), ("perform", "expression"));
    assert_eq!((wish.number("rubato"), wish.tempo), (Some(0.8), Some(120)));
    let wish = &wishes("performance .density 6 .register 48", 0)[0];
    assert_eq!((wish.number("density"), wish.tempo), (Some(6.0), Some(120)));
    assert_eq!(wishes("chorale", 0)[0].tempo, None, "voices sing the same at any tempo");
    let text = refused("chorale .density 4 .rubato 1");
    assert!(text.contains("rubato"), "{text}");
}

#[test]
fn the_amount_of_a_way_is_found_before_and_after_the_dot() {
    let wished = |text: &str| {
        let world = Made::default();
        let pattern = pattern(text);
        let mut query = Query::new(&world);
        pattern.query(Span::cycle(0), &mut query, &mut Vec::new());
        world.wishes.into_inner().expect("a lock").pop().expect("a wish")
    };
    let (p, q) = ("(note \"c4 e4\")", "(note \"g4*4\")");
    let written = wished(&format!("between {p} {q} 0.25"));
    assert_eq!(written, wished(&format!("{p} .between {q} 0.25")));
    assert_eq!(written.given.iter().map(Vec::len).collect::<Vec<_>>(), [8, 16]);
    assert_eq!(written.number("by"), Some(0.25));
    assert_eq!(wished(&format!("vary {p} 0.5")), wished(&format!("{p} .vary 0.5")));
    assert_eq!(wished("vary \"60 62\" 0.5"), wished("\"60 62\" .vary 0.5"));
    assert_eq!(wished(&format!("{p} .away {q} 0.5")).number("by"), Some(-0.5));
    assert_eq!(wished("s \"bd sd\" .more \"toms\" 1").model.as_str(), "drums-vae");
}

#[test]
fn an_amount_that_moves_is_followed_through_the_phrase() {
    let world = Made::default();
    let text = "note \"c4\" .vary saw .bars 1";
    pattern(text).query(Span::cycle(0), &mut Query::new(&world), &mut Vec::new());
    let wishes = world.wishes.into_inner().expect("a lock");
    let by = wishes.last().and_then(|wish| wish.setting("by")).expect("an amount");
    let Value::List(steps) = by else { panic!("{by}") };
    let steps: Vec<f64> = steps.iter().filter_map(Value::number).collect();
    assert_eq!(steps.len(), 16);
    assert!(steps.windows(2).all(|pair| pair[0] < pair[1]), "{steps:?}");
}
