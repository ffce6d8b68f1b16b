//! Reading a formula: from its text to the steps that work it out.

use super::{DEPTH, FormulaError, One, Step, Two};

/// Operations of a formula, at most.
const LENGTH: usize = 512;
/// Characters of a formula, at most.
const TEXT: usize = 4096;

/// The operators of two operands: how tightly each binds. Longer ones stand before those that they
/// begin with.
const OPERATORS: [(&str, u8, Two); 22] = [
    (">>>", 8, Two::RightZero),
    ("===", 6, Two::Equal),
    ("!==", 6, Two::Unequal),
    ("||", 1, Two::Or),
    ("&&", 2, Two::And),
    ("==", 6, Two::Equal),
    ("!=", 6, Two::Unequal),
    ("<<", 8, Two::Left),
    (">>", 8, Two::Right),
    ("<=", 7, Two::LessEqual),
    (">=", 7, Two::GreaterEqual),
    ("**", 12, Two::Power),
    ("|", 3, Two::BitOr),
    ("^", 4, Two::BitXor),
    ("&", 5, Two::BitAnd),
    ("<", 7, Two::Less),
    (">", 7, Two::Greater),
    ("+", 9, Two::Add),
    ("-", 9, Two::Subtract),
    ("*", 10, Two::Multiply),
    ("/", 10, Two::Divide),
    ("%", 10, Two::Remainder),
];

