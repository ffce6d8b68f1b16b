//! Trees as bracketed text, so that a test says in one line what it expects.

use mag_lang::syntax::ast::{Ast, Expr, ExprKind, Ident, Link, Param, StmtKind};

/// Every statement on a line.
pub fn ast(ast: &Ast) -> String {
    ast.stmts.iter().map(|stmt| statement(&stmt.kind)).collect::<Vec<_>>().join("\n")
}

fn statement(kind: &StmtKind) -> String {
    match kind {
        StmtKind::Let { name, params, body } => {
            format!("let {}{} = {}", name.name, names(params), expr(body))
        }
        StmtKind::Native { name, params } => format!("native {}{}", name.name, names(params)),
        StmtKind::Part { name, body } => format!("{}: {}", name.name, expr(body)),
        StmtKind::Synth { name, params, body } => {
            let param = |p: &Param| match &p.default {
                Some(default) => format!(" {}={}", p.name.name, expr(default)),
                None => format!(" {}", p.name.name),
            };
            let params: String = params.iter().map(param).collect();
            format!("synth {}{params} = {}", name.name, expr(body))
        }
        StmtKind::Out { name, target } => format!("out {} = {}", name.name, expr(target)),
        StmtKind::Command { name, args } => format!("!{}{}", name.name, exprs(args)),
        StmtKind::Expr(body) => expr(body),
    }
}

fn names(idents: &[Ident]) -> String {
    idents.iter().map(|ident| format!(" {}", ident.name)).collect()
}

fn exprs(exprs: &[Expr]) -> String {
    exprs.iter().map(|e| format!(" {}", expr(e))).collect()
}

fn link(link: &Link) -> String {
    format!(" .{}{}", link.name.name, exprs(&link.args))
}

/// An expression, with every grouping in brackets.
pub fn expr(e: &Expr) -> String {
    match &e.kind {
        ExprKind::Num(n) => n.to_string(),
        ExprKind::Mini(text) => format!("{text:?}"),
        ExprKind::Text(text) => format!("'{text}'"),
        ExprKind::Name(name) => name.clone(),
        ExprKind::Apply { f, args } => format!("({}{})", expr(f), exprs(args)),
        ExprKind::Chain { base, links } => {
            let base = base.as_ref().map_or("_".into(), |base| expr(base));
            format!("<{base}{}>", links.iter().map(link).collect::<String>())
        }
        ExprKind::Binary { op, left, right, .. } => {
            format!("({} {} {})", expr(left), op.symbol(), expr(right))
        }
        ExprKind::Section { op, right, .. } => format!("(_ {} {})", op.symbol(), expr(right)),
        ExprKind::Neg(inner) => format!("(- {})", expr(inner)),
        ExprKind::Lambda { params, body } => format!("(\\{} -> {})", names(params), expr(body)),
        ExprKind::List(items) => format!("[{}]", exprs(items)),
        ExprKind::Table(entries) => {
            let entry = |(k, v): &(Ident, Expr)| format!(" {}={}", k.name, expr(v));
            format!("{{{}}}", entries.iter().map(entry).collect::<String>())
        }
        ExprKind::Error => "ERROR".into(),
    }
}
