//! Events as models read them: which notes a pattern has in the time of a phrase.

use mag_pattern::{Given, Hap, Pattern, Query, Span, Sym, Time, Value};

/// The most notes of a pattern that a model is given for one phrase.
const MOST: usize = 4096;

/// The events of a pattern that begin in a span, by onset, and the notes that they are. What is
/// neither note nor sound (a signal, a truth value) is left out.
pub(super) fn read(p: &Pattern, span: Span, q: &mut Query) -> (Vec<Hap>, Vec<Given>) {
    let mut found = haps(p, span, q);
    found.retain(Hap::has_onset);
    found.sort_by(|a, b| {
        let at = |hap: &Hap| hap.part.begin;
        at(a).partial_cmp(&at(b)).unwrap_or(std::cmp::Ordering::Equal)
    });
    let note = |hap: Hap| {
        let given = given(&hap, span.begin)?;
        Some((hap, given))
    };
    found.into_iter().filter_map(note).take(MOST).unzip()
}

/// One event as a note. A plain number or note name is a pitch, a plain word a sound.
fn given(hap: &Hap, start: Time) -> Option<Given> {
    let whole = hap.whole?;
    let (onset, length) = (whole.begin - start, whole.duration());
    let note = |pitch: Option<f64>, sound: Option<Sym>, gain: f64| {
        let heard = pitch.is_some() || sound.is_some();
        heard.then_some(Given { onset, length, pitch, sound, gain })
    };
    match &hap.value {
        Value::Map(controls) => {
            let number = |name: &str| controls.number(Sym::new(name)).filter(|x| x.is_finite());
            let word = |name: &str| controls.get(Sym::new(name)).and_then(sound_of);
            let sound = word("s").or_else(|| word("sound"));
            let hertz = || number("freq").filter(|f| *f > 0.0);
            let pitch = number("note")
                .or_else(|| number("midinote"))
                .or_else(|| hertz().map(|f| 69.0 + 12.0 * (f / 440.0).log2()))
                .or_else(|| if sound.is_none() { number("n") } else { None });
            let gain = number("gain").unwrap_or(1.0) * number("velocity").unwrap_or(1.0);
            note(pitch, sound, gain)
        }
        Value::Bool(_) => None,
        plain => match plain.number().filter(|x| x.is_finite()) {
            Some(pitch) => note(Some(pitch), None, 1.0),
            None => note(None, sound_of(plain), 1.0),
        },
    }
}

/// The sound of a value, without its variant.
fn sound_of(value: &Value) -> Option<Sym> {
    match value {
        Value::Word(word) => match word.as_str().split_once(':') {
            Some((sound, _)) => Some(Sym::new(sound)),
            None => Some(*word),
        },
        Value::List(items) => items.first().and_then(sound_of),
        _ => None,
    }
}

/// An event's value as controls: what is plain is told as the note or sound that it is.
pub(super) fn controls_of(value: &Value) -> mag_pattern::Controls {
    let one = |name: &str| mag_pattern::Controls::one(Sym::new(name), value.clone());
    match value {
        Value::Map(controls) => controls.clone(),
        plain if plain.number().is_some() => one("note"),
        _ => one("s"),
    }
}

pub(super) fn haps(p: &Pattern, span: Span, q: &mut Query) -> Vec<Hap> {
    let mut found = Vec::new();
    p.query(span, q, &mut found);
    found
}

pub(super) fn spelled(v: &Value) -> Sym {
    match v {
        Value::Word(w) => *w,
        other => Sym::new(&other.to_string()),
    }
}

/// The value at the start of a cycle.
pub(super) fn first_value(p: &Pattern, cycle: i64, q: &mut Query) -> Option<Value> {
    if let Some(value) = p.constant() {
        return Some(value.clone());
    }
    let found = haps(p, Span::cycle(cycle), q);
    found
        .into_iter()
        .min_by(|a, b| a.part.begin.partial_cmp(&b.part.begin).unwrap_or(std::cmp::Ordering::Equal))
        .map(|h| h.value)
}

/// Chord symbols and where in the span they start.
pub(super) fn chords(p: &Pattern, span: Span, q: &mut Query) -> Vec<(Time, Sym)> {
    let mut all: Vec<(Time, Sym)> = haps(p, span, q)
        .iter()
        .map(|hap| {
            let name = hap.value.controls().and_then(|m| m.get(Sym::new("chord")));
            (hap.part.begin - span.begin, spelled(name.unwrap_or(&hap.value)))
        })
        .collect();
    all.sort_by(|a, b| a.0.partial_cmp(&b.0).unwrap_or(std::cmp::Ordering::Equal));
    // A chord that merely goes on over a bar line is one chord.
    all.dedup_by(|later, earlier| later.1 == earlier.1);
    all
}
