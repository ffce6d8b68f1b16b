//! Reading a journal, whatever state a crash has left it in.

use super::{Entry, FORMAT, Line, Whole, delta, parse_time, played};
use crate::heard::Fact;
use crate::phrases::{Key, Substitution};
use crate::stage::When;
use mag_lang::Mode;
use mag_pattern::Time;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

/// A performance as its journal has it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recorded {
    /// The seed of the set.
    pub seed: i64,
    /// From the start to the first break, from there to the next, and so on; at least one.
    pub takes: Vec<Take>,
    /// Lines that could not be read: a power cut leaves half of one.
    pub lost: usize,
}

/// What was performed without a break.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Take {
    /// The cycle that it began with.
    pub from: Time,
    /// What was accepted, in order.
    pub entries: Vec<Entry>,
    /// What was heard for phrases that were late.
    pub phrases: Vec<Substitution>,
    /// What was heard on instruments that are listened to.
    pub heard: Vec<Fact>,
    /// The last moment that is known to have been played.
    pub until: Time,
}

impl Recorded {
    /// All texts, whatever take they belong to.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.takes.iter().flat_map(|take| &take.entries)
    }

    /// The bar with which it can go on: the first that nothing was heard of.
    pub fn next_bar(&self) -> Time {
        let last = self.takes.last().map_or(Time::ZERO, |take| take.until);
        Time::int(last.ceil())
    }
}

/// Reads a journal; lines that cannot be read are left out and counted.
///
/// # Errors
/// If the file cannot be opened, or is no journal.
pub fn read(path: &Path) -> Result<Recorded, String> {
    let name = path.display();
    let file = File::open(path).map_err(|e| format!("cannot read {name}: {e}"))?;
    let mut reader = Reader::default();
    for line in BufReader::new(file).split(b'\n') {
        let line = line.map_err(|e| format!("cannot read {name}: {e}"))?;
        match serde_json::from_slice(&line) {
            Ok(Line::Start { format, .. }) if format == 0 || format > FORMAT => {
                return Err(format!("{name} has format {format}; this mag reads 1 to {FORMAT}"));
            }
            Ok(line) => reader.take_in(line),
            Err(_) if line.is_empty() => {}
            Err(_) => reader.recorded.lost += 1,
        }
    }
    if reader.started {
        Ok(reader.recorded)
    } else {
        Err(format!("{name} is no journal of mag: expected a first line {{\"is\":\"start\",…}}"))
    }
}

#[derive(Default)]
struct Reader {
    recorded: Recorded,
    started: bool,
    texts: BTreeMap<String, String>,
    files: BTreeMap<String, String>,
}

impl Reader {
    fn take_in(&mut self, line: Line) {
        match line {
            Line::Start { seed, .. } => {
                (self.started, self.recorded.seed) = (true, seed);
                self.recorded.takes.push(Take::default());
            }
            Line::Text { mode, when, name, text, files, .. } => {
                self.entry(mode, &when, name, text, files);
            }
            Line::Edit { mode, when, name, keep, new, sum, files, .. } => {
                let before = self.texts.get(&name);
                let text = before.and_then(|before| delta::apply(before, keep, &new));
                match text.filter(|text| delta::sum(text) == sum) {
                    Some(text) => self.entry(mode, &when, name, text, files),
                    None => self.recorded.lost += 1,
                }
            }
            Line::Landed { at } => {
                if let (Some(at), Some(take)) = (parse_time(&at), self.recorded.takes.last_mut()) {
                    take.until = take.until.max(at);
                    if let Some(entry) = take.entries.last_mut() {
                        entry.landed = Some(at);
                    }
                }
            }
            Line::Phrase { at, wanted, heard } => self.phrase(&at, &wanted, heard.as_deref()),
            Line::Heard { on, from, down, up } => {
                self.heard(played::touches(&on, &from, &down, &up));
            }
            Line::Call { on, from, bar, notes, answer } => {
                self.heard(played::call(&on, &from, bar, notes, &answer).map(|call| vec![call]));
            }
            Line::Here { at, .. } => {
                if let (Some(at), Some(take)) = (parse_time(&at), self.recorded.takes.last_mut()) {
                    take.until = take.until.max(at);
                }
            }
            Line::Again { at, .. } => match parse_time(&at) {
                Some(from) => {
                    self.recorded.takes.push(Take { from, until: from, ..Take::default() });
                }
                None => self.recorded.lost += 1,
            },
        }
    }

    fn entry(
        &mut self,
        mode: Whole,
        when: &str,
        name: String,
        text: String,
        files: BTreeMap<String, Option<String>>,
    ) {
        let mut used = BTreeMap::new();
        for (name, text) in files {
            match text.or_else(|| self.files.get(&name).cloned()) {
                Some(text) => {
                    self.files.insert(name.clone(), text.clone());
                    used.insert(name, text);
                }
                None => self.recorded.lost += 1,
            }
        }
        self.texts.insert(name.clone(), text.clone());
        let mode = if mode == Whole::File { Mode::File } else { Mode::Block };
        let when = When::parse(when).or_else(|| parse_time(when).map(When::At));
        let when = when.unwrap_or(When::Beat);
        let entry = Entry { mode, when, name, text, files: used, landed: None };
        if let Some(take) = self.recorded.takes.last_mut() {
            take.entries.push(entry);
        }
    }

    fn heard(&mut self, facts: Option<Vec<Fact>>) {
        match (facts, self.recorded.takes.last_mut()) {
            (Some(facts), Some(take)) => {
                take.until = facts.iter().map(|fact| fact.from).fold(take.until, Time::max);
                take.heard.extend(facts);
            }
            _ => self.recorded.lost += 1,
        }
    }

    fn phrase(&mut self, at: &str, wanted: &str, heard: Option<&str>) {
        let known = heard.map(Key::parse);
        match (parse_time(at), Key::parse(wanted), known, self.recorded.takes.last_mut()) {
            (Some(at), Some(wanted), known, Some(take)) if known != Some(None) => {
                let heard = known.flatten();
                take.phrases.push(Substitution { at, wanted, heard });
            }
            _ => self.recorded.lost += 1,
        }
    }
}
