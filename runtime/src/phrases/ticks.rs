//! Between the bars of patterns and the ticks of models.

use mag_models::{Note, TICKS_PER_BEAT, Ticks};
use mag_pattern::{Controls, Given, PhraseNote, PhraseRequest, Sym, Time, Value};

/// Ticks in a bar.
pub fn bar_ticks(meter: (u32, u32)) -> i64 {
    (4 * i64::from(TICKS_PER_BEAT) * i64::from(meter.0) / i64::from(meter.1.max(1))).max(1)
}

/// Quarter notes in a bar.
pub fn quarters(meter: (u32, u32)) -> f64 {
    4.0 * f64::from(meter.0) / f64::from(meter.1.max(1))
}

/// The nearest tick to a moment in bars.
pub fn ticks(at: Time, bar: i64) -> Ticks {
    let half = Time::new(1, 2);
    u32::try_from((at * Time::int(bar) + half).floor()).unwrap_or(0)
}

/// A moment in bars.
pub fn bars(ticks: Ticks, bar: i64) -> Time {
    Time::new(i64::from(ticks), bar)
}

/// The notes that have a pitch, in ticks; pitches are rounded to semitones.
pub fn notes(given: &[Given], bar: i64) -> Vec<Note> {
    given.iter().filter_map(|note| pitched(note, bar)).collect()
}

/// One note in ticks, if it has a pitch.
pub fn pitched(note: &Given, bar: i64) -> Option<Note> {
    let pitch = note.pitch.filter(|p| p.is_finite())?.round().clamp(0.0, 127.0) as u8;
    let onset = ticks(note.onset, bar);
    Some(Note { onset, duration: ticks(note.length, bar).max(1), pitch })
}

/// Where an answer lies: its first tick from the start of the prime, and its length.
pub fn place(wish: &PhraseRequest) -> Option<(Ticks, Ticks)> {
    let bar = bar_ticks(wish.meter) as f64;
    let tick = |name| wish.number(name).map(|bars| (bars * bar).round().clamp(0.0, 1e8) as Ticks);
    Some((tick("begin")?, tick("length")?))
}

/// A note of a model as one of a phrase: the control `note` with its MIDI number.
pub fn note(note: &Note, bar: i64) -> PhraseNote {
    let pitch = Value::Num(f64::from(note.pitch));
    let value = Value::from(Controls::one(Sym::new("note"), pitch));
    PhraseNote::new(bars(note.onset, bar), bars(note.duration, bar), value)
}

/// The notes of a phrase, all of them in order, as a model is given them.
pub fn given(phrase: &mag_pattern::Phrase) -> Vec<Given> {
    let of = |note: &PhraseNote| {
        let (onset, length) = (note.onset, note.length);
        let controls = note.value.controls();
        let number = |name: &str| controls.and_then(|c| c.number(Sym::new(name)));
        let sound = controls.and_then(|c| c.get(Sym::new("s"))).and_then(|value| match value {
            Value::Word(word) => Some(*word),
            _ => None,
        });
        let pitch = number("note").or_else(|| note.value.number());
        Given { onset, length, pitch, sound, gain: number("gain").unwrap_or(1.0) }
    };
    phrase.notes.iter().map(of).collect()
}
