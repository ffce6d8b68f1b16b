//! Generators: a model and what it was told, on the way to becoming a pattern.

use crate::meaning::Meaning;
use mag_pattern::world::PhraseRequest;
use mag_pattern::{Hap, Locs, Pattern, Query, Span, Sym, Time};

/// A model with its modifiers. It turns into a pattern at the first pattern function.
#[derive(Clone, Debug)]
pub struct Generator {
    /// The model's name.
    pub model: Sym,
    /// Length of a phrase in bars.
    pub bars: u32,
    /// Seed of each phrase: one cycle of the pattern for each phrase.
    pub seed: Pattern,
    /// Sampling temperature, at the phrase's start.
    pub temperature: Pattern,
    /// Nucleus, at the phrase's start.
    pub top: Pattern,
    /// Chords, in bars.
    pub over: Option<Pattern>,
    /// Key, at the phrase's start.
    pub key: Option<Pattern>,
    /// Notes to continue, in bars.
    pub prime: Option<Pattern>,
    /// Phrases continue one another.
    pub flow: bool,
    /// Execution provider.
    pub device: Option<Sym>,
}

/// A modifier of generators: what follows the dot, and what it takes.
pub const MODIFIERS: [(&str, &str); 9] = [
    ("bars", "a whole number of bars"),
    ("temp", "a temperature, 0.1 to 3"),
    ("top", "a share of probability, 0 to 1"),
    ("seed", "a number, one cycle of the pattern for each phrase"),
    ("over", "chords such as \"<Dm7 G7>\""),
    ("inKey", "a key such as \"d:dorian\""),
    ("prime", "a pattern of notes to continue"),
    ("flow", "nothing"),
    ("device", "an execution provider such as 'cuda'"),
];

/// Whether a name after a dot is a modifier of generators.
pub(crate) fn is_modifier(name: &str) -> bool {
    MODIFIERS.iter().any(|(m, _)| *m == name)
}

impl Generator {
    /// A model as it comes: phrases of four bars, seed 0, temperature 1.
    pub fn new(model: &str) -> Generator {
        Generator {
            model: Sym::new(model),
            bars: 4,
            seed: Pattern::pure(0.0),
            temperature: Pattern::pure(1.0),
            top: Pattern::pure(1.0),
            over: None,
            key: None,
            prime: None,
            flow: false,
            device: None,
        }
    }

    /// How many patterns deep its modifiers are.
    pub fn depth(&self) -> u16 {
        let mut all = vec![&self.seed, &self.temperature, &self.top];
        all.extend([&self.over, &self.key, &self.prime].into_iter().flatten());
        all.iter().map(|p| p.depth).max().unwrap_or(0)
    }

    /// Applies a modifier; `Err` says what it takes.
    pub fn modify(&mut self, name: &str, arg: Option<&Meaning>) -> Result<(), String> {
        if name == "flow" {
            return match arg {
                None => {
                    self.flow = true;
                    Ok(())
                }
                Some(_) => Err("`.flow` takes nothing".into()),
            };
        }
        let takes = MODIFIERS.iter().find(|(n, _)| *n == name).map_or("", |(_, t)| t);
        let refuse = |found: String| format!("`.{name}` takes {takes}, found {found}");
        match (arg, name) {
            (Some(Meaning::Text(device)), "device") => {
                self.device = Some(Sym::new(device));
                Ok(())
            }
            (Some(Meaning::Pattern(p, text)), _) => self.pattern(name, p, text.as_deref(), &refuse),
            (Some(other), _) => Err(refuse(other.kind())),
            (None, _) => Err(refuse("nothing".into())),
        }
    }

    fn pattern(
        &mut self,
        name: &str,
        p: &Pattern,
        text: Option<&str>,
        refuse: &dyn Fn(String) -> String,
    ) -> Result<(), String> {
        match name {
            "bars" => {
                let bars = p.constant().and_then(|v| v.number()).unwrap_or(0.0);
                if bars.fract() != 0.0 || !(1.0..=64.0).contains(&bars) {
                    return Err("`.bars` takes a whole number from 1 to 64".into());
                }
                self.bars = bars as u32;
            }
            "temp" => self.temperature = p.clone(),
            "top" => self.top = p.clone(),
            "seed" => self.seed = p.clone(),
            "over" => self.over = Some(p.clone()),
            "inKey" => {
                let spelled = text.and_then(crate::native::spaced_scale);
                self.key = Some(spelled.unwrap_or_else(|| p.clone()));
            }
            "prime" => self.prime = Some(p.clone()),
            "device" => self.device = word_of(p),
            _ => return Err(refuse("this".into())),
        }
        Ok(())
    }

