//! Random programs of the language: every documented name, with likely and unlikely arguments.

use mag_lang::doc::Entry;

/// A stream of random numbers (SplitMix64; Steele, Lea and Flood, 2014).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }
    fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }
    /// True once in `n` times.
    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }
    fn pick<'a, T: ?Sized>(&mut self, items: &[&'a T]) -> &'a T {
        items[self.below(items.len())]
    }
}

/// Writes programs from the names that the manual knows.
pub struct Writer<'a> {
    dice: Dice,
    entries: &'a [Entry],
}

const WORDS: [&str; 12] = ["bd", "sn", "hh", "c3", "e", "0", "1", "2", "7", "-1", "1.5", "~"];
const NUMBERS: [&str; 16] = [
    "0", "1", "2", "3", "4", "8", "16", "0.25", "1.5", "-1", "(1/3)", "(1/8)", "-0.5", "0.9", "5",
    "12",
];
const UNLIKELY: [&str; 12] = [
    "1e12", "-1e12", "1e-12", "(0/0)", "1e300", "999999", "4096", "\"bd\"", "rev", "'text'",
    "[1, 2]", "{a: 1}",
];
const FUNCTIONS: [&str; 8] = [
    "rev",
    "(.fast 2)",
    "(.ply 2 .rev)",
    "(\\x -> x .late 0.25)",
    "(+ 1)",
    "(.every 2 rev)",
    "(.gain 0.5)",
    "(\\x -> stack [x, x])",
];

impl<'e> Writer<'e> {
    pub fn new(seed: u64, entries: &'e [Entry]) -> Writer<'e> {
        Writer { dice: Dice(seed), entries }
    }

    /// A program of a few definitions and parts.
    pub fn program(&mut self) -> String {
        let mut text = String::new();
        if self.dice.one_in(8) {
            text += self.dice.pick(&["tempo 124\n", "meter 3/4\n", "tempo 150\n", "mute a\n"]);
        }
        if self.dice.one_in(3) {
            text += &format!("let p = {}\n", self.pattern(2));
        }
        if self.dice.one_in(3) {
            let chain = self.chain(2);
            text += &format!("let f x = x{chain}\n");
        }
        for name in ["a", "b"].iter().take(1 + self.dice.below(2)) {
            let pattern = self.pattern(3);
            text += &format!("{name}: {pattern}\n");
        }
        text
    }

    /// A call of `entry` with likely arguments, but `extreme` for parameter `at`.
    pub fn call_with(&mut self, entry: &Entry, at: usize, extreme: &str) -> String {
        let argument = |(i, param): (usize, &String)| match i == at {
            true => extreme.to_string(),
            false => self.likely(param, 1),
        };
        let args: Vec<String> = entry.params.iter().enumerate().map(argument).collect();
        format!("{} {}", entry.name, args.join(" "))
    }

    fn pattern(&mut self, depth: usize) -> String {
        let base = match self.dice.below(9) {
            0 | 1 => format!("s {}", self.mini()),
            2 | 3 => format!("n {}", self.mini()),
            4 => format!("({})", self.call(depth)),
            5 => self.dice.pick(&["sine", "rand", "silence", "saw", "melody"]).to_string(),
            6 if depth > 0 => {
                let (a, b) = (self.pattern(depth - 1), self.pattern(depth - 1));
                let op = self.dice.pick(&["+", "-", "*", "/", "%", "==", "<", "&&", "||"]);
                format!("(({a}) {op} ({b}))")
            }
            7 if depth > 0 => {
                let (a, b) = (self.pattern(depth - 1), self.pattern(depth - 1));
                let name = self.dice.pick(&["stack", "cat", "fastcat", "polymeter", "randcat"]);
                format!("({name} [{a}, {b}])")
            }
            _ => self.mini(),
        };
        base + &self.chain(depth)
    }

    /// A few links.
    fn chain(&mut self, depth: usize) -> String {
        (0..self.dice.below(4)).map(|_| self.link(depth)).collect()
    }

    fn link(&mut self, depth: usize) -> String {
        if self.dice.one_in(60) {
            return self.dice.pick(&[" .rev", " .temp 1", " .over \"C\"", " .nope"]).to_string();
        }
        let mut entry = self.entry();
        for _ in 0..3 {
            if entry.params.last().is_some_and(|last| last == "p" || last == "x") {
                break;
            }
            entry = self.entry();
        }
        let Entry { name, params, .. } = entry;
        let wanted = params.len().saturating_sub(usize::from(!self.dice.one_in(40)));
        let args = params.iter().take(wanted).map(|p| self.argument(p, depth));
        let args: Vec<String> = args.collect();
        format!(" .{name} {}", args.join(" "))
    }

    /// `name arg … pattern`.
    fn call(&mut self, depth: usize) -> String {
        let Entry { name, params, .. } = self.entry();
        let args: Vec<String> = params.iter().map(|p| self.argument(p, depth)).collect();
        format!("{name} {}", args.join(" "))
    }

    /// Some function of the manual; controls, which are many and alike, less often.
    fn entry(&mut self) -> &'e Entry {
        let mut some = || &self.entries[self.dice.below(self.entries.len())];
        let (first, second) = (some(), some());
        if first.params == ["value"] || first.params.is_empty() { second } else { first }
    }

