//! Finds unknown names in a function's body before it is called.

use crate::eval::{Eval, Evaluator};
use crate::scope::Scope;
use crate::syntax::ast::{Expr, ExprKind};

/// Looks up every name of `body`, with `params` known besides those of `scope`.
pub(crate) fn check(eval: &mut Evaluator, body: &Expr, scope: &Scope, params: &[&str]) {
    let known = |name: &str| params.contains(&name);
    match &body.kind {
        ExprKind::Name(name) if !known(name) => {
            let _reported: Eval = eval.name(name, body.loc, scope);
        }
        ExprKind::Mini(text) => {
            if let Err(problem) = crate::mini::pattern(text, body.loc.file(), body.loc.from() + 1) {
                let _reported: Eval = eval.report(problem);
            }
        }
        ExprKind::Chain { base, links } => {
            if let Some(base) = base {
                check(eval, base, scope, params);
            }
            for link in links {
                let modifier =
                    crate::generator::MODIFIERS.iter().any(|(m, _)| *m == link.name.name);
                if !known(&link.name.name) && !modifier {
                    let _reported: Eval = eval.name(&link.name.name, link.name.loc, scope);
                }
                link.args.iter().for_each(|arg| check(eval, arg, scope, params));
            }
        }
        ExprKind::Lambda { params: own, body } => {
            let mut all = params.to_vec();
            all.extend(own.iter().map(|p| p.name.as_str()));
            check(eval, body, scope, &all);
        }
        ExprKind::Apply { f, args } => {
            check(eval, f, scope, params);
            args.iter().for_each(|arg| check(eval, arg, scope, params));
        }
        ExprKind::Binary { left, right, .. } => {
            check(eval, left, scope, params);
            check(eval, right, scope, params);
        }
        ExprKind::Section { right: inner, .. } | ExprKind::Neg(inner) => {
            check(eval, inner, scope, params);
        }
        ExprKind::List(items) => items.iter().for_each(|item| check(eval, item, scope, params)),
        ExprKind::Table(rows) => rows.iter().for_each(|(_, e)| check(eval, e, scope, params)),
        ExprKind::Name(_) | ExprKind::Num(_) | ExprKind::Text(_) | ExprKind::Error => {}
    }
}