    /// The pattern of phrases, one after another.
    pub fn into_pattern(self) -> Pattern {
        let bars = i64::from(self.bars);
        Pattern::of(move |span, q, out| {
            let mut index = span.begin.floor().div_euclid(bars);
            while Time::int(index * bars) < span.end || span.begin == span.end {
                if !q.spend(1) {
                    return;
                }
                self.phrase(index, span, q, out);
                index += 1;
                if span.begin == span.end {
                    return;
                }
            }
        })
    }

    fn phrase(&self, index: i64, span: Span, q: &mut Query, out: &mut Vec<Hap>) {
        let request = self.request(index, q);
        let Some(phrase) = q.world.phrase(&request) else { return };
        let start = Time::int(index * i64::from(self.bars));
        for (onset, length, value) in &phrase.notes {
            let begin = start + *onset;
            let whole = Span::new(begin, begin + *length);
            if let (Some(part), true) = (whole.sect(span), q.spend(1)) {
                let value = value.clone();
                out.push(Hap { whole: Some(whole), part, value, locs: Locs::none() });
            }
        }
    }

    /// What the model is asked for phrase number `index`.
    fn request(&self, index: i64, q: &mut Query) -> PhraseRequest {
        let bars = i64::from(self.bars);
        let start = index * bars;
        let number = |p: &Pattern, at: i64, q: &mut Query, default: f64| {
            first_value(p, at, q).and_then(|v| v.number()).unwrap_or(default)
        };
        PhraseRequest {
            model: self.model,
            index: if self.flow { index } else { 0 },
            bars: self.bars,
            meter: q.meter,
            key: self.key.as_ref().and_then(|p| first_value(p, start, q)).map(|v| spelled(&v)),
            chords: self.over.as_ref().map_or_else(Vec::new, |p| chords(p, start, bars, q)),
            seed: number(&self.seed, index, q, 0.0) as i64,
            temperature: number(&self.temperature, start, q, 1.0).clamp(0.05, 5.0),
            top: number(&self.top, start, q, 1.0).clamp(0.01, 1.0),
            prime: self.prime.as_ref().map_or_else(Vec::new, |p| notes(p, bars, q)),
            flow: self.flow,
            device: self.device,
        }
    }
}

fn word_of(p: &Pattern) -> Option<Sym> {
    p.constant().map(spelled)
}

fn spelled(v: &mag_pattern::Value) -> Sym {
    match v {
        mag_pattern::Value::Word(w) => *w,
        other => Sym::new(&other.to_string()),
    }
}

fn haps(p: &Pattern, span: Span, q: &mut Query) -> Vec<Hap> {
    let mut found = Vec::new();
    p.query(span, q, &mut found);
    found
}

/// The value at the start of a cycle.
fn first_value(p: &Pattern, cycle: i64, q: &mut Query) -> Option<mag_pattern::Value> {
    if let Some(value) = p.constant() {
        return Some(value.clone());
    }
    let found = haps(p, Span::cycle(cycle), q);
    found
        .into_iter()
        .min_by(|a, b| a.part.begin.partial_cmp(&b.part.begin).unwrap_or(std::cmp::Ordering::Equal))
        .map(|h| h.value)
}

fn chords(p: &Pattern, start: i64, bars: i64, q: &mut Query) -> Vec<(Time, Sym)> {
    let span = Span::new(Time::int(start), Time::int(start + bars));
    let mut all: Vec<(Time, Sym)> = haps(p, span, q)
        .iter()
        .map(|hap| {
            let name = hap.value.controls().and_then(|m| m.get(Sym::new("chord")));
            (hap.part.begin - span.begin, spelled(name.unwrap_or(&hap.value)))
        })
        .collect();
    all.sort_by(|a, b| a.0.partial_cmp(&b.0).unwrap_or(std::cmp::Ordering::Equal));
    // A chord that merely goes on over a bar line is one chord.
    all.dedup_by(|later, earlier| later.1 == earlier.1);
    all
}

/// The notes of the first bars of a pattern: onset, length, MIDI pitch.
fn notes(p: &Pattern, bars: i64, q: &mut Query) -> Vec<(Time, Time, f64)> {
    let names = [Sym::new("note"), Sym::new("n"), Sym::new("midinote")];
    let span = Span::new(Time::ZERO, Time::int(bars));
    let mut all: Vec<(Time, Time, f64)> = haps(p, span, q)
        .iter()
        .filter(|hap| hap.has_onset())
        .filter_map(|hap| {
            let pitch = match hap.value.controls() {
                Some(map) => names.iter().find_map(|n| map.number(*n)),
                None => hap.value.number(),
            };
            Some((hap.part.begin, hap.whole_or_part().duration(), pitch?))
        })
        .collect();
    all.sort_by(|a, b| a.0.partial_cmp(&b.0).unwrap_or(std::cmp::Ordering::Equal));
    all
}
