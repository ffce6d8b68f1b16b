//! Natives that call a function anew for each value of a pattern, as time goes on.

use super::Kind::{Fun, Int, Pat};
use super::Native;
use crate::eval::{Call, Eval, Evaluator};
use crate::meaning::Meaning;
use mag_pattern::{Loc, Locs, Pattern, Span, Time, Value};
use std::sync::Mutex;

/// How many pieces are remembered with what was made of them.
const REMEMBERED: usize = 64;

pub(super) const ROWS: &[Native] = &[
    Native::build("innerBind", &[Fun, Pat], |c| bind(c, |p, f| p.inner_join(f))),
    Native::build("outerBind", &[Fun, Pat], |c| bind(c, |p, f| p.outer_join(f))),
    Native::build("squeezeBind", &[Fun, Pat], |c| bind(c, |p, f| p.squeeze_join(f))),
    Native::build("resetBind", &[Fun, Pat], |c| bind(c, |p, f| p.reset_join(f))),
    Native::build("restartBind", &[Fun, Pat], |c| bind(c, |p, f| p.restart_join(f))),
    Native::build("polyBind", &[Fun, Pat], |c| bind(c, |p, f| p.poly_join(f))),
    Native::build("_iterated", &[Int, Fun, Pat], |c| {
        let (n, mut p) = (super::build::copies(c, 0)?, c.pattern(2)?);
        let mut turns = Vec::new();
        for _ in 0..n {
            turns.push(p.clone());
            p = c.call(1, p)?;
        }
        Ok(Meaning::pattern(mag_pattern::cat::fastcat(turns)))
    }),
    Native::build("_numbered", &[Int, Fun, Pat], |c| {
        let (n, p) = (super::build::copies(c, 0)?, c.pattern(2)?);
        let mut turns = vec![p.clone()];
        for i in 1..n {
            turns.push(numbered(c, 1, p.clone(), i)?);
        }
        turns.truncate(n);
        Ok(Meaning::pattern(mag_pattern::cat::fastcat(turns)))
    }),
    Native::build("into", &[Pat, Fun, Pat], |c| {
        let (gate, p) = (c.pattern(0)?, c.pattern(2)?);
        c.call(1, p.clone())?;
        let f = Later::of(c, 1);
        Ok(Meaning::pattern(into(&gate, &p, f).with_steps(p.steps)))
    }),
];

/// Function `i` done to a pattern, and to its number if it takes two arguments.
pub(super) fn numbered(c: &mut Call, i: usize, p: Pattern, n: usize) -> Eval<Pattern> {
    let (f, loc) = c.args[i].clone();
    let wants_number = matches!(&f, Meaning::Function(f) if f.arity - f.given.len() == 2);
    let mut args = vec![(Meaning::pattern(p), loc)];
    if wants_number {
        args.push((Meaning::pattern(Pattern::pure(n as f64)), loc));
    }
    let made = c.eval.apply(f, loc, args, c.loc)?;
    c.eval.pattern_of(made, loc)
}

/// A function that is called while a pattern is asked for its events.
#[derive(Clone)]
struct Later {
    f: Meaning,
    loc: Loc,
}

impl Later {
    fn of(c: &Call, i: usize) -> Later {
        let (f, loc) = c.args[i].clone();
        Later { f, loc }
    }
    /// What it makes of a pattern; a failure is a pattern that says why.
    fn call(&self, p: Pattern) -> Pattern {
        let mut eval = Evaluator::brief();
        let args = vec![(Meaning::pattern(p), self.loc)];
        let made = eval.apply(self.f.clone(), self.loc, args, self.loc);
        match made.and_then(|m| eval.pattern_of(m, self.loc)) {
            Ok(pattern) => pattern,
            Err(_) => {
                let message = eval.problems.first().map(|p| p.message.clone()).unwrap_or_default();
                Pattern::of(move |_, q, _| q.fail(&Locs::none(), || message.clone()))
            }
        }
    }
}

type Make = Box<dyn Fn(&Value) -> Pattern + Send + Sync>;

/// The function done to each value, joined. It is called once now, so that what fails at once is
/// reported at once.
fn bind(c: &mut Call, join: fn(&Pattern, Make) -> Pattern) -> Eval {
    let p = c.pattern(1)?;
    let known = match super::lift::first_value(&p) {
        Some(value) => Some((c.call(0, Pattern::pure(value.clone()))?, value)),
        None => None,
    };
    let f = Later::of(c, 0);
    let make: Make = Box::new(move |v| match &known {
        Some((made, value)) if value == v => made.clone(),
        _ => f.call(Pattern::pure(v.clone())),
    });
    Ok(Meaning::pattern(join(&p, make)))
}

/// Where the gate is true, its piece of the pattern, over and over, through the function.
fn into(gate: &Pattern, p: &Pattern, f: Later) -> Pattern {
    let (gate, p) = (gate.discrete(), p.clone());
    let changed = Mutex::new(Vec::<(Span, Pattern)>::new());
    Pattern::of(move |span, q, out| {
        let mut gates = Vec::new();
        gate.query(span, q, &mut gates);
        for hap in gates {
            let Some(whole) = hap.whole.filter(|_| q.spend(1)) else { continue };
            if hap.value.truthy() {
                let made = remembered(&changed, whole, || f.call(piece(&p, whole)));
                made.query(hap.part, q, out);
            } else {
                p.query(hap.part, q, out);
            }
        }
    })
}

/// What was made for a place, if it was not long ago.
fn remembered(
    known: &Mutex<Vec<(Span, Pattern)>>,
    place: Span,
    make: impl FnOnce() -> Pattern,
) -> Pattern {
    let find = |all: &Vec<(Span, Pattern)>| all.iter().find(|(at, _)| *at == place).cloned();
    if let Some((_, made)) = known.lock().ok().and_then(|all| find(&all)) {
        return made;
    }
    let made = make();
    if let Ok(mut all) = known.lock() {
        all.truncate(REMEMBERED - 1);
        all.insert(0, (place, made.clone()));
    }
    made
}

/// The stretch `place` over and over; events are cut to it.
fn piece(p: &Pattern, place: Span) -> Pattern {
    let (inner, length) = (p.clone(), place.duration());
    Pattern::of(move |span, q, out| {
        let rounds = span.map(|t| (t - place.begin) / length);
        rounds.each_cycle(|round, asked| {
            let moved = length * Time::int(round);
            let start = out.len();
            if q.spend(1) {
                inner.query(asked.map(|t| t * length + place.begin - moved), q, out);
            }
            for hap in out.iter_mut().skip(start) {
                hap.whole = hap.whole.and_then(|w| w.sect(place));
                hap.map_time(|t| t + moved);
            }
        });
    })
}
