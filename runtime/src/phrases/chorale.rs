//! Between wishes in bars and the chorale model: four voices, some of which a pattern gives.

use super::ticks::{self, bar_ticks, ticks as at_tick};
use super::worker::Player;
use super::{keys, wishes};
use mag_models::{Chorale, ChoraleModel, ChoraleRequest, Chord, Mode, Note, Ticks, Voice};
use mag_pattern::{Controls, Given, Phrase, PhraseNote, PhraseRequest, Sym, Value};

const VOICES: usize = Voice::ALL.len();
/// Bars from one phrase end to the next, unless the wish says otherwise.
const CADENCE: f64 = 2.0;

/// What the chorale model is asked for, and what of the wish is left out.
pub fn translate(wish: &PhraseRequest) -> (ChoraleRequest, Vec<String>) {
    let bar = bar_ticks(wish.meter);
    let mut left_out = Vec::new();
    let mut chords = Vec::new();
    for (at, name) in &wish.chords {
        match Chord::parse(name.as_str()) {
            Ok(chord) => chords.push((at_tick(*at, bar), chord)),
            Err(trouble) => left_out.push(trouble.to_string()),
        }
    }
    let harmonizes = wish.verb.as_str() == "harmonize";
    // In a flow it is the model's own phrase that is continued, and that stays in its key.
    let primed = !wish.prime.is_empty() && !wish.flow;
    let (tonic, mode) = match wish.key.map(|key| keys::read(key.as_str())) {
        Some(Ok((tonic, mode, _))) => (tonic, mode),
        Some(Err(why)) => {
            left_out.push(why);
            (0, Mode::Unknown)
        }
        // A melody tells its key, and what was sung before does.
        None if chords.is_empty() && (harmonizes || primed) => (0, Mode::Unknown),
        None => keys::of_chords(&chords),
    };
    let mut given = [const { None }; VOICES];
    if harmonizes {
        let notes = ticks::notes(wish.given.first().map_or(&[], Vec::as_slice), bar);
        if notes.is_empty() {
            left_out.push("there are no notes with a pitch to harmonize".into());
        }
        given[voice(wish, &mut left_out) as usize] = Some(notes);
    }
    if let Some(Value::List(names)) = wish.setting("voices") {
        let wrong = |name: &Value| name.to_string().parse::<Voice>().err();
        left_out.extend(names.iter().filter_map(wrong).map(|trouble| trouble.to_string()));
    }
    let default = ChoraleRequest::default();
    let request = ChoraleRequest {
        bars: wish.bars,
        meter: wish.meter,
        tonic,
        mode,
        given,
        open: Vec::new(),
        prime: voices_of(ticks::notes(&wish.prime, bar)),
        fermatas: phrase_ends(wish, harmonizes),
        chords,
        seed: wish.seed,
        temperature: wish.temperature.unwrap_or(default.temperature),
        top_p: wish.top.unwrap_or(default.top_p),
        rounds: default.rounds,
    };
    (request, left_out)
}

/// Which voice the given pattern is.
fn voice(wish: &PhraseRequest, left_out: &mut Vec<String>) -> Voice {
    let Some(Value::Word(name)) = wish.setting("voice") else { return Voice::Soprano };
    name.as_str().parse().unwrap_or_else(|trouble: mag_models::Trouble| {
        left_out.push(trouble.to_string());
        Voice::Soprano
    })
}

/// The voices that are heard.
fn heard(wish: &PhraseRequest) -> [bool; VOICES] {
    let Some(Value::List(names)) = wish.setting("voices") else { return [true; VOICES] };
    let mut heard = [false; VOICES];
    for name in names.iter() {
        if let Ok(voice) = name.to_string().parse::<Voice>() {
            heard[voice as usize] = true;
        }
    }
    heard
}

/// The last beat of every so many bars. A melody has its own phrases; only when it is asked for
/// are ends put into it.
fn phrase_ends(wish: &PhraseRequest, harmonizes: bool) -> Vec<(Ticks, Ticks)> {
    let told = wish.number("cadence");
    let every = told.unwrap_or(if harmonizes { 0.0 } else { CADENCE }).round() as i64;
    let bar = bar_ticks(wish.meter);
    if every <= 0 || wish.flow {
        return Vec::new();
    }
    let end = |number: i64| {
        let to = (number * bar).min(i64::from(wish.bars) * bar);
        (to.saturating_sub(24).max(0) as Ticks, to as Ticks)
    };
    let bars = i64::from(wish.bars);
    (1..=bars).filter(|n| n % every == 0 || *n == bars).map(end).collect()
}

/// Notes as four voices: those that begin together from the top down, each to the free voice
/// that it is nearest to.
pub fn voices_of(mut notes: Vec<Note>) -> [Vec<Note>; VOICES] {
    notes.sort_by_key(|n| (n.onset, std::cmp::Reverse(n.pitch)));
    let mut voices: [Vec<Note>; VOICES] = Default::default();
    let mut last = [69i32, 62, 55, 48];
    let mut rest = notes.as_slice();
    while let Some(first) = rest.first() {
        let count = rest.iter().take_while(|n| n.onset == first.onset).count();
        let (chord, later) = rest.split_at(count);
        rest = later;
        let free = |v: &usize| {
            voices[*v].last().is_none_or(|n: &Note| n.onset + n.duration <= first.onset)
        };
        let mut open: Vec<usize> = (0..VOICES).filter(free).collect();
        for (i, note) in chord.iter().enumerate() {
            // So many voices must be left for the notes below.
            let below = chord.len() - i - 1;
            let reach = open.len().saturating_sub(below).max(1).min(open.len());
            let near = |&at: &usize| (last[open[at]] - i32::from(note.pitch)).abs();
            let Some(at) = (0..reach).min_by_key(near) else { break };
            let voice = open[at];
            open.drain(..=at);
            last[voice] = note.pitch.into();
            voices[voice].push(*note);
        }
    }
    voices
}

