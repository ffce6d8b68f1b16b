//! Generators that are more than one: places in the stereo field, sums, feedback, waves by name.

use super::build::Builder;
use super::value::{Signal, Value};
use crate::eval::Eval;
use crate::problem::Problem;
use crate::suggest::nearest;
use crate::syntax::ast::Op;
use mag_graph::{Kind, Source, WAVES};
use mag_pattern::Loc;

impl Builder<'_> {
    /// What a generator comes to that is made of others; `None` for those that are themselves.
    pub fn form(&mut self, kind: Kind, args: &[(Value, Loc)], loc: Loc) -> Eval<Option<Value>> {
        let signal = match (kind, args) {
            (Kind::Pan, [place, x]) => self.pan(place, x, loc)?,
            (Kind::Stereo, [left, right]) => {
                let (left, right) = (self.mono(left, loc), self.mono(right, loc));
                Signal::Stereo(left?, right?)
            }
            (Kind::Mono, [x]) => Signal::Mono(self.mono(x, loc)?),
            (Kind::Mix, [list]) => self.mix(list)?,
            (Kind::Feedback, [time, back, x]) => self.feedback(time, back, x, loc)?,
            (Kind::Wave, [name, freq, morph]) => {
                let family = self.family(name)?;
                let freq = self.signal(freq.0.clone(), freq.1);
                let morph = self.signal(morph.0.clone(), morph.1);
                let family = Signal::Mono(Source::Const(family as f32));
                self.spread(Kind::Wave, &[family, freq?, morph?], loc, false)
            }
            _ => return Ok(None),
        };
        Ok(Some(Value::Signal(signal)))
    }

    fn taken(&mut self, (value, loc): &(Value, Loc)) -> Eval<Signal> {
        self.signal(value.clone(), *loc)
    }

    /// Both channels as one.
    fn mono(&mut self, arg: &(Value, Loc), loc: Loc) -> Eval<Source> {
        match self.taken(arg)? {
            Signal::Mono(x) => Ok(x),
            Signal::Stereo(left, right) => {
                let sum = self.add(Kind::Add, &[left, right], 0, loc);
                Ok(self.add(Kind::Mul, &[sum, Source::Const(0.5)], 0, loc))
            }
        }
    }

    /// A place between left and right at equal power; of two channels, their balance.
    fn pan(&mut self, place: &(Value, Loc), x: &(Value, Loc), loc: Loc) -> Eval<Signal> {
        let (place, x) = (self.mono(place, loc), self.taken(x));
        let (place, x) = (place?, x?);
        let left = self.add(Kind::PanLeft, &[place], 0, loc);
        let right = self.add(Kind::PanRight, &[place], 0, loc);
        Ok(self.operator(Op::Mul, x, Signal::Stereo(left, right), loc))
    }

    fn mix(&mut self, list: &(Value, Loc)) -> Eval<Signal> {
        let Value::List(items) = &list.0 else {
            let problem = Problem::error("not-a-signal", list.1, "`mix` takes a list of signals");
            let problem = problem.expected("a list").found(list.0.kind());
            return self.report(problem.help("write `mix [saw freq, sine freq]`"));
        };
        let signals: Vec<Eval<Signal>> = items.iter().map(|item| self.taken(item)).collect();
        let mut sum = Signal::Mono(Source::Const(0.0));
        for (signal, (_, at)) in
            signals.into_iter().collect::<Eval<Vec<Signal>>>()?.into_iter().zip(items)
        {
            sum = self.operator(Op::Add, sum, signal, *at);
        }
        Ok(sum)
    }

    /// `x` and, after a time, what `back` makes of all that was heard so far.
    fn feedback(
        &mut self,
        time: &(Value, Loc),
        back: &(Value, Loc),
        x: &(Value, Loc),
        loc: Loc,
    ) -> Eval<Signal> {
        let (time, x) = (self.taken(time), self.taken(x));
        let (time, x) = (time?, x?);
        let stereo = x.is_stereo() || time.is_stereo();
        let salt = self.fresh();
        let left = self.add(Kind::Read, &[time.left()], salt, loc);
        let read = match stereo {
            true => {
                let salt = self.fresh();
                Signal::Stereo(left, self.add(Kind::Read, &[time.right()], salt, loc))
            }
            false => Signal::Mono(left),
        };
        let again = match &back.0 {
            f @ Value::Function(_) => {
                let value =
                    self.apply(f.clone(), back.1, vec![(Value::Signal(read), back.1)], back.1)?;
                self.signal(value, back.1)?
            }
            other => {
                let message = "`feedback` needs a function for what comes back";
                let problem = Problem::error("not-a-function", back.1, message);
                let problem = problem.expected("a function").found(other.kind());
                return self.report(problem.help("such as `(* 0.5)` or `(.lpf 2000 .mul 0.6)`"));
            }
        };
        let out = self.operator(Op::Add, x, again, loc);
        self.add(Kind::Write, &[read.left(), out.left()], 0, loc);
        if stereo {
            self.add(Kind::Write, &[read.right(), out.right()], 0, loc);
        }
        Ok(out)
    }

    /// The number of a wave.
    fn family(&mut self, (value, loc): &(Value, Loc)) -> Eval<usize> {
        let Value::Word(word) = value else {
            let problem = Problem::error("not-a-wave", *loc, "`wave` needs the name of a wave");
            let problem = problem.expected("a name in quotes").found(value.kind());
            return self.report(problem.help("such as `wave 'flute' freq 0.5`"));
        };
        let name = word.trim_matches('"').trim();
        if let Some(place) = WAVES.iter().position(|known| *known == name) {
            return Ok(place);
        }
        let near = nearest(name, WAVES.iter().copied(), 3);
        let problem = Problem::error("not-a-wave", *loc, format!("no wave is called `{name}`"));
        self.report(match near.is_empty() {
            true => problem.expected(WAVES.join(", ")),
            false => problem.did_you_mean(&near),
        })
    }
}
