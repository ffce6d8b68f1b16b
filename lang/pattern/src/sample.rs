//! Patterns that cut samples up: chop, striate, slice, splice, fit, loopAt.

use crate::cat::fastcat;
use crate::controls::Controls;
use crate::hap::Hap;
use crate::pattern::Pattern;
use crate::seq::SLOT_LIMIT;
use crate::sym::Sym;
use crate::time::Time;
use crate::value::Value;
use std::sync::Arc;

/// A plain word names the sound; anything else is a map already.
fn as_sound(value: &Value) -> Controls {
    match value {
        Value::Map(m) => m.clone(),
        other => Controls::one(Sym::new("s"), other.clone()),
    }
}

fn piece(n: f64, i: f64) -> (f64, f64) {
    (i / n, (i + 1.0) / n)
}

impl Pattern {
    /// Each event as `n` events that play the `n` parts of its sample in turn.
    pub fn chop(&self, n: i64) -> Pattern {
        let steps = self.steps.map(|s| s * Time::int(n));
        if n < 1 {
            return Pattern::silence();
        }
        let (begin, end) = (Sym::new("begin"), Sym::new("end"));
        self.subdivide(n, move |value, i| {
            let mut sound = as_sound(value);
            let (mut from, mut to) = piece(n as f64, i as f64);
            if let (Some(b), Some(e)) = (sound.number(begin), sound.number(end)) {
                (from, to) = (b + from * (e - b), b + to * (e - b));
            }
            sound.set(begin, Value::Num(from));
            sound.set(end, Value::Num(to));
            Value::Map(sound)
        })
        .with_steps(steps)
    }

    /// The whole pattern `n` times, each time with the next part of its samples.
    pub fn striate(&self, n: i64) -> Pattern {
        self.striate_by(n, move |i| piece(n as f64, i as f64))
    }
    /// Like [`Pattern::striate`] with parts of the given share, evenly spread.
    pub fn striate_share(&self, n: i64, share: f64) -> Pattern {
        let room = if n > 1 { (1.0 - share) / (n - 1) as f64 } else { 0.0 };
        self.striate_by(n, move |i| (room * i as f64, room * i as f64 + share))
    }
    fn striate_by(
        &self,
        n: i64,
        part: impl Fn(i64) -> (f64, f64) + Send + Sync + 'static,
    ) -> Pattern {
        if !(1..=4096).contains(&n) {
            return Pattern::silence();
        }
        let steps = self.steps.map(|s| s * Time::int(n));
        let (begin, end) = (Sym::new("begin"), Sym::new("end"));
        let cut = move |value: &Value, (from, to): (f64, f64)| {
            let sound = as_sound(value).with(begin, Value::Num(from));
            Value::Map(sound.with(end, Value::Num(to)))
        };
        if self.slots().is_some_and(|slots| slots.len() * n as usize <= SLOT_LIMIT) {
            let parts = (0..n).map(|i| {
                let bounds = part(i);
                self.map(move |value| cut(value, bounds))
            });
            return fastcat(parts.collect()).with_steps(steps);
        }
        let inner = self.clone();
        let turns = Pattern::of(move |span, q, out| {
            span.each_cycle(|cycle, piece| {
                let bounds = part(cycle.rem_euclid(n));
                let start = out.len();
                inner.query(piece, q, out);
                q.pay(8 * (out.len() - start));
                out[start..].iter_mut().for_each(|hap| hap.value = cut(&hap.value, bounds));
            });
        });
        turns.fast(Time::int(n)).with_steps(steps)
    }

    /// Part `index` of `n` parts of each sample, in the rhythm of the indices.
    pub fn slice(&self, n: &Value, indices: &Pattern) -> Pattern {
        let (sounds, n) = (self.clone(), n.clone());
        let (begin, end) = (Sym::new("begin"), Sym::new("end"));
        let steps = indices.steps;
        indices
            .outer_join(move |index| {
                let i = index.number().unwrap_or(0.0);
                let (from, to) = slice_bounds(&n, i);
                sounds.map(move |v| {
                    let mut cut = Controls::one(begin, Value::Num(from)).with(end, Value::Num(to));
                    cut = cut.union(&as_sound(v), |_, theirs| theirs.clone());
                    Value::Map(cut)
                })
            })
            .with_steps(steps)
    }

    /// Like [`Pattern::slice`], each part played at the speed that fills its event.
    pub fn splice(&self, n: &Value, indices: &Pattern) -> Pattern {
        let parts = match n {
            Value::List(marks) => marks.len() as f64,
            other => other.number().unwrap_or(1.0),
        };
        let speed = Sym::new("speed");
        self.slice(n, indices).each(move |q, hap| {
            let fitted = q.cps / parts / duration(hap);
            set_unless_there(hap, speed, fitted);
            true
        })
    }

    /// Plays each sample at the speed that fills its event.
    pub fn fit(&self) -> Pattern {
        let names = ["begin", "end", "speed", "unit"].map(Sym::new);
        let [begin, end, speed, unit] = names;
        self.each(move |q, hap| {
            let mut sound = as_sound(&hap.value);
            let from = sound.number(begin).unwrap_or(0.0);
            let share = sound.number(end).map_or(1.0, |to| to - from);
            sound.set(speed, Value::Num(q.cps / duration(hap) * share));
            sound.set(unit, Value::word("c"));
            hap.value = Value::Map(sound);
            true
        })
    }

    /// Plays each sample over `cycles` cycles, whatever its length.
    pub fn loop_at(&self, cycles: Time) -> Pattern {
        let (speed, unit) = (Sym::new("speed"), Sym::new("unit"));
        let steps = self.steps.map(|s| s / cycles);
        let share = (Time::ONE / cycles).to_f64();
        self.each(move |q, hap| {
            let mut sound = hap.value.clone().into_controls();
            sound.set(speed, Value::Num(share * q.cps));
            sound.set(unit, Value::word("c"));
            hap.value = Value::Map(sound);
            true
        })
        .slow(cycles)
        .with_steps(steps)
    }

    /// Faster by `factor`, samples included.
    pub fn hurry(&self, factor: Time) -> Pattern {
        let speed = Sym::new("speed");
        let times = factor.to_f64();
        self.fast(factor).filter_map(move |v| {
            let mut sound = v.clone().into_controls();
            let now = sound.number(speed).unwrap_or(1.0);
            sound.set(speed, Value::Num(now * times));
            Some(Value::Map(sound))
        })
    }
}

fn slice_bounds(n: &Value, i: f64) -> (f64, f64) {
    match n {
        Value::List(marks) => {
            let mark = |k: f64| marks.get(k as usize).and_then(Value::number);
            (mark(i).unwrap_or(0.0), mark(i + 1.0).unwrap_or(1.0))
        }
        other => piece(other.number().unwrap_or(1.0), i),
    }
}

fn duration(hap: &Hap) -> f64 {
    hap.whole_or_part().duration().to_f64()
}

fn set_unless_there(hap: &mut Hap, speed: Sym, fitted: f64) {
    let mut sound = as_sound(&hap.value);
    if sound.get(speed).is_none() {
        sound.set(speed, Value::Num(fitted));
    }
    let unit = Sym::new("unit");
    if sound.get(unit).is_none() {
        sound.set(unit, Value::word("c"));
    }
    hap.value = Value::Map(sound);
}

/// Shared list of values.
pub fn numbers(items: impl IntoIterator<Item = f64>) -> Value {
    Value::List(Arc::new(items.into_iter().map(Value::Num).collect()))
}