/// One note of a voice: its pitch, and who sings it, from 1 (soprano) to 4.
fn sung(note: &Note, voice: usize, bar: i64) -> PhraseNote {
    let mut made = ticks::note(note, bar);
    if let Value::Map(controls) = &mut made.value {
        controls.set(Sym::new("singer"), Value::Num(voice as f64 + 1.0));
    }
    made
}

/// The given note that is like one of another voice: the one that sounds when it begins.
fn like(given: &[Given], note: &PhraseNote) -> Option<usize> {
    let begun = given.iter().enumerate().filter(|(_, g)| g.onset <= note.onset);
    begun.max_by_key(|(i, _)| *i).map(|(i, _)| i).or((!given.is_empty()).then_some(0))
}

fn phrase(made: &Chorale, wish: &PhraseRequest) -> Phrase {
    let bar = bar_ticks(wish.meter);
    let heard = heard(wish);
    let own = (wish.verb.as_str() == "harmonize").then(|| voice(wish, &mut Vec::new()) as usize);
    let given = wish.given.first().map_or(&[][..], Vec::as_slice);
    let mut notes = Vec::new();
    for (voice, sings) in heard.into_iter().enumerate() {
        if !sings {
            continue;
        }
        if own == Some(voice) {
            // What was given stays what it was, to the last tick and control.
            let singer = Value::Num(voice as f64 + 1.0);
            notes.extend(given.iter().enumerate().map(|(i, note)| PhraseNote {
                of: Some(i),
                ..PhraseNote::new(
                    note.onset,
                    note.length,
                    Value::from(Controls::one(Sym::new("singer"), singer.clone())),
                )
            }));
            continue;
        }
        for note in &made.voices[voice] {
            let mut note = sung(note, voice, bar);
            note.of = own.and_then(|_| like(given, &note));
            notes.push(note);
        }
    }
    notes.sort_by(|a, b| a.onset.partial_cmp(&b.onset).unwrap_or(std::cmp::Ordering::Equal));
    Phrase { length: wishes::length(wish), notes, stand_in: false }
}

impl Player for ChoraleModel {
    fn play(&mut self, wishes: &[PhraseRequest]) -> Vec<Result<Phrase, String>> {
        wishes::each_verb(wishes, |verb, wishes| match verb {
            "chorale" | "harmonize" => {
                let requests: Vec<_> = wishes.iter().map(|wish| translate(wish).0).collect();
                let made = self.generate(&requests)?;
                Ok(made.iter().zip(wishes).map(|(made, wish)| phrase(made, wish)).collect())
            }
            other => Err(wishes::cannot("chorale", other)),
        })
    }

    fn remarks(&self, wish: &PhraseRequest) -> Vec<String> {
        translate(wish).1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mag_pattern::Time;

    #[test]
    fn notes_that_begin_together_are_voices_from_the_top_down() {
        let note = |onset, pitch| Note { onset, duration: 24, pitch };
        let notes = vec![note(0, 48), note(0, 67), note(0, 60), note(0, 64), note(24, 50)];
        let voices = voices_of(notes);
        let pitches = voices.map(|v| v.iter().map(|n| n.pitch).collect::<Vec<_>>());
        assert_eq!(pitches, [vec![67], vec![64], vec![60], vec![48, 50]]);
    }

    /// A wish to harmonize a row of quarters.
    fn wish(voice: &str) -> PhraseRequest {
        let quarter =
            |(i, &pitch): (i64, &f64)| Given::pitched(Time::new(i, 4), Time::new(1, 4), pitch);
        let given = (0..).zip(&[55.0, 57.0, 59.0, 60.0]).map(quarter).collect();
        PhraseRequest {
            bars: 1,
            given: vec![given],
            settings: vec![(Sym::new("voice"), Value::word(voice))],
            ..PhraseRequest::new("harmonize", "chorale")
        }
    }

    #[test]
    fn a_pattern_is_the_voice_that_is_said_and_stays_as_it_is() {
        let (request, left_out) = translate(&wish("bass"));
        assert_eq!(left_out, Vec::<String>::new());
        assert!(request.given[..3].iter().all(Option::is_none));
        assert_eq!(request.given[3].as_ref().map(Vec::len), Some(4));
        let note = |onset, pitch| Note { onset, duration: 48, pitch };
        let voice = vec![note(0, 70), note(48, 72)];
        let voices = [voice.clone(), voice.clone(), voice, Vec::new()];
        let made = phrase(&Chorale { voices, length: 96, nats: 0.0 }, &wish("bass"));
        let own: Vec<_> = made.notes.iter().filter(|n| n.length == Time::new(1, 4)).collect();
        assert_eq!(own.iter().map(|n| n.of).collect::<Vec<_>>(), [0, 1, 2, 3].map(Some));
        // What is added is like the given note that sounds when it begins.
        let added = made.notes.iter().filter(|n| n.length == Time::new(1, 2));
        assert!(added.clone().all(|n| n.of == Some(if n.onset == Time::ZERO { 0 } else { 2 })));
        assert_eq!(added.count(), 6);
        assert!(translate(&wish("treble")).1[0].contains("soprano"));
    }

    #[test]
    fn phrases_end_where_they_are_asked_to() {
        let ends = |wish: &PhraseRequest| translate(wish).0.fermatas;
        let source = PhraseRequest { bars: 4, ..PhraseRequest::new("chorale", "chorale") };
        assert_eq!(ends(&source), [(168, 192), (360, 384)]);
        assert_eq!(ends(&PhraseRequest { flow: true, ..source }), []);
        assert_eq!(ends(&wish("bass")), []);
    }
}