/// Functions of one number.
type Named = (&'static str, fn(f64) -> f64);
const FUNCTIONS: [Named; 14] = [
    ("sin", f64::sin),
    ("cos", f64::cos),
    ("tan", f64::tan),
    ("abs", f64::abs),
    ("floor", f64::floor),
    ("int", f64::floor),
    ("ceil", f64::ceil),
    ("round", f64::round),
    ("sqrt", f64::sqrt),
    ("cbrt", f64::cbrt),
    ("exp", f64::exp),
    ("log", f64::ln),
    ("log2", f64::log2),
    ("sign", f64::signum),
];

/// The steps of a formula, in the order in which they are taken.
///
/// # Errors
/// With the place where it is not one.
pub(super) fn parse(text: &str) -> Result<Vec<Step>, FormulaError> {
    let mut parser = Parser { text: text.chars().collect(), at: 0, steps: Vec::new(), depth: 0 };
    if parser.text.len() > TEXT {
        let message = format!("too long: a formula may have {TEXT} characters");
        return Err(FormulaError { at: TEXT, message });
    }
    parser.choice()?;
    parser.space();
    if parser.at < parser.text.len() {
        return Err(parser.wrong("an operator or the end"));
    }
    parser.bounded()?;
    Ok(parser.steps)
}

struct Parser {
    text: Vec<char>,
    at: usize,
    steps: Vec<Step>,
    /// Brackets and signs within each other.
    depth: usize,
}

impl Parser {
    fn space(&mut self) {
        while self.text.get(self.at).is_some_and(|c| c.is_whitespace()) {
            self.at += 1;
        }
    }

    fn wrong(&self, expected: &str) -> FormulaError {
        let found = match self.text.get(self.at) {
            Some(c) => format!("`{c}`"),
            None => "the end".to_owned(),
        };
        FormulaError { at: self.at, message: format!("expected {expected}, found {found}") }
    }

    /// Takes `word` if it comes next.
    fn take(&mut self, word: &str) -> bool {
        self.space();
        let next = self.text.get(self.at..).unwrap_or(&[]);
        let here =
            word.chars().count() <= next.len() && word.chars().zip(next).all(|(a, b)| a == *b);
        if here {
            self.at += word.chars().count();
        }
        here
    }

    fn need(&mut self, word: &str) -> Result<(), FormulaError> {
        if self.take(word) { Ok(()) } else { Err(self.wrong(&format!("`{word}`"))) }
    }

    /// `condition ? yes : no`, or less.
    fn choice(&mut self) -> Result<(), FormulaError> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(self.wrong("less in brackets within brackets"));
        }
        self.binary(1)?;
        if self.take("?") {
            self.choice()?;
            self.need(":")?;
            self.choice()?;
            self.steps.push(Step::Choose);
        }
        self.depth -= 1;
        Ok(())
    }

    /// Operators that bind at least as tightly as `least`.
    fn binary(&mut self, least: u8) -> Result<(), FormulaError> {
        self.unary()?;
        loop {
            self.space();
            let before = self.at;
            let Some(&(_, binds, two)) = OPERATORS.iter().find(|(word, ..)| self.take(word)) else {
                return Ok(());
            };
            if binds < least {
                self.at = before;
                return Ok(());
            }
            // All but the power group to the left.
            if two == Two::Power {
                self.depth += 1;
                if self.depth > DEPTH {
                    return Err(self.wrong("fewer powers of powers"));
                }
                self.binary(binds)?;
                self.depth -= 1;
            } else {
                self.binary(binds + 1)?;
            }
            self.steps.push(Step::Two(two));
        }
    }

    fn unary(&mut self) -> Result<(), FormulaError> {
        let sign = match () {
            () if self.take("-") => Some(One::Minus),
            () if self.take("~") => Some(One::Complement),
            () if self.take("!") => Some(One::Not),
            () if self.take("+") => None,
            () => return self.primary(),
        };
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(self.wrong("fewer signs"));
        }
        self.binary(12)?;
        self.depth -= 1;
        self.steps.extend(sign.map(Step::One));
        Ok(())
    }

    fn primary(&mut self) -> Result<(), FormulaError> {
        self.space();
        match self.text.get(self.at) {
            Some('(') => {
                self.at += 1;
                self.choice()?;
                self.need(")")
            }
            Some(c) if c.is_ascii_digit() || *c == '.' => self.number(),
            Some(c) if c.is_ascii_alphabetic() => self.name(),
            _ => Err(self.wrong("a number, `t`, a function or `(`")),
        }
    }

    fn word(&self, of: impl Fn(char) -> bool) -> String {
        self.text.get(self.at..).unwrap_or(&[]).iter().copied().take_while(|c| of(*c)).collect()
    }

    fn number(&mut self) -> Result<(), FormulaError> {
        let word = self.word(|c| c.is_ascii_alphanumeric() || c == '.');
        let read = match word.strip_prefix("0x").or(word.strip_prefix("0X")) {
            Some(digits) => u32::from_str_radix(digits, 16).ok().map(f64::from),
            None => word.parse().ok(),
        };
        let Some(number) = read else { return Err(self.wrong("a number")) };
        self.at += word.chars().count();
        self.steps.push(Step::Number(number));
        Ok(())
    }

    fn name(&mut self) -> Result<(), FormulaError> {
        let start = self.at;
        let mut word = self.word(|c| c.is_ascii_alphanumeric() || c == '.' || c == '_');
        self.at += word.chars().count();
        if let Some(bare) = word.strip_prefix("Math.") {
            word = bare.to_owned();
        }
        match word.as_str() {
            "t" => self.steps.push(Step::Time),
            "PI" | "pi" => self.steps.push(Step::Number(core::f64::consts::PI)),
            "E" => self.steps.push(Step::Number(core::f64::consts::E)),
            "min" | "max" | "pow" => {
                self.need("(")?;
                self.choice()?;
                self.need(",")?;
                self.choice()?;
                self.need(")")?;
                let two = match word.as_str() {
                    "min" => Two::Minimum,
                    "max" => Two::Maximum,
                    _ => Two::Power,
                };
                self.steps.push(Step::Two(two));
            }
            word => {
                let known = FUNCTIONS.iter().find(|(name, _)| *name == word);
                let Some((_, function)) = known else {
                    let names: Vec<&str> = FUNCTIONS.iter().map(|(name, _)| *name).collect();
                    let message = format!(
                        "there is no `{word}`; there are `t`, `PI`, min, max, pow, {}",
                        names.join(", ")
                    );
                    return Err(FormulaError { at: start, message });
                };
                self.need("(")?;
                self.choice()?;
                self.need(")")?;
                self.steps.push(Step::One(One::Call(*function)));
            }
        }
        Ok(())
    }

    /// Whether it is short enough, and never keeps more numbers waiting than there is room for.
    fn bounded(&self) -> Result<(), FormulaError> {
        let (mut depth, mut most) = (0usize, 0usize);
        for step in &self.steps {
            match step {
                Step::Time | Step::Number(_) => depth += 1,
                Step::One(_) => {}
                Step::Two(_) => depth = depth.saturating_sub(1),
                Step::Choose => depth = depth.saturating_sub(2),
            }
            most = most.max(depth);
        }
        if self.steps.len() > LENGTH || most > DEPTH {
            let message = format!("too long: a formula may have {LENGTH} numbers and operators");
            return Err(FormulaError { at: self.text.len(), message });
        }
        Ok(())
    }
}
