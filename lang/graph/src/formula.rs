//! Formulas of a time `t`, as byte beats are written: numbers, the operators of C and JavaScript with
//! their precedence, and some functions; worked out without allocation.

mod parse;

/// Numbers that wait while it is worked out, at most.
const DEPTH: usize = 48;

/// One step: it takes its operands from a stack and leaves its result there.
#[derive(Clone, Copy, Debug)]
enum Step {
    Time,
    Number(f64),
    One(One),
    Two(Two),
    /// Of three: the second if the first is not 0, else the third.
    Choose,
}

#[derive(Clone, Copy, Debug)]
enum One {
    Minus,
    Complement,
    Not,
    Call(fn(f64) -> f64),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Two {
    Or,
    And,
    BitOr,
    BitXor,
    BitAnd,
    Equal,
    Unequal,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Left,
    Right,
    RightZero,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Power,
    Minimum,
    Maximum,
}

/// What is wrong with a formula, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormulaError {
    /// The character at which it went wrong, counted from 0.
    pub at: usize,
    /// What was expected there, and what was found.
    pub message: String,
}

/// A formula that can be worked out for any time.
#[derive(Clone, Debug)]
pub struct Formula(Vec<Step>);

impl Formula {
    /// Reads a formula such as `t*(42&t>>10)`.
    ///
    /// # Errors
    /// [`FormulaError`] with the place where it is not one.
    ///
    /// ```
    /// use mag_graph::Formula;
    ///
    /// assert_eq!(Formula::parse("t*(t>>2 & 3)").map(|f| f.value(9.0)), Ok(18.0));
    /// assert!(Formula::parse("t*(2").is_err_and(|e| e.at == 4));
    /// ```
    pub fn parse(text: &str) -> Result<Formula, FormulaError> {
        parse::parse(text).map(Formula)
    }

    /// Its value at time `t`; what cannot be worked out is what JavaScript makes of it.
    #[must_use]
    pub fn value(&self, t: f64) -> f64 {
        let mut stack = [0.0; DEPTH];
        let mut top = 0;
        for step in &self.0 {
            match *step {
                Step::Time => push(&mut stack, &mut top, t),
                Step::Number(x) => push(&mut stack, &mut top, x),
                Step::One(one) => {
                    let x = pop(&stack, &mut top);
                    push(&mut stack, &mut top, one.of(x));
                }
                Step::Two(two) => {
                    let (y, x) = (pop(&stack, &mut top), pop(&stack, &mut top));
                    push(&mut stack, &mut top, two.of(x, y));
                }
                Step::Choose => {
                    let (no, yes) = (pop(&stack, &mut top), pop(&stack, &mut top));
                    let which = pop(&stack, &mut top);
                    push(&mut stack, &mut top, if truth(which) { yes } else { no });
                }
            }
        }
        stack[0]
    }

    /// The byte at time `t`, as a sample from -1 to 1.
    #[must_use]
    pub fn sample(&self, t: f64) -> f32 {
        (integer(self.value(t)) & 255) as f32 * (1.0 / 127.5) - 1.0
    }
}

fn push(stack: &mut [f64; DEPTH], top: &mut usize, x: f64) {
    // Parsing has seen to it that there is room.
    if let Some(place) = stack.get_mut(*top) {
        *place = x;
        *top += 1;
    }
}

fn pop(stack: &[f64; DEPTH], top: &mut usize) -> f64 {
    *top = top.saturating_sub(1);
    stack.get(*top).copied().unwrap_or(0.0)
}

fn truth(x: f64) -> bool {
    x != 0.0 && !x.is_nan()
}

/// The 32 bits that operators on bits see: what is left of 2³².
fn integer(x: f64) -> i32 {
    if x.abs() < 2_147_483_648.0 {
        return x as i32;
    }
    if x.is_finite() { x.trunc().rem_euclid(4_294_967_296.0) as u32 as i32 } else { 0 }
}

impl One {
    fn of(self, x: f64) -> f64 {
        match self {
            One::Minus => -x,
            One::Complement => f64::from(!integer(x)),
            One::Not => f64::from(u8::from(!truth(x))),
            One::Call(f) => f(x),
        }
    }
}

