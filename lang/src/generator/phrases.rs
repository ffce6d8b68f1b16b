//! Generators as patterns: what is wished for at each phrase, and what the answer sounds like.

use super::notes::{chords, controls_of, first_value, haps, read, spelled};
use super::{Generator, Late, Over, verbs};
use mag_pattern::{
    Controls, Given, Hap, Locs, Pattern, PhraseNote, PhraseRequest, Query, Span, Sym, Time, Value,
};
use std::sync::{Arc, Mutex};

/// Phrases whose wishes are remembered: the one that plays, and those that are asked ahead.
const REMEMBERED: usize = 8;

/// What a phrase depends on besides its generator: number, seed of chance, tempo, meter.
type Moment = (i64, (i64, i64), u64, (u32, u32));

/// A wish, and the events that it was made of.
struct Prepared {
    /// `None` if there is nothing to wish for: silence was given.
    wish: Option<PhraseRequest>,
    /// The events of the patterns in the time of the phrase, one pattern's after the other's.
    haps: Vec<Hap>,
    /// How many of them are of the first pattern.
    own: usize,
    /// Whether something that it depends on is not there yet.
    late: bool,
}

impl Generator {
    /// The pattern of phrases, one after another.
    pub fn into_pattern(self) -> Pattern {
        match self.source {
            Some(source) if self.verb.name == "midi" => return super::live::echo(source),
            Some(source) if !self.measured => return super::live::replies(self, source),
            _ => {}
        }
        let bars = i64::from(self.bars);
        let known = Mutex::new(Vec::new());
        Pattern::of(move |span, q, out| {
            let mut index = span.begin.floor().div_euclid(bars);
            while Time::int(index * bars) < span.end || span.begin == span.end {
                if !q.spend(1) {
                    return;
                }
                self.phrase(index, span, &known, q, out);
                index += 1;
                if span.begin == span.end {
                    return;
                }
            }
        })
    }

    fn phrase(
        &self,
        index: i64,
        span: Span,
        known: &Mutex<Vec<(Moment, Arc<Prepared>)>>,
        q: &mut Query,
        out: &mut Vec<Hap>,
    ) {
        let moment = (index, (q.seed, q.take), q.cps.to_bits(), q.meter);
        let prepared = self.prepared(index, moment, known, q);
        let mut found = None;
        if let (Some(wish), false) = (&prepared.wish, prepared.late) {
            found = q.world.phrase(wish);
            q.late |= found.as_ref().is_none_or(|phrase| phrase.stand_in);
        }
        q.late |= prepared.late;
        let start = Time::int(index * i64::from(self.bars));
        match found {
            Some(phrase) => {
                for note in &phrase.notes {
                    let begin = start + note.onset;
                    let whole = Span::new(begin, begin + note.length);
                    if let (Some(part), true) = (whole.sect(span), q.spend(1)) {
                        let source = note.of.and_then(|i| prepared.haps.get(i));
                        out.push(event(note, source, whole, part, q.cps));
                    }
                }
            }
            None if self.verb.late == Late::Given => {
                let parts = prepared.haps.iter().take(prepared.own).filter_map(|hap| {
                    let part = hap.whole?.sect(span)?;
                    Some(Hap { part, ..hap.clone() })
                });
                out.extend(parts);
            }
            None => {}
        }
    }

    /// What phrase number `index` is made of; remembered, since a phrase is asked for many times,
    /// a little at a time. What is not final is not remembered, nor what depends on somebody who
    /// plays.
    fn prepared(
        &self,
        index: i64,
        moment: Moment,
        known: &Mutex<Vec<(Moment, Arc<Prepared>)>>,
        q: &mut Query,
    ) -> Arc<Prepared> {
        let find = |all: &Vec<(Moment, Arc<Prepared>)>| {
            all.iter().find(|(at, _)| *at == moment).map(|(_, prepared)| prepared.clone())
        };
        // Whoever finds it held makes its own: nothing waits here.
        if let Some(found) = known.try_lock().ok().and_then(|all| find(&all)) {
            return found;
        }
        let outer = (std::mem::take(&mut q.late), std::mem::take(&mut q.played));
        let trouble = q.trouble().is_some();
        let (wish, haps, own) = self.request(index, q);
        let prepared = Arc::new(Prepared { wish, haps, own, late: q.late });
        let sound = (trouble || q.trouble().is_none()) && !q.played;
        (q.late, q.played) = (q.late | outer.0, q.played | outer.1);
        if let (Ok(mut all), false, true) = (known.try_lock(), prepared.late, sound) {
            all.truncate(REMEMBERED - 1);
            all.insert(0, (moment, prepared.clone()));
        }
        prepared
    }

