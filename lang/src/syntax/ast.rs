//! The syntax tree: what a performer typed, with the place of every piece.

use mag_pattern::Loc;

/// A name with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Ident {
    /// The name as typed.
    pub name: String,
    /// Where.
    pub loc: Loc,
}

/// A whole file, or one block of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ast {
    /// Statements in order; those that did not parse are left out (their problems are reported).
    pub stmts: Vec<Stmt>,
}

/// A statement: starts in column 0.
#[derive(Clone, Debug, PartialEq)]
pub struct Stmt {
    /// What it says.
    pub kind: StmtKind,
    /// From its first to its last byte.
    pub loc: Loc,
    /// The comment block directly above, without `--`, line by line; empty if none.
    pub doc: String,
}

/// What a statement says.
#[derive(Clone, Debug, PartialEq)]
pub enum StmtKind {
    /// `let name params… = body`.
    Let {
        /// What is defined.
        name: Ident,
        /// Names of its arguments.
        params: Vec<Ident>,
        /// What it means.
        body: Expr,
    },
    /// `native name params…`: declared in the stdlib, written in Rust.
    Native {
        /// What is declared.
        name: Ident,
        /// Names of its arguments.
        params: Vec<Ident>,
    },
    /// `name: body`: a part, which plays.
    Part {
        /// The part's name.
        name: Ident,
        /// What it plays.
        body: Expr,
    },
    /// `synth name argument=1 … = body`: an instrument.
    Synth {
        /// The instrument's name.
        name: Ident,
        /// What patterns can set.
        params: Vec<Param>,
        /// What it sounds like.
        body: Expr,
    },
    /// `out name = target` (an output, e.g. `osc "127.0.0.1:9000"`).
    Out {
        /// The output's name.
        name: Ident,
        /// Where it goes.
        target: Expr,
    },
    /// A setting or command: `tempo 124`, `meter 3/4`, `hush`, `mute hats`, `solo lead`, `use "x.mag"`.
    Command {
        /// The first word.
        name: Ident,
        /// The atoms after it; for `once` one whole expression.
        args: Vec<Expr>,
    },
    /// A bare expression: the REPL shows it.
    Expr(Expr),
}

/// An argument of an instrument.
#[derive(Clone, Debug, PartialEq)]
pub struct Param {
    /// Its name.
    pub name: Ident,
    /// The number after its `=`.
    pub default: Option<Expr>,
}

/// An expression with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where.
    pub loc: Loc,
}

/// What an expression is.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// A number literal, `3`, `0.25`, `-7`, `1e3`. (`1/8` is a `Binary` of two of these.)
    Num(f64),
    /// A double-quoted string: mini-notation. `from` of the text inside is `loc.from() + 1`
    /// (no escapes exist inside, so offsets in `text` are offsets in the file).
    Mini(String),
    /// A single-quoted string: plain text.
    Text(String),
    /// A name.
    Name(String),
    /// `true` / `false` are ordinary names; this is application by juxtaposition, `f a b`.
    Apply {
        /// The function.
        f: Box<Expr>,
        /// Its arguments, at least one.
        args: Vec<Expr>,
    },
    /// `base .name args… .name args…`; without a base it is a function `(.fast 2 .rev)`.
    Chain {
        /// What is piped through the links; a function of it if absent.
        base: Option<Box<Expr>>,
        /// The links, at least one.
        links: Vec<Link>,
    },
    /// `a + b`; one of `+ - * / % == != < > <= >= && ||`.
    Binary {
        /// The operator.
        op: Op,
        /// Where it stands.
        op_loc: Loc,
        /// The left operand.
        left: Box<Expr>,
        /// The right operand.
        right: Box<Expr>,
    },
    /// `(+ 1)`: the function x -> x + 1.
    Section {
        /// The operator.
        op: Op,
        /// Where it stands.
        op_loc: Loc,
        /// Its right operand; the left one is the function's argument.
        right: Box<Expr>,
    },
    /// `-x` on something that is not a literal.
    Neg(Box<Expr>),
    /// `\x y -> body`.
    Lambda {
        /// Names of its arguments, at least one.
        params: Vec<Ident>,
        /// What it means.
        body: Box<Expr>,
    },
    /// `[a, b, c]`.
    List(Vec<Expr>),
    /// `{a: "x", b: "y"}`.
    Table(Vec<(Ident, Expr)>),
    /// What could not be parsed; its problem has been reported.
    Error,
}

/// One `.name args…` of a chain.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// The function's name.
    pub name: Ident,
    /// Its arguments, without the pattern that is piped in.
    pub args: Vec<Expr>,
    /// From the dot to the last argument.
    pub loc: Loc,
}

/// A binary operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Op {
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `/`
    Div,
    /// `%`
    Mod,
    /// `==`
    Eq,
    /// `!=`
    Ne,
    /// `<`
    Lt,
    /// `>`
    Gt,
    /// `<=`
    Le,
    /// `>=`
    Ge,
    /// `&&`
    And,
    /// `||`
    Or,
}