    fn argument(&mut self, param: &str, depth: usize) -> String {
        if self.dice.one_in(24) {
            return self.dice.pick(&UNLIKELY).to_string();
        }
        self.likely(param, depth)
    }

    fn likely(&mut self, param: &str, depth: usize) -> String {
        match param {
            "f" | "g" | "function" | "test" | "operation" => self.dice.pick(&FUNCTIONS).to_string(),
            "functions" => {
                let (f, g) = (self.dice.pick(&FUNCTIONS), self.dice.pick(&FUNCTIONS));
                format!("[{f}, {g}]")
            }
            "list" | "choices" | "patterns" => format!("[{}, {}]", self.mini(), self.mini()),
            "rows" | "pairs" => format!("[[1, {}], [2, {}]]", self.mini(), self.mini()),
            "p" | "q" | "gate" | "index" | "x" | "y" | "on" | "off" if depth > 0 => {
                if self.dice.one_in(2) {
                    self.mini()
                } else {
                    format!("({})", self.pattern(depth - 1))
                }
            }
            "name" | "scale" => self.dice.pick(&["\"c:major\"", "\"d3 dorian\"", "\"x\""]).into(),
            _ if self.dice.one_in(4) => self.mini(),
            _ => self.dice.pick(&NUMBERS).to_string(),
        }
    }

    /// A text in mini-notation, now and then a broken one.
    fn mini(&mut self) -> String {
        let mut text = self.steps(2);
        if self.dice.one_in(40) {
            text.push_str(self.dice.pick(&["]", "*", " $", "(3,", "[", "|", ".."]));
        }
        format!("\"{text}\"")
    }

    fn steps(&mut self, depth: usize) -> String {
        let rows: Vec<String> = match self.dice.below(3) {
            0 => (0..2).map(|_| self.row(depth)).collect(),
            _ => vec![self.row(depth)],
        };
        rows.join(self.dice.pick(&[", ", " | ", " . "]))
    }

    fn row(&mut self, depth: usize) -> String {
        let steps: Vec<String> = (0..=self.dice.below(3)).map(|_| self.step(depth)).collect();
        steps.join(" ")
    }

    fn step(&mut self, depth: usize) -> String {
        let term = match self.dice.below(6) {
            0 if depth > 0 => format!("[{}]", self.steps(depth - 1)),
            1 if depth > 0 => format!("<[{}] {}>", self.steps(depth - 1), self.dice.pick(&WORDS)),
            2 if depth > 0 => format!("{{{}}}%4", self.row(0)),
            _ => self.dice.pick(&WORDS).to_string(),
        };
        let after = match self.dice.below(14) {
            0 => "*2",
            1 => "/3",
            2 => "!3",
            3 => "@2",
            4 => "?",
            5 => "(3,8)",
            6 => "(<3 5>,8,2)",
            7 => "*<2 3>",
            8 => ":2",
            _ if self.dice.one_in(200) => "*999999",
            _ => "",
        };
        format!("{term}{after}")
    }
}
