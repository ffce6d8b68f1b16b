//! What a network's file asks for, read from its graph before anything runs it.
//!
//! The numbers of fields are those of `onnx.proto` (ONNX 1.x).

use std::collections::HashMap;

use super::wire::{Cut, Fields, Value, numbers};

/// More nodes than any network that makes a step in time.
const MOST_NODES: usize = 20_000;
/// Numbers that one array may hold.
const MOST_NUMBERS: u64 = 1 << 26;
/// Operators whose result may be of any size, by the constants that they are given.
const GROWING: [&str; 9] = [
    "ConstantOfShape",
    "Expand",
    "Tile",
    "Range",
    "Pad",
    "Resize",
    "OneHot",
    "EyeLike",
    "Upsample",
];
const CHANCE: [&str; 6] = [
    "RandomNormal",
    "RandomNormalLike",
    "RandomUniform",
    "RandomUniformLike",
    "Multinomial",
    "Bernoulli",
];

/// Something unwanted: what it is, and the fix.
pub(super) type Unwanted = (String, &'static str);

/// What a graph asks for, gathered over its nodes.
#[derive(Default)]
struct Survey {
    nodes: usize,
    /// Small whole constants, multiplied: what they are as a shape.
    products: HashMap<Vec<u8>, u64>,
    /// Operators whose result may be of any size, with what they are given.
    growing: Vec<(String, Vec<u8>)>,
    found: Vec<Unwanted>,
}

/// All that is unwanted in a network's file.
pub(crate) fn unwanted(bytes: &[u8]) -> Vec<Unwanted> {
    let mut survey = Survey::default();
    if survey.model(bytes).is_err() {
        survey.say("it ends in the middle, or is not an ONNX file", "copy or export it again");
    }
    if survey.nodes == 0 {
        survey.say("it holds no network", "export it again with its training script");
    }
    if survey.nodes > MOST_NODES {
        let what = format!("it has {} operators, more than {MOST_NODES}", survey.nodes);
        survey.say(what, "export one step, not one for every step of a phrase");
    }
    for (operator, given) in std::mem::take(&mut survey.growing) {
        let size = survey.products.get(&given).copied().unwrap_or(0);
        if size > MOST_NUMBERS {
            let what = format!("its `{operator}` asks for {size} numbers at once");
            survey.say(what, "a step of a small network needs no arrays of that size");
        }
    }
    survey.found
}

impl Survey {
    fn say(&mut self, what: impl Into<String>, fix: &'static str) {
        let what = what.into();
        if self.found.iter().all(|(said, _)| *said != what) {
            self.found.push((what, fix));
        }
    }

    fn model(&mut self, bytes: &[u8]) -> Result<(), Cut> {
        for field in Fields::of(bytes) {
            match field? {
                (7, Value::Bytes(graph)) => self.graph(graph)?,
                (25, _) => {
                    self.say("it brings functions of its own", "export it without functions")
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn graph(&mut self, bytes: &[u8]) -> Result<(), Cut> {
        for field in Fields::of(bytes) {
            match field? {
                (1, Value::Bytes(node)) => self.node(node)?,
                (5, Value::Bytes(tensor)) => {
                    let (name, product) = self.tensor(tensor)?;
                    self.products.insert(name.to_vec(), product);
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn node(&mut self, bytes: &[u8]) -> Result<(), Cut> {
        self.nodes += 1;
        let (mut name, mut given, mut gives, mut constant) = (String::new(), vec![], &b""[..], 0);
        for field in Fields::of(bytes) {
            match field? {
                (1, Value::Bytes(input)) => given.push(input.to_vec()),
                (2, Value::Bytes(output)) => gives = output,
                (4, Value::Bytes(operator)) => {
                    name = String::from_utf8_lossy(operator).into_owned()
                }
                (7, Value::Bytes(domain)) if !matches!(domain, b"" | b"ai.onnx") => {
                    let domain = String::from_utf8_lossy(domain).into_owned();
                    let fix = "use the operators of ONNX itself only";
                    self.say(format!("it needs operators of `{domain}`"), fix);
                }
                (5, Value::Bytes(attribute)) => constant = self.attribute(attribute)?.max(constant),
                _ => {}
            }
        }
        if name == "Constant" {
            self.products.insert(gives.to_vec(), constant);
        }
        self.operator(&name, given);
        Ok(())
    }

    fn operator(&mut self, name: &str, given: Vec<Vec<u8>>) {
        match name {
            "Loop" => self
                .say("it contains a loop, which might never end", "export one step without loops"),
            "Scan" => self
                .say("it contains a scan, which might never end", "export one step without scans"),
            _ if CHANCE.contains(&name) => self.say(
                format!("it draws by chance (`{name}`), so a seed would not give the same again"),
                "leave chance to the program: give log-probabilities",
            ),
            _ if GROWING.contains(&name) => {
                self.growing.extend(given.into_iter().map(|input| (name.to_string(), input)));
            }
            _ => {}
        }
    }

    /// What an attribute is as a shape, if it is a small whole array.
    fn attribute(&mut self, bytes: &[u8]) -> Result<u64, Cut> {
        let mut product = 0;
        for field in Fields::of(bytes) {
            match field? {
                (5, Value::Bytes(tensor)) => product = self.tensor(tensor)?.1,
                (6 | 11, Value::Bytes(_)) => self.say(
                    "it contains a graph within the graph (a branch or a loop)",
                    "export one step without branches and loops",
                ),
                _ => {}
            }
        }
        Ok(product)
    }

    /// Weights and constants: how big they say they are, and where their numbers lie. Gives the
    /// name, and what the numbers are as a shape, if they are few and whole.
    fn tensor<'a>(&mut self, bytes: &'a [u8]) -> Result<(&'a [u8], u64), Cut> {
        let (mut shape, mut whole, mut stored, mut name) = (Vec::new(), Vec::new(), 0u64, &b""[..]);
        for field in Fields::of(bytes) {
            match field? {
                (1, Value::Number(size)) => shape.push(size),
                (1, Value::Bytes(packed)) => shape.extend(numbers(packed)),
                (13, _) | (14, Value::Number(1..)) => self.say(
                    "its weights lie in other files, which a model may not read",
                    "export it with its weights inside of model.onnx",
                ),
                (7, Value::Bytes(packed)) => {
                    stored = stored.max(packed.len() as u64);
                    whole.extend(numbers(packed).take(16));
                }
                (7, Value::Number(value)) => whole.push(value),
                (8, Value::Bytes(text)) => name = text,
                (4..=6 | 9..=11, Value::Bytes(data)) => {
                    stored += data.len() as u64;
                    if data.len() <= 128 && data.len().is_multiple_of(8) {
                        let chunks = data.chunks_exact(8).filter_map(|c| c.try_into().ok());
                        whole.extend(chunks.map(u64::from_le_bytes));
                    }
                }
                _ => {}
            }
        }
        let product =
            |sizes: &[u64]| sizes.iter().fold(1u64, |all, &n| all.saturating_mul(n.max(1)));
        let claimed = product(&shape);
        if claimed > MOST_NUMBERS && stored < claimed / 8 {
            let what = format!("one of its arrays says it has {claimed} numbers, and has not");
            self.say(what, "the file is damaged, or was made to do damage");
        }
        // Negative numbers, and the bits of reals, are huge and are no sizes.
        let sizes: Vec<u64> = whole.into_iter().filter(|&n| n < 1 << 40).collect();
        let small = shape.len() <= 1 && claimed <= 16;
        Ok((name, if small { product(&sizes) } else { 0 }))
    }
}
