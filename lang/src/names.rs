//! What can be said of the names in an expression before it is evaluated.

use crate::eval::{Eval, Evaluator};
use crate::problem::Problem;
use crate::scope::Scope;
use crate::syntax::ast::{Expr, ExprKind, Ident, Link};
use std::collections::{BTreeMap, BTreeSet};

/// Looks up every name of a function's body, with `params` known besides those of `scope`, so that
/// unknown ones are found before it is called.
pub(crate) fn check(eval: &mut Evaluator, body: &Expr, scope: &Scope, params: &[&str]) {
    let look_up = |eval: &mut Evaluator, name: &str, loc| {
        if !params.contains(&name) {
            let _reported: Eval = eval.name(name, loc, scope);
        }
    };
    match &body.kind {
        ExprKind::Name(name) => look_up(eval, name, body.loc),
        ExprKind::Mini(text) => {
            if let Err(problem) = crate::mini::pattern(text, body.loc.file(), body.loc.from() + 1) {
                let _reported: Eval = eval.report(problem);
            }
        }
        ExprKind::Chain { links, .. } => {
            for link in links.iter().filter(|l| !crate::generator::is_modifier(&l.name.name)) {
                look_up(eval, &link.name.name, link.name.loc);
            }
        }
        _ => {}
    }
    let mut all = params.to_vec();
    if let ExprKind::Lambda { params, .. } = &body.kind {
        all.extend(params.iter().map(|p| p.name.as_str()));
    }
    body.kind.children(&mut |inner| check(eval, inner, scope, &all));
}

/// Reports parameters and keys of tables that are there twice.
pub(crate) fn twice(eval: &mut Evaluator, expr: &Expr) {
    match &expr.kind {
        ExprKind::Lambda { params, .. } => parameters_twice(eval, params),
        ExprKind::Table(rows) => {
            let keys = rows.iter().map(|(key, _)| key);
            told_twice(eval, keys, "duplicate-key", "is in this table twice");
        }
        _ => {}
    }
    expr.kind.children(&mut |inner| twice(eval, inner));
}

/// Reports parameters of one function that have the same name.
pub(crate) fn parameters_twice(eval: &mut Evaluator, params: &[Ident]) {
    told_twice(eval, params.iter(), "duplicate-parameter", "is a parameter twice");
}

fn told_twice<'a>(
    eval: &mut Evaluator,
    names: impl Iterator<Item = &'a Ident>,
    code: &'static str,
    what: &str,
) {
    let mut seen = BTreeMap::new();
    for name in names {
        if let Some(first) = seen.insert(name.name.as_str(), name.loc) {
            let problem = Problem::error(code, name.loc, format!("`{}` {what}", name.name));
            let _reported: Eval =
                eval.report(problem.note(first, "the first one").help("rename one of them"));
        }
    }
}

/// Adds every name that an expression mentions.
pub(crate) fn mentioned<'e>(expr: &'e Expr, names: &mut BTreeSet<&'e str>) {
    match &expr.kind {
        ExprKind::Name(name) => _ = names.insert(name),
        ExprKind::Chain { links, .. } => names.extend(links.iter().map(|l| l.name.name.as_str())),
        _ => {}
    }
    expr.kind.children(&mut |inner| mentioned(inner, names));
}

/// Adds every name that links of a chain mention.
pub(crate) fn mentioned_in_links<'e>(links: &'e [Link], names: &mut BTreeSet<&'e str>) {
    for link in links {
        names.insert(&link.name.name);
        link.args.iter().for_each(|arg| mentioned(arg, names));
    }
}

impl ExprKind {
    /// Calls `f` with each expression directly inside.
    fn children<'e>(&'e self, f: &mut dyn FnMut(&'e Expr)) {
        match self {
            ExprKind::Chain { base, links } => {
                base.iter().for_each(|base| f(base));
                links.iter().flat_map(|link| &link.args).for_each(f);
            }
            ExprKind::Lambda { body, .. } => f(body),
            ExprKind::Apply { f: callee, args } => {
                f(callee);
                args.iter().for_each(f);
            }
            ExprKind::Binary { left, right, .. } => {
                f(left);
                f(right);
            }
            ExprKind::Section { right: inner, .. } | ExprKind::Neg(inner) => f(inner),
            ExprKind::List(items) => items.iter().for_each(f),
            ExprKind::Table(rows) => rows.iter().for_each(|(_, inner)| f(inner)),
            ExprKind::Name(_)
            | ExprKind::Num(_)
            | ExprKind::Mini(_)
            | ExprKind::Text(_)
            | ExprKind::Error => {}
        }
    }
}
