//! Somebody who plays: as a pattern, and answered.

use super::{Generator, notes};
use mag_pattern::{
    Call, Controls, Given, Hap, Locs, Pattern, PhraseRequest, Query, Span, Sym, Time, Value,
};

/// What is played in the last part of a turn, in seconds, comes too late to be answered in time.
const TOO_LATE: f64 = 0.3;

/// What is played on a source, a bar later; no note lasts longer than a bar.
pub(super) fn echo(source: Sym) -> Pattern {
    Pattern::of(move |span, q, out| {
        // A note that began a bar before the span may reach into it.
        let asked = Span::new(span.begin - Time::int(2), span.end - Time::ONE);
        q.played = true;
        for note in q.world.played(source, asked, Time::ONE).notes {
            let begin = note.onset + Time::ONE;
            let whole = Span::new(begin, begin + note.length);
            if let (Some(part), true) = (whole.sect(span), q.spend(1)) {
                out.push(Hap { whole: Some(whole), part, value: value(&note), locs: Locs::none() });
            }
        }
    })
}

fn value(note: &Given) -> Value {
    let controls = Controls::one(Sym::new("gain"), Value::Num(note.gain));
    Value::from(match (note.pitch, note.sound) {
        (Some(pitch), _) => controls.with(Sym::new("note"), Value::Num(pitch)),
        (None, Some(sound)) => controls.with(Sym::new("s"), Value::Word(sound)),
        (None, None) => controls,
    })
}

/// What was played in a span that has passed, but for its very end; in bars from its beginning.
pub(super) fn heard(source: Sym, span: Span, q: &mut Query) -> Vec<Given> {
    let late = Time::new((TOO_LATE * q.cps * 16.0).ceil().clamp(1.0, 16.0) as i64, 16);
    let until = (span.end - late).max(span.begin);
    q.played = true;
    let played = q.world.played(source, Span::new(span.begin, until), span.duration());
    q.late |= !played.complete;
    let within = |mut note: Given| {
        note.length = note.length.min(until - note.onset);
        note.onset = note.onset - span.begin;
        note
    };
    played.notes.into_iter().map(within).collect()
}

/// The answers to what is played on a source.
pub(super) fn replies(generator: Generator, source: Sym) -> Pattern {
    Pattern::of(move |span, q, out| {
        q.played = true;
        let calls = q.world.calls(source, span);
        if calls.is_empty() {
            let wish = generator.reply(&rehearsal(), q);
            q.world.expect(&wish);
        }
        for call in calls {
            if !q.spend(1) {
                return;
            }
            let wish = generator.reply(&call, q);
            let found = q.world.phrase(&wish);
            q.late |= found.as_ref().is_none_or(|phrase| phrase.stand_in);
            let Some(phrase) = found else { continue };
            for note in &phrase.notes {
                let begin = call.answer.begin + note.onset;
                let whole = Span::new(begin, (begin + note.length).min(call.answer.end));
                if let (Some(part), true) = (whole.sect(span), q.spend(1)) {
                    out.push(super::phrases::event(note, None, whole, part, q.cps));
                }
            }
        }
    })
}

/// A call that nobody made: its answer is not heard, but the model that makes it is then awake.
fn rehearsal() -> Call {
    let note = Given::pitched(Time::ZERO, Time::ONE, 60.0);
    Call { from: Time::ZERO, notes: vec![note], answer: Span::cycle(1) }
}

impl Generator {
    /// What the model is asked for to answer a call.
    fn reply(&self, call: &Call, q: &mut Query) -> PhraseRequest {
        let cycle = call.answer.begin.floor();
        let place = super::form::Place { pass: cycle, ..self.place(0) };
        let mut wish = self.conditions_at(0, cycle, &place, q);
        let length = call.answer.duration();
        wish.bars = length.ceil().clamp(1, 64) as u32;
        wish.chords = match &self.over {
            Some(super::Over::All(p)) => notes::chords(p, call.answer, q),
            _ => Vec::new(),
        };
        wish.model = self.model_for(std::slice::from_ref(&call.notes));
        let drums = wish.model.as_str() == self.verb.unpitched;
        wish.verb = Sym::new(if drums { "drums" } else { "melody" });
        wish.prime = call.notes.clone();
        wish.top = wish.top.or(Some(super::SAFE));
        let begin = call.answer.begin - call.from;
        wish.settings.push((Sym::new("begin"), Value::Num(begin.to_f64())));
        wish.settings.push((Sym::new("length"), Value::Num(length.to_f64())));
        wish.settings.sort_by_key(|(name, _)| *name);
        wish
    }
}
