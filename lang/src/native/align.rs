//! Natives that change where the structure of an operation comes from: `_mix add` is `addMix`.

use super::Kind::Fun;
use super::Native;
use crate::eval::{Call, Eval};
use crate::meaning::{Body, Function, Meaning};
use crate::problem::Problem;
use mag_pattern::align::Align;

pub(super) const ROWS: &[Native] = &[
    Native::build("_out", &[Fun], |c| aligned(c, Align::Out)),
    Native::build("_mix", &[Fun], |c| aligned(c, Align::Mix)),
    Native::build("_squeeze", &[Fun], |c| aligned(c, Align::Squeeze)),
    Native::build("_squeezeOut", &[Fun], |c| aligned(c, Align::SqueezeOut)),
    Native::build("_reset", &[Fun], |c| aligned(c, Align::Reset)),
    Native::build("_restart", &[Fun], |c| aligned(c, Align::Restart)),
    Native::build("_poly", &[Fun], |c| aligned(c, Align::Poly)),
];

/// The operation with another alignment.
fn aligned(c: &mut Call, align: Align) -> Eval {
    match c.args.first() {
        Some((Meaning::Function(Function { body: Body::Operation(op, _), .. }), _)) => {
            Ok(Meaning::Function(Function {
                name: op.name.into(),
                signature: "operation y x".into(),
                arity: 2,
                given: Vec::new(),
                body: Body::Operation(op, align),
            }))
        }
        _ => {
            let problem = Problem::error("argument-kind", c.loc, "only operations have alignments");
            c.eval.report(problem.expected("an operation such as `add`"))
        }
    }
}