impl Two {
    fn of(self, x: f64, y: f64) -> f64 {
        let bits = |f: fn(i32, i32) -> i32| f64::from(f(integer(x), integer(y)));
        let flag = |b: bool| f64::from(u8::from(b));
        let by = (integer(y) & 31) as u32;
        match self {
            Two::Or => {
                if truth(x) {
                    x
                } else {
                    y
                }
            }
            Two::And => {
                if truth(x) {
                    y
                } else {
                    x
                }
            }
            Two::BitOr => bits(|x, y| x | y),
            Two::BitXor => bits(|x, y| x ^ y),
            Two::BitAnd => bits(|x, y| x & y),
            Two::Equal => flag(x == y),
            Two::Unequal => flag(x != y),
            Two::Less => flag(x < y),
            Two::LessEqual => flag(x <= y),
            Two::Greater => flag(x > y),
            Two::GreaterEqual => flag(x >= y),
            Two::Left => f64::from(integer(x).wrapping_shl(by)),
            Two::Right => f64::from(integer(x).wrapping_shr(by)),
            Two::RightZero => f64::from((integer(x) as u32).wrapping_shr(by)),
            Two::Add => x + y,
            Two::Subtract => x - y,
            Two::Multiply => x * y,
            Two::Divide => x / y,
            Two::Remainder => x % y,
            Two::Power => x.powf(y),
            Two::Minimum => x.min(y),
            Two::Maximum => x.max(y),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str, t: f64) -> f64 {
        Formula::parse(text).map_or(f64::NAN, |f| f.value(t))
    }

    #[test]
    fn operators_bind_as_in_c() {
        // Worked out by a JavaScript interpreter.
        let cases = [
            ("1+2*3", 0.0, 7.0),
            ("(1+2)*3", 0.0, 9.0),
            ("t>>2&3|8", 13.0, 11.0),
            ("t*(42&t>>10)", 20_000.0, 40_000.0),
            ("t*(42&t>>10)", 10_000.0, 80_000.0),
            ("-t&255", 3.0, 253.0),
            ("~t", 5.0, -6.0),
            ("!t||7", 2.0, 7.0),
            ("t>3?10:t<2?20:30", 1.0, 20.0),
            ("t%7.5", 20.0, 5.0),
            ("2**3**2", 0.0, 512.0),
            ("-1>>>28", 0.0, 15.0),
            ("1<<33", 0.0, 2.0),
            ("0x1F^t", 1.0, 30.0),
            ("4294967301&255", 0.0, 5.0),
            ("max(t,3)-min(t,3)+abs(-2)", 5.0, 4.0),
            ("(t==4)+(t!=4)+(t>=4)", 4.0, 2.0),
            ("1e3+.5", 0.0, 1000.5),
        ];
        for (text, t, wanted) in cases {
            assert_eq!(value(text, t), wanted, "{text} at {t}");
        }
        assert!((value("sin(t*PI/128)*127", 64.0) - 127.0).abs() < 1e-9);
    }

    #[test]
    fn mistakes_are_told_with_their_place() {
        let wrong = |text: &str| Formula::parse(text).err().map(|e| (e.at, e.message));
        let cases = [
            ("", 0, "expected a number"),
            ("t*", 2, "found the end"),
            ("t*(t>>3", 7, "expected `)`"),
            ("t)", 1, "expected an operator"),
            ("t*foo(3)", 2, "there is no `foo`"),
            ("t?1", 3, "expected `:`"),
            ("1 2", 2, "expected an operator"),
            ("min(t)", 5, "expected `,`"),
        ];
        for (text, at, part) in cases {
            let found = wrong(text);
            assert!(
                found.as_ref().is_some_and(|f| f.0 == at && f.1.contains(part)),
                "{text}: {found:?}"
            );
        }
        assert!(wrong(&"(".repeat(5000)).is_some());
        assert!(wrong(&"-".repeat(5000)).is_some());
        assert!(wrong(&format!("2{}", "**2".repeat(1000))).is_some());
        assert!(wrong(&" ".repeat(5000)).is_some());
        assert!(wrong(&format!("t{}", "+t".repeat(5000))).is_some());
        assert!(wrong(&format!("{}t", "t+(".repeat(40))).is_some());
    }

    #[test]
    fn nothing_that_is_written_makes_it_stop() {
        for text in ["t/0", "t%0", "sqrt(-1)", "log(0)|0", "1e308*1e308>>1", "tan(PI/2)", "t<<-1"] {
            assert!(Formula::parse(text).is_ok_and(|f| f.sample(77.0).abs() <= 1.0), "{text}");
        }
    }
}
