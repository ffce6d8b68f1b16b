//! What players of other systems type out of habit, and how mag says it.

use super::ast::{Expr, ExprKind};
use super::fault::Scene;
use super::operator;
use super::token::Tok;
use crate::problem::Problem;
use mag_pattern::Loc;

/// Operators of Tidal, Haskell and JavaScript that mag has other words for; longer ones first.
const OPERATORS: [(&str, &str); 12] = [
    ("<~", "mag writes `.early 0.25` where Tidal writes `0.25 <~`"),
    ("~>", "mag writes `.late 0.25` where Tidal writes `0.25 ~>`"),
    ("<>", "to play both at once, write `stack [a, b]`"),
    ("=>", "a function is written `\\x -> …`"),
    ("++", "to join, write `cat [a, b]`; to add, write one `+`"),
    ("**", "mag has no operator for powers; multiply"),
    ("$", "brackets do that here, `f (g x)`, or a chain, `x .g .f`"),
    ("#", "mag writes `.speed 2` where Tidal writes `# speed 2`"),
    ("^", "mag has no operator for powers; multiply"),
    ("&", "the operator for “and” is `&&`"),
    ("|", "the operator for “or” is `||`; choices such as a|b go in double quotes"),
    ("!", "`!=` compares; repeats such as a!2 go in double quotes"),
];

/// Bytes of the foreign operator that `text` starts with, if it does.
pub(super) fn operator(text: &str) -> Option<usize> {
    if ["&&", "||", "!="].iter().any(|own| text.starts_with(own)) {
        return None;
    }
    let plain = || OPERATORS.iter().find(|(op, _)| text.starts_with(op)).map(|(op, _)| op.len());
    aligned(text).map(|found| found.len).or_else(plain)
}

/// One of Tidal's operators that say whose structure counts, such as `|+|`.
struct Aligned {
    len: usize,
    /// mag's word for it, such as `addMix`.
    word: String,
}

/// `|+|`, `|+`, `+|` and their like.
fn aligned(text: &str) -> Option<Aligned> {
    let (left, rest) = match text.strip_prefix('|') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let verb = match rest.chars().next()? {
        '+' => "add",
        '-' => "sub",
        '*' => "mul",
        '/' => "div",
        '%' => "mod",
        '>' => "set",
        '<' => "keep",
        _ => return None,
    };
    let right = rest.get(1..)?.starts_with('|');
    let how = match (left, right) {
        (true, true) => "Mix",
        (true, false) => "",
        (false, true) => "Out",
        (false, false) => return None,
    };
    Some(Aligned { len: 1 + usize::from(left) + usize::from(right), word: format!("{verb}{how}") })
}

/// The problem of finding the foreign operator `symbol` after `left`.
pub(super) fn explain(symbol: &str, loc: Loc, left: &Expr, right: Option<&Expr>) -> Problem {
    let problem =
        Problem::error("foreign-operator", loc, format!("mag has no operator `{symbol}`"));
    match (symbol, &left.kind) {
        ("=", _) => Problem::error("stray-equals", loc, "`=` does not belong here")
            .help("a definition is `let name = …`, a part is `name: …`, a comparison is `==`"),
        ("$", ExprKind::Name(name)) if is_slot(name) => {
            problem.help(format!("a part is written `{name}: …`"))
        }
        ("#", _) if operator::last_name(left).is_some_and(|(_, name)| is_note(name)) => {
            problem.help("notes go in double quotes: \"c#4 e4\"")
        }
        ("#", _) if right.and_then(first_name).is_some() => {
            let name = right.and_then(first_name).unwrap_or_default();
            problem.help(format!("mag writes `.{name} …` where Tidal writes `# {name} …`"))
        }
        _ => {
            let known = OPERATORS.iter().find(|(op, _)| *op == symbol).map(|(_, help)| *help);
            match (known, aligned(symbol)) {
                (Some(help), _) => problem.help(help),
                (None, Some(Aligned { word, .. })) => {
                    problem.help(format!("mag writes `.{word} …` where Tidal writes `{symbol} …`"))
                }
                (None, None) => problem,
            }
        }
    }
}

/// The name that an expression begins with.
fn first_name(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Name(name) => Some(name),
        ExprKind::Apply { f, .. } => first_name(f),
        _ => None,
    }
}

/// The problem of a statement that begins as parts do in Strudel: `$: s("bd")`, or `_$:`, which is
/// muted.
pub(super) fn slot(scene: &Scene<'_, '_>) -> Option<Problem> {
    let muted = match scene.tokens {
        [(Tok::Foreign("$"), _), (Tok::Colon, _), ..] => false,
        [(Tok::Name("_"), _), (Tok::Foreign("$"), _), (Tok::Colon, _), ..] => true,
        _ => return None,
    };
    let (from, to) = (scene.tokens.first()?.1, scene.tokens.get(1 + usize::from(muted))?.1);
    let loc = scene.loc((from.start..to.end).into());
    let problem = Problem::error("missing-name", loc, "a part has a name here");
    Some(problem.expected("a name such as `drums:`").help(match muted {
        true => "write `drums: …`, with `-- ` before it while it is not to be heard",
        false => "write `drums: s \"bd*4\"`, each part with a name of its own",
    }))
}

/// The problem of Sonic Pi's `live_loop :drums do`, `use_synth :saw` and their like.
pub(super) fn sonic(scene: &Scene<'_, '_>) -> Option<Problem> {
    let (Tok::Name(name), span) = *scene.tokens.first()? else { return None };
    let help = match name {
        "sample" | "synth" => "a sound is a part: `drums: s \"bd*4\"`",
        _ => crate::eval::habits::word(name)?,
    };
    let symbol = match scene.tokens.get(1)? {
        (Tok::Colon, colon) => colon.start > span.end,
        _ => false,
    };
    let loc = scene.loc((span.start..span.end).into());
    let problem = Problem::error("foreign-statement", loc, format!("mag has no `{name}`"));
    symbol.then(|| problem.help(help))
}

/// Tidal's `d1` to `d16`, Sonic Pi's and others' numbered slots.
fn is_slot(name: &str) -> bool {
    let digits = name.strip_prefix(['d', 'p']).unwrap_or("");
    !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
}

fn is_note(name: &str) -> bool {
    matches!(name, "a" | "b" | "c" | "d" | "e" | "f" | "g")
}

/// The problem of a character that no expression contains.
pub(super) fn character(c: char, loc: Loc) -> Problem {
    let shown = if c.is_control() { format!("U+{:04X}", u32::from(c)) } else { c.to_string() };
    let message = format!("`{shown}` does not belong in an expression");
    let problem = Problem::error("stray-character", loc, message);
    match c {
        '~' | '@' | '?' => problem.help(format!("`{c}` is mini-notation: put it in double quotes")),
        '×' => problem.help("multiplication is `*`"),
        '÷' => problem.help("division is `/`"),
        '–' | '—' | '−' => problem.help("write a plain `-`"),
        '…' => problem.help("write a range inside double quotes: \"0 .. 3\""),
        '→' => problem.help("write `->`"),
        '≤' | '⩽' => problem.help("write `<=`"),
        '≥' | '⩾' => problem.help("write `>=`"),
        '≠' => problem.help("write `!=`"),
        _ => problem,
    }
}
