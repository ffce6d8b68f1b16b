//! `mag models`: which models there are, what they were trained on, and whether they run.

use crate::notice::print;
use crate::phrases::library::{self, Found};
use clap::{Args, Subcommand};
use mag_models::{Card, Gravity, Runtime};
use serde_json::{Value as Json, json};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What `mag models` is asked.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Models {
    /// Something else than listing them
    #[command(subcommand)]
    pub task: Option<Task>,
    /// Answer in JSON, one line for each model
    #[arg(long)]
    pub json: bool,
    /// Try a device: cpu, cuda, tensorrt, coreml, directml, webgpu
    #[arg(long, default_value = "cpu")]
    pub device: String,
    /// Only this model
    pub name: Option<String>,
}

/// What else can be done with models.
#[derive(Debug, Subcommand)]
pub enum Task {
    /// Explain what is wrong with a model's folder, a stranger's for instance
    Check {
        /// The folder, with model.onnx and model.toml
        folder: PathBuf,
        /// Answer in JSON, one line for each finding
        #[arg(long)]
        json: bool,
    },
}

impl Models {
    /// Answers on standard output; fails if a model is broken or the named one is not there.
    ///
    /// # Errors
    /// In the user's words.
    pub fn run(self) -> Result<ExitCode, String> {
        if let Some(Task::Check { folder, json }) = &self.task {
            return Ok(check(folder, *json));
        }
        let folders = library::folders();
        let mut models = library::models(&folders);
        if let Some(name) = &self.name {
            models.retain(|found, _| found == name);
        }
        if models.is_empty() {
            let wanted = self.name.map_or("no model".into(), |name| format!("no model `{name}`"));
            let exist = folders.iter().filter(|folder| folder.is_dir());
            let seen: Vec<String> = exist.map(|folder| folder.display().to_string()).collect();
            let seen = if seen.is_empty() { "nowhere".into() } else { seen.join(", ") };
            return Err(format!(
                "{wanted} was found (looked in {seen}); MAG_MODELS can name a folder with models"
            ));
        }
        let runtime = library::runtime().map_err(|trouble| trouble.to_string());
        let mut broken = false;
        for (name, found) in &models {
            let state = state(found, &runtime, &self.device);
            broken |= state.is_err();
            if self.json {
                print(&json_of(name, found, &state).to_string());
            } else {
                print(&page(name, found, &state));
            }
        }
        Ok(if broken { ExitCode::from(super::PROBLEMS) } else { ExitCode::SUCCESS })
    }
}

/// Tells all that is wrong with a folder; fails if the model is refused.
fn check(folder: &Path, json: bool) -> ExitCode {
    let runtime = library::runtime();
    let findings = mag_models::check(folder, runtime.as_ref().ok());
    let refused = findings.iter().any(|finding| finding.gravity == Gravity::Refused);
    for finding in &findings {
        let gravity = if finding.gravity == Gravity::Refused { "refused" } else { "doubtful" };
        print(&match json {
            true => json!({
                "gravity": gravity, "what": finding.trouble.what, "fix": finding.trouble.fix,
            })
            .to_string(),
            false => finding.to_string(),
        });
    }
    if let (Err(trouble), false) = (&runtime, json) {
        print(&format!("its network was not tried: {trouble}"));
    }
    if let (Ok(card), false, false) = (Card::read(folder), refused, json) {
        let tried = if runtime.is_ok() { ", and its network runs" } else { "" };
        print(&format!("`{}` is sound: it speaks `{}`{tried}", card.name, card.vocabulary));
    }
    if refused { ExitCode::from(super::PROBLEMS) } else { ExitCode::SUCCESS }
}

/// Whether a model runs: what there is to say about how, or why not.
pub(super) fn state(
    found: &Found,
    runtime: &Result<Runtime, String>,
    device: &str,
) -> Result<String, String> {
    found.card.as_ref().map_err(ToString::to_string)?;
    let runtime = runtime.as_ref().map_err(Clone::clone)?;
    let notice = mag_models::try_out(&found.folder, runtime, device).map_err(|t| t.to_string())?;
    Ok(notice.unwrap_or_else(|| format!("runs on `{device}`")))
}

fn page(name: &str, found: &Found, state: &Result<String, String>) -> String {
    let mut text = match &found.card {
        Ok(card) => about(card) + &size(card, &found.folder),
        Err(_) => format!("{name}\n"),
    };
    text.push_str(&format!("  in        {}\n", found.folder.display()));
    match state {
        Ok(how) => text.push_str(&format!("  state     {how}")),
        Err(why) => text.push_str(&format!("  state     does not run: {why}")),
    }
    text
}

/// How big a model's files are.
fn size(card: &Card, folder: &Path) -> String {
    let files = [Some(&card.file), card.encoder.as_ref().map(|encoder| &encoder.file)];
    let bytes = |file: &String| std::fs::metadata(folder.join(file)).map_or(0, |found| found.len());
    let total: u64 = files.into_iter().flatten().map(bytes).sum();
    format!("  size      {:.1} MB, vocabulary `{}`\n", total as f64 / 1e6, card.vocabulary)
}

fn about(card: &Card) -> String {
    let mut text = format!("{} {}\n  {}\n", card.name, card.version, card.summary);
    text.push_str(&format!("  licence   {}\n", card.licence));
    if !card.credit.is_empty() {
        text.push_str(&format!("  credit    {}\n", card.credit));
    }
    let sources = card.data.iter().filter(|source| source.train > 0);
    let sources: Vec<String> = sources
        .map(|source| format!("{} ({}, {})", source.source, source.train, source.licence))
        .collect();
    for (i, source) in sources.iter().enumerate() {
        let head = if i == 0 { "data" } else { "" };
        text.push_str(&format!("  {head:<9} {source}\n"));
    }
    if let Some(folk) = card.test.get("folk") {
        text.push_str(&format!("  test      {folk} nats per sixteenth on folk tunes\n"));
    }
    text
}

fn json_of(name: &str, found: &Found, state: &Result<String, String>) -> Json {
    let mut out = json!({
        "name": name,
        "folder": found.folder.display().to_string(),
        "runs": state.is_ok(),
        "state": match state { Ok(text) | Err(text) => text },
    });
    if let Ok(card) = &found.card {
        out["version"] = json!(card.version);
        out["summary"] = json!(card.summary);
        out["licence"] = json!(card.licence);
        out["vocabulary"] = json!(card.vocabulary);
        out["test"] = json!(card.test);
        let source = |s: &mag_models::card::Source| json!({ "source": s.source, "licence": s.licence, "train": s.train });
        out["data"] = card.data.iter().map(source).collect();
    }
    out
}