    /// What the model is asked for phrase number `index`, the events that it is given, and how many
    /// of them are of the first pattern.
    fn request(&self, index: i64, q: &mut Query) -> (Option<PhraseRequest>, Vec<Hap>, usize) {
        let bars = i64::from(self.bars);
        let start = index * bars;
        let answers = self.verb.name == "answer";
        if answers && index.rem_euclid(2) == 0 {
            return (None, Vec::new(), 0);
        }
        // One who answers has listened to what came before.
        let from = if answers { start - bars } else { start };
        let span = Span::new(Time::int(from), Time::int(from + bars));
        let (mut given, mut events) = (Vec::new(), Vec::new());
        for p in &self.given {
            let (haps, notes) = read(p, span, q);
            events.extend(haps);
            given.push(notes);
        }
        if let Some(source) = self.source {
            given = vec![super::live::heard(source, span, q)];
        }
        let own = given.first().map_or(0, Vec::len);
        if !given.is_empty() && given.iter().all(Vec::is_empty) {
            return (None, events, own);
        }
        let place = self.place(index);
        let mut wish = self.conditions(index, &place, q);
        wish.model = self.model_for(&given);
        if answers {
            let drums = wish.model.as_str() == self.verb.unpitched;
            wish.verb = Sym::new(if drums { "drums" } else { "melody" });
            wish.prime = given.pop().unwrap_or_default();
            wish.top = wish.top.or(Some(super::SAFE));
        } else if !given.is_empty() {
            wish.given = given;
        }
        let wish = match self.flow {
            true => self.flowing(index, wish, q),
            false => self.formed(index, wish, &place, q),
        };
        (Some(wish), events, own)
    }

    /// The model that was asked for, or the verb's own for such notes.
    pub(super) fn model_for(&self, given: &[Vec<Given>]) -> Sym {
        let pitched = given.iter().flatten().any(|note| note.pitch.is_some());
        let own = match given.is_empty() || pitched || self.verb.unpitched.is_empty() {
            true => self.verb.model,
            false => self.verb.unpitched,
        };
        self.model.unwrap_or_else(|| Sym::new(own))
    }

    /// All that is asked for besides notes.
    pub(super) fn conditions(
        &self,
        index: i64,
        place: &super::form::Place,
        q: &mut Query,
    ) -> PhraseRequest {
        self.conditions_at(index, index * i64::from(self.bars), place, q)
    }

    /// The same for a phrase that begins in some cycle.
    pub(super) fn conditions_at(
        &self,
        index: i64,
        start: i64,
        place: &super::form::Place,
        q: &mut Query,
    ) -> PhraseRequest {
        let bars = i64::from(self.bars);
        let number = |p: &Pattern, at: i64, q: &mut Query| {
            first_value(p, at, q).and_then(|v| v.number()).filter(|x| x.is_finite())
        };
        let mut wish = PhraseRequest::new(self.verb.name, self.verb.model);
        wish.index = if self.flow { index } else { 0 };
        wish.bars = self.bars;
        wish.meter = q.meter;
        wish.tempo = self.verb.hears_tempo().then(|| tempo(q));
        wish.key = self.key.as_ref().and_then(|p| first_value(p, start, q)).map(|v| spelled(&v));
        let phrase = |from: i64| Span::new(Time::int(from), Time::int(from + bars));
        wish.chords = match &self.over {
            Some(Over::All(p)) => chords(p, phrase(start), q),
            Some(Over::Sections(plans)) => {
                let name = place.name.map_or("", Sym::as_str);
                let plan = plans.iter().find(|(section, _)| section == name).or(plans.first());
                plan.map_or_else(Vec::new, |(_, p)| chords(p, phrase(0), q))
            }
            None => Vec::new(),
        };
        let seed = number(&self.seed, place.pass, q).unwrap_or(0.0) as i64;
        wish.seed = seed.wrapping_add(q.take);
        let warmth = self.temperature.as_ref().and_then(|p| number(p, start, q));
        wish.temperature = warmth.map(|t| t.clamp(0.05, 5.0));
        let top = self.top.as_ref().and_then(|p| number(p, start, q));
        wish.top = top.map(|share| share.clamp(0.01, 1.0));
        wish.prime = self.prime.as_ref().map_or_else(Vec::new, |p| read(p, phrase(0), q).1);
        if let Some(around) = &self.around {
            wish.given = vec![read(around, phrase(start), q).1];
        }
        wish.flow = self.flow;
        wish.settings = self.settings_at(start, q);
        wish.device = self.device;
        wish
    }

