//! Generators: a model and what it was told, on the way to becoming a pattern.

mod flow;
mod form;
mod live;
mod notes;
mod pages;
mod phrases;
mod told;
mod verbs;

use crate::meaning::Meaning;
use mag_pattern::{Pattern, Sym, Value};
use std::collections::BTreeMap;

pub use pages::{PAGES, Page};
pub(crate) use told::Refusal;
pub(crate) use verbs::is_modifier;
pub use verbs::{Late, MODIFIERS, VERBS, Verb, verb};

/// The nucleus of answers, unless another is asked for: what is said back once, in front of people,
/// keeps to the likely.
const SAFE: f64 = 0.9;

/// Chords of a generator.
#[derive(Clone, Debug)]
pub enum Over {
    /// The same plan for all, in cycles.
    All(Pattern),
    /// A plan for each section of the form, from the section's own start.
    Sections(Vec<(String, Pattern)>),
}

/// A model with its modifiers. It turns into a pattern at the first pattern function.
#[derive(Clone, Debug)]
pub struct Generator {
    /// What is done.
    pub verb: &'static Verb,
    /// The model that does it; without one, the verb's own.
    pub model: Option<Sym>,
    /// The patterns that it is done to.
    pub given: Vec<Pattern>,
    /// Whom it listens to, if that is somebody who plays (`midi`, `osc`).
    pub source: Option<Sym>,
    /// Length of a phrase in bars.
    pub bars: u32,
    /// Whether that length was asked for.
    pub measured: bool,
    /// Seed of each phrase: one cycle of the pattern for each phrase, or each turn of the form.
    pub seed: Pattern,
    /// Sampling temperature, at the phrase's start.
    pub temperature: Option<Pattern>,
    /// Nucleus, at the phrase's start.
    pub top: Option<Pattern>,
    /// Chords.
    pub over: Option<Over>,
    /// Key, at the phrase's start.
    pub key: Option<Pattern>,
    /// Notes to continue, in bars.
    pub prime: Option<Pattern>,
    /// Hits to play around, in the time of the phrase.
    pub around: Option<Pattern>,
    /// Phrases continue one another.
    pub flow: bool,
    /// Names of sections, a phrase each.
    pub form: Vec<Sym>,
    /// What else was asked for, by name.
    pub settings: BTreeMap<&'static str, Pattern>,
    /// Execution provider.
    pub device: Option<Sym>,
}

impl Generator {
    /// A verb done to patterns by its own model: phrases of four bars, seed 0.
    pub fn new(verb: &'static Verb, given: Vec<Pattern>) -> Generator {
        Generator {
            verb,
            model: None,
            given,
            source: None,
            bars: 4,
            measured: false,
            seed: Pattern::pure(0.0),
            temperature: None,
            top: None,
            over: None,
            key: None,
            prime: None,
            around: None,
            flow: false,
            form: Vec::new(),
            settings: BTreeMap::new(),
            device: None,
        }
    }

    /// How many patterns deep its modifiers are.
    pub fn depth(&self) -> u16 {
        let mut all: Vec<&Pattern> = vec![&self.seed];
        let some = [&self.temperature, &self.top, &self.key, &self.prime, &self.around];
        all.extend(some.into_iter().flatten());
        all.extend(self.given.iter().chain(self.settings.values()));
        match &self.over {
            Some(Over::All(p)) => all.push(p),
            Some(Over::Sections(plans)) => all.extend(plans.iter().map(|(_, p)| p)),
            None => {}
        }
        all.iter().map(|p| p.depth).max().unwrap_or(0)
    }

    /// Applies a modifier that the verb takes; `Err` says what it takes.
    pub(crate) fn modify(&mut self, name: &str, arg: Option<&Meaning>) -> Result<(), Refusal> {
        if name == "flow" {
            self.flow = true;
            return arg.map_or(Ok(()), |_| Err("`.flow` takes nothing".into()));
        }
        let takes = MODIFIERS.iter().find(|(n, _)| *n == name).map_or("", |(_, t)| t);
        let refuse =
            |found: String| Refusal::from(format!("`.{name}` takes {takes}, found {found}"));
        match (arg, name) {
            (Some(Meaning::Text(word)), "device") => self.device = Some(Sym::new(word)),
            (Some(Meaning::Text(word)), "model") => self.model = Some(Sym::new(word)),
            (Some(Meaning::Text(text)), "form") => {
                self.form = text.split_whitespace().map(Sym::new).collect();
            }
            (Some(Meaning::Table(rows)), "over") => {
                let plan = |(name, meaning): &(String, Meaning)| match meaning {
                    Meaning::Pattern(p, _) => Ok((name.clone(), p.clone())),
                    Meaning::Generator(g) => Ok((name.clone(), g.clone().into_pattern())),
                    other => Err(refuse(other.kind())),
                };
                let plans = rows.iter().map(plan).collect::<Result<_, Refusal>>()?;
                self.over = Some(Over::Sections(plans));
            }
            (Some(Meaning::Pattern(p, text)), _) => self.pattern(name, p, text.as_deref())?,
            (Some(Meaning::Generator(g)), _) => {
                let depth = g.depth() + 1;
                let mut p = g.clone().into_pattern();
                p.depth = depth;
                self.pattern(name, &p, None)?;
            }
            (Some(Meaning::Text(text)), _) => {
                self.pattern(name, &Pattern::pure(Value::word(text)), None)?;
            }
            (Some(other), _) => return Err(refuse(other.kind())),
            (None, _) => return Err(refuse("nothing".into())),
        }
        Ok(())
    }

    fn pattern(&mut self, name: &str, p: &Pattern, text: Option<&str>) -> Result<(), Refusal> {
        told::numbers(self.verb.name, name, p)?;
        let number = p.constant().and_then(Value::number);
        match name {
            "bars" => {
                let bars = number.unwrap_or(0.0);
                if bars.fract() != 0.0 || !(1.0..=64.0).contains(&bars) {
                    let one = if p.constant().is_none() { "one" } else { "a" };
                    return Err(format!("`.bars` takes {one} whole number from 1 to 64").into());
                }
                self.bars = bars as u32;
                self.measured = true;
            }
            "temp" => self.temperature = Some(p.clone()),
            "top" => self.top = Some(p.clone()),
            "seed" => self.seed = p.clone(),
            "over" => self.over = Some(Over::All(p.clone())),
            "inKey" => {
                let spelled = text.and_then(crate::native::spaced_scale);
                self.key = Some(spelled.unwrap_or_else(|| p.clone()));
            }
            "prime" => self.prime = Some(p.clone()),
            "around" => self.around = Some(p.clone()),
            "form" => self.form = form::sections(p)?,
            "device" => self.device = p.constant().map(notes::spelled),
            "model" => self.model = p.constant().map(notes::spelled),
            _ => self.setting(name, p),
        }
        Ok(())
    }

    /// A setting that only the model understands.
    fn setting(&mut self, name: &str, p: &Pattern) {
        let numbers = verbs::NUMBERS.iter().chain(verbs::CURVES);
        if let Some((name, ..)) = numbers.into_iter().find(|row| row.0 == name) {
            self.settings.insert(name, p.clone());
        }
        let words = verbs::WORDS.iter().chain(verbs::LISTS).find(|known| **known == name);
        if let Some(name) = words {
            self.settings.insert(name, p.clone());
        }
    }
}
