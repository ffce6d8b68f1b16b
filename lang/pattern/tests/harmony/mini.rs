//! As much mini-notation as the harmony cases use: `[ ] < > , * / : ..` and sequences.

use mag_pattern::cat::{fastcat, slowcat, stack};
use mag_pattern::{Pattern, Time, Value};

pub fn mini(text: &str) -> Pattern {
    let mut reader = Reader { text: text.as_bytes(), at: 0 };
    fastcat_or_one(reader.stack_until(None))
}

/// Sequences between commas, on top of each other.
fn fastcat_or_one(layers: Vec<Vec<Pattern>>) -> Pattern {
    let sequence = |steps: Vec<Pattern>| match steps.as_slice() {
        [one] => one.clone(),
        _ => fastcat(steps),
    };
    stack(layers.into_iter().map(sequence).collect())
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }
    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }
    fn stack_until(&mut self, end: Option<u8>) -> Vec<Vec<Pattern>> {
        let mut layers = vec![Vec::new()];
        loop {
            while self.eat(b' ') {}
            if self.peek() == end {
                self.at += 1;
                return layers;
            }
            if self.eat(b',') {
                layers.push(Vec::new());
            } else if self.text[self.at..].starts_with(b"..") {
                self.at += 2;
                while self.eat(b' ') {}
                let last = self.atom().number().expect("a number after ..") as i64;
                let steps = layers.last_mut().expect("a layer");
                let first = steps.pop().and_then(|p| p.constant()?.number()).expect("a number");
                let run = (first as i64..=last).map(|n| Pattern::pure(n as f64));
                steps.push(fastcat(run.collect()));
            } else {
                let (term, times) = self.term();
                layers.last_mut().expect("a layer").extend(vec![term; times]);
            }
        }
    }
    fn term(&mut self) -> (Pattern, usize) {
        let mut term = if self.eat(b'[') {
            fastcat_or_one(self.stack_until(Some(b']')))
        } else if self.eat(b'<') {
            stack(self.stack_until(Some(b'>')).into_iter().map(slowcat).collect())
        } else {
            Pattern::pure(self.atom())
        };
        loop {
            if self.eat(b'*') {
                term = term.fast(Time::from_f64(self.atom().number().expect("a factor")));
            } else if self.eat(b'/') {
                term = term.slow(Time::from_f64(self.atom().number().expect("a factor")));
            } else if self.eat(b'!') {
                return (term, self.atom().number().expect("a count") as usize);
            } else if self.eat(b':') {
                let (tail, _) = self.term();
                term = term.inner_join(move |head| {
                    let head = head.clone();
                    tail.map(move |tail| listed(&head, tail))
                });
            } else {
                return (term, 1);
            }
        }
    }
    fn atom(&mut self) -> Value {
        let rest = &self.text[self.at..];
        let ends = |b: &u8| b" ,[]<>*/:!".contains(b);
        let length = rest.iter().position(ends).unwrap_or(rest.len());
        assert!(length > 0, "a word at {}", self.at);
        let text = std::str::from_utf8(&rest[..length]).expect("ASCII");
        self.at += length;
        text.parse().map_or_else(|_| Value::word(text), Value::Num)
    }
}

fn listed(head: &Value, tail: &Value) -> Value {
    let items = |value: &Value| match value {
        Value::List(items) => items.to_vec(),
        one => vec![one.clone()],
    };
    Value::list([items(head), items(tail)].concat())
}