    /// A number for each sixteenth of a phrase; one alone if it stays the same. Where there is none
    /// it is 0.
    fn curve(&self, p: &Pattern, start: i64, limits: (f64, f64), q: &mut Query) -> Value {
        let limited =
            |x: Option<f64>| x.filter(|x| !x.is_nan()).map_or(0.0, |x| x.clamp(limits.0, limits.1));
        if let Some(value) = p.constant() {
            return Value::Num(limited(value.number()));
        }
        let bar = (16 * i64::from(q.meter.0) / i64::from(q.meter.1.max(1))).clamp(1, 64);
        let width = Time::new(1, bar);
        let numbers: Vec<f64> = (0..i64::from(self.bars) * bar)
            .map(|step| limited(number_at(p, Time::new(start * bar + step, bar), width, q)))
            .collect();
        let first = numbers.first().copied().unwrap_or(0.0);
        if numbers.iter().all(|x| *x == first) {
            return Value::Num(first);
        }
        Value::list(numbers.into_iter().map(Value::Num).collect())
    }

    fn settings_at(&self, start: i64, q: &mut Query) -> Vec<(Sym, Value)> {
        let mut settings = Vec::new();
        for (&name, p) in &self.settings {
            let value = if verbs::LISTS.contains(&name) {
                let words = haps(p, Span::cycle(start), q);
                Some(Value::list(words.into_iter().map(|hap| hap.value).collect()))
            } else if let Some((_, least, most)) = verbs::CURVES.iter().find(|row| row.0 == name) {
                Some(self.curve(p, start, (*least, *most), q))
            } else if let Some((_, least, most)) = verbs::NUMBERS.iter().find(|row| row.0 == name) {
                let number = first_value(p, start, q).and_then(|v| v.number());
                number.filter(|x| !x.is_nan()).map(|x| Value::Num(x.clamp(*least, *most)))
            } else {
                first_value(p, start, q).map(|v| Value::Word(spelled(&v)))
            };
            settings.extend(value.map(|value| (Sym::new(name), value)));
        }
        settings
    }
}

/// The number at a moment.
fn number_at(p: &Pattern, at: Time, width: Time, q: &mut Query) -> Option<f64> {
    let found = haps(p, Span::new(at, at + width), q);
    let covers = |hap: &&Hap| hap.part.begin <= at;
    found.iter().find(covers).or(found.first()).and_then(|hap| hap.value.number())
}

/// Quarter notes a minute, down to the next multiple of five: a model hears no finer, and a tempo
/// that glides does not ask for a new phrase with every step.
fn tempo(q: &Query) -> u32 {
    let quarters = 4.0 * f64::from(q.meter.0) / f64::from(q.meter.1.max(1));
    let tempo = (60.0 * q.cps * quarters + 1e-6).clamp(5.0, 1000.0);
    tempo as u32 / 5 * 5
}

/// A note of a phrase as an event. One of the notes that were given keeps its other controls and
/// its places.
pub(super) fn event(
    note: &PhraseNote,
    source: Option<&Hap>,
    whole: Span,
    part: Span,
    cps: f64,
) -> Hap {
    let locs = source.map_or_else(Locs::none, |hap| hap.locs.clone());
    let mut value = match (&note.value, source) {
        (Value::Map(new), Some(hap)) => {
            let mut controls = controls_of(&hap.value);
            if new.get(Sym::new("note")).is_some() {
                // They would be heard in place of the new pitch.
                let _ = (controls.remove(Sym::new("freq")), controls.remove(Sym::new("midinote")));
            }
            Value::Map(controls.union(new, |_, new| new.clone()))
        }
        (value, _) => value.clone(),
    };
    if let (Value::Map(controls), true) = (&mut value, note.shift != 0.0) {
        shifted(controls, note.shift / cps.max(1e-6));
    }
    Hap { whole: Some(whole), part, value, locs }
}

/// Moves an event by so many seconds.
fn shifted(controls: &mut Controls, seconds: f64) {
    let nudge = Sym::new("nudge");
    let so_far = controls.number(nudge).unwrap_or(0.0);
    controls.set(nudge, Value::Num(so_far + seconds));
}
