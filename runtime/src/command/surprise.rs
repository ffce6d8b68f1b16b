//! `mag surprise`: how unlikely a model finds music, from files of several kinds.

use super::generate;
use crate::notice::print;
use clap::Args;
use mag_models::{Card, Melody, Trouble};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

mod file;
mod lines;
mod midi;
mod program;
mod records;
mod rhythms;
mod voices;

/// Melodies that are judged at once.
const BATCH: usize = 32;

/// What `mag surprise` is asked.
#[derive(Debug, Args)]
pub struct Surprise {
    /// The model, as in `mag models`; a file in its place is judged by the model for its records
    pub model: String,
    /// Answer in JSON, one line for each melody
    #[arg(long)]
    pub json: bool,
    /// Bars of each part of a .mag file that are judged
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=256))]
    pub bars: u32,
    /// MIDI files (.mid), programs (.mag) or lines of records (.jsonl, .jsonl.gz)
    pub files: Vec<PathBuf>,
}

/// A melody with a name to call it by.
struct Named {
    name: String,
    melody: Melody,
}

/// A melody and what the model made of it.
struct Judged {
    name: String,
    nats: f64,
    notes: usize,
    sixteenths: f64,
}

impl Judged {
    fn per_sixteenth(&self) -> f64 {
        self.nats / self.sixteenths.max(1.0)
    }
}

impl Surprise {
    /// Answers on standard output, the most surprising first.
    ///
    /// # Errors
    /// In the user's words.
    pub fn run(mut self) -> Result<ExitCode, String> {
        let first = PathBuf::from(&self.model);
        if first.is_file() {
            self.model = records::model_for(&first).unwrap_or("melody").to_string();
            self.files.insert(0, first);
        }
        if self.files.is_empty() {
            return Err("expected files to judge: `mag surprise melody tune.mid`".into());
        }
        let folder = generate::folder_of(&self.model)?;
        let card = Card::read(&folder).map_err(|trouble| trouble.to_string())?;
        let judged = match card.vocabulary.as_str() {
            "chorale" => voices::chorales(&self.model, &self.files)?,
            "drums" => rhythms::drums(&folder, &self.files)?,
            "chords" => rhythms::chords(&folder, &self.files)?,
            "performance" => voices::performances(&self.model, &self.files)?,
            _ => self.melodies()?,
        };
        if judged.is_empty() {
            return Err("there is nothing to judge in these files".into());
        }
        self.answer(judged);
        Ok(ExitCode::SUCCESS)
    }

    fn melodies(&self) -> Result<Vec<Judged>, String> {
        let mut melodies = Vec::new();
        for file in &self.files {
            melodies.extend(read(file, self.bars)?);
        }
        let mut model = generate::open(&self.model, "cpu")?;
        // Melodies of like length end together, so that a batch wastes no steps.
        melodies.sort_by_key(|named| named.melody.notes.len());
        let mut judged = Vec::with_capacity(melodies.len());
        for batch in melodies.chunks(BATCH) {
            let (names, asked): (Vec<_>, Vec<Melody>) =
                batch.iter().map(|named| (named.name.clone(), named.melody.clone())).unzip();
            let found = all_or_who(&names, &asked, |asked| model.surprise(asked))?;
            judged.extend(batch.iter().zip(found).map(|(named, found)| Judged {
                name: named.name.clone(),
                nats: found.total,
                notes: named.melody.notes.len(),
                sixteenths: found.sixteenths,
            }));
        }
        Ok(judged)
    }

    fn answer(&self, mut judged: Vec<Judged>) {
        judged.sort_by(|a, b| b.per_sixteenth().total_cmp(&a.per_sixteenth()));
        judged.iter().for_each(|judged| print(&self.line(judged)));
    }

    fn line(&self, judged: &Judged) -> String {
        let Judged { name, notes, sixteenths, .. } = judged;
        // Silence is 0, not -0.
        let nats = judged.nats + 0.0;
        if self.json {
            let out =
                json!({ "name": name, "nats": nats, "notes": notes, "sixteenths": sixteenths });
            return out.to_string();
        }
        format!("{:>7.3} nats per sixteenth, {notes:>5} notes  {name}", judged.per_sixteenth())
    }
}

/// What a model finds of all that it is asked at once, or who is to blame: the first that it refuses
/// when it is asked alone.
fn all_or_who<T, Found>(
    names: &[String],
    asked: &[T],
    mut judge: impl FnMut(&[T]) -> Result<Found, Trouble>,
) -> Result<Found, String> {
    judge(asked).map_err(|trouble| {
        let alone = names.iter().zip(asked.chunks(1));
        let blamed = alone.filter_map(|(name, one)| Some((name, judge(one).err()?))).next();
        blamed.map_or_else(|| trouble.to_string(), |(name, why)| format!("{name}: {why}"))
    })
}

/// The melodies of a file, by its ending.
fn read(path: &Path, bars: u32) -> Result<Vec<Named>, String> {
    let name = path.display().to_string();
    let melodies = match path.extension().and_then(|end| end.to_str()) {
        Some("mid" | "midi") => {
            midi::read(path).map(|melody| vec![Named { name: name.clone(), melody }])
        }
        Some("mag") => program::read(path, bars),
        _ if records::are_in(path) => lines::read(path),
        _ => Err("expected a file that ends in .mid, .mag, .jsonl or .jsonl.gz".into()),
    };
    let melodies = melodies.map_err(|why| format!("{name}: {why}"))?;
    if melodies.is_empty() { Err(format!("{name}: no melody in it")) } else { Ok(melodies) }
}

/// One note at a time, in order: of notes that begin together the highest, each cut short by the
/// next.
fn single_voice(mut notes: Vec<mag_models::Note>) -> Vec<mag_models::Note> {
    notes.sort_by_key(|note| (note.onset, std::cmp::Reverse(note.pitch)));
    notes.dedup_by_key(|note| note.onset);
    for i in 1..notes.len() {
        let next = notes[i].onset;
        let before = &mut notes[i - 1];
        before.duration = before.duration.min(next - before.onset).max(1);
    }
    notes
}

/// The end of the last note, in ticks.
fn end(notes: &[mag_models::Note]) -> u32 {
    notes.iter().map(|note| note.onset.saturating_add(note.duration)).max().unwrap_or(0)
}
